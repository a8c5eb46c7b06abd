"""The payload in an editor of the operator's own: what is taken from it, what is not, and what is offered later."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ncloud_integration.integration.text import LOAD_LIMIT
from ncloud_integration.practice.sample import PRACTICE_DRAFT
from ncloud_integration.recovery.edited_file import EditedFile
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.widgets.payload_editor import PayloadEditor
from ncloud_integration.wizard import external_editor
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import PRACTICE, armed, text, until, wizard

pytestmark = pytest.mark.anyio
GIVEN = '{"a": 1}'


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """How the wizard starts where forms are kept, and there is no terminal to be handed over."""
    monkeypatch.setattr(Wizard, "handed_over", lambda _: nullcontext())
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "false")
    return replace(PRACTICE, draft=replace(PRACTICE_DRAFT, payload=GIVEN), state_folder=tmp_path / "state")


@pytest.fixture
def edits_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Make a program of the given lines for the shell, and the editor."""

    def made(lines: str, name: str = "EDITOR") -> Path:
        path = tmp_path / "with spaces" / f"{name.lower()}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{lines}\n")
        path.chmod(0o755)
        monkeypatch.setenv(name, f"'{path}'")
        return path

    return made


def payloads(start: Start) -> list[str]:
    assert start.state_folder
    folder = start.state_folder / "payloads"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def edit(app: Wizard, pilot: Pilot[None]) -> PayloadEditor:
    """Press F4 on the payload, and return the wizard's own editor once the other one has ended."""
    if app.step_screen and app.step_screen.step is not Step.PAYLOAD:
        await app.show_step(Step.PAYLOAD)
    await pilot.press("f4")
    await until(lambda: app.talk is None or app.talk.done())
    await pilot.pause()
    return app.screen.query_one(PayloadEditor)


def leave(start: Start, saved: str, age: float = 60, given: str = GIVEN) -> EditedFile:
    assert start.state_folder
    file = EditedFile(start.state_folder / "payloads", given)
    file.path.write_text(saved)
    os.utime(file.path, (time.time() - age,) * 2)
    file.let_go()
    return file


async def test_what_was_saved_is_one_step_to_undo(start: Start, edits_with: Callable[[str], Path]) -> None:
    edits_with("""printf '[\\n"new"]\\n' > "$1" """)
    async with wizard(start) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await pilot.press("x")
        editor = await edit(app, pilot)
        assert editor.text == app.session.draft.payload == '[\n"new"]'
        assert "Taken from your editor" in text(app)
        assert "8 / 15,000 bytes · JSON" in text(app)
        await pilot.press("y", "ctrl+z")
        assert editor.text == '[\n"new"]'
        await pilot.press("ctrl+z")
        assert editor.text == app.session.draft.payload == f"x{GIVEN}"
        await pilot.press("ctrl+z")
        assert editor.text == GIVEN
        await pilot.press("ctrl+y", "ctrl+y")
        assert editor.text == '[\n"new"]'
    assert payloads(start) == []


@pytest.mark.parametrize("key", ["delete", "backspace"])
async def test_also_where_it_is_as_short_as_a_key_and_keys_come_right_before_and_after(
    key: str, start: Start, edits_with: Callable[[str], Path]
) -> None:
    edits_with("""printf 1 > "$1" """)
    async with wizard(start) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await pilot.press("home" if key == "delete" else "end", key)
        before = app.session.draft.payload
        editor = await edit(app, pilot)
        await pilot.press(key)
        assert editor.text == ""
        await pilot.press("ctrl+z")
        assert editor.text == "1"
        await pilot.press("ctrl+z")
        assert editor.text == before
        await pilot.press("ctrl+z")
        assert editor.text == GIVEN


async def test_it_is_on_the_disk_before_the_file_is_gone(
    start: Start, edits_with: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert start.state_folder
    drafts = start.state_folder / "drafts"
    saved: list[Path] = []
    remove = EditedFile.remove
    edits_with('printf new > "$1"')

    def removed(file: EditedFile) -> None:
        saved.extend(drafts.iterdir())
        remove(file)

    monkeypatch.setattr(EditedFile, "remove", removed)
    async with wizard(start) as (app, pilot):
        await edit(app, pilot)
        (path,) = saved
        assert json.loads(path.read_text())["payload"] == "new"


async def test_what_was_changed_in_it_is_said(start: Start, edits_with: Callable[[str], Path]) -> None:
    edits_with("""printf '[\\r\\n]' > "$1" """)
    async with wizard(start) as (app, pilot):
        await edit(app, pilot)
        await until(lambda: "Line ends were changed to LF" in text(app))


@pytest.mark.parametrize("lines", ["exit 0", 'echo >> "$1"'], ids=["not saved", "saved with a line end"])
async def test_an_unchanged_text_changes_nothing(lines: str, start: Start, edits_with: Callable[[str], Path]) -> None:
    edits_with(lines)
    async with wizard(start) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await pilot.press("x")
        editor = await edit(app, pilot)
        assert "Your editor changed nothing" in text(app)
        await pilot.press("ctrl+z")
        assert editor.text == GIVEN
    assert payloads(start) == []


@pytest.mark.parametrize(
    ("lines", "said", "files"),
    [
        ("exit 3", "Your editor ended with code 3. Nothing was taken back.", 0),
        ('printf new > "$1"; exit 3', "Your editor ended with code 3. Nothing was taken back; what it left is at", 2),
        ("kill -9 $$", "Your editor was killed by signal 9. Nothing was taken back.", 0),
        ('printf new > "$1"; kill -15 $$', "killed by signal 15. Nothing was taken back; what it left is at", 2),
        ('rm "$1"', "The file that your editor was given is gone. Nothing was taken back.", 0),
        ("""printf '\\377' > "$1" """, "What your editor saved is not UTF-8 (byte 1). Nothing was taken back; what", 2),
        (
            f"""head -c {LOAD_LIMIT + 1} /dev/zero > "$1" """,
            "larger than 65,536 bytes). Nothing was taken back; what",
            2,
        ),
    ],
)
async def test_of_an_editor_that_failed_nothing_is_taken(
    lines: str, said: str, files: int, start: Start, edits_with: Callable[[str], Path]
) -> None:
    edits_with(lines)
    async with wizard(start, (120, 30)) as (app, pilot):
        editor = await edit(app, pilot)
        assert said in app.session.notice
        assert said[:40] in text(app)
        assert editor.text == app.session.draft.payload == GIVEN
        for name in payloads(start):
            assert name.partition(".json")[0].partition(".given")[0] in app.session.notice
    assert len(payloads(start)) == files


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("no-such-editor -x", "EDITOR names what cannot be found or may not be run (no-such-editor -x): correct it"),
        ("'vim", "EDITOR is not a command that can be read ('vim): close its quotes"),
        ("''", "EDITOR names what cannot be found"),
        ("/etc/passwd", "EDITOR names what cannot be found or may not be run (/etc/passwd)"),
        ("/", "EDITOR names what cannot be found or may not be run (/)"),
        ("true; true", "EDITOR names what cannot be found"),
        ("vi\x1b[2Jm", r"vi\x1b[2Jm"),
    ],
)
async def test_an_editor_that_cannot_be_had_is_told(
    value: str, said: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", value)
    async with wizard(start) as (app, pilot):
        await edit(app, pilot)
        assert said in app.session.notice
        assert said[:20] in text(app)
    assert payloads(start) == []


async def test_a_program_that_is_none_is_told(start: Start, edits_with: Callable[[str], Path]) -> None:
    edits_with("").write_bytes(b"\x7fELF no program")
    async with wizard(start) as (app, pilot):
        await edit(app, pilot)
        assert "cannot be started (Exec format error): set EDITOR to another one" in app.session.notice
    assert payloads(start) == []


async def test_where_no_file_can_be_written_it_is_told(start: Start, edits_with: Callable[[str], Path]) -> None:
    edits_with("exit 0")
    assert start.state_folder
    start.state_folder.write_text("")
    async with wizard(start) as (app, pilot):
        await edit(app, pilot)
        assert "cannot be used" in text(app)


def test_visual_outranks_editor_and_arguments_are_no_shells(
    edits_with: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    visual, editor = edits_with("", "VISUAL"), edits_with("", "EDITOR")
    variables = {"EDITOR": f"'{editor}' -u 'a b' $(x) *", "VISUAL": " "}
    assert external_editor.command(variables) == [str(editor), "-u", "a b", "$(x)", "*"]
    assert external_editor.command({**variables, "VISUAL": f'"{visual}"'}) == [str(visual)]


def test_without_both_a_usual_editor_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(external_editor.EditorError, match="set EDITOR to one that is installed"):
        external_editor.command({})
    for name in ("vi", "nano", "editor", "sensible-editor"):
        (tmp_path / name).touch(mode=0o755)
        assert external_editor.command({"EDITOR": "", "VISUAL": ""}) == [str(tmp_path / name)]


async def test_f4_does_nothing_elsewhere_nor_below_a_dialog(
    start: Start, edits_with: Callable[[str], Path], tmp_path: Path
) -> None:
    edits_with(f"touch {tmp_path}/was-run")
    async with wizard(start) as (app, pilot):
        await pilot.press("f4", "f8", "f4")
        await app.show_step(Step.PAYLOAD)
        await pilot.press("f1", "f4")
        await pilot.pause()
        assert isinstance(app.screen, Dialog)
        assert app.talk is None or app.talk.done()
    assert not (tmp_path / "was-run").exists()


@pytest.mark.parametrize("change", [{"state_folder": None}, {"saves_draft": False}], ids=["practice", "no draft"])
async def test_where_forms_are_not_kept_the_file_is_a_temporary_one(
    change: dict[str, object], start: Start, edits_with: Callable[[str], Path], tmp_path: Path
) -> None:
    edits_with(f'echo "$1" > {tmp_path}/told; printf new > "$1"; exit 1')
    leave(start, "[]")
    before = payloads(start)
    async with wizard(replace(start, **change)) as (app, pilot):  # type: ignore[arg-type]
        await edit(app, pilot)
        assert not isinstance(app.screen, Dialog)
        assert app.session.notice == "Your editor ended with code 1. Nothing was taken back."
    path = Path((tmp_path / "told").read_text().strip())
    assert path.suffix == ".json"
    assert path.parent.name.startswith("ncloud-integration-")
    assert not path.parent.exists()
    assert payloads(start) == before


@pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids="{0[0]}x{0[1]}".format)
async def test_what_was_left_is_taken(size: tuple[int, int], start: Start) -> None:
    leave(start, '{"left": 1}\n')
    async with wizard(start, size) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await armed(app, "#take")
        assert "Take what your editor saved?" in text(app)
        assert "[Take it]" in text(app)
        assert "(12 bytes)" in text(app)
        await pilot.press("enter")
        await until(lambda: not isinstance(app.screen, Dialog) and not payloads(start))
        editor = app.screen.query_one(PayloadEditor)
        assert editor.text == app.session.draft.payload == '{"left": 1}'
        await pilot.press("ctrl+z")
        assert editor.text == GIVEN
        await app.show_step(Step.HEADERS)
        await app.show_step(Step.PAYLOAD)
        assert not isinstance(app.screen, Dialog)


async def test_one_after_the_other_is_offered_until_one_is_put_off(start: Start) -> None:
    for age in (1, 2, 3):
        leave(start, str(age) * age, age)
    async with wizard(start) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await armed(app, "#take")
        assert "(1 bytes)" in text(app)
        await pilot.press("right", "enter")
        await until(lambda: "(2 bytes)" in text(app))
        await armed(app, "#take")
        await pilot.press("escape")
        await until(lambda: not isinstance(app.screen, Dialog))
        assert len(payloads(start)) == 4
        await app.show_step(Step.HEADERS)
        await app.show_step(Step.PAYLOAD)
        assert not isinstance(app.screen, Dialog)
        assert app.session.draft.payload == GIVEN
    async with wizard(start) as (app, _):
        await app.show_step(Step.PAYLOAD)
        await until(lambda: "(2 bytes)" in text(app))


async def test_what_was_not_saved_is_told_of_and_cannot_be_taken(start: Start) -> None:
    file = leave(start, GIVEN)
    (file.path.with_name(f".{file.path.name}.swp")).touch()
    file = EditedFile(file.path.parent, GIVEN)
    file.path.write_bytes(b"\xff")
    os.utime(file.path, (1, 1))
    file.let_go()
    async with wizard(start, (120, 30)) as (app, pilot):
        await app.show_step(Step.PAYLOAD)
        await armed(app, "#discard")
        assert "was cut off before" in text(app)
        assert ".json.swp" in text(app)
        assert not app.screen.query("#take")
        await pilot.press("right", "enter")
        await until(lambda: "is not UTF-8" in text(app))
        await armed(app, "#discard")
        await pilot.press("enter")
        await until(lambda: not isinstance(app.screen, Dialog))
        assert app.session.draft.payload == GIVEN
    assert len(payloads(start)) == 2


async def test_what_the_form_holds_already_is_not_offered(start: Start) -> None:
    leave(start, GIVEN, given="[]")
    async with wizard(start) as (app, _):
        await app.show_step(Step.PAYLOAD)
        await until(lambda: not payloads(start))
        assert not isinstance(app.screen, Dialog)


async def test_what_the_form_holds_already_is_offered_where_something_was_not_saved(start: Start) -> None:
    path = leave(start, GIVEN, given="[]").path
    path.with_name(f"{path.name}.save").touch()
    async with wizard(start, (120, 30)) as (app, _):
        await app.show_step(Step.PAYLOAD)
        await until(lambda: ".json.save" in text(app))
        assert "what was not saved" in text(app)


async def test_a_signal_before_the_editor_runs_keeps_it_from_that(
    start: Start, edits_with: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits_with(f"touch {tmp_path}/was-run")
    make, is_made = EditedFile.__init__, threading.Event()

    def made_slowly(file: EditedFile, folder: Path, text: str) -> None:
        make(file, folder, text)
        is_made.set()
        time.sleep(0.2)

    monkeypatch.setattr(EditedFile, "__init__", made_slowly)
    async with wizard(start) as (app, _):
        await app.show_step(Step.PAYLOAD)
        app.screen.action_edit_outside()  # type: ignore[attr-defined]
        await until(is_made.is_set)
        app.behind.end_by_signal(signal.SIGTERM)
        await until(lambda: not app.is_running)
        assert app.exit_code == 128 + signal.SIGTERM
    assert not (tmp_path / "was-run").exists()
