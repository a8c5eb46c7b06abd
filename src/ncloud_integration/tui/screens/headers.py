"""The headers that go with each call to the endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget

from ncloud_integration.integration import header_lines
from ncloud_integration.integration.checks import Problem, is_blank
from ncloud_integration.integration.model import HEADER_BYTES_LIMIT, HEADERS_LIMIT, Header
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.screens.step import StepScreen
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.field import Field
from ncloud_integration.tui.widgets.line import Line
from ncloud_integration.tui.widgets.problems import Problems
from ncloud_integration.wizard.steps import Step

_NOTES_SHOWN = 3


class HeaderField(Field):
    """A field in a table: Up and Down move between rows."""

    BINDINGS = [
        Binding("up", "screen.move_row(-1)", show=False),
        Binding("down", "screen.move_row(1)", show=False),
    ]


class NameField(HeaderField):
    """The field for a header's name; `Name: value` lines that are pasted into it fill rows."""

    @dataclass
    class LinesPasted(Message):
        """Lines with a colon were pasted."""

        field: NameField
        text: str

    def on_paste(self, event: events.Paste) -> None:
        """Hand on a paste that holds whole headers."""
        if ":" in event.text:
            event.prevent_default()
            event.stop()
            self.post_message(self.LinesPasted(self, event.text))


class HeaderRow(Horizontal):
    """One header: name, value, bytes, and a button to remove it."""

    def __init__(self, header: Header) -> None:
        super().__init__(classes="row")
        self._header = header

    def compose(self) -> Iterable[Widget]:
        yield NameField(self._header.name, placeholder=Sentence("name"))
        yield HeaderField(self._header.value, placeholder=Sentence("value"))
        yield Line(classes="header-size quiet")
        yield Action("x", classes="remove")

    def on_mount(self) -> None:
        """Watch both fields, so that the bytes follow in the same frame."""
        name, value = self.fields
        name.add_class("header-name")
        value.add_class("header-value")
        for field in (name, value):
            self.watch(field, "value", self._edited, init=False)
        self._show_size()

    @property
    def fields(self) -> tuple[Field, Field]:
        """The fields of name and value."""
        name, value = self.query(Field)
        return name, value

    @property
    def header(self) -> Header:
        """The header as it is typed."""
        name, value = self.fields
        return Header(name.value.strip(), value.value.strip())

    def fill(self, header: Header) -> None:
        """Put *header* in place of what is typed."""
        name, value = self.fields
        name.value, value.value = header.name, header.value

    def on_resize(self) -> None:
        """Count in less room where there is less."""
        self._show_size()

    def _edited(self) -> None:
        self._show_size()
        cast("HeadersScreen", self.screen).rows_edited()

    def _show_size(self) -> None:
        used = self.header.size
        line = self.query_one(Line)
        line.text = f"{used:,}" if self.screen.has_class("-narrow") else f"{used:,} / {HEADER_BYTES_LIMIT}"
        line.set_class(used > HEADER_BYTES_LIMIT, "-over")


class HeadersScreen(StepScreen):
    """Takes up to ten headers, one a row."""

    step = Step.HEADERS
    heading = Sentence("Which headers should go with each call?")
    first = "add"

    def body(self) -> Iterable[Widget]:
        """Yield the rows, the button for another, how many there are, and what is wrong with them."""
        with Vertical(id="rows"):
            for header in self.session.draft.headers:
                yield HeaderRow(header)
        with Horizontal(classes="row gap"):
            yield Action(Sentence("Add a header"), id="add")
            yield Line(id="count", classes="quiet")
        yield Problems(id="problems")

    def on_mount(self) -> None:
        """Show how many headers there are."""
        self.show_problems()

    def focus_first(self) -> None:
        """Put the cursor into the first row, or onto the button where there is none."""
        rows = self.rows
        self.set_focus(rows[0].fields[0] if rows else self.query_one("#add"), scroll_visible=False)

    @property
    def rows(self) -> list[HeaderRow]:
        """The rows from top to bottom."""
        return list(self.query(HeaderRow).results(HeaderRow))

    def rows_edited(self) -> None:
        """Bring the draft in line with the rows."""
        self.session.edit(headers=tuple(row.header for row in self.rows))
        self.session.notes.pop("headers", None)
        self.show_problems()

    def show_problems(self) -> None:
        """Show how many headers there are, and what is wrong with them."""
        headers = self.session.draft.headers
        count = sum(not is_blank(header) for header in headers)
        line = self.query_one("#count", Line)
        line.text = f"  {Sentence('{count} / {limit} headers', {'count': count, 'limit': HEADERS_LIMIT})}"
        line.set_class(count > HEADERS_LIMIT, "-over")
        self.query_one("#problems", Problems).show(self.problems(), self.session.notes.get("headers", []))

    def focus_on(self, problem: Problem) -> None:
        """Put the cursor into the field that *problem* is about."""
        row, part = problem.at
        self.set_focus(self.rows[row].fields[part])

    def on_field_noted(self, event: Field.Noted) -> None:
        """Say what a paste left out."""
        self._note(event.notes)

    @on(Action.Pressed, "#add")
    async def add_row(self) -> None:
        """Add a blank row and put the cursor into it."""
        if len(self.rows) >= HEADERS_LIMIT:
            self._note([Sentence("There can be no more than {limit} headers.", {"limit": HEADERS_LIMIT})])
            return
        await self._append([Header("", "")])
        self.set_focus(self.rows[-1].fields[0])

    @on(Action.Pressed, ".remove")
    async def remove_row(self, event: Action.Pressed) -> None:
        """Remove the row of the button, and go to the one that takes its place."""
        row = next(row for row in self.rows if row in event.button.ancestors)
        index = self.rows.index(row)
        await row.remove()
        self.rows_edited()
        rows = self.rows
        self.set_focus(rows[min(index, len(rows) - 1)].fields[0] if rows else self.query_one("#add"))

    @on(NameField.LinesPasted)
    async def fill_rows(self, event: NameField.LinesPasted) -> None:
        """Fill the row that was pasted into if it is blank, and new rows for the rest."""
        headers, notes = header_lines.read_all(event.text)
        row = next(row for row in self.rows if event.field in row.fields)
        headers, beyond = header_lines.bounded(headers, max(header_lines.TAKEN_LIMIT - len(self.rows), 1))
        if headers and is_blank(row.header):
            row.fill(headers.pop(0))
        await self._append(headers)
        self._note([*notes[:_NOTES_SHOWN], *beyond])

    def action_move_row(self, direction: int) -> None:
        """Move to the same part of the row in *direction*, or off the table at its ends."""
        rows = self.rows
        for index, row in enumerate(rows):
            if self.focused in row.fields:
                part = row.fields.index(self.focused)
                if 0 <= index + direction < len(rows):
                    self.set_focus(rows[index + direction].fields[part])
                elif direction > 0:
                    self.set_focus(self.query_one("#add"))
                else:
                    self.set_focus(self.query_one("Rail"))
                return

    async def _append(self, headers: Iterable[Header]) -> None:
        await self.query_one("#rows").mount_all([HeaderRow(header) for header in headers])
        self.rows_edited()

    def _note(self, notes: list[Sentence]) -> None:
        if notes:
            self.session.notes["headers"] = notes
        self.show_problems()
