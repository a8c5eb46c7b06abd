"""An attempt from press to outcome, without a screen: into the journal, sent once, looked for, and read back."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from ncloud_integration.cloudinsight.client import Client, ReadError
from ncloud_integration.cloudinsight.listing import Listed
from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Unknown
from ncloud_integration.integration import comparison
from ncloud_integration.integration.model import TYPE, Integration
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.recovery.journal import Attempt, Journal, Record
from ncloud_integration.recovery.state_folder import StateError
from ncloud_integration.stopping import Stop

LOOKS = (0.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""When an attempt of unknown outcome is looked for, in seconds after it became that."""

_CLOCK_SLACK = 600.0
"""Seconds by which the API's clock may differ from ours where an attempt's time has to tell what is new."""


class Watcher(Protocol):
    """Whoever shows how an attempt is getting on."""

    def unclear(self, reason: Sentence) -> None:
        """Tell why it is not known whether the attempt has created, before it is looked for."""

    def looking(self, look: int, looks: int) -> None:
        """Tell that the *look*-th of *looks* begins."""

    def clock_is_off(self, ahead: float) -> None:
        """Tell the seconds that this machine's clock is ahead of the API's, or behind (< 0), where that is too much."""

    def complain(self, sentence: Sentence) -> None:
        """Tell what went wrong beside the attempt and does not change its outcome."""


class Submission:
    """Sends an attempt with *client* and looks for it at *moments* (seconds) where no answer tells.

    *journal* is None where nothing may be written. *known* are ids that other attempts have created.
    """

    def __init__(
        self,
        client: Client,
        journal: Journal | None,
        watcher: Watcher,
        moments: Sequence[float] = LOOKS,
        known: Collection[str] = (),
    ) -> None:
        self._client = client
        self._journal = journal
        self._watcher = watcher
        self._moments = moments
        self._known = known
        self._stop = Stop()

    @property
    def is_stopped(self) -> bool:
        """Whether it looks no further."""
        return self._stop.is_set

    def stop(self) -> None:
        """Look no further."""
        self._stop.set()

    async def run(self, attempt: Attempt) -> Outcome:
        """Send *attempt* once and return what became of it; where no answer tells, after looking for it.

        It stands in the journal before anything is sent: where it cannot, nothing is.
        """
        record = None
        if self._journal is not None:
            try:
                record = await asyncio.to_thread(self._journal.begin, attempt)
            except StateError as error:
                return NotSent(error.sentence)
        try:
            outcome = await self._client.create(attempt.integration)
            await self._note(record, outcome)
            if isinstance(outcome, Unknown):
                outcome = await self._looked_for(attempt, record, outcome)
            return outcome
        finally:
            if record is not None:
                record.close()

    async def look_again(self, attempt: Attempt) -> Created | Sentence:
        """Return what an earlier *attempt* created, noted in the journal; or why it is still not known."""
        record = self._journal.reopened(attempt) if self._journal is not None else None
        try:
            found = await self.find(attempt)
            if isinstance(found, Created):
                await self._note(record, found)
            return found
        finally:
            if record is not None:
                record.close()

    async def find(self, attempt: Attempt) -> Created | Sentence:
        """Return what *attempt* created, or a sentence on why it is still not known.

        A look begins at its moment or when the one before has ended, and none after the last moment and
        `gateway.timeout` seconds.
        """
        known = {*self._known, *(await asyncio.to_thread(self._journal.created_ids) if self._journal else ())}
        begun = _now()
        looks, seconds, complaint = 0, 0.0, Sentence("the looking was stopped before anything was read.")
        for number, moment in enumerate(self._moments, 1):
            await self._stop.wait(begun + moment - _now())
            if self._stop.is_set or _now() > begun + self._moments[-1] + self._client.gateway.timeout:
                break
            self._watcher.looking(number, len(self._moments))
            try:
                listed = await self._stop.unless(self._client.integrations())
            except ReadError as error:
                complaint = error.sentence
                if error.clock_ahead is not None:
                    self._watcher.clock_is_off(error.clock_ahead)
                if error.is_final:
                    break
                continue
            if listed is None:
                break
            looks, seconds = looks + 1, _now() - begun
            mine = [row for row in listed if row.integration_id not in known and _is_it(row, attempt)]
            if found := sorted(mine, key=_age):
                first, *twins = (row.integration_id for row in found)
                return Created(first, is_found=True, twins=tuple(twins))
        if not looks:
            return Sentence("Whether it exists could not be checked: {reason}", {"reason": complaint})
        if looks == 1:
            return Sentence("It was not found after one look; it may still appear.")
        return Sentence(
            "It was not found after {looks} looks in {seconds} seconds; it may still appear.",
            {"looks": looks, "seconds": round(seconds)},
        )

    async def _looked_for(self, attempt: Attempt, record: Record | None, outcome: Unknown) -> Outcome:
        self._watcher.unclear(outcome.reason)
        found = await self.find(attempt)
        if not isinstance(found, Created):
            return replace(outcome, search=found)
        await self._note(record, found)
        return found

    async def _note(self, record: Record | None, outcome: Outcome) -> None:
        if record is None:
            return
        try:
            await asyncio.to_thread(record.note, outcome)
        except StateError as error:
            self._watcher.complain(
                Sentence("The journal could not be told of it: {reason}", {"reason": error.sentence})
            )


async def read_back(integration_id: str, sent: Integration, client: Client) -> list[Sentence]:
    """Return in what the stored integration differs from what was *sent*; or that it is the same, or cannot be read."""
    try:
        stored = await client.detail(integration_id)
    except ReadError as error:
        return [Sentence("It could not be read back to compare it: {reason}", {"reason": error.sentence})]
    if client.repeats_keys(stored.integration) and not client.repeats_keys(sent):
        return [
            Sentence("It is not stored as it was sent: what is stored repeats the access key. Look in the console.")
        ]
    found = comparison.differences(sent, stored.integration)
    if stored.type != TYPE:
        values = {"sent": TYPE, "stored": stored.type or "nothing"}
        found.append(Sentence("Type: {sent} was sent and {stored} is stored.", values))
    if found:
        return [Sentence("It is not stored as it was sent:"), *found]
    return [Sentence("Read back: it is stored as it was sent.")]


def _is_it(row: Listed, attempt: Attempt) -> bool:
    """Return whether *row* is what *attempt* asked for and was not there before."""
    if attempt.ids_before is not None:
        is_new = row.integration_id not in attempt.ids_before
    else:
        is_new = row.updated is not None and row.updated >= attempt.started - _CLOCK_SLACK
    return is_new and row.type == TYPE and comparison.is_equal(row.integration, attempt.integration)


def _age(row: Listed) -> tuple[float, int, str]:
    """Sort rows by their time and then by their ids, as numbers where they are some."""
    return row.updated or 0.0, len(row.integration_id), row.integration_id


def _now() -> float:
    return asyncio.get_running_loop().time()
