"""From step to step: what leads on, what stops, and what is never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ncloud_integration.cloudinsight.outcome import Created, NotSent, Refused, Unknown
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_DRAFT
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.widgets.field import Field
from ncloud_integration.tui.widgets.frame import Rail
from ncloud_integration.tui.widgets.payload_editor import PayloadEditor
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import RAIL, Step
from tests.tui.driving import ATTEMPT, PRACTICE, armed, outcome, paste, show_outcome, text, until, wizard

pytestmark = pytest.mark.anyio
WORDS = Sentence("Because.")


@pytest.mark.parametrize("key", ["f8", "ctrl+n", "enter"])
async def test_next_has_three_keys(key: str) -> None:
    async with wizard() as (app, pilot):
        await pilot.press(key)
        assert app.step_screen
        assert app.step_screen.step is Step.NAME


@pytest.mark.parametrize("key", ["f7", "ctrl+p"])
async def test_back_has_two_keys_and_checks_nothing(key: str) -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f8", "ctrl+u", key)
        assert app.step_screen
        assert app.step_screen.step is Step.CREDENTIALS


async def test_next_stops_at_an_error_and_says_it() -> None:
    async with wizard(replace(PRACTICE, draft=replace(PRACTICE_DRAFT, name=""))) as (app, pilot):
        await pilot.press("f8")
        assert "Type a name" not in text(app)
        await pilot.press("f8")
        assert "Type a name" in text(app)
        await pilot.press("n", "f8")
        assert "Where should" in text(app)


async def test_the_cursor_moves_to_the_error_in_a_header_and_in_the_payload() -> None:
    draft = replace(PRACTICE_DRAFT, payload='{\n "a": 1,\n "b" 2\n}')
    async with wizard(replace(PRACTICE, draft=draft)) as (app, pilot):
        await app.show_step(Step.HEADERS)
        await pilot.press("tab", "x", "tab", "tab", "enter", "tab", "é", "f8")
        assert isinstance(app.focused, Field)
        assert app.focused.value == ""
        await pilot.press("h", "tab", *["backspace"] * 3, "f8")
        editor = app.screen.query_one(PayloadEditor)
        await pilot.press("f8")
        assert editor.cursor_location == (2, 5)


async def test_what_was_typed_is_there_on_coming_back() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f8", "1", "f8", "2", "f8", "f8", "3", "f7", "f7", "f7")
        assert app.session.draft.name.endswith("1")
        assert app.session.draft.url.endswith("2")
        assert app.session.draft.payload.startswith("3")
        await pilot.press("backspace")
        assert app.session.draft.name == PRACTICE_DRAFT.name
        await pilot.press("f8", "f8", "f8", "ctrl+z")
        assert app.session.draft.payload == PRACTICE_DRAFT.payload


async def test_the_rail_jumps_to_visited_steps_only() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f8", "f8", "shift+tab")
        assert isinstance(app.focused, Rail)
        await pilot.press("right", "right", "enter")
        assert "Where should" in text(app)
        await pilot.press("shift+tab", "left", "left", "left", "enter")
        assert "Which keys" in text(app)
        await pilot.press("shift+tab", "right", "right", "enter", "x")
        assert app.session.draft.url.endswith("x")


async def test_confirm_is_reached_only_when_every_step_is_complete() -> None:
    async with wizard() as (app, pilot):
        await pilot.press(*["f8"] * 5)
        await pilot.press("f7", "f7", "f7", "ctrl+u", "f7", "shift+tab", *["right"] * 5, "enter")
        assert app.step_screen
        assert app.step_screen.step is Step.URL
        assert "Type the endpoint URL" in text(app)


async def test_the_rail_leads_back_from_a_refusal() -> None:
    async with wizard() as (app, pilot):
        await pilot.press(*["f8"] * 3)
        await show_outcome(app, pilot, Refused(WORDS))
        await pilot.press("shift+tab", "left", "left", "enter")
        assert "Where should" in text(app)


@pytest.mark.parametrize("key", ["f1", "ctrl+g"])
async def test_help_opens_over_any_step_and_escape_closes_it(key: str) -> None:
    async with wizard() as (app, pilot):
        for step in RAIL:
            await pilot.press(key)
            assert isinstance(app.screen, Dialog)
            assert str(step.title) in text(app)
            await pilot.press("f8", "f7")
            assert isinstance(app.screen, Dialog)
            await pilot.press("escape" if key == "f1" else key)
            assert app.step_screen
            assert app.step_screen.step is step
            await pilot.press("f8")


async def test_escape_does_nothing_on_a_step() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f8", "x", "escape")
        assert app.session.draft.name.endswith("x")
        assert "be called" in text(app)


async def test_f8_does_nothing_on_confirm() -> None:
    async with wizard() as (app, pilot):
        await pilot.press(*["f8"] * 5)
        await armed(app, "#create")
        await pilot.press("f8", "ctrl+n")
        assert "Create this integration?" in text(app)
        assert app.session.outcome is None


async def test_leaving_asks_nothing_where_nothing_was_typed() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f8", "ctrl+q")
        await until(lambda: not app.is_running)
        assert app.exit_code == 1


async def test_staying_is_the_default_answer() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f8", "x", "ctrl+c", "enter")
        assert "be called" in text(app)
        assert app.session.draft.name.endswith("x")


async def test_ctrl_c_copies_where_something_is_selected_and_leaves_otherwise() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f8", "shift+home", "ctrl+c")
        assert app.clipboard == PRACTICE_DRAFT.name
        assert "Leave" not in text(app)
        await pilot.press("end", "x", "ctrl+c")
        assert "Leave without creating this?" in text(app)


async def test_create_sends_once_however_often_enter_is_pressed() -> None:
    async with wizard() as (app, pilot):
        await pilot.press(*["f8"] * 5)
        await armed(app, "#create")
        await pilot.press(*["enter"] * 5)
        await outcome(app, pilot)
        assert isinstance(app.session.outcome, Created)
        assert [made.integration_id for made in app.session.attempts.created] == ["1001"]
        assert "Integration ID: 1001" in text(app)


async def test_another_with_the_same_keys_begins_with_the_name() -> None:
    async with wizard() as (app, pilot):
        await pilot.press(*["f8"] * 5)
        await armed(app, "#create")
        await pilot.press("enter")
        await outcome(app, pilot)
        await armed(app, "#another")
        await pilot.press("right", "enter")
        assert "be called" in text(app)
        assert app.session.draft == Draft()
        await pilot.press("b", "f8", *"https://h.example.com", "f8", "f8", "f8")
        await armed(app, "#create")
        await pilot.press("enter")
        await until(lambda: len(app.session.attempts.created) == 2)
        assert [made.attempt.integration.name for made in app.session.attempts.created] == [PRACTICE_DRAFT.name, "b"]
        assert app.exit_code == 0


@pytest.mark.parametrize(
    ("what", "exit_code", "can_go_back"),
    [
        (Created("1"), 0, False),
        (Refused(WORDS), 1, True),
        (NotSent(WORDS), 1, True),
        (Unknown(WORDS), 3, True),
    ],
    ids=["created", "refused", "not sent", "unknown"],
)
async def test_each_outcome_has_its_way_out(
    what: Created | Refused | NotSent | Unknown, exit_code: int, can_go_back: bool
) -> None:
    async with wizard() as (app, pilot):
        await show_outcome(app, pilot, what)
        assert app.exit_code == exit_code
        await pilot.press("f7")
        assert ("Create this integration?" in text(app)) is can_go_back


async def test_a_refusal_leads_to_the_step_that_it_is_about() -> None:
    async with wizard() as (app, pilot):
        await show_outcome(app, pilot, Refused(WORDS, "payload"))
        await pilot.press("enter")
        assert "What should the endpoint be sent?" in text(app)


async def test_leaving_while_the_request_is_under_way_says_why_not_yet() -> None:
    async with wizard() as (app, pilot):
        app.session.begin_attempt()
        app.session.attempt = ATTEMPT
        await app.show_step(Step.RESULT)
        await pilot.press("f7", "ctrl+q", "ctrl+c")
        assert "Not yet" in text(app)
        assert app.step_screen
        assert app.step_screen.step is Step.RESULT
        assert app.exit_code == 3


async def test_creating_again_after_an_unknown_outcome_is_asked_about() -> None:
    async with wizard() as (app, pilot):
        await show_outcome(app, pilot, Unknown(WORDS))
        await pilot.press("f7")
        await armed(app, "#create")
        await pilot.press("enter")
        assert "Create it a second time?" in text(app)
        await armed(app, "#keep")
        await pilot.press("enter")
        assert app.session.attempts.created == []
        await armed(app, "#create")
        await pilot.press("enter")
        await armed(app, "#again")
        await pilot.press("right", "right", "enter")
        await until(lambda: app.session.attempts.created)


async def test_an_unknown_attempt_stays_unknown_whatever_comes_after_it() -> None:
    async with wizard() as (app, pilot):
        await show_outcome(app, pilot, Unknown(WORDS))
        name = app.session.draft.name
        app.session.edit(name="renamed")
        await show_outcome(app, pilot, Refused(WORDS))
        assert "Nothing was created this time" in text(app)
        assert f"has created {name}" in " ".join(text(app).split())
        assert app.exit_code == 3
        await pilot.press("f7")
        assert "[Create again]" in text(app)
        await armed(app, "#create")
        await pilot.press("enter")
        assert "Create renamed as well?" in text(app)
        assert f"may have created {name}" in " ".join(text(app).split())
        assert len(app.session.attempts.created) == 0


async def test_help_over_an_attempt_under_way_is_no_way_out() -> None:
    async with wizard() as (app, pilot):
        app.session.begin_attempt()
        app.session.attempt = ATTEMPT
        await app.show_step(Step.RESULT)
        await pilot.press("f1", "ctrl+q")
        await pilot.pause()
        assert app.is_running
        assert "Not yet" in text(app)


async def test_enter_on_the_rail_of_a_result_goes_nowhere() -> None:
    async with wizard() as (app, pilot):
        await show_outcome(app, pilot, Unknown(WORDS))
        await pilot.press("shift+tab", "enter")
        assert "It is not known" in text(app)


async def test_a_signal_before_anything_was_sent_sends_nothing() -> None:
    async with wizard() as (app, pilot):
        await pilot.press(*["f8"] * 5)
        await armed(app, "#create")
        app.attempts.is_leaving = True
        await pilot.press("enter")
        await until(lambda: not app.is_running)
        assert isinstance(app.session.outcome, NotSent)


async def test_ctrl_c_in_a_dialog_leaves_as_ctrl_q_does() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f8", "x", "ctrl+c", "ctrl+c")
        await until(lambda: not app.is_running)


async def test_the_terminals_cursor_is_where_the_drawn_one_is() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f8")
        await pilot.pause()
        rows = text(app).splitlines()
        row = next(index for index, line in enumerate(rows) if "practice-integration" in line)
        end = rows[row].index("practice-integration") + len("practice-integration")
        assert app.cursor_position == (end, row)
        await pilot.press("home")
        assert app.cursor_position == (end - len("practice-integration"), row)


async def test_an_error_below_the_fold_is_said_above_the_keys() -> None:
    async with wizard(Start(), size=(40, 12)) as (app, pilot):
        await pilot.press("f8")
        await until(lambda: "✗ Type the access key" in text(app))


async def test_a_site_is_chosen_with_arrows() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("tab", "tab", "right")
        assert app.session.site.name == "gov"
        assert "gov · practice keys" in text(app)


async def test_several_lines_pasted_into_a_field_keep_the_first_and_say_so() -> None:
    async with wizard(replace(PRACTICE, draft=replace(PRACTICE_DRAFT, name=""))) as (app, pilot):
        await pilot.press("f8")
        await paste(pilot, "one\ntwo\u202e\nthree")
        assert app.session.draft.name == "one"
        assert "Only the first of 3 lines was kept" in text(app)
        await paste(pilot, " t\u202ewo")
        assert app.session.draft.name == "one two"
        assert "U+202E" in text(app)
