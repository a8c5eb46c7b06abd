"""The installed command in a pseudo-terminal, and what a person would see there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyte

COMMAND = str(Path(sys.executable).parent / "ncloud-integration")
F1, F3, F4, F5, F7, F8, F9 = "\x1bOP", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[18~", "\x1b[19~", "\x1b[20~"
BACK_TAB, SELECT_LINE, CUT = "\x1b[Z", "\x1b[1;2H", "\x18"
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
ENTER, ESCAPE, TAB, BACKSPACE, QUIT, CTRL_C = "\r", "\x1b", "\t", "\x7f", "\x11", "\x03"

_UNARMED = "9e9e9e"
"""What a button is written in, of 256 colours, before it was seen for half a second."""

# What pyte takes for text or for something else: the kitty keyboard's modes, and questions to the terminal.
NOT_FOR_PYTE = re.compile(rb"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")


def pasted(text: str) -> str:
    """Return *text* as a terminal sends it when it is pasted."""
    return f"\x1b[200~{text}\x1b[201~".replace("\n", "\r")


class PseudoTerminal:
    """A process on a pseudo-terminal of its own, and a screen that shows what it wrote."""

    def __init__(self, arguments: Sequence[str], size: tuple[int, int], env: Mapping[str, str], *, pipe: bool) -> None:
        """Run *arguments* on a terminal of *size* columns and rows; with *pipe*, standard output goes to a pipe."""
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        self._fed = 0
        self._master, slave = os.openpty()
        _set_size(slave, size)
        self.process = subprocess.Popen(
            arguments,
            stdin=slave,
            stdout=subprocess.PIPE if pipe else slave,
            stderr=slave,
            env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", **env},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one call, before exec
        )
        os.close(slave)
        os.set_blocking(self._master, False)

    def send(self, *keys: str | bytes) -> None:
        """Send all *keys* in one write."""
        os.write(self._master, b"".join(key if isinstance(key, bytes) else key.encode() for key in keys))

    def send_all(self, text: str) -> None:
        """Send *text* of any length, reading what comes meanwhile."""
        data = text.encode()
        while data:
            if select.select([], [self._master], [], 0.1)[1]:
                data = data[os.write(self._master, data[:1024]) :]
            self.read(0)

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size under the program."""
        self.screen()
        self._screen.resize(rows, columns)
        _set_size(self._master, (columns, rows))

    @property
    def keyboard(self) -> int:
        """The descriptor of the terminal's own end, whose modes are those that the program sees."""
        return self._master

    def screen(self) -> str:
        """Return what the terminal shows now."""
        data = NOT_FOR_PYTE.sub(b"", self.written)
        self._stream.feed(data[self._fed :])
        self._fed = len(data)
        rows, columns = range(self._screen.lines), range(self._screen.columns)
        # pyte's own `display` breaks where half of a wide character is overwritten and the rest has yet to be read
        lines = ("".join(self._screen.buffer[y][x].data for x in columns) for y in rows)
        return "\n".join(line.rstrip() for line in lines)

    def read(self, seconds: float) -> bytes:
        """Return what the program writes within *seconds*."""
        start, end = len(self.written), time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.read_some(left):
            pass
        return self.written[start:]

    def until(self, text: str, seconds: float = 15) -> None:
        """Return once the screen shows *text*, over several lines or not; fail, showing the screen, after *seconds*."""
        end = time.monotonic() + seconds
        while text not in " ".join(self.screen().split()):
            if time.monotonic() > end or not self.read_some(0.05):
                raise AssertionError(f"{text!r} is not on the screen:\n{self.screen()}")

    def until_gone(self, text: str, seconds: float = 15) -> None:
        """Return once the screen shows *text* no more, as a dialog that Escape closes after a moment."""
        end = time.monotonic() + seconds
        while text in " ".join(self.screen().split()):
            if time.monotonic() > end or not self.read_some(0.05):
                raise AssertionError(f"{text!r} is still on the screen:\n{self.screen()}")

    def armed(self, seconds: float = 15) -> None:
        """Return once the buttons on the screen can be pressed, which their colour tells."""
        end = time.monotonic() + seconds
        self.read(0.1)
        while not (colours := self._button_colours()) or _UNARMED in colours:
            if time.monotonic() > end or not self.read_some(0.05):
                raise AssertionError(f"no button can be pressed:\n{self.screen()}")

    def _button_colours(self) -> set[str]:
        self.screen()
        rows = self._screen.buffer.values()
        return {cell.fg for row in rows for cell in row.values() if cell.data == "[" and (cell.bold or cell.reverse)}

    def ended(self, seconds: float = 15) -> int:
        """Return the exit code once the process has ended."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            self.read_some(0.02)
            if time.monotonic() > end:
                raise AssertionError(f"still running after {seconds} s:\n{self.screen()}")
        while self.read_some(0.1):
            pass
        return self.process.returncode

    def parting_words(self) -> str:
        """Return what was written after the terminal was restored."""
        after = self.written.rpartition(b"\x1b[?1049l")[2]
        return re.sub(rb"\x1b\[[?<>0-9;]*[a-zA-Z]", b"", after).decode().replace("\r\n", "\n")

    def output(self) -> str:
        """Return all of standard output, where it is a pipe."""
        assert self.process.stdout
        return self.process.stdout.read().decode()

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        """End what is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        if self._master >= 0:
            os.close(self._master)

    def read_some(self, seconds: float) -> bool:
        """Read once if anything comes within *seconds*; return false once the terminal is closed at the other end."""
        if not select.select([self._master], [], [], seconds)[0]:
            return self.process.poll() is None
        try:
            self.written += os.read(self._master, 65536)
        except OSError:
            return False
        return True


@contextmanager
def terminal(
    *flags: str,
    size: tuple[int, int] = (80, 24),
    env: Mapping[str, str] | None = None,
    pipe: bool = True,
    command: Sequence[str] = (COMMAND,),
) -> Iterator[PseudoTerminal]:
    """Run the installed command with *flags*; its home is the test's own."""
    home = {name: os.environ[name] for name in ("HOME", "XDG_RUNTIME_DIR")}
    running = PseudoTerminal([*command, *flags], size, {**home, **(env or {})}, pipe=pipe)
    try:
        yield running
    finally:
        running.close()


def _set_size(descriptor: int, size: tuple[int, int]) -> None:
    columns, rows = size
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
