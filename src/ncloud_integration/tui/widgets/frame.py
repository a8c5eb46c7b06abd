"""What surrounds every step: the title, the rail of steps, and the keys at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.binding import Binding
from textual.content import Content, Span
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.widgets.line import Line
from ncloud_integration.wizard.steps import Step

TITLE = Sentence("Cloud Insight integration")


class Title(Line):
    """The program's name, and on the right `text`: the site and the account, which are never cut for the name."""

    def render(self) -> Content:
        width = self.size.width
        room = width - cell_len(self.text) - 1
        name = str(TITLE)
        if room < cell_len(name):
            name = f"{set_cell_size(name, room - 1)}…" if room > 1 else ""
        gap = " " * max(width - cell_len(name) - cell_len(self.text), 0)
        return Content(f"{name}{gap}{self.text}", [Span(0, len(name), "bold")])


class Mark(NamedTuple):
    """How the rail shows a step: a sign before its title, and whether it can be jumped to."""

    step: Step
    sign: str
    is_open: bool


class Rail(Widget, can_focus=True):
    """The steps in a line. Focused, Left and Right pick one that was visited and Enter jumps to it."""

    DEFAULT_CSS = "Rail { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }"

    BINDINGS = [
        Binding("left", "pick(-1)", show=False),
        Binding("right", "pick(1)", show=False),
        Binding("enter", "jump", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    class Jumped(Message):
        """A step was picked to go to."""

        def __init__(self, step: Step) -> None:
            super().__init__()
            self.step = step

    marks: reactive[tuple[Mark, ...]] = reactive(())
    picked: reactive[Step] = reactive(Step.CREDENTIALS)

    def __init__(self, step: Step) -> None:
        super().__init__()
        self.step = step
        self.set_reactive(Rail.picked, step)

    def on_focus(self) -> None:
        """Start picking at the step that is shown."""
        self.picked = self.step

    def render(self) -> Content:
        texts = self._texts(self.size.width)
        line, spans = "", []
        for mark, text in zip(self.marks, texts, strict=True):
            start, line = len(line), f"{line}{text}  "
            spans.append(Span(start, start + len(text), self._style(mark)))
        return Content(line.rstrip(), spans)

    def _texts(self, width: int) -> Sequence[str]:
        """Return the steps as they fit into *width*: all by name, or else the current one alone by name."""
        full = [f"{mark.sign} {mark.step.title}" for mark in self.marks]
        if sum(map(cell_len, full)) + 2 * len(full) - 2 <= width:
            return full
        shown = self.picked if self.has_focus else self.step
        return [text if mark.step is shown else mark.sign for mark, text in zip(self.marks, full, strict=True)]

    def _style(self, mark: Mark) -> str:
        if self.has_focus and mark.step is self.picked:
            return "reverse"
        return "bold" if mark.step is self.step else "" if mark.is_open else "$text-muted"

    def action_pick(self, direction: int) -> None:
        """Pick the next visited step in *direction*."""
        places = [mark.step for mark in self.marks if mark.is_open]
        index = places.index(self.picked) + direction if self.picked in places else len(places) - 1
        self.picked = places[min(max(index, 0), len(places) - 1)]

    def on_click(self, event: events.Click) -> None:
        """Jump to the step that is clicked on."""
        offset = event.get_content_offset(self)
        ends = accumulate(cell_len(text) + 2 for text in self._texts(self.size.width))
        clicked = next((mark for mark, end in zip(self.marks, ends, strict=True) if offset and offset.x < end), None)
        if clicked and clicked.is_open:
            self.picked = clicked.step
            self.action_jump()

    def action_jump(self) -> None:
        """Go to the picked step, if it was visited."""
        if any(mark.step is self.picked and mark.is_open for mark in self.marks):
            self.post_message(self.Jumped(self.picked))
