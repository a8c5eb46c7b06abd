"""Pictures of every screen at 80×24, and of some in Korean, taken from the wizard in practice mode.

python -m tests.screenshots            write them to screenshots/
python -m tests.screenshots --check    say which are stale, and fail if any is
"""

from __future__ import annotations

import asyncio
import html
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import OptionList

from ncloud_integration import language
from ncloud_integration.cloudinsight.outcome import Unknown
from ncloud_integration.cloudinsight.site import GOV, PUBLIC
from ncloud_integration.credentials.accounts import Account, Accounts
from ncloud_integration.credentials.sources import of_account
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_KEYS
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import RAIL, Step
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
    """Yield the name and the SVG of each screen."""
    async for name, svg in english_pictures():
        yield name, svg
    language.speak(language.KOREAN)
    async for name, svg in korean_pictures():
        yield f"ko-{name}", svg
    language.speak(language.ENGLISH)


async def korean_pictures() -> AsyncIterator[tuple[str, str]]:
    """Yield three of the screens."""
    async with wizard(replace(PRACTICE, practice_port=PORT)) as (app, pilot):
        await app.show_step(Step.URL)
        yield "3-url", await settled_picture(app, pilot)
        await app.show_step(Step.PAYLOAD)
        yield "5-payload", await settled_picture(app, pilot)
        app.session.visited |= set(RAIL)
        await pilot.press("f8")
        await armed(app, "#create")
        yield "6-confirm", await settled_picture(app, pilot)


async def english_pictures() -> AsyncIterator[tuple[str, str]]:
    """Yield the screens on the way from the first to an id."""
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
    svg = re.sub(r'textLength="([0-9.]+)"([^>]*)>([^<]*)<', _widened, svg)
    return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


def _widened(match: re.Match[str]) -> str:
    """Return a text of the picture as wide as its cells: Rich counts its characters, and Hangul has two cells each."""
    length, others, written = match.groups()
    shown = html.unescape(written)
    if cell_len(shown) <= len(shown):
        return match[0]
    return f'textLength="{float(length) * cell_len(shown) / len(shown):.1f}"{others}>{written}<'


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
