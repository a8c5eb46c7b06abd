"""Keys in the operator's keyring: found and kept through a child process, within a deadline."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys

from ncloud_integration.cloudinsight import keys as key_rules
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.credentials.environment import without_keys
from ncloud_integration.integration.sentence import Sentence

FIND_SECONDS = 3.0
"""How long the wizard waits for a look into the keyring that nobody asked for."""

KEEP_SECONDS = 30.0
"""How long it waits to keep keys: a desktop may be asking a person to unlock the keyring."""


_BURIAL_SECONDS = 1.0


class KeyringError(Exception):
    """The keyring cannot be used; `sentence` says why and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class EntryError(KeyringError):
    """The keyring works, and what it holds for an account is no key pair."""


async def find(account: str, seconds: float = FIND_SECONDS) -> Keys | None:
    """Return the keys that are kept for *account*, or None.

    Raises:
        EntryError: what it holds is no key pair.
        KeyringError: the keyring did not tell within *seconds*.

    """
    answer = await _ask({"do": "find", "account": account}, seconds)
    if answer["state"] == "missing":
        return None
    if answer["state"] != "found":
        raise KeyringError(_sentence(answer))
    try:
        pair = json.loads(answer["secret"])
        access_key, secret_key = pair["access_key"], pair["secret_key"]
        is_pair = not key_rules.problems(access_key, secret_key)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        is_pair = False
    if not is_pair:
        template = "The keyring's entry for {account} is not a key pair: type the keys, and keep them to replace it."
        raise EntryError(Sentence(template, {"account": account}))
    return Keys.of(access_key, secret_key)


async def keep(account: str, keys: Keys, seconds: float = KEEP_SECONDS) -> None:
    """Keep *keys* for *account*, read back and compared before this returns.

    Raises:
        KeyringError: they are not kept, or it could not be told within *seconds*.

    """
    pair = {"access_key": keys.access_key.reveal(), "secret_key": keys.secret_key.reveal()}
    answer = await _ask({"do": "keep", "account": account, "secret": json.dumps(pair)}, seconds)
    if answer["state"] == "timeout":
        if await _is_kept(account, keys):
            return
        answer["state"] = "unclear"
    if answer["state"] != "kept":
        raise KeyringError(_sentence(answer))


async def _is_kept(account: str, keys: Keys) -> bool:
    try:
        return await find(account) == keys
    except KeyringError:
        return False


async def _ask(request: dict[str, str], seconds: float) -> dict[str, str]:
    """Return the child's answer; `{"state": "timeout"}` where it was killed after *seconds*."""
    try:
        child = await _started_child()
    except OSError as error:
        return {"state": "failed", "error": type(error).__name__}
    return await _talk(child, request, seconds)


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


async def _talk(child: asyncio.subprocess.Process, request: dict[str, str], seconds: float) -> dict[str, str]:
    talk = asyncio.create_task(child.communicate(json.dumps(request).encode()))
    try:
        await asyncio.wait({talk}, timeout=seconds)
        is_answered = talk.done()
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            await asyncio.wait({talk}, timeout=_BURIAL_SECONDS)
    if not is_answered:
        return {"state": "timeout", "seconds": f"{seconds:.0f}"}
    output, _ = talk.result()
    try:
        answer: dict[str, str] = json.loads(output)
    except ValueError:
        return {"state": "failed", "error": f"exit {child.returncode}"}
    return answer


_SENTENCES = {
    "timeout": "The keyring did not answer within {seconds} seconds: it may be waiting for a person on another screen.",
    "locked": "The keyring is locked: unlock it on the desktop, or with gnome-keyring-daemon --unlock.",
    "none available": "No keyring runs on this host.",
    "not set up": "The keyring has no collection yet: make one on the desktop, or by gnome-keyring-daemon --unlock.",
    "untrusted": "{backend} is not a keyring to keep keys in: unset PYTHON_KEYRING_BACKEND, and take it out of "
    "keyringrc.cfg (keyring diagnose names the file).",
    "unclear": "The keyring did not answer within {seconds} seconds, and it cannot be told whether it keeps the keys.",
    "lost": "The keyring took the keys and did not give the same back: they are not kept.",
    "failed": "The keyring failed ({error}): keyring diagnose may tell more.",
}


def _sentence(answer: dict[str, str]) -> Sentence:
    return Sentence(_SENTENCES.get(answer["state"], _SENTENCES["failed"]), {"error": "?", **answer})
