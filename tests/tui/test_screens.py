"""Every screen at three sizes, as a person sees it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Refused, Unknown
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.session import Start
from ncloud_integration.tui.steps import RAIL, Step
from tests.tui.driving import PRACTICE, armed, show_outcome, until, wizard
from tests.tui.snapshots import assert_screen

pytestmark = pytest.mark.anyio
SIZES = [(80, 24), (40, 12), (120, 40)]
at_every_size = pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)

FOUND = EnvironmentKeys(Keys.of("ABCDEFGHIJKLMNOPQRST", "s" * 40), ("NCLOUD_ACCESS_KEY", "NCLOUD_SECRET_KEY"))
BAD = Draft(
    name="이름 ",
    url="http://hooks.slack.com:80/services/T0AAAAAAAA/B0BBBBBBBB/c1d2e3f4g5h6i7j8#x",
    headers=(Header("", "v"), Header("x y", "é"), Header("authorization", "b" * 90), Header("Authorization", "c")),
    payload='{\n  "text": "#{RULE_NAM} #{VALUE}",\n  "n": 1,,\n}',
)


@at_every_size
@pytest.mark.parametrize("step", RAIL, ids=lambda step: step.title)
async def test_a_step_in_practice_mode(step: Step, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        for _ in RAIL[: RAIL.index(step)]:
            await pilot.press("f8")
        if step is Step.CONFIRM:
            await armed(app, "#create")
        await pilot.pause()
        assert_screen(app, f"practice-{step.name.lower()}")


@at_every_size
@pytest.mark.parametrize("step", RAIL[1:5], ids=lambda step: step.title)
async def test_a_step_with_problems(step: Step, size: tuple[int, int]) -> None:
    start = Start(draft=replace(BAD), environment_keys=FOUND)
    async with wizard(start, size) as (app, pilot):
        await app.show_step(step)
        if step in (Step.HEADERS, Step.PAYLOAD):
            await pilot.press("f8")
        await pilot.pause()
        assert_screen(app, f"problems-{step.name.lower()}")


@at_every_size
async def test_credentials_without_any_keys(size: tuple[int, int]) -> None:
    async with wizard(Start(), size) as (app, pilot):
        await until(lambda: app.session.keyring_complaint)
        await pilot.press("f8")
        await pilot.pause()
        assert_screen(app, "no-keys")


@at_every_size
async def test_credentials_from_the_environment(size: tuple[int, int]) -> None:
    complaint = Sentence(
        "NCLOUD_SITE is {name}, which is none of public, gov and fin: it is not used.", {"name": "moon"}
    )
    async with wizard(Start(environment_keys=FOUND, site_complaint=complaint), size) as (app, pilot):
        await pilot.pause()
        assert_screen(app, "keys-from-environment")


OUTCOMES: dict[str, Outcome] = {
    "created": Created("999"),
    "refused": Refused(Sentence("Permission denied: this sub account needs a permission."), "access_key"),
    "not-sent": NotSent(Sentence("cw.apigw.ntruss.com refused the connection.")),
    "unknown": Unknown(Sentence("The request was sent, and no answer came within 30 seconds.")),
}


@at_every_size
@pytest.mark.parametrize("name", OUTCOMES)
async def test_an_outcome(name: str, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await show_outcome(app, pilot, OUTCOMES[name])
        assert_screen(app, name)


@at_every_size
async def test_the_question_before_leaving(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await pilot.press("f8", "x", "ctrl+q")
        await armed(app, "#leave")
        await pilot.pause()
        assert_screen(app, "leave")


@at_every_size
async def test_help(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await pilot.press("f1")
        await pilot.pause()
        assert_screen(app, "help")


@at_every_size
async def test_the_question_before_creating_again(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await show_outcome(app, pilot, OUTCOMES["unknown"])
        await pilot.press("f7")
        await armed(app, "#create")
        await pilot.press("enter")
        await armed(app, "#again")
        await pilot.pause()
        assert_screen(app, "create-again")
