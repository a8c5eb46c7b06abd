"""What comes from a terminal and goes to it: any bytes are keys or nothing, and no text is a command to it."""

from __future__ import annotations

import os
import re
import threading
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Offset, Size
from textual.message import Message
from textual.strip import Strip

from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.tui.painter import Painter
from ncloud_integration.tui.terminal import _PRINTABLE_ONLY, TerminalDriver

OWN_SEQUENCES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1bM|[\r\n\x08]")
"""What the painter moves the cursor with, scrolls and colours."""

ESCAPES = ["\x1b", "\x1b[", "\x1bO", "\x1b[200~", "\x1b[201~", "\x1b[<", "\x1b]52;", "\x07"]
MARKS = st.sampled_from([*ESCAPES, ";", "M", "u", "~", "R", "9" * 30])
INPUT = st.lists(st.binary() | MARKS.map(str.encode) | st.text().map(str.encode))
AWKWARD = "a가\x00\x07\x1b\x9b\x9d\u200b\u202e\u0301\ufe0f"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.text(AWKWARD)


class FedDriver(TerminalDriver):
    """A driver that is fed *pieces*, and keeps what it makes of them."""

    def __init__(self, pieces: list[bytes], descriptor: int) -> None:
        self._pieces = pieces
        self.fileno = descriptor
        self.exit_event = threading.Event()
        self._debug = False
        self.messages: list[Message] = []

    def _read(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    def process_message(self, message: Message) -> None:
        self.messages.append(message)


@given(INPUT)
def test_any_bytes_from_a_terminal_are_keys_or_nothing(pieces: list[bytes]) -> None:
    reading, writing = os.pipe()
    os.close(writing)  # it can be read from at any time
    try:
        with mock.patch("os.kill") as killed:
            driver = FedDriver([piece for piece in pieces if piece], reading)
            driver.run_input_thread()
    finally:
        os.close(reading)
    killed.assert_called_once()
    assert driver._pieces == []
    assert all(isinstance(message, (events.Event, Message)) for message in driver.messages)


@given(st.lists(st.tuples(ANY_TEXT, st.sampled_from([None, Style(bold=True), Style(color="red")]))))
def test_no_text_is_a_command_to_the_terminal(texts: list[tuple[str, Style | None]]) -> None:
    segments = [Segment(text, style) for text, style in texts]
    strip = Strip(_PRINTABLE_ONLY.apply(segments, Color(0, 0, 0)))
    written = Painter().paint(Size(40, 2), [(0, 0, strip)], Offset(0, 1), ColorSystem.EIGHT_BIT)
    assert not unprintable.search(OWN_SEQUENCES.sub("", written))
