"""What works behind the screens, each part loaded when it is first needed: the first screen needs none of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ncloud_integration.recovery import state_folder
from ncloud_integration.tui.walk import Walk
from ncloud_integration.wizard.api_access import ApiAccess
from ncloud_integration.wizard.key_access import KeyAccess
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import Step

if TYPE_CHECKING:
    from ncloud_integration.recovery.journal import Journal
    from ncloud_integration.tui.payload_edits import PayloadEdits
    from ncloud_integration.wizard.attempt_runner import AttemptRunner
    from ncloud_integration.wizard.draft_keeper import DraftKeeper


class Backstage(Walk):
    """Has the keys, the API, the attempts and the form on the disk at hand for *session*."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.keys = KeyAccess(session, self.background.start, self.show_session, self.asked)
        self.api = ApiAccess(session, self.background.start, self.show_session)
        session.when_edited = self._edited

    @cached_property
    def journal(self) -> Journal | None:
        from ncloud_integration.recovery.journal import Journal

        folder = self.session.start.state_folder
        return Journal(folder / "attempts") if folder else None

    @cached_property
    def attempts(self) -> AttemptRunner:
        from ncloud_integration.wizard.attempt_runner import AttemptRunner

        return AttemptRunner(self.session, self.api, self.journal, self.background.start, self._show_attempt)

    @cached_property
    def drafts(self) -> DraftKeeper | None:
        from ncloud_integration.wizard.draft_keeper import DraftKeeper

        folder = self.session.start.state_folder if self.session.start.saves_draft else None
        return (
            DraftKeeper(self.session, folder / "drafts", self.background.start, self.show_session) if folder else None
        )

    @cached_property
    def payload_edits(self) -> PayloadEdits:
        from ncloud_integration.tui.payload_edits import PayloadEdits

        edits = PayloadEdits(self.session, self.asked, self.show_session, self.handed_over)
        if self.drafts:
            edits.when_taken = self.drafts.save_now
        return edits

    async def show_step(self, step: Step) -> None:
        """Show *step*; on Payload, offer what was left with an editor."""
        await super().show_step(step)
        if self.step_screen and self.step_screen.step is Step.PAYLOAD:
            await self.converse(self.payload_edits.offer(self.step_screen))

    async def action_edit_payload(self) -> None:
        """Open the payload in the operator's own editor."""
        if self.step_screen:
            await self.converse(self.payload_edits.edit(self.step_screen))

    def leave_editor(self) -> None:
        """Wait no longer for the editor that has the terminal, if one has: the wizard ends."""
        if self.talk and self.payload_edits.is_editing:
            self.talk.cancel()

    def has_left(self, name: str) -> bool:
        """Return whether earlier wizards have left anything in the folder of that *name*."""
        folder = self.session.start.state_folder
        return folder is not None and bool(state_folder.files(folder / name))

    def _edited(self) -> None:
        if self.drafts:
            self.drafts.changed()

    def save_form(self) -> None:
        """Have the form on the disk as it stands, for good."""
        if self.drafts:
            self.drafts.close()

    def _show_attempt(self) -> None:
        """Show how the attempt gets on; after its end, save or drop the form, and leave where that was waited for."""
        is_ended = not self.session.is_under_way
        if self.drafts and is_ended:
            self.drafts.drop_created()
            self.drafts.save()
        self.show_session()
        if self.attempts.is_leaving and is_ended:
            self.exit()
