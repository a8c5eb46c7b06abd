"""What became of an attempt to create: four cases, told apart by what left this process and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from ncloud_integration.integration.sentence import Sentence


@dataclass(frozen=True)
class Created:
    """The API answered with the id of the new integration: printable ASCII without spaces."""

    integration_id: str


@dataclass(frozen=True)
class Refused:
    """The API answered that it did not create. `field` names what to correct, where the answer tells."""

    reason: Sentence
    field: str | None = None


@dataclass(frozen=True)
class NotSent:
    """Nothing of the request left this process, so nothing can have been created."""

    reason: Sentence


@dataclass(frozen=True)
class Unknown:
    """The request was sent and no clear answer came: the integration may exist."""

    reason: Sentence


Outcome = Union[Created, Refused, NotSent, Unknown]
