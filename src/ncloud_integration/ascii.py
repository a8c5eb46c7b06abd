"""Text for a terminal that is not in UTF-8: the signs of the screens as ASCII, cell for cell, and `?` for the rest."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("─━═╌╍┄┈", "-"),
        **dict.fromkeys("│┃║╎▏▎▍", "|"),
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝", "+"),
        **dict.fromkeys("▁▂▃▄", "_"),
        **dict.fromkeys("▅▆▇█▉▊▋", "#"),
        "▀": '"',
        "▌": "[",
        "▐": "]",
        "●": "*",
        "•": "*",
        "○": "o",
        "✓": "+",
        "✗": "x",
        "×": "x",
        "·": "-",
        "–": "-",
        "—": "-",
        "…": ".",
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "←": "<",
        "→": ">",
        "↑": "^",
        "↓": "v",
        "\N{NO-BREAK SPACE}": " ",
    }
)
"""A sign of one cell for each; the edges of a field are its brackets."""

_NOT_ASCII = re.compile("[^\x00-\x7f]")


def ascii_cells(text: str, width: int) -> str:
    """Return *width* characters of ASCII for one character with its marks that takes as many cells."""
    shown = text.translate(_SIGNS)
    return shown if shown.isascii() and len(shown) == width else "?" * width


def ascii_text(text: str) -> str:
    """Return *text* in ASCII, as wide as it was."""
    return _NOT_ASCII.sub(_ascii, text)


def _ascii(match: re.Match[str]) -> str:
    character = match.group()
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    return ascii_cells(character, 1 + (unicodedata.east_asian_width(character) in "WF"))
