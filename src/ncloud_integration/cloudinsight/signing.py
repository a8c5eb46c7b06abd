"""Signature v2 of NAVER's API gateway, as an httpx authentication."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Generator

import httpx

from ncloud_integration.cloudinsight.keys import Keys, Secret


def message(method: str, uri: str, timestamp: str, access_key: Secret) -> str:
    """Return what is signed: method, *uri* (path and query as sent on the wire) and *timestamp* (ms since 1970)."""
    return f"{method} {uri}\n{timestamp}\n{access_key.reveal()}"


def signature(secret_key: Secret, text: str) -> str:
    """Return the Base64 of the HMAC-SHA256 of *text* under *secret_key*, both in UTF-8."""
    digest = hmac.new(secret_key.reveal().encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def headers(keys: Keys, method: str, uri: str, timestamp: str) -> dict[str, str]:
    """Return the three headers that authenticate a request (documents: "Ncloud API", "Request headers")."""
    return {
        "x-ncp-apigw-timestamp": timestamp,
        "x-ncp-iam-access-key": keys.access_key.reveal(),
        "x-ncp-apigw-signature-v2": signature(keys.secret_key, message(method, uri, timestamp, keys.access_key)),
    }


class SignatureV2(httpx.Auth):
    """Signs a request's own raw path when it is sent: what is signed is what goes out, stamped then and not earlier."""

    def __init__(self, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield *request* with its three headers set. *clock* gives seconds since 1970."""
        timestamp = str(int(self._clock() * 1000))
        uri = request.url.raw_path.decode("ascii")
        request.headers.update(headers(self._keys, request.method, uri, timestamp))
        yield request
