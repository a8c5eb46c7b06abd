"""Laying JSON out changes where its lines end and nothing else; brackets are matched outside strings."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration import json_layout
from ncloud_integration.integration.template import json_error

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9999, 9999) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("packed", "spread"),
    [
        ("{}", "{}"),
        ("[]", "[]"),
        ('"#{X} {"', '"#{X} {"'),
        ("#{VALUE}", "#{VALUE}"),
        ('{"a":1}', '{\n  "a": 1\n}'),
        ('{"a":[],"b":{}}', '{\n  "a": [],\n  "b": {}\n}'),
        ('[[1,2.50],{"a":"b:,"}]', '[\n  [\n    1,\n    2.50\n  ],\n  {\n    "a": "b:,"\n  }\n]'),
        ('{"v":#{VALUE},"w":1#{CRITERIA}}', '{\n  "v": #{VALUE},\n  "w": 1#{CRITERIA}\n}'),
        (r'{"q":"\"}"}', '{\n  "q": "\\"}"\n}'),
        ('{"a":1E400,"a":-0.0}', '{\n  "a": 1E400,\n  "a": -0.0\n}'),
    ],
)
def test_values_stay_as_they_are_written(packed: str, spread: str) -> None:
    assert json_layout.spread(packed) == spread
    assert json_layout.packed(spread) == packed


@given(VALUES, st.sampled_from([None, 0, 1, 3]))
def test_either_layout_holds_the_same_and_is_final(value: object, indent: int | None) -> None:
    written = json.dumps(value, ensure_ascii=False, indent=indent)
    spread, packed = json_layout.spread(written), json_layout.packed(written)
    assert json_layout.spread(spread) == json_layout.spread(packed) == spread == json_layout.spread(packed)
    assert json_layout.packed(spread) == json_layout.packed(packed) == packed
    assert json.dumps(json.loads(spread)) == json.dumps(json.loads(packed)) == json.dumps(value)
    assert "\n" not in packed


@given(VALUES)
def test_the_layout_is_that_of_the_standard_library(value: object) -> None:
    assert json_layout.spread(json.dumps(value, ensure_ascii=False)) == json.dumps(
        value, ensure_ascii=False, indent=json_layout.INDENT
    )


def test_variables_outside_strings_are_no_hindrance() -> None:
    spread = json_layout.spread('{"value":#{VALUE},"list":[#{CRITERIA},#{VALUE}]}')
    assert json_error(spread) is None
    assert '"value": #{VALUE},' in spread


@given(VALUES, st.data())
def test_the_cursor_stays_at_its_character(value: object, data: st.DataObject) -> None:
    packed = json_layout.packed(json.dumps(value))
    spread = json_layout.spread(packed)
    at = data.draw(st.integers(0, len(packed)))
    there = json_layout.same_place(packed, at, spread)
    if at < len(packed) and not packed[at].isspace():
        assert spread[there] == packed[at]
        assert json_layout.same_place(spread, there, packed) == at
    else:
        assert there <= len(spread)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("{}", [(0, 1)]),
        ("[{}]", [(0, 3), (1, 2)]),
        ('{"}": [1]}', [(0, 9), (6, 8)]),
        (r'["\"]", 1]', [(0, 9)]),
        ("}{}", [(1, 2)]),
        ("[}]", [(0, 2)]),
        ('{"unclosed}', []),
        ("[", []),
    ],
)
def test_brackets_and_their_partners(text: str, pairs: list[tuple[int, int]]) -> None:
    expected = {**dict(pairs), **{last: first for first, last in pairs}}
    for index in range(len(text)):
        if text[index] in "[]{}":
            assert json_layout.matching_bracket(text, index) == expected.get(index)
