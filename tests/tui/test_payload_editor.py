"""The payload's editor: what is drawn of it, how little, and how it helps with variables and layout."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import TextArea

from ncloud_integration.integration import json_layout
from ncloud_integration.integration.template import MEANINGS
from ncloud_integration.practice.sample import PRACTICE_DRAFT
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.widgets.payload_colours import ON_DARK
from ncloud_integration.tui.widgets.payload_editor import PayloadEditor
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import PRACTICE, paste, text, until, wizard
from tests.tui.snapshots import assert_screen

pytestmark = pytest.mark.anyio

ROWS = [{"type": "section", "text": f"#{{RULE_NAME}} is #{{EVENT_STATUS}}, {row}"} for row in range(150)]
LONG = json.dumps({"blocks": ROWS}, separators=(",", ":"))


@asynccontextmanager
async def editing(
    payload: str = "", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Wizard, Pilot[None], PayloadEditor]]:
    """Run the wizard on Payload, with *payload* in the editor."""
    async with wizard(replace(PRACTICE, draft=replace(PRACTICE_DRAFT, payload=payload)), size) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await pilot.pause()
        yield app, pilot, app.screen.query_one(PayloadEditor)


def rows_of(editor: TextArea) -> list[str]:
    """Return what the editor shows, without the blanks at the ends of its rows."""
    strips = editor.render_lines(editor.size.region)
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def style_at(editor: TextArea, row: int, text: str) -> Style:
    """Return how the segment with *text* is drawn in the visible *row*."""
    strip = editor.render_lines(editor.size.region)[row]
    return next(segment.style for segment in strip if text in segment.text and segment.style)


class Beside(App[None]):
    """Our editor and Textual's own, on the same text."""

    CSS = "TextArea { height: 12; width: 40; border: none; padding: 0; scrollbar-size: 1 1; }"

    def __init__(self, payload: str) -> None:
        super().__init__()
        self._payload = payload

    def compose(self) -> ComposeResult:
        yield PayloadEditor(self._payload)
        yield TextArea(self._payload, soft_wrap=True, show_line_numbers=True, compact=True, highlight_cursor_line=False)


@pytest.mark.parametrize("seed", range(6))
async def test_the_same_text_is_shown_as_by_the_stock_editor(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PayloadEditor, "offered", "")
    random_ = random.Random(seed)
    pieces = ["a", '"text": ', "\n", "\t", "한글 ", "👩‍💻", "e\u0301", "x" * 50, "#{VALUE}", "{", "}", ", ", "    "]
    app = Beside("".join(random_.choices(pieces, k=150)))
    async with app.run_test(size=(50, 30)) as pilot:
        ours, stock = app.query_one(PayloadEditor), app.query(TextArea).last()
        assert stock is not ours
        for _ in range(25):
            at = (random_.randrange(ours.document.line_count), random_.randrange(30))
            end = (at[0] + random_.randrange(3), random_.randrange(30))
            what = "".join(random_.choices(pieces, k=random_.randrange(4)))
            for editor in (ours, stock):
                editor.move_cursor(at)
                editor.replace(what, editor.cursor_location, editor.clamp_visitable(end))
            await pilot.pause()
            assert ours.text == stock.text
            assert rows_of(ours) == rows_of(stock)
            assert ours.cursor_screen_offset - ours.region.offset == stock.cursor_screen_offset - stock.region.offset


async def test_a_key_draws_the_rows_that_it_changes_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async with editing(json_layout.spread(LONG)) as (_, pilot, editor):
        editor.move_cursor((4, 20))
        await pilot.pause()
        drawn: list[int] = []
        render_line = PayloadEditor.render_line

        def recorded(editor: PayloadEditor, y: int) -> Strip:
            drawn.append(y)
            return render_line(editor, y)

        monkeypatch.setattr(PayloadEditor, "render_line", recorded)
        for key, rows in (("x", {4}), ("up", {3, 4}), ("down", {3, 4}), ("right", {4}), ("backspace", {4})):
            drawn.clear()
            await pilot.press(key)
            await pilot.pause()
            assert set(drawn) == rows, key


async def test_colours_are_asked_for_what_is_visible_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async with editing(json_layout.spread(LONG)) as (_, pilot, editor):
        asked: list[tuple[int, int]] = []
        query = type(editor.document).query_syntax_tree

        def recorded(document, query_, start, end):  # type: ignore[no-untyped-def]
            asked.append((start[0], end[0]))
            return query(document, query_, start, end)

        monkeypatch.setattr(type(editor.document), "query_syntax_tree", recorded)
        await pilot.press("x")
        await pilot.pause()
        assert asked
        assert all(end - start <= editor.size.height + 1 for start, end in asked)


async def test_nothing_beside_the_editor_moves_as_problems_come_and_go() -> None:
    async with editing('{"a": 1}') as (app, pilot, editor):
        region = editor.region
        updates = app.screen._layout_updates
        for key in ('"', "backspace", ",", "}", "backspace"):
            await pilot.press(key)
            await pilot.pause()
            assert editor.region == region
        assert app.screen._layout_updates == updates


def marked(editor: PayloadEditor) -> list[tuple[int, str]]:
    """Return what is marked as where the JSON breaks, and in which visible row."""
    return [
        (row, segment.text)
        for row in range(editor.size.height)
        for segment in editor.render_line(row)
        if segment.style and segment.style.bgcolor == ON_DARK["error"].bgcolor
    ]


async def test_where_the_json_breaks_is_marked_and_only_there() -> None:
    async with editing('{\n"a": 1,,\n"b": 2\n}') as (_, pilot, editor):
        assert marked(editor) == [(1, ",")]
        editor.move_cursor((1, 8))
        await pilot.press("backspace")
        await pilot.pause()
        assert marked(editor) == []


async def test_json_that_breaks_off_is_marked_behind_its_end() -> None:
    async with editing('{"a": [1') as (_, _pilot, editor):
        assert marked(editor) == [(0, " ")]


async def test_a_bracket_and_its_partner_are_shown_but_not_one_in_a_string() -> None:
    async with editing('{"a}": [1]}') as (_, pilot, editor):
        await pilot.press("right", "left")
        assert editor.matching_bracket_location == (0, 10)
        editor.move_cursor((0, 3))
        await pilot.pause()
        assert editor.matching_bracket_location is None


@pytest.mark.parametrize(
    ("typed", "shown", "after"),
    [
        ("#{", "#{DOMAIN_CODE}", "#{DOMAIN_CODE}"),
        ("#{VA", "#{VALUE}", "#{VALUE}"),
        ("#{res", "#{resOURCE_NAME}", "#{RESOURCE_NAME}"),
        ("#{XY", '#{XY"', "#{XY"),
    ],
)
async def test_a_variable_is_completed_by_right(typed: str, shown: str, after: str) -> None:
    async with editing('""') as (app, pilot, editor):
        editor.move_cursor((0, 1))
        await pilot.press(*typed)
        await pilot.pause()
        assert f'1  "{shown}' in text(app)
        meaning = MEANINGS.get(after.strip("#{}"), "")
        assert f"{meaning}. Right completes it." in " ".join(text(app).split()) or not meaning
        await pilot.press("right")
        assert editor.text == f'"{after}"'
        assert editor.cursor_location[1] == len(after) + 1 + (not meaning)


async def test_what_is_offered_is_gone_as_soon_as_the_cursor_leaves() -> None:
    async with editing('""') as (app, pilot, editor):
        editor.move_cursor((0, 1))
        await pilot.press(*"#{VA", "left")
        await pilot.pause()
        assert not editor.suggestion
        await pilot.press("right")
        assert editor.text == '"#{VA"'
        await pilot.press("down")
        assert "Right completes" not in text(app)


async def test_f2_lists_the_variables_and_puts_one_in_place_of_a_broken_one() -> None:
    async with editing('{"a": "#{VALU} is"}') as (app, pilot, editor):
        editor.move_cursor((0, 10))
        await pilot.press("f2")
        await until(lambda: "what was measured" in text(app))
        await pilot.press("enter")
        await until(lambda: editor.text == '{"a": "#{VALUE} is"}')
        await pilot.press("ctrl+z")
        assert editor.text == '{"a": "#{VALU} is"}'


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (120, 40)], ids="{0[0]}x{0[1]}".format)
async def test_the_list_of_variables(size: tuple[int, int]) -> None:
    async with editing('{"a": "#{CRIT}"}', size) as (app, pilot, editor):
        editor.move_cursor((0, 10))
        await pilot.press("f2")
        await until(lambda: "CRITERIA" in text(app))
        await pilot.pause()
        assert_screen(app, "variables")


async def test_f2_and_escape_change_nothing() -> None:
    async with editing('{"a": ""}') as (app, pilot, editor):
        for key in ("f2", "escape"):
            await pilot.press("f2")
            await until(lambda: "what was measured" in text(app))
            await pilot.press(key)
            await until(lambda: "what was measured" not in text(app))
        assert editor.text == '{"a": ""}'


async def test_f6_lays_out_and_packs_and_each_is_one_step_back() -> None:
    packed = '{"a":[1,#{VALUE}],"b":{}}'
    async with editing(packed) as (app, pilot, editor):
        editor.move_cursor((0, 6))
        await pilot.press("f6")
        spread = json_layout.spread(packed)
        assert editor.text == app.session.draft.payload == spread
        line, column = editor.cursor_location
        assert editor.document[line][column] == "1"
        await pilot.press("f6")
        assert editor.text == packed
        await pilot.press("ctrl+z", "ctrl+z")
        assert editor.text == packed
        await pilot.press("ctrl+y")
        assert editor.text == spread


async def test_f6_does_nothing_to_what_is_not_json_but_say_where() -> None:
    async with editing('{"a": 1,}') as (app, pilot, editor):
        await pilot.press("f6")
        await pilot.pause()
        assert editor.text == '{"a": 1,}'
        assert "put line 1, column" in " ".join(text(app).split())
        assert editor.cursor_location != (0, 0)


async def test_a_long_line_that_is_pasted_is_laid_out_and_one_step_back() -> None:
    async with editing() as (app, pilot, editor):
        await paste(pilot, LONG)
        await pilot.pause()
        spread = json_layout.spread(LONG)
        assert len(spread) <= 15_000
        assert app.session.draft.payload == spread
        assert "It was laid out over lines" in text(app)
        await pilot.press("ctrl+z")
        assert editor.text == LONG
        await pilot.press("ctrl+z")
        assert editor.text == ""


async def test_a_long_line_that_is_loaded_is_laid_out_and_one_step_back() -> None:
    async with editing(LONG) as (app, pilot, _):
        assert app.session.draft.payload == json_layout.spread(LONG)
        assert "It was laid out over lines" in text(app)
        await pilot.press("ctrl+z")
        assert app.session.draft.payload == LONG


async def test_a_long_line_stays_one_where_its_layout_would_be_too_long_and_can_be_edited() -> None:
    line = json.dumps({"blocks": [*ROWS, *ROWS[:70]]}, separators=(",", ":"))
    async with editing(line) as (app, pilot, editor):
        assert editor.text == line
        assert "are not laid out" in text(app)
        assert editor.wrapped_document.height > 100
        editor.move_cursor((0, 7_000))
        await pilot.press("z")
        assert editor.text == line[:7_000] + "z" + line[7_000:]
        await pilot.pause()
        column = editor.cursor_screen_offset.x - editor.region.x
        row = editor.cursor_screen_offset.y - editor.region.y
        assert rows_of(editor)[row][column - 1] == "z"


@pytest.mark.parametrize(("name", "value"), [("TREE_SITTER", False), ("get_language", lambda _: None)])
async def test_without_a_parser_it_is_an_editor_still(
    name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"textual.widgets._text_area.{name}", value)
    async with editing('{"a": "#{VALUE} #{VALU}"}') as (app, pilot, editor):
        assert "JSON" in text(app)
        await pilot.press("end", "x")
        await pilot.pause()
        assert '1  {"a": "#{VALUE} #{VALU}"}x' in text(app)
        known, doubtful = style_at(editor, 0, "#{VALUE}"), style_at(editor, 0, "#{VALU}")
        assert known.color != doubtful.color


async def test_a_selection_over_lines_is_seen_also_where_a_line_is_empty() -> None:
    async with editing('{\n\n"a": 1}') as (_, pilot, editor):
        await pilot.press("shift+down", "shift+down")
        await pilot.pause()
        blanks = editor.render_lines(editor.size.region)[1]
        assert len({segment.style.bgcolor for segment in blanks if segment.style}) > 1
