"""An integration pasted over Name: what is shown of it, what it replaces, and that nothing typed is lost unasked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from ncloud_integration.cloudinsight import shell_command
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.site import PUBLIC
from ncloud_integration.integration import body, imported
from ncloud_integration.integration.draft import EXAMPLE_PAYLOAD, Draft, unchecked
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.text import LOAD_LIMIT
from ncloud_integration.practice.sample import PRACTICE_DRAFT
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.screens.import_text import ImportDialog, PasteArea
from ncloud_integration.tui.widgets.field import Field
from ncloud_integration.wizard import importing
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import PRACTICE, armed, paste, text, until, wizard
from tests.tui.snapshots import assert_screen

pytestmark = pytest.mark.anyio

SIZES = [(80, 24), (40, 12), (120, 40)]
at_every_size = pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
URL = "https://e.example/hook"
CALL = f"curl -X POST {URL} \\\n  -H 'X-A: 1' -u me:PASSWORD \\\n  -d '{{\"text\": \"#{{VALUE}}\"}}'\n"
CALLED = Draft("", URL, (Header("X-A", "1"),), '{"text": "#{VALUE}"}')
WHOLE = Draft("경보", "https://other.example/x", (Header("X-B", "2"),), '{"b": "#{RULE_NAME}"}')


@asynccontextmanager
async def name_step(
    draft: Draft = PRACTICE_DRAFT, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Wizard, Pilot[None]]]:
    async with wizard(replace(PRACTICE, draft=draft), size) as (app, pilot):
        await app.show_step(Step.NAME)
        await pilot.pause()
        yield app, pilot


async def offered(app: Wizard, pilot: Pilot[None], what: str = "") -> ImportDialog:
    """Have the dialog up, *what* pasted into it, and its buttons armed."""
    await pilot.press("f5")
    await until(lambda: isinstance(app.screen, ImportDialog) and isinstance(app.focused, PasteArea))
    if what:
        await paste(pilot, what)
    await armed(app, "#take")
    dialog = app.screen
    assert isinstance(dialog, ImportDialog)
    return dialog


async def take(app: Wizard, pilot: Pilot[None]) -> None:
    app.screen.set_focus(app.screen.query_one("#take"))
    await pilot.press("enter")
    await pilot.pause()


async def taken_over(app: Wizard, pilot: Pilot[None]) -> None:
    await until(lambda: app.step_screen and "Taken over" in app.session.notice)
    await pilot.pause()


@at_every_size
async def test_the_dialog_before_a_paste(size: tuple[int, int]) -> None:
    async with name_step(size=size) as (app, pilot):
        await offered(app, pilot)
        assert_screen(app, "import")


@at_every_size
async def test_the_dialog_says_what_it_would_take_over(size: tuple[int, int]) -> None:
    async with name_step(size=size) as (app, pilot):
        await offered(app, pilot, CALL)
        assert_screen(app, "import-found")


@at_every_size
async def test_the_dialog_says_why_nothing_can_be_taken_over(size: tuple[int, int]) -> None:
    async with name_step(size=size) as (app, pilot):
        dialog = await offered(app, pilot, f"curl -d @/etc/passwd {URL}")
        await take(app, pilot)
        assert app.screen is dialog
        assert isinstance(app.focused, PasteArea)
        assert_screen(app, "import-complaint")


async def test_a_form_that_nobody_has_touched_is_filled_in_at_once() -> None:
    async with name_step(Draft()) as (app, pilot):
        await offered(app, pilot, CALL)
        await take(app, pilot)
        await taken_over(app, pilot)
        assert app.session.draft == CALLED
        assert str(app.session.notes["headers"][0]) == "Passwords, cookies and keys in the command were left out."


@pytest.mark.parametrize(
    "form",
    [
        body.write(unchecked(WHOLE)).decode(),
        json.dumps({**json.loads(body.write(unchecked(WHOLE))), "id": "999", "updateTime": 1}),
        shell_command.write(Gateway(PUBLIC, PUBLIC.base_url), unchecked(WHOLE)),
    ],
    ids=["a request body", "an answer", "our own command"],
)
async def test_every_form_can_be_pasted(form: str) -> None:
    async with name_step(Draft()) as (app, pilot):
        await offered(app, pilot, form)
        await take(app, pilot)
        await taken_over(app, pilot)
        assert app.session.draft == WHOLE
        assert app.screen.query_one("#name", Field).value == "경보"


async def test_steps_that_were_seen_before_show_what_was_taken_over() -> None:
    async with name_step(Draft("mine", "", (), EXAMPLE_PAYLOAD)) as (app, pilot):
        for step in (Step.URL, Step.HEADERS, Step.PAYLOAD, Step.NAME):
            await app.show_step(step)
            await pilot.pause()
        await offered(app, pilot, CALL)
        await take(app, pilot)
        await taken_over(app, pilot)
        assert app.screen.query_one("#name", Field).value == "mine"
        await app.show_step(Step.URL)
        assert app.screen.query_one("#url", Field).value == URL
        await app.show_step(Step.HEADERS)
        assert [field.value for field in app.screen.query(Field).results(Field)] == ["X-A", "1"]
        await app.show_step(Step.PAYLOAD)
        assert app.screen.query_one(TextArea).text == CALLED.payload


async def test_what_was_typed_is_replaced_only_once_that_was_asked_and_the_text_is_not_lost() -> None:
    async with name_step(Draft("mine", "https://mine.example/")) as (app, pilot):
        before = app.session.draft
        await offered(app, pilot, CALL)
        await take(app, pilot)
        await armed(app, "#keep")
        assert "would be replaced and is not kept: URL." in " ".join(text(app).replace("│", " ").split())
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ImportDialog) and app.screen.found)
        assert app.session.draft == before
        await armed(app, "#take")
        await take(app, pilot)
        await armed(app, "#replace")
        await pilot.press("right", "enter")
        await taken_over(app, pilot)
        assert app.session.draft == replace(CALLED, name="mine")


async def test_escape_and_cancel_change_nothing() -> None:
    async with name_step() as (app, pilot):
        await offered(app, pilot, CALL)
        await pilot.press("escape")
        await until(lambda: app.step_screen)
        await offered(app, pilot, CALL)
        app.screen.set_focus(app.screen.query_one("#cancel"))
        await pilot.press("enter")
        await until(lambda: app.step_screen)
        assert app.session.draft == PRACTICE_DRAFT
        assert app.session.notice == ""


async def test_a_text_can_be_typed_as_well() -> None:
    async with name_step(Draft()) as (app, pilot):
        dialog = await offered(app, pilot)
        await pilot.press(*'{"name":', "enter", *'"n"}')
        await pilot.pause()
        assert dialog.text == '{"name":\n"n"}'
        assert dialog.found
        assert dialog.found.draft.name == "n"
        await pilot.press("backspace")
        await pilot.pause()
        assert dialog.found is None


async def test_a_paste_that_is_far_too_long_is_left_out_and_said() -> None:
    async with name_step() as (app, pilot):
        dialog = await offered(app, pilot, '{"name": "' + "a" * LOAD_LIMIT + '"}')
        assert dialog.text == ""
        assert "more than is taken here" in " ".join(text(app).replace("│", " ").split())


async def test_keys_and_signatures_of_a_paste_are_never_shown() -> None:
    call = f"curl -H 'x-ncp-iam-access-key: THEKEY' -H \"X-NCP-APIGW-Signature-v2: THESIGNATURE\" -d '{{}}' {URL}"
    async with name_step() as (app, pilot):
        dialog = await offered(app, pilot, call)
        assert dialog.found
        assert dialog.found.draft == Draft("", URL, (), "{}")
        assert "were left out" in text(app)
        assert "THE" not in dialog.text + text(app)


async def test_nothing_of_a_paste_is_obeyed_by_the_terminal() -> None:
    async with name_step() as (app, pilot):
        dialog = await offered(app, pilot, '{"name": "a\x1b[31m\x9b\u202e"}')
        assert "\\u001b" in dialog.text
        assert not any(character in text(app) for character in "\x1b\x9b\u202e")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (Draft(), []),
        (Draft("", "", (), ""), []),
        (CALLED, []),
        (replace(WHOLE, name=""), [Step.URL, Step.HEADERS, Step.PAYLOAD]),
        (WHOLE, [Step.URL, Step.HEADERS, Step.PAYLOAD]),
        (Draft(payload='{"mine": 1}'), [Step.PAYLOAD]),
    ],
)
def test_only_what_holds_something_of_ones_own_is_replaced(before: Draft, expected: list[Step]) -> None:
    assert importing.replaced(imported.read(CALL), before) == expected


def test_a_name_is_replaced_by_another_one_alone() -> None:
    found = imported.read(body.write(unchecked(WHOLE)).decode())
    assert importing.replaced(found, replace(WHOLE, name="mine")) == [Step.NAME]
    assert importing.replaced(found, WHOLE) == []
