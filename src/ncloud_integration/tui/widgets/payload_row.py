"""A row of the payload's editor: all that decides how it looks, and what it looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

NOWHERE = (0, 0)
_PLAIN, _DIM = Style.null(), Style(dim=True)


class Span(NamedTuple):
    """Characters from `start` up to `end`, and what `Look.marks` calls them."""

    start: int
    end: int
    mark: str


class Row(NamedTuple):
    """A row that shows a line of the text or, wrapped, a part of it: equal rows look the same.

    Columns count the characters of `text`. `number` is what stands before it, `width` the cells for the text itself.
    `tab_widths` are the cells of its tabs, `selected` a range, `cursor` is -1 where it is elsewhere, and `ghost` is
    shown there without being part of the text. A row that `is_last` has a blank at its end for the cursor.
    """

    number: str = ""
    text: str = ""
    width: int = 0
    is_last: bool = True
    tab_widths: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()
    selected: tuple[int, int] = NOWHERE
    brackets: tuple[int, ...] = ()
    cursor: int = -1
    ghost: str = ""


@dataclass(frozen=True)
class Look:
    """The styles of a row's parts; those in `marks` are by the name that a span gives."""

    text: Style = _PLAIN
    number: Style = _PLAIN
    cursor: Style = _PLAIN
    selection: Style = _PLAIN
    bracket: Style = _PLAIN
    ghost: Style = _DIM
    marks: Mapping[str, Style] = field(default_factory=dict)


def drawn(row: Row, look: Look) -> Strip:
    """Return the cells of *row*, as wide as its number and its `width` together."""
    characters = [*row.text, *([" "] if row.is_last else [])]
    styles = [look.text] * len(characters)
    for start, end, style in (
        (*row.selected, look.selection),
        *((span.start, span.end, look.marks[span.mark]) for span in row.spans),
        *((column, column + 1, look.bracket) for column in row.brackets),
        (row.cursor, row.cursor + 1, look.cursor),
    ):
        for column in range(max(start, 0), min(end, len(styles))):
            styles[column] += style
    tab_widths = iter(row.tab_widths)
    cells = [
        (next(tab_widths) * " " if text == "\t" else text, style)
        for text, style in zip(characters, styles, strict=True)
    ]
    if row.ghost:
        cells[row.cursor : row.cursor + 1] = _haunted(row, look, cells[row.cursor][0])
    runs = [("".join(text for text, _ in run), style) for style, run in groupby(cells, key=itemgetter(1))]
    strip = Strip([Segment(text, style) for text, style in runs], sum(cell_len(text) for text, _ in runs))
    return Strip.join([Strip([Segment(row.number, look.number)]), strip.adjust_cell_length(row.width, look.text)])


def _haunted(row: Row, look: Look, under_cursor: str) -> list[tuple[str, Style]]:
    """Return the cells of a ghost with the cursor on its first letter, and the character that it pushes aside."""
    ghost = look.text + look.ghost
    return [(row.ghost[0], ghost + look.cursor), (row.ghost[1:], ghost), (under_cursor, look.text)]
