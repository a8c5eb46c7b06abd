"""A question over a screen, answered yes or no; and a text to be read."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget

from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.line import Line, Paragraph

_ROWS_AROUND_TEXT = 6


class Dialog(ModalScreen[bool]):
    """Asks *title* and explains it. Escape and the first button mean no; a repeated quit key means yes to leaving."""

    BINDINGS = [
        Binding("escape", "dismiss(False)", show=False),
        Binding("ctrl+c", "app.leave", show=False),
        Binding("up", "scroll_text(-1)", show=False),
        Binding("down", "scroll_text(1)", show=False),
        Binding("pageup", "scroll_text(-8)", show=False),
        Binding("pagedown", "scroll_text(8)", show=False),
    ]
    AUTO_FOCUS = "#no"

    def __init__(self, title: str, text: str, *, no: str, yes: str = "", is_leaving: bool = False) -> None:
        super().__init__()
        self._question = title
        self._explanation = text
        self._no = no
        self._yes = yes
        self.is_leaving = is_leaving
        self.is_help = not yes

    def compose(self) -> Iterable[Widget]:
        with Vertical(id="box"):
            yield Line(self._question, classes="heading")
            with VerticalScroll(id="box-text", can_focus=False):
                yield Paragraph(self._explanation)
            with Horizontal(classes="actions gap"):
                yield Action(self._no, id="no")
                if self._yes:
                    yield Action(self._yes, id="yes")

    def on_mount(self) -> None:
        """Let nobody answer a question that was not yet seen."""
        if self._yes:
            self.query_one("#yes", Action).arm_once_seen()

    def on_resize(self, event: events.Resize) -> None:
        """Leave room for the question and the buttons, however low the terminal is: the text scrolls."""
        self.query_one("#box-text").styles.max_height = max(event.size.height - _ROWS_AROUND_TEXT, 1)

    def action_scroll_text(self, lines: int) -> None:
        """Scroll the text by *lines*."""
        self.query_one("#box-text").scroll_relative(y=lines, animate=False)

    @on(Action.Pressed)
    def answer(self, event: Action.Pressed) -> None:
        """Close with the button's answer."""
        self.dismiss(event.button.id == "yes")
