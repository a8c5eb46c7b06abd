"""What the wizard does about keys beside its screens: has them at hand, and kept where they are to be kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.credentials.accounts import IN_WORDS, Account, Accounts, AccountsError, AccountsFile
from ncloud_integration.credentials.sources import Source, of_account
from ncloud_integration.credentials.store import EntryError, NotSetUpError, Store, StoreError
from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.wizard.background import Starter, loaded
from ncloud_integration.wizard.session import Session

if TYPE_CHECKING:
    from ncloud_integration.wizard.question import Ask
    from ncloud_integration.wizard.store_access import StoreAccess


class _TakenError(Exception):
    """Other keys are kept under that name."""


class KeyAccess:
    """Puts what stores and operator say into *session*.

    *start* runs work beside the screens, *show* is called at each change, and *ask* asks the operator.
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
        self._describing: asyncio.Task[None] | None = None

    async def stores(self) -> StoreAccess:
        """Return the stores; the first screen stands before any of them is loaded."""
        await loaded("ncloud_integration.wizard.store_access")
        from ncloud_integration.wizard.store_access import StoreAccess

        self._stores = self._stores or StoreAccess(self._session, self._start, self._ask)
        return self._stores

    # By itself

    def look(self) -> None:
        """Look for the keys that would be used, and what this host's keyring is like, where that may matter."""
        if self._session.start.is_practice:
            return
        if self._to_look_for() and (self._looking is None or self._looking.done()):
            self._looking = self._start(self._look())
        elif self._state.keyring is None and (self._state.keys is None or self._state.rest != "session"):
            self._describe_keyring()

    async def _look(self) -> None:
        state = self._state
        stores = await self.stores()
        while account := self._to_look_for():
            state.looked_for = account
            self._show()
            try:
                self._note(account, await (await stores.store(account.shelf)).find(account.name, is_asked=False))
            except StoreError as error:
                state.unopened[account.name] = error.sentence
            state.looked_for = None
            self._show()
        self.look()

    def _describe_keyring(self) -> None:
        """Find out what this host's keyring is like, once at a time."""
        if self._describing is None or self._describing.done():
            self._describing = self._start(self._describe())

    async def _describe(self) -> None:
        self._state.keyring = await (await self.stores()).keyring.look()
        self._show()

    def _to_look_for(self) -> Account | None:
        """Return the account in use, where a store may give its keys unasked and was not yet asked for them."""
        account = self._state.closed_account
        if account is None or account.name in self._state.unopened:
            return None
        is_vault_open = self._stores is not None and self._stores.is_vault_open
        return account if account.shelf == "keyring" or is_vault_open else None

    def _note(self, account: Account, keys: Keys | None) -> None:
        if keys:
            self._state.opened_as(account, keys)
            return
        values: Values = {"shelf": IN_WORDS[account.shelf], "name": account.name}
        self._state.unopened[account.name] = Sentence(
            "The {shelf} has no keys for it: type them, and keep them as {name} again.", values
        )
        self._state.account_name = account.name

    # Asked for

    async def open(self) -> bool:
        """Have the keys in use at hand, and return whether they are."""
        from ncloud_integration.wizard.store_access import StayError

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
            except NotSetUpError:
                self._note(account, None)
            except StoreError as error:
                self._state.unopened[account.name] = error.sentence
            else:
                self._note(account, keys)
                if account.shelf == "keyring":
                    self._describe_keyring()

    async def ready(self) -> bool:
        """Have the keys in use at hand, kept where they are to be kept, and return whether the next step may follow."""
        state = self._state
        self._session.notice = ""
        if state.is_typing:
            return state.keys is not None and not state.pair_problems() and await self._keep_typed(state.keys)
        await self.open()
        used = state.source.account if state.source else None
        if state.keys and used and used not in state.accounts.accounts[:1]:
            self.tell(
                await self.change(lambda accounts: accounts.with_used(used) if used in accounts.accounts else accounts)
            )
        return state.keys is not None

    async def _keep_typed(self, keys: Keys) -> bool:
        state, rest = self._state, self._state.rest
        if rest != "session":
            return await self.keep(Account(state.kept_as, state.site, rest), keys)
        if state.accounts.rest != rest:
            self.tell(await self.change(lambda accounts: replace(accounts, rest=rest)))
        return True

    async def keep(self, account: Account, keys: Keys, *, are_typed: bool = True, is_replacing: bool = False) -> bool:
        """Keep *keys* as *account*, or as the operator wants it where that fails; return whether that is settled.

        What is kept under that name already is replaced only where *is_replacing*, or once the operator says so.
        """
        from ncloud_integration.wizard.store_access import StayError

        complaint = await self.change(lambda accounts: accounts)  # what other wizards have kept meanwhile
        if complaint:
            return await self._keep_elsewhere(account, keys, complaint, are_typed=are_typed)
        before = self._state.accounts.named(account.name)
        if before and not is_replacing:
            return await self._replace(account, keys, before, are_typed=are_typed)
        stores = await self.stores()
        try:
            await stores.opened(
                account.shelf,
                lambda store: self._keep_in(store, account, keys, is_replacing=is_replacing),
                may_set_up=True,
            )
        except StayError:
            return False
        except _TakenError:
            return await self._replace(account, keys, before, are_typed=are_typed)
        except StoreError as error:
            return await self._keep_elsewhere(account, keys, error.sentence, are_typed=are_typed)
        values: Values = {"shelf": IN_WORDS[account.shelf], "name": account.name}
        self.tell(Sentence("The keys are kept in the {shelf}, as account {name}.", values))
        if before and before.shelf != account.shelf and not await self._is_removed(before):
            self.tell(Sentence("Those before are still in the {shelf}.", {"shelf": IN_WORDS[before.shelf]}))
        self.tell(await self.change(lambda accounts: replace(accounts.with_used(account), rest=account.shelf)))
        self._state.rest = account.shelf
        self._state.opened_as(account, keys)
        if account.shelf == "keyring":
            self._describe_keyring()
        self.use(of_account(account))
        return True

    async def _replace(self, account: Account, keys: Keys, before: Account | None, *, are_typed: bool) -> bool:
        from ncloud_integration.wizard import key_questions

        is_yes = await self._ask(key_questions.replace(account, before)) == "replace"
        return is_yes and await self.keep(account, keys, are_typed=are_typed, is_replacing=True)

    async def _keep_in(self, store: Store, account: Account, keys: Keys, *, is_replacing: bool) -> None:
        """Keep *keys* in *store*, whatever it has under that name if *is_replacing*.

        Raises:
            _TakenError: it has other keys.
            StoreError: it does not keep them.

        """
        with suppress(EntryError):
            if not is_replacing and await store.find(account.name) not in (None, keys):
                raise _TakenError
        with self._changing(account):
            await store.keep(account.name, keys)

    async def _keep_elsewhere(self, account: Account, keys: Keys, reason: Sentence, *, are_typed: bool) -> bool:
        from ncloud_integration.wizard import key_questions

        answer = await self._ask(key_questions.elsewhere(account.shelf, reason, are_typed=are_typed))
        if answer == "vault":
            return await self.keep(replace(account, shelf="vault"), keys, are_typed=are_typed)
        if answer == "keyring":
            return await self.keep(replace(account, shelf="keyring"), keys, are_typed=are_typed)
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

        async def call(store: Store) -> None:
            with self._changing(account):
                await store.remove(account.name)

        with suppress(NotSetUpError):
            await (await self.stores()).opened(account.shelf, call)

    async def _is_removed(self, account: Account) -> bool:
        from ncloud_integration.wizard.store_access import StayError

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
            self._session.tell(sentence)


async def _ended(task: asyncio.Task[None]) -> None:
    await asyncio.wait({task})
