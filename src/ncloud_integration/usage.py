"""A command that was called wrongly."""

from __future__ import annotations

from ncloud_integration.integration.sentence import Sentence


class UsageError(Exception):
    """A flag or its file cannot be used; `sentence` says what to change."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence

    @classmethod
    def of(cls, template: str, **values: str | int | Sentence) -> UsageError:
        """Return the error that a sentence of *template* and *values* tells."""
        return cls(Sentence(template, values))
