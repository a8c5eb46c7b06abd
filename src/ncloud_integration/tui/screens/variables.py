"""The documented variables in a list, with what they mean, to pick one from."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ncloud_integration.integration.template import MEANINGS
from ncloud_integration.tui.screens.dialog import Dialog

_TEXT = "Enter puts one where the cursor is. The documents only name them: what they mean is read from their names."
_ROWS_AROUND_LIST = 10
_ROWS_AROUND_ALL = 5
"""Where the terminal is low, and the text gives its room to the list."""
_WIDTH = max(map(cell_len, MEANINGS)) + 5


class VariablesDialog(Dialog):
    """Closes with the name that is picked; *first* is where the list starts."""

    AUTO_FOCUS = "OptionList"
    BINDINGS = [("f2", "close")]

    def __init__(self, first: str) -> None:
        super().__init__("Variables", _TEXT, close="Close")
        self._first = first

    def below_text(self) -> Iterable[Widget]:
        """Yield the list."""
        options = [Option(Content(f"{f'#{{{name}}}':{_WIDTH}}{means}"), id=name) for name, means in MEANINGS.items()]
        yield OptionList(*options, compact=True)

    def on_mount(self) -> None:
        """Start at the variable that is most likely meant."""
        self.query_one(OptionList).highlighted = list(MEANINGS).index(self._first)

    def on_resize(self, event: events.Resize) -> None:
        """Leave the list what room there is: it scrolls."""
        is_short = event.size.height < self.VERTICAL_BREAKPOINTS[-1][0]
        around = _ROWS_AROUND_ALL if is_short else _ROWS_AROUND_LIST
        self.query_one(OptionList).styles.max_height = max(event.size.height - around, 2)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close with what was picked."""
        self.close(event.option.id or "")
