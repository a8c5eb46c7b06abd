"""CreateIntegration: one signed POST within one deadline, and what became of it."""

from __future__ import annotations

import asyncio
import functools
import os
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ncloud_integration.cloudinsight import answer
from ncloud_integration.cloudinsight.answer import Answer
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.outcome import NotSent, Outcome, Unknown
from ncloud_integration.cloudinsight.signing import SignatureV2
from ncloud_integration.integration import body
from ncloud_integration.integration.model import Integration
from ncloud_integration.integration.sentence import Sentence, Values

ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer's body that are read; an id or an error is far shorter."""


async def create(integration: Integration, keys: Keys, gateway: Gateway) -> Outcome:
    """Send *integration* once and return what became of it, at the latest `gateway.timeout` seconds later.

    Nothing is followed, retried or raised: every failure is an outcome.
    """
    exchange = _Exchange()
    try:
        await asyncio.wait_for(_post(exchange, body.write(integration), keys, gateway), gateway.timeout)
    except asyncio.TimeoutError:
        return exchange.outcome(_TIMED_OUT, {"host": gateway.host, "seconds": round(gateway.timeout)})
    except Exception as error:  # whatever a proxy, a certificate or a socket can bring up: classified, never shown raw
        return exchange.outcome(_reason(error), {"host": gateway.host, "error": type(error).__name__})
    return exchange.outcome(_DROPPED, {"host": gateway.host})


def warm_up() -> None:
    """Load beforehand, in a thread, what the first call would load on the event loop."""
    _trust(os.environ.get("SSL_CERT_FILE"))


@dataclass
class _Exchange:
    """How far an attempt has come, for whoever has to explain its end."""

    is_sent: bool = False
    answer: Answer | None = None

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Note when the request begins to leave (httpcore's trace extension); a proxy's CONNECT is not yet that."""
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self.is_sent = True

    def outcome(self, failure: _Failure, values: Values) -> Outcome:
        """Return what an answer says if there is one, else *failure* as it reads before or after sending."""
        if self.answer is not None:
            return answer.outcome(self.answer)
        if self.is_sent:
            return Unknown(Sentence(failure.after_sending, values))
        return NotSent(Sentence(failure.before_sending, values))


@dataclass(frozen=True)
class _Failure:
    """What a failure is called before and after the request left."""

    before_sending: str
    after_sending: str = "The connection to {host} broke after the request was sent, and no answer came ({error})."


_TIMED_OUT = _Failure(
    "{host} could not be reached within {seconds} seconds: check the network, or allow more with --timeout.",
    "The request was sent to {host}, and no answer came within {seconds} seconds.",
)
_DROPPED = _Failure(
    "{host} closed the connection before anything was sent: try again.",
    "{host} took the request and closed the connection without an answer.",
)
_NO_SUCH_HOST = _Failure("{host} is not known to this machine's resolver: check --api-url, the network and DNS.")
_REFUSED = _Failure("{host} refused the connection: check --api-url and the network.")
_UNTRUSTED = _Failure(
    "{host} showed a certificate that this machine does not trust ({error}): nothing was sent. Check the clock and "
    "SSL_CERT_FILE; somebody may be listening in.",
)
_NO_TLS = _Failure("{host} could not agree on an encrypted connection: check --api-url and any proxy in between.")
_PROXY = _Failure("The proxy named in the environment did not let the request through to {host}: check HTTPS_PROXY.")
_SETTINGS = _Failure(
    "The proxy or certificate settings in the environment cannot be used ({error}): check HTTPS_PROXY, ALL_PROXY and "
    "SSL_CERT_FILE.",
)
_NO_CONNECTION = _Failure("No connection to {host} could be made ({error}): check the network.")


async def _post(exchange: _Exchange, content: bytes, keys: Keys, gateway: Gateway) -> None:
    headers = {
        "content-type": "application/json",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "ncloud-integration",
        "x-ncp-dmn_cd": gateway.site.domain_code,
    }
    async with httpx.AsyncClient(
        verify=_trust(os.environ.get("SSL_CERT_FILE")),
        trust_env=not gateway.is_local,
        follow_redirects=False,
        timeout=None,  # noqa: S113 - bounded as a whole by create()
    ) as client:
        request = client.build_request(
            "POST", gateway.create_url, content=content, headers=headers, extensions={"trace": exchange.trace}
        )
        response = await client.send(request, auth=SignatureV2(keys), stream=True)
        exchange.answer = Answer(response.status_code, _lower(response.headers), b"", is_complete=False)
        received = b""
        async for chunk in response.aiter_raw():
            received += chunk
            if len(received) > ANSWER_LIMIT:
                return
        exchange.answer = Answer(response.status_code, _lower(response.headers), received)


@functools.lru_cache(maxsize=1)
def _trust(bundle: str | None) -> ssl.SSLContext:
    """Return the system's trust store, or *bundle*'s, which OpenSSL would pass over in silence if it is missing."""
    if bundle is not None:
        Path(bundle).open("rb").close()
    return ssl.create_default_context()


def _lower(headers: httpx.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _reason(error: Exception) -> _Failure:
    """Return what *error* is to the operator, told by the errors that caused it and never by their texts."""
    causes = list(_causes(error))
    for kind, failure in (
        (ssl.SSLCertVerificationError, _UNTRUSTED),
        (ssl.SSLError, _NO_TLS),
        (httpx.ProxyError, _PROXY),
        (socket.gaierror, _NO_SUCH_HOST),
        (ConnectionRefusedError, _REFUSED),
        (httpx.TransportError, _NO_CONNECTION),
    ):
        if any(isinstance(cause, kind) for cause in causes):
            return failure
    return _SETTINGS


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
