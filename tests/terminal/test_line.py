"""The line to the terminal may stall, and the terminal may be taken away: then the screen is right again."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from tests.emulator import Emulator, shown
from tests.terminal.pseudo_terminal import DOWN, F7, F8, RIGHT, PseudoTerminal, terminal
from tests.terminal.test_bytes import at_payload, payload

REDRAW, PAGE_DOWN, PAGE_UP = "\x0c", "\x1b[6~", "\x1b[5~"
STALLED_SECONDS = 2.0
BUFFERED_BYTES = 20_000
"""What a pseudo-terminal holds of what nobody reads, and a little more."""

SUSPENDING = """
import sys
from ncloud_integration.cli import command
from ncloud_integration.tui.app import Wizard

async def elsewhere(self):
    with self.suspend():
        sys.__stderr__.write("another program was here" + chr(27) + "[31;1m")
        sys.__stderr__.flush()

Wizard.action_back = elsewhere
sys.exit(command())
"""


def cells(wizard: PseudoTerminal, size: tuple[int, int]) -> list[list[tuple[object, ...]]]:
    """Return what a strict terminal shows of all that was written."""
    emulator = Emulator(*size)
    emulator.feed(wizard.written.decode())
    return emulator.cells()


def assert_redrawn_alike(wizard: PseudoTerminal, size: tuple[int, int]) -> None:
    """Hold the screen against the same one drawn anew."""
    before = cells(wizard, size)
    start = len(wizard.written)
    wizard.send(REDRAW)
    wizard.read(0.5)
    after = cells(wizard, size)
    assert len(wizard.written) - start > size[0] * size[1]
    assert before == after, f"{shown(before)}\nis, drawn anew,\n{shown(after)}"


def test_a_line_that_stalls_holds_up_frames_and_nothing_else(tmp_path: Path) -> None:
    size = (200, 50)
    with at_payload(tmp_path / "payload.json", size, payload(), is_draft_kept=True) as wizard:
        wizard.send(DOWN, RIGHT * 11)
        wizard.read(0.3)
        start = len(wizard.written)
        for _ in range(25):
            for key in (PAGE_DOWN, "x", PAGE_UP, "y"):
                wizard.send(key)
                time.sleep(STALLED_SECONDS / 100)
        wizard.send("Z")
        drafts = tmp_path / ".local/state/ncloud-integration/drafts"
        end = time.monotonic() + 5
        while not any("Z" in path.read_text() for path in drafts.glob("*.json")):
            assert time.monotonic() < end, "no draft was saved while the line stalled"
            time.sleep(0.05)
        wizard.read(0.5)
        assert len(wizard.written) - start < BUFFERED_BYTES + 2 * size[0] * size[1]
        assert "Z" in wizard.screen()
        assert_redrawn_alike(wizard, size)


def test_a_process_that_was_stopped_draws_all_of_its_screen_again(tmp_path: Path) -> None:
    size = (80, 24)
    with at_payload(tmp_path / "payload.json", size, payload()) as wizard:
        wizard.send(DOWN, "한글", PAGE_DOWN)
        wizard.read(0.3)
        before = cells(wizard, size)
        os.kill(wizard.process.pid, signal.SIGTSTP)
        end = time.monotonic() + 5
        while "T" not in Path(f"/proc/{wizard.process.pid}/stat").read_text().rpartition(")")[2].split()[0]:
            assert time.monotonic() < end, "it did not stop"
            time.sleep(0.02)
        wizard.read(0.1)
        wizard.written += b"another program was here\x1b[31;1m"
        os.kill(wizard.process.pid, signal.SIGCONT)
        wizard.read(0.7)
        assert cells(wizard, size) == before
        assert_redrawn_alike(wizard, size)


def test_a_terminal_that_another_program_had_is_drawn_anew(tmp_path: Path) -> None:
    size = (80, 24)
    with terminal("--practice", size=size, command=(sys.executable, "-c", SUSPENDING)) as wizard:
        wizard.until("Which keys")
        wizard.send(F8 * 4)
        wizard.until("What should the endpoint be sent?")
        wizard.read(0.3)
        before = cells(wizard, size)
        wizard.send(F7)
        wizard.read(0.7)
        assert b"another program was here" in wizard.written
        assert cells(wizard, size) == before
        assert_redrawn_alike(wizard, size)
