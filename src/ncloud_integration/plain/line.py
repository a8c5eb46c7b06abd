"""A line while it is typed: what each key does to it, and what the terminal is to echo of that."""

from __future__ import annotations

import re
import unicodedata

from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.integration.text import LOAD_LIMIT

_KEYS = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f]+)"
    r"|(?P<end>\r|\n)"
    r"|(?P<sequence>\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^\[O]))"  # arrows, function keys: they do nothing here
    r"|(?P<control>[^\x1b])",
    re.DOTALL,
)
_ERASES, _CLEARS, _REPEATS, _ENDS_INPUT = "\x7f\b", "\x15", "\x0c\x12", "\x04"

_LIMIT = LOAD_LIMIT + 1
"""Characters of a line that are kept: one more than any field takes, so that it is told where some were left out."""


class Line:
    """A line that is being typed after *prompt*; what stands in it is echoed where it *is_shown*.

    Backspace erases a character, Ctrl+U all of them; Ctrl+L and Ctrl+R write the line anew; Ctrl+D in an empty line
    `is_end_of_input`. Other control characters stand in `text`, for the rules of the field to say that they are left
    out.
    """

    def __init__(self, prompt: str, *, is_shown: bool = True) -> None:
        self.text = ""
        self.is_ended = False
        self.is_end_of_input = False
        self._prompt = prompt
        self._is_shown = is_shown

    @property
    def written(self) -> str:
        """What the terminal shows of it."""
        return self._prompt + self._echo(self.text)

    def take(self, typed: str) -> tuple[str, int]:
        """Take keys from *typed* up to the end of the line; return what to echo, and how many characters were taken.

        The beginning of a key that is not wholly there is not taken.
        """
        echo, taken = "", 0
        while not self.is_ended and (key := _KEYS.match(typed, taken)):
            taken = key.end()
            echo += self._pressed(key.lastgroup or "", key.group())
        return echo, taken

    def _pressed(self, kind: str, key: str) -> str:
        """Do what *key* does, and return what to echo of it."""
        if kind == "sequence":
            return ""
        if kind == "end" or (key == _ENDS_INPUT and not self.text):
            self.is_ended, self.is_end_of_input = True, kind != "end"
            return "\n"
        if kind == "text" or key not in _ERASES + _CLEARS + _REPEATS + _ENDS_INPUT:
            added = key[: _LIMIT - len(self.text)]
            self.text += added
            return self._echo(added)
        if key in _ERASES:
            erased, self.text = self.text[-1:], self.text[:-1]
            return "\b \b" * sum(map(_width, self._echo(erased)))
        if key in _CLEARS:
            self.text = ""
        return "" if key in _ENDS_INPUT else f"\n{self.written}"

    def _echo(self, text: str) -> str:
        return unprintable.sub("", text.replace("\t", " ")) if self._is_shown else ""


def _width(character: str) -> int:
    """Return the cells that a terminal gives to *character*."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
