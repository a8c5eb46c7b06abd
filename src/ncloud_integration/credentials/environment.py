"""Keys and site as the environment gives them, under the names that NAVER's tools use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ncloud_integration.cloudinsight import keys as key_rules
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.site import SITES, Site
from ncloud_integration.integration.sentence import Sentence

ACCESS_KEY_NAMES = ("NCLOUD_ACCESS_KEY", "NCLOUD_ACCESS_KEY_ID")
SECRET_KEY_NAMES = ("NCLOUD_SECRET_KEY", "NCLOUD_SECRET_ACCESS_KEY")
"""The two spellings of each; NAVER's SDKs disagree on which one wins."""

KEY_NAMES = frozenset({*ACCESS_KEY_NAMES, *SECRET_KEY_NAMES})
"""What no child process is to inherit."""


class EnvironmentKeys(NamedTuple):
    """A usable pair and the names of its variables, or none; and a sentence where something is wrong with it."""

    keys: Keys | None = None
    names: tuple[str, ...] = ()
    complaint: Sentence | None = None


def read_keys(environment: Mapping[str, str]) -> EnvironmentKeys:
    """Return what *environment* holds of a key pair. A blank variable counts as not set."""
    access, secret = (_set_names(environment, names) for names in (ACCESS_KEY_NAMES, SECRET_KEY_NAMES))
    for names in (access, secret):
        if len({environment[name].strip() for name in names}) > 1:
            return EnvironmentKeys(
                complaint=Sentence(
                    "{first} and {second} are both set and differ: unset one. Neither is used.",
                    {"first": names[0], "second": names[1]},
                )
            )
    if bool(access) != bool(secret):
        missing = SECRET_KEY_NAMES[0] if access else ACCESS_KEY_NAMES[0]
        return EnvironmentKeys(
            complaint=Sentence(
                "{name} is set and {missing} is not: set both, or type both here. It is not used.",
                {"name": (access or secret)[0], "missing": missing},
            )
        )
    if not access:
        return EnvironmentKeys()
    access_key, secret_key = environment[access[0]], environment[secret[0]]
    for problem in key_rules.problems(access_key, secret_key):
        name = access[0] if problem.field == "access_key" else secret[0]
        return EnvironmentKeys(
            complaint=Sentence(
                "{name} holds a space or a character that no key has: set it again, in one piece. It is not used.",
                {"name": name},
            )
        )
    padded = [name for name in (access[0], secret[0]) if environment[name] != environment[name].strip()]
    note = Sentence("White space around {names} was left out.", {"names": ", ".join(padded)}) if padded else None
    return EnvironmentKeys(Keys.of(access_key, secret_key), (access[0], secret[0]), note)


def read_site(environment: Mapping[str, str]) -> tuple[Site | None, Sentence | None]:
    """Return the site that `NCLOUD_SITE` names, or a sentence where it names none of the three."""
    name = environment.get("NCLOUD_SITE", "").strip()
    if not name or name.lower() in SITES:
        return SITES.get(name.lower()), None
    return None, Sentence(
        "NCLOUD_SITE is {name}, which is none of public, gov and fin: it is not used.", {"name": name}
    )


def without_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """Return *environment* for a child process: all but the keys."""
    return {name: value for name, value in environment.items() if name not in KEY_NAMES}


def _set_names(environment: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    return [name for name in names if environment.get(name, "").strip()]
