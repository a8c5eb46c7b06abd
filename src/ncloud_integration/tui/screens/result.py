"""The attempt while it runs, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Refused, Unknown
from ncloud_integration.tui.screens.step import Body, Footer, StepScreen
from ncloud_integration.tui.session import Session
from ncloud_integration.tui.steps import STEP_OF_FIELD, Step
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.line import Line, Paragraph

_TICKS = 15
"""Times at most that the seconds are shown anew: a link that stalls must not fill up before the answer is due."""


class ResultScreen(StepScreen):
    """Counts the seconds while the request is under way, then shows the id or what to do."""

    step = Step.RESULT
    heading = "Sending the request…"
    first = "body"
    keys = "F1 Help"
    help = (
        "Created: the id is shown here, and written to standard output when you leave.\n\n"
        "Refused, or not sent: nothing was created; the reason says what to correct.\n\n"
        "Unknown: the request left and no clear answer came back. The integration may exist: look for it in the "
        "console before you create it again."
    )

    def around_body(self) -> ComposeResult:
        """Yield the body, and a row for the buttons that the outcome brings."""
        with Body(id="body"):
            yield Line(self.heading, id="heading", classes="heading")
            yield from self.body()
        with Horizontal(classes="actions", id="actions"):
            yield Action("Leave", id="leave")
            yield Action("Correct it", id="correct")
            yield Action("Back to Confirm", id="back")
            yield Action("Create another", id="another")

    def body(self) -> Iterable[Widget]:
        """Yield the text that says how it stands."""
        yield Paragraph(id="text")

    def on_mount(self) -> None:
        """Count the seconds until there is an outcome."""
        self._started = time.monotonic()
        self._ticker = self.set_interval(max(1, self.session.start.timeout / _TICKS), self._show_seconds)
        self.query_one("#actions").display = False
        self._show_seconds()

    def on_screen_resume(self) -> None:
        """Let no key that was meant for a dialog press a button below it."""
        for action in self.query(Action).results(Action):
            action.arm_once_seen()

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what became of the attempt, and what can be done about it."""
        self._ticker.stop()
        heading, text = _words(outcome, self.session)
        self.query_one("#heading", Line).text = heading
        self.query_one("#text", Paragraph).text = text
        self.query_one(Footer).text = _footer(outcome)
        self.query_one("#actions").display = True
        field = outcome.field if isinstance(outcome, Refused) else None
        offered = {
            "leave": isinstance(outcome, (Created, Unknown)),
            "correct": field is not None,
            "back": not isinstance(outcome, Created),
            "another": isinstance(outcome, Created),
        }
        if field:
            self.query_one("#correct", Action).say(f"Go to {STEP_OF_FIELD[field].title}")
        for name, is_offered in offered.items():
            action = self.query_one(f"#{name}", Action)
            action.display = is_offered
            action.arm_once_seen()
        self.set_focus(next(self.query_one(f"#{name}", Action) for name in offered if offered[name]))
        self.show_frame()

    def say_not_yet(self) -> None:
        """Say why leaving has to wait."""
        seconds = round(self.session.start.timeout)
        self.session.notice = f"Not yet: the answer, due within {seconds} s, is what tells whether it was created."
        self.show_frame()

    @on(Action.Pressed, "#leave")
    def leave(self) -> None:
        """End the program."""
        self.ask("leave")

    @on(Action.Pressed, "#correct")
    def correct(self) -> None:
        """Go to the step that the refusal is about."""
        if isinstance(self.session.outcome, Refused) and self.session.outcome.field:
            step = STEP_OF_FIELD[self.session.outcome.field]
            self.ask(f"go('{step.name}')")

    @on(Action.Pressed, "#back")
    def back(self) -> None:
        """Go back to Confirm."""
        self.ask("back")

    @on(Action.Pressed, "#another")
    def create_another(self) -> None:
        """Begin another integration with the same account."""
        self.ask("create_another")

    def _show_seconds(self) -> None:
        seconds = int(time.monotonic() - self._started)
        self.query_one(
            "#text", Paragraph
        ).text = (
            f"One POST is under way: {seconds} s. An answer is waited for up to {round(self.session.start.timeout)} s."
        )


def _words(outcome: Outcome, session: Session) -> tuple[str, str]:
    name = session.attempt.draft.name if session.attempt else session.draft.name
    if isinstance(outcome, Created):
        return f"Integration ID: {outcome.integration_id}", f"{name} was created on the {session.place}.\n\n{_NEXT}"
    if isinstance(outcome, Unknown):
        return "It is not known whether the integration was created", f"{outcome.reason}\n\n{_LOOK_FIRST.format(name)}"
    heading = "Nothing of the request was sent" if isinstance(outcome, NotSent) else "Nothing was created"
    if session.unknown:
        return f"{heading} this time", f"{outcome.reason}\n\n{_LOOK_FIRST.format(session.unknown[-1].draft.name)}"
    return heading, f"{outcome.reason}\n\nWhat you typed is all there."


_NEXT = (
    "What comes next: an integration does nothing until an event rule uses it. In the console, open Cloud Insight and "
    "choose it in an event rule.\n\n"
    "The id is also written to standard output when you leave."
)

_LOOK_FIRST = (
    "It will not be sent again by itself. Look in the console for an integration named {}; if it is not there after "
    "some minutes, go back and create it again."
)


def _footer(outcome: Outcome) -> str:
    return "Enter Leave   F1 Help   ^Q Quit" if isinstance(outcome, Created) else "F7 Back   F1 Help   ^Q Quit"
