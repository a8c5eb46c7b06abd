"""What flags, environment and files say of keys, before anything is asked of a store or typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ncloud_integration.cloudinsight.site import PUBLIC, SITES, Site
from ncloud_integration.credentials import accounts, configure, environment, sources
from ncloud_integration.credentials.accounts import Account, Accounts
from ncloud_integration.credentials.configure import Configure, Profile
from ncloud_integration.credentials.sources import Source
from ncloud_integration.flags import Flags
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.usage import UsageError


class FoundKeys(NamedTuple):
    """Every source, the one that outranks the others first; the site that follows; and what cannot be used."""

    site: Site
    sources: Sequence[Source]
    complaints: Sequence[Sentence] = ()
    accounts: Accounts = Accounts()


def practice(flags: Flags) -> FoundKeys:
    """Return what there is in practice mode, which reads nothing.

    Raises:
        UsageError: other keys are asked for.

    """
    if flags.account is not None or flags.profile is not None:
        raise UsageError.of("--practice has keys of its own: leave --account and --profile out.")
    from ncloud_integration.practice.sample import PRACTICE_KEYS

    return FoundKeys(SITES[flags.site] if flags.site else PUBLIC, [sources.of_practice(PRACTICE_KEYS)])


def found(flags: Flags, variables: Mapping[str, str]) -> FoundKeys:
    """Return what there is under these *flags* and environment *variables*.

    Raises:
        UsageError: a flag asks for keys that there are not.

    """
    environment_keys = environment.read_keys(variables)
    known, account, accounts_complaint = _accounts(flags)
    configured = configure.read(configure.default())
    profile, profile_complaint = _profile(flags, variables, configured)
    ranked = sources.ranked(known, environment_keys, configured.profiles, account, profile)
    site, site_complaint = _site(flags, variables, ranked)
    complaints = [environment_keys.complaint, accounts_complaint, profile_complaint]
    if not profile_complaint:
        complaints += _of_file(configured, next((source for source in ranked if source.serves(site)), None))
    complaints.append(site_complaint)
    return FoundKeys(site, ranked, [complaint for complaint in complaints if complaint], known)


def _accounts(flags: Flags) -> tuple[Accounts, Account | None, Sentence | None]:
    """Return the accounts, the one that the flag names, and why there are none where they cannot be read."""
    try:
        known = accounts.AccountsFile(accounts.default()).read()
    except accounts.AccountsError as error:
        if flags.account is not None:
            raise UsageError(error.sentence) from None
        return Accounts(), None, error.sentence
    if flags.account is None:
        return known, None, None
    account = known.named(flags.account)
    if account is None:
        names = ", ".join(each.name for each in known.accounts) or Sentence("none yet")
        raise UsageError.of(
            "--account {name}: there is no such account (there are: {names}).", name=flags.account, names=names
        )
    if flags.site and SITES[flags.site] is not account.site:
        raise UsageError.of(
            "--account {name} belongs to the {site} site: leave --site out, or name another account.",
            name=account.name,
            site=account.site.name,
        )
    return known, account, None


def _profile(
    flags: Flags, variables: Mapping[str, str], configured: Configure
) -> tuple[Profile | None, Sentence | None]:
    """Return the section of NAVER's own file that is asked for, or why it is not used although it is asked for."""
    asked = flags.profile if flags.profile is not None else variables.get("NCLOUD_PROFILE", "").strip() or None
    if asked is None:
        return None, None
    profile = next((profile for profile in configured.profiles if profile.name == asked), None)
    reason = _misfit(asked, profile, configured, SITES.get(flags.site or ""))
    if reason is None:
        return profile, None
    if flags.profile is not None:
        raise UsageError(reason)
    return None, Sentence("NCLOUD_PROFILE is {name}, and cannot be used: {reason}", {"name": asked, "reason": reason})


def _misfit(asked: str, profile: Profile | None, configured: Configure, site: Site | None) -> Sentence | None:
    """Return why the section *asked* for cannot be used for the *site* that a flag names, or None."""
    if profile and profile.site and site and profile.site is not site:
        return Sentence(
            "Section {name} of ~/.ncloud/configure is of the {site} site: leave --site out, or name another section.",
            {"name": asked, "site": profile.site.name},
        )
    if profile:
        return None
    names = ", ".join([*(each.name for each in configured.profiles), *configured.complaints]) or Sentence("none")
    reason = configured.complaint or configured.complaints.get(asked)
    return reason or Sentence(
        "~/.ncloud/configure has no section {name} with keys in it (there are: {names}).",
        {"name": asked, "names": names},
    )


def _of_file(configured: Configure, used: Source | None) -> list[Sentence]:
    """Return what is to be said of NAVER's own file: all that is wrong where it might have had the keys to use."""
    said = []
    if used is None:
        said += [*([configured.complaint] if configured.complaint else []), *configured.complaints.values()]
    if configured.is_open_to_others and (used is None or used.is_plain_text):
        said.append(Sentence("Others on this host may read ~/.ncloud/configure, where keys lie: chmod 600 it."))
    return said


def _site(flags: Flags, variables: Mapping[str, str], ranked: Sequence[Source]) -> tuple[Site, Sentence | None]:
    """Return the site: the flag's, that of the keys which outrank all others, the environment's, or public."""
    if flags.site:
        return SITES[flags.site], None
    if ranked and ranked[0].site:
        return ranked[0].site, None
    site, complaint = environment.read_site(variables)
    return site or PUBLIC, complaint
