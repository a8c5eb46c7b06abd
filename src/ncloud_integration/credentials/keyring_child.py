"""The process that talks to the keyring, so that one that hangs or fails takes nothing with it.

A JSON request on standard input, `{"do": "find" | "keep", "account": …, "secret": …}`, and a JSON answer on standard
output, `{"state": …}`. Whatever a backend writes by itself goes nowhere.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

SERVICE = "ncloud-integration"
"""The name under which the keyring lists what this program keeps."""

_TRUSTED_MODULES = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""Backends that keep a secret encrypted and for good; others lose it in silence or write it as plain text."""


def main() -> None:
    """Answer the one request on standard input."""
    answer_to = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    answer = _answer(json.load(sys.stdin))
    with os.fdopen(answer_to, "w") as output:
        json.dump(answer, output)


def _answer(request: dict[str, str]) -> dict[str, str]:
    try:
        import keyring
        import keyring.errors

        try:
            return _do(_trusted(keyring.get_keyring()), request)
        except _UntrustedError as error:
            return {"state": "untrusted", "backend": str(error)}
        except keyring.errors.KeyringLocked:
            return {"state": "locked"}
        except keyring.errors.InitError:
            return {"state": "not set up"}
        except keyring.errors.NoKeyringError:
            return {"state": "none available"}
    except Exception as error:  # a backend may raise anything, and a traceback could show the secret
        return {"state": "failed", "error": type(error).__name__}


class _UntrustedError(Exception):
    """The backend in use is not one to keep a key in; the message is its name."""


def _trusted(backend: Any) -> Any:
    """Return *backend*, or the first trusted one where several were chained together.

    Raises:
        _UntrustedError: there is none.

    """
    chained = list(getattr(backend, "backends", [])) or [backend]
    for candidate in chained:
        if type(candidate).__module__ in _TRUSTED_MODULES:
            return candidate
    name = f"{type(backend).__module__}.{type(backend).__name__}"
    if name == "keyring.backends.fail.Keyring" and not os.environ.get("PYTHON_KEYRING_BACKEND"):
        from keyring.errors import NoKeyringError

        raise NoKeyringError
    raise _UntrustedError(name)


def _do(backend: Any, request: dict[str, str]) -> dict[str, str]:
    account = request["account"]
    if request["do"] == "keep":
        backend.set_password(SERVICE, account, request["secret"])
        is_kept = backend.get_password(SERVICE, account) == request["secret"]
        return {"state": "kept" if is_kept else "lost"}
    secret = backend.get_password(SERVICE, account)
    return {"state": "missing"} if secret is None else {"state": "found", "secret": secret}


if __name__ == "__main__":
    main()
