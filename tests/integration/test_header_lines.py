"""Headers written down as `Name: value` are all found, and what is none is named and not dropped in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration import header_lines
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import unprintable


@pytest.mark.parametrize(
    ("line", "header"),
    [
        pytest.param("X-Team: ops", Header("X-Team", "ops"), id="as it is usually written"),
        pytest.param("X-Team:ops", Header("X-Team", "ops"), id="no space"),
        pytest.param("  X-Team \t:  ops  ", Header("X-Team", "ops"), id="white space around both"),
        pytest.param("X-Link: https://a.example:8443", Header("X-Link", "https://a.example:8443"), id="more colons"),
        pytest.param("X-Team:", Header("X-Team", ""), id="no value"),
        pytest.param("X-Team: ops\r\n", Header("X-Team", "ops"), id="CRLF at the end"),
        pytest.param("X-Team", None, id="no colon"),
        pytest.param(": ops", None, id="no name"),
        pytest.param("  : ops", None, id="a blank name"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_one_line_is_one_header_or_none(line: str, header: Header | None) -> None:
    assert header_lines.read(line) == (header, [])


def test_what_was_left_out_of_a_line_is_told() -> None:
    header, notes = header_lines.read("X-Te\u200bam: ops\nX-Other: 1")
    assert header == Header("X-Team", "ops")
    assert [part in str(note) for part, note in zip(("2 lines", "U+200B"), notes, strict=True)] == [True, True]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=["LF", "CR", "CRLF"])
def test_every_line_of_a_paste_is_read_in_its_order(end: str) -> None:
    headers, notes = header_lines.read_all(end.join(["A: 1", "", "B: 2", "nothing", "A: 3", ""]))
    assert headers == [Header("A", "1"), Header("B", "2"), Header("A", "3")]
    assert len(notes) == 1
    assert str(notes[0]).startswith("nothing is not a header")


@pytest.mark.parametrize(("count", "taken", "is_told"), [(0, 0, False), (20, 20, False), (21, 20, True)])
def test_of_very_many_headers_the_first_20_are_taken_and_it_is_told(count: int, taken: int, is_told: bool) -> None:
    given_headers = [Header(f"X-{number}", "v") for number in range(count)]
    headers, notes = header_lines.bounded(given_headers)
    assert headers == given_headers[:taken]
    assert [f"of {count} headers" in str(note) for note in notes] == [True] * is_told


@given(st.text(st.characters()) | st.text(st.sampled_from("ab: \t\n\r\x1b\u200b\u2028")))
def test_every_line_of_any_paste_is_a_header_or_named(text: str) -> None:
    headers, notes = header_lines.read_all(text)
    assert len(headers) + len(notes) >= sum(bool(line.strip()) for line in text.splitlines())
    assert not any(unprintable.search(header.name + header.value) for header in headers)
    assert not any(unprintable.search(str(note)) for note in notes)
