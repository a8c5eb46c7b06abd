"""The practice gateway on raw sockets: it signs in, stores and lists as ever, and a test scripts what goes wrong."""

from __future__ import annotations

import functools
import json
import ssl
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING

import trustme

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.integration import body
from ncloud_integration.integration.model import Integration
from ncloud_integration.practice.gateway import Desk, Store
from ncloud_integration.practice.sample import PRACTICE_KEYS
from ncloud_integration.practice.server import Reply
from tests.wire.servers import Connection, Request, Server, answer

if TYPE_CHECKING:
    from typing_extensions import Self

Serve = Callable[[], Reply]
"""Does what a request asks for (a create is stored by it) and returns what the practice gateway would answer."""

CallScript = Callable[[Connection, Request, Serve], None]
"""What becomes of a request that has arrived as a whole; whatever is to go out, the script sends (`say`)."""


def say(connection: Connection, reply: Reply, *headers: str) -> None:
    """Send *reply* as it is meant, with *headers* (`name: value`) beside those it needs."""
    content = b"" if reply.content is None else json.dumps(reply.content, ensure_ascii=False).encode()
    connection.send(answer(reply.status, content, "content-type: application/json", *headers))


class FaultyGateway:
    """A gateway on 127.0.0.1 as a context manager: what has no script is answered as the practice gateway would.

    The connection of what changes something (a create, a delete) is closed when its script returns, so that a script
    without a word has dropped it, and may go on after it has closed it. That of a read stays open for the next request,
    as long as its script raises no ConnectionError and does not close it. `scripts` are those of each call (`create`,
    `page`, `detail`, `delete`), and may be changed at any time; they run in the connection's own thread, where a
    failing assertion fails no test.

    It knows *keys* alone, speaks TLS where *tls* is given, and stamps answers and integrations by *clock*.
    """

    def __init__(
        self,
        on_create: CallScript | None = None,
        on_page: CallScript | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        keys: Keys = PRACTICE_KEYS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = Store()
        self.scripts: dict[str, CallScript | None] = {"create": on_create, "page": on_page}
        self._clock = clock
        self._desk = Desk(keys, self.store, clock)
        self._one_at_a_time = threading.Lock()
        self._server = Server(self._converse, tls)

    @property
    def base_url(self) -> str:
        """The URL to call instead of a site's."""
        return self._server.address

    @property
    def requests(self) -> list[Request]:
        """All that arrived with a complete head, whatever became of it."""
        return self._server.requests

    @property
    def connections(self) -> int:
        """How many connections were made."""
        return self._server.connections

    @property
    def creates(self) -> int:
        """How many requests to create arrived."""
        return self.calls.count("create")

    @property
    def pages(self) -> int:
        """How many requests for a page of the list arrived."""
        return self.calls.count("page")

    @property
    def calls(self) -> list[str]:
        """The calls that arrived, in their order: `create`, `page`, `detail`, `delete`."""
        return [_call(request) for request in self.requests]

    @property
    def ids(self) -> list[str]:
        """The ids of what is stored, in the order in which it was."""
        return list(self.store.integrations)

    def add(self, integration: Integration) -> str:
        """Store *integration* as if somebody else had created it, and return its id."""
        with self._one_at_a_time:
            integration_id = self.store.add(json.loads(body.write(integration)))
            self._stamp(integration_id)
        return integration_id

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def _converse(self, connection: Connection) -> None:
        while True:
            request = connection.read()
            script = self.scripts.get(_call(request)) or self._answer
            script(connection, request, functools.partial(self._serve, request))
            if _call(request) in ("create", "delete"):
                return

    def _answer(self, connection: Connection, request: Request, serve: Serve) -> None:
        say(connection, serve(), f"date: {formatdate(self._clock(), usegmt=True)}")

    def _serve(self, request: Request) -> Reply:
        headers = {name.lower(): value for name, value in request.headers}
        with self._one_at_a_time:
            there = self.ids
            reply = self._desk.answer(request.method, request.target, headers, request.body)
            for integration_id in self.ids[len(there) :]:
                self._stamp(integration_id)
        return reply

    def _stamp(self, integration_id: str) -> None:
        self.store.integrations[integration_id]["updateTime"] = int(self._clock() * 1000)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server's TLS for 127.0.0.1, and a new file in *folder* to trust it by (`SSL_CERT_FILE`)."""
    authority, path = trustme.CA(), folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    return tls, path


def _call(request: Request) -> str:
    return request.target.rpartition("/")[2]
