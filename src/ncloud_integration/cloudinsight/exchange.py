"""Signed requests to the gateway within one deadline, and how far the last one came."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx

from ncloud_integration.cloudinsight.answer import Answer
from ncloud_integration.cloudinsight.bounded import BoundedExchange, Breakdown, Failure, Received
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.signing import SignatureV2
from ncloud_integration.integration.sentence import Sentence

T = TypeVar("T")

_SIGNED = ("x-ncp-apigw-signature-v2", "x-ncp-iam-access-key")
"""Headers of a request that no answer may bring to the screen."""


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

    *clock_offset* (seconds) is added to this machine's clock.
    """

    def __init__(self, gateway: Gateway, keys: Keys, clock_offset: float = 0.0) -> None:
        self._gateway = gateway
        self._keys = keys
        self._clock_offset = clock_offset
        self._bounded = BoundedExchange(gateway, gateway.timeout, lambda breakdown: _sentence(breakdown, gateway))
        self._hidden: Callable[[], tuple[str, ...]] = tuple

    @property
    def answer(self) -> Answer | None:
        """The last answer; of one that was not read to its end there is no body."""
        return self._answer(self._bounded.received) if self._bounded.received else None

    async def run(self, work: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
        """Return what *work* returns, which sends its requests with `send`.

        Raises:
            ExchangeError: the deadline passed, or the network, a certificate or a setting did not let it happen.
            CallError: *work* raised it.

        """
        return await self._bounded.run(work)

    async def send(self, http: httpx.AsyncClient, request: Request) -> Answer:
        """Send *request* and return its answer, without a body where that has over `request.answer_limit` bytes."""
        built = http.build_request(
            request.method, self._gateway.url(request.call), content=request.content, headers=self._headers(request)
        )
        self._hidden = lambda: (*(built.headers[name] for name in _SIGNED), *request.hidden)
        auth = SignatureV2(self._keys, self._clock)
        return self._answer(await self._bounded.send(http, built, request.answer_limit, auth))

    def _answer(self, received: Received) -> Answer:
        body = bytes(received.body) if received.is_complete else b""
        return Answer(received.status, received.headers, body, received.is_complete, self._hidden())

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


def _sentence(breakdown: Breakdown, gateway: Gateway) -> Sentence:
    """Return why *gateway* gave no answer, and what to do about it."""
    host, detail = gateway.host, breakdown.detail
    if breakdown.is_sent and breakdown.failure is Failure.TIMED_OUT:
        return Sentence(
            "The request was sent to {host}, and no answer came within {seconds} s.",
            {"host": host, "seconds": f"{gateway.timeout:g}"},
        )
    if breakdown.is_sent:
        return Sentence(
            "The connection to {host} broke after the request was sent, and no answer came ({error}).",
            {"host": host, "error": detail},
        )
    return _before_sending(breakdown.failure, gateway, detail)


def _before_sending(failure: Failure, gateway: Gateway, detail: Sentence) -> Sentence:
    host = gateway.host
    sentences = {
        Failure.TIMED_OUT: Sentence(
            "{host} could not be reached within {seconds} s: check the network, or allow more with --timeout.",
            {"host": host, "seconds": f"{gateway.timeout:g}"},
        ),
        Failure.NO_SUCH_HOST: Sentence(
            "{host} is not known to this machine's resolver: check --api-url, the network and DNS.", {"host": host}
        ),
        Failure.REFUSED: Sentence("{host} refused the connection: check --api-url and the network.", {"host": host}),
        Failure.UNTRUSTED: Sentence(
            "{host} showed a certificate that this machine does not trust ({error}): nothing was sent. Check the clock "
            "and SSL_CERT_FILE; somebody may be listening in.",
            {"host": host, "error": detail},
        ),
        Failure.NO_TLS: Sentence(
            "{host} could not agree on an encrypted connection: check --api-url and any proxy in between.",
            {"host": host},
        ),
        Failure.PROXY: Sentence(
            "The proxy named in the environment did not let the request through to {host}: check HTTPS_PROXY.",
            {"host": host},
        ),
        Failure.NO_CONNECTION: Sentence(
            "No connection to {host} could be made ({error}): check the network.", {"host": host, "error": detail}
        ),
    }
    return sentences[failure]
