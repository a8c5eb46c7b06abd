"""What became of an attempt to create, or to delete: told apart by what left this process and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from ncloud_integration.integration.sentence import Sentence


@dataclass(frozen=True)
class Created:
    """The integration exists, under an id of printable ASCII without spaces.

    `is_found` is true where no answer told so and it was found among the existing ones; `twins` are the ids of others
    that are new and equal to it, so that any of them may be the one.
    """

    integration_id: str
    is_found: bool = False
    twins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The API answered that it did not do what was asked. `field` names what to correct, where the answer tells.

    `clock_ahead` is set where this machine's clock is why: the seconds that it is ahead of the API's, or behind (< 0).
    """

    reason: Sentence
    field: str | None = None
    clock_ahead: float | None = None


@dataclass(frozen=True)
class NotSent:
    """Nothing of the request left this process, so nothing can have been created or deleted."""

    reason: Sentence


@dataclass(frozen=True)
class Unknown:
    """The request was sent and no clear answer came: the integration may exist. `search` says what looking found."""

    reason: Sentence
    search: Sentence | None = None


@dataclass(frozen=True)
class Deleted:
    """The integration does not exist any more; `doubt` says why that is not seen but only said by the API."""

    doubt: Sentence | None = None


Outcome = Union[Created, Refused, NotSent, Unknown]

Deletion = Union[Deleted, Refused, NotSent, Unknown]
"""What became of an attempt to delete: all but Deleted leave that it exists, or that it may."""
