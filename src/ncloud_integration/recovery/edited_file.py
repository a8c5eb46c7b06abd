"""The payload in a file of its own while the operator's editor has it, and for the next wizard if that was cut off."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from ncloud_integration import private_files
from ncloud_integration.integration.sentence import ExplainedError, Sentence
from ncloud_integration.integration.text import LOAD_LIMIT, document, size
from ncloud_integration.recovery import state_folder

_EDITED, _GIVEN = ".json", ".given"
_UNFINISHED = ".unfinished"


class UnusableError(ExplainedError):
    """What an editor saved cannot be taken; `sentence` says why."""


@dataclass(frozen=True)
class Saved:
    """What an editor saved, as the payload holds it, and a sentence for all that was changed for that."""

    text: str
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class LeftFile:
    """A file that an earlier wizard has left: when it was saved (seconds since 1970), its bytes, and what it holds.

    Where `content` is a sentence, it cannot be taken, and that says why. `beside` names what its editor left with it:
    most have what was not saved in a file of their own.
    """

    path: Path
    saved: float
    size: int
    content: Saved | Sentence
    beside: tuple[str, ...]


class EditedFile:
    """A new file with *text* (0600), in *folder* or, without one, in a temporary folder that goes with it.

    What was given to the editor is in a file beside it, and a lock on that says that the wizard lives: editors
    replace the file that they write.

    Raises:
        StateError: it cannot be written.

    """

    def __init__(self, folder: Path | None, text: str) -> None:
        self.is_kept = folder is not None
        self._folder = folder or _temporary()
        self._given = text
        self.path = self._folder / f"{state_folder.new_name()}{_EDITED}"
        self._descriptor: int | None = None
        self._lock = threading.Lock()
        state_folder.private(self._folder)
        with state_folder.told(self._folder):
            try:
                self._descriptor = state_folder.created(self.path.with_suffix(_GIVEN))
                private_files.write(self._descriptor, text.encode())
                private_files.replace(self.path, text.encode())
            except OSError:
                self.remove()
                raise

    def saved(self) -> Saved:
        """Return what the editor has saved.

        Raises:
            UnusableError: it is no text, too large, or gone.

        """
        return _saved(self.path, self._given)

    def remove(self) -> None:
        """Delete it, and what an editor left with it."""
        _delete(self.path)
        self.let_go()

    def leave(self) -> bool:
        """Let go of it, and return whether there is something in it for the next wizard; if not, it is deleted."""
        is_left = self.is_kept and _left(self.path, self._given) is not None
        if is_left:
            self.let_go()
        else:
            self.remove()
        return is_left

    def let_go(self) -> None:
        """Leave it to the next wizard as it is, while the editor may still write it; a temporary one is deleted."""
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
            self._descriptor = None
        if not self.is_kept:
            shutil.rmtree(self._folder, ignore_errors=True)


def left_files(folder: Path) -> list[LeftFile]:
    """Return what wizards that are gone have left in *folder*, the newest first; what nobody needs is deleted."""
    found = []
    for given in state_folder.files(folder, _GIVEN):
        descriptor = state_folder.locked(given, is_shared=True)
        if descriptor is None:
            continue
        path = given.with_suffix(_EDITED)
        with os.fdopen(descriptor, "rb") as file:
            left = _left(path, file.read().decode("utf-8", "replace"))
        if left:
            found.append(left)
        else:
            remove(path)
    return sorted(found, key=lambda left: left.saved, reverse=True)


def remove(path: Path) -> None:
    """Delete the edited file at *path*, and what an editor left with it, if no wizard uses it."""
    descriptor = state_folder.locked(path.with_suffix(_GIVEN))
    if descriptor is not None:
        _delete(path)
        os.close(descriptor)


def _temporary() -> Path:
    with state_folder.told(Path(tempfile.gettempdir()), "TMPDIR"):
        return Path(tempfile.mkdtemp(prefix="ncloud-integration-"))


def _left(path: Path, given: str) -> LeftFile | None:
    """Return what is left at *path*, or None where it is as it was given and there is nothing else."""
    beside = tuple(sorted(each.name for each in _beside(path) if each.suffix != _UNFINISHED))
    content: Saved | Sentence
    try:
        content = _saved(path, given)
        if content.text == given:
            content = Sentence("Your editor was cut off before it saved.")
            if not beside:
                return None
    except UnusableError as error:
        content = error.sentence
    try:
        status = path.lstat()
    except OSError:
        return LeftFile(path, 0.0, 0, content, beside) if beside else None
    return LeftFile(path, status.st_mtime, status.st_size, content, beside)


def _saved(path: Path, given: str) -> Saved:
    limit = max(LOAD_LIMIT, size(given) + 1)  # one that is too long already may be shortened
    try:
        text, notes = document(private_files.read(path, limit).decode("utf-8"))
    except UnicodeDecodeError as error:
        position = {"position": error.start + 1}
        raise UnusableError(Sentence("What your editor saved is not UTF-8 (byte {position:,}).", position)) from None
    except FileNotFoundError:
        raise UnusableError(Sentence("The file that your editor was given is gone.")) from None
    except OSError as error:
        reason = {"reason": error.strerror or type(error).__name__}
        raise UnusableError(Sentence("What your editor saved cannot be read ({reason}).", reason)) from None
    if not given.endswith("\n"):
        text = text.removesuffix("\n")  # most editors end the last line as well
    return Saved(given) if text == given else Saved(text, tuple(notes))


def _delete(path: Path) -> None:
    for each in [*_beside(path), path, path.with_suffix(_GIVEN)]:
        with contextlib.suppress(OSError):
            each.unlink()


def _beside(path: Path) -> list[Path]:
    """Return what has the name of *path* in its own: swap files, backups, and what could not be saved elsewhere."""
    own = (path, path.with_suffix(_GIVEN))
    return [each for each in state_folder.files(path.parent, "") if path.stem in each.name and each not in own]
