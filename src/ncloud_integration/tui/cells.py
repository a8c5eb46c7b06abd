"""Cells of a terminal: which characters stand in them, and how they are drawn."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Union

from rich.cells import cell_len, split_graphemes
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style

from ncloud_integration.ascii import ascii_cells


class Pen(NamedTuple):
    """How characters are drawn: a bit for each of `_ATTRIBUTES`, and colours as SGR parameters, "" for the default."""

    attributes: int = 0
    foreground: str = ""
    background: str = ""


Cell = Union[tuple[str, Pen], None]
"""A character with its marks and how it is drawn; an empty text is the right half of a wide one, None is not known."""

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

_UNSEEN_ON_BLANKS = {"bold", "dim", "italic", "conceal"}
_SEEN_ON_BLANKS = sum(1 << bit for bit, (name, _, _) in enumerate(_ATTRIBUTES) if name not in _UNSEEN_ON_BLANKS)

_AGREED = re.compile("[ -~\u3000-\u303e\u3041-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]")
"""Characters that take the same cells on every terminal: ASCII, Hangul, kana, ideographs."""

_NEARLY_AGREED = re.compile("[\xa1-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u2bff]")
"""Letters and symbols that take two cells where a terminal is set up for East Asian fonts of old."""

_WIDENING = "\N{VARIATION SELECTOR-16}"


def cells_of(segments: Iterable[Segment], colors: ColorSystem | None, *, is_ascii: bool = False) -> list[Cell]:
    """Return the cells that *segments* take on a terminal that can show *colors*, and ASCII alone if it *is_ascii*."""
    cells: list[Cell] = []
    for text, style, control in segments:
        if control:
            continue
        pen = _pen(style, colors)
        if text.isascii():
            cells += [(character, pen) for character in text]
            continue
        for start, end, width in split_graphemes(text)[0]:
            if is_ascii:
                cells += [(character, pen) for character in ascii_cells(text[start:end], width)]
            elif width:
                cells.append((text[start:end], pen))
                cells += [("", pen)] * (width - 1)
            elif cells:
                _mark(cells, text[start:end])
    return cells


def _mark(cells: list[Cell], mark: str) -> None:
    """Add *mark* to the last character of *cells*; what would make that wider is left out."""
    at = len(cells) - 1 - is_half(cells, len(cells) - 1)
    base = cells[at]
    if base:
        is_wider = cell_len(base[0] + mark) > len(cells) - at
        cells[at] = (base[0] + (mark.replace(_WIDENING, "") if is_wider else mark), base[1])


def lay(row: list[Cell], x: int, cells: list[Cell]) -> int:
    """Put *cells* into *row* from *x* on and return where they end; half of a wide character is a blank."""
    end = min(x + len(cells), len(row))
    if cells and is_half(row, x):
        row[x - 1] = _blank(row[x - 1])
    row[x:end] = cells[: end - x]
    if cells and is_half(row, end):
        row[end] = _blank(row[end])
    if is_half(cells, end - x):
        row[end - 1] = _blank(row[end - 1])
    return end


def is_half(row: Sequence[Cell], x: int) -> bool:
    """Return whether the cell at *x* is the right half of a wide character."""
    cell = row[x] if x < len(row) else None
    return cell is not None and not cell[0]


def _blank(cell: Cell) -> Cell:
    return cell and (" ", cell[1])


def is_plain(row: Sequence[Cell]) -> bool:
    """Return whether every character of *row* takes one cell, on any terminal."""
    return all(cell is None or (cell[0] and not is_doubtful(cell[0])) for cell in row)


@functools.lru_cache(maxsize=4096)
def is_doubtful(text: str) -> bool:
    """Return whether terminals may disagree on how many cells *text* takes."""
    return not is_agreed(text) and (len(text) > 1 or not _NEARLY_AGREED.match(text) or cell_len(text) > 1)


def pen_for(text: str, pen: Pen, held: Pen | None) -> Pen:
    """Return *pen*, or for a blank one nearer to what is *held*: only its background is seen, and lines through it."""
    if text != " " or held is None or (held.attributes | pen.attributes) & _SEEN_ON_BLANKS:
        return pen
    near = Pen(held.attributes, held.foreground, pen.background)
    return near if near == held or len(change(held, near)) < len(change(held, pen)) else pen


def is_agreed(text: str) -> bool:
    """Return whether *text* takes as many cells on every terminal as it is thought to."""
    return len(text) == 1 and _AGREED.match(text) is not None


@functools.lru_cache(maxsize=1024)
def _pen(style: Style | None, colors: ColorSystem | None) -> Pen:
    if style is None:
        return Pen()
    attributes = sum(1 << bit for bit, (name, _, _) in enumerate(_ATTRIBUTES) if getattr(style, name))
    return Pen(attributes, _codes(style.color, colors, "39"), _codes(style.bgcolor, colors, "49"))


def _codes(color: Color | None, system: ColorSystem | None, default: str) -> str:
    if color is None or system is None:
        return ""
    codes = ";".join(color.downgrade(system).get_ansi_codes(foreground=default == "39"))
    return "" if codes == default else codes


@functools.lru_cache(maxsize=1024)
def change(old: Pen | None, new: Pen) -> str:
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
