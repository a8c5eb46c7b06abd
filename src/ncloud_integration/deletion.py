"""A deletion from press to outcome, without a screen: sent once, looked at whether it is gone, and into the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ncloud_integration.cloudinsight.client import Client, ReadError
from ncloud_integration.cloudinsight.outcome import Deleted, Deletion, NotSent, Refused, Unknown
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.recovery.journal import Attempt, Journal
from ncloud_integration.recovery.state_folder import StateError
from ncloud_integration.stopping import Stop
from ncloud_integration.submission import Watcher

LOOKS = (0.0, 1.0, 3.0, 6.0)
"""When what was deleted is looked for while it is still there, in seconds after the answer, or after there was none."""


class _Sight(NamedTuple):
    """What looking has told: whether it `is_gone`, None where nothing could be read; and that in words."""

    is_gone: bool | None
    words: Sentence


class Deleter:
    """Deletes integrations with *client*, and looks at *moments* (seconds) whether they are gone.

    *journal* is None where nothing may be written.
    """

    def __init__(
        self, client: Client, journal: Journal | None, watcher: Watcher, moments: Sequence[float] = LOOKS
    ) -> None:
        self._client = client
        self._journal = journal
        self._watcher = watcher
        self._moments = moments
        self._stop = Stop()

    def stop(self) -> None:
        """Look no further."""
        self._stop.set()

    async def delete(self, attempt: Attempt, integration_id: str) -> Deletion:
        """Send one request to delete the integration that *attempt* created, and return what became of it.

        Nothing is sent a second time, whatever comes of it: where no answer tells, looking does, and so it does where
        one tells that it is gone.
        """
        said = await self._client.delete(integration_id)
        if isinstance(said, NotSent):
            return said
        return await self._noted(attempt, integration_id, await self._seen(integration_id, said))

    async def look_again(self, attempt: Attempt, integration_id: str, before: Unknown) -> Deletion:
        """Return whether the integration is gone by now; *before* is what was known of it. It only reads."""
        return await self._noted(attempt, integration_id, await self._seen(integration_id, before))

    async def _seen(self, integration_id: str, said: Deletion) -> Deletion:
        """Return what became of it by what was *said* and what is there."""
        if isinstance(said, Unknown):
            self._watcher.unclear(said.reason)
        sight = await self._look(integration_id, self._moments[:1] if isinstance(said, Refused) else self._moments)
        if sight.is_gone:
            return Deleted()
        if isinstance(said, Deleted):
            return Unknown(_STILL_SHOWN, sight.words) if sight.is_gone is False else Deleted(doubt=sight.words)
        return replace(said, search=sight.words) if isinstance(said, Unknown) else said

    async def _look(self, integration_id: str, moments: Sequence[float]) -> _Sight:
        """Return whether it is gone: a look begins at its moment or when the one before has ended.

        None begins after the last moment and `gateway.timeout` seconds.
        """
        begun = _now()
        seen, seconds, complaint = 0, 0.0, Sentence("the looking was stopped before anything was read.")
        for number, moment in enumerate(moments, 1):
            await self._stop.wait(begun + moment - _now())
            if self._stop.is_set or _now() > begun + moments[-1] + self._client.gateway.timeout:
                break
            self._watcher.looking(number, len(moments))
            try:
                if await self._stop.unless(self._client.detail(integration_id)) is None:
                    break
            except ReadError as error:
                if error.is_missing:
                    return _Sight(is_gone=True, words=Sentence("It is gone."))
                complaint = error.sentence
                if error.is_final:
                    break
                continue
            seen, seconds = seen + 1, _now() - begun
        if not seen:
            return _Sight(None, Sentence("Whether it is gone could not be checked: {reason}", {"reason": complaint}))
        if seen == 1:
            return _Sight(is_gone=False, words=Sentence("It was still there after one look; it may still go."))
        return _Sight(
            is_gone=False,
            words=Sentence(
                "It was still there after {looks} looks in {seconds} seconds; it may still go.",
                {"looks": seen, "seconds": round(seconds)},
            ),
        )

    async def _noted(self, attempt: Attempt, integration_id: str, deletion: Deletion) -> Deletion:
        """Return *deletion*, having written into the journal that the integration is gone, or may be."""
        if isinstance(deletion, (Deleted, Unknown)) and self._journal is not None:
            reason = deletion.reason if isinstance(deletion, Unknown) else None
            try:
                await asyncio.to_thread(_note, self._journal, attempt, integration_id, reason)
            except StateError as error:
                self._watcher.complain(
                    Sentence("The journal could not be told of it: {reason}", {"reason": error.sentence})
                )
        return deletion


_STILL_SHOWN = Sentence("The API answered that it is deleted, and still shows it.")


def _note(journal: Journal, attempt: Attempt, integration_id: str, reason: Sentence | None) -> None:
    record = journal.settled(attempt)
    if record is not None:
        try:
            record.note_deletion(integration_id, reason)
        finally:
            record.close()


def _now() -> float:
    return asyncio.get_running_loop().time()
