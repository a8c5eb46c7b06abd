"""Keys in the operator's keyring: found, kept and removed through a child process that can be given up at any time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from typing import Any

from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.credentials import store
from ncloud_integration.credentials.environment import without_keys
from ncloud_integration.credentials.store import EntryError, LockedError, NotSetUpError, PasswordError, StoreError
from ncloud_integration.integration.sentence import Sentence

LOOK_SECONDS = 3.0
"""How long the wizard waits for what nobody asked for."""

_BURIAL_SECONDS = 1.0


class KeyringStore:
    """The keyring. What the operator asks of it takes as long as it takes: until an answer, or `give_up`."""

    def __init__(self) -> None:
        self._waits: set[asyncio.Event] = set()

    def give_up(self) -> None:
        """Wait for no answer any longer: what waits for one tells what is known without it."""
        for wait in self._waits:
            wait.set()

    async def look(self) -> Sentence:
        """Return in a few words what the keyring of this host is like; nothing is opened or kept for that."""
        answer = await self._ask({"do": "look"}, LOOK_SECONDS)
        state = f"{answer['state']}, by password" if answer.get("takes_password") else answer["state"]
        return _IN_SHORT.get(state, _IN_SHORT["failed"]).about(_values(answer))

    async def find(self, account: str, *, is_asked: bool = True) -> Keys | None:
        """Return the keys that are kept for *account*, or None."""
        request = {"do": "find", "account": account, "is_asked": is_asked}
        answer = await self._answer(request, None if is_asked else LOOK_SECONDS)
        if answer["state"] == "missing":
            return None
        keys = store.read(answer.get("secret", ""))
        if keys is None:
            raise EntryError(
                Sentence(
                    "The keyring's entry for {account} is not a key pair: type the keys, and keep them to replace it.",
                    {"account": account},
                )
            )
        return keys

    async def keep(self, account: str, keys: Keys) -> None:
        """Keep *keys* for *account*, read back and compared before this returns, also where it was given up."""
        request = {"do": "keep", "account": account, "secret": store.written(keys), "is_asked": True}
        await self._changed(request, account, keys)

    async def remove(self, account: str) -> None:
        """Keep nothing for *account*, read back before this returns, also where it was given up."""
        await self._changed({"do": "remove", "account": account, "is_asked": True}, account, None)

    async def unlock(self, password: Secret) -> None:
        """Unlock it by its *password*, where it takes one without a desktop."""
        await self._answer({"do": "unlock", "secret": password.reveal(), "is_asked": True})

    async def set_up(self, password: Secret) -> None:
        """Make its first collection under *password*, where it takes one without a desktop."""
        if not password.reveal():  # gnome-keyring would keep everything as plain text, and take any password for it
            raise StoreError(Sentence("A keyring without a password keeps nothing safe: choose one."))
        await self._answer({"do": "set up", "secret": password.reveal(), "is_asked": True})

    async def _changed(self, request: dict[str, Any], account: str, expected: Keys | None) -> None:
        try:
            await self._answer(request)
        except _NoAnswerError as error:
            if not await self._holds(account, expected):
                values = {"reason": error.sentence}
                raise StoreError(
                    Sentence("{reason} It does not keep the keys.", values)
                    if expected
                    else Sentence("{reason} It still has the keys.", values)
                ) from None

    async def _holds(self, account: str, expected: Keys | None) -> bool:
        """Return whether a change was made that no answer came to.

        Raises:
            StoreError: that cannot be told.

        """
        try:
            return await self.find(account, is_asked=False) == expected
        except EntryError:
            return False
        except StoreError:
            raise StoreError(
                Sentence(
                    "The keyring did not answer, and it cannot be told what it keeps for {account}: look into it "
                    "later.",
                    {"account": account},
                )
            ) from None

    async def _answer(self, request: dict[str, Any], seconds: float | None = None) -> dict[str, Any]:
        """Return the keyring's answer where it has done what was asked; raise what stands for any other."""
        answer = await self._ask(request, seconds)
        if answer["state"] not in ("found", "missing", "kept", "removed", "ready", "named"):
            raise _error(answer)
        return answer

    async def _ask(self, request: dict[str, Any], seconds: float | None) -> dict[str, Any]:
        wait = asyncio.Event()
        self._waits.add(wait)
        try:
            return await _ask(request, wait, seconds)
        finally:
            self._waits.discard(wait)


class _NoAnswerError(StoreError):
    """It was given up, by the operator or after some seconds."""


async def _ask(request: dict[str, Any], given_up: asyncio.Event, seconds: float | None) -> dict[str, Any]:
    """Return the child's answer; `{"state": "timeout"}` where it was killed after *seconds* or once *given_up*."""
    try:
        child = await _started_child()
    except OSError as error:
        return {"state": "failed", "error": type(error).__name__}
    return await _talk(child, request, given_up, seconds)


async def _started_child() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ncloud_integration.credentials.keyring_child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",  # python -m would import a keyring.py of the directory that the operator happens to be in
        env=without_keys(os.environ),
        start_new_session=True,
    )


async def _talk(
    child: asyncio.subprocess.Process, request: dict[str, Any], given_up: asyncio.Event, seconds: float | None
) -> dict[str, Any]:
    talk = asyncio.create_task(_line(child, json.dumps(request)))
    end = asyncio.create_task(given_up.wait())
    try:
        await asyncio.wait({talk, end}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        is_answered = talk.done()
    finally:
        end.cancel()
        await _buried(child)
        talk.cancel()
    if not is_answered:
        return {"state": "given up"} if given_up.is_set() else {"state": "timeout", "seconds": f"{seconds:.0f}"}
    try:
        answer = json.loads(talk.result())
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or not isinstance(answer.get("state"), str):
        return {"state": "failed", "error": f"exit {child.returncode}"}
    return answer


async def _line(child: asyncio.subprocess.Process, request: str) -> bytes:
    """Return the line that *child* answers with; its input stays open, since it ends with whoever has the other end."""
    if child.stdin is None or child.stdout is None:
        return b""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(request.encode() + b"\n")
        await child.stdin.drain()
    with contextlib.suppress(ValueError):  # a line without end
        return await child.stdout.readline()
    return b""


async def _buried(child: asyncio.subprocess.Process) -> None:
    """End *child*, which has answered or is given up, with all that it has started."""
    ended = asyncio.create_task(child.wait())
    await asyncio.wait({ended}, timeout=0 if child.returncode is None else _BURIAL_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    if child.stdin:
        child.stdin.close()
    await asyncio.wait({ended}, timeout=_BURIAL_SECONDS)
    ended.cancel()


_SENTENCES = {
    "timeout": Sentence(
        "The keyring did not answer within {seconds} seconds: it may be waiting for a person on another screen."
    ),
    "given up": Sentence("The keyring was given up before it answered."),
    "none available": Sentence("No keyring runs on this host."),
    "denied": Sentence("That is not the keyring's password."),
    "lost": Sentence("The keyring took the keys and did not give the same back: they are not kept."),
    "still there": Sentence(
        "The keyring still has the keys after it was told to remove them: remove them with its own program."
    ),
    "failed": Sentence("The keyring failed ({error}): keyring diagnose may tell more."),
}

_IN_SHORT = {
    "ready": Sentence("{backend}: encrypted with your login"),
    "named": Sentence("{backend}, as PYTHON_KEYRING_BACKEND says"),
    "locked, by password": Sentence("locked: its password is asked"),
    "locked": Sentence("locked: has to be unlocked on the desktop"),
    "not set up, by password": Sentence("new: you choose its password"),
    "not set up": Sentence("has no collection yet to keep keys in"),
    "timeout": Sentence("does not answer"),
    "given up": Sentence("was given up before it answered"),
    "none available": Sentence("none runs on this host"),
    "refused": Sentence("refused: {backend}"),
    "failed": Sentence("failed ({error})"),
}

_REFUSED = {
    "loses": Sentence("{backend} is no keyring to keep keys in: it does not give back what it is given."),
    "plain text": Sentence("{backend} is no keyring to keep keys in: whoever has its file can read or change them."),
    "chains": Sentence("{backend} is no keyring to keep keys in: it passes them on, and does not say to which one."),
    "unknown": Sentence(
        "{backend} is a keyring that is not known to encrypt: to use it, name it in PYTHON_KEYRING_BACKEND."
    ),
}

_INSTEAD = Sentence(
    "{reason} Unset PYTHON_KEYRING_BACKEND, or take it out of keyringrc.cfg (keyring diagnose names the file)."
)

_LOCKED = {
    True: Sentence("The keyring is locked: its password opens it."),
    False: Sentence("The keyring is locked: unlock it on the desktop, or with gnome-keyring-daemon --unlock."),
}

_NOT_SET_UP = {
    True: Sentence("The keyring has nothing yet to keep keys in: you choose its password."),
    False: Sentence(
        "The keyring has nothing yet to keep keys in: make a collection on the desktop, or choose the vault."
    ),
}


def _error(answer: dict[str, Any]) -> StoreError:
    """Return what is to be raised for an *answer* that says that the keyring did not do what was asked."""
    state = answer["state"]
    takes_password = bool(answer.get("takes_password"))
    if state == "locked":
        return LockedError(_LOCKED[takes_password], takes_password=takes_password)
    if state == "not set up":
        return NotSetUpError(_NOT_SET_UP[takes_password], takes_password=takes_password)
    if state == "refused":
        is_unknown = answer.get("reason") not in ("loses", "plain text", "chains")
        reason = _REFUSED["unknown" if is_unknown else answer["reason"]].about(_values(answer))
        return StoreError(reason if is_unknown else _INSTEAD.about({"reason": reason}))
    sentence = _SENTENCES.get(state, _SENTENCES["failed"]).about(_values(answer))
    if state in ("timeout", "given up"):
        return _NoAnswerError(sentence)
    return PasswordError(sentence) if state == "denied" else StoreError(sentence)


def _values(answer: dict[str, Any]) -> dict[str, str]:
    return {"error": "?", "backend": "?", **{name: str(value) for name, value in answer.items()}}
