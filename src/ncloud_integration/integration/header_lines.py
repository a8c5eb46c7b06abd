"""Headers as people write them down: `Name: value`, one a line."""

from __future__ import annotations

from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.text import single_line


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
