"""What exists, read over real sockets: all of it or an error, in one deadline, signed, bounded, and never a create."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import hmac
import json
import re
import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from ncloud_integration.cloudinsight.client import Client, ReadError
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.listing import Listed
from ncloud_integration.cloudinsight.site import FIN, PUBLIC
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.practice.gateway import PracticeGateway, Store
from ncloud_integration.practice.sample import PRACTICE_KEYS
from tests.wire import servers
from tests.wire.faulty_gateway import FaultyGateway, certificate
from tests.wire.servers import Connection, Request, Script, Server, answer, reply, trickle

pytestmark = pytest.mark.anyio

ACCESS_KEY = PRACTICE_KEYS.access_key.reveal()
SECRET_KEY = PRACTICE_KEYS.secret_key.reveal()
PREFIX = "/cw_fea/real/cw/api/integration"

INTEGRATION = Integration(
    name='경보 🚨 "high"',
    url="https://events.example.com/cloud-insight?team=운영",
    headers=(Header("content-type", "application/json; charset=utf-8"), Header("X-Team", "ops")),
    payload='{\n\t"text": "#{RULE_NAME} \\"값\\" 👩‍🚀 \\u001b C:\\\\tmp",\n\t"value": #{VALUE}\n}',
)

CALLS: dict[str, Callable[[Client], Any]] = {
    "integrations": Client.integrations,
    "count": Client.count,
    "detail": lambda client: client.detail("1001"),
}
"""The three calls that read."""


def client(base_url: str, timeout: float = 5, *, keys: Keys = PRACTICE_KEYS, clock_offset: float = 0) -> Client:
    return Client(Gateway(PUBLIC, base_url, timeout), keys, clock_offset)


async def complaint(call: str, of: Client, limit: float | None = None) -> ReadError:
    """Return the error of a *call*, having checked what holds for every one: it is in time, and tells no key."""
    started = time.monotonic()
    with pytest.raises(ReadError) as caught:
        await CALLS[call](of)
    assert time.monotonic() - started < (of.gateway.timeout + 1 if limit is None else limit)
    assert str(caught.value) == str(caught.value.sentence)
    for told in (str(caught.value), repr(caught.value), repr(caught.value.sentence)):
        assert ACCESS_KEY not in told
        assert SECRET_KEY not in told
    return caught.value


def row(number: int, **changes: object) -> dict[str, object]:
    """Return a row of the list as the documents show it."""
    fields = {"name": f"name-{number}", "payload": "{}", "type": "OUT_GOING", "url": "https://events.example.com/"}
    return {"id": str(number), "headers": {}, "updateTime": 1_700_000_000_000 + number, **fields, **changes}


def listing(page_of: Callable[[int, int], object]) -> Script:
    """Return a script that answers every request of a connection with the page of that number and length."""

    def script(connection: Connection) -> None:
        while True:
            asked = json.loads(connection.read().body)
            connection.send(answer(200, json.dumps(page_of(asked["pageNum"], asked["pageSize"])).encode()))

    return script


def slices(count: int, totals: dict[str, object], cap: int = 1000) -> Script:
    """Return a script that lists *count* integrations, *cap* in a page at the most, and *totals* beside them."""

    def page(number: int, length: int) -> object:
        shown = min(length, cap)
        return {"data": [row(index) for index in range((number - 1) * shown, min(number * shown, count))], **totals}

    return listing(page)


def one_page(first: object) -> Script:
    return listing(lambda number, _: first if number == 1 else {"data": []})


def always(body: object) -> Script:
    return listing(lambda _number, _length: body)


def numbers(found: list[Listed]) -> list[int]:
    return [int(listed.integration_id) for listed in found]


class TestAllThatExists:
    @pytest.mark.parametrize("count", [0, 1, 100, 101, 1_000])
    async def test_every_integration_is_listed_once_and_in_order(self, count: int) -> None:
        with PracticeGateway() as gateway:
            fields = {"payload": "{}", "type": "OUT_GOING", "url": "https://events.example.com/"}
            ids = [gateway.store.add({"name": f"name-{number}", **fields}) for number in range(count)]
            found = await client(gateway.base_url).integrations()
            assert await client(gateway.base_url).count() == count
        assert [listed.integration_id for listed in found] == ids
        assert [listed.integration.name for listed in found] == [f"name-{number}" for number in range(count)]

    @pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (100, 1), (101, 2), (200, 2), (350, 4)])
    async def test_no_page_is_asked_for_that_the_totals_do_not_promise(self, count: int, calls: int) -> None:
        with FaultyGateway() as gateway:
            for number in range(count):
                gateway.store.add(row(number))
            assert len(await client(gateway.base_url).integrations()) == count
        assert [json.loads(request.body)["pageNum"] for request in gateway.requests] == list(range(1, calls + 1))

    async def test_one_connection_carries_all_pages(self) -> None:
        with FaultyGateway() as gateway:
            for number in range(350):
                gateway.store.add(row(number))
            await client(gateway.base_url).integrations()
        assert (gateway.pages, gateway.connections) == (4, 1)

    async def test_one_tls_connection_carries_all_pages(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tls, trusted = certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with FaultyGateway(tls=tls) as gateway:
            for number in range(101):
                gateway.store.add(row(number))
            assert len(await client(gateway.base_url).integrations()) == 101
            assert await client(gateway.base_url).count() == 101
        assert (gateway.pages, gateway.connections) == (3, 2)

    async def test_what_was_created_is_read_byte_for_byte(self) -> None:
        with FaultyGateway(clock=lambda: time.time() + 120) as gateway:
            before = time.time()
            created = gateway.add(INTEGRATION)
            (listed,) = await client(gateway.base_url).integrations()
            assert await client(gateway.base_url).detail(created) == listed
        assert (listed.integration_id, listed.integration, listed.type) == (created, INTEGRATION, "OUT_GOING")
        assert listed.updated is not None
        assert before + 119 < listed.updated < time.time() + 121

    @pytest.mark.parametrize("call", ["integrations", "count"])
    async def test_a_list_of_nothing(self, call: str) -> None:
        bodies: list[object] = [{"data": None}, {"data": []}, {"data": [], "totalRecords": 0, "totalPages": 0}]
        for body in bodies:
            with Server(always(body)) as server:
                assert not await CALLS[call](client(server.address))
            assert len(server.requests) == 1


class TestTotals:
    @pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 250])
    @pytest.mark.parametrize("totals", [{}, {"totalPages": None, "totalRecords": None}, {"totalRecords": "many"}])
    async def test_a_server_without_totals_is_read_to_its_end(self, count: int, totals: dict[str, object]) -> None:
        with Server(slices(count, totals)) as server:
            assert numbers(await client(server.address).integrations()) == list(range(count))

    @pytest.mark.parametrize("count", [0, 1, 100, 101, 200, 250])
    async def test_a_server_that_counts_pages_alone(self, count: int) -> None:
        pages = -(-count // 100)
        with Server(slices(count, {"totalPages": pages})) as server:
            assert numbers(await client(server.address).integrations()) == list(range(count))
        assert len(server.requests) == max(pages, 1)

    @pytest.mark.parametrize(
        "totals", [{"totalRecords": 120, "totalPages": 3}, {"totalRecords": 120}, {"totalPages": 3}]
    )
    async def test_a_server_that_returns_fewer_rows_than_asked(self, totals: dict[str, object]) -> None:
        with Server(slices(120, totals, cap=50)) as server:
            assert numbers(await client(server.address).integrations()) == list(range(120))
        assert len(server.requests) == 3

    async def test_a_server_that_returns_fewer_rows_than_asked_and_no_totals(self) -> None:
        with Server(slices(120, {}, cap=50)) as server:
            assert numbers(await client(server.address).integrations()) == list(range(120))

    async def test_a_server_that_returns_more_rows_than_asked(self) -> None:
        everything = [row(number) for number in range(250)]
        with Server(always({"data": everything, "totalRecords": 250, "totalPages": 3})) as server:
            assert numbers(await client(server.address).integrations()) == list(range(250))
        assert len(server.requests) == 1

    async def test_fewer_than_the_total_are_not_all(self) -> None:
        with Server(slices(250, {"totalRecords": 3_000, "totalPages": 30})) as server:
            error = await complaint("integrations", client(server.address))
        assert "Only 250 of 3,000 integrations could be read." in str(error)
        assert not error.is_final
        assert len(server.requests) == 4

    @pytest.mark.parametrize("total", [0, 1, 50, 150])
    async def test_a_total_that_is_too_low_hides_nothing(self, total: int) -> None:
        with Server(slices(250, {"totalRecords": total})) as server:
            assert numbers(await client(server.address).integrations()) == list(range(250))

    async def test_a_row_on_two_pages_stands_for_no_other(self) -> None:
        # Somebody created one while the pages were read: what was last on a page is first on the next.
        pages = [[row(number) for number in numbered] for numbered in (range(100), range(99, 149), range(0))]
        with Server(listing(lambda number, _: {"data": pages[number - 1], "totalRecords": 150})) as server:
            error = await complaint("integrations", client(server.address))
        assert "Only 149 of 150 integrations could be read." in str(error)

    @pytest.mark.parametrize("totals", [{"totalRecords": 250}, {"totalPages": 3}, {}], ids=str)
    async def test_a_server_that_always_returns_its_first_page_is_neither_believed_nor_asked_for_ever(
        self, totals: dict[str, object]
    ) -> None:
        with Server(listing(lambda _, length: {"data": [row(n) for n in range(length)], **totals})) as server:
            error = await complaint("integrations", client(server.address), limit=1)
        assert "could be read" in str(error)
        assert len(server.requests) <= 3

    @pytest.mark.parametrize("totals", [{"totalRecords": 5}, {"totalPages": 1}, {}], ids=str)
    async def test_a_server_that_knows_no_pages_and_has_few_rows(self, totals: dict[str, object]) -> None:
        with Server(always({"data": [row(n) for n in range(5)], **totals})) as server:
            assert numbers(await client(server.address).integrations()) == list(range(5))
        assert len(server.requests) <= 2

    @pytest.mark.parametrize(
        ("page", "count"),
        [
            ({"data": [row(1)], "totalRecords": 1_234}, 1_234),
            ({"data": [row(1)], "totalRecords": "1234"}, 1_234),
            ({"data": [row(1)]}, 1),
            ({"data": []}, 0),
            ({"data": [row(1)], "totalRecords": -1}, 1),
            ({"data": [row(1)], "totalRecords": 1.5}, 1),
            ({"data": [row(1)], "totalRecords": 10**30}, 1),
        ],
    )
    async def test_a_count_is_the_total_or_else_what_is_seen(self, page: object, count: int) -> None:
        with Server(always(page)) as server:
            assert await client(server.address).count() == count
        assert len(server.requests) == 1


class TestRows:
    async def one(self, **changes: object) -> Listed:
        with Server(always({"data": [row(7, **changes)], "totalRecords": 1})) as server:
            (listed,) = await client(server.address).integrations()
        with Server(reply(answer(200, json.dumps(row(7, **changes)).encode()))) as server:
            assert await client(server.address).detail("7") == listed
        return listed

    @pytest.mark.parametrize(
        ("written", "read"),
        [("999", "999"), (999, "999"), (10**30, str(10**30)), ("ab-C_1", "ab-C_1"), (1.50, "1.5"), ("007", "007")],
    )
    async def test_an_id_in_any_form(self, written: object, read: str) -> None:
        assert (await self.one(id=written)).integration_id == read

    @pytest.mark.parametrize("headers", [None, {}, [], "x", 5], ids=str)
    async def test_an_integration_without_headers(self, headers: object) -> None:
        assert (await self.one(headers=headers)).integration.headers == ()

    async def test_headers_keep_their_order_and_what_is_no_text_is_blank(self) -> None:
        listed = await self.one(headers={"X-B": "2", "a": None, "C": 3, "d": {}})
        assert listed.integration.headers == (Header("X-B", "2"), Header("a", ""), Header("C", "3"), Header("d", ""))

    @pytest.mark.parametrize("value", [None, {}, [], True])
    async def test_a_field_that_is_no_text_is_blank(self, value: object) -> None:
        listed = await self.one(name=value, url=value, payload=value, type=value)
        assert listed.integration == Integration("", "", (), "")
        assert listed.type == ""

    async def test_a_row_that_lacks_its_headers_and_its_time(self) -> None:
        lacking = {name: value for name, value in row(7).items() if name not in ("headers", "updateTime")}
        with Server(always({"data": [lacking], "totalRecords": 1})) as server:
            (listed,) = await client(server.address).integrations()
        assert (listed.integration.headers, listed.updated) == ((), None)

    @pytest.mark.parametrize(
        ("written", "seconds"),
        [(1_700_000_000_123, 1_700_000_000.123), ("1700000000123", 1_700_000_000.123), (0, 0), (-5, None), ("x", None)],
    )
    async def test_the_time_is_in_seconds(self, written: object, seconds: float | None) -> None:
        assert (await self.one(updateTime=written)).updated == seconds

    @pytest.mark.parametrize(
        "lacking",
        [{}, {"id": None}, {"id": ""}, {"id": True}, {"id": {}}, {"id": "a b"}, {"id": "\x1b[2J"}, {"id": "x" * 129}],
        ids=str,
    )
    async def test_a_row_without_an_id_is_missed(self, lacking: dict[str, object]) -> None:
        rows = [row(1), {"name": "nameless", **lacking}, row(3)]
        for totals in ({"totalRecords": 3}, {"totalPages": 1}, {}):
            with Server(one_page({"data": rows, **totals})) as server:
                error = await complaint("integrations", client(server.address))
            assert "Only 2 of 3 integrations could be read." in str(error)
        with Server(reply(answer(200, json.dumps(rows[1]).encode()))) as server:
            error = await complaint("detail", client(server.address))
        assert "holds no integration that can be read" in str(error)

    @pytest.mark.parametrize("thing", [None, [], "text", 5, True], ids=str)
    async def test_a_row_that_is_no_object_is_missed(self, thing: object) -> None:
        with Server(always({"data": [row(1), thing], "totalRecords": 2})) as server:
            error = await complaint("integrations", client(server.address))
        assert "Only 1 of 2" in str(error)

    async def test_the_largest_integrations_fit_with_every_character_escaped(self) -> None:
        # Some writers of JSON escape <, =, & and ' too, six bytes each.
        largest = json.dumps(row(0, payload="PAYLOAD")).replace("PAYLOAD", "\\u003d" * 15_000)
        page = '{"data": [' + ",".join(largest.replace('"0"', f'"{n}"') for n in range(100)) + '], "totalRecords": 100}'
        with Server(reply(answer(200, page.encode()))) as server:
            found = await client(server.address).integrations()
        assert {listed.integration.payload for listed in found} == {"=" * 15_000}
        with Server(reply(answer(200, largest.encode()))) as server:
            assert (await client(server.address).detail("0")).integration.payload == "=" * 15_000


def error_body(code: int, message: str, details: str = "") -> bytes:
    return json.dumps({"error": {"errorCode": str(code), "message": message, "details": details}}).encode()


def date(minutes: float = 0) -> str:
    moment = dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=minutes)
    return f"date: {format_datetime(moment, usegmt=True)}"


def dated(status: int, body: bytes, minutes: float) -> Script:
    def script(connection: Connection) -> None:
        reply(answer(status, body, date(minutes)))(connection)

    return script


def hang(connection: Connection) -> None:
    connection.read()
    connection.is_left()


def say_nothing(connection: Connection) -> None:
    connection.is_left()


def reset_after_reading(connection: Connection) -> None:
    connection.read()
    connection.reset()


def hang_up_at_once(connection: Connection) -> None:
    connection.sock.recv(1, socket.MSG_PEEK)


@dataclass(frozen=True)
class Fault:
    """What a server does instead of an answer, and what the operator is told; *says* is searched for."""

    does: Script
    says: str
    is_final: bool = False
    is_forbidden: bool = False
    clock_ahead: float | None = None
    timeout: float = 5


NOTHING = r"The API's answer holds no (list of integrations|integration) that can be read\."
BROKEN = "The connection to 127.0.0.1:[0-9]+ broke after the request was sent"
LATE = r"The request was sent to 127\.0\.0\.1:[0-9]+, and no answer came within 0\.3 s\."
AUTHENTICATION = "Authentication failed: the access key or the secret key is wrong"

FAULTS = {
    "HTML": Fault(reply(answer(200, b"<html>Welcome, log in</html>", "content-type: text/html")), NOTHING),
    "an empty object": Fault(reply(answer(200, b"{}")), NOTHING),
    "an empty array": Fault(reply(answer(200, b"[]")), NOTHING),
    "null": Fault(reply(answer(200, b"null")), NOTHING),
    "an id alone": Fault(reply(answer(200, b'"999"')), NOTHING),
    "data that is a text": Fault(reply(answer(200, b'{"data": "rows"}')), NOTHING),
    "data that is an object": Fault(reply(answer(200, b'{"data": {"id": "1"}}')), NOTHING),
    "no body": Fault(reply(answer(200)), NOTHING),
    "no body and a status that says so": Fault(reply(b"HTTP/1.1 204 No Content\r\n\r\n"), NOTHING),
    "not UTF-8": Fault(reply(answer(200, b'{"data": "\xff"}')), NOTHING),
    "JSON too deep": Fault(reply(answer(200, b'{"data": ' + b"[" * 200_000)), NOTHING),
    "JSON that ends early": Fault(reply(answer(200, b'{"data": [{"id": "1"}')), NOTHING),
    "a body cut off": Fault(reply(answer(200, b'{"data": []}', length=500)), BROKEN),
    "a body cut off in its chunks": Fault(
        reply(b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nc\r\n{"data": []}\r\n'), BROKEN
    ),
    "gzip that nobody asked for": Fault(
        reply(answer(200, gzip.compress(b'{"id": "1", "data": []}'), "content-encoding: gzip")), NOTHING
    ),
    "an error in a success": Fault(reply(answer(200, error_body(200, "Authentication Failed"))), NOTHING),
    "hung up on while sending": Fault(hang_up_at_once, BROKEN),
    "hung up on": Fault(reply(), BROKEN),
    "reset": Fault(reset_after_reading, BROKEN),
    "not HTTP": Fault(reply(b"SSH-2.0-OpenSSH_9.2\r\n"), BROKEN),
    "an endless head": Fault(reply(b"HTTP/1.1 200 OK\r\nx: " + b"x" * 200_000), BROKEN),
    "silence": Fault(hang, LATE, timeout=0.3),
    "a head of one byte a second": Fault(trickle(b"HTTP/1.1 ", b"2"), LATE, timeout=0.3),
    "a body of one byte a second": Fault(
        trickle(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n", b"["), LATE, timeout=0.3
    ),
    "401/200 at the right time": Fault(
        dated(401, error_body(200, "Authentication Failed"), 0), AUTHENTICATION, is_final=True
    ),
    "401/200 without a time": Fault(
        reply(answer(401, error_body(200, "Authentication Failed"))), "clock is more than 5 minutes off", is_final=True
    ),
    "401/200 for a clock that is ahead": Fault(
        dated(401, error_body(200, "Authentication Failed"), -10), "10 minutes ahead of", is_final=True, clock_ahead=600
    ),
    "401/200 for a clock that is behind": Fault(
        dated(401, error_body(200, "Authentication Failed"), 20), "20 minutes behind", is_final=True, clock_ahead=-1200
    ),
    "401/210": Fault(
        reply(answer(401, error_body(210, "Permission Denied"))),
        "this sub account needs a Cloud Insight view permission",
        is_final=True,
        is_forbidden=True,
    ),
    "403": Fault(reply(answer(403, b"<html>no</html>")), "forbids the request", is_final=True),
    "404": Fault(reply(answer(404, error_body(300, "Not Found Exception"))), "site", is_final=True),
    "408": Fault(reply(answer(408)), "408"),
    "429": Fault(reply(answer(429, error_body(420, "Rate Limited"), "Retry-After: 120")), "wait 120 seconds"),
    "500": Fault(reply(answer(500, error_body(900, "Unexpected Error"))), "HTTP 500.*The API says: Unexpected Error"),
    "503": Fault(reply(answer(503, error_body(500, "Endpoint Error"))), "503"),
    "504 in HTML": Fault(reply(answer(504, b"<html>late</html>")), "504"),
    "words that look like a template": Fault(
        reply(answer(400, error_body(100, "{host} {0}", "\x1b[2J"))),
        r"The API says: \{host\} \{0\}: \\x1b\[2J",
        is_final=True,
    ),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_what_is_no_answer_is_told_as_what_it_is_and_asked_for_once(call: str, fault: Fault) -> None:
    with Server(fault.does) as server:
        error = await complaint(call, client(server.address, fault.timeout))
    assert re.search(fault.says, str(error))
    assert (error.is_final, error.is_forbidden) == (fault.is_final, fault.is_forbidden)
    if fault.clock_ahead is None:
        assert error.clock_ahead is None
    else:
        assert error.clock_ahead == pytest.approx(fault.clock_ahead, abs=5)
    assert server.connections == 1
    assert len(server.requests) == (0 if fault.does is hang_up_at_once else 1)


@pytest.mark.parametrize("call", CALLS)
class TestNothingWasReached:
    async def test_a_refused_connection(self, call: str) -> None:
        with servers.closed_port() as port:
            error = await complaint(call, client(f"http://127.0.0.1:{port}"))
        assert f"127.0.0.1:{port} refused the connection" in str(error)
        assert not error.is_final

    async def test_no_such_host(self, call: str) -> None:
        error = await complaint(call, client("https://name.invalid"))
        assert "name.invalid is not known to this machine's resolver" in str(error)
        assert not error.is_final

    async def test_a_certificate_that_nobody_trusts(self, call: str, tmp_path: Path) -> None:
        tls, _ = certificate(tmp_path)
        with Server(hang, tls) as server:
            error = await complaint(call, client(server.address))
        assert "does not trust (its issuer is not trusted here): nothing was sent" in str(error)
        assert server.requests == []

    async def test_a_certificate_file_that_is_missing(
        self, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
        with Server(hang) as server:
            error = await complaint(call, client(server.address.replace("http:", "https:")))
        assert "SSL_CERT_FILE" in str(error)
        assert server.connections == 0

    async def test_a_handshake_that_is_never_answered(self, call: str) -> None:
        with Server(say_nothing) as server:
            error = await complaint(call, client(server.address.replace("http:", "https:"), 0.3))
        assert "could not be reached within 0.3 s" in str(error)

    async def test_silence_behind_tls(self, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tls, trusted = certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with Server(hang, tls) as server:
            error = await complaint(call, client(server.address, 0.3))
        assert re.search(LATE, str(error))
        assert len(server.requests) == 1

    @pytest.mark.parametrize("access_key", ["ACCESS\nKEY-OF-TWO-LINES", "ACCESS\x00KEY-WITH-NUL", "ACCESSKEY-ÄÖ", "키"])
    async def test_a_key_that_no_header_can_carry_is_not_sent_not_shown_and_named(
        self, call: str, access_key: str
    ) -> None:
        with Server(hang) as server:
            error = await complaint(call, client(server.address, keys=Keys.of(access_key, SECRET_KEY)))
        assert "The access key holds" in str(error)
        assert not any(part in str(error) or part in repr(error) for part in access_key.splitlines())
        assert error.is_final
        assert server.requests == []

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_a_redirect_is_refused_and_the_other_server_sees_nothing(self, call: str, status: int) -> None:
        with Server(reply(answer(200, b'{"id": "1", "data": []}'))) as other:
            with Server(reply(answer(status, b"", f"location: {other.address}{PREFIX}/page"))) as server:
                error = await complaint(call, client(server.address))
            assert f"redirect ({status})" in str(error)
            assert "--api-url" in str(error)
            assert error.is_final
            assert len(server.requests) == 1
        assert other.connections == 0

    async def test_what_a_server_echoes_of_keys_and_signature_is_not_shown(self, call: str) -> None:
        def echo(connection: Connection) -> None:
            request = connection.read()
            echoed = " ".join(value for _, value in request.headers)
            connection.send(answer(401, error_body(200, "Bad", echoed.swapcase()) + echoed.encode()))
            connection.read()

        def echo_in_words(connection: Connection) -> None:
            request = connection.read()
            connection.send(answer(401, error_body(200, "Bad", " ".join(value for _, value in request.headers))))

        for script in (echo, echo_in_words):
            with Server(script) as server:
                told = await complaint(call, client(server.address))
            signature = server.requests[0].header("x-ncp-apigw-signature-v2")
            assert signature not in str(told)
            assert signature not in repr(told.sentence)


class TestBounds:
    def flood(self, size: int, sent: list[int]) -> Script:
        def script(connection: Connection) -> None:
            connection.read()
            connection.send(answer(200, length=size) + b'{"data": [')
            for _ in range(size // 65_536):
                connection.send(b"9" * 65_536)
                sent.append(65_536)

        return script

    @pytest.mark.parametrize(
        ("call", "most"), [("integrations", 48_000_000), ("count", 48_000_000), ("detail", 16_000_000)]
    )
    async def test_an_answer_of_300_mb_is_neither_waited_for_nor_held(self, call: str, most: int) -> None:
        sent: list[int] = []
        with Server(self.flood(300 * 1024 * 1024, sent)) as server:
            tracemalloc.start()
            try:
                error = await complaint(call, client(server.address), limit=3)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
        assert re.search(NOTHING, str(error))
        # what was never sent cannot have been held; a few megabytes fit into the two sockets' buffers
        assert sum(sent) < most
        assert peak < most

    async def test_an_over_long_page_is_not_believed_though_it_is_json(self) -> None:
        page = json.dumps({"data": [row(1)], "totalRecords": 1}).encode().ljust(24 * 1024 * 1024)
        with Server(reply(answer(200, page))) as server:
            error = await complaint("integrations", client(server.address))
        assert re.search(NOTHING, str(error))

    @pytest.mark.parametrize("call", CALLS)
    async def test_a_gzip_bomb_is_not_expanded(self, call: str) -> None:
        bomb = gzip.compress(bytes(40_000_000))
        with Server(reply(answer(200, bomb, "content-encoding: gzip"))) as server:
            tracemalloc.start()
            try:
                error = await complaint(call, client(server.address))
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
        assert re.search(NOTHING, str(error))
        assert peak < 5_000_000

    async def test_one_deadline_holds_for_all_pages_together(self) -> None:
        def slowly(connection: Connection) -> None:
            for number in range(50):
                connection.read()
                time.sleep(0.15)
                rows = [row(index) for index in range(number * 100, number * 100 + 100)]
                connection.send(answer(200, json.dumps({"data": rows, "totalRecords": 5_000}).encode()))

        with Server(slowly) as server:
            error = await complaint("integrations", client(server.address, 0.5))
        assert "within 0.5 s" in str(error)
        assert 1 <= len(server.requests) <= 4

    @pytest.mark.parametrize("end", [reply(), reply(answer(503)), reply(answer(200, b"{}"))])
    async def test_what_was_read_before_a_page_failed_is_not_taken_for_all(self, end: Script) -> None:
        def fail_on_the_second(connection: Connection) -> None:
            connection.read()
            rows = [row(index) for index in range(100)]
            connection.send(answer(200, json.dumps({"data": rows, "totalRecords": 101}).encode()))
            end(connection)

        with Server(fail_on_the_second) as server:
            await complaint("integrations", client(server.address))
        assert len(server.requests) == 2


def assert_signed(request: Request, ahead: float = 0) -> None:
    """Check headers and signature against the documents, and not with the code of the wizard."""
    timestamp = request.header("x-ncp-apigw-timestamp")
    assert int(timestamp) / 1000 == pytest.approx(time.time() + ahead, abs=10)
    message = f"{request.method} {request.target}\n{timestamp}\n{ACCESS_KEY}".encode()
    expected = base64.b64encode(hmac.new(SECRET_KEY.encode(), message, hashlib.sha256).digest()).decode()
    assert request.header("x-ncp-apigw-signature-v2") == expected
    assert request.header("x-ncp-iam-access-key") == ACCESS_KEY
    assert request.header("accept-encoding") == "identity"
    assert SECRET_KEY not in repr(request)


@pytest.fixture
def gateway() -> Iterator[FaultyGateway]:
    with FaultyGateway() as running:
        for number in range(150):
            running.store.add(row(number))
        yield running


class TestWhatArrives:
    async def test_pages_are_signed_posts_with_the_documented_body(self, gateway: FaultyGateway) -> None:
        await client(gateway.base_url).integrations()
        await client(gateway.base_url).count()
        assert [(request.method, request.target) for request in gateway.requests] == [("POST", f"{PREFIX}/page")] * 3
        assert [json.loads(request.body) for request in gateway.requests] == [
            {"query": "", "pageNum": 1, "pageSize": 100},
            {"query": "", "pageNum": 2, "pageSize": 100},
            {"query": "", "pageNum": 1, "pageSize": 1},
        ]
        for request in gateway.requests:
            assert_signed(request)
            assert request.header("content-type") == "application/json"
            assert request.header("x-ncp-dmn_cd") == "PUB"

    async def test_a_detail_is_a_signed_get_without_a_body(self, gateway: FaultyGateway) -> None:
        listed = await Client(Gateway(FIN, gateway.base_url, 5), PRACTICE_KEYS).detail(gateway.ids[3])
        assert listed.integration_id == gateway.ids[3]
        assert listed.integration.name == "name-3"
        (request,) = gateway.requests
        assert (request.method, request.target) == ("GET", f"{PREFIX}/{gateway.ids[3]}/detail")
        assert request.body == b""
        assert not any(name.lower() == "transfer-encoding" for name, _ in request.headers)
        assert_signed(request)
        assert request.header("x-ncp-dmn_cd") == "FIN"

    async def test_every_page_is_stamped_when_it_is_sent(self) -> None:
        def slowly(connection: Connection, _: Request, serve: Any) -> None:
            time.sleep(0.1)
            body = json.dumps(serve().content).encode()
            connection.send(answer(200, body))

        with FaultyGateway(on_page=slowly) as gateway:
            for number in range(101):
                gateway.store.add(row(number))
            await client(gateway.base_url).integrations()
        first, second = (int(request.header("x-ncp-apigw-timestamp")) for request in gateway.requests)
        assert 100 <= second - first < 2_000

    @pytest.mark.parametrize("offset", [600, -600])
    async def test_the_time_is_corrected_in_every_call(self, offset: float) -> None:
        with FaultyGateway(clock=lambda: time.time() + offset) as gateway:
            created = gateway.add(INTEGRATION)
            corrected = client(gateway.base_url, clock_offset=offset)
            assert await corrected.count() == 1
            assert len(await corrected.integrations()) == 1
            assert (await corrected.detail(created)).integration == INTEGRATION
            assert corrected.now == pytest.approx(time.time() + offset, abs=1)
            for call in CALLS:
                uncorrected = await complaint(call, client(gateway.base_url))
                assert uncorrected.clock_ahead == pytest.approx(-offset, abs=3)
                assert uncorrected.is_final
        for request in gateway.requests[:3]:
            assert_signed(request, ahead=offset)
        for request in gateway.requests[3:]:
            assert_signed(request)

    @pytest.mark.parametrize("call", CALLS)
    async def test_a_refusal_is_held_against_the_corrected_time(self, call: str) -> None:
        with Server(dated(401, error_body(200, "Authentication Failed"), -10)) as server:
            told = await complaint(call, client(server.address, clock_offset=-600))
        assert told.clock_ahead is None
        assert AUTHENTICATION in str(told)

    @pytest.mark.parametrize(
        ("integration_id", "part"),
        [
            ("999", "999"),
            ("ab-C_1~x", "ab-C_1~x"),
            ("a/../../delete", "a%2F..%2F..%2Fdelete"),
            ("a?b#c", "a%3Fb%23c"),
            ("50%", "50%25"),
            ("%2e%2e", "%252e%252e"),
        ],
    )
    async def test_an_id_is_one_part_of_the_path_whatever_it_holds(self, integration_id: str, part: str) -> None:
        with Server(reply(answer(200, json.dumps(row(1)).encode()))) as server:
            await client(server.address).detail(integration_id)
        (request,) = server.requests
        assert (request.method, request.target) == ("GET", f"{PREFIX}/{part}/detail")
        assert_signed(request)

    async def test_reading_changes_nothing_and_creates_nothing(self, gateway: FaultyGateway) -> None:
        before = Store(dict(gateway.store.integrations)).integrations
        for call in CALLS.values():
            await call(client(gateway.base_url))
        assert gateway.calls == ["page", "page", "page", "detail"]
        assert gateway.creates == 0
        assert gateway.store.integrations == before

    async def test_wrong_keys_are_refused_by_the_practice_gateway(self) -> None:
        with PracticeGateway(Keys.of(ACCESS_KEY, SECRET_KEY + "x")) as other:
            for call in CALLS:
                told = await complaint(call, client(other.base_url))
                assert AUTHENTICATION in str(told)
                assert told.clock_ahead is None

    async def test_what_is_gone_is_not_found(self, gateway: FaultyGateway) -> None:
        with pytest.raises(ReadError) as caught:
            await client(gateway.base_url).detail("999999")
        assert "Not found" in str(caught.value)
        assert caught.value.is_final
