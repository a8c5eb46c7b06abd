"""The access key pair: kept so that it cannot be printed by accident, and the rules of what a key may hold."""

from __future__ import annotations

import json
import re
from typing import NamedTuple, NoReturn

from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.sentence import Sentence

_HEADER_VALUE = re.compile(r"[\x21-\x7e]+")
_NO_SPACE = re.compile(r"\S+")


class Secret:
    """A text that `repr`, `str`, formatting and pickling do not give away; `reveal` is for signer and store."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __str__(self) -> NoReturn:
        raise TypeError("a Secret has no text form; reveal() it where it is needed")

    def __format__(self, spec: str) -> NoReturn:
        raise TypeError("a Secret has no text form; reveal() it where it is needed")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")


class Keys(NamedTuple):
    """An access key pair that can sign."""

    access_key: Secret
    secret_key: Secret

    @classmethod
    def of(cls, access_key: str, secret_key: str) -> Keys:
        """Return the pair of two texts, white space around them left out: no key has any."""
        return cls(Secret(access_key.strip()), Secret(secret_key.strip()))

    @property
    def label(self) -> str:
        """The last four characters of the access key: enough to tell accounts apart, too little to use."""
        access_key = self.access_key.reveal()
        return f"…{access_key[-4:]}" if len(access_key) >= 8 else "…"

    def stand_in(self, body: str) -> bool:
        """Return whether one of them stands in the JSON of *body*, in upper or lower case."""
        return any(json.dumps(key.reveal())[1:-1].lower() in body.lower() for key in self)


def problems(access_key: str, secret_key: str) -> list[Problem]:
    """Check a pair as typed. White space around a key is forgiven; inside it, nothing could be signed."""
    found = []
    for field, key, text, allowed in (
        ("access_key", Sentence("access key"), access_key.strip(), _HEADER_VALUE),
        ("secret_key", Sentence("secret key"), secret_key.strip(), _NO_SPACE),
    ):
        if not text:
            sentence = Sentence(
                "Type the {key}: it is shown in the console under My Page, Manage authentication key.", {"key": key}
            )
            found.append(Problem("error", field, sentence))
        elif not allowed.fullmatch(text) or not text.isprintable():
            sentence = Sentence(
                "The {key} holds a space or a character that no key has: copy it again from the console, in one piece.",
                {"key": key},
            )
            found.append(Problem("error", field, sentence))
    return found
