"""Telling what was pasted from what was typed, in what a terminal sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

START, END = "\x1b[200~", "\x1b[201~"

KEY_SECONDS = 0.1
"""How long a beginning of a mark is waited on before it is a key."""

PASTE_SECONDS = 3.0
"""How long a paste may pause before it counts as broken off: a slow link pauses, too."""


class Pasted(NamedTuple):
    """A text that stood between the two marks of a bracketed paste, all of it text whatever it looks like."""

    text: str


class PasteReader:
    """Splits a terminal's input, in pieces of any size, into keys (a `str`) and pastes.

    Textual's own parser reads escape sequences inside a paste as keys: a text with an F8 in it would press Next.
    """

    def __init__(self) -> None:
        self._held = ""
        self._pasted: list[str] | None = None

    def feed(self, received: str) -> Iterator[str | Pasted]:
        """Yield what *received* completes; what may be the beginning of a mark is held back."""
        rest = self._held + received
        while rest:
            mark = START if self._pasted is None else END
            before, found, after = rest.partition(mark)
            held = "" if found else _beginning_at_end(before, mark)
            complete = before[: len(before) - len(held)]
            if self._pasted is not None:
                self._pasted.append(complete)
            elif complete:
                yield complete
            if not found:
                self._held = held
                return
            if self._pasted is None:
                self._pasted = []
            else:
                yield Pasted("".join(self._pasted))
                self._pasted = None
            rest = after
        self._held = ""

    def is_waiting(self, quiet_seconds: float) -> bool:
        """Return whether something is held back and has been for long enough that nothing will follow."""
        if self._pasted is not None:
            return quiet_seconds >= PASTE_SECONDS
        return bool(self._held) and quiet_seconds >= KEY_SECONDS

    def flush(self) -> Iterator[str | Pasted]:
        """Yield what was held back, for nothing has followed it: a lone Escape, or a paste that broke off."""
        held, self._held = self._held, ""
        if self._pasted is not None:
            pasted, self._pasted = "".join(self._pasted) + held, None
            yield Pasted(pasted)
        elif held:
            yield held


def _beginning_at_end(text: str, mark: str) -> str:
    """Return the longest beginning of *mark* that *text* ends in."""
    return next((mark[:length] for length in range(len(mark) - 1, 0, -1) if text.endswith(mark[:length])), "")
