"""What every step's screen has in common: the frame around its body, and how it is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content, Span
from textual.screen import Screen
from textual.widget import Widget

from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.sentence import Sentence, Text
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.field import Field
from ncloud_integration.tui.widgets.frame import Mark, Rail, Title
from ncloud_integration.tui.widgets.line import Line, Paragraph
from ncloud_integration.tui.widgets.problems import Problems
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import RAIL, Step

BACK, NEXT = Sentence("F7 Back"), Sentence("F8 Next")
HELP, QUIT = Sentence("F1 Help"), Sentence("^Q Quit")
"""Keys of most steps, as the footer shows them."""


class Body(VerticalScroll, can_focus=False):
    """The part between rail and footer; it scrolls where the terminal is small."""


class Footer(Line):
    """The keys that work on this screen: `KEY Name`, three spaces apart, or one where the terminal is narrow."""

    def __init__(self, keys: Sequence[Sentence], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.show(keys)

    def show(self, keys: Sequence[Sentence]) -> None:
        """Show *keys* in place of those that are shown."""
        self.text = "   ".join(map(str, keys))

    def render(self) -> Content:
        entries = self.text.split("   ")
        gap = 3 if cell_len(self.text) <= self.size.width else 1
        spans, start = [], 0
        for entry in entries:
            spans.append(Span(start, start + len(entry.split(" ")[0]), "bold $text"))
            start += len(entry) + gap
        return Content((" " * gap).join(entries), spans)


class StepScreen(Screen[None]):
    """A step: its body shows a part of the session and writes it back on each key.

    Subclasses yield their widgets from `body`, and give the id of what is focused first in `first`; what F1 shows of
    them is in `wizard/help.py`. `is_checked` is true once Next was pressed: what is empty is not wrong before that.
    """

    step: ClassVar[Step]
    heading: ClassVar[Sentence]
    first: ClassVar[str]
    tools: ClassVar[tuple[Sentence, ...]] = ()
    keys: ClassVar[tuple[Sentence, ...]] = (BACK, NEXT, HELP, QUIT)

    BINDINGS = [
        Binding("up", "scroll_body(-1)", show=False),
        Binding("down", "scroll_body(1)", show=False),
        Binding("pageup", "scroll_body(-8)", show=False),
        Binding("pagedown", "scroll_body(8)", show=False),
    ]
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]

    def __init__(self, session: Session) -> None:
        super().__init__(classes="-wide -tall")  # as most terminals are: what it is not is styled and laid out twice
        self.session = session
        self.is_checked = False

    def compose(self) -> ComposeResult:
        yield Title()
        yield Rail(self.step)
        if self.session.start.is_practice:
            yield Line(Sentence("Practice: nothing leaves this machine"), id="banner")
        yield from self.around_body()
        yield Paragraph(id="notice")
        if self.tools:
            yield Footer(self.tools, id="tools")
        yield Footer(self.keys)

    def around_body(self) -> ComposeResult:
        """Yield the body in what scrolls it."""
        with Body(id="body"):
            yield Line(self.heading, classes="heading")
            yield from self.body()

    def body(self) -> Iterable[Widget]:
        """Yield the widgets of this step."""
        return ()

    def on_mount(self) -> None:
        """Put the cursor into the first field."""
        self.focus_first()

    def focus_first(self) -> None:
        """Put the cursor where typing begins."""
        self.set_focus(self.query_one(f"#{self.first}"), scroll_visible=False)

    def on_screen_resume(self) -> None:
        """Show what has changed while another screen was on top."""
        self.show_session()

    def ask(self, action: str) -> None:
        """Have the app run *action* right after what it is handling now, and before the next key."""
        self.app.call_next(self.app.run_action, action)

    def on_action_pressed(self, event: Action.Pressed) -> None:
        """Have the app do what the button asks for."""
        if event.button.asks:
            self.ask(event.button.asks)

    def on_rail_jumped(self, event: Rail.Jumped) -> None:
        """Jump to the step that was picked; whoever comes back here comes back to type."""
        self.focus_first()
        self.ask(f"go('{event.step.name}')")

    def show_session(self) -> None:
        """Show what has changed in the session meanwhile."""
        self.show_frame()

    def show_frame(self) -> None:
        """Show site, account, steps and notice as they are now."""
        session = self.session
        self.query_one(Title).text = f"{session.site.name} · {session.key_state.origin}"
        self.query_one(Rail).marks = tuple(self._mark(step) for step in RAIL)
        self.notify_below(str(session.waiting or session.notice or self._hidden_error()))

    def notify_below(self, text: str) -> None:
        """Show *text* above the keys, or nothing there."""
        notice = self.query_one("#notice", Paragraph)
        notice.text = text
        notice.set_class(bool(text), "-shown")

    def show_problems(self) -> None:
        """Show what is wrong with this step now, and what was changed in what was given to it."""

    def problems(self) -> list[Problem]:
        """Return what is wrong or doubtful with this step."""
        return self.session.problems_of(self.step)

    async def is_complete(self) -> bool:
        """Return whether Next may leave; if not, say why and put the cursor where it is to be put right."""
        self.is_checked = True
        self.show_problems()
        error = next((problem for problem in self.problems() if problem.is_error), None)
        if error:
            self.focus_on(error)
            self.call_after_refresh(self.show_frame)
        return error is None

    def _hidden_error(self) -> str:
        """Return what keeps Next from leaving, where the body may have scrolled it out of sight."""
        if not self.is_checked or not self.query_one("#body").max_scroll_y:
            return ""
        return next((f"✗ {problem.sentence}" for problem in self.problems() if problem.is_error), "")

    def focus_on(self, problem: Problem) -> None:
        """Put the cursor where *problem* is."""
        field = self.query_one(f"#{problem.field}", Field)
        self.set_focus(field)
        field.cursor_position = problem.at[1] or len(field.value)

    def action_scroll_body(self, lines: int) -> None:
        """Scroll the body by *lines*."""
        self.query_one("#body").scroll_relative(y=lines, animate=False)

    def _mark(self, step: Step) -> Mark:
        is_visited = step in self.session.visited
        if step is self.step:
            return Mark(step, "●", is_open=True)
        has_error = is_visited and any(problem.is_error for problem in self.session.problems_of(step))
        return Mark(step, "✗" if has_error else "✓" if is_visited else "○", is_open=is_visited)


class FieldStep(StepScreen):
    """A step with one field and what is wrong with it below."""

    label: ClassVar[Sentence]

    def body(self) -> Iterable[Widget]:
        """Yield the field under its label, a line about it, and its problems."""
        yield Line(self.label, classes="label")
        yield Field(self.value(), id=self.first)
        yield Line(self.summary(), id="summary", classes="quiet")
        yield Problems(id="problems")

    def value(self) -> str:
        """Return what the draft holds of this field."""
        return str(getattr(self.session.draft, self.first))

    def summary(self) -> Text:
        """Return what the line below the field says."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Watch the field, so that the draft follows it in the same frame."""
        field = self.query_one(f"#{self.first}", Field)
        self.watch(field, "value", self._edited, init=False)
        self.show_problems()

    def _edited(self, value: str) -> None:
        self.session.edit(**{self.first: value})
        self.session.notes.pop(self.first, None)
        self.query_one("#summary", Line).text = str(self.summary())
        self.show_problems()

    def show_problems(self) -> None:
        """Show the field's problems and the notes on how it was filled."""
        notes = self.session.notes.get(self.first, [])
        problems = self.problems() if self.is_checked or self.value() else []
        self.query_one("#problems", Problems).show(problems, notes)

    def on_field_noted(self, event: Field.Noted) -> None:
        """Say what a paste left out, until the next change."""
        if event.notes:
            self.session.notes[self.first] = event.notes
            self.show_problems()
