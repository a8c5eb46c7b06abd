"""What earlier wizards sent and never heard of again, reported before anything else."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from ncloud_integration.cloudinsight.outcome import Created
from ncloud_integration.recovery.journal import Unresolved
from ncloud_integration.tui import questions
from ncloud_integration.tui.screens.step import Body, StepScreen
from ncloud_integration.tui.session import Session
from ncloud_integration.tui.steps import Step
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.line import Line, Paragraph


class EarlierScreen(StepScreen):
    """Lists the attempts that are not settled, and looks for them where the operator wants that."""

    step = Step.EARLIER
    heading = "Earlier attempts may have created an integration"
    first = "look"
    keys = "F7 Back   F1 Help   ^Q Quit"
    help = (
        "A wizard before this one sent what is listed here, and never learnt what became of it: the connection broke, "
        "or the wizard was ended.\n\n"
        "Look for it asks Cloud Insight for all integrations and compares every field; it only reads. What is found "
        "counts as created: its id is written to standard output when you leave.\n\n"
        "Forget it, once you have looked in the console yourself. Not now goes on, and it will be reported again."
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._attempts = list(session.earlier)

    def around_body(self) -> ComposeResult:
        """Yield the attempts, and the buttons below them where they are always seen."""
        with Body(id="body"):
            yield Line(self.heading, classes="heading")
            yield from self.body()
        with Horizontal(classes="actions"):
            yield Action("Look for it", id="look")
            yield Action("Leave", id="leave")
            yield Action("Not now", id="later")
            yield Action("Forget", id="forget")

    def body(self) -> Iterable[Widget]:
        """Yield the text that lists them."""
        yield Paragraph(id="attempts")

    def on_screen_resume(self) -> None:
        """Show how it stands, and let no key that was typed before press a button."""
        self.show_session()
        for action in self.query(Action).results(Action):
            action.arm_once_seen()
        self.focus_first()

    def show_session(self) -> None:
        """Show what is known of each by now."""
        session = self.session
        self.show_frame()
        self.query_one("#attempts", Paragraph).text = "\n\n".join(map(self._lines, self._attempts))
        is_looking = session.progress is not None
        is_settled = not session.earlier
        look, leave, later, forget = map(self._action, ("look", "leave", "later", "forget"))
        look.say("Looking…" if is_looking else "Look again" if session.verdicts else "Look for it")
        look.display = not is_settled
        leave.display = is_settled
        later.say("Go on" if session.verdicts else "Not now")
        forget.display = not is_settled and not is_looking
        if is_settled and self.focused is look:
            self.set_focus(leave)
        self.notify_below(str(session.progress) if session.progress else session.notice)

    @on(Action.Pressed, "#look")
    def look(self) -> None:
        """Look for all of them."""
        if self.session.progress is None:
            self.ask("look_for_earlier")

    @on(Action.Pressed, "#leave")
    def leave(self) -> None:
        """End the program."""
        self.ask("leave")

    @on(Action.Pressed, "#later")
    def go_on(self) -> None:
        """Go on to the first step."""
        self.ask("back")

    @on(Action.Pressed, "#forget")
    def forget(self) -> None:
        """Ask once more before they are reported no longer."""
        self.app.push_screen(questions.forget(), self._forget_answered)

    def _forget_answered(self, answer: str | None) -> None:
        if answer == "forget":
            self.ask("forget_earlier")

    def _action(self, name: str) -> Action:
        return self.query_one(f"#{name}", Action)

    def _lines(self, unresolved: Unresolved) -> str:
        attempt = unresolved.attempt
        found = self.session.verdicts.get(attempt.name)
        when = questions.local_time(attempt.started)
        said = f"! {found or unresolved.reason}"
        if isinstance(found, Created):
            said = f"✓ It exists: {found.integration_id}. Leaving writes the id to standard output."
        return f"{attempt.integration.name}\n{attempt.place}, access key {attempt.account}, {when}\n{said}"
