"""The installed command beside a real keyring: kept keys are found again, and one that hangs costs nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.practice.gateway import PracticeGateway
from tests.conftest import need
from tests.secret_service.daemon import SecretService, secret_service
from tests.terminal.pseudo_terminal import DOWN, ENTER, F8, QUIT, RIGHT, TAB, PseudoTerminal, terminal

ACCESS_KEY, SECRET_KEY = "KEYRINGACCESSKEY4321", "keyring-secret-key-0123456789-0123456789"
SOON = 4.0
ARMED = 0.8


@pytest.fixture
def service() -> Iterator[SecretService]:
    need("dbus-daemon", "gnome-keyring-daemon")
    with secret_service() as running:
        running.start()
        yield running


@pytest.fixture
def gateway() -> Iterator[PracticeGateway]:
    with PracticeGateway(Keys.of(ACCESS_KEY, SECRET_KEY)) as running:
        yield running


def type_keys(wizard: PseudoTerminal, *, keep: bool) -> None:
    wizard.send(ACCESS_KEY, TAB, SECRET_KEY, DOWN, DOWN, RIGHT if keep else "", F8)
    wizard.until("be called")


def create(wizard: PseudoTerminal) -> None:
    wizard.send(F8 * 4)
    wizard.until("Create this")
    wizard.read(ARMED)
    wizard.send(ENTER)
    wizard.until("Integration ID: 1001")


def test_keys_that_were_kept_need_no_typing_the_next_time(service: SecretService, gateway: PracticeGateway) -> None:
    flags = ("--api-url", gateway.base_url, "--name", "n", "--url", "https://h.example.com")
    with terminal(*flags, env=service.environment) as wizard:
        wizard.until("No keys were found in the environment or the keyring: type a pair.")
        type_keys(wizard, keep=True)
        wizard.until("The keys are kept in the keyring for the public site.")
        wizard.send(QUIT)
        wizard.until("Leave without creating this?")
        wizard.send(QUIT)
        wizard.ended()
    with terminal(*flags, env=service.environment) as wizard:
        wizard.until("Found in the keyring: access key …4321.")
        wizard.until("keys from keyring")
        wizard.send(F8)
        create(wizard)
        assert SECRET_KEY.encode() not in wizard.written
        assert ACCESS_KEY.encode() not in wizard.written


def test_next_waits_for_the_keyring_where_nothing_was_typed(service: SecretService) -> None:
    service.keep("gov", f'{{"access_key": "{ACCESS_KEY}", "secret_key": "{SECRET_KEY}"}}')
    with terminal("--site", "gov", env=service.environment) as wizard:
        wizard.until("Which keys")
        wizard.send(F8)
        wizard.until("be called")
        wizard.until("gov · keys from keyring")


def test_another_site_has_other_keys(service: SecretService) -> None:
    service.keep("gov", f'{{"access_key": "{ACCESS_KEY}", "secret_key": "{SECRET_KEY}"}}')
    with terminal(env=service.environment) as wizard:
        wizard.until("No keys were found")
        wizard.send(TAB, TAB, RIGHT)
        wizard.until("Found in the keyring: access key …4321.")
        wizard.send(RIGHT)
        wizard.until("No keys were found")


@pytest.mark.parametrize("state", ["frozen", "locked", "killed"])
def test_a_keyring_that_cannot_be_used_is_said_so_and_an_id_still_comes(
    state: str, service: SecretService, gateway: PracticeGateway
) -> None:
    {"frozen": service.freeze, "locked": service.lock, "killed": service.kill}[state]()
    flags = ("--api-url", gateway.base_url, "--name", "n", "--url", "https://h.example.com")
    with terminal(*flags, env=service.environment) as wizard:
        wizard.until("Which keys")
        start = time.monotonic()
        wizard.until("Type a pair; it stays in this session.")
        assert time.monotonic() - start < SOON
        type_keys(wizard, keep=False)
        create(wizard)
