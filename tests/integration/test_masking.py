"""What is a secret of an integration is not on the screen, and all else is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ncloud_integration.integration.masking import masked
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


@settings(deadline=None)
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
