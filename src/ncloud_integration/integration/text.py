"""Text from outside: how large it is, what of it can be shown, and how it becomes what a field holds."""

from __future__ import annotations

import re

from ncloud_integration.integration.sentence import Sentence, unprintable

_LINE_ENDS = re.compile(r"\r\n?")
_IN_TEXT = "\n\t"

LOAD_LIMIT = 64 * 1024
"""Bytes or characters that are taken in at once: far more than any field may hold, little enough to be edited."""


def size(text: str) -> int:
    """Return the bytes of *text* in UTF-8, as the documented limits count them."""
    return len(text.encode("utf-8", "surrogatepass"))


def single_line(text: str) -> tuple[str, list[Sentence]]:
    """Return what a single-line field keeps of pasted or given *text*, and a sentence for all it leaves out.

    Only the first line with something in it is kept, and nothing that cannot be seen: a terminal would obey it or
    hide it.
    """
    lines = [line for line in text.replace("\t", " ").splitlines() if line.strip()]
    first = next((index for index, line in enumerate(lines) if unprintable.sub("", line).strip()), None)
    if first is None:
        return "", _left_out(text)
    line, notes = lines[first], []
    if len(lines) > first + 1:
        count = {"count": len(lines) - first}
        notes.append(Sentence("Only the first of {count:,} lines was kept: this field holds a single line.", count))
    if len(line) > LOAD_LIMIT:
        line = line[:LOAD_LIMIT]
        notes.append(Sentence("Only the first {count:,} characters were kept.", {"count": LOAD_LIMIT}))
    notes += _left_out("".join(lines[:first]) + line)
    return unprintable.sub("", line), notes


def document(text: str) -> tuple[str, list[Sentence]]:
    r"""Return pasted or loaded *text* as the payload holds it, and a sentence for all that changed.

    Line ends become LF and a byte order mark is dropped. Any other character that cannot be seen is written as its
    JSON escape (`\u001b`), which inside a JSON string means the same and can be read.
    """
    notes = []
    if text.startswith("\ufeff"):
        text = text[1:]
        notes.append(Sentence("A byte order mark at the start was left out."))
    if "\r" in text:
        text = _LINE_ENDS.sub("\n", text)
        notes.append(Sentence("Line ends were changed to LF, as they will be sent and counted."))
    hidden = [character for character in unprintable.findall(text) if character not in _IN_TEXT]
    if hidden:
        notes.append(
            Sentence(
                "Characters that cannot be seen were written as JSON escapes ({characters}): they mean the same there.",
                {"characters": _code_points(hidden)},
            )
        )
        text = unprintable.sub(_escape, text)
    return text, notes


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return character if character in _IN_TEXT else f"\\u{ord(character):04x}"


def _left_out(text: str) -> list[Sentence]:
    hidden = unprintable.findall(text.replace("\n", "").replace("\r", ""))
    if not hidden:
        return []
    return [
        Sentence(
            "Characters that cannot be seen were left out ({characters}): check that the rest is what you meant.",
            {"characters": _code_points(hidden)},
        )
    ]


def _code_points(characters: list[str]) -> str:
    """Return the first few of *characters* by their names in Unicode, `U+001B`."""
    distinct = list(dict.fromkeys(characters))
    named = ", ".join(f"U+{ord(character):04X}" for character in distinct[:4])
    return f"{named}, …" if len(distinct) > 4 else named
