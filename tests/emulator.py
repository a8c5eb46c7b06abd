"""A terminal emulator that is as strict as real terminals are, where pyte is lenient or mistaken.

Half of an overwritten wide character goes with the other half, cells that a terminal makes room for take the background
of the moment, and a cell that nobody has written shows that it was forgotten. What a program has no business to send
fails. Widths are Rich's, for all of Textual stands on them, unless `measure` says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pyte
from pyte import modes
from rich.cells import split_graphemes

NOT_FOR_PYTE = re.compile(r"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\]8;[^\x1b]*\x1b\\")
"""What pyte takes for text or for something else: the kitty keyboard's modes, questions to the terminal, links."""

_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 5: "blink", 6: "blink2", 7: "reverse", 8: "conceal"}
_ON |= {9: "strike", 21: "underline2", 51: "frame", 52: "encircle", 53: "overline"}
_OFF = {22: {"bold", "dim"}, 23: {"italic"}, 24: {"underline", "underline2"}, 25: {"blink", "blink2"}, 27: {"reverse"}}
_OFF |= {28: {"conceal"}, 29: {"strike"}, 54: {"frame", "encircle"}, 55: {"overline"}}
_UNSEEN_ON_BLANKS = {"bold", "dim", "italic", "conceal"}
_COLOURS = {"5": 2, "2": 4}


class Look(NamedTuple):
    """How a cell is drawn: colours as SGR parameters, "" for the default."""

    foreground: str = ""
    background: str = ""
    attributes: frozenset[str] = frozenset()


class Cell(NamedTuple):
    """What stands in a cell; the right half of a wide character has an empty text and no width."""

    text: str = " "
    look: Look = Look()
    width: int = 1

    @property
    def seen(self) -> tuple[object, ...]:
        """What a person sees of it: of a blank, its background alone; a narrow character is not widened."""
        if self.text == " " and not self.look.attributes - _UNSEEN_ON_BLANKS:
            return (" ", self.look.background)
        return (self.text if self.width > 1 else self.text.replace("\ufe0f", ""), *self.look)


FORGOTTEN = Cell("\N{LIGHT SHADE}", Look("35"))
"""What stands where nothing was written since the size changed."""

Measure = Callable[[str], Iterable[tuple[int, int, int]]]


def as_rich(text: str) -> Iterable[tuple[int, int, int]]:
    """Yield start, end and cells of each character of *text* with its marks."""
    return split_graphemes(text)[0]


class Emulator(pyte.Screen):
    """A screen of *columns* and *lines*; `feed` takes what a program writes."""

    def __init__(self, columns: int, lines: int, measure: Measure = as_rich) -> None:
        self.rows: list[list[Cell]] = [[FORGOTTEN] * columns for _ in range(lines)]
        self._look = Look()
        self._measure = measure
        super().__init__(columns, lines)
        self._stream = pyte.Stream(self)

    def feed(self, text: str) -> None:
        """Show what *text* makes of the screen."""
        self._stream.feed(NOT_FOR_PYTE.sub("", text))

    def cells(self) -> list[list[tuple[object, ...]]]:
        """Return what a person sees, cell by cell."""
        return [[cell.seen for cell in row] for row in self.rows]

    @property
    def position(self) -> tuple[int, int]:
        """Column and row of the cursor; behind the last column, it stands on it."""
        return min(self.cursor.x, self.columns - 1), self.cursor.y

    @property
    def display(self) -> list[str]:
        """The rows as text."""
        return ["".join(cell.text for cell in row) for row in self.rows]

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        """Change the size; nobody knows what the terminal shows then."""
        self.lines, self.columns = lines or self.lines, columns or self.columns
        self.rows = [[FORGOTTEN] * self.columns for _ in range(self.lines)]
        self.margins = None
        self.ensure_hbounds()
        self.ensure_vbounds()

    # Text

    def draw(self, data: str) -> None:
        """Write *data* with the pen of the moment."""
        if data.isascii():
            for character in data:
                self._put(character, 1)
        else:
            for start, end, width in self._measure(data):
                self._put(data[start:end], width)

    def _put(self, text: str, width: int) -> None:
        if not width:
            self._attach(text)
            return
        if self.cursor.x + width > self.columns:
            self._make_room(width)
        row, x = self.rows[self.cursor.y], self.cursor.x
        row[x : x + width] = [Cell(text, self._look, width), *[Cell("", self._look, 0)] * (width - 1)]
        _mend(row, x)
        _mend(row, x + width)
        self.cursor.x += width

    def _make_room(self, width: int) -> None:
        assert self.cursor.x == self.columns or width == 1, "half of a wide character stands beyond the last column"
        if modes.DECAWM in self.mode:
            self.carriage_return()
            self.linefeed()
        else:
            self.cursor.x = self.columns - width

    def _attach(self, mark: str) -> None:
        """Add a *mark* to the character before the cursor."""
        row, x = self.rows[self.cursor.y], self.cursor.x - 1
        if x > 0 and not row[x].text:
            x -= 1
        if x >= 0:
            row[x] = row[x]._replace(text=row[x].text + mark)

    def select_graphic_rendition(self, *codes: int, **_: object) -> None:
        """Change the pen."""
        parameters = [str(code) for code in codes or (0,)]
        while parameters:
            code = int(parameters.pop(0))
            if code in (38, 48):
                count = _COLOURS[parameters[0]]
                self._colour(code, ";".join([str(code), *parameters[:count]]))
                del parameters[:count]
            elif code in _ON:
                self._look = self._look._replace(attributes=self._look.attributes | {_ON[code]})
            elif code in _OFF:
                self._look = self._look._replace(attributes=self._look.attributes - _OFF[code])
            elif code == 0:
                self._look = Look()
            else:
                self._colour(code, "" if code in (39, 49) else str(code))

    def _colour(self, code: int, colour: str) -> None:
        is_background = 40 <= code <= 49 or 100 <= code <= 107
        assert is_background or 30 <= code <= 39 or 90 <= code <= 97, f"SGR {code}"
        self._look = self._look._replace(background=colour) if is_background else self._look._replace(foreground=colour)

    # What a terminal does by itself: the cells that come into being take the background of the moment

    def insert_characters(self, count: int | None = None) -> None:
        """Push the rest of the row aside."""
        row, x = self.rows[self.cursor.y], self.position[0]
        row[x:] = [*self._blanks(count or 1), *row[x:]][: self.columns - x]
        for edge in (x, x + (count or 1), self.columns):
            _mend(row, edge)

    def delete_characters(self, count: int | None = None) -> None:
        """Draw the rest of the row nearer."""
        row, x = self.rows[self.cursor.y], self.position[0]
        row[x:] = [*row[x + (count or 1) :], *self._blanks(self.columns)][: self.columns - x]
        _mend(row, x)

    def insert_lines(self, count: int | None = None) -> None:
        """Push the rest of the scrolling region down."""
        top, bottom = self.cursor.y, self._bottom()
        blank = [self._blanks(self.columns) for _ in range(count or 1)]
        self.rows[top : bottom + 1] = [*blank, *self.rows[top : bottom + 1]][: bottom + 1 - top]
        self.carriage_return()

    def delete_lines(self, count: int | None = None) -> None:
        """Draw the rest of the scrolling region up."""
        top, bottom = self.cursor.y, self._bottom()
        blank = [self._blanks(self.columns) for _ in range(bottom + 1 - top)]
        self.rows[top : bottom + 1] = [*self.rows[top + (count or 1) : bottom + 1], *blank][: bottom + 1 - top]
        self.carriage_return()

    def set_margins(self, top: int | None = None, bottom: int | None = None, **_: object) -> None:
        """Set the scrolling region; the cursor goes home, also where there is to be none any more."""
        first, last = (top or 1) - 1, (bottom or self.lines) - 1
        assert first < last < self.lines, f"no scrolling region: {top};{bottom}"
        self.margins = None if (first, last) == (0, self.lines - 1) else pyte.screens.Margins(first, last)
        self.cursor_position()

    def set_mode(self, *which: int, **how: bool) -> None:
        """Set modes; the alternate screen comes empty."""
        super().set_mode(*which, **how)
        if 1049 in which:
            self.rows = [[Cell()] * self.columns for _ in range(self.lines)]

    def index(self) -> None:
        """Go down a row."""
        assert self.cursor.y < self._bottom(), "the screen was scrolled by a line feed"
        self.cursor.y += 1

    def cursor_forward(self, count: int | None = None) -> None:
        """Go right."""
        self.ensure_hbounds()
        super().cursor_forward(count)

    def cursor_up(self, count: int | None = None) -> None:
        """Go up."""
        self.ensure_hbounds()
        super().cursor_up(count)

    def cursor_down(self, count: int | None = None) -> None:
        """Go down."""
        self.ensure_hbounds()
        super().cursor_down(count)

    def erase_characters(self, count: int | None = None) -> None:
        """Fail: not every terminal gives the erased cells the background of the moment."""
        raise AssertionError(f"ECH {count}")

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        """Fail, for the same reason."""
        raise AssertionError(f"EL {how} {private}")

    def erase_in_display(self, how: int = 0, *_: object, **__: object) -> None:
        """Clear the screen."""
        assert how == 2, f"ED {how}"
        self.rows = [self._blanks(self.columns) for _ in range(self.lines)]

    def debug(self, *args: object, **_: object) -> None:
        """Fail: this is nothing that pyte knows."""
        raise AssertionError(f"an unknown sequence: {args}")

    def _bottom(self) -> int:
        return self.margins.bottom if self.margins else self.lines - 1

    def _blanks(self, count: int) -> list[Cell]:
        return [Cell(" ", Look("", self._look.background))] * count


def _mend(row: list[Cell], edge: int) -> None:
    """Blank what is only half of a wide character on either side of the *edge* before a cell."""
    is_open = 0 < edge <= len(row) and row[edge - 1].width == 2
    is_continued = edge < len(row) and row[edge].width == 0
    if is_open and not is_continued:
        row[edge - 1] = Cell(" ", row[edge - 1].look)
    if is_continued and not is_open:
        row[edge] = Cell(" ", row[edge].look)


def shown(rows: Iterable[Iterable[tuple[object, ...]]]) -> str:
    """Return the characters of *rows* for a person to read."""
    return "\n".join("".join(str(cell[0]) for cell in row) for row in rows)
