"""Ready payloads in a list, and what using one of them would mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.binding import Binding

from ncloud_integration.integration import gallery
from ncloud_integration.integration.gallery import ReadyPayload
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import Passage, Sentence, Text, Values, Verbatim
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.screens.list import ListDialog
from ncloud_integration.wizard.question import ListQuestion, Question

PAYLOAD, WITH_HEADERS = "payload", "with-headers"

_USE = Sentence("Using it replaces the whole payload; Ctrl+Z in the editor brings the old one back.")
_USE_HEADERS = Sentence("With headers also adds the headers that are missing; no value that you typed is changed.")


class GalleryDialog(ListDialog):
    """Lists all that are *ready*, those that suit *url* first; closes with the key of what is picked."""

    BINDINGS = [Binding("f5", "close", show=False)]
    rows_around_list = 8

    def __init__(self, ready: Sequence[ReadyPayload], url: str, picked: ReadyPayload | None = None) -> None:
        suited = [each for each in ready if each.suits(url)]
        entries: dict[str, Text] = {
            each.key: Sentence("{title} · suits your URL", {"title": each.title}) for each in suited
        }
        entries |= {each.key: each.title for each in ready if each not in suited}
        question = ListQuestion(
            Sentence("Ready payloads"),
            Sentence("Enter shows one; it is used only after that."),
            entries,
            Sentence("Back"),
        )
        super().__init__(question, first=picked.key if picked else "")


class ReadyPayloadDialog(Dialog):
    """Shows all of *ready*, and how its headers stand to the *rows* of the form; closes with what of it to use."""

    BINDINGS = [Binding("f5", "close", show=False)]

    def __init__(self, ready: ReadyPayload, rows: Sequence[Header]) -> None:
        answers = {PAYLOAD: Sentence("Use it")}
        is_missing = bool(gallery.missing(ready.headers, rows))
        if is_missing:
            answers[WITH_HEADERS] = Sentence("With headers")
        text = Passage.paragraphs(
            ready.note,
            Passage.lines(Sentence("Endpoint URL: {url}", {"url": ready.url}), *_header_lines(ready, rows)),
            Passage.of(_USE, _USE_HEADERS if is_missing else None),
            Verbatim(ready.payload),
        )
        super().__init__(Question.of(ready.title, text, **answers, back=Sentence("Back")))


def _header_lines(ready: ReadyPayload, rows: Sequence[Header]) -> Iterator[Sentence]:
    """Yield each header of *ready*, and what using it would do to the *rows*."""
    missing = gallery.missing(ready.headers, rows)
    for header in ready.headers:
        is_same = any(row.name.lower() == header.name.lower() and row.value == header.value for row in rows)
        values: Values = {"name": header.name, "value": header.value}
        if header in missing:
            yield Sentence("Header {name}: {value} (missing)", values)
        elif is_same:
            yield Sentence("Header {name}: {value} (already there)", values)
        else:
            yield Sentence("Header {name}: {value} (yours differs and stays)", values)
