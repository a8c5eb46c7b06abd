"""Each ready payload is right: JSON whatever the event, within every known limit, and found by its endpoint's host."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.integration import checks, endpoint, gallery, preview, template
from ncloud_integration.integration.checks import Problem, is_blank
from ncloud_integration.integration.gallery import ReadyPayload, ready_payloads
from ncloud_integration.integration.model import HEADER_BYTES_LIMIT, PAYLOAD_BYTES_LIMIT, Header
from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.integration.template import VARIABLES
from ncloud_integration.integration.text import size

READY = {ready.key: ready for ready in ready_payloads()}
each = pytest.mark.parametrize("ready", ready_payloads(), ids=lambda ready: ready.key)

OWN_SERVERS = {"all-variables", "mattermost"}
"""What has no host of its own in the shape of its endpoint URL."""

PLACEHOLDERS = {
    "kakaowork-bot": ["YOUR_CONVERSATION_ID"],
    "pagerduty": ["YOUR_ROUTING_KEY"],
    "telegram": ["YOUR_CHAT_ID"],
}
DOUBTED_HEADERS = {"jandi": {"Accept"}, "kakaowork-bot": {"Authorization"}, "opsgenie": {"Authorization"}}
"""Headers that the services want as they are, although the documents of Cloud Insight name no such characters."""

KEY_CHARACTERS = {"kakaowork-bot": 41, "opsgenie": 36}
"""How long the keys are that take the places of the placeholders in the headers."""

LIMITS: dict[str, dict[str, int]] = {
    "slack-blocks": {"text": 40_000, "blocks.0.text.text": 3_000}
    | {f"blocks.1.fields.{index}.text": 2_000 for index in range(4)},
    "slack-text": {"text": 40_000},
    "discord": {"username": 80, "embeds.0.title": 256, "embeds.0.description": 4_096, "embeds.0.footer.text": 2_048},
    "telegram": {"text": 4_096},
    "mattermost": {"text": 16_383},
    "pagerduty": {"payload.summary": 1_024},
    "opsgenie": {"message": 130, "description": 15_000, "source": 100},
}
"""Characters that a service documents as the most that a member may have."""


def test_all_services_are_there_once_and_in_the_order_of_their_titles() -> None:
    assert set(READY) == {
        "all-variables",
        "discord",
        "dooray",
        "google-chat",
        "jandi",
        "kakaowork-bot",
        "kakaowork-webhook",
        "mattermost",
        "naver-works",
        "opsgenie",
        "pagerduty",
        "slack-blocks",
        "slack-text",
        "teams",
        "telegram",
    }
    titles = [str(ready.title) for ready in ready_payloads()]
    assert titles == sorted(set(titles), key=str.casefold)


@each
def test_a_file_holds_what_is_known_of_a_ready_payload_and_no_more(ready: ReadyPayload) -> None:
    written = json.loads(resources.files(gallery).joinpath(f"{ready.key}.json").read_text("utf-8"))
    assert list(written) == ["title", "hosts", "url", "headers", "note", "payload"]
    assert json.loads(ready.payload) == written["payload"]


@each
def test_a_ready_payload_is_json_whatever_the_event_if_values_are_escaped(ready: ReadyPayload) -> None:
    friendly, escaped, _ = preview.readings(ready.payload)
    assert (friendly.error, escaped.error) == (None, None)
    assert size(escaped.text) <= PAYLOAD_BYTES_LIMIT


@each
def test_a_ready_payload_tells_all_of_the_event(ready: ReadyPayload) -> None:
    assert {variable.name for variable in template.variables(ready.payload)} == set(VARIABLES)
    assert preview.left_alone(ready.payload) is None


@each
def test_nothing_is_wrong_or_doubtful_but_for_what_the_service_wants(ready: ReadyPayload) -> None:
    doubts = checks.payload(ready.payload)
    assert [problem.sentence.values["word"] for problem in doubts] == PLACEHOLDERS.get(ready.key, [])
    problems: list[Problem] = checks.headers(ready.headers)
    assert not any(problem.is_error for problem in problems)
    doubted = {ready.headers[problem.at[0]].name for problem in problems}
    assert doubted == DOUBTED_HEADERS.get(ready.key, set())


@pytest.mark.parametrize("key", KEY_CHARACTERS)
def test_a_header_holds_the_key_that_belongs_there(key: str) -> None:
    (header,) = [header for header in READY[key].headers if "YOUR_" in header.value]
    scheme, _, placeholder = header.value.partition(" ")
    filled = Header(header.name, f"{scheme} {'k' * KEY_CHARACTERS[key]}")
    assert placeholder.startswith("YOUR_")
    assert filled.size <= HEADER_BYTES_LIMIT


@each
def test_the_shape_of_the_url_is_a_url_that_the_payload_suits(ready: ReadyPayload) -> None:
    assert endpoint.parse(ready.url).scheme == "https"
    assert ready.suits(ready.url) is (ready.key not in OWN_SERVERS)
    assert "YOUR_" in ready.url or DOUBTED_HEADERS.get(ready.key) or PLACEHOLDERS.get(ready.key)


@each
def test_the_texts_can_be_shown(ready: ReadyPayload) -> None:
    assert not unprintable.search(f"{ready.title}{ready.url}{ready.note}")
    assert str(ready.note).endswith(".")
    assert not unprintable.search(ready.payload.replace("\n", ""))


def member(value: Any, path: str) -> str:
    for name in path.split("."):
        value = value[int(name)] if isinstance(value, list) else value[name]
    return str(value)


@pytest.mark.parametrize(
    ("key", "path", "limit"),
    [(key, path, limit) for key, limits in LIMITS.items() for path, limit in limits.items()],
)
def test_a_limit_that_the_service_documents_holds_for_a_hostile_event(key: str, path: str, limit: int) -> None:
    for reading in preview.readings(READY[key].payload)[:2]:
        assert 0 < len(member(json.loads(reading.text), path)) <= limit


@pytest.mark.parametrize(
    ("url", "keys"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", ["slack-blocks", "slack-text"]),
        ("https://HOOKS.slack.com./services/T0/B0/x", ["slack-blocks", "slack-text"]),
        ("https://hooks.slack.com.example.com/services/T0/B0/x", []),
        ("https://example.com/hooks.slack.com", []),
        ("https://xhooks.slack.com/", []),
        ("https://discord.com/api/webhooks/1/x", ["discord"]),
        ("https://canary.discord.com/api/webhooks/1/x", ["discord"]),
        ("https://notdiscord.com/api/webhooks/1/x", []),
        ("https://prod-1.koreacentral.logic.azure.com:443/workflows/x", ["teams"]),
        ("https://a.09.environment.api.powerplatform.com:443/powerautomate/x", ["teams"]),
        ("https://contoso.webhook.office.com/webhookb2/x", ["teams"]),
        ("https://kakaowork.com/bots/hook/x", ["kakaowork-webhook"]),
        ("https://api.kakaowork.com/v1/messages.send", ["kakaowork-bot"]),
        ("https://team.cloud.mattermost.com/hooks/x", ["mattermost"]),
        ("https://events.eu.pagerduty.com/v2/enqueue", ["pagerduty"]),
        ("https://api.eu.opsgenie.com/v2/alerts", ["opsgenie"]),
        ("https://hook.gov-dooray.com/services/x", ["dooray"]),
        ("https://events.example.com/", []),
        ("hooks.slack.com", []),
        ("", []),
    ],
)
def test_ready_payloads_are_suggested_by_the_host_alone(url: str, keys: list[str]) -> None:
    assert [ready.key for ready in gallery.suited(url)] == keys


WANTED = [Header("Accept", "a/b"), Header("content-type", "application/json")]


@pytest.mark.parametrize(
    ("rows", "missing", "completed"),
    [
        pytest.param([], WANTED, WANTED, id="no headers"),
        pytest.param([Header("X", "1")], WANTED, [Header("X", "1"), *WANTED], id="another header"),
        pytest.param(WANTED, [], WANTED, id="all there"),
        pytest.param(
            [Header("Content-Type", "text/plain")],
            WANTED[:1],
            [Header("Content-Type", "text/plain"), WANTED[0]],
            id="another value stays",
        ),
        pytest.param(
            [Header("ACCEPT", ""), Header("", "")], WANTED, WANTED, id="a value that was never typed is filled in"
        ),
        pytest.param([Header("", "orphan")], WANTED, [Header("", "orphan"), *WANTED], id="a value without a name"),
    ],
)
def test_only_what_is_missing_is_added(rows: list[Header], missing: list[Header], completed: list[Header]) -> None:
    assert gallery.missing(WANTED, rows) == missing
    assert list(gallery.completed(rows, WANTED)) == completed


ROWS = st.lists(
    st.builds(Header, st.sampled_from(["", "Accept", "accept", "X", "content-type"]), st.sampled_from(["", " ", "1"]))
)


@given(ROWS)
def test_no_value_that_was_typed_is_lost_and_nothing_stays_missing(rows: list[Header]) -> None:
    completed = gallery.completed(rows, WANTED)
    typed = [row for row in rows if row.value.strip()]
    assert [row for row in completed if row in typed] == typed
    assert gallery.missing(WANTED, completed) == []
    assert not any(is_blank(row) for row in completed)
    assert gallery.completed(completed, WANTED) == completed
