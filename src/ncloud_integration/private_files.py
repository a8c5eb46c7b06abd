"""Files that are their owner's alone, and that a loss of power leaves either as they were or as they were to be."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from ncloud_integration.integration.sentence import Sentence

_UNFINISHED = ".unfinished"
_LOCK_SECONDS, _LOCK_POLL_SECONDS = 5.0, 0.02


def make_private(folder: Path) -> Path:
    """Return *folder*, made where it is missing; nobody but its owner may enter it (0700).

    Raises:
        OSError: it cannot be made, or belongs to somebody else.

    """
    for path in reversed([folder, *(above for above in folder.parents if not above.exists())]):
        if not path.is_dir():
            path.mkdir(mode=0o700, exist_ok=True)
            path.chmod(0o700)  # a mask may have taken the owner's own rights
            sync(path.parent)
    status = folder.stat()
    if status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, str(Sentence("it belongs to another user")), str(folder))
    if stat.S_IMODE(status.st_mode) & 0o077:
        folder.chmod(0o700)
    return folder


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes that ask for the same out of *folder*, which is made where it is missing.

    Raises:
        OSError: the folder cannot be made or opened, or another process keeps it for seconds, as one that is stopped.

    """
    descriptor = os.open(make_private(folder), os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    end = time.monotonic() + _LOCK_SECONDS
    while not _is_locked(descriptor):
        if time.monotonic() > end:
            raise BlockingIOError(errno.EAGAIN, str(Sentence("another wizard keeps it locked")), str(folder))
        time.sleep(_LOCK_POLL_SECONDS)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read(path: Path, limit: int) -> bytes:
    """Return what the file at *path* holds, *limit* bytes at most.

    Raises:
        FileNotFoundError: there is none.
        OSError: it cannot be read, is no file, or is larger.

    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe of that name would wait for ever
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, str(Sentence("it is not a file")), str(path))
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, str(Sentence("it is larger than {limit:,} bytes", {"limit": limit})), str(path))
    return content


def replace(path: Path, content: bytes) -> None:
    """Have the file at *path* hold *content* (0600), and return when that is on the disk; call it in a `locked` folder.

    Raises:
        OSError: it cannot be written; what it held before is still there, unless nothing but the last step failed.

    """
    unfinished = path.with_name(path.name + _UNFINISHED)
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            os.fchmod(descriptor, 0o600)
            write(descriptor, content)
        finally:
            os.close(descriptor)
        unfinished.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    sync(path.parent)


def create(path: Path, content: bytes) -> None:
    """Have a new file at *path* hold *content* (0600), and return when that is on the disk.

    Raises:
        FileExistsError: something has that name already, be it a link that leads nowhere; it is left alone.
        OSError: it cannot be written, and is not there.

    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            os.fchmod(descriptor, 0o600)
            write(descriptor, content)
        finally:
            os.close(descriptor)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    sync(path.parent)


def remove(path: Path) -> None:
    """Have no file at *path*, and return when that is on the disk; call it in a `locked` folder.

    Raises:
        OSError: it cannot be removed.

    """
    for each in (path, path.with_name(path.name + _UNFINISHED)):
        each.unlink(missing_ok=True)
    sync(path.parent)


def write(descriptor: int, content: bytes) -> None:
    """Write all of *content*, and return when it is on the disk."""
    while content:
        content = content[os.write(descriptor, content) :]
    os.fsync(descriptor)


def sync(folder: Path) -> None:
    """Return when the names in *folder* are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
