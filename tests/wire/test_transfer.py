"""The data transfer test over real sockets: what arrives, what is told, and how it is bounded."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from ncloud_integration.integration.endpoint import HIDDEN
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.integration.preview import FRIENDLY
from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.transfer import ANSWER_LIMIT, Answered, Receiver, Transfer, Unanswered, message
from ncloud_integration.wizard import transfer_questions
from tests.wire import servers
from tests.wire.servers import Connection, Server, answer, closed_port

pytestmark = pytest.mark.anyio

TOKEN = "c1d2e3f4g5h6i7j8k9l0m1n2"
SECRET = f"Bearer {TOKEN}"
HEADERS = (
    Header("Content-Type", "application/json; charset=utf-8"),
    Header("Authorization", SECRET),
    Header("X-Empty", ""),
    Header("X-Spaced", "  two words  "),
    Header("Accept-Encoding", "gzip"),
    Header("Host", "elsewhere.example.com"),
    Header("Content-Length", "3"),
    Header("transfer-encoding", "chunked"),
    Header("X-NCP-IAM-Access-Key", "typed"),
)
PAYLOAD = '{\n\t"text": "경보 #{RULE_NAME} \\"값\\" #{OTHER} C:\\\\tmp",\n\t"value": #{VALUE}\n}'
FILLED = PAYLOAD.replace("#{RULE_NAME}", FRIENDLY["RULE_NAME"]).replace("#{VALUE}", FRIENDLY["VALUE"]).encode()


def integration(url: str, headers: tuple[Header, ...] = HEADERS) -> Integration:
    return Integration("name", url, headers, PAYLOAD)


def transfer(url: str, timeout: float = 5, headers: tuple[Header, ...] = HEADERS) -> Transfer:
    return Transfer(integration(url, headers), Receiver.of(url), timeout)


async def answered(url: str, timeout: float = 5) -> Answered:
    result = await transfer(url, timeout).run()
    assert isinstance(result, Answered), result
    assert not unprintable.search(shown(result).replace("\n", ""))
    return result


async def unanswered(url: str, timeout: float = 5) -> Unanswered:
    result = await transfer(url, timeout).run()
    assert isinstance(result, Unanswered), result
    return result


def shown(result: Answered) -> str:
    """Return all that the operator is told of *result*."""
    question = transfer_questions.answered(result, "host", transfer_questions.FROM_HERE)
    return f"{question.title}\n{question.text}"


@contextlib.contextmanager
def at(script: servers.Script, path: str = "/hook") -> Iterator[str]:
    """Yield the URL of a server of that *script*."""
    with Server(script) as server:
        yield server.address + path


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(ca: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


def certified(ca: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(context)
    return context


# What arrives


async def test_the_endpoint_gets_the_filled_payload_and_the_integrations_headers_once() -> None:
    with Server(servers.reply(answer(200, b"ok", "content-type: text/plain"))) as server:
        result = await answered(f"{server.address}/hook/a%20b?x=1&y=%2F#fragment")
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("POST", "/hook/a%20b?x=1&y=%2F", FILLED)
    sent = {name.lower(): value for name, value in request.headers}
    assert len(sent) == len(request.headers)
    assert sent == {
        "content-type": "application/json; charset=utf-8",
        "authorization": SECRET,
        "x-empty": "",
        "x-spaced": "two words",
        "accept": "*/*",
        "accept-encoding": "gzip",
        "user-agent": "ncloud-integration",
        "host": f"127.0.0.1:{server.port}",
        "content-length": str(len(FILLED)),
        "connection": "keep-alive",
    }
    assert (result.status, result.reason, result.excerpt.text, result.location) == (200, "As Scripted", "ok", "")
    assert result.interruption is None
    assert 0 < result.seconds < 5
    assert message(integration(server.address)).withheld == [header.name for header in HEADERS[5:]]


async def test_without_headers_it_asks_for_no_compression_and_names_no_type() -> None:
    with Server(servers.reply(answer(204))) as server:
        await transfer(server.address, headers=()).run()
    (request,) = server.requests
    assert request.header("accept-encoding") == "identity"
    assert not [name for name, _ in request.headers if name.lower() == "content-type" or name.lower().startswith("x-")]
    assert request.target == "/"


async def test_an_empty_payload_arrives_as_one() -> None:
    with Server(servers.reply(answer(200))) as server:
        empty = Integration("name", server.address, (), "")
        await Transfer(empty, Receiver.of(server.address), 5).run()
    assert server.requests[0].header("content-length") == "0"


async def test_over_tls_the_host_is_verified_and_called_by_its_name(ca: trustme.CA, trusted: None) -> None:
    with Server(servers.reply(answer(200, b"ok")), certified(ca)) as server:
        assert (await answered(f"https://2130706433:{server.port}/hook")).excerpt.text == "ok"
    assert server.requests[0].header("host") == f"127.0.0.1:{server.port}"


async def test_over_http_and_https_a_proxy_is_used_as_the_environment_says(
    ca: trustme.CA, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(servers.reply(answer(200, b"ok"))) as proxy:
        monkeypatch.setenv("http_proxy", proxy.address)
        await answered("http://events.invalid/hook")
    assert [request.target for request in proxy.requests] == ["http://events.invalid/hook"]
    tls = certified(ca, "events.invalid")
    with Server(servers.reply(answer(200, b"ok")), tls) as server, Server(servers.tunnel(server.port)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.address)
        await answered("https://events.invalid/hook")
    assert [request.method for request in proxy.requests] == ["CONNECT"]
    assert server.posts == 1


# What cannot be sent


async def test_a_closed_port_is_told_of_with_what_to_check() -> None:
    with closed_port() as port:
        result = await unanswered(f"http://127.0.0.1:{port}/hook")
    assert not result.is_sent
    assert str(result.reason).startswith(f"127.0.0.1:{port} refused the connection: check the URL")


async def test_a_name_that_nobody_knows_is_told_of() -> None:
    result = await unanswered("https://events.invalid/hook")
    assert str(result.reason).startswith("events.invalid is not known to this machine's resolver: check the URL")


async def test_a_self_signed_certificate_stops_it_before_anything_is_sent(tmp_path: Path) -> None:
    authority = trustme.CA()
    with Server(servers.reply(answer(200)), certified(authority)) as server:
        result = await unanswered(f"https://127.0.0.1:{server.port}/hook")
    assert not result.is_sent
    assert "does not trust (its issuer is not trusted here). Cloud Insight may refuse it as well" in str(result.reason)
    assert server.requests == []


async def test_a_certificate_for_another_host_stops_it(ca: trustme.CA, trusted: None) -> None:
    with Server(servers.reply(answer(200)), certified(ca, "other.invalid")) as server:
        result = await unanswered(f"https://127.0.0.1:{server.port}/hook")
    assert "(it is for another address)" in str(result.reason)


async def test_where_no_tls_is_spoken_https_is_not_blamed_on_the_api() -> None:
    with Server(lambda connection: connection.send(b"SSH-2.0-x\r\n")) as server:
        result = await unanswered(f"https://127.0.0.1:{server.port}/hook")
    assert "could not agree on an encrypted connection: check whether https is spoken" in str(result.reason)


@pytest.mark.parametrize("variable", ["http_proxy", "https_proxy", "ALL_PROXY"])
async def test_a_proxy_that_is_not_there_is_named_by_its_variable(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closed_port() as port:
        monkeypatch.setenv(variable, f"http://user:pass-word@127.0.0.1:{port}")
        result = await unanswered(f"{'https' if variable == 'https_proxy' else 'http'}://events.invalid/hook")
    assert f"did not let the event through to events.invalid: check {variable}." in str(result.reason)
    assert "pass-word" not in str(result.reason)


async def test_settings_that_cannot_be_used_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    result = await unanswered("https://events.invalid/hook")
    assert "ALL_PROXY does not name a proxy that can be used" in str(result.reason)
    assert not result.is_sent


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/hook", "https://127.0.0.1:{port}/hook", "https://events.invalid/hook"]
)
async def test_no_reason_speaks_of_the_api(url: str) -> None:
    with closed_port() as port:
        result = await unanswered(url.format(port=port))
    assert "api" not in str(result.reason).lower()


# What goes wrong once it is sent


def silence(connection: Connection) -> None:
    connection.read()
    connection.is_left()


def reset_after(*parts: bytes) -> servers.Script:
    def script(connection: Connection) -> None:
        connection.read()
        for part in parts:
            connection.send(part)
        time.sleep(0.1)
        connection.reset()

    return script


async def test_silence_ends_at_the_deadline() -> None:
    begun = time.monotonic()
    with at(silence) as url:
        result = await unanswered(url, 0.5)
    assert time.monotonic() - begun < 3
    assert result.is_sent
    assert "was sent to 127.0.0.1" in str(result.reason)
    assert "no answer came within 0.5 s" in str(result.reason)


async def test_a_slow_drip_does_not_outlast_the_deadline_and_what_came_is_shown() -> None:
    begun = time.monotonic()
    with at(servers.trickle(answer(200, b"first", length=1000), b".")) as url:
        result = await answered(url, 1.5)
    assert time.monotonic() - begun < 5
    assert result.excerpt.text.rstrip(".") == "first"
    assert str(result.interruption) == "More of the answer was due, and had not come after 1.5 s."
    assert 1.5 <= result.seconds < 5


async def test_a_secret_that_the_deadline_cuts_in_half_is_not_shown() -> None:
    with at(servers.trickle(answer(200, f"you sent {SECRET[:-3]}".encode(), length=1000), b"")) as url:
        result = await answered(url, 0.5)
    assert result.excerpt.text == "you sent"


async def test_a_reset_in_the_middle_of_the_answer_is_told_of_after_what_came() -> None:
    with at(reset_after(answer(500, b"half of", length=1000))) as url:
        result = await answered(url)
    assert result.status == 500
    assert "The connection broke before the answer was whole" in str(result.interruption)


@pytest.mark.parametrize("parts", [(), (b"HTTP/1.1 2",)], ids=["nothing", "half a line"])
async def test_a_reset_before_an_answer_leaves_it_open_whether_it_arrived(parts: tuple[bytes, ...]) -> None:
    with at(reset_after(*parts)) as url:
        result = await unanswered(url)
    assert result.is_sent
    assert "no answer came that can be read" in str(result.reason)


@pytest.mark.parametrize("raw", [b"SSH-2.0-x\r\n", b"HTTP/1.1 2\x1b0 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\na b: c\r\n\r\n"])
async def test_what_is_not_http_is_told_of_without_a_word_of_it(raw: bytes) -> None:
    with at(servers.reply(raw)) as url:
        result = await unanswered(url)
    assert "no answer came that can be read" in str(result.reason)
    assert not unprintable.search(str(result.reason))
    assert "SSH" not in str(result.reason)


async def test_it_can_be_stopped_at_any_moment_and_it_is_known_whether_it_was_sent() -> None:
    with Server(silence) as server:
        test = transfer(server.address)
        task = asyncio.ensure_future(test.run())
        while not server.requests:
            await asyncio.sleep(0.01)
        assert test.is_sent
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


# What is answered


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 400, 401, 404, 408, 429, 500, 503])
async def test_whatever_the_status_nothing_is_sent_twice(status: int) -> None:
    with Server(servers.reply(answer(status, b"" if status == 204 else b"said", "retry-after: 0"))) as server:
        result = await answered(server.address)
    assert result.status == status
    assert (server.posts, server.connections) == (1, 1)


def redirect(location: str) -> servers.Script:
    return servers.reply(
        b"HTTP/1.1 307 Moved\r\nlocation: %s\r\ncontent-length: 0\r\n\r\n" % location.encode("latin-1")
    )


async def test_a_redirect_is_shown_and_not_followed() -> None:
    with Server(servers.reply(answer(200))) as other, at(redirect(f"{other.address}/there\x9b")) as url:
        result = await answered(url)
    assert other.connections == 0
    assert rf"It leads to {other.address}/there\x9b, which was not followed" in shown(result)


async def test_of_a_huge_body_no_more_than_the_limit_is_read() -> None:
    sent = []

    def endless(connection: Connection) -> None:
        connection.read()
        connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 300000000\r\n\r\n")
        with contextlib.suppress(OSError):
            for _ in range(300):
                connection.send(b"x" * 1_000_000)
                sent.append(1)

    with at(endless) as url:
        result = await answered(url)
    assert len(sent) < 300
    assert len(result.excerpt.text) == 2048
    assert f"of over {ANSWER_LIMIT + 1:,} bytes" in shown(result)


async def test_a_compressed_bomb_is_neither_unpacked_nor_shown() -> None:
    bomb = gzip.compress(b"9" * 50_000_000, 9)
    begun = time.monotonic()
    with at(servers.reply(answer(200, bomb, "content-encoding: gzip"))) as url:
        result = await answered(url)
    assert result.excerpt.text == ""
    assert "compressed (gzip)" in shown(result)
    assert time.monotonic() - begun < 3


async def test_what_is_no_text_is_told_of_with_its_type() -> None:
    with at(servers.reply(answer(200, b"\x89PNG\0\0", "content-type: image/\x9bpng"))) as url:
        result = await answered(url)
    assert r"6 bytes were read that are no text (image/\x9bpng)" in shown(result)


async def test_what_a_terminal_would_obey_is_shown_as_an_escape() -> None:
    body = "a\x1b[2J\x1b]52;c;AAAA\x07\u009b31m\u202e b".encode()
    with at(servers.reply(b"HTTP/1.1 200 O\x9bK\x1b[2J\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))) as url:
        result = await answered(url)
    assert result.excerpt.text == r"a\x1b[2J\x1b]52;c;AAAA\x07\x9b31m\u202e b"
    assert r"HTTP 200 (O\x9bK\x1b[2J) from host" in shown(result)


def echo(render: Callable[[servers.Request], bytes]) -> servers.Script:
    def script(connection: Connection) -> None:
        request = connection.read()
        said = render(request)
        head = f"HTTP/1.1 302 No {request.header('authorization')}\r\nlocation: http://h{request.target}\r\n"
        head += f"content-type: text/plain; for={request.target}\r\ncontent-length: {len(said)}\r\n\r\n"
        connection.send(head.encode() + said)

    return script


@pytest.mark.parametrize(
    "render",
    [
        lambda request: repr(request).encode(),
        lambda request: json.dumps({"url": request.target, **dict(request.headers)}).encode(),
        lambda request: json.dumps({"url": request.target}).replace("/", "\\/").encode(),
        lambda request: f"token {TOKEN.upper()} is not known".encode(),
        lambda request: request.target.encode("utf-16"),
    ],
    ids=["as it came", "in JSON", "in escaped JSON", "a part in capitals", "binary"],
)
async def test_a_secret_that_is_echoed_is_masked_wherever_it_stands(
    render: Callable[[servers.Request], bytes],
) -> None:
    with at(echo(render), f"/services/T0AAAAAAAA/B0BBBBBBBB/{TOKEN[::-1]}") as url:
        result = await answered(url)
    everything = shown(result).lower()
    for secret in (TOKEN, TOKEN[::-1], "t0aaaaaaaa", "b0bbbbbbbb"):
        assert secret not in everything
    assert result.reason == f"No {HIDDEN}"
    assert HIDDEN in result.location
