"""Keys go nowhere: every way in and every way out, and whatever was sent, written or started meanwhile searched."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ncloud_integration.practice.server import Reply
from tests.conftest import need
from tests.secret_service import daemon
from tests.secret_service.daemon import SecretService, secret_service
from tests.terminal.pseudo_terminal import (
    CTRL_C,
    CUT,
    DOWN,
    ENTER,
    ESCAPE,
    F1,
    F7,
    F8,
    F9,
    LEFT,
    QUIT,
    RIGHT,
    SELECT_LINE,
    TAB,
    pasted,
)
from tests.terminal.scene import Scene
from tests.terminal.sentinels import WatchedTerminal
from tests.wire.faulty_gateway import Serve, say
from tests.wire.servers import Connection, Request, Server, answer, closed_port

SAVED = 1.3
FILLED = ("--name", "alerts", "--url", "https://hooks.slack.com/services/T0/B0/0123456789abcdef", "--header", "a: b")


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
    wizard.until_gone("Leave without creating this?")


def confirm(wizard: WatchedTerminal) -> None:
    """Go from Name to Confirm, and wait until Create can be pressed."""
    wizard.send(F8 * 4)
    wizard.until("Create this integration?")
    wizard.armed()


def create(wizard: WatchedTerminal, outcome: str) -> None:
    wizard.send(ENTER)
    wizard.until(outcome)
    wizard.armed()


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
        wizard.armed()
        wizard.send(RIGHT, ENTER)
        wizard.until("Hide secrets")
        wizard.read(SAVED)
        wizard.send(LEFT)
        create(wizard, "Integration ID: 1001")
        wizard.until("Read back: it is stored as it was sent.")
        read_help(wizard)
        wizard.armed()
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


def test_keys_that_an_evil_server_lists_and_gives_back_for_a_deletion(scene: Scene) -> None:
    server = Evil(scene)
    refusal = server.answers["what it refuses"]
    scene.gateway.scripts["page"] = server.list
    scene.gateway.scripts["delete"] = lambda connection, request, serve: refusal(connection, request)
    with scene.wizard(*FILLED, env=scene.keys) as wizard:
        wizard.until("Next uses the environment")
        wizard.send(F8)
        wizard.until("be called")
        confirm(wizard)
        create(wizard, "Integration ID: 1001")
        wizard.send(RIGHT * 2, ENTER)
        wizard.until("[No]")
        wizard.armed()
        wizard.send(RIGHT, ENTER)
        wizard.until("Not deleted: 1001")
        wizard.send(QUIT)
        assert scene.output(wizard, 0) == "1001\n"


def test_keys_do_not_reach_the_endpoint_that_is_tested_and_answers_with_all_it_got(scene: Scene) -> None:
    def echo(connection: Connection) -> None:
        connection.send(answer(418, repr(connection.read()).encode(), "content-type: text/plain"))

    token = "0123456789abcdef0123456789abcdef"
    with Server(echo) as endpoint:
        flags = ("--name", "alerts", "--url", f"{endpoint.address}/{token[::-1]}")
        with scene.wizard(*flags, "--header", f"Authorization: {token}", "--no-draft", env=scene.keys) as wizard:
            wizard.until("Next uses the environment")
            wizard.send(F8)
            wizard.until("be called")
            confirm(wizard)
            wizard.send(F9)
            press(wizard, "Send a test event?", 0)
            wizard.until("HTTP 418 (As Scripted)")
            assert not any(secret[:8] in wizard.screen() for secret in (token, token[::-1]))
            press(wizard, "The event was refused", 0)
            wizard.until("[Show secrets]")
            wizard.send(QUIT)
            wizard.until("Nothing was created.")
    (request,) = endpoint.requests
    assert request.header("authorization") == token
    assert scene.hunt.found(repr(request).encode()) == set()
    assert "x-ncp" not in repr(request).lower()


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
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Look 1 of 6.")
        wizard.armed()
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
    wizard.armed()
    wizard.send(DOWN * number, ENTER)


def press(wizard: WatchedTerminal, title: str, number: int) -> None:
    """Press the button of that *number* in the dialog of that *title*, once it can be pressed."""
    wizard.until(title)
    wizard.armed()
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
        pick(wizard, "account public", 5)
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
        press(wizard, "It holds the keys of", 0)
        wizard.until("Change the vault's passphrase")
        for passphrase in (keys.passphrase, keys.new_passphrase, keys.new_passphrase):
            wizard.send(pasted(passphrase), ENTER)
        wizard.until("The vault's passphrase is changed.")
        pick(wizard, "The vault", 5, 1)
        press(wizard, "It holds the keys of", 1)
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
