"""A draft from outside, and what of it the form can hold."""

from __future__ import annotations

from ncloud_integration.integration import header_lines, text
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import Sentence


def taken(draft: Draft) -> tuple[Draft, dict[str, list[Sentence]]]:
    """Return *draft* as the fields can show and edit it, and by field a sentence for all that was changed."""
    notes: dict[str, list[Sentence]] = {}
    name, notes["name"] = text.single_line(draft.name)
    url, notes["url"] = text.single_line(draft.url)
    payload, notes["payload"] = text.document(draft.payload)
    headers, notes["headers"] = _headers(draft.headers)
    return Draft(name, url, headers, payload), {field: found for field, found in notes.items() if found}


def _headers(headers: tuple[Header, ...]) -> tuple[tuple[Header, ...], list[Sentence]]:
    cleaned = []
    kept, notes = header_lines.bounded(headers)
    for header in kept:
        (name, name_notes), (value, value_notes) = text.single_line(header.name), text.single_line(header.value)
        cleaned.append(Header(name, value))
        notes += [*name_notes, *value_notes]
    return tuple(cleaned), notes
