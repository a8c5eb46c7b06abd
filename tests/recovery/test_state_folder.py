"""The folder is its owner's alone, what is written is wholly there, and a lock says which file is still in use."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path

import pytest

from ncloud_integration import private_files
from ncloud_integration.integration.sentence import unprintable
from ncloud_integration.recovery import state_folder
from ncloud_integration.recovery.state_folder import StateError
from tests.recovery.processes import (
    child,
    mode,
    names,
    open_descriptors,
    umask,
)

SEOUL = timezone(timedelta(hours=9))


def test_the_folder_is_where_the_system_keeps_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert state_folder.default().name == "ncloud-integration"
    assert state_folder.default().is_relative_to(tmp_path)
    if sys.platform == "linux":
        assert state_folder.default() == tmp_path / "state" / "ncloud-integration"


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_a_new_folder_and_those_above_it_are_the_owners_alone(mask: int, tmp_path: Path) -> None:
    folder = tmp_path / "local" / "state" / "ncloud-integration"
    with umask(mask):
        assert state_folder.private(folder) == folder
    assert [mode(each) for each in (folder, folder.parent)] == [0o700, 0o700]
    assert not mode(folder.parent.parent) & 0o022


@pytest.mark.parametrize("before", [0o755, 0o777, 0o701, 0o710, 0o740])
def test_a_folder_that_was_open_to_others_is_closed(before: int, tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    folder.chmod(before)
    state_folder.private(folder)
    assert mode(folder) == 0o700


def test_the_folders_above_that_were_there_stay_as_they_are(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    state_folder.private(tmp_path / "state")
    assert mode(tmp_path) == 0o755


def test_a_folder_of_another_user_is_refused_and_left_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    own = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: own + 1)
    with pytest.raises(StateError) as raised:
        state_folder.private(tmp_path)
    assert "another user" in str(raised.value.sentence)
    assert "XDG_STATE_HOME" in str(raised.value.sentence)
    assert mode(tmp_path) == 0o755


@pytest.mark.parametrize("below", ["file", "file/state", "file/state/ncloud-integration"])
def test_a_folder_that_cannot_be_made_is_named_with_the_reason(below: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateError) as raised:
        state_folder.private(tmp_path / below)
    assert str(tmp_path / below) in str(raised.value.sentence)
    assert any(os.strerror(reason) in str(raised.value.sentence) for reason in (errno.EEXIST, errno.ENOTDIR))
    assert str(raised.value) == str(raised.value.sentence)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(), "(OSError)"),
        (TimeoutError("\x1b[2J"), "(TimeoutError)"),
        (PermissionError(errno.EACCES, "Permission denied"), "(Permission denied)"),
    ],
)
def test_every_failure_of_the_file_system_is_told_in_words(error: OSError, says: str) -> None:
    with pytest.raises(StateError) as raised, state_folder.told(Path("/\x1b[2J")):
        raise error
    assert says in str(raised.value.sentence)
    assert not unprintable.search(str(raised.value.sentence))
    assert raised.value.__suppress_context__


def test_what_is_no_failure_of_the_file_system_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), state_folder.told(Path("/")):
        raise ZeroDivisionError


def test_names_differ_and_sort_by_time() -> None:
    made = []
    for _ in range(200):
        made.append(state_folder.new_name())
        time.sleep(0.00001)
    assert len(set(made)) == 200
    assert sorted(made) == made


def named_at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> str:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls.fromtimestamp(moment.timestamp(), tz or SEOUL)

    monkeypatch.setattr("ncloud_integration.recovery.state_folder.datetime", Clock)
    return state_folder.new_name()


def test_names_differ_where_two_processes_make_them_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({named_at(datetime(2026, 11, 23, tzinfo=timezone.utc), monkeypatch) for _ in range(50)}) == 50


def test_names_sort_by_time_wherever_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [
        datetime(2026, 11, 23, 9, 0, 0, 0, tzinfo=SEOUL),
        datetime(2026, 11, 23, 0, 0, 0, 1, tzinfo=timezone.utc),
        datetime(2026, 11, 23, 0, 0, 0, 100_000, tzinfo=timezone.utc),
        datetime(2026, 11, 23, 9, 0, 1, 0, tzinfo=SEOUL),
        datetime(2026, 11, 23, 23, 59, 59, 999_999, tzinfo=timezone.utc),
        datetime(2027, 1, 1, 1, 0, 0, 0, tzinfo=SEOUL),
        datetime(2027, 1, 1, 0, 0, 0, 0, tzinfo=timezone.utc),
    ]
    made = [named_at(moment, monkeypatch) for moment in moments]
    assert sorted(made) == made
    assert made[0].startswith("20261123T000000.000000Z-")


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_a_new_file_is_the_owners_alone_and_locked(mask: int, tmp_path: Path) -> None:
    with umask(mask):
        descriptor = state_folder.created(tmp_path / "file")
    assert mode(tmp_path / "file") == 0o600
    assert state_folder.locked(tmp_path / "file") is None
    assert not os.get_inheritable(descriptor)
    os.close(descriptor)


def test_a_new_file_takes_no_others_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"before")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("file", "link"):
        with pytest.raises(FileExistsError):
            state_folder.created(tmp_path / name)
    assert (tmp_path / "file").read_bytes() == b"before"
    assert not (tmp_path / "elsewhere").exists()


def test_a_new_file_that_another_process_looks_at_before_it_is_locked_waits_for_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    flock = fcntl.flock
    held: list[int] = []

    def during_a_look(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        other = os.open(tmp_path / "file", os.O_RDONLY)
        flock(other, fcntl.LOCK_EX)
        threading.Timer(0.05, os.close, [other]).start()
        held.append(other)
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", during_a_look)
    os.close(state_folder.created(tmp_path / "file"))
    assert held


def test_a_new_file_that_another_process_clears_away_before_it_is_locked_is_made_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    flock = fcntl.flock

    def after_a_removal(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        (tmp_path / "file").unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", after_a_removal)
    descriptors = open_descriptors()
    descriptor = state_folder.created(tmp_path / "file")
    private_files.write(descriptor, b"content")
    os.close(descriptor)
    assert (tmp_path / "file").read_bytes() == b"content"
    assert open_descriptors() == descriptors


def test_where_locks_cannot_be_had_no_file_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unsupported(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with pytest.raises(OSError, match="No locks available"):
        state_folder.created(tmp_path / "file")
    assert names(tmp_path) == []


def test_a_file_in_use_gone_or_not_a_file_is_not_locked(tmp_path: Path) -> None:
    held = state_folder.created(tmp_path / "held")
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    descriptors = open_descriptors()
    for name in ("held", "folder", "dangling", "missing", "missing/below", "held/below"):
        assert state_folder.locked(tmp_path / name) is None
    assert open_descriptors() == descriptors
    os.close(held)


def test_a_file_is_locked_by_one_until_it_is_closed(tmp_path: Path) -> None:
    os.close(state_folder.created(tmp_path / "file"))
    one = state_folder.locked(tmp_path / "file")
    assert one is not None
    assert state_folder.locked(tmp_path / "file") is None
    os.close(one)
    other = state_folder.locked(tmp_path / "file")
    assert other is not None
    os.close(other)


def test_what_is_written_to_a_locked_file_follows_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"before, ")
    descriptor = state_folder.locked(tmp_path / "file")
    assert descriptor is not None
    assert os.read(descriptor, 3) == b"bef"
    os.lseek(descriptor, 0, os.SEEK_SET)
    private_files.write(descriptor, b"after")
    os.close(descriptor)
    assert (tmp_path / "file").read_bytes() == b"before, after"


@pytest.mark.parametrize("becomes", ["another file", "gone"])
def test_a_file_that_is_replaced_before_the_lock_is_had_is_not_the_one_that_was_asked_for(
    becomes: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # A wizard puts a new file in its form's place and then unlocks the old one: a lock on that says nothing of it.
    (tmp_path / "file").touch()
    (tmp_path / "another").touch()
    flock = fcntl.flock

    def after_a_change(descriptor: int, operation: int) -> None:
        if becomes == "gone":
            (tmp_path / "file").unlink()
        else:
            (tmp_path / "another").replace(tmp_path / "file")
        flock(descriptor, operation)

    descriptors = open_descriptors()
    monkeypatch.setattr(fcntl, "flock", after_a_change)
    assert state_folder.locked(tmp_path / "file") is None
    assert open_descriptors() == descriptors


def test_a_lock_ends_with_the_process_that_holds_it(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from ncloud_integration.recovery import state_folder
state_folder.created(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()
"""
    with child(program, tmp_path / "file") as holder:
        assert state_folder.locked(tmp_path / "file") is None
        holder.kill()
        holder.wait()
        descriptor = state_folder.locked(tmp_path / "file")
    assert descriptor is not None
    os.close(descriptor)


def test_a_lock_is_not_handed_to_the_programs_that_are_started(tmp_path: Path) -> None:
    descriptor = state_folder.created(tmp_path / "file")
    with child('print("ready", flush=True); input()'):
        os.close(descriptor)
        again = state_folder.locked(tmp_path / "file")
        assert again is not None
        os.close(again)


def test_files_are_told_by_how_their_names_end_the_newest_first(tmp_path: Path) -> None:
    for name in ("1.json", "3.json", "2.json", "4.jsonl", "5.json.tmp", "json"):
        (tmp_path / name).touch()
    assert [path.name for path in state_folder.files(tmp_path, ".json")] == ["3.json", "2.json", "1.json"]


@pytest.mark.parametrize("name", ["missing", "file", "file/below"])
def test_there_are_no_files_where_there_is_no_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert state_folder.files(tmp_path / name, "") == []


@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["a folder", "a pipe"])
def test_what_is_no_file_is_not_there_and_holds_nothing_up(
    make: Callable[[Path], None], is_shared: bool, tmp_path: Path
) -> None:
    make(tmp_path / "name.json")
    before = open_descriptors()
    assert state_folder.locked(tmp_path / "name.json", is_shared=is_shared) is None
    assert open_descriptors() == before
