"""The wizard as line prompts: the installed command with --plain, from the first line to the id on standard output."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import termios
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.practice.gateway import PracticeGateway
from tests.terminal.pseudo_terminal import BACKSPACE, COMMAND, CTRL_C, ENTER, ESCAPE, LEFT, UP, PseudoTerminal, terminal
from tests.terminal.scene import Scene
from tests.terminal.sentinels import Hunt
from tests.wire.faulty_gateway import FaultyGateway, Serve, say
from tests.wire.servers import Connection, Request

ACCESS_KEY, SECRET_KEY = "TESTACCESSKEY1234567", "test-secret-key-1234567890-1234567890-12"
KEYS = {"NCLOUD_ACCESS_KEY": ACCESS_KEY, "NCLOUD_SECRET_KEY": SECRET_KEY}
FILLED = ("--name", "n", "--url", "https://h.example.com/x")
CTRL_D, CTRL_U, CTRL_Z = "\x04", "\x15", "\x1a"


@pytest.fixture
def gateway() -> Iterator[PracticeGateway]:
    with PracticeGateway(Keys.of(ACCESS_KEY, SECRET_KEY)) as running:
        yield running


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    return {**KEYS, "XDG_STATE_HOME": str(tmp_path / "state")}


def converse(wizard: PseudoTerminal, *turns: tuple[str, str]) -> None:
    """Wait for each prompt, and answer it."""
    for prompt, answer in turns:
        said(wizard, prompt)
        wizard.send(answer)


def said(wizard: PseudoTerminal, prompt: str, seconds: float = 15) -> None:
    """Return once *prompt* was said after what was read before."""
    start, end = getattr(wizard, "heard", 0), time.monotonic() + seconds
    while prompt not in text(wizard)[start:]:
        if time.monotonic() > end or not wizard.read_some(0.05):
            raise AssertionError(f"{prompt!r} was not said:\n{text(wizard)[start:]}")
    vars(wizard)["heard"] = text(wizard).index(prompt, start) + len(prompt)


def text(wizard: PseudoTerminal) -> str:
    return wizard.written.decode(errors="replace").replace("\r\n", "\n")


def to_confirm(wizard: PseudoTerminal) -> None:
    """Take everything as it is filled in."""
    converse(
        wizard,
        ("Number (Enter for 1): ", ENTER),
        ("Number (Enter for 1): ", ENTER),
        ("Integration name (Enter keeps it): ", ENTER),
        ("Endpoint URL (Enter keeps it): ", ENTER),
        ("Header: ", ENTER),
        ("Number (Enter for 1): ", ENTER),
    )


def test_practice_ends_with_an_id_on_standard_output_and_exit_0() -> None:
    with terminal("--plain", "--practice") as wizard:
        to_confirm(wizard)
        converse(wizard, ("Type create to send it once, or :back: ", f"create{ENTER}"))
        said(wizard, "Integration ID: 1001")
        said(wizard, "Read back: it is stored as it was sent.")
        converse(wizard, ("Number (Enter for 1): ", ENTER))
        assert wizard.ended() == 0
        assert wizard.output() == "1001\n"
        assert text(wizard).endswith("Created integration 1001 (practice-integration) on the practice gateway.\n")


@pytest.mark.parametrize(("name", "flags"), [("dumb", ()), ("", ()), ("unknown", ()), ("xterm-256color", ("--plain",))])
def test_nothing_moves_the_cursor_colours_or_draws(name: str, flags: tuple[str, ...]) -> None:
    with terminal("--practice", *flags, env={"TERM": name}) as wizard:
        to_confirm(wizard)
        converse(wizard, ("or :back: ", f":help{ENTER}"), ("or :back: ", f"create{ENTER}"), ("Enter for 1): ", ENTER))
        assert wizard.ended() == 0
        assert set(re.findall(rb"[\x00-\x1f\x7f]", wizard.written)) <= {b"\r", b"\n"}
        assert not re.search("[\u2500-\u259f✓✗●○·]", text(wizard))


def test_the_request_that_arrives_is_the_one_that_was_typed(gateway: PracticeGateway, tmp_path: Path) -> None:
    payload = tmp_path / "payload.json"
    payload.write_text('{"번호": #{VALUE}}')
    with terminal("--plain", "--api-url", gateway.base_url, env=KEYS) as wizard:
        converse(
            wizard,
            ("Number (Enter for 1): ", f"1{ENTER}"),
            ("Number (Enter for 1): ", f"2{ENTER}"),
            ("Integration name: ", f"x서버{BACKSPACE * 2}{CTRL_U}서버 {UP}경보{LEFT}x{BACKSPACE} 🚨{ENTER}"),
            ("Endpoint URL: ", f"https://example.com/훅?q=1{ENTER}"),
            ("Header: ", f":remove Content-Type{ENTER}"),
            ("Header: ", f"x-test: 1{ENTER}X-Test: 2{ENTER}x-more: 3{ENTER}"),
            ("Header: x-more: 3\n", ENTER),
            ("Number (Enter for 1): ", f"2{ENTER}"),
            ("File: ", f"{payload}{ENTER}"),
            ("Number (Enter for 1): ", ENTER),
            ("or :back: ", f"create{ENTER}"),
            ("Number (Enter for 1): ", ENTER),
        )
        assert wizard.ended() == 0
    (stored,) = gateway.store.integrations.values()
    assert stored["name"] == "서버 경보 🚨"
    assert stored["url"] == "https://example.com/훅?q=1"
    assert stored["headers"] == {"X-Test": "2", "x-more": "3"}
    assert stored["payload"] == '{"번호": #{VALUE}}'


def test_what_is_wrong_is_said_and_asked_again_and_what_is_doubtful_is_said() -> None:
    with terminal("--plain", "--practice", "--name", "", "--url", "ftp://x") as wizard:
        converse(
            wizard,
            ("Number (Enter for 1): ", f"7{ENTER}"),
            ("Error: Type a number from 1 to 2.\nNumber (Enter for 1): ", ENTER),
            ("Number (Enter for 1): ", ENTER),
            ("Integration name: ", ENTER),
            ("Error: Type a name", f" n {ENTER}"),
            ("Warning: The name starts or ends with a space", f":back{ENTER}"),
            ("Integration name (Enter keeps it): ", f":nonsense{ENTER}"),
            ("Error: :nonsense is no command here.", f"::n{ENTER}"),
            ("It is now:\nftp://x\nEndpoint URL (Enter keeps it): ", ENTER),
            ("Error: The URL must be absolute", f"http://h.example.com/{ENTER}"),
            ("Warning: Plain http sends events", f"no header{ENTER}"),
            ("Note: no header is not a header", f"x y: 1{ENTER}"),
            ("Error: Header 2: a name may hold only English letters", ENTER),
            ("Error: Header 2: a name may hold only English letters", f":remove x y{ENTER}{ENTER}"),
            ("Number (Enter for 1): ", f"4{ENTER}"),
            ("A line of a single full stop ends it.\n", f'{{"a": 1{ENTER}.{ENTER}'),
            ("Error: Not JSON at line 1, column 8", ENTER),
            ("Number (Enter for none): ", f"5{ENTER}"),
            ("A line of a single full stop ends it.\n", f"}}{ENTER}.{ENTER}"),
            ("Payload: 9 of 15,000 bytes.", ENTER),
            ('"name": ":n"', ""),
        )


def test_a_payload_of_15000_bytes_in_one_line_arrives_whole(gateway: PracticeGateway) -> None:
    payload = '{"text": "' + "x" * 14_988 + '"}'
    with terminal("--plain", "--api-url", gateway.base_url, *FILLED, env=KEYS) as wizard:
        converse(
            wizard,
            ("Number (Enter for 1): ", ENTER),
            ("Number (Enter for 1): ", ENTER),
            ("keeps it): ", ENTER),
            ("keeps it): ", ENTER),
            ("Header: ", ENTER),
            ("Number (Enter for 1): ", f"4{ENTER}"),
        )
        said(wizard, "ends it.\n")
        wizard.send_all(f"{payload}{ENTER}.{ENTER}")
        converse(
            wizard,
            ("Payload: 15,000 of 15,000 bytes. :show says it.\n1. Go on", ENTER),
            ("or :back: ", f"create{ENTER}"),
        )
        said(wizard, "Read back: it is stored as it was sent.")
    (stored,) = gateway.store.integrations.values()
    assert stored["payload"] == payload


def test_what_was_typed_ahead_of_confirm_sends_nothing(gateway: PracticeGateway) -> None:
    with terminal("--plain", "--api-url", gateway.base_url, *FILLED, env=KEYS) as wizard:
        said(wizard, "Number")
        wizard.send(ENTER * 6, f"create{ENTER}" * 3)
        said(wizard, "or :back: ")
        wizard.read(1)
        assert text(wizard).endswith("or :back: ")
        assert gateway.store.integrations == {}
        wizard.send(f"Create{ENTER}")
        said(wizard, "Error: Nothing was sent: only the word create sends it.")
        converse(wizard, ("or :back: ", f":quit{ENTER}"))
        assert wizard.ended() == 1
    assert gateway.store.integrations == {}


def test_secrets_are_masked_until_they_are_asked_for() -> None:
    url = "https://hooks.slack.com/services/T0/B0/0123456789abcdef"
    with terminal("--plain", "--practice", "--url", url, "--header", "Authorization: Basic abc") as wizard:
        to_confirm(wizard)
        said(wizard, "or :back: ")
        shown = text(wizard).partition("POST ")[2]
        assert "hooks.slack.com" in shown
        assert "0123456789abcdef" not in shown
        assert "Basic" not in shown
        converse(wizard, ("", f":show{ENTER}"), ("Basic abc", ""), ("0123456789abcdef", ""))


@pytest.mark.parametrize("leaving", [f":quit{ENTER}", CTRL_C, CTRL_D, f"half a line{CTRL_C}"])
def test_it_is_left_by_a_command_or_a_key_asking_once(leaving: str, surroundings: dict[str, str]) -> None:
    with terminal("--plain", env=surroundings) as wizard:
        converse(
            wizard,
            ("Number (Enter for 1): ", ENTER),
            ("Number (Enter for 1): ", ENTER),
            ("Integration name: ", f"typed{ENTER}"),
            ("Endpoint URL: ", leaving),
            ("Leave without creating this?", ""),
            ("2. Leave", ""),
            ("Number (Enter for none): ", f"1{ENTER}"),
            ("Endpoint URL: ", leaving),
            ("Number (Enter for none): ", CTRL_C),
        )
        assert wizard.ended() == 1
        assert wizard.output() == ""
        assert "Nothing was created.\nWhat you typed is kept, but for keys" in text(wizard)


def test_nothing_is_asked_where_nothing_was_typed() -> None:
    with terminal("--plain", env=KEYS) as wizard:
        converse(wizard, ("Number", CTRL_C))
        assert wizard.ended() == 1


def test_ctrl_c_is_not_lost_where_nothing_is_asked() -> None:
    with terminal("--plain", "--practice") as wizard:
        to_confirm(wizard)
        converse(wizard, ("Step 6 of 6: Confirm.", CTRL_C))
        assert wizard.ended() == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_and_what_was_typed_is_offered(number: signal.Signals, surroundings: dict[str, str]) -> None:
    with terminal("--plain", env=surroundings) as wizard:
        modes = termios.tcgetattr(wizard.keyboard)
        converse(
            wizard,
            ("Number", ENTER),
            ("Number", f"3{ENTER}"),
            ("Integration name: ", f"typed{ENTER}"),
            ("Endpoint URL: ", "https://h.exam"),
        )
        os.kill(wizard.process.pid, number)
        assert wizard.ended() == 128 + number
        assert termios.tcgetattr(wizard.keyboard) == modes
    with terminal("--plain", env=surroundings) as wizard:
        converse(
            wizard,
            ("Resume where you left off?", ""),
            ("Number (Enter for none): ", f"1{ENTER}"),
            ("The form is as you left it", ""),
            ("Number (Enter for 1): ", ENTER),
            ("Number (Enter for 3): ", ENTER),
            ("It is now:\ntyped\n", ENTER),
            ("Endpoint URL: ", ""),
        )


def test_lines_of_a_payload_survive_a_terminal_that_is_gone(surroundings: dict[str, str], tmp_path: Path) -> None:
    with terminal("--plain", *FILLED, env=surroundings) as wizard:
        converse(wizard, ("Number", ENTER), ("Number", ENTER), ("keeps it): ", ENTER), ("keeps it): ", ENTER))
        converse(wizard, ("Header: ", ENTER), ("Number", f"4{ENTER}"), ("ends it.\n", f"[1,{ENTER}2"))
        said(wizard, "[1,\n2")
        wizard.hang_up()
        assert wizard.process.wait(10) == 128 + signal.SIGHUP
    (draft,) = (tmp_path / "state" / "ncloud-integration" / "drafts").iterdir()
    assert json.loads(draft.read_text())["payload"] == "[1,"


def test_ctrl_z_gives_the_terminal_back_and_fg_goes_on_where_one_was() -> None:
    script = 'set -m; "$@"; stty -a >&2; echo stopped >&2; fg >/dev/null'
    with terminal("--plain", "--practice", command=("bash", "-c", script, "bash", COMMAND)) as wizard:
        converse(
            wizard, ("Number", ENTER), ("Number", ENTER), ("keeps it): ", "half"), ("half", CTRL_Z), ("stopped\n", "")
        )
        assert re.search(r"(?<!-)icanon.* (?<!-)echo ", text(wizard), re.DOTALL)
        converse(wizard, ("(Enter keeps it): half", f" a name{ENTER}"), ("keeps it): ", f":back{ENTER}"))
        converse(wizard, ("half a name\n", CTRL_C))


def test_a_terminal_that_does_not_echo_is_not_echoed_to() -> None:
    script = 'stty -echo; exec "$@"'
    with terminal("--plain", "--practice", command=("sh", "-c", script, "sh", COMMAND)) as wizard:
        converse(wizard, ("Number", ENTER), ("Number", ENTER), ("keeps it): ", f"unheard{ENTER}"), ("7 bytes", ""))
        assert "unheard" not in text(wizard)


def test_a_secret_is_never_echoed_also_where_it_is_pasted_before_it_is_asked_for(scene: Scene) -> None:
    keys = scene.sentinels
    secret = {name: each for name, each in keys.by_name.items() if name != "access_key"}
    scene.hunt = Hunt(secret)
    with scene.wizard("--plain", *FILLED) as wizard:
        said(wizard, "Number (Enter for 1): ")
        wizard.send(ENTER, keys.access_key, ENTER, keys.secret_key, ENTER)
        converse(
            wizard,
            (f"Access key: {keys.access_key}\n", ""),
            ("Secret key, not shown: \n", ENTER),
            ("Number (Enter for 1): ", f"3{ENTER}"),
            ("Name of the account (Enter for public): ", ENTER),
            ("Passphrase: ", f"{keys.passphrase}{ENTER}"),
            ("The same again: ", f"{keys.wrong_passphrase}{ENTER}"),
            ("Error: The two are not the same", f"{keys.passphrase}{ENTER}"),
            ("The same again: ", f"{keys.passphrase}{ENTER}"),
            ("The keys are kept in the vault, as account public.", ""),
            ("keeps it): ", CTRL_C),
        )
        assert scene.output(wizard, 1) == ""
    with scene.wizard("--plain", *FILLED) as wizard:
        converse(
            wizard,
            ("1. account public (in the vault), public, in use", f":check{ENTER}"),
            ("Unlock the vault", ""),
            ("Passphrase: ", f"{keys.wrong_passphrase}{ENTER}"),
            ("Error: ", f"{keys.passphrase}{ENTER}"),
            ("takes these keys", ENTER),
            ("keeps it): ", ENTER),
            ("keeps it): ", ENTER),
            ("Header: ", ENTER),
            ("Number (Enter for 1): ", ENTER),
            ("or :back: ", f"create{ENTER}"),
            ("Read back", ""),
            ("Number (Enter for 1): ", ENTER),
        )
        assert scene.output(wizard, 0) == "1001\n"


class Slow:
    """A script that stores a create, and answers it when `is_released` is set."""

    def __init__(self) -> None:
        self.is_stored, self.is_released = threading.Event(), threading.Event()

    def __call__(self, connection: Connection, _: Request, serve: Serve) -> None:
        reply = serve()
        self.is_stored.set()
        self.is_released.wait(8)
        say(connection, reply)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def slow_gateway(slow: Slow) -> Iterator[FaultyGateway]:
    with FaultyGateway(slow, keys=Keys.of(ACCESS_KEY, SECRET_KEY)) as running:
        yield running
        slow.is_released.set()


def test_what_was_created_is_deleted_once_that_is_said_and_no_id_is_written(gateway: PracticeGateway) -> None:
    with terminal("--plain", "--api-url", gateway.base_url, *FILLED, env=KEYS) as wizard:
        to_confirm(wizard)
        converse(
            wizard,
            ("or :back: ", f"create{ENTER}"),
            ("Number (Enter for 1): ", f"3{ENTER}"),
            ("Delete n (ID 1001)?", ""),
            ("Number (Enter for none): ", f"2{ENTER}"),
            ("Deleted: 1001", ""),
            ("Number (Enter for 1): ", f"2{ENTER}"),
        )
        assert wizard.ended() == 1
        assert wizard.output() == ""
    assert gateway.store.integrations == {}


def test_one_that_exists_is_begun_with(gateway: PracticeGateway) -> None:
    gateway.store.integrations["77"] = {
        "headers": {},
        "id": "77",
        "name": "stored",
        "payload": "[]",
        "type": "OUT_GOING",
        "updateTime": 1,
        "url": "https://h.example.com/stored",
    }
    with terminal("--plain", "--api-url", gateway.base_url, "--clone", "77", env=KEYS) as wizard:
        converse(
            wizard,
            ("Number (Enter for 1): ", ENTER),
            ("Number (Enter for 1): ", ENTER),
            ("Note: This is the name of integration 77", ""),
            ("It is now:\nstored\n", f"another{ENTER}"),
            ("It is now:\nhttps://h.example.com/stored\n", CTRL_C),
        )


def test_what_was_refused_is_said_and_corrected() -> None:
    with PracticeGateway(Keys.of("ANOTHERACCESSKEY", SECRET_KEY)) as gateway:
        flags = ("--plain", "--api-url", gateway.base_url, *FILLED)
        with terminal(*flags, env=KEYS) as wizard:
            to_confirm(wizard)
            converse(
                wizard,
                ("Note: What is there already could not be listed", ""),
                ("or :back: ", f"create{ENTER}"),
                ("Nothing was created", ""),
                ("1. Go to Credentials.", ""),
                ("Number (Enter for 1): ", ENTER),
                ("Step 1 of 6: Credentials.", CTRL_C),
            )
            assert wizard.ended() == 1


def test_ctrl_c_waits_while_the_request_is_under_way(slow_gateway: FaultyGateway, slow: Slow) -> None:
    with terminal("--plain", "--api-url", slow_gateway.base_url, *FILLED, env=KEYS) as wizard:
        to_confirm(wizard)
        converse(wizard, ("or :back: ", f"create{ENTER}"), ("Sending.", CTRL_C), ("Not yet: the answer", CTRL_D))
        assert slow.is_stored.wait(5)
        slow.is_released.set()
        converse(wizard, ("Integration ID: 1001", ""), ("Number (Enter for 1): ", f"{ENTER}"))
        assert wizard.ended() == 0
        assert wizard.output() == "1001\n"


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_waits_for_the_outcome_of_a_request(
    number: signal.Signals, slow_gateway: FaultyGateway, slow: Slow
) -> None:
    with terminal("--plain", "--api-url", slow_gateway.base_url, *FILLED, env=KEYS) as wizard:
        to_confirm(wizard)
        converse(wizard, ("or :back: ", f"create{ENTER}"))
        assert slow.is_stored.wait(5)
        os.kill(wizard.process.pid, number)
        said(wizard, "Leaving as soon as it is known")
        slow.is_released.set()
        assert wizard.ended() == 0
        assert wizard.output() == "1001\n"


def test_one_that_was_killed_mid_post_is_followed_by_one_that_finds_what_it_created(
    slow_gateway: FaultyGateway, slow: Slow, surroundings: dict[str, str]
) -> None:
    with terminal("--plain", "--api-url", slow_gateway.base_url, *FILLED, env=surroundings) as wizard:
        to_confirm(wizard)
        converse(wizard, ("or :back: ", f"create{ENTER}"))
        assert slow.is_stored.wait(5)
        wizard.process.kill()
        wizard.process.wait()
    with terminal("--plain", "--api-url", slow_gateway.base_url, env=surroundings) as wizard:
        converse(
            wizard,
            ("Earlier attempts.", ""),
            ("The wizard was ended before an answer came.", ""),
            ("Number (Enter for 1): ", f"1{ENTER}"),
            ("It exists. Its ID is 1001.", ""),
            ("1. Leave", ""),
            ("Number (Enter for 1): ", ENTER),
        )
        assert wizard.ended() == 0
        assert wizard.output() == "1001\n"
    assert slow_gateway.creates == 1


def test_the_payload_goes_through_an_editor_which_gets_the_terminal(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nstty -a | tr " " "\n" | grep -x -e icanon -e echo >&2\nprintf \'{"e": 1}\' >"$1"\n')
    editor.chmod(0o755)
    with terminal("--plain", "--practice", env={"EDITOR": str(editor)}) as wizard:
        converse(wizard, ("Number", ENTER), ("Number", ENTER), ("keeps it): ", ENTER), ("keeps it): ", ENTER))
        converse(wizard, ("Header: ", ENTER), ("Number", f"3{ENTER}"), ("icanon\necho\n", ""))
        converse(wizard, ("Taken from your editor.", ""), ("Payload: 8 of", ENTER), ('{\\"e\\": 1}', ""))
        assert ESCAPE not in text(wizard)


def test_neither_textual_nor_what_the_first_prompt_does_without_is_loaded() -> None:
    code = textwrap.dedent(
        """
        import sys
        from ncloud_integration import cli
        from ncloud_integration.plain import walk
        print(sorted({name.partition(".")[0] for name in sys.modules} & {"textual", "tree_sitter", "httpx"}))
        """
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
