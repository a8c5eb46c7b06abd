"""What the API lists is read whatever else is in it, and what is no list is never taken for an empty one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ncloud_integration.cloudinsight import answer, listing
from ncloud_integration.cloudinsight.answer import Answer
from ncloud_integration.cloudinsight.listing import Listed, Page
from ncloud_integration.integration import body
from ncloud_integration.integration.comparison import is_equal
from ncloud_integration.integration.model import Header, Integration

ROW = r"""{
    "headers": {"content-type": "application/json; charset=utf-8", "X-Team": "ops"},
    "id": "999",
    "name": "test",
    "payload": "{\n\t\"text\": \"#{RULE_NAME}\"\n}",
    "type": "OUT_GOING",
    "updateTime": 1600000000500,
    "url": "https://events.example.com/"
}"""
INTEGRATION = Integration(
    "test",
    "https://events.example.com/",
    (Header("content-type", "application/json; charset=utf-8"), Header("X-Team", "ops")),
    '{\n\t"text": "#{RULE_NAME}"\n}',
)
LISTED = Listed("999", INTEGRATION, "OUT_GOING", 1_600_000_000.5)

FIELDS = ["data", "totalPages", "totalRecords", "id", "name", "url", "payload", "type", "headers", "updateTime"]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.from_regex(r"[0-9]{1,20}", fullmatch=True)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=10,
)
ROWS_LIKE = st.fixed_dictionaries({"id": st.just("999")}, optional=dict.fromkeys(FIELDS[4:], JSON))
INTEGRATIONS = st.builds(
    Integration,
    st.text(),
    st.text(),
    st.lists(st.builds(Header, st.text(), st.text()), unique_by=lambda header: header.name).map(tuple),
    st.text(),
)


def read(text: str) -> Any:
    """Return *text* as an answer's body is read."""
    return answer.document(Answer(200, {}, text.encode()))


def row(**fields: object) -> dict[str, Any]:
    return {**read(ROW), **fields}


def test_a_row_is_read_as_the_documents_have_it() -> None:
    assert listing.row(read(ROW)) == LISTED


@given(INTEGRATIONS, st.integers(0, 10**16))
def test_a_row_says_what_was_sent(sent: Integration, updated: int) -> None:
    stored = {**json.loads(body.write(sent)), "id": "999", "updateTime": updated}
    assert listing.row(read(json.dumps(stored))) == Listed("999", sent, "OUT_GOING", updated / 1000)


@pytest.mark.parametrize("written", ["999", '"999"'])
def test_an_id_is_a_string_or_a_number(written: str) -> None:
    found = listing.row(read(ROW.replace('"999"', written)))
    assert found == LISTED


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        pytest.param("999", True, id="digits"),
        pytest.param("a-B_c.9~!", True, id="letters and signs"),
        pytest.param("!", True, id="the first sign"),
        pytest.param("~", True, id="the last sign"),
        pytest.param("x" * 128, True, id="128 characters"),
        pytest.param("x" * 129, False, id="129 characters"),
        pytest.param("", False, id="nothing"),
        pytest.param(" ", False, id="a space"),
        pytest.param("9 9", False, id="a space within"),
        pytest.param("999\n", False, id="a line feed after it"),
        pytest.param("\x7f", False, id="delete"),
        pytest.param("\x1b[2J", False, id="an escape sequence"),
        pytest.param("구구구", False, id="Hangul"),
        pytest.param("٣", False, id="a digit of another script"),
        pytest.param(999, False, id="a number that was not read as it is written"),
        pytest.param(True, False, id="true"),
        pytest.param(None, False, id="null"),
        pytest.param(["999"], False, id="an array"),
        pytest.param({"id": "999"}, False, id="an object"),
    ],
)
def test_an_id_is_printable_ascii_without_spaces(value: object, is_one: bool) -> None:
    assert listing.is_id(value) == is_one
    assert (listing.row(row(id=value)) is not None) == is_one


@pytest.mark.parametrize("value", [None, [], "999", 5, True, {}, {"name": "test"}, [["id", "999"]]])
def test_what_has_no_id_is_no_row(value: object) -> None:
    assert listing.row(value) is None


@pytest.mark.parametrize("field", ["name", "url", "payload", "type"])
@pytest.mark.parametrize("value", [None, True, 5, [], {}, ["a"]])
def test_a_text_that_is_none_is_blank(field: str, value: object) -> None:
    found = listing.row(row(**{field: value}))
    assert found is not None
    assert getattr(found.integration, field, found.type) == ""
    assert found.integration_id == "999"


@pytest.mark.parametrize("field", ["name", "url", "payload", "type", "headers", "updateTime"])
def test_a_field_that_is_not_there_reads_as_one_that_is_null(field: str) -> None:
    without = row()
    del without[field]
    assert listing.row(without) == listing.row(row(**{field: None}))


@pytest.mark.parametrize("headers", [None, {}])
def test_an_integration_without_headers_is_equal_to_what_is_listed_with_none(headers: object) -> None:
    found = listing.row(row(headers=headers))
    assert found is not None
    assert is_equal(found.integration, Integration("test", INTEGRATION.url, (), INTEGRATION.payload))


def test_an_integration_with_an_empty_payload_is_equal_to_what_is_listed_with_null() -> None:
    found = listing.row(row(payload=None))
    assert found is not None
    assert is_equal(found.integration, Integration("test", INTEGRATION.url, INTEGRATION.headers, ""))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"B": "1", "A": "2"}, (Header("B", "1"), Header("A", "2")), id="in their order"),
        pytest.param({"A": "5", "B": None}, (Header("A", "5"), Header("B", "")), id="null"),
        pytest.param({"A": ["1"], "B": {"C": "1"}, "D": True}, tuple(Header(name, "") for name in "ABD"), id="no text"),
        pytest.param([], (), id="an array"),
        pytest.param([["A", "1"]], (), id="an array of pairs"),
        pytest.param("A: 1", (), id="a string"),
        pytest.param(5, (), id="a number"),
    ],
)
def test_headers_are_an_object_of_strings(headers: object, expected: tuple[Header, ...]) -> None:
    found = listing.row(row(headers=headers))
    assert found is not None
    assert found.integration.headers == expected


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        pytest.param("0", 0.0, id="the epoch"),
        pytest.param("1600000000500", 1_600_000_000.5, id="milliseconds"),
        pytest.param('"1600000000500"', 1_600_000_000.5, id="milliseconds in quotes"),
        pytest.param("null", None, id="null"),
        pytest.param("-1", None, id="before the epoch"),
        pytest.param("1.5", None, id="a fraction"),
        pytest.param("1e12", None, id="a power"),
        pytest.param("true", None, id="true"),
        pytest.param('""', None, id="nothing"),
        pytest.param('" 1"', None, id="a space before it"),
        pytest.param('"1\\n"', None, id="a line feed after it"),
        pytest.param('"٣"', None, id="a digit of another script"),
        pytest.param('"²"', None, id="a raised digit"),
        pytest.param('"2026-11-23"', None, id="a date"),
        pytest.param("9" * 18, 999_999_999_999_999.999, id="18 digits"),
        pytest.param("9" * 19, None, id="19 digits"),
        pytest.param("9" * 5_000, None, id="5,000 digits"),
    ],
)
def test_a_time_is_in_milliseconds(written: str, seconds: float | None) -> None:
    found = listing.row(read(ROW.replace("1600000000500", written)))
    assert found is not None
    assert found.updated == seconds


def test_a_page_is_read_as_the_documents_have_it() -> None:
    page = read(f'{{"data": [{ROW}], "pageNum": 1, "pageSize": 100, "totalPages": 3, "totalRecords": 201}}')
    assert listing.page(page) == Page((LISTED,), 1, 3, 201)


@pytest.mark.parametrize(
    ("data", "ids", "length"),
    [
        pytest.param([], [], 0, id="none"),
        pytest.param([row(), row(id="2"), row(id="1")], ["999", "2", "1"], 3, id="in their order"),
        pytest.param([row(), None, {}, row(id=""), "x", row(id="1")], ["999", "1"], 6, id="with some that are none"),
        pytest.param([None], [], 1, id="one that is none"),
    ],
)
def test_a_page_counts_the_rows_that_cannot_be_read(data: list[object], ids: list[str], length: int) -> None:
    page = listing.page({"data": data})
    assert page is not None
    assert [found.integration_id for found in page.rows] == ids
    assert page.length == length


@pytest.mark.parametrize(
    ("written", "count"),
    [("0", 0), ("7", 7), ('"7"', 7), ("null", None), ("-1", None), ("7.0", None), ('"many"', None), ("true", None)],
)
def test_a_count_is_told_where_it_can_be_read(written: str, count: int | None) -> None:
    for field in ("totalPages", "totalRecords"):
        page = listing.page(read(f'{{"data": [], "{field}": {written}}}'))
        assert page is not None
        assert {"totalPages": page.total_pages, "totalRecords": page.total_records}[field] == count


def test_a_page_says_nothing_of_the_whole_where_it_does_not() -> None:
    assert listing.page({"data": []}) == Page((), 0, None, None)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("null", id="null"),
        pytest.param("[]", id="an array"),
        pytest.param(f"[{ROW}]", id="the rows alone"),
        pytest.param("{}", id="an empty object"),
        pytest.param(ROW, id="a row"),
        pytest.param('{"error": {"errorCode": "200"}}', id="an error"),
        pytest.param('{"totalRecords": 0, "totalPages": 0}', id="counts alone"),
        pytest.param('{"data": "x"}', id="a string"),
        pytest.param('{"data": 5}', id="a number"),
        pytest.param('{"data": true}', id="true"),
        pytest.param(f'{{"data": {ROW}}}', id="a row in the list's place"),
        # What is empty and yet no list must not be read as "nothing exists": all that does would then seem new.
        pytest.param('{"data": {}}', id="an empty object in the list's place"),
        pytest.param('{"data": ""}', id="an empty string"),
        pytest.param('{"data": 0}', id="zero"),
        pytest.param('{"data": false}', id="false"),
        pytest.param("<html></html>", id="a proxy's page"),
    ],
)
def test_what_holds_no_list_is_no_page(text: str) -> None:
    assert listing.page(read(text)) is None


def test_a_list_that_is_null_is_empty() -> None:
    assert listing.page(read('{"data": null, "totalRecords": 0}')) == Page((), 0, None, 0)


@given(JSON | ROWS_LIKE)
@example({"id": "999", "headers": {"": None}})
def test_no_value_crashes_a_row(value: object) -> None:
    found = listing.row(value)
    if found is not None:
        integration = found.integration
        texts = [found.type, integration.name, integration.url, integration.payload]
        texts += [text for header in integration.headers for text in (header.name, header.value)]
        assert all(isinstance(text, str) for text in texts)
        assert listing.is_id(found.integration_id)
        assert found.updated is None or found.updated >= 0


@given(
    JSON
    | st.fixed_dictionaries({"data": st.lists(JSON | ROWS_LIKE)}, optional={"totalPages": JSON, "totalRecords": JSON})
)
def test_no_value_crashes_a_page(value: object) -> None:
    page = listing.page(value)
    if page is not None:
        assert len(page.rows) <= page.length
        assert page.total_pages is None or page.total_pages >= 0
        assert page.total_records is None or page.total_records >= 0
