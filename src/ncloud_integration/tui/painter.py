"""What the terminal shows, cell by cell, and the shortest text that makes it show something else.

Bytes are what a slow link is made of: only cells that differ are written, a line that was pushed aside by a letter or
a screen that was scrolled is moved by the terminal itself, and colours are changed by what differs in them.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import count
from operator import ne
from typing import NamedTuple, Union

from rich.cells import split_graphemes
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style


class Pen(NamedTuple):
    """How characters are drawn: a bit for each of `_ATTRIBUTES`, and colours as SGR parameters, "" for the default."""

    attributes: int = 0
    foreground: str = ""
    background: str = ""


Cell = Union[tuple[str, Pen], None]
"""A character with its marks and how it is drawn; an empty text is the right half of a wide one, None is not known."""

Run = tuple[int, int, Iterable[Segment]]
"""Column and row, counted from 0, and what is drawn from there on."""

_ATTRIBUTES = (
    ("bold", "1", "22"),
    ("dim", "2", "22"),
    ("italic", "3", "23"),
    ("underline", "4", "24"),
    ("blink", "5", "25"),
    ("blink2", "6", "25"),
    ("reverse", "7", "27"),
    ("conceal", "8", "28"),
    ("strike", "9", "29"),
    ("underline2", "21", "24"),
    ("frame", "51", "54"),
    ("encircle", "52", "54"),
    ("overline", "53", "55"),
)
"""Rich's names, and the SGR parameters that turn each on and off (ECMA-48, 8.3.117)."""

_SHOWN_ON_BLANKS = sum(
    1 << bit
    for bit, (name, _, _) in enumerate(_ATTRIBUTES)
    if name in ("underline", "blink", "blink2", "reverse", "strike", "underline2", "frame", "encircle", "overline")
)

_BRIDGED = 4
"""Cells that are written again rather than skipped: a move costs as much."""

_SHIFTED_CELLS = 12
"""Cells, at least, that moving a line aside must save; less is not worth its own bytes."""

_SCROLLED_CELLS = 80
_SHIFTED_ROWS = 3
_MARGIN = slice(6, -1)
"""What two lines are recognised by: not the number before it, nor the scrollbar behind it."""

_FIRST_EMOJI = 0x1F000


class Painter:
    """Knows what stands in each cell of a terminal, where its cursor is and which pen it holds.

    A terminal may draw an emoji or a combined character wider or narrower than it is thought to be: a row that holds
    one is written whole, from its first column on, so that what follows it stands as it would without a painter.
    """

    def __init__(self) -> None:
        self._rows: list[list[Cell]] = []
        self._runs: list[dict[int, Iterable[Segment]]] = []
        self._pen: Pen | None = None
        self._at: tuple[int, int] | None = None
        self._cursor = (-1, -1)
        self._out: list[str] = []

    def forget(self, size: tuple[int, int] = (0, 0)) -> None:
        """Forget what the terminal shows, as of a terminal of *size* columns and rows that may show anything."""
        columns, rows = size
        self._rows = [[None] * columns for _ in range(rows)]
        self._runs = [{} for _ in range(rows)]
        self._pen = self._at = None
        self._cursor = (-1, -1)

    def paint(
        self, size: tuple[int, int], runs: Iterable[Run], cursor: tuple[int, int], colors: ColorSystem | None
    ) -> str:
        """Return what makes a terminal of *size* show *runs*, its own cursor at column and row of *cursor*.

        *colors* is what the terminal can show. Where nothing changes, the text is empty.
        """
        if size != self._size:
            self.forget(size)
        rows = self._composed(runs, colors)
        changed = {y: row for y, row in rows.items() if row != self._rows[y]}
        if len(changed) > _SHIFTED_ROWS:
            self._scroll(changed)
        for y, row in sorted(changed.items()):
            self._write_row(y, row)
            self._rows[y] = row
        if cursor != self._cursor or self._out:
            self._move(*cursor)
            self._cursor = cursor
        text = "".join(self._out)
        self._out.clear()
        return text

    @property
    def _size(self) -> tuple[int, int]:
        return len(self._rows[0]) if self._rows else 0, len(self._rows)

    # From runs to cells

    def _composed(self, runs: Iterable[Run], colors: ColorSystem | None) -> dict[int, list[Cell]]:
        """Return the rows that *runs* change, whole; a run that was painted before, the very same one, changes none."""
        rows: dict[int, list[Cell]] = {}
        columns, height = self._size
        for x, y, segments in runs:
            if not 0 <= y < height or self._runs[y].get(x) is segments:
                continue
            cells = _cells(segments, colors)[: columns - x]
            row = rows.setdefault(y, list(self._rows[y]))
            row[x : x + len(cells)] = cells
            known = {at: run for at, run in self._runs[y].items() if at < x or at >= x + len(cells)}
            left = max((at for at in known if at < x), default=None)
            if left is not None and left + _width(known[left]) > x:
                del known[left]
            known[x] = segments
            self._runs[y] = known
        return rows

    # From cells to text

    def _write_row(self, y: int, new: list[Cell]) -> None:
        old = self._rows[y]
        is_doubtful = _is_doubtful(old) or _is_doubtful(new)
        old = [None] * len(new) if is_doubtful else self._shifted_aside(y, old, new)
        end = None
        for x, cell in enumerate(new):
            if cell is None or cell == old[x]:
                continue
            if end is None:
                self._move(x, y)
            elif end < x and not self._bridge(new[end:x]):
                self._at = None if is_doubtful else (end, y)
                self._move(x, y)
            self._write(cell)
            end = x + 1
        if end is not None:
            self._at = None if is_doubtful or end == len(new) else (end, y)

    def _bridge(self, gap: Sequence[Cell]) -> bool:
        """Write *gap* again where that is no longer than a move over it."""
        if len(gap) > _BRIDGED or any(cell is None or not self._is_at_hand(cell) for cell in gap):
            return False
        self._out.extend(cell[0] for cell in gap if cell)
        return True

    def _is_at_hand(self, cell: tuple[str, Pen]) -> bool:
        """Return whether *cell* can be written with the pen as it is: of a blank, only the background is seen."""
        text, pen = cell
        if self._pen == pen:
            return True
        return (
            text == " "
            and self._pen is not None
            and self._pen.background == pen.background
            and not (self._pen.attributes | pen.attributes) & _SHOWN_ON_BLANKS
        )

    def _write(self, cell: tuple[str, Pen]) -> None:
        text, pen = cell
        if not self._is_at_hand(cell):
            self._out.append(_change(self._pen, pen))
            self._pen = pen
        self._out.append(text)

    def _move(self, x: int, y: int) -> None:
        at, self._at = self._at, (x, y)
        if at != (x, y):
            self._out.append(_way(at, x, y))

    # What the terminal can move by itself

    def _shifted_aside(self, y: int, old: list[Cell], new: list[Cell]) -> list[Cell]:
        """Have the terminal push the rest of a row aside where that brings it nearer to *new*; return what it holds."""
        differing = [x for x, (before, after) in enumerate(zip(old, new, strict=True)) if before != after and after]
        if len(differing) <= _SHIFTED_CELLS or None in new or not _is_narrow(old) or not _is_narrow(new):
            return old
        x = differing[0]
        inserted = [*old[:x], None, *old[x:-1]]
        deleted = [*old[:x], *old[x + 1 :], None]
        best = min(inserted, deleted, key=lambda row: sum(map(ne, row, new)))
        if sum(map(ne, best, new)) > len(differing) - _SHIFTED_CELLS:
            return old
        self._move(x, y)
        self._out.append("\x1b[@" if best is inserted else "\x1b[P")
        return best

    def _scroll(self, changed: dict[int, list[Cell]]) -> None:
        """Have the terminal scroll the rows that moved up or down together, where that leaves less to write."""
        lines: dict[tuple[Cell, ...], int] = {}
        for y in range(min(changed), max(changed) + 1):
            lines.setdefault(tuple(self._rows[y][_MARGIN]), y)
        found = {y: lines.get(tuple(row[_MARGIN])) for y, row in changed.items() if len(set(row[_MARGIN])) > 1}
        offsets = Counter(old - y for y, old in found.items() if old is not None)
        offset, rows = max(offsets.items(), key=lambda item: item[1], default=(0, 0))
        if not offset or rows < _SHIFTED_ROWS:
            return
        moved = [y for y, old in found.items() if old is not None and old - y == offset]
        top, bottom = min(moved) + min(offset, 0), max(moved) + max(offset, 0)
        held = self._rows[top : bottom + 1]
        blank: list[list[Cell]] = [[None] * len(held[0]) for _ in range(abs(offset))]
        shifted = [*held[offset:], *blank] if offset > 0 else [*blank, *held[:offset]]
        wanted = [changed.get(y, self._rows[y]) for y in range(top, bottom + 1)]
        if _differing(held, wanted) - _differing(shifted, wanted) < _SCROLLED_CELLS:
            return
        self._out.append(
            f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H\x1b[{abs(offset)}{'M' if offset > 0 else 'L'}\x1b[r"
        )
        self._at = None
        self._rows[top : bottom + 1] = shifted
        changed.update(zip(count(top), wanted))


def _cells(segments: Iterable[Segment], colors: ColorSystem | None) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, control in segments:
        if control:
            continue
        pen = _pen(style, colors)
        if text.isascii():
            cells += [(character, pen) for character in text]
            continue
        for start, end, width in split_graphemes(text)[0]:
            if width:
                cells.append((text[start:end], pen))
                cells += [("", pen)] * (width - 1)
            elif cells and cells[-1]:
                at = -1 if cells[-1][0] or len(cells) == 1 else -2
                before = cells[at]
                cells[at] = ((before[0] if before else "") + text[start:end], pen)
    return cells


def _width(segments: Iterable[Segment]) -> int:
    return sum(segment.cell_length for segment in segments)


def _is_narrow(row: Sequence[Cell]) -> bool:
    """Return whether every character of *row* takes one cell."""
    return all(cell is None or cell[0] for cell in row)


def _is_doubtful(row: Sequence[Cell]) -> bool:
    """Return whether terminals may disagree on how wide *row* is."""
    return any(cell and not cell[0].isascii() and (len(cell[0]) > 1 or ord(cell[0]) >= _FIRST_EMOJI) for cell in row)


def _differing(before: Sequence[Sequence[Cell]], after: Sequence[Sequence[Cell]]) -> int:
    return sum(sum(map(ne, old, new)) for old, new in zip(before, after, strict=True))


@functools.lru_cache(maxsize=1024)
def _pen(style: Style | None, colors: ColorSystem | None) -> Pen:
    if style is None:
        return Pen()
    attributes = sum(1 << bit for bit, (name, _, _) in enumerate(_ATTRIBUTES) if getattr(style, name))
    system = colors or ColorSystem.TRUECOLOR
    return Pen(attributes, _codes(style.color, system, "39"), _codes(style.bgcolor, system, "49"))


def _codes(color: Color | None, system: ColorSystem, default: str) -> str:
    if color is None:
        return ""
    codes = ";".join(color.downgrade(system).get_ansi_codes(foreground=default == "39"))
    return "" if codes == default else codes


@functools.lru_cache(maxsize=1024)
def _change(old: Pen | None, new: Pen) -> str:
    """Return the SGR sequence that makes *new* of *old*: from nothing, or by what differs, whichever is shorter."""
    on = [code for bit, (_, code, _) in enumerate(_ATTRIBUTES) if new.attributes >> bit & 1]
    anew = ";".join(["0", *on, *filter(None, (new.foreground, new.background))])
    if old is None:
        return f"\x1b[{anew}m"
    gone = {off for bit, (_, _, off) in enumerate(_ATTRIBUTES) if old.attributes & ~new.attributes & 1 << bit}
    come = [
        code
        for bit, (_, code, off) in enumerate(_ATTRIBUTES)
        if new.attributes >> bit & 1 and (off in gone or not old.attributes >> bit & 1)
    ]
    parts = [*sorted(gone), *come]
    if old.foreground != new.foreground:
        parts.append(new.foreground or "39")
    if old.background != new.background:
        parts.append(new.background or "49")
    changes = ";".join(parts)
    if new == Pen():
        return "\x1b[m"
    return f"\x1b[{changes}m" if len(changes) <= len(anew) else f"\x1b[{anew}m"


def _way(at: tuple[int, int] | None, x: int, y: int) -> str:
    """Return the shortest way from *at* to column *x* of row *y*; from an unknown place only the whole address does."""
    ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"]
    if at and at[1] == y:
        distance = x - at[0]
        number = "" if abs(distance) == 1 else str(abs(distance))
        ways += [f"\x1b[{x + 1}G", f"\x1b[{number}{'C' if distance > 0 else 'D'}"]
        ways += ["\b" * -distance] if -3 <= distance < 0 else []
        ways += ["\r"] if not x else []
    elif at and at[0] == x:
        distance = y - at[1]
        number = "" if abs(distance) == 1 else str(abs(distance))
        ways.append(f"\x1b[{number}{'B' if distance > 0 else 'A'}")
    return min(ways, key=len)
