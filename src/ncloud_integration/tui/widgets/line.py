"""A line of text that changes in place: no layout, no markup."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ncloud_integration.integration.sentence import Text, printable


class Line(Widget):
    """One line, cut with an ellipsis where it does not fit."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"

    text: reactive[str] = reactive("")

    def __init__(self, text: Text | str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(Line.text, str(text))

    def render(self) -> Content:
        return Content(printable(self.text))


class Paragraph(Widget):
    """Text of as many lines as it needs; laid out anew only when it changes."""

    DEFAULT_CSS = "Paragraph { height: auto; width: 1fr; }"

    text: reactive[str] = reactive("", layout=True)

    def __init__(self, text: Text | str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(Paragraph.text, str(text))

    def render(self) -> Content:
        return Content("\n".join(printable(line) for line in self.text.split("\n")))


def in_columns(rows: Sequence[tuple[Text, Text | str]]) -> str:
    """Return *rows* as lines, what is on the right of each below the others: Hangul is two cells wide."""
    written = [(str(left), str(right)) for left, right in rows]
    width = max(cell_len(left) for left, _ in written) + 2
    return "\n".join(f"{left}{' ' * (width - cell_len(left))}{right}" for left, right in written)
