"""The steps with more than a line: keys, headers, payload, and the request on Confirm."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.credentials.sources import of_environment
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_DRAFT
from ncloud_integration.tui.widgets.field import Field
from ncloud_integration.tui.widgets.payload_editor import PayloadEditor
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import PRACTICE, armed, paste, text, until, wizard

pytestmark = pytest.mark.anyio
FOUND = EnvironmentKeys(Keys.of("ABCDEFGHIJKLMNOPQRST", "s" * 40), ("NCLOUD_ACCESS_KEY", "NCLOUD_SECRET_KEY"))


async def test_keys_from_the_environment_need_no_typing() -> None:
    async with wizard(Start(sources=(of_environment(FOUND),))) as (app, pilot):
        assert "keys from environment" in text(app)
        assert "…QRST" in text(app)
        await pilot.press("f8")
        assert "be called" in text(app)


async def test_a_typed_pair_outranks_one_that_was_found() -> None:
    async with wizard(Start(sources=(of_environment(FOUND),))) as (app, pilot):
        await pilot.press("a", "f8")
        assert "Type the secret key" in text(app)
        await pilot.press("b")
        assert app.session.keys == Keys.of("a", "b")
        assert "keys as typed" in text(app)


async def test_a_secret_key_is_never_drawn() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("tab")
        await paste(pilot, "  very-secret\n")
        assert app.session.key_state.typed == ("", "very-secret")
        assert "very-secret" not in text(app)
        assert "•" * 11 in text(app)
        assert "White space around the key was left out" in text(app)


async def test_a_host_without_a_keyring_keeps_typed_keys_for_the_session() -> None:
    async with wizard(Start()) as (app, pilot):
        await until(lambda: app.session.key_state.keyring)
        await pilot.pause()
        assert "none runs on this host" in text(app)
        await pilot.press("down", "enter", "a", "tab", "b", "f8")
        await armed(app, "#session")
        assert "Where are the keys to be kept instead?" in text(app)
        assert "No keyring runs on this host." in text(app)
        await pilot.press("right", "enter")
        await until(lambda: app.step_screen and app.step_screen.step is Step.NAME)
        assert app.session.keys == Keys.of("a", "b")


async def test_an_environment_that_is_half_set_is_named() -> None:
    complaint = Sentence("NCLOUD_ACCESS_KEY is set and NCLOUD_SECRET_KEY is not.")
    async with wizard(Start(complaints=(complaint,))) as (app, _):
        assert "NCLOUD_ACCESS_KEY is set and NCLOUD_SECRET_KEY is not." in text(app)


async def test_header_rows_are_added_and_removed() -> None:
    async with wizard() as (app, pilot):
        await app.show_step(Step.HEADERS)
        await pilot.press("tab", "tab", "tab", "enter", "x", "tab", "1")
        assert app.session.draft.headers == (*PRACTICE_DRAFT.headers, Header("x", "1"))
        assert "2 / 100" in text(app)
        assert "2 / 10 headers" in text(app)
        await pilot.press("up", "tab", "enter")
        assert app.session.draft.headers == (Header("x", "1"),)
        await pilot.press("tab", "tab", "enter")
        assert "0 / 10 headers" in text(app)
        await pilot.press("f8")
        assert "endpoint be sent" in text(app)


async def test_headers_are_at_most_ten() -> None:
    async with wizard() as (app, pilot):
        await app.show_step(Step.HEADERS)
        await pilot.press("tab", "tab", "enter", "enter")
        await paste(pilot, "\n".join(f"X-{number}: value {number}" for number in range(10)))
        assert app.session.draft.headers[9] == Header("X-9", "value 9")
        assert "10 / 10 headers" in text(app)
        await pilot.press(*["down"] * 10, "enter")
        assert "There can be no more than 10 headers." in text(app)
        assert len(app.session.draft.headers) == 10


async def test_headers_beyond_ten_stay_until_they_are_removed() -> None:
    async with wizard(size=(80, 40)) as (app, pilot):
        await app.show_step(Step.HEADERS)
        await paste(pilot, "\n".join(f"X-{number}: {number}" for number in range(10)) + "\nnonsense")
        assert len(app.session.draft.headers) == 11
        assert "nonsense is not a header" in text(app)
        await pilot.press("f8")
        assert "11 headers are more than the 10 that are allowed: remove 1." in text(app)
        await pilot.press("tab", "tab", "enter", "f8")
        assert "endpoint be sent" in text(app)


async def test_thousands_of_pasted_headers_are_not_taken_in() -> None:
    async with wizard(size=(80, 60)) as (app, pilot):
        await app.show_step(Step.HEADERS)
        await paste(pilot, "a: b\nx\n" * 2_500)
        assert len(app.session.draft.headers) == 20
        assert "of 2,500 headers were taken" in text(app)


async def test_a_paste_far_over_the_limit_is_left_out_of_the_payload() -> None:
    async with wizard() as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await paste(pilot, "x" * 100_000)
        assert app.session.draft.payload == PRACTICE_DRAFT.payload
        assert "What was pasted has 100,000 bytes" in text(app)
        await paste(pilot, "x" * 20_000)
        assert "20,190 / 15,000 bytes" in text(app)


async def test_what_was_copied_in_the_wizard_is_pasted_as_one_line() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f8", "ctrl+u")
        app.copy_to_clipboard("one\ntwo")
        await pilot.press("ctrl+v")
        assert app.session.draft.name == "one"


async def test_a_header_may_have_100_bytes_and_not_101() -> None:
    async with wizard() as (app, pilot):
        await app.show_step(Step.HEADERS)
        await pilot.press("tab", "ctrl+u")
        await paste(pilot, "v" * 89)
        assert "101 / 100" in text(app)
        await pilot.press("f8")
        assert "Which headers" in text(app)
        await pilot.press("backspace")
        assert "100 / 100" in text(app)
        await pilot.press("f8")
        assert "endpoint be sent" in text(app)


async def test_a_pasted_payload_has_lf_ends_and_escapes_for_what_cannot_be_seen() -> None:
    async with wizard(replace(PRACTICE, draft=replace(PRACTICE_DRAFT, payload=""))) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await paste(pilot, '{"a":\n"\x1b\u202e\u2028 한글 👩‍💻"}')
        assert app.session.draft.payload == '{"a":\n"\\u001b\\u202e\\u2028 한글 👩‍💻"}'
        assert json.loads(app.session.draft.payload)["a"] == "\x1b\u202e\u2028 한글 👩‍💻"
        assert "(U+001B, U+202E, U+2028)" in " ".join(text(app).split())
        assert "· JSON" in text(app)


async def test_undo_of_a_paste_that_made_the_editor_scroll_takes_it_back() -> None:
    async with wizard() as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await paste(pilot, "\n" * 60)
        await pilot.press("ctrl+z")
        assert app.session.draft.payload == PRACTICE_DRAFT.payload
        await pilot.press("ctrl+y")
        assert app.session.draft.payload == "\n" * 60 + PRACTICE_DRAFT.payload
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert app.session.draft.payload == PRACTICE_DRAFT.payload
        assert app.screen.query_one(PayloadEditor).cursor_location == (0, 0)


async def test_counter_and_json_state_follow_every_change_of_the_payload() -> None:
    async with wizard(replace(PRACTICE, draft=replace(PRACTICE_DRAFT, payload=""))) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        assert "0 / 15,000 bytes · empty" in text(app)
        await pilot.press("{", "한")
        assert "4 / 15,000 bytes · not JSON at line 1, column 2" in text(app)
        await pilot.press("backspace", "}")
        assert "2 / 15,000 bytes · JSON" in text(app)
        await pilot.press("ctrl+z")
        assert app.session.draft.payload != "{}"
        await pilot.press("ctrl+y")
        assert "2 / 15,000 bytes · JSON" in text(app)


async def test_variables_have_a_colour_of_their_own_after_hangul_too() -> None:
    draft = replace(PRACTICE_DRAFT, payload='{"한글": "값은 #{VALUE} #{VALU}"}')
    async with wizard(replace(PRACTICE, draft=draft)) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await pilot.pause()
        colours = {
            segment.text: segment.style.color.name
            for strip in app.screen.query_one(PayloadEditor).render_lines(app.screen.region)
            for segment in strip
            if segment.style and segment.style.color
        }
        assert len({colours["#{VALUE}"], colours["#{VALU}"], colours['"값은 ']}) == 3


async def test_notes_on_a_value_from_a_flag_are_shown_until_it_changes() -> None:
    start = replace(PRACTICE, notes={"url": [Sentence("It was changed.")]})
    async with wizard(start) as (app, pilot):
        await pilot.press("f8", "f8")
        assert "It was changed." in text(app)
        await pilot.press("x")
        assert "It was changed." not in text(app)


async def test_confirm_masks_secrets_until_they_are_asked_for() -> None:
    draft = replace(
        PRACTICE_DRAFT,
        url="https://hooks.slack.com/services/T00000000/B00000000/abcdefghijkl1234",
        headers=(Header("Authorization", "Bearer tok"), Header("x-id", "1")),
    )
    async with wizard(replace(PRACTICE, draft=draft), size=(100, 50)) as (app, pilot):
        await app.show_step(Step.CONFIRM)
        await pilot.pause()
        shown = text(app)
        assert "https://hooks.slack.com/••••1234" in shown
        assert "Bearer tok" not in shown
        assert '"x-id": "1"' in shown
        await pilot.press("tab", "enter")
        assert "B00000000/abcdefghijkl1234" in text(app)
        assert "Bearer tok" in text(app)
        await pilot.press("enter")
        await until(lambda: "Bearer tok" not in text(app))


async def test_confirm_scrolls_with_the_keyboard() -> None:
    async with wizard(size=(40, 12)) as (app, pilot):
        await app.show_step(Step.CONFIRM)
        await pilot.pause()
        assert '"url"' not in text(app)
        await pilot.press(*["pagedown"] * 3)
        await pilot.pause()
        assert '"url"' in text(app)


async def test_up_and_down_move_between_fields() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("down")
        assert isinstance(app.focused, Field)
        assert app.focused.id == "secret_key"
        await pilot.press("up", "up")
        assert app.focused.__class__.__name__ == "Rail"


async def test_a_trust_store_that_is_missing_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent/ca.pem")
    async with wizard(replace(PRACTICE, is_practice=False)) as (app, pilot):
        await pilot.press("f8", "f8", "f8", "f8", "f8")
        await until(lambda: app.step_screen and app.step_screen.step is Step.CONFIRM)
        await until(lambda: app.session.existing_complaint)
        await pilot.pause()
        assert "SSL_CERT_FILE" in text(app)
