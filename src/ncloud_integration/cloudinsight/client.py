"""CreateIntegration: one signed POST within one deadline, and what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from ncloud_integration.cloudinsight import answer
from ncloud_integration.cloudinsight import keys as key_rules
from ncloud_integration.cloudinsight.answer import Answer
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.outcome import NotSent, Outcome, Unknown
from ncloud_integration.cloudinsight.signing import SignatureV2
from ncloud_integration.integration import body
from ncloud_integration.integration.masking import secrets
from ncloud_integration.integration.model import Integration
from ncloud_integration.integration.sentence import Sentence, Values

ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer's body that are read; an id or an error is far shorter."""


async def create(integration: Integration, keys: Keys, gateway: Gateway) -> Outcome:
    """Send *integration* once and return what became of it, at the latest `gateway.timeout` seconds later.

    Nothing is followed, retried or raised: every failure is an outcome.
    """
    for problem in key_rules.problems(keys.access_key.reveal(), keys.secret_key.reveal()):
        return NotSent(problem.sentence)
    exchange = _Exchange()
    values: dict[str, str | int | Sentence] = {"host": gateway.host, "seconds": f"{gateway.timeout:g}"}
    try:
        await asyncio.wait_for(_post(exchange, integration, keys, gateway), gateway.timeout)
    except asyncio.TimeoutError:
        return exchange.outcome(_TIMED_OUT, values)
    except Exception as error:  # whatever a proxy, a certificate or a socket can bring up: classified, never shown raw
        failure, detail = _reason(error)
        gateway_host = httpx.URL(gateway.base_url).raw_host.decode("ascii")
        if failure in _OF_WHOM_WAS_CALLED and exchange.called_host not in ("", gateway_host):
            failure = _PROXY
        return exchange.outcome(failure, {**values, "error": detail})
    return exchange.outcome(_NO_CONNECTION, values)


def warm_up() -> None:
    """Load beforehand, in a thread, what the first call would load on the event loop; what fails, fails there again."""
    with contextlib.suppress(OSError):
        _trust(_bundle())


@dataclass
class _Exchange:
    """How far an attempt has come, for whoever has to explain its end."""

    is_sent: bool = False
    called_host: str = ""
    answer: Answer | None = None

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Note who is called, and when the request leaves (httpcore's trace extension); a CONNECT is not yet that."""
        if event == "connection.connect_tcp.started":
            self.called_host = info["host"]
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
    "{host} could not be reached within {seconds} s: check the network, or allow more with --timeout.",
    "The request was sent to {host}, and no answer came within {seconds} s.",
)
_NO_SUCH_HOST = _Failure("{host} is not known to this machine's resolver: check --api-url, the network and DNS.")
_REFUSED = _Failure("{host} refused the connection: check --api-url and the network.")
_UNTRUSTED = _Failure(
    "{host} showed a certificate that this machine does not trust ({error}): nothing was sent. Check the clock and "
    "SSL_CERT_FILE; somebody may be listening in.",
)
_NO_TLS = _Failure("{host} could not agree on an encrypted connection: check --api-url and any proxy in between.")
_PROXY = _Failure("The proxy named in the environment did not let the request through to {host}: check HTTPS_PROXY.")
_CERTIFICATE_FAULTS = {
    10: Sentence("it has expired"),
    18: Sentence("it is signed by itself"),
    19: Sentence("its issuer is not trusted here"),
    20: Sentence("its issuer is not trusted here"),
    62: Sentence("it is for another host"),
    64: Sentence("it is for another address"),
}
"""What OpenSSL's verification codes say (`x509_vfy.h`)."""

_SETTINGS = _Failure(
    "The proxy or certificate settings in the environment cannot be used ({error}): check HTTPS_PROXY, ALL_PROXY and "
    "SSL_CERT_FILE.",
)
_NO_CONNECTION = _Failure("No connection to {host} could be made ({error}): check the network.")

_OF_WHOM_WAS_CALLED = (_NO_SUCH_HOST, _REFUSED, _NO_CONNECTION)
"""Failures that are the proxy's where a proxy was called."""


async def _post(exchange: _Exchange, integration: Integration, keys: Keys, gateway: Gateway) -> None:
    headers = {
        "content-type": "application/json",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "ncloud-integration",
        "x-ncp-dmn_cd": gateway.site.domain_code,
    }
    async with httpx.AsyncClient(
        verify=_trust(_bundle()),
        trust_env=not gateway.is_local,
        follow_redirects=False,
        timeout=None,  # noqa: S113 - bounded as a whole by create()
    ) as client:
        request = client.build_request(
            "POST",
            gateway.create_url,
            content=body.write(integration),
            headers=headers,
            extensions={"trace": exchange.trace},
        )
        response = await client.send(request, auth=SignatureV2(keys), stream=True)
        signed = [response.request.headers[name] for name in ("x-ncp-apigw-signature-v2", "x-ncp-iam-access-key")]
        hidden = (*signed, *secrets(integration))
        head = Answer(response.status_code, _lower(response.headers), b"", is_complete=False, hidden=hidden)
        exchange.answer = head
        received = b""
        async for chunk in response.aiter_raw():
            received += chunk
            if len(received) > ANSWER_LIMIT:
                return
        exchange.answer = replace(head, body=received, is_complete=True)


def _bundle() -> str | None:
    return os.environ.get("SSL_CERT_FILE") or None


@functools.lru_cache(maxsize=1)
def _trust(bundle: str | None) -> ssl.SSLContext:
    """Return the system's trust store, or *bundle*'s, which OpenSSL would pass over in silence if it is missing."""
    if bundle is not None:
        Path(bundle).open("rb").close()
    return ssl.create_default_context()


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
        (httpx.TransportError, _NO_CONNECTION),
    ):
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                detail = _CERTIFICATE_FAULTS.get(cause.verify_code, detail)
            if isinstance(cause, kind):
                return failure, detail
    return _SETTINGS, detail


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        for part in getattr(error, "exceptions", ()):  # a name with several addresses fails as a group
            yield from _causes(part)
        error = error.__cause__ or error.__context__
