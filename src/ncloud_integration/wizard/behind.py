"""What works behind the walk, whatever shows it: keys, API, attempts and form, each loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from ncloud_integration.recovery import state_folder
from ncloud_integration.wizard.api_access import ApiAccess
from ncloud_integration.wizard.background import Background
from ncloud_integration.wizard.key_access import KeyAccess
from ncloud_integration.wizard.session import EXIT_NOTHING, Session

if TYPE_CHECKING:
    from ncloud_integration.recovery.journal import Journal
    from ncloud_integration.wizard.attempt_runner import AttemptRunner
    from ncloud_integration.wizard.draft_keeper import DraftKeeper
    from ncloud_integration.wizard.question import Ask


class Behind:
    """Has the keys, the API, the attempts and the form on the disk at hand for *session*.

    *background* runs work beside the walk, *show* is called at each change, *ask* asks the operator, and *leave* ends
    the walk. `signalled` is the number of the signal that ended it, or 0.
    """

    def __init__(
        self,
        session: Session,
        background: Background,
        show: Callable[[], None],
        ask: Ask,
        leave: Callable[[], None],
    ) -> None:
        self._session = session
        self._background = background
        self._show = show
        self._leave = leave
        self.signalled = 0
        self.keys = KeyAccess(session, background.start, show, ask)
        self.api = ApiAccess(session, background.start, show)
        session.when_edited = self._edited

    @cached_property
    def journal(self) -> Journal | None:
        """The journal, or None where nothing may be written."""
        from ncloud_integration.recovery.journal import Journal

        folder = self._session.start.state_folder
        return Journal(folder / "attempts") if folder else None

    @cached_property
    def attempts(self) -> AttemptRunner:
        """What sends and looks for attempts."""
        from ncloud_integration.wizard.attempt_runner import AttemptRunner

        return AttemptRunner(self._session, self.api, self.journal, self._background.start, self._show_attempt)

    @cached_property
    def drafts(self) -> DraftKeeper | None:
        """What keeps the form on the disk, or None where it is not kept."""
        from ncloud_integration.wizard.draft_keeper import DraftKeeper

        folder = self._session.start.state_folder if self._session.start.saves_draft else None
        if folder is None:
            return None
        return DraftKeeper(self._session, folder / "drafts", self._background.start, self._show)

    @property
    def exit_code(self) -> int:
        """What the process ends with: 128 and the signal's number where a signal ended it before anything was sent."""
        if self.signalled and self._session.exit_code == EXIT_NOTHING:
            return 128 + self.signalled
        return self._session.exit_code

    def report_earlier(self) -> None:
        """Take up what earlier wizards left in the journal."""
        if self.has_left("attempts") and self.journal:
            self._session.attempts.report(self.journal.unresolved())

    def has_left(self, name: str) -> bool:
        """Return whether earlier wizards have left anything in the folder of that *name*."""
        folder = self._session.start.state_folder
        return folder is not None and bool(state_folder.files(folder / name))

    def end_by_signal(self, number: int) -> None:
        """Leave at once; while an attempt is under way, once its outcome is known, and with that."""
        if self._session.is_under_way:
            self.attempts.leave_soon()
        else:
            self.signalled = number
            self._leave()

    async def close(self) -> None:
        """Stop what still runs beside the walk, and leave the form to the next wizard."""
        await self._background.end()
        self.api.close()
        self.save_form()

    def save_form(self) -> None:
        """Have the form on the disk as it stands, for good."""
        if self.drafts:
            self.drafts.close()

    def _edited(self) -> None:
        if self.drafts:
            self.drafts.changed()

    def _show_attempt(self) -> None:
        """Show how the attempt gets on; after its end, save or drop the form, and leave where that was waited for."""
        is_ended = not self._session.is_under_way
        if self.drafts and is_ended:
            self.drafts.drop_created()
            self.drafts.save()
        self._show()
        if self.attempts.is_leaving and is_ended:
            self._leave()
