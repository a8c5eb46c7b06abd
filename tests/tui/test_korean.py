"""The wizard in Korean, whose letters are two cells wide: every step and some dialogs, at two sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from rich.cells import cell_len

from ncloud_integration import language
from ncloud_integration.cloudinsight.outcome import Created, Outcome, Refused, Unknown
from ncloud_integration.cloudinsight.site import PUBLIC
from ncloud_integration.credentials.accounts import Account, Accounts
from ncloud_integration.credentials.sources import of_account, of_environment
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_KEYS
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.dialogs import dialog_of
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import RAIL, Step
from tests.tui.driving import ATTEMPT, PRACTICE, armed, show_outcome, until, wizard
from tests.tui.snapshots import assert_screen
from tests.tui.test_screens import BAD, FOUND, QUESTIONS

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("korean")]
at_both_sizes = pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids="{0[0]}x{0[1]}".format)

ACCOUNT = Account("prod", PUBLIC, "keyring")


@pytest.fixture
def korean(_only_what_can_be_translated: None) -> Iterator[None]:
    language.speak(language.KOREAN)
    yield
    language.speak(language.ENGLISH)


def assert_drawn(app: Wizard, name: str) -> None:
    """Hold the screen against its snapshot; each row fills the terminal to its last cell, and none sticks out."""
    for strip in app.screen._compositor.render_strips():
        assert sum(cell_len(segment.text) for segment in strip) == app.size.width
    assert_screen(app, f"ko-{name}")


@at_both_sizes
@pytest.mark.parametrize("step", RAIL, ids=lambda step: step.name)
async def test_a_step(step: Step, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        for _ in RAIL[: RAIL.index(step)]:
            await pilot.press("f8")
        if step is Step.CONFIRM:
            await armed(app, "#create")
        await pilot.pause()
        assert_drawn(app, step.name.lower())


@at_both_sizes
@pytest.mark.parametrize("step", RAIL[1:5], ids=lambda step: step.name)
async def test_a_step_with_problems(step: Step, size: tuple[int, int]) -> None:
    async with wizard(Start(draft=replace(BAD), sources=(of_environment(FOUND),)), size) as (app, pilot):
        await app.show_step(step)
        if step in (Step.HEADERS, Step.PAYLOAD):
            await pilot.press("f8")
        await pilot.pause()
        assert_drawn(app, f"problems-{step.name.lower()}")


@at_both_sizes
async def test_keys_that_a_store_has(size: tuple[int, int]) -> None:
    start = Start(sources=(of_account(ACCOUNT), of_environment(FOUND)), accounts=Accounts((ACCOUNT,), "keyring"))
    async with wizard(start, size) as (app, pilot):
        await until(lambda: app.session.key_state.keyring)
        app.session.key_state.keyring = Sentence("{backend}: encrypted with your login", {"backend": "Secret Service"})
        app.session.key_state.opened_as(ACCOUNT, PRACTICE_KEYS)
        app.show_session()
        await pilot.pause()
        assert_drawn(app, "keys")


OUTCOMES: dict[str, Outcome] = {
    "created": Created("999"),
    "refused": Refused(
        Sentence(
            "Permission denied: this sub account needs a Cloud Insight {permission} permission.",
            {"permission": Sentence("change")},
        ),
        "access_key",
    ),
    "unknown": Unknown(
        Sentence(
            "The request was sent to {host}, and no answer came within {seconds} s.",
            {"host": "cw.apigw.ntruss.com", "seconds": "30"},
        )
    ),
}


@at_both_sizes
@pytest.mark.parametrize("name", OUTCOMES)
async def test_an_outcome(name: str, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await show_outcome(app, pilot, OUTCOMES[name])
        assert_drawn(app, name)


@at_both_sizes
@pytest.mark.parametrize("name", ["replace", "set-up-vault", "forget-everything"])
async def test_a_question(name: str, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await app.push_screen(dialog_of(QUESTIONS[name]()))
        await until(lambda: app.screen.is_mounted and all(each.is_armed for each in app.screen.query(Action).results()))
        await pilot.pause()
        assert_drawn(app, name)


@at_both_sizes
@pytest.mark.parametrize(
    ("step", "key"), [*((Step.PAYLOAD, key) for key in ("f1", "f2", "f3", "f5")), (Step.NAME, "ctrl+q")]
)
async def test_what_a_key_brings_up(step: Step, key: str, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await app.show_step(step)
        app.session.edit(name="경보")
        await pilot.press(key)
        await until(lambda: app.screen is not app.step_screen and app.screen.query("Action.-armed"))
        await pilot.pause()
        assert_drawn(app, f"{step.name.lower()}-{key.replace('+', '-')}")


@at_both_sizes
async def test_earlier_attempts(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        app.session.attempts.end(ATTEMPT, OUTCOMES["unknown"])
        await app.show_step(Step.EARLIER)
        await armed(app, "#look")
        await pilot.pause()
        assert_drawn(app, "earlier")
