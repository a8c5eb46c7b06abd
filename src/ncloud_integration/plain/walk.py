"""The wizard as line prompts: how it starts and ends, and which step follows which."""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import Any

from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.plain.ask import PromptAsk
from ncloud_integration.plain.credentials import CredentialsStep
from ncloud_integration.plain.earlier import EarlierStep
from ncloud_integration.plain.prompts import EVERYWHERE, CommandError, Prompts
from ncloud_integration.plain.sending import SendingSteps
from ncloud_integration.plain.steps import FormSteps
from ncloud_integration.plain.terminal import Terminal
from ncloud_integration.plain.waiting import Waiting
from ncloud_integration.wizard import crash, questions
from ncloud_integration.wizard.background import Background, loaded
from ncloud_integration.wizard.behind import Behind
from ncloud_integration.wizard.help import HELP
from ncloud_integration.wizard.payload_edits import PayloadEdits
from ncloud_integration.wizard.question import AnyQuestion
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import RAIL, STEP_OF_FIELD, Step, after, before

_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


class PlainWizard:
    """Takes an operator through the steps of *session*, a line at a time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._background = Background(self._fail)
        self._behind = Behind(session, self._background, self._show_session, self._asked, self._leave)
        self._changed = asyncio.Event()
        self._walking: asyncio.Task[None] | None = None
        self._has_offered = False
        self.crash_report = ""

    @property
    def exit_code(self) -> int:
        """What the process ends with."""
        return self._behind.exit_code

    def walk_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Walk on *loop* until the operator, a signal or the terminal ends it."""
        gc.enable()
        loop.run_until_complete(self._run())

    def save_form(self) -> None:
        """Have the form on the disk as it stands, for good."""
        self._behind.save_form()

    def report(self, error: BaseException) -> None:
        """Note where the program broke, the first time that it does."""
        self.crash_report = self.crash_report or crash.report(error)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._behind.end_by_signal, number)
        terminal = Terminal(self._fail)
        self._prompts = Prompts(terminal, self._session)
        self._ask = PromptAsk(self._prompts)
        edits = PayloadEdits(self._session, self._asked, self._show_session, terminal.handed_over)
        edits.is_drawn_on = False
        if self._behind.drafts:
            edits.when_taken = self._behind.drafts.save_now
        self._form = FormSteps(self._prompts, self._session, edits)
        self._credentials = CredentialsStep(self._prompts, self._session, self._behind, self._asked)
        waiting = Waiting(self._prompts, self._session, self._behind, self._changed)
        self._earlier = EarlierStep(self._prompts, self._session, self._behind, self._asked, waiting)
        self._sending = SendingSteps(self._prompts, self._session, self._behind, self._asked, waiting)
        with terminal:
            self._walking = asyncio.ensure_future(self._walk())
            try:
                await asyncio.wait([self._walking])
            finally:
                await self._behind.close()
        if not self._walking.cancelled():
            self._walking.result()

    # What happens beside the walk

    def _leave(self) -> None:
        if self._walking:
            self._walking.cancel()

    def _fail(self, error: Exception) -> None:
        """End after *error*, which happened beside the walk."""
        self.report(error)
        self._leave()

    def _show_session(self) -> None:
        self._changed.set()

    async def _asked(self, question: AnyQuestion, until: asyncio.Future[Any] | None = None) -> str:
        return await self._ask(question, until)

    # From step to step

    async def _walk(self) -> None:
        self._prompts.say(Sentence("Cloud Insight integration: a question a line."))
        if self._session.start.is_practice:
            self._prompts.say(Sentence("Practice: nothing leaves this machine."))
        commands = " ".join(f":{name}" for name in EVERYWHERE)
        self._prompts.say(Sentence("Commands at every prompt: {commands}", {"commands": commands}))
        self._behind.report_earlier()
        step: Step | None = Step.EARLIER if self._session.attempts.unresolved else Step.CREDENTIALS
        while step:
            step = await self._taken(step)

    async def _taken(self, step: Step) -> Step | None:
        """Take *step*, or the first that is not complete before Confirm, and return the one that follows, or None."""
        if step is Step.CONFIRM:
            step = next(filter(self._has_error, STEP_OF_FIELD.values()), step)
        self._session.visited.add(step)
        try:
            return await self._done(step)
        except CommandError as command:
            return await self._commanded(step, command.name)

    async def _done(self, step: Step) -> Step | None:
        if step is Step.CREDENTIALS and not self._has_offered:
            await self._offer_saved_forms()
            self._has_offered = True
        self._say_step(step)
        if step is Step.EARLIER:
            return await self._earlier.run()
        if step is Step.CONFIRM:
            return await self._sending.confirm()
        if step is Step.RESULT:
            return await self._sending.result()
        if step is Step.CREDENTIALS:
            await self._credentials.run()
            return await self._after_credentials()
        form = {Step.NAME: self._form.name, Step.URL: self._form.url}
        form |= {Step.HEADERS: self._form.headers, Step.PAYLOAD: self._form.payload}
        await form[step]()
        return after(step)

    async def _after_credentials(self) -> Step:
        """Return the step that follows once there are keys, which something else may have waited for."""
        if self._session.is_to_look_for_earlier:
            return Step.EARLIER
        if self._session.to_clone:
            await loaded("ncloud_integration.wizard.cloning")
            from ncloud_integration.wizard.cloning import Cloning

            if not await Cloning(self._session, self._behind.api, self._asked).run():
                return Step.CREDENTIALS
        return after(Step.CREDENTIALS)

    async def _commanded(self, step: Step, command: str) -> Step | None:
        """Do what *command* says at *step*, and return the step that follows."""
        if command == "quit":
            return None if await self._may_leave() else step
        if command == "help":
            self._say_help(step)
        elif command == "show":
            self._prompts.say(self._session.draft.payload if step is Step.PAYLOAD else "")
        elif step is Step.CREDENTIALS and self._session.attempts.unresolved:
            return Step.EARLIER
        elif step is not Step.EARLIER and not self._session.has_created:
            return before(step)
        return step

    async def _may_leave(self) -> bool:
        """Return whether the operator leaves: asked once where something was typed."""
        if not self._session.has_unsaved_work:
            return True
        if self._behind.drafts:
            self._behind.drafts.save_now()
        try:
            return await self._asked(questions.leave(self._session)) == "leave"
        except CommandError:
            return True

    async def _offer_saved_forms(self) -> None:
        """Offer the forms that earlier wizards left, one after the other until one is taken or all are put off."""
        drafts = self._behind.drafts if self._behind.has_left("drafts") else None
        while drafts and (saved := drafts.offer()):
            answer = await self._asked(questions.resume(saved))
            if answer == "discard":
                drafts.discard(saved)
                continue
            if answer == "resume":
                drafts.resume(saved)
                self._prompts.say(Sentence("The form is as you left it; keys are not kept with it."))
            else:
                drafts.put_off()
            return

    def _has_error(self, step: Step) -> bool:
        return any(problem.is_error for problem in self._session.problems_of(step))

    def _say_step(self, step: Step) -> None:
        title: Values = {"title": step.title}
        if step in RAIL:
            values: Values = {**title, "number": RAIL.index(step) + 1, "count": len(RAIL)}
            self._prompts.say(Sentence("Step {number} of {count}: {title}.", values))
        else:
            self._prompts.say(Sentence("{title}.", title))
        self._prompts.say(HELP[step].asks)

    def _say_help(self, step: Step) -> None:
        told = HELP[step]
        self._prompts.say(*told.limits, *told.about)
