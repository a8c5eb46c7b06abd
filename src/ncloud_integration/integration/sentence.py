"""A sentence for the operator: a template and its values, and the one place where the two meet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Union

from ncloud_integration.language import translated

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


class Verbatim(str):
    """Lines that are shown as they are, in any language: code, and nothing that a person has written."""

    __slots__ = ()


Values = Mapping[str, Union[str, int, "Sentence", "Passage"]]


class Sentence(NamedTuple):
    """What is wrong, where, and what to do; or what a key, a button or a field is called.

    `template` is English and the key of a translation; `values` fill its braces. A text among them may come from
    anywhere: it is made printable and cut at 300 characters when the sentence is written out.
    """

    template: str
    values: Values = MappingProxyType({})

    def about(self, values: Values) -> Sentence:
        """Return the sentence of this template that *values* fill, where they are known later than what is said."""
        return self._replace(values=values)

    def __str__(self) -> str:
        return translated(self.template).format(**{name: _shown(value) for name, value in self.values.items()})


class ExplainedError(Exception):
    """Something did not work; `sentence` tells the operator why, and what to do."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class Passage(NamedTuple):
    """Whole sentences one after the other, `gap` between them; None is left out."""

    sentences: tuple[Sentence | Passage | Verbatim | None, ...]
    gap: str = " "

    @classmethod
    def of(cls, *sentences: Sentence | Passage | Verbatim | None) -> Passage:
        """Return *sentences* as one paragraph."""
        return cls(sentences)

    @classmethod
    def lines(cls, *sentences: Sentence | Passage | Verbatim | None) -> Passage:
        """Return *sentences* in a line each."""
        return cls(sentences, "\n")

    @classmethod
    def paragraphs(cls, *sentences: Sentence | Passage | Verbatim | None) -> Passage:
        """Return *sentences* as paragraphs, an empty line between them."""
        return cls(sentences, "\n\n")

    def __str__(self) -> str:
        return self.gap.join(str(sentence) for sentence in self.sentences if sentence is not None)


Text = Union[Sentence, Passage]
"""What a person reads, before it is written out."""


def _shown(value: str | int | Text) -> str | int:
    if isinstance(value, int):
        return value
    if isinstance(value, (Sentence, Passage)):
        return str(value)
    cut = value if len(value) <= _VALUE_LIMIT else value[:_VALUE_LIMIT] + "…"
    return printable(cut)
