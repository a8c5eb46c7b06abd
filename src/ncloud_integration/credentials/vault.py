"""The vault's format: key pairs under a passphrase, in a file of which any change by something else is noticed.

::

    {
      "format": "ncloud-integration vault",
      "kdf": {"name": "scrypt", "n": 131072, "p": 1, "r": 8, "salt": Base64 of 16 random bytes},
      "sha256": digest of this file without this line, hexadecimal
      "token": a Fernet token of {account: what `store.written` makes of its keys},
      "version": 1
    }

There is one way to write it: sorted names, two spaces of indentation, ASCII, a line feed at the end. What could not
have been written so is damaged, and that is known before a key is derived. Every later version keeps `version` and
`sha256` as they are here, so that a newer vault is told from a damaged one.

The digest has no key, so whoever changes a vault on purpose can write a fitting one; Fernet then refuses what they
wrote, and that cannot be told from a wrong passphrase. It tells an accident from a slip of the fingers, and no more.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ncloud_integration.cloudinsight.keys import Secret
from ncloud_integration.credentials.store import DamagedError, PasswordError, StoreError
from ncloud_integration.integration.sentence import Sentence

N = 2**17
"""What a guess at a passphrase costs: 128 MiB of memory, and a third of a second in 2026."""

PASSPHRASE_LENGTH = 8

_FORMAT, _VERSION = "ncloud-integration vault", 1
_R, _P, _SALT_SIZE = 8, 1, 16
_BOUNDS = [2**power for power in range(14, 21)]

Entries = dict[str, Secret]
"""What is kept, by the name of its account."""


@dataclass(frozen=True)
class Kdf:
    """How a passphrase becomes a key; no two passphrases that were ever chosen have the same salt."""

    n: int
    salt: bytes


@dataclass(frozen=True)
class Key:
    """What opens a vault, and what it was derived by."""

    kdf: Kdf
    secret: Secret


@dataclass(frozen=True)
class Sealed:
    """An undamaged vault that was not opened yet."""

    kdf: Kdf
    token: str


def passphrase_problem(text: str) -> Sentence | None:
    """Return what is wrong with *text* as a passphrase that is being chosen."""
    if len(_normal(text)) >= PASSPHRASE_LENGTH:
        return None
    return Sentence("The passphrase is too short: type at least {count} characters.", {"count": PASSPHRASE_LENGTH})


def new_kdf(n: int = N) -> Kdf:
    """Return how to derive a key from a passphrase that is being chosen."""
    return Kdf(n, os.urandom(_SALT_SIZE))


def derived(passphrase: Secret, kdf: Kdf) -> Key:
    """Return the key of *passphrase*; this takes its time.

    Raises:
        StoreError: this host cannot derive it.

    """
    # Nothing plain is given a name here or below: a crash report may show what names stand for.
    try:
        scrypt = Scrypt(kdf.salt, 32, kdf.n, _R, _P)
        return Key(kdf, Secret(base64.urlsafe_b64encode(scrypt.derive(_bytes(passphrase))).decode()))
    except MemoryError:
        raise StoreError(
            Sentence(
                "The vault's passphrase takes {size} MiB of memory to check, and this host does not give that: "
                "end other programs, and try again.",
                {"size": 128 * _R * kdf.n >> 20},
            )
        ) from None
    except UnsupportedAlgorithm:
        raise StoreError(
            Sentence("OpenSSL on this host has no scrypt, which the vault needs: keep the keys elsewhere.")
        ) from None


def written(entries: Entries, key: Key) -> bytes:
    """Return the file of a vault that holds *entries* and opens with *key*."""
    fernet = Fernet(key.secret.reveal())
    token = fernet.encrypt(json.dumps({account: text.reveal() for account, text in entries.items()}).encode())
    return _file(Sealed(key.kdf, token.decode()))


def read(content: bytes, path: Path) -> Sealed:
    """Return the vault that a file holds; *path* is named in what is said of it.

    Raises:
        DamagedError: no version of this program wrote it like that.
        StoreError: a newer version did.

    """
    try:
        fields = json.loads(content.decode("ascii"))
        if fields["version"] > _VERSION and _framed(fields) == content:
            raise _newer(path)
        sealed = _sealed(fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise damaged(path) from None
    if _file(sealed) != content:
        raise damaged(path)
    return sealed


def opened(sealed: Sealed, key: Key, path: Path) -> Entries:
    """Return what *sealed* keeps; *path* is named in what is said of it.

    Raises:
        PasswordError: *key* is not its key, or somebody changed it and its digest with it.
        DamagedError: it is its key, and what it keeps was not written by this program.

    """
    try:
        fernet = Fernet(key.secret.reveal())
        return {account: Secret(_text(text)) for account, text in json.loads(fernet.decrypt(sealed.token)).items()}
    except InvalidToken:
        raise PasswordError(
            Sentence(
                "This passphrase does not open the vault: type it again. Where it is forgotten, start the vault over."
            )
        ) from None
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise damaged(path) from None


def damaged(path: Path) -> DamagedError:
    """Return what to raise where something else than this program wrote the vault at *path*."""
    return DamagedError(
        Sentence(
            "The vault {path} was changed or cut off by something else than this program: "
            "put a copy of it back, or start over and type the keys anew.",
            {"path": str(path)},
        )
    )


def _normal(passphrase: str) -> str:
    # The same syllable of Hangul is one character from a keyboard on Linux and up to three on macOS.
    return unicodedata.normalize("NFC", passphrase)


def _bytes(passphrase: Secret) -> bytes:
    return _normal(passphrase.reveal()).encode("utf-8", "surrogatepass")


def _sealed(fields: dict[str, Any]) -> Sealed:
    n = fields["kdf"]["n"]
    if type(n) is not int or n not in _BOUNDS:  # a hostile file could ask for all the memory there is
        raise ValueError(n)
    salt = base64.b64decode(fields["kdf"]["salt"], validate=True)
    if len(salt) != _SALT_SIZE or not _text(fields["token"]).isascii():
        raise ValueError
    return Sealed(Kdf(n, salt), fields["token"])


def _file(sealed: Sealed) -> bytes:
    salt = base64.b64encode(sealed.kdf.salt).decode()
    kdf = {"name": "scrypt", "n": sealed.kdf.n, "r": _R, "p": _P, "salt": salt}
    return _framed({"format": _FORMAT, "version": _VERSION, "kdf": kdf, "token": sealed.token})


def _framed(fields: dict[str, Any]) -> bytes:
    """Return *fields* written, with the digest that they should have."""
    rest = {name: value for name, value in fields.items() if name != "sha256"}
    return _canonical({**rest, "sha256": hashlib.sha256(_canonical(rest)).hexdigest()})


def _canonical(fields: dict[str, Any]) -> bytes:
    return (json.dumps(fields, indent=2, sort_keys=True) + "\n").encode("ascii")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _newer(path: Path) -> StoreError:
    return StoreError(
        Sentence(
            "The vault {path} was made by a newer version of this program: install that, "
            "or set XDG_DATA_HOME to another folder.",
            {"path": str(path)},
        )
    )
