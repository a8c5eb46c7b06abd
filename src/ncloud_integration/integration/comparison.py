"""Whether two integrations are the same to whoever uses them, and in what they differ."""

from __future__ import annotations

from ncloud_integration.integration import endpoint, template
from ncloud_integration.integration.masking import masked
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.text import size


def is_equal(one: Integration, other: Integration) -> bool:
    """Return whether they have the same fields; order of headers and case of their names mean nothing in HTTP."""
    return (one.name, one.url, one.payload, _pairs(one)) == (other.name, other.url, other.payload, _pairs(other))


def differences(sent: Integration, stored: Integration) -> list[Sentence]:
    """Return a sentence for each field of *sent* that is otherwise in *stored*; secrets are masked in it."""
    found = []
    if sent.name != stored.name:
        found.append(Sentence("Name: {sent} was sent and {stored} is stored.", _values(sent.name, stored.name)))
    if sent.url != stored.url:
        values = _values(endpoint.masked(sent.url), _masked_like(sent.url, stored.url))
        found.append(Sentence("URL: {sent} was sent and {stored} is stored.", values))
    if _pairs(sent) != _pairs(stored):
        found.append(_header_difference(masked(sent).headers, masked(stored).headers))
    if sent.payload != stored.payload:
        line, column = template.position(sent.payload, _first_difference(sent.payload, stored.payload))
        places = {"sent": size(sent.payload), "stored": size(stored.payload), "line": line, "column": column}
        found.append(
            Sentence(
                "Payload: {sent:,} bytes were sent and {stored:,} are stored; they differ from line {line:,}, column "
                "{column:,} on.",
                places,
            )
        )
    return found


def _header_difference(sent: tuple[Header, ...], stored: tuple[Header, ...]) -> Sentence:
    values = _values(_lines(sent), _lines(stored))
    if set(sent) == set(stored):
        return Sentence("Headers: a value that is masked here is not stored as it was sent ({sent}).", values)
    return Sentence("Headers: {sent} were sent and {stored} are stored.", values)


def _pairs(integration: Integration) -> set[tuple[str, str]]:
    return {(header.name.lower(), header.value) for header in integration.headers}


def _values(sent: str, stored: str) -> dict[str, str]:
    return {"sent": sent or "nothing", "stored": stored or "nothing"}


def _masked_like(sent: str, stored: str) -> str:
    """Return the URL *stored* as it may be seen: where *sent* is a secret, what is like it may be one in disguise."""
    is_secret = bool(stored) and endpoint.masked(sent) != sent
    return endpoint.HIDDEN if is_secret and endpoint.masked(stored) == stored else endpoint.masked(stored)


def _lines(headers: tuple[Header, ...]) -> str:
    return ", ".join(f"{header.name}: {header.value}" for header in headers)


def _first_difference(one: str, other: str) -> int:
    shared = min(len(one), len(other))
    return next((index for index in range(shared) if one[index] != other[index]), shared)
