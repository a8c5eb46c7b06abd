"""Keys, sequences and pastes are told apart however the terminal's bytes are cut up, and however late they come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

from ncloud_integration.tui import input_reader
from ncloud_integration.tui.input_reader import (
    END,
    ESCAPE,
    ESCAPE_SECONDS,
    LATE_SECONDS,
    PASTE_SECONDS,
    SEQUENCE_SECONDS,
    START,
    InputReader,
    Part,
    Pasted,
    Typed,
)

POLL = 0.1
PIECES = st.text(alphabet="a\x1b[20~1", max_size=8)
PASTES = PIECES.filter(lambda text: END not in f"{text}{END}"[:-1]).map(Pasted)

KEYS = {
    "F1": "\x1bOP",
    "F1, Linux console": "\x1b[[A",
    "F1, rxvt": "\x1b[11~",
    "F2": "\x1bOQ",
    "F3": "\x1bOR",
    "F4": "\x1bOS",
    "F5": "\x1b[15~",
    "F6": "\x1b[17~",
    "F7": "\x1b[18~",
    "F8": "\x1b[19~",
    "F9": "\x1b[20~",
    "F8, kitty": "\x1b[19;1~",
    "n with Ctrl, kitty": "\x1b[110;5u",
    "Up": "\x1b[A",
    "Up, keypad": "\x1bOA",
    "Down": "\x1b[B",
    "Right": "\x1b[C",
    "Left": "\x1b[D",
    "Home": "\x1b[H",
    "End": "\x1b[F",
    "Page Up": "\x1b[5~",
    "Page Down": "\x1b[6~",
    "Delete": "\x1b[3~",
    "Shift and Tab": "\x1b[Z",
    "Shift and Home": "\x1b[1;2H",
    "Shift and Delete, rxvt": "\x1b[3$",
    "Ctrl and Right": "\x1b[1;5C",
    "focus": "\x1b[I",
    "focus elsewhere": "\x1b[O",
    "click": "\x1b[<0;12;3M",
    "click of old": "\x1b[M !!",
    "mode": "\x1b[?2026;2$y",
    "size": "\x1b[48;24;80;480;800t",
    "paste": f"{START}a\x1b[19~\r{END}",
}
CUTS = [
    pytest.param(sequence, cut, id=f"{name} after {cut}")
    for name, sequence in KEYS.items()
    for cut in range(1, len(sequence))
]
KNOWN = [key for key in ANSI_SEQUENCES_KEYS if key.startswith(("\x1b[", "\x1bO")) and key not in (START, END)]


def parts_of(pieces: Iterable[tuple[float, str]], quiet: float = 10) -> list[Part]:
    """Return what comes of *pieces*, each read so many seconds after the one before it, polled as the driver does."""
    reader, now = InputReader(), 1000.0
    parts: list[Part] = []
    for delay, piece in (*pieces, (quiet, "")):
        for _ in range(int(delay / POLL)):
            now += POLL
            parts += reader.overdue(now)
        parts += reader.feed(piece, now) if piece else []
    return parts


def together(parts: Sequence[Part]) -> list[Part]:
    """Return *parts* with what was typed together in one."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Typed) and isinstance(last, Typed):
            joined[-1] = Typed(last.text + part.text)
        else:
            joined.append(part)
    return joined


def whole(sequence: str) -> list[Part]:
    is_paste = sequence.startswith(START)
    return [Pasted(sequence[len(START) : -len(END)]) if is_paste else input_reader.Sequence(sequence)]


@pytest.mark.parametrize("delay", [0, 0.15, ESCAPE_SECONDS - POLL])
@pytest.mark.parametrize(("sequence", "cut"), CUTS)
def test_a_sequence_works_wherever_it_is_cut(sequence: str, cut: int, delay: float) -> None:
    pieces = [(1, "x"), (0, sequence[:cut]), (delay, sequence[cut:]), (0, "y")]
    assert together(parts_of(pieces)) == [Typed("x"), *whole(sequence), Typed("y")]


@pytest.mark.parametrize("delay", [0, 0.15, ESCAPE_SECONDS - POLL])
@pytest.mark.parametrize("sequence", KEYS.values(), ids=KEYS)
def test_a_sequence_works_that_comes_byte_by_byte(sequence: str, delay: float) -> None:
    assert parts_of([(delay, character) for character in sequence]) == whole(sequence)


@pytest.mark.parametrize("delay", [ESCAPE_SECONDS + POLL, 1.5, SEQUENCE_SECONDS - POLL])
@pytest.mark.parametrize(("sequence", "cut"), CUTS)
def test_a_sequence_that_pauses_for_seconds_is_never_typed(sequence: str, cut: int, delay: float) -> None:
    parts = parts_of([(0, sequence[:cut]), (delay, sequence[cut:]), (0, "y")])
    is_begun = cut > 1 or sequence.startswith(START)
    escape: list[Part] = [input_reader.Sequence(ESCAPE)] if cut == 1 else []
    assert parts == [*escape, *(whole(sequence) if is_begun else []), Typed("y")]


@pytest.mark.parametrize(("sequence", "cut"), CUTS)
def test_the_rest_of_a_sequence_that_was_given_up_is_not_typed(sequence: str, cut: int) -> None:
    is_within_paste = sequence.startswith(START) and cut in range(len(START), len(sequence) - len(END) + 1)
    if cut > 1 and sequence != KEYS["click of old"] and not is_within_paste:
        parts = parts_of([(0, sequence[:cut]), (SEQUENCE_SECONDS + 1, sequence[cut:]), (0, "y")])
        assert [part for part in parts if isinstance(part, Typed)] == [Typed("y")]


@pytest.mark.parametrize("sequence", KNOWN)
def test_what_textual_knows_is_one_sequence(sequence: str) -> None:
    assert parts_of([(0, f"x{sequence}y")]) == [Typed("x"), input_reader.Sequence(sequence), Typed("y")]
    if not re.fullmatch("\x1bO[j-y]|\x1b\\[~", sequence):  # "Or" may well be typed
        assert parts_of([(0, sequence[:1]), (1.5, sequence[1:])]) == [input_reader.Sequence(ESCAPE)]


@pytest.mark.parametrize(
    "pieces",
    [
        [(0, f"{ESCAPE}\r")],
        [(0, ESCAPE), (0.3, "\r")],
        [(0, f"{ESCAPE}x")],
        [(0, f"{ESCAPE}가")],
        [(0, ESCAPE), (1.0, "[1, 2]")],
        [(0, ESCAPE), (1.0, "["), (0.2, "1, 2]")],
        [(0, ESCAPE), (1.0, "["), (2.0, '"a"]')],
        [(0, ESCAPE), (1.0, "Only")],
        [(0, ESCAPE), (ESCAPE_SECONDS + LATE_SECONDS + 1, "[A")],
    ],
)
def test_what_is_typed_after_an_escape_is_typed(pieces: list[tuple[float, str]]) -> None:
    parts = together(parts_of(pieces))
    text = "".join(piece for _, piece in pieces)
    assert parts == [input_reader.Sequence(ESCAPE), Typed(text[1:])]


def test_a_second_escape_ends_the_wait_for_the_first() -> None:
    f8 = KEYS["F8"]
    parts = parts_of([(0, ESCAPE), (0, f8), (0, ESCAPE), (0, ESCAPE)])
    assert [part.text for part in parts] == [ESCAPE, f8, ESCAPE, ESCAPE]


def test_a_sequence_that_breaks_off_is_left_out() -> None:
    assert parts_of([(0, "\x1b[19\r"), (0, "\x1b[19\x1b[A")]) == [Typed("\r"), input_reader.Sequence("\x1b[A")]
    assert parts_of([(0, "\x1b[" + "1;" * 99)]) == []


@given(st.lists(PASTES, max_size=3), st.data())
def test_any_cut_gives_the_same_keys_and_pastes(pastes: list[Pasted], data: st.DataObject) -> None:
    keys = [data.draw(PIECES).replace(ESCAPE, "") + data.draw(st.sampled_from(sorted(KEYS.values()))) for _ in pastes]
    text = "".join(chain.from_iterable((key, START, paste.text, END) for key, paste in zip(keys, pastes, strict=True)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [(0.0, text[start:end]) for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    parts = together(parts_of(pieces))
    assert parts == together(parts_of([(0, text)]))
    assert [part for part in parts if isinstance(part, Pasted) and part != whole(KEYS["paste"])[0]] == [
        paste for paste in pastes if paste != whole(KEYS["paste"])[0]
    ]


@given(st.lists(st.tuples(st.floats(0, 5), st.text(alphabet="aO[\x1b\r1~;MA<\x7f가 ", max_size=12)), max_size=8))
def test_nothing_but_escapes_is_ever_lost_or_made_up(pieces: list[tuple[float, str]]) -> None:
    text = "".join(piece for _, piece in pieces)
    given_out = iter(text)
    for part in parts_of(pieces):
        if not isinstance(part, Pasted):
            assert all(character in given_out for character in part.text), "in their order"
        assert not isinstance(part, Typed) or ESCAPE not in part.text


def test_a_paste_that_breaks_off_is_given_out_after_a_while() -> None:
    assert parts_of([(0, f"{START}half"), (PASTE_SECONDS - POLL, f"done{END}")]) == [Pasted("halfdone")]
    assert parts_of([(0, f"{START}half"), (PASTE_SECONDS + POLL, "x")]) == [Pasted("half"), Typed("x")]
