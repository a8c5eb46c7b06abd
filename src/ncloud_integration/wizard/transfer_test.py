"""The data transfer test as the wizard offers it: looked at first, then sent once, waited for, and told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from ncloud_integration.cloudinsight import route
from ncloud_integration.integration import body, endpoint
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.draft import unchecked
from ncloud_integration.integration.model import Integration
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.transfer import Answered, Receiver, Transfer, Unanswered, message
from ncloud_integration.wizard import transfer_questions
from ncloud_integration.wizard.api_access import ApiAccess
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import Step

if TYPE_CHECKING:
    from ncloud_integration.wizard.question import Ask, Question

WAITING_SHOWN_AFTER = 0.3
"""Seconds after which it is shown that an answer is waited for: most endpoints are faster."""

_END_SECONDS = 1.0

_TESTED = (Step.URL, Step.HEADERS, Step.PAYLOAD)


class TransferTest:
    """Sends what the endpoint of *session* would receive, where the operator, asked by *ask*, wants that."""

    def __init__(self, session: Session, api: ApiAccess, ask: Ask) -> None:
        self._session = session
        self._api = api
        self._ask = ask

    async def run(self) -> Step | None:
        """Test once; return the step to go to where the operator wants to correct something there first."""
        for step in _TESTED:
            error = self._error_of(step)
            if error:
                answer = await self._ask(transfer_questions.correct_first(step, error))
                return step if answer == "go" else None
        integration = unchecked(self._session.draft)
        if self._has_keys_in(integration):
            await self._ask(transfer_questions.holds_keys())
        else:
            await self._test(integration)
        return None

    def _error_of(self, step: Step) -> Problem | None:
        return next((problem for problem in self._session.problems_of(step) if problem.is_error), None)

    def _has_keys_in(self, integration: Integration) -> bool:
        """Return whether what is to be sent has one of the keys in use in it."""
        keys = self._session.keys
        return keys is not None and keys.stand_in(body.write(replace(integration, name="")).decode())

    async def _test(self, integration: Integration) -> None:
        """Ask whether to send the message of *integration*, and tell what comes of it."""
        is_practice = self._session.start.is_practice
        receiver = Receiver.of(integration.url, await self._api.receiver() if is_practice else None)
        target = endpoint.parse(integration.url)
        host: str | Sentence = transfer_questions.PRACTICE_RECEIVER if is_practice else receiver.host
        caveat = (
            transfer_questions.practised(Receiver.of(integration.url).host)
            if is_practice
            else transfer_questions.FROM_HERE
        )
        complaint = await asyncio.to_thread(route.complaint, receiver)  # it reads the certificates, and keeps them
        if complaint:
            await self._ask(transfer_questions.unanswered(Unanswered(complaint, is_sent=False), caveat))
            return
        sent = message(integration)
        question = transfer_questions.send(target, sent, route.proxy(receiver), is_practice=is_practice)
        if await self._ask(question) == "send":
            transfer = Transfer(integration, receiver, self._session.start.timeout)
            await self._ask(await self._outcome(transfer, host, caveat))

    async def _outcome(self, transfer: Transfer, host: str | Sentence, caveat: Sentence) -> Question:
        """Return what to tell of *transfer*, once it is over or the operator has stopped it."""
        task = asyncio.ensure_future(transfer.run())
        try:
            await asyncio.wait({task}, timeout=WAITING_SHOWN_AFTER)
            if not task.done():
                await self._ask(transfer_questions.waiting(host, self._session.start.timeout), task)
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=_END_SECONDS)
                return transfer_questions.stopped(host, is_sent=transfer.is_sent)
            result = task.result()
        finally:
            task.cancel()
        if isinstance(result, Answered):
            return transfer_questions.answered(result, host, caveat)
        return transfer_questions.unanswered(result, caveat)
