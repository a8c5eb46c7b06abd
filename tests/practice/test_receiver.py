"""The practice receiver takes JSON, says what it got, and has not kept it."""

from __future__ import annotations

import json
from http.client import HTTPConnection

import pytest

from ncloud_integration.practice import receiver
from ncloud_integration.practice.receiver import PracticeReceiver
from ncloud_integration.practice.server import Reply

HEADERS = {"host": "127.0.0.1", "content-length": "2", "x-team": "ops", "content-type": "application/json"}


def test_json_is_taken_and_told_of_in_brief() -> None:
    reply = receiver.answer("POST", "/path?query", HEADERS, '{"a": "값"}'.encode())
    told = {"message": "Received.", "path": "/path?query", "bytes": 12, "headers": ["content-type", "x-team"]}
    assert reply == Reply(200, told)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_refused(content: bytes) -> None:
    reply = receiver.answer("POST", "/", HEADERS, content)
    assert reply == Reply(400, {"message": "The body is not JSON.", "bytes": len(content)})


def test_nothing_but_post_is_taken() -> None:
    assert receiver.answer("GET", "/", HEADERS, b"").status == 405


def test_it_answers_over_a_socket_until_it_is_left() -> None:
    with PracticeReceiver() as running:
        host, port = running.base_url.removeprefix("http://").split(":")
        assert host == "127.0.0.1"
        connection = HTTPConnection(host, int(port), timeout=10)
        connection.request("POST", "/", b"{}")
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["message"]) == (200, "Received.")
        connection.close()
    with pytest.raises(OSError):
        HTTPConnection(host, int(port), timeout=10).connect()
