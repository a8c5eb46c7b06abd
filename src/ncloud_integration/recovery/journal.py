"""The journal: what is about to be sent stands on the disk before it is, and afterwards what became of it.

A file an attempt, a JSON object a line: first the attempt, then each thing that was learnt of it. A live process holds
a lock on the files of its attempts. A key or a signature is never written.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ncloud_integration import private_files
from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Refused
from ncloud_integration.integration import body
from ncloud_integration.integration.draft import unchecked
from ncloud_integration.integration.model import Integration
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.recovery import state_folder

_OPEN, _CLOSED = ".open.jsonl", ".closed.jsonl"
_CREATED = ("created", "deleted", "perhaps deleted")
_SETTLED = (*_CREATED, "refused", "not sent", "forgotten")
_KEPT_SECONDS = 30 * 24 * 3600
_READ_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True)
class Attempt:
    """A request that was sent or is about to be: what, when, where, for whom, and what was there before.

    `name` is its own, and that of its file; `started` is in seconds since 1970 by the API's clock as far as it is
    known; `account` ends in the access key's last four characters; `ids_before` are the ids that existed, or None where
    that could not be read.
    """

    started: float
    site: str
    base_url: str
    place: str
    account: str
    integration: Integration
    ids_before: frozenset[str] | None = None
    name: str = field(default_factory=state_folder.new_name)


@dataclass(frozen=True)
class Unresolved:
    """An attempt that may have created what nobody was told of, and why it is not known."""

    attempt: Attempt
    reason: Sentence


class Record:
    """An attempt's file, locked until it is closed. Threads may use it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor
        self._lock = threading.Lock()

    def note(self, outcome: Outcome) -> None:
        """Write what became of the attempt; one that is settled is closed, and asked about no more.

        Raises:
            StateError: it cannot be written.

        """
        self._write(_line(outcome))

    def forget(self) -> None:
        """Note that the operator has looked for it elsewhere.

        Raises:
            StateError: it cannot be written.

        """
        self._write({"state": "forgotten"})

    def note_deletion(self, integration_id: str, reason: Sentence | None) -> None:
        """Write that what the attempt created is deleted; with a *reason*, that nobody knows whether it is.

        Raises:
            StateError: it cannot be written.

        """
        said = {"state": "deleted"} if reason is None else {"state": "perhaps deleted", "reason": str(reason)}
        self._write({**said, "id": integration_id})

    def _write(self, line: dict[str, object]) -> None:
        with self._lock, state_folder.told(self._path.parent):
            if self._descriptor is None:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            # a line of its own, also after one that was cut short when the disk was full
            private_files.write(self._descriptor, b"\n" + _bytes({"time": time.time(), **line}))
            if line["state"] != "unknown" and self._path.name.endswith(_OPEN):
                self._path = self._path.rename(_closed(self._path))
                private_files.sync(self._path.parent)

    def close(self) -> None:
        """Let other processes work on it."""
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


class Journal:
    """The attempts of this user on this host, in *folder*."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, attempt: Attempt) -> Record:
        """Write *attempt* as one that is being sent, and return its record once it is on the disk.

        Raises:
            StateError: it cannot be written.

        """
        folder = state_folder.private(self._folder)
        path = folder / f"{attempt.name}{_OPEN}"
        with state_folder.told(folder):
            descriptor = state_folder.created(path)
            try:
                private_files.write(descriptor, _bytes({"state": "sending", **_fields(attempt)}))
                private_files.sync(folder)
            except OSError:
                os.close(descriptor)
                with contextlib.suppress(OSError):
                    path.unlink()
                raise
        return Record(path, descriptor)

    def reopened(self, attempt: Attempt) -> Record | None:
        """Return the record of an earlier *attempt*, or None where it is gone or another process works on it."""
        return self._record(attempt, _OPEN)

    def settled(self, attempt: Attempt) -> Record | None:
        """Return the record of an *attempt* that has created, to note more of it; None as in `reopened`."""
        return self._record(attempt, _CLOSED) or self._record(attempt, _OPEN)

    def _record(self, attempt: Attempt, suffix: str) -> Record | None:
        path = self._folder / f"{attempt.name}{suffix}"
        descriptor = state_folder.locked(path)
        return None if descriptor is None else Record(path, descriptor)

    def unresolved(self) -> list[Unresolved]:
        """Return the attempts that nobody knows the end of, the newest first, but for those of live processes.

        Attempts that were closed more than 30 days ago are deleted.
        """
        _delete_old(state_folder.files(self._folder, _CLOSED))
        return [found for path in state_folder.files(self._folder, _OPEN) if (found := _unresolved(path))]

    def created_ids(self) -> set[str]:
        """Return the ids that attempts of the last 30 days are known to have created, also those deleted since."""
        ids = map(_created_id, state_folder.files(self._folder, _CLOSED))
        return {integration_id for integration_id in ids if integration_id}


def _created_id(path: Path) -> str | None:
    descriptor = state_folder.locked(path, is_shared=True)
    if descriptor is None:
        return None
    with os.fdopen(descriptor, "rb") as file:
        last = _object(file.read(_READ_LIMIT).rstrip().rpartition(b"\n")[2])
    return str(last["id"]) if last.get("state") in _CREATED and "id" in last else None


def _unresolved(path: Path) -> Unresolved | None:
    descriptor = state_folder.locked(path, is_shared=True)
    if descriptor is None:
        return None
    try:
        with os.fdopen(descriptor, "rb") as file:
            first, *others = file.read(_READ_LIMIT).split(b"\n")[:-1]
            attempt = _attempt(_object(first), path.name.removesuffix(_OPEN))
            last = [line for line in map(_object, others) if isinstance(line.get("state"), str)][-1:]
            state = last[0]["state"] if last else "sending"
            if state in _SETTLED:
                path.rename(_closed(path))
                return None
    except (OSError, ValueError, TypeError, OverflowError, KeyError, body.BodyError):
        return None  # its first line is not wholly there, so that nothing was sent yet
    reason = Sentence("The wizard was ended before an answer came.")
    if state == "unknown":
        reason = Sentence("{reason}", {"reason": str(last[0].get("reason", ""))})
    return Unresolved(attempt, reason)


def _closed(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(_OPEN) + _CLOSED)


def _delete_old(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - _KEPT_SECONDS:
                path.unlink()


def _line(outcome: Outcome) -> dict[str, object]:
    if isinstance(outcome, Created):
        return {"state": "created", "id": outcome.integration_id}
    state = "refused" if isinstance(outcome, Refused) else "not sent" if isinstance(outcome, NotSent) else "unknown"
    return {"state": state, "reason": str(outcome.reason)}


def _fields(attempt: Attempt) -> dict[str, object]:
    return {
        "attempt": attempt.name,
        "time": attempt.started,
        "site": attempt.site,
        "base_url": attempt.base_url,
        "place": attempt.place,
        "account": attempt.account,
        "body": body.write(attempt.integration).decode(),
        "ids_before": None if attempt.ids_before is None else sorted(attempt.ids_before),
    }


def _attempt(line: dict[str, Any], name: str) -> Attempt:
    site, base_url, place, account, content = (line[key] for key in ("site", "base_url", "place", "account", "body"))
    if not all(isinstance(text, str) for text in (site, base_url, place, account, content)):
        raise TypeError("a text of the attempt is none")
    started, ids = line["time"], line["ids_before"]
    if not isinstance(started, (int, float)) or not isinstance(ids, (list, type(None))):
        raise TypeError("the attempt's time or its ids are none")
    return Attempt(
        started=float(started),
        site=site,
        base_url=base_url,
        place=place,
        account=account,
        integration=unchecked(body.read(content)),
        ids_before=None if ids is None else frozenset(map(str, ids)),
        name=name,
    )


def _bytes(line: dict[str, object]) -> bytes:
    return json.dumps(line).encode() + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    """Return the JSON object in *line*; an empty one where it holds none, as one that was cut short."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
