"""The far side reads exactly what was typed, and a saved body is read back as it was or refused with a reason."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ncloud_integration.integration import body
from ncloud_integration.integration.body import BodyError
from ncloud_integration.integration.draft import Draft, integration, problems
from ncloud_integration.integration.model import Header, Integration

HEADERS = st.lists(st.builds(Header, st.text(), st.text()), unique_by=lambda header: header.name).map(tuple)
INTEGRATIONS = st.builds(Integration, st.text(), st.text(), HEADERS, st.text())

DOCUMENTED = r"""{
    "headers": {
        "content-type": "application/json; charset=utf-8"
    },
    "name": "test",
    "payload": "{\n\t\"text\": \"#{DOMAIN_CODE} => #{RULE_NAME} 's event is #{EVENT_STATUS}. The condition is #{RESOURCE_NAME} 's #{DIMENSIONS} #{METRIC} #{OPERATOR} #{CRITERIA}. The current value is #{VALUE}\"\n}",
    "type": "OUT_GOING",
    "url": "https://events.example.com/"
}"""  # noqa: E501 - as the documents have it
DOCUMENTED_DRAFT = Draft(name="test", url="https://events.example.com/")


@given(INTEGRATIONS)
def test_the_far_side_reads_what_was_typed(given_integration: Integration) -> None:
    received = json.loads(body.write(given_integration).decode("utf-8"))
    headers = {header.name: header.value for header in given_integration.headers}
    assert received.pop("headers", {}) == headers
    assert received == {
        "name": given_integration.name,
        "payload": given_integration.payload,
        "type": "OUT_GOING",
        "url": given_integration.url,
    }


@given(INTEGRATIONS)
def test_what_was_written_is_read_back(given_integration: Integration) -> None:
    draft = body.read(body.write(given_integration).decode())
    assert draft == Draft(
        given_integration.name, given_integration.url, given_integration.headers, given_integration.payload
    )


def test_headers_are_left_out_where_there_are_none() -> None:
    assert "headers" not in json.loads(body.write(Integration("n", "https://e.example/", (), "{}")))


@given(st.text(st.characters()).map(lambda text: json.dumps(text, ensure_ascii=False)))
@example('"\ud800"')
def test_whatever_passes_the_checks_can_be_written(payload: str) -> None:
    draft = Draft(name="test", url="https://events.example.com/", payload=payload)
    if not any(problem.is_error for problem in problems(draft)):
        assert json.loads(body.write(integration(draft)))["payload"] == payload


def test_the_documents_own_example_is_the_new_form() -> None:
    assert body.read(DOCUMENTED) == DOCUMENTED_DRAFT


def test_the_body_says_what_the_documents_own_example_says() -> None:
    assert json.loads(body.write(integration(DOCUMENTED_DRAFT))) == json.loads(DOCUMENTED)


@pytest.mark.parametrize(
    ("text", "draft"),
    [
        pytest.param("\ufeff" + DOCUMENTED, DOCUMENTED_DRAFT, id="byte order mark"),
        pytest.param(DOCUMENTED.replace("\n", "\r\n"), DOCUMENTED_DRAFT, id="CRLF"),
        pytest.param("{}", Draft("", "", (), ""), id="nothing in it"),
        pytest.param('{"name": "a"}', Draft("a", "", (), ""), id="no type"),
        pytest.param('{"name": "a", "headers": null}', Draft("a", "", (), ""), id="headers null"),
        pytest.param('{"name": "a", "headers": {}}', Draft("a", "", (), ""), id="headers empty"),
        pytest.param('{"id": "999", "updateTime": 1, "name": "a"}', Draft("a", "", (), ""), id="more than was asked"),
        pytest.param(
            '{"headers": {"A": "1", "A": "2", "a": "3"}}',
            Draft("", "", (Header("A", "1"), Header("A", "2"), Header("a", "3")), ""),
            id="a header twice is kept for the checks",
        ),
        pytest.param('{"name": "\\ud55c\\u000a"}', Draft("한\n", "", (), ""), id="escapes"),
    ],
)
def test_a_saved_body_is_read(text: str, draft: Draft) -> None:
    assert body.read(text) == draft


@pytest.mark.parametrize(
    ("text", "part"),
    [
        pytest.param("", "line 1, column 1", id="nothing"),
        pytest.param('{\n "name": oops}', "line 2, column 10", id="not JSON"),
        pytest.param('\ufeff{\n "name": oops}', "line 2, column 10", id="not JSON after a byte order mark"),
        pytest.param("[]", "object", id="an array"),
        pytest.param('"999"', "object", id="a string"),
        pytest.param("null", "object", id="null"),
        pytest.param('[["name", "a"]]', "object", id="pairs"),
        pytest.param('{"type": "IN_COMING"}', "OUT_GOING", id="another type"),
        pytest.param('{"type": null}', "OUT_GOING", id="type null"),
        pytest.param('{"name": 1}', '"name"', id="a name that is a number"),
        pytest.param('{"name": null}', '"name"', id="a name that is null"),
        pytest.param('{"url": ["a"]}', '"url"', id="a URL that is an array"),
        pytest.param('{"payload": {"text": "a"}}', '"payload"', id="a payload that is an object"),
        pytest.param('{"headers": []}', '"headers"', id="headers that are an array"),
        pytest.param('{"headers": "A: 1"}', '"headers"', id="headers that are a string"),
        pytest.param('{"headers": {"A": 1}}', '"headers"', id="a header that is a number"),
        pytest.param('{"headers": {"A": {"B": "1"}}}', '"headers"', id="a header that is an object"),
        pytest.param('{"a": ' + "[" * 200_000, "", id="nested too deep"),
        pytest.param('{"name": ' + "9" * 5_000 + "}", "", id="a number of 5,000 digits"),
    ],
)
def test_what_is_no_body_is_refused_with_the_reason(text: str, part: str) -> None:
    with pytest.raises(BodyError) as raised:
        body.read(text)
    assert part in str(raised.value.sentence)
    assert str(raised.value) == str(raised.value.sentence)


@given(
    st.text(st.characters())
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["name", "url", "headers", "payload", "type"]), inner)
        ),
    ).map(json.dumps)
)
def test_no_text_is_more_than_refused(text: str) -> None:
    try:
        draft = body.read(text)
    except BodyError as error:
        texts = [str(error.sentence)]
    else:
        texts = [draft.name, draft.url, draft.payload, *(header.value for header in draft.headers)]
    assert all(isinstance(field, str) for field in texts)
