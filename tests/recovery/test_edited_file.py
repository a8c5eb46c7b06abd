"""What an editor saved is taken whole or not at all, and survives the wizard that waited for it."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.text import LOAD_LIMIT
from ncloud_integration.recovery import edited_file
from ncloud_integration.recovery.edited_file import EditedFile, LeftFile, Saved, UnusableError, left_files
from ncloud_integration.recovery.state_folder import StateError
from tests.recovery.processes import (
    KILLED_AT_EACH_LINE,
    child,
    full_disk,
    mode,
    names,
    open_descriptors,
    printed,
    umask,
)

GIVEN = '{"번호": #{VALUE}}'
SAVED = '{"saved": 1}'
IN_CHILD = """
import sys
from pathlib import Path
from ncloud_integration.recovery.edited_file import EditedFile, left_files
FOLDER = Path(sys.argv[1])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "payloads"


@pytest.fixture
def file(folder: Path) -> EditedFile:
    return EditedFile(folder, GIVEN)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def replaced(path: Path, text: str) -> None:
    """Save as most editors do: a new file in the place of the old one."""
    path.with_name("new").write_text(text)
    path.with_name("new").rename(path)


def beside(path: Path, pattern: str) -> Path:
    made = path.with_name(pattern.format(path.name))
    made.write_text("unsaved")
    return made


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def contents(folder: Path) -> list[Saved | Sentence]:
    return [left.content for left in left_files(folder)]


class TestWhatTheEditorIsGiven:
    @pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
    def test_a_file_that_is_its_owners_alone_in_a_folder_that_is(self, mask: int, folder: Path) -> None:
        with umask(mask):
            file = EditedFile(folder, GIVEN)
        assert (mode(folder), {mode(path) for path in folder.iterdir()}) == (0o700, {0o600})
        assert (file.path.parent, file.path.suffix) == (folder, ".json")
        assert file.path.read_bytes() == GIVEN.encode()

    def test_each_has_a_file_of_its_own(self, folder: Path) -> None:
        assert EditedFile(folder, "").path != EditedFile(folder, "").path

    @pytest.mark.parametrize("size", [0, 5])
    def test_on_a_full_disk_it_is_said_and_nothing_is_left(self, size: int, folder: Path) -> None:
        descriptors = open_descriptors()
        with pytest.raises(StateError, match="XDG_STATE_HOME"), full_disk(size):
            EditedFile(folder, GIVEN)
        assert names(folder) == []
        assert open_descriptors() == descriptors

    def test_where_the_folder_cannot_be_made_it_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(StateError):
            EditedFile(tmp_path / "file" / "payloads", GIVEN)


class TestWhatIsTakenBack:
    @pytest.mark.parametrize(
        ("given", "saved", "taken"),
        [
            ("{}", "{}", "{}"),
            ("{}", "{}\n", "{}"),
            ("{}", "{}\n\n", "{}\n"),
            ("{}", "[]\n", "[]"),
            ("{}\n", "[]\n", "[]\n"),
            ("{}\n", "[]", "[]"),
            ("", "\n", ""),
            ("{}", "", ""),
            ("{}", "한글 🚨", "한글 🚨"),
        ],
    )
    def test_the_text_without_the_line_end_that_editors_add(
        self, given: str, saved: str, taken: str, folder: Path
    ) -> None:
        file = EditedFile(folder, given)
        replaced(file.path, saved)
        assert file.saved() == Saved(taken)

    def test_what_cannot_be_seen_is_changed_and_told(self, file: EditedFile) -> None:
        file.path.write_bytes("\ufeff[\r\n\x1b]".encode())
        saved = file.saved()
        assert saved.text == "[\n\\u001b]"
        assert len(saved.notes) == 3

    def test_what_is_only_written_otherwise_is_unchanged(self, folder: Path) -> None:
        file = EditedFile(folder, "[\n1]")
        file.path.write_bytes(b"[\r\n1]\r\n")
        assert file.saved() == Saved("[\n1]")

    def test_the_limit_is_that_of_all_that_is_loaded(self, file: EditedFile) -> None:
        file.path.write_text("x" * LOAD_LIMIT)
        assert file.saved().text == "x" * LOAD_LIMIT
        file.path.write_text("x" * (LOAD_LIMIT + 1))
        with pytest.raises(UnusableError, match="larger than 65,536 bytes"):
            file.saved()

    def test_a_text_that_was_too_long_already_may_be_shortened(self, folder: Path) -> None:
        file = EditedFile(folder, "한" * LOAD_LIMIT)
        file.path.write_text("한" * LOAD_LIMIT + "\n")
        assert file.saved() == Saved("한" * LOAD_LIMIT)
        file.path.write_text("한" * (LOAD_LIMIT - 1))
        assert file.saved() == Saved("한" * (LOAD_LIMIT - 1))

    @pytest.mark.parametrize(
        ("damage", "said"),
        [
            (lambda path: path.unlink(), "is gone"),
            (lambda path: path.write_bytes("한글".encode("euc-kr")), r"not UTF-8 \(byte 1\)"),
            (pipe, "cannot be read"),
            (lambda path: (path.unlink(), path.mkdir()), "cannot be read"),
            (lambda path: (path.unlink(), path.symlink_to(path)), "cannot be read"),
        ],
        ids=["gone", "no UTF-8", "a pipe", "a folder", "a loop"],
    )
    def test_of_what_is_no_text_nothing(self, damage: Callable[[Path], None], said: str, file: EditedFile) -> None:
        damage(file.path)
        with pytest.raises(UnusableError, match=said):
            file.saved()


class TestTheEnd:
    def test_removed_it_is_gone_with_all_that_bears_its_name_and_no_other(self, file: EditedFile, folder: Path) -> None:
        other = EditedFile(folder, GIVEN)
        kept = names(folder)
        kept = [name for name in kept if file.path.stem not in name]
        for pattern in (".{}.swp", "{}~", "{}.save", "#{}#"):
            beside(file.path, pattern)
        file.remove()
        assert names(folder) == sorted(kept)
        assert other.saved() == Saved(GIVEN)

    def test_left_unchanged_it_is_deleted(self, file: EditedFile, folder: Path) -> None:
        file.path.write_text(GIVEN + "\n")
        assert not file.leave()
        assert names(folder) == []

    def test_left_with_something_in_it_it_stays(self, file: EditedFile, folder: Path) -> None:
        replaced(file.path, SAVED)
        assert file.leave()
        assert contents(folder) == [Saved(SAVED)]

    def test_left_with_what_was_not_saved_it_stays(self, file: EditedFile, folder: Path) -> None:
        swap = beside(file.path, ".{}.swp")
        assert file.leave()
        (left,) = left_files(folder)
        assert left.beside == (swap.name,)
        assert str(left.content) == "Your editor was cut off before it saved."

    def test_nothing_is_held_afterwards(self, folder: Path) -> None:
        descriptors = open_descriptors()
        for end in (EditedFile.remove, EditedFile.leave, EditedFile.let_go):
            file = EditedFile(folder, GIVEN)
            end(file)
            file.let_go()
        assert open_descriptors() == descriptors


class TestATemporaryOne:
    @pytest.mark.parametrize("end", [EditedFile.remove, EditedFile.leave, EditedFile.let_go])
    def test_goes_with_its_folder(self, end: Callable[[EditedFile], object], temporary: Path) -> None:
        file = EditedFile(None, GIVEN)
        (folder,) = temporary.iterdir()
        assert file.path.parent == folder
        assert (mode(folder), mode(file.path)) == (0o700, 0o600)
        file.path.write_text(SAVED)
        beside(file.path, "{}~")
        assert not end(file)
        assert names(temporary) == []

    def test_where_there_is_no_room_it_is_said(self, temporary: Path) -> None:
        with pytest.raises(StateError), full_disk(5):
            EditedFile(None, GIVEN)
        assert names(temporary) == []
        temporary.rmdir()
        with pytest.raises(StateError, match="TMPDIR"):
            EditedFile(None, GIVEN)


class TestWhatIsLeft:
    def test_nothing_where_nothing_was(self, folder: Path) -> None:
        assert left_files(folder) == []
        assert not folder.exists()

    def test_what_was_saved_the_newest_first(self, folder: Path) -> None:
        for age in (20, 10, 30):
            file = EditedFile(folder, GIVEN)
            file.path.write_text(f"{age}\n")
            os.utime(file.path, (time.time() - age,) * 2)
            file.let_go()
        found = left_files(folder)
        assert [left.content for left in found] == [Saved("10"), Saved("20"), Saved("30")]
        assert found[0].saved == pytest.approx(time.time() - 10, abs=2)
        assert found[0].size == 3

    def test_not_what_a_living_wizard_edits_however_its_editor_saves(self, folder: Path) -> None:
        program = IN_CHILD + f"file = EditedFile(FOLDER, {GIVEN!r})\nprint('ready', flush=True)\nsys.stdin.read()\n"
        with child(program, folder) as living:
            (path,) = folder.glob("*.json")
            replaced(path, SAVED)
            assert left_files(folder) == []
            edited_file.remove(path)
            assert path.exists()
            living.kill()
            living.wait()
            assert contents(folder) == [Saved(SAVED)]
        edited_file.remove(path)
        assert names(folder) == []

    def test_not_what_is_as_it_was_given_and_that_is_cleared_away(self, file: EditedFile, folder: Path) -> None:
        file.let_go()
        assert left_files(folder) == []
        assert names(folder) == []

    def test_not_what_was_not_written_to_its_end_before_the_editor_had_it(self, file: EditedFile, folder: Path) -> None:
        file.path.rename(file.path.with_name(f"{file.path.name}.unfinished"))
        file.let_go()
        assert left_files(folder) == []
        assert names(folder) == []

    @pytest.mark.parametrize("damage", [b"", b"\xff", GIVEN.encode()[:5]])
    def test_what_was_saved_also_where_the_file_beside_it_is_damaged(self, damage: bytes, folder: Path) -> None:
        file = EditedFile(folder, GIVEN)
        file.path.write_text(SAVED)
        file.let_go()
        file.path.with_suffix(".given").write_bytes(damage)
        assert contents(folder) == [Saved(SAVED)]

    def test_what_cannot_be_taken_with_the_reason(self, file: EditedFile, folder: Path) -> None:
        file.path.write_bytes(b"\xff")
        file.let_go()
        (content,) = contents(folder)
        assert isinstance(content, Sentence)
        assert "not UTF-8" in str(content)

    def test_a_backup_also_where_the_file_is_gone(self, file: EditedFile, folder: Path) -> None:
        backup = beside(file.path, "{}~")
        file.path.unlink()
        file.let_go()
        assert left_files(folder) == [
            LeftFile(file.path, 0.0, 0, Sentence("The file that your editor was given is gone."), (backup.name,))
        ]

    def test_nothing_of_one_that_was_killed_at_any_line_before_the_editor_had_it(self, tmp_path: Path) -> None:
        program = (
            KILLED_AT_EACH_LINE
            + IN_CHILD
            + """
found = []
for lines in itertools.count():
    folder = FOLDER / str(lines)
    went_on = not is_killed(lines, lambda: lambda: EditedFile(folder, "x" * 200))
    found += left_files(folder)
    if folder.exists():
        found += list(folder.iterdir())
    if went_on:
        break
print(json.dumps([lines, list(map(str, found))]))
"""
        )
        lines, found = json.loads(printed(program, tmp_path))
        assert found == []
        assert lines > 20
