"""The installed command and an editor on one terminal: who has it, what is lost, and what becomes of the file."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import stat
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.pseudo_terminal import COMMAND, CTRL_C, DOWN, ENTER, F4, F8, QUIT, RIGHT, PseudoTerminal, terminal

CTRL_Z = UNDO = "\x1a"
ACCESS_KEY, SECRET_KEY = "TESTACCESSKEY1234567", "test-secret-key-1234567890-1234567890-12"
KEYS = {"NCLOUD_ACCESS_KEY": ACCESS_KEY, "NCLOUD_SECRET_KEY": SECRET_KEY}
GIVEN = '{"given": 1}'

WAIT = 'mkfifo "$TOLD.go"; printf "READY"; until read line < "$TOLD.go"; do :; done; rm "$TOLD.go"'
"""What an editor does until the test lets it go on."""

Editor = Callable[[str], dict[str, str]]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ncloud-integration"


@pytest.fixture
def payload(tmp_path: Path) -> tuple[str, ...]:
    """The flags with which there is nothing to fill in."""
    (tmp_path / "payload.json").write_text(GIVEN)
    return ("--name", "n", "--url", "https://h.example.com/x", "--payload", str(tmp_path / "payload.json"))


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    """Make an environment in which a program of the given lines for the shell is the editor."""

    def made(lines: str) -> dict[str, str]:
        path = tmp_path / "editor"
        path.write_text(f"#!/bin/sh\n{lines}\n")
        path.chmod(0o755)
        surroundings = {"XDG_STATE_HOME": str(tmp_path / "state"), "TOLD": str(tmp_path / "told")}
        return {**KEYS, **surroundings, "EDITOR": f"{path} --wait"}

    return made


def go_on(tmp_path: Path) -> None:
    """Let the editor go on that waits or is about to."""
    end = time.monotonic() + 5
    while not is_released(tmp_path / "told.go"):
        assert time.monotonic() < end, "no editor waits"
        time.sleep(0.01)


def is_released(pipe: Path) -> bool:
    try:
        descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return False
    os.write(descriptor, b"\n")
    os.close(descriptor)
    return True


def come_to_payload(wizard: PseudoTerminal) -> None:
    wizard.until("Which keys")
    wizard.send(F8 * 4)
    wizard.until("What should")


def left(state: Path) -> list[str]:
    """Return what the files for editors hold, having checked that nobody else can read them."""
    contents = []
    for path in sorted((state / "payloads").glob("*.json")):
        with contextlib.suppress(FileNotFoundError):  # the wizard may delete it meanwhile
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            contents.append(path.read_text())
    return contents


def saved_payload(state: Path) -> object:
    (path,) = (state / "drafts").glob("*.json")
    return json.loads(path.read_text())["payload"]


def quit(wizard: PseudoTerminal) -> None:  # noqa: A001 - what it does
    wizard.send(QUIT)
    wizard.until("Leave without")
    wizard.send(QUIT)
    assert wizard.ended() == 1


TELL = """
exec python3 -c '
import json, os, sys, termios
told = {"is_terminal": [os.isatty(number) for number in range(3)]}
told["names"] = [os.ttyname(number) for number in range(3)]
told["arguments"] = sys.argv[1:]
told["environment"] = dict(os.environ)
told["modes"] = termios.tcgetattr(0)[3] & (termios.ICANON | termios.ECHO | termios.ISIG)
told["is_foreground"] = os.tcgetpgrp(0) == os.getpgrp()
told["parents_output"] = os.readlink(f"/proc/{os.getppid()}/fd/1")
status = open("/proc/self/status").read().splitlines()
told["signals"] = {line.split(":")[0]: int(line.split()[1], 16) for line in status if line[:6] in ("SigBlk", "SigIgn")}
json.dump(told, open(os.environ["TOLD"], "w"))
open(sys.argv[-1], "a").write(" ")
' "$@"
"""


def test_the_editor_gets_the_terminal_and_no_key_though_the_output_is_a_pipe(
    editor: Editor, payload: tuple[str, ...], state: Path, tmp_path: Path
) -> None:
    with terminal(*payload, env=editor(TELL)) as wizard:
        come_to_payload(wizard)
        wizard.send(F4)
        wizard.until("Taken from your editor")
        quit(wizard)
    told: dict[str, Any] = json.loads((tmp_path / "told").read_text())
    assert told["is_terminal"] == [True] * 3
    assert len(set(told["names"])) == 1
    assert told["parents_output"].startswith("pipe:")
    assert told["arguments"][0] == "--wait"
    assert Path(told["arguments"][1]).parent == state / "payloads"
    assert told["modes"] == termios.ICANON | termios.ECHO | termios.ISIG
    assert told["is_foreground"]
    assert not KEYS.keys() & told["environment"].keys()
    ignored = {number for number in signal.Signals if told["signals"]["SigIgn"] >> (number - 1) & 1}
    assert ignored == {signal.SIGTSTP, signal.SIGPIPE, signal.SIGXFSZ}, "the last two by Python itself"
    assert told["signals"]["SigBlk"] == 0


@pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids="{0[0]}x{0[1]}".format)
def test_what_it_saved_is_there_on_a_screen_that_is_drawn_anew_and_can_be_undone(
    size: tuple[int, int], editor: Editor, payload: tuple[str, ...], state: Path
) -> None:
    lines = 'clear; for line in $(seq 99); do echo "RUBBISH $line"; done; echo " [] " > "$2"; printf RUBBISH'
    with terminal(*payload, size=size, env=editor(lines)) as wizard:
        come_to_payload(wizard)
        wizard.until("given")
        wizard.read(0.3)
        before = wizard.screen()
        wizard.send(F4)
        wizard.until("Taken from your editor")
        wizard.until("4 / 15,000 bytes")
        wizard.until("^Q Quit")  # the last row of what is drawn anew
        assert "RUBBISH" not in wizard.screen()
        wizard.send(UNDO)
        wizard.until(GIVEN)
        wizard.send(F4)
        wizard.until("4 / 15,000 bytes")
        wizard.read(0.3)
        assert wizard.screen().splitlines()[:2] == before.splitlines()[:2]
        quit(wizard)
    assert left(state) == []
    assert saved_payload(state) == " [] "


def test_an_editor_that_failed_or_was_killed_leaves_text_and_terminal_as_they_were(
    editor: Editor, payload: tuple[str, ...], state: Path, tmp_path: Path
) -> None:
    raw = r"stty raw -echo; printf '\033[?1049h\033[?1000h\033[?1h\033[5;9r'"
    with terminal(*payload, env=editor(f'[ -e "$TOLD.go" ] && exit 7; touch "$TOLD.go"; {raw}; kill -9 $$')) as wizard:
        come_to_payload(wizard)
        wizard.send(F4)
        wizard.until("Your editor was killed by signal 9. Nothing was taken back.")
        wizard.send(F4)
        wizard.until("Your editor ended with code 7. Nothing was taken back.")
        wizard.until(GIVEN)
        assert wizard.screen().splitlines()[23].startswith(" F7 Back")
        wizard.send("x")
        wizard.until(f"x{GIVEN}")
        modes_of(wizard, is_raw=True)
        quit(wizard)
        modes_of(wizard, is_raw=False)
        for on in (b"\x1b[?1000h", b"\x1b[?1h", b"\x1b[5;9r"):
            off = on.replace(b"h", b"l").replace(b"5;9", b"")
            assert 0 < wizard.written.rfind(on) < wizard.written.rfind(off)
    assert left(state) == []


def modes_of(wizard: PseudoTerminal, *, is_raw: bool) -> None:
    flags = termios.tcgetattr(wizard._master)[3]
    assert bool(flags & termios.ICANON) is bool(flags & termios.ECHO) is bool(flags & termios.ISIG) is not is_raw


def test_ctrl_c_and_ctrl_z_are_the_editors_alone(
    editor: Editor, payload: tuple[str, ...], state: Path, tmp_path: Path
) -> None:
    lines = f"""trap 'printf "CAUGHT$((count=count+1))"' INT; {WAIT}; printf new > "$2" """
    with terminal(*payload, env=editor(lines)) as wizard:
        come_to_payload(wizard)
        wizard.send(F4)
        wizard.until("READY")
        wizard.send(CTRL_C)
        wizard.until("CAUGHT1")
        wizard.send(CTRL_Z)
        wizard.read(0.3)
        wizard.send(CTRL_C)
        wizard.until("CAUGHT2")
        go_on(tmp_path)
        wizard.until("Taken from your editor")
        wizard.send("x")
        wizard.until("xnew")
        quit(wizard)
    assert saved_payload(state) == "xnew"


def test_ctrl_c_ends_an_editor_that_does_not_catch_it_and_nothing_else(
    editor: Editor, payload: tuple[str, ...]
) -> None:
    with terminal(*payload, env=editor(WAIT)) as wizard:
        come_to_payload(wizard)
        wizard.send(F4)
        wizard.until("READY")
        wizard.send(CTRL_C, CTRL_C)
        wizard.until("Your editor was killed by signal 2. Nothing was taken back.")
        wizard.send("x")
        wizard.until(f"x{GIVEN}")
        quit(wizard)


def test_an_editor_that_stops_itself_is_continued(editor: Editor, payload: tuple[str, ...]) -> None:
    with terminal(*payload, env=editor('kill -STOP $$; printf new > "$2"')) as wizard:
        come_to_payload(wizard)
        wizard.send(F4)
        wizard.until("Taken from your editor", 5)


def test_one_that_leaves_the_terminal_unable_to_wait_does_no_harm(editor: Editor, payload: tuple[str, ...]) -> None:
    lines = "exec python3 -c 'import os; [os.set_blocking(number, False) for number in range(3)]'"
    with terminal(*payload, env=editor(lines)) as wizard:
        come_to_payload(wizard)
        wizard.send(F4)
        wizard.until("Your editor changed nothing")
        for number in (0, 2):
            flags = Path(f"/proc/{wizard.process.pid}/fdinfo/{number}").read_text().split()[3]
            assert not int(flags, 8) & os.O_NONBLOCK


def test_an_editor_in_a_shell_that_waits_for_the_id_does_not_end_it_by_ctrl_c(
    editor: Editor, payload: tuple[str, ...], tmp_path: Path
) -> None:
    env = editor(f'trap "printf CAUGHT" INT; {WAIT}; printf "{{}}" > "$2"')
    del env["NCLOUD_ACCESS_KEY"]
    line = f'id=$("$0" --practice --payload {payload[-1]} | cat); printf "<%s>" "$id"; exit 5\n'
    shell = ("bash", "--norc", "-ic", line, COMMAND)
    with terminal(env=env, command=shell, pipe=False) as wizard:
        come_to_payload(wizard)
        wizard.send(F4)
        wizard.until("READY")
        wizard.send(CTRL_C)
        wizard.until("CAUGHT")
        wizard.send(CTRL_Z)
        wizard.read(0.3)
        go_on(tmp_path)
        wizard.until("Taken from your editor")
        wizard.send(F8)
        wizard.until("Create this")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
        wizard.armed()
        wizard.send(ENTER)
        assert wizard.ended() == 5
        assert "<1001>" in wizard.screen()


def test_the_size_may_change_meanwhile(editor: Editor, payload: tuple[str, ...], tmp_path: Path) -> None:
    with terminal(*payload, env=editor(WAIT)) as wizard:
        come_to_payload(wizard)
        wizard.send(F4)
        wizard.until("READY")
        wizard.resize(100, 30)
        go_on(tmp_path)
        wizard.until("Your editor changed nothing")
        wizard.read(0.3)
        assert wizard.screen().splitlines()[29].startswith(" F7 Back")
        assert len(wizard.screen().splitlines()[2]) == 100


def test_what_is_typed_while_the_editor_has_the_terminal_is_its_own_and_what_it_leaves_the_wizards(
    editor: Editor, payload: tuple[str, ...], state: Path, tmp_path: Path
) -> None:
    with terminal(*payload, env=editor('printf "READY"; read line; printf "$line" > "$2"; sleep 0.5')) as wizard:
        come_to_payload(wizard)
        wizard.send(F4)
        wizard.until("READY")
        wizard.send("for the editor\r")
        wizard.read(0.2)
        wizard.send("for the wizard ")
        wizard.until("for the wizard for the editor")
        wizard.read(0.3)
        quit(wizard)
    assert saved_payload(state) == "for the wizard for the editor"


def test_what_was_typed_with_f4_comes_after_the_editor_once(
    editor: Editor, payload: tuple[str, ...], state: Path
) -> None:
    with terminal(*payload, env=editor('printf new > "$2"')) as wizard:
        come_to_payload(wizard)
        wizard.send("a", F4, "bc", RIGHT, "d")
        wizard.until("nbcedw")
        quit(wizard)


def test_the_form_is_saved_and_nothing_is_drawn_while_the_editor_has_the_terminal(
    editor: Editor, payload: tuple[str, ...], state: Path, tmp_path: Path
) -> None:
    with terminal(*payload, env=editor(WAIT)) as wizard:
        come_to_payload(wizard)
        wizard.send("typed", F4)
        wizard.until("READY")
        assert not list((state / "drafts").glob("*.json"))
        assert wizard.read(1.5) == b""
        assert saved_payload(state) == f"typed{GIVEN}"
        go_on(tmp_path)
        wizard.until("Your editor changed nothing")


def until_none_is_left(wizard: PseudoTerminal, state: Path) -> None:
    """Return once no file is left: it goes when its content is safe."""
    for _ in range(50):
        if not left(state):
            return
        wizard.read(0.1)
    assert left(state) == []


@pytest.mark.parametrize(
    ("end", "trap"),
    [(signal.SIGHUP, ""), (signal.SIGTERM, ""), (signal.SIGKILL, ""), (None, ""), (signal.SIGHUP, "trap '' HUP TERM;")],
    ids=["1", "15", "9", "None", "1-deaf"],
)
def test_a_line_that_drops_meanwhile_loses_neither_the_form_nor_what_was_saved(
    trap: str, end: signal.Signals | None, editor: Editor, payload: tuple[str, ...], state: Path
) -> None:
    root = state.parent.parent
    env = editor(f'{trap} echo $$ > "$TOLD"; printf "[]" > "$2"; {WAIT}; echo DRAWN')
    with terminal(*payload, env=env) as wizard:
        come_to_payload(wizard)
        wizard.send("typed")
        wizard.until("typed{")
        wizard.read(1.3)
        wizard.send(F4)
        wizard.until("READY")
        start = time.monotonic()
        if end:
            wizard.process.send_signal(end)
        else:
            wizard.hang_up()
        code = wizard.process.wait(5)
        assert time.monotonic() - start < (2 if trap else 1)
        assert code == (-9 if end == signal.SIGKILL else 128 + (end or signal.SIGHUP))
        if end == signal.SIGTERM:
            modes_of(wizard, is_raw=False)
    assert left(state) == ["[]"]
    if not trap and end != signal.SIGKILL:
        with pytest.raises(ProcessLookupError):
            os.kill(int((root / "told").read_text()), 0)
    is_released(root / "told.go")
    with terminal(env=env) as wizard:
        wizard.until("Resume where you left off?")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("The form is as you left it")
        wizard.send(F8 * 5)
        wizard.until("Take what your editor saved?")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("2 / 15,000 bytes · JSON")
        wizard.until("Taken from your editor")
        until_none_is_left(wizard, state)
        wizard.send(UNDO)
        wizard.until(f"typed{GIVEN}")
        quit(wizard)


def test_what_another_living_wizard_edits_is_not_offered_and_later_it_is_once(
    editor: Editor, payload: tuple[str, ...], state: Path
) -> None:
    env = editor(f'printf "[]" > "$2"; {WAIT}')
    with terminal(*payload, env=env) as first:
        come_to_payload(first)
        first.send(F4)
        first.until("READY")
        with terminal(*payload, env=env) as second:
            come_to_payload(second)
            second.read(0.5)
            assert "Take what" not in second.screen()
        first.hang_up()
        first.process.wait(5)
    for answer, count in ((RIGHT * 2 + ENTER, 1), (RIGHT + ENTER, 0)):
        with terminal(*payload, env=env) as wizard:
            come_to_payload(wizard)
            wizard.until("Take what your editor saved?")
            wizard.armed()
            wizard.send(answer)
            wizard.until(GIVEN)
            wizard.read(0.3)
            assert "Take what" not in wizard.screen()
            assert len(left(state)) == count


def test_practice_leaves_no_file(editor: Editor, tmp_path: Path) -> None:
    env = {**editor(f'echo "$2" > "$TOLD"; {WAIT}; printf new > "$2"'), "TMPDIR": str(tmp_path / "tmp")}
    (tmp_path / "tmp").mkdir()
    for number in (signal.SIGTERM, None):
        with terminal("--practice", env=env) as wizard:
            come_to_payload(wizard)
            wizard.send(F4)
            wizard.until("READY")
            path = Path((tmp_path / "told").read_text().strip())
            assert path.parent.parent == tmp_path / "tmp"
            if number:
                wizard.process.send_signal(number)
                assert wizard.ended() == 128 + number
            else:
                go_on(tmp_path)
                wizard.until("Taken from your editor")
                quit(wizard)
        assert list((tmp_path / "tmp").iterdir()) == []
        assert not (tmp_path / "state").exists()


def test_a_wizard_that_was_told_of_a_missing_editor_goes_on(editor: Editor, payload: tuple[str, ...]) -> None:
    with terminal(*payload, env={**editor(""), "VISUAL": "no-such-editor"}) as wizard:
        come_to_payload(wizard)
        wizard.send(F4)
        wizard.until("VISUAL names what cannot be found or may not be run (no-such-editor)")
        wizard.send(DOWN, "x")
        wizard.until(f"{GIVEN}x")
