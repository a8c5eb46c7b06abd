"""Where the keys in use may come from, and which source outranks which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.site import Site
from ncloud_integration.credentials.accounts import IN_WORDS, Account, Accounts
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.integration.sentence import Sentence, Values

if TYPE_CHECKING:
    from ncloud_integration.credentials.configure import Profile


class Source(NamedTuple):
    """A key pair that need not be typed: `what` it is in words, its `label` in short, and its `site` if one is known.

    Its `keys` are there, whether they lie in a file as plain text or not, or a store has to be asked for those of its
    `account`.
    """

    what: Sentence
    label: Sentence
    site: Site | None = None
    keys: Keys | None = None
    account: Account | None = None
    is_plain_text: bool = False

    def serves(self, site: Site) -> bool:
        """Return whether its keys may be those of *site*."""
        return self.site in (None, site)


def of_account(account: Account) -> Source:
    """Return the source that *account* is."""
    values: Values = {"name": account.name, "shelf": IN_WORDS[account.shelf], "site": account.site.name}
    return Source(
        Sentence("account {name} (in the {shelf})", values),
        Sentence("account {name}", values),
        account.site,
        account=account,
    )


def of_profile(profile: Profile) -> Source:
    """Return the source that a section of NAVER's own configuration file is."""
    values = {"name": profile.name}
    return Source(
        Sentence("~/.ncloud/configure, section {name}", values),
        Sentence("profile {name}", values),
        profile.site,
        profile.keys,
        is_plain_text=True,
    )


def of_environment(environment: EnvironmentKeys) -> Source:
    """Return the source that the environment's variables are."""
    first, second = environment.names
    values = {"first": first, "second": second}
    return Source(
        Sentence("the environment ({first} and {second})", values),
        Sentence("keys from environment"),
        keys=environment.keys,
    )


def of_practice(keys: Keys) -> Source:
    """Return the source that practice mode has."""
    return Source(Sentence("practice mode"), Sentence("practice keys"), keys=keys)


def ranked(
    accounts: Accounts,
    environment: EnvironmentKeys,
    profiles: Iterable[Profile],
    account: Account | None = None,
    profile: Profile | None = None,
) -> list[Source]:
    """Return every source, the one that outranks all others first.

    What was asked for comes first: *account*, then *profile*. Then the environment, the accounts as they were used
    last, and the sections of the file in their order.
    """
    asked = [*([of_account(account)] if account else []), *([of_profile(profile)] if profile else [])]
    found = [
        *([of_environment(environment)] if environment.keys else []),
        *map(of_account, accounts.accounts),
        *map(of_profile, profiles),
    ]
    return [*asked, *(source for source in found if source not in asked)]
