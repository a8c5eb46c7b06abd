"""A terminal that is not in UTF-8 gets ASCII alone, and what is sent to the API is what was meant."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.practice.gateway import PracticeGateway
from tests.terminal.pseudo_terminal import (
    COMMAND,
    ENTER,
    ESCAPE,
    F1,
    F3,
    F4,
    F5,
    F8,
    QUIT,
    pasted,
    terminal,
)

KEYS = Keys.of("TESTACCESSKEY1234567", "test-secret-key-1234567890-1234567890-12")
IN_ENVIRONMENT = {"NCLOUD_ACCESS_KEY": "TESTACCESSKEY1234567", "NCLOUD_SECRET_KEY": KEYS.secret_key.reveal()}
PAYLOAD = '{"한글": "#{RULE_NAME} 경보 🚨 café"}'


def test_a_whole_walk_in_ascii_sends_what_was_typed_and_loaded(tmp_path: Path) -> None:
    (tmp_path / "payload.json").write_text(PAYLOAD)
    flags = ("--url", "https://한글.example.com/훅", "--payload", str(tmp_path / "payload.json"))
    env = {**IN_ENVIRONMENT, "LC_ALL": "POSIX", "EDITOR": "true", "XDG_STATE_HOME": str(tmp_path)}
    with (
        PracticeGateway(KEYS) as gateway,
        terminal("--api-url", gateway.base_url, "--no-draft", *flags, env=env, pipe=False) as wizard,
    ):
        wizard.until("* Credentials o Name")
        wizard.send(F8, "이름", b"\xff\xb0\xa1")
        wizard.until("[??????")
        wizard.send("\x15", "이름", F8)
        wizard.until("https://????.example.com/??")
        wizard.send(F8, F8)
        wizard.until('1 {"????": "#{RULE_NAME} ???? ?? caf?"}')
        for key, shown in ((F1, "[Close]"), (F3, "[Close]"), (F5, "Ready payloads")):
            wizard.send(key)
            wizard.until(shown)
            wizard.send(ESCAPE)
            wizard.until('1 {"????": "#{RULE_NAME} ???? ?? caf?"}')
        wizard.send(F4)
        wizard.until("Your editor")
        wizard.send(pasted("한"), QUIT)
        wizard.until("Leave without")
        wizard.send(ESCAPE)
        wizard.until("F8 Next")
        wizard.send("\x1a", F8)
        wizard.until("Create this integration?")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
        wizard.send(QUIT)
        assert wizard.ended() == 0
        (stored,) = gateway.store.integrations.values()
    assert (stored["name"], stored["payload"]) == ("이름", PAYLOAD)
    assert wizard.written.isascii()
    assert "Created integration 1001 (????)" in wizard.parting_words()


@pytest.mark.parametrize(
    ("env", "is_ascii"),
    [
        ({"LANG": "C"}, True),
        ({"LANG": ""}, True),
        ({"LANG": "en_US.ISO-8859-1"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, False),
        ({"LANG": "en_US.utf8"}, False),
    ],
    ids=str,
)
def test_the_callers_locale_decides(env: Mapping[str, str], is_ascii: bool) -> None:
    with terminal("--practice", env=env) as wizard:
        wizard.until("[Check these keys]")
        assert wizard.written.isascii() is is_ascii


def test_a_complaint_is_in_ascii_too() -> None:
    done = subprocess.run(
        [COMMAND, "--payload", "/없다"], capture_output=True, env={"LC_ALL": "C"}, check=False, timeout=20
    )
    assert done.returncode == 2
    assert b"--payload /???? cannot be read" in done.stderr
