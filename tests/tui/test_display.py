"""What terminals can show: on dark and on light all can be read, and without colours all can be told apart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from rich.color import ColorSystem
from rich.style import Style
from textual.pilot import Pilot

from ncloud_integration.credentials.sources import of_environment
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.display import Display, has_colors, is_light
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.wizard.session import Session, Start
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import PRACTICE, armed
from tests.tui.test_screens import BAD, FOUND

pytestmark = pytest.mark.anyio

READABLE = 3.0
"""The contrast that WCAG asks of large text and signs; that of most text here is twice as much."""

DECORATION = "─│╭╮╰╯▌▐▁▂▃▄▅▆▇█0123456789"
"""What need not be read: lines, and numbers of lines."""


@asynccontextmanager
async def showing(display: Display, start: Start) -> AsyncIterator[tuple[Wizard, Pilot[None]]]:
    app = Wizard(Session.begin(replace(start, notes={})), display)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        yield app, pilot


def styles(app: Wizard, text: str) -> list[Style]:
    """Return the styles of all that begins with *text* on the screen."""
    strips = app.screen._compositor.render_strips()
    return [each.style for strip in strips for each in strip if each.style and each.text.strip().startswith(text)]


def contrast(style: Style) -> float:
    dark, bright = sorted((_light(style.color), _light(style.bgcolor)))
    return (bright + 0.05) / (dark + 0.05)


def _light(colour: object) -> float:
    triplet = getattr(colour, "triplet", None)
    assert triplet, "all colours are true ones before they go to the terminal"
    parts: list[float] = [
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in triplet
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def assert_readable(app: Wizard) -> None:
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if text.strip().strip(DECORATION) and style and style.color and style.bgcolor:
                assert contrast(style) >= READABLE, f"{text!r} is {style}"


@pytest.mark.parametrize("is_on_light", [False, True], ids=["dark", "light"])
async def test_all_can_be_read(is_on_light: bool) -> None:
    async with showing(Display(is_light=is_on_light), PRACTICE) as (app, pilot):
        for key in ("f8", "shift+tab", "down", "f1", "escape", "f8", "f8", "f8", "f3", "escape", "f5", "escape", "f8"):
            await pilot.press(key)
            await pilot.pause()
            assert_readable(app)
        await armed(app, "#create")
        assert_readable(app)
    start = Start(draft=BAD, sources=(of_environment(FOUND),))
    async with showing(Display(is_light=is_on_light), start) as (app, pilot):
        for step in (Step.NAME, Step.URL, Step.PAYLOAD):
            await app.show_step(step)
            await pilot.press("f8")
            await pilot.pause()
            assert_readable(app)


async def test_without_colours_all_can_be_told_apart() -> None:
    async with showing(Display(has_colors=False), PRACTICE) as (app, pilot):
        await pilot.press("f8")
        (focused,) = styles(app, "practice-integration")
        assert focused.underline
        await pilot.press("f1")
        await pilot.pause()
        assert styles(app, "[Close]")[0].reverse
        await pilot.press("escape", "f8", "f8", "f8", "f5")
        await pilot.pause()
        assert styles(app, "Any service")[0].underline
        assert not styles(app, "Discord")[0].underline
        await pilot.press("escape", "f8")
        action = app.screen.query_one("#create", Action)
        if not action.is_armed:
            assert not styles(app, "[Create]")[0].reverse
        await armed(app, "#create")
        await pilot.pause()
        assert styles(app, "[Create]")[0].reverse
    start = Start(draft=replace(BAD, payload='{"a": 1,, "b": 2}'))
    async with showing(Display(has_colors=False), start) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await pilot.pause()
        marks = [style for style in styles(app, ",") if style.reverse]
        assert [mark.underline for mark in marks] == [True], "the error is marked, and the cursor, elsewhere, is not it"
        cursor = styles(app, "{")
        assert cursor[0].reverse
        assert not cursor[0].underline


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "linux", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "vt220"}, False),
        ({"TERM": "xterm-mono"}, False),
    ],
)
def test_colours(variables: Mapping[str, str], expected: bool) -> None:
    assert has_colors(variables) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [("0;15", True), ("0;default;7", True), ("15;0", False), ("", False), ("15", True)]
)
def test_light(value: str, expected: bool) -> None:
    assert is_light({"COLORFGBG": value}) is expected


def test_no_colour_goes_to_a_terminal_without_any() -> None:
    from rich.segment import Segment

    from ncloud_integration.tui.painter import Painter

    run = (0, 0, [Segment("a", Style(color="red", bgcolor="#123456", bold=True))])
    assert Painter().paint((4, 1), [run], (0, 0), None) == "\x1b[H\x1b[0;1ma\r"
    assert "38;2" not in Painter().paint((4, 1), [run], (0, 0), ColorSystem.STANDARD)
