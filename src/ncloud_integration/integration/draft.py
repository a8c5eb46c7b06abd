"""The form as it is typed: every field a text, right or wrong, until the checks let it become an integration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from ncloud_integration.integration import checks
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.model import Header, Integration

EXAMPLE_HEADERS = (Header("content-type", "application/json; charset=utf-8"),)
"""The header of the documents' own request example."""

EXAMPLE_PAYLOAD = (
    '{\n\t"text": "#{DOMAIN_CODE} => #{RULE_NAME} \'s event is #{EVENT_STATUS}. The condition is #{RESOURCE_NAME} \'s '
    '#{DIMENSIONS} #{METRIC} #{OPERATOR} #{CRITERIA}. The current value is #{VALUE}"\n}'
)
"""The payload of the documents' own request example: all nine documented variables."""


@dataclass(frozen=True)
class Draft:
    """What stands in the form. Header rows may be blank; a blank row is not part of the integration."""

    name: str = ""
    url: str = ""
    headers: tuple[Header, ...] = EXAMPLE_HEADERS
    payload: str = EXAMPLE_PAYLOAD


def problems_of(draft: Draft, field: str) -> Sequence[Problem]:
    """Return all that is wrong or doubtful with one *field* of *draft*, by the name it has there."""
    check: Callable[[Any], list[Problem]] = getattr(checks, field)
    return check(getattr(draft, field))


def problems(draft: Draft) -> Sequence[Problem]:
    """Return all that is wrong or doubtful with *draft*, in the order of its fields."""
    return [problem for field in fields(draft) for problem in problems_of(draft, field.name)]


def integration(draft: Draft) -> Integration:
    """Return the integration that *draft* describes.

    Raises:
        ValueError: a check found an error; the message is its sentence.

    """
    for problem in problems(draft):
        if problem.is_error:
            raise ValueError(str(problem.sentence))
    return unchecked(draft)


def unchecked(draft: Draft) -> Integration:
    """Return the fields of *draft* as an integration's, right or wrong."""
    headers = tuple(header for header in draft.headers if not checks.is_blank(header))
    return Integration(draft.name, draft.url, headers, draft.payload)
