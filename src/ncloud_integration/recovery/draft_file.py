"""The form as it stands, on the disk, so that a dropped connection loses nothing that was typed. No key is in it."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ncloud_integration import private_files
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.recovery import state_folder

_SUFFIX, _UNFINISHED = ".json", ".unfinished"
_READ_LIMIT = 16 * 1024 * 1024


@dataclass(frozen=True)
class Form:
    """A form that is being filled in: the draft, the name of its site, and the name of the step that was reached."""

    draft: Draft
    site: str
    step: str


@dataclass(frozen=True)
class SavedForm:
    """A form that an earlier wizard left, and when (seconds since 1970)."""

    path: Path
    form: Form
    saved: float


class DraftFile:
    """The file of one wizard in *folder*: no other one writes it, and a lock says that it is in use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"{state_folder.new_name()}{_SUFFIX}"
        self._descriptor: int | None = None
        self._saved: Form | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    def save(self, form: Form | None) -> None:
        """Have the file hold *form*, or be gone where that is None. Threads may call this.

        Raises:
            StateError: it cannot be written; what it held before is still there.

        """
        with self._lock:
            if self._is_closed or form == self._saved:
                return
            with state_folder.told(self._folder):
                if form is None:
                    self._remove()
                else:
                    self._hold(self._written(form))
            self._saved = form

    def close(self, form: Form | None) -> None:
        """Save *form* for the next wizard, and let go of the file.

        Raises:
            StateError: it cannot be written.

        """
        try:
            self.save(form)
        finally:
            with self._lock:
                self._is_closed = True
                self._hold(None)

    def take_over(self, saved: SavedForm) -> None:
        """Make the file of an earlier wizard this one's own, unless another wizard uses it or has changed it."""
        with self._lock:
            descriptor = state_folder.locked(saved.path)
            if descriptor is None:
                return
            if _content(descriptor) == saved.form:
                self._remove()
                self._path, self._descriptor, self._saved = saved.path, descriptor, saved.form
            else:
                os.close(descriptor)

    def _written(self, form: Form) -> int:
        """Put a new file in the place of the old one, locked before it is there, and return its descriptor."""
        state_folder.private(self._folder)
        unfinished = self._path.with_suffix(_UNFINISHED)
        with contextlib.suppress(FileNotFoundError):
            unfinished.unlink()
        descriptor = state_folder.created(unfinished)
        try:
            private_files.write(descriptor, json.dumps(_fields(form)).encode())
            unfinished.replace(self._path)
        except OSError:
            os.close(descriptor)
            unfinished.unlink(missing_ok=True)
            raise
        return descriptor

    def _remove(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        self._hold(None)

    def _hold(self, descriptor: int | None) -> None:
        """Let go of the file that was there before, and hold *descriptor* from now on."""
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = descriptor


def saved_forms(folder: Path) -> list[SavedForm]:
    """Return the forms that wizards which are gone have left in *folder*, the newest first."""
    for path in state_folder.files(folder, _UNFINISHED):
        remove(path)
    found = [saved for path in state_folder.files(folder, _SUFFIX) if (saved := _saved_form(path))]
    return sorted(found, key=lambda saved: saved.saved, reverse=True)


def remove(path: Path) -> None:
    """Delete the file at *path* if no wizard uses it."""
    descriptor = state_folder.locked(path)
    if descriptor is not None:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(descriptor)


def _saved_form(path: Path) -> SavedForm | None:
    descriptor = state_folder.locked(path, is_shared=True)
    if descriptor is None:
        return None
    form, saved = _content(descriptor), os.fstat(descriptor).st_mtime
    os.close(descriptor)
    return None if form is None else SavedForm(path, form, saved)


def _content(descriptor: int) -> Form | None:
    try:
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return _form(json.loads(file.read(_READ_LIMIT)))
    except (OSError, KeyError, TypeError, ValueError, RecursionError):
        return None


def _fields(form: Form) -> dict[str, object]:
    draft = form.draft
    return {
        "site": form.site,
        "step": form.step,
        "name": draft.name,
        "url": draft.url,
        "headers": [[header.name, header.value] for header in draft.headers],
        "payload": draft.payload,
    }


def _form(fields: dict[str, Any]) -> Form:
    headers = tuple(Header(str(name), str(value)) for name, value in fields["headers"])
    draft = Draft(str(fields["name"]), str(fields["url"]), headers, str(fields["payload"]))
    return Form(draft, str(fields["site"]), str(fields["step"]))
