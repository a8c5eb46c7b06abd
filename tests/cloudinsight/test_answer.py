"""An answer is told apart as the documents say, whatever is in it, and what is doubtful stays unknown."""

from __future__ import annotations

import json
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.cloudinsight import answer
from ncloud_integration.cloudinsight.answer import Answer
from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Refused, Unknown
from ncloud_integration.integration.sentence import unprintable

NOW = 1_700_000_000.0
HERE = {"date": formatdate(NOW, usegmt=True)}


def error_body(code: object, message: object = "", details: object = "") -> bytes:
    return json.dumps({"error": {"errorCode": code, "message": message, "details": details}}).encode()


def outcome(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> Outcome:
    return answer.outcome(Answer(status, HERE if headers is None else headers, body), NOW)


def refusal(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> Refused:
    found = outcome(status, body, headers)
    assert isinstance(found, Refused)
    return found


@pytest.mark.parametrize(
    ("body", "integration_id"),
    [
        pytest.param(b'"999"', "999", id="a bare string, as in the documents' example"),
        pytest.param(b"999", "999", id="a bare number"),
        pytest.param(b"90071992547409931234567890", "90071992547409931234567890", id="a number past 64 bits"),
        pytest.param(b'{"integrationId": "999"}', "999", id="integrationId, as in the documents' table"),
        pytest.param(b'{"integrationId": 999}', "999", id="integrationId as a number"),
        pytest.param(b'{"id": "999"}', "999", id="id"),
        pytest.param(b'{"id": 999, "name": "test"}', "999", id="id as a number among others"),
        pytest.param(b'{"id": "1", "integrationId": "999"}', "999", id="integrationId before id"),
        pytest.param(b' \r\n"999"\n', "999", id="white space around it"),
        pytest.param(b'\xef\xbb\xbf"999"', "999", id="byte order mark"),
        pytest.param(b'"a-B_c.9~!"', "a-B_c.9~!", id="letters and signs"),
        pytest.param(b'"' + b"x" * 128 + b'"', "x" * 128, id="128 characters"),
    ],
)
@pytest.mark.parametrize("status", [200, 201, 299])
def test_success_with_an_id_in_any_form_is_created(status: int, body: bytes, integration_id: str) -> None:
    assert outcome(status, body) == Created(integration_id)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'"', id="cut off"),
        pytest.param(b'"999', id="cut off within the id"),
        pytest.param(b'""', id="an empty string"),
        pytest.param(b'" "', id="a space"),
        pytest.param(b'"99 9"', id="a space within"),
        pytest.param(b'"999\\n"', id="a line feed"),
        pytest.param(b'"\\u001b[31m"', id="an escape sequence"),
        pytest.param(b'"\\u202e999"', id="right-to-left override"),
        pytest.param('"구구구"'.encode(), id="Hangul"),
        pytest.param(b'"' + b"x" * 129 + b'"', id="129 characters"),
        pytest.param(b"null", id="null"),
        pytest.param(b"true", id="true"),
        pytest.param(b"NaN", id="no number"),
        pytest.param(b"[]", id="an empty array"),
        pytest.param(b'["999"]', id="an array"),
        pytest.param(b"{}", id="an empty object"),
        pytest.param(b'{"id": {"id": "999"}}', id="an object within"),
        pytest.param(b'{"id": true}', id="id true"),
        pytest.param(b'{"error": {"errorCode": "210"}}', id="an error after all"),
        pytest.param(b"<html>Please log in</html>", id="a proxy's page"),
        pytest.param(b"<integrationId>999</integrationId>", id="XML"),
        pytest.param(b"\xff\xfe9", id="no UTF-8"),
        pytest.param(b"[" * 200_000, id="nested too deep"),
    ],
)
def test_success_without_an_id_is_unknown(body: bytes) -> None:
    assert isinstance(outcome(200, body), Unknown)


def test_success_that_was_cut_off_is_unknown_even_if_it_reads_as_an_id() -> None:
    assert isinstance(answer.outcome(Answer(200, HERE, b"99", is_complete=False), NOW), Unknown)


@pytest.mark.parametrize(
    ("status", "code", "words", "field"),
    [
        pytest.param(400, "100", "bad", None, id="400 100"),
        pytest.param(401, "200", "Authentication failed", "access_key", id="401 200"),
        pytest.param(401, "210", "Permission denied", "access_key", id="401 210"),
        pytest.param(404, "300", "Not found", "access_key", id="404 300"),
        pytest.param(413, "430", "shorten the payload", "payload", id="413 430"),
        pytest.param(429, "400", "quota", None, id="429 400"),
        pytest.param(429, "410", "throttling", None, id="429 410"),
        pytest.param(429, "420", "Too many requests", None, id="429 420"),
    ],
)
@pytest.mark.parametrize("kind", [str, int], ids=["code as a string", "code as a number"])
def test_a_documented_refusal_says_what_to_do_and_where(
    status: int, code: str, words: str, field: str | None, kind: type
) -> None:
    found = refusal(status, error_body(kind(code), "Their words"))
    assert words in str(found.reason)
    assert "The API says: Their words" in str(found.reason)
    assert found.field == field


@pytest.mark.parametrize("status", [400, 401, 404, 413, 429])
@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"null", b'{"error": "no"}', b'{"error": {"errorCode": null}}', b"<html>no</html>", b'{"error": {'],
    ids=["empty", "object", "null", "words", "no code", "HTML", "cut off"],
)
def test_a_refusal_without_a_code_is_told_by_its_status(status: int, body: bytes) -> None:
    usual = error_body({400: "100", 401: "200", 404: "300", 413: "430", 429: "420"}[status])
    found = refusal(status, body)
    assert found.field == refusal(status, usual).field
    assert str(found.reason).partition(" The API says: ")[0] == str(refusal(status, usual).reason)


@pytest.mark.parametrize("status", [402, 403, 405, 415, 418, 451, 499])
def test_any_other_4xx_is_refused(status: int) -> None:
    assert str(refusal(status).reason)


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308])
def test_a_redirect_is_refused_and_says_so(status: int) -> None:
    found = refusal(status, b"", {"location": "https://evil.example/"})
    assert str(status) in str(found.reason)
    assert "redirect" in str(found.reason)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (408, ""),
        (500, "900"),
        (503, "500"),
        (504, "510"),
        (502, ""),
        (599, ""),
        (100, ""),
        (199, ""),
        (600, ""),
        (0, ""),
    ],
)
def test_whatever_may_have_created_is_unknown(status: int, code: str) -> None:
    found = outcome(status, error_body(code, "Their words"))
    assert isinstance(found, Unknown)
    assert str(status) in str(found.reason)
    assert "The API says: Their words" in str(found.reason)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("name is blank", "name"),
        ("Invalid Name.", "name"),
        ("url is not an http or https address", "url"),
        ("The URL is wrong", "url"),
        ("headers are more than 10", "headers"),
        ("a header is too long", "headers"),
        ("payload is longer than 15,000 bytes", "payload"),
        ("Payload: not JSON", "payload"),
        ("the payload and the url", None),
        ("unnamed", None),
        ("type must be OUT_GOING", None),
        ("", None),
    ],
)
def test_a_bad_request_leads_to_the_one_field_that_it_names(words: str, field: str | None) -> None:
    assert refusal(400, error_body("100", "Bad Request", words)).field == field


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(error_body("210", "No", "really"), "No: really", id="message and details"),
        pytest.param(error_body("210", "No", "No"), "No", id="the same twice"),
        pytest.param(error_body("210", "", "really"), "really", id="details alone"),
        pytest.param(b'{"errorCode": "210", "message": "No"}', "No", id="no error object around them"),
        pytest.param(
            b"<?xml version='1.0'?><error><errorCode>210</errorCode><message>No</message></error>", "No", id="XML"
        ),
        pytest.param(
            b"<error><errorCode> 210\n</errorCode><message><![CDATA[No]]></message></error>", "No", id="XML with CDATA"
        ),
    ],
)
def test_the_apis_own_words_are_found_in_every_form(body: bytes, said: str) -> None:
    found = refusal(401, body)
    assert str(found.reason).startswith("Permission denied")
    assert str(found.reason).endswith(f"The API says: {said}")


@pytest.mark.parametrize(
    "body",
    [b"<html><body>Bad gateway</body></html>", b"", b"\xff\xff", error_body("210", {"a": 1}, ["b"])],
    ids=["HTML", "nothing", "no UTF-8", "objects for words"],
)
def test_what_is_no_error_of_the_api_is_not_quoted(body: bytes) -> None:
    assert "The API says" not in str(refusal(401, body).reason)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("\x1b[2J\x1b]0;evil\x07", id="escape sequences"),
        pytest.param("\u202eevil", id="right-to-left override"),
        pytest.param("{words} {0} {status!r}", id="places for values"),
        pytest.param("}", id="a brace"),
        pytest.param("\ud800", id="half a surrogate pair"),
        pytest.param("x" * 60_000, id="very long"),
    ],
)
@pytest.mark.parametrize("status", [200, 301, 400, 401, 429, 500])
def test_hostile_words_are_shown_as_text_and_cut(status: int, words: str) -> None:
    found = outcome(status, error_body("210", words))
    assert isinstance(found, (Refused, Unknown))
    assert not unprintable.search(str(found.reason))
    assert len(str(found.reason)) < 600


@pytest.mark.parametrize("status", [200, 301, 400, 401, 429, 500])
@pytest.mark.parametrize(
    "body",
    [
        error_body("210", "no key ACCESSKEY", "ACCESSKEY?"),
        b"<error><errorCode>210</errorCode><message>no key ACCESSKEY</message></error>",
    ],
    ids=["JSON", "XML"],
)
def test_a_key_that_the_answer_echoes_is_not_repeated(status: int, body: bytes) -> None:
    found = answer.outcome(Answer(status, HERE, body, hidden=("ACCESSKEY",)), NOW)
    assert isinstance(found, (Refused, Unknown))
    assert "The API says: no key …" in str(found.reason)
    assert "ACCESSKEY" not in repr(found)


@pytest.mark.parametrize("body", [b'"AccessKey"', b'{"integrationId": "x-ACCESSKEY"}', b'{"id": "ACCESSKEY"}'])
def test_a_key_is_never_taken_for_an_id(body: bytes) -> None:
    assert isinstance(answer.outcome(Answer(200, HERE, body, hidden=("ACCESSKEY",)), NOW), Unknown)
    assert isinstance(answer.outcome(Answer(200, HERE, body, hidden=("OTHER",)), NOW), Created)


def test_a_row_is_compared_as_it_is_and_its_id_is_none_where_it_is_a_key() -> None:
    body = b'{"data": [{"id": "ACCESSKEY", "name": "ACCESSKEY", "headers": {"key": "ACCESSKEY"}}]}'
    (row,) = answer.document(Answer(200, HERE, body, hidden=("ACCESSKEY",)))["data"]
    assert row == {"id": None, "name": "ACCESSKEY", "headers": {"key": "ACCESSKEY"}}


def test_a_key_that_follows_a_date_is_not_repeated() -> None:
    headers = {**HERE, "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT (ACCESSKEY)"}
    assert "ACCESSKEY" not in repr(answer.outcome(Answer(429, headers, b"", hidden=("ACCESSKEY",)), NOW))


@pytest.mark.parametrize(
    ("ahead", "says"),
    [
        pytest.param(301, "ahead of", id="just over 5 minutes ahead"),
        pytest.param(-301, "behind", id="just over 5 minutes behind"),
        pytest.param(3600, "60 minutes ahead of", id="an hour ahead"),
        pytest.param(-86_400, "1,440 minutes behind", id="a day behind"),
    ],
)
def test_a_failed_authentication_is_put_down_to_a_clock_that_is_off(ahead: int, says: str) -> None:
    found = refusal(401, error_body("200"), {"date": formatdate(NOW - ahead, usegmt=True)})
    assert "clock" in str(found.reason)
    assert says in str(found.reason)
    assert found.field is None


@pytest.mark.parametrize("ahead", [301, 329, -301, -329])
def test_a_clock_that_is_off_by_too_much_is_not_said_to_be_off_by_what_is_allowed(ahead: int) -> None:
    found = refusal(401, error_body("200"), {"date": formatdate(NOW - ahead, usegmt=True)})
    assert "is 5 minutes" not in str(found.reason)


@pytest.mark.parametrize("ahead", [0, 299, 300, -300])
def test_a_clock_within_5_minutes_is_not_blamed(ahead: int) -> None:
    found = refusal(401, error_body("200"), {"date": formatdate(NOW - ahead, usegmt=True)})
    assert "clock" not in str(found.reason)
    assert found.field == "access_key"


WITHOUT_A_DATE = [
    pytest.param({"date": formatdate(NOW - 3600, usegmt=True), "age": "3600"}, id="a cache's"),
    pytest.param({}, id="none"),
    pytest.param({"date": ""}, id="empty"),
    pytest.param({"date": "yesterday"}, id="words"),
    pytest.param({"date": "Mon, 99 Foo 2026 99:99:99 GMT"}, id="nonsense"),
    pytest.param({"date": "Mon, 01 Jan 99999 00:00:00 GMT"}, id="a year past the calendar"),
    pytest.param({"date": "9" * 5_000}, id="a very long number"),
]


@pytest.mark.parametrize("headers", WITHOUT_A_DATE)
def test_without_a_date_to_compare_the_clock_is_not_said_to_be_wrong(headers: dict[str, str]) -> None:
    found = refusal(401, error_body("200"), headers)
    assert "minutes ahead" not in str(found.reason)
    assert "minutes behind" not in str(found.reason)
    assert found.field == "access_key"


@pytest.mark.parametrize("headers", WITHOUT_A_DATE)
def test_without_a_date_to_compare_the_clock_stays_a_possible_cause(headers: dict[str, str]) -> None:
    # The documents name three causes for code 200: access key, secret key, clock. Only a Date rules out the third.
    assert "clock" in str(refusal(401, error_body("200"), headers).reason)


def test_a_clock_that_is_off_does_not_explain_a_missing_permission() -> None:
    found = refusal(401, error_body("210"), {"date": formatdate(NOW - 3600, usegmt=True)})
    assert str(found.reason).startswith("Permission denied")


@pytest.mark.parametrize("code", ["400", "410", "420", ""])
def test_the_wait_that_the_api_asks_for_is_shown(code: str) -> None:
    assert "120 seconds" in str(refusal(429, error_body(code), {"retry-after": " 120 "}).reason)


def test_a_wait_until_a_time_is_shown_too() -> None:
    until = refusal(429, error_body("420"), {"retry-after": formatdate(NOW + 120, usegmt=True)})
    assert str(until.reason) != str(refusal(429, error_body("420")).reason)


@pytest.mark.parametrize("wait", ["", "soon", "-1", "1.5", "\x1b[2J", "²"])
def test_a_wait_that_is_none_is_not_shown(wait: str) -> None:
    assert str(refusal(429, b"", {"retry-after": wait}).reason) == str(refusal(429).reason)


def test_only_a_limit_on_calls_asks_to_wait() -> None:
    assert "120" not in str(refusal(413, b"", {"retry-after": "120"}).reason)


JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["error", "errorCode", "message", "details", "id", "integrationId"]), inner)
    ),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())
XML_LIKE = st.lists(
    st.sampled_from(
        [b"<errorCode>", b"</errorCode>", b"<message>", b"<details>", b"<![CDATA[", b"]]>", b"210", b"\xff"]
    )
).map(b"".join)
HEADER_LIKE = st.fixed_dictionaries(
    {}, optional={"date": st.text(), "age": st.text(), "retry-after": st.text() | st.from_regex(r"[0-9]+")}
)


@given(st.integers(-1, 1000), HEADER_LIKE, st.binary() | JSON_LIKE | XML_LIKE, st.booleans())
def test_no_answer_crashes_and_every_one_is_told_apart(
    status: int, headers: dict[str, str], body: bytes, is_complete: bool
) -> None:
    found = answer.outcome(Answer(status, headers, body, is_complete), NOW)
    assert not isinstance(found, NotSent)
    assert isinstance(found, Created) <= (200 <= status < 300 and is_complete)
    assert isinstance(found, Refused) == (300 <= status < 500 and status != 408)
    if isinstance(found, Created):
        assert found.integration_id.isascii()
        assert found.integration_id.isprintable()
        assert " " not in found.integration_id
    else:
        assert not unprintable.search(str(found.reason))


@given(st.text(st.sampled_from('0123456789:,-+ GMTJanMonSu()"@.;\t٣')))
def test_no_date_crashes(date: str) -> None:
    assert isinstance(answer.outcome(Answer(401, {"date": date}, b""), NOW), Refused)


def test_the_time_is_the_machines_own_where_none_is_given() -> None:
    found = answer.outcome(Answer(401, {"date": formatdate(0, usegmt=True)}, b""))
    assert isinstance(found, Refused)
    assert "ahead of" in str(found.reason)
