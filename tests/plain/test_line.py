"""A line while it is typed: keys in, text and echo out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.integration.text import LOAD_LIMIT
from ncloud_integration.plain.line import Line

UP, F8 = "\x1b[A", "\x1b[19~"


@pytest.mark.parametrize(
    ("typed", "text", "echo"),
    [
        ("abc\r", "abc", "abc\n"),
        ("abc\n", "abc", "abc\n"),
        ("ab\x7fc\r", "ac", "ab\b \bc\n"),
        ("한\x7f글\r", "글", "한\b \b\b \b글\n"),
        ("e\u0301\x7f\r", "e", "e\u0301\n"),
        ("\x7f\x08a\r", "a", "a\n"),
        ("abc\x15d\r", "d", "abc\n> d\n"),
        ("ab\x0cc\r", "abc", "ab\n> abc\n"),
        ("ab\x12\r", "ab", "ab\n> ab\n"),
        (f"a{UP}b{F8}c\x1bOSd\x1bxe\r", "abcde", "abcde\n"),
        ("a\tb\r", "a\tb", "a b\n"),
        ("a\x01b\x9b\u202e\r", "a\x01b\x9b\u202e", "ab\n"),
        ("a\x04b\r", "ab", "ab\n"),
    ],
)
def test_a_key_does_what_it_does(typed: str, text: str, echo: str) -> None:
    line = Line("> ")
    assert line.take(typed) == (echo, len(typed))
    assert (line.text, line.is_ended, line.is_end_of_input) == (text, True, False)


def test_what_follows_a_line_is_left_for_the_next() -> None:
    line = Line("")
    assert line.take("one\rtwo\r") == ("one\n", 4)


def test_ctrl_d_ends_the_input_where_nothing_is_typed() -> None:
    line = Line("")
    assert line.take("\x04rest") == ("\n", 1)
    assert line.is_end_of_input


@pytest.mark.parametrize("key", [UP, F8, "\x1bOS", "\x1b[1;2H"])
def test_a_key_that_arrives_in_pieces_is_one_key(key: str) -> None:
    line, waiting = Line(""), ""
    for character in f"a{key}b":
        waiting += character
        waiting = waiting[line.take(waiting)[1] :]
    assert (line.text, waiting) == ("ab", "")


def test_a_secret_is_not_echoed_and_nothing_tells_its_length() -> None:
    line = Line("Secret: ", is_shown=False)
    assert line.take("hidden\x7fn\x0c\r")[0] == "\nSecret: \n"
    assert line.text == "hidden"
    assert line.written == "Secret: "


def test_a_line_may_be_as_long_as_anything_that_is_taken_in() -> None:
    line = Line("")
    line.take("x" * (LOAD_LIMIT + 100) + "\r")
    assert len(line.text) == LOAD_LIMIT + 1


@given(st.text(), st.booleans())
def test_nothing_is_echoed_that_a_terminal_would_obey(typed: str, is_shown: bool) -> None:
    echo, _ = Line("> ", is_shown=is_shown).take(typed)
    assert not unprintable.search(echo.replace("\b", "").replace("\n", ""))


@given(st.lists(st.text(), max_size=5))
def test_pieces_make_the_same_line_as_the_whole(pieces: list[str]) -> None:
    whole, other, waiting = Line(""), Line(""), ""
    whole.take("".join(pieces))
    for piece in pieces:
        waiting += piece
        waiting = waiting[other.take(waiting)[1] :]
    assert (other.text, other.is_ended) == (whole.text, whole.is_ended)
