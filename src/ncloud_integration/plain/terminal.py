"""The terminal as a keyboard and a voice: lines in, lines out, and nothing that moves its cursor.

Its own handling of lines is off while the wizard runs: it would cut a line at 4,095 bytes, far below what a payload may
have, and echo what is typed before its prompt, also a secret that was pasted together with the line before it.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import queue
import signal
import termios
import threading
from collections.abc import Callable, Iterator
from typing import Any

from ncloud_integration.console import shown
from ncloud_integration.plain.line import Line

_KEYBOARD, _VOICE = 0, 2
"""Standard output may be a pipe."""

_INTERRUPT = "\x03"
_TYPED_AHEAD_LIMIT = 256 * 1024
_END_SECONDS = 1.0
"""How long a terminal is waited for at the end that takes nothing."""

_IFLAG, _LFLAG, _CC = 0, 3, 6


class LeavingError(Exception):
    """Ctrl+C was pressed, or Ctrl+D in an empty line."""


class Terminal:
    """Says text and takes lines while it is entered, in a running loop; *fail* is called with what is unexpected.

    Nothing is echoed where the terminal did not echo before, as that of an editor which shows by itself what is typed.
    """

    def __init__(self, fail: Callable[[Exception], None]) -> None:
        self._fail = fail
        self._loop = asyncio.get_running_loop()
        self._before: list[Any] = termios.tcgetattr(_KEYBOARD)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._typed = ""
        self._is_after_return = False
        self._is_interrupted = False
        self._line: Line | None = None
        self._done: asyncio.Future[str] | None = None
        self._voice = _Voice(self._loop)

    def __enter__(self) -> None:
        self._take()
        self._loop.add_signal_handler(signal.SIGTSTP, self._seen_to, self._stop)
        self._loop.add_signal_handler(signal.SIGCONT, self._seen_to, self._continued)

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGTSTP, signal.SIGCONT):
            self._loop.remove_signal_handler(number)
        self._give()
        self._voice.end()

    def say(self, text: str) -> None:
        """Write *text* on lines of its own, also while a line is typed."""
        written = self._line.written if self._line else ""
        self._voice.say(f"\n{text}\n{written}" if written else f"{text}\n")

    async def said(self) -> None:
        """Return once the terminal has taken all that was said."""
        await self._voice.said()

    async def line(self, prompt: str, *, is_shown: bool = True) -> str:
        """Return the next line that is typed, after *prompt*; it is echoed where it *is_shown*.

        Raises:
            LeavingError: Ctrl+C was pressed, now or since the last line, or Ctrl+D before anything else.

        """
        if self._is_interrupted:
            self._is_interrupted = False
            raise LeavingError
        echoes = is_shown and bool(self._before[_LFLAG] & termios.ECHO)
        line = Line(prompt, is_shown=echoes)
        done: asyncio.Future[str] = self._loop.create_future()
        self._line, self._done = line, done
        self._voice.say(prompt)
        self._hand_on()
        try:
            return await done
        except asyncio.CancelledError:
            self._voice.say("\n" if line.written else "")
            raise
        finally:
            if self._done is done:  # and no other line is waited for already
                self._line = self._done = None

    def drop_typed(self) -> bool:
        """Forget what was typed and not taken yet, and return whether there was anything."""
        was_typed, self._typed = bool(self._typed), ""
        with contextlib.suppress(termios.error):
            termios.tcflush(_KEYBOARD, termios.TCIFLUSH)
        return was_typed

    @contextlib.contextmanager
    def handed_over(self) -> Iterator[None]:
        """Leave the terminal to another program for a while."""
        self._give()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        """Read each key as it is pressed, Ctrl+C too: as a signal it would end the pipeline that waits for an id."""
        modes = [*self._before[:_CC], list(self._before[_CC])]
        modes[_IFLAG] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR)
        modes[_LFLAG] &= ~(termios.ICANON | termios.ECHO | termios.ECHONL | termios.IEXTEN)
        modes[_CC][termios.VMIN], modes[_CC][termios.VTIME] = 1, 0
        for key in (termios.VINTR, termios.VQUIT):
            modes[_CC][key] = b"\0"
        with contextlib.suppress(termios.error):  # it is gone: reading it says so
            termios.tcsetattr(_KEYBOARD, termios.TCSADRAIN, modes)
        self._loop.add_reader(_KEYBOARD, self._seen_to, self._read)

    def _give(self) -> None:
        """Have the terminal as it was."""
        self._loop.remove_reader(_KEYBOARD)
        with contextlib.suppress(termios.error):
            termios.tcsetattr(_KEYBOARD, termios.TCSADRAIN, self._before)

    def _seen_to(self, what: Callable[[], None]) -> None:
        """Do *what* the loop calls for: it would drop an error."""
        try:
            what()
        except Exception as error:  # noqa: BLE001 - the wizard ends with it
            self._fail(error)

    def _stop(self) -> None:
        """Be stopped by Ctrl+Z with the terminal as it was."""
        self._give()
        self._loop.remove_signal_handler(signal.SIGTSTP)
        os.kill(os.getpid(), signal.SIGTSTP)
        self._loop.add_signal_handler(signal.SIGTSTP, self._seen_to, self._stop)
        self._take()

    def _continued(self) -> None:
        """Take the terminal again, whatever a shell has made of it, and say where one was."""
        self._take()
        if self._line and self._line.written:
            self._voice.say(f"\n{self._line.written}")

    def _read(self) -> None:
        try:
            received = os.read(_KEYBOARD, 4096)
        except OSError:
            received = b""
        if not received:
            self._loop.remove_reader(_KEYBOARD)
            os.kill(os.getpid(), signal.SIGHUP)
            return
        typed = self._decode(received)
        if self._is_after_return:
            typed = typed.removeprefix("\n")
        self._is_after_return = typed.endswith("\r")
        self._typed = (self._typed + typed.replace("\r\n", "\r"))[:_TYPED_AHEAD_LIMIT]
        if _INTERRUPT in self._typed:
            self._interrupt()
        self._hand_on()

    def _interrupt(self) -> None:
        """Forget all that was typed before Ctrl+C, also of the line that is being typed."""
        self._typed = self._typed.rpartition(_INTERRUPT)[2]
        if self._done is None or self._done.done():
            self._is_interrupted = True
        else:
            self._voice.say("\n")
            self._done.set_exception(LeavingError())

    def _hand_on(self) -> None:
        """Give what was typed to the line that is waited for, if one is."""
        if self._line is None or self._done is None or self._done.done():
            return
        echo, taken = self._line.take(self._typed)
        self._typed = self._typed[taken:]
        self._voice.say(echo)
        if self._line.is_end_of_input:
            self._done.set_exception(LeavingError())
        elif self._line.is_ended:
            self._done.set_result(self._line.text)


class _Voice:
    """Writes in a thread of its own: a terminal that takes nothing must not hold up an attempt."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._words: queue.SimpleQueue[bytes | asyncio.Future[None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """Have *text* written after all that was said before."""
        self._words.put(shown(text).encode("utf-8", "replace"))

    async def said(self) -> None:
        """Return once all is written."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._words.put(done)
        await done

    def end(self) -> None:
        """Return once all is written, or after a moment if it never will be."""
        self._words.put(None)
        self._thread.join(_END_SECONDS)

    def _write(self) -> None:
        while (words := self._words.get()) is not None:
            if isinstance(words, bytes):
                with contextlib.suppress(OSError):  # the terminal is gone: reading it says so
                    while words:
                        words = words[os.write(_VOICE, words) :]
            else:
                with contextlib.suppress(RuntimeError):  # the loop is over
                    self._loop.call_soon_threadsafe(_set, words)


def _set(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)
