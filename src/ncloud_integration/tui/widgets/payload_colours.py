"""How the parts of a payload look: on dark, on light, and on a terminal without colours."""

from __future__ import annotations

from collections.abc import Mapping

from rich.style import Style

from ncloud_integration.tui.widgets.payload_row import Look

ON_DARK: Mapping[str, Style] = {
    "string": Style(color="bright_green"),
    "label": Style(color="bright_cyan"),
    "literal": Style(color="bright_blue"),
    "variable": Style(color="bright_yellow", bold=True),
    "doubtful": Style(color="bright_red", bold=True, underline=True),
    "error": Style(color="bright_white", bgcolor="red"),
}
"""Sixteen colours, so that every terminal shows the same; later ones are drawn over earlier ones."""

ON_LIGHT: Mapping[str, Style] = {
    "string": Style(color="#1d5c0a"),
    "label": Style(color="#0a4f8f"),
    "literal": Style(color="#6a2c91"),
    "variable": Style(color="#8f1d6f", bold=True),
    "doubtful": Style(color="#a31515", bold=True, underline=True),
    "error": Style(color="#ffffff", bgcolor="#b00020"),
}

WITHOUT_COLORS = Look(
    cursor=Style(reverse=True),
    selection=Style(reverse=True),
    bracket=Style(underline=True),
    ghost=Style(underline=True),
    marks={
        **dict.fromkeys(ON_DARK, Style.null()),
        "variable": Style(bold=True),
        "doubtful": Style(bold=True, underline=True),
        "error": Style(bold=True, reverse=True, underline=True),
    },
)
