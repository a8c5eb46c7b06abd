"""A button that cannot be pressed before it has been seen."""

from __future__ import annotations

from rich.cells import cell_len
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from ncloud_integration.integration.sentence import Text

ARMED_AFTER = 0.5
"""Seconds between the first paint of a screen and the moment that its buttons can be pressed."""


class Action(Widget, can_focus=True):
    """A button in one line. Where its screen asks for it, keys typed before it stood for half a second do nothing.

    *asks* is the app's action that its step has run when it is pressed; without one, the screen sees to it itself.
    Textual's own button has colours for a mouse and for all occasions, which would be read before the first screen.
    """

    DEFAULT_CSS = "Action { width: auto; height: 1; line-pad: 1; }"

    BINDINGS = [
        Binding("enter", "press", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    label: reactive[str] = reactive("", layout=True)

    class Pressed(Message):
        """A button was pressed."""

        def __init__(self, button: Action) -> None:
            super().__init__()
            self.button = button

        @property
        def control(self) -> Action:
            """The button, for `@on` selectors."""
            return self.button

    def __init__(self, label: Text | str, *, id: str | None = None, classes: str = "", asks: str = "") -> None:
        super().__init__(id=id, classes=f"-armed {classes}")
        self.set_reactive(Action.label, str(label))
        self.asks = asks

    @property
    def is_armed(self) -> bool:
        """Whether it can be pressed."""
        return self.has_class("-armed")

    def render(self) -> Content:
        return Content(f"[{self.label}]")

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        """Return its whole width: where there is less room it is cut, and not wrapped."""
        return cell_len(self.render().plain) + 2

    def arm_once_seen(self) -> None:
        """Disarm, and arm again half a second after the next paint."""
        self.remove_class("-armed")
        self.call_after_refresh(self.set_timer, ARMED_AFTER, self._arm)

    def _arm(self) -> None:
        self.add_class("-armed")

    def on_click(self) -> None:
        """Take a click for a press."""
        self.action_press()

    def action_press(self) -> None:
        """Say that it is pressed, if it is armed."""
        if self.is_armed:
            self.post_message(self.Pressed(self))
