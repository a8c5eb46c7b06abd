"""The practice receiver: takes a transfer test in place of the endpoint, and answers what it got in brief."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ncloud_integration.practice.server import LoopbackServer, Reply

_SET_BY_THE_CONNECTION = frozenset(["accept", "accept-encoding", "connection", "content-length", "host", "user-agent"])


class PracticeReceiver(LoopbackServer):
    """The receiver; it keeps nothing."""

    def __init__(self) -> None:
        super().__init__(answer, "practice-receiver")


def answer(method: str, uri: str, headers: Mapping[str, str], content: bytes) -> Reply:
    """Return the reply to a request: 200 with the path, the bytes, and the headers' names; 400 where it is not JSON."""
    if method != "POST":
        return Reply(405, {"message": "Only POST is taken here."})
    try:
        json.loads(content.decode())
    except (ValueError, RecursionError):
        return Reply(400, {"message": "The body is not JSON.", "bytes": len(content)})
    names = sorted(set(headers) - _SET_BY_THE_CONNECTION)
    return Reply(200, {"message": "Received.", "path": uri, "bytes": len(content), "headers": names})
