"""Keys as NAVER's own tools keep them, in the profiles of `~/.ncloud/configure`: read, and never written."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from ncloud_integration import private_files
from ncloud_integration.cloudinsight import keys as key_rules
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.site import SITES, Site
from ncloud_integration.integration.sentence import Sentence

ACCESS_KEY_NAME, SECRET_KEY_NAME, URL_NAME = "ncloud_access_key_id", "ncloud_secret_access_key", "ncloud_api_url"

LIMIT = 64 * 1024


class Profile(NamedTuple):
    """A section with a usable pair; `site` where its ncloud_api_url tells."""

    name: str
    keys: Keys
    site: Site | None


class Configure(NamedTuple):
    """The complete sections in their order, and by section name what is wrong with each of the others.

    `complaint` is set where the file as a whole cannot be read. `is_open_to_others` is a doubt and no error: more users
    than its owner have some right to the file.
    """

    profiles: tuple[Profile, ...] = ()
    complaints: Mapping[str, Sentence] = MappingProxyType({})
    complaint: Sentence | None = None
    is_open_to_others: bool = False


def default() -> Path:
    """Return where NAVER's tools keep the file; a user without a home has it where HOME="" would point, at the root."""
    try:
        home = Path.home()
    except RuntimeError:
        home = Path("/")
    return home / ".ncloud" / "configure"


def read(path: Path) -> Configure:
    """Return what the file at *path* holds of key pairs. A file that is not there holds none."""
    try:
        content = private_files.read(path, LIMIT)
        is_open_to_others = bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except (FileNotFoundError, NotADirectoryError):
        return Configure()
    except OSError as error:
        return Configure(complaint=_unreadable(path, error.strerror or type(error).__name__))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        complaint = _unreadable(path, Sentence("it is not UTF-8 text"))
        return Configure(complaint=complaint, is_open_to_others=is_open_to_others)
    from ncloud_integration.credentials.sections import sections_of

    sections = sections_of(path, text)
    if isinstance(sections, Sentence):
        return Configure(complaint=sections, is_open_to_others=is_open_to_others)
    found = {name: _profile(path, name, options) for name, options in sections.items()}
    return Configure(
        tuple(each for each in found.values() if isinstance(each, Profile)),
        {name: each for name, each in found.items() if isinstance(each, Sentence)},
        is_open_to_others=is_open_to_others,
    )


def _unreadable(path: Path, reason: str | Sentence) -> Sentence:
    return Sentence(
        "{path} cannot be read ({reason}): put that right, or type the keys here. No profile is used.",
        {"path": str(path), "reason": reason},
    )


def _profile(path: Path, section: str, options: Mapping[str, str]) -> Profile | Sentence | None:
    """Return the pair of a section, or a sentence where it is unusable; a blank option counts as not there."""
    where = {"section": section, "path": str(path)}
    if any("\n" in value for value in options.values()):
        # The end of a broken key, or a key or a section that the value above has swallowed.
        return Sentence(
            "Section {section} of {path} has an indented line, which goes on with the value above it: "
            "begin the line at the margin, or join the two. It is not used.",
            where,
        )
    access_key, secret_key = options.get(ACCESS_KEY_NAME, ""), options.get(SECRET_KEY_NAME, "")
    if not access_key and not secret_key:
        return None
    if not access_key or not secret_key:
        name, missing = (ACCESS_KEY_NAME, SECRET_KEY_NAME) if access_key else (SECRET_KEY_NAME, ACCESS_KEY_NAME)
        return Sentence(
            "Section {section} of {path} has {name} and no {missing}: add it there, or type both here. It is not used.",
            {**where, "name": name, "missing": missing},
        )
    for problem in key_rules.problems(access_key, secret_key):
        name = ACCESS_KEY_NAME if problem.field == "access_key" else SECRET_KEY_NAME
        return Sentence(
            "{name} in section {section} of {path} holds a space or a character that no key has: write it again, "
            "in one piece, and any comment on a line of its own. It is not used.",
            {**where, "name": name},
        )
    return Profile(section, Keys.of(access_key, secret_key), _SITES.get(_domain(options.get(URL_NAME, ""))))


def _domain(url: str) -> str:
    try:
        host = urlsplit(url if "://" in url else f"//{url}").hostname or ""
    except ValueError:
        return ""
    return ".".join(host.removesuffix(".").split(".")[-2:])


_SITES = {_domain(site.base_url): site for site in SITES.values()}
