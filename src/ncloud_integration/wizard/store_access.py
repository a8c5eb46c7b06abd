"""The stores as the screens use them: opened with what the operator is asked for, waited for in sight, and given up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, TypeVar

from ncloud_integration.cloudinsight.keys import Secret
from ncloud_integration.credentials.accounts import Shelf
from ncloud_integration.credentials.keyring_store import KeyringStore
from ncloud_integration.credentials.store import LockedError, NotSetUpError, Store, StoreError
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.wizard import key_questions
from ncloud_integration.wizard.background import Starter, loaded
from ncloud_integration.wizard.question import DONE, Ask, Trial
from ncloud_integration.wizard.session import Session

if TYPE_CHECKING:
    from ncloud_integration.credentials.vault_store import VaultStore

_T = TypeVar("_T")

WAITING_SHOWN_AFTER = 0.4
"""Seconds that a store may take before it is shown that it is waited for."""


class StayError(Exception):
    """The operator put off what a store has to be opened for."""


class StoreAccess:
    """The keyring and the vault of *session*. *start* runs work beside the screens, and *ask* asks the operator.

    `is_given_up` says whether the operator gave up what was waited for last.
    """

    def __init__(self, session: Session, start: Starter, ask: Ask) -> None:
        self._session = session
        self._start = start
        self._ask = ask
        self._vault: VaultStore | None = None
        self.is_given_up = False
        self.keyring = KeyringStore()

    @property
    def is_vault_open(self) -> bool:
        """Whether the vault was opened, and gives its keys without asking."""
        return self._vault is not None and self._vault.is_unlocked

    async def vault(self) -> VaultStore:
        """Return the vault, whether there is one yet or not.

        Raises:
            StoreError: nothing is kept on the disk in this run.

        """
        path = self._session.start.vault_path
        if path is None:
            raise StoreError(Sentence("This run keeps nothing on the disk."))
        await loaded("ncloud_integration.credentials.vault_store")
        from ncloud_integration.credentials.vault_store import VaultStore

        self._vault = self._vault or VaultStore(path)
        return self._vault

    async def store(self, shelf: Shelf) -> Store:
        """Return the store of that name.

        Raises:
            StoreError: nothing is kept on the disk in this run.

        """
        return self.keyring if shelf == "keyring" else await self.vault()

    async def opened(
        self, shelf: Shelf, call: Callable[[Store], Coroutine[None, None, _T]], *, may_set_up: bool = False
    ) -> _T:
        """Return what *call* gives, having asked for what opens the store where it has to be opened first.

        Raises:
            StayError: that was put off.
            StoreError: the store cannot do it.

        """
        store = await self.store(shelf)
        while True:
            try:
                return await self.waited(shelf, store, call(store))
            except LockedError as error:
                if not error.takes_password:
                    raise
                question = key_questions.unlock(shelf, self.trial(store, _first(store.unlock)))
            except NotSetUpError as error:
                if not (error.takes_password and may_set_up):
                    raise
                question = key_questions.set_up(shelf, self.trial(store, _first(store.set_up), is_new=True))
            if await self._ask(question) != DONE:
                raise StayError

    def trial(
        self, store: Store, call: Callable[[Sequence[Secret]], Awaitable[None]], *, is_new: bool = False
    ) -> Trial:
        """Return what tries passwords of *store* by *call*; a new one has to be typed twice the same."""

        async def run(passwords: Sequence[Secret]) -> Sentence | None:
            if is_new and passwords[-1] != passwords[-2]:
                return Sentence("The two are not the same: type both again.")
            try:
                await call(passwords)
            except StoreError as error:
                return error.sentence
            return None

        return Trial(run, self._start, store.give_up)

    async def waited(self, shelf: Shelf, store: Store, call: Coroutine[None, None, _T]) -> _T:
        """Return what *call* gives; where that takes long, show that it is waited for, and let the operator give up."""
        self.is_given_up = False
        task = asyncio.ensure_future(call)
        try:
            await asyncio.wait({task}, timeout=WAITING_SHOWN_AFTER)
            while not task.done():
                await self._show_waiting(shelf, task)
                if not task.done():
                    self.is_given_up = True
                    store.give_up()
                    await asyncio.wait({task}, timeout=WAITING_SHOWN_AFTER)
            return await task
        finally:
            task.cancel()

    async def _show_waiting(self, shelf: Shelf, task: asyncio.Future[_T]) -> None:
        """Show that *task* is waited for, until it is done or the operator does not want to wait."""
        await self._ask(key_questions.waiting(shelf), task)


def _first(call: Callable[[Secret], Awaitable[None]]) -> Callable[[Sequence[Secret]], Awaitable[None]]:
    async def of_first(passwords: Sequence[Secret]) -> None:
        await call(passwords[0])

    return of_first
