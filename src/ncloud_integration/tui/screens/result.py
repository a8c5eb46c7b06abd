"""The attempt while it runs, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Iterable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from ncloud_integration.cloudinsight.outcome import Refused
from ncloud_integration.integration.sentence import Passage, Sentence, Text
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.screens.step import BACK, HELP, QUIT, Body, Footer, StepScreen
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.line import Line, Paragraph
from ncloud_integration.wizard import outcome_words, undo
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import STEP_OF_FIELD, Step

_TICKS = 15
"""Times that the seconds are shown anew until an answer is due: a link that stalls must not fill up before that."""


class ResultScreen(StepScreen):
    """Counts the seconds while the request is under way, then shows the id or what to do."""

    step = Step.RESULT
    heading = Sentence("Sending the request…")
    first = "body"
    keys = (HELP,)

    def around_body(self) -> ComposeResult:
        """Yield the body, and a row for the buttons that the outcome brings."""
        with Body(id="body"):
            yield Line(self.heading, id="heading", classes="heading")
            yield from self.body()
        with Horizontal(classes="actions", id="actions"):
            yield Action(Sentence("Stop looking"), id="stop", asks="stop_looking")
            yield Action(Sentence("Look again"), id="look")
            yield Action(Sentence("Look for it"), id="unknown", asks="go('EARLIER')")
            yield Action(Sentence("Leave"), id="leave", asks="leave")
            yield Action(Sentence("Correct it"), id="correct")
            yield Action(Sentence("Correct the time"), id="clock", asks="correct_clock")
            yield Action(Sentence("Back"), id="back", asks="back")
            yield Action(Sentence("Create another"), id="another", asks="create_another")
            yield Action(Sentence("Delete it"), id="delete")

    def body(self) -> Iterable[Widget]:
        """Yield the text that says how it stands, and above it what changes by the second."""
        yield Line(id="progress")
        yield Paragraph(id="text", classes="gap")

    def on_mount(self) -> None:
        """Count the seconds until there is an outcome."""
        self._offered: tuple[str, ...] | None = None
        self._count_seconds()

    def on_screen_resume(self) -> None:
        """Let no key that was meant for a dialog press a button below it."""
        self._arm()

    def show_session(self) -> None:
        """Show how the attempt stands, and what can be done about it."""
        session = self.session
        offered: tuple[str, ...] = ()
        if session.is_under_way:
            if session.progress:
                offered = ("stop",)
            self._say(*_meanwhile(session))
            self._show_seconds()
        elif session.outcome is not None:
            self._ticker.stop()
            self.query_one("#progress").display = False
            offered = undo.offered(session) or outcome_words.offered(session.outcome, has_unknown=bool(session.unknown))
            self._say(*(undo.words(session) or outcome_words.words(session.outcome, session)))
        self._offer(offered)
        self.show_frame()

    @on(Action.Pressed, "#look")
    def look(self) -> None:
        """Look for it once more."""
        self._count_seconds()
        self.ask("look_again")

    @on(Action.Pressed, "#delete")
    def delete(self) -> None:
        """Delete what was created, once that is said."""
        if self.session.made:
            self.app.push_screen(Dialog(undo.question(self.session.made)), self._delete_answered)

    def _delete_answered(self, answer: str | None) -> None:
        if answer == "delete":
            self._count_seconds()
            self.ask("delete")

    @on(Action.Pressed, "#correct")
    def correct(self) -> None:
        """Go to the step that the refusal is about."""
        if isinstance(self.session.outcome, Refused) and self.session.outcome.field:
            step = STEP_OF_FIELD[self.session.outcome.field]
            self.ask(f"go('{step.name}')")

    def _count_seconds(self) -> None:
        self._started = time.monotonic()
        self.query_one("#progress").display = True
        self._ticker = self.set_interval(max(1, self.session.start.timeout / _TICKS), self._show_seconds)

    def _show_seconds(self) -> None:
        if self.session.is_under_way:
            seconds = int(time.monotonic() - self._started)
            progress = self.session.progress or Sentence("One POST is under way.")
            so_far = Sentence("{seconds} s so far.", {"seconds": seconds})
            self.query_one("#progress", Line).text = str(Passage.of(progress, so_far))

    def _say(self, heading: Sentence, text: Text) -> None:
        self.query_one("#heading", Line).text = str(heading)
        self.query_one("#text", Paragraph).text = str(text)

    def _offer(self, offered: tuple[str, ...]) -> None:
        """Show the buttons *offered*, the first of them focused; where they are the same as before, leave them be."""
        if offered == self._offered:
            return
        self._offered = offered
        outcome = self.session.outcome
        if isinstance(outcome, Refused) and outcome.field:
            self.query_one("#correct", Action).label = str(
                Sentence("Go to {step}", {"step": STEP_OF_FIELD[outcome.field].title})
            )
        for action in self.query(Action).results(Action):
            action.display = action.id in offered
        self.query_one("#actions").display = bool(offered)
        self.query_one(Footer).show(_footer(offered))
        self._arm()
        self.set_focus(self.query_one(f"#{offered[0]}", Action) if offered else None)

    def _arm(self) -> None:
        for action in self.query(Action).results(Action):
            action.arm_once_seen()


def _meanwhile(session: Session) -> tuple[Sentence, Text]:
    if session.is_deleting:
        return undo.meanwhile(session)
    if session.progress:
        looking = Sentence("What exists is read and compared with what was sent: nothing is sent again.")
        return Sentence("Looking for it…"), Passage.paragraphs(session.unclear, looking)
    seconds = {"seconds": round(session.start.timeout)}
    return Sentence("Sending the request…"), Sentence("An answer is waited for up to {seconds} s.", seconds)


def _footer(offered: tuple[str, ...]) -> tuple[Sentence, ...]:
    if "back" in offered:
        return (BACK, HELP, QUIT)
    if "leave" in offered:
        return (Sentence("Enter Leave"), HELP, QUIT) if offered[0] == "leave" else (HELP, QUIT)
    return (HELP,)
