"""The wizard itself: how it starts and ends, and what happens between its screens."""

from __future__ import annotations

import asyncio
import gc
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.binding import Binding

from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.tui.backstage import Backstage
from ncloud_integration.tui.display import Display
from ncloud_integration.tui.job import can_be_continued
from ncloud_integration.tui.screens.step import StepScreen
from ncloud_integration.wizard import places
from ncloud_integration.wizard.background import loaded
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import Step, after, before

if TYPE_CHECKING:
    from ncloud_integration.recovery.draft_file import SavedForm
    from ncloud_integration.wizard.draft_keeper import DraftKeeper

_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class Wizard(Backstage):
    """Takes an operator through the steps of *session*."""

    CSS_PATH = Path(__file__).with_name("wizard.tcss")
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("f8,ctrl+n", "next", show=False, priority=True),
        Binding("f7,ctrl+p", "back", show=False, priority=True),
        Binding("f1,ctrl+g", "help", show=False, priority=True),
        Binding("ctrl+q", "leave", show=False, priority=True),
        Binding("ctrl+c", "leave", show=False),
        Binding("ctrl+z", "pause", show=False),
    ]

    def __init__(self, session: Session, display: Display | None = None) -> None:
        super().__init__(session, display or Display())
        self.animation_level = "none"

    # Starting and ending

    def walk_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Walk on *loop* until the operator, a signal or the terminal ends it."""
        self.run(mouse=self.terminal.has_mouse, loop=loop)

    async def on_mount(self) -> None:
        """Take over the signals, report what earlier wizards left, and put off what the first paint can do without."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.behind.end_by_signal, number)
        self.call_after_refresh(self._first_painted)
        self.behind.report_earlier()
        if self.session.attempts.unresolved:
            self.session.visited.clear()
            await self.show_step(Step.EARLIER)
        else:
            self._offer_saved_form()

    async def on_unmount(self) -> None:
        """Stop what still runs beside the screens, and leave the form to the next wizard."""
        await self.behind.close()

    def _first_painted(self) -> None:
        gc.freeze()
        gc.enable()
        self.place_cursor_anew()
        self.keys.look()

    def _offer_saved_form(self) -> None:
        """Offer the forms that earlier wizards left, one after the other until one is taken or all are put off."""
        drafts = self.behind.drafts if self.behind.has_left("drafts") else None
        saved = drafts.offer() if drafts else None
        if drafts and saved:
            from ncloud_integration.tui.screens.dialog import Dialog
            from ncloud_integration.wizard import questions

            self.push_screen(Dialog(questions.resume(saved)), partial(self._saved_form_answered, drafts, saved))

    def _saved_form_answered(self, drafts: DraftKeeper, saved: SavedForm, answer: str | None) -> None:
        if answer == "discard":
            drafts.discard(saved)
            self._offer_saved_form()
        elif answer == "resume":
            drafts.resume(saved)
            self.keys.look()
            self.session.notice = str(Sentence("The form is as you left it; keys are not kept with it. F8 goes on."))
            self.show_session()
        else:
            drafts.put_off()

    def action_leave(self) -> None:
        """Leave; ask once where something was typed, and say so where it has to wait."""
        from ncloud_integration.tui.screens.dialog import Dialog
        from ncloud_integration.wizard import questions

        if self.session.is_under_way:
            if isinstance(self.screen, Dialog):
                self.screen.close()
            self.session.wait()
            self.show_session()
        elif not self.session.has_unsaved_work or (isinstance(self.screen, Dialog) and self.screen.is_leaving):
            self.exit()
        else:
            if self.behind.drafts:
                self.behind.drafts.save_now()
            self.push_screen(Dialog(questions.leave(self.session)), self._leave_answered)

    def _leave_answered(self, answer: str | None) -> None:
        if answer == "leave":
            self.exit()

    def action_pause(self) -> None:
        """Stop as programs do at Ctrl+Z, where a shell can continue it, and not while something is under way."""
        if self.session.is_under_way:
            self.session.wait()
        elif can_be_continued():
            self.pause()
        else:
            self.session.notice = str(Sentence("No shell is there to continue the wizard: Ctrl+Z does nothing here."))
        self.show_session()

    # From step to step

    async def new_screen(self, step: Step) -> StepScreen:
        """Return a new screen of *step*; Confirm shows where the request goes, and what exists is asked for with it."""
        if step is not Step.CONFIRM:
            return await super().new_screen(step)
        await loaded(f"{__package__}.screens.confirm")
        from ncloud_integration.tui.screens.confirm import ConfirmScreen

        if self.behind.journal:
            self.session.attempts.report(await asyncio.to_thread(self.behind.journal.unresolved))
        gateway = await self.api.gateway()
        self.api.list_existing()
        return ConfirmScreen(self.session, gateway)

    async def action_next(self) -> None:
        """Go on where the step is complete; on the last ones Enter on a button does."""
        screen = self.step_screen
        if screen is None or screen.step in (Step.CONFIRM, Step.RESULT):
            return
        if screen.step is Step.CREDENTIALS:
            await self.converse(self._next_after_credentials(screen))
        elif await screen.is_complete():
            await self.show_step(after(screen.step))
            if screen.step is Step.EARLIER:
                self._offer_saved_form()

    async def _next_after_credentials(self, screen: StepScreen) -> None:
        """Go on once the keys are at hand, and kept where they are to be kept."""
        is_ready = await self.keys.ready()
        self.show_session()
        is_put_off = self.session.key_state.closed_account is not None
        if self.step_screen is not screen or is_put_off or not await screen.is_complete() or not is_ready:
            return
        if self.session.to_clone and not self.session.is_to_look_for_earlier and not await self._is_cloned():
            self.show_session()
            return
        screen.focus_first()
        said = self.session.notice
        if self.session.is_to_look_for_earlier:
            await self.show_step(Step.EARLIER)
            await self._look_for_earlier()
        else:
            await self.show_step(after(screen.step))
        self.session.notice = said
        self.show_session()

    async def _is_cloned(self) -> bool:
        """Return whether the form is filled in from the integration that it is to begin with, or is to do without."""
        await loaded("ncloud_integration.wizard.cloning")
        from ncloud_integration.wizard.cloning import Cloning

        is_done = await Cloning(self.session, self.api, self.asked).run()
        await self.drop_forms()
        return is_done

    async def action_back(self) -> None:
        """Go back; never refused but while something is under way or after it has created."""
        screen = self.step_screen
        if screen is None or self.session.is_under_way or self.session.has_created:
            return
        if screen.step is Step.CREDENTIALS and self.session.attempts.unresolved:
            await self.show_step(Step.EARLIER)
        elif screen.step not in (Step.CREDENTIALS, Step.EARLIER):
            await self.show_step(before(screen.step))

    async def action_go(self, name: str) -> None:
        """Go to the visited step of that *name*."""
        if self.step_screen and not self.session.is_under_way and not self.session.has_created:
            await self.show_step(Step[name])

    def action_look_for_keys(self) -> None:
        """Look for the keys of the site that is chosen now."""
        self.keys.look()

    async def action_accounts(self) -> None:
        """Show all accounts and other sources of keys."""
        screen = self.step_screen
        if screen and screen.step is Step.CREDENTIALS:
            await self.converse(self._manage_accounts())

    async def _manage_accounts(self) -> None:
        await loaded("ncloud_integration.wizard.account_management")
        from ncloud_integration.wizard.account_management import AccountManagement

        is_done = await AccountManagement(self.session, self.keys, self.asked).run()
        self.keys.look()
        self.show_session()
        if self.step_screen and is_done:
            self.step_screen.focus_first()

    # The attempt

    async def action_create(self) -> None:
        """Send the request that Confirm shows, once."""
        screen = self.step_screen
        if screen is None or screen.step is not Step.CONFIRM or self.session.is_under_way:
            return
        self.attempts.create()
        await self.show_step(Step.RESULT)

    def action_look_again(self) -> None:
        """Look once more for an attempt whose outcome is unknown."""
        if not self.session.is_under_way:
            self.attempts.look_again()
            self.show_session()

    def action_stop_looking(self) -> None:
        """Look no further for now."""
        self.attempts.stop_looking()

    def action_delete(self) -> None:
        """Delete what the last attempt has created."""
        if not self.session.is_under_way:
            self.attempts.delete()
            self.show_session()

    async def action_check_keys(self) -> None:
        """Ask the API whether it takes the keys in use."""
        await self.converse(self._check_keys())

    async def _check_keys(self) -> None:
        if await self.keys.open():
            self.api.check_keys()
        self.show_session()

    async def action_correct_clock(self) -> None:
        """Sign with the API's time from now on, and do again what it was needed for."""
        screen = self.step_screen
        if screen is None or self.session.is_under_way:
            return
        self.session.correct_clock()
        if screen.step is Step.CREDENTIALS:
            self.api.check_keys()
        elif screen.step is Step.EARLIER:
            await self.action_look_for_earlier()
        elif not self.session.has_created:
            await self.show_step(Step.CONFIRM)
        self.show_session()

    async def action_look_for_earlier(self) -> None:
        """Look for all that is unresolved; without keys, ask for them first."""
        if not self.session.is_under_way and self.session.attempts.unresolved:
            await self.converse(self._look_for_earlier())

    async def _look_for_earlier(self) -> None:
        self.session.is_to_look_for_earlier = False
        if await self.keys.open():
            self.attempts.look_for_all()
            self.show_session()
        else:
            self.session.is_to_look_for_earlier = True
            await self.show_step(Step.CREDENTIALS)
            attempt = self.session.attempts.unresolved[0].attempt
            values: Values = {"place": places.in_words(attempt.place), "account": attempt.account}
            self.session.notice = str(
                Sentence("It went to the {place} with access key {account}: give that, and Next looks for it.", values)
            )
            self.show_session()

    def action_forget_earlier(self) -> None:
        """Report what is unresolved no longer."""
        if not self.session.is_under_way:
            self.attempts.forget([unresolved.attempt for unresolved in self.session.attempts.unresolved])
            self.show_session()

    async def action_create_another(self) -> None:
        """Begin anew with the same account."""
        if not self.session.has_created:
            return
        self.session.start_over()
        await self.drop_forms()
        await self.show_step(Step.NAME)
