"""What the practice servers share: a loopback socket, requests read off it, and replies in JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

_BODY_LIMIT = 1024 * 1024


@dataclass(frozen=True)
class Reply:
    """A status and what goes out as JSON; None for no body."""

    status: int
    content: object = None


Answer = Callable[[str, str, Mapping[str, str], bytes], Reply]
"""Answers method, path with query, headers (names in lower case), and content."""


def error(status: int, code: int, message: str, details: str) -> Reply:
    """Return an error reply in the documented shape; the documents show the code as a string."""
    return Reply(status, {"error": {"errorCode": str(code), "message": message, "details": details}})


class LoopbackServer:
    """A server as a context manager: it listens on 127.0.0.1 from entering to leaving."""

    def __init__(self, answer: Answer, name: str, port: int = 0) -> None:
        """Give requests what *answer* returns, in threads called *name*, on *port* (0: any free one)."""
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.answer = answer
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), name=name, daemon=True)

    @property
    def base_url(self) -> str:
        """The URL to call, up to the port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    answer: Answer

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep silent about a client that went away: the terminal belongs to the wizard."""


class _Handler(BaseHTTPRequestHandler):
    """Reads a request off the socket, and writes what it is answered."""

    protocol_version = "HTTP/1.1"
    server_version = "practice-gateway"
    sys_version = ""
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        self._reply(self._answer(b""))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self._reply(error(400, 100, "Bad Request", "Content-Length is missing"), is_last=True)
        elif int(length) > _BODY_LIMIT:
            self._reply(error(413, 430, "Request Entity Too Large", "the body is too large"), is_last=True)
        else:
            self._reply(self._answer(self.rfile.read(int(length))))

    def _answer(self, content: bytes) -> Reply:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return self.server.answer(self.command, self.path, headers, content)

    def _reply(self, reply: Reply, *, is_last: bool = False) -> None:
        content = b"" if reply.content is None else json.dumps(reply.content, ensure_ascii=False).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        if is_last:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Write nothing: standard error is the terminal."""
