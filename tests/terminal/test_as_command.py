"""Commands in and out of the wizard in a terminal: one fills in the form, and what is sent is one again."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.integration import imported
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.practice.gateway import PracticeGateway
from tests.terminal.pseudo_terminal import ENTER, F5, F8, RIGHT, TAB, PseudoTerminal, pasted, terminal

ACCESS_KEY, SECRET_KEY = "TESTACCESSKEY1234567", "test-secret-key-1234567890-1234567890-12"
KEYS_IN_ENVIRONMENT = {"NCLOUD_ACCESS_KEY": ACCESS_KEY, "NCLOUD_SECRET_KEY": SECRET_KEY}
CALL = "curl -X POST https://e.example/hook \\\n  -H 'X-A: 1' \\\n  -d '{\"text\": \"#{VALUE} 값\"}'\n"
CALLED = Draft("n", "https://e.example/hook", (Header("X-A", "1"),), '{"text": "#{VALUE} 값"}')


@pytest.fixture
def gateway() -> Iterator[PracticeGateway]:
    with PracticeGateway(Keys.of(ACCESS_KEY, SECRET_KEY)) as running:
        yield running


def created(wizard: PseudoTerminal, gateway: PracticeGateway) -> Draft:
    """Go through the steps from Name, create, and return what has arrived."""
    wizard.send(F8 * 4)
    wizard.until("Create this integration?")
    wizard.armed()
    wizard.send(ENTER)
    wizard.until("Integration ID: 1001")
    (stored,) = gateway.store.integrations.values()
    return imported.read(json.dumps(stored)).draft


def test_a_command_in_a_file_fills_in_all_but_the_name(gateway: PracticeGateway, tmp_path: Path) -> None:
    file = tmp_path / "call.sh"
    file.write_text(CALL, encoding="utf-8")
    flags = ("--api-url", gateway.base_url, "--from", str(file), "--name", "n")
    with terminal(*flags, env=KEYS_IN_ENVIRONMENT) as wizard:
        wizard.until("Which keys")
        wizard.send(F8)
        wizard.until("be called")
        assert created(wizard, gateway) == CALLED


def test_a_command_pasted_over_name_fills_in_all_but_the_name(gateway: PracticeGateway) -> None:
    with terminal("--api-url", gateway.base_url, env=KEYS_IN_ENVIRONMENT) as wizard:
        wizard.until("Which keys")
        wizard.send(F8)
        wizard.until("be called")
        wizard.send("n", F5)
        wizard.until("Paste a request body")
        wizard.send(pasted(CALL))
        wizard.until("URL: at e.example")
        wizard.armed()
        wizard.send(TAB, ENTER)
        wizard.until("Taken over")
        assert created(wizard, gateway) == CALLED


def test_the_command_of_confirm_goes_to_the_terminals_clipboard() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.send(F8 * 5)
        wizard.until("Create this integration?")
        wizard.armed()
        wizard.send(F5)
        wizard.until("The same as a command")
        wizard.armed()
        wizard.send(RIGHT, ENTER)
        wizard.until("Sent to the terminal's clipboard.")
        (sent,) = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", wizard.written)
        command = base64.b64decode(sent).decode()
        assert command.startswith("#!/bin/sh\n")
        assert imported.read(command).draft.name == "practice-integration"
