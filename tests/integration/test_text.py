"""Text from outside becomes what a field may hold, nothing of it is lost in silence, and JSON keeps its meaning."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration import text
from ncloud_integration.integration.sentence import unprintable

ANY_TEXT = st.text(st.characters())
# Far more line ends, marks and controls than plain text would bring up.
AWKWARD_TEXT = st.text(st.sampled_from("ab \t\n\r\x0b\x0c\x1b\x1c\x85\u200b\u2028\u202e\ufeff한"))


@pytest.mark.parametrize(
    ("given_text", "size"),
    [("", 0), ("a", 1), ("é", 2), ("한", 3), ("😀", 4), ("\ud800", 3), ("a한\n", 5)],
    ids=["nothing", "ASCII", "two bytes", "Hangul", "emoji", "half a surrogate pair", "mixed"],
)
def test_size_is_counted_in_bytes_of_utf_8(given_text: str, size: int) -> None:
    assert text.size(given_text) == size


@given(ANY_TEXT)
def test_the_size_of_any_text_can_be_told(given_text: str) -> None:
    assert len(given_text) <= text.size(given_text) <= 4 * len(given_text)


@pytest.mark.parametrize(
    ("given_text", "kept", "noted"),
    [
        pytest.param("https://example.com/", "https://example.com/", [], id="one line"),
        pytest.param("", "", [], id="nothing"),
        pytest.param(" a ", " a ", [], id="spaces are the operator's own"),
        pytest.param("a\n", "a", [], id="a line end at the end"),
        pytest.param("a\r\n", "a", [], id="CRLF at the end"),
        pytest.param("\n\na", "a", [], id="blank lines first"),
        pytest.param("a\tb", "a b", [], id="tab"),
        pytest.param("a\nb", "a", ["2 lines"], id="two lines"),
        pytest.param("a\rb\r\nc", "a", ["3 lines"], id="three lines as terminals paste them"),
        pytest.param("a\u2028b", "a", ["2 lines"], id="line separator"),
        pytest.param("\ufeffa", "a", ["U+FEFF"], id="byte order mark"),
        pytest.param("a\x1b[31mb", "a[31mb", ["U+001B"], id="escape sequence"),
        pytest.param("gpj.\u202eexe", "gpj.exe", ["U+202E"], id="right-to-left override"),
        pytest.param("a\udcffb", "ab", ["U+DCFF"], id="a byte that is not UTF-8, as Python passes it on"),
        pytest.param("a\u200b\nb", "a", ["2 lines", "U+200B"], id="both"),
        pytest.param("\x00\x01\x02\x03\x04a", "a", ["U+0003, …"], id="five kinds of hidden characters"),
    ],
)
def test_a_single_line_keeps_the_first_line_and_tells_what_it_left_out(
    given_text: str, kept: str, noted: list[str]
) -> None:
    line, notes = text.single_line(given_text)
    assert line == kept
    assert len(notes) == len(noted)
    assert all(part in str(note) for part, note in zip(noted, notes, strict=True))


@pytest.mark.parametrize("excess", [0, 1])
def test_a_single_line_is_cut_where_no_field_could_hold_it(excess: int) -> None:
    line, notes = text.single_line("x" * (text.LOAD_LIMIT + excess))
    assert line == "x" * text.LOAD_LIMIT
    assert [f"{text.LOAD_LIMIT:,}" in str(note) for note in notes] == [True] * excess


def test_a_line_of_hidden_characters_alone_is_not_the_first_line() -> None:
    line, _ = text.single_line("\ufeff\nhttps://example.com/")
    assert line == "https://example.com/"


@given(ANY_TEXT | AWKWARD_TEXT)
def test_a_single_line_holds_one_line_that_can_be_seen(given_text: str) -> None:
    line, _ = text.single_line(given_text)
    assert not unprintable.search(line)
    assert len(line.splitlines()) <= 1
    assert text.single_line(line) == (line if line.strip() else "", [])


@given(ANY_TEXT | AWKWARD_TEXT)
def test_a_single_line_without_a_note_has_lost_nothing_but_white_space(given_text: str) -> None:
    line, notes = text.single_line(given_text)
    if not notes:
        assert line.split() == given_text.split()


@pytest.mark.parametrize(
    ("given_text", "kept", "noted"),
    [
        pytest.param('{\n\t"a": 1\n}\n', '{\n\t"a": 1\n}\n', [], id="as it should be"),
        pytest.param('{\r\n"a": 1\r}', '{\n"a": 1\n}', ["LF"], id="CRLF and CR"),
        pytest.param("\ufeff{}", "{}", ["byte order mark"], id="byte order mark"),
        pytest.param('"\x1b"', '"\\u001b"', ["U+001B"], id="control character"),
        pytest.param('"\u202e"', '"\\u202e"', ["U+202E"], id="right-to-left override"),
        pytest.param('"a\ufeff"', '"a\\ufeff"', ["U+FEFF"], id="byte order mark further on"),
        pytest.param('"\ud800"', '"\\ud800"', ["U+D800"], id="half a surrogate pair"),
        pytest.param("\ufeff\r\n\x00", "\n\\u0000", ["byte order mark", "LF", "U+0000"], id="all at once"),
    ],
)
def test_a_document_is_made_visible_and_tells_what_was_changed(given_text: str, kept: str, noted: list[str]) -> None:
    document, notes = text.document(given_text)
    assert document == kept
    assert len(notes) == len(noted)
    assert all(part in str(note) for part, note in zip(noted, notes, strict=True))


@given(ANY_TEXT | AWKWARD_TEXT)
def test_a_document_holds_nothing_hidden_and_is_left_alone_from_then_on(given_text: str) -> None:
    document, notes = text.document(given_text)
    assert not unprintable.search(re.sub(r"[\n\t]", "", document))
    assert bool(notes) == (document != given_text)
    assert text.document(document) == (document, [])


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_means_the_same_as_a_document(value: object) -> None:
    written = json.dumps(value, ensure_ascii=False, indent="\t").replace("\n", "\r\n")
    document, _ = text.document(written)
    assert json.loads(document) == value
