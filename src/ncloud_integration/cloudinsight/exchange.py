"""Requests to the gateway within one deadline, signed, never followed or repeated; and how far the last one came."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import httpx

from ncloud_integration.cloudinsight import route
from ncloud_integration.cloudinsight.answer import Answer
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.signing import SignatureV2
from ncloud_integration.integration.sentence import ExplainedError, Sentence, Values

T = TypeVar("T")


class CallError(ExplainedError):
    """A call did not do what it was for; `sentence` says why."""


class ExchangeError(CallError):
    """No answer came; `is_sent` says whether anything of the request had left this process."""

    def __init__(self, sentence: Sentence, *, is_sent: bool) -> None:
        super().__init__(sentence)
        self.is_sent = is_sent


@dataclass(frozen=True)
class Request:
    """A request to sign and send: *call* as `Gateway.url` takes it, and the bytes of an answer that are read.

    `hidden` are texts of it that are not shown should an answer echo them.
    """

    method: str
    call: str
    content: bytes = b""
    answer_limit: int = 64 * 1024
    hidden: tuple[str, ...] = ()


class Exchange:
    """One or more requests over a connection of their own, all within `gateway.timeout` seconds.

    `answer` is the last one, as far as it was read. *clock_offset* (seconds) is added to this machine's clock.
    """

    def __init__(self, gateway: Gateway, keys: Keys, clock_offset: float = 0.0) -> None:
        self.answer: Answer | None = None
        self._gateway = gateway
        self._keys = keys
        self._clock_offset = clock_offset
        self._is_sent = False
        self._called_host = ""

    async def run(self, work: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
        """Return what *work* returns, which sends its requests with `send`.

        Raises:
            ExchangeError: the deadline passed, or the network, a certificate or a setting did not let it happen.
            CallError: *work* raised it.

        """
        gateway = self._gateway
        values: Values = {"host": gateway.host, "seconds": f"{gateway.timeout:g}"}
        try:
            return await asyncio.wait_for(self._connected(work), gateway.timeout)
        except asyncio.TimeoutError:
            raise self._error(_TIMED_OUT, values) from None
        except route.RouteError as error:
            raise ExchangeError(error.sentence, is_sent=False) from None
        except CallError:
            raise
        except Exception as error:  # whatever a proxy, a certificate or a socket can bring up: never shown raw
            failure, detail = _reason(error)
            gateway_host = httpx.URL(gateway.base_url).raw_host.decode("ascii")
            if failure in _OF_WHOM_WAS_CALLED and self._called_host not in ("", gateway_host):
                failure = _PROXY
            raise self._error(failure, {**values, "error": detail}) from None

    async def send(self, http: httpx.AsyncClient, request: Request) -> Answer:
        """Send *request* and return its answer, cut off at `request.answer_limit` bytes."""
        self._is_sent, self.answer = False, None
        response = await http.send(
            http.build_request(
                request.method,
                self._gateway.url(request.call),
                content=request.content,
                headers=self._headers(request),
                extensions={"trace": self._trace},
            ),
            auth=SignatureV2(self._keys, self._clock),
            stream=True,
        )
        signed = [response.request.headers[name] for name in ("x-ncp-apigw-signature-v2", "x-ncp-iam-access-key")]
        hidden = (*signed, *request.hidden)
        self.answer = Answer(response.status_code, _lower(response.headers), b"", is_complete=False, hidden=hidden)
        received = bytearray()
        async for chunk in response.aiter_raw():
            received += chunk
            if len(received) > request.answer_limit:
                await response.aclose()
                return self.answer
        self.answer = replace(self.answer, body=bytes(received), is_complete=True)
        return self.answer

    async def _connected(self, work: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
        trust = route.trust() if self._gateway.is_encrypted else False
        async with httpx.AsyncClient(
            verify=trust,
            proxy=_proxy(route.proxy(self._gateway)),
            trust_env=False,
            follow_redirects=False,
            timeout=None,  # noqa: S113 - bounded as a whole by run()
        ) as http:
            return await work(http)

    def _headers(self, request: Request) -> dict[str, str]:
        content_type = {"content-type": "application/json"} if request.method == "POST" else {}
        return {
            **content_type,
            "accept": "application/json",
            "accept-encoding": "identity",
            "user-agent": "ncloud-integration",
            "x-ncp-dmn_cd": self._gateway.site.domain_code,
        }

    def _clock(self) -> float:
        return time.time() + self._clock_offset

    async def _trace(self, event: str, info: dict[str, Any]) -> None:
        """Note who is called, and when the request leaves (httpcore's trace extension); a CONNECT is not yet that."""
        if event == "connection.connect_tcp.started":
            self._called_host = info["host"]
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self._is_sent = True

    def _error(self, failure: _Failure, values: Values) -> ExchangeError:
        said = failure.after_sending if self._is_sent else failure.before_sending
        return ExchangeError(said.about(values), is_sent=self._is_sent)


_BROKEN = Sentence("The connection to {host} broke after the request was sent, and no answer came ({error}).")


@dataclass(frozen=True)
class _Failure:
    """What a failure is called before and after the request left; the values are put in when it has happened."""

    before_sending: Sentence
    after_sending: Sentence = _BROKEN


_TIMED_OUT = _Failure(
    Sentence("{host} could not be reached within {seconds} s: check the network, or allow more with --timeout."),
    Sentence("The request was sent to {host}, and no answer came within {seconds} s."),
)
_NO_SUCH_HOST = _Failure(
    Sentence("{host} is not known to this machine's resolver: check --api-url, the network and DNS.")
)
_REFUSED = _Failure(Sentence("{host} refused the connection: check --api-url and the network."))
_UNTRUSTED = _Failure(
    Sentence(
        "{host} showed a certificate that this machine does not trust ({error}): nothing was sent. Check the clock and "
        "SSL_CERT_FILE; somebody may be listening in."
    ),
)
_NO_TLS = _Failure(
    Sentence("{host} could not agree on an encrypted connection: check --api-url and any proxy in between.")
)
_PROXY = _Failure(
    Sentence("The proxy named in the environment did not let the request through to {host}: check HTTPS_PROXY.")
)
_CERTIFICATE_FAULTS = {
    10: Sentence("it has expired"),
    18: Sentence("it is signed by itself"),
    19: Sentence("its issuer is not trusted here"),
    20: Sentence("its issuer is not trusted here"),
    62: Sentence("it is for another host"),
    64: Sentence("it is for another address"),
}
"""What OpenSSL's verification codes say (`x509_vfy.h`)."""

_NO_CONNECTION = _Failure(Sentence("No connection to {host} could be made ({error}): check the network."))

_OF_WHOM_WAS_CALLED = (_NO_SUCH_HOST, _REFUSED, _NO_CONNECTION)
"""Failures that are the proxy's where a proxy was called."""


def _proxy(proxy: route.Proxy | None) -> httpx.Proxy | None:
    if proxy is None:
        return None
    return httpx.Proxy(proxy.url, ssl_context=route.trust() if proxy.is_encrypted else None)


def _lower(headers: httpx.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _reason(error: Exception) -> tuple[_Failure, Sentence]:
    """Return what *error* is to the operator, told by the errors that caused it and never by their texts."""
    detail = Sentence("{kind}", {"kind": type(error).__name__})
    causes = list(_causes(error))
    for kind, failure in (
        (ssl.SSLCertVerificationError, _UNTRUSTED),
        (ssl.SSLError, _NO_TLS),
        (httpx.ProxyError, _PROXY),
        (socket.gaierror, _NO_SUCH_HOST),
        (ConnectionRefusedError, _REFUSED),
    ):
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                detail = _CERTIFICATE_FAULTS.get(cause.verify_code, detail)
            if isinstance(cause, kind):
                return failure, detail
    return _NO_CONNECTION, detail


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        for part in getattr(error, "exceptions", ()):  # a name with several addresses fails as a group
            yield from _causes(part)
        error = error.__cause__ or error.__context__
