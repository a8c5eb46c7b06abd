"""The screens with what works behind them, the payload's helpers too."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.display import Display
from ncloud_integration.tui.walk import Walk
from ncloud_integration.wizard.background import loaded
from ncloud_integration.wizard.behind import Behind
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import Step

if TYPE_CHECKING:
    from ncloud_integration.recovery.edited_file import Saved
    from ncloud_integration.tui.screens.step import StepScreen
    from ncloud_integration.wizard.attempt_runner import AttemptRunner
    from ncloud_integration.wizard.payload_edits import PayloadEdits


class Backstage(Walk):
    """Has what works `behind` the screens of *session* at hand."""

    def __init__(self, session: Session, display: Display) -> None:
        super().__init__(session, display)
        self.behind = Behind(session, self.background, self.show_session, self.asked, self.end)
        self.keys, self.api = self.behind.keys, self.behind.api

    @property
    def attempts(self) -> AttemptRunner:
        """What sends and looks for attempts."""
        return self.behind.attempts

    @property
    def exit_code(self) -> int:
        """What the process ends with."""
        return self.behind.exit_code

    @cached_property
    def payload_edits(self) -> PayloadEdits:
        from ncloud_integration.wizard.payload_edits import PayloadEdits

        edits = PayloadEdits(self.session, self.asked, self.show_session, self.handed_over)
        if self.behind.drafts:
            edits.when_taken = self.behind.drafts.save_now
        return edits

    async def show_step(self, step: Step) -> None:
        """Show *step*; on Payload, offer what was left with an editor."""
        await super().show_step(step)
        if self.step_screen and self.step_screen.step is Step.PAYLOAD:
            await self.converse(self.payload_edits.offer(partial(_put, self.step_screen)))

    async def action_edit_payload(self) -> None:
        """Open the payload in the operator's own editor."""
        if self.step_screen:
            await self.converse(self.payload_edits.edit(partial(_put, self.step_screen)))

    async def action_as_command(self) -> None:
        """Show the request as a command for a shell, and save or copy it where the operator wants that."""
        if self.step_screen:
            await self.converse(self._as_command())

    async def _as_command(self) -> None:
        await loaded("ncloud_integration.wizard.as_command")
        from ncloud_integration.wizard.as_command import AsCommand

        await AsCommand(self.session, self.api, self.asked, self.copy_to_clipboard).run()
        self.show_session()

    async def action_test_transfer(self) -> None:
        """Send the endpoint what it would receive of an event, where the operator wants that."""
        if self.step_screen:
            await self.converse(self._test_transfer())

    async def _test_transfer(self) -> None:
        await loaded("ncloud_integration.wizard.transfer_test")
        from ncloud_integration.wizard.transfer_test import TransferTest

        step = await TransferTest(self.session, self.api, self.asked).run()
        if step:
            await self.show_step(step)
            if self.step_screen:
                await self.step_screen.is_complete()

    def save_form(self) -> None:
        """Have the form on the disk as it stands, for good."""
        self.behind.save_form()

    def end(self) -> None:
        """End the wizard, and wait no longer for the editor that has the terminal, if one has."""
        if self.talk and self.payload_edits.is_editing:
            self.talk.cancel()
        self.exit()


def _put(screen: StepScreen, saved: Saved) -> Sentence:
    """Put what was *saved* into the editor of *screen*."""
    from ncloud_integration.tui.widgets.payload_editor import PayloadEditor

    editor = screen.query_one(PayloadEditor)
    editor.take_over(saved.text)
    editor.post_message(editor.Noted(list(saved.notes)))
    return Sentence("Taken from your editor: {undo} brings back what was before.", {"undo": "Ctrl+Z"})
