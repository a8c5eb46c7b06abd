"""A button that cannot be pressed before it has been seen."""

from __future__ import annotations

from textual.binding import Binding
from textual.content import Content
from textual.widgets import Button

ARMED_AFTER = 0.5
"""Seconds between the first paint of a screen and the moment that its buttons can be pressed."""


class Action(Button):
    """A button in one line. Where its screen asks for it, keys typed before it stood for half a second do nothing.

    *asks* is the app's action that its step has run when it is pressed; without one, the screen sees to it itself.
    """

    BINDINGS = [
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, label: str, *, id: str | None = None, classes: str = "", asks: str = "") -> None:
        super().__init__(Content(f"[{label}]"), id=id, classes=f"-armed {classes}", compact=True)
        self.active_effect_duration = 0
        self.asks = asks

    @property
    def is_armed(self) -> bool:
        """Whether it can be pressed."""
        return self.has_class("-armed")

    def say(self, label: str) -> None:
        """Change what stands on the button."""
        if str(self.label) != f"[{label}]":
            self.label = Content(f"[{label}]")
            self.refresh(layout=True)

    def arm_once_seen(self) -> None:
        """Disarm, and arm again half a second after the next paint."""
        self.remove_class("-armed")
        self.call_after_refresh(self.set_timer, ARMED_AFTER, self._arm)

    def _arm(self) -> None:
        self.add_class("-armed")

    def press(self) -> Action:
        """Press the button if it is armed."""
        if self.is_armed:
            super().press()
        return self
