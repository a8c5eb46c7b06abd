"""A private folder and its files are their owner's alone, wholly old or wholly new, and one process changes them."""

from __future__ import annotations

import errno
import os
import socket
import stat
import subprocess
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from ncloud_integration import private_files
from tests.recovery.processes import child, full_disk, mode, names, open_descriptors, umask

HOLDER = """
import sys
from pathlib import Path
from ncloud_integration import private_files
with private_files.locked(Path(sys.argv[1])):
    print("ready", flush=True)
    sys.stdin.read()
"""

COUNTER = """
import sys
from pathlib import Path
from ncloud_integration import private_files
path = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(20):
    with private_files.locked(path.parent):
        private_files.replace(path, str(int(private_files.read(path, 9)) + 1).encode())
"""

BEFORE, AFTER = b"before, and longer than what comes after", b"after"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that holds something already."""
    folder = private_files.make_private(tmp_path / "private")
    (folder / "file").write_bytes(BEFORE)
    return folder / "file"


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What has been synced, in its order."""
    done: list[Path] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        done.append(Path(f"/dev/fd/{descriptor}").readlink())

    monkeypatch.setattr(os, "fsync", noted)
    return done


def failing(reason: int) -> Callable[..., int]:
    def fail(*arguments: object, **others: object) -> int:
        raise OSError(reason, os.strerror(reason))

    return fail


class TestAFolder:
    @pytest.mark.parametrize("mask", [0, 0o022, 0o027, 0o077])
    def test_it_and_those_above_it_are_made_for_their_owner_alone(self, mask: int, tmp_path: Path) -> None:
        folder = tmp_path / "a" / "b" / "c"
        with umask(mask):
            assert private_files.make_private(folder) == folder
        assert [mode(each) for each in (folder, folder.parent, folder.parent.parent)] == [0o700] * 3

    @pytest.mark.parametrize("before", [0o755, 0o777, 0o701, 0o710, 0o740, 0o1777, 0o2770])
    def test_one_that_was_open_to_others_is_closed_and_those_above_stay(self, before: int, tmp_path: Path) -> None:
        (tmp_path / "above" / "private").mkdir(parents=True)
        for folder in (tmp_path / "above" / "private", tmp_path / "above"):
            folder.chmod(before)
        private_files.make_private(tmp_path / "above" / "private")
        assert mode(tmp_path / "above" / "private") & 0o777 == 0o700
        assert mode(tmp_path / "above") == before

    @pytest.mark.parametrize("before", [0o700, 0o500])
    def test_one_that_is_its_owners_alone_is_left_as_it_is(self, before: int, tmp_path: Path) -> None:
        (tmp_path / "private").mkdir(mode=before)
        status = (tmp_path / "private").stat()
        private_files.make_private(tmp_path / "private")
        assert (tmp_path / "private").stat() == status

    def test_another_users_is_refused_and_left_as_it_is(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)
        own = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: own + 1)
        descriptors = open_descriptors()
        for call in (private_files.make_private, lambda folder: private_files.locked(folder).__enter__()):
            with pytest.raises(PermissionError, match="it belongs to another user") as raised:
                call(tmp_path)
            assert raised.value.filename == str(tmp_path)
        assert mode(tmp_path) == 0o755
        assert open_descriptors() == descriptors

    def test_each_new_name_is_on_the_disk(self, synced: list[Path], tmp_path: Path) -> None:
        folder = tmp_path / "a" / "b" / "c"
        private_files.make_private(folder)
        assert synced == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]
        synced.clear()
        private_files.make_private(folder)
        assert synced == []

    @pytest.mark.parametrize("name", ["file", "file/below", "file/below/further", "dangling", "dangling/below"])
    def test_what_is_no_folder_is_not_made_one(self, name: str, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
        for call in (private_files.make_private, lambda folder: private_files.locked(folder).__enter__()):
            with pytest.raises((FileExistsError, NotADirectoryError)):
                call(tmp_path / name)
        assert names(tmp_path) == ["dangling", "file"]

    @pytest.mark.parametrize("fails", [False, True])
    def test_nothing_of_a_sync_stays_open(self, fails: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        asked: list[int] = []

        def fsync(descriptor: int) -> None:
            assert os.path.samestat(os.fstat(descriptor), tmp_path.stat())
            asked.append(descriptor)
            if fails:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

        monkeypatch.setattr(os, "fsync", fsync)
        if fails:
            with pytest.raises(OSError, match=os.strerror(errno.EIO)):
                private_files.sync(tmp_path)
        else:
            private_files.sync(tmp_path)
        (descriptor,) = asked
        with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
            os.fstat(descriptor)


class TestALock:
    def test_the_folder_is_made_and_nothing_is_put_into_it(self, tmp_path: Path) -> None:
        with private_files.locked(tmp_path / "a" / "b"):
            assert names(tmp_path / "a" / "b") == []
        assert names(tmp_path / "a" / "b") == []
        assert mode(tmp_path / "a" / "b") == 0o700

    def test_one_process_waits_for_the_other(self, tmp_path: Path) -> None:
        with child(HOLDER, tmp_path) as holder:
            assert holder.stdin
            let_go = threading.Timer(0.3, holder.stdin.close)
            let_go.start()
            with private_files.locked(tmp_path):
                assert let_go.finished.is_set()
            assert holder.wait(5) == 0

    def test_of_many_processes_no_change_is_lost(self, path: Path) -> None:
        path.write_bytes(b"0")
        with ExitStack() as stack:
            running = [stack.enter_context(child(COUNTER, path)) for _ in range(4)]
            for each in running:
                assert each.stdin
                each.stdin.close()
            assert [each.wait(30) for each in running] == [0] * 4
        assert path.read_bytes() == b"80"

    def test_one_that_is_never_let_go_is_an_error_after_some_seconds(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        assert private_files._LOCK_SECONDS == 5
        monkeypatch.setattr(private_files, "_LOCK_SECONDS", 0.1)
        with child(HOLDER, tmp_path):
            descriptors = open_descriptors()
            with pytest.raises(BlockingIOError, match="another wizard keeps it locked") as raised:
                private_files.locked(tmp_path).__enter__()
            assert raised.value.filename == str(tmp_path)
            assert open_descriptors() == descriptors

    def test_one_ends_with_the_process_that_holds_it(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        with child(HOLDER, tmp_path) as holder:
            holder.kill()
            holder.wait()
            monkeypatch.setattr(private_files, "_LOCK_SECONDS", 0.0)
            with private_files.locked(tmp_path):
                pass

    def test_two_in_one_process_exclude_each_other_as_well(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(private_files, "_LOCK_SECONDS", 0.0)
        with private_files.locked(tmp_path):
            with pytest.raises(BlockingIOError):
                private_files.locked(tmp_path).__enter__()
            with private_files.locked(tmp_path / "another"):
                pass

    def test_one_ends_where_what_it_was_had_for_fails(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(private_files, "_LOCK_SECONDS", 0.0)
        descriptors = open_descriptors()
        for error in (OSError, KeyboardInterrupt):
            with pytest.raises(error), private_files.locked(tmp_path):
                raise error
        with private_files.locked(tmp_path):
            pass
        assert open_descriptors() == descriptors

    def test_one_is_not_handed_to_the_programs_that_are_started(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(private_files, "_LOCK_SECONDS", 0.0)
        with private_files.locked(tmp_path):
            started = subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False)
        with started, private_files.locked(tmp_path):
            assert started.poll() is None
            started.communicate()

    def test_where_locks_cannot_be_had_that_is_not_waited_for(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr("fcntl.flock", failing(errno.ENOLCK))
        monkeypatch.setattr("time.sleep", failing(errno.EINVAL))
        descriptors = open_descriptors()
        with pytest.raises(OSError, match=os.strerror(errno.ENOLCK)):
            private_files.locked(tmp_path).__enter__()
        assert open_descriptors() == descriptors


def listen(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))


class TestReading:
    @pytest.mark.parametrize("size", [0, 1, 999, 1000])
    def test_all_of_a_file_is_read_that_is_no_larger_than_the_limit(self, size: int, path: Path) -> None:
        content = os.urandom(size)
        path.write_bytes(content)
        descriptors = open_descriptors()
        assert private_files.read(path, 1000) == content
        assert open_descriptors() == descriptors

    @pytest.mark.parametrize("size", [1001, 5000])
    def test_a_larger_one_is_refused(self, size: int, path: Path) -> None:
        path.write_bytes(bytes(size))
        descriptors = open_descriptors()
        with pytest.raises(OSError, match="it is larger than 1,000 bytes") as raised:
            private_files.read(path, 1000)
        assert (raised.value.errno, raised.value.filename) == (errno.EFBIG, str(path))
        assert open_descriptors() == descriptors

    @pytest.mark.parametrize(
        ("make", "reason"),
        [
            pytest.param(os.mkdir, "it is not a file", id="a folder"),
            pytest.param(os.mkfifo, "it is not a file", id="a pipe"),
            pytest.param(lambda path: path.symlink_to("/dev/zero"), "it is not a file", id="a device"),
            pytest.param(listen, os.strerror(errno.ENXIO), id="a socket"),
            pytest.param(lambda path: path.symlink_to(path), os.strerror(errno.ELOOP), id="a link to itself"),
            pytest.param(lambda path: path.symlink_to("/proc/self/mem"), os.strerror(errno.EIO), id="a bad disk"),
        ],
    )
    def test_what_cannot_be_read_is_told_and_holds_nothing_up(
        self, make: Callable[[Path], None], reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.chdir(tmp_path)
        make(tmp_path / "file")
        descriptors = open_descriptors()
        with pytest.raises(OSError, match=reason):
            private_files.read(tmp_path / "file", 1000)
        assert open_descriptors() == descriptors

    def test_what_is_missing_is_told_apart_from_what_cannot_be_read(self, path: Path) -> None:
        path.with_name("dangling").symlink_to("nowhere")
        for name in ("missing", "dangling", "missing/below"):
            with pytest.raises(FileNotFoundError):
                private_files.read(path.parent / name, 1000)
        with pytest.raises(NotADirectoryError):
            private_files.read(path / "below", 1000)

    def test_a_link_to_a_file_is_followed(self, path: Path) -> None:
        path.with_name("link").symlink_to(path)
        assert private_files.read(path.with_name("link"), 1000) == BEFORE


class TestReplacing:
    @pytest.mark.parametrize("mask", [0, 0o022, 0o077])
    @pytest.mark.parametrize("before", [None, 0o600, 0o644, 0o400])
    def test_what_it_holds_then_is_its_owners_alone(self, before: int | None, mask: int, path: Path) -> None:
        if before is None:
            path.unlink()
        else:
            path.chmod(before)
        descriptors = open_descriptors()
        with umask(mask):
            private_files.replace(path, AFTER)
        assert (path.read_bytes(), mode(path), names(path.parent)) == (AFTER, 0o600, ["file"])
        assert open_descriptors() == descriptors

    def test_it_is_its_owners_alone_before_anything_is_in_it(self, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
        write, modes = os.write, []

        def noted(descriptor: int, content: bytes) -> int:
            modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
            return write(descriptor, content)

        monkeypatch.setattr(os, "write", noted)
        with umask(0):
            private_files.replace(path, AFTER)
        assert modes == [0o600]

    @pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
    @pytest.mark.parametrize("step", ["open", "write", "the second write", "fsync", "close", "rename"])
    def test_a_disk_that_fails_leaves_what_was_there(
        self, step: str, reason: int, monkeypatch: pytest.MonkeyPatch, path: Path
    ) -> None:
        write, close = os.write, os.close
        written: list[bytes] = []

        def one_byte(descriptor: int, content: bytes) -> int:
            if written:
                failing(reason)()
            written.append(content)
            return write(descriptor, content[:1])

        def closed(descriptor: int) -> int:
            close(descriptor)
            return failing(reason)()

        descriptors = open_descriptors()
        with monkeypatch.context() as patch:
            if step == "rename":
                patch.setattr(Path, "replace", failing(reason))
            else:
                name = step.rpartition(" ")[2]
                patch.setattr(os, name, {"the second write": one_byte, "close": closed}.get(step, failing(reason)))
            with pytest.raises(OSError, match=os.strerror(reason)):
                private_files.replace(path, AFTER)
        assert open_descriptors() == descriptors
        assert path.read_bytes() == BEFORE
        assert names(path.parent) == ["file"]

    def test_a_full_disk_leaves_what_was_there(self, path: Path) -> None:
        with full_disk(3), pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
            private_files.replace(path, AFTER)
        assert path.read_bytes() == BEFORE
        assert names(path.parent) == ["file"]

    def test_only_where_the_last_step_fails_it_is_changed_nevertheless(
        self, monkeypatch: pytest.MonkeyPatch, path: Path
    ) -> None:
        fsync = os.fsync

        def failing_for_folders(descriptor: int) -> None:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                failing(errno.EIO)()
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", failing_for_folders)
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            private_files.replace(path, AFTER)
        assert path.read_bytes() == AFTER
        assert names(path.parent) == ["file"]

    def test_the_new_file_is_whole_and_on_the_disk_before_it_has_the_name_and_then_its_name_is(
        self, synced: list[Path], monkeypatch: pytest.MonkeyPatch, path: Path
    ) -> None:
        write, replace = os.write, Path.replace
        unfinished = path.with_name("file.unfinished")
        renamed: list[tuple[bytes, bytes]] = []

        def noted(source: Path, target: Path) -> Path:
            assert (source, target, synced) == (unfinished, path, [unfinished])
            renamed.append((target.read_bytes(), source.read_bytes()))
            return replace(source, target)

        monkeypatch.setattr(os, "write", lambda descriptor, part: write(descriptor, part[:2]))
        monkeypatch.setattr(Path, "replace", noted)
        synced.clear()
        private_files.replace(path, AFTER)
        assert renamed == [(BEFORE, AFTER)]
        assert synced == [unfinished, path.parent]

    @pytest.mark.parametrize("left", [b"", b"left by a crash, and longer than all that is written after it"])
    def test_what_a_crash_left_is_no_obstacle(self, left: bytes, path: Path) -> None:
        unfinished = path.with_name("file.unfinished")
        unfinished.write_bytes(left)
        unfinished.chmod(0o644)
        private_files.replace(path, AFTER)
        assert (path.read_bytes(), mode(path), names(path.parent)) == (AFTER, 0o600, ["file"])

    @pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to], ids=["symbolic", "hard"])
    @pytest.mark.parametrize("is_late", [False, True], ids=["at once", "put there just before"])
    def test_nothing_is_written_through_a_link(
        self, is_late: bool, link: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch, path: Path
    ) -> None:
        elsewhere, unlink = path.parent.parent / "elsewhere", Path.unlink
        elsewhere.write_bytes(b"another's")
        unfinished = path.with_name("file.unfinished")

        def linked_after(removed: Path, *, missing_ok: bool = False) -> None:
            unlink(removed, missing_ok=missing_ok)
            link(removed, elsewhere)

        if is_late:
            monkeypatch.setattr(Path, "unlink", linked_after)
            with pytest.raises(FileExistsError):
                private_files.replace(path, AFTER)
            assert path.read_bytes() == BEFORE
        else:
            link(unfinished, elsewhere)
            private_files.replace(path, AFTER)
            assert path.read_bytes() == AFTER
            assert not path.is_symlink()
            assert names(path.parent) == ["file"]
        assert elsewhere.read_bytes() == b"another's"

    @pytest.mark.parametrize("name", ["file", "file.unfinished"])
    def test_a_folder_in_the_way_is_left_there(self, name: str, path: Path) -> None:
        path.unlink()
        path.with_name(name).mkdir()
        with pytest.raises(OSError):
            private_files.replace(path, AFTER)
        assert names(path.parent) == [name]


class TestRemoving:
    @pytest.mark.parametrize("there", [["file"], ["file.unfinished"], ["file", "file.unfinished"], []])
    def test_neither_the_file_nor_what_a_crash_left_is_there_then(
        self, there: list[str], synced: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        for name in [*there, "other"]:
            (tmp_path / name).touch()
        unlink = Path.unlink

        def before_it_is_synced(path: Path, *, missing_ok: bool = False) -> None:
            assert synced == []
            unlink(path, missing_ok=missing_ok)

        monkeypatch.setattr(Path, "unlink", before_it_is_synced)
        private_files.remove(tmp_path / "file")
        assert names(tmp_path) == ["other"]
        assert synced == [tmp_path]

    def test_what_a_link_names_stays(self, path: Path) -> None:
        path.with_name("link").symlink_to(path)
        private_files.remove(path.with_name("link"))
        assert path.read_bytes() == BEFORE
        assert names(path.parent) == ["file"]

    def test_what_is_no_file_is_not_removed(self, tmp_path: Path) -> None:
        (tmp_path / "file").mkdir()
        with pytest.raises((IsADirectoryError, PermissionError)):
            private_files.remove(tmp_path / "file")
        assert names(tmp_path) == ["file"]


class TestWriting:
    @pytest.fixture
    def descriptor(self, path: Path) -> int:
        return os.open(path, os.O_WRONLY | os.O_TRUNC)

    @pytest.mark.parametrize("content", [b"", b"x", b"content" * 100])
    def test_all_is_written_where_the_system_takes_little_at_a_time(
        self, content: bytes, descriptor: int, monkeypatch: pytest.MonkeyPatch, path: Path
    ) -> None:
        write = os.write
        monkeypatch.setattr(os, "write", lambda descriptor, part: write(descriptor, part[:3]))
        private_files.write(descriptor, content)
        os.close(descriptor)
        assert path.read_bytes() == content

    def test_what_is_written_is_on_the_disk_before_anything_else_happens(
        self, descriptor: int, monkeypatch: pytest.MonkeyPatch, path: Path
    ) -> None:
        synced: list[tuple[int, bytes]] = []
        monkeypatch.setattr(os, "fsync", lambda asked: synced.append((asked, path.read_bytes())))
        private_files.write(descriptor, b"content")
        os.close(descriptor)
        assert synced == [(descriptor, b"content")]

    def test_a_disk_that_is_full_takes_what_fits_and_is_told(self, descriptor: int, path: Path) -> None:
        with full_disk(4), pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
            private_files.write(descriptor, b"content")
        os.close(descriptor)
        assert path.read_bytes() == b"cont"


def test_a_created_file_is_its_owners_alone_and_new(tmp_path: Path) -> None:
    path = tmp_path / "file"
    private_files.create(path, b"content")
    assert path.read_bytes() == b"content"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        private_files.create(path, b"other")
    assert path.read_bytes() == b"content"


def test_a_file_that_cannot_be_written_whole_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, content: bytes) -> None:
        os.write(descriptor, content[:1])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(private_files, "write", full)
    with pytest.raises(OSError, match="No space"):
        private_files.create(tmp_path / "file", b"content")
    assert list(tmp_path.iterdir()) == []
