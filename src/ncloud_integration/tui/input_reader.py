"""Telling keys, escape sequences and pastes apart in what a terminal sends, however a slow link cuts it up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, Union

ESCAPE, START, END = "\x1b", "\x1b[200~", "\x1b[201~"

ESCAPE_SECONDS = 0.5
"""How long an Escape is waited on that may begin a sequence: it only closes dialogs, and readline waits as long."""

SEQUENCE_SECONDS = 3.0
"""How long the rest of a sequence is waited on that has surely begun: nothing else begins like that."""

LATE_SECONDS = 3.0
"""How long after a beginning was given up its rest is still known as such, and not typed."""

PASTE_SECONDS = 3.0
"""How long a paste may pause before it counts as broken off: a slow link pauses, too."""

_LENGTH_LIMIT = 64

_COMPLETE = re.compile(
    r"""\x1b(?:
        \[\[[\s\S]                          # a function key of the Linux console
      | \[M[\s\S]{3}                        # a mouse of old
      | \[[0-9]+\$                          # Shift and a key, in rxvt
      | \[(?![\[M])[0-?]*[\ -/]*[@-~]       # ECMA-48, 5.4
      | O[0-9;]*[@-~]                       # a keypad
      | [bf\t\x7f]                          # what terminals send for Alt with Left, Right, Backspace; Shift+Tab
    )""",
    re.VERBOSE,
)
_BEGUN = re.compile(r"\x1b(?:\[(?:\[|M[\s\S]{0,2}|[0-?]*[ -/]*)|O[0-9;]*)?")
_LATE = re.compile(
    r"\x1b(?:\[(?:\[[A-E]|M[\s\S]{3}|[A-IO-SZa-d]|<?[0-9;:]+[A-IMO-SZa-dmp-y~^$@]|\?[0-9;]*\$y)|O[0-9;]*[A-DFHMP-Sa-d])"
)
"""What keys send: of what comes late and may have been typed, nothing else is taken for the rest of a sequence."""


class Typed(NamedTuple):
    """Characters, each a key of its own; none is an Escape."""

    text: str


class Sequence(NamedTuple):
    """A complete escape sequence, or a lone Escape."""

    text: str


class Pasted(NamedTuple):
    """A text that stood between the two marks of a bracketed paste, all of it text whatever it looks like."""

    text: str


Part = Union[Typed, Sequence, Pasted]


class InputReader:
    """Splits a terminal's input, in pieces of any size, into parts; times are in seconds.

    A sequence that has begun is held back until its rest has come: Textual waits a tenth of a second and then takes F8
    for an Escape and four letters. It also reads sequences inside a paste as keys: a text with an F8 in it would press
    Next.
    """

    def __init__(self) -> None:
        self._held = ""
        self._since = 0.0
        self._lost = ""
        self._lost_at = 0.0
        self._pasted: list[str] = []
        self._is_pasting = False

    def feed(self, received: str, now: float) -> Iterator[Part]:
        """Yield what *received* completes at the time *now*; what may go on is held back."""
        self._since = now
        rest, self._held = self._held + received, ""
        if self._lost and rest:
            rest = self._without_late_rest(rest, now)
        while rest:
            part, rest = self._more_pasted(rest) if self._is_pasting else self._typed(rest)
            if part:
                yield part

    def overdue(self, now: float) -> Iterator[Part]:
        """Yield what was held back for so long by *now* that nothing will follow: an Escape, a paste that broke off."""
        quiet = now - self._since
        if self._is_pasting:
            if quiet >= PASTE_SECONDS:
                self._lose(now)
                yield self._take_paste()
        elif self._held and quiet >= (ESCAPE_SECONDS if self._lost or self._held == ESCAPE else SEQUENCE_SECONDS):
            lost, held = self._lost, self._held
            self._lose(now)
            if lost:
                self._lost = ""
            if lost == ESCAPE:
                yield Typed(held)
            elif held == ESCAPE:
                yield Sequence(ESCAPE)

    def _lose(self, now: float) -> None:
        self._lost, self._held, self._lost_at = self._held, "", now

    def _without_late_rest(self, text: str, now: float) -> str:
        """Return *text* without what was to follow the beginning that was given up; a paste still begins.

        What may become that is held back.
        """
        late, is_in_time = self._lost + text, now - self._lost_at < LATE_SECONDS
        found = _LATE.match(late) if is_in_time else None
        if is_in_time and not found and _BEGUN.fullmatch(late):
            self._held = text
            return ""
        self._lost = ""
        if not found:
            return text
        return late if found.group() == START else late[found.end() :]

    def _typed(self, text: str) -> tuple[Part | None, str]:
        """Return the first part of *text*, if it is complete, and the rest of it."""
        typed = text.partition(ESCAPE)[0]
        if typed:
            return Typed(typed), text[len(typed) :]
        found = _COMPLETE.match(text)
        if found and found.group() == START:
            self._is_pasting = True
            return None, text[found.end() :]
        if found:
            return Sequence(found.group()) if found.group() != END else None, text[found.end() :]
        begun = _begun(text)
        if begun == text and len(text) < _LENGTH_LIMIT:
            self._held = text
            return None, ""
        return Sequence(ESCAPE) if begun == ESCAPE else None, text[len(begun) :]

    def _more_pasted(self, text: str) -> tuple[Part | None, str]:
        """Add *text* to the paste; return that if it is complete, and the rest of the text."""
        before, found, after = text.partition(END)
        self._held = "" if found else _beginning_at_end(before)
        self._pasted.append(before[: len(before) - len(self._held)])
        return self._take_paste() if found else None, after

    def _take_paste(self) -> Pasted:
        pasted = Pasted("".join(self._pasted))
        self._pasted.clear()
        self._is_pasting = False
        return pasted


def _begun(text: str) -> str:
    """Return what of *text*, which starts with an Escape, may be the beginning of a sequence."""
    found = _BEGUN.match(text)
    return found.group() if found else ""


def _beginning_at_end(text: str) -> str:
    """Return the longest beginning of the mark after a paste that *text* ends in."""
    return next((END[:length] for length in range(len(END) - 1, 0, -1) if text.endswith(END[:length])), "")
