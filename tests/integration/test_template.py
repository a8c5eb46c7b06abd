"""Variables are found wherever they stand, and JSON is judged as if they were filled in, at the places as typed."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ncloud_integration.integration import template
from ncloud_integration.integration.template import NUMERIC_VARIABLES, VARIABLES, Variable

ANY_TEXT = st.text(st.characters())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9999, 9999) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def nearly_json(draw: st.DrawFn) -> str:
    """Draw JSON in which a few characters were put in or taken out, or none."""
    text = json.dumps(draw(VALUES), ensure_ascii=False, indent=draw(st.none() | st.just(2)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at] + draw(st.sampled_from(["", *'{}[]",:.eE+-01 \n\ttu\\한'])) + text[at + draw(st.integers(0, 1)) :]
        )
    return text


TEMPLATES = st.lists(
    st.sampled_from(
        ["#{", "}", "{", '"', "\n", ":", ",", "NaN", "Infinity", "RULE_NAME", "VALUE", "#{VALUE}", "#", "a"]
    )
).map("".join)


def test_the_documented_variables_are_known() -> None:
    documented = "DOMAIN_CODE RULE_NAME EVENT_STATUS RESOURCE_NAME DIMENSIONS METRIC OPERATOR CRITERIA VALUE"
    assert documented.split() == list(VARIABLES)


@pytest.mark.parametrize(
    ("text", "name", "is_broken", "is_known"),
    [
        pytest.param("#{VALUE}", "VALUE", False, True, id="documented"),
        pytest.param("#{REGION}", "REGION", False, False, id="not documented"),
        pytest.param("#{value}", "value", False, False, id="in lower case"),
        pytest.param("#{a.b-c_1}", "a.b-c_1", False, False, id="dots and dashes"),
        pytest.param("#{VALUE", "VALUE", True, False, id="not closed"),
        pytest.param('#{VALUE"}', "VALUE", True, False, id="not closed before the quote"),
        pytest.param("#{VALUE\n}", "VALUE", True, False, id="not closed on its line"),
        pytest.param("#{}", "", True, False, id="no name"),
        pytest.param("#{RULE NAME}", "RULE NAME", True, False, id="a space in the name"),
        pytest.param("#{규칙}", "규칙", True, False, id="a name in Hangul"),
    ],
)
def test_a_variable_is_told_from_a_broken_one(text: str, name: str, is_broken: bool, is_known: bool) -> None:
    (variable,) = template.variables(text)
    assert (variable.name, variable.is_broken, variable.is_known) == (name, is_broken, is_known)


@pytest.mark.parametrize("text", ["", "#", "# {VALUE}", "${VALUE}", "{VALUE}", "#\n{VALUE}"])
def test_what_does_not_start_with_hash_and_brace_is_no_variable(text: str) -> None:
    assert list(template.variables(text)) == []


def test_variables_are_found_in_their_order_and_place() -> None:
    assert list(template.variables('#{A} "#{B" #{C')) == [
        Variable("A", 0, 4, is_closed=True),
        Variable("B", 6, 9, is_closed=False),
        Variable("C", 11, 14, is_closed=False),
    ]


@given(ANY_TEXT | TEMPLATES)
@example("#{RULE_NAME #{VALUE}")
def test_every_variable_is_found_where_it_stands(text: str) -> None:
    found = list(template.variables(text))
    assert [variable.start for variable in found] == [at for at in range(len(text)) if text.startswith("#{", at)]
    for variable in found:
        assert text[variable.start : variable.end] == "#{" + variable.name + "}" * variable.is_closed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("RULENAME", "RULE_NAME"),
        ("rule_name", "RULE_NAME"),
        ("VALU", "VALUE"),
        ("CRITERA", "CRITERIA"),
        ("RESOURCE NAME", "RESOURCE_NAME"),
        ("DIMENSION", "DIMENSIONS"),
        ("XYZ", None),
        ("", None),
        ("   ", None),
    ],
)
def test_the_nearest_documented_name_is_offered_where_one_is_near(typed: str, meant: str | None) -> None:
    assert template.nearest(typed) == meant


@given(ANY_TEXT, st.data())
def test_a_position_is_the_line_and_the_column_of_the_character(text: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(text)))
    line, column = template.position(text, index)
    lines = text.split("\n")
    assert sum(len(before) + 1 for before in lines[: line - 1]) + column - 1 == index
    assert column - 1 <= len(lines[line - 1])


@given(nearly_json())
def test_without_variables_a_text_is_wrong_where_json_says_so(text: str) -> None:
    assume("#{" not in text)
    expected = None
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        expected = (error.lineno, error.colno)
    found = template.json_error(text)
    is_comma = found and str(found.reason).startswith("the comma before ")  # Python before 3.13 is at the bracket
    assert is_comma or (found and (found.line, found.column)) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a": "#{VALUE}"}', id="inside a string"),
        pytest.param('{"a": #{VALUE}}', id="bare"),
        pytest.param('{"#{RULE_NAME}": 1}', id="in a member name"),
        pytest.param('{"a": "#{REGION}"}', id="not documented"),
        pytest.param('{"a": "#{broken"}', id="broken, inside a string"),
        pytest.param('["#{VALUE} #{CRITERIA}", #{VALUE}, -#{VALUE}, #{VALUE}.5]', id="many"),
        pytest.param("#{VALUE}", id="alone"),
        pytest.param('{"a": "NaN Infinity -Infinity"}', id="words for numbers inside a string"),
        pytest.param("[" + "9" * 14_000 + "]", id="a number of 14,000 digits"),
        pytest.param('"\\ud83d\\ude00"', id="escaped surrogate pair"),
    ],
)
def test_a_template_is_json_once_its_variables_are_filled_in(text: str) -> None:
    assert template.json_error(text) is None


@given(st.lists(st.sampled_from(VARIABLES).map("#{{{}}}".format) | st.text(), max_size=8))
def test_a_json_string_may_hold_variables_and_any_text(parts: list[str]) -> None:
    written = json.dumps({"text": "".join(parts)}, ensure_ascii=False)
    assert template.json_error(written) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param('{"a": "#{VALUE}" oops}', "oops", id="after a variable on its line"),
        pytest.param('{"a": #{VALUE},\n "b": #{RULE_NAME} oops}', "oops", id="after variables on several lines"),
        pytest.param('{"a": #{broken}x}', "x}", id="right after a variable"),
        pytest.param('{"한": "#{VALUE}" oops}', "oops", id="after Hangul, in characters"),
        pytest.param('{"a": #{RULE NAME}}', "#{RULE", id="a bare variable with a space in its name"),
        pytest.param('{"a": #{VALUE}', None, id="not closed"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_filling_in_variables_moves_no_position(text: str, wrong: str | None) -> None:
    found = template.json_error(text)
    assert found is not None
    assert (found.line, found.column) == template.position(text, len(text) if wrong is None else text.index(wrong))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param("[NaN]", "NaN", id="NaN"),
        pytest.param("[1, Infinity]", "Infinity", id="Infinity"),
        pytest.param("[1,\n -Infinity]", "-Infinity", id="minus Infinity"),
        pytest.param('["NaN", NaN]', "NaN]", id="after the same word in a string"),
        pytest.param('["\\"NaN", NaN]', "NaN]", id="after an escaped quote"),
        pytest.param("[#{NaN}, NaN]", "NaN]", id="after a variable of the same name"),
    ],
)
def test_numbers_that_only_python_reads_are_refused_where_they_stand(text: str, wrong: str) -> None:
    found = template.json_error(text)
    assert found is not None
    assert (found.line, found.column) == template.position(text, text.index(wrong))


@pytest.mark.parametrize("text", ["[" * 200_000, "[" * 200_000 + "]" * 200_000, '{"a":' * 200_000])
def test_json_that_is_nested_too_deep_is_refused_and_not_a_crash(text: str) -> None:
    assert template.json_error(text) is not None


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"a": 1,}', (1, 8)),
        ("[1,]", (1, 3)),
        ('{\n  "n": #{VALUE},\n}', (2, 16)),
        ('["a, ", {"b": [2 ,\t\r\n]}]', (1, 18)),
    ],
)
def test_a_comma_too_many_is_where_the_error_is_on_every_python(text: str, where: tuple[int, int]) -> None:
    found = template.json_error(text)
    assert found is not None
    assert (found.line, found.column) == where
    assert str(found.reason).startswith("the comma before ")


@pytest.mark.parametrize("text", ["[,]", "{,}", '{"a": 1,,}', "[1,}", '{"a" 1,]', '[",]'])
def test_other_commas_are_errors_of_another_kind(text: str) -> None:
    found = template.json_error(text)
    assert found is not None
    assert found.line == 1


@pytest.mark.parametrize(
    "text",
    ['{"a": 1,}', "[1,]", "{a: 1}", '{"a" 1}', "[1 2]", "[", "{} {}", '"a', '"a\nb"', '"\\x"', '"\\u12"', "\ufeff{}"],
)
def test_the_reason_of_every_json_error_can_be_written_out(text: str) -> None:
    found = template.json_error(text)
    assert found is not None
    assert str(found.reason)


@given(ANY_TEXT | nearly_json() | TEMPLATES)
def test_no_text_can_crash_the_rules(text: str) -> None:
    found = template.json_error(text)
    if found:
        lines = text.split("\n")
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1
        assert str(found.reason)
    assert set(template.bare_text_variables(text)) <= set(template.variables(text))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param('{"a": #{RULE_NAME}}', ["RULE_NAME"], id="bare text"),
        pytest.param('{"a": "#{RULE_NAME}"}', [], id="quoted text"),
        pytest.param('{"a": #{VALUE}, "b": #{CRITERIA}}', [], id="bare numbers"),
        pytest.param('{"a": #{REGION}}', ["REGION"], id="not documented, so perhaps text"),
        pytest.param('{"\\"": #{METRIC}}', ["METRIC"], id="after an escaped quote"),
        pytest.param('["#{METRIC}", #{METRIC}, "#{METRIC}"]', ["METRIC"], id="between quoted ones"),
    ],
)
def test_a_variable_whose_text_would_break_the_json_is_found(text: str, names: list[str]) -> None:
    assert [variable.name for variable in template.bare_text_variables(text)] == names


def test_only_documented_variables_are_taken_for_numbers() -> None:
    assert set(VARIABLES) >= NUMERIC_VARIABLES


def test_every_variable_says_what_it_means() -> None:
    assert all(template.MEANINGS.values())
    assert "".join(VARIABLES).isupper() or "_" in "".join(VARIABLES)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("#{", ""),
        ("x #{VAL", "VAL"),
        ("#{A} #{B", "B"),
        ("#{VALUE}", None),
        ("#{VALUE} ", None),
        ("#", None),
        ("", None),
    ],
)
def test_a_variable_that_is_being_typed(line: str, name: str | None) -> None:
    begun = template.begun(line)
    assert (begun.name if begun else None) == name


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("", list(VARIABLES)),
        ("D", ["DOMAIN_CODE", "DIMENSIONS"]),
        ("value", ["VALUE"]),
        ("VALUE", ["VALUE"]),
        ("X", []),
        ("VALUE ", []),
    ],
)
def test_completions(name: str, found: list[str]) -> None:
    assert template.completions(name) == found


@pytest.mark.parametrize(
    ("line", "column", "place"),
    [
        ("say #{VAL", 9, "#{VAL"),
        ("say #{VAL is high", 9, "#{VAL"),
        ("say #{VALU} now", 6, "#{VALU}"),
        ("say #{VALU} now", 11, "#{VALU}"),
        ("say #{VALUE} now", 12, ""),
        ("say #{VALUE} now", 8, "#{VALUE}"),
        ("say #{VALUE} now", 4, ""),
        ("say #{VALUE} now", 3, ""),
        ("#{", 2, "#{"),
        ("#{A}#{B", 7, "#{B"),
        ("", 0, ""),
    ],
)
def test_a_picked_variable_takes_the_place_of_what_is_broken_or_begun_there(line: str, column: int, place: str) -> None:
    start, end = template.place_at(line, column)
    assert line[start:end] == place
    assert start <= column <= end
