"""Of all the places that keys may come from, the one that outranks the others is first, and none shows a key."""

from __future__ import annotations

import itertools

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.site import FIN, GOV, PUBLIC
from ncloud_integration.credentials import sources
from ncloud_integration.credentials.accounts import Account, Accounts
from ncloud_integration.credentials.configure import Profile
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.credentials.sources import Source
from ncloud_integration.integration.sentence import Sentence

KEYS = Keys.of("ACCESSKEYACCESSKEYAC", "SECRETKEYSECRETKEYSECRETKEYSECRETKEYSECR")
OTHER_KEYS = Keys.of("OTHERACCESSKEYOTHERA", "othersecretkeyothersecretkeyothersecretk")

ENVIRONMENT = EnvironmentKeys(KEYS, ("NCLOUD_ACCESS_KEY", "NCLOUD_SECRET_ACCESS_KEY"))
ONE, TWO = Account("one", PUBLIC, "keyring"), Account("two", GOV, "vault")
P, Q = Profile("P", KEYS, None), Profile("Q", OTHER_KEYS, FIN)

NAMED = {
    "environment": sources.of_environment(ENVIRONMENT),
    "one": sources.of_account(ONE),
    "two": sources.of_account(TWO),
    "P": sources.of_profile(P),
    "Q": sources.of_profile(Q),
}
ORDER = {
    (None, None): "environment one two P Q",
    (TWO, None): "two environment one P Q",
    (None, Q): "Q environment one two P",
    (TWO, Q): "two Q environment one P",
}
"""Which outranks which, by the account and the profile that are asked for."""

EVERY = [*NAMED.values(), sources.of_practice(KEYS)]


@pytest.mark.parametrize("asked", ORDER, ids=["nothing", "an account", "a profile", "both"])
@pytest.mark.parametrize(
    ("has_environment", "has_accounts", "has_profiles"), list(itertools.product([False, True], repeat=3))
)
def test_what_is_asked_for_comes_first_then_environment_accounts_and_profiles(
    has_environment: bool, has_accounts: bool, has_profiles: bool, asked: tuple[Account | None, Profile | None]
) -> None:
    there = {"environment": has_environment, "one": has_accounts, "two": has_accounts}
    there |= {"P": has_profiles, "Q": has_profiles}
    there |= {each.name: True for each in asked if each}
    ranked = sources.ranked(
        Accounts((ONE, TWO) if has_accounts else (), "vault"),
        ENVIRONMENT if has_environment else EnvironmentKeys(),
        [P, Q] if has_profiles else [],
        *asked,
    )
    assert ranked == [NAMED[name] for name in ORDER[asked].split() if there[name]]


def test_an_environment_of_no_use_is_no_source() -> None:
    assert sources.ranked(Accounts(), EnvironmentKeys(complaint=Sentence("Half of it is not set.")), []) == []


def test_an_account_is_not_taken_for_a_profile_of_its_name() -> None:
    profile = Profile("one", KEYS, PUBLIC)
    account, section = sources.of_account(ONE), sources.of_profile(profile)
    assert sources.ranked(Accounts((ONE,)), EnvironmentKeys(), [profile]) == [account, section]
    assert sources.ranked(Accounts((ONE,)), EnvironmentKeys(), [profile], profile=profile) == [section, account]


def test_equal_keys_are_as_many_sources_as_they_were_found() -> None:
    same = [Profile(name, KEYS, None) for name in "PQ"]
    found = sources.ranked(Accounts(), ENVIRONMENT, same, profile=same[1])
    assert found == [sources.of_profile(same[1]), sources.of_environment(ENVIRONMENT), sources.of_profile(same[0])]


def test_keys_serve_their_site_and_all_where_none_is_known() -> None:
    for source in EVERY:
        serves = [site for site in (PUBLIC, GOV, FIN) if source.serves(site)]
        assert serves == ([PUBLIC, GOV, FIN] if source.site is None else [source.site])
    assert [source.site for source in EVERY] == [None, PUBLIC, GOV, None, FIN, None]


def test_each_says_what_it_is() -> None:
    assert [(str(source.what), str(source.label)) for source in EVERY] == [
        ("the environment (NCLOUD_ACCESS_KEY and NCLOUD_SECRET_ACCESS_KEY)", "keys from environment"),
        ("account one (in the keyring)", "account one"),
        ("account two (in the vault)", "account two"),
        ("~/.ncloud/configure, section P", "profile P"),
        ("~/.ncloud/configure, section Q", "profile Q"),
        ("practice mode", "practice keys"),
    ]


def test_the_name_of_a_section_is_made_printable() -> None:
    source = sources.of_profile(Profile("a\x1b[2J{name}", KEYS, None))
    assert str(source.what) == r"~/.ncloud/configure, section a\x1b[2J{name}"
    assert str(source.label) == r"profile a\x1b[2J{name}"


def test_a_store_has_the_keys_of_an_account_and_a_file_those_of_a_profile_as_plain_text() -> None:
    assert [source.account for source in EVERY] == [None, ONE, TWO, None, None, None]
    assert [source.keys for source in EVERY] == [KEYS, None, None, KEYS, OTHER_KEYS, KEYS]
    assert [source.is_plain_text for source in EVERY] == [False, False, False, True, True, False]


def test_no_source_written_out_shows_a_key() -> None:
    def shown(source: Source) -> str:
        return f"{source!r} {source} {source.what} {source.label} {source.what!r} {tuple(source)}"

    secrets = [text.reveal() for keys in (KEYS, OTHER_KEYS) for text in (keys.access_key, keys.secret_key)]
    assert not any(secret in shown(source) for secret in secrets for source in EVERY)
