"""Keeping the form on the disk while it is filled in: a second after a change, and at the end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from ncloud_integration.cloudinsight.site import SITES
from ncloud_integration.integration.draft import unchecked
from ncloud_integration.integration.intake import taken
from ncloud_integration.recovery import draft_file
from ncloud_integration.recovery.draft_file import DraftFile, SavedForm
from ncloud_integration.recovery.state_folder import StateError
from ncloud_integration.tui.background import Starter
from ncloud_integration.tui.session import Session
from ncloud_integration.tui.steps import RAIL

_STEPS = [step.name for step in RAIL]

SAVED_AFTER = 1.0
"""Seconds between a change and the moment that it is on the disk; more changes meanwhile go with it."""


class DraftKeeper:
    """Saves the form of *session* in *folder*, and offers those of earlier wizards; *show* is called on trouble."""

    def __init__(self, session: Session, folder: Path, start: Starter, show: Callable[[], None]) -> None:
        self._session = session
        self._folder = folder
        self._start = start
        self._show = show
        self._file = DraftFile(folder)
        self._timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None
        self._is_complaining = False

    def offered(self) -> list[SavedForm]:
        """Return the forms that earlier wizards left, the newest first, but for what has been created since."""
        created = [made.attempt.integration for made in self._session.created]
        forms = []
        for saved in draft_file.saved_forms(self._folder):
            if unchecked(saved.form.draft) in created:
                draft_file.remove(saved.path)
            elif saved.form.step in _STEPS and saved.form.site in SITES:
                forms.append(saved)
        return forms

    def resume(self, saved: SavedForm) -> None:
        """Go on with *saved*."""
        draft, notes = taken(saved.form.draft)
        self._session.resume(saved.form, draft)
        self._session.notes.update(notes)
        self._file.take_over(saved)

    def discard(self, saved: SavedForm) -> None:
        """Delete *saved*."""
        draft_file.remove(saved.path)

    def changed(self) -> None:
        """Save the form in a moment."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SAVED_AFTER, self.save)

    def close(self) -> None:
        """Save what a later wizard is to go on with, at once."""
        if self._timer:
            self._timer.cancel()
        with contextlib.suppress(StateError):
            self._file.close(self._session.form)

    def save(self) -> None:
        """Save the form beside the screens."""
        self._timer = None
        if self._saving and not self._saving.done():
            self.changed()
        else:
            self._saving = self._start(self._written())

    async def _written(self) -> None:
        try:
            await asyncio.to_thread(self._file.save, self._session.form)
        except StateError as error:
            if not self._is_complaining:
                self._session.notice = f"What you type is not being saved: {error.sentence}"
                self._is_complaining = True
                self._show()
        else:
            self._is_complaining = False
