"""Keys go nowhere: every way in and every way out, and whatever was sent, written or started meanwhile searched."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import pytest

from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.cloudinsight.site import PUBLIC
from ncloud_integration.credentials.accounts import Account, AccountsFile
from ncloud_integration.credentials.vault_store import VaultStore
from ncloud_integration.practice.gateway import Reply
from ncloud_integration.recovery.journal import Journal
from tests.conftest import need
from tests.secret_service import daemon
from tests.secret_service.daemon import SecretService, secret_service
from tests.terminal.pseudo_terminal import (
    COMMAND,
    CTRL_C,
    DOWN,
    ENTER,
    ESCAPE,
    F1,
    F7,
    F8,
    LEFT,
    QUIT,
    RIGHT,
    TAB,
    pasted,
)
from tests.terminal.sentinels import Broken, ForkedTerminal, Hunt, Sentinels, WatchedTerminal, methods, watched
from tests.tui.driving import ATTEMPT
from tests.wire.faulty_gateway import FaultyGateway, Serve, say
from tests.wire.servers import Connection, Request, answer, closed_port

ARMED = 0.65
SAVED = 1.3
BACK_TAB, SELECT_LINE, CUT = "\x1b[Z", "\x1b[1;2H", "\x18"
FILLED = ("--name", "alerts", "--url", "https://hooks.slack.com/services/T0/B0/0123456789abcdef", "--header", "a: b")


class Scene:
    """A home, and what became of the sentinels in it; `check` fails where one of them is found."""

    def __init__(self, root: Path, sentinels: Sentinels) -> None:
        self.sentinels = sentinels
        self.hunt = Hunt(sentinels.by_name)
        self.gateway = FaultyGateway(keys=Keys.of(sentinels.access_key, sentinels.secret_key))
        self.home = root / "home"
        self.roots = [root]
        self.profiles = self.home / ".ncloud" / "configure"
        names = {"HOME": "home", "TMPDIR": "tmp", "XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config"}
        names |= {"XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "run"}
        self.environment = {name: str(root / folder) for name, folder in names.items()}
        for folder in (*names.values(), "here"):
            (root / folder).mkdir()
        os.chdir(root / "here")
        self.leaks: list[str] = []
        self.files: set[str] = set()
        self.keyring_children = 0

    @property
    def keys(self) -> dict[str, str]:
        """The environment of an operator who keeps the keys in there."""
        return {"NCLOUD_ACCESS_KEY": self.sentinels.access_key, "NCLOUD_SECRET_KEY": self.sentinels.secret_key}

    def write_profile(self) -> None:
        self.profiles.parent.mkdir()
        names = ("ncloud_access_key_id", "ncloud_secret_access_key")
        pair = zip(names, (self.sentinels.access_key, self.sentinels.secret_key), strict=True)
        self.profiles.write_text("\n".join(["[DEFAULT]", *(f"{name} = {key}" for name, key in pair), ""]))
        self.profiles.chmod(0o600)

    @contextmanager
    def wizard(
        self, *flags: str, env: Mapping[str, str] | None = None, url: str | None = None
    ) -> Iterator[WatchedTerminal]:
        """Run the installed command, and search all that comes of it."""
        arguments = (COMMAND, "--api-url", url or self.gateway.base_url, *flags)
        running = WatchedTerminal(arguments, (80, 24), {**self.environment, **(env or {})})
        try:
            with watched(running.process.pid, self.hunt, self.roots, [self.profiles]) as seen:
                yield running
        finally:
            running.close()
        self._note("the bytes", self.hunt.found_in_stream(running.written))
        self._note("the screen", self.hunt.found(running.rows))
        self._note("the arguments", self.hunt.found("\0".join(arguments).encode()))
        for place, names in [*seen.in_files.items(), *self.hunt.found_in_files(self.roots, [self.profiles]).items()]:
            self._note(place, names)
        for arguments_seen, environment in seen.children.values():
            self._note(f"the arguments of a child: {arguments_seen!r}", self.hunt.found(arguments_seen))
            self._note(f"the environment of a child: {arguments_seen!r}", self.hunt.found(environment))
        self.files |= seen.files
        self.keyring_children += sum(b"keyring_child" in child for child, _ in seen.children.values())
        assert len(running.written) > 1000
        assert b"Cloud Insight integration" in running.rows

    def output(self, wizard: WatchedTerminal, code: int) -> str:
        """Return standard output of a *wizard* that has ended with *code*, searched as well."""
        assert wizard.ended() == code
        output = wizard.output()
        self._note("standard output", self.hunt.found(output.encode()))
        return output

    def check(self) -> None:
        for request in self.gateway.requests:
            self.hunt.add("a signature", request.header("x-ncp-apigw-signature-v2"))
        for place, names in self.hunt.found_in_files(self.roots, [self.profiles]).items():
            self._note(place, names)
        assert not self.leaks, "\n".join(self.leaks)

    def _note(self, place: str, names: set[str]) -> None:
        self.leaks += [f"{name} in {place}" for name in sorted(names) if f"{name} in {place}" not in self.leaks]


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.chdir(tmp_path)
    scene = Scene(tmp_path, Sentinels.new())
    with scene.gateway:
        yield scene
    scene.check()


@pytest.fixture
def keyring(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    need("dbus-daemon", "gnome-keyring-daemon")
    monkeypatch.setattr(daemon, "PASSWORD", scene.sentinels.keyring_password.encode())
    with secret_service() as running:
        running.start()
        scene.environment["DBUS_SESSION_BUS_ADDRESS"] = running.environment["DBUS_SESSION_BUS_ADDRESS"]
        scene.roots.append(Path(running.environment["HOME"]))
        yield running


def key_by_key(wizard: WatchedTerminal, text: str) -> None:
    for character in text:
        wizard.send(character)
        wizard.read(0.004)


def read_help(wizard: WatchedTerminal) -> None:
    wizard.send(F1)
    wizard.until("[Close]")
    wizard.send(F1)


def try_to_copy(wizard: WatchedTerminal) -> None:
    """Select all in a field, cut it and copy it; Ctrl+C asks whether to leave where nothing is copied."""
    wizard.send(SELECT_LINE, CUT, CTRL_C)
    wizard.until("Leave without creating this?")
    wizard.send(ESCAPE)
    wizard.read(0.3)


def confirm(wizard: WatchedTerminal) -> None:
    """Go from Name to Confirm, and wait until Create can be pressed."""
    wizard.send(F8 * 4)
    wizard.until("Create this integration?")
    wizard.read(ARMED)


def create(wizard: WatchedTerminal, outcome: str) -> None:
    wizard.send(ENTER)
    wizard.until(outcome)
    wizard.read(ARMED)


def test_keys_typed_key_by_key_and_never_kept(scene: Scene) -> None:
    keys = scene.sentinels
    with scene.wizard(*FILLED) as wizard:
        wizard.until("Which keys")
        key_by_key(wizard, keys.access_key)
        try_to_copy(wizard)
        wizard.send(TAB)
        key_by_key(wizard, keys.secret_key)
        try_to_copy(wizard)
        read_help(wizard)
        wizard.send(TAB, TAB, ENTER)
        wizard.until("takes these keys")
        wizard.send(F8)
        wizard.until("be called")
        wizard.send("x")
        for heading in ("Where should", "Which headers", "What should the endpoint", "Create this integration?"):
            read_help(wizard)
            wizard.send(F8)
            wizard.until(heading)
        read_help(wizard)
        wizard.read(ARMED)
        wizard.send(RIGHT, ENTER)
        wizard.until("Hide secrets")
        wizard.read(SAVED)
        wizard.send(LEFT)
        create(wizard, "Integration ID: 1001")
        wizard.until("Read back: it is stored as it was sent.")
        read_help(wizard)
        wizard.read(ARMED)
        wizard.send(ENTER)
        assert scene.output(wizard, 0) == "1001\n"
    assert scene.files >= {"accounts.json"}
    assert any(name.endswith(".closed.jsonl") for name in scene.files)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, "hang up", QUIT])
def test_keys_pasted_among_other_lines_when_the_wizard_ends(end: signal.Signals | str, scene: Scene) -> None:
    keys = scene.sentinels
    with scene.wizard() as wizard:
        wizard.until("Which keys")
        wizard.send(pasted(f"\n  {keys.access_key} \n{keys.secret_key}\n"))
        wizard.until("Only the first of 2 lines was kept")
        wizard.send(TAB, pasted(f"{keys.secret_key}\n{keys.access_key}"), F8)
        wizard.until("be called")
        wizard.send("typed")
        wizard.read(SAVED)
        if isinstance(end, signal.Signals):
            wizard.process.send_signal(end)
        elif end == QUIT:
            wizard.send(QUIT)
            wizard.until("Leave without creating this?")
            wizard.send(QUIT)
        else:
            wizard.hang_up()
            wizard.process.wait(5)
        if wizard._master >= 0:
            wizard.ended()
    assert any(name.endswith(".json") and name != "accounts.json" for name in scene.files), scene.files


class Evil:
    """A gateway that gives back what it was sent, wherever something may be shown of it."""

    def __init__(self, scene: Scene) -> None:
        self._key = scene.sentinels.access_key
        self.answers = {
            "what it refuses": self._refusal,
            "when to try again": self._too_many,
            "where to go": self._redirect,
            "what it failed at": self._failure,
            "an id": self._id,
        }

    def _echo(self, request: Request) -> str:
        return f"{self._key} {dict(request.headers)}"

    def _refusal(self, connection: Connection, request: Request) -> None:
        error = {"errorCode": "200", "message": f"No {self._key}", "details": self._echo(request)}
        say(connection, Reply(401, {"error": error}), f"www-authenticate: {self._key}")

    def _too_many(self, connection: Connection, _: Request) -> None:
        say(connection, Reply(429, {}), f"retry-after: Wed, 21 Oct 2026 07:28:00 GMT ({self._key})")

    def _redirect(self, connection: Connection, request: Request) -> None:
        content = f"<error><errorCode>{self._key}</errorCode><message>{self._echo(request)}</message></error>".encode()
        connection.send(answer(302, content, f"location: https://h.example.com/{self._key}"))

    def _failure(self, connection: Connection, request: Request) -> None:
        connection.send(answer(418, self._echo(request).encode(), f"server: {self._key}"))

    def _id(self, connection: Connection, _: Request) -> None:
        say(connection, Reply(200, {"integrationId": self._key}))

    def list(self, connection: Connection, request: Request, serve: Serve) -> None:
        """List integrations whose ids and fields are the key."""
        row = dict.fromkeys(("id", "name", "url", "payload", "type"), self._key)
        rows = [row, {**row, "name": "alerts"}]
        say(connection, Reply(200, {"data": rows, "totalRecords": 1}))


@pytest.mark.parametrize("what", ["what it refuses", "when to try again", "where to go", "what it failed at", "an id"])
def test_keys_that_an_evil_server_gives_back(what: str, scene: Scene) -> None:
    server = Evil(scene)
    scene.gateway.scripts["create"] = lambda connection, request, serve: server.answers[what](connection, request)
    with scene.wizard(*FILLED, env=scene.keys) as wizard:
        wizard.until("Next uses the environment")
        wizard.send(F8)
        wizard.until("be called")
        confirm(wizard)
        wizard.send(ENTER)
        wizard.read(1)
        assert "Create this integration?" not in wizard.screen()


def test_keys_that_an_evil_server_lists(scene: Scene) -> None:
    scene.gateway.scripts["page"] = Evil(scene).list
    with scene.wizard(*FILLED, env=scene.keys) as wizard:
        wizard.until("Next uses the environment")
        wizard.send(F8)
        wizard.until("be called")
        confirm(wizard)
        create(wizard, "Integration ID: 1001")
        wizard.send(QUIT)
        wizard.ended()


TEXTUAL = {"TEXTUAL_LOG": "textual.log", "TEXTUAL_DEBUG": "1", "TEXTUAL": "debug,devtools", "TEXTUAL_SCREENSHOT": "1"}


def test_keys_from_the_environment_where_nothing_can_be_sent_and_textual_is_to_log(scene: Scene) -> None:
    with (
        closed_port() as port,
        scene.wizard(*FILLED, env={**scene.keys, **TEXTUAL}, url=f"http://127.0.0.1:{port}") as wizard,
    ):
        wizard.until("Next uses the environment")
        wizard.send(TAB, TAB, TAB, ENTER)
        wizard.until("refused the connection")
        wizard.send(F8)
        wizard.until("be called")
        confirm(wizard)
        create(wizard, "Nothing of the request was sent")
        wizard.send(F7)
        wizard.until("Create this integration?")
        wizard.send(QUIT)
        assert scene.output(wizard, 1) == ""
    assert not any(name.endswith((".log", ".svg")) for name in scene.files)


def drop(_: Reply) -> None:
    """Leave what was done without an answer."""


def test_keys_of_an_attempt_that_is_looked_for_and_found(scene: Scene) -> None:
    scene.gateway.scripts["create"] = lambda _, __, serve: drop(serve())
    with scene.wizard(*FILLED, env=scene.keys) as wizard:
        wizard.until("Next uses the environment")
        wizard.send(F8)
        wizard.until("be called")
        confirm(wizard)
        create(wizard, "It exists: 1001")
        wizard.send(ENTER)
        assert scene.output(wizard, 0) == "1001\n"


def test_keys_of_an_attempt_that_is_not_found_and_of_the_wizard_after_it(scene: Scene) -> None:
    scene.gateway.scripts["create"] = lambda connection, request, serve: None
    with scene.wizard(*FILLED, env=scene.keys) as wizard:
        wizard.until("Next uses the environment")
        wizard.send(F8)
        wizard.until("be called")
        confirm(wizard)
        create(wizard, "Looking for it")
        wizard.send(ENTER)
        wizard.until("It is not known whether the integration was created")
        wizard.process.kill()
        wizard.ended()
    with scene.wizard(env=scene.keys) as wizard:
        wizard.until("Earlier attempts may have created")
        read_help(wizard)
        wizard.read(ARMED)
        wizard.send(ENTER)
        wizard.until("Look 1 of 6.")
        wizard.read(ARMED)
        wizard.send(ENTER)
        wizard.until("it may still appear")
        wizard.send(QUIT)
        assert scene.output(wizard, 3) == ""


def keep(wizard: WatchedTerminal, store: str, access_key: str, secret_key: str) -> None:
    """Choose *store* where nobody has chosen before, and type a pair that is to be kept there."""
    wizard.send({"keyring": DOWN, "vault": DOWN * 2}[store], TAB, pasted(access_key), TAB, pasted(secret_key), F8)


def pick(wizard: WatchedTerminal, entry: str, tabs: int, number: int = 0) -> None:
    """Open Accounts, which is *tabs* away, and pick the *entry* of that *number* in the list."""
    wizard.send(TAB * tabs, ENTER)
    wizard.until("Accounts and other sources of keys")
    wizard.until(entry)
    wizard.send(DOWN * number, ENTER)


def press(wizard: WatchedTerminal, title: str, number: int) -> None:
    """Press the button of that *number* in the dialog of that *title*, once it can be pressed."""
    wizard.until(title)
    wizard.read(ARMED)
    wizard.send(RIGHT * number, ENTER)


def test_keys_in_the_keyring_kept_found_replaced_and_forgotten(scene: Scene, keyring: SecretService) -> None:
    keys = scene.sentinels
    keyring.lock()
    with scene.wizard(*FILLED) as wizard:
        wizard.until("locked: its password is asked")
        keep(wizard, "keyring", keys.access_key, keys.secret_key)
        wizard.until("Unlock the keyring")
        key_by_key(wizard, keys.wrong_passphrase)
        try_to_copy(wizard)
        wizard.send(ENTER)
        wizard.until("That is not the keyring's password.")
        wizard.send(pasted(f"{keys.keyring_password}\n{keys.passphrase}"), ENTER)
        wizard.until("The keys are kept in the keyring, as account public.")
        confirm(wizard)
        create(wizard, "Integration ID: 1001")
        wizard.send(ENTER)
        assert scene.output(wizard, 0) == "1001\n"
    with scene.wizard(*FILLED) as wizard:
        wizard.until("Next uses account public (in the keyring)")
        pick(wizard, "account public", 5)
        press(wizard, "Account public", 1)
        wizard.until("Type the new keys of public")
        wizard.send(pasted(keys.other_access_key), TAB, pasted(keys.other_secret_key), F8)
        press(wizard, "Replace the keys of public?", 1)
        wizard.until("be called")
        wizard.send(F7)
        wizard.until("Which keys")
        pick(wizard, "account public", 4)
        press(wizard, "Account public", 2)
        press(wizard, "Forget public?", 1)
        wizard.until("Account public is forgotten")
        wizard.send(QUIT)
        wizard.ended()
    assert scene.keyring_children > 3


def test_keys_in_a_vault_set_up_unlocked_given_another_passphrase_and_started_over(scene: Scene) -> None:
    keys = scene.sentinels
    with scene.wizard(*FILLED) as wizard:
        wizard.until("Which keys")
        keep(wizard, "vault", keys.access_key, keys.secret_key)
        wizard.until("Choose a passphrase for the vault")
        key_by_key(wizard, keys.passphrase)
        try_to_copy(wizard)
        wizard.send(ENTER, pasted(keys.wrong_passphrase), ENTER)
        wizard.until("The two are not the same")
        wizard.send(pasted(keys.passphrase), ENTER, pasted(keys.passphrase), ENTER)
        wizard.until("The keys are kept in the vault, as account public.")
        wizard.process.kill()
        wizard.ended()
    with scene.wizard(*FILLED) as wizard:
        wizard.until("Next opens account public (in the vault)")
        wizard.send(F8)
        wizard.until("Unlock the vault")
        wizard.send(pasted(keys.wrong_passphrase), ENTER)
        wizard.until("This passphrase does not open the vault")
        wizard.send(pasted(keys.passphrase), ENTER)
        wizard.until("be called")
        confirm(wizard)
        wizard.send(F7 * 5)
        wizard.until("Which keys")
        pick(wizard, "The vault", 5, 1)
        press(wizard, "The vault", 0)
        wizard.until("Change the vault's passphrase")
        for passphrase in (keys.passphrase, keys.new_passphrase, keys.new_passphrase):
            wizard.send(pasted(passphrase), ENTER)
        wizard.until("The vault's passphrase is changed.")
        pick(wizard, "The vault", 5, 1)
        press(wizard, "The vault", 1)
        press(wizard, "Start the vault over?", 1)
        wizard.until("The vault is deleted.")
        wizard.send(QUIT)
        wizard.ended()
    assert "vault.json" in scene.files


def test_keys_of_a_profile_used_and_imported(scene: Scene, keyring: SecretService) -> None:
    scene.write_profile()
    before = scene.profiles.read_bytes()
    with scene.wizard(*FILLED) as wizard:
        wizard.until("~/.ncloud/configure, section DEFAULT")
        wizard.send(TAB * 3, ENTER)
        wizard.until("takes these keys")
        for number, store in enumerate(("keyring", "vault")):
            pick(wizard, "section DEFAULT", 5 if number else 1, number)
            press(wizard, "Its keys lie there as plain text", 1)
            press(wizard, "Keep these keys as an account?", number)
            if store == "vault":
                wizard.until("Choose a passphrase")
                wizard.send(*(pasted(scene.sentinels.passphrase) + ENTER) * 2)
            wizard.until(f"The keys are kept in the {store}")
        wizard.send(QUIT)
        wizard.ended()
    assert scene.profiles.read_bytes() == before
    assert scene.keyring_children


def first_walk(wizard: ForkedTerminal, keys: Sentinels) -> Iterator[bool]:
    """Type keys, keep them in a vault, and create; yield false once the wizard has ended."""
    yield wizard.until("Which keys")
    wizard.send(DOWN * 2, TAB, pasted(keys.access_key))
    yield wizard.until(keys.access_key[:4] + "•")
    os.kill(wizard.process.pid or 0, signal.SIGUSR1)
    wizard.send(TAB, pasted(keys.secret_key))
    yield wizard.until("keys as typed")
    wizard.send(CUT, TAB, RIGHT, LEFT, F1)
    yield wizard.until("[Close]")
    wizard.send(F1, F8)
    yield wizard.until("Choose a passphrase")
    wizard.send(*[pasted(keys.passphrase), ENTER] * 2)
    yield wizard.until("be called")
    wizard.send("alerts", BACK_TAB, LEFT, ENTER)
    yield wizard.until("Which keys")
    wizard.send(F8)
    yield wizard.until("be called")
    wizard.send(F7)
    yield wizard.until("Which keys")
    wizard.send(F8)
    yield wizard.until("be called")
    wizard.send(F8)
    yield wizard.until("Where should")
    wizard.send(pasted(FILLED[3]), ENTER)
    yield wizard.until("Which headers")
    wizard.send(TAB, TAB, ENTER, ENTER, "x-test", TAB, "1", F8)
    yield wizard.until("What should the endpoint")
    wizard.send(RIGHT, pasted('"a": "b",'), F8)
    yield wizard.until("[Show secrets]")
    wizard.pause(0.2)
    wizard.send(RIGHT, ENTER)
    yield wizard.until("[Hide secrets]")
    wizard.send(LEFT, ENTER)
    yield wizard.until("Integration ID")
    yield wizard.until("Read back")
    wizard.pause(0.2)
    wizard.send(ENTER)


def second_walk(wizard: ForkedTerminal, keys: Sentinels) -> Iterator[bool]:
    """Unlock the vault to look for an earlier attempt, and manage accounts; yield false once the wizard has ended."""
    yield wizard.until("Earlier attempts may have created")
    os.kill(wizard.process.pid or 0, signal.SIGUSR1)
    wizard.pause(0.3)
    wizard.send(ENTER)
    yield wizard.until("Unlock the vault")
    wizard.send(pasted(keys.wrong_passphrase), ENTER)
    yield wizard.until("does not open the vault")
    wizard.send(pasted(keys.passphrase), ENTER)
    yield wizard.until("after one look")
    wizard.pause(0.3)
    wizard.send(F8)
    yield wizard.until("Which keys")
    passphrases = [pasted(each) + ENTER for each in (keys.passphrase, keys.new_passphrase, keys.new_passphrase)]
    for number, talk in (
        (2, {"[Start over]": [ENTER], "New passphrase": passphrases, "passphrase is changed": []}),
        (1, {"[Keep]": [RIGHT, ENTER], "[Vault]": [RIGHT, ENTER], "The keys are kept in the vault": []}),
        (0, {"[Replace]": [RIGHT, RIGHT, ENTER], "[No]": [RIGHT, ENTER], "is forgotten": []}),
    ):
        wizard.send(TAB * 5, ENTER)
        yield wizard.until("Accounts and other sources")
        wizard.send(DOWN * number, ENTER)
        for said, answers in talk.items():
            yield wizard.until(said)
            wizard.pause(0.3)
            wizard.send(*answers)
    wizard.send(TAB * 4, ENTER)
    yield wizard.until("takes these keys")
    wizard.send(F8)
    yield wizard.until("be called")
    wizard.send("x", QUIT)
    yield wizard.until("Leave without creating this?")
    wizard.send(QUIT)


ALL = "NCLOUD_TEST_EVERY_METHOD"
"""Set, every method is broken and not only handlers: that takes minutes."""

GUARDS = frozenset({"TerminalDriver.write", "TerminalDriver._run_input_thread"})
"""What is not broken: the terminal is restored by the first, and the second would see to an error."""

WIZARDS_AT_ONCE = 6
REPORT = "The wizard stopped on an error of its own."

SWALLOWED = {"Background._ended"}
"""What asyncio itself calls: it drops an error, and the wizard goes on."""


@dataclass
class Crash:
    """What a wizard did of which a method was to break."""

    method: str
    is_broken: bool
    code: int | None
    said: str
    leaks: list[str]


class Crashes:
    """Wizards of which one method breaks, on one of the walks, each in a home of its own."""

    def __init__(self, scene: Scene, walk: Callable[[ForkedTerminal, Sentinels], Iterator[bool]]) -> None:
        self._scene = scene
        self._walk = walk
        self._template = scene.roots[0]
        self._hunt = Hunt(scene.sentinels.by_name)

    def calls(self) -> dict[str, bool]:
        """Return the methods that are called on the way, and whether some time after the keys are there."""
        wizard = self.run("", is_late=False)
        assert not wizard.is_broken
        return {name: is_late == "1" for name, is_late in map(str.split, wizard.said.splitlines())}

    def run(self, method: str, *, is_late: bool) -> Crash:
        sentinels = self._scene.sentinels
        root = Path(tempfile.mkdtemp(dir=self._template.parent, prefix="crash-"))
        environment = {name: str(root / Path(path).name) for name, path in self._scene.environment.items()}
        shutil.copytree(self._template, root, dirs_exist_ok=True)
        log = root.with_suffix(".log")
        broken = Broken(method, sentinels.by_name, log, is_late)
        environment |= {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        wizard, code, stuck = ForkedTerminal(broken, environment, ["--api-url", self._scene.gateway.base_url]), None, ""
        try:
            all(self._walk(wizard, sentinels))
            code = wizard.ended()
        except AssertionError as error:
            stuck = f"STUCK {error}"
        finally:
            wizard.close()
        leaks = [f"{name} in the bytes" for name in self._hunt.found_in_stream(wizard.written)]
        profile = root / "home" / ".ncloud" / "configure"
        for path, names in self._hunt.found_in_files([root], [profile]).items():
            leaks += [f"{name} in {path}" for name in names]
        shutil.rmtree(root)
        called = log.read_text()
        said = stuck or (printed(wizard.written)[-3000:] if method else called)
        return Crash(method, "CRASH" in called, code, said, leaks)


def printed(written: bytes) -> str:
    return re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", written.decode(errors="replace"))


def prepared(scene: Scene) -> None:
    """Have a vault with an account, a profile, and an attempt of which nobody knows the end."""
    sentinels = scene.sentinels
    scene.write_profile()
    vault = VaultStore(Path(scene.environment["XDG_DATA_HOME"], "ncloud-integration", "vault.json"), n=2**14)
    asyncio.run(vault.set_up(Secret(sentinels.passphrase)))
    keys = Keys.of(sentinels.access_key, sentinels.secret_key)
    asyncio.run(vault.keep("public", keys))
    file = AccountsFile(Path(scene.environment["XDG_CONFIG_HOME"], "ncloud-integration", "accounts.json"))
    file.change(lambda known: replace(known.with_used(Account("public", PUBLIC, "vault")), rest="vault"))
    attempt = replace(ATTEMPT, base_url=scene.gateway.base_url, account=keys.label)
    Journal(Path(scene.environment["XDG_STATE_HOME"], "ncloud-integration", "attempts")).begin(attempt).close()


def is_handler(method: str) -> bool:
    """Return whether something else than this program's own methods calls *method*, or it runs beside the screens."""
    cls, name = methods()[method]
    function = vars(cls)[name]
    return (
        name.startswith(("on_", "action_", "watch_"))
        or name.endswith(("_typed", "_chosen", "_edited", "_answered"))
        or hasattr(function, "_textual_on")
        or cls.__name__ in ("TerminalDriver", "TerminalApp", "PasteReader", "Background", "DraftKeeper")
        or (
            inspect.iscoroutinefunction(function)
            and cls.__name__.endswith(("Access", "Runner", "Management", "Wizard"))
        )
        or method in ("Wizard.save_form", "ApiAccess.close", "ConfirmScreen.body", "CredentialsScreen.show_session")
    )


@pytest.mark.parametrize(
    ("walk", "least"), [(first_walk, 70), (second_walk, 15)], ids=["typing and creating", "looking and managing"]
)
def test_a_crash_in_any_handler_gives_nothing_away_and_leaves_a_usable_terminal(
    walk: Callable[[ForkedTerminal, Sentinels], Iterator[bool]], least: int, scene: Scene
) -> None:
    known = GUARDS
    if walk is second_walk:
        known = known | Crashes(scene, first_walk).calls().keys()
        prepared(scene)
    crashes = Crashes(scene, walk)
    calls = {method: is_late for method, is_late in crashes.calls().items() if method not in known}
    calls = {method: is_late for method, is_late in calls.items() if os.environ.get(ALL) or is_handler(method)}
    with ThreadPoolExecutor(WIZARDS_AT_ONCE) as pool:
        found = list(pool.map(lambda call: crashes.run(call[0], is_late=call[1]), calls.items()))
    assert {crash.method: crash.leaks for crash in found if crash.leaks} == {}
    assert {crash.method: crash.said for crash in found if crash.code not in _codes(crash)} == {}
    broken = [crash for crash in found if crash.is_broken]
    print(f"{len(broken)} of {len(calls)} crashed")
    assert len(broken) >= max(least, len(calls) - 5)
    assert {crash.method for crash in broken if REPORT not in crash.said} <= SWALLOWED


def _codes(crash: Crash) -> tuple[int, ...]:
    """Return what a wizard may end with by what it said last."""
    if "Created integration" in crash.said:
        return (0,)
    return (3,) if "It is not known" in crash.said else (1,)


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda text: json.dumps({"key": text}),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "repr": lambda text: repr({"key": text + "'"}),
    "URL": lambda text: quote(text, safe=""),
    "hexadecimal": lambda text: text.encode().hex(),
    "Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Base64 of a pair": lambda text: base64.b64encode(f"a:{text}:b".encode()).decode(),
    "Base64 of a header": lambda text: base64.b64encode(f"key: {text}\n".encode()).decode(),
    "Base64 of four more": lambda text: base64.b64encode(f"key={text}".encode()).decode(),
    "Base64 for a URL": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "a part": lambda text: text[5:14],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_sentinel_is_found_in_any_form(form: str, tmp_path: Path) -> None:
    sentinels = Sentinels.new()
    hunt = Hunt(sentinels.by_name)
    for name, text in sentinels.by_name.items():
        (tmp_path / "planted").write_text(f"before {FORMS[form](text)} after")
        (found,) = hunt.found_in_files([tmp_path]).values()
        assert all(each.startswith(f"{name} (") for each in found)
    (tmp_path / "planted").write_text(" ".join(text[:8] for text in sentinels.by_name.values()))
    assert hunt.found_in_files([tmp_path]) == {}


def test_a_sentinel_is_found_in_what_a_terminal_is_sent_however_it_is_cut() -> None:
    text = Sentinels.new().secret_key
    hunt = Hunt({"it": text})
    assert hunt.found_in_stream("\x1b[1m\x1b[3;4H".join(text).encode())
    assert hunt.found_in_stream(b"\x1b]52;c;" + base64.b64encode(text[3:20].encode()) + b"\x07")
    assert hunt.found_in_stream(f"\x1b]0;{text}\x1b\\".encode())
    assert not hunt.found_in_stream("\x1b[1mab".join(text).encode())


def test_a_sentinel_is_found_on_a_screen_that_showed_it_for_a_moment_and_with_a_child_that_was_given_it(
    tmp_path: Path,
) -> None:
    text = Sentinels.new().secret_key
    hunt = Hunt({"it": text})
    program = """
import os, subprocess, sys
for column in [*range(0, 40, 2), *range(1, 40, 2)]:
    print(f"\x1b[5;{column + 1}H" + os.environ["TEXT"][column], end="", file=sys.stderr)
print("\x1b[2J", end="", file=sys.stderr, flush=True)
subprocess.run(["sleep", "0.2"], env={"HIDDEN": os.environ["TEXT"]})
"""
    running = WatchedTerminal([sys.executable, "-c", program], (80, 24), {"TEXT": text})
    try:
        with watched(running.process.pid, hunt, [tmp_path]) as seen:
            (tmp_path / "soon gone").write_text(text)
            running.ended()
            (tmp_path / "soon gone").unlink()
    finally:
        running.close()
    assert hunt.found(running.rows)
    assert not hunt.found_in_stream(running.written)
    assert [hunt.found(environment) for _, environment in seen.children.values()] == [{"it (plain)"}]
    assert list(seen.in_files) == [str(tmp_path / "soon gone")]
