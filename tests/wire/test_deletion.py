"""Deleting what was created over real sockets: sent once, then only looked at, and told as what is known of it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ncloud_integration.cloudinsight.client import Client
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.outcome import Created, Deleted, Deletion, NotSent, Refused, Unknown
from ncloud_integration.cloudinsight.site import PUBLIC
from ncloud_integration.deletion import Deleter
from ncloud_integration.integration.draft import unchecked
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_DRAFT, PRACTICE_KEYS
from ncloud_integration.practice.server import Reply
from ncloud_integration.practice.server import error as refusal
from ncloud_integration.recovery.journal import Attempt, Journal
from tests.wire import servers
from tests.wire.faulty_gateway import CallScript, FaultyGateway, Serve, say
from tests.wire.servers import Connection, Request, answer

pytestmark = pytest.mark.anyio

INTEGRATION = unchecked(PRACTICE_DRAFT)
SOON = (0, 0.02, 0.04)


@dataclass
class Notes:
    """A watcher that keeps what it was told."""

    looks: list[tuple[int, int]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def unclear(self, reason: Sentence) -> None:
        self.reasons.append(str(reason))

    def looking(self, look: int, looks: int) -> None:
        self.looks.append((look, looks))

    def clock_is_off(self, ahead: float) -> None:
        raise AssertionError(ahead)

    def complain(self, sentence: Sentence) -> None:
        self.complaints.append(str(sentence))


class Operator:
    """Whoever has created an integration of *gateway* with a journal in *folder*, and deletes it."""

    def __init__(self, gateway: FaultyGateway, folder: Path) -> None:
        self.gateway = gateway
        self.journal = Journal(folder)
        self.folder = folder
        self.notes = Notes()
        self.attempt = Attempt(
            started=time.time(),
            site="public",
            base_url=gateway.base_url,
            place="here",
            account=PRACTICE_KEYS.label,
            integration=INTEGRATION,
        )
        self.integration_id = gateway.add(INTEGRATION)
        record = self.journal.begin(self.attempt)
        record.note(Created(self.integration_id))
        record.close()

    def deleter(self, moments: Sequence[float] = SOON, timeout: float = 2.0, keys: Keys = PRACTICE_KEYS) -> Deleter:
        client = Client(Gateway(PUBLIC, self.gateway.base_url, timeout), keys)
        return Deleter(client, self.journal, self.notes, moments)

    async def delete(self, **given: Any) -> Deletion:
        """Return what became of deleting it, having checked that one request to do so was sent at the most."""
        deletion = await self.deleter(**given).delete(self.attempt, self.integration_id)
        assert self.gateway.calls.count("delete") <= 1
        assert self.gateway.creates == 0
        assert self.journal.unresolved() == []
        assert self.journal.created_ids() == {self.integration_id}
        assert self.notes.complaints == []
        return deletion

    @property
    def lines(self) -> list[dict[str, Any]]:
        (path,) = self.folder.iterdir()
        assert path.name.endswith(".closed.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines() if line]

    @property
    def states(self) -> list[str]:
        return [line["state"] for line in self.lines]


def do_and(then: CallScript) -> CallScript:
    """Return a script that deletes, and then does what *then* does."""

    def script(connection: Connection, request: Request, serve: Serve) -> None:
        serve()
        then(connection, request, serve)

    return script


def reply(status: int, content: object = None) -> CallScript:
    def script(connection: Connection, _request: Request, _serve: Serve) -> None:
        say(connection, Reply(status, content))

    return script


def refuse(status: int, code: int) -> CallScript:
    return reply(status, refusal(status, code, "no", "not this").content)


def drop(_connection: Connection, _request: Request, _serve: Serve) -> None:
    """Return without a word, which hangs up."""


def hang_up(_connection: Connection, _request: Request, _serve: Serve) -> None:
    raise ConnectionAbortedError


def hang(connection: Connection, _request: Request, _serve: Serve) -> None:
    connection.is_left()


def late(seconds: float) -> CallScript:
    """Return a script that hangs up, and deletes *seconds* later."""

    def script(connection: Connection, _request: Request, serve: Serve) -> None:
        connection.sock.close()
        time.sleep(seconds)
        serve()

    return script


async def test_what_is_deleted_is_seen_to_be_gone(tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        other = gateway.add(INTEGRATION)
        assert await operator.delete() == Deleted()
        assert gateway.ids == [other]
        deletes = [request for request in gateway.requests if request.target.endswith("/delete")]
    assert [(request.method, request.body) for request in deletes] == [("POST", b'["1001"]')]
    assert gateway.calls == ["delete", "detail"]
    assert operator.states == ["sending", "created", "deleted"]
    assert operator.lines[-1]["id"] == "1001"
    assert operator.notes.looks == [(1, 3)]


LOST = {"dropped": drop, "500": refuse(500, 900), "503": refuse(503, 500), "408": reply(408), "silence": hang}


@pytest.mark.parametrize("script", LOST.values(), ids=LOST)
async def test_where_the_answer_is_lost_it_is_looked_at(script: CallScript, tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        gateway.scripts["delete"] = do_and(script)
        assert await operator.delete(timeout=0.5) == Deleted()
    assert operator.states[-1] == "deleted"
    assert len(operator.notes.reasons) == 1


@pytest.mark.parametrize("script", LOST.values(), ids=LOST)
async def test_what_is_still_there_after_a_lost_answer_may_still_go(script: CallScript, tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        gateway.scripts["delete"] = script
        deletion = await operator.delete(timeout=0.5)
        assert isinstance(deletion, Unknown)
        assert str(deletion.search) == "It was still there after 3 looks in 0 seconds; it may still go."
        assert gateway.calls == ["delete", "detail", "detail", "detail"]
        assert operator.states == ["sending", "created", "perhaps deleted"]
        assert (operator.lines[-1]["id"], operator.lines[-1]["reason"]) == ("1001", str(deletion.reason))
        gateway.store.integrations.clear()
        assert await operator.deleter().look_again(operator.attempt, "1001", deletion) == Deleted()
    assert gateway.calls.count("delete") == 1
    assert operator.states[2:] == ["perhaps deleted", "deleted"]


async def test_what_goes_a_little_later_is_seen_to_go(tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        gateway.scripts["delete"] = late(0.2)
        assert await operator.delete(moments=(0, 0.6)) == Deleted()
    assert operator.notes.looks == [(1, 2), (2, 2)]


@pytest.mark.parametrize(("status", "code"), [(401, 200), (401, 210), (400, 100), (429, 420), (302, 0)])
async def test_what_is_refused_is_still_there(status: int, code: int, tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        gateway.scripts["delete"] = refuse(status, code)
        deletion = await operator.delete()
        assert isinstance(deletion, Refused)
        assert gateway.ids == ["1001"]
    assert gateway.calls == ["delete", "detail"]
    assert operator.states == ["sending", "created"]
    if code == 210:
        assert str(deletion.reason).startswith("Permission denied: this sub account needs a Cloud Insight change")


async def test_what_somebody_else_has_deleted_meanwhile_is_gone(tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        gateway.store.integrations.clear()
        gateway.scripts["delete"] = refuse(404, 300)
        assert await operator.delete() == Deleted()


async def test_what_the_api_says_is_deleted_and_still_shows_is_not_known_to_be(tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        gateway.scripts["delete"] = reply(200)
        deletion = await operator.delete()
    assert isinstance(deletion, Unknown)
    assert str(deletion.reason) == "The API answered that it is deleted, and still shows it."
    assert operator.states[-1] == "perhaps deleted"


UNREADABLE = {
    "500": refuse(500, 900),
    "hung up": hang_up,
    "no view permission": refuse(401, 210),
    "no integration": reply(200, {}),
    "a page that is not found": reply(404, "<html>not here</html>"),
}


@pytest.mark.parametrize("script", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("is_answered", [True, False])
async def test_what_cannot_be_looked_at_is_told_as_such(script: CallScript, is_answered: bool, tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        gateway.scripts |= {"detail": script} if is_answered else {"detail": script, "delete": do_and(drop)}
        deletion = await operator.delete()
        assert gateway.ids == []
    if is_answered:
        assert isinstance(deletion, Deleted)
        assert str(deletion.doubt).startswith("Whether it is gone could not be checked: ")
        assert operator.states[-1] == "deleted"
    else:
        assert isinstance(deletion, Unknown)
        assert str(deletion.search).startswith("Whether it is gone could not be checked: ")
        assert operator.states[-1] == "perhaps deleted"


async def test_where_nothing_is_sent_it_is_still_there_and_not_looked_at(tmp_path: Path) -> None:
    with FaultyGateway() as gateway, servers.closed_port() as port:
        operator = Operator(gateway, tmp_path / "attempts")
        nowhere = Client(Gateway(PUBLIC, f"http://127.0.0.1:{port}", 2), PRACTICE_KEYS)
        deletion = await Deleter(nowhere, operator.journal, operator.notes, SOON).delete(operator.attempt, "1001")
        assert isinstance(deletion, NotSent)
        assert isinstance(await operator.delete(keys=Keys.of("white space", "s")), NotSent)
        assert gateway.calls == []
    assert operator.states == ["sending", "created"]
    assert operator.notes == Notes()


async def test_an_answer_that_breaks_off_after_success_was_one(tmp_path: Path) -> None:
    def half(connection: Connection, _request: Request, serve: Serve) -> None:
        serve()
        connection.send(answer(200, b"{", length=6))

    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        gateway.scripts["delete"] = half
        assert await operator.delete() == Deleted()


async def test_stopped_it_looks_no_further_and_what_was_sent_is_waited_for(tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        gateway.scripts |= {"delete": do_and(drop), "detail": hang}
        deleter = operator.deleter(moments=(0, 60), timeout=30)
        deleting = asyncio.create_task(deleter.delete(operator.attempt, "1001"))
        while "detail" not in gateway.calls:
            await asyncio.sleep(0.01)
        deleter.stop()
        deletion = await asyncio.wait_for(deleting, 5)
    assert isinstance(deletion, Unknown)
    assert "stopped before anything was read" in str(deletion.search)


async def test_a_journal_that_cannot_be_written_is_told_of_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        monkeypatch.setattr("ncloud_integration.private_files.write", full)
        assert await operator.deleter().delete(operator.attempt, "1001") == Deleted()
    assert len(operator.notes.complaints) == 1
    assert "No space left" in operator.notes.complaints[0]
    assert operator.states == ["sending", "created"]


async def test_without_a_journal_and_where_its_record_is_gone(tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        client = Client(Gateway(PUBLIC, gateway.base_url, 2), PRACTICE_KEYS)
        assert await Deleter(client, None, operator.notes, SOON).delete(operator.attempt, "1001") == Deleted()
        for path in operator.folder.iterdir():
            path.unlink()
        assert await operator.deleter().delete(operator.attempt, "1001") == Deleted()
        assert list(operator.folder.iterdir()) == []


async def test_a_record_whose_creation_could_not_be_noted_is_closed_by_its_deletion(tmp_path: Path) -> None:
    with FaultyGateway() as gateway:
        operator = Operator(gateway, tmp_path / "attempts")
        (path,) = operator.folder.iterdir()
        lines = path.read_text().splitlines(keepends=True)
        path.unlink()
        path.with_name(path.name.replace(".closed.", ".open.")).write_text(lines[0])
        assert await operator.delete() == Deleted()
    assert operator.states == ["sending", "deleted"]
