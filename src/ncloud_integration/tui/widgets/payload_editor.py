"""The payload's editor: JSON in colours, `#{VARIABLES}` in their own, and nothing in it that cannot be seen.

One of the two modules that touch Textual's private names; `tests/tui/test_private_names.py` says when one has moved.

A key costs what the rows cost that it changes, however long the text is: colours are asked for what is visible, and a
row is drawn only where something of it is new.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter

from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Offset, Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import TextArea
from textual.widgets.text_area import (
    DocumentNavigator,
    LanguageDoesNotExist,
    Location,
    Selection,
    TextAreaTheme,
    WrappedDocument,
)

from ncloud_integration.integration import json_layout, template
from ncloud_integration.integration.model import PAYLOAD_BYTES_LIMIT
from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.integration.text import LOAD_LIMIT, document, size
from ncloud_integration.tui.widgets.payload_colours import ON_DARK, ON_LIGHT, WITHOUT_COLORS
from ncloud_integration.tui.widgets.payload_row import NOWHERE, Look, Row, Span, drawn

_QUERY = "(string) @string (pair key: (string) @label) [(number) (true) (false) (null)] @literal"
_LANGUAGE = "json"
_first_byte = attrgetter("start_byte")
"""In the order of the text: a query gives its nodes in any."""

_ROWS_KEPT = 512

_READABLE = 1_000
"""Characters of the longest line that stays as it is when JSON is pasted or loaded."""


class _WrappedDocument(WrappedDocument):
    """Textual's, which asks for the parts of a line at each key and has Rich cut them."""

    def get_sections(self, line_index: int) -> list[str]:
        """Return the parts of a line as it is wrapped."""
        line, breaks = self.document[line_index], self.get_offsets(line_index)
        return [line[start:end] for start, end in zip([0, *breaks], [*breaks, len(line)], strict=True)]


class PayloadEditor(TextArea):
    """A text area for the payload. `content` changes in the same frame as what is seen; Tab leaves the editor."""

    BINDINGS = [Binding("f6", "screen.lay_out", show=False)]

    content: reactive[str] = reactive("", init=False, repaint=False)
    selection: reactive[Selection] = reactive(Selection(), init=False, always_update=True, repaint=False)
    suggestion: reactive[str] = reactive("", repaint=False)

    _look: Look | None = None
    _spans: dict[int, list[Span]] | None = None
    _spanned: tuple[Location, Location] | None = None
    _error: Location | None = None
    _is_stale = False

    @dataclass
    class Noted(Message):
        """The text was changed beside what was typed; `notes` say how."""

        notes: list[Sentence]

    def __init__(self, text: str, *, id: str | None = None) -> None:
        self._shown: dict[int, Row] = {}
        self._strips: dict[Row, Strip] = {}
        super().__init__(
            text,
            id=id,
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=True,
            compact=True,
            highlight_cursor_line=False,
        )
        self.cursor_blink = False
        with contextlib.suppress(LanguageDoesNotExist):  # its parser is not there: no colours
            self.update_highlight_query(_LANGUAGE, _QUERY)
            self.language = _LANGUAGE

    # What changes the text

    def on_paste(self, event: events.Paste) -> None:
        """Take a paste with LF line ends and nothing invisible, and say what was changed."""
        event.prevent_default()
        event.stop()
        if size(event.text) > LOAD_LIMIT:
            self.post_message(
                self.Noted(
                    [
                        Sentence(
                            "What was pasted has {size:,} bytes, far more than a payload may have, and was left out.",
                            {"size": size(event.text)},
                        )
                    ]
                )
            )
            return
        text, notes = document(event.text)
        result = self.replace(text, *sorted(self.selection), maintain_selection_offset=False)
        self.move_cursor(result.end_location)
        self.post_message(self.Noted([*notes, *self.spread_long_lines()]))

    def spread_long_lines(self) -> list[Sentence]:
        """Lay JSON out over lines where one of them is too long to be read; return what is to be said of that.

        What would then be too long for a payload stays as it is.
        """
        text = self.text
        if max(map(len, self.document.lines), default=0) <= _READABLE or template.json_error(text):
            return []
        spread = json_layout.spread(text)
        values: Values = {"before": size(text), "after": size(spread)}
        if size(spread) > PAYLOAD_BYTES_LIMIT:
            return [Sentence("Its {before:,} bytes are not laid out: {after:,} would be too many. F6 does it.", values)]
        self.take_over(spread, self._index_of(self.cursor_location))
        return [
            Sentence(
                "It was laid out over lines, {after:,} bytes where it had {before:,}: Ctrl+Z takes that back.", values
            )
        ]

    def lay_out(self) -> None:
        """Give each member of the JSON a line of its own, or put all into one line where they have theirs already."""
        spread = json_layout.spread(self.text)
        text = json_layout.packed(self.text) if self.text == spread else spread
        self.take_over(text, json_layout.same_place(self.text, self._index_of(self.cursor_location), text))

    def take_over(self, text: str, cursor: int | None = None) -> None:
        """Put *text* in place of all that is there, as one step to undo.

        The cursor goes to the index *cursor* of it, or else stays as near as it can.
        """
        at = self.cursor_location if cursor is None else _location(text, cursor)
        self.history.checkpoint()
        self.replace(text, self.document.start, self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.clamp_visitable(at))  # ends the step as well

    def insert_variable(self, name: str) -> None:
        """Put `#{NAME}` where the cursor is, in place of a variable that is broken or begun there."""
        row, column = self.cursor_location
        start, end = template.place_at(self.document[row], column) if self.selection.is_empty else NOWHERE
        first, last = ((row, start), (row, end)) if self.selection.is_empty else sorted(self.selection)
        result = self.replace(f"#{{{name}}}", first, last, maintain_selection_offset=False)
        self.move_cursor(result.end_location)

    @property
    def variable_at_cursor(self) -> str:
        """The name in the variable where the cursor is, or an empty text."""
        row, column = self.cursor_location
        start, end = template.place_at(self.document[row], column)
        return self.document[row][start:end].strip("#{}")

    def _index_of(self, location: Location) -> int:
        row, column = location
        return sum(len(line) + 1 for line in self.document.lines[:row]) + column

    @property
    def offered(self) -> str:
        """The name of the variable that is offered to complete what is begun before the cursor, or an empty text."""
        row, column = self.cursor_location
        variable = template.begun(self.document[row][:column])
        is_free = self.selection.is_empty and not re.match(r"[\w}]", self.document[row][column:])
        return next(iter(template.completions(variable.name)), "") if variable and is_free else ""

    def update_suggestion(self) -> None:
        """Offer the rest of a variable's name behind the cursor."""
        begun = self.variable_at_cursor if self.offered else ""
        self.suggestion = f"{self.offered[len(begun) :]}}}" if self.offered else ""

    def action_cursor_right(self, select: bool = False) -> None:
        """Take the variable that is offered, or go right."""
        if self.suggestion and not select:
            self.insert_variable(self.offered)
        else:
            super().action_cursor_right(select)

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """Return where the bracket is that belongs to the *bracket* at *search_from*; none in strings count."""
        if bracket not in {*"[]{}"}:
            return None
        partner = json_layout.matching_bracket(self.text, self._index_of(search_from))
        return None if partner is None else _location(self.text, partner)

    # What is shown of it

    def _set_document(self, text: str, language: str | None) -> None:
        """Wrap the lines of *text* in a way that does not slow down with their length."""
        super()._set_document(text, language)
        self.wrapped_document = _WrappedDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._rewrap_and_refresh_virtual_size()

    def mark_error(self, at: Location | None) -> None:
        """Mark the character at row and column of *at* as where the text stops being JSON."""
        if at != self._error:
            self._error, self._spans = at, None
            self._refresh_soon()

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Scroll to the cursor, but not where an undo has just taken its row away: Textual asks before it moves it."""
        if self.cursor_location[0] >= self.document.line_count:
            return Offset()
        return super().scroll_cursor_visible(center, animate)

    def _build_highlight_map(self) -> None:
        """Ask for colours anew, and tell of the new text: Textual comes by here on every change of it."""
        self._spans = None
        self.content = self.text
        self._refresh_soon()

    def watch_selection(self) -> None:
        """Show the cursor and the selection where they are."""
        self.update_suggestion()
        self._refresh_soon()

    def watch_suggestion(self) -> None:
        """Show the suggestion, or none."""
        self._refresh_soon()

    def _refresh_soon(self) -> None:
        if not self._is_stale and self.is_mounted:
            self._is_stale = True
            self.call_next(self._refresh_changed)

    def _refresh_changed(self) -> None:
        """Have the rows drawn that do not look as they should."""
        self._is_stale = False
        for y in range(self.size.height):
            if self._shown.get(y) != self._row(y):
                self.refresh(Region(0, y, self.size.width, 1))

    def notify_style_update(self) -> None:
        """Draw all rows in their new styles."""
        self._look = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the cells of the rows in *crop*, in the styles of this moment."""
        if self._look is None:
            self._theme.apply_css(self)
            self._look = self._looks()
            self._strips.clear()
        return Widget.render_lines(self, crop)

    def _looks(self) -> Look:
        """Return the styles of the theme, or those that need no colours."""
        if self.app.no_color:
            return WITHOUT_COLORS
        return _look(self._theme, ON_DARK if self.app.current_theme.dark else ON_LIGHT)

    def render_line(self, y: int) -> Strip:
        """Return the cells of the row at *y*, counted from the top of what is visible."""
        row = self._shown[y] = self._row(y)
        if row not in self._strips:
            if len(self._strips) >= _ROWS_KEPT:
                self._strips.clear()
            self._strips[row] = drawn(row, self._look or Look())
        return self._strips[row]

    def _row(self, y: int) -> Row:
        """Return the row at *y*, counted from the top of what is visible."""
        wrapped, number_width = self.wrapped_document, self.gutter_width
        width = max(self.scrollable_content_region.width - number_width, 0)
        lines = wrapped._offset_to_line_info
        y += self.scroll_offset.y
        if y >= len(lines):
            return Row(" " * number_width, width=width, is_last=False)
        line, section = lines[y]
        breaks = [0, *wrapped.get_offsets(line), len(self.document[line])]
        start, end = breaks[section], breaks[section + 1]
        is_last = section == len(breaks) - 2
        text = self.document[line][start:end]
        cursor_line, cursor = self.cursor_location
        has_cursor = self._draw_cursor and cursor_line == line and start <= cursor < end + is_last
        first_tab = self.document[line].count("\t", 0, start)
        return Row(
            number=f"{'' if section else line + 1:>{number_width - 2}}  ",
            text=text,
            width=width,
            is_last=is_last,
            tab_widths=tuple(wrapped.get_tab_widths(line)[first_tab : first_tab + text.count("\t")]),
            spans=tuple(_cut(self._spans_of(line), start, end + is_last)),
            selected=_within(self._columns(line, *sorted(self.selection)), start, end + is_last),
            brackets=tuple(column - start for column in self._bracket_columns(line) if start <= column < end),
            cursor=cursor - start if has_cursor else -1,
            ghost=self.suggestion if has_cursor else "",
        )

    def _columns(self, line: int, start: Location, end: Location) -> tuple[int, int]:
        """Return the part of *line* between *start* and *end*; its end counts as a character where both go on."""
        first = start[1] if start[0] == line else 0
        last = end[1] if end[0] == line else len(self.document[line]) + 1
        return (first, last) if start[0] <= line <= end[0] else NOWHERE

    def _bracket_columns(self, line: int) -> list[int]:
        partner = self.matching_bracket_location
        if partner is None or not self.selection.is_empty:
            return []
        return [column for row, column in (partner, self.cursor_location) if row == line]

    def _spans_of(self, line: int) -> list[Span]:
        """Return what of *line* has a colour of its own."""
        if self._spans is None or self._spanned != self._visible:
            self._spans, self._spanned = self._visible_spans(), self._visible
        return self._spans[line]

    @property
    def _visible(self) -> tuple[Location, Location]:
        """Where the visible text starts and ends."""
        wrapped = self.wrapped_document
        lines = wrapped._offset_to_line_info[self.scroll_offset.y :][: max(self.size.height, 1)] or [(0, 0)]
        (first, section), (last, last_section) = lines[0], lines[-1]
        return (first, [0, *wrapped.get_offsets(first)][section]), (
            last,
            [*wrapped.get_offsets(last), -1][last_section],
        )

    def _visible_spans(self) -> dict[int, list[Span]]:
        spans: dict[int, list[Span]] = defaultdict(list)
        (first, first_column), (last, end) = self._visible
        lines = {line: self.document[line] for line in range(first, last + 1)}
        if self._highlight_query:
            begin = first, size(lines[first][:first_column])
            until = (last + 1, 0) if end < 0 else (last, size(lines[last][:end]))
            captures = self.document.query_syntax_tree(self._highlight_query, begin, until)
            for mark in ON_DARK:
                for node in sorted(captures.get(mark, ()), key=_first_byte):
                    line, column = node.start_point
                    if line in lines and node.end_point[0] == line:
                        spans[line].append(_span(lines[line], column, node.end_point[1], mark))
        for line, text in lines.items():
            start = max(text.rfind("#{", 0, first_column + 1), 0) if line == first else 0
            stop = end if line == last and end >= 0 else len(text)
            for variable in template.variables(text, start, text.find("}", stop) + 1 or None):
                spans[line].append(Span(variable.start, variable.end, "variable" if variable.is_known else "doubtful"))
        if self._error and self._error[0] in lines:
            spans[self._error[0]].append(Span(self._error[1], self._error[1] + 1, "error"))
        return spans


def _location(text: str, index: int) -> Location:
    line, column = template.position(text, index)
    return line - 1, column - 1


def _look(theme: TextAreaTheme, marks: Mapping[str, Style]) -> Look:
    none = Style.null()
    return Look(
        text=theme.base_style or none,
        number=theme.gutter_style or none,
        cursor=theme.cursor_style or none,
        selection=theme.selection_style or none,
        bracket=theme.bracket_matching_style or none,
        marks=marks,
    )


def _span(line: str, start: int, end: int, mark: str) -> Span:
    """Return the span of the bytes from *start* up to *end* of *line*."""
    if line.isascii():
        return Span(start, end, mark)
    encoded = line.encode("utf-8", "surrogatepass")
    return Span(len(encoded[:start].decode(errors="ignore")), len(encoded[:end].decode(errors="ignore")), mark)


def _cut(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """Yield what of *spans* is between *start* and *end*, counted from there."""
    for span in spans:
        if span.start < end and span.end > start:
            yield Span(max(span.start, start) - start, min(span.end, end) - start, span.mark)


def _within(columns: tuple[int, int], start: int, end: int) -> tuple[int, int]:
    first, last = max(columns[0], start), min(columns[1], end)
    return (first - start, last - start) if first < last else NOWHERE
