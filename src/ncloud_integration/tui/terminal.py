"""Between Textual and the terminal: size, bytes in, keys in their order, text out, and a crash that tells no secrets.

One of the two modules that touch Textual's private names; `tests/tui/test_private_names.py` says when one has moved.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import selectors
import signal
import sys
import termios
import time
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter
from textual.geometry import Offset

from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.tui.bracketed_paste import Pasted, PasteReader

if TYPE_CHECKING:
    from textual.color import Color
    from textual.dom import DOMNode
    from textual.message_pump import MessagePump

_PACKAGE = Path(__file__).parent.parent
_KEY_SECONDS = 1.0
_INPUT_POLL_SECONDS = 0.1


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, for a terminal that may be slow, half closed, or not in UTF-8."""

    def _get_terminal_size(self) -> tuple[int, int]:
        """Return columns and rows of the terminal on standard error or input; output may be a pipe of any size."""
        for stream in filter(None, (sys.__stderr__, sys.__stdin__)):
            try:
                columns, rows = os.get_terminal_size(stream.fileno())
            except (OSError, ValueError):
                continue
            if columns and rows:
                return columns, rows
        return 80, 24

    def write(self, data: str) -> None:
        """Write *data* unless the terminal is gone: the writer's queue would fill and hold the event loop for ever."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)

    def _sigcont_application(self, *_: object) -> None:
        """Come back from being stopped; a hang-up continues the process too, with nothing to come back to."""
        with contextlib.suppress(termios.error):
            termios.tcgetattr(self.fileno)
            super()._sigcont_application()

    def _run_input_thread(self) -> None:
        """Read until the end; Textual's own wrapper would write a traceback with the error's text."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - the app ends with it, and tells where it was
            self._app.call_later(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Feed the terminal's bytes to Textual until the program leaves or the terminal does.

        Bytes that are not UTF-8 arrive as U+FFFD; a terminal that is gone counts as a hang-up.
        """
        parser, pastes = XTermParser(self._debug), PasteReader()
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        quiet_since = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_INPUT_POLL_SECONDS):
                    received = self._read()
                    if not received:
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    quiet_since = time.monotonic()
                    parts = pastes.feed(decode(received))
                else:
                    is_waiting = pastes.is_waiting(time.monotonic() - quiet_since)
                    parts = pastes.flush() if is_waiting else iter(())
                try:
                    self._handle(parser, parts)
                except ValueError:  # an escape sequence with numbers that are none
                    parser = XTermParser(self._debug)

    def _handle(self, parser: XTermParser, parts: Iterable[str | Pasted]) -> None:
        for message in parser.tick():
            self.process_message(message)
        for part in parts:
            if isinstance(part, Pasted):
                self.process_message(events.Paste(part.text))
            else:
                for message in parser.feed(part):
                    self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""


class TerminalApp(App[None]):
    """An app that takes its keys one at a time, and gives nothing to the terminal that was not meant for it."""

    ENABLE_COMMAND_PALETTE = False
    crash_report = ""
    """Where the program broke, without a single value, once it has."""

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; a key or a paste wholly, before the next one is looked at.

        Textual forwards every key at once and runs most bindings when the key has bubbled up again, so that of
        `a Backspace b` in one read, b is typed before Backspace deletes.
        """
        if self._exception and isinstance(event, (events.Key, events.Paste)):
            return  # it ends: what was typed ahead would only be waited for
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._press(event)
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            target = self.focused or self.screen
            await super().on_event(event)
            await _effects(target)
        else:
            await super().on_event(event)

    async def _press(self, event: events.Key) -> None:
        if not self.app_focus:
            self.app_focus = True
        if await self._check_bindings(event.key, priority=True):
            return
        target = self.focused or self.screen
        is_typed = target.check_consume_key(event.key, event.character)
        if is_typed or not await self._check_bindings(event.key):
            target._forward_event(event)
        await _effects(target)
        self.place_cursor()

    def place_cursor(self) -> None:
        """Put the terminal's own cursor onto the one that is drawn: an input method composes its letters there."""
        offset = getattr(self.focused, "cursor_screen_offset", None)
        if isinstance(offset, Offset):
            self.cursor_position = offset

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, and last the one that lets no control character out."""
        return [*super().get_line_filters(), _PRINTABLE_ONLY]

    def fail(self, error: Exception) -> None:
        """End the app after *error*, which happened beside its screens; once they are being closed, it ends anyway."""
        if self.is_running:
            self._handle_exception(error)

    def _fatal_error(self) -> None:
        """End the app after an error of its own; Textual's own report shows the values of local variables."""
        self.report(self._exception)
        self._close_messages_no_wait()

    def report(self, error: BaseException | None) -> None:
        """Note where the program broke, the first time that it does."""
        frames = traceback.extract_tb(error.__traceback__) if error else []
        places = [f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
        self.crash_report = self.crash_report or "\n".join([type(error).__name__, *places])


async def has_caught_up(pump: MessagePump) -> None:
    """Return when *pump* has handled what was posted to it up to now, or after a second if it never does."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        try:
            await asyncio.wait_for(done.wait(), _KEY_SECONDS)
        except asyncio.TimeoutError:
            return


async def _effects(target: DOMNode) -> None:
    """Return when *target* has handled its input, and everything above it what bubbled up from that."""
    for node in target.ancestors_with_self:
        if not isinstance(node, App):
            await has_caught_up(node)


class _PrintableOnly(LineFilter):
    """Takes out of drawn text whatever a terminal would obey; the screens show it in words where it matters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        if not any(unprintable.search(segment.text) for segment in segments):
            return segments
        return [Segment(unprintable.sub("", segment.text), segment.style, segment.control) for segment in segments]


_PRINTABLE_ONLY = _PrintableOnly()


def _place(filename: str) -> str:
    """Return *filename* from this package or from its library on; the rest is the operator's own."""
    path = Path(filename)
    return str(path.relative_to(_PACKAGE)) if path.is_relative_to(_PACKAGE) else "/".join(path.parts[-2:])
