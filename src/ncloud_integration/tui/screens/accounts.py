"""All sources of keys in a list, the accounts among them, to pick one from."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ncloud_integration.credentials.sources import Source
from ncloud_integration.integration.sentence import printable
from ncloud_integration.tui.key_state import KeyState
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.widgets.action import Action

VAULT, EVERYTHING = "vault", "everything"

_TEXT = "Enter chooses. The first of each site is used by itself."
_NOTHING = "There is none yet: type a pair on Credentials, and choose where it is kept."
_ROWS_AROUND_LIST = 9


class AccountsDialog(Dialog):
    """Lists what *state* has, then the vault and the way to forget everything; closes with the id of what is picked."""

    AUTO_FOCUS = "OptionList"

    def __init__(self, state: KeyState, *, has_vault: bool) -> None:
        self._sources = list(state.sources)
        self._entries = {str(index): _line(source, state) for index, source in enumerate(self._sources)}
        count = len(state.accounts.accounts)
        if has_vault:
            self._entries[VAULT] = "The vault: change its passphrase, or start it over…"
        if has_vault or count:
            self._entries[EVERYTHING] = "Forget all keys…"
        super().__init__("Accounts and other sources of keys", _TEXT if self._entries else _NOTHING, back="Back")

    def below_text(self) -> Iterable[Widget]:
        """Yield the list."""
        yield OptionList(*(Option(Content(text), id=name) for name, text in self._entries.items()), compact=True)

    def on_resize(self, event: events.Resize) -> None:
        """Leave the list what room there is: it scrolls."""
        self.query_one(OptionList).styles.max_height = max(event.size.height - _ROWS_AROUND_LIST, 2)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close with what was picked, once the list was seen."""
        if self.query_one(Action).is_armed:
            self.close(event.option.id or "")

    def picked(self, answer: str) -> Source | str | None:
        """Return what *answer* stands for: a source, `VAULT`, `EVERYTHING`, or None for nothing."""
        if answer.isdecimal():
            return self._sources[int(answer)]
        return answer if answer in self._entries else None


def _line(source: Source, state: KeyState) -> str:
    keys = state.keys_of(source)
    parts = [str(source.what), source.site.name if source.site else "", keys.label if keys else ""]
    if source == state.source and not state.is_typing:
        parts.append("in use")
    return printable(" · ".join(filter(None, parts)))
