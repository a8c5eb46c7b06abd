"""Accounts in the operator's hands: picked, replaced, imported and forgotten, one question after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ncloud_integration.cloudinsight.keys import Secret
from ncloud_integration.credentials.accounts import IN_WORDS, Account
from ncloud_integration.credentials.sources import Source
from ncloud_integration.credentials.store import StoreError
from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.wizard import key_questions
from ncloud_integration.wizard.question import DONE, Ask
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.store_access import StayError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ncloud_integration.credentials.vault_store import VaultStore
    from ncloud_integration.wizard.key_access import KeyAccess


class AccountManagement:
    """Asks by *ask* what to do with the accounts of *session*, and does it by *keys*."""

    def __init__(self, session: Session, keys: KeyAccess, ask: Ask) -> None:
        self._session = session
        self._state = session.key_state
        self._keys = keys
        self._ask = ask

    async def run(self) -> bool:
        """Show all sources of keys until something was done with one, and return whether that came about."""
        self._session.notice = ""
        is_done = False
        while not is_done:
            sources = list(self._state.sources)
            question = key_questions.sources(self._state, has_vault=await self._has_vault())
            picked = await self._ask(question)
            if picked not in question.entries:
                return False
            is_done = await self._manage(sources[int(picked)] if picked.isdecimal() else picked)
        return True

    async def _manage(self, picked: Source | str) -> bool:
        """Do with what was *picked* what the operator wants, and return whether that ends it."""
        if picked == key_questions.VAULT:
            return await self._manage_vault(await (await self._keys.stores()).vault())
        if picked == key_questions.EVERYTHING:
            return await self._forget_everything()
        if not isinstance(picked, Source):
            return False
        if picked.account:
            return await self._manage_account(picked, picked.account)
        return await self._manage_found(picked)

    async def _manage_account(self, source: Source, account: Account) -> bool:
        answer = await self._ask(key_questions.account(account))
        if answer == "use":
            self._keys.use(source)
        elif answer == "replace":
            self._session.choose_site(account.site)
            self._state.rest, self._state.account_name = account.shelf, account.name
            self._keys.tell(Sentence("Type the new keys of {name}: Next keeps them.", {"name": account.name}))
        elif answer == "forget" and await self._ask(key_questions.forget(account)) == "forget":
            return await self._forget(account)
        else:
            return False
        return True

    async def _manage_found(self, source: Source) -> bool:
        answer = await self._ask(key_questions.plain_text(source)) if source.is_plain_text else "use"
        if answer == "use":
            self._keys.use(source)
            return True
        return answer == "keep" and await self._import(source)

    async def _import(self, source: Source) -> bool:
        """Keep the keys of *source* as an account; where they were found stays as it is."""
        site = source.site or self._state.site
        name = self._state.accounts.free_name(site)
        answer = await self._ask(key_questions.where(name))
        if source.keys is None or answer not in ("keyring", "vault"):
            return False
        account = Account(name, site, "keyring" if answer == "keyring" else "vault")
        return await self._keys.keep(account, source.keys, are_typed=False)

    async def _manage_vault(self, vault: VaultStore) -> bool:
        async def change(passphrases: Sequence[Secret]) -> None:
            await vault.change_password(passphrases[0], passphrases[-1])

        count = len([account for account in self._state.accounts.accounts if account.shelf == "vault"])
        answer = await self._ask(key_questions.vault(count))
        if answer == "change":
            stores = await self._keys.stores()
            question = key_questions.change_passphrase(stores.trial(vault, change, is_new=True))
            if await self._ask(question) != DONE:
                return False
            self._keys.tell(Sentence("The vault's passphrase is changed."))
        elif answer == "over" and await self._ask(key_questions.start_over(count)) == "over":
            await self._delete_vault(vault)
        else:
            return False
        return True

    async def _forget(self, account: Account) -> bool:
        """Remove the keys of *account*, then the account; return whether it is settled that they are gone, or stay."""
        values: Values = {"name": account.name, "shelf": IN_WORDS[account.shelf]}
        said = Sentence("Account {name} is forgotten: its keys are no longer in the {shelf}.", values)
        try:
            await self._keys.remove(account)
        except StayError:
            return False
        except StoreError as error:
            if await self._ask(key_questions.forget_name(account, error.sentence)) != "forget":
                return False
            said = Sentence("Account {name} is listed no more; its keys may still be in the {shelf}.", values)
        complaint = await self._keys.change(lambda accounts: accounts.without(account.name))
        self._keys.tell(said)
        self._keys.tell(complaint)
        return True

    async def _forget_everything(self) -> bool:
        """Remove all that is kept; the first account whose keys may still be there ends it, and the others stay."""
        count = len(self._state.accounts.accounts)
        if await self._ask(key_questions.forget_everything(count)) != "forget":
            return False
        if await self._has_vault():
            await self._delete_vault(await (await self._keys.stores()).vault())
        for account in self._state.accounts.accounts:
            if not await self._forget(account):
                left = {"names": ", ".join(each.name for each in self._state.accounts.accounts)}
                self._keys.tell(Sentence("Not forgotten: {names}.", left))
                return True
        complaint = await self._keys.change(lambda accounts: replace(accounts, rest=None))
        self._state.rest = "session"
        if complaint is None:
            self._session.notice = str(Sentence("Everything is forgotten: no keys are kept any more."))
        self._keys.tell(complaint)
        return True

    async def _delete_vault(self, vault: VaultStore) -> None:
        """Delete the vault, and the accounts in it."""
        try:
            await vault.start_over()
        except StoreError as error:
            self._keys.tell(error.sentence)
            return
        complaint = await self._keys.change(lambda accounts: accounts.without_shelf("vault"))
        self._keys.tell(Sentence("The vault is deleted."))
        self._keys.tell(complaint)

    async def _has_vault(self) -> bool:
        path = self._session.start.vault_path
        return path is not None and path.exists()
