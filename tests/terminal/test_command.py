"""The whole: the installed command, from the first key to the id on standard output."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.practice.gateway import PracticeGateway
from ncloud_integration.practice.server import Reply
from tests.terminal.pseudo_terminal import (
    BACKSPACE,
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
    PseudoTerminal,
    pasted,
    terminal,
)

ACCESS_KEY, SECRET_KEY = "TESTACCESSKEY1234567", "test-secret-key-1234567890-1234567890-12"
KEYS_IN_ENVIRONMENT = {"NCLOUD_ACCESS_KEY": ACCESS_KEY, "NCLOUD_SECRET_KEY": SECRET_KEY}
FILLED = ("--name", "n", "--url", "https://h.example.com/x")


@pytest.fixture
def gateway() -> Iterator[PracticeGateway]:
    with PracticeGateway(Keys.of(ACCESS_KEY, SECRET_KEY)) as running:
        yield running


def walk_to_confirm(wizard: PseudoTerminal) -> None:
    wizard.until("Which keys")
    wizard.send(F8 * 5)
    wizard.until("Create this integration?")
    wizard.armed()


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 50)], ids="{0[0]}x{0[1]}".format)
def test_practice_ends_with_an_id_on_standard_output_and_exit_0(size: tuple[int, int]) -> None:
    with terminal("--practice", size=size) as wizard:
        wizard.until("Which keys" if size != (40, 12) else "Access key")
        for _ in range(5):
            wizard.send(F8)
        wizard.until("Create this integration?")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
        wizard.armed()
        wizard.send(ENTER)
        assert wizard.ended() == 0
        assert wizard.output() == "1001\n"
        assert wizard.parting_words() == "Created integration 1001 (practice-integration) on the practice gateway.\n"


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
def test_what_was_created_is_deleted_and_no_id_is_written(size: tuple[int, int]) -> None:
    with terminal("--practice", size=size) as wizard:
        wizard.until("Which keys" if size != (40, 12) else "Access key")
        wizard.send(F8 * 5)
        wizard.until("Create this integration?")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
        wizard.armed()
        wizard.send(RIGHT * 2, ENTER)
        wizard.until("[No]")
        wizard.armed()
        wizard.send(RIGHT, ENTER)
        wizard.until("Deleted: 1001")
        wizard.armed()
        wizard.send(QUIT)
        assert wizard.ended() == 1
        assert wizard.output() == ""
        assert wizard.parting_words() == "Deleted integration 1001 (practice-integration) on the practice gateway.\n"


def test_the_terminal_may_change_its_size_on_every_step() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        sizes = [(40, 12), (200, 50), (7, 3), (80, 24), (20, 5)]
        for size in sizes:
            wizard.resize(*size)
            wizard.read(0.2)
            wizard.send(F8)
        wizard.resize(80, 24)
        wizard.until("Create this integration?")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
        wizard.armed()
        wizard.send(ENTER)
        assert wizard.ended() == 0


def test_a_piped_standard_output_does_not_make_the_screen_small() -> None:
    with terminal("--practice", size=(200, 50), pipe=True) as wizard:
        wizard.until("F8 Next")
        assert wizard.screen().splitlines()[49].startswith(" F8 Next")
        assert max(map(len, wizard.screen().splitlines())) > 190


def test_terminals_of_seven_columns_show_something_and_can_be_left() -> None:
    with terminal("--practice", size=(7, 24)) as wizard:
        wizard.until("F8")
        wizard.send(F8 * 5)
        wizard.until("[Cre")
        wizard.send(QUIT)
        assert wizard.ended() == 1


def test_the_request_that_arrives_is_the_one_that_was_typed(gateway: PracticeGateway) -> None:
    with terminal("--api-url", gateway.base_url, "--site", "gov", env=KEYS_IN_ENVIRONMENT) as wizard:
        wizard.until("Next uses the environment (NCLOUD_ACCESS_KEY and NCLOUD_SECRET_KEY): access key …4567.")
        wizard.send(F8, "서버 경보 🚨", ENTER)
        wizard.until("Where should")
        wizard.send('https://example.com/훅?q="1"', BACKSPACE, BACKSPACE, BACKSPACE, "1", ENTER)
        wizard.until("Which headers")
        wizard.send(TAB, TAB, ENTER, ENTER, "x-test", TAB, 'a "b"', F8)
        wizard.until("What should")
        wizard.send(RIGHT, pasted('"번호": #{VALUE},'), F8)
        wizard.until("Create this")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
    (stored,) = gateway.store.integrations.values()
    assert stored["name"] == "서버 경보 🚨"
    assert stored["url"] == "https://example.com/훅?q=1"
    assert stored["headers"] == {"x-test": 'a "b"'}
    assert json.loads(stored["payload"].replace("#{VALUE}", "1"))["번호"] == 1


def test_a_burst_of_keys_stops_at_confirm_and_submits_nothing(gateway: PracticeGateway) -> None:
    with terminal("--api-url", gateway.base_url, *FILLED, env=KEYS_IN_ENVIRONMENT) as wizard:
        wizard.until("Which keys")
        wizard.send(F8 * 5, ENTER * 2)
        wizard.until("Create this integration?")
        wizard.read(1.5)
        assert "Create this integration?" in wizard.screen()
        assert gateway.store.integrations == {}


def test_keys_typed_ahead_act_in_their_order() -> None:
    with terminal("--practice", "--name", "") as wizard:
        wizard.until("Which keys")
        wizard.send(F8, "ab", BACKSPACE, "c", "\x1b[D\x1b[D", "X", ENTER, "\x15", "https://h.example.com/", F8)
        wizard.until("Which headers")
        wizard.send(F7 * 2)
        wizard.until("What should the integration be called?")
        assert "▌Xac " in wizard.screen()


def test_the_limit_of_the_payload_is_15000_bytes(gateway: PracticeGateway, tmp_path: Path) -> None:
    file = tmp_path / "payload.json"
    file.write_text(json.dumps({"text": "가" * 4_996}, ensure_ascii=False))
    assert file.stat().st_size == 15_000
    flags = ("--api-url", gateway.base_url, *FILLED, "--payload", str(file))
    with terminal(*flags, env=KEYS_IN_ENVIRONMENT) as wizard:
        wizard.until("Which keys")
        wizard.send(F8 * 4)
        wizard.until("15,000 / 15,000 bytes")
        wizard.send(DOWN, "\x1b[F", " ", F8)
        wizard.until("The payload is 15,001 bytes long and 15,000 are allowed: shorten it by 1.")
        assert "What should the endpoint be sent?" in wizard.screen()
        wizard.send(BACKSPACE, F8)
        wizard.until("Create this")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
    (stored,) = gateway.store.integrations.values()
    assert stored["payload"] == file.read_text()


def test_enter_on_the_rail_is_done_with_before_the_key_after_it() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.send(F8, "\x1b[Z", LEFT, ENTER, F8, "x", F8, "\x1b[Z", ENTER, F8)
        wizard.until("Which headers")
        wizard.send(F7 * 2)
        wizard.until("practice-integrationx")


@pytest.mark.parametrize("steps", range(5))
def test_a_paste_of_20000_bytes_into_any_field_harms_nothing(steps: int) -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.send(F8 * steps)
        wizard.until(["Which keys", "be called", "Where should", "Which headers", "What should the endpoint"][steps])
        text = pasted("x" * 20_000)
        for start in range(0, len(text), 1024):
            wizard.send(text[start : start + 1024])
            wizard.read(0.01)
        wizard.send("y", F1)
        wizard.until("Close", seconds=30)
        wizard.send(ESCAPE)
        wizard.read(0.5)
        wizard.send(QUIT)
        wizard.until("Leave without creating this?")
        wizard.send(QUIT)
        assert wizard.ended() == 1


def test_escape_sequences_in_a_paste_press_no_keys() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.send(F8)
        wizard.until("be called")
        wizard.send(pasted(f"a{F8}b{ENTER}"))
        wizard.until("U+001B")
        assert "be called" in wizard.screen()


def test_leaving_asks_once_where_something_was_typed() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.send(F8, "x", CTRL_C)
        wizard.until("Leave without creating this?")
        wizard.send(ESCAPE)
        wizard.read(0.6)
        assert "Leave without" not in wizard.screen()
        assert "practice-integrationx" in wizard.screen()
        wizard.send(QUIT, QUIT)
        assert wizard.ended() == 1
        assert wizard.output() == ""
        assert wizard.parting_words() == "Nothing was created.\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_wizard_at_once_and_restores_the_terminal(number: int) -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.process.send_signal(number)
        assert wizard.ended(3) == 128 + number
        assert wizard.written.rfind(b"\x1b[?1049l") > wizard.written.rfind(b"\x1b[?1049h")


def test_a_terminal_that_goes_away_ends_the_wizard_even_where_hang_ups_are_ignored() -> None:
    ignoring = ("sh", "-c", 'trap "" HUP; exec "$0" "$@"', COMMAND)
    with terminal("--practice", command=ignoring) as wizard:
        wizard.until("Which keys")
        wizard.hang_up()
        assert wizard.process.wait(5) == 128 + signal.SIGHUP


def test_escape_sequences_that_make_no_sense_are_no_end_of_the_wizard() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.send(F8)
        wizard.until("be called")
        for sequence in (
            "\x1b[1;:1u",
            "\x1b[48;:u",
            "\x1b[999999999999;1H",
            "\x1b[<0;0M",
            "\x1b[99~",
            "\x1b[1;1;55555555u",
        ):
            wizard.send(sequence)
            wizard.read(0.1)
        wizard.send("Z")
        wizard.until("Z")
        assert "be called" in wizard.screen()


def test_bytes_that_are_not_utf8_are_no_end_of_the_wizard() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.send(F8)
        wizard.until("be called")
        wizard.send(b"\xff\xe9", "z")
        wizard.until("��z")


def test_nothing_is_written_while_nobody_types() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.read(1.5)
        assert wizard.read(2) == b""


@pytest.mark.parametrize("end", ["hang-up", "SIGTERM"])
def test_what_ends_the_wizard_waits_for_a_request_that_is_under_way(end: str, gateway: PracticeGateway) -> None:
    answer, has_arrived = gateway._server.answer, threading.Event()

    def slowly(method: str, uri: str, headers: Mapping[str, str], content: bytes) -> Reply:
        if uri.endswith("/create"):
            has_arrived.set()
            time.sleep(1)
        return answer(method, uri, headers, content)

    gateway._server.answer = slowly
    flags = ("--api-url", gateway.base_url, *FILLED)
    with terminal(*flags, env=KEYS_IN_ENVIRONMENT) as wizard:
        walk_to_confirm(wizard)
        wizard.send(ENTER)
        wizard.until("One POST is under way")
        assert has_arrived.wait(5)
        if end == "hang-up":
            wizard.hang_up()
            assert wizard.process.wait(10) == 0
        else:
            wizard.process.send_signal(signal.SIGTERM)
            assert wizard.ended() == 0
        assert wizard.output() == "1001\n"


def written_to(pipe: Path) -> int:
    """Return a descriptor to write to *pipe*, once another process waits to read it."""
    for _ in range(500):
        with contextlib.suppress(OSError):
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.02)
    raise AssertionError(f"nobody reads {pipe}")


def test_ctrl_c_before_the_screens_is_no_traceback(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [COMMAND, "--payload", str(pipe)],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - a shell's & ignores it
    )
    writer = written_to(pipe)
    time.sleep(0.5)  # a signal right before the read is noted, and interrupts nothing
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=10)
    os.close(writer)
    assert process.returncode == 128 + signal.SIGINT
    assert complaint == b""


def test_an_id_that_cannot_be_written_is_said() -> None:
    with terminal("--practice", command=("sh", "-c", 'exec "$0" "$@" >/dev/full', COMMAND), pipe=False) as wizard:
        walk_to_confirm(wizard)
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
        wizard.armed()
        wizard.send(ENTER)
        assert wizard.ended() == 0
        assert "The id could not be written to standard output." in wizard.parting_words()


@pytest.mark.parametrize("stream", ["stdin", "stderr"])
def test_without_a_terminal_there_is_a_hint_and_exit_2(stream: str) -> None:
    master, slave = os.openpty()
    streams = {"stdin": slave, "stdout": subprocess.PIPE, "stderr": slave, stream: subprocess.PIPE}
    process = subprocess.Popen([COMMAND, "--practice"], **streams)  # type: ignore[call-overload]
    _, complaint = process.communicate(timeout=20)
    os.close(slave)
    complaint = complaint if complaint is not None else os.read(master, 4096)
    os.close(master)
    assert process.returncode == 2
    assert b"needs a terminal" in complaint


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--nmae", "x"], "unrecognized arguments: --nmae x"),
        (["--na", "x"], "unrecognized arguments: --na x"),
        (["--access-key\x1b[31m"], r"unrecognized arguments: --access-key\x1b[31m"),
        (["--site", "moon"], "invalid choice: 'moon'"),
        (["--api-url", "http://example.com"], "https only"),
        (["--payload", "/nonexistent"], "--payload /nonexistent cannot be read: No such file or directory."),
        (["--payload", "-"], "--payload cannot read standard input"),
        (["--from", "/dev/zero"], "is larger than"),
        (["--timeout", "nan"], "--timeout must be from 1 to 600 seconds."),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value).replace("\x1b", "ESC"),
)
def test_a_wrong_call_is_a_sentence_and_exit_2(flags: list[str], complaint: str) -> None:
    done = subprocess.run([COMMAND, *flags], capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stdout == ""


def test_version_and_help_go_to_standard_output() -> None:
    version = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.startswith("ncloud-integration 0.")
    usage = subprocess.run([COMMAND, "--help"], capture_output=True, text=True, check=True).stdout
    for flag in (
        "--site",
        "--name",
        "--url",
        "--header",
        "--payload",
        "--from",
        "--practice",
        "--api-url",
        "--timeout",
    ):
        assert flag in usage


def test_help_loads_neither_textual_nor_httpx_nor_keyring() -> None:
    loaded = _modules_after("""
        import sys
        from ncloud_integration import cli
        try:
            cli.main(["--help"])
        except SystemExit:
            loaded = set(sys.modules)
    """)
    assert not loaded & {"textual", "rich", "httpx", "keyring", "asyncio"}


CALLS = {"httpx", "httpcore", "ncloud_integration.cloudinsight.client", "ncloud_integration.submission"}
"""What only a call of the API needs."""

STORES = {"keyring", "cryptography", "jeepney", "secretstorage"}
"""What only the child process and the vault need."""

LATER = {
    *CALLS,
    *STORES,
    "argparse",
    "configparser",
    "http.server",
    "idna",
    "ncloud_integration.cloudinsight.outcome",
    "ncloud_integration.integration.endpoint",
    "ncloud_integration.integration.template",
    "ncloud_integration.practice.sample",
    "ncloud_integration.recovery.draft_file",
    "ncloud_integration.recovery.journal",
    "ncloud_integration.wizard.attempt_runner",
    "ncloud_integration.wizard.draft_keeper",
    "ncloud_integration.tui.screens.dialog",
    "ncloud_integration.wizard.store_access",
    "textual.widgets._text_area",
    "tree_sitter",
}
"""What the first screen does without: each costs a part of the start."""


def test_the_first_screen_is_painted_before_what_it_does_without_is_loaded(tmp_path: Path) -> None:
    loaded = _modules_after(f"""
        import os, sys
        os.environ.update(HOME={str(tmp_path)!r}, XDG_STATE_HOME={str(tmp_path)!r}, XDG_CONFIG_HOME={str(tmp_path)!r})
        from ncloud_integration import cli, launch
        start = launch.start(cli._flags([]), {{}})
        from ncloud_integration.tui.app import Wizard
        from ncloud_integration.wizard.session import Session

        class Painted(Wizard):
            def _first_painted(self):
                global loaded
                loaded = set(sys.modules)
                self.exit()

        Painted(Session.begin(start)).run(headless=True, size=(80, 24))
    """)
    assert "textual" in loaded
    assert sorted(loaded & LATER) == []


def test_the_payload_is_filled_in_before_what_calls_the_api_or_keeps_keys_is_loaded() -> None:
    loaded = _modules_after("""
        import asyncio, sys
        from ncloud_integration.wizard.steps import Step
        from tests.tui.driving import PRACTICE, until, wizard

        async def to_payload():
            async with wizard(PRACTICE) as (app, pilot):
                await pilot.press("f8", "f8", "f8", "f8", "x")
                await until(lambda: app.step_screen.step is Step.PAYLOAD)
                await pilot.pause(0.3)
                return set(sys.modules)

        loaded = asyncio.run(to_payload())
    """)
    assert "tree_sitter" in loaded
    assert sorted(loaded & {*CALLS, *STORES, "http.server"}) == []


def _modules_after(program: str) -> set[str]:
    """Return what *program*, in a process of its own, puts into `loaded`."""
    source = textwrap.dedent(program) + "\nprint('LOADED', *loaded)\n"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True, timeout=30)
    return set(done.stdout.rpartition("LOADED ")[2].split())


def test_leaving_waits_for_no_thread() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.read(1)
        start = time.monotonic()
        wizard.send(QUIT)
        wizard.ended()
        assert time.monotonic() - start < 3  # nothing is measured here: a blocked thread would hold it for ever
