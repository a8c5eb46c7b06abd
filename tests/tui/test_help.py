"""Help, the README and the screens: the same limits, and no key that does not work or is not told of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot

from ncloud_integration.cloudinsight.outcome import Created
from ncloud_integration.integration.model import HEADER_BYTES_LIMIT, HEADERS_LIMIT, PAYLOAD_BYTES_LIMIT
from ncloud_integration.recovery.journal import Journal
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.screens.help import HelpDialog
from ncloud_integration.tui.screens.step import Footer
from ncloud_integration.wizard.help import DIALOG_KEYS, EVERYWHERE, HELP, Key
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import ATTEMPT, armed, show_outcome, wizard

pytestmark = pytest.mark.anyio

README = Path(__file__).parents[2] / "README.md"
DOES_NOTHING = {Step.CONFIRM: {"f8", "ctrl+n"}, Step.RESULT: {"f8", "ctrl+n"}, Step.EARLIER: {"f7", "ctrl+p"}}
"""Keys that are taken on every step, and that lead nowhere on these."""

UNSAID = {Step.PAYLOAD: {"up", "down"}}
"""Keys that move the cursor in the editor, as everywhere."""


def names(keys: Iterable[Key]) -> list[str]:
    return [", ".join(key.names) for key in keys]


def told(keys: Iterable[Key]) -> set[str]:
    """Return *keys* by the names that Textual has for them."""
    return {name.lower().replace(" ", "") for key in keys for name in key.names}


def bound(node: DOMNode) -> set[str]:
    """Return the keys that *node* takes by this program's own bindings, and not by Textual's."""
    own = [each for each in type(node).__mro__ if each.__module__.startswith("ncloud_integration")]
    bindings = [
        Binding(*each[:3]) if isinstance(each, tuple) else each for cls in own for each in vars(cls).get("BINDINGS", [])
    ]
    return {key for binding in bindings for key in binding.key.split(",")}


async def show(step: Step, app: Wizard, pilot: Pilot[None], folder: Path) -> None:
    """Bring up *step* with all that there can be on it, and wait until nothing on it is disarmed."""
    if step is Step.RESULT:
        await show_outcome(app, pilot, Created("1001"))
    elif step is Step.EARLIER:
        Journal(folder).begin(replace(ATTEMPT, name="one")).close()
        app.session.attempts.report(Journal(folder).unresolved())
        await app.show_step(step)
        await armed(app, "#look")
    else:
        await app.show_step(step)
    if step is Step.HEADERS:
        app.screen.set_focus(app.screen.query_one("#add"))
        await pilot.press("enter")
    await pilot.pause()


def reachable(app: Wizard) -> list[DOMNode]:
    """Return what takes keys on the screen that is shown: what can be focused, and what that stands in."""
    return list({id(node): node for each in app.screen.focus_chain for node in each.ancestors_with_self}.values())


@pytest.mark.parametrize("step", Step)
async def test_every_key_that_is_told_of_works_and_every_key_of_ours_is_told_of(step: Step, tmp_path: Path) -> None:
    async with wizard() as (app, pilot):
        await show(step, app, pilot, tmp_path)
        listed = told((*HELP[step].keys, *EVERYWHERE))
        taken = set()
        for widget in app.screen.focus_chain:
            app.screen.set_focus(widget)
            taken |= set(app.screen.active_bindings)
        assert listed <= taken
        ours = {key for node in reachable(app) for key in bound(node)}
        assert ours - DOES_NOTHING.get(step, set()) - UNSAID.get(step, set()) <= listed
        footers = {entry.split(" ")[0] for footer in app.screen.query(Footer) for entry in footer.text.split("   ")}
        assert {name.replace("^", "ctrl+").lower() for name in footers} <= listed


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("key", ["f8", "f7"])
async def test_next_and_back_are_told_of_where_they_lead_somewhere(step: Step, key: str, tmp_path: Path) -> None:
    async with wizard() as (app, pilot):
        if step is not Step.EARLIER:
            await show(Step.EARLIER, app, pilot, tmp_path)  # there is something to go back to from the first step
        if step is Step.RESULT:
            await app.show_step(step)  # of nothing that was created, so that Back is not refused
        else:
            await show(step, app, pilot, tmp_path)
        await pilot.press(key)
        await pilot.pause()
        assert app.step_screen
        assert (app.step_screen.step is not step) == (key in told(HELP[step].keys))


async def test_the_keys_of_a_dialog_work_there() -> None:
    async with wizard() as (app, pilot):
        await pilot.press("f1")
        assert isinstance(app.screen, HelpDialog)
        await pilot.pause()
        assert told(DIALOG_KEYS) <= {*app.screen.active_bindings, "ctrl+q"}  # which the app takes before any screen
        assert bound(app.screen) <= told(DIALOG_KEYS)


@pytest.mark.parametrize("step", Step)
def test_the_readme_says_what_help_says(step: Step) -> None:
    said = HELP[step]
    cells = (str(step.title), str(said.asks), " ".join(map(str, said.limits)), "; ".join(names(said.keys)))
    assert f"| {' | '.join(cells)} |" in README.read_text().splitlines()


@pytest.mark.parametrize("key", [*HELP[Step.NAME].keys, *EVERYWHERE], ids=lambda key: key.names[0])
def test_the_readme_says_of_a_key_what_help_says(key: Key) -> None:
    assert f"| {', '.join(key.names)} | {key.does} |" in README.read_text().splitlines()


@pytest.mark.parametrize(
    ("step", "limit"),
    [
        (Step.HEADERS, f"{HEADERS_LIMIT} "),
        (Step.HEADERS, f"0-{HEADER_BYTES_LIMIT} bytes"),
        (Step.PAYLOAD, f"0-{PAYLOAD_BYTES_LIMIT:,} bytes"),
    ],
)
def test_limits_are_those_that_are_held_to(step: Step, limit: str) -> None:
    assert any(limit in str(sentence) for sentence in HELP[step].limits)
    assert not any(limit in sentence.template for sentence in HELP[step].limits)
