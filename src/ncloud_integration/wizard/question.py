"""What is asked of the operator, whatever asks it: screens, or a prompt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, Union

from ncloud_integration.cloudinsight.keys import Secret
from ncloud_integration.integration.sentence import Sentence, Text
from ncloud_integration.wizard.background import Starter

DONE = "done"
"""The answer to a question for passwords that were tried and will do."""


class Question(NamedTuple):
    """A question of some answers: each a name, and what its button says; the first is the likeliest.

    An answer named `close` says that there is nothing to decide, `leave` that the program is to be left. `keys` says
    what keys of a screen do, which a prompt has not.
    """

    title: Sentence
    text: Text | None
    answers: Mapping[str, Sentence]
    keys: Sentence | None = None

    @classmethod
    def of(cls, title: Sentence, text: Text | None, **answers: Sentence) -> Question:
        """Return the question *title*, explained by *text*, with these *answers*."""
        return cls(title, text, answers)


class ListQuestion(NamedTuple):
    """A question whose answers are lines of a list, each with its name; or `back`, for none of them."""

    title: Sentence
    text: Text
    entries: Mapping[str, Text | str]
    back: Sentence


@dataclass(frozen=True)
class Trial:
    """What passwords are for: `run` returns None once it is done with them, or why they will not do.

    `start` has it run beside the screens; `give_up` is called where the operator no longer waits for it.
    """

    run: Callable[[Sequence[Secret]], Coroutine[None, None, Sentence | None]]
    start: Starter
    give_up: Callable[[], None]


class PasswordQuestion(NamedTuple):
    """A question for as many passwords as there are `labels`, each tried at once; answered with `DONE` or nothing."""

    title: Sentence
    text: Text
    labels: Sequence[Sentence]
    button: Sentence
    trial: Trial


AnyQuestion = Union[Question, ListQuestion, PasswordQuestion]


class Ask(Protocol):
    """Asks a question and returns the name of the answer, or nothing where it was put off."""

    async def __call__(self, question: AnyQuestion, until: asyncio.Future[Any] | None = None) -> str:
        """Ask *question*; once *until* is done, nothing needs to be answered any more."""
