"""The fault matrix: whatever happens to the one POST, what arrived, what the operator reads, and what is remembered."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gzip
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from textual.pilot import Pilot

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Refused, Unknown
from ncloud_integration.cloudinsight.site import GOV, PUBLIC
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.credentials.sources import of_environment
from ncloud_integration.integration.draft import Draft, unchecked
from ncloud_integration.integration.model import Header
from ncloud_integration.practice.server import Reply, error
from ncloud_integration.recovery import draft_file
from ncloud_integration.recovery.draft_file import DraftFile, Form
from ncloud_integration.recovery.journal import Attempt, Journal
from ncloud_integration.recovery.state_folder import new_name
from ncloud_integration.submission import LOOKS
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.widgets import action
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import armed, text, until, wizard
from tests.wire import servers
from tests.wire.faulty_gateway import CallScript, FaultyGateway, Serve, say
from tests.wire.servers import Connection, Request, Server, answer, closed_port

pytestmark = pytest.mark.anyio

ACCESS_KEY, SECRET_KEY = "FAULTACCESSKEY012345", "fault-secret-key-0123456789-0123456789-0"
KEYS = Keys.of(ACCESS_KEY, SECRET_KEY)
HOST = "gateway.invalid"
DRAFT = Draft(
    name="경보 🚨 <b>[/b]",
    url="https://events.example.com/cloud-insight?팀=운영",
    headers=(Header("content-type", "application/json; charset=utf-8"), Header("", ""), Header("X-Team", "ops")),
    payload='{\n\t"text": "#{RULE_NAME} \\"값\\" \\u001b[2J C:\\\\tmp",\n\t"value": #{VALUE}\n}',
)


@dataclass
class Place:
    """A gateway to call, and how many creates have arrived there by now."""

    url: str
    creates: Callable[[], int]


Setting = Callable[["Surroundings"], Iterator[Place]]


@dataclass
class Surroundings:
    """What a setting may change around the wizard."""

    monkeypatch: pytest.MonkeyPatch
    folder: Path
    ca: trustme.CA


@dataclass(frozen=True)
class Fault:
    """What happens, and what must come of it: *journal* is the state that the attempt's file ends with."""

    name: str
    setting: Setting
    outcome: type[Outcome]
    says: str
    journal: str
    creates: int = 1
    timeout: float = 5
    looks: tuple[float, ...] = (0, 0.1, 0.2)


EXITS = {Created: 0, Refused: 1, NotSent: 1, Unknown: 3}


# Settings: where the request goes


def at_gateway(
    on_create: CallScript | None = None, on_page: CallScript | None = None, ahead: float = 0, existing: int = 0
) -> Setting:
    """Return the setting of a gateway of these scripts, its clock *ahead* seconds."""

    def setting(_: Surroundings) -> Iterator[Place]:
        clock = (lambda: time.time() + ahead) if ahead else time.time
        with FaultyGateway(on_create, on_page, keys=KEYS, clock=clock) as gateway:
            for number in range(existing):
                gateway.add(replace(unchecked(DRAFT), name=f"another {number}"))
            yield Place(gateway.base_url, lambda: gateway.creates)

    return setting


def at_server(script: servers.Script, scheme: str = "http") -> Setting:
    """Return the setting of a server that knows nothing of integrations."""

    def setting(_: Surroundings) -> Iterator[Place]:
        with Server(script) as server:
            yield Place(f"{scheme}://127.0.0.1:{server.port}", lambda: server.posts)

    return setting


def at_tls(certified_for: str, *, is_trusted: bool, is_expired: bool = False) -> Setting:
    """Return the setting of a TLS server whose certificate is for that host."""

    def setting(around: Surroundings) -> Iterator[Place]:
        if is_trusted:
            trust(around)
        with Server(servers.reply(answer(200, b'"999"')), certified(around.ca, certified_for, is_expired)) as server:
            yield Place(f"https://127.0.0.1:{server.port}", lambda: server.posts)

    return setting


def behind_proxy(script: servers.Script) -> Setting:
    """Return the setting of a gateway elsewhere that is reached through a proxy of this script."""

    def setting(around: Surroundings) -> Iterator[Place]:
        with Server(script) as proxy:
            around.monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass-word@127.0.0.1:{proxy.port}")
            yield Place(f"https://{HOST}", lambda: proxy.posts)

    return setting


def nowhere(_: Surroundings) -> Iterator[Place]:
    with closed_port() as port:
        yield Place(f"http://127.0.0.1:{port}", lambda: 0)


def no_such_host(_: Surroundings) -> Iterator[Place]:
    yield Place(f"https://{HOST}", lambda: 0)


def proxy_refused(around: Surroundings) -> Iterator[Place]:
    with closed_port() as port:
        around.monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        yield Place(f"https://{HOST}", lambda: 0)


def proxy_misconfigured(around: Surroundings) -> Iterator[Place]:
    around.monkeypatch.setenv("ALL_PROXY", "socks5://user:pass-word@127.0.0.1:1080")
    yield Place(f"https://{HOST}", lambda: 0)


def certificates_missing(around: Surroundings) -> Iterator[Place]:
    around.monkeypatch.setenv("SSL_CERT_FILE", str(around.folder / "missing.pem"))
    yield Place(f"https://{HOST}", lambda: 0)


def tls_fails_in_the_tunnel(around: Surroundings) -> Iterator[Place]:
    trust(around)
    tls = certified(around.ca, "other.invalid")
    with Server(servers.reply(), tls) as gateway, Server(servers.tunnel(gateway.port)) as proxy:
        around.monkeypatch.setenv("HTTPS_PROXY", proxy.address)
        yield Place(f"https://{HOST}", lambda: gateway.posts)


def drop_in_the_tunnel(around: Surroundings) -> Iterator[Place]:
    trust(around)
    with ExitStack() as stack:
        gateway = stack.enter_context(FaultyGateway(drop_after_storing, keys=KEYS, tls=certified(around.ca, HOST)))
        proxy = stack.enter_context(Server(servers.tunnel(int(gateway.base_url.rpartition(":")[2]))))
        around.monkeypatch.setenv("HTTPS_PROXY", proxy.address)
        yield Place(f"https://{HOST}", lambda: gateway.creates)


def redirected(_: Surroundings) -> Iterator[Place]:
    with Server(servers.reply(answer(200, b'"666"'))) as other:

        def to_other(connection: Connection, _: Request, __: Serve) -> None:
            connection.send(answer(302, b"", f"location: {other.address}/cw_fea/real/cw/api/integration/create"))

        with FaultyGateway(to_other, keys=KEYS) as gateway:
            yield Place(gateway.base_url, lambda: gateway.creates)
        assert other.connections == 0


class Unread(FaultyGateway):
    """A gateway that leaves a create in the socket, unread, and hangs up."""

    is_reset = False

    def _converse(self, connection: Connection) -> None:
        if b"/create " in connection.sock.recv(200, socket.MSG_PEEK):
            if self.is_reset:
                connection.reset()
            return
        super()._converse(connection)


class UnreadAndReset(Unread):
    is_reset = True


def unread(kind: type[Unread]) -> Setting:
    def setting(_: Surroundings) -> Iterator[Place]:
        with kind(keys=KEYS) as gateway:
            yield Place(gateway.base_url, lambda: gateway.creates)

    return setting


# Scripts: what becomes of a create


def drop(_: Connection, __: Request, ___: Serve) -> None:
    """Hang up without a word, and store nothing."""


def drop_after_storing(_: Connection, __: Request, serve: Serve) -> None:
    serve()


def reset_after_storing(connection: Connection, _: Request, serve: Serve) -> None:
    serve()
    connection.reset()


def store_five_seconds_after_the_drop(connection: Connection, _: Request, serve: Serve) -> None:
    connection.sock.shutdown(socket.SHUT_RDWR)
    time.sleep(5)
    serve()


def stored_and_said(*parts: bytes) -> CallScript:
    """Return a script that stores and then sends *parts* instead of the id."""

    def script(connection: Connection, _: Request, serve: Serve) -> None:
        serve()
        for part in parts:
            connection.send(part)

    return script


def said(reply: Reply, *headers: str) -> CallScript:
    """Return a script that stores nothing and sends *reply*."""
    return lambda connection, _, __: say(connection, reply, *headers)


def failed(status: int, code: int, *, is_stored: bool) -> CallScript:
    def script(connection: Connection, _: Request, serve: Serve) -> None:
        if is_stored:
            serve()
        say(connection, error(status, code, "Failed", "somewhere"))

    return script


def drip(connection: Connection, _: Request, serve: Serve) -> None:
    serve()
    connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while not connection.is_left(0.2):
        connection.send(b" ")


def say_nothing(connection: Connection) -> None:
    connection.is_left()


def silence(connection: Connection, _: Request, serve: Serve) -> None:
    serve()
    connection.is_left()


def endless(connection: Connection, _: Request, serve: Serve) -> None:
    serve()
    connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 300000000\r\n\r\n")
    with contextlib.suppress(OSError):
        for _number in range(300):
            connection.send(b" " * 1_000_000)


def hold(connection: Connection, _: Request, serve: Serve) -> None:
    time.sleep(0.3)
    say(connection, serve())


def page_is_down(connection: Connection, _: Request, __: Serve) -> None:
    say(connection, error(503, 500, "Endpoint Error", "nobody there"))


def page_is_down_until_created(connection: Connection, _: Request, serve: Serve) -> None:
    reply = serve()
    content = reply.content
    assert isinstance(content, dict)
    if content["data"]:
        say(connection, reply)
    else:
        say(connection, error(503, 500, "Endpoint Error", "nobody there"))


BOMB = gzip.compress(b'"' + b"9" * 200_000_000 + b'"', 1)
XML = b"<?xml version='1.0'?><r><errorCode>100</errorCode><message>bad \x1b[31mxml</message></r>"

FAULTS = [
    Fault("no fault", at_gateway(), Created, "Integration ID: 1001", "created"),
    Fault("refused", nowhere, NotSent, "refused the connection: check --api-url", "not sent", 0),
    Fault("no such host", no_such_host, NotSent, "is not known to this machine's resolver", "not sent", 0),
    Fault(
        "untrusted certificate",
        at_tls("127.0.0.1", is_trusted=False),
        NotSent,
        "does not trust (its issuer is not trusted here)",
        "not sent",
        0,
    ),
    Fault(
        "expired certificate",
        at_tls("127.0.0.1", is_trusted=True, is_expired=True),
        NotSent,
        "does not trust (it has expired)",
        "not sent",
        0,
    ),
    Fault(
        "certificate of another host",
        at_tls("other.invalid", is_trusted=True),
        NotSent,
        "does not trust (it is for another address)",
        "not sent",
        0,
    ),
    Fault(
        "TLS handshake timeout",
        at_server(say_nothing, "https"),
        NotSent,
        "could not be reached within 1 s",
        "not sent",
        0,
        timeout=1,
    ),
    Fault(
        "no TLS spoken",
        at_server(lambda c: c.send(b"SSH-2.0-x\r\n"), "https"),
        NotSent,
        "could not agree on",
        "not sent",
        0,
    ),
    Fault("proxy refused", proxy_refused, NotSent, "The proxy named in the environment", "not sent", 0),
    Fault(
        "proxy 407",
        behind_proxy(servers.reply(answer(407, b"", "proxy-authenticate: Basic"))),
        NotSent,
        "The proxy named in the environment",
        "not sent",
        0,
    ),
    Fault("TLS fails inside the tunnel", tls_fails_in_the_tunnel, NotSent, "it is for another host", "not sent", 0),
    Fault("proxy misconfigured", proxy_misconfigured, NotSent, "ALL_PROXY does not name a proxy", "not sent", 0),
    Fault("certificates missing", certificates_missing, NotSent, "SSL_CERT_FILE names", "not sent", 0),
    Fault("dropped in the tunnel", drop_in_the_tunnel, Created, "It exists: 1001", "created"),
    Fault("closed before reading", unread(Unread), Unknown, "not found after 3 looks", "unknown", 0),
    Fault("reset before reading", unread(UnreadAndReset), Unknown, "not found after 3 looks", "unknown", 0),
    Fault("closed after reading", at_gateway(drop), Unknown, "not found after 3 looks", "unknown"),
    Fault("closed after storing", at_gateway(drop_after_storing), Created, "It exists: 1001", "created"),
    Fault("reset after storing", at_gateway(reset_after_storing), Created, "It exists: 1001", "created"),
    Fault(
        "stored five seconds after the drop",
        at_gateway(store_five_seconds_after_the_drop),
        Created,
        "It exists: 1001",
        "created",
        looks=LOOKS,
    ),
    Fault(
        "200 with a truncated body",
        at_gateway(stored_and_said(answer(200, b'"10', length=6))),
        Created,
        "It exists: 1001",
        "created",
    ),
    Fault("200 with {}", at_gateway(stored_and_said(answer(200, b"{}"))), Created, "It exists: 1001", "created"),
    Fault(
        "200 with HTML",
        at_gateway(stored_and_said(answer(200, b"<html>sign in</html>", "content-type: text/html"))),
        Created,
        "It exists: 1001",
        "created",
    ),
    Fault(
        "200 with {} and nothing stored", at_gateway(said(Reply(200, {}))), Unknown, "no id that can be read", "unknown"
    ),
    Fault("slow drip past the deadline", at_gateway(drip), Created, "It exists: 1001", "created", timeout=1),
    Fault("silence", at_gateway(silence), Created, "It exists: 1001", "created", timeout=1),
    *(
        Fault(
            f"{status} {'with' if is_stored else 'without'} storing",
            at_gateway(failed(status, code, is_stored=is_stored)),
            Created if is_stored else Unknown,
            "It exists: 1001" if is_stored else f"(HTTP {status})",
            "created" if is_stored else "unknown",
        )
        for status, code in ((500, 900), (503, 500), (504, 510))
        for is_stored in (True, False)
    ),
    Fault("408", at_gateway(said(error(408, 0, "", ""))), Unknown, "gave up waiting", "unknown"),
    Fault("400", at_gateway(said(error(400, 100, "Bad", "url"))), Refused, "found the request bad", "refused"),
    Fault("401/200", at_gateway(said(error(401, 200, "", ""))), Refused, "Authentication failed", "refused"),
    Fault("401/210", at_gateway(said(error(401, 210, "", ""))), Refused, "Cloud Insight change permission", "refused"),
    Fault("413", at_gateway(said(error(413, 430, "", ""))), Refused, "shorten the payload", "refused"),
    Fault(
        "429 with Retry-After",
        at_gateway(said(error(429, 420, "", ""), "retry-after: 17")),
        Refused,
        "It asks to wait 17 seconds",
        "refused",
    ),
    Fault("redirect to another host", redirected, Refused, "a redirect (302), which is not followed", "refused"),
    Fault("a body of 300 MB", at_gateway(endless), Created, "It exists: 1001", "created"),
    Fault(
        "a gzip bomb",
        at_gateway(stored_and_said(answer(200, BOMB, "content-encoding: gzip"))),
        Created,
        "It exists: 1001",
        "created",
    ),
    Fault(
        "an error in XML",
        at_gateway(stored_and_said(answer(400, XML, "content-type: application/xml"))),
        Refused,
        r"bad \x1b[31mxml",
        "refused",
    ),
    Fault("/page down", at_gateway(drop_after_storing, page_is_down), Unknown, "could not be checked", "unknown"),
    Fault(
        "/page with 1,000 integrations",
        at_gateway(drop_after_storing, existing=1_000),
        Created,
        "It exists: 2001",
        "created",
    ),
    *(
        Fault(
            f"a clock 4 minutes {word} with a drop, and no list beforehand",
            at_gateway(drop_after_storing, page_is_down_until_created, ahead=ahead),
            Created,
            "It exists: 1001",
            "created",
        )
        for word, ahead in (("fast", -240), ("slow", 240))
    ),
]


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ca: trustme.CA) -> Surroundings:
    monkeypatch.setattr(action, "ARMED_AFTER", 0.01)
    return Surroundings(monkeypatch, tmp_path, ca)


def trust(around: Surroundings) -> None:
    path = around.folder / "ca.pem"
    around.ca.cert_pem.write_to_path(str(path))
    around.monkeypatch.setenv("SSL_CERT_FILE", str(path))


def certified(ca: trustme.CA, name: str, is_expired: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    yesterday = dt.datetime.now(dt.timezone.utc) - dt.timedelta(days=1)
    ca.issue_cert(name, not_after=yesterday if is_expired else None).configure_cert(context)
    return context


def beginning(around: Surroundings, url: str, timeout: float = 5, looks: tuple[float, ...] = (0, 0.1, 0.2)) -> Start:
    """Return how a wizard begins that has its keys and writes below the test's folder."""
    return Start(
        sources=(of_environment(EnvironmentKeys(KEYS, ("NCLOUD_ACCESS_KEY", "NCLOUD_SECRET_KEY"))),),
        api_url=url,
        timeout=timeout,
        looks=looks,
        state_folder=around.folder / "state",
    )


def journal(around: Surroundings) -> list[str]:
    """Return the state that each attempt ends with, having checked what holds for every one."""
    states = []
    for path in sorted((around.folder / "state" / "attempts").iterdir()):
        content = path.read_text()
        for secret in (ACCESS_KEY, SECRET_KEY, "signature"):
            assert secret not in content
        lines = [json.loads(line) for line in content.splitlines() if line]
        states.append(lines[-1]["state"])
        assert lines[0]["state"] == "sending"
        assert path.name.endswith(".open.jsonl") is (states[-1] in ("sending", "unknown"))
    return states


def screen(app: Wizard) -> str:
    """Return the whole text of the screen as one line."""
    return " ".join(text(app).split())


@contextlib.contextmanager
def placed(setting: Setting, around: Surroundings) -> Iterator[Place]:
    yield from setting(around)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_whatever_happens_one_post_is_sent_and_its_end_is_told(fault: Fault, around: Surroundings) -> None:
    place_of: AbstractContextManager[Place] = placed(fault.setting, around)
    with ExitStack() as stack:
        place = stack.enter_context(place_of)
        async with wizard(beginning(around, place.url, fault.timeout, fault.looks), (120, 50)) as (app, pilot):
            app.session.edit(**vars(DRAFT))
            await app.show_step(Step.CONFIRM)
            await until(lambda: app.session.existing is not None or app.session.existing_complaint)
            await armed(app, "#create")
            assert "user:" not in screen(app)
            await pilot.press("enter")
            await until(lambda: app.session.outcome and not app.session.is_under_way, 20)
            await pilot.pause()
            assert isinstance(app.session.outcome, fault.outcome)
            assert fault.says in screen(app)
            assert "pass-word" not in screen(app)
            await pilot.press("f8", "ctrl+n")
            assert app.exit_code == EXITS[fault.outcome]
            assert app.session.draft == DRAFT
        assert place.creates() == fault.creates
    assert journal(around) == [fault.journal]
    forms = [saved.form.draft for saved in draft_file.saved_forms(around.folder / "state" / "drafts")]
    assert forms == ([] if fault.outcome is Created else [DRAFT])


async def to_confirm(app: Wizard) -> None:
    """Fill in the form, and return once Create can be pressed and the list is there."""
    app.session.edit(**vars(DRAFT))
    await app.show_step(Step.CONFIRM)
    await until(lambda: app.session.existing is not None or app.session.existing_complaint)
    await armed(app, "#create")


async def create(app: Wizard, pilot: Pilot[None]) -> None:
    """Fill in the form, press Create, and return once its end is on the screen."""
    await to_confirm(app)
    await pilot.press("enter")
    await ended(app, pilot)


async def ended(app: Wizard, pilot: Pilot[None]) -> None:
    """Return once the attempt has an outcome that is on the screen, and its buttons can be pressed."""
    await until(lambda: app.session.outcome and not app.session.is_under_way)
    await until(lambda: app.focused and app.focused.has_class("-armed"))
    await pilot.pause()


@pytest.mark.parametrize(("ahead", "direction"), [(-1200, "20 minutes ahead of"), (1200, "20 minutes behind")])
async def test_a_clock_that_is_off_is_told_of_and_corrected_in_the_signature(
    ahead: float, direction: str, around: Surroundings
) -> None:
    with FaultyGateway(keys=KEYS, clock=lambda: time.time() + ahead) as gateway:
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            await create(app, pilot)
            assert f"This machine's clock is {direction} the API's" in screen(app)
            assert app.exit_code == 1
            await pilot.press("enter")
            await to_confirm(app)
            assert f"Clock this machine's, corrected by {ahead / 60:+.0f} minutes" in screen(app)
            assert gateway.creates == 1
            await pilot.press("enter")
            await ended(app, pilot)
            assert "Integration ID: 1001" in screen(app)
            assert app.exit_code == 0
        assert gateway.creates == 2
    assert journal(around) == ["refused", "created"]


async def test_what_was_not_found_can_be_looked_for_again_and_is_then_created(around: Surroundings) -> None:
    with FaultyGateway(drop, keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            await create(app, pilot)
            assert "It was not found after 3 looks" in screen(app)
            assert "may still appear" in screen(app)
            assert app.exit_code == 3
            gateway.add(unchecked(DRAFT))
            await pilot.press("enter")
            await until(lambda: app.session.attempts.created)
            await pilot.pause()
            assert "It exists: 1001" in screen(app)
            assert app.exit_code == 0
        assert gateway.creates == 1
    assert journal(around) == ["created"]


async def test_creating_again_is_another_action_that_has_to_be_confirmed(around: Surroundings) -> None:
    with FaultyGateway(drop, keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            await create(app, pilot)
            await pilot.press("f7")
            await armed(app, "#create")
            await pilot.press("enter", "f8")
            assert "Create it a second time?" in screen(app)
            await armed(app, "#again")
            await pilot.press("enter")
            assert "Create this integration?" in screen(app)
            assert gateway.creates == 1
            await armed(app, "#create")
            await pilot.press("enter")
            await armed(app, "#again")
            gateway.scripts["create"] = None
            await pilot.press("right", "right", "enter")
            await ended(app, pilot)
            assert "Integration ID: 1001" in screen(app)
            assert app.exit_code == 3
        assert gateway.creates == 2
    assert journal(around) == ["unknown", "created"]


async def test_looking_can_be_stopped_and_leaving_says_so(around: Surroundings) -> None:
    with FaultyGateway(drop, keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url, looks=(0, 60)), (120, 50)) as (app, pilot):
            await to_confirm(app)
            await pilot.press("enter")
            await until(lambda: "Look 1 of 2" in screen(app))
            await pilot.press("f7", "ctrl+q")
            assert "Not yet: stop looking first" in screen(app)
            await armed(app, "#stop")
            await pilot.press("enter")
            await ended(app, pilot)
            assert "It was not found after one look" in screen(app)
            assert app.exit_code == 3


async def test_a_name_that_is_there_already_is_a_warning_with_its_id_and_no_stop(around: Surroundings) -> None:
    with FaultyGateway(keys=KEYS) as gateway:
        gateway.add(replace(unchecked(DRAFT), payload="{}"))
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            await to_confirm(app)
            await until(lambda: f"! An integration named {DRAFT.name} is there already (ID 1001)" in screen(app))
            await pilot.press("enter")
            await ended(app, pilot)
            assert "Integration ID: 1002" in screen(app)


async def test_a_list_that_does_not_come_delays_no_key_and_no_create(around: Surroundings) -> None:
    with FaultyGateway(None, lambda connection, _, __: say_nothing(connection), keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            app.session.edit(**vars(DRAFT))
            await app.show_step(Step.CONFIRM)
            await armed(app, "#create")
            await pilot.press("f7")
            assert "What should the endpoint" in screen(app)
            await pilot.press("f8")
            await armed(app, "#create")
            await pilot.press("enter")
            await until(lambda: gateway.creates, 4)
            await ended(app, pilot)
            assert "Integration ID: 1001" in screen(app)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (None, "Read back: it is stored as it was sent."),
        (Reply(503), "Integration ID: 1001 "),
        (Reply(503), "It could not be read back to compare it"),
        (Reply(200, {"id": "1001", "name": "other", "type": "OUT_GOING"}), "Name: 경보 🚨 <b>[/b] was sent and other"),
    ],
    ids=["the same", "created whatever comes", "not read", "another name"],
)
async def test_what_was_created_is_read_back_and_compared(reply: Reply | None, said: str, around: Surroundings) -> None:
    with FaultyGateway(keys=KEYS) as gateway:
        if reply:
            gateway.scripts["detail"] = lambda connection, _, __: say(connection, reply)
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            await to_confirm(app)
            await pilot.press("enter")
            await until(lambda: app.session.remarks)
            await pilot.pause()
            assert said in f"{screen(app)} "
            assert app.exit_code == 0
    assert journal(around) == ["created"]


@pytest.mark.parametrize(
    ("on_page", "said"),
    [
        (None, "takes these keys; integrations there: 0."),
        (said(error(401, 210, "", "")), "These keys are known and may not list integrations. They may still create."),
        (said(error(401, 200, "", "")), "✗ Authentication failed"),
        (page_is_down, "✗ The API's gateway could not reach"),
    ],
    ids=["good", "may not list", "bad", "down"],
)
async def test_keys_can_be_checked_before_anything_else(
    on_page: CallScript | None, said: str, around: Surroundings
) -> None:
    with FaultyGateway(None, on_page, keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            app.screen.set_focus(app.screen.query_one("#check"))
            await pilot.press("enter")
            await until(lambda: said in screen(app))
            await pilot.press("f8")
            assert "be called" in screen(app)
        assert gateway.creates == 0


async def test_without_a_journal_nothing_is_sent(around: Surroundings) -> None:
    (around.folder / "state").write_text("a file")
    with FaultyGateway(keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            await create(app, pilot)
            assert "cannot be used" in screen(app)
            assert "XDG_STATE_HOME" in screen(app)
            assert app.exit_code == 1
        assert gateway.creates == 0


async def test_what_a_second_attempt_has_created_is_not_taken_for_the_first_ones(around: Surroundings) -> None:
    with FaultyGateway(drop, keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url, looks=(0,)), (120, 50)) as (app, pilot):
            await create(app, pilot)
            gateway.scripts["create"] = None
            await pilot.press("f7")
            await armed(app, "#create")
            await pilot.press("enter")
            await armed(app, "#again")
            await pilot.press("right", "right", "enter")
            await ended(app, pilot)
            assert "Integration ID: 1001" in screen(app)
        async with wizard(beginning(around, gateway.base_url, looks=(0,)), (120, 50)) as (app, pilot):
            await armed(app, "#look")
            await pilot.press("enter")
            await until(lambda: app.session.attempts.verdicts)
            await pilot.pause()
            assert "It was not found after one look" in screen(app)
            assert app.exit_code == 3
    assert journal(around) == ["unknown", "created"]


def left_behind(around: Surroundings, gateway: FaultyGateway, **changes: Any) -> Attempt:
    """Return an attempt that a wizard before this one has sent and never noted the end of."""
    attempt = Attempt(time.time(), "public", gateway.base_url, "gateway", KEYS.label, unchecked(DRAFT), frozenset())
    attempt = replace(attempt, name=new_name(), **changes)
    Journal(around.folder / "state" / "attempts").begin(attempt).close()
    return attempt


async def test_while_an_earlier_attempt_is_looked_for_nothing_else_is_begun(around: Surroundings) -> None:
    with FaultyGateway(keys=KEYS) as gateway:
        left_behind(around, gateway)
        async with wizard(beginning(around, gateway.base_url, looks=(0, 60)), (120, 50)) as (app, pilot):
            await armed(app, "#look")
            await pilot.press("enter")
            await until(lambda: "Look 1 of 2." in screen(app))
            await pilot.press("f8", "f7", "ctrl+q")
            await app.action_go("CONFIRM")
            await app.action_create()
            assert "Earlier attempts may have created" in screen(app)
            assert "Not yet: stop looking first" in screen(app)
            await armed(app, "#stop")
            await pilot.press("enter")
            await until(lambda: not app.session.is_under_way)
            await pilot.pause()
            assert "It was not found after one look" in screen(app)
            assert app.exit_code == 3
        assert gateway.creates == 0


async def test_an_attempt_of_another_site_and_account_changes_neither_here(around: Surroundings) -> None:
    with FaultyGateway(keys=KEYS) as gateway:
        left_behind(around, gateway, site="gov", base_url=GOV.base_url, place="gov site")
        left_behind(around, gateway, account="…9999")
        left_behind(around, gateway, base_url="https://elsewhere.invalid", place="gateway at elsewhere.invalid")
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            await armed(app, "#look")
            await pilot.press("enter")
            await until(lambda: len(app.session.attempts.verdicts) == 3 and not app.session.is_under_way)
            await pilot.pause()
            assert "It went to the gov site: start without --api-url" in screen(app)
            assert "with access key …9999, and …2345 is in use" in screen(app)
            assert "start with --api-url https://elsewhere.invalid" in screen(app)
            assert app.session.site is PUBLIC
            assert app.exit_code == 3
            await pilot.press("f8")
            assert "Which keys" in screen(app)
            await pilot.press("f7")
            assert "Earlier attempts" in screen(app)
        assert gateway.calls == []


async def test_what_was_found_among_earlier_ones_is_not_created_again_without_a_question(
    around: Surroundings,
) -> None:
    with FaultyGateway(drop_after_storing, page_is_down, keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            await create(app, pilot)
            await pilot.press("f7")
            await armed(app, "#create")
            await pilot.press("enter")
            await armed(app, "#look")
            await pilot.press("right", "enter")
            await until(lambda: app.screen.query("#later"))
            await armed(app, "#look")
            gateway.scripts["page"] = None
            app.session.existing = []
            await pilot.press("enter")
            await until(lambda: app.session.attempts.created)
            await pilot.pause()
            assert "It exists: 1001" in screen(app)
            await app.show_step(Step.CONFIRM)
            await armed(app, "#create")
            await pilot.press("enter")
            await pilot.pause()
            assert "was created already (ID 1001)" in screen(app)
        assert gateway.creates == 1
    assert draft_file.saved_forms(around.folder / "state" / "drafts") == []


async def test_a_form_that_was_created_by_an_earlier_attempt_is_dropped_with_it(around: Surroundings) -> None:
    drafts = around.folder / "state" / "drafts"
    with FaultyGateway(keys=KEYS) as gateway:
        left_behind(around, gateway)
        DraftFile(drafts).close(Form(DRAFT, "public", "CONFIRM"))
        DraftFile(drafts).close(Form(replace(DRAFT, name="another form"), "public", "CONFIRM"))
        gateway.add(unchecked(DRAFT))
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            await armed(app, "#look")
            await pilot.press("enter")
            await until(lambda: app.session.attempts.created)
            await pilot.pause()
            assert [saved.form.draft.name for saved in draft_file.saved_forms(drafts)] == ["another form"]
            await pilot.press("f8")
            await pilot.pause()
            assert "Resume" in screen(app)
            assert "another form" in screen(app)
            assert app.exit_code == 0


async def test_one_bad_time_in_the_journal_does_not_keep_the_wizard_from_starting(around: Surroundings) -> None:
    with FaultyGateway(keys=KEYS) as gateway:
        for seconds in (float("nan"), 1e18, -1e18):
            left_behind(around, gateway, started=seconds)
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, _):
            assert screen(app).count("at an unknown time") == 3


async def test_forgetting_is_done_where_it_is_written_down(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultyGateway(keys=KEYS) as gateway:
        first, second = left_behind(around, gateway), left_behind(around, gateway)
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            held = Journal(around.folder / "state" / "attempts").reopened(first)
            for left in ([first], []):
                await armed(app, "#forget")
                await pilot.press("right", "right", "enter")
                await armed(app, "#forget")
                await pilot.press("right", "enter")
                await until(lambda: "Forget" not in type(app.screen).__name__ and app.step_screen)
                await pilot.pause()
                assert [one.attempt for one in app.session.attempts.unresolved] == left
                assert held
                held.close()
            assert second not in app.session.unknown
            assert screen(app).count("Forgotten") == 2
    assert journal(around) == ["forgotten", "forgotten"]


async def test_a_form_that_cannot_be_saved_is_not_said_to_be_kept(around: Surroundings) -> None:
    (around.folder / "state").write_text("a file")
    with FaultyGateway(keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            await pilot.press("f8", "x", "ctrl+q")
            await pilot.pause()
            assert "What you typed will be lost." in screen(app)
            assert "XDG_STATE_HOME" in screen(app)


async def test_a_signal_while_looking_ends_within_the_deadline_of_a_call(around: Surroundings) -> None:
    with FaultyGateway(drop, keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url, timeout=1, looks=(0, 60)), (120, 50)) as (app, pilot):
            await to_confirm(app)
            await pilot.press("enter")
            await until(lambda: "Look 1 of 2" in screen(app))
            began = time.monotonic()
            app.behind.end_by_signal(1)
            await pilot.pause()
            assert "Leaving as soon as it is known" in screen(app)
            await until(lambda: not app.is_running)
            assert time.monotonic() - began < 3
            assert app.exit_code == 3
    assert journal(around) == ["unknown"]


async def test_keys_may_change_while_they_are_checked(around: Surroundings) -> None:
    with FaultyGateway(None, hold, keys=KEYS) as gateway:
        async with wizard(beginning(around, gateway.base_url), (120, 50)) as (app, pilot):
            app.screen.set_focus(app.screen.query_one("#check"))
            await pilot.press("enter", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "x")
            assert app.session.key_state.is_typing
            await until(lambda: gateway.pages)
            await asyncio.sleep(0.5)
            assert app.is_running
            assert app.session.key_check is None
