"""The preview tells what would arrive; a ready payload is looked at before it is used, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from ncloud_integration.integration.draft import EXAMPLE_HEADERS, EXAMPLE_PAYLOAD, Draft
from ncloud_integration.integration.gallery import ready_payloads
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.preview import HOSTILE
from ncloud_integration.practice.sample import PRACTICE_DRAFT
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.screens.payload import PayloadScreen
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.payload_editor import PayloadEditor
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import PRACTICE, text, until, wizard
from tests.tui.snapshots import assert_screen
from tests.tui.test_screens import at_every_size

pytestmark = pytest.mark.anyio

SLACK = replace(PRACTICE_DRAFT, url="https://hooks.slack.com/services/T0AAAAAAAA/B0BBBBBBBB/c1d2e3f4g5h6i7j8")
TRAPS = '{\n\t"a": "\u202e\x1b[31m[bold]#{REGION}[/]",\n\t"b": #{VALUE},\n\t"c": "#{RULE_NAME}"\n}'
KEYS = {ready.key: ready for ready in ready_payloads()}


@asynccontextmanager
async def payload_step(
    draft: Draft = PRACTICE_DRAFT, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Wizard, Pilot[None]]]:
    """Run the wizard at its Payload step."""
    async with wizard(replace(PRACTICE, draft=draft), size) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await pilot.pause()
        yield app, pilot


async def settled(app: Wizard, pilot: Pilot[None]) -> None:
    """Return once the buttons of the dialog can be pressed and it is drawn."""
    await until(
        lambda: app.screen.is_mounted and all(each.is_armed for each in app.screen.query(Action).results(Action))
    )
    await pilot.pause()


async def pick(app: Wizard, pilot: Pilot[None], key: str) -> None:
    """Open the ready payloads and have the one of *key* shown."""
    await pilot.press("f5")
    await settled(app, pilot)
    options = app.screen.query_one(OptionList)
    options.highlighted = options.get_option_index(key)
    await pilot.press("enter")
    await until(lambda: f"{KEYS[key].title}  " in text(app))
    await settled(app, pilot)


def editor(app: Wizard) -> PayloadEditor:
    return app.screen.query_one(PayloadEditor)


def rows(app: Wizard) -> Sequence[Header]:
    return app.session.draft.headers


@at_every_size
async def test_the_preview_of_the_example(size: tuple[int, int]) -> None:
    async with payload_step(size=size) as (app, pilot):
        await pilot.press("f3")
        await pilot.pause()
        assert_screen(app, "preview")
        for _ in range(40):
            await pilot.press("pagedown")
        assert_screen(app, "preview-end")


@at_every_size
async def test_the_preview_of_a_payload_that_is_full_of_traps(size: tuple[int, int]) -> None:
    async with payload_step(replace(PRACTICE_DRAFT, payload=TRAPS), size) as (app, pilot):
        await pilot.press("f3")
        await pilot.pause()
        assert_screen(app, "preview-traps")
        await pilot.press("pagedown")
        assert "\x1b" not in text(app)
        assert "\u202e" not in text(app)


@at_every_size
async def test_the_preview_of_a_payload_that_is_not_json(size: tuple[int, int]) -> None:
    async with payload_step(replace(PRACTICE_DRAFT, payload='{\n  "n": #{VALUE},\n}'), size) as (app, pilot):
        await pilot.press("f3")
        await pilot.pause()
        assert_screen(app, "preview-not-json")


@pytest.mark.parametrize("key", ["escape", "f3", "enter"])
async def test_the_preview_closes_and_nothing_has_changed(key: str) -> None:
    async with payload_step() as (app, pilot):
        await pilot.press("right", "f3")
        assert isinstance(app.screen, Dialog)
        await pilot.press(key)
        assert isinstance(app.screen, PayloadScreen)
        assert app.session.draft == PRACTICE_DRAFT
        assert editor(app).cursor_location == (0, 1)
        assert app.focused is editor(app)


@pytest.mark.parametrize(("key", "rows_moved"), [("down", 1), ("pagedown", 17)])
async def test_the_preview_scrolls(key: str, rows_moved: int) -> None:
    async with payload_step() as (app, pilot):
        await pilot.press("f3", key)
        scroll = app.screen.query_one("#box-text")
        assert scroll.scroll_y == rows_moved
        await pilot.press("up" if key == "down" else "pageup")
        assert scroll.scroll_y == 0


async def test_the_preview_shows_a_long_value_to_its_end() -> None:
    async with payload_step(replace(PRACTICE_DRAFT, payload='{"a": "#{DIMENSIONS}"}'), (40, 12)) as (app, pilot):
        await pilot.press("f3")
        seen = []
        for _ in range(120):
            seen += [line.strip("│ ▁▂▃▄▅▆▇") for line in text(app).splitlines()[3:9]]
            await pilot.press("pagedown")
        assert "".join(seen).count("데이터") >= 2 * HOSTILE["DIMENSIONS"].count("데이터")
        assert '-"}' in "".join(seen)


async def test_the_preview_of_nothing_says_so() -> None:
    async with payload_step(replace(PRACTICE_DRAFT, payload="")) as (app, pilot):
        await pilot.press("f3")
        assert "called with nothing to read" in text(app)


async def test_of_a_text_far_too_long_the_preview_shows_a_part_and_says_so() -> None:
    payload = '{"a": "' + "#{DIMENSIONS}" * 100 + '"}'
    async with payload_step(replace(PRACTICE_DRAFT, payload=payload)) as (app, pilot):
        await pilot.press("f3")
        assert "more characters, which are not shown" in str(app.screen.query_one("#explanation").render())


async def test_where_the_json_ends_is_marked_in_the_text() -> None:
    async with payload_step(replace(PRACTICE_DRAFT, payload='{"a": "\u202e" oops}')) as (app, pilot):
        await pilot.press("f3")
        shown = app.screen.query_one("#explanation", Static).visual
        assert isinstance(shown, Content)
        marked = [shown.plain[span.start : span.end + 3] for span in shown.spans if "reverse" in str(span.style)]
        assert marked == ["oops", "oops"]


@at_every_size
async def test_the_ready_payloads(size: tuple[int, int]) -> None:
    async with payload_step(SLACK, size) as (app, pilot):
        await pilot.pause()
        assert_screen(app, "payload-hint")
        await pilot.press("f5")
        await settled(app, pilot)
        assert_screen(app, "gallery")


@at_every_size
@pytest.mark.parametrize("key", ["jandi", "slack-blocks"])
async def test_a_ready_payload_before_it_is_used(key: str, size: tuple[int, int]) -> None:
    async with payload_step(size=size) as (app, pilot):
        await pick(app, pilot, key)
        assert_screen(app, f"gallery-{key}")


@at_every_size
async def test_a_ready_payload_that_is_in_place(size: tuple[int, int]) -> None:
    async with payload_step(size=size) as (app, pilot):
        await pick(app, pilot, "opsgenie")
        await pilot.press("right", "enter")
        await until(lambda: isinstance(app.screen, PayloadScreen))
        await pilot.pause()
        assert_screen(app, "gallery-used")
        await pilot.press("f7")
        await pilot.pause()
        assert_screen(app, "gallery-used-headers")


async def test_using_a_payload_is_one_step_that_undo_takes_back() -> None:
    async with payload_step() as (app, pilot):
        await pilot.press("x", "y")
        await pick(app, pilot, "discord")
        await pilot.press("enter")
        await until(lambda: app.session.draft.payload == KEYS["discord"].payload)
        await pilot.press("z")
        assert app.session.draft.payload == "z" + KEYS["discord"].payload
        await pilot.press("ctrl+z", "ctrl+z")
        assert app.session.draft.payload == "xy" + EXAMPLE_PAYLOAD
        await pilot.press("ctrl+y")
        assert app.session.draft.payload == KEYS["discord"].payload
        await pilot.press("ctrl+z", "ctrl+z")
        assert app.session.draft.payload == EXAMPLE_PAYLOAD
        assert rows(app) == EXAMPLE_HEADERS


async def test_headers_are_added_where_they_are_missing_and_shown_on_their_step() -> None:
    typed = (Header("Content-Type", "text/plain"), Header("", ""), Header("X-Own", "1"))
    async with payload_step(replace(PRACTICE_DRAFT, headers=typed)) as (app, pilot):
        await pilot.press("f7")
        assert "X-Own" in text(app)
        await pilot.press("f8")
        await pick(app, pilot, "jandi")
        assert "(yours differs" in text(app)
        await pilot.press("right", "enter")
        accept = KEYS["jandi"].headers[0]
        await until(lambda: rows(app) == (typed[0], typed[2], accept))
        await pilot.press("f7")
        await pilot.pause()
        assert all(each.value in text(app) for each in (typed[0], typed[2]))
        assert accept.name in text(app)
        await pilot.press("f8")
        assert app.session.draft.payload == KEYS["jandi"].payload


async def test_without_being_asked_for_no_header_is_added() -> None:
    async with payload_step() as (app, pilot):
        await pick(app, pilot, "jandi")
        await pilot.press("enter")
        await until(lambda: app.session.draft.payload == KEYS["jandi"].payload)
        await pilot.pause()
        assert rows(app) == EXAMPLE_HEADERS


async def test_taking_over_is_no_part_of_the_step_before() -> None:
    async with payload_step(replace(PRACTICE_DRAFT, payload="12")) as (app, pilot):
        await pilot.press("delete")
        editor(app).take_over("3")
        await pilot.press("ctrl+z")
        assert app.session.draft.payload == "2"


async def test_headers_are_not_offered_where_none_is_missing() -> None:
    async with payload_step() as (app, pilot):
        await pick(app, pilot, "discord")
        assert [str(each.label) for each in app.screen.query(Action).results(Action)] == ["Use it", "Back"]
        await pilot.press("escape")


@pytest.mark.parametrize("key", ["escape", "f5"])
async def test_escape_leads_back_to_the_list_and_out_of_it_with_nothing(key: str) -> None:
    async with payload_step() as (app, pilot):
        await pick(app, pilot, "jandi")
        await pilot.press(key)
        await until(lambda: app.screen.query(OptionList))
        await pilot.pause()
        options = app.screen.query_one(OptionList)
        assert options.highlighted == options.get_option_index("jandi")
        await pilot.press(key)
        await until(lambda: isinstance(app.screen, PayloadScreen))
        assert app.session.draft == PRACTICE_DRAFT


async def test_keys_typed_ahead_use_nothing() -> None:
    async with payload_step() as (app, pilot):
        await pilot.press("f5", "enter", "enter", "enter")
        assert app.screen.query(OptionList)
        assert app.session.draft == PRACTICE_DRAFT


async def test_the_hint_follows_the_url_and_goes_once_something_is_written() -> None:
    async with payload_step() as (app, pilot):
        assert "ready payload" not in text(app)
        app.session.edit(url=SLACK.url)
        await pilot.press("f7", "f8")
        await pilot.pause()
        assert "F5 has a ready payload for Slack." in text(app)
        app.session.edit(url="https://discord.com/api/webhooks/1/x")
        await pilot.press("f7", "f8")
        await pilot.pause()
        assert "F5 has a ready payload for Discord." in text(app)
        assert "Slack" not in text(app)
        await pilot.press("x")
        assert "ready payload" not in text(app)
        await pilot.press("f7", "f8")
        await pilot.pause()
        assert "ready payload" not in text(app)
