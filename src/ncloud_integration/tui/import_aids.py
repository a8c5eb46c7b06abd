"""What fills the form in from a text that is pasted: asked for over Name, and nothing typed replaced unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.widgets.field import Field
from ncloud_integration.wizard.background import loaded
from ncloud_integration.wizard.steps import Step

if TYPE_CHECKING:
    from ncloud_integration.integration.imported import Imported
    from ncloud_integration.tui.screens.name import NameScreen
    from ncloud_integration.tui.walk import Walk


async def import_text(screen: NameScreen) -> None:
    """Have a text pasted, and take over what it holds."""
    walk = cast("Walk", screen.app)
    await walk.converse(_import(walk, screen))


async def _import(walk: Walk, screen: NameScreen) -> None:
    """Ask for the text until it is taken over or given up: whoever keeps what was typed finds the text again."""
    await loaded(f"{__package__}.screens.import_text")
    from ncloud_integration.tui.screens.import_text import TAKE, ImportDialog
    from ncloud_integration.wizard import importing, questions

    text = ""
    while True:
        dialog = ImportDialog(text)
        if await walk.closed(dialog) != TAKE or dialog.found is None:
            return
        text = dialog.text
        steps = importing.replaced(dialog.found, screen.session.draft)
        if not steps or await walk.asked(questions.replace_typed(importing.names(steps))) == "replace":
            await _take(walk, screen, dialog.found)
            return


async def _take(walk: Walk, screen: NameScreen, found: Imported) -> None:
    """Put *found* into the form, and have every step show it."""
    from ncloud_integration.wizard import importing

    session = screen.session
    screen.query_one(f"#{screen.first}", Field).value = found.draft.name or session.draft.name
    importing.take(session, found)
    for step in (Step.URL, Step.HEADERS, Step.PAYLOAD):
        await walk.drop_form(step)
    session.notice = str(Sentence("Taken over: look at each step, F8 leads through them."))
    screen.show_problems()
    walk.show_session()
