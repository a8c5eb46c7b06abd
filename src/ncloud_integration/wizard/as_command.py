"""Confirm's request as a command for a shell: shown with secrets masked, saved whole, or sent to the clipboard."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ncloud_integration import private_files
from ncloud_integration.cloudinsight import shell_command
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.integration.draft import integration
from ncloud_integration.integration.masking import masked
from ncloud_integration.integration.model import Integration
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.text import size
from ncloud_integration.wizard import command_questions
from ncloud_integration.wizard.api_access import ApiAccess
from ncloud_integration.wizard.session import Session

if TYPE_CHECKING:
    from ncloud_integration.wizard.question import Ask

CLIPBOARD_LIMIT = 64 * 1024
"""Bytes that are sent to a terminal's clipboard: more are dropped by some, and hold up a slow line."""

_NOT_IN_A_NAME = re.compile(r"[^\w-]+")
_NAME_LIMIT = 40
_NAMES_TRIED = 100


@dataclass(frozen=True)
class ShellCommand:
    """The command for `integration`: `whole` as it runs, and `shown` as it may be seen."""

    integration: Integration
    whole: str
    shown: str

    @classmethod
    def of(cls, gateway: Gateway, whole: Integration) -> ShellCommand:
        """Return the command that creates *whole* at *gateway*."""
        return cls(whole, shell_command.write(gateway, whole), shell_command.write(gateway, masked(whole)))

    @property
    def has_secrets(self) -> bool:
        """Whether something in it is masked where it is shown."""
        return self.whole != self.shown


class AsCommand:
    """Offers the command for the form of *session*; *send* sends a text to the terminal's clipboard."""

    def __init__(self, session: Session, api: ApiAccess, ask: Ask, send: Callable[[str], None]) -> None:
        self._session = session
        self._api = api
        self._ask = ask
        self._send = send

    async def run(self) -> None:
        """Show the command, and do with it what the operator picks; what came of that is the session's notice."""
        gateway = await self._api.gateway()
        whole = integration(self._session.draft)
        if await self._has_keys_in(whole):
            await self._ask(command_questions.holds_keys())
            return
        command = ShellCommand.of(gateway, whole)
        is_practice = self._session.start.is_practice
        question = command_questions.show(command.shown, has_secrets=command.has_secrets, is_practice=is_practice)
        answer = await self._ask(question)
        if answer == "save":
            self._tell(await asyncio.to_thread(saved, command, _folders(self._session)))
        elif answer == "copy":
            self._tell(await self._sent(command))

    async def _has_keys_in(self, whole: Integration) -> bool:
        keys = self._session.keys
        return keys is not None and (await self._api.client(keys)).repeats_keys(whole)

    async def _sent(self, command: ShellCommand) -> Sentence | None:
        """Send *command* to the clipboard, where it has secrets once that is said; return what to tell of it."""
        if size(command.whole) > CLIPBOARD_LIMIT:
            return Sentence("It is too long for a terminal's clipboard: save it instead.")
        if command.has_secrets and await self._ask(command_questions.send_secrets()) != "send":
            return None
        self._send(command.whole)
        return Sentence(
            "Sent to the terminal's clipboard. No terminal says whether it has taken it, and tmux does not by default."
        )

    def _tell(self, sentence: Sentence | None) -> None:
        self._session.notice = str(sentence or "")


def saved(command: ShellCommand, folders: list[Path]) -> Sentence:
    """Save *command* in the first of *folders* that takes it, in a file of its own; return what to tell of that."""
    reason = ""
    for folder in folders:
        try:
            path = _written(folder, command)
        except OSError as error:
            reason = reason or error.strerror or type(error).__name__
            continue
        if command.has_secrets:
            return Sentence("Saved whole to {path}, readable by you alone. It holds secrets.", {"path": str(path)})
        return Sentence("Saved to {path}, readable by you alone.", {"path": str(path)})
    return Sentence("It could not be saved in {folder}: {reason}.", {"folder": str(folders[0]), "reason": reason})


def _folders(session: Session) -> list[Path]:
    """Return where the operator would look for it: here, or where this program keeps what outlives it."""
    kept = session.start.state_folder
    return [Path.cwd(), *([kept / "commands"] if kept else [])]


def _written(folder: Path, command: ShellCommand) -> Path:
    """Return the new file in *folder* that holds *command*; no file that is there already is touched."""
    if not folder.exists():
        private_files.make_private(folder)
    for name in _names(command.integration.name):
        path = folder / name
        try:
            private_files.create(path, command.whole.encode())
        except FileExistsError:
            continue
        return path
    raise FileExistsError(0, str(Sentence("all names for it are taken")), str(folder))


def _names(name: str) -> Iterator[str]:
    """Yield names of files for the command that creates the integration of that *name*."""
    stem = f"create-{_NOT_IN_A_NAME.sub('-', name).strip('-')[:_NAME_LIMIT] or 'integration'}"
    yield f"{stem}.sh"
    for number in range(2, _NAMES_TRIED):
        yield f"{stem}-{number}.sh"
