"""`--clone`: the form filled in from an integration that exists, and what is done where it cannot be read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.credentials.sources import of_environment
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.practice import gateway as practice
from ncloud_integration.practice.gateway import PracticeGateway
from ncloud_integration.practice.sample import PRACTICE_DRAFT, PRACTICE_KEYS
from ncloud_integration.practice.server import Reply
from ncloud_integration.recovery.draft_file import DraftFile, Form
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.widgets.field import Field
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import armed, text, until, wizard

pytestmark = pytest.mark.anyio

STORED = {
    "headers": {"X-A": "1"},
    "name": "경보",
    "payload": '{"text": "\u001b#{VALUE}"}',
    "type": "OUT_GOING",
    "url": "https://e.example/x",
}
CLONED = Draft("경보", "https://e.example/x", (Header("X-A", "1"),), '{"text": "\\u001b#{VALUE}"}')
NAME_NOTE = "This is the name of integration 1001: change it, or there will be two of that name."


@pytest.fixture
def gateway() -> Iterator[PracticeGateway]:
    with PracticeGateway() as running:
        running.store.add(STORED)
        yield running


def start(gateway: PracticeGateway, **more: Any) -> Start:
    sources = (of_environment(EnvironmentKeys(PRACTICE_KEYS, ("NCLOUD_ACCESS_KEY", "NCLOUD_SECRET_KEY"))),)
    return Start(sources=sources, api_url=gateway.base_url, clone=more.pop("clone", "1001"), **more)


async def reached(app: Wizard, step: Step) -> None:
    await until(lambda: app.step_screen and app.step_screen.step is step)


async def to_name(app: Wizard, pilot: Pilot[None]) -> None:
    await pilot.press("f8")
    await reached(app, Step.NAME)
    await pilot.pause()


def said(app: Wizard) -> dict[str, list[str]]:
    return {field: [str(note) for note in notes] for field, notes in app.session.notes.items()}


async def test_next_fills_the_form_in_from_what_is_stored(gateway: PracticeGateway) -> None:
    async with wizard(start(gateway)) as (app, pilot):
        await to_name(app, pilot)
        assert app.session.draft == CLONED
        assert app.screen.query_one("#name", Field).value == "경보"
        assert said(app)["name"] == [NAME_NOTE]
        assert "This is the name of integration 1001" in text(app)
        assert "payload" in said(app)
        for step in (Step.URL, Step.HEADERS, Step.PAYLOAD):
            await pilot.press("f8")
            await reached(app, step)
        assert app.screen.query_one(TextArea).text == CLONED.payload


async def test_what_nobody_has_typed_is_left_without_a_question(gateway: PracticeGateway, tmp_path: Path) -> None:
    async with wizard(start(gateway, state_folder=tmp_path)) as (app, pilot):
        await to_name(app, pilot)
        assert not app.session.has_unsaved_work
        assert app.session.form is None
        await pilot.press("x")
        assert app.session.has_unsaved_work
        assert app.session.form


async def test_confirm_says_that_one_of_the_name_exists(gateway: PracticeGateway) -> None:
    async with wizard(start(gateway)) as (app, pilot):
        await to_name(app, pilot)
        await app.show_step(Step.CONFIRM)
        await until(lambda: "is there already (ID 1001)" in " ".join(text(app).split()))


async def test_flags_outrank_what_is_stored(gateway: PracticeGateway) -> None:
    given = {"name": "other", "headers": ()}
    begun = start(gateway, draft=Draft(name="other", headers=()), given=given)
    async with wizard(begun) as (app, pilot):
        await to_name(app, pilot)
        assert app.session.draft == replace(CLONED, name="other", headers=())
        assert "name" not in said(app)


async def test_coming_back_to_the_keys_reads_nothing_again(gateway: PracticeGateway) -> None:
    async with wizard(start(gateway)) as (app, pilot):
        await to_name(app, pilot)
        await pilot.press("x", "f7")
        await reached(app, Step.CREDENTIALS)
        await to_name(app, pilot)
        assert app.session.draft.name == "경보x"


async def test_what_does_not_exist_is_told_and_next_goes_on_without_it(gateway: PracticeGateway) -> None:
    async with wizard(start(gateway, clone="77")) as (app, pilot):
        await pilot.press("f8")
        await armed(app, "#again")
        assert "Integration 77 could not be read" in text(app)
        await pilot.press("right", "enter")
        await reached(app, Step.NAME)
        assert app.session.draft == Draft()


async def test_escape_stays_with_the_keys_and_next_tries_again(gateway: PracticeGateway) -> None:
    async with wizard(start(gateway, clone="1002")) as (app, pilot):
        await pilot.press("f8")
        await armed(app, "#again")
        await pilot.press("escape")
        await until(lambda: app.step_screen)
        assert app.step_screen
        assert app.step_screen.step is Step.CREDENTIALS
        gateway.store.add({**STORED, "name": "later"})
        await to_name(app, pilot)
        assert app.session.draft.name == "later"


async def test_it_can_be_tried_again_at_once(gateway: PracticeGateway) -> None:
    async with wizard(start(gateway, clone="1002")) as (app, pilot):
        await pilot.press("f8")
        await armed(app, "#again")
        gateway.store.add({**STORED, "name": "later"})
        await pilot.press("enter")
        await reached(app, Step.NAME)
        assert app.session.draft.name == "later"


@pytest.mark.parametrize("goes_on", [True, False], ids=["not waited for", "waited for"])
async def test_while_it_takes_long_one_may_go_on_without(
    goes_on: bool, gateway: PracticeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_answer, detail = threading.Event(), practice.Desk._detail

    def slow(desk: practice.Desk, integration_id: str) -> Reply:
        may_answer.wait(10)
        return detail(desk, integration_id)

    monkeypatch.setattr(practice.Desk, "_detail", slow)
    async with wizard(start(gateway)) as (app, pilot):
        await pilot.press("f8")
        await armed(app, "#without")
        assert "Reading integration 1001…" in text(app)
        if goes_on:
            await pilot.press("enter")
        else:
            may_answer.set()
        await reached(app, Step.NAME)
        may_answer.set()
        assert app.session.draft == (Draft() if goes_on else CLONED)


async def test_what_has_one_of_the_keys_in_it_is_not_shown(gateway: PracticeGateway) -> None:
    gateway.store.add({**STORED, "payload": f'"{PRACTICE_KEYS.secret_key.reveal()}"'})
    async with wizard(start(gateway, clone="1002")) as (app, pilot):
        await pilot.press("f8")
        await armed(app, "#again")
        assert "One of your NAVER keys stands in it" in text(app)
        assert app.session.draft == Draft()


async def test_a_form_that_is_resumed_is_not_filled_in_anew(gateway: PracticeGateway, tmp_path: Path) -> None:
    DraftFile(tmp_path / "drafts").close(Form(PRACTICE_DRAFT, "public", "NAME"))
    async with wizard(start(gateway, state_folder=tmp_path)) as (app, pilot):
        await armed(app, "#resume")
        await pilot.press("enter")
        await until(lambda: app.step_screen)
        await to_name(app, pilot)
        assert app.session.draft == PRACTICE_DRAFT


async def test_practice_mode_reads_from_its_own_gateway() -> None:
    async with wizard(Start(draft=PRACTICE_DRAFT, sources=(), is_practice=True, clone="1001")) as (app, pilot):
        app.session.key_state.typed = tuple(key.reveal() for key in PRACTICE_KEYS)  # type: ignore[assignment]
        await pilot.press("f8")
        await armed(app, "#again")
        assert "could not be read" in text(app)
        await pilot.press("right", "enter")
        await reached(app, Step.NAME)
        assert app.session.draft == PRACTICE_DRAFT
