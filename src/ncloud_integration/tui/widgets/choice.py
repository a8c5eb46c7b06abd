"""A choice of a few."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Offset
from textual.reactive import reactive
from textual.widget import Widget

from ncloud_integration.integration.sentence import Text


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

    def __init__(self, options: Sequence[Text | str], chosen: int = 0, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.options = tuple(map(str, options))
        self.set_reactive(Choice.chosen, chosen)

    def render(self) -> Content:
        return Content("  ".join(map(self._button, range(len(self.options)))))

    def _button(self, index: int) -> str:
        return f"({'•' if index == self.chosen else ' '}) {self.options[index]}"

    def on_click(self, event: events.Click) -> None:
        """Choose the option that is clicked on."""
        offset = event.get_content_offset(self)
        index = self._index_at(offset) if offset else None
        if index is not None:
            self.chosen = index

    def _index_at(self, offset: Offset) -> int | None:
        """Return the option that stands at *offset*."""
        ends = accumulate(cell_len(self._button(index)) + 2 for index in range(len(self.options)))
        return next((index for index, end in enumerate(ends) if offset.x < end), None)

    def action_choose(self, step: int) -> None:
        """Choose the option *step* places on, round and round."""
        self.chosen = (self.chosen + step) % len(self.options)


class ColumnChoice(Choice):
    """Radio buttons below each other, what each `means` beside it; Enter leaves, and so do Up and Down at the ends."""

    DEFAULT_CSS = "ColumnChoice { height: auto; text-wrap: wrap; }"

    BINDINGS = [
        Binding("up", "up", show=False),
        Binding("down", "down", show=False),
        Binding("enter", "app.focus_next", show=False),
        Binding("space", "stay", show=False),
    ]

    means: reactive[tuple[str, ...]] = reactive((), layout=True)

    def __init__(
        self, options: Sequence[Text | str], means: Sequence[Text | str], chosen: int, *, id: str | None = None
    ) -> None:
        super().__init__(options, chosen, id=id)
        self.set_reactive(ColumnChoice.means, tuple(map(str, means)))

    def render(self) -> Content:
        buttons = [self._button(index) for index in range(len(self.options))]
        width = max(map(cell_len, buttons)) + 2
        is_wide = width + max(map(cell_len, self.means)) <= self.size.width
        names = [button + " " * (width - cell_len(button)) if is_wide else f"{button}: " for button in buttons]
        return Content("\n".join(name + means for name, means in zip(names, self.means, strict=True)))

    def _index_at(self, offset: Offset) -> int | None:
        """Return the option in the row at *offset*; where they take more than one, a click chooses none."""
        return offset.y if self.size.height == len(self.options) else None

    def action_stay(self) -> None:
        """Leave it at what is chosen: Space is what a list like this is often chosen with."""

    def action_up(self) -> None:
        """Choose the option above, or leave."""
        if self.chosen:
            self.chosen -= 1
        else:
            self.screen.focus_previous()

    def action_down(self) -> None:
        """Choose the option below, or leave."""
        if self.chosen < len(self.options) - 1:
            self.chosen += 1
        else:
            self.screen.focus_next()
