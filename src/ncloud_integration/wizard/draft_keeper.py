"""Keeping the form on the disk while it is filled in: a second after a change, and at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from ncloud_integration.cloudinsight.site import SITES
from ncloud_integration.integration.draft import unchecked
from ncloud_integration.integration.intake import taken
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.recovery import draft_file
from ncloud_integration.recovery.draft_file import DraftFile, Form, SavedForm
from ncloud_integration.recovery.state_folder import StateError
from ncloud_integration.wizard.background import Starter
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import RAIL

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
        self._offers: list[SavedForm] | None = None
        self._is_closed = False

    def offer(self) -> SavedForm | None:
        """Return the newest form that an earlier wizard left and that was not decided on yet."""
        if self._offers is None:
            self._offers = [
                saved
                for saved in draft_file.saved_forms(self._folder)
                if saved.form.step in _STEPS and saved.form.site in SITES
            ]
        self.drop_created()
        return self._offers[0] if self._offers else None

    def drop_created(self) -> None:
        """Delete the saved forms of what has been created."""
        created = [made.attempt.integration for made in self._session.attempts.created]
        for saved in draft_file.saved_forms(self._folder) if created else ():
            if unchecked(saved.form.draft) in created:
                draft_file.remove(saved.path)
        if self._offers is not None:
            self._offers = [saved for saved in self._offers if unchecked(saved.form.draft) not in created]

    def resume(self, saved: SavedForm) -> None:
        """Go on with *saved*."""
        self._decide(saved)
        draft, notes = taken(saved.form.draft)
        self._session.resume(saved.form, draft)
        self._session.notes.update(notes)
        self._file.take_over(saved)

    def discard(self, saved: SavedForm) -> None:
        """Delete *saved*."""
        self._decide(saved)
        draft_file.remove(saved.path)

    def put_off(self) -> None:
        """Keep all that are offered for a later wizard."""
        self._session.is_form_waiting = bool(self._offers)
        self._offers = []

    def _decide(self, saved: SavedForm) -> None:
        """Offer *saved* no more."""
        self._offers = [offered for offered in self._offers or [] if offered is not saved]

    def changed(self) -> None:
        """Save the form in a moment."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SAVED_AFTER, self.save)

    def save_now(self) -> None:
        """Have the form on the disk before this returns."""
        self._told(self._file.save)

    def close(self) -> None:
        """Save what a later wizard is to go on with, at once and for good; once is enough."""
        if self._timer:
            self._timer.cancel()
        if not self._is_closed:
            self._is_closed = True
            self._told(self._file.close)

    def save(self) -> None:
        """Save the form beside the screens."""
        self._timer = None
        if self._saving and not self._saving.done():
            self.changed()
        else:
            self._saving = self._start(self._written())

    async def _written(self) -> None:
        was_told = self._session.form_complaint is not None
        await asyncio.to_thread(self._told, self._file.save)
        complaint = self._session.form_complaint
        if complaint and not was_told:
            self._session.notice = str(Sentence("What you type is not being saved: {reason}", {"reason": complaint}))
            self._show()

    def _told(self, write: Callable[[Form | None], None]) -> None:
        """Have the form written, and note in the session where it could not be."""
        try:
            write(self._session.form)
        except StateError as error:
            self._session.form_complaint = error.sentence
        else:
            self._session.form_complaint = None
