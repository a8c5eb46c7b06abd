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
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.line import Line, Paragraph
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import STEP_OF_FIELD, Step

_TICKS = 15
"""Times that the seconds are shown anew until an answer is due: a link that stalls must not fill up before that."""


class ResultScreen(StepScreen):
    """Counts the seconds while the request is under way, then shows the id or what to do."""

    step = Step.RESULT
    heading = "Sending the request…"
    first = "body"
    keys = "F1 Help"

    def around_body(self) -> ComposeResult:
        """Yield the body, and a row for the buttons that the outcome brings."""
        with Body(id="body"):
            yield Line(self.heading, id="heading", classes="heading")
            yield from self.body()
        with Horizontal(classes="actions", id="actions"):
            yield Action("Stop looking", id="stop", asks="stop_looking")
            yield Action("Look again", id="look")
            yield Action("Look for it", id="unknown", asks="go('EARLIER')")
            yield Action("Leave", id="leave", asks="leave")
            yield Action("Correct it", id="correct")
            yield Action("Correct the time", id="clock", asks="correct_clock")
            yield Action("Back", id="back", asks="back")
            yield Action("Create another", id="another", asks="create_another")

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
            offered = _offered(session.outcome, has_unknown=bool(session.unknown))
            self._say(*_words(session.outcome, session))
        self._offer(offered)
        self.show_frame()

    @on(Action.Pressed, "#look")
    def look(self) -> None:
        """Look for it once more."""
        self._count_seconds()
        self.ask("look_again")

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
            progress = self.session.progress or "One POST is under way."
            self.query_one("#progress", Line).text = f"{progress} {seconds} s so far."

    def _say(self, heading: str, text: str) -> None:
        self.query_one("#heading", Line).text = heading
        self.query_one("#text", Paragraph).text = text

    def _offer(self, offered: tuple[str, ...]) -> None:
        """Show the buttons *offered*, the first of them focused; where they are the same as before, leave them be."""
        if offered == self._offered:
            return
        self._offered = offered
        outcome = self.session.outcome
        if isinstance(outcome, Refused) and outcome.field:
            self.query_one("#correct", Action).label = f"Go to {STEP_OF_FIELD[outcome.field].title}"
        for action in self.query(Action).results(Action):
            action.display = action.id in offered
        self.query_one("#actions").display = bool(offered)
        self.query_one(Footer).text = _footer(offered)
        self._arm()
        self.set_focus(self.query_one(f"#{offered[0]}", Action) if offered else None)

    def _arm(self) -> None:
        for action in self.query(Action).results(Action):
            action.arm_once_seen()


def _offered(outcome: Outcome, *, has_unknown: bool) -> tuple[str, ...]:
    """Return the buttons for *outcome* by their ids, the likeliest first."""
    if isinstance(outcome, Created):
        return ("leave", "another")
    if isinstance(outcome, Unknown):
        return ("look", "leave", "back")
    offered = ("back", "unknown") if has_unknown else ("back",)
    if isinstance(outcome, Refused) and outcome.clock_ahead:
        return ("clock", *offered)
    return ("correct", *offered) if isinstance(outcome, Refused) and outcome.field else offered


def _meanwhile(session: Session) -> tuple[str, str]:
    if session.progress:
        return "Looking for it…", "\n\n".join([*([str(session.unclear)] if session.unclear else []), _LOOKING])
    return "Sending the request…", f"An answer is waited for up to {round(session.start.timeout)} s."


def _words(outcome: Outcome, session: Session) -> tuple[str, str]:
    name = session.sent.name if session.sent else session.draft.name
    if isinstance(outcome, Created):
        return _created_words(outcome, name, session)
    if isinstance(outcome, Unknown):
        said = "\n\n".join(map(str, filter(None, (outcome.reason, outcome.search))))
        return "It is not known whether the integration was created", f"{said}\n\n{_LOOK_FIRST.format(name)}"
    heading = "Nothing of the request was sent" if isinstance(outcome, NotSent) else "Nothing was created"
    if session.unknown:
        name = session.unknown[-1].integration.name
        return f"{heading} this time", f"{outcome.reason}\n\n{_STILL_UNKNOWN.format(name)}"
    return heading, f"{outcome.reason}\n\nWhat you typed is all there."


def _created_words(outcome: Created, name: str, session: Session) -> tuple[str, str]:
    heading, paragraphs = f"Integration ID: {outcome.integration_id}", [f"{name} was created on the {session.place}."]
    if outcome.is_found:
        heading = f"It exists: {outcome.integration_id}"
        paragraphs = [
            f"The answer was lost, and {name} was found on the {session.place} by its fields: it was created."
        ]
    if outcome.twins:
        paragraphs.append(f"Equal to it and new as well: {', '.join(outcome.twins)}. Delete what is not needed.")
    if session.remarks:
        paragraphs.append("\n".join(map(str, session.remarks)))
    return heading, "\n\n".join([*paragraphs, _NEXT])


_NEXT = (
    "What comes next: an integration does nothing until an event rule uses it. In the console, open Cloud Insight and "
    "choose it in an event rule.\n\n"
    "The id is also written to standard output when you leave."
)

_LOOKING = "What exists is read and compared with what was sent: nothing is sent again."

_LOOK_FIRST = (
    "It will not be sent again by itself. Look again, or look in the console for an integration named {}; if it is not "
    "there after some minutes, go back and create it again."
)

_STILL_UNKNOWN = (
    "It is still not known whether an attempt before has created {}: look for it before you create it again."
)


def _footer(offered: tuple[str, ...]) -> str:
    if "another" in offered:
        return "Enter Leave   F1 Help   ^Q Quit"
    return "F7 Back   F1 Help   ^Q Quit" if "back" in offered else "F1 Help"
