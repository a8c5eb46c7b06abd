"""The form starts as the documents' example and becomes an integration only without errors."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration.draft import Draft, integration, problems
from ncloud_integration.integration.model import Header, Integration

COMPLETE = Draft(name="test", url="https://events.example.com/hook")
ANY_TEXT = st.text(st.characters())


def test_a_new_form_is_the_documents_own_example() -> None:
    # Written out from CreateIntegration, "Request example", so that a slip in the source shows.
    assert Draft() == Draft(
        "",
        "",
        (Header("content-type", "application/json; charset=utf-8"),),
        '{\n\t"text": "#{DOMAIN_CODE} => #{RULE_NAME} \'s event is #{EVENT_STATUS}. The condition is'
        " #{RESOURCE_NAME} 's #{DIMENSIONS} #{METRIC} #{OPERATOR} #{CRITERIA}. The current value is #{VALUE}\"\n}",
    )


def test_a_new_form_lacks_a_name_and_a_url_alone() -> None:
    assert [(problem.field, problem.severity) for problem in problems(Draft())] == [("name", "error"), ("url", "error")]


def test_the_example_with_name_and_url_is_an_integration() -> None:
    assert problems(COMPLETE) == []
    assert integration(COMPLETE) == Integration("test", COMPLETE.url, COMPLETE.headers, COMPLETE.payload)


def test_problems_come_in_the_order_of_the_fields() -> None:
    draft = Draft("", "", (Header("", "x"),), "oops")
    assert [problem.field for problem in problems(draft)] == ["name", "url", "headers", "payload"]


def test_blank_rows_are_no_headers() -> None:
    rows = (Header("", ""), Header("A", "1"), Header(" ", " "), Header("B", "2"))
    assert integration(replace(COMPLETE, headers=rows)).headers == (Header("A", "1"), Header("B", "2"))


@pytest.mark.parametrize(
    "draft",
    [
        pytest.param(replace(COMPLETE, name=""), id="name"),
        pytest.param(replace(COMPLETE, url="example.com"), id="url"),
        pytest.param(replace(COMPLETE, headers=(Header("", "x"),)), id="headers"),
        pytest.param(replace(COMPLETE, payload="oops"), id="payload"),
    ],
)
def test_an_error_in_any_field_stops(draft: Draft) -> None:
    with pytest.raises(ValueError) as raised:
        integration(draft)
    assert str(raised.value) in [str(problem.sentence) for problem in problems(draft) if problem.is_error]


def test_warnings_never_stop() -> None:
    draft = Draft(" test", "http://127.0.0.1/", (Header("Host", "a b"),), "")
    assert {problem.severity for problem in problems(draft)} == {"warning"}
    assert integration(draft) == Integration(draft.name, draft.url, draft.headers, draft.payload)


@given(st.builds(Draft, ANY_TEXT, ANY_TEXT, st.lists(st.builds(Header, ANY_TEXT, ANY_TEXT)).map(tuple), ANY_TEXT))
def test_any_form_has_problems_or_is_an_integration(draft: Draft) -> None:
    if any(problem.is_error for problem in problems(draft)):
        with pytest.raises(ValueError):
            integration(draft)
    else:
        assert integration(draft).name == draft.name
