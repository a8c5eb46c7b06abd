"""Loopback servers that note each request they read off a raw socket, and then do what a test's script says."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

PATIENCE = 10.0
"""Seconds after which a server gives up on a client, so that a broken test ends by itself."""

_HEAD_LIMIT = 64 * 1024


@dataclass
class Request:
    """A request as it arrived; `body` is blank until all of it is there."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the value of the one header called *name*: sent twice, or not at all, is a failure."""
        values = [value for given, value in self.headers if given.lower() == name]
        assert len(values) == 1, f"{name} stands {len(values)} times in the request"
        return values[0]


class Connection:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket, requests: list[Request]) -> None:
        self._requests = requests
        self.sock = sock

    def read(self) -> Request:
        """Read one request, noted as soon as its head is complete.

        Raises:
            OSError: the client went away first.

        """
        received = b""
        while b"\r\n\r\n" not in received:
            assert len(received) < _HEAD_LIMIT
            received += self._some()
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
        request = Request(method, target, headers)
        self._requests.append(request)
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        while len(body) < length:
            body += self._some()
        request.body = body
        return request

    def send(self, data: bytes) -> None:
        """Send all of *data*."""
        self.sock.sendall(data)

    def is_left(self, seconds: float = PATIENCE) -> bool:
        """Wait until the client hangs up, and return whether it did so within *seconds*."""
        self.sock.settimeout(seconds)
        try:
            while self.sock.recv(4096):
                pass
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    def reset(self) -> None:
        """Drop the connection with RST, as a firewall or a crashed host does."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _some(self) -> bytes:
        data = self.sock.recv(64 * 1024)
        if not data:
            raise ConnectionAbortedError
        return data


Script = Callable[[Connection], None]


class Server:
    """A server on 127.0.0.1 as a context manager; what arrived is complete once it is left."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        """Run *script* on each connection, behind a handshake where *tls* is given, and close it after that."""
        self.requests: list[Request] = []
        self.connections = 0
        self._script = script
        self._tls = tls
        self._is_leaving = threading.Event()
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._listener.settimeout(0.02)
        self._acceptor = threading.Thread(target=self._accept, daemon=True)

    @property
    def address(self) -> str:
        """The base URL of it."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def posts(self) -> int:
        """How many POSTs with a complete head arrived."""
        return sum(request.method == "POST" for request in self.requests)

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_leaving.set()
        self._acceptor.join()
        self._listener.close()
        for thread in self._threads:
            thread.join(0.5)
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except TimeoutError:  # nobody is waiting: only now can it leave without having missed a connection
                if self._is_leaving.is_set():
                    return
                continue
            self.connections += 1
            sock.settimeout(PATIENCE)
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            self._sockets.append(stack.enter_context(sock))
            if self._tls:
                sock = stack.enter_context(self._tls.wrap_socket(sock, server_side=True))
                self._sockets.append(sock)
            self._script(Connection(sock, self.requests))


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """Yield a port of 127.0.0.1 that refuses every connection."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


def answer(status: int, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    """Return an HTTP answer; *length* is what its Content-Length claims, by default the truth."""
    lines = [
        f"HTTP/1.1 {status} As Scripted",
        *headers,
        f"content-length: {len(body) if length is None else length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def reply(*parts: bytes) -> Script:
    """Return a script that reads a request, sends *parts* and closes."""

    def script(connection: Connection) -> None:
        connection.read()
        for part in parts:
            connection.send(part)

    return script


def trickle(head: bytes, byte: bytes) -> Script:
    """Return a script that sends *head* at once and after it one *byte* a second, for as long as anyone listens."""

    def script(connection: Connection) -> None:
        connection.read()
        connection.send(head)
        for _ in range(int(PATIENCE)):
            connection.send(byte)
            if connection.is_left(1.0):
                return

    return script


def tunnel(port: int) -> Script:
    """Return the script of a proxy that takes CONNECT, for whatever host, to *port* of 127.0.0.1."""

    def script(connection: Connection) -> None:
        connection.read()
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as onward:
            connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _relay(connection.sock, onward)

    return script


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes both ways until either side has no more."""
    for _ in range(1000):
        ready, _, _ = select.select([one, other], [], [], PATIENCE)
        for source in ready:
            data = source.recv(64 * 1024)
            if not data:
                return
            (other if source is one else one).sendall(data)
        if not ready:
            return
