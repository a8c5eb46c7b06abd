"""Long sessions of the wizard: what its terminal shows is what Textual alone would show there, cell for cell.

SCREEN_SESSIONS=50 runs more of them; a failure names the seed and what was pressed.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.driver import Driver
from textual.geometry import Size

from ncloud_integration.integration.model import Header
from ncloud_integration.practice.sample import PRACTICE_DRAFT
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.dialogs import dialog_of
from ncloud_integration.tui.screens.step import StepScreen
from ncloud_integration.tui.terminal import TerminalDriver, has_caught_up
from ncloud_integration.tui.widgets import action
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import RAIL, Step
from tests.emulator import Emulator, shown
from tests.tui.driving import PRACTICE, armed, until
from tests.tui.test_screens import QUESTIONS

pytestmark = pytest.mark.anyio

SESSIONS = int(os.environ.get("SCREEN_SESSIONS", "4"))
SIZES = [(80, 24), (40, 12), (120, 40), (61, 17)]
THEMES = ["textual-dark", "textual-light", "ansi-dark", "ansi-light", "nord"]
PAYLOAD = (
    "{\n"
    + "".join(
        f'  "{name}": "#{{RULE_NAME}} 경보 {name * 3} is #{{EVENT_STATUS}} at #{{WHEN}}, number {number}",\n'
        for number, name in enumerate(
            ("alarm", "번호", "🚨", "cafe\u0301", "deep", "enough", "five", "group", "❤\ufe0f")
        )
    )
    + '  "n": [1, 2, {"deep": [true, null]}]\n}'
)
START = replace(
    PRACTICE,
    draft=replace(PRACTICE_DRAFT, name="경보 🚨 한글", headers=(Header("X-Team", "ops"),), payload=PAYLOAD),
)
TYPED = [*"abc {}[]\"',:12", "가", "한", "🚨", "e", "\u0301", "日", "#", "─"]
MOVED = [*(["left", "right", "up", "down"] * 4), "home", "end", "pageup", "pagedown", "ctrl+home", "ctrl+end"]
SELECTED = ["shift+left", "shift+right", "shift+up", "shift+down", "shift+end", "ctrl+shift+end"]
EDITED = ["backspace", "delete", "ctrl+z", "ctrl+y", "ctrl+w", "ctrl+k", "ctrl+u", "enter", "f6"]
WALKED = ["f8", "f7", "f1", "escape", "tab", "shift+tab", "ctrl+l"]
PASTED = ['"key": "#{VALUE}"', "여러 줄\nof text\n" * 3, "x" * 70, PAYLOAD]


class ScreenDriver(TerminalDriver):
    """Shows what is written on an emulator, and beside it on another one what Textual alone would have written."""

    def __init__(self, app: Wizard, *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None) -> None:
        Driver.__init__(self, app, debug=debug, mouse=mouse, size=size)
        self.ours, self.theirs = (Emulator(*(size or (80, 24))) for _ in range(2))
        self.written = 0
        self._writer_thread = None
        for emulator in (self.ours, self.theirs):
            emulator.feed("\x1b[?1049h\x1b[?7l")

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.ours.columns, self.ours.lines

    def write(self, data: str) -> None:
        self.written += len(data.encode())
        self.ours.feed(data)

    def start_application_mode(self) -> None:
        self.send_size()

    def send_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self.process_message(events.Resize(size, size))

    def stop_application_mode(self) -> None:
        pass

    def disable_input(self) -> None:
        pass

    def close(self) -> None:
        pass


class WatchedWizard(Wizard):
    """Compares both screens after each frame."""

    difference = ""
    frames = stock_bytes = 0

    def _write_frame(self, driver: TerminalDriver, update: LayoutUpdate | ChopsUpdate) -> None:
        assert isinstance(driver, ScreenDriver)
        x, y = self.screen.outer_size.clamp_offset(self.cursor_position)
        stock = f"{update.render_segments(self.console)}\x1b[{y + 1};{x + 1}H"
        self.stock_bytes += len(stock.encode())
        self.frames += 1
        super()._write_frame(driver, update)
        if self.size == self.screen._compositor.size:  # else it is about to be laid out anew
            driver.theirs.feed(stock)
            self.difference = self.difference or difference(driver.ours.cells(), driver.theirs.cells())
            if driver.ours.position != driver.theirs.position:
                self.difference = self.difference or f"{driver.ours.position} instead of {driver.theirs.position}"


Screen = list[list[tuple[object, ...]]]


def difference(ours: Screen, theirs: Screen) -> str:
    """Return where two screens differ, for a person to read."""
    cells = [
        f"column {x}, row {y}: {mine} instead of {its}"
        for y, rows in enumerate(zip(ours, theirs, strict=True))
        for x, (mine, its) in enumerate(zip(*rows, strict=True))
        if mine != its
    ]
    return (
        "\n".join(["", *cells[:10], f"{len(cells)} cells", shown(ours), "instead of", shown(theirs)]) if cells else ""
    )


class Sitting:
    """A wizard, and a person at it who does anything."""

    def __init__(self, app: WatchedWizard, chance: random.Random) -> None:
        self.app = app
        self.chance = chance
        self.done: list[str] = []

    @property
    def driver(self) -> ScreenDriver:
        assert isinstance(self.app._driver, ScreenDriver)
        return self.app._driver

    async def settle(self) -> None:
        """Return once nothing is left to be drawn; fail where the screens differ."""
        for _ in range(100):
            assert self.app.is_running, f"it ended after {self.done[-20:]}: {self.app.crash_report}"
            await has_caught_up(self.app)
            await has_caught_up(self.app.screen)
            screen = self.app.screen
            is_waiting = self.app._resize_timer or screen._layout_required or screen._repaint_required
            if not is_waiting and not screen._dirty_widgets and not screen._callbacks:
                break
            await asyncio.sleep(0.004)
        assert not self.app.difference, f"after {self.done[-20:]}: {self.app.difference}"

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.done.append(key)
            await self._give(events.Key(key, key if len(key) == 1 else None))

    async def paste(self, text: str) -> None:
        self.done.append(f"paste {text!r}")
        await self._give(events.Paste(text))

    async def resize(self, size: tuple[int, int]) -> None:
        self.done.append(f"resize to {size}")
        for emulator in (self.driver.ours, self.driver.theirs):
            emulator.resize(size[1], size[0])
        self.driver.send_size()
        await self.come_to_rest(is_new=True)

    async def theme(self, name: str) -> None:
        self.done.append(f"theme {name}")
        self.app.theme = name
        await self.settle()

    async def redraw(self) -> None:
        """Draw all anew; nothing on the screen may have been left out before."""
        await self.come_to_rest()
        before = self.driver.ours.cells()
        await self.press("ctrl+l")
        await self.come_to_rest()
        missed = difference(before, self.driver.ours.cells())
        assert not missed, f"after {self.done[-20:]}: {missed}"

    async def come_to_rest(self, is_new: bool = False) -> None:
        """Return once no frame has come for a while; on a screen that *is_new*, only what comes last counts."""
        frames = -1
        while frames != self.app.frames:
            frames = self.app.frames
            await asyncio.sleep(0.04)
            if is_new:
                self.app.difference = difference(self.driver.ours.cells(), self.driver.theirs.cells())
            if not is_new or frames == self.app.frames:
                await self.settle()

    async def _give(self, event: events.Event) -> None:
        self.driver.newest_input = event
        self.driver.process_message(event)
        await self.settle()

    async def anything(self) -> None:
        """Do something at random."""
        chance = self.chance.random()
        if chance < 0.03:
            await self.paste(self.chance.choice(PASTED))
        elif chance < 0.05:
            await self.resize(self.chance.choice(SIZES))
        elif chance < 0.07:
            await self.theme(self.chance.choice(THEMES))
        elif chance < 0.09:
            await self.redraw()
        else:
            kinds: list[list[str]] = self.chance.choices([TYPED, MOVED, SELECTED, EDITED, WALKED], [6, 6, 2, 2, 1])
            await self.press(*[self.chance.choice(kinds[0])] * self.chance.choice((1, 1, 1, 3)))


@asynccontextmanager
async def sitting(seed: int, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Sitting]:
    app = WatchedWizard(Session.begin(START))
    app.driver_class = ScreenDriver
    async with app.run_test(headless=False, size=size):
        here = Sitting(app, random.Random(seed))
        await here.settle()
        yield here


@pytest.mark.parametrize("seed", range(SESSIONS))
async def test_anything_on_every_step(seed: int) -> None:
    async with sitting(seed, SIZES[seed % len(SIZES)]) as here:
        for step in RAIL:
            await here.app.show_step(step)
            await here.settle()
            for _ in range(60 if step is Step.PAYLOAD else 12):
                await here.anything()
            await here.press("escape", "escape")
            await here.redraw()
        assert here.driver.written < here.app.stock_bytes / 3


async def test_what_is_to_be_laid_out_when_a_key_comes_is() -> None:
    async with sitting(0) as here:
        await here.app.show_step(Step.PAYLOAD)
        await here.come_to_rest()
        screen = here.app.screen
        assert isinstance(screen, StepScreen)
        screen.notify_below("This came late.")
        while not screen._layout_required:
            await asyncio.sleep(0)
        here.driver.newest_input = key = events.Key("right", None)
        await here.app._input_handled(key)
        await here.redraw()
        assert "This came late." in shown(here.driver.ours.cells())


async def test_every_question_over_a_step_and_the_way_to_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action, "ARMED_AFTER", 0.01)  # else a button is armed while two screens are compared
    async with sitting(0) as here:
        await here.app.show_step(Step.PAYLOAD)
        for question in QUESTIONS.values():
            await here.app.push_screen(dialog_of(question()))
            await here.come_to_rest()
            await here.press("x", "tab", "가", "down", "shift+tab", "left")
            await here.redraw()
            await here.press("escape")
        await here.press("x", "ctrl+q", "tab", "escape", "ctrl+z")
        await here.app.show_step(Step.CONFIRM)
        await armed(here.app, "#create")
        await here.press("enter")
        await until(lambda: here.app.session.outcome is not None and here.app.session.remarks)
        await here.redraw()
