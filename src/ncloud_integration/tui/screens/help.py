"""What F1 shows: what the step asks for, its limits, its keys, and more about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.containers import Grid, Vertical
from textual.widget import Widget

from ncloud_integration.integration.sentence import Passage, Sentence
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.widgets.line import Line, Paragraph
from ncloud_integration.wizard.help import DIALOG, DIALOG_KEYS, EVERYWHERE, HELP, KEYS, LIMITS, MORE, Key
from ncloud_integration.wizard.question import Question
from ncloud_integration.wizard.steps import Step


class HelpDialog(Dialog):
    """Explains *step*."""

    def __init__(self, step: Step) -> None:
        super().__init__(Question.of(step.title, None, close=Sentence("Close")))
        self._help = HELP[step]

    def explained(self) -> Widget:
        """Return all parts of the help, one below the other."""
        return Vertical(*self._parts(), id="explanation")

    def _parts(self) -> Iterator[Widget]:
        yield Paragraph(self._help.asks)
        yield _heading(LIMITS)
        yield Grid(*_rows(("·", str(limit)) for limit in self._help.limits), classes="help-limits")
        yield from _table(KEYS, (*self._help.keys, *EVERYWHERE))
        yield _heading(MORE)
        yield Paragraph(Passage.paragraphs(*self._help.about))
        yield from _table(DIALOG, DIALOG_KEYS)


def _table(heading: Sentence, keys: Iterable[Key]) -> Iterator[Widget]:
    yield _heading(heading)
    yield Grid(*_rows((", ".join(key.names), str(key.does)) for key in keys), classes="help-keys")


def _heading(sentence: Sentence) -> Line:
    return Line(sentence, classes="help-heading")


def _rows(rows: Iterable[tuple[str, str]]) -> Iterator[Paragraph]:
    for left, right in rows:
        yield Paragraph(left, classes="help-left")
        yield Paragraph(right)
