"""An attempt from press to outcome over real sockets and a real journal: sent once or not at all, and never lost."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import json
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from ncloud_integration import private_files
from ncloud_integration.cloudinsight.client import Client
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Refused, Unknown
from ncloud_integration.cloudinsight.site import PUBLIC
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_KEYS
from ncloud_integration.practice.server import Reply
from ncloud_integration.practice.server import error as refusal
from ncloud_integration.recovery.journal import Attempt, Journal
from ncloud_integration.submission import Submission, read_back
from tests.wire import servers
from tests.wire.faulty_gateway import CallScript, FaultyGateway, Serve, certificate, say
from tests.wire.servers import Connection, Request, answer

pytestmark = pytest.mark.anyio

ACCESS_KEY = PRACTICE_KEYS.access_key.reveal()
SECRET_KEY = PRACTICE_KEYS.secret_key.reveal()
MOMENTS = (0, 0.2, 0.4, 0.8)
SOON = (0, 0.02, 0.04)
TOKEN = "Bearer hidden-token-0123456789"

INTEGRATION = Integration(
    name='경보 🚨 "high"',
    url="https://events.example.com/cloud-insight?team=운영",
    headers=(Header("content-type", "application/json; charset=utf-8"), Header("Authorization", TOKEN)),
    payload='{\n\t"text": "#{RULE_NAME} \\"값\\" 👩‍🚀 \\u001b C:\\\\tmp",\n\t"value": #{VALUE}\n}',
)


@dataclass
class Notes:
    """A watcher that keeps what it was told."""

    looks: list[tuple[int, int]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def unclear(self, reason: Sentence) -> None:
        assert not self.looks
        self.reasons.append(str(reason))

    def looking(self, look: int, looks: int) -> None:
        self.looks.append((look, looks))

    def clock_is_off(self, ahead: float) -> None:
        self.ahead = ahead

    def complain(self, sentence: Sentence) -> None:
        self.complaints.append(str(sentence))


@dataclass
class Operator:
    """Whoever submits: with a journal in *folder*, and notes of what they are told."""

    folder: Path
    notes: Notes = field(default_factory=Notes)
    moments: Sequence[float] = SOON
    known: Collection[str] = ()
    timeout: float = 2.0

    @property
    def journal(self) -> Journal:
        return Journal(self.folder)

    def submission(self, gateway: FaultyGateway) -> Submission:
        client = Client(Gateway(PUBLIC, gateway.base_url, self.timeout), PRACTICE_KEYS)
        return Submission(client, self.journal, self.notes, self.moments, self.known)

    async def submit(self, gateway: FaultyGateway, **fields: Any) -> Outcome:
        """Return the outcome of an attempt, having checked that it was sent once at the most."""
        self.notes, before = Notes(), gateway.creates
        outcome = await self.submission(gateway).run(attempt(gateway, **fields))
        assert gateway.creates - before <= 1
        signatures = [request.header("x-ncp-apigw-signature-v2") for request in gateway.requests]
        written = "".join(path.read_text() for path in self.folder.glob("*"))
        for told in (repr(outcome), *self.notes.complaints, written):
            assert not [secret for secret in (SECRET_KEY, ACCESS_KEY, *signatures) if secret in told]
        return outcome

    def lines(self, state: str = "*") -> list[Any]:
        """Return what stands in the one file of the journal, which is *state* (`open` or `closed`)."""
        (path,) = self.folder.glob(f"*.{state}.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines() if line]

    def states(self, state: str = "*") -> list[str]:
        return [line["state"] for line in self.lines(state)]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path / "state")


def attempt(gateway: FaultyGateway, **fields: Any) -> Attempt:
    given: dict[str, Any] = {"started": time.time(), "ids_before": frozenset(gateway.ids), "integration": INTEGRATION}
    return Attempt(
        site="public", base_url=gateway.base_url, place="here", account=PRACTICE_KEYS.label, **{**given, **fields}
    )


def search(outcome: Outcome) -> str:
    """Return what looking for an attempt of unknown outcome has found."""
    assert isinstance(outcome, Unknown)
    assert outcome.search is not None
    return str(outcome.search)


def store_and_drop(_connection: Connection, _request: Request, serve: Serve) -> None:
    serve()


def drop(_connection: Connection, _request: Request, _serve: Serve) -> None:
    """Return without a word, which hangs up."""


def store_late(seconds: float) -> CallScript:
    """Return a script that hangs up, and stores the integration *seconds* later."""

    def script(connection: Connection, _request: Request, serve: Serve) -> None:
        connection.sock.close()
        time.sleep(seconds)
        serve()

    return script


def store_and_send(data: bytes) -> CallScript:
    def script(connection: Connection, _request: Request, serve: Serve) -> None:
        serve()
        connection.send(data)

    return script


def store_and_reset(connection: Connection, _request: Request, serve: Serve) -> None:
    serve()
    connection.reset()


def store_and_hang(connection: Connection, _request: Request, serve: Serve) -> None:
    serve()
    connection.is_left()


def hang(connection: Connection, _request: Request, _serve: Serve) -> None:
    connection.is_left()


def hang_up(_connection: Connection, _request: Request, _serve: Serve) -> None:
    raise ConnectionAbortedError


def refuse(reply: Reply) -> CallScript:
    def script(connection: Connection, _request: Request, _serve: Serve) -> None:
        say(connection, reply)

    return script


def as_written(connection: Connection, _request: Request, serve: Serve) -> None:
    say(connection, serve())


def in_turn(*scripts: CallScript) -> CallScript:
    """Return a script that does what each of *scripts* does, one a request, and then always what the last does."""
    left = list(scripts)

    def script(connection: Connection, request: Request, serve: Serve) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(connection, request, serve)

    return script


class TestAnswered:
    async def test_what_is_created_is_noted_and_closed(self, operator: Operator) -> None:
        with FaultyGateway() as gateway:
            outcome = await operator.submit(gateway)
            assert gateway.ids == ["1001"]
            assert gateway.store.integrations["1001"]["payload"] == INTEGRATION.payload
        assert outcome == Created("1001")
        assert gateway.calls == ["create"]
        assert operator.states("closed") == ["sending", "created"]
        assert operator.lines()[-1]["id"] == "1001"
        assert operator.journal.unresolved() == []
        assert operator.notes == Notes()

    async def test_over_tls(self, operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tls, trusted = certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with FaultyGateway(in_turn(as_written, store_and_drop), tls=tls) as gateway:
            assert await operator.submit(gateway) == Created("1001")
            assert await operator.submit(gateway) == Created("1002", is_found=True)
        assert gateway.creates == 2

    async def test_what_is_refused_is_noted_closed_and_not_looked_for(self, operator: Operator) -> None:
        with FaultyGateway(refuse(refusal(400, 100, "Bad Request", "url is wrong"))) as gateway:
            outcome = await operator.submit(gateway)
        assert isinstance(outcome, Refused)
        assert outcome.field == "url"
        assert gateway.calls == ["create"]
        assert operator.states("closed") == ["sending", "refused"]
        assert operator.lines()[-1]["reason"] == str(outcome.reason)
        assert operator.notes.looks == []

    async def test_what_is_not_sent_is_noted_closed_and_not_looked_for(self, operator: Operator) -> None:
        with servers.closed_port() as port, FaultyGateway() as gateway:
            nowhere = Client(Gateway(PUBLIC, f"http://127.0.0.1:{port}", 2), PRACTICE_KEYS)
            outcome = await Submission(nowhere, operator.journal, operator.notes, SOON).run(attempt(gateway))
        assert isinstance(outcome, NotSent)
        assert "refused the connection" in str(outcome.reason)
        assert gateway.connections == 0
        assert operator.states("closed") == ["sending", "not sent"]
        assert operator.notes == Notes()

    async def test_without_a_journal_nothing_is_written(self, operator: Operator) -> None:
        with FaultyGateway(in_turn(as_written, store_and_drop)) as gateway:
            client = Client(Gateway(PUBLIC, gateway.base_url, 2), PRACTICE_KEYS)
            for expected in (Created("1001"), Created("1002", is_found=True)):
                submission = Submission(client, None, operator.notes, SOON)
                assert await submission.run(attempt(gateway)) == expected
            assert await Submission(client, None, operator.notes, SOON).look_again(
                attempt(gateway, ids_before=None)
            ) == (Created("1001", is_found=True, twins=("1002",)))
        assert gateway.creates == 2
        assert not operator.folder.exists()


FOUND = {
    "dropped after it was stored": store_and_drop,
    "reset after it was stored": store_and_reset,
    "half an answer": store_and_send(b"HTTP/1.1 200 OK\r\ncontent-le"),
    "half an id": store_and_send(answer(200, b'"10', length=6)),
    "success without an id": store_and_send(answer(200, b"{}")),
    "500": store_and_send(answer(500, b'{"error": {"errorCode": "900", "message": "Unexpected Error"}}')),
    "503": store_and_send(answer(503)),
    "408": store_and_send(answer(408)),
    "silence": store_and_hang,
}


class TestFound:
    @pytest.mark.parametrize("script", FOUND.values(), ids=FOUND)
    async def test_at_the_first_look(self, operator: Operator, script: CallScript) -> None:
        operator.timeout = 0.5
        with FaultyGateway(script) as gateway:
            gateway.add(INTEGRATION)
            outcome = await operator.submit(gateway)
        assert outcome == Created("1002", is_found=True)
        assert gateway.calls == ["create", "page"]
        assert operator.notes.looks == [(1, 3)]
        assert operator.notes.reasons == [operator.lines()[1]["reason"]]
        assert operator.states("closed") == ["sending", "unknown", "created"]
        assert operator.lines()[-1]["id"] == "1002"
        assert operator.journal.unresolved() == []

    async def test_stored_after_the_drop_and_found_at_a_later_look(self, operator: Operator) -> None:
        operator.moments = MOMENTS
        with FaultyGateway(store_late(0.3)) as gateway:
            started = time.monotonic()
            outcome = await operator.submit(gateway)
        assert outcome == Created("1001", is_found=True)
        assert time.monotonic() - started >= 0.4
        assert operator.notes.looks in ([(1, 4), (2, 4), (3, 4)], [(1, 4), (2, 4), (3, 4), (4, 4)])
        assert gateway.calls == ["create"] + ["page"] * len(operator.notes.looks)
        assert operator.states("closed") == ["sending", "unknown", "created"]

    @pytest.mark.parametrize("look", [1, 2, 3, 4])
    async def test_at_whichever_look_it_is_there(self, operator: Operator, look: int) -> None:
        operator.moments = (0, 0.02, 0.04, 0.06)
        appearing: list[Serve] = []

        def appear(connection: Connection, _request: Request, serve: Serve) -> None:
            appearing.pop()()
            say(connection, serve())

        def keep(_connection: Connection, _request: Request, serve: Serve) -> None:
            appearing.append(serve)

        with FaultyGateway(keep, in_turn(*[as_written] * (look - 1), appear)) as gateway:
            assert await operator.submit(gateway) == Created("1001", is_found=True)
        assert gateway.pages == look
        assert operator.notes.looks == [(number, 4) for number in range(1, look + 1)]

    async def test_a_look_begins_at_its_moment_and_not_before(self, operator: Operator) -> None:
        operator.moments = (0.1, 0.3, 0.4)
        times: list[float] = []

        def note(connection: Connection, request: Request, serve: Serve) -> None:
            times.append(time.monotonic())
            drop(connection, request, serve) if request.target.endswith("create") else say(connection, serve())

        with FaultyGateway(note, note) as gateway:
            await operator.submit(gateway)
        dropped, *looks = times
        assert len(looks) == 3
        for moment, looked in zip(operator.moments, looks, strict=True):
            assert moment - 0.01 <= looked - dropped < moment + 0.3

    async def test_among_several_hundred(self, operator: Operator) -> None:
        with FaultyGateway(store_and_drop) as gateway:
            for number in range(250):
                gateway.add(replace(INTEGRATION, name=f"name-{number}"))
            assert await operator.submit(gateway) == Created("1251", is_found=True)
        assert gateway.calls == ["create", "page", "page", "page"]

    async def test_a_look_that_fails_does_not_end_the_looking(self, operator: Operator) -> None:
        operator.moments = (0, 0.02, 0.04, 0.06, 0.08)
        fails = (hang_up, refuse(refusal(503, 500, "Endpoint Error", "")), refuse(refusal(429, 420, "Rate", "")))
        with FaultyGateway(store_and_drop, in_turn(*fails, refuse(Reply(200, {})), as_written)) as gateway:
            assert await operator.submit(gateway) == Created("1001", is_found=True)
        assert gateway.pages == 5

    async def test_a_look_that_hangs_gives_way_to_the_next(self, operator: Operator) -> None:
        operator.timeout = 0.3
        with FaultyGateway(store_and_drop, in_turn(hang, as_written)) as gateway:
            assert await operator.submit(gateway) == Created("1001", is_found=True)
        assert gateway.pages == 2


class TestNotFound:
    async def test_never_stored(self, operator: Operator) -> None:
        operator.moments = MOMENTS
        with FaultyGateway(drop) as gateway:
            gateway.add(replace(INTEGRATION, name="another"))
            outcome = await operator.submit(gateway)
        assert search(outcome) == "It was not found after 4 looks in 1 seconds; it may still appear."
        assert isinstance(outcome, Unknown)
        assert "broke after the request was sent" in str(outcome.reason)
        assert operator.notes.reasons == [str(outcome.reason)]
        assert gateway.calls == ["create", "page", "page", "page", "page"]
        assert operator.states("open") == ["sending", "unknown"]
        (unresolved,) = operator.journal.unresolved()
        assert str(unresolved.reason) == str(outcome.reason)
        assert unresolved.attempt.integration == INTEGRATION

    async def test_one_look_alone(self, operator: Operator) -> None:
        operator.moments = (0,)
        with FaultyGateway(drop) as gateway:
            outcome = await operator.submit(gateway)
        assert search(outcome) == "It was not found after one look; it may still appear."

    async def test_no_look_at_all(self, operator: Operator) -> None:
        operator.moments = ()
        with FaultyGateway(store_and_drop) as gateway:
            outcome = await operator.submit(gateway)
        assert "could not be checked" in search(outcome)
        assert gateway.pages == 0

    async def test_looks_that_failed_are_not_counted(self, operator: Operator) -> None:
        operator.moments = (0, 0.02, 0.04, 0.06)
        with FaultyGateway(drop, in_turn(as_written, hang_up, as_written, hang_up)) as gateway:
            outcome = await operator.submit(gateway)
        assert search(outcome).startswith("It was not found after 2 looks in 0 seconds")
        assert gateway.pages == 4

    @pytest.mark.parametrize(
        ("script", "reason"),
        [
            (hang_up, "broke after the request was sent"),
            (refuse(refusal(503, 500, "Endpoint Error", "")), "HTTP 503"),
            (refuse(refusal(429, 420, "Rate Limited", "")), "Too many requests"),
            (refuse(Reply(200, {})), "holds no list of integrations"),
            (refuse(Reply(200, {"data": [{"name": "nameless"}], "totalRecords": 1})), "Only 0 of 1"),
        ],
        ids=["hung up on", "503", "429", "no list", "not all of it"],
    )
    async def test_a_list_that_cannot_be_read(self, operator: Operator, script: CallScript, reason: str) -> None:
        with FaultyGateway(store_and_drop, script) as gateway:
            outcome = await operator.submit(gateway)
        assert search(outcome).startswith("Whether it exists could not be checked: ")
        assert reason in search(outcome)
        assert gateway.creates == 1
        assert operator.notes.looks == [(1, 3), (2, 3), (3, 3)]
        assert operator.states("open") == ["sending", "unknown"]

    @pytest.mark.parametrize(
        ("reply", "reason"),
        [
            (refusal(401, 210, "Permission Denied", ""), "needs a Cloud Insight view permission"),
            (refusal(401, 200, "Authentication Failed", ""), "Authentication failed"),
            (refusal(404, 300, "Not Found Exception", ""), "Not found"),
        ],
        ids=["210", "200", "300"],
    )
    async def test_a_list_that_is_refused_is_asked_for_once(
        self, operator: Operator, reply: Reply, reason: str
    ) -> None:
        operator.moments = MOMENTS
        with FaultyGateway(store_and_drop, refuse(reply)) as gateway:
            outcome = await operator.submit(gateway)
        assert search(outcome).startswith("Whether it exists could not be checked: ")
        assert reason in search(outcome)
        assert gateway.calls == ["create", "page"]
        assert operator.notes.looks == [(1, 4)]

    async def test_no_look_begins_after_the_last_moment_and_the_deadline(self, operator: Operator) -> None:
        # Each look takes the 0.5 s that it may: the third would begin at 1.0, after 0.3 and 0.5.
        operator.moments, operator.timeout = (0, 0.1, 0.3, 0.3), 0.5
        with FaultyGateway(drop, hang) as gateway:
            outcome = await operator.submit(gateway)
        assert "no answer came within 0.5 s" in search(outcome)
        assert operator.notes.looks == [(1, 4), (2, 4)]


OTHERS = {
    "name": replace(INTEGRATION, name=INTEGRATION.name + " "),
    "url": replace(INTEGRATION, url=INTEGRATION.url + "/"),
    "payload": replace(INTEGRATION, payload=INTEGRATION.payload + "\n"),
    "a header's value": replace(INTEGRATION, headers=(INTEGRATION.headers[0], Header("Authorization", "Bearer x"))),
    "a header less": replace(INTEGRATION, headers=INTEGRATION.headers[:1]),
    "a header more": replace(INTEGRATION, headers=(*INTEGRATION.headers, Header("X", "y"))),
}


def appears(gateway: FaultyGateway, *integrations: Integration, **changes: object) -> CallScript:
    """Return a script that stores others, with *changes* to their rows, and hangs up on what was asked."""

    def script(_connection: Connection, _request: Request, _serve: Serve) -> None:
        for integration in integrations:
            gateway.store.integrations[gateway.add(integration)].update(changes)

    return script


class TestWhichOneItIs:
    @pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
    @pytest.mark.parametrize("ids_before", [frozenset(), None], ids=["by ids", "by time"])
    async def test_one_that_differs_in_a_field_is_another(
        self, operator: Operator, other: Integration, ids_before: frozenset[str] | None
    ) -> None:
        with FaultyGateway() as gateway:
            gateway.scripts["create"] = appears(gateway, other)
            outcome = await operator.submit(gateway, ids_before=ids_before)
            assert gateway.ids == ["1001"]
        assert "It was not found after 3 looks" in search(outcome)

    async def test_one_of_another_type_is_another(self, operator: Operator) -> None:
        with FaultyGateway() as gateway:
            gateway.scripts["create"] = appears(gateway, INTEGRATION, type="IN_COMING")
            outcome = await operator.submit(gateway)
        assert "It was not found after 3 looks" in search(outcome)

    async def test_order_of_headers_and_case_of_their_names_mean_nothing(self, operator: Operator) -> None:
        headers = tuple(Header(header.name.swapcase(), header.value) for header in reversed(INTEGRATION.headers))
        with FaultyGateway() as gateway:
            gateway.scripts["create"] = appears(gateway, replace(INTEGRATION, headers=headers))
            assert await operator.submit(gateway) == Created("1001", is_found=True)

    async def test_one_that_was_there_before_does_not_count(self, operator: Operator) -> None:
        with FaultyGateway(in_turn(drop, store_and_drop)) as gateway:
            gateway.add(INTEGRATION)
            assert "It was not found after 3 looks" in search(await operator.submit(gateway))
            assert await operator.submit(gateway) == Created("1002", is_found=True)

    async def test_ids_are_the_same_as_texts_and_as_numbers(self, operator: Operator) -> None:
        def with_numbers(connection: Connection, _request: Request, serve: Serve) -> None:
            content = serve().content
            assert isinstance(content, dict)
            rows = [{**row, "id": int(row["id"])} for row in content["data"]]
            say(connection, Reply(200, {**content, "data": rows}))

        with FaultyGateway(in_turn(drop, store_and_drop), with_numbers) as gateway:
            gateway.add(INTEGRATION)
            assert "It was not found after 3 looks" in search(await operator.submit(gateway))
            assert await operator.submit(gateway) == Created("1002", is_found=True)

    @pytest.mark.parametrize("ids_before", [frozenset(), None], ids=["by ids", "by time"])
    async def test_what_another_attempt_has_created_is_not_taken(
        self, operator: Operator, ids_before: frozenset[str] | None
    ) -> None:
        operator.known = {"1001"}
        with FaultyGateway(in_turn(drop, store_and_drop)) as gateway:
            gateway.add(INTEGRATION)
            outcome = await operator.submit(gateway, ids_before=ids_before)
            assert "It was not found after 3 looks" in search(outcome)
            assert await operator.submit(gateway, ids_before=ids_before) == Created("1002", is_found=True)

    async def test_twins_are_told_and_the_oldest_is_taken(self, operator: Operator) -> None:
        with FaultyGateway() as gateway:

            def thrice(_connection: Connection, _request: Request, serve: Serve) -> None:
                gateway.add(INTEGRATION)
                serve()
                gateway.add(INTEGRATION)
                for integration_id, milliseconds in (("1001", 3_000), ("1002", 1_000), ("1003", 2_000)):
                    gateway.store.integrations[integration_id]["updateTime"] = milliseconds

            gateway.scripts["create"] = thrice
            outcome = await operator.submit(gateway)
        assert outcome == Created("1002", is_found=True, twins=("1003", "1001"))
        assert operator.lines()[-1]["id"] == "1002"

    async def test_twins_of_one_time_stand_in_the_order_of_their_numbers(self, operator: Operator) -> None:
        with FaultyGateway() as gateway:
            gateway.store.ids = iter([1000, 999, 20])
            gateway.scripts["create"] = appears(gateway, INTEGRATION, INTEGRATION, INTEGRATION, updateTime=5_000)
            assert await operator.submit(gateway) == Created("20", is_found=True, twins=("999", "1000"))

    @pytest.mark.parametrize(
        ("updated", "is_taken"),
        [
            (1_700_000_000_000, True),
            (1_700_000_000_000 - 600_000, True),
            (1_700_000_000_000 - 600_001, False),
            (1_700_000_000_000 + 86_400_000, True),
            (None, False),
            ("yesterday", False),
        ],
    )
    async def test_without_ids_the_last_ten_minutes_tell(
        self, operator: Operator, updated: object, is_taken: bool
    ) -> None:
        operator.moments = (0,)
        with FaultyGateway() as gateway:
            gateway.scripts["create"] = appears(gateway, INTEGRATION, updateTime=updated)
            outcome = await operator.submit(gateway, ids_before=None, started=1_700_000_000.0)
        if is_taken:
            assert outcome == Created("1001", is_found=True)
        else:
            assert search(outcome) == "It was not found after one look; it may still appear."

    async def test_with_ids_the_time_tells_nothing(self, operator: Operator) -> None:
        with FaultyGateway() as gateway:
            gateway.scripts["create"] = appears(gateway, INTEGRATION, updateTime=1)
            assert await operator.submit(gateway) == Created("1001", is_found=True)

    @pytest.mark.parametrize("fast", [240, -240], ids=["the API's is fast", "ours is fast"])
    async def test_clocks_may_differ_by_minutes(self, operator: Operator, fast: float) -> None:
        now = [time.time() + fast - 20 * 60]
        with FaultyGateway(in_turn(store_and_drop, drop), clock=lambda: now[0]) as gateway:
            gateway.add(INTEGRATION)
            now[0] += 20 * 60
            assert await operator.submit(gateway, ids_before=None) == Created("1002", is_found=True)


async def until(has_come: Callable[[], bool]) -> None:
    """Return when *has_come*, at the latest after the patience of the servers."""
    given_up = time.monotonic() + servers.PATIENCE
    while not has_come():
        assert time.monotonic() < given_up
        await asyncio.sleep(0.01)


async def stopped(operator: Operator, gateway: FaultyGateway, submission: Submission, arrived: str) -> Outcome:
    """Return the outcome of an attempt that is stopped after the call *arrived*, and took half a second from there."""
    running = asyncio.ensure_future(submission.run(attempt(gateway)))
    await until(lambda: arrived in gateway.calls)
    await asyncio.sleep(0.05)
    submission.stop()
    started = time.monotonic()
    outcome = await running
    assert time.monotonic() - started < 0.5
    assert gateway.creates == 1
    return outcome


class TestStop:
    async def test_a_look_that_hangs(self, operator: Operator) -> None:
        operator.timeout = 30
        left: list[bool] = []

        def note(connection: Connection, _request: Request, _serve: Serve) -> None:
            left.append(connection.is_left(1.0))

        with FaultyGateway(drop, note) as gateway:
            outcome = await stopped(operator, gateway, operator.submission(gateway), "page")
            await until(lambda: bool(left))
        assert search(outcome).startswith("Whether it exists could not be checked")
        assert left == [True]
        assert operator.notes.looks == [(1, 3)]
        assert operator.states("open") == ["sending", "unknown"]
        assert len(operator.journal.unresolved()) == 1

    async def test_a_look_that_hangs_behind_tls(
        self, operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        operator.timeout = 30
        tls, trusted = certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with FaultyGateway(drop, hang, tls=tls) as gateway:
            outcome = await stopped(operator, gateway, operator.submission(gateway), "page")
        assert search(outcome).startswith("Whether it exists could not be checked")

    async def test_between_two_looks(self, operator: Operator) -> None:
        operator.moments = (0, 30)
        with FaultyGateway(drop) as gateway:
            outcome = await stopped(operator, gateway, operator.submission(gateway), "page")
        assert search(outcome) == "It was not found after one look; it may still appear."
        assert gateway.pages == 1
        assert operator.notes.looks == [(1, 2)]

    @pytest.mark.parametrize("is_answered", [True, False])
    async def test_a_create_that_is_under_way_is_not_stopped(self, operator: Operator, is_answered: bool) -> None:
        def slowly(connection: Connection, _request: Request, serve: Serve) -> None:
            reply = serve()
            time.sleep(0.3)
            if is_answered:
                say(connection, reply)

        with FaultyGateway(slowly) as gateway:
            outcome = await stopped(operator, gateway, operator.submission(gateway), "create")
        if is_answered:
            assert outcome == Created("1001")
        else:
            assert (
                search(outcome)
                == "Whether it exists could not be checked: the looking was stopped before anything was read."
            )
        assert gateway.pages == 0
        assert operator.notes.looks == []


def full(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class TestJournal:
    async def test_it_says_sending_on_the_disk_when_the_create_arrives(self, operator: Operator) -> None:
        seen: list[tuple[list[Any], bytes, bool, list[Any]]] = []

        def look_at_it(connection: Connection, request: Request, serve: Serve) -> None:
            (path,) = operator.folder.iterdir()
            with path.open("rb") as file:
                is_locked = False
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except OSError:
                    is_locked = True
                seen.append((operator.lines("open"), file.read(), is_locked, operator.journal.unresolved()))
            as_written(connection, request, serve)

        with FaultyGateway(look_at_it) as gateway:
            gateway.add(INTEGRATION)
            started = time.time()
            outcome = await operator.submit(gateway, ids_before=frozenset({"1001", "7"}))
        ((lines, content, is_locked, unresolved),) = seen
        (sending,) = lines
        assert sending["state"] == "sending"
        assert sending["body"].encode() == gateway.requests[0].body
        assert sorted(sending["ids_before"]) == ["1001", "7"]
        assert sending["time"] == pytest.approx(started, abs=2)
        assert (sending["base_url"], sending["site"], sending["place"]) == (gateway.base_url, "public", "here")
        assert sending["account"] == f"…{ACCESS_KEY[-4:]}"
        assert is_locked
        assert unresolved == []
        for secret in (ACCESS_KEY, SECRET_KEY, gateway.requests[0].header("x-ncp-apigw-signature-v2")):
            assert secret.encode() not in content
        assert outcome == Created("1002")

    async def test_it_is_written_through_before_the_create_leaves(
        self, operator: Operator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        private_files.make_private(operator.folder)
        through: list[str] = []
        real = os.fsync

        def fsync(descriptor: int) -> None:
            real(descriptor)
            through.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")

        def note(connection: Connection, request: Request, serve: Serve) -> None:
            through.append("create")
            as_written(connection, request, serve)

        monkeypatch.setattr(os, "fsync", fsync)
        with FaultyGateway(note) as gateway:
            await operator.submit(gateway)
        assert through == ["file", "folder", "create", "file", "folder"]

    async def test_it_is_its_owners_alone(self, operator: Operator) -> None:
        with FaultyGateway() as gateway:
            await operator.submit(gateway)
        (path,) = operator.folder.iterdir()
        assert [stat.S_IMODE(kept.stat().st_mode) for kept in (operator.folder, path)] == [0o700, 0o600]

    async def test_ids_that_could_not_be_read_are_not_taken_for_none(self, operator: Operator) -> None:
        with FaultyGateway(drop) as gateway:
            await operator.submit(gateway, ids_before=None)
            (by_time,) = operator.journal.unresolved()
            assert by_time.attempt.ids_before is None
            await operator.submit(gateway, ids_before=frozenset())
            assert {unresolved.attempt.ids_before for unresolved in operator.journal.unresolved()} == {
                None,
                frozenset(),
            }

    async def test_keys_that_an_answer_echoes_are_not_written(self, operator: Operator) -> None:
        def echo(connection: Connection, request: Request, _serve: Serve) -> None:
            echoed = " ".join(value for _, value in request.headers)
            say(connection, refusal(400, 100, "Bad Request", f"{echoed} {TOKEN}"))

        with FaultyGateway(echo) as gateway:
            outcome = await operator.submit(gateway)
        assert isinstance(outcome, Refused)
        assert "Bad Request" in operator.lines("closed")[-1]["reason"]
        assert TOKEN not in operator.lines()[-1]["reason"]

    @pytest.mark.parametrize("place", ["file", "file/state", "file/a/b"])
    async def test_a_folder_that_cannot_be_made_sends_nothing(self, operator: Operator, place: str) -> None:
        (operator.folder.parent / "file").write_text("in the way")
        operator.folder = operator.folder.parent / place
        with FaultyGateway() as gateway:
            outcome = await Submission(
                Client(Gateway(PUBLIC, gateway.base_url, 2), PRACTICE_KEYS), operator.journal, operator.notes, SOON
            ).run(attempt(gateway))
        assert isinstance(outcome, NotSent)
        assert str(operator.folder) in str(outcome.reason)
        assert "XDG_STATE_HOME" in str(outcome.reason)
        assert (gateway.creates, gateway.connections) == (0, 0)

    @pytest.mark.parametrize(
        ("module", "name"),
        [(os, "write"), (os, "fsync"), (private_files, "sync"), (fcntl, "flock"), (os, "open")],
        ids=["writing", "writing through", "the folder", "locking", "opening"],
    )
    async def test_a_file_that_cannot_be_written_sends_nothing_and_leaves_nothing(
        self, operator: Operator, module: object, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = getattr(module, name)

        def fail(*arguments: object) -> object:
            """Fail where it concerns the journal; the loop wakes itself up with the same calls."""
            if threading.current_thread() is not threading.main_thread():
                full()
            return real(*arguments)

        with FaultyGateway() as gateway:
            submission = operator.submission(gateway)
            with monkeypatch.context() as patched:
                patched.setattr(module, name, fail)
                outcome = await submission.run(attempt(gateway))
        assert isinstance(outcome, NotSent)
        assert "No space left on device" in str(outcome.reason)
        assert (gateway.creates, gateway.connections) == (0, 0)
        assert list(operator.folder.iterdir()) == []
        assert operator.notes.complaints == []

    async def test_one_that_is_gone_after_sending_changes_no_outcome(self, operator: Operator) -> None:
        def remove(connection: Connection, request: Request, serve: Serve) -> None:
            shutil.rmtree(operator.folder)
            as_written(connection, request, serve)

        with FaultyGateway(remove) as gateway:
            outcome = await operator.submit(gateway)
        assert outcome == Created("1001")
        (complaint,) = operator.notes.complaints
        assert complaint.startswith("The journal could not be told of it: ")
        assert "No such file" in complaint

    @pytest.mark.parametrize(
        ("script", "expected", "complaints"),
        [(as_written, Created("1001"), 1), (store_and_drop, Created("1001", is_found=True), 2)],
        ids=["answered", "found"],
    )
    async def test_one_that_is_full_after_sending_changes_no_outcome(
        self,
        operator: Operator,
        script: CallScript,
        expected: Created,
        complaints: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def fill(connection: Connection, request: Request, serve: Serve) -> None:
            monkeypatch.setattr(private_files, "write", full)
            script(connection, request, serve)

        with FaultyGateway(fill) as gateway:
            assert await operator.submit(gateway) == expected
        assert len(operator.notes.complaints) == complaints
        assert all("No space left on device" in complaint for complaint in operator.notes.complaints)
        monkeypatch.undo()
        (unresolved,) = operator.journal.unresolved()
        assert str(unresolved.reason) == "The wizard was ended before an answer came."

    async def test_an_attempt_that_is_cancelled_stays_in_it(self, operator: Operator) -> None:
        operator.timeout = 30
        with FaultyGateway(store_and_hang) as gateway:
            running = asyncio.ensure_future(operator.submission(gateway).run(attempt(gateway)))
            await until(lambda: bool(gateway.ids))
            assert operator.journal.unresolved() == []
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            (unresolved,) = operator.journal.unresolved()
            assert unresolved.attempt.integration == INTEGRATION
            found = await operator.submission(gateway).look_again(unresolved.attempt)
        assert found == Created("1001", is_found=True)
        assert gateway.creates == 1
        assert operator.journal.unresolved() == []

    async def test_an_attempt_that_stands_in_it_unresolved_is_not_sent_again(self, operator: Operator) -> None:
        with FaultyGateway(drop) as gateway:
            once = attempt(gateway)
            assert isinstance(await operator.submission(gateway).run(once), Unknown)
            again = await operator.submission(gateway).run(once)
        assert isinstance(again, NotSent)
        assert gateway.creates == 1
        assert operator.states("open") == ["sending", "unknown"]


class TestLookAgain:
    async def earlier(self, operator: Operator, gateway: FaultyGateway) -> Attempt:
        """Return an attempt that nobody knows the end of, as another wizard reads it from the journal."""
        assert isinstance(await operator.submit(gateway), Unknown)
        operator.notes = Notes()
        (unresolved,) = operator.journal.unresolved()
        return unresolved.attempt

    async def test_what_has_appeared_is_noted_and_closed(self, operator: Operator) -> None:
        with FaultyGateway(drop) as gateway:
            gateway.add(INTEGRATION)
            earlier = await self.earlier(operator, gateway)
            gateway.add(INTEGRATION)
            found = await operator.submission(gateway).look_again(earlier)
        assert found == Created("1002", is_found=True)
        assert gateway.creates == 1
        assert operator.states("closed") == ["sending", "unknown", "created"]
        assert operator.lines()[-1]["id"] == "1002"
        assert operator.journal.unresolved() == []
        assert operator.notes == Notes(looks=[(1, 3)])

    async def test_what_has_not_stays_open_to_the_next(self, operator: Operator) -> None:
        with FaultyGateway(drop) as gateway:
            earlier = await self.earlier(operator, gateway)
            found = await operator.submission(gateway).look_again(earlier)
            assert str(found).startswith("It was not found after 3 looks")
            assert operator.states("open") == ["sending", "unknown"]
            gateway.add(INTEGRATION)
            assert await operator.submission(gateway).look_again(earlier) == Created("1001", is_found=True)
        assert gateway.creates == 1
        assert operator.journal.unresolved() == []

    async def test_while_it_looks_no_other_wizard_asks_about_it(self, operator: Operator) -> None:
        unresolved: list[int] = []

        def ask(connection: Connection, _request: Request, serve: Serve) -> None:
            unresolved.append(len(operator.journal.unresolved()))
            say(connection, serve())

        with FaultyGateway(drop) as gateway:
            earlier = await self.earlier(operator, gateway)
            gateway.scripts["page"] = ask
            await operator.submission(gateway).look_again(earlier)
        assert unresolved == [0, 0, 0]
        assert len(operator.journal.unresolved()) == 1

    async def test_where_another_process_works_on_it_the_file_is_left_to_that(self, operator: Operator) -> None:
        with FaultyGateway(drop) as gateway:
            earlier = await self.earlier(operator, gateway)
            record = operator.journal.reopened(earlier)
            assert record is not None
            gateway.add(INTEGRATION)
            with contextlib.closing(record):
                found = await operator.submission(gateway).look_again(earlier)
        assert found == Created("1001", is_found=True)
        assert operator.states("open") == ["sending", "unknown"]
        assert operator.notes.complaints == []

    async def test_a_file_that_is_gone_is_not_missed(self, operator: Operator) -> None:
        with FaultyGateway(drop) as gateway:
            earlier = await self.earlier(operator, gateway)
            shutil.rmtree(operator.folder)
            gateway.add(INTEGRATION)
            assert await operator.submission(gateway).look_again(earlier) == Created("1001", is_found=True)
        assert operator.notes.complaints == []

    async def test_a_journal_that_is_full_is_complained_of(
        self, operator: Operator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with FaultyGateway(drop) as gateway:
            earlier = await self.earlier(operator, gateway)
            gateway.add(INTEGRATION)
            monkeypatch.setattr(private_files, "write", full)
            assert await operator.submission(gateway).look_again(earlier) == Created("1001", is_found=True)
        (complaint,) = operator.notes.complaints
        assert "No space left on device" in complaint
        assert operator.states("open") == ["sending", "unknown"]

    async def test_a_list_that_cannot_be_read_tells_nothing(self, operator: Operator) -> None:
        with FaultyGateway(drop) as gateway:
            earlier = await self.earlier(operator, gateway)
            gateway.add(INTEGRATION)
            gateway.scripts["page"] = hang_up
            found = await operator.submission(gateway).look_again(earlier)
        assert str(found).startswith("Whether it exists could not be checked: ")
        assert operator.states("open") == ["sending", "unknown"]


HEADING = "It is not stored as it was sent:"
SENT_HEADERS = "content-type: application/json; charset=utf-8, Authorization: ••••"
SLACK = "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx"


async def remarks(
    gateway: FaultyGateway,
    changes: dict[str, object] | None = None,
    sent: Integration = INTEGRATION,
    stored: Integration | None = None,
) -> list[str]:
    """Return what is said of *sent* where *stored* is what the gateway keeps, with *changes* to its row."""
    integration_id = gateway.add(sent if stored is None else stored)
    gateway.store.integrations[integration_id].update(changes or {})
    client = Client(Gateway(PUBLIC, gateway.base_url, 0.5), PRACTICE_KEYS)
    said = [str(sentence) for sentence in await read_back(integration_id, sent, client)]
    assert gateway.calls == ["detail"]
    assert not [secret for secret in (SECRET_KEY, ACCESS_KEY) if secret in repr(said)]
    return said


class TestReadBack:
    async def test_the_same(self) -> None:
        with FaultyGateway() as gateway:
            assert await remarks(gateway) == ["Read back: it is stored as it was sent."]
        assert gateway.requests[0].target.endswith("/1001/detail")

    @pytest.mark.parametrize("headers", [None, {}, []], ids=str)
    async def test_the_same_without_headers(self, headers: object) -> None:
        with FaultyGateway() as gateway:
            said = await remarks(gateway, {"headers": headers}, replace(INTEGRATION, headers=()))
        assert said == ["Read back: it is stored as it was sent."]

    async def test_the_same_but_for_order_and_case_of_headers(self) -> None:
        headers = {header.name.upper(): header.value for header in reversed(INTEGRATION.headers)}
        with FaultyGateway() as gateway:
            assert await remarks(gateway, {"headers": headers}) == ["Read back: it is stored as it was sent."]

    @pytest.mark.parametrize(
        ("changes", "difference"),
        [
            ({"name": "x"}, 'Name: 경보 🚨 "high" was sent and x is stored.'),
            ({"name": ""}, 'Name: 경보 🚨 "high" was sent and nothing is stored.'),
            (
                {"url": "https://other.example.com/"},
                f"URL: {INTEGRATION.url} was sent and https://other.example.com/ is stored.",
            ),
            (
                {"headers": {"content-type": "text/plain"}},
                f"Headers: {SENT_HEADERS} were sent and content-type: text/plain are stored.",
            ),
            (
                {"headers": None},
                f"Headers: {SENT_HEADERS} were sent and nothing are stored.",
            ),
            (
                {"payload": INTEGRATION.payload.replace('"value"', '"VALUE"')},
                "Payload: 82 bytes were sent and 82 are stored; they differ from line 3, column 3 on.",
            ),
            (
                {"payload": INTEGRATION.payload[:-1]},
                "Payload: 82 bytes were sent and 81 are stored; they differ from line 4, column 1 on.",
            ),
            ({"type": "IN_COMING"}, "Type: OUT_GOING was sent and IN_COMING is stored."),
            ({"type": None}, "Type: OUT_GOING was sent and nothing is stored."),
        ],
        ids=["name", "no name", "url", "headers", "no headers", "payload", "payload cut", "type", "no type"],
    )
    async def test_a_field_that_differs(self, changes: dict[str, object], difference: str) -> None:
        with FaultyGateway() as gateway:
            assert await remarks(gateway, changes) == [HEADING, difference]

    async def test_all_that_differs(self) -> None:
        with FaultyGateway() as gateway:
            said = await remarks(gateway, {"name": "x", "url": "y", "headers": {}, "payload": "z", "type": "IN_COMING"})
        assert [sentence.partition(":")[0] for sentence in said] == [
            "It is not stored as it was sent",
            "Name",
            "URL",
            "Headers",
            "Payload",
            "Type",
        ]

    async def test_secrets_are_masked(self) -> None:
        sent = replace(INTEGRATION, url=SLACK, headers=(Header("Authorization", TOKEN), Header("X-Api-Key", "k-1234")))
        stored = replace(sent, url=SLACK[:-1] + "z", headers=(Header("authorization", "Bearer other-token"),))
        with FaultyGateway() as gateway:
            said = await remarks(gateway, None, sent, stored)
        assert [sentence.partition(":")[0] for sentence in said[1:]] == ["URL", "Headers"]
        assert "hooks.slack.com" in said[1]
        assert "••••" in said[1]
        for secret in (TOKEN, "k-1234", "other-token", "T00000000", "abcdefgh"):
            assert secret not in repr(said)

    @pytest.mark.parametrize("field", ["name", "url", "payload"])
    async def test_a_key_that_is_stored_in_place_of_a_field_is_told_without_showing_it(self, field: str) -> None:
        key = PRACTICE_KEYS.access_key.reveal()
        with FaultyGateway() as gateway:
            (said,) = await remarks(gateway, {field: f"https://h.example.com/{key}"})
            assert "repeats the access key" in said
            assert key not in said
        changes: dict[str, Any] = {field: f"https://h.example.com/{key}"}
        sent = replace(INTEGRATION, **changes)
        with FaultyGateway() as gateway:
            assert await remarks(gateway, {}, sent) == ["Read back: it is stored as it was sent."]

    async def test_what_is_stored_is_written_so_that_no_terminal_obeys_it(self) -> None:
        with FaultyGateway() as gateway:
            said = await remarks(gateway, {"name": "\x1b]0;x\x07{count}", "url": "no url \x1b[2J"})
        assert r"and \x1b]0;x\x07{count} is stored" in said[1]
        assert r"and no url \x1b[2J is stored" in said[2]

    @pytest.mark.parametrize(
        ("script", "reason"),
        [
            (refuse(refusal(404, 300, "Not Found Exception", "")), "Not found"),
            (refuse(refusal(401, 210, "Permission Denied", "")), "needs a Cloud Insight view permission"),
            (refuse(refusal(503, 500, "Endpoint Error", "")), "HTTP 503"),
            (refuse(Reply(200, {})), "holds no integration that can be read"),
            (refuse(Reply(200, "1001")), "holds no integration that can be read"),
            (hang_up, "broke after the request was sent"),
            (hang, "no answer came within 0.5 s"),
        ],
        ids=["300", "210", "503", "an empty object", "an id", "hung up on", "silence"],
    )
    async def test_what_cannot_be_read_is_not_called_different(self, script: CallScript, reason: str) -> None:
        with FaultyGateway() as gateway:
            gateway.scripts["detail"] = script
            (said,) = await remarks(gateway)
        assert said.startswith("It could not be read back to compare it: ")
        assert reason in said
