"""Each documented rule at its edges, and no text that could crash a check."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration import checks
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import unprintable

ANY_TEXT = st.text(st.characters())
ANY_HEADERS = st.lists(st.builds(Header, ANY_TEXT, ANY_TEXT), max_size=15)
ANY_PAYLOAD = ANY_TEXT | st.text(st.sampled_from('{}[]",:#VALUE\\u01 \nNaInfity-'))
NOTHING: list[tuple[str, tuple[int, int]]] = []


def found(problems: list[Problem]) -> list[tuple[str, tuple[int, int]]]:
    return [(problem.severity, problem.at) for problem in problems]


def errors(problems: list[Problem]) -> list[tuple[int, int]]:
    return [problem.at for problem in problems if problem.is_error]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("test", NOTHING, id="plain"),
        pytest.param("운영 알림 🚨", NOTHING, id="Hangul, a space and an emoji"),
        pytest.param("x" * 10_000, NOTHING, id="long, for no length is documented"),
        pytest.param("", [("error", (0, 0))], id="nothing"),
        pytest.param(" \t\u3000", [("error", (0, 0))], id="blank"),
        pytest.param("a\nb", [("error", (0, 1))], id="line feed"),
        pytest.param("abc\x1b", [("error", (0, 3))], id="escape"),
        pytest.param("\u202eabc", [("error", (0, 0))], id="right-to-left override"),
        pytest.param("ab\ud800", [("error", (0, 2))], id="half a surrogate pair"),
        pytest.param(" a", [("warning", (0, 0))], id="space first"),
        pytest.param("a ", [("warning", (0, 0))], id="space last"),
    ],
)
def test_a_name_is_not_blank_and_can_be_seen(name: str, expected: list[tuple[str, tuple[int, int]]]) -> None:
    assert found(checks.name(name)) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://events.example.com/hook", NOTHING, id="plain"),
        pytest.param("http://events.example.com/hook", ["warning"], id="plain http"),
        pytest.param("http://127.1/#x", ["warning", "warning", "warning"], id="all at once"),
        pytest.param("", ["error"], id="nothing"),
        pytest.param("events.example.com", ["error"], id="no scheme"),
    ],
)
def test_a_url_is_an_error_or_any_number_of_warnings(url: str, expected: list[str]) -> None:
    assert [problem.severity for problem in checks.url(url)] == expected


def test_a_url_is_wrong_where_it_says_so() -> None:
    assert errors(checks.url("https://example.com/a b")) == [(0, 21)]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(Header("X-Team_1", "ops-1_a"), NOTHING, id="documented characters"),
        pytest.param(
            Header("content-type", "application/json; charset=utf-8"), NOTHING, id="the documents' own example"
        ),
        pytest.param(Header("X-Team", ""), [("warning", (0, 1))], id="no value"),
        pytest.param(Header("X-Team", "a b"), [("warning", (0, 1))], id="a space in the value"),
        pytest.param(Header("X-Team", "".join(map(chr, range(0x20, 0x6F)))), [("warning", (0, 1))], id="other signs"),
        pytest.param(Header("X-Team", "~"), [("warning", (0, 1))], id="last printable ASCII"),
        pytest.param(Header("X-Team", "\x7f"), [("error", (0, 1))], id="delete"),
        pytest.param(Header("X-Team", "a\r\nEvil: 1"), [("error", (0, 1))], id="a second header smuggled in"),
        pytest.param(Header("X-Team", "a\n"), [("error", (0, 1))], id="a line feed at the end"),
        pytest.param(Header("X-Team", "운영"), [("error", (0, 1))], id="a value in Hangul"),
        pytest.param(Header("X Team", "a"), [("error", (0, 0))], id="a space in the name"),
        pytest.param(Header("X-Team\n", "a"), [("error", (0, 0))], id="a line feed after the name"),
        pytest.param(Header("X:Team", "a"), [("error", (0, 0))], id="a colon in the name"),
        pytest.param(Header("팀", "a"), [("error", (0, 0))], id="a name in Hangul"),
        pytest.param(Header("", "a"), [("error", (0, 0))], id="no name"),
        pytest.param(Header("Host", "a"), [("warning", (0, 0))], id="host"),
        pytest.param(Header("CONTENT-LENGTH", "1"), [("warning", (0, 0))], id="content length"),
        pytest.param(Header("Transfer-Encoding", "chunked"), [("warning", (0, 0))], id="hop by hop"),
        pytest.param(Header("", ""), NOTHING, id="a blank row"),
        pytest.param(Header(" ", "\t"), NOTHING, id="a row of white space"),
    ],
)
def test_a_header_is_what_the_documents_allow(header: Header, expected: list[tuple[str, tuple[int, int]]]) -> None:
    assert found(checks.headers([header])) == expected


@pytest.mark.parametrize(
    ("name", "value", "is_error"),
    [
        pytest.param("n" * 10, "v" * 90, False, id="100 bytes"),
        pytest.param("n" * 10, "v" * 91, True, id="101 bytes"),
        pytest.param("n" * 100, "", False, id="100 bytes of name"),
        pytest.param("n" * 101, "", True, id="101 bytes of name"),
    ],
)
def test_a_header_has_at_most_100_bytes_name_and_value_together(name: str, value: str, is_error: bool) -> None:
    assert errors(checks.headers([Header(name, value)])) == [(0, 1)] * is_error


@pytest.mark.parametrize(("count", "is_error"), [(0, False), (10, False), (11, True), (25, True)])
def test_there_are_at_most_10_headers(count: int, is_error: bool) -> None:
    rows = [Header(f"X-{number}", "v") for number in range(count)]
    assert errors(checks.headers(rows)) == [(10, 0)] * is_error


def test_blank_rows_do_not_count() -> None:
    rows = [row for number in range(10) for row in (Header("", ""), Header(f"X-{number}", "v"))]
    assert checks.headers(rows) == []


def test_the_first_header_too_many_is_pointed_at_past_blank_rows() -> None:
    rows = [Header("", ""), *(Header(f"X-{number}", "v") for number in range(11))]
    assert errors(checks.headers(rows)) == [(11, 0)]


def test_a_name_stands_once_in_any_case() -> None:
    rows = [Header("X-Team", "a"), Header("Other", "b"), Header("x-team", "c"), Header("X-TEAM", "d")]
    problems = checks.headers(rows)
    assert errors(problems) == [(2, 0), (3, 0)]
    assert "row 1" in str(problems[0].sentence)


def test_rows_without_a_name_are_not_called_duplicates() -> None:
    assert errors(checks.headers([Header("", "a"), Header("", "b")])) == [(0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        pytest.param('{"text": "#{RULE_NAME}", "value": #{VALUE}}', NOTHING, id="as it should be"),
        pytest.param('"한"', NOTHING, id="any JSON value"),
        pytest.param("", [("warning", (0, 0))], id="nothing"),
        pytest.param(" \n", [("error", (0, 0))], id="white space"),
        pytest.param("{\n  oops\n}", [("error", (1, 2))], id="not JSON"),
        pytest.param('{\n "a": "#{RULENAME}"\n}', [("warning", (1, 7))], id="unknown variable"),
        pytest.param('{\n "a": "#{RULE_NAME"\n}', [("warning", (1, 7))], id="broken variable"),
        pytest.param('{\n "a": #{METRIC}\n}', [("warning", (1, 6))], id="text outside quotes"),
        pytest.param("[NaN]", [("error", (0, 1))], id="no JSON number"),
    ],
)
def test_a_payload_is_empty_or_json(payload: str, expected: list[tuple[str, tuple[int, int]]]) -> None:
    assert found(checks.payload(payload)) == expected


@pytest.mark.parametrize(
    ("character", "count", "is_error"),
    [
        pytest.param("x", 14_998, False, id="15,000 bytes of ASCII"),
        pytest.param("x", 14_999, True, id="15,001 bytes of ASCII"),
        pytest.param("한", 4_999, False, id="14,999 bytes of Hangul"),
        pytest.param("한", 5_000, True, id="15,002 bytes of Hangul"),
        pytest.param("\\n", 7_499, False, id="15,000 bytes of escapes, before they are escaped again"),
    ],
)
def test_a_payload_has_at_most_15_000_bytes(character: str, count: int, is_error: bool) -> None:
    problems = checks.payload(f'"{character * count}"')
    assert [problem.is_error for problem in problems] == [True] * is_error


def test_a_payload_too_long_by_one_byte_is_told_so() -> None:
    (problem,) = checks.payload('"' + "x" * 14_999 + '"')
    assert all(number in str(problem.sentence) for number in ("15,001", "15,000", "by 1."))


def test_a_payload_that_no_bytes_can_carry_is_an_error() -> None:
    # Half a surrogate pair has no UTF-8: such a payload would pass as JSON and fail when it is sent.
    assert errors(checks.payload('{"a": "\ud800"}'))


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ('{"key": "YOUR_ROUTING_KEY"}', [("YOUR_ROUTING_KEY", (0, 9))]),
        ('{\n"a": "YOUR_A YOUR_B"}', [("YOUR_A", (1, 6)), ("YOUR_B", (1, 13))]),
        ('{"a": "YOUR_ your_key NOT_YOUR_KEY YOUR_key YOURS"}', []),
    ],
)
def test_a_placeholder_of_a_ready_payload_is_doubted_where_it_stands(
    payload: str, words: list[tuple[str, tuple[int, int]]]
) -> None:
    problems = checks.payload(payload)
    assert [(problem.sentence.values["word"], problem.at) for problem in problems] == words
    assert all(not problem.is_error and "is a placeholder" in str(problem.sentence) for problem in problems)


def test_a_placeholder_in_a_header_is_doubted() -> None:
    (problem,) = checks.headers([Header("X", "1"), Header("Authorization", "YOUR_KEY")])
    assert (problem.severity, problem.at) == ("warning", (1, 1))
    assert "starts with YOUR_" in str(problem.sentence)


@pytest.mark.parametrize("payload", ['{"a": "#{RULE NAME}"}', '{"a": "#{규칙}"}'], ids=["space", "Hangul"])
def test_a_closed_variable_with_an_impossible_name_is_not_called_unclosed_or_nameless(payload: str) -> None:
    (problem,) = checks.payload(payload)
    assert not problem.is_error
    assert not str(problem.sentence).rstrip(".").endswith("no name or no closing brace")
    assert "no name or no closing brace;" not in str(problem.sentence)


def test_an_unknown_variable_comes_with_the_nearest_known_one() -> None:
    (problem,) = checks.payload('{"a": "#{RULENAME}"}')
    assert "#{RULENAME}" in str(problem.sentence)
    assert "#{RULE_NAME}" in str(problem.sentence)


@given(ANY_TEXT)
def test_no_name_crashes_its_check(text: str) -> None:
    for problem in checks.name(text):
        assert problem.field == "name"
        assert not unprintable.search(str(problem.sentence))
        assert 0 <= problem.at[1] <= len(text)


@given(ANY_TEXT | ANY_TEXT.map("https://{}".format) | ANY_TEXT.map("https://example.com/{}".format))
def test_no_url_crashes_its_check(text: str) -> None:
    for problem in checks.url(text):
        assert problem.field == "url"
        assert not unprintable.search(str(problem.sentence))
        assert 0 <= problem.at[1] <= len(text)


@given(ANY_HEADERS)
def test_no_headers_crash_their_check(rows: list[Header]) -> None:
    for problem in checks.headers(rows):
        assert problem.field == "headers"
        assert not unprintable.search(str(problem.sentence))
        assert not checks.is_blank(rows[problem.at[0]])


@given(ANY_PAYLOAD)
def test_no_payload_crashes_its_check(text: str) -> None:
    for problem in checks.payload(text):
        row, column = problem.at
        assert problem.field == "payload"
        assert not unprintable.search(str(problem.sentence))
        assert column <= len(text.split("\n")[row])


@given(st.recursive(st.text() | st.floats(allow_nan=False, allow_infinity=False), st.lists, max_leaves=20))
def test_json_of_less_than_15_000_bytes_is_never_an_error(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert not errors(checks.payload(text)) or len(text.encode()) > 15_000
