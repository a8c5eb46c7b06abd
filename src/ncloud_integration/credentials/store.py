"""Where keys rest: what the keyring and the vault have in common, and the ways in which either may fail."""

from __future__ import annotations

from typing import Protocol

from ncloud_integration.cloudinsight import keys as key_rules
from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.integration.sentence import ExplainedError, Sentence


class StoreError(ExplainedError):
    """The store cannot be used; `sentence` says why and what to do.

    ::

        StoreError
        ├── LockedError       it has to be unlocked first
        ├── NotSetUpError     there is nothing yet to keep keys in
        ├── PasswordError     the password is not the store's
        ├── DamagedError      what it holds was changed or cut off by something else
        └── EntryError        it works, and what it holds for an account is no key pair
    """


class LockedError(StoreError):
    """It has to be unlocked first; `takes_password` where `unlock` may do that."""

    def __init__(self, sentence: Sentence, *, takes_password: bool) -> None:
        super().__init__(sentence)
        self.takes_password = takes_password


class NotSetUpError(StoreError):
    """There is nothing yet to keep keys in; `takes_password` where `set_up` may change that."""

    def __init__(self, sentence: Sentence, *, takes_password: bool) -> None:
        super().__init__(sentence)
        self.takes_password = takes_password


class PasswordError(StoreError):
    """The password is not the store's."""


class DamagedError(StoreError):
    """What the store holds was changed or cut off by something else than this program."""


class EntryError(StoreError):
    """The store works, and what it holds for an account is no key pair."""


class Store(Protocol):
    """Keeps key pairs by the name of an account. Every call raises `StoreError` where it cannot do what it says."""

    async def find(self, account: str, *, is_asked: bool = True) -> Keys | None:
        """Return the keys of *account*, or None; unless *is_asked*, within seconds and without asking anybody."""

    async def keep(self, account: str, keys: Keys) -> None:
        """Keep *keys* for *account* in place of what was kept before; they were read back when this returns."""

    async def remove(self, account: str) -> None:
        """Keep nothing for *account*; that was read back when this returns."""

    async def unlock(self, password: Secret) -> None:
        """Let the other calls in, until the store is locked again or the program ends."""

    async def set_up(self, password: Secret) -> None:
        """Make what keys can be kept in, under *password*, unlocked."""

    def give_up(self) -> None:
        """Wait no longer for what may take long: those calls end soon, and tell what is known."""


def written(keys: Keys) -> str:
    """Return *keys* as the text that a store keeps: only a store may call this."""
    import json

    return json.dumps({"access_key": keys.access_key.reveal(), "secret_key": keys.secret_key.reveal()})


def read(text: str) -> Keys | None:
    """Return the keys that a store's *text* holds, or None where it is no usable pair."""
    import json

    try:
        pair = json.loads(text)
        access_key, secret_key = pair["access_key"], pair["secret_key"]
        is_pair = not key_rules.problems(access_key, secret_key)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Keys.of(access_key, secret_key) if is_pair else None
