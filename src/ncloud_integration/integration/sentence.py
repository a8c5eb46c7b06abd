"""A sentence for the operator: a template and its values, and the one place where the two meet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Union

# Controls, marks that turn the writing direction, characters without width or shape, and halves of a surrogate pair.
# Joiners and emoji tags stay: they are part of how Hangul, Indic scripts and emoji are written.
unprintable = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff]"
)

_VALUE_LIMIT = 300


def printable(text: str) -> str:
    r"""Return *text* with all that a terminal would obey or hide written as an escape: `\x1b`, `\u202e`."""
    return unprintable.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"


Values = Mapping[str, Union[str, int, "Sentence"]]


class Sentence(NamedTuple):
    """What is wrong, where, and what to do.

    `template` is English and the key of a translation; `values` fill its braces. A text among them may come from
    anywhere: it is made printable and cut at 300 characters when the sentence is written out.
    """

    template: str
    values: Values = MappingProxyType({})

    def __str__(self) -> str:
        return self.template.format(**{name: _shown(value) for name, value in self.values.items()})


class ExplainedError(Exception):
    """Something did not work; `sentence` tells the operator why, and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def _shown(value: str | int | Sentence) -> str | int:
    if isinstance(value, int):
        return value
    if isinstance(value, Sentence):
        return str(value)
    cut = value if len(value) <= _VALUE_LIMIT else value[:_VALUE_LIMIT] + "…"
    return printable(cut)
