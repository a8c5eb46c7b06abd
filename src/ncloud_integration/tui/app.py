"""The wizard itself: which screen comes when, and what happens between them."""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from textual.binding import Binding

from ncloud_integration.cloudinsight.outcome import Created, Unknown
from ncloud_integration.recovery.journal import Journal
from ncloud_integration.tui.api_access import ApiAccess
from ncloud_integration.tui.background import Background
from ncloud_integration.tui.draft_keeper import DraftKeeper
from ncloud_integration.tui.keyring_access import KeyringAccess
from ncloud_integration.tui.screens.credentials import CredentialsScreen
from ncloud_integration.tui.screens.step import StepScreen
from ncloud_integration.tui.session import EXIT_NOTHING, Session
from ncloud_integration.tui.steps import STEP_OF_FIELD, Step, after, before
from ncloud_integration.tui.terminal import TerminalApp, TerminalDriver, has_caught_up
from ncloud_integration.tui.widgets.frame import TITLE

if TYPE_CHECKING:
    from ncloud_integration.recovery.draft_file import SavedForm

_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class Wizard(TerminalApp):
    """Walks through the steps of *session*. `signalled` is the number of the signal that ended it, or 0."""

    CSS_PATH = Path(__file__).with_name("wizard.tcss")
    TITLE = TITLE
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("f8,ctrl+n", "next", show=False, priority=True),
        Binding("f7,ctrl+p", "back", show=False, priority=True),
        Binding("f1,ctrl+g", "help", show=False, priority=True),
        Binding("ctrl+q", "leave", show=False, priority=True),
        Binding("ctrl+c", "leave", show=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(driver_class=TerminalDriver)
        self.session = session
        self.signalled = 0
        self._step_screens: dict[Step, StepScreen] = {}
        self._background = Background(self.fail)
        self._keyring = KeyringAccess(session, self._background.start, self._show_session)
        folder = session.start.state_folder
        self._journal = Journal(folder / "attempts") if folder else None
        self._api = ApiAccess(session, self._background.start, self._show_attempt, self._journal)
        self._drafts: DraftKeeper | None = None
        if folder and session.start.saves_draft:
            self._drafts = DraftKeeper(session, folder / "drafts", self._background.start, self._show_session)
            session.when_edited = self._drafts.changed
        self._saved_forms: list[SavedForm] = []
        self.animation_level = "none"

    @property
    def exit_code(self) -> int:
        """What the process ends with: 128 and the signal's number where a signal ended it before anything was sent."""
        if self.signalled and self.session.exit_code == EXIT_NOTHING:
            return 128 + self.signalled
        return self.session.exit_code

    # Starting and ending

    def get_default_screen(self) -> StepScreen:
        """Return the first step: what is painted first needs no screen below it."""
        screen = CredentialsScreen(self.session)
        self._keep_screen(screen)
        self.session.visited.add(Step.CREDENTIALS)
        return screen

    async def on_mount(self) -> None:
        """Take over the signals, report what earlier wizards left, and put off what the first paint can do without."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._end_by_signal, number)
        self.call_after_refresh(self._first_painted)
        if self._journal:
            self.session.earlier = self._journal.unresolved()
        if self._drafts:
            self._saved_forms = self._drafts.offered()
        if self.session.earlier:
            await self.show_step(Step.EARLIER)
        else:
            self._offer_saved_form()

    def on_unmount(self) -> None:
        """Stop what still runs beside the screens, and leave the form to the next wizard."""
        self._background.cancel()
        self._api.close()
        self.save_form()

    def save_form(self) -> None:
        """Have the form on the disk as it stands, for good."""
        if self._drafts:
            self._drafts.close()

    def _first_painted(self) -> None:
        gc.freeze()
        gc.enable()
        self._place_cursor_anew()
        self._keyring.look()
        self._background.start(self._warm_up())

    async def _warm_up(self) -> None:
        """Load in a thread what later screens and the call need, so that no key has to wait for it."""
        await asyncio.to_thread(importlib.import_module, f"{__package__}.screens.payload")
        client = await asyncio.to_thread(importlib.import_module, "ncloud_integration.cloudinsight.client")
        await asyncio.to_thread(client.warm_up)

    def _end_by_signal(self, number: int) -> None:
        """Leave at once; while an attempt is under way, once its outcome is known, and with that."""
        if self.session.is_under_way:
            self._api.is_leaving = True
        else:
            self.signalled = number
            self.exit()

    # What an earlier wizard left of its form

    def _offer_saved_form(self) -> None:
        from ncloud_integration.tui.screens.dialog import Dialog

        if not self._saved_forms:
            return
        saved = self._saved_forms[0]
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(saved.saved))
        dialog = Dialog(
            "Resume where you left off?",
            f"A form was left unfinished at {when}: {saved.form.draft.name or 'no name yet'}, "
            f"{Step[saved.form.step].title} step, {saved.form.site} site. Keys are never in it.\n\n"
            "Start over deletes it. Escape keeps it for later.",
            resume="Resume",
            discard="Start over",
        )
        self.push_screen(dialog, self._saved_form_answered)

    def _saved_form_answered(self, answer: str | None) -> None:
        if self._drafts is None or not answer:
            return
        saved = self._saved_forms.pop(0)
        if answer == "discard":
            self._drafts.discard(saved)
            self._offer_saved_form()
        else:
            self._drafts.resume(saved)
            self._keyring.look()
            self.session.notice = "The form is as you left it; keys are not kept with it. F8 goes on."
            self._show_session()

    def action_leave(self) -> None:
        """Leave; ask once where something was typed, and say so where it has to wait."""
        from ncloud_integration.tui.screens.dialog import Dialog
        from ncloud_integration.tui.screens.result import ResultScreen

        if self.session.is_under_way:
            if isinstance(self.screen, Dialog):
                self.screen.dismiss("")
            for screen in self.screen_stack:
                if isinstance(screen, ResultScreen):
                    screen.say_not_yet()
        elif not self.session.has_unsaved_work or (isinstance(self.screen, Dialog) and self.screen.is_leaving):
            self.exit()
        else:
            fate = "will be lost"
            if self._drafts:
                fate = "is kept, but for keys, and offered when you start again"
            dialog = Dialog(
                "Leave without creating this?",
                f"{self._so_far()}What you typed {fate}. Press ^Q again to leave, Escape to stay.",
                stay="Stay",
                leave="Leave",
            )
            self.push_screen(dialog, self._leave_answered)

    def _so_far(self) -> str:
        count = len(self.session.created)
        return f"Created so far: {count}; leaving writes every id to standard output. " if count else ""

    def _leave_answered(self, answer: str | None) -> None:
        if answer == "leave":
            self.exit()

    # From step to step

    @property
    def step_screen(self) -> StepScreen | None:
        """The step that is shown, or None while a dialog is over it."""
        return self.screen if isinstance(self.screen, StepScreen) else None

    async def show_step(self, step: Step) -> None:
        """Show *step*, ready for keys; instead of Confirm, the first step that is not complete, and why."""
        incomplete = next(filter(self._has_error, STEP_OF_FIELD.values()), None) if step is Step.CONFIRM else None
        self.session.notice = ""
        self.session.visited.add(incomplete or step)
        screen = await self._screen_of(incomplete or step)
        await self._bring_up(screen)
        await has_caught_up(screen)
        self.call_after_refresh(self._place_cursor_anew)
        if incomplete:
            await screen.is_complete()

    def _place_cursor_anew(self) -> None:
        """Place the terminal's cursor once the step is laid out, and draw it there."""
        self.place_cursor()
        if self.focused:
            self.focused.refresh()

    async def _bring_up(self, screen: StepScreen) -> None:
        """Put *screen* in place of the one that is shown; Textual cannot replace the first, so it stays below."""
        if screen is self.screen:
            return
        if screen.step is Step.CREDENTIALS:
            await self.pop_screen()
        elif self.step_screen is self._step_screens[Step.CREDENTIALS]:
            await self.push_screen(screen)
        else:
            await self.switch_screen(screen)

    def _has_error(self, step: Step) -> bool:
        return any(problem.is_error for problem in self.session.problems_of(step))

    async def _screen_of(self, step: Step) -> StepScreen:
        """Return the screen of *step*: those with fields are kept, with cursor and undo; the others are made anew."""
        if step in self._step_screens:
            return self._step_screens[step]
        if step is Step.CONFIRM:
            await asyncio.to_thread(importlib.import_module, f"{__package__}.screens.confirm")
            from ncloud_integration.tui.screens.confirm import ConfirmScreen

            gateway = await self._api.gateway()
            self._api.list_existing()
            return ConfirmScreen(self.session, gateway)
        module = await asyncio.to_thread(importlib.import_module, f"{__package__}.screens.{step.name.lower()}")
        screen: StepScreen = getattr(module, f"{step.name.title()}Screen")(self.session)
        if step in STEP_OF_FIELD.values():
            self._keep_screen(screen)
        return screen

    def _keep_screen(self, screen: StepScreen) -> None:
        self.install_screen(screen, screen.step.name)
        self._step_screens[screen.step] = screen

    async def action_next(self) -> None:
        """Go on where the step is complete; on the last ones Enter on a button does."""
        screen = self.step_screen
        if screen is None or screen.step not in STEP_OF_FIELD.values():
            return
        if screen.step is Step.CREDENTIALS:
            await self._keyring.looked()
        if not await screen.is_complete():
            return
        if screen.step is Step.CREDENTIALS:
            self._keyring.keep()
            if self.session.is_to_look_for_earlier:
                await self.show_step(Step.EARLIER)
                await self.action_look_for_earlier()
                return
        await self.show_step(after(screen.step))

    async def action_back(self) -> None:
        """Go back; never refused but while an attempt is under way or after it has created."""
        screen = self.step_screen
        if screen is None or self.session.is_under_way or isinstance(self.session.outcome, Created):
            return
        if screen.step is not Step.CREDENTIALS:
            await self.show_step(before(screen.step))
        if screen.step is Step.EARLIER:
            self._offer_saved_form()

    async def action_go(self, name: str) -> None:
        """Go to the visited step of that *name*."""
        if self.step_screen and not self.session.is_under_way and not isinstance(self.session.outcome, Created):
            await self.show_step(Step[name])

    def action_help(self) -> None:
        """Show what the step is about; again, and it closes."""
        from ncloud_integration.tui.screens.dialog import Dialog

        if self.step_screen:
            self.push_screen(Dialog(self.step_screen.step.title, self.step_screen.help, close="Close"))
        elif isinstance(self.screen, Dialog) and self.screen.is_help:
            self.screen.dismiss("")

    def action_look_into_keyring(self) -> None:
        """Ask the keyring for the keys of the site that is chosen now."""
        self._keyring.look()

    def _show_session(self) -> None:
        """Show what the keyring or the API has answered, wherever the operator is by now, also below a dialog."""
        screens = [screen for screen in self.screen_stack if isinstance(screen, StepScreen) and screen.is_mounted]
        if screens:
            screens[-1].show_session()

    # The attempt

    async def action_create(self) -> None:
        """Send the request that Confirm shows, once."""
        screen = self.step_screen
        if screen is None or screen.step is not Step.CONFIRM or self.session.is_under_way:
            return
        self._api.create()
        await self.show_step(Step.RESULT)

    def action_look_again(self) -> None:
        """Look once more for an attempt whose outcome is unknown."""
        if isinstance(self.session.outcome, Unknown) and not self.session.is_under_way:
            self._api.look_again()
            self._show_session()

    def action_stop_looking(self) -> None:
        """Look no further for now."""
        self._api.stop_looking()

    def action_check_keys(self) -> None:
        """Ask the API whether it takes the keys in use."""
        self._api.check_keys()

    async def action_look_for_earlier(self) -> None:
        """Look for what earlier wizards may have created; without keys, ask for them first."""
        self.session.is_to_look_for_earlier = False
        await self._keyring.looked()
        if self.session.keys:
            self._api.look_for_earlier()
            self._show_session()
        else:
            self.session.is_to_look_for_earlier = True
            await self.show_step(Step.CREDENTIALS)
            account = self.session.earlier[0].attempt.account
            self.session.notice = f"It went out with access key {account}: give these keys, and Next looks for it."
            self._show_session()

    def action_forget_earlier(self) -> None:
        """Report the attempts of earlier wizards no longer."""
        self._api.forget_earlier()
        self._show_session()

    def _show_attempt(self) -> None:
        """Show how the attempt gets on; after its end, save or drop the form, and leave where that was waited for."""
        if self._drafts:
            self._drafts.changed()
        self._show_session()
        if self._api.is_leaving and not self.session.is_under_way:
            self.exit()

    async def action_create_another(self) -> None:
        """Begin anew with the same account."""
        if not isinstance(self.session.outcome, Created):
            return
        self.session.start_over()
        for step in [step for step in self._step_screens if step is not Step.CREDENTIALS]:
            screen = self._step_screens.pop(step)
            self.uninstall_screen(screen)
            await screen.remove()
        await self.show_step(Step.NAME)
