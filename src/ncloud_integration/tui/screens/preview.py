"""What the endpoint would receive of the payload, and whether that is JSON."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from ncloud_integration.integration import preview
from ncloud_integration.integration.preview import Reading
from ncloud_integration.integration.sentence import Sentence, printable
from ncloud_integration.integration.text import LOAD_LIMIT
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.wizard.question import Question

_TAB = "    "
_EMPTY = Sentence("The payload is empty: the endpoint would be called with nothing to read.")


class PreviewDialog(Dialog):
    """Shows *payload* filled with made-up events: the verdicts first, then what would arrive."""

    BINDINGS = [Binding("f3", "close", show=False)]

    def __init__(self, payload: str) -> None:
        super().__init__(Question.of(Sentence("Preview: what would arrive"), None, close=Sentence("Close")))
        self._payload = payload

    def explained(self) -> Widget:
        """Return the verdicts and the texts."""
        return Static(Content.assemble(*_parts(self._payload)), id="explanation")


def _parts(payload: str) -> Iterator[tuple[str, str]]:
    """Yield what is shown of *payload*: pieces of text, each with its style."""
    if not payload:
        yield str(_EMPTY), ""
        return
    readings = preview.readings(payload)
    for reading in readings:
        mark, style = ("✗", "$text-error") if reading.error else ("✓", "$text-success")
        yield f"{mark} {reading.verdict}\n", style
    left_alone = preview.left_alone(payload)
    if left_alone:
        yield f"! {left_alone}\n", "$text-warning"
    yield f"\n{preview.doubt(readings)}\n", "$text-muted"
    for reading in readings:
        yield f"\n{reading.case}\n", "bold"
        yield from _marked(reading)
        yield "\n", ""


def _marked(reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield the text of *reading*, and in it the place where it stops being JSON."""
    text = reading.text[:LOAD_LIMIT]
    error = reading.error
    if error:
        start = sum(len(line) + 1 for line in reading.text.split("\n")[: error.line - 1]) + error.column - 1
        yield _shown(text[:start]), ""
        wrong = text[start : start + 1]
        is_seen = wrong not in ("", "\n")
        yield (_shown(wrong) if is_seen else " "), "$text-error reverse"
        text = text[start + is_seen :]
    yield _shown(text), ""
    beyond = len(reading.text) - LOAD_LIMIT
    if beyond > 0:
        yield f"\n{Sentence('… and {count:,} more characters, which are not shown.', {'count': beyond})}", "$text-muted"


def _shown(text: str) -> str:
    """Return *text* with its lines, and with nothing in it that a terminal would obey or hide."""
    return "\n".join(printable(line) for line in text.replace("\t", _TAB).split("\n"))
