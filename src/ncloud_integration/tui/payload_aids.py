"""What helps with the payload: a look at what arrives of it, and ready payloads to begin with."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from ncloud_integration.integration import gallery
from ncloud_integration.integration.draft import EXAMPLE_PAYLOAD
from ncloud_integration.integration.gallery import ReadyPayload
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.widgets.payload_editor import PayloadEditor
from ncloud_integration.wizard.background import loaded
from ncloud_integration.wizard.steps import Step

if TYPE_CHECKING:
    from ncloud_integration.tui.screens.payload import PayloadScreen
    from ncloud_integration.tui.walk import Walk
    from ncloud_integration.wizard.session import Session

_HINT = Sentence("F5 has a ready payload for {service}.")


async def point_out(session: Session) -> bool:
    """Note that there are ready payloads for the endpoint, while the payload is the example; return whether it is."""
    if session.draft.payload != EXAMPLE_PAYLOAD:
        return False
    suited = await asyncio.to_thread(gallery.suited, session.draft.url)
    hints = [_HINT.about({"service": ready.service}) for ready in suited[:1]]
    session.notes["payload"] = hints + [
        note for note in session.notes.get("payload", []) if note.template != _HINT.template
    ]
    return True


async def preview(screen: PayloadScreen) -> None:
    """Show what the endpoint would receive of the payload."""
    walk = _walk(screen)
    await walk.converse(_preview(walk, screen.session))


async def choose(screen: PayloadScreen) -> None:
    """Have a ready payload chosen, looked at, and used."""
    walk = _walk(screen)
    await walk.converse(_choose(walk, screen))


async def _preview(walk: Walk, session: Session) -> None:
    await loaded(f"{__package__}.screens.preview")
    from ncloud_integration.tui.screens.preview import PreviewDialog

    await walk.closed(PreviewDialog(session.draft.payload))


async def _choose(walk: Walk, screen: PayloadScreen) -> None:
    """List the ready payloads, and show what is picked, until one is used or the list is closed."""
    await loaded(f"{__package__}.screens.gallery")
    from ncloud_integration.tui.screens.gallery import PAYLOAD, WITH_HEADERS, GalleryDialog, ReadyPayloadDialog

    session = screen.session
    ready = await asyncio.to_thread(gallery.ready_payloads)
    picked: ReadyPayload | None = None
    while True:
        key = await walk.closed(GalleryDialog(ready, session.draft.url, picked))
        picked = next((each for each in ready if each.key == key), None)
        if picked is None:
            return
        answer = await walk.closed(ReadyPayloadDialog(picked, session.draft.headers))
        if answer in (PAYLOAD, WITH_HEADERS):
            await _use(walk, screen, picked, has_headers=answer == WITH_HEADERS)
            return


async def _use(walk: Walk, screen: PayloadScreen, ready: ReadyPayload, *, has_headers: bool) -> None:
    """Put *ready* into the editor, and the headers that are missing into the form."""
    session = screen.session
    said = Sentence("{title} is in place: Ctrl+Z brings back the old payload.", {"title": ready.title})
    editor = screen.query_one(PayloadEditor)
    editor.take_over(ready.payload, 0)
    if has_headers:
        rows = session.draft.headers
        names = ", ".join(header.name for header in gallery.missing(ready.headers, rows))
        session.edit(headers=gallery.completed(rows, ready.headers))
        session.notes.pop("headers", None)
        await walk.drop_form(Step.HEADERS)
        said = Sentence(
            "{title} is in place, with {names} added on Headers. Ctrl+Z brings back the old payload alone.",
            {"title": ready.title, "names": names},
        )
    editor.post_message(PayloadEditor.Noted([said]))
    walk.show_session()


def _walk(screen: PayloadScreen) -> Walk:
    return cast("Walk", screen.app)
