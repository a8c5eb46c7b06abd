"""Ready payloads in a list, and what using one of them would mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ncloud_integration.integration import gallery
from ncloud_integration.integration.gallery import ReadyPayload
from ncloud_integration.integration.model import Header
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.widgets.action import Action

PAYLOAD, WITH_HEADERS = "payload", "with-headers"

_ROWS_AROUND_LIST = 8
_USE = "Using it replaces the whole payload; Ctrl+Z in the editor brings the old one back."
_USE_HEADERS = "With headers also adds the headers that are missing; no value that you typed is changed."


class GalleryDialog(Dialog):
    """Lists all that are *ready*, those that suit *url* first; closes with the key of what is picked."""

    AUTO_FOCUS = "OptionList"
    BINDINGS = [Binding("f5", "close", show=False)]

    def __init__(self, ready: Sequence[ReadyPayload], url: str, picked: ReadyPayload | None = None) -> None:
        self._suited = [each for each in ready if each.suits(url)]
        self._ready = [*self._suited, *(each for each in ready if each not in self._suited)]
        self._picked = picked
        super().__init__("Ready payloads", "Enter shows one; it is used only after that.", back="Back")

    def below_text(self) -> Iterable[Widget]:
        """Yield the list."""
        options = [Option(Content(self._line(each)), id=each.key) for each in self._ready]
        yield OptionList(*options, compact=True)

    def on_mount(self) -> None:
        """Go on where the operator comes back from."""
        if self._picked:
            self.query_one(OptionList).highlighted = self._ready.index(self._picked)

    def on_resize(self, event: events.Resize) -> None:
        """Leave the list what room there is: it scrolls."""
        self.query_one(OptionList).styles.max_height = max(event.size.height - _ROWS_AROUND_LIST, 2)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Close with what was picked, once the list was seen."""
        if self.query_one(Action).is_armed:
            self.close(event.option.id or "")

    def picked(self, answer: str) -> ReadyPayload | None:
        """Return what *answer* stands for, or None for nothing."""
        return next((each for each in self._ready if each.key == answer), None)

    def _line(self, ready: ReadyPayload) -> str:
        return f"{ready.title} · suits your URL" if ready in self._suited else ready.title


class ReadyPayloadDialog(Dialog):
    """Shows all of *ready*, and how its headers stand to the *rows* of the form; closes with what of it to use."""

    BINDINGS = [Binding("f5", "close", show=False)]

    def __init__(self, ready: ReadyPayload, rows: Sequence[Header]) -> None:
        answers = {PAYLOAD: "Use it"}
        use = _USE
        if gallery.missing(ready.headers, rows):
            answers[WITH_HEADERS] = "With headers"
            use = f"{_USE} {_USE_HEADERS}"
        headers = "\n".join(_header_lines(ready, rows))
        text = f"{ready.note}\n\nEndpoint URL: {ready.url}\n{headers}\n\n{use}\n\n{ready.payload}"
        super().__init__(ready.title, text, **answers, back="Back")


def _header_lines(ready: ReadyPayload, rows: Sequence[Header]) -> Iterator[str]:
    """Yield each header of *ready*, and what using it would do to the *rows*."""
    missing = gallery.missing(ready.headers, rows)
    for header in ready.headers:
        is_same = any(row.name.lower() == header.name.lower() and row.value == header.value for row in rows)
        what = "missing" if header in missing else "already there" if is_same else "yours differs and stays"
        yield f"Header {header.name}: {header.value} ({what})"
