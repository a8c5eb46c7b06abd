"""The accounts by name, and where each one's keys rest: a keyring cannot list what it keeps. No key is in here."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import platformdirs

from ncloud_integration import private_files
from ncloud_integration.cloudinsight.site import SITES, Site
from ncloud_integration.integration.sentence import ExplainedError, Sentence, unprintable

Shelf = Literal["keyring", "vault"]
"""A store that outlives the process, by its name."""

Rest = Literal["session", "keyring", "vault"]
"""Where typed keys rest: in this process alone, or in a store."""

RESTS: tuple[Rest, ...] = get_args(Rest)

IN_WORDS: Mapping[Rest, Sentence] = {
    "session": Sentence("this session"),
    "keyring": Sentence("keyring"),
    "vault": Sentence("vault"),
}
"""What each of them is called."""

_READ_LIMIT = 256 * 1024
_VERSION = 1
_NAME_LIMIT = 64


class _NewerError(Exception):
    """A later version has written it."""


class AccountsError(ExplainedError):
    """The file cannot be used; `sentence` says why and what to do."""


@dataclass(frozen=True)
class Account:
    """A key pair of the operator's: its name, the site that it belongs to, and where its keys rest."""

    name: str
    site: Site
    shelf: Shelf


@dataclass(frozen=True)
class Accounts:
    """All of them, the last used first; and where typed keys are to rest, None until the operator has said so."""

    accounts: tuple[Account, ...] = ()
    rest: Rest | None = None

    def named(self, name: str) -> Account | None:
        """Return the account of that *name*, in whichever form of Unicode it was typed."""
        return next((account for account in self.accounts if account.name == normal_name(name)), None)

    def with_used(self, used: Account) -> Accounts:
        """Return these with *used* as the last used one, in place of any other of its name."""
        return replace(self, accounts=(used, *self.without(used.name).accounts))

    def without(self, name: str) -> Accounts:
        """Return these less the one of that *name*."""
        return replace(self, accounts=tuple(account for account in self.accounts if account.name != name))

    def without_shelf(self, shelf: Shelf) -> Accounts:
        """Return these less all whose keys rest in *shelf*."""
        return replace(self, accounts=tuple(account for account in self.accounts if account.shelf != shelf))

    def free_name(self, site: Site) -> str:
        """Return a name for another account of *site*: that of the site, or with the first number that is free."""
        name, number = site.name, 1
        while self.named(name):
            number += 1
            name = f"{site.name}-{number}"
        return name


def normal_name(name: str) -> str:
    """Return *name* as accounts have it: the same Hangul is typed in two forms on macOS and Linux."""
    return unicodedata.normalize("NFC", name)


def name_problem(name: str) -> Sentence | None:
    """Return what is wrong with the *name* of an account, or None."""
    if not any(unicodedata.category(character)[0] in "LNPS" for character in name):
        return Sentence("Give the account a name: it is how you pick it the next time.")
    if len(name) > _NAME_LIMIT or unprintable.search(name):
        return Sentence("An account's name has up to {limit} characters that can be seen.", {"limit": _NAME_LIMIT})
    return None


def default() -> Path:
    """Return where the system keeps a program's settings: `$XDG_CONFIG_HOME/ncloud-integration` on Linux."""
    return platformdirs.user_config_path("ncloud-integration", appauthor=False) / "accounts.json"


def default_vault() -> Path:
    """Return where the system keeps a program's data: `$XDG_DATA_HOME/ncloud-integration` on Linux."""
    return platformdirs.user_data_path("ncloud-integration", appauthor=False) / "vault.json"


class AccountsFile:
    """The file of them at *path* (0600 in a folder of 0700), which several wizards may change."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Accounts:
        """Return what it holds; where there is none, no accounts.

        Raises:
            AccountsError: it cannot be read, or something else has written it.

        """
        try:
            return _accounts(private_files.read(self._path, _READ_LIMIT))
        except FileNotFoundError:
            return Accounts()
        except OSError as error:
            raise self._unusable(error) from None
        except _NewerError:
            raise AccountsError(
                Sentence(
                    "{path} was made by a newer version of this program: install that, or move the file away.",
                    {"path": str(self._path)},
                )
            ) from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise AccountsError(
                Sentence(
                    "{path} does not hold accounts as this program writes them: move it away, and add them anew.",
                    {"path": str(self._path)},
                )
            ) from None

    def change(self, changed: Callable[[Accounts], Accounts]) -> Accounts:
        """Have the file hold what *changed* makes of its accounts, and return that once it is on the disk.

        Raises:
            AccountsError: it cannot be read or written.

        """
        try:
            with private_files.locked(self._path.parent):
                before = self.read()
                after = changed(before)
                if after == Accounts():
                    private_files.remove(self._path)
                elif after != before:
                    private_files.replace(self._path, self._content(after))
        except OSError as error:
            raise self._unusable(error) from None
        return after

    def _content(self, accounts: Accounts) -> bytes:
        import json

        content = (json.dumps(_fields(accounts), indent=2) + "\n").encode()
        if len(content) > _READ_LIMIT:
            raise AccountsError(
                Sentence("{path} is full: forget accounts that are no longer used.", {"path": str(self._path)})
            )
        return content

    def _unusable(self, error: OSError) -> AccountsError:
        reason = error.strerror or type(error).__name__
        return AccountsError(
            Sentence(
                "{path} cannot be used ({reason}): put that right, or set XDG_CONFIG_HOME to another folder.",
                {"path": str(self._path), "reason": reason},
            )
        )


def _fields(accounts: Accounts) -> dict[str, object]:
    return {
        "version": _VERSION,
        "keep_keys_in": accounts.rest,
        "accounts": [
            {"name": account.name, "site": account.site.name, "kept_in": account.shelf} for account in accounts.accounts
        ],
    }


def _accounts(content: bytes) -> Accounts:
    """Return the accounts of a file's *content*.

    Raises:
        _NewerError: a later version has written them.
        ValueError, KeyError, TypeError: these are not the fields that are written here.

    """
    import json

    fields: dict[str, Any] = json.loads(content)
    if isinstance(fields["version"], int) and fields["version"] > _VERSION:
        raise _NewerError
    accounts = Accounts(
        tuple(Account(each["name"], SITES[each["site"]], each["kept_in"]) for each in fields["accounts"]),
        fields["keep_keys_in"],
    )
    names = [account.name for account in accounts.accounts]
    is_sound = (
        fields["version"] == _VERSION
        and accounts.rest in (None, *RESTS)
        and all(isinstance(name, str) and name_problem(name) is None for name in names)
        and len(names) == len(set(names))
        and all(account.shelf in get_args(Shelf) for account in accounts.accounts)
    )
    if not is_sound:
        raise ValueError
    return accounts
