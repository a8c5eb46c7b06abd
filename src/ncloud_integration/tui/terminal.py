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
from collections import abc
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.segment import Segment
from textual import events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.binding import Binding
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter, Monochrome
from textual.geometry import Offset

from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.tui.display import Display
from ncloud_integration.tui.input_reader import ESCAPE, InputReader, Part, Pasted, Sequence
from ncloud_integration.tui.painter import Painter, Run
from ncloud_integration.wizard import crash

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.color import Color
    from textual.dom import DOMNode
    from textual.message import Message
    from textual.message_pump import MessagePump
    from textual.screen import Screen

_KEY_SECONDS = 1.0
_INPUT_POLL_SECONDS = 0.1
_BUSY_POLL_SECONDS = 0.02
_FRAME_SECONDS = 0.03

_SYNCED_BYTES = 1_000
"""Bytes of a frame from which on the terminal is asked to show it at once; a shorter one arrives in one piece."""

_COLOR_SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
}


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, for a terminal that may be slow, half closed, or not in UTF-8.

    `newest_input` is the key or paste that was read last.
    """

    newest_input: events.Event | None = None

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

    @property
    def is_busy(self) -> bool:
        """Whether something waits to be written: the terminal, or the line to it, is slower than the screens."""
        return self._writer_thread is not None and self._writer_thread._queue.qsize() > 0

    def stop_application_mode(self) -> None:
        """Give the terminal back with the pen that it came with."""
        self.write("\x1b[m")
        super().stop_application_mode()

    def stop_job(self) -> None:
        """Stop this process and what stands with it in a pipeline, once the terminal is given back."""
        if self._writer_thread is not None:
            os.kill(0, signal.SIGTSTP)

    def _sigcont_application(self, *_: object) -> None:
        """Come back from being stopped; a hang-up continues the process too, with nothing to come back to.

        Stopped by SIGSTOP, or not at all, it has not left the terminal: a second thread would read it beside the first.
        """
        with contextlib.suppress(termios.error):
            termios.tcgetattr(self.fileno)
            if self._auto_restart and not self._must_signal_resume:
                self.suspend_application_mode()
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
        reader, parser = InputReader(), XTermParser(self._debug)
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_INPUT_POLL_SECONDS):
                    received = self._read()
                    if not received:
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    parts = reader.feed(decode(received), time.monotonic())
                else:
                    parts = reader.overdue(time.monotonic())
                self._handle(parser, parts)

    def _handle(self, parser: XTermParser, parts: Iterable[Part]) -> None:
        messages = [message for part in parts for message in _messages(parser, part)]
        inputs = (message for message in reversed(messages) if isinstance(message, (events.Key, events.Paste)))
        self.newest_input = next(inputs, self.newest_input)
        for message in messages:
            self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""


def _messages(parser: XTermParser, part: Part) -> Iterator[Message]:
    """Yield what Textual makes of *part*; of a sequence that it does not know, nothing."""
    if isinstance(part, Pasted):
        yield events.Paste(part.text)
    elif part == Sequence(ESCAPE):
        yield events.Key("escape", ESCAPE)
    elif not isinstance(part, Sequence) or _is_known(part):
        yield from parser.feed(part.text)


def _is_known(sequence: Sequence) -> bool:
    """Return whether Textual knows *sequence*: it would wait for more of another one, and then type it."""
    parser = XTermParser()
    try:
        for _ in parser.feed(sequence.text):
            pass
    except (OverflowError, ValueError):  # it has numbers that are none, or that no character has
        return False
    return parser._awaiting.timeout is None


class TerminalApp(App[None]):
    """An app that takes its keys one at a time, and gives nothing to the terminal that was not meant for it."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [Binding("ctrl+l", "redraw", show=False, priority=True)]
    crash_report = ""
    """Where the program broke, without a single value, once it has."""

    _painter: Painter | None = None
    _is_frame_held = False
    _frames = 0
    _shown_at = 0.0

    def __init__(self, display: Display) -> None:
        super().__init__(driver_class=TerminalDriver)
        self.terminal = display
        self.no_color = not display.has_colors
        if display.is_light:
            from ncloud_integration.tui.themes import LIGHT

            self.register_theme(LIGHT)
            self.theme = LIGHT.name
        self._disable_tooltips = self._disable_notifications = True  # each screen would lay out a widget for either

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; a key or a paste wholly, before the next one is looked at.

        Textual forwards every key at once and runs most bindings when the key has bubbled up again, so that of
        `a Backspace b` in one read, b is typed before Backspace deletes.
        """
        if self._exception and isinstance(event, (events.Key, events.Paste)):
            return  # it ends: what was typed ahead would only be waited for
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self._press(event)
            await self._input_handled(event)
        elif isinstance(event, events.Paste) and not event.is_forwarded:
            target = self.focused or self.screen
            await super().on_event(event)
            await _effects(target)
            await self._input_handled(event)
        else:
            await super().on_event(event)
            if isinstance(event, events.Resize) and self._painter:
                self.action_redraw()

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

    def action_redraw(self) -> None:
        """Draw the whole screen anew, whatever the terminal shows."""
        self._painter = None
        self.screen.refresh()

    async def _input_handled(self, event: events.Event) -> None:
        """Show what a key or a paste has changed; while more of them wait, only as often as anybody could see.

        What is to be laid out anew is so before the next key: Tab goes by the places that fields have.
        """
        is_newest = isinstance(self._driver, TerminalDriver) and self._driver.newest_input is event
        is_due = is_newest or time.monotonic() - self._shown_at > _FRAME_SECONDS
        screen, before = self.screen, self._frames
        widgets = screen._compositor.visible_widgets.keys() - {screen}  # it does not lay itself out so
        is_moved = screen._layout_required or any(widget._layout_required for widget in widgets)
        if (is_due or is_moved) and self._running and not self.is_headless and not self._exception:
            for widget in widgets:
                widget._check_refresh()
            await has_caught_up(screen, screen._on_timer_update)
            if self._frames > before:
                self._shown_at = time.monotonic()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write what *renderable* changes; while the terminal is busy, nothing, and then all that has changed by then.

        Textual would write all of it, and with 30 frames before a slow link hold the event loop.
        """
        driver = self._driver
        is_drawn = self._running and not self._closed and not self._batch_count
        if not (
            is_drawn and isinstance(driver, TerminalDriver) and isinstance(renderable, (LayoutUpdate, ChopsUpdate))
        ):
            super()._display(screen, renderable)
        elif driver.is_busy:
            self._hold_frame()
        else:
            try:
                self._write_frame(driver, renderable)
            except Exception as error:  # noqa: BLE001 - as Textual's own: the app ends with it
                self._handle_exception(error)

    def _write_frame(self, driver: TerminalDriver, update: LayoutUpdate | ChopsUpdate) -> None:
        self._painter = self._painter or Painter(is_ascii=not self.terminal.is_utf8)
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        colors = _COLOR_SYSTEMS.get(self.console.color_system or "") if self.terminal.has_colors else None
        text = self._painter.paint(self.size, _runs(update), cursor, colors)
        if len(text) > _SYNCED_BYTES and self._sync_available:
            text = f"{SYNC_START}{text}{SYNC_END}"
        if text:
            driver.write(text)
            self._frames += 1

    def _hold_frame(self) -> None:
        if not self._is_frame_held:
            self._is_frame_held = True
            self.set_timer(_BUSY_POLL_SECONDS, self._release_frame)

    def _release_frame(self) -> None:
        self._is_frame_held = False
        if isinstance(self._driver, TerminalDriver) and self._driver.is_busy:
            self._hold_frame()
        else:
            self.screen.refresh()

    def get_line_filters(self) -> abc.Sequence[LineFilter]:
        """Return Textual's filters but its greys for no colours, and last one that lets no control character out."""
        filters = (each for each in super().get_line_filters() if not isinstance(each, Monochrome))
        return [*filters, _PRINTABLE_ONLY]

    def pause(self) -> None:
        """Stop the whole job, as the terminal does at Ctrl+Z, until the shell continues it."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.stop_job()

    @contextlib.contextmanager
    def handed_over(self) -> Iterator[None]:
        """Leave the terminal to another program, and take it back also after an error; cancelled, the app is ending."""
        failed: Exception | None = None
        with self.suspend():
            try:
                yield
            except Exception as error:  # noqa: BLE001 - Textual would not take the terminal back
                failed = error
        self._painter = None
        if failed:
            raise failed

    def fail(self, error: Exception) -> None:
        """End the app after *error*, which happened beside its screens; once they are being closed, it ends anyway."""
        if self.is_running:
            self._handle_exception(error)

    async def _shutdown(self) -> None:
        """End, and give the terminal back before that: Textual does not wait for its writer where ending breaks."""
        try:
            await super()._shutdown()
        finally:
            if self._driver:
                self._driver.close()

    def _fatal_error(self) -> None:
        """End the app after an error of its own; Textual's own report shows the values of local variables."""
        self.report(self._exception)
        self._close_messages_no_wait()

    def report(self, error: BaseException | None) -> None:
        """Note where the program broke, the first time that it does."""
        if error:
            self.crash_report = self.crash_report or crash.report(error)


async def has_caught_up(pump: MessagePump, then: Callable[[], None] | None = None) -> None:
    """Return when *pump* has handled what was posted to it up to now, or after a second if it never does.

    *then* is called in its place among what the pump handles: what is posted together is not taken apart.
    """
    done = asyncio.Event()

    def caught_up() -> None:
        done.set()
        if then:
            then()

    if pump.call_later(caught_up):
        try:
            await asyncio.wait_for(done.wait(), _KEY_SECONDS)
        except asyncio.TimeoutError:
            return


async def _effects(target: DOMNode) -> None:
    """Return when *target* has handled its input, and everything above it what bubbled up from that."""
    for node in target.ancestors_with_self:
        if not isinstance(node, App):
            await has_caught_up(node)


def _runs(update: LayoutUpdate | ChopsUpdate) -> Iterator[Run]:
    """Yield what Textual's *update* draws, as its own `render_segments` does."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield x, y, strip
                x += strip.cell_length
        return
    for y, first, last in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=True):
            if chop is not None and x <= last and end > first:
                is_whole = last > x >= first and end <= last
                yield x, y, chop if is_whole else chop.crop(0, min(end, last) - x)


class _PrintableOnly(LineFilter):
    """Takes out of drawn text whatever a terminal would obey; the screens show it in words where it matters."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's signature
        if not any(unprintable.search(segment.text) for segment in segments):
            return segments
        return [Segment(unprintable.sub("", segment.text), segment.style, segment.control) for segment in segments]


_PRINTABLE_ONLY = _PrintableOnly()
