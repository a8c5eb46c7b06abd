"""How a call gets to the gateway: through which proxy, and which certificates are trusted on the way."""

from __future__ import annotations

import functools
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # the types lack it

from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.integration import endpoint
from ncloud_integration.integration.sentence import ExplainedError, Sentence

_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""In the order in which curl reads them; a gateway that is not on this machine is called over https alone."""


_PROXY_URL = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<login>[!-\"$-.0->@-~]*@)?(?P<host>[!-\"$-.0->A-~]+?):?/?", re.IGNORECASE
)


class RouteError(ExplainedError):
    """A setting of the environment cannot be used; `sentence` names it."""


@dataclass(frozen=True)
class Proxy:
    """A proxy, the environment variable that names it, and `host`: host and port, without what it is logged in with."""

    variable: str
    url: str = field(repr=False)
    host: str

    @property
    def is_encrypted(self) -> bool:
        """Whether the proxy itself is spoken to over TLS."""
        return self.url.startswith("https:")


def proxy(gateway: Gateway, environment: Mapping[str, str] = os.environ) -> Proxy | None:
    """Return the proxy through which *gateway* is called, or None: a gateway on this machine needs none.

    Raises:
        RouteError: the environment names one that cannot be used.

    """
    exceptions = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    variable = next((name for name in _PROXY_VARIABLES if environment.get(name, "").strip()), None)
    if variable is None or gateway.is_local or _is_excepted(gateway.host, exceptions):
        return None
    found = _read(variable, environment[variable].strip())
    if found is None:
        raise RouteError(
            Sentence(
                "{variable} does not name a proxy that can be used: write http://host:port (or https), or unset it.",
                {"variable": variable},
            )
        )
    return found


def _read(variable: str, text: str) -> Proxy | None:
    match = _PROXY_URL.fullmatch(text)
    if match is None:
        return None
    scheme = (match["scheme"] or "http").lower()
    try:
        target = endpoint.parse(f"{scheme}://{match['host']}")
    except endpoint.EndpointError:
        return None
    host = target.called_host if target.port is None else f"{target.called_host}:{target.port}"
    return Proxy(variable, f"{scheme}://{match['login'] or ''}{host}", host)


def trust(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Return what certificates are checked against: the system's store, or what `SSL_CERT_FILE` or `_DIR` name.

    Raises:
        RouteError: a variable names what is not there or holds no certificates, which OpenSSL would pass over.

    """
    return _trust(environment.get("SSL_CERT_FILE") or None, environment.get("SSL_CERT_DIR") or None)


def complaint(gateway: Gateway) -> Sentence | None:
    """Return what is wrong with the settings that a call to *gateway* would use, or None."""
    try:
        proxy(gateway)
        if gateway.is_encrypted:
            trust()
    except RouteError as error:
        return error.sentence
    return None


def _is_excepted(host: str, exceptions: str) -> bool:
    return bool(proxy_bypass_environment(host, {"no": exceptions}))


@functools.lru_cache(maxsize=1)
def _trust(file: str | None, folders: str | None) -> ssl.SSLContext:
    named = [Path(folder) for folder in (folders or "").split(os.pathsep) if folder]
    if folders is not None and not any(folder.is_dir() for folder in named):
        raise _unusable("SSL_CERT_DIR", folders, Sentence("it is not a folder"))
    context = ssl.create_default_context()
    if file is not None:
        try:
            context.load_verify_locations(file)
        except ssl.SSLError:
            raise _unusable("SSL_CERT_FILE", file, Sentence("it holds no certificates in PEM form")) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(Sentence("it is not a path"))
            raise _unusable("SSL_CERT_FILE", file, Sentence("{reason}", {"reason": reason})) from None
    return context


def _unusable(variable: str, path: str, reason: Sentence) -> RouteError:
    return RouteError(
        Sentence(
            "{variable} names {path}, which cannot be used ({reason}): correct or unset it.",
            {"variable": variable, "path": path, "reason": reason},
        )
    )
