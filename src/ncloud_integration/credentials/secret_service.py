"""The Secret Service beside what keyring does with it: whether it is locked, and unlocking it without a desktop.

Imported by the keyring's child process alone. gnome-keyring takes a password over D-Bus on an interface whose own name
says that nobody should rely on it: it is used where the service says that it has it, and never needed.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

import secretstorage
from jeepney import DBusErrorResponse
from secretstorage.defines import SS_PATH, SS_PREFIX
from secretstorage.exceptions import ItemNotFoundException
from secretstorage.util import DBusAddressWrapper, format_secret, open_session

_GUILT_RIDDEN = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
_DENIED = "org.gnome.keyring.Error.Denied"
_UNKNOWN_INTERFACE = "org.freedesktop.DBus.Error.UnknownInterface"
_INTROSPECTION = "org.freedesktop.DBus.Introspectable"
_NOWHERE = "/"
_LABEL = "Default keyring"


class DeniedError(Exception):
    """The password is not the collection's."""


class UnsupportedError(Exception):
    """The service takes no password, although it said so."""


@dataclass(frozen=True)
class Collection:
    """The collection that keys are kept in: its D-Bus path, empty where there is none yet.

    `takes_password` says whether the service can be given a password without a desktop.
    """

    path: str
    is_locked: bool
    takes_password: bool


def collection() -> Collection:
    """Return the default collection, without asking anybody for anything."""
    with closing(secretstorage.dbus_init()) as connection:
        return _collection(connection)


def unlock(password: str) -> bool:
    """Unlock the default collection by its *password*, and return whether it is unlocked now.

    Raises:
        DeniedError: it is not its password.
        UnsupportedError: it takes none.

    """
    with closing(secretstorage.dbus_init()) as connection:
        path = _collection(connection).path
        secret = format_secret(open_session(connection), password.encode(), "text/plain")
        _by_password(connection, "UnlockWithMasterPassword", "o(oayays)", path, secret)
        return not _collection(connection).is_locked  # a wrong password may be no error


def create(password: str) -> None:
    """Create the default collection, unlocked, under *password*.

    Raises:
        UnsupportedError: it takes none.

    """
    with closing(secretstorage.dbus_init()) as connection:
        secret = format_secret(open_session(connection), password.encode(), "text/plain")
        properties = {f"{SS_PREFIX}Collection.Label": ("s", _LABEL)}
        (path,) = _by_password(connection, "CreateWithMasterPassword", "a{sv}(oayays)", properties, secret)
        _service(connection).call("SetAlias", "so", "default", path)


def _collection(connection: Any) -> Collection:
    (path,) = _service(connection).call("ReadAlias", "s", "default")
    takes_password = _takes_password(connection)
    if path == _NOWHERE:
        return Collection("", is_locked=False, takes_password=takes_password)
    return Collection(path, secretstorage.Collection(connection, path).is_locked(), takes_password)


def _takes_password(connection: Any) -> bool:
    try:
        (interfaces,) = DBusAddressWrapper(SS_PATH, _INTROSPECTION, connection).call("Introspect", "")
    except (DBusErrorResponse, ItemNotFoundException):
        return False
    return _GUILT_RIDDEN in interfaces


def _by_password(connection: Any, method: str, signature: str, *body: Any) -> Any:
    try:
        return DBusAddressWrapper(SS_PATH, _GUILT_RIDDEN, connection).call(method, signature, *body)
    except ItemNotFoundException:  # what SecretStorage makes of an unknown method
        raise UnsupportedError from None
    except DBusErrorResponse as error:
        if error.name == _DENIED:
            raise DeniedError from None
        if error.name == _UNKNOWN_INTERFACE:
            raise UnsupportedError from None
        raise


def _service(connection: Any) -> DBusAddressWrapper:
    return DBusAddressWrapper(SS_PATH, f"{SS_PREFIX}Service", connection)
