"""A question for passwords: they are typed here, tried at once, and never shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import on
from textual.binding import Binding
from textual.widget import Widget

from ncloud_integration.cloudinsight.keys import Secret
from ncloud_integration.integration.sentence import Passage, Sentence, Text
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.field import Field, SecretField
from ncloud_integration.tui.widgets.line import Line, Paragraph
from ncloud_integration.wizard.question import DONE, PasswordQuestion, Question

_ROWS_PER_FIELD = 2


class PasswordField(SecretField):
    """A field for a password; Enter tries it."""

    BINDINGS = [Binding("enter", "screen.try", show=False)]


class PasswordDialog(Dialog):
    """Asks for passwords; closes with `DONE` once the question's trial is content with them.

    Escape and Cancel close it with nothing, unless a trial that is under way turns out to be done.
    """

    AUTO_FOCUS = "PasswordField"
    is_a_choice = False
    BINDINGS = [Binding("escape", "cancel", show=False)]

    def __init__(self, question: PasswordQuestion) -> None:
        super().__init__(
            Question(question.title, question.text, {"try": question.button, "cancel": Sentence("Cancel")})
        )
        self._labels = question.labels
        self._trial = question.trial
        self._is_trying = False
        self._is_cancelled = False
        self.rows_below_text = _ROWS_PER_FIELD * len(self._labels)

    def below_text(self) -> Iterable[Widget]:
        """Yield the fields."""
        for label in self._labels:
            yield Line(label, classes="label")
            yield PasswordField()

    @on(Action.Pressed)
    def answer(self, event: Action.Pressed) -> None:
        """Try the passwords, or close with nothing."""
        event.prevent_default()
        if event.button.id == "try":
            self.action_try()
        else:
            self.action_cancel()

    def on_field_noted(self, event: Field.Noted) -> None:
        """Say what a paste left out."""
        self._say(Passage(tuple(event.notes)))

    def action_try(self) -> None:
        """Try the passwords once all of them are typed; before that, go to the first that is not."""
        fields = list(self.query(PasswordField))
        missing = next((field for field in fields if not field.value), None)
        if missing:
            self.set_focus(missing)
        elif not self._is_trying:
            self._is_trying = True
            self._say(Sentence("One moment…"))
            self._trial.start(self._try([Secret(field.value) for field in fields]))

    def action_cancel(self) -> None:
        """Close with nothing; where a trial is under way, once it is known what came of it."""
        if self._is_trying:
            self._is_cancelled = True
            self._trial.give_up()
        else:
            self.close()

    async def _try(self, passwords: Sequence[Secret]) -> None:
        complaint = await self._trial.run(passwords)
        self._is_trying = False
        if not self.is_attached:
            return
        if complaint is None or self._is_cancelled:
            self.close("" if complaint else DONE)
            return
        for field in self.query(PasswordField):
            field.value = ""
        self.set_focus(self.query(PasswordField).first())
        self._say(complaint)

    def _say(self, text: Text) -> None:
        said = self.query_one("#explanation", Paragraph)
        said.text = str(text)
        said.add_class("-complaint")
