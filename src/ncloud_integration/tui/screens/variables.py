"""The documented variables in a list, with what they mean, to pick one from."""

from __future__ import annotations

from rich.cells import cell_len
from textual import events

from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.template import MEANINGS
from ncloud_integration.tui.screens.list import ListDialog
from ncloud_integration.wizard.question import ListQuestion

_TEXT = Sentence(
    "Enter puts one where the cursor is. The documents only name them: what they mean is read from their names."
)
_ROWS_AROUND_ALL = 5
"""Where the terminal is low, and the text gives its room to the list."""
_WIDTH = max(map(cell_len, MEANINGS)) + 5


class VariablesDialog(ListDialog):
    """Closes with the name that is picked; *first* is where the list starts."""

    BINDINGS = [("f2", "close")]
    is_a_choice = False
    rows_around_list = 10

    def __init__(self, first: str) -> None:
        entries = {name: f"{f'#{{{name}}}':{_WIDTH}}{meaning}" for name, meaning in MEANINGS.items()}
        super().__init__(ListQuestion(Sentence("Variables"), _TEXT, entries, Sentence("Close")), first=first)

    def on_resize(self, event: events.Resize) -> None:
        """Give the list the room of the text, too, where there is little."""
        is_short = event.size.height < self.VERTICAL_BREAKPOINTS[-1][0]
        self.rows_around_list = _ROWS_AROUND_ALL if is_short else VariablesDialog.rows_around_list
        super().on_resize(event)
