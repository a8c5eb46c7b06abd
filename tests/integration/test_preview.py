"""What would arrive of a payload is told as it is: filled in, escaped or not, and whether that is JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration import preview, template
from ncloud_integration.integration.draft import EXAMPLE_PAYLOAD
from ncloud_integration.integration.preview import ESCAPING, FRIENDLY, HOSTILE, NO_DIFFERENCE
from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.integration.template import VARIABLES

EVENTS = [pytest.param(FRIENDLY, id="friendly"), pytest.param(HOSTILE, id="hostile")]
PIECES = st.lists(st.sampled_from([f"#{{{name}}}" for name in VARIABLES]) | st.text(max_size=5), max_size=6)
TEXTS = PIECES.map("".join)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_has_a_value_for_every_documented_variable(event: dict[str, str]) -> None:
    assert list(event) == list(VARIABLES)
    assert all(event.values())


@pytest.mark.parametrize("event", EVENTS)
def test_the_numbers_of_an_event_are_json_numbers(event: dict[str, str]) -> None:
    assert all(isinstance(json.loads(event[name]), (int, float)) for name in template.NUMERIC_VARIABLES)


def test_nothing_in_the_friendly_event_is_escaped_and_the_hostile_one_has_all_that_hurts() -> None:
    assert all(json.dumps(value) == f'"{value}"' for value in FRIENDLY.values())
    everything = "".join(HOSTILE.values())
    assert {'"', "\\", "\n"} <= set(everything)
    assert any("가" <= character <= "힣" for character in everything)
    assert max(len(value.encode()) for value in HOSTILE.values()) == 1024


@given(TEXTS)
def test_variables_filled_with_themselves_give_the_text_back(text: str) -> None:
    assert template.filled(text, {name: f"#{{{name}}}" for name in VARIABLES}) == text


@given(TEXTS)
def test_nothing_but_documented_variables_is_filled_in(text: str) -> None:
    known = [variable for variable in template.variables(text) if variable.is_known]
    filled = template.filled(text, dict.fromkeys(VARIABLES, ""))
    assert len(filled) == len(text) - sum(variable.end - variable.start for variable in known)
    assert [variable for variable in template.variables(template.filled(text, FRIENDLY)) if variable.is_known] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("#{VALUE}", "95.3", id="alone"),
        pytest.param("a #{VALUE} b #{VALUE}", "a 95.3 b 95.3", id="twice"),
        pytest.param("#{VALUE}#{OPERATOR}", "95.3GE", id="side by side"),
        pytest.param("#{value} #{REGION}", "#{value} #{REGION}", id="not documented"),
        pytest.param("#{VALUE #{VALUE}", "#{VALUE 95.3", id="broken before a whole one"),
        pytest.param("#{} ${VALUE}", "#{} ${VALUE}", id="no variable"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_documented_variables_are_filled_in_and_others_left(text: str, expected: str) -> None:
    assert template.filled(text, FRIENDLY) == expected


def test_a_value_that_looks_like_a_variable_is_not_filled_in_again() -> None:
    assert template.filled("#{RULE_NAME}", {"RULE_NAME": "#{VALUE}", "VALUE": "1"}) == "#{VALUE}"


@given(st.dictionaries(TEXTS, TEXTS, max_size=4))
def test_values_that_are_escaped_arrive_as_they_are_in_any_string(fields: dict[str, str]) -> None:
    payload = json.dumps(fields, ensure_ascii=False)
    friendly, hostile = preview.readings(payload)[:2]
    assert json.loads(friendly.text) == {
        template.filled(name, FRIENDLY): template.filled(text, FRIENDLY) for name, text in fields.items()
    }
    if len(preview.readings(payload)) == 3:
        assert hostile.error is None
        assert json.loads(hostile.text) == {
            template.filled(name, HOSTILE): template.filled(text, HOSTILE) for name, text in fields.items()
        }


def test_a_hostile_event_is_shown_both_ways_and_only_the_escaped_one_is_json() -> None:
    friendly, escaped, as_it_is = preview.readings(EXAMPLE_PAYLOAD)
    assert (friendly.error, escaped.error) == (None, None)
    assert as_it_is.text == template.filled(EXAMPLE_PAYLOAD, HOSTILE)
    assert as_it_is.error
    assert (as_it_is.error.line, as_it_is.error.column) == template.position(
        as_it_is.text, as_it_is.text.index(HOSTILE["RULE_NAME"]) + 1
    )
    assert [str(reading.verdict).split(": ")[:2] for reading in (friendly, escaped, as_it_is)] == [
        ["An everyday event", f"JSON, {len(friendly.text.encode()):,} bytes."],
        ["A hostile event, if NAVER escapes values", f"JSON, {len(escaped.text.encode()):,} bytes."],
        ["A hostile event, if NAVER does not escape values", "not JSON at line 2, column 19"],
    ]
    assert preview.doubt([friendly, escaped, as_it_is]) is ESCAPING


@pytest.mark.parametrize("payload", ["{}", '{"n": #{VALUE}, "s": "#{EVENT_STATUS}"}', '{"r": "#{REGION}"}', "[1,]"])
def test_it_is_shown_once_where_escaping_makes_no_difference(payload: str) -> None:
    shown = preview.readings(payload)
    assert [str(reading.case) for reading in shown] == ["An everyday event", "A hostile event"]
    assert preview.doubt(shown) is NO_DIFFERENCE


@pytest.mark.parametrize("name", ["RULE_NAME", "RESOURCE_NAME", "DIMENSIONS", "METRIC"])
def test_each_value_that_people_name_breaks_a_string_if_it_is_not_escaped(name: str) -> None:
    _, escaped, as_it_is = preview.readings(f'{{"text": "#{{{name}}}"}}')
    assert escaped.error is None
    assert as_it_is.error is not None


def test_what_is_left_as_typed_is_judged_as_it_stands() -> None:
    friendly = preview.readings('{"a": #{REGION}}')[0]
    assert friendly.error
    assert (friendly.error.line, friendly.error.column) == (1, 7)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ('{"a": "#{VALUE}"}', None),
        ('{"a": "#{REGION} #{REGION} #{value}"}', "#{REGION}, #{value}"),
        ('{"a": "#{RULE NAME} #{VALUE"}', "#{RULE NAME}, #{VALUE"),
    ],
    ids=["none", "not documented", "broken"],
)
def test_variables_that_stay_are_named_once(payload: str, said: str | None) -> None:
    left = preview.left_alone(payload)
    assert (left and left.values["variables"]) == said
    assert left is None or str(left).endswith(said or "")


@given(TEXTS | st.text(st.characters()))
def test_no_payload_can_crash_the_preview(payload: str) -> None:
    for reading in preview.readings(payload):
        assert not unprintable.search(str(reading.verdict))
        if reading.error:
            lines = reading.text.split("\n")
            assert 1 <= reading.error.line <= len(lines)
            assert 1 <= reading.error.column <= len(lines[reading.error.line - 1]) + 1
    assert preview.left_alone(payload) is None or str(preview.left_alone(payload))
