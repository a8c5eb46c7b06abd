"""What is written to a terminal: the exact bytes where they matter, and the same cells as if all were written anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ncloud_integration.tui.painter import Painter
from tests.conftest import one_example_of
from tests.emulator import Emulator, as_rich, shown

PLAIN, RED, BLUE = Style(dim=False), Style(color="red"), Style(bgcolor="blue")
BOLD, DIM, REVERSE, UNDERLINE = Style(bold=True), Style(dim=True), Style(reverse=True), Style(underline=True)
CONSOLE = Console(color_system="256", force_terminal=True)
FAMILY, HEART, ACCENT = "👨\u200d👩\u200d👧", "❤\ufe0f", "e\u0301"

Piece = Union[str, tuple[str, Style]]
Frame = tuple[list[tuple[int, int, Strip]], tuple[int, int]]


def strip(*pieces: Piece) -> Strip:
    return Strip([Segment(*piece) if isinstance(piece, tuple) else Segment(piece, PLAIN) for piece in pieces])


class Screen:
    """A painter, and its terminal of *columns* and *rows*; what is painted lands on both."""

    def __init__(
        self, columns: int = 20, rows: int = 3, measure: Callable[[str], Iterable[tuple[int, int, int]]] = as_rich
    ) -> None:
        self.size = columns, rows
        self.painter = Painter()
        self.emulator = Emulator(columns, rows, measure)
        self.emulator.feed("\x1b[?7l")

    def paint(self, *runs: tuple[int, int, Strip], cursor: tuple[int, int] = (0, 0)) -> str:
        text = self.painter.paint(self.size, runs, cursor, ColorSystem.EIGHT_BIT)
        self.emulator.feed(text)
        assert self.emulator.position == cursor
        return text

    def fill(self, *pieces: Piece, y: int = 0, cursor: tuple[int, int] = (0, 0)) -> str:
        """Paint the row at *y*: *pieces* and blanks up to its end."""
        return self.paint((0, y, filled(self.size[0], *pieces)), cursor=cursor)

    @property
    def rows(self) -> list[str]:
        return [row.rstrip() for row in self.emulator.display]


def filled(columns: int, *pieces: Piece) -> Strip:
    return strip(*pieces).adjust_cell_length(columns, PLAIN)


# The bytes of a frame


def test_the_first_frame_is_written_whole_and_what_is_not_known_is_left_alone() -> None:
    screen = Screen(6, 2)
    assert screen.paint((2, 1, strip(("ab", RED))), cursor=(1, 0)) == "\x1b[2;3H\x1b[0;31mab\x1b[1;2H"
    assert screen.rows == ["░" * 6, "░░ab░░"]


def test_what_is_not_known_is_not_written_again_but_passed_over() -> None:
    screen = Screen()
    assert screen.paint((0, 0, strip("ab")), (4, 0, strip("cd"))) == "\x1b[H\x1b[0mab\x1b[5Gcd\r"
    assert screen.rows[0].startswith("ab░░cd")


def test_what_has_not_changed_is_not_written() -> None:
    screen = Screen()
    screen.fill("abc")
    assert screen.fill("abc") == ""
    assert screen.fill(("a", RED), ("bc", PLAIN)) != ""


def test_the_very_same_run_is_not_even_looked_at() -> None:
    screen = Screen()
    line = filled(20, "abc")
    screen.paint((0, 0, line))
    screen.painter._rows[0][0] = None
    assert screen.paint((0, 0, line)) == ""


def test_the_very_same_run_is_written_again_where_another_has_covered_it() -> None:
    screen = Screen()
    line = filled(20, "abc")
    screen.paint((0, 0, line))
    screen.paint((1, 0, strip("XY")))
    assert screen.paint((0, 0, line)) == "\x1b[1;2Hbc\r"
    screen.paint((19, 0, strip("Z")))
    screen.paint((0, 0, line))
    assert screen.rows[0] == "abc"


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        ("abcdef", "abXdef", "\x1b[1;3HX\r"),
        ("abcdef", "aXcdYf", "\x1b[1;2HXcdY\r"),
        ("abcdefghij", "Xbcdefghij", "\x1b[HX\r"),
        ("abcdefghij", "Xbcdefghiy", "\x1b[HX\x1b[8Cy\r"),
        ("가나다", "가라다", "\x1b[1;3H라\r"),
        ("가나다라마", "바나다라사", "\x1b[H바\x1b[9G사\r"),
        ("가나", "가b나", "\x1b[1;3Hb나\r"),
        ("가나", "abc", "\x1b[Habc \r"),
        ("abcd", "가d", "\x1b[H가d \r"),
        ("──abcdefgh", "─┼abcdefgX", "\x1b[1;2H┼\x1b[10GX\r"),
        ("─abX", "┼abY", "\x1b[H┼\x1b[4GY\r"),
        ("ab", "ab" + ACCENT + "c", f"\x1b[1;3H{ACCENT}\x1b[4Gc  \r"),
        ("abcdef", "a🚨def", "\x1b[1;2H  \x1b[2G🚨\r"),
        (f"a{FAMILY}bcdefg", "a가bcdefg", "\x1b[1;2H가\r"),
        ("a가bcdefg", f"a{FAMILY}bcdefg", f"\x1b[1;2H  \x1b[2G{FAMILY}\x1b[4Gbcdefg  \r"),
        (f"a{HEART}b", f"a{HEART}c", "\x1b[1;4Hc\r"),
    ],
)
def test_the_bytes_of_a_changed_row(before: str, after: str, written: str) -> None:
    screen = Screen()
    screen.fill(before)
    assert screen.fill(after) == written
    assert screen.rows[0] == after


def test_a_cursor_alone() -> None:
    screen = Screen()
    screen.fill("abc")
    assert screen.paint(cursor=(3, 1)) == "\x1b[2;4H"
    assert screen.paint(cursor=(0, 2)) == "\x1b[3H"
    assert screen.paint(cursor=(0, 0)) == "\x1b[H"
    assert screen.paint(cursor=(0, 0)) == ""


WORDS: tuple[Piece, ...] = (("The ", RED), ("quick ", BLUE), ("brown ", BOLD), ("fox ", RED), ("jumps", BLUE))


def test_a_letter_put_into_a_line_pushes_the_rest_aside() -> None:
    screen = Screen(40)
    screen.fill(*WORDS)
    written = screen.fill(("TheX ", RED), *WORDS[1:])
    assert written == "\x1b[1;4H\x1b[@\x1b[31mX\r"
    assert screen.rows[0] == "TheX quick brown fox jumps"


def test_a_letter_taken_out_of_a_line_draws_the_rest_nearer() -> None:
    screen = Screen(40)
    screen.fill(*WORDS)
    assert screen.fill(("he ", RED), *WORDS[1:]) == "\x1b[H\x1b[P\x1b[40G \r"
    assert screen.rows[0] == "he quick brown fox jumps"


def test_what_is_pushed_over_the_edge_is_written_again() -> None:
    screen = Screen(40)
    screen.paint((0, 0, filled(39, *WORDS)), (39, 0, strip(("▌", RED))))
    assert screen.paint((0, 0, filled(39, ("TheX ", RED), *WORDS[1:]))) == ("\x1b[1;4H\x1b[@X\x1b[40G▌\r")
    assert screen.rows[0] == "TheX quick brown fox jumps".ljust(39) + "▌"


@pytest.mark.parametrize("text", ["가 ", "🚨 ", ACCENT, "\ue0b0"])
def test_a_row_is_not_pushed_aside_where_terminals_differ_on_its_width(text: str) -> None:
    screen = Screen(40)
    screen.fill(*WORDS, text)
    assert "\x1b[@" not in screen.fill(("TheX ", RED), *WORDS[1:], text)
    assert screen.rows[0] == "TheX quick brown fox jumps" + text.rstrip()


def lines(first: int, count: int = 8) -> list[tuple[int, int, Strip]]:
    return [
        (0, y, filled(40, f"{first + y:>4}  ", (f"{1 / (first + y + 0.7):.22f} of many", RED))) for y in range(count)
    ]


def test_lines_that_move_up_are_scrolled() -> None:
    screen = Screen(40, 8)
    screen.paint(*lines(1))
    written = screen.paint(*lines(3))
    assert written.startswith("\x1b[1;8r\x1b[1H\x1b[2M\x1b[r\x1b[7H")
    assert written.count("of many") == 2
    assert screen.rows == [line.text.rstrip() for _, _, line in lines(3)]


def test_lines_that_move_down_are_scrolled() -> None:
    screen = Screen(40, 8)
    screen.paint(*lines(3))
    assert screen.paint(*lines(2)).startswith("\x1b[1;8r\x1b[1H\x1b[L\x1b[r\x1b[H")
    assert screen.rows == [line.text.rstrip() for _, _, line in lines(2)]


def test_lines_that_are_all_alike_are_not_taken_for_scrolled_ones() -> None:
    screen = Screen(40, 8)
    screen.paint(*((0, y, filled(40, ("x" * 40, RED))) for y in range(8)))
    assert "r" not in screen.paint(*((0, y, filled(40, ("y" * 40, RED))) for y in range(8)))


# Wide characters


@pytest.mark.parametrize(
    ("before", "x", "text", "after"),
    [
        ("a가나b", 2, "X", "a X나b"),
        ("a가나b", 1, "X", "aX 나b"),
        ("a가나b", 2, "XY", "a XY b"),
        ("a가나b", 2, "다", "a 다 b"),
        (f"a{FAMILY}b", 2, "X", "a Xb"),
        ("a가나b", 18, "가", "a가나b            가"),
    ],
)
def test_half_of_a_wide_character_goes_with_the_other(before: str, x: int, text: str, after: str) -> None:
    screen = Screen()
    screen.fill(before)
    screen.paint((x, 0, strip(text)))
    assert screen.rows[0] == after
    screen.paint((0, 0, strip(ACCENT)))
    assert screen.rows[0] == after.replace("a", ACCENT, 1)
    screen.fill(before)
    assert screen.rows[0] == before


def test_a_wide_character_in_the_last_column_is_a_blank() -> None:
    screen = Screen()
    screen.fill("ab")
    screen.paint((19, 0, strip("가")))
    assert screen.rows[0] == "ab"
    screen.fill("ab", ("c" * 18, RED))
    assert screen.rows[0] == "ab" + "c" * 18


@pytest.mark.parametrize("width", [1, 2, 3])
def test_an_emoji_that_a_terminal_draws_otherwise_leaves_the_rest_in_place(width: int) -> None:
    def measure(text: str) -> Iterable[tuple[int, int, int]]:
        for at, character in enumerate(text):
            yield at, at + 1, width if ord(character) > 0x1F000 else 0 if character == "\u200d" else cell_len(character)

    screen = Screen(20, 1, measure)
    screen.fill("abcdefghijklmnopqrst")
    screen.fill("a🚨b", (FAMILY, RED), "c 가")
    cells = screen.emulator.rows[0]
    assert [cells[x].text for x in (0, 3, 6, 7, 8)] == ["a", "b", "c", " ", "가"]
    screen.fill("abcdef")
    assert screen.rows[0] == "abcdef"


def test_a_mark_in_a_style_of_its_own_stays_with_its_character() -> None:
    screen = Screen()
    screen.fill(("e", RED), ("\u0301b", BLUE))
    assert screen.rows[0] == "e\u0301b"


def test_a_mark_that_would_widen_its_character_is_left_out() -> None:
    screen = Screen()
    screen.fill(("❤", RED), ("\ufe0f\u0301b", BLUE))
    assert screen.rows[0] == "❤\u0301b"


# Pens


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (RED, BOLD, "0;1"),
        (BOLD, RED, "0;31"),
        (BOLD, Style(bold=True, color="red"), "31"),
        (BOLD, DIM, "0;2"),
        (Style(bold=True, dim=True, color="#808080"), Style(dim=True, color="#808080"), "22;2"),
        (Style(bold=True, color="#808080"), Style(dim=True, color="#808080"), "22;2"),
        (Style(reverse=True, color="#808080"), Style(color="#808080"), "27"),
        (Style(underline=True, underline2=True, color="#808080"), Style(underline2=True, color="#808080"), "24;21"),
        (Style(color="#808080", bgcolor="#303030"), Style(color="#808080"), "49"),
        (Style(color="#808080", bgcolor="#303030"), Style(bgcolor="#303030"), "39"),
        (Style(strike=True, italic=True, bgcolor="#303030"), Style(italic=True, bgcolor="#303030"), "29"),
        (BLUE, PLAIN, ""),
        (RED, Style(color="default"), ""),
    ],
)
def test_a_pen_is_changed_by_what_differs(before: Style, after: Style, code: str) -> None:
    screen = Screen()
    written = screen.paint((0, 0, strip(("a", before), ("b", after))))
    assert written.endswith(f"a\x1b[{code}mb\r")
    naive = Emulator(20, 3)
    naive.feed(strip(("a", before), ("b", after)).render(CONSOLE) + "\r")
    assert screen.emulator.cells() == naive.cells()


def test_a_blank_needs_no_pen_but_for_what_is_seen_of_it() -> None:
    screen = Screen()
    assert screen.paint((0, 0, strip(("a", RED), (" ", BOLD), ("b", RED)))).endswith("a b\r")
    assert screen.paint((0, 1, strip(("a", RED), (" ", UNDERLINE), ("b", RED)))).endswith(
        "a\x1b[0;4m \x1b[0;31mb\x1b[H"
    )
    assert screen.paint((0, 2, strip(("a", RED), (" ", REVERSE)))).endswith("a\x1b[0;7m \x1b[H")


@pytest.mark.parametrize(
    ("colors", "code"),
    [(ColorSystem.TRUECOLOR, "38;2;128;129;130"), (ColorSystem.EIGHT_BIT, "38;5;244"), (ColorSystem.STANDARD, "37")],
)
def test_colours_are_what_the_terminal_can_show(colors: ColorSystem, code: str) -> None:
    run = (0, 0, strip(("a", Style(color="#808182"))))
    assert Painter().paint((4, 1), [run], (0, 0), colors) == f"\x1b[H\x1b[0;{code}ma\r"


# What the terminal shows may become unknown


def test_after_forgetting_all_is_written_again() -> None:
    screen = Screen()
    line = filled(20, ("abc", RED))
    first = screen.paint((0, 0, line))
    screen.painter.forget(screen.size)
    assert screen.paint((0, 0, line)) == first


def test_another_size_is_another_screen() -> None:
    screen = Screen()
    line = filled(20, ("abc", RED))
    first = screen.paint((0, 0, line))
    screen.size = 20, 4
    screen.emulator.resize(4, 20)
    assert screen.paint((0, 0, line)) == first


def test_what_is_beyond_the_screen_is_not_written() -> None:
    screen = Screen(4, 2)
    screen.paint(
        (0, 0, strip("abcdef")), (5, 0, strip("xyz")), (4, 1, strip("x")), (0, 2, strip("x")), (2, 1, strip("가b"))
    )
    assert screen.rows == ["abcd", "░░가"]
    assert screen.paint((0, 0, strip(""))) == ""


def test_another_program_that_moves_the_cursor_does_not_move_what_is_written_next() -> None:
    screen = Screen()
    screen.fill("abc", cursor=(3, 0))
    screen.emulator.feed("\x1b[3;9H")
    screen.fill("abcd", cursor=(4, 0))
    assert screen.rows[0] == "abcd"


# All of it: whatever is painted, the cells are those that writing everything makes

COLUMNS, ROWS = 24, 7
GLYPHS = [
    *"aaabbcc      ",
    "가",
    "한",
    "日",
    "·",
    "─",
    "é",
    ACCENT,
    "🚨",
    HEART,
    "❤",
    FAMILY,
    "👍🏽",
    "🇰",
    "🇷",
    "⚡",
    "\ue0b0",
]
STYLES = [PLAIN, RED, BLUE, BOLD, REVERSE, Style(dim=True, color="#808080"), Style(bold=True, bgcolor="blue")]
STYLES += [Style(underline=True, color="red"), Style(strike=True, bgcolor="#303030")]
Cells = list[tuple[str, Style]]
Words = Sequence[tuple[list[str], Style]]

words = st.lists(
    st.tuples(st.lists(st.sampled_from(GLYPHS), min_size=1, max_size=8), st.sampled_from(STYLES)),
    min_size=1,
    max_size=5,
)
ys, xs = st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1)
changes = st.one_of(
    st.tuples(st.just("line"), ys, words),
    st.tuples(st.just("part"), ys, xs, words),
    st.tuples(st.just("insert"), ys, xs, words),
    st.tuples(st.just("delete"), ys, xs, words),
    st.tuples(st.just("scroll"), ys, ys, st.sampled_from([-2, -1, 1, 2]), words),
    st.tuples(st.just("again"), words),
)
frames = st.lists(st.tuples(changes, st.tuples(xs, ys)), min_size=1, max_size=10)


def cells(some: Words, columns: int) -> Cells:
    """Return as much of *some* words as there is room for, and blanks."""
    row: Cells = []
    for glyphs, style in some:
        for glyph in glyphs:
            if len(row) + cell_len(glyph) <= columns:
                row += [(glyph, style), *[("", style)] * (cell_len(glyph) - 1)]
    return row + [(" ", some[-1][1])] * (columns - len(row))


def whole(row: Cells) -> Cells:
    """Return *row* with blanks for halves of wide characters."""
    row = row[:COLUMNS]
    for x, (text, style) in enumerate(row):
        is_open = x > 0 and cell_len(row[x - 1][0]) > 1
        if (not text and not is_open) or (cell_len(text) > 1 and (x + 1 == COLUMNS or row[x + 1][0])):
            row[x] = (" ", style)
    return row


def as_strip(row: Cells) -> Strip:
    return Strip([Segment("".join(text for text, _ in run), style) for style, run in groupby(row, key=itemgetter(1))])


class Story:
    """Rows that change; `frame` returns what is drawn of a change."""

    def __init__(self) -> None:
        self.rows = [cells([([" "], PLAIN)], COLUMNS) for _ in range(ROWS)]

    def frame(self, change: Sequence[Any]) -> list[tuple[int, int, Strip]]:
        what, *rest = change
        x = 0
        if what == "again":
            self.rows[0] = cells(rest[0], COLUMNS)
            drawn: Iterable[int] = range(ROWS)
        elif what == "scroll":
            drawn = self._scroll(*rest)
        else:
            y, some = rest[0], rest[-1]
            x = rest[1] if what != "line" else 0
            row, new = self.rows[y], cells(some, COLUMNS if what == "line" else 1)
            if what == "part":
                new = cells(some, min(COLUMNS - x, sum(len(glyphs) for glyphs, _ in some)))
                self.rows[y] = whole([*row[:x], *new, *row[x + len(new) :]])
                return [(x, y, as_strip(new))]
            self.rows[y] = whole(
                {"line": new, "insert": [*row[:x], *new, *row[x:]], "delete": [*row[:x], *row[x + 1 :], *new]}[what]
            )
            drawn = [y]
        return [(0, y, as_strip(self.rows[y])) for y in drawn]

    def _scroll(self, one: int, other: int, by: int, some: Words) -> range:
        top, bottom = sorted((one, other))
        held = self.rows[top : bottom + 1]
        new = [cells(some, COLUMNS) for _ in range(abs(by))]
        moved = [*held[by:], *new] if by > 0 else [*new, *held[:by]]
        self.rows[top : bottom + 1] = moved[: len(held)]
        return range(top, bottom + 1)


def naive(runs: Iterable[tuple[int, int, Strip]], cursor: tuple[int, int]) -> str:
    """Return what writes *runs* as Textual does."""
    written = "".join(f"\x1b[{y + 1};{x + 1}H{run.render(CONSOLE)}" for x, y, run in runs)
    return f"{written}\x1b[{cursor[1] + 1};{cursor[0] + 1}H"


def assert_same_cells(story: Iterable[tuple[Sequence[Any], tuple[int, int]]]) -> set[str]:
    """Return which of its own means the terminal was made to use."""
    screen, other, rows = Screen(COLUMNS, ROWS), Emulator(COLUMNS, ROWS), Story()
    other.feed("\x1b[?7l")
    means = set()
    for change, cursor in story:
        runs = rows.frame(change)
        other.feed(naive(runs, cursor))
        written = screen.paint(*runs, cursor=cursor)
        means |= {name for name in ("\x1b[@", "\x1b[P", "M\x1b[r", "L\x1b[r") if name in written}
        assert screen.emulator.cells() == other.cells(), (
            f"{shown(screen.emulator.cells())}\n--\n{shown(other.cells())}\n{written!r}"
        )
        assert screen.emulator.position == other.position
    return means


@one_example_of(3)
@given(frames)
def test_the_cells_are_those_of_writing_everything(story: list[Any]) -> None:
    assert_same_cells(story)


def test_the_terminal_does_by_itself_what_it_can() -> None:
    """Of changes as the property above makes them, some take each of the terminal's own ways."""
    text = [(list("abc a bc"), RED), (list("aab caa"), BOLD), (list("bca"), BLUE)]
    more = [[([*f"{number}bc{number} aabcab {number}{number}cba"], STYLES[number])] for number in range(ROWS)]
    fill = [(("line", y, more[y]), (0, 0)) for y in range(ROWS)]
    means = assert_same_cells(
        [
            *fill,
            (("scroll", 0, ROWS - 1, 1, text), (0, 0)),
            (("scroll", 1, ROWS - 1, -1, text), (3, 3)),
            (("line", 0, text), (0, 0)),
            (("insert", 0, 2, [(["x"], RED)]), (3, 0)),
            (("delete", 0, 1, [([" "], RED)]), (2, 0)),
        ]
    )
    assert means == {"\x1b[@", "\x1b[P", "M\x1b[r", "L\x1b[r"}
