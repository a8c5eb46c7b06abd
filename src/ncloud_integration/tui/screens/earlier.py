"""The attempts that nobody knows the end of: those of earlier wizards are reported here before anything else."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from ncloud_integration.cloudinsight.outcome import Created
from ncloud_integration.integration.sentence import Passage, Sentence
from ncloud_integration.recovery.journal import Unresolved
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.screens.step import HELP, QUIT, Body, Footer, StepScreen
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.line import Line, Paragraph
from ncloud_integration.wizard import places, questions
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import Step


class EarlierScreen(StepScreen):
    """Lists the attempts that are not settled, and looks for them where the operator wants that."""

    step = Step.EARLIER
    heading = Sentence("Earlier attempts may have created an integration")
    first = "look"
    keys = (Sentence("F8 Go on"), HELP, QUIT)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._listed = list(session.attempts.unresolved)

    def around_body(self) -> ComposeResult:
        """Yield the attempts, and the buttons below them where they are always seen."""
        with Body(id="body"):
            yield Line(self.heading, classes="heading")
            yield from self.body()
        yield Line(id="progress")
        with Horizontal(classes="actions"):
            yield Action(Sentence("Look for it"), id="look", asks="look_for_earlier")
            yield Action(Sentence("Stop looking"), id="stop", asks="stop_looking")
            yield Action(Sentence("Leave"), id="leave", asks="leave")
            yield Action(Sentence("Correct the time"), id="clock", asks="correct_clock")
            yield Action(Sentence("Not now"), id="later", asks="next")
            yield Action(Sentence("Forget"), id="forget")

    def body(self) -> Iterable[Widget]:
        """Yield the text that lists them."""
        yield Paragraph(id="attempts")

    def on_screen_resume(self) -> None:
        """Let no key that was typed before press a button."""
        for action in self.query(Action).results(Action):
            action.arm_once_seen()
        self.focus_first()

    async def is_complete(self) -> bool:
        """Return whether it has been there for long enough to be seen."""
        return self.query_one("#later", Action).is_armed and not self.session.is_under_way

    def show_session(self) -> None:
        """Show what is known of each by now, and what can be done about it."""
        session = self.session
        self.show_frame()
        self.query_one("#attempts", Paragraph).text = str(Passage.paragraphs(*map(self._lines, self._listed)))
        self.query_one("#progress", Line).text = str(session.progress or "")
        self.query_one(Footer).show((HELP,) if session.is_under_way else self.keys)
        names = {unresolved.attempt.name for unresolved in self._listed}
        found = any(made.attempt.name in names for made in session.attempts.created)
        offered = {
            "stop": session.is_under_way,
            "look": not session.is_under_way and bool(session.attempts.unresolved),
            "leave": not session.is_under_way and found,
            "clock": not session.is_under_way and session.clock_ahead is not None,
            "later": not session.is_under_way and not found,
            "forget": not session.is_under_way and bool(session.attempts.unresolved),
        }
        look = Sentence("Look again") if session.attempts.verdicts else Sentence("Look for it")
        self._action("look").label = str(look)
        is_seen_to = session.attempts.verdicts or not session.attempts.unresolved
        self._action("later").label = str(Sentence("Go on") if is_seen_to else Sentence("Not now"))
        for name, is_offered in offered.items():
            action = self._action(name)
            if is_offered and not action.display:
                action.arm_once_seen()
            action.display = is_offered
        if not (isinstance(self.focused, Action) and self.focused.display):
            self.set_focus(next(self._action(name) for name, is_offered in offered.items() if is_offered))

    @on(Action.Pressed, "#forget")
    def forget(self) -> None:
        """Ask once more before they are reported no longer."""
        names = [unresolved.attempt.integration.name for unresolved in self.session.attempts.unresolved]
        self.app.push_screen(Dialog(questions.forget(names)), self._forget_answered)

    def _forget_answered(self, answer: str | None) -> None:
        if answer == "forget":
            self.ask("forget_earlier")

    def _action(self, name: str) -> Action:
        return self.query_one(f"#{name}", Action)

    def _lines(self, unresolved: Unresolved) -> Passage:
        attempt = unresolved.attempt
        attempts = self.session.attempts
        verdict = attempts.verdicts.get(attempt.name)
        if isinstance(verdict, Created):
            id_ = {"id": verdict.integration_id}
            said = Sentence("✓ It exists: {id}. Leaving writes the id to standard output.", id_)
        elif all(open_.attempt.name != attempt.name for open_ in attempts.unresolved):
            said = Sentence("· Forgotten: it will not be reported again.")
        else:
            said = Sentence("! {reason}", {"reason": verdict or unresolved.reason})
        return Passage.lines(
            Sentence("{name}", {"name": attempt.integration.name}),
            Sentence(
                "{place}, access key {account}, {time}",
                {
                    "place": places.in_words(attempt.place),
                    "account": attempt.account,
                    "time": questions.local_time(attempt.started),
                },
            ),
            said,
        )
