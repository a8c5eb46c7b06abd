"""CreateIntegration over real sockets: what arrives, what comes back, and which outcome the operator is told."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import hmac
import json
import socket
import ssl
import time
import tracemalloc
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Union

import pytest
import trustme

from ncloud_integration.cloudinsight.client import Client
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Refused, Unknown
from ncloud_integration.cloudinsight.site import FIN, GOV, PUBLIC, Site
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.practice.gateway import PracticeGateway
from tests.wire import servers
from tests.wire.servers import Connection, Script, Server, answer, reply, trickle

pytestmark = pytest.mark.anyio

ACCESS_KEY = "ACCESSKEY0123456789A"
SECRET_KEY = "SecretKey0123456789abcdefABCDEF0123456789"
KEYS = Keys.of(ACCESS_KEY, SECRET_KEY)
PATH = "/cw_fea/real/cw/api/integration/create"
HOST = "gateway.invalid"
"""A gateway that is not on this machine, so that proxies apply, and that no resolver knows."""

INTEGRATION = Integration(
    name='경보 🚨 "high"',
    url="https://events.example.com/cloud-insight?team=운영",
    headers=(Header("content-type", "application/json; charset=utf-8"), Header("X-Team", "ops")),
    payload='{\n\t"text": "#{RULE_NAME} \\"값\\" 👩‍🚀 \\u001b C:\\\\tmp",\n\t"value": #{VALUE}\n}',
)
BODY = r"""{
  "headers": {
    "content-type": "application/json; charset=utf-8",
    "X-Team": "ops"
  },
  "name": "경보 🚨 \"high\"",
  "payload": "{\n\t\"text\": \"#{RULE_NAME} \\\"값\\\" 👩‍🚀 \\u001b C:\\\\tmp\",\n\t\"value\": #{VALUE}\n}",
  "type": "OUT_GOING",
  "url": "https://events.example.com/cloud-insight?team=운영"
}""".encode()

OUTCOME = Union[type[Created], type[Refused], type[NotSent], type[Unknown]]


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def trusted(ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))


def certified(ca: trustme.CA, name: str, not_after: dt.datetime | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name, not_after=not_after).configure_cert(context)
    return context


async def attempt(
    base_url: str, *, site: Site = PUBLIC, timeout: float = 5, keys: Keys = KEYS, limit: float | None = None
) -> Outcome:
    """Return the outcome of one create, having checked what holds for every one: it is in time, and tells no key."""
    started = time.monotonic()
    outcome = await Client(Gateway(site, base_url, timeout), keys).create(INTEGRATION)
    assert time.monotonic() - started < (timeout + 1 if limit is None else limit)
    for key in (keys.access_key.reveal(), keys.secret_key.reveal()):
        assert key not in repr(outcome)
        assert key not in said(outcome)
    return outcome


def said(outcome: Outcome) -> str:
    return outcome.integration_id if isinstance(outcome, Created) else str(outcome.reason)


def signatures(server: Server) -> list[str]:
    return [value for request in server.requests for name, value in request.headers if "signature" in name.lower()]


@dataclass(frozen=True)
class Case:
    """What a server does with a connection, and what must come of it."""

    does: Script
    outcome: OUTCOME
    says: str
    posts: int = 1
    field: str | None = None
    timeout: float = 5


def hang_up(connection: Connection) -> None:
    connection.sock.recv(4096)


def say_nothing(connection: Connection) -> None:
    connection.is_left()


def hang(connection: Connection) -> None:
    connection.read()
    connection.is_left()


def close_unread(connection: Connection) -> None:
    """Wait for the first byte, so that the client has begun to send, and leave it in the socket."""
    connection.sock.recv(1, socket.MSG_PEEK)


def reset_after_reading(connection: Connection) -> None:
    connection.read()
    connection.reset()


def error(code: int, message: str, details: str = "") -> bytes:
    return json.dumps({"error": {"errorCode": str(code), "message": message, "details": details}}).encode()


def ten_minutes_ago() -> str:
    return format_datetime(dt.datetime.now(dt.timezone.utc) - dt.timedelta(minutes=10), usegmt=True)


def refuse_with_an_old_date(connection: Connection) -> None:
    refusal = answer(401, error(200, "Authentication Failed"), f"date: {ten_minutes_ago()}")
    reply(refusal)(connection)


CASES = {
    "created": Case(reply(answer(200, b'"999"', "content-type: application/json")), Created, "999"),
    "created after an interim answer": Case(reply(b"HTTP/1.1 100 Continue\r\n\r\n", answer(200, b'"7"')), Created, "7"),
    "created, told in HTTP/1.0 and ended by closing": Case(reply(b'HTTP/1.0 200 OK\r\n\r\n"999"'), Created, "999"),
    "closed before reading": Case(close_unread, Unknown, "after the request was sent", posts=0),
    "closed after reading the whole request": Case(reply(), Unknown, "sent"),
    "reset after reading": Case(reset_after_reading, Unknown, "after the request was sent"),
    "closed within the answer's head": Case(reply(b"HTTP/1.1 200 O"), Unknown, "after the request was sent"),
    "silence": Case(hang, Unknown, "no answer came within 1 s", timeout=1),
    "a head of one byte a second": Case(trickle(b"HTTP/1.1 ", b"2"), Unknown, "no answer came within", timeout=1),
    "a body of one byte a second": Case(
        trickle(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", b'"'), Unknown, "200", timeout=1
    ),
    "an answer that is not HTTP": Case(reply(b"SSH-2.0-OpenSSH_9.2\r\n"), Unknown, "after the request was sent"),
    "an endless head": Case(reply(b"HTTP/1.1 200 OK\r\nx: " + b"x" * 200_000), Unknown, "after the request was sent"),
    "200 with a body cut off": Case(reply(answer(200, b'"999"', length=50)), Unknown, "no id that can be read"),
    "200 with an empty object": Case(reply(answer(200, b"{}")), Unknown, "no id that can be read"),
    "200 with HTML": Case(
        reply(answer(200, b"<html>Welcome, log in</html>", "content-type: text/html")),
        Unknown,
        "no id that can be read",
    ),
    "200 without a body": Case(reply(answer(200)), Unknown, "no id that can be read"),
    "200 with an id in gzip that nobody asked for": Case(
        reply(answer(200, gzip.compress(b'"999"'), "content-encoding: gzip")), Unknown, "no id that can be read"
    ),
    **{
        f"400 naming the {field}": Case(
            reply(answer(400, error(100, "Bad Request", f"{field} is wrong"))),
            Refused,
            f"{field} is wrong",
            field=field,
        )
        for field in ("name", "url", "headers", "payload")
    },
    "400 naming two fields": Case(
        reply(answer(400, error(100, "Bad Request", "name and url are wrong"))), Refused, "name and url are wrong"
    ),
    "401 with a body cut off": Case(
        reply(answer(401, b'{"error": {"errorCode": "200", "mess', length=500)),
        Refused,
        "Authentication failed",
        field="access_key",
    ),
    "401 because the keys are wrong": Case(
        reply(answer(401, error(200, "Authentication Failed"))), Refused, "the secret key is wrong", field="access_key"
    ),
    "401 because the clock is wrong": Case(
        refuse_with_an_old_date,
        Refused,
        "10 minutes ahead of",
    ),
    "401 for want of a permission": Case(
        reply(answer(401, error(210, "Permission Denied"))), Refused, "needs a Cloud Insight", field="access_key"
    ),
    "404": Case(reply(answer(404, error(300, "Not Found Exception"))), Refused, "site", field="access_key"),
    "408": Case(reply(answer(408)), Unknown, "408"),
    "413": Case(
        reply(answer(413, error(430, "Request Entity Too Large"))), Refused, "shorten the payload", field="payload"
    ),
    "429 with a time to wait": Case(
        reply(answer(429, error(420, "Rate Limited"), "Retry-After: 120")), Refused, "wait 120 seconds"
    ),
    "500": Case(reply(answer(500, error(900, "Unexpected Error"))), Unknown, "500"),
    "503": Case(reply(answer(503, error(500, "Endpoint Error"))), Unknown, "503"),
    "504": Case(reply(answer(504, error(510, "Endpoint Timeout"))), Unknown, "504"),
    "503 in HTML": Case(reply(answer(503, b"<html>Bad</html>", "content-type: text/html")), Unknown, "503"),
    "words that look like a template": Case(
        reply(answer(400, error(100, "{host} {0}", "\x1b[2J"))), Refused, r"The API says: {host} {0}: \x1b[2J"
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_each_end_of_a_connection_has_its_outcome_and_is_never_sent_twice(case: Case) -> None:
    with Server(case.does) as server:
        outcome = await attempt(server.address, timeout=case.timeout)
    assert type(outcome) is case.outcome
    assert case.says in said(outcome)
    assert server.posts == case.posts
    assert server.connections == 1
    assert not isinstance(outcome, Refused) or outcome.field == case.field


class TestWhatArrives:
    async def test_the_practice_gateway_takes_what_is_sent_and_keeps_it_byte_for_byte(self) -> None:
        keys = Keys.of(ACCESS_KEY, SECRET_KEY)
        with PracticeGateway(keys) as gateway:
            outcome = await attempt(gateway.base_url)
            assert isinstance(outcome, Created)
            kept = gateway.store.integrations[outcome.integration_id]
            assert list(gateway.store.integrations) == [outcome.integration_id]
        assert kept["payload"].encode() == INTEGRATION.payload.encode()
        assert kept["name"].encode() == INTEGRATION.name.encode()
        assert kept["url"].encode() == INTEGRATION.url.encode()
        assert kept["headers"] == {header.name: header.value for header in INTEGRATION.headers}

    async def test_the_practice_gateway_refuses_a_wrong_secret_key(self) -> None:
        with PracticeGateway(Keys.of(ACCESS_KEY, SECRET_KEY + "x")) as gateway:
            outcome = await attempt(gateway.base_url)
            assert gateway.store.integrations == {}
        assert isinstance(outcome, Refused)
        assert "the secret key is wrong" in said(outcome)
        assert outcome.field == "access_key"

    @pytest.mark.usefixtures("trusted")
    @pytest.mark.parametrize(("site", "code"), [(PUBLIC, "PUB"), (GOV, "GOV"), (FIN, "FIN")])
    async def test_one_signed_post_goes_over_tls_with_the_documented_headers_and_body(
        self, ca: trustme.CA, site: Site, code: str
    ) -> None:
        with Server(reply(answer(200, b'"999"')), certified(ca, "127.0.0.1")) as server:
            outcome = await attempt(server.address, site=site)
        assert outcome == Created("999")
        (request,) = server.requests
        assert (request.method, request.target) == ("POST", PATH)
        assert request.body == BODY
        assert json.loads(request.body)["payload"].encode() == INTEGRATION.payload.encode()
        assert request.header("host") == f"127.0.0.1:{server.port}"
        assert request.header("content-type") == "application/json"
        assert request.header("accept-encoding") == "identity"
        assert request.header("content-length") == str(len(BODY))
        assert request.header("x-ncp-dmn_cd") == code
        assert request.header("x-ncp-iam-access-key") == ACCESS_KEY
        timestamp = request.header("x-ncp-apigw-timestamp")
        assert abs(int(timestamp) / 1000 - time.time()) < 10
        message = f"POST {PATH}\n{timestamp}\n{ACCESS_KEY}".encode()
        expected = base64.b64encode(hmac.new(SECRET_KEY.encode(), message, hashlib.sha256).digest()).decode()
        assert request.header("x-ncp-apigw-signature-v2") == expected
        assert SECRET_KEY not in repr(request)

    async def test_an_answer_of_300_mb_is_neither_waited_for_nor_held(self) -> None:
        size = 300 * 1024 * 1024
        sent = 0

        def flood(connection: Connection) -> None:
            nonlocal sent
            connection.read()
            connection.send(answer(200, length=size))
            for _ in range(size // 65_536):
                connection.send(b"9" * 65_536)
                sent += 65_536

        with Server(flood) as server:
            outcome = await attempt(server.address, limit=2)
        assert isinstance(outcome, Unknown)
        # what was never sent cannot have been held; a few megabytes fit into the two sockets' buffers
        assert sent < 32 * 1024 * 1024

    async def test_a_gzip_bomb_is_not_expanded(self) -> None:
        bomb = gzip.compress(bytes(20_000_000))
        with Server(reply(answer(200, bomb, "content-encoding: gzip"))) as server:
            tracemalloc.start()
            try:
                outcome = await attempt(server.address)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
        assert isinstance(outcome, Unknown)
        assert "no id that can be read" in said(outcome)
        assert peak < 5_000_000

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    async def test_a_redirect_is_refused_and_the_other_server_sees_nothing(self, status: int) -> None:
        with Server(reply(answer(200, b'"1"'))) as other:
            with Server(reply(answer(status, b"", f"location: {other.address}{PATH}"))) as server:
                outcome = await attempt(server.address)
            assert isinstance(outcome, Refused)
            assert "--api-url" in said(outcome)
            assert server.posts == 1
        assert other.connections == 0


class TestWhatIsToldOfKeys:
    async def test_keys_and_signature_that_a_server_sends_back_are_not_shown(self) -> None:
        def echo(connection: Connection) -> None:
            request = connection.read()
            connection.send(answer(401, error(200, "Bad", " ".join(value for _, value in request.headers))))

        with Server(echo) as server:
            outcome = await Client(Gateway(PUBLIC, server.address), KEYS).create(INTEGRATION)
        assert isinstance(outcome, Refused)
        (signature,) = signatures(server)
        for secret in (ACCESS_KEY, signature):
            assert secret not in said(outcome)
            assert secret not in repr(outcome)

    @pytest.mark.parametrize("access_key", ["ACCESS\nKEY-OF-TWO-LINES", "ACCESS\x00KEY-WITH-NUL", "ACCESSKEY-ÄÖ", "키"])
    async def test_a_key_that_no_header_can_carry_is_not_sent_not_shown_and_named(self, access_key: str) -> None:
        with Server(reply(answer(200, b'"1"'))) as server:
            outcome = await attempt(server.address, keys=Keys.of(access_key, SECRET_KEY))
        assert server.posts == 0
        for part in access_key.splitlines():
            assert part not in said(outcome)
            assert part not in repr(outcome)
        assert isinstance(outcome, NotSent)
        assert "access key" in said(outcome)


class TestNothingWasSent:
    async def test_a_refused_connection(self) -> None:
        with servers.closed_port() as port:
            outcome = await attempt(f"http://127.0.0.1:{port}")
        assert isinstance(outcome, NotSent)
        assert f"127.0.0.1:{port} refused the connection" in said(outcome)
        assert "--api-url" in said(outcome)

    async def test_a_refused_connection_at_each_address_of_a_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with servers.closed_port() as port:
            address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address, address])
            outcome = await attempt(f"https://{HOST}")
        assert isinstance(outcome, NotSent)
        assert "refused the connection" in said(outcome)

    async def test_no_such_host(self) -> None:
        outcome = await attempt("https://name.invalid")
        assert isinstance(outcome, NotSent)
        assert "name.invalid is not known to this machine's resolver" in said(outcome)
        assert "DNS" in said(outcome)

    async def test_a_certificate_of_an_authority_that_is_not_trusted(self, ca: trustme.CA) -> None:
        with Server(hang, certified(ca, "127.0.0.1")) as server:
            outcome = await attempt(server.address)
        assert isinstance(outcome, NotSent)
        assert "certificate" in said(outcome)
        assert "SSL_CERT_FILE" in said(outcome)
        assert server.posts == 0

    @pytest.mark.usefixtures("trusted")
    async def test_a_certificate_of_another_host(self, ca: trustme.CA) -> None:
        with Server(hang, certified(ca, "other.invalid")) as server:
            outcome = await attempt(server.address)
        assert isinstance(outcome, NotSent)
        assert "certificate" in said(outcome)
        assert "nothing was sent" in said(outcome)
        assert server.posts == 0

    @pytest.mark.usefixtures("trusted")
    async def test_an_expired_certificate(self, ca: trustme.CA) -> None:
        yesterday = dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=1)
        with Server(hang, certified(ca, "127.0.0.1", yesterday)) as server:
            outcome = await attempt(server.address)
        assert isinstance(outcome, NotSent)
        assert "certificate" in said(outcome)
        assert "clock" in said(outcome)
        assert server.posts == 0

    async def test_a_server_that_speaks_no_tls(self) -> None:
        def plain(connection: Connection) -> None:
            connection.sock.recv(4096)
            connection.send(answer(400))

        with Server(plain) as server:
            outcome = await attempt(server.address.replace("http:", "https:"))
        assert isinstance(outcome, NotSent)
        assert "could not agree on an encrypted connection" in said(outcome)

    async def test_a_server_that_hangs_up_on_the_handshake(self) -> None:
        with Server(hang_up) as server:
            outcome = await attempt(server.address.replace("http:", "https:"))
        assert isinstance(outcome, NotSent)
        assert "check" in said(outcome)

    async def test_a_server_that_never_answers_the_handshake(self) -> None:
        with Server(say_nothing) as server:
            outcome = await attempt(server.address.replace("http:", "https:"), timeout=1)
        assert isinstance(outcome, NotSent)
        assert "could not be reached within 1 s" in said(outcome)
        assert "--timeout" in said(outcome)

    @pytest.mark.parametrize("bundle", ["missing.pem", ""], ids=["no such file", "a folder"])
    async def test_a_certificate_file_that_cannot_be_read(
        self, bundle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / bundle))
        with Server(hang) as server:
            outcome = await attempt(server.address.replace("http:", "https:"))
        assert isinstance(outcome, NotSent)
        assert "SSL_CERT_FILE" in said(outcome)
        assert server.connections == 0


class TestProxies:
    @pytest.mark.parametrize(
        ("variable", "proxy"),
        [("HTTPS_PROXY", "gopher://127.0.0.1:70"), ("ALL_PROXY", "socks5://127.0.0.1:1080")],
    )
    async def test_a_proxy_of_a_kind_that_cannot_be_used_is_a_setting_to_correct(
        self, variable: str, proxy: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(variable, proxy)
        outcome = await attempt(f"https://{HOST}")
        assert isinstance(outcome, NotSent)
        assert variable in said(outcome)

    async def test_a_proxy_that_refuses_the_connection_is_named_and_not_the_gateway(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with servers.closed_port() as port:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
            outcome = await attempt(f"https://{HOST}")
        assert isinstance(outcome, NotSent)
        assert f"{HOST} refused" not in said(outcome)
        assert "HTTPS_PROXY" in said(outcome)

    async def test_a_proxy_that_no_resolver_knows_is_named_and_not_the_gateway(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
        outcome = await attempt(f"https://{HOST}")
        assert isinstance(outcome, NotSent)
        assert f"{HOST} is not known" not in said(outcome)
        assert "HTTPS_PROXY" in said(outcome)

    async def test_a_proxy_that_wants_a_password_gets_a_connect_and_nothing_else(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Server(reply(answer(407))) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.address)
            outcome = await attempt(f"https://{HOST}")
        assert isinstance(outcome, NotSent)
        assert "HTTPS_PROXY" in said(outcome)
        (request,) = proxy.requests
        assert (request.method, request.target) == ("CONNECT", f"{HOST}:443")
        assert not any(name.lower().startswith("x-ncp") for name, _ in request.headers)

    async def test_a_proxy_that_never_answers_its_connect_is_given_up_in_time(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Server(hang) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.address)
            outcome = await attempt(f"https://{HOST}", timeout=1)
        assert isinstance(outcome, NotSent)
        assert proxy.posts == 0

    async def test_the_password_of_a_proxy_is_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with Server(reply(answer(403))) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.address.replace("//", "//someone:proxy-password@"))
            outcome = await attempt(f"https://{HOST}")
        assert isinstance(outcome, NotSent)
        assert "proxy-password" not in said(outcome)
        assert "proxy-password" not in repr(outcome)

    @pytest.mark.usefixtures("trusted")
    @pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
    async def test_a_gateway_elsewhere_is_reached_through_the_proxy_with_one_post_inside_tls(
        self, variable: str, ca: trustme.CA, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tls = certified(ca, HOST)
        with Server(reply(answer(200, b'"999"')), tls) as gateway, Server(servers.tunnel(gateway.port)) as proxy:
            monkeypatch.setenv(variable, proxy.address)
            outcome = await attempt(f"https://{HOST}")
        assert outcome == Created("999")
        assert gateway.posts == 1
        assert gateway.requests[0].header("host") == HOST
        assert [request.method for request in proxy.requests] == ["CONNECT"]

    async def test_a_gateway_that_the_environment_excepts_is_not_looked_for_behind_the_proxy(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Server(reply(answer(407))) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.address)
            monkeypatch.setenv("NO_PROXY", HOST)
            outcome = await attempt(f"https://{HOST}")
        assert isinstance(outcome, NotSent)
        assert f"{HOST} is not known" in said(outcome)
        assert proxy.connections == 0

    @pytest.mark.usefixtures("trusted")
    async def test_a_proxy_that_listens_in_is_not_sent_the_request(
        self, ca: trustme.CA, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tls = certified(trustme.CA(), HOST)
        with Server(hang, tls) as listener, Server(servers.tunnel(listener.port)) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.address)
            outcome = await attempt(f"https://{HOST}")
        assert isinstance(outcome, NotSent)
        assert "certificate" in said(outcome)
        assert listener.posts == 0

    @pytest.mark.usefixtures("trusted")
    async def test_a_tunnel_that_breaks_after_the_post_leaves_it_unknown(
        self, ca: trustme.CA, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Server(reply(), certified(ca, HOST)) as gateway, Server(servers.tunnel(gateway.port)) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.address)
            outcome = await attempt(f"https://{HOST}")
        assert isinstance(outcome, Unknown)
        assert gateway.posts == 1

    @pytest.mark.usefixtures("trusted")
    @pytest.mark.parametrize("is_encrypted", [False, True], ids=["http", "https"])
    async def test_a_gateway_on_this_machine_is_never_reached_through_a_proxy(
        self, is_encrypted: bool, ca: trustme.CA, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tls = certified(ca, "127.0.0.1") if is_encrypted else None
        with Server(reply(answer(502))) as proxy:
            for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(variable, proxy.address)
            with Server(reply(answer(200, b'"999"')), tls) as server:
                outcome = await attempt(server.address)
        assert outcome == Created("999")
        assert server.posts == 1
        assert proxy.connections == 0

    async def test_a_proxy_setting_that_cannot_be_used_does_not_matter_on_this_machine(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
        with Server(reply(answer(200, b'"999"'))) as server:
            assert await attempt(server.address) == Created("999")
