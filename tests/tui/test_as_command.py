"""Confirm's request as a command: what is seen of it, where it is saved, and what the clipboard is given."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ncloud_integration import private_files
from ncloud_integration.integration import imported
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.practice.sample import PRACTICE_DRAFT, PRACTICE_KEYS
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.wizard import as_command
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import Step
from tests.conftest import need
from tests.recovery.processes import umask
from tests.tui.driving import PRACTICE, armed, text, until, wizard
from tests.tui.snapshots import assert_screen

pytestmark = pytest.mark.anyio

SECRET = "c1d2e3f4g5h6i7j8k9l0"
SENSITIVE = replace(
    PRACTICE_DRAFT,
    url=f"https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/{SECRET}",
    headers=(Header("X-Token", f"token-{SECRET}"),),
)
SIZES = [(80, 24), (40, 12), (120, 40)]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Run in a folder of the test's own."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@asynccontextmanager
async def command_of(
    draft: Draft, *, size: tuple[int, int] = (80, 24), state: Path | None = None
) -> AsyncIterator[tuple[Wizard, Pilot[None]]]:
    """Show the command for *draft* over Confirm, its buttons armed."""
    async with wizard(replace(PRACTICE, draft=draft, state_folder=state), size) as (app, pilot):
        await app.show_step(Step.CONFIRM)
        await armed(app, "#create")
        await pilot.press("f5")
        await until(lambda: app.screen.query("#save") or app.screen.query("#back"))
        await until(lambda: all(each.is_armed for each in app.screen.query(Action).results(Action)))
        yield app, pilot


async def press(app: Wizard, pilot: Pilot[None], button: str) -> None:
    await armed(app, button)
    app.screen.set_focus(app.screen.query_one(button))
    await pilot.press("enter")
    await pilot.pause()


async def told(app: Wizard, part: str) -> None:
    await until(lambda: part in app.session.notice)
    await until(lambda: app.step_screen)


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_it_is_shown_with_secrets_masked(size: tuple[int, int]) -> None:
    async with command_of(SENSITIVE, size=size) as (app, pilot):
        assert_screen(app, "command")
        app.screen.query_one("#box-text").scroll_end(animate=False)
        await pilot.pause()
        assert_screen(app, "command-end")


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_secrets_go_to_the_clipboard_only_once_that_was_said(size: tuple[int, int]) -> None:
    async with command_of(SENSITIVE, size=size) as (app, pilot):
        await press(app, pilot, "#copy")
        await armed(app, "#send")
        await pilot.pause()
        assert_screen(app, "command-secrets")
        assert app.clipboard == ""
        await press(app, pilot, "#keep")
        await until(lambda: app.step_screen)
        assert (app.clipboard, app.session.notice) == ("", "")


async def test_secrets_go_to_the_clipboard_whole_where_that_is_wanted() -> None:
    async with command_of(SENSITIVE) as (app, pilot):
        await press(app, pilot, "#copy")
        await press(app, pilot, "#send")
        await told(app, "Sent to the terminal's clipboard.")
        assert imported.read(app.clipboard).draft == SENSITIVE


async def test_without_secrets_it_goes_to_the_clipboard_at_once() -> None:
    async with command_of(PRACTICE_DRAFT) as (app, pilot):
        await press(app, pilot, "#copy")
        await told(app, "Sent to the terminal's clipboard.")
        assert imported.read(app.clipboard).draft == PRACTICE_DRAFT
        assert "copied" not in text(app).lower()


async def test_what_is_too_long_for_a_clipboard_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_command, "CLIPBOARD_LIMIT", 100)
    async with command_of(SENSITIVE) as (app, pilot):
        await press(app, pilot, "#copy")
        await told(app, "too long for a terminal's clipboard")
        assert app.clipboard == ""


async def test_saved_it_is_whole_and_its_owners_alone_and_the_screen_says_where(folder: Path) -> None:
    async with command_of(SENSITIVE) as (app, pilot):
        with umask(0):
            await press(app, pilot, "#save")
            await told(app, "It holds secrets.")
        (path,) = folder.iterdir()
        assert path.name == "create-practice-integration.sh"
        assert str(path) in app.session.notice
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert imported.read(path.read_text()).draft == SENSITIVE


async def test_saved_without_secrets_it_does_not_claim_any() -> None:
    async with command_of(PRACTICE_DRAFT) as (app, pilot):
        await press(app, pilot, "#save")
        await told(app, "readable by you alone.")
        assert "It holds secrets" not in app.session.notice


@pytest.mark.parametrize("shell", ["bash", "dash"])
async def test_saved_in_practice_mode_it_gets_an_id_from_the_wizards_own_gateway(folder: Path, shell: str) -> None:
    need(shell, "curl")
    async with command_of(SENSITIVE) as (app, pilot):
        await press(app, pilot, "#save")
        await told(app, "Saved")
        (path,) = folder.iterdir()
        access_key, secret_key = (key.reveal() for key in PRACTICE_KEYS)
        done = subprocess.run(
            [shell, path],
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "NCLOUD_ACCESS_KEY": access_key,
                "NCLOUD_SECRET_KEY": secret_key,
            },
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        assert json.loads(done.stdout) == "1001"


@pytest.mark.parametrize("there", ["file", "folder", "link"])
async def test_nothing_that_is_there_is_touched(folder: Path, there: str) -> None:
    taken = folder / "create-practice-integration.sh"
    if there == "file":
        taken.write_text("mine")
    elif there == "folder":
        taken.mkdir()
    else:
        taken.symlink_to(folder / "nowhere")
    async with command_of(SENSITIVE) as (app, pilot):
        await press(app, pilot, "#save")
        await told(app, "create-practice-integration-2.sh")
    assert sorted(path.name for path in folder.iterdir()) == ["create-practice-integration-2.sh", taken.name]
    assert there != "file" or taken.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "create-etc-passwd.sh"),
        ("서버 경보 🚨", "create-서버-경보.sh"),
        ("🚨", "create-integration.sh"),
        ("-rf *", "create-rf.sh"),
        ("a" * 500, f"create-{'a' * 40}.sh"),
        ("가" * 500, f"create-{'가' * 40}.sh"),
    ],
)
async def test_the_file_is_named_after_the_integration(folder: Path, name: str, expected: str) -> None:
    async with command_of(replace(SENSITIVE, name=name)) as (app, pilot):
        await press(app, pilot, "#save")
        await told(app, "Saved")
    assert [path.name for path in folder.iterdir()] == [expected]


async def test_where_the_folder_takes_no_file_it_is_saved_with_what_is_kept(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path
) -> None:
    refuse_in(folder, monkeypatch)
    async with command_of(SENSITIVE, state=tmp_path / "state") as (app, pilot):
        await press(app, pilot, "#save")
        await told(app, "state/commands/create-practice-integration.sh")
    assert (tmp_path / "state" / "commands" / "create-practice-integration.sh").exists()
    assert stat.S_IMODE((tmp_path / "state" / "commands").stat().st_mode) == 0o700


async def test_where_nothing_takes_a_file_that_is_said(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    refuse_in(folder, monkeypatch)
    async with command_of(SENSITIVE) as (app, pilot):
        await press(app, pilot, "#save")
        await told(app, f"It could not be saved in {folder}: Permission denied.")


def refuse_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have *folder* take no new file, also from root, who may write anywhere."""
    create = private_files.create

    def refusing(path: Path, content: bytes) -> None:
        if path.parent == folder:
            raise PermissionError(13, "Permission denied", str(path))
        create(path, content)

    monkeypatch.setattr(private_files, "create", refusing)


async def test_a_command_that_would_hold_a_key_is_not_offered(folder: Path) -> None:
    draft = replace(PRACTICE_DRAFT, headers=(Header("X-Key", PRACTICE_KEYS.access_key.reveal()),))
    async with command_of(draft) as (app, pilot):
        assert "One of your NAVER keys stands in" in " ".join(text(app).replace("│", " ").split())
        assert not app.screen.query("#save")
        await press(app, pilot, "#back")
    assert list(folder.iterdir()) == []


async def test_back_leads_to_confirm_with_create_disarmed() -> None:
    async with command_of(PRACTICE_DRAFT) as (app, pilot):
        await press(app, pilot, "#back")
        await until(lambda: app.step_screen)
        assert not app.screen.query_one("#create", Action).is_armed


async def test_typed_ahead_nothing_is_saved(folder: Path) -> None:
    async with wizard(Start(draft=SENSITIVE, sources=PRACTICE.sources, is_practice=True)) as (app, pilot):
        await app.show_step(Step.CONFIRM)
        await armed(app, "#create")
        await pilot.press("f5", "enter", "enter")
        await until(lambda: app.screen.query("#save"))
        assert list(folder.iterdir()) == []
