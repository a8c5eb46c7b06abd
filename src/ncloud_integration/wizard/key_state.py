"""Which keys there are, and which are in use: the part of the session that Credentials shows and writes."""

from __future__ import annotations

from dataclasses import dataclass, field

from ncloud_integration.cloudinsight import keys as key_rules
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.site import PUBLIC, Site
from ncloud_integration.credentials import accounts as account_rules
from ncloud_integration.credentials import sources as known_sources
from ncloud_integration.credentials.accounts import IN_WORDS, Account, Accounts, Rest
from ncloud_integration.credentials.sources import Source
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.sentence import Sentence, Values

_TYPED = Sentence("keys as typed")
_NO_KEYS = Sentence("no keys yet")


@dataclass(eq=False)
class KeyState:
    """`sources` are all that need not be typed, the one that outranks the others first; `complaints` what is unusable.

    `typed` are the two key fields as they stand, `account_name` is what they are to be kept as, and `rest` where.

    `opened` are the keys that a store has given, by the name of their account; `unopened` says why it has not.
    `looked_for` is the account that is looked for although nobody asked. `keyring` is what the keyring of this host is
    like, None while that is not known. `is_changing` while it is not known whether the keyring has done what it was
    told.
    """

    site: Site = PUBLIC
    sources: list[Source] = field(default_factory=list)
    complaints: list[Sentence] = field(default_factory=list)
    accounts: Accounts = field(default_factory=Accounts)
    typed: tuple[str, str] = field(default=("", ""), repr=False)
    account_name: str = ""
    rest: Rest = "session"
    opened: dict[str, Keys] = field(default_factory=dict)
    unopened: dict[str, Sentence] = field(default_factory=dict)
    looked_for: Account | None = None
    keyring: Sentence | None = None
    is_changing: bool = False

    @property
    def is_typing(self) -> bool:
        """Whether a pair is being typed, which outranks one that was found."""
        return any(text.strip() for text in self.typed)

    @property
    def source(self) -> Source | None:
        """What the keys would come from if none were typed: the first that may serve the site."""
        return next(iter(self.serving), None)

    @property
    def serving(self) -> list[Source]:
        """The sources that may serve the site, in their order."""
        return [source for source in self.sources if source.serves(self.site)]

    @property
    def keys(self) -> Keys | None:
        """The keys in use, or None while there are none that could sign."""
        if self.is_typing:
            return None if key_rules.problems(*self.typed) else Keys.of(*self.typed)
        return self.keys_of(self.source) if self.source else None

    def keys_of(self, source: Source) -> Keys | None:
        """Return the keys of *source* as far as they are known."""
        return self.opened.get(source.account.name) if source.account else source.keys

    @property
    def closed_account(self) -> Account | None:
        """The account whose keys would be used, where its store has to give them first."""
        source = None if self.is_typing else self.source
        return source.account if source and self.keys_of(source) is None else None

    @property
    def origin(self) -> Sentence:
        """Where the keys in use come from, in a few words."""
        if self.is_typing:
            return _TYPED if self.keys else _NO_KEYS
        if self.closed_account:
            return Sentence("account {name}, not open yet", {"name": self.closed_account.name})
        return self.source.label if self.source else _NO_KEYS

    @property
    def is_to_keep(self) -> bool:
        """Whether the pair that is being typed is to be kept in a store."""
        return self.is_typing and self.rest != "session"

    @property
    def is_to_ask_where_to_keep(self) -> bool:
        """Whether the operator has yet to say where typed keys are to rest, and there is nothing but typing."""
        return self.accounts.rest is None and self.source is None

    @property
    def kept_as(self) -> str:
        """The name that a typed pair is to be kept as."""
        return account_rules.normal_name(self.account_name.strip()) or self.accounts.free_name(self.site)

    def problems(self) -> list[Problem]:
        """Return what keeps the keys as they stand from being used: also that they are not kept as they are to be."""
        if self.closed_account:
            values: Values = {"name": self.closed_account.name, "shelf": IN_WORDS[self.closed_account.shelf]}
            return [
                Problem(
                    "error",
                    "access_key",
                    Sentence(
                        "The keys of account {name} have yet to come from the {shelf}: Next asks for them.", values
                    ),
                )
            ]
        if not self.is_typing and self.source:
            return []
        found = self.pair_problems()
        if not found and self.is_to_keep:
            found = [
                Problem(
                    "error",
                    "access_key",
                    Sentence(
                        "These keys are not in the {shelf} yet: Next keeps them there.", {"shelf": IN_WORDS[self.rest]}
                    ),
                )
            ]
        return found

    def pair_problems(self) -> list[Problem]:
        """Return what is wrong with the typed pair, and with the name that it is to be kept as."""
        wrong_name = account_rules.name_problem(self.kept_as) if self.is_to_keep else None
        named = [Problem("error", "account_name", wrong_name)] if wrong_name else []
        return [*key_rules.problems(*self.typed), *named]

    def use(self, source: Source) -> None:
        """Let *source* outrank all others, and what is typed."""
        self.sources = [source, *(other for other in self.sources if other != source)]
        self.site = source.site or self.site
        self.typed, self.account_name = ("", ""), ""

    def opened_as(self, account: Account, keys: Keys) -> None:
        """Note that a store has given the *keys* of *account*."""
        self.opened[account.name] = keys
        self.unopened.pop(account.name, None)

    def changed_to(self, accounts: Accounts) -> None:
        """Take *accounts* for those that there are now; what was found elsewhere stays in its order."""
        self.accounts = accounts
        gone = [source for source in self.sources if source.account and source.account not in accounts.accounts]
        known = [source.account for source in self.sources if source.account]
        new = [known_sources.of_account(account) for account in accounts.accounts if account not in known]
        self.sources = [*(source for source in self.sources if source not in gone), *new]
        for source in gone:
            if source.account:
                self.opened.pop(source.account.name, None)
                self.unopened.pop(source.account.name, None)
