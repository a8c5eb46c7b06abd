"""What is a secret of an integration is not on the screen, and all else is."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration.endpoint import HIDDEN
from ncloud_integration.integration.masking import masked, without_echoes
from ncloud_integration.integration.model import Header, Integration

SLACK = "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx"


def with_header(name: str, value: str) -> Integration:
    return Integration("name", "https://events.example.com/", (Header(name, value),), "{}")


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
        "x-api-key",
        "X-Auth-Token",
        "PRIVATE-TOKEN",
        "X-Secret",
        "X-Hub-Signature-256",
        "X-Password",
        "x-passphrase",
    ],
)
def test_the_value_of_a_sensitive_header_is_hidden_and_its_name_is_not(name: str) -> None:
    shown = masked(with_header(name, "Basic b3BzOnN3b3JkZmlzaA==")).headers[0]
    assert shown.name == name
    assert "b3BzOnN3b3JkZmlzaA" not in shown.value
    assert shown.value


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1))
def test_what_is_shown_of_a_sensitive_value_does_not_depend_on_it(value: str) -> None:
    assert masked(with_header("Authorization", value)) == masked(with_header("Authorization", "another"))


@pytest.mark.parametrize("name", ["content-type", "X-Team", "Accept-Language"])
def test_other_headers_are_shown_as_they_are(name: str) -> None:
    integration = with_header(name, "application/json")
    assert masked(integration) == integration


def test_an_empty_value_is_shown_as_empty() -> None:
    assert masked(with_header("Authorization", "")).headers == (Header("Authorization", ""),)


def test_a_secret_url_keeps_its_host_and_last_four_characters_alone() -> None:
    shown = masked(Integration("name", SLACK, (), "{}")).url
    assert shown.startswith("https://hooks.slack.com/")
    assert shown.endswith("uvwx")
    assert not any(part in shown for part in ("services", "T00000000", "B00000000", "abcdefghij", "tuvwx"))


def test_name_and_payload_are_shown_as_they_are() -> None:
    shown = masked(Integration("token", SLACK, (), '{"token": "#{VALUE}"}'))
    assert (shown.name, shown.payload) == ("token", '{"token": "#{VALUE}"}')


VALUE = "Bearer a/b+c=\"d&e'f<g>0123456789"
WHOLE = Integration("name", SLACK, (Header("Authorization", VALUE), Header("X-Team", "operations-team-one")), "{}")
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it stands": str,
    "in capitals": str.upper,
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in JSON with slashes escaped": lambda text: json.dumps(text)[1:-1].replace("/", r"\/"),
    "in JSON for HTML": lambda text: json.dumps(text)[1:-1].translate(
        {ord(each): f"\\u{ord(each):04x}" for each in "<>&'"}
    ),
    "in HTML": html.escape,
    "in a URL": lambda text: quote(text, safe=""),
    "in a path": quote,
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_answer_that_repeats_a_secret_is_shown_without_it(spelling: str) -> None:
    for secret in (VALUE, VALUE.removeprefix("Bearer "), SLACK.removeprefix("https://hooks.slack.com")):
        text = without_echoes(f"<{SPELLINGS[spelling](secret)}> twice {SPELLINGS[spelling](secret)}.", WHOLE)
        assert text.lower().removeprefix("<").removesuffix(".") == f"{HIDDEN}> twice {HIDDEN}".lower()


@pytest.mark.parametrize("word", ["T00000000", "B00000000", "abcdefghijklmnopqrstuvwx"])
def test_each_telling_word_of_a_secret_is_hidden_by_itself(word: str) -> None:
    assert without_echoes(f"no such hook: {word}", WHOLE) == f"no such hook: {HIDDEN}"


@pytest.mark.parametrize("text", ["services", "Bearer", "operations-team-one", "hooks.slack.com", "ok", "", "/"])
def test_what_is_no_secret_is_shown_as_it_was_answered(text: str) -> None:
    assert without_echoes(text, WHOLE) == text


def test_a_short_secret_is_hidden_only_where_it_stands_alone() -> None:
    assert without_echoes("a banana: a", with_header("X-Token", "a")) == f"{HIDDEN} banana: {HIDDEN}"


@pytest.mark.parametrize("length", range(4, len(VALUE)))
def test_the_beginning_of_a_secret_is_hidden_where_the_text_is_cut_off(length: int) -> None:
    shown = without_echoes(f"you sent {VALUE[:length]}", WHOLE, is_cut=True)
    assert shown.rstrip("•") == "you sent "
    assert without_echoes("you sent Bea", WHOLE, is_cut=True) == "you sent Bea"


@given(st.text(), st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=4), st.booleans())
def test_no_secret_survives_in_any_text(around: str, value: str, is_cut: bool) -> None:
    assert value.lower() not in without_echoes(
        f"{around}{value}{around}", with_header("Authorization", value), is_cut=is_cut
    ).lower().replace(HIDDEN, "")
