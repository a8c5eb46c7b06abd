"""What the terminal shows, cell by cell, and the shortest text that makes it show something else.

Bytes are what a slow link is made of: only cells that differ are written, a line that was pushed aside by a letter or
a screen that was scrolled is moved by the terminal itself, and colours are changed by what differs in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from operator import ne

from rich.color import ColorSystem
from rich.segment import Segment

from ncloud_integration.tui.cells import (
    Cell,
    Pen,
    cells_of,
    change,
    is_agreed,
    is_doubtful,
    is_half,
    is_plain,
    lay,
    pen_for,
)

Run = tuple[int, int, Iterable[Segment]]
"""Column and row, counted from 0, and what is drawn from there on."""

_UNKNOWN = -1
"""The cursor's column where the terminal alone knows it."""

_BRIDGED = 4
"""Cells that are written again rather than skipped: a move costs as much."""

_SHIFTED_CELLS = 12
"""Cells, at least, that moving a line aside must save; less is not worth its own bytes."""

_SCROLLED_CELLS = 80
_SHIFTED_ROWS = 3
_MARGIN = slice(6, -2)
"""What two lines are recognised by: not the number before it, nor the scrollbar behind it."""


class Painter:
    """Knows what stands in each cell of a terminal, where its cursor is and which pen it holds.

    One that *is_ascii* gets nothing else.

    A terminal may draw an emoji or a combined character wider or narrower than it is thought to be: such a one is
    written onto blanks, and what follows it is written again, in its own column.
    """

    def __init__(self, *, is_ascii: bool = False) -> None:
        self._is_ascii = is_ascii
        self._rows: list[list[Cell]] = []
        self._runs: list[dict[int, Iterable[Segment]]] = []
        self._pen: Pen | None = None
        self._at: tuple[int, int] | None = None
        self._is_exact = True
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

        *colors* is what the terminal can show, if it can show any. Where nothing changes, the text is empty.
        """
        if size != self._size:
            self.forget(size)
        self._at = None  # another program may have written since
        rows = self._composed(runs, colors)
        changed = {y: row for y, row in rows.items() if row != self._rows[y]}
        if len(changed) > _SHIFTED_ROWS:
            self._scroll(changed)
        for y, row in sorted(changed.items(), key=lambda item: (item[0] == cursor[1], item[0])):
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
            if not (x < columns and y < height) or self._runs[y].get(x) is segments:
                continue
            row = rows.setdefault(y, list(self._rows[y]))
            end = lay(row, x, cells_of(segments, colors, is_ascii=self._is_ascii))
            known = {at: run for at, run in self._runs[y].items() if at < x or at >= end}
            left = max((at for at in known if at < x), default=None)
            if left is not None and left + _width(known[left]) > x:
                del known[left]
            known[x] = segments
            self._runs[y] = known
        return rows

    # From cells to text

    def _write_row(self, y: int, new: list[Cell]) -> None:
        old = list(self._shifted_aside(y, self._rows[y], new))
        for x, cell in enumerate(new):
            if cell is None or not cell[0]:
                continue
            end = x + 2 if is_half(new, x + 1) else x + 1
            if new[x:end] == old[x:end]:
                continue
            if not self._bridge(x, y, new):
                self._move(x, y)
            if is_doubtful(cell[0]):
                self._write_apart(cell, x, y, end)
                old[end : x + 2 * len(cell[0])] = [None] * len(old[end : x + 2 * len(cell[0])])
            else:
                self._write(cell)
                self._is_exact = self._is_exact and is_agreed(cell[0])
                self._at = (end, y) if end < len(new) else (_UNKNOWN, y)

    def _bridge(self, x: int, y: int, row: Sequence[Cell]) -> bool:
        """Write again what stands before column *x*, where that is no longer than a move over it."""
        at = self._at[0] if self._at and self._at[1] == y else _UNKNOWN
        gap = row[at:x]
        if not max(0, x - _BRIDGED) <= at <= x or (gap and not self._is_exact):
            return False
        if not all(cell and cell[0] and cell[0].isascii() and self._is_at_hand(cell) for cell in gap):
            return False
        self._out.extend(cell[0] for cell in gap if cell)
        return True

    def _write_apart(self, cell: tuple[str, Pen], x: int, y: int, end: int) -> None:
        """Write what may take more cells than those up to *end*, or fewer."""
        if end - x > 1:
            self._write(("  ", cell[1]))
            self._at = (_UNKNOWN, y)
            self._move(x, y)
        self._write(cell)
        self._at = (_UNKNOWN, y)

    def _is_at_hand(self, cell: tuple[str, Pen]) -> bool:
        """Return whether *cell* can be written with the pen as it is."""
        return pen_for(*cell, self._pen) == self._pen

    def _write(self, cell: tuple[str, Pen]) -> None:
        pen = pen_for(*cell, self._pen)
        if pen != self._pen:
            self._out.append(change(self._pen, pen))
            self._pen = pen
        self._out.append(cell[0])

    def _move(self, x: int, y: int) -> None:
        at = self._at if self._is_exact or not self._at else (_UNKNOWN, self._at[1])
        if at != (x, y):
            self._out.append(_way(at, x, y))
        self._at, self._is_exact = (x, y), True

    # What the terminal can move by itself

    def _shifted_aside(self, y: int, old: list[Cell], new: list[Cell]) -> list[Cell]:
        """Have the terminal push the rest of a row aside where that brings it nearer to *new*; return what it holds."""
        differing = [x for x, (before, after) in enumerate(zip(old, new, strict=True)) if before != after and after]
        if len(differing) <= _SHIFTED_CELLS or None in new or not is_plain(old) or not is_plain(new):
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
        first, last = min(changed), max(changed)
        before = self._rows[first : last + 1]
        after = [changed.get(y, self._rows[y]) for y in range(first, last + 1)]
        offset, moved = _shift(before, after)
        if len(moved) < _SHIFTED_ROWS:
            return
        top, end = moved[0] + min(offset, 0), moved[-1] + max(offset, 0) + 1
        regions = [(above, below) for above in {max(top - 1, 0), top} for below in {end, min(end + 1, len(after))}]
        saved, (top, end) = max((_saved(before, after, offset, region), region) for region in regions)
        if saved < _SCROLLED_CELLS:
            return
        lines = f"{abs(offset) if abs(offset) > 1 else ''}{'M' if offset > 0 else 'L'}"
        self._out.append(f"\x1b[{first + top + 1};{first + end}r\x1b[{first + top + 1}H\x1b[{lines}\x1b[r")
        self._at = None
        self._rows[first + top : first + end] = _shifted(before[top:end], offset)
        changed.update(zip(count(first + top), after[top:end]))


def _saved(before: Sequence[list[Cell]], after: Sequence[list[Cell]], offset: int, region: tuple[int, int]) -> int:
    """Return how many cells less have to be written once the rows of *region* were moved up by *offset*."""
    held, wanted = before[slice(*region)], after[slice(*region)]
    return _differing(held, wanted) - _differing(_shifted(held, offset), wanted)


def _shifted(rows: Sequence[list[Cell]], offset: int) -> list[list[Cell]]:
    """Return *rows* moved up by *offset*; nothing is known of those that come in."""
    blank: list[list[Cell]] = [[None] * len(rows[0]) for _ in range(abs(offset))]
    return [*rows[offset:], *blank] if offset > 0 else [*blank, *rows[:offset]]


def _shift(before: Sequence[list[Cell]], after: Sequence[list[Cell]]) -> tuple[int, list[int]]:
    """Return how far most rows were moved up from *before* to *after*, and which those are."""
    names: dict[tuple[Cell, ...], int] = {}
    old, new = ([names.setdefault(tuple(row[_MARGIN]), len(names)) for row in rows] for rows in (before, after))
    told_apart = {name for cells, name in names.items() if len(set(cells)) > 1}
    best: tuple[int, list[int]] = (0, [])
    for offset in sorted(range(1 - len(old), len(old)), key=abs)[1:]:
        pairs = zip(count(max(-offset, 0)), new[max(-offset, 0) :], old[max(offset, 0) :])
        moved = [y for y, name, other in pairs if name == other and name in told_apart]
        best = max(best, (offset, moved), key=lambda found: len(found[1]))
    return best


def _width(segments: Iterable[Segment]) -> int:
    return sum(segment.cell_length for segment in segments)


def _differing(before: Sequence[Sequence[Cell]], after: Sequence[Sequence[Cell]]) -> int:
    return sum(sum(map(ne, old, new)) for old, new in zip(before, after, strict=True))


def _way(at: tuple[int, int] | None, x: int, y: int) -> str:
    """Return the shortest way from *at* to column *x* of row *y*; from an unknown place only the whole address does."""
    ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"]
    if at and at[1] == y:
        ways.append(f"\x1b[{x + 1}G" if x else "\r")
        if at[0] != _UNKNOWN:
            distance = x - at[0]
            ways.append("\b" * -distance if -3 <= distance < 0 else _steps(abs(distance), "DC"[distance > 0]))
    elif at and at[0] == x:
        ways.append(_steps(abs(y - at[1]), "AB"[y > at[1]]))
    return min(ways, key=len)


def _steps(number: int, way: str) -> str:
    return f"\x1b[{number}{way}" if number > 1 else f"\x1b[{way}"
