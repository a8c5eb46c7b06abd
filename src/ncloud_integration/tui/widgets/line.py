"""A line of text that changes in place: no layout, no markup."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ncloud_integration.integration.sentence import printable


class Line(Widget):
    """One line, cut with an ellipsis where it does not fit."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"

    text: reactive[str] = reactive("")

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(Line.text, text)

    def render(self) -> Content:
        return Content(printable(self.text))


class Paragraph(Widget):
    """Text of as many lines as it needs; laid out anew only when it changes."""

    DEFAULT_CSS = "Paragraph { height: auto; width: 1fr; }"

    text: reactive[str] = reactive("", layout=True)

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(Paragraph.text, text)

    def render(self) -> Content:
        return Content("\n".join(printable(line) for line in self.text.split("\n")))
