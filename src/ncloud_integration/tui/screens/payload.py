"""The payload: what the endpoint is sent."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.model import PAYLOAD_BYTES_LIMIT
from ncloud_integration.integration.template import VARIABLES, json_error
from ncloud_integration.integration.text import size
from ncloud_integration.tui.screens.step import StepScreen
from ncloud_integration.tui.steps import Step
from ncloud_integration.tui.widgets.line import Line
from ncloud_integration.tui.widgets.payload_editor import PayloadEditor
from ncloud_integration.tui.widgets.problems import Problems


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
        yield Problems()

    def on_mount(self) -> None:
        """Watch the editor, so that the counter follows in the same frame."""
        self.watch(self.query_one(PayloadEditor), "content", self._edited, init=False)
        self.show_problems()

    def on_resize(self) -> None:
        """Show as many problems as leave room for the editor."""
        self.show_problems()

    def show_problems(self) -> None:
        """Show the bytes, whether it is JSON, and what is wrong or doubtful."""
        text = self.session.draft.payload
        used = size(text)
        state = self.query_one("#state", Line)
        state.text = f"{used:,} / {PAYLOAD_BYTES_LIMIT:,} bytes · {_json_state(text)}"
        state.set_class(used > PAYLOAD_BYTES_LIMIT, "-over")
        notes = self.session.notes.get("payload", [])
        self.query_one(Problems).show(self.problems(), notes, at_most=1 if self.has_class("-short") else 4)

    def focus_on(self, problem: Problem) -> None:
        """Put the cursor where *problem* is."""
        editor = self.query_one(PayloadEditor)
        self.set_focus(editor)
        if problem.at != (0, 0):
            editor.move_cursor(problem.at)

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


def _json_state(text: str) -> str:
    if not text:
        return "empty"
    error = json_error(text)
    return f"not JSON at line {error.line:,}, column {error.column:,}" if error else "JSON"
