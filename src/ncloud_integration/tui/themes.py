"""The colours of a light screen, where Textual's own are too pale to be read."""

from __future__ import annotations

from textual.theme import Theme

LIGHT = Theme(
    name="light",
    dark=False,
    primary="#004578",
    warning="#ffa62b",
    error="#ba3c5b",
    success="#4ebf71",
    foreground="#121212",
    background="#ffffff",
    surface="#eeeeee",
    panel="#e4e4e4",
    variables={
        "text-muted": "#4e4e4e",
        "text-warning": "#8a1c00",
        "text-error": "#9c0d30",
        "text-success": "#125a2b",
        "surface-lighten-2": "#707070",
        "scrollbar": "#5c7c98",
    },
)
