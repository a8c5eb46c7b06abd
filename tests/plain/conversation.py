"""A conversation without a terminal: lines that are typed, and what is said."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

from ncloud_integration.plain.terminal import LeavingError, Terminal

LEAVE = "\x03"


class Conversation(Terminal):
    """Gives the lines of *typed*, one after the other, and keeps what was `told`; with no line left, it is left."""

    def __init__(self, *typed: str) -> None:
        self._lines = list(typed)
        self.told: list[str] = []

    def say(self, text: str) -> None:
        """Keep *text*."""
        self.told.append(text)

    async def said(self) -> None:
        """Return at once."""

    async def line(self, prompt: str, *, is_shown: bool = True) -> str:
        """Return the next line; while something is waited for, nothing is pressed."""
        if not (prompt or is_shown):
            await asyncio.get_running_loop().create_future()
        line = self._lines.pop(0) if self._lines else LEAVE
        if line == LEAVE:
            raise LeavingError
        self.told.append(prompt + (line if is_shown else ""))
        return line

    def drop_typed(self) -> bool:
        """Drop nothing: each line is typed once it is asked for."""
        return False

    @contextlib.contextmanager
    def handed_over(self) -> Iterator[None]:
        """Hand nothing over."""
        yield

    def left(self) -> Sequence[str]:
        """Return the lines that nobody asked for."""
        return self._lines
