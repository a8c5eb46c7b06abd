"""What is said, a statement a line, and what is asked for, an answer a line."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.sentence import Sentence, Text, printable
from ncloud_integration.plain.terminal import LeavingError, Terminal
from ncloud_integration.wizard.session import Session

_COMMAND = re.compile(r":([a-z]+)(?: +(.*))?")
EVERYWHERE = ("help", "show", "back", "quit")
"""Commands of every prompt, but for those where a secret is typed."""

UNSEEN_SECONDS = 0.5
"""How long nothing must have been typed before something is decided: what was typed ahead was typed unseen."""


class CommandError(Exception):
    """A command was given in place of an answer: its `name`, and the `rest` of the line."""

    def __init__(self, name: str, rest: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.rest = rest


class Prompts:
    """Says things about *session* on *terminal*, and asks for lines there."""

    def __init__(self, terminal: Terminal, session: Session) -> None:
        self._terminal = terminal
        self._session = session

    def say(self, *texts: Text | str | None) -> None:
        """Say *texts*, each line of them on a line; empty ones are left out."""
        for text in texts:
            for line in str(text or "").split("\n"):
                if line.strip():
                    self._terminal.say(printable(line.replace("\t", "    ")))

    def say_notice(self) -> None:
        """Say what has come up in the session since."""
        notice, self._session.notice = self._session.notice, ""
        self.say(notice)

    def tell(self, problems: Iterable[Problem], notes: Iterable[Sentence] = ()) -> bool:
        """Say *notes* and *problems*, errors first; return whether there is no error."""
        for note in notes:
            self.say(Sentence("Note: {sentence}", {"sentence": note}))
        found = sorted(problems, key=lambda problem: not problem.is_error)
        for problem in found:
            values = {"sentence": problem.sentence}
            self.say(
                Sentence("Error: {sentence}", values) if problem.is_error else Sentence("Warning: {sentence}", values)
            )
        return not any(problem.is_error for problem in found)

    def error(self, sentence: Sentence) -> None:
        """Say what is wrong."""
        self.say(Sentence("Error: {sentence}", {"sentence": sentence}))

    async def answer(self, prompt: Sentence, commands: Sequence[str] = ()) -> str:
        """Return the line that is typed after *prompt*, which is for this step's *commands* too.

        A line that starts with two colons stands for what follows the first.

        Raises:
            CommandError: a command was given instead, or Ctrl+C or Ctrl+D, which are `quit`.

        """
        while True:
            line = await self.line(prompt)
            given = _COMMAND.fullmatch(line.strip())
            if given is None:
                return line[1:] if line.startswith("::") else line
            name, rest = given.groups(default="")
            if name in EVERYWHERE or name in commands:
                raise CommandError(name, rest)
            values = {"command": f":{name}", "commands": " ".join(f":{each}" for each in (*EVERYWHERE, *commands))}
            self.error(
                Sentence(
                    "{command} is no command here. There are {commands}. Two colons begin an answer with one.", values
                )
            )

    async def secret(self, prompt: Sentence) -> str:
        """Return the line that is typed after *prompt* and not echoed; it is never a command.

        Raises:
            CommandError: Ctrl+C or Ctrl+D was pressed, which is `quit`.

        """
        return await self.line(prompt, is_shown=False)

    async def line(self, prompt: Sentence, *, is_shown: bool = True) -> str:
        """Return the line that is typed after *prompt*, whatever it is; it is echoed where it *is_shown*.

        Raises:
            CommandError: Ctrl+C or Ctrl+D was pressed, which is `quit`.

        """
        self.say_notice()
        try:
            return await self._terminal.line(f"{printable(str(prompt))} ", is_shown=is_shown)
        except LeavingError:
            raise CommandError("quit") from None

    async def choice(self, options: Mapping[str, Text | str], default: str = "", commands: Sequence[str] = ()) -> str:
        """Return the name of one of *options*, each of which is said with its number; Enter alone is the *default*.

        Raises:
            CommandError: a command was given instead.

        """
        names = list(options)
        for number, label in enumerate(options.values(), 1):
            self.say(Sentence("{number}. {label}", {"number": number, "label": label}))
        prompt = Sentence("Number (Enter for none):")
        if default:
            prompt = Sentence("Number (Enter for {number}):", {"number": names.index(default) + 1})
        while True:
            answer = (await self.answer(prompt, commands)).strip()
            if not answer:
                return default
            if answer.isdecimal() and 1 <= int(answer) <= len(names):
                return names[int(answer) - 1]
            self.error(Sentence("Type a number from 1 to {count}.", {"count": len(names)}))

    async def content(self) -> str:
        """Return a line of a text of many: there is no prompt before each, and none is a command.

        Raises:
            CommandError: Ctrl+C or Ctrl+D was pressed, which is `quit`.

        """
        try:
            return await self._terminal.line("")
        except LeavingError:
            raise CommandError("quit") from None

    async def until(self, work: asyncio.Future[Any]) -> str:
        """Wait for *work* and return nothing; or what came first: `enter`, or `quit` for Ctrl+C or Ctrl+D."""
        entered = asyncio.ensure_future(self._entered())
        either: list[asyncio.Future[Any]] = [work, entered]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            return "" if work.done() else entered.result()
        finally:
            entered.cancel()

    async def _entered(self) -> str:
        try:
            await self._terminal.line("", is_shown=False)
        except LeavingError:
            return "quit"
        return "enter"

    async def said(self) -> None:
        """Return once the terminal has taken all that was said."""
        await self._terminal.said()

    async def quiet(self) -> None:
        """Return once all is said and nothing was typed for half a second; what was typed before is dropped."""
        await self._terminal.said()
        was_typed = True
        while was_typed:
            self._terminal.drop_typed()
            await asyncio.sleep(UNSEEN_SECONDS)
            was_typed = self._terminal.drop_typed()
