"""A single-line field, and those for keys and passwords."""

from __future__ import annotations

from rich.highlighter import Highlighter
from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Input

from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.text import single_line

_SHOWN = 4
"""Characters of an access key that its field shows: fewer than any key has, and never its last ones."""


class Field(Input):
    """Takes one line of what can be seen. Enter goes on, Up and Down move between fields."""

    BINDINGS = [
        Binding("enter", "app.next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    class Noted(Message):
        """A paste was not taken as it was; `notes` say what was left out."""

        def __init__(self, field: Field, notes: list[Sentence]) -> None:
            super().__init__()
            self.field = field
            self.notes = notes

        @property
        def control(self) -> Field:
            """The field, for `@on` selectors."""
            return self.field

    def __init__(
        self, value: str = "", *, id: str | None = None, password: bool = False, placeholder: Sentence | str = ""
    ) -> None:
        super().__init__(value, str(placeholder), id=id, password=password, select_on_focus=False)
        self.cursor_blink = False

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the drawn cursor is on the screen; Textual's own answer is a cell further at the end of the text."""
        return super().cursor_screen_offset - Offset(int(self.cursor_at_end), 0)

    def on_paste(self, event: events.Paste) -> None:
        """Take the first line of a paste, and say so where there was more."""
        event.prevent_default()
        event.stop()
        self.take(event.text)

    def action_paste(self) -> None:
        """Paste what was copied elsewhere in the wizard, by the same rules."""
        self.take(self.app.clipboard)

    def take(self, text: str) -> None:
        """Put what this field takes of a pasted *text* at the cursor."""
        line, notes = self.taken(text)
        self.replace(line, *sorted(self.selection))
        self.post_message(self.Noted(self, notes))

    def taken(self, text: str) -> tuple[str, list[Sentence]]:
        """Return what this field takes of a pasted *text*, and a sentence for all that it leaves out."""
        return single_line(text)


class SecretField(Field):
    """A field that shows nothing of what stands in it, and gives nothing of it to the terminal's clipboard."""

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        super().__init__(value, id=id, password=True)

    def action_copy(self) -> None:
        """Copy nothing; the key is free for what Ctrl+C means elsewhere."""
        raise SkipAction

    def action_cut(self) -> None:
        """Cut nothing."""


class KeyField(SecretField):
    """A field for a key; the first characters are shown where *shows_start* says so, to tell a wrong paste by."""

    def __init__(self, value: str = "", *, id: str | None = None, shows_start: bool = False) -> None:
        super().__init__(value, id=id)
        if shows_start:
            self.password = False
            self.highlighter = _Start()

    def taken(self, text: str) -> tuple[str, list[Sentence]]:
        """Return the first line without the white space that copying often brings along."""
        line, notes = single_line(text)
        if not notes and line.strip() != text:
            notes = [Sentence("White space around the key was left out: no key has any.")]
        return line.strip(), notes


class _Start(Highlighter):
    """Shows the first characters of a text, and a dot for each of the others."""

    def highlight(self, text: Text) -> None:
        text.plain = text.plain[:_SHOWN] + "•" * len(text.plain[_SHOWN:])
