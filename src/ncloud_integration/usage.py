"""A command that was called wrongly."""

from __future__ import annotations

from ncloud_integration.integration.sentence import ExplainedError, Sentence


class UsageError(ExplainedError):
    """A flag or its file cannot be used; `sentence` says what to change."""

    @classmethod
    def of(cls, template: str, **values: str | int | Sentence) -> UsageError:
        """Return the error that a sentence of *template* and *values* tells."""
        return cls(Sentence(template, values))
