"""The API's calls under one account: each signed, within one deadline, and never repeated."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from ncloud_integration.cloudinsight import answer as answers
from ncloud_integration.cloudinsight import keys as key_rules
from ncloud_integration.cloudinsight import listing
from ncloud_integration.cloudinsight.answer import Answer
from ncloud_integration.cloudinsight.bounded import CallError, ExchangeError
from ncloud_integration.cloudinsight.exchange import Exchange, Request
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.listing import Listed, Page
from ncloud_integration.cloudinsight.outcome import Deleted, Deletion, NotSent, Outcome, Unknown
from ncloud_integration.integration import body
from ncloud_integration.integration.masking import secrets
from ncloud_integration.integration.model import Integration
from ncloud_integration.integration.sentence import Sentence

T = TypeVar("T")

PAGE_SIZE = 100
"""Integrations that are asked for at once."""

_PAGE_BYTES_LIMIT = 16 * 1024 * 1024  # a hundred payloads of 15,000 bytes, each character of them escaped
_DETAIL_BYTES_LIMIT = 256 * 1024


class ReadError(CallError):
    """What exists could not be read; `is_final` says that asking again would not help.

    `is_forbidden` is true where the keys are known and may not read, and `is_missing` where the API knows no such
    integration; `clock_ahead` is as in `Refused`.
    """

    def __init__(
        self,
        sentence: Sentence,
        *,
        is_final: bool = False,
        is_forbidden: bool = False,
        is_missing: bool = False,
        clock_ahead: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.is_final = is_final
        self.is_forbidden = is_forbidden
        self.is_missing = is_missing
        self.clock_ahead = clock_ahead


class Client:
    """Calls to *gateway* signed with *keys*, at this machine's time plus *clock_offset* seconds."""

    def __init__(self, gateway: Gateway, keys: Keys, clock_offset: float = 0.0) -> None:
        self.gateway = gateway
        self.clock_offset = clock_offset
        self._keys = keys

    @property
    def now(self) -> float:
        """The API's time as far as it is known, in seconds since 1970."""
        return time.time() + self.clock_offset

    async def create(self, integration: Integration) -> Outcome:
        """Send *integration* once and return what became of it (CreateIntegration).

        Nothing is followed, retried or raised: every failure is an outcome, at the latest `gateway.timeout` seconds
        later.
        """
        request = Request("POST", "create", body.write(integration), hidden=tuple(secrets(integration)))
        answer = await self._sent_once(request)
        return answers.outcome(answer, self.now) if isinstance(answer, Answer) else answer

    async def delete(self, integration_id: str) -> Deletion:
        """Delete the integration of that id with one request, and return what was answered (DeleteIntegration).

        As in `create`, nothing is followed, retried or raised. That it is deleted is what the API says, and not seen.
        """
        answer = await self._sent_once(Request("POST", "delete", json.dumps([integration_id]).encode()))
        if not isinstance(answer, Answer):
            return answer
        return Deleted() if 200 <= answer.status < 300 else answers.refusal(answer, self.now, answers.CHANGE)

    async def integrations(self) -> list[Listed]:
        """Return all that exist (GetIntegrationList, all pages), each once.

        Raises:
            ReadError: they could not be read, or not all of them.

        """
        return await self._read(self._all_pages)

    async def count(self) -> int:
        """Return how many integrations exist, by a page of one: the cheapest call that needs a valid signature.

        Raises:
            ReadError: the keys, the network or the settings do not let it be told.

        """

        async def one_row(exchange: Exchange, http: httpx.AsyncClient) -> int:
            page = await self._page(exchange, http, 1, 1)
            return page.length if page.total_records is None else page.total_records

        return await self._read(one_row)

    async def detail(self, integration_id: str) -> Listed:
        """Return the integration of that id as it is stored (GetIntegration).

        Raises:
            ReadError: it could not be read.

        """

        async def stored(exchange: Exchange, http: httpx.AsyncClient) -> Listed:
            request = Request("GET", f"{quote(integration_id, safe='')}/detail", answer_limit=_DETAIL_BYTES_LIMIT)
            found = listing.row(self._content(await exchange.send(http, request)))
            if found is None:
                raise ReadError(Sentence("The API's answer holds no integration that can be read."))
            return found

        return await self._read(stored)

    def repeats_keys(self, integration: Integration) -> bool:
        """Return whether a key stands in *integration*, so that its fields must not be shown."""
        return self._keys.stand_in(body.write(integration).decode())

    async def _sent_once(self, request: Request) -> Answer | NotSent | Unknown:
        """Send *request* once, and return its answer as far as it came, or that there is none."""
        if self._key_problem:
            return NotSent(self._key_problem)
        exchange = self._exchange()
        try:
            return await exchange.run(lambda http: exchange.send(http, request))
        except ExchangeError as error:
            if exchange.answer is not None:
                return exchange.answer
            return Unknown(error.sentence) if error.is_sent else NotSent(error.sentence)

    async def _all_pages(self, exchange: Exchange, http: httpx.AsyncClient) -> list[Listed]:
        found: dict[str, Listed] = {}
        unreadable = 0
        for number in itertools.count(1):
            page = await self._page(exchange, http, number, PAGE_SIZE)
            known = len(found)
            found.update((listed.integration_id, listed) for listed in page.rows)
            is_repeated = number > 1 and len(found) == known
            if is_repeated:
                break
            unreadable += page.length - len(page.rows)
            if page.length == 0 or _is_last(page, number, len(found)):
                break
        total = max(page.total_records or 0, len(found) + unreadable)
        if len(found) < total:
            counts = {"count": len(found), "total": total}
            raise ReadError(Sentence("Only {count:,} of {total:,} integrations could be read.", counts))
        if is_repeated and page.length == PAGE_SIZE:
            raise ReadError(
                Sentence(
                    "Only {count:,} integrations could be read: the API shows the same page again.",
                    {"count": len(found)},
                )
            )
        return list(found.values())

    async def _page(self, exchange: Exchange, http: httpx.AsyncClient, number: int, length: int) -> Page:
        content = json.dumps({"query": "", "pageNum": number, "pageSize": length}).encode()
        request = Request("POST", "page", content, answer_limit=_PAGE_BYTES_LIMIT)
        page = listing.page(self._content(await exchange.send(http, request)))
        if page is None:
            raise ReadError(Sentence("The API's answer holds no list of integrations that can be read."))
        return page

    def _content(self, answer: Answer) -> Any:
        if 200 <= answer.status < 300:
            return answers.document(answer)
        refusal = answers.refusal(answer, self.now, answers.VIEW)
        if isinstance(refusal, Unknown):
            raise ReadError(refusal.reason)
        raise ReadError(
            refusal.reason,
            is_final=answer.status != 429,
            is_forbidden=answers.is_forbidden(answer),
            is_missing=answers.is_missing(answer),
            clock_ahead=refusal.clock_ahead,
        )

    @property
    def _key_problem(self) -> Sentence | None:
        """Why no header can carry the keys, or no signature be made with them."""
        found = key_rules.problems(self._keys.access_key.reveal(), self._keys.secret_key.reveal())
        return found[0].sentence if found else None

    async def _read(self, work: Callable[[Exchange, httpx.AsyncClient], Awaitable[T]]) -> T:
        if self._key_problem:
            raise ReadError(self._key_problem, is_final=True)
        exchange = self._exchange()
        try:
            return await exchange.run(lambda http: work(exchange, http))
        except ExchangeError as error:
            if exchange.answer and not 200 <= exchange.answer.status < 300:
                self._content(exchange.answer)
            raise ReadError(error.sentence) from None

    def _exchange(self) -> Exchange:
        return Exchange(self.gateway, self._keys, self.clock_offset)


def _is_last(page: Page, number: int, count: int) -> bool:
    """Return whether nothing follows *page*, the *number*-th, with *count* integrations so far.

    A total that is passed was too low, and must not hide the rest: an empty page or one seen before ends it then.
    """
    if page.total_records is None:
        return page.total_pages is not None and number >= page.total_pages
    return count == page.total_records
