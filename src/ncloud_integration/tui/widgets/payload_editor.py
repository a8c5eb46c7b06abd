"""The payload's editor: JSON in colours, `#{VARIABLES}` in their own, and nothing in it that cannot be seen.

One of the two modules that touch Textual's private names; `tests/tui/test_private_names.py` says when one has moved.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from ncloud_integration.integration import template
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.text import LOAD_LIMIT, document, size

_WRAP_LIMIT = 2_000
"""Characters of the longest line that is wrapped: Textual wraps a whole line anew on each key."""

_KNOWN, _DOUBTFUL = "template.variable", "template.doubtful"

THEME = TextAreaTheme(
    name="payload",
    syntax_styles={
        "json.label": Style(color="bright_cyan"),
        "string": Style(color="bright_green"),
        "number": Style(color="bright_blue"),
        "boolean": Style(color="bright_blue"),
        "constant.builtin": Style(color="bright_blue"),
        "json.null": Style(color="bright_blue"),
        "json.error": Style(color="bright_red", underline=True),
        _KNOWN: Style(color="bright_yellow", bold=True),
        _DOUBTFUL: Style(color="bright_red", bold=True, underline=True),
    },
)
"""Sixteen colours, so that every terminal shows the same."""


class PayloadEditor(TextArea):
    """A text area for the payload. `content` changes in the same frame as what is seen; Tab leaves the editor."""

    content: reactive[str] = reactive("", init=False)

    @dataclass
    class Noted(Message):
        """A paste was not taken as it was; `notes` say what was changed."""

        notes: list[Sentence]

    def __init__(self, text: str, *, id: str | None = None) -> None:
        super().__init__(text, id=id, soft_wrap=True, tab_behavior="focus", show_line_numbers=True, compact=True)
        self.cursor_blink = False
        self.register_theme(THEME)
        self.theme = THEME.name
        self.language = "json" if "json" in self.available_languages else None

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste with LF line ends and nothing invisible, and say what was changed."""
        event.prevent_default()
        event.stop()
        if size(event.text) > LOAD_LIMIT:
            too_long = "What was pasted has {size:,} bytes, far more than a payload may have, and was left out."
            self.post_message(self.Noted([Sentence(too_long, {"size": size(event.text)})]))
            return
        text, notes = document(event.text)
        result = self.replace(text, *sorted(self.selection), maintain_selection_offset=False)
        self.move_cursor(result.end_location)
        self.post_message(self.Noted(notes))

    def _build_highlight_map(self) -> None:
        """Colour variables over the JSON, and tell of the new text: Textual comes by here on every change of it."""
        super()._build_highlight_map()
        for row, line in enumerate(self.document.lines):
            for variable in template.variables(line):
                start, end = size(line[: variable.start]), size(line[: variable.end])
                self._highlights[row].append((start, end, _KNOWN if variable.is_known else _DOUBTFUL))
        self.content = self.text
        self.soft_wrap = max(map(len, self.document.lines), default=0) <= _WRAP_LIMIT
