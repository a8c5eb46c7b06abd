"""What is wrong or doubtful with a step, one sentence each."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content, Span
from textual.reactive import reactive
from textual.widget import Widget

from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.sentence import Sentence

_ORDER = ("note", "error", "warning")
MARKS = {"error": "✗", "warning": "!", "note": "·"}


class Problems(Widget):
    """Sentences: notes, then errors, then warnings; laid out anew only when they change."""

    DEFAULT_CSS = "Problems { height: auto; width: 1fr; }"

    rows: reactive[tuple[tuple[str, str], ...]] = reactive((), layout=True)

    def show(self, problems: Iterable[Problem], notes: Iterable[Sentence] = (), at_most: int | None = None) -> None:
        """Show *notes* on what was just done, and *problems*; with *at_most*, count those beyond it."""
        found = [(problem.severity, str(problem.sentence)) for problem in problems]
        rows = sorted([*found, *(("note", str(note)) for note in notes)], key=lambda row: _ORDER.index(row[0]))
        if at_most is not None and len(rows) > at_most:
            beyond = Sentence("{count:,} more.", {"count": len(rows) - at_most})
            rows[at_most:] = [("note", str(beyond))]
        self.rows = tuple(rows)

    def watch_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Take no room where there is nothing to say."""
        self.display = bool(rows)

    def render(self) -> Content:
        lines, spans, start = [], [], 0
        for severity, sentence in self.rows:
            lines.append(f"{MARKS[severity]} {sentence}")
            spans.append(
                Span(start, start + len(lines[-1]), f"$text-{severity}" if severity != "note" else "$text-muted")
            )
            start += len(lines[-1]) + 1
        return Content("\n".join(lines), spans)


class FixedProblems(Problems):
    """Problems in as many rows as the stylesheet gives them: what is beside them never moves as they come and go."""

    rows: reactive[tuple[tuple[str, str], ...]] = reactive((), layout=False)

    def watch_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Keep the room, whatever there is to say."""
