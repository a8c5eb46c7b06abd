"""A place to paste an integration into, and what of it would be taken over."""

from __future__ import annotations

import re
from collections.abc import Iterable

from textual import events, on
from textual.message import Message
from textual.widget import Widget
from textual.widgets import TextArea

from ncloud_integration.integration import imported
from ncloud_integration.integration.body import BodyError
from ncloud_integration.integration.imported import Imported
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.text import LOAD_LIMIT, document, size
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.line import Paragraph
from ncloud_integration.wizard import importing
from ncloud_integration.wizard.question import Question

TAKE = "take"

_OF_GATEWAY = re.compile(r"(x-ncp-[\w-]+\s*:\s*)[^'\"\\\n]+", re.IGNORECASE)
_LEAST_ROWS, _MOST_ROWS = 2, 12
_ABOUT = Sentence(
    "Paste a request body, an answer of /detail, or a curl command: one that creates an integration, or one that calls "
    "an endpoint. Nothing in it is run."
)


class PasteArea(TextArea):
    """Takes a text of many lines. What it is pasted is seen without keys and signatures, which nobody needs of it."""

    class Refused(Message):
        """A paste was left out; `sentence` says why."""

        def __init__(self, sentence: Sentence) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, text: str) -> None:
        super().__init__(text, soft_wrap=True, tab_behavior="focus", compact=True, highlight_cursor_line=False)
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste as the payload's editor does: with LF line ends, and nothing that cannot be seen."""
        event.prevent_default()
        event.stop()
        if size(event.text) > LOAD_LIMIT:
            too_long = Sentence(
                "What was pasted has {size:,} bytes, more than is taken here: leave, and give it with --from.",
                {"size": size(event.text)},
            )
            self.post_message(self.Refused(too_long))
            return
        text, _ = document(event.text)
        result = self.replace(_OF_GATEWAY.sub(r"\1…", text), *sorted(self.selection), maintain_selection_offset=False)
        self.move_cursor(result.end_location)


class ImportDialog(Dialog):
    """Shows what it would take over of the text that it is given; closes with `TAKE`, and that is then in `found`."""

    AUTO_FOCUS = "PasteArea"

    def __init__(self, text: str = "") -> None:
        answers = {TAKE: Sentence("Take it over"), "cancel": Sentence("Cancel")}
        super().__init__(Question(Sentence("Import"), _ABOUT, answers))
        self._text = text
        self.found: Imported | None = None

    @property
    def text(self) -> str:
        """What stands in it."""
        return self.query_one(PasteArea).text

    def below_text(self) -> Iterable[Widget]:
        """Yield the place to paste into."""
        yield PasteArea(self._text)

    def on_mount(self) -> None:
        """Say what there is to say of the text that it begins with."""
        self.read()

    def on_resize(self, event: events.Resize) -> None:
        """Share what room there is between what is said and what is pasted."""
        self.rows_below_text = min(max(event.size.height // 3 - 1, _LEAST_ROWS), _MOST_ROWS)
        self.query_one(PasteArea).styles.height = self.rows_below_text

    @on(TextArea.Changed)
    def read(self) -> None:
        """Say what would be taken over, or why nothing can be."""
        self.found = None
        if not self.text.strip():
            self._say([_ABOUT])
            return
        try:
            self.found = imported.read(self.text)
        except BodyError as error:
            self._say([error.sentence], is_complaint=True)
        else:
            self._say(importing.summary(self.found))

    @on(PasteArea.Refused)
    def refuse(self, event: PasteArea.Refused) -> None:
        """Say why a paste was left out."""
        self._say([event.sentence], is_complaint=True)

    @on(Action.Pressed, f"#{TAKE}")
    def take(self, event: Action.Pressed) -> None:
        """Stay where there is nothing to take over."""
        if self.found is None:
            event.prevent_default()
            self.set_focus(self.query_one(PasteArea))

    def _say(self, sentences: Iterable[Sentence], *, is_complaint: bool = False) -> None:
        said = self.query_one("#explanation", Paragraph)
        said.text = "\n".join(map(str, sentences))
        said.set_class(is_complaint, "-complaint")
