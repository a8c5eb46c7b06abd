"""Two integrations are the same where a receiver could not tell them apart, and a difference shows no secret."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration import body
from ncloud_integration.integration.comparison import differences, is_equal
from ncloud_integration.integration.draft import unchecked
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.integration.sentence import unprintable

SENT = Integration(
    "test",
    "https://events.example.com/hook",
    (Header("content-type", "application/json"), Header("X-Team", "ops")),
    '{\n\t"text": "#{RULE_NAME}"\n}',
)
SLACK = "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx"
SECRET = "swordfish-1234567890"


def integrations(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Integration]:
    names = st.text(st.sampled_from("abAB-"), min_size=1, max_size=3)
    headers = st.lists(st.builds(Header, names, texts), max_size=4, unique_by=lambda header: header.name.lower())
    return st.builds(Integration, texts, texts, headers.map(tuple), texts)


INTEGRATIONS = integrations(st.text(st.characters(), max_size=5))
REORDERED = INTEGRATIONS.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one.headers)))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(SENT), id="itself"),
        pytest.param(replace(SENT, headers=SENT.headers[::-1]), id="headers in another order"),
        pytest.param(
            replace(SENT, headers=(Header("Content-Type", "application/json"), Header("x-team", "ops"))),
            id="names of headers in another case",
        ),
    ],
)
def test_what_a_receiver_cannot_tell_apart_is_equal(other: Integration) -> None:
    assert is_equal(SENT, other)
    assert is_equal(other, SENT)
    assert differences(SENT, other) == []


@pytest.mark.parametrize(
    ("other", "field"),
    [
        pytest.param(replace(SENT, name="Test"), "Name", id="name in another case"),
        pytest.param(replace(SENT, name="test "), "Name", id="a space after the name"),
        pytest.param(replace(SENT, name=""), "Name", id="no name"),
        pytest.param(replace(SENT, url="https://events.example.com/hook/"), "URL", id="a slash more"),
        pytest.param(replace(SENT, url="https://events.example.com/Hook"), "URL", id="path in another case"),
        pytest.param(replace(SENT, url=""), "URL", id="no URL"),
        pytest.param(replace(SENT, headers=()), "Headers", id="no headers"),
        pytest.param(replace(SENT, headers=SENT.headers[:1]), "Headers", id="a header less"),
        pytest.param(replace(SENT, headers=(*SENT.headers, Header("A", "1"))), "Headers", id="a header more"),
        pytest.param(
            replace(SENT, headers=(SENT.headers[0], Header("X-Team", "OPS"))), "Headers", id="value in another case"
        ),
        pytest.param(replace(SENT, headers=(SENT.headers[0], Header("X-Team", ""))), "Headers", id="value gone"),
        pytest.param(replace(SENT, headers=(SENT.headers[0], Header("XTeam", "ops"))), "Headers", id="another name"),
        pytest.param(replace(SENT, payload=SENT.payload.replace("\n", "\r\n")), "Payload", id="other line ends"),
        pytest.param(replace(SENT, payload=SENT.payload + "\n"), "Payload", id="a line feed more"),
        pytest.param(
            replace(SENT, payload='{"text": "#{RULE_NAME}"}'), "Payload", id="the same JSON written otherwise"
        ),
        pytest.param(replace(SENT, payload=""), "Payload", id="no payload"),
    ],
)
def test_what_differs_is_named_and_nothing_else(other: Integration, field: str) -> None:
    assert not is_equal(SENT, other)
    assert not is_equal(other, SENT)
    for found in (differences(SENT, other), differences(other, SENT)):
        assert [str(sentence).partition(":")[0] for sentence in found] == [field]


def test_everything_that_differs_is_named_in_the_order_of_the_fields() -> None:
    found = differences(SENT, Integration("", "", (), ""))
    assert [str(sentence).partition(":")[0] for sentence in found] == ["Name", "URL", "Headers", "Payload"]


def test_both_values_are_told_and_which_was_sent() -> None:
    stored = Integration("other", "https://other.example.com/", (Header("X-Team", "dev"),), SENT.payload)
    name, url, headers = map(str, differences(SENT, stored))
    assert name == "Name: test was sent and other is stored."
    assert url == "URL: https://events.example.com/hook was sent and https://other.example.com/ is stored."
    assert headers == ("Headers: content-type: application/json, X-Team: ops were sent and X-Team: dev are stored.")


def test_what_is_blank_is_told_as_nothing() -> None:
    stored = Integration("", "", (), SENT.payload)
    assert all(
        str(found).endswith(("and nothing is stored.", "and nothing are stored."))
        for found in differences(SENT, stored)
    )
    assert all(": nothing w" in str(found) for found in differences(stored, SENT))


@pytest.mark.parametrize(
    ("sent", "stored", "says"),
    [
        pytest.param(
            "abc", "abd", "3 bytes were sent and 3 are stored; they differ from line 1, column 3 on", id="one"
        ),
        pytest.param("abc", "ab", "3 bytes were sent and 2 are stored; they differ from line 1, column 3", id="cut"),
        pytest.param("ab", "abc", "2 bytes were sent and 3 are stored; they differ from line 1, column 3", id="longer"),
        pytest.param("a\nb", "a\nc", "differ from line 2, column 1 on", id="in another line"),
        pytest.param(
            "a\nb", "a\r\nb", "3 bytes were sent and 4 are stored; they differ from line 1, column 2", id="CRLF"
        ),
        pytest.param(
            "한a", "한b", "4 bytes were sent and 4 are stored; they differ from line 1, column 2", id="Hangul"
        ),
        pytest.param("", "x", "0 bytes were sent and 1 are stored; they differ from line 1, column 1", id="nothing"),
        pytest.param("x" * 15_000, "x" * 14_999, "15,000 bytes were sent and 14,999 are stored", id="many"),
        pytest.param("\n" * 1_500, "\n" * 1_499 + " " * 1_000, "line 1,500, column 1 on", id="far down"),
    ],
)
def test_a_payload_is_told_by_its_bytes_and_where_it_begins_to_differ(sent: str, stored: str, says: str) -> None:
    (found,) = differences(replace(SENT, payload=sent), replace(SENT, payload=stored))
    assert says in str(found)


def test_a_payload_is_not_repeated() -> None:
    found = differences(replace(SENT, payload=f'"{SECRET}"'), replace(SENT, payload=f'"{SECRET}!"'))
    assert SECRET not in repr(found)


def test_a_secret_header_is_not_shown() -> None:
    sent = replace(SENT, headers=(Header("Authorization", f"Bearer {SECRET}"), Header("X-Team", "ops")))
    stored = replace(SENT, headers=(Header("authorization", f"Bearer {SECRET}."), Header("X-Team", "dev")))
    (found,) = differences(sent, stored)
    assert SECRET not in repr(found)
    assert "Authorization: ••••, X-Team: ops" in str(found)
    assert "authorization: ••••, X-Team: dev" in str(found)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param("https://example.com/", id="another URL"),
        pytest.param("", id="nothing"),
        pytest.param(SLACK[:-1], id="cut"),
        pytest.param(SLACK + "/", id="longer"),
        pytest.param(SLACK.replace("https", "http"), id="another scheme"),
        pytest.param(SLACK.replace("https://", ""), id="no scheme"),
        pytest.param(SLACK + " ", id="a space after it"),
        pytest.param(SLACK + "\n", id="a line feed after it"),
        pytest.param(SLACK.replace("/services", "\\services"), id="a backslash in it"),
        pytest.param(SLACK.replace("hooks", "someone@hooks"), id="a user in it"),
        pytest.param(SLACK.replace(".com", ".com:port"), id="a bad port"),
        pytest.param(SLACK.replace("https://hooks.slack.com", ""), id="the path alone"),
        pytest.param(SLACK.upper(), id="capitals"),
    ],
)
def test_a_secret_url_is_not_shown_however_it_is_stored(stored: str) -> None:
    (found,) = differences(replace(SENT, url=SLACK), replace(SENT, url=stored))
    assert str(found).startswith("URL: https://hooks.slack.com/••••uvwx was sent and ")
    assert "abcdefghijklmnop" not in repr(found).lower()
    assert "t00000000" not in repr(found).lower()


def test_a_secret_url_that_is_not_stored_at_all_is_told_so() -> None:
    (found,) = differences(replace(SENT, url=SLACK), replace(SENT, url=""))
    assert str(found).endswith("and nothing is stored.")


def test_a_url_that_is_no_secret_is_shown_however_it_is_stored() -> None:
    (found,) = differences(SENT, replace(SENT, url="events.example.com/a b"))
    assert "and events.example.com/a b is stored." in str(found)


def test_a_value_from_elsewhere_is_shown_as_text() -> None:
    found = differences(SENT, replace(SENT, name="\x1b[2J{name}\u202e", url="\x1b]0;evil\x07"))
    assert len(found) == 2
    assert "\\x1b[2J{name}\\u202e" in str(found[0])
    assert not any(unprintable.search(str(sentence)) for sentence in found)


@given(INTEGRATIONS, INTEGRATIONS | st.none())
def test_there_is_a_difference_where_they_are_not_equal_and_only_there(
    one: Integration, other: Integration | None
) -> None:
    other = other or one
    assert is_equal(one, other) == is_equal(other, one)
    assert is_equal(one, other) == (not differences(one, other)) == (not differences(other, one))
    assert is_equal(one, other) >= (one == other)
    for sentence in differences(one, other):
        assert re.match("(Name|URL|Headers|Payload): ", str(sentence))
        assert not unprintable.search(str(sentence))


@given(REORDERED)
def test_no_order_and_no_case_of_header_names_makes_a_difference(given_: tuple[Integration, list[Header]]) -> None:
    one, reordered = given_
    other = replace(one, headers=tuple(Header(header.name.swapcase(), header.value) for header in reordered))
    assert is_equal(one, other)
    assert differences(one, other) == []


@given(integrations(st.text()))
def test_what_was_sent_is_equal_to_what_a_faithful_store_gives_back(sent: Integration) -> None:
    stored = json.dumps(json.loads(body.write(sent)), sort_keys=True)
    assert is_equal(sent, unchecked(body.read(stored)))


def test_headers_that_differ_behind_their_mask_are_told_apart() -> None:
    sent = Integration("n", "https://h.example.com/", (Header("Authorization", "Bearer one"),), "{}")
    (said,) = map(str, differences(sent, replace(sent, headers=(Header("Authorization", "Bearer two"),))))
    assert said == "Headers: a value that is masked here is not stored as it was sent (Authorization: ••••)."
