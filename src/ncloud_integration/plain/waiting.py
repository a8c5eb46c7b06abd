"""What is said while something is under way, and what can be pressed meanwhile."""

from __future__ import annotations

import asyncio
import time

from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.plain.prompts import Prompts
from ncloud_integration.wizard import undo
from ncloud_integration.wizard.behind import Behind
from ncloud_integration.wizard.session import Session

_TOLD_AFTER = 5.0
"""Seconds without news after which it is said that something is still under way."""


class Waiting:
    """Says by *prompts* how *session* gets on, of which *changed* tells; *behind* is what is under way."""

    def __init__(self, prompts: Prompts, session: Session, behind: Behind, changed: asyncio.Event) -> None:
        self._prompts = prompts
        self._session = session
        self._behind = behind
        self._changed = changed

    async def until_ended(self) -> None:
        """Say how what is under way gets on until it has ended; Enter stops looking, and Ctrl+C has to wait."""
        reporting = asyncio.ensure_future(self._reported())
        try:
            while pressed := await self._prompts.until(reporting):
                if pressed == "quit":
                    self._session.wait()
                    self._changed.set()
                elif self._session.progress:
                    self._behind.attempts.stop_looking()
            reporting.result()
        finally:
            reporting.cancel()

    async def _reported(self) -> None:
        """Say each news of what is under way, and every few seconds that it still is, until it has ended."""
        session, started = self._session, time.monotonic()
        said: set[str] = set()
        if session.is_deleting:
            self._prompts.say(*undo.meanwhile(session))
        elif session.is_under_way and not session.progress:
            seconds = {"seconds": round(session.start.timeout)}
            self._prompts.say(Sentence("Sending. An answer is waited for up to {seconds} seconds.", seconds))
        while session.is_under_way:
            news = [session.unclear, session.progress, session.waiting] if session.progress else [session.waiting]
            unsaid = [str(each) for each in news if each and str(each) not in said]
            said.update(unsaid)
            self._prompts.say(*unsaid)
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), _TOLD_AFTER)
            except asyncio.TimeoutError:
                self._prompts.say(Sentence("{seconds} s so far.", {"seconds": round(time.monotonic() - started)}))

    async def until_compared(self) -> None:
        """Wait until what is stored has been compared with what was sent, or the operator waits no longer."""
        self._prompts.say(Sentence("Reading it back to compare it. Enter waits no longer."))
        reading = asyncio.ensure_future(self._compared())
        try:
            if not await self._prompts.until(reading):
                reading.result()
        finally:
            reading.cancel()

    async def _compared(self) -> None:
        while not self._session.remarks:
            self._changed.clear()
            await self._changed.wait()
