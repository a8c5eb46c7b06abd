"""The sections of a file as NAVER's tools write it, and what keeps one from being taken apart."""

from __future__ import annotations

import io
import re
from configparser import DuplicateOptionError, DuplicateSectionError, ParsingError, RawConfigParser
from pathlib import Path

from ncloud_integration.integration.sentence import Sentence, Values

_HEADLESS = "DEFAULT"
"""The section of what stands above the first one, or in a file without any."""

_COMMENT = ("#", ";")


class _Parser(RawConfigParser):
    # The standard library lets a section's name run to the last bracket of its line, where a key may stand; and its
    # pattern for an option takes 20 seconds for 64 KiB of spaces.
    SECTCRE = re.compile(r"\[(?P<header>[^\]]+)\]")
    OPTCRE = re.compile(r"(?P<option>[^=:]*)(?P<vi>[=:])\s*(?P<value>.*)$")


def sections_of(path: Path, text: str) -> dict[str, dict[str, str]] | Sentence:
    """Return the options of each section of *text*, which the file at *path* holds, or why there are none."""
    lines = list(io.StringIO(text, newline=None))
    first = next((line for line in map(str.strip, lines) if line and not line.startswith(_COMMENT)), "")
    above = [] if _Parser.SECTCRE.match(first) else [f"[{_HEADLESS}]"]
    nobodys = "]"  # no section can have this name, so that none lends its options to the others
    parser = _Parser(default_section=nobodys, comment_prefixes=_COMMENT, empty_lines_in_values=False)
    try:
        parser.read_file([*above, *lines])
    except (DuplicateSectionError, DuplicateOptionError, ParsingError) as error:
        return _malformed(path, error, len(above))
    return {name: dict(parser.items(name)) for name in parser.sections()}


def _malformed(
    path: Path, error: DuplicateSectionError | DuplicateOptionError | ParsingError, lines_above: int
) -> Sentence:
    # The error's own text quotes the line, and so a key; an option's name may be one as well.
    if isinstance(error, ParsingError):
        return Sentence(
            "{path}, line {line}, is neither a [section] nor a name = value: correct it. No profile is used.",
            {"path": str(path), "line": error.errors[0][0] - lines_above},
        )
    values: Values = {
        "path": str(path),
        "line": (error.lineno or 0) - lines_above,
        "section": str(error.section),
    }
    if isinstance(error, DuplicateOptionError):
        return Sentence(
            "{path}, line {line}, sets again what section {section} has: remove one. No profile is used.", values
        )
    if lines_above and error.section == _HEADLESS:
        return Sentence(
            "{path}, line {line}, begins section {section}, to which all above the first section belongs already: "
            "move that below this line. No profile is used.",
            values,
        )
    return Sentence(
        "{path}, line {line}, begins section {section} again: make the two one. No profile is used.", values
    )
