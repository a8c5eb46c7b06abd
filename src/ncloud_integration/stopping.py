"""Ending what waits or reads before its time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Stop:
    """Once it is set, nothing waits for it any longer."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    @property
    def is_set(self) -> bool:
        """Whether it has come to a stop."""
        return self._event.is_set()

    def set(self) -> None:
        """Stop, for good."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Wait *seconds*, or until it is set; not at all where they are in the past (< 0)."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._event.wait(), max(seconds, 0))

    async def unless(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Return what *work* returns, or None where it was set first; what *work* raises is raised."""
        working = asyncio.ensure_future(work)
        stopped = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            stopped.cancel()
            working.cancel()
