"""Keys in a vault: a file under a passphrase, for hosts without a keyring."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from ncloud_integration import private_files
from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.credentials import store, vault
from ncloud_integration.credentials.store import (
    DamagedError,
    EntryError,
    LockedError,
    NotSetUpError,
    PasswordError,
    StoreError,
)
from ncloud_integration.credentials.vault import Entries, Key, Sealed
from ncloud_integration.integration.sentence import Sentence, Values

_SIZE_LIMIT = 1024 * 1024


class VaultStore:
    """The `Store` in the file at *path*; *n* is what a guess at its passphrase costs.

    The passphrase is forgotten at once. Its key is held until the store is locked, and is good for nothing once the
    file has another salt. Any number of wizards may use one file.
    """

    def __init__(self, path: Path, *, n: int = vault.N) -> None:
        self._path = path
        self._n = n
        self._key: Key | None = None

    @property
    def exists(self) -> bool:
        """Whether there is anything at its path."""
        return os.path.lexists(self._path)

    @property
    def is_unlocked(self) -> bool:
        """Whether a key is held; the next call may find that the passphrase was changed."""
        return self._key is not None

    def lock(self) -> None:
        """Forget the key."""
        self._key = None

    async def find(self, account: str, *, is_asked: bool = True) -> Keys | None:
        """Return the keys of *account*, or None; nobody is ever asked for anything."""
        del is_asked
        return await asyncio.to_thread(self._find, account)

    async def keep(self, account: str, keys: Keys) -> None:
        """Keep *keys* for *account* in place of what was kept before; they were read back when this returns."""
        await asyncio.to_thread(self._change, lambda entries: {**entries, account: Secret(store.written(keys))})

    async def remove(self, account: str) -> None:
        """Keep nothing for *account*; that was read back when this returns."""
        await asyncio.to_thread(self._change, lambda entries: _without(account, entries))

    async def unlock(self, password: Secret) -> None:
        """Hold the key of *password*, where that opens the vault."""
        self._key = await asyncio.to_thread(self._key_of, password)  # not where the call was cancelled meanwhile

    async def set_up(self, password: Secret) -> None:
        """Make an empty vault under *password*, where there is none, and unlock it."""
        await asyncio.to_thread(self._set_up, password)

    def give_up(self) -> None:
        """Do nothing: no call waits for anybody, and a change to the file is better made than left unclear."""

    async def change_password(self, old: Secret, new: Secret) -> None:
        """Put *new* in the place of *old*; the vault is unlocked then, and locked for every other wizard."""
        await asyncio.to_thread(self._change_password, old, new)

    async def start_over(self) -> None:
        """Delete the vault and all keys in it: nothing else helps where the passphrase is forgotten."""
        await asyncio.to_thread(self._start_over)

    def _find(self, account: str) -> Keys | None:
        text = self._entries(self._held()).get(account)
        if text is None:
            return None
        keys = store.read(text.reveal())
        if keys is None:
            raise EntryError(
                Sentence(
                    "The vault's entry for {account} is not a key pair: type the keys, and keep them to replace it.",
                    {"account": account},
                )
            )
        return keys

    def _key_of(self, password: Secret) -> Key:
        sealed = self._read()
        key = vault.derived(password, sealed.kdf)
        vault.opened(sealed, key, self._path)
        return key

    def _set_up(self, password: Secret) -> None:
        _refuse_weak(password)
        key = vault.derived(password, vault.new_kdf(self._n))
        with self._alone():
            if self.exists:
                raise StoreError(Sentence("There is a vault {path} already: unlock it, or start over.", self._values))
            self._write({}, key)
        self._key = key

    def _change_password(self, old: Secret, new: Secret) -> None:
        _refuse_weak(new)
        old_key, new_key = self._key_of(old), vault.derived(new, vault.new_kdf(self._n))
        with self._alone():
            self._write(self._entries(old_key), new_key)
        self._key = new_key

    def _start_over(self) -> None:
        self._key = None
        with self._alone():
            private_files.remove(self._path)
            if self.exists:
                raise StoreError(
                    Sentence("The vault {path} is still there after it was deleted: delete it by hand.", self._values)
                )

    def _change(self, changed: Callable[[Entries], Entries]) -> None:
        key = self._held()
        with self._alone():
            self._write(changed(self._entries(key)), key)

    def _held(self) -> Key:
        key = self._key
        if key is None:
            self._read()  # that it is missing or damaged is told first: no passphrase helps there
            raise LockedError(
                Sentence("The vault {path} is locked: type its passphrase.", self._values), takes_password=True
            )
        return key

    def _entries(self, key: Key) -> Entries:
        """Return what the file keeps now, where *key* is its key still."""
        sealed = self._read()
        if sealed.kdf != key.kdf:
            self._key = None
            said = Sentence(
                "Another wizard changed the passphrase of the vault {path}, or started it over: "
                "type the passphrase that it has now.",
                self._values,
            )
            raise LockedError(said, takes_password=True)
        try:
            return vault.opened(sealed, key, self._path)
        except PasswordError:  # the key did open a vault of that salt, so it is not the passphrase that is wrong
            raise vault.damaged(self._path) from None

    def _read(self) -> Sealed:
        with _told(self._path):
            try:
                content = private_files.read(self._path, _SIZE_LIMIT)
            except FileNotFoundError:
                self._key = None
                said = Sentence("There is no vault {path} yet: set one up.", self._values)
                raise NotSetUpError(said, takes_password=True) from None
        return vault.read(content, self._path)

    def _write(self, entries: Entries, key: Key) -> None:
        content = vault.written(entries, key)
        if len(content) > _SIZE_LIMIT:
            raise StoreError(
                Sentence("The vault {path} is full: remove the keys of accounts that are no longer used.", self._values)
            )
        private_files.replace(self._path, content)
        if self._entries(key) != entries:
            raise DamagedError(
                Sentence(
                    "The vault {path} does not hold what was just written to it: check its disk, and try again.",
                    self._values,
                )
            )

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with _told(self._path), private_files.locked(self._path.parent):
            yield

    @property
    def _values(self) -> Values:
        """What its sentences name."""
        return {"path": str(self._path)}


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the file system says of *path* and its folder into a StoreError."""
    try:
        yield
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else str(path)
        reason = error.strerror or type(error).__name__
        raise StoreError(
            Sentence(
                "The vault cannot be read or written ({path}: {reason}): "
                "put that right, or set XDG_DATA_HOME to another folder.",
                {"path": where, "reason": reason},
            )
        ) from None


def _refuse_weak(password: Secret) -> None:
    problem = vault.passphrase_problem(password.reveal())
    if problem:
        raise StoreError(problem)


def _without(account: str, entries: Entries) -> Entries:
    return {name: text for name, text in entries.items() if name != account}
