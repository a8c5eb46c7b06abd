"""The payload: what the endpoint is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widget import Widget

from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.model import PAYLOAD_BYTES_LIMIT
from ncloud_integration.integration.sentence import Passage, Sentence
from ncloud_integration.integration.template import MEANINGS, VARIABLES, JsonError, json_error, nearest
from ncloud_integration.integration.text import size
from ncloud_integration.tui import payload_aids
from ncloud_integration.tui.screens.step import StepScreen
from ncloud_integration.tui.widgets.line import Line
from ncloud_integration.tui.widgets.payload_editor import PayloadEditor
from ncloud_integration.tui.widgets.problems import FixedProblems
from ncloud_integration.wizard.steps import Step


class PayloadScreen(StepScreen):
    """An editor over the whole body, and below it the bytes, the state of the JSON, and what is wrong."""

    step = Step.PAYLOAD
    heading = Sentence("What should the endpoint be sent?")
    first = "payload"
    tools = (
        Sentence("F2 Variable"),
        Sentence("F3 Preview"),
        Sentence("F4 Editor"),
        Sentence("F5 Gallery"),
        Sentence("F6 Layout"),
        Sentence("F9 Test"),
    )
    BINDINGS = [
        Binding("f2", "variables", show=False),
        Binding("f3", "preview", show=False),
        Binding("f4", "edit_outside", show=False),
        Binding("f5", "gallery", show=False),
        Binding("f9", "test_transfer", show=False),
    ]

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
        editor = self.query_one(PayloadEditor)
        self.watch(editor, "content", self._edited, init=False)
        self.watch(editor, "suggestion", self.show_problems, init=False)
        self._note([*self.session.notes.get("payload", []), *editor.spread_long_lines()])
        self.show_problems()

    def show_problems(self) -> None:
        """Show the bytes, whether it is JSON and where not, and what is wrong or doubtful."""
        text = self.session.draft.payload
        used, error, problems = size(text), json_error(text), self.problems()
        state = self.query_one("#state", Line)
        state.text = str(Passage((_bytes(used), _json_state(text, error), _count(problems)), " · "))
        state.set_class(used > PAYLOAD_BYTES_LIMIT, "-over")
        self.query_one(PayloadEditor).mark_error((error.line - 1, error.column - 1) if error else None)
        self.query_one(FixedProblems).show(problems, [*self._hint(), *self.session.notes.get("payload", [])])

    def _hint(self) -> list[Sentence]:
        """Return what the variable means that is offered at the cursor."""
        name = self.query_one(PayloadEditor).offered
        return (
            [Sentence("{name}: {meaning}. Right completes it.", {"name": name, "meaning": MEANINGS[name]})]
            if name
            else []
        )

    def focus_on(self, problem: Problem) -> None:
        """Put the cursor where *problem* is."""
        editor = self.query_one(PayloadEditor)
        self.set_focus(editor)
        if problem.at != (0, 0):
            editor.move_cursor(problem.at)

    def action_lay_out(self) -> None:
        """Lay the JSON out over lines, or put it into one."""
        error = json_error(self.session.draft.payload)
        if error:
            self.focus_on(next(problem for problem in self.problems() if problem.is_error))
            where = {"line": error.line, "column": error.column}
            self._note(
                [Sentence("Only JSON can be laid out: put line {line:,}, column {column:,} right first.", where)]
            )
            self.show_problems()
        else:
            self.query_one(PayloadEditor).lay_out()

    def action_variables(self) -> None:
        """List the variables, for one to be put where the cursor is."""
        from ncloud_integration.tui.screens.variables import VariablesDialog

        name = self.query_one(PayloadEditor).variable_at_cursor
        self.app.push_screen(VariablesDialog(nearest(name) or VARIABLES[0]), self._variable_picked)

    def _variable_picked(self, name: str | None) -> None:
        if name in VARIABLES:
            self.query_one(PayloadEditor).insert_variable(name)

    @on(events.ScreenResume)
    async def point_out(self) -> None:
        """Point to the ready payloads for the endpoint, as long as nothing was written here."""
        if await payload_aids.point_out(self.session):
            self.show_problems()

    async def action_preview(self) -> None:
        """Show what the endpoint would receive."""
        await payload_aids.preview(self)

    async def action_gallery(self) -> None:
        """Offer ready payloads."""
        await payload_aids.choose(self)

    def action_edit_outside(self) -> None:
        """Open the payload in the operator's own editor."""
        self.ask("edit_payload")

    def action_test_transfer(self) -> None:
        """Offer to send the endpoint what it would receive."""
        self.ask("test_transfer")

    def on_payload_editor_noted(self, event: PayloadEditor.Noted) -> None:
        """Say what a paste changed."""
        self._note(event.notes)
        self.show_problems()

    def _note(self, notes: list[Sentence]) -> None:
        if notes:
            self.session.notes["payload"] = notes

    def _edited(self, content: str) -> None:
        if content != self.session.draft.payload:
            self.session.edit(payload=content)
            self.session.notes.pop("payload", None)
            self.show_problems()


def _bytes(used: int) -> Sentence:
    return Sentence("{used:,} / {limit:,} bytes", {"used": used, "limit": PAYLOAD_BYTES_LIMIT})


def _json_state(text: str, error: JsonError | None) -> Sentence:
    if error and text:
        where = {"line": error.line, "column": error.column}
        return Sentence("not JSON at line {line:,}, column {column:,}", where)
    return Sentence("JSON") if text else Sentence("empty")


def _count(problems: Sequence[Problem]) -> Sentence | None:
    return Sentence("{count:,} findings", {"count": len(problems)}) if len(problems) > 1 else None
