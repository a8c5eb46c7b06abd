"""Driving the wizard in a test: starting it, pressing keys, and reading its screen as text."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from textual import events
from textual.pilot import Pilot

from ncloud_integration.cloudinsight.outcome import Outcome
from ncloud_integration.credentials.sources import of_practice
from ncloud_integration.integration.draft import unchecked
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_DRAFT, PRACTICE_KEYS
from ncloud_integration.recovery.journal import Attempt
from ncloud_integration.recovery.state_folder import new_name
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.screens.result import ResultScreen
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.wizard.session import Session, Start
from ncloud_integration.wizard.steps import Step

PRACTICE = Start(draft=PRACTICE_DRAFT, sources=(of_practice(PRACTICE_KEYS),), is_practice=True)

ATTEMPT = Attempt(
    started=1_790_000_000,
    site="public",
    base_url="https://cw.apigw.ntruss.com",
    place="practice gateway",
    account="…KEY1",
    integration=unchecked(PRACTICE_DRAFT),
)
"""An attempt to create the practice integration."""


@asynccontextmanager
async def wizard(
    start: Start = PRACTICE, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Wizard, Pilot[None]]]:
    """Run the wizard without a terminal, from *start*, on a screen of *size* columns and rows."""
    app = Wizard(Session.begin(replace(start, notes=dict(start.notes))))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste *text* as a terminal does: with CR for the ends of lines."""
    pilot.app.post_message(events.Paste(text.replace("\n", "\r")))
    await pilot.pause()


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Return once *condition* holds; fail after *seconds*."""
    for _ in range(int(seconds * 50)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"did not come about within {seconds} seconds")


async def outcome(app: Wizard, pilot: Pilot[None]) -> None:
    """Return once the attempt has an outcome and the screen shows it."""
    await until(lambda: app.session.outcome is not None and not app.session.is_under_way)
    await pilot.pause()


async def armed(app: Wizard, selector: str) -> None:
    """Return once the button can be pressed."""
    await until(lambda: app.screen.query(selector) and app.screen.query_one(selector).has_class("-armed"))


def text(app: Wizard) -> str:
    """Return the screen as a person reads it: its rows, without the spaces at their ends."""
    strips = app.screen._compositor.render_strips()
    rows = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", "\n".join(rows))


async def show_outcome(app: Wizard, pilot: Pilot[None], what: Outcome, remarks: Sequence[Sentence] = ()) -> None:
    """Bring up the result of an attempt that ended in *what*, ready for keys."""
    app.session.begin_attempt()
    app.session.attempt = replace(ATTEMPT, integration=unchecked(app.session.draft), name=new_name())
    await app.show_step(Step.RESULT)
    app.session.record(what)
    app.session.remarks = list(remarks)
    screen = app.screen
    assert isinstance(screen, ResultScreen)
    screen.show_session()
    await until(lambda: all(action.is_armed for action in screen.query(Action).results(Action)))
    await pilot.pause()
