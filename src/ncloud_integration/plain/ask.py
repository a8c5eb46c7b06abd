"""The wizard's questions, asked at a prompt."""

from __future__ import annotations

import asyncio
from typing import Any

from ncloud_integration.cloudinsight.keys import Secret
from ncloud_integration.integration.sentence import Passage, Sentence
from ncloud_integration.integration.text import single_line
from ncloud_integration.plain.prompts import CommandError, Prompts
from ncloud_integration.wizard.question import DONE, AnyQuestion, ListQuestion, PasswordQuestion, Question


class PromptAsk:
    """Asks by *prompts*. A question is put off by `:back`, or by Enter alone where it has several answers."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts

    async def __call__(self, question: AnyQuestion, until: asyncio.Future[Any] | None = None) -> str:
        """Ask *question* and return the answer's name; once *until* is done, return nothing.

        Raises:
            CommandError: the operator wants to leave.

        """
        answering: asyncio.Future[Any] = asyncio.ensure_future(self._answer(question))
        try:
            await asyncio.wait([answering, *([until] if until else [])], return_when=asyncio.FIRST_COMPLETED)
            return str(answering.result()) if answering.done() else ""
        finally:
            answering.cancel()

    async def _answer(self, question: AnyQuestion) -> str:
        while True:
            self._prompts.say(question.title, question.text)
            try:
                if isinstance(question, PasswordQuestion):
                    return await self._passwords(question)
                return await self._choice(question)
            except CommandError as command:
                if command.name == "back":
                    return ""
                if command.name == "quit":
                    raise

    async def _choice(self, question: Question | ListQuestion) -> str:
        answers = question.entries if isinstance(question, ListQuestion) else question.answers
        options = {
            name: label._replace(gap=", ") if isinstance(label, Passage) else label for name, label in answers.items()
        }
        await self._prompts.quiet()
        return await self._prompts.choice(options, next(iter(options)) if len(options) == 1 else "")

    async def _passwords(self, question: PasswordQuestion) -> str:
        """Ask for the passwords until they will do, or until one of them is left empty."""
        self._prompts.say(Sentence("What you type is not shown. Enter alone puts it off."))
        while True:
            passwords = []
            for label in question.labels:
                typed = await self._prompts.secret(Sentence("{label}:", {"label": label}))
                if not typed:
                    return ""
                passwords.append(Secret(single_line(typed)[0]))
            self._prompts.say(Sentence("One moment. Enter gives up."))
            trial = asyncio.ensure_future(question.trial.run(passwords))
            if await self._prompts.until(trial):
                question.trial.give_up()
            complaint = await trial
            if complaint is None:
                return DONE
            self._prompts.error(complaint)
