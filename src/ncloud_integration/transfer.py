"""A data transfer test: what an endpoint would receive of an everyday event, sent to it once from this machine.

It stands beside the submission and shares with it what bounds a call; it has no keys, and so cannot sign.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import httpx

from ncloud_integration.cloudinsight import route
from ncloud_integration.cloudinsight.bounded import BoundedExchange, Breakdown, ExchangeError, Failure, Received
from ncloud_integration.integration import endpoint, excerpt, preview, template
from ncloud_integration.integration.checks import CONNECTION_HEADERS
from ncloud_integration.integration.excerpt import Excerpt
from ncloud_integration.integration.masking import without_echoes
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.integration.sentence import Sentence

ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer that are read."""

_SIGNING_HEADERS = frozenset(
    ["x-ncp-apigw-signature-v2", "x-ncp-apigw-timestamp", "x-ncp-dmn_cd", "x-ncp-iam-access-key"]
)
"""What signs a call of the API: it goes to no endpoint, also where somebody has typed it."""

_OWN_HEADERS = (
    Header("accept", "*/*"),
    Header("accept-encoding", "identity"),
    Header("user-agent", "ncloud-integration"),
)
"""What is sent unless the integration has a header of that name."""


class Receiver(NamedTuple):
    """Who is called: *base_url* up to host and port, and path and query after it."""

    base_url: str
    resource: str

    @classmethod
    def of(cls, url: str, stand_in: str | None = None) -> Receiver:
        """Return who is called for the endpoint *url*, or at the same path of the base URL that is its *stand_in*.

        Raises:
            EndpointError: *url* is no endpoint URL.

        """
        target = endpoint.parse(url)
        return cls(stand_in or target.base_url, target.resource)

    @property
    def host(self) -> str:
        """Host and port as they stand in the URL."""
        return self.base_url.partition("//")[2]

    @property
    def is_encrypted(self) -> bool:
        """Whether it is called over TLS."""
        return self.base_url.startswith("https:")

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, where no proxy has a part."""
        return endpoint.parse(self.base_url).reach == "loopback"


class Message(NamedTuple):
    """What is sent; `withheld` are the names of the integration's headers that are not."""

    headers: Sequence[Header]
    content: bytes
    withheld: Sequence[str]


@dataclass(frozen=True)
class Answered:
    """The endpoint answered, after `seconds` with as much as was read; header values have no secret in them.

    `location` is where it redirects to, or blank. `interruption` says why more was waited for and did not come.
    """

    status: int
    reason: str
    seconds: float
    location: str
    excerpt: Excerpt
    interruption: Sentence | None = None


@dataclass(frozen=True)
class Unanswered:
    """No answer came; `is_sent` says whether the endpoint may have got the message nevertheless."""

    reason: Sentence
    is_sent: bool


def message(integration: Integration) -> Message:
    """Return what the endpoint of *integration* would receive of an everyday event, as far as this machine can tell."""
    content = template.filled(integration.payload, preview.FRIENDLY).encode()
    headers, withheld = [], []
    for header in integration.headers:
        if header.name.lower() in CONNECTION_HEADERS | _SIGNING_HEADERS:
            withheld.append(header.name)
        else:
            headers.append(Header(header.name, header.value.strip()))
    return Message(headers, content, withheld)


class Transfer:
    """One POST of the message of *integration* to *receiver*, at an end after *timeout* seconds."""

    def __init__(self, integration: Integration, receiver: Receiver, timeout: float) -> None:
        self._integration = integration
        self._receiver = receiver
        self._timeout = timeout
        self._exchange = BoundedExchange(receiver, timeout, self._say)

    @property
    def is_sent(self) -> bool:
        """Whether anything of the message has left this process."""
        return self._exchange.is_sent

    async def run(self) -> Answered | Unanswered:
        """Send it and return what came of it; nothing is followed, retried or raised."""
        begun = time.monotonic()
        try:
            received, interruption = await self._exchange.run(self._send), None
        except ExchangeError as error:
            if self._exchange.received is None:
                return Unanswered(error.sentence, error.is_sent)
            received, interruption = self._exchange.received, error.sentence
        return self._answered(received, time.monotonic() - begun, interruption)

    async def _send(self, http: httpx.AsyncClient) -> Received:
        what = message(self._integration)
        given = {header.name.lower() for header in what.headers}
        headers = [*(header for header in _OWN_HEADERS if header.name not in given), *what.headers]
        url = self._receiver.base_url + self._receiver.resource
        request = http.build_request("POST", url, content=what.content, headers=headers)
        return await self._exchange.send(http, request, ANSWER_LIMIT)

    def _answered(self, received: Received, seconds: float, interruption: Sentence | None) -> Answered:
        location = received.headers.get("location", "") if 300 <= received.status < 400 else ""
        return Answered(
            received.status,
            without_echoes(received.reason, self._integration),
            seconds,
            without_echoes(location, self._integration),
            excerpt.of_answer(
                bytes(received.body), received.headers, self._integration, is_complete=received.is_complete
            ),
            interruption,
        )

    def _say(self, breakdown: Breakdown) -> Sentence:
        host, seconds = self._receiver.host, f"{self._timeout:g}"
        is_late = breakdown.failure is Failure.TIMED_OUT
        if self._exchange.received and is_late:
            return Sentence("More of the answer was due, and had not come after {seconds} s.", {"seconds": seconds})
        if self._exchange.received:
            return Sentence("The connection broke before the answer was whole ({error}).", {"error": breakdown.detail})
        if breakdown.is_sent and is_late:
            return Sentence(
                "The event was sent to {host}, and no answer came within {seconds} s.",
                {"host": host, "seconds": seconds},
            )
        if breakdown.is_sent:
            return Sentence(
                "The event was sent to {host}, and no answer came that can be read ({error}).",
                {"host": host, "error": breakdown.detail},
            )
        return self._before_sending(breakdown)

    def _before_sending(self, breakdown: Breakdown) -> Sentence:
        host, detail = self._receiver.host, breakdown.detail
        proxy = route.proxy(self._receiver) if breakdown.failure is Failure.PROXY else None
        sentences = {
            Failure.TIMED_OUT: Sentence(
                "{host} could not be reached within {seconds} s: check the URL and the network.",
                {"host": host, "seconds": f"{self._timeout:g}"},
            ),
            Failure.NO_SUCH_HOST: Sentence(
                "{host} is not known to this machine's resolver: check the URL, the network and DNS.", {"host": host}
            ),
            Failure.REFUSED: Sentence(
                "{host} refused the connection: check the URL, and whether the endpoint is running.", {"host": host}
            ),
            Failure.UNTRUSTED: Sentence(
                "{host} showed a certificate that this machine does not trust ({error}). Cloud Insight may refuse it "
                "as well; else check the clock and SSL_CERT_FILE.",
                {"host": host, "error": detail},
            ),
            Failure.NO_TLS: Sentence(
                "{host} could not agree on an encrypted connection: check whether https is spoken at that port.",
                {"host": host},
            ),
            Failure.PROXY: Sentence(
                "The proxy named in the environment did not let the event through to {host}: check {variable}.",
                {"host": host, "variable": proxy.variable if proxy else ""},
            ),
            Failure.NO_CONNECTION: Sentence(
                "No connection to {host} could be made ({error}): check the URL and the network.",
                {"host": host, "error": detail},
            ),
        }
        return sentences[breakdown.failure]
