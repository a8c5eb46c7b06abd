"""The folder of what outlives the process: its owner's alone, with a lock on every file that a process still uses."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import platformdirs

from ncloud_integration import private_files
from ncloud_integration.integration.sentence import ExplainedError, Sentence


class StateError(ExplainedError):
    """Nothing can be kept in the folder; `sentence` says why and what to do."""


def default() -> Path:
    """Return where the system keeps a program's state: `$XDG_STATE_HOME/ncloud-integration` on Linux."""
    return platformdirs.user_state_path("ncloud-integration", appauthor=False)


def private(folder: Path) -> Path:
    """Return *folder*, made where it is missing; nobody but its owner may enter it (0700).

    Raises:
        StateError: it cannot be made, or belongs to somebody else.

    """
    with told(folder):
        private_files.make_private(folder)
    return folder


@contextlib.contextmanager
def told(folder: Path, variable: str = "XDG_STATE_HOME") -> Iterator[None]:
    """Turn what the file system says of *folder*, which *variable* leads to, into a StateError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        values = {"folder": str(folder), "reason": reason, "variable": variable}
        raise StateError(
            Sentence("{folder} cannot be used ({reason}): put that right, or set {variable} to another folder.", values)
        ) from None


def new_name() -> str:
    """Return a name that no other file has; names sort by time."""
    return f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S.%fZ}-{uuid.uuid4().hex[:8]}"


def created(path: Path) -> int:
    """Return a descriptor of the new file at *path*, which is its owner's alone (0600), locked until it is closed."""
    while True:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            os.close(descriptor)
            path.unlink()
            raise
        if _is_at(path, descriptor):
            return descriptor
        os.close(descriptor)  # another process took it for one that was left, and cleared it away


def locked(path: Path, *, is_shared: bool = False) -> int | None:
    """Return a descriptor of the file at *path*, locked until it is closed; None where it is gone, none, or in use.

    Those who only look share the lock.
    """
    access = os.O_RDONLY if is_shared else os.O_RDWR
    try:
        descriptor = os.open(path, access | os.O_APPEND | os.O_NONBLOCK)  # a pipe of that name would wait for ever
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        is_locked = _is_at(path, descriptor)
    except OSError:
        is_locked = False
    if is_locked:
        return descriptor
    os.close(descriptor)
    return None


def _is_at(path: Path, descriptor: int) -> bool:
    """Return whether the open one is still the file at *path*, and was not replaced before the lock was had."""
    opened = os.fstat(descriptor)
    try:
        return stat.S_ISREG(opened.st_mode) and os.path.samestat(path.stat(), opened)
    except FileNotFoundError:
        return False


def files(folder: Path, suffix: str = "") -> list[Path]:
    """Return the files in *folder* that end in *suffix*, the newest first; none where there is no such folder.

    One that others could enter is closed to them.
    """
    try:
        if stat.S_IMODE(folder.stat().st_mode) & 0o077:
            folder.chmod(0o700)
        return sorted((path for path in folder.iterdir() if path.name.endswith(suffix)), reverse=True)
    except OSError:
        return []
