"""A question over a screen, answered yes or no; and a text to be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget

from ncloud_integration.integration.sentence import Passage
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.line import Line, Paragraph
from ncloud_integration.wizard.question import Question

_ROWS_AROUND_TEXT = 6
"""The border, the question, and the buttons with the space before them."""


class Dialog(ModalScreen[str]):
    """Asks *question*; its answers are buttons, by what it closes with. Escape closes it with nothing.

    The first button is focused; where there is a choice, none can be pressed before it was seen.
    """

    BINDINGS = [
        Binding("escape", "close", show=False),
        Binding("ctrl+c", "app.leave", show=False),
        Binding("up", "scroll_text(-1)", show=False),
        Binding("down", "scroll_text(1)", show=False),
        Binding("pageup", "scroll_page(-1)", show=False),
        Binding("pagedown", "scroll_page(1)", show=False),
    ]
    AUTO_FOCUS = "Action"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]
    rows_below_text = 0
    """Rows that a subclass puts between the text and the buttons."""
    is_a_choice = True
    """Whether its buttons decide something, and so wait until they were seen."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question
        self.is_a_choice = self.is_a_choice and not self.is_help
        self.when_closed: Callable[[str], None] = lambda _: None
        self._answer: str | None = None
        self._has_left = False

    @property
    def is_help(self) -> bool:
        """Whether it is only there to be read."""
        return "close" in self._question.answers

    @property
    def is_leaving(self) -> bool:
        """Whether it asks if the program is to be left."""
        return "leave" in self._question.answers

    def compose(self) -> Iterable[Widget]:
        with Vertical(id="box"):
            yield Line(self._question.title, classes="heading")
            with VerticalScroll(id="box-text", can_focus=False):
                yield self.explained()
            yield from self.below_text()
            with Horizontal(classes="actions gap"):
                for answer, label in self._question.answers.items():
                    yield Action(label, id=answer)

    def explained(self) -> Widget:
        """Return the text, as what scrolls."""
        return Paragraph(Passage.of(self._question.text, self._question.keys), id="explanation")

    def below_text(self) -> Iterable[Widget]:
        """Yield what stands between the text and the buttons."""
        return ()

    def close(self, answer: str = "") -> None:
        """Close with *answer* as soon as nothing else is over it; the first answer counts."""
        if self._answer is None:
            self._answer = answer
            if self.is_current:
                self._leave()

    def on_screen_resume(self) -> None:
        """Close where that was put off."""
        if self._answer is not None:
            self._leave()

    def _leave(self) -> None:
        if not self._has_left:
            self._has_left = True
            self.dismiss(self._answer)
            self.when_closed(self._answer or "")

    def action_close(self) -> None:
        """Close with nothing."""
        self.close()

    def on_mount(self) -> None:
        """Let nobody answer a question that was not yet seen."""
        if self.is_a_choice:
            for action in self.query(Action).results(Action):
                action.arm_once_seen()

    def on_resize(self, event: events.Resize) -> None:
        """Leave room for the question and the buttons, however low the terminal is: the text scrolls."""
        rows = event.size.height - _ROWS_AROUND_TEXT - self.rows_below_text
        self.query_one("#box-text").styles.max_height = max(rows, 1)

    def action_scroll_text(self, lines: int) -> None:
        """Scroll the text by *lines*."""
        self.query_one("#box-text").scroll_relative(y=lines, animate=False)

    def action_scroll_page(self, direction: int) -> None:
        """Scroll the text by what is seen of it, less a row to go on from."""
        self.action_scroll_text(direction * max(self.query_one("#box-text").size.height - 1, 1))

    @on(Action.Pressed)
    def answer(self, event: Action.Pressed) -> None:
        """Close with the button's answer."""
        self.close(event.button.id or "")
