"""Every screen in tmux, at every size and depth of colour that operators have, as it is shown there.

UPDATE_SNAPSHOTS=1 writes the snapshots anew.
"""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import need
from tests.terminal.pseudo_terminal import COMMAND, terminal
from tests.terminal.tmux import Tmux, tmux
from tests.tui.snapshots import UPDATE

FOLDER = Path(__file__).parent / "snapshots"
PRACTICE = f"{shlex.quote(COMMAND)} --practice"
SETTLED_SECONDS = 0.5

SIXTEEN = re.compile("(?:3|4|9|10)[0-79]")
IN_256 = re.compile("[34]8;5;[0-9]+|[34]9")
TRUE = re.compile("[34]8;2(?:;[0-9]+){3}|[34]9")
NONE = re.compile("[34]9")
"""What a cell's colours may be in the terms of SGR; 39 and 49 are the terminal's own."""

_COLOUR = re.compile("[34]8;5;[0-9]+|[34]8;2(?:;[0-9]+){3}|(?<![0-9])(?:3|4|9|10)[0-79](?![0-9])")


@pytest.fixture
def pane(tmp_path: Path) -> Iterator[Tmux]:
    need("tmux")
    with tmux(tmp_path) as running:
        yield running


def assert_shown(pane: Tmux, name: str, size: tuple[int, int]) -> None:
    """Return once the pane shows what the snapshot holds."""
    path = FOLDER / f"{name}-{size[0]}x{size[1]}.txt"
    if os.environ.get(UPDATE):
        time.sleep(2 * SETTLED_SECONDS)
        path.write_text(pane.screen())
    expected = path.read_text()
    end = time.monotonic() + 15
    while (shown := pane.screen()) != expected and time.monotonic() < end:
        time.sleep(0.03)
    assert shown == expected, path.name


def walk(pane: Tmux, look: Callable[[str], None]) -> None:
    """Go from the first key to an id, and *look* at each screen, by its name."""
    pane.until("Which keys")
    look("credentials")
    pane.send("F8")
    pane.until("be called")
    look("name")
    pane.send("F1")
    pane.until("[Close]")
    look("help")
    pane.send("Escape")
    pane.until(lambda shown: "[Close]" not in shown)
    pane.send("x", "C-q")
    pane.until("[Leave]")
    look("question")
    pane.send("Escape")
    pane.until(lambda shown: "[Leave]" not in shown)
    pane.send("BSpace", "F8")
    pane.until("Where should")
    look("url")
    pane.send("F8")
    pane.until("Which headers")
    look("headers")
    pane.send("F8")
    pane.until("15,000 bytes")
    look("payload")
    pane.send("F8")
    pane.until("Create this integration?")
    look("confirm")
    create(pane)
    pane.until("Read back")
    look("result")


def create(pane: Tmux) -> None:
    """Press Create until it hears it: not before it was seen for half a second."""
    end = time.monotonic() + 15
    while "Create this integration?" in pane.screen():
        assert time.monotonic() < end, pane.screen()
        pane.send("Enter")
        time.sleep(0.1)


@pytest.mark.parametrize("size", [(40, 12), (200, 50)], ids="{0[0]}x{0[1]}".format)
def test_every_screen_at_every_size(size: tuple[int, int], pane: Tmux) -> None:
    pane.start(PRACTICE, size, {"TERM": "tmux-256color"})
    walk(pane, lambda name: assert_shown(pane, name, size))


@pytest.mark.parametrize(
    ("env", "allowed", "is_needed"),
    [
        ({"TERM": "screen"}, SIXTEEN, True),
        ({"TERM": "tmux-256color"}, IN_256, True),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor"}, TRUE, True),
        ({"TERM": "screen", "COLORFGBG": "0;15"}, SIXTEEN, True),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, NONE, False),
    ],
    ids=["16", "256", "true", "16-light", "none"],
)
def test_every_screen_in_every_depth(
    env: Mapping[str, str], allowed: re.Pattern[str], is_needed: bool, pane: Tmux
) -> None:
    used: set[str] = set()

    def look(name: str) -> None:
        assert_shown(pane, name, (80, 24))
        used.update(colours(pane.screen(with_colours=True)))

    pane.start(PRACTICE, (80, 24), env)
    walk(pane, look)
    assert [colour for colour in used if not allowed.fullmatch(colour)] == []
    assert bool(used - {"39", "49"}) is is_needed


def colours(shown: str) -> Iterator[str]:
    """Yield the colours that are set in what tmux shows, as SGR parameters."""
    for parameters in re.findall("\x1b\\[([0-9;]*)m", shown):
        yield from _COLOUR.findall(parameters)


def test_ctrl_z_stops_it_as_a_job_and_fg_draws_it_again(pane: Tmux) -> None:
    pane.start("PS1='ready> ' bash --norc --noprofile -i", (80, 24), {"TERM": "screen"})
    pane.until("ready>")
    pane.send("stty -g > $HOME/before", "Enter", "clear", "Enter", PRACTICE, "Enter")
    pane.until("Which keys")
    pane.send("F8")
    pane.until("be called")
    pane.send("C-z")
    pane.until("Stopped")
    pane.send("stty -g > $HOME/after", "Enter", "clear", "Enter", "fg", "Enter")
    assert_shown(pane, "name", (80, 24))
    pane.send("typed")
    pane.until("practice-integrationtyped")
    pane.send("C-q")
    pane.until("[Leave]")
    pane.send("C-q")
    pane.until("Nothing was created")
    home = Path(os.environ["HOME"])
    assert (home / "before").read_text() == (home / "after").read_text()
    pane.send("clear", "Enter", f"echo $({PRACTICE})", "Enter")
    pane.until("Which keys")
    pane.send("C-z")
    pane.until("No shell is there to continue the wizard")


def test_any_size_at_any_moment(pane: Tmux) -> None:
    pane.start(PRACTICE, (80, 24), {"TERM": "tmux-256color"})
    pane.until("Which keys")

    def resize(*sizes: tuple[int, int]) -> None:
        for columns, rows in sizes:
            pane.run("resize-window", "-x", str(columns), "-y", str(rows))

    resize((1, 1), (80, 24))
    assert_shown(pane, "credentials", (80, 24))
    pane.send("F8")
    resize((40, 12))
    pane.send("F1")
    resize((200, 50), (3, 2), (40, 12))
    assert_shown(pane, "help", (40, 12))
    resize((80, 24))
    pane.until("[Close]")
    pane.send("Escape")
    pane.until(lambda shown: "[Close]" not in shown)
    pane.send("F8", "F8")
    resize((1, 1))
    pane.send("F8")
    resize((200, 50))
    assert_shown(pane, "payload", (200, 50))
    resize((2, 50), (80, 24))
    assert_shown(pane, "payload", (80, 24))
    pane.send("F8")
    pane.until("Create this integration?")
    create(pane)
    resize((1, 1), (40, 12))
    assert_shown(pane, "result", (40, 12))


def test_a_terminal_that_comes_back_shows_it_all(pane: Tmux) -> None:
    pane.start(PRACTICE, (80, 24), {"TERM": "tmux-256color"})
    pane.until("Which keys")
    attach = ("tmux", "-u", "-S", str(pane.socket), "attach")
    for size in ((80, 24), (60, 20)):
        with terminal(command=attach, size=size, pipe=False) as client:
            client.until("[Check these keys]")
            client.until("^Q Quit")
            client.hang_up()
    pane.send("F8")
    pane.until("What should the integration be called?")
