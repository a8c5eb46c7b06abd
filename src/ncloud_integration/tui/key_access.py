"""What the wizard does about keys beside its screens: has them at hand, and kept where they are to be kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.credentials.accounts import Account, Accounts, AccountsError, AccountsFile
from ncloud_integration.credentials.sources import Source, of_account
from ncloud_integration.credentials.store import NotSetUpError, StoreError
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.api_access import loaded
from ncloud_integration.tui.background import Starter
from ncloud_integration.tui.session import Session

if TYPE_CHECKING:
    from ncloud_integration.tui.store_access import Ask, StoreAccess


class KeyAccess:
    """Puts what stores and operator say into *session*.

    *start* runs work beside the screens, *show* is called at each change, and *ask* shows a dialog.
    """

    def __init__(self, session: Session, start: Starter, show: Callable[[], None], ask: Ask) -> None:
        self._session = session
        self._state = session.key_state
        self._start = start
        self._show = show
        self._ask = ask
        self._file = AccountsFile(session.start.accounts_path) if session.start.accounts_path else None
        self._stores: StoreAccess | None = None
        self._looking: asyncio.Task[None] | None = None

    async def stores(self) -> StoreAccess:
        """Return the stores; the first screen stands before any of them is loaded."""
        await loaded("ncloud_integration.tui.store_access")
        from ncloud_integration.tui.store_access import StoreAccess

        self._stores = self._stores or StoreAccess(self._session, self._start, self._ask)
        return self._stores

    # By itself

    def look(self) -> None:
        """Look for the keys that would be used, and what this host's keyring is like, where that may matter."""
        if not self._session.start.is_practice and (self._looking is None or self._looking.done()):
            self._looking = self._start(self._look())

    async def _look(self) -> None:
        state = self._state
        keyring = (await self.stores()).keyring
        while account := self._to_look_for():
            state.is_looking = True
            self._show()
            try:
                self._note(account, await keyring.find(account.name, is_asked=False))
            except StoreError as error:
                state.unopened[account.name] = error.sentence
            state.is_looking = False
            self._show()
        if state.keyring is None and state.keys is None:
            self._start(self._describe_keyring())

    async def _describe_keyring(self) -> None:
        self._state.keyring = await (await self.stores()).keyring.look()
        self._show()

    def _to_look_for(self) -> Account | None:
        """Return the account in use, where the keyring may have its keys and was not yet asked for them."""
        account = self._state.closed_account
        if account and account.shelf == "keyring" and account.name not in self._state.unopened:
            return account
        return None

    def _note(self, account: Account, keys: Keys | None) -> None:
        if keys:
            self._state.opened_as(account, keys)
            return
        values = {"shelf": account.shelf, "name": account.name}
        template = "The {shelf} has no keys for it: type them, and keep them as {name} again."
        self._state.unopened[account.name] = Sentence(template, values)

    # Asked for

    async def open(self) -> bool:
        """Have the keys in use at hand, and return whether they are."""
        from ncloud_integration.tui.store_access import StayError

        account = self._state.closed_account
        try:
            if account:
                await self._open(account)
        except StayError:
            return False
        self._show()
        return self._state.keys is not None

    async def _open(self, account: Account) -> None:
        stores = await self.stores()
        if self._looking and not self._looking.done():
            await stores.waited("keyring", stores.keyring, _ended(self._looking))
            if stores.is_given_up:
                return
        if self._state.closed_account == account:
            try:
                keys = await stores.opened(account.shelf, lambda store: store.find(account.name))
            except StoreError as error:
                self._state.unopened[account.name] = error.sentence
            else:
                self._note(account, keys)
                self._start(self._describe_keyring())

    async def ready(self) -> bool:
        """Have the keys in use at hand, kept where they are to be kept, and return whether the next step may follow."""
        state = self._state
        self._session.notice = ""
        if any(problem.is_error for problem in state.problems()) and not state.closed_account:
            return False
        if state.is_typing:
            return state.keys is not None and await self._keep_typed(state.keys)
        is_open = await self.open()
        used = state.source.account if state.source else None
        if is_open and used and used not in state.accounts.accounts[:1]:
            self.tell(await self.change(lambda accounts: accounts.with_used(used)))
        return is_open

    async def _keep_typed(self, keys: Keys) -> bool:
        state, rest = self._state, self._state.rest
        if rest == "session":
            if state.accounts.rest != rest:
                self.tell(await self.change(lambda accounts: replace(accounts, rest=rest)))
            return True
        account = Account(state.kept_as, state.site, rest)
        if state.accounts.named(account.name):
            from ncloud_integration.tui import key_questions

            if await self._ask(key_questions.replace(account.name)) != "replace":
                return False
        return await self.keep(account, keys)

    async def keep(self, account: Account, keys: Keys) -> bool:
        """Keep *keys* as *account*, or as the operator wants it where that fails; return whether that is settled."""
        from ncloud_integration.tui.store_access import StayError

        before = self._state.accounts.named(account.name)
        stores = await self.stores()
        try:
            with self._changing(account):
                await stores.opened(account.shelf, lambda store: store.keep(account.name, keys), may_set_up=True)
        except StayError:
            return False
        except StoreError as error:
            return await self._keep_elsewhere(account, keys, error.sentence)
        values = {"shelf": account.shelf, "name": account.name}
        self.tell(Sentence("The keys are kept in the {shelf}, as account {name}.", values))
        if before and before.shelf != account.shelf and not await self._is_removed(before):
            self.tell(Sentence("Those before are still in the {shelf}.", {"shelf": before.shelf}))
        self.tell(await self.change(lambda accounts: replace(accounts.with_used(account), rest=account.shelf)))
        self._state.rest = account.shelf
        self._state.opened_as(account, keys)
        self._start(self._describe_keyring())
        self.use(of_account(account))
        return True

    async def _keep_elsewhere(self, account: Account, keys: Keys, reason: Sentence) -> bool:
        from ncloud_integration.tui import key_questions

        answer = await self._ask(key_questions.elsewhere(account.shelf, reason))
        if answer == "vault":
            return await self.keep(replace(account, shelf="vault"), keys)
        if answer == "keyring":
            return await self.keep(replace(account, shelf="keyring"), keys)
        if answer == "session":
            self._state.rest = "session"
            self._show()
        return answer == "session"

    @contextmanager
    def _changing(self, account: Account) -> Iterator[None]:
        """Note that it is not known what the keyring keeps; also for whoever ends the wizard meanwhile."""
        self._state.is_changing = account.shelf == "keyring"
        try:
            yield
        except Exception:
            self._state.is_changing = False
            raise
        self._state.is_changing = False

    def use(self, source: Source) -> None:
        """Sign with the keys of *source* from now on."""
        self._session.key_check = None
        self._state.use(source)
        if source.account:
            self._state.unopened.pop(source.account.name, None)
        self.look()
        self._show()

    async def remove(self, account: Account) -> None:
        """Remove the keys of *account* from where they rest; where nothing can rest, there are none.

        Raises:
            StayError: opening the store was put off.
            StoreError: they may still be there.

        """
        stores = await self.stores()
        with suppress(NotSetUpError), self._changing(account):
            await stores.opened(account.shelf, lambda store: store.remove(account.name))

    async def _is_removed(self, account: Account) -> bool:
        from ncloud_integration.tui.store_access import StayError

        try:
            await self.remove(account)
        except (StayError, StoreError):
            return False
        return True

    async def change(self, changed: Callable[[Accounts], Accounts]) -> Sentence | None:
        """Change the accounts, here and in their file; return why the file could not be changed."""
        complaint = None
        accounts = changed(self._state.accounts)
        if self._file:
            try:
                accounts = await asyncio.to_thread(self._file.change, changed)
            except AccountsError as error:
                complaint = error.sentence
        self._state.changed_to(accounts)
        return complaint

    def tell(self, sentence: Sentence | None) -> None:
        """Say *sentence* after what was said before."""
        if sentence:
            self._session.notice = f"{self._session.notice} {sentence}".strip()


async def _ended(task: asyncio.Task[None]) -> None:
    await asyncio.wait({task})
