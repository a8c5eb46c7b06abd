"""Which screen stands on the terminal: one a step, and what is asked over it."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual import events

from ncloud_integration.tui.display import Display
from ncloud_integration.tui.screens.credentials import CredentialsScreen
from ncloud_integration.tui.screens.step import StepScreen
from ncloud_integration.tui.terminal import TerminalApp, has_caught_up
from ncloud_integration.wizard.background import Background, loaded
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import STEP_OF_FIELD, Step

if TYPE_CHECKING:
    from ncloud_integration.tui.screens.dialog import Dialog
    from ncloud_integration.wizard.question import AnyQuestion


class Walk(TerminalApp):
    """Brings up the screens of *session*'s steps."""

    def __init__(self, session: Session, display: Display) -> None:
        super().__init__(display)
        self.session = session
        self.background = Background(self.fail)
        self.talk: asyncio.Task[None] | None = None
        self._are_keys_free = asyncio.Event()
        self._step_screens: dict[Step, StepScreen] = {}

    def get_default_screen(self) -> StepScreen:
        """Return the first step: what is painted first needs no screen below it."""
        screen = CredentialsScreen(self.session)
        self._keep_screen(screen)
        self.session.visited.add(Step.CREDENTIALS)
        return screen

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
        self.call_after_refresh(self.place_cursor_anew)
        if incomplete:
            await screen.is_complete()
        if step is Step.NAME:  # the payload's editor takes longer to load than a key should wait
            self.background.start(loaded(f"{__package__}.screens.payload"))

    def place_cursor_anew(self) -> None:
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
        screen = await self.new_screen(step)
        if step in STEP_OF_FIELD.values():
            self._keep_screen(screen)
        return screen

    async def new_screen(self, step: Step) -> StepScreen:
        """Return a new screen of *step*."""
        module = f"{__package__}.screens.{step.name.lower()}"
        await loaded(module)
        screen: StepScreen = getattr(importlib.import_module(module), f"{step.name.title()}Screen")(self.session)
        return screen

    def _keep_screen(self, screen: StepScreen) -> None:
        self.install_screen(screen, screen.step.name)
        self._step_screens[screen.step] = screen

    async def drop_forms(self) -> None:
        """Forget the screens of the form, with what stands in their fields."""
        for step in [step for step in self._step_screens if step is not Step.CREDENTIALS]:
            await self.drop_form(step)

    async def drop_form(self, step: Step) -> None:
        """Forget the screen of *step*, which is not shown: whoever goes there finds what the draft holds by then."""
        screen = self._step_screens.pop(step, None)
        if screen:
            self.uninstall_screen(screen)
            await screen.remove()

    def show_session(self) -> None:
        """Show what the keyring or the API has answered, wherever the operator is by now, also below a dialog."""
        screens = [screen for screen in self.screen_stack if isinstance(screen, StepScreen) and screen.is_mounted]
        if screens and self.is_running:
            screens[-1].show_session()

    async def converse(self, talk: Coroutine[None, None, None]) -> None:
        """Run *talk*, which may ask one thing after the other; keys wait while it does not ask, until it is over.

        There is one talk at a time: another is dropped.
        """
        if self.talk and not self.talk.done():
            talk.close()
            return
        self._are_keys_free = asyncio.Event()
        self.talk = self.background.start(talk)
        self.talk.add_done_callback(lambda _: self._are_keys_free.set())
        await self._are_keys_free.wait()

    async def on_event(self, event: events.Event) -> None:
        """Handle an event; no key reaches a screen between two questions of a talk."""
        is_input = isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded
        if is_input and self.talk and not self.talk.done():
            await self._are_keys_free.wait()
        await super().on_event(event)

    async def asked(self, question: AnyQuestion, until: asyncio.Future[Any] | None = None) -> str:
        """Ask *question* over the screen and return its answer; once *until* is done, it closes by itself."""
        from ncloud_integration.tui.dialogs import dialog_of

        dialog = dialog_of(question)
        if until:
            until.add_done_callback(lambda _: dialog.close())
        return await self.closed(dialog)

    async def closed(self, dialog: Dialog) -> str:
        """Show *dialog*, and return what it is closed with."""
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def closed(given: str) -> None:
            self._are_keys_free.clear()
            if not answer.done():
                answer.set_result(given)

        dialog.when_closed = closed
        await self.push_screen(dialog)
        self._are_keys_free.set()
        return await answer

    def action_help(self) -> None:
        """Show what the step is about; again, and it closes."""
        from ncloud_integration.tui.screens.help import HelpDialog

        if self.step_screen:
            self.push_screen(HelpDialog(self.step_screen.step))
        elif isinstance(self.screen, HelpDialog):
            self.screen.close()
