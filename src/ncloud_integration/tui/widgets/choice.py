"""A choice of a few, in one line."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class Choice(Widget, can_focus=True):
    """Radio buttons side by side: Left and Right choose, Up and Down leave. `chosen` is an index."""

    DEFAULT_CSS = "Choice { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"

    BINDINGS = [
        Binding("left", "choose(-1)", show=False),
        Binding("right,space", "choose(1)", show=False),
        Binding("enter", "app.next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    chosen: reactive[int] = reactive(0)

    def __init__(self, options: Sequence[str], chosen: int = 0, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.options = tuple(options)
        self.set_reactive(Choice.chosen, chosen)

    def render(self) -> Content:
        return Content(
            "  ".join(f"({'•' if i == self.chosen else ' '}) {option}" for i, option in enumerate(self.options))
        )

    def action_choose(self, step: int) -> None:
        """Choose the option *step* places on, round and round."""
        self.chosen = (self.chosen + step) % len(self.options)
