"""How a call gets to whom it is for: through which proxy, and which certificates are trusted on the way."""

from __future__ import annotations

import functools
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # the types lack it

from ncloud_integration.integration import endpoint
from ncloud_integration.integration.sentence import ExplainedError, Sentence

_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""In the order in which curl reads them."""

_PROXY_VARIABLES_OF_HTTP = ("http_proxy", "all_proxy", "ALL_PROXY")
"""Without HTTP_PROXY, as in curl: to a CGI program, that is a header of whoever calls it."""

_PROXY_URL = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<login>[!-\"$-.0->@-~]*@)?(?P<host>[!-\"$-.0->A-~]+?):?/?", re.IGNORECASE
)


class Destination(Protocol):
    """Who is called: the gateway, or an endpoint."""

    @property
    def base_url(self) -> str:
        """Its URL up to host and port, the host as a resolver is asked for it."""

    @property
    def host(self) -> str:
        """Host and port as they stand in the URL."""

    @property
    def is_encrypted(self) -> bool:
        """Whether it is called over TLS."""

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, where no proxy has a part."""


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


def proxy(destination: Destination, environment: Mapping[str, str] = os.environ) -> Proxy | None:
    """Return the proxy through which *destination* is called, or None: what is on this machine needs none.

    Raises:
        RouteError: the environment names one that cannot be used.

    """
    exceptions = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    names = _PROXY_VARIABLES if destination.is_encrypted else _PROXY_VARIABLES_OF_HTTP
    variable = next((name for name in names if environment.get(name, "").strip()), None)
    if variable is None or destination.is_local or _is_excepted(destination.host, exceptions):
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


def complaint(destination: Destination) -> Sentence | None:
    """Return what is wrong with the settings that a call to *destination* would use, or None."""
    try:
        proxy(destination)
        if destination.is_encrypted:
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
