"""The practice gateway: Cloud Insight's integration API as its documents describe it, on a loopback socket.

It checks what the real one is documented to check, from the documents and not with the wizard's own rules, so that a
mistake in either shows; the signature alone is shared, and held to known answers by its tests.
"""

from __future__ import annotations

import hmac
import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ncloud_integration.cloudinsight import signing
from ncloud_integration.cloudinsight.gateway import INTEGRATION_PATH
from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.practice.sample import PRACTICE_KEYS
from ncloud_integration.practice.server import LoopbackServer, Reply, error

_TIMESTAMP_TOLERANCE = 5 * 60
_FIRST_ID = 1001
_DETAIL = re.compile(re.escape(INTEGRATION_PATH) + r"/([0-9]+)/detail")


@dataclass
class Store:
    """The integrations that were created, by id, for as long as the process lives."""

    integrations: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(_FIRST_ID))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, body: Mapping[str, Any]) -> str:
        """Keep *body* and return its new id."""
        with self.lock:
            integration_id = str(next(self.ids))
            stored = {"headers": None, **body, "id": integration_id, "updateTime": int(time.time() * 1000)}
            self.integrations[integration_id] = stored
        return integration_id


class PracticeGateway(LoopbackServer):
    """The gateway, which keeps what is created for as long as it lives."""

    def __init__(self, keys: Keys = PRACTICE_KEYS, port: int = 0) -> None:
        """Know *keys* alone, and listen on *port* (0: any free one)."""
        self.store = Store()
        super().__init__(Desk(keys, self.store).answer, "practice-gateway", port)


class Desk:
    """What answers a request once it is read: the signature first, then the call."""

    def __init__(self, keys: Keys, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._store = store
        self._clock = clock

    def answer(self, method: str, uri: str, headers: Mapping[str, str], content: bytes) -> Reply:
        """Return the reply to a request; *headers* have names in lower case, *uri* is path and query as sent."""
        refusal = self._authentication_refusal(method, uri, headers)
        if refusal:
            return refusal
        if not headers.get("x-ncp-dmn_cd"):
            return error(400, 100, "Bad Request", "x-ncp-dmn_cd is missing")
        if method == "POST" and headers.get("content-type", "").split(";")[0].strip() != "application/json":
            return error(400, 100, "Bad Request", "Content-Type must be application/json")
        return self._call(method, uri.partition("?")[0], content)

    def _authentication_refusal(self, method: str, uri: str, headers: Mapping[str, str]) -> Reply | None:
        timestamp = headers.get("x-ncp-apigw-timestamp", "")
        if not re.fullmatch(r"[0-9]{13}", timestamp):
            return error(401, 200, "Authentication Failed", "x-ncp-apigw-timestamp is not in milliseconds since 1970")
        if abs(self._clock() - int(timestamp) / 1000) > _TIMESTAMP_TOLERANCE:
            return error(401, 200, "Authentication Failed", "the timestamp is more than 5 minutes off")
        access_key = headers.get("x-ncp-iam-access-key", "")
        expected = signing.signature(self._keys.secret_key, signing.message(method, uri, timestamp, Secret(access_key)))
        given = headers.get("x-ncp-apigw-signature-v2", "")
        is_known = hmac.compare_digest(access_key.encode(), self._keys.access_key.reveal().encode())
        if not (is_known and hmac.compare_digest(given.encode(), expected.encode())):
            return error(401, 200, "Authentication Failed", "the access key or the signature is wrong")
        return None

    def _call(self, method: str, path: str, content: bytes) -> Reply:
        detail = _DETAIL.fullmatch(path)
        if method == "GET" and detail:
            return self._detail(detail[1])
        calls = {"create": self._create, "page": self._page, "delete": self._delete}
        prefix, _, name = path.rpartition("/")
        call = calls.get(name) if method == "POST" and prefix == INTEGRATION_PATH else None
        if call is None:
            return error(404, 300, "Not Found Exception", path)
        try:
            body = json.loads(content.decode())
            json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is JSON, and no text
        except (ValueError, RecursionError):
            return error(400, 100, "Bad Request", "the body is not JSON")
        return call(body)

    def _create(self, body: object) -> Reply:
        complaint = complaint_about(body)
        if complaint:
            return error(400, 100, "Bad Request", complaint)
        assert isinstance(body, dict)  # noqa: S101 - what the complaint was about
        return Reply(200, self._store.add(body))

    def _page(self, body: object) -> Reply:
        if not isinstance(body, dict):
            return error(400, 100, "Bad Request", "the body is not an object")
        number, length = body.get("pageNum", 1), body.get("pageSize", 10)
        if not (isinstance(number, int) and isinstance(length, int) and number > 0 and 0 < length <= 1000):
            return error(400, 100, "Bad Request", "pageNum and pageSize must be positive numbers")
        rows = [row for row in list(self._store.integrations.values()) if str(body.get("query") or "") in row["name"]]
        start = (number - 1) * length
        return Reply(
            200,
            {
                "data": rows[start : start + length],
                "pageNum": number,
                "pageSize": length,
                "totalPages": -(-len(rows) // length),
                "totalRecords": len(rows),
            },
        )

    def _detail(self, integration_id: str) -> Reply:
        found = self._store.integrations.get(integration_id)
        return Reply(200, found) if found else error(404, 300, "Not Found Exception", integration_id)

    def _delete(self, body: object) -> Reply:
        if not isinstance(body, list):
            return error(400, 100, "Bad Request", "the body is not an array of ids")
        for integration_id in body:
            self._store.integrations.pop(str(integration_id), None)
        return Reply(200)


def complaint_about(body: object) -> str:  # noqa: PLR0911 - one return a rule
    """Return what the documents do not allow in a CreateIntegration body, or nothing."""
    if not isinstance(body, dict):
        return "the body is not an object"
    for name in ("name", "payload", "type", "url"):
        if not isinstance(body.get(name), str):
            return f"{name} must be a string"
    if body["type"] != "OUT_GOING":
        return "type must be OUT_GOING"
    if not body["name"].strip():
        return "name is blank"
    if not re.match(r"https?://[^/?#\s]", body["url"], re.IGNORECASE):
        return "url is not an http or https address"
    if len(body["payload"].encode()) > 15_000:
        return "payload is longer than 15,000 bytes"
    return _complaint_about_headers(body["headers"]) if "headers" in body else ""


def _complaint_about_headers(headers: object) -> str:
    if not isinstance(headers, dict):
        return "headers is not an object"
    if len(headers) > 10:
        return "headers are more than 10"
    for name, value in headers.items():
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or not isinstance(value, str):
            return "headers: letters, digits, - and _ only in a name, and a string as its value"
        if len(name.encode()) + len(value.encode()) > 100:
            return "headers: one is longer than 100 bytes"
    return ""
