"""A question whose answers are lines of a list."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ncloud_integration.integration.sentence import printable
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.wizard.question import ListQuestion, Question


class ListDialog(Dialog):
    """Closes with the name of the line that is picked; *first* is the one to start at."""

    AUTO_FOCUS = "OptionList"
    rows_around_list = 9
    """The border, the question, the text and the button, with the space between them."""

    def __init__(self, question: ListQuestion, *, first: str = "") -> None:
        super().__init__(Question(question.title, question.text, {"back": question.back}))
        self._entries = question.entries
        self._first = first

    def below_text(self) -> Iterable[Widget]:
        """Yield the list."""
        yield OptionList(
            *(Option(Content(printable(str(text))), id=name) for name, text in self._entries.items()), compact=True
        )

    def on_mount(self) -> None:
        """Start where the operator would look first."""
        if self._first in self._entries:
            self.query_one(OptionList).highlighted = list(self._entries).index(self._first)

    def on_resize(self, event: events.Resize) -> None:
        """Leave the list what room there is: it scrolls."""
        self.query_one(OptionList).styles.max_height = max(event.size.height - self.rows_around_list, 2)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close with what was picked, once the list was seen where picking decides something."""
        if self.query_one(Action).is_armed or not self.is_a_choice:
            self.close(event.option.id or "")
