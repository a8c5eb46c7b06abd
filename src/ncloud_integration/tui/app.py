"""The wizard itself: which screen comes when, and what happens between them."""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from textual.binding import Binding

from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.keyring_access import KeyringAccess
from ncloud_integration.tui.screens.credentials import CredentialsScreen
from ncloud_integration.tui.screens.step import StepScreen
from ncloud_integration.tui.session import EXIT_NOTHING, Session
from ncloud_integration.tui.steps import STEP_OF_FIELD, Step, after, before
from ncloud_integration.tui.terminal import TerminalApp, TerminalDriver, has_caught_up
from ncloud_integration.tui.widgets.frame import TITLE

if TYPE_CHECKING:
    from ncloud_integration.cloudinsight.gateway import Gateway
    from ncloud_integration.tui.screens.result import ResultScreen

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
        self._is_leaving_after_attempt = False
        self._step_screens: dict[Step, StepScreen] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._keyring = KeyringAccess(session, self._start, self._show_account)
        self._resources = ExitStack()
        self._practice_url: str | None = None
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

    def on_mount(self) -> None:
        """Take over the signals, and put off to after the first paint whatever it can do without."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._end_by_signal, number)
        self.call_after_refresh(self._first_painted)

    def on_unmount(self) -> None:
        """Stop what still runs beside the screens."""
        for task in self._background:
            task.cancel()
        self._resources.close()

    def _first_painted(self) -> None:
        gc.freeze()
        gc.enable()
        self._place_cursor_anew()
        self._keyring.look()
        self._start(self._warm_up())

    async def _warm_up(self) -> None:
        """Load in a thread what later screens and the call need, so that no key has to wait for it."""
        await asyncio.to_thread(importlib.import_module, f"{__package__}.screens.payload")
        client = await asyncio.to_thread(importlib.import_module, "ncloud_integration.cloudinsight.client")
        await asyncio.to_thread(client.warm_up)

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self.fail(error)

    def _end_by_signal(self, number: int) -> None:
        """Leave at once; while an attempt is under way, once its outcome is known, and with that."""
        if self.session.is_sending:
            self._is_leaving_after_attempt = True
        else:
            self.signalled = number
            self.exit()

    def action_leave(self) -> None:
        """Leave; ask once if that would lose something, and say so where it has to wait."""
        from ncloud_integration.tui.screens.dialog import Dialog

        if self.session.is_sending:
            if isinstance(self.screen, Dialog):
                self.screen.dismiss(False)
            self._result_screens(lambda screen: screen.say_not_yet())
        elif not self.session.has_unsaved_work or (isinstance(self.screen, Dialog) and self.screen.is_leaving):
            self.exit()
        else:
            dialog = Dialog(
                "Leave without creating this?",
                f"{self._so_far()}What you typed will be lost. Press ^Q again to leave, Escape to stay.",
                yes="Leave",
                no="Stay",
                is_leaving=True,
            )
            self.push_screen(dialog, self._leave_answered)

    def _result_screens(self, act: Callable[[ResultScreen], None]) -> None:
        """Have the result *act*, also while a dialog is over it."""
        from ncloud_integration.tui.screens.result import ResultScreen

        for screen in self.screen_stack:
            if isinstance(screen, ResultScreen):
                act(screen)

    def _so_far(self) -> str:
        count = len(self.session.created)
        return f"Created so far: {count}; leaving writes every id to standard output. " if count else ""

    def _leave_answered(self, is_wanted: bool | None) -> None:
        if is_wanted:
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
            from ncloud_integration.tui.screens.confirm import ConfirmScreen

            return ConfirmScreen(self.session, await self._gateway())
        module = await asyncio.to_thread(importlib.import_module, f"{__package__}.screens.{step.name.lower()}")
        screen: StepScreen = getattr(module, f"{step.name.title()}Screen")(self.session)
        if step is not Step.RESULT:
            self._keep_screen(screen)
        return screen

    def _keep_screen(self, screen: StepScreen) -> None:
        self.install_screen(screen, screen.step.name)
        self._step_screens[screen.step] = screen

    async def action_next(self) -> None:
        """Go on where the step is complete; on the last ones Enter on a button does."""
        screen = self.step_screen
        if screen is None or screen.step in (Step.CONFIRM, Step.RESULT):
            return
        if screen.step is Step.CREDENTIALS:
            await self._keyring.looked()
        if await screen.is_complete():
            if screen.step is Step.CREDENTIALS:
                self._keyring.keep()
            await self.show_step(after(screen.step))

    async def action_back(self) -> None:
        """Go back; never refused but while an attempt is under way or after it has created."""
        screen = self.step_screen
        if screen is None or self.session.is_sending or isinstance(self.session.outcome, Created):
            return
        if screen.step is not Step.CREDENTIALS:
            await self.show_step(before(screen.step))

    async def action_go(self, name: str) -> None:
        """Go to the visited step of that *name*."""
        if self.step_screen and not self.session.is_sending and not isinstance(self.session.outcome, Created):
            await self.show_step(Step[name])

    def action_help(self) -> None:
        """Show what the step is about; again, and it closes."""
        from ncloud_integration.tui.screens.dialog import Dialog

        if self.step_screen:
            self.push_screen(Dialog(self.step_screen.step.title, self.step_screen.help, no="Close"))
        elif isinstance(self.screen, Dialog) and self.screen.is_help:
            self.screen.dismiss(False)

    def action_look_into_keyring(self) -> None:
        """Ask the keyring for the keys of the site that is chosen now."""
        self._keyring.look()

    def _show_account(self) -> None:
        """Show what the keyring has answered, wherever the operator is by now."""
        screen = self.step_screen
        if isinstance(screen, CredentialsScreen):
            screen.show_found()
        elif screen:
            screen.show_frame()

    # The attempt

    async def _gateway(self) -> Gateway:
        if self.session.start.is_practice and self._practice_url is None:
            module = await asyncio.to_thread(importlib.import_module, "ncloud_integration.practice.gateway")
            practice = module.PracticeGateway(port=self.session.start.practice_port)
            self._practice_url = self._resources.enter_context(practice).base_url
        return self.session.gateway(self._practice_url)

    async def action_create(self) -> None:
        """Send the request that Confirm shows, once."""
        screen = self.step_screen
        if screen is None or screen.step is not Step.CONFIRM or self.session.is_sending:
            return
        self.session.begin_attempt()
        await self.show_step(Step.RESULT)
        self._start(self._create())

    async def _create(self) -> None:
        from ncloud_integration.integration.draft import integration

        session = self.session
        client = await asyncio.to_thread(importlib.import_module, "ncloud_integration.cloudinsight.client")
        gateway = await self._gateway()
        assert session.keys is not None  # noqa: S101 - Confirm is not shown without keys
        outcome: Outcome = NotSent(Sentence("The wizard was ended before anything was sent."))
        if not self._is_leaving_after_attempt:
            outcome = await client.create(integration(session.draft), session.keys, gateway)
        session.notice = ""
        session.record(outcome)
        self._result_screens(lambda screen: screen.show_outcome(outcome))
        if self._is_leaving_after_attempt:
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
