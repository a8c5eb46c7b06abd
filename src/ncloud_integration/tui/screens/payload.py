"""The payload: what the endpoint is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from ncloud_integration.integration import json_layout
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.model import PAYLOAD_BYTES_LIMIT
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.template import VARIABLES, JsonError, json_error
from ncloud_integration.integration.text import size
from ncloud_integration.tui.screens.step import StepScreen
from ncloud_integration.tui.steps import Step
from ncloud_integration.tui.widgets.line import Line
from ncloud_integration.tui.widgets.payload_editor import PayloadEditor
from ncloud_integration.tui.widgets.problems import FixedProblems

_NOT_JSON = "Only JSON can be laid out: put line {line:,}, column {column:,} right first."


class PayloadScreen(StepScreen):
    """An editor over the whole body, and below it the bytes, the state of the JSON, and what is wrong."""

    step = Step.PAYLOAD
    heading = "What should the endpoint be sent?"
    first = "payload"
    help = (
        "The body of each call to the endpoint: JSON of at most 15,000 bytes of UTF-8. Cloud Insight puts the event's "
        f"values in place of these variables:\n\n{' '.join(f'#{{{name}}}' for name in VARIABLES)}\n\n"
        "It may grow over the limit while you edit; Next stops until it fits. Tab leaves the editor, Ctrl+Z undoes, "
        "Ctrl+Y repeats. Enter starts a new line; F8 goes on."
    )

    def around_body(self) -> ComposeResult:
        """Yield the body without a scroll of its own: the editor scrolls."""
        with Vertical(id="body"):
            yield Line(self.heading, classes="heading")
            yield from self.body()

    def body(self) -> Iterable[Widget]:
        """Yield the editor, the counter and the problems."""
        yield PayloadEditor(self.session.draft.payload, id="payload")
        yield Line(id="state", classes="quiet")
        yield FixedProblems()

    def on_mount(self) -> None:
        """Watch the editor, so that the counter follows in the same frame."""
        self.watch(self.query_one(PayloadEditor), "content", self._edited, init=False)
        self.show_problems()

    def show_problems(self) -> None:
        """Show the bytes, whether it is JSON and where not, and what is wrong or doubtful."""
        text = self.session.draft.payload
        used, error, problems = size(text), json_error(text), self.problems()
        state = self.query_one("#state", Line)
        state.text = f"{used:,} / {PAYLOAD_BYTES_LIMIT:,} bytes · {_json_state(text, error)}{_count(problems)}"
        state.set_class(used > PAYLOAD_BYTES_LIMIT, "-over")
        self.query_one(PayloadEditor).mark_error((error.line - 1, error.column - 1) if error else None)
        self.query_one(FixedProblems).show(problems, self.session.notes.get("payload", []))

    def focus_on(self, problem: Problem) -> None:
        """Put the cursor where *problem* is."""
        editor = self.query_one(PayloadEditor)
        self.set_focus(editor)
        if problem.at != (0, 0):
            editor.move_cursor(problem.at)

    def action_lay_out(self) -> None:
        """Give each member a line of its own, or put all into one line where they have theirs already."""
        text = self.session.draft.payload
        error = json_error(text)
        if error:
            self.focus_on(next(problem for problem in self.problems() if problem.is_error))
            self.notify_below(f"✗ {Sentence(_NOT_JSON, {'line': error.line, 'column': error.column})}")
            return
        spread = json_layout.spread(text)
        self.query_one(PayloadEditor).take_over(json_layout.packed(text) if text == spread else spread)

    def on_payload_editor_noted(self, event: PayloadEditor.Noted) -> None:
        """Say what a paste changed."""
        if event.notes:
            self.session.notes["payload"] = event.notes
            self.show_problems()

    def _edited(self, content: str) -> None:
        if content != self.session.draft.payload:
            self.session.edit(payload=content)
            self.session.notes.pop("payload", None)
            self.show_problems()


def _json_state(text: str, error: JsonError | None) -> str:
    if error and text:
        return f"not JSON at line {error.line:,}, column {error.column:,}"
    return "JSON" if text else "empty"


def _count(problems: Sequence[Problem]) -> str:
    return f" · {len(problems):,} to look at" if len(problems) > 1 else ""
