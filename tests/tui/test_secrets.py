"""What must not come out: keys in crash reports, logs and clipboards; and what must not come in: markup and escapes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.color import Color

from ncloud_integration.cloudinsight.outcome import Refused
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.screens.name import NameScreen
from ncloud_integration.wizard.session import Session, Start
from tests.terminal.pseudo_terminal import F8, terminal
from tests.tui.driving import PRACTICE, paste, show_outcome, text, wizard

pytestmark = pytest.mark.anyio
SECRET = "sEcReTkEy-0123456789"


async def test_a_crash_is_reported_by_its_places_and_without_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: NameScreen) -> str:
        local = SECRET
        raise ValueError(local)

    monkeypatch.setattr(NameScreen, "summary", broken)
    app = Wizard(Session.begin(PRACTICE))
    with pytest.raises(ValueError, match=SECRET):
        async with app.run_test() as pilot:
            await pilot.press("f8")
    assert app.crash_report.startswith("ValueError\n")
    assert "in broken" in app.crash_report
    assert SECRET not in app.crash_report


def test_a_crash_leaves_a_usable_terminal_and_no_secret_on_it() -> None:
    program = f"""
import sys
from ncloud_integration import cli
from ncloud_integration.tui.screens.name import NameScreen
def broken(self):
    local = "{SECRET}"
    raise ValueError(local, self.session.keys)
NameScreen.summary = broken
sys.exit(cli.main(["--practice"]))
"""
    with terminal(command=(sys.executable, "-c", program)) as running:
        running.until("Which keys")
        running.send(F8)
        assert running.ended() == 1
        assert "The wizard stopped on an error of its own." in running.parting_words()
        assert "ValueError" in running.parting_words()
        assert SECRET.encode() not in running.written


def test_no_log_is_written_where_textual_is_told_to_write_one(tmp_path: Path) -> None:
    log = tmp_path / "keys.log"
    env = {"TEXTUAL_LOG": str(log), "TEXTUAL_DEBUG": "1", "TEXTUAL": "debug,devtools", "TEXTUAL_SCREENSHOT": "1"}
    with terminal(env=env) as running:
        running.until("Which keys")
        running.send(SECRET, "\t", SECRET)
        running.until("keys as typed")
        running.send("\x11")
        running.until("Leave without creating this?")
        running.send("\x11")
        running.ended()
    assert not log.exists()
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".log", ".svg")] == []


@pytest.mark.parametrize("field", ["access_key", "secret_key"])
async def test_no_key_reaches_the_clipboard(field: str) -> None:
    async with wizard(Start()) as (app, pilot):
        app.screen.set_focus(app.screen.query_one(f"#{field}"))
        await paste(pilot, SECRET)
        await pilot.press("shift+home", "ctrl+x", "shift+home", "ctrl+c")
        assert app.clipboard == ""
        assert SECRET in app.session.key_state.typed
        assert "Leave without creating this?" in text(app)


@pytest.mark.parametrize("words", ["[/nope]", "[@click=app.bell]x[/]", "[red]x", "\x1b[2J\x9b31m\u202e", "\\[", "{x}"])
async def test_words_of_the_server_are_shown_and_not_obeyed(words: str) -> None:
    async with wizard() as (app, pilot):
        await show_outcome(app, pilot, Refused(Sentence("It says: {words}", {"words": words})))
        shown = text(app)
        visible = words.replace("\x1b", r"\x1b").replace("\x9b", r"\x9b").replace("\u202e", r"\u202e")
        assert f"It says: {visible}" in shown


def test_nothing_that_a_terminal_obeys_is_drawn() -> None:
    filters = Wizard(Session.begin(PRACTICE)).get_line_filters()
    segments = [Segment("a\x1b[2Jb\x07\x9b\u202ec")]
    for line_filter in filters:
        segments = line_filter.apply(segments, Color.parse("black"))
    assert "".join(segment.text for segment in segments) == "a[2Jbc"


def test_no_other_process_is_given_the_keys(tmp_path: Path) -> None:
    """The keyring's child sees the environment less the keys."""
    seen = tmp_path / "seen"
    spy = f"import os, sys; open({str(seen)!r}, 'w').write(repr(dict(os.environ)) + repr(sys.argv))"
    program = f"""
import asyncio, os, sys
from ncloud_integration.credentials.keyring_store import KeyringStore
from ncloud_integration.credentials.store import StoreError
real = asyncio.create_subprocess_exec
async def spying(*arguments, **options):
    return await real(sys.executable, "-c", {spy!r}, **options)
asyncio.create_subprocess_exec = spying
try:
    asyncio.run(KeyringStore().find("public"))
except StoreError:
    pass
"""
    env = {"NCLOUD_ACCESS_KEY": SECRET, "NCLOUD_SECRET_ACCESS_KEY": SECRET, "PATH": ""}
    subprocess.run([sys.executable, "-c", program], env=env, check=True, timeout=20)
    assert SECRET not in seen.read_text()
