"""Headers as people write them down: `Name: value`, one a line."""

from __future__ import annotations

from collections.abc import Sequence

from ncloud_integration.integration.model import HEADERS_LIMIT, Header
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.text import single_line

TAKEN_LIMIT = 2 * HEADERS_LIMIT
"""Headers that are taken in: those beyond the limit are shown, to choose from, but not by the thousand."""


def bounded(headers: Sequence[Header], limit: int = TAKEN_LIMIT) -> tuple[list[Header], list[Sentence]]:
    """Return the first *limit* of *headers*, and a sentence where there are more."""
    if len(headers) <= limit:
        return list(headers), []
    return list(headers[:limit]), [
        Sentence("Only the first {limit:,} of {count:,} headers were taken.", {"limit": limit, "count": len(headers)})
    ]


def read(line: str) -> tuple[Header | None, list[Sentence]]:
    """Return the header that *line* holds, or None where it has no colon, and what was left out of it."""
    text, notes = single_line(line)
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        return None, notes
    return Header(name.strip(), value.strip()), notes


def read_all(text: str) -> tuple[list[Header], list[Sentence]]:
    """Return the headers of all lines of *text*, and a sentence for each line that holds none."""
    headers, notes = [], []
    for line in text.splitlines():
        header, left_out = read(line)
        notes += left_out
        if header:
            headers.append(header)
        elif line.strip():
            notes.append(Sentence("{line} is not a header (Name: value) and was left out.", {"line": line.strip()}))
    return headers, notes
