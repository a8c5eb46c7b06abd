"""The installed command beside a real keyring: whatever state that is in, it is said in time and an id still comes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.practice.gateway import PracticeGateway
from tests.conftest import need
from tests.secret_service.daemon import PASSWORD, SecretService, secret_service
from tests.terminal.pseudo_terminal import (
    BACK_TAB,
    DOWN,
    ENTER,
    ESCAPE,
    F7,
    F8,
    QUIT,
    RIGHT,
    TAB,
    UP,
    PseudoTerminal,
    terminal,
)

ACCESS_KEY, SECRET_KEY = "KEYRINGACCESSKEY4321", "keyring-secret-key-0123456789-0123456789"
PAIR = json.dumps({"access_key": ACCESS_KEY, "secret_key": SECRET_KEY})
SOON = 4.0
ARMED = 0.8
SESSION, KEYRING = "", DOWN
"""What is pressed to have typed keys kept there, where that was never asked before."""


@pytest.fixture
def bus() -> Iterator[SecretService]:
    """A bus of its own, with no keyring on it yet."""
    need("dbus-daemon", "gnome-keyring-daemon")
    with secret_service() as running:
        yield running


@pytest.fixture
def service(bus: SecretService) -> SecretService:
    """A keyring that is unlocked."""
    bus.start()
    return bus


@pytest.fixture
def gateway() -> Iterator[PracticeGateway]:
    with PracticeGateway(Keys.of(ACCESS_KEY, SECRET_KEY)) as running:
        yield running


@pytest.fixture
def flags(gateway: PracticeGateway) -> tuple[str, ...]:
    return ("--api-url", gateway.base_url, "--name", "n", "--url", "https://h.example.com")


def account(service: SecretService, name: str = "prod", site: str = "public") -> None:
    """Have an account of that name, as an earlier wizard would have left it; the keyring may be told its keys."""
    folder = Path(service.environment["XDG_CONFIG_HOME"]) / "ncloud-integration"
    folder.mkdir(parents=True, exist_ok=True)
    accounts = [{"name": name, "site": site, "kept_in": "keyring"}]
    (folder / "accounts.json").write_text(json.dumps({"version": 1, "keep_keys_in": "keyring", "accounts": accounts}))


def type_keys(wizard: PseudoTerminal, choice: str = SESSION) -> None:
    """Type a pair on Credentials, where it has yet to be said where it is kept."""
    wizard.until("Keep new keys")
    wizard.send(choice, ACCESS_KEY, TAB, SECRET_KEY, F8)


def create(wizard: PseudoTerminal) -> None:
    """Go from Name to an id."""
    wizard.until("be called")
    wizard.send(F8 * 4)
    wizard.until("Create this")
    wizard.read(ARMED)
    wizard.send(ENTER)
    wizard.until("Integration ID: ")
    assert SECRET_KEY.encode() not in wizard.written
    assert ACCESS_KEY.encode() not in wizard.written


def give_up(wizard: PseudoTerminal) -> None:
    wizard.until("Waiting for the keyring…")
    wizard.read(ARMED)
    wizard.send(ENTER)


def test_keys_that_were_kept_need_no_typing_the_next_time(service: SecretService, flags: tuple[str, ...]) -> None:
    with terminal(*flags, env=service.environment) as wizard:
        wizard.until("No keys were found for the public site: type a pair.")
        wizard.until("Secret Service: encrypted with your login")
        type_keys(wizard, KEYRING)
        wizard.until("The keys are kept in the keyring, as account public.")
        wizard.send(QUIT)
        wizard.ended()
    assert json.loads(service.kept("public")) == json.loads(PAIR)
    with terminal(*flags, env=service.environment) as wizard:
        wizard.until("Next uses account public (in the keyring): access key …4321.")
        wizard.send(F8)
        create(wizard)


def test_next_waits_for_a_keyring_that_was_not_done_looking(service: SecretService, flags: tuple[str, ...]) -> None:
    service.keep("prod", PAIR)
    account(service)
    with terminal(*flags, env=service.environment) as wizard:
        wizard.until("Which keys")
        wizard.send(F8)
        create(wizard)


def test_another_site_has_other_accounts(service: SecretService) -> None:
    service.keep("prod", PAIR)
    account(service, site="gov")
    with terminal("--site", "public", env=service.environment) as wizard:
        wizard.until("No keys were found for the public site")
        wizard.send(TAB, TAB, RIGHT)
        wizard.until("Next uses account prod (in the keyring): access key …4321.")
        wizard.send(RIGHT)
        wizard.until("No keys were found for the fin site")


def test_a_locked_one_is_opened_by_its_password_and_told_of_a_wrong_one(
    service: SecretService, flags: tuple[str, ...]
) -> None:
    service.keep("prod", PAIR)
    account(service)
    service.lock()
    with terminal(*flags, env=service.environment) as wizard:
        start = time.monotonic()
        wizard.until("The keyring is locked: its password opens it.")
        assert time.monotonic() - start < SOON
        wizard.send(F8)
        wizard.until("Unlock the keyring")
        wizard.send("not the password", ENTER)
        wizard.until("That is not the keyring's password.")
        wizard.send(PASSWORD, ENTER)
        create(wizard)
        assert PASSWORD not in wizard.written


def test_whoever_does_not_know_the_password_of_a_locked_one_types_the_keys(
    service: SecretService, flags: tuple[str, ...]
) -> None:
    service.keep("prod", PAIR)
    account(service)
    service.lock()
    with terminal(*flags, "--account", "prod", env=service.environment) as wizard:
        wizard.until("The keyring is locked")
        wizard.send(F8)
        wizard.until("Unlock the keyring")
        wizard.send(ESCAPE)
        wizard.until("Next asks again for the keys of account prod")
        wizard.send(ACCESS_KEY, TAB, SECRET_KEY)
        wizard.send(BACK_TAB * 2, UP, F8)  # to where keys are kept, and up to this session
        create(wizard)


def test_a_fresh_one_is_set_up_with_a_password_of_the_operators(bus: SecretService, flags: tuple[str, ...]) -> None:
    bus.start(is_fresh=True)
    with terminal(*flags, env=bus.environment) as wizard:
        start = time.monotonic()
        wizard.until("new: you choose its password")
        assert time.monotonic() - start < SOON
        type_keys(wizard, KEYRING)
        wizard.until("Choose a password for the keyring")
        wizard.send("one password", ENTER, "another password", ENTER)
        wizard.until("The two are not the same")
        wizard.send("one password", ENTER, "one password", ENTER)
        wizard.until("The keys are kept in the keyring, as account public.")
        create(wizard)
    bus.lock()
    with terminal(*flags, env=bus.environment) as wizard:
        wizard.until("The keyring is locked")
        wizard.send(F8)
        wizard.until("Unlock the keyring")
        wizard.send("one password", ENTER)
        create(wizard)


def test_a_frozen_one_is_given_up_by_itself_and_waited_for_where_it_is_asked(
    service: SecretService, flags: tuple[str, ...]
) -> None:
    service.keep("prod", PAIR)
    account(service)
    service.freeze()
    with terminal(*flags, env=service.environment) as wizard:
        wizard.until("Looking for the keys of account prod")
        start = time.monotonic()
        wizard.until("The keyring did not answer within 3 seconds")
        assert time.monotonic() - start < SOON
        wizard.send(F8)
        give_up(wizard)
        start = time.monotonic()
        wizard.until("The keyring was given up before it answered.")
        assert time.monotonic() - start < SOON
        wizard.send(ACCESS_KEY, TAB, SECRET_KEY)
        wizard.send(BACK_TAB * 2, UP, F8)
        create(wizard)


def test_keeping_in_a_frozen_one_claims_nothing(service: SecretService, flags: tuple[str, ...]) -> None:
    service.freeze()
    with terminal(*flags, env=service.environment) as wizard:
        wizard.until("does not answer")
        type_keys(wizard, KEYRING)
        give_up(wizard)
        start = time.monotonic()
        wizard.until("Where are the keys to be kept instead?")
        assert time.monotonic() - start < SOON
        wizard.until("The keyring was given up before it answered.")
        wizard.read(ARMED)
        wizard.send(RIGHT, ENTER)
        create(wizard)


def test_one_that_answers_after_all_is_heard(service: SecretService, flags: tuple[str, ...]) -> None:
    service.keep("prod", PAIR)
    account(service)
    service.freeze()
    with terminal(*flags, env=service.environment) as wizard:
        wizard.until("The keyring did not answer within 3 seconds")
        wizard.send(F8)
        give_up(wizard)
        wizard.until("The keyring was given up before it answered.")
        wizard.send(F8)
        wizard.until("Waiting for the keyring…")
        service.thaw()
        create(wizard)


SLOW = """
import time
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 1
    kept = {}

    def set_password(self, service, username, password):
        if username == "public":
            time.sleep(60)
        self.kept[username] = password

    def get_password(self, service, username):
        return self.kept.get(username)

    def delete_password(self, service, username):
        del self.kept[username]
"""


@pytest.mark.parametrize("is_asked_to_keep", [False, True])
def test_leaving_while_it_is_waited_for_says_what_is_not_known(
    is_asked_to_keep: bool, service: SecretService, flags: tuple[str, ...], tmp_path: Path
) -> None:
    environment = dict(service.environment)
    if is_asked_to_keep:
        (tmp_path / "slow.py").write_text(SLOW)
        environment |= {"PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": "slow.Keyring"}
    else:
        service.freeze()
    with terminal(*flags, env=environment) as wizard:
        type_keys(wizard, KEYRING)
        wizard.until("Waiting for the keyring…")
        wizard.read(ARMED)
        wizard.send(QUIT)
        wizard.until("Leave without creating this?")
        wizard.send(QUIT)
        assert wizard.ended() == 1
        is_told = "It is not known whether the keyring has done what it was asked" in wizard.parting_words()
        assert is_told == is_asked_to_keep


def test_one_that_was_killed_is_told_and_the_keys_are_typed(service: SecretService, flags: tuple[str, ...]) -> None:
    service.keep("prod", PAIR)
    account(service)
    service.kill()
    with terminal(*flags, env=service.environment) as wizard:
        start = time.monotonic()
        wizard.until("No keyring runs on this host.")
        assert time.monotonic() - start < SOON
        wizard.send(ACCESS_KEY, TAB, SECRET_KEY)
        wizard.send(BACK_TAB * 2, UP, F8)
        create(wizard)


@pytest.mark.parametrize(
    ("env", "words", "reason"),
    [
        ({}, "none runs on this host", "No keyring runs on this host."),
        (
            {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
            "refused: keyring.backends.null.Keyring",
            "keyring.backends.null.Keyring is no keyring to keep keys in: it does",
        ),
    ],
    ids=["no D-Bus", "null backend"],
)
def test_without_one_the_vault_keeps_the_keys(
    env: dict[str, str], words: str, reason: str, flags: tuple[str, ...], tmp_path: Path
) -> None:
    surroundings = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "STATE")} | env
    with terminal(*flags, env=surroundings) as wizard:
        start = time.monotonic()
        wizard.until(words)
        assert time.monotonic() - start < SOON
        type_keys(wizard, KEYRING)
        wizard.until("Where are the keys to be kept instead?")
        wizard.until(reason)
        wizard.read(ARMED)
        wizard.send(ENTER)
        wizard.until("Choose a passphrase for the vault")
        wizard.send("a passphrase", ENTER, "a passphrase", ENTER)
        wizard.until("The keys are kept in the vault, as account public.")
        create(wizard)
    with terminal(*flags, env=surroundings) as wizard:
        wizard.until("Next opens account public (in the vault).")
        wizard.send(F8)
        wizard.until("Unlock the vault")
        wizard.send("a passphrase", ENTER)
        create(wizard)
        assert b"a passphrase" not in wizard.written


def test_coming_back_to_an_account_asks_for_nothing_again(service: SecretService, flags: tuple[str, ...]) -> None:
    service.keep("prod", PAIR)
    account(service)
    service.lock()
    with terminal(*flags, env=service.environment) as wizard:
        wizard.until("The keyring is locked")
        wizard.send(F8)
        wizard.until("Unlock the keyring")
        wizard.send(PASSWORD, ENTER)
        wizard.until("be called")
        wizard.send(F7)
        wizard.until("Next uses account prod (in the keyring)")
        service.lock()
        wizard.send(F8)
        create(wizard)
