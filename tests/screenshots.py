"""Pictures of every screen at 80×24, taken from the wizard in practice mode.

python -m tests.screenshots            write them to screenshots/
python -m tests.screenshots --check    say which are stale, and fail if any is
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import OptionList

from ncloud_integration.cloudinsight.outcome import Unknown
from ncloud_integration.cloudinsight.site import GOV, PUBLIC
from ncloud_integration.credentials.accounts import Account, Accounts
from ncloud_integration.credentials.sources import of_account
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_KEYS
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import RAIL
from tests.tui.driving import PRACTICE, armed, outcome, show_outcome, until, wizard

FOLDER = Path(__file__).parent.parent / "screenshots"
PORT = 18080
ACCOUNT = Account("prod", PUBLIC, "keyring")
ACCOUNTS = Start(
    sources=tuple(map(of_account, (ACCOUNT, Account("prod-gov", GOV, "vault")))),
    accounts=Accounts((ACCOUNT, Account("prod-gov", GOV, "vault")), "keyring"),
)
LOST = Unknown(
    Sentence("The connection to cw.apigw.ntruss.com broke after the request was sent, and no answer came."),
    Sentence("It was not found after 6 looks in 30 seconds; it may still appear."),
)


async def pictures() -> AsyncIterator[tuple[str, str]]:
    """Yield the name and the SVG of each screen, on the way from the first to an id."""
    async with wizard(ACCOUNTS) as (app, pilot):
        await until(lambda: app.session.key_state.keyring)
        app.session.key_state.keyring = Sentence("Secret Service: encrypted with your login")
        app.session.key_state.opened_as(ACCOUNT, PRACTICE_KEYS)
        app.show_session()
        yield "1-credentials", await settled_picture(app, pilot)
        app.screen.set_focus(app.screen.query_one("#accounts"))
        await pilot.press("enter")
        await until(lambda: app.screen.query(OptionList))
        yield "9-accounts", await settled_picture(app, pilot)
    async with wizard(replace(PRACTICE, practice_port=PORT)) as (app, pilot):
        for name in ("2-name", "3-url", "4-headers", "5-payload"):
            await pilot.press("f8")
            yield name, await settled_picture(app, pilot)
        for key, name in (("f3", "10-preview"), ("f5", "11-gallery")):
            await pilot.press(key)
            await until(lambda: isinstance(app.screen, Dialog))
            yield name, await settled_picture(app, pilot)
            await pilot.press("escape")
            await until(lambda: not isinstance(app.screen, Dialog))
        await pilot.press("f8")
        await armed(app, "#create")
        yield "6-confirm", await settled_picture(app, pilot)
        await pilot.press("enter")
        await outcome(app, pilot)
        await armed(app, "#leave")
        await until(lambda: app.session.remarks)
        yield "7-result", await settled_picture(app, pilot)
    async with wizard(PRACTICE) as (app, pilot):
        app.session.visited |= set(RAIL)
        await show_outcome(app, pilot, LOST)
        yield "8-lost-answer", await settled_picture(app, pilot)


async def settled_picture(app: Wizard, pilot: Pilot[None]) -> str:
    """Return the picture once everything is drawn."""
    await pilot.pause()
    return picture(app)


def picture(app: Wizard) -> str:
    """Return the screen as SVG, in the reader's own font (Textual's would be fetched) and with every space kept."""
    svg = app.export_screenshot(title=f"ncloud-integration{' --practice' * app.session.start.is_practice}")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", "monospace").replace("&#160;", " ")
    return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


async def main(is_check: bool) -> int:
    """Write the pictures, or compare them with those that are there; return the exit code."""
    stale = []
    names = set()
    async for name, svg in pictures():
        path = FOLDER / f"{name}.svg"
        names.add(path.name)
        if not path.exists() or path.read_text() != svg:
            stale.append(path.name)
            if not is_check:
                path.write_text(svg)
    stale += sorted({path.name for path in FOLDER.iterdir()} - names)
    print(f"{'stale' if is_check else 'written'}: {', '.join(stale) or 'none'}")
    return int(is_check and bool(stale))


if __name__ == "__main__":
    sys.exit(asyncio.run(main("--check" in sys.argv[1:])))
