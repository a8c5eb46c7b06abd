"""Work beside the screens: started, and seen to if it fails."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Coroutine

Starter = Callable[[Coroutine[None, None, None]], "asyncio.Task[None]"]

_END_SECONDS = 1.0


class Background:
    """The tasks that run beside the screens; *fail* is called with what one of them was not prepared for."""

    def __init__(self, fail: Callable[[Exception], None]) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._fail = fail

    def start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run *work* and return its task."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def end(self) -> None:
        """Stop what still runs, and give it a moment to end what it has started."""
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_END_SECONDS)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._fail(error)


async def loaded(module: str) -> None:
    """Load *module* in a thread: the event loop must not wait for the disk."""
    await asyncio.to_thread(importlib.import_module, module)
