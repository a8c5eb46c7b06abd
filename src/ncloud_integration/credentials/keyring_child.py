"""The process that talks to the keyring, so that one that hangs or fails takes nothing with it.

A line of JSON on standard input, `{"do": "find" | "keep" | "remove" | "look" | "unlock" | "set up", "account": …,
"secret": …, "is_asked": …}`, and a line on standard output, `{"state": …}`. Whatever a backend writes by itself goes
nowhere. Once standard input is closed, nobody waits for the answer, and the process ends with all that it has started.

Unless it `is_asked` for by the operator, a Secret Service is not made to ask a person for anything; of other keyrings
it is not known beforehand whether they would.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import sys
import threading
from typing import Any

SERVICE = "ncloud-integration"
"""The name under which the keyring lists what this program keeps."""

_SECRET_SERVICE = ("keyring.backends.SecretService.Keyring", "keyring.backends.libsecret.Keyring")

_TRUSTED = {
    **dict.fromkeys(_SECRET_SERVICE, "Secret Service"),
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Locker",
}
"""The classes that keep a secret encrypted and for good, and what their owners call them."""

_REFUSED = {
    "keyring.backends.null.Keyring": "loses",
    "keyring.backends.fail.Keyring": "loses",
    "keyring.backends.chainer.ChainerBackend": "chains",
    "keyrings.alt.file.PlaintextKeyring": "plain text",
}
"""Those that are never used, not even where the environment names them, and why."""

_REFUSED_PACKAGE = "keyrings.alt."
"""Its other backends are plain text on Linux as well, or encrypt without noticing a change."""


def main() -> None:
    """Answer the one request on standard input."""
    request = json.loads(sys.stdin.readline())
    parent, answer_to = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    answer = _answer(request)
    with os.fdopen(answer_to, "w") as output:
        print(json.dumps(answer), file=output)


def _end_with(parent: int) -> None:
    """End this process and its own once the other end of *parent* is gone: what it was to keep is not kept later."""
    while os.read(parent, 4096):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        import keyring
        import keyring.errors

        if not os.environ.get("PYTHON_KEYRING_BACKEND", "unset"):
            del os.environ["PYTHON_KEYRING_BACKEND"]  # keyring would look for a backend without a name
        try:
            return _do(_usable(_backend(), is_only_looked_at=request["do"] == "look"), request)
        except _RefusedError as error:
            return {"state": "refused", "backend": error.backend, "reason": error.reason}
        except keyring.errors.KeyringLocked:
            return {"state": "locked", "takes_password": False}
        except keyring.errors.InitError:
            return {"state": "not set up", "takes_password": False}
        except keyring.errors.NoKeyringError:
            return {"state": "none available"}
    except Exception as error:  # a backend may raise anything, and a traceback could show the secret
        return {"state": "failed", "error": type(error).__name__}


def _backend() -> Any:
    """Return what keyring would use.

    Raises:
        NoKeyringError: it cannot be used on this host.

    """
    import keyring
    from keyring.errors import NoKeyringError

    try:
        return keyring.get_keyring()
    except RuntimeError:  # a backend that was named, and that says so of itself
        raise NoKeyringError from None


class _RefusedError(Exception):
    """The *backend* of that name is not one to keep a key in."""

    def __init__(self, backend: str, reason: str) -> None:
        super().__init__(backend)
        self.backend, self.reason = backend, reason


def _usable(backend: Any, *, is_only_looked_at: bool) -> Any:
    """Return *backend*, or the first trusted one where several were chained together by themselves.

    One that is named instead has to give back what it is given, unless it is only looked at.

    Raises:
        _RefusedError: there is none.
        NoKeyringError: nothing that could be one was found.

    """
    is_named = bool(os.environ.get("PYTHON_KEYRING_BACKEND"))
    name = _name(backend)
    if not is_named and name == "keyring.backends.fail.Keyring":
        from keyring.errors import NoKeyringError

        raise NoKeyringError
    chained = [] if is_named else getattr(backend, "backends", [])
    for candidate in [*chained, backend]:
        if _is_trusted(candidate):
            return candidate
    if not is_named and chained:
        raise _RefusedError(_name(chained[0]), "unknown")
    if name in _REFUSED or name.startswith(_REFUSED_PACKAGE):
        raise _RefusedError(name, _REFUSED.get(name, "plain text"))
    if not is_named:
        raise _RefusedError(name, "unknown")
    if not is_only_looked_at and not _gives_back(backend):
        raise _RefusedError(name, "loses")
    return backend


def _gives_back(backend: Any) -> bool:
    """Return whether *backend* keeps what it is given, and removes what is to be removed."""
    account, secret = (f"round trip {secrets.token_hex(16)}" for _ in range(2))
    backend.set_password(SERVICE, account, secret)
    return backend.get_password(SERVICE, account) == secret and _is_removed(backend, account)


def _is_removed(backend: Any, account: str) -> bool:
    """Return whether *backend* keeps nothing for *account* any more, having told it so."""
    from keyring.errors import PasswordDeleteError

    with contextlib.suppress(PasswordDeleteError):  # there was nothing
        backend.delete_password(SERVICE, account)
    return backend.get_password(SERVICE, account) is None


def _name(backend: Any) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _is_trusted(backend: Any) -> bool:
    """Return whether *backend* is of one of the trusted classes, and does not merely say so."""
    cls = type(backend)
    is_what_it_says = getattr(sys.modules.get(cls.__module__), cls.__qualname__, None) is cls
    return _name(backend) in _TRUSTED and is_what_it_says


def _do(backend: Any, request: dict[str, Any]) -> dict[str, Any]:
    if _is_trusted(backend) and _name(backend) in _SECRET_SERVICE:
        answer = _at_the_door(request)
        if answer:
            return answer
    account = request.get("account", "")
    if request["do"] == "find":
        try:
            secret = backend.get_password(SERVICE, account)
        except UnicodeDecodeError:
            secret = ""
        return {"state": "missing"} if secret is None else {"state": "found", "secret": secret}
    if request["do"] == "keep":
        backend.set_password(SERVICE, account, request["secret"])
        is_kept = backend.get_password(SERVICE, account) == request["secret"]
        return {"state": "kept" if is_kept else "lost"}
    if request["do"] == "remove":
        return {"state": "removed" if _is_removed(backend, account) else "still there"}
    if _is_trusted(backend):
        return {"state": "ready", "backend": _TRUSTED[_name(backend)]}
    return {"state": "named", "backend": _name(backend)}


def _at_the_door(request: dict[str, Any]) -> dict[str, Any] | None:
    """Return the answer of a Secret Service that has to be opened first or was asked to open; None if it is open."""
    from ncloud_integration.credentials import secret_service

    try:
        collection = secret_service.collection()
        if request["do"] == "unlock" and collection.path:
            is_open = secret_service.unlock(request["secret"])
            return {"state": "ready"} if is_open else {"state": "locked", "takes_password": False}
        if request["do"] == "set up" and not collection.path:
            secret_service.create(request["secret"])
            return {"state": "ready"}
    except secret_service.DeniedError:
        return {"state": "denied"}
    except secret_service.UnsupportedError:
        return {"state": "locked" if request["do"] == "unlock" else "not set up", "takes_password": False}
    is_left_to_a_desktop = request.get("is_asked") and not collection.takes_password
    if is_left_to_a_desktop or (collection.path and not collection.is_locked):
        return None
    return {"state": "locked" if collection.path else "not set up", "takes_password": collection.takes_password}


if __name__ == "__main__":
    main()
