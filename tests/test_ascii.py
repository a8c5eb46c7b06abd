"""Each sign of the screens has one of ASCII in its place, as wide as itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual._border import BORDER_CHARS
from textual.scrollbar import ScrollBarRender

import ncloud_integration
from ncloud_integration.ascii import ascii_cells, ascii_text
from ncloud_integration.tui.cells import cells_of

SOURCES = [*Path(ncloud_integration.__file__).parent.rglob("*.py")]
IN_SOURCES = {sign for path in SOURCES for sign in re.findall(r"[^\x00-\x7f가-힣]", path.read_text())}
IN_TEXTUAL = {sign for name in ("round", "solid") for row in BORDER_CHARS[name] for sign in row}
IN_TEXTUAL |= {*BORDER_CHARS["outer"][1]}
IN_SCROLLBARS = {*ScrollBarRender.VERTICAL_BARS, *ScrollBarRender.HORIZONTAL_BARS}


@pytest.mark.parametrize("sign", sorted(IN_SOURCES | IN_TEXTUAL | IN_SCROLLBARS))
def test_every_sign_that_is_drawn_has_one_in_ascii(sign: str) -> None:
    assert cell_len(sign) == 1
    assert ascii_cells(sign, 1).isascii()
    assert "?" not in ascii_cells(sign, 1)


@given(st.text())
def test_cells_are_as_many_and_ascii(text: str) -> None:
    cells = cells_of([Segment(text)], None, is_ascii=True)
    assert len(cells) == len(cells_of([Segment(text)], None))
    assert all(cell and len(cell[0]) == 1 and cell[0].isascii() for cell in cells)


@given(st.text())
def test_text_is_ascii(text: str) -> None:
    assert ascii_text(text).isascii()
    assert not text.isascii() or ascii_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Created 1001 (경보…)", "Created 1001 (????.)"),
        ("“✓ 1 × 2”", '"+ 1 x 2"'),
        ("cafe\u0301 café 🚨", "cafe caf? ??"),
    ],
)
def test_text(text: str, shown: str) -> None:
    assert ascii_text(text) == shown
