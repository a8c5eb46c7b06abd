"""Requests within one deadline, never followed or repeated, of whose answers a bounded part is read."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple, TypeVar

import httpx

from ncloud_integration.cloudinsight import route
from ncloud_integration.cloudinsight.route import Destination
from ncloud_integration.integration.sentence import ExplainedError, Sentence

T = TypeVar("T")


class CallError(ExplainedError):
    """A call did not do what it was for; `sentence` says why."""


class ExchangeError(CallError):
    """No whole answer came; `is_sent` says whether anything of the request had left this process."""

    def __init__(self, sentence: Sentence, *, is_sent: bool) -> None:
        super().__init__(sentence)
        self.is_sent = is_sent


class Failure(Enum):
    """Why no whole answer came, told by the errors that caused it and never by their texts."""

    TIMED_OUT = "the deadline passed"
    NO_SUCH_HOST = "the host's name is not known"
    REFUSED = "the host refused the connection"
    UNTRUSTED = "the certificate does not hold"
    NO_TLS = "no encryption was agreed on"
    PROXY = "the proxy did not let it through"
    NO_CONNECTION = "anything else"


class Breakdown(NamedTuple):
    """A failure, whether the request had left by then, and `detail`: what is known of its cause."""

    failure: Failure
    is_sent: bool
    detail: Sentence = Sentence("nothing more is known")


@dataclass
class Received:
    """An answer as far as it was read; header names are in lower case, `reason` is the status line's own text."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytearray = field(default_factory=bytearray)
    is_complete: bool = False


class BoundedExchange:
    """One or more requests over a connection of their own to *destination*, all within *timeout* seconds.

    *say* puts into words why no answer came. `received` is the last answer, as far as it was read, and `is_sent`
    whether anything of the last request has left this process.
    """

    def __init__(self, destination: Destination, timeout: float, say: Callable[[Breakdown], Sentence]) -> None:
        self.received: Received | None = None
        self.is_sent = False
        self._destination = destination
        self._timeout = timeout
        self._say = say
        self._called_host = ""

    async def run(self, work: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
        """Return what *work* returns, which sends its requests with `send`.

        Raises:
            ExchangeError: the deadline passed, or the network, a certificate or a setting did not let it happen.
            CallError: *work* raised it.

        """
        try:
            return await asyncio.wait_for(self._connected(work), self._timeout)
        except asyncio.TimeoutError:
            raise self._error(Breakdown(Failure.TIMED_OUT, self.is_sent)) from None
        except route.RouteError as error:
            raise ExchangeError(error.sentence, is_sent=False) from None
        except CallError:
            raise
        except Exception as error:  # whatever a proxy, a certificate or a socket can bring up: never shown raw
            failure, detail = _reason(error)
            host = httpx.URL(self._destination.base_url).raw_host.decode("ascii")
            if failure in _OF_WHOM_WAS_CALLED and self._called_host not in ("", host):
                failure = Failure.PROXY
            raise self._error(Breakdown(failure, self.is_sent, detail)) from None

    async def send(
        self, http: httpx.AsyncClient, request: httpx.Request, limit: int, auth: httpx.Auth | None = None
    ) -> Received:
        """Send *request*, signed by *auth*, and return its answer; where it has over *limit* bytes, not all of it."""
        self.is_sent, self.received = False, None
        request.extensions["trace"] = self._trace
        response = await http.send(request, auth=auth, stream=True)
        self.received = received = Received(response.status_code, _reason_phrase(response), _lower(response.headers))
        async for chunk in response.aiter_raw():
            received.body += chunk[: limit + 1 - len(received.body)]
            if len(received.body) > limit:
                await response.aclose()
                return received
        received.is_complete = True
        return received

    async def _connected(self, work: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
        trust = route.trust() if self._destination.is_encrypted else False
        async with httpx.AsyncClient(
            verify=trust,
            proxy=_proxy(route.proxy(self._destination)),
            trust_env=False,
            follow_redirects=False,
            timeout=None,  # noqa: S113 - bounded as a whole by run()
        ) as http:
            return await work(http)

    async def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Note who is called, and when the request leaves (httpcore's trace extension); a CONNECT is not yet that."""
        if event == "connection.connect_tcp.started":
            self._called_host = info["host"]
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self.is_sent = True

    def _error(self, breakdown: Breakdown) -> ExchangeError:
        return ExchangeError(self._say(breakdown), is_sent=breakdown.is_sent)


_OF_WHOM_WAS_CALLED = (Failure.NO_SUCH_HOST, Failure.REFUSED, Failure.NO_CONNECTION)
"""Failures that are the proxy's where a proxy was called."""

_CERTIFICATE_FAULTS = {
    10: Sentence("it has expired"),
    18: Sentence("it is signed by itself"),
    19: Sentence("its issuer is not trusted here"),
    20: Sentence("its issuer is not trusted here"),
    62: Sentence("it is for another host"),
    64: Sentence("it is for another address"),
}
"""What OpenSSL's verification codes say (`x509_vfy.h`)."""


def _proxy(proxy: route.Proxy | None) -> httpx.Proxy | None:
    if proxy is None:
        return None
    return httpx.Proxy(proxy.url, ssl_context=route.trust() if proxy.is_encrypted else None)


def _lower(headers: httpx.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _reason_phrase(response: httpx.Response) -> str:
    """Return the text after the status as it arrived; httpx would leave out all of it that is not ASCII."""
    phrase: bytes = response.extensions.get("reason_phrase", b"")
    return phrase.decode("latin-1")


def _reason(error: Exception) -> tuple[Failure, Sentence]:
    """Return what *error* is to the operator, and what is known of its cause."""
    detail = Sentence("{kind}", {"kind": type(error).__name__})
    causes = list(_causes(error))
    for kind, failure in (
        (ssl.SSLCertVerificationError, Failure.UNTRUSTED),
        (ssl.SSLError, Failure.NO_TLS),
        (httpx.ProxyError, Failure.PROXY),
        (socket.gaierror, Failure.NO_SUCH_HOST),
        (ConnectionRefusedError, Failure.REFUSED),
    ):
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                detail = _CERTIFICATE_FAULTS.get(cause.verify_code, detail)
            if isinstance(cause, kind):
                return failure, detail
    return Failure.NO_CONNECTION, detail


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        for part in getattr(error, "exceptions", ()):  # a name with several addresses fails as a group
            yield from _causes(part)
        error = error.__cause__ or error.__context__
