"""What of an answer's body can be shown: its first lines as text, or why there are none."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import NamedTuple

from ncloud_integration.integration.masking import without_echoes
from ncloud_integration.integration.model import Integration
from ncloud_integration.integration.sentence import Sentence, Values, printable

SHOWN_BYTES = 2_048
"""Bytes of UTF-8 of a body that are shown."""

_CHARSETS = frozenset(
    ["ascii", "cp1252", "cp949", "euc_kr", "iso8859-1", "shift_jis", "utf-16", "utf-16-be", "utf-16-le", "utf-8"]
)
"""What a body is read in where it says so, by Python's names."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE)
_NO_TEXT = re.compile("[\ufffd\x00-\x08\x0e-\x1a\x1c-\x1f]")
_TEXT_HAS_ONE_IN = 10
"""Characters among which, in a text, at most one is none that a text has."""

_TAB = "    "


class Excerpt(NamedTuple):
    """The lines that are shown, each printable, and what is to be said of those that are not."""

    text: str
    notes: tuple[Sentence, ...] = ()


def of_answer(body: bytes, headers: Mapping[str, str], integration: Integration, *, is_complete: bool) -> Excerpt:
    """Return what can be shown of *body*, which came with *headers* (names in lower case) in answer to *integration*.

    What it repeats of the secrets of *integration* is hidden. It may have been cut off where it is not *is_complete*.
    """
    encoding = without_echoes(headers.get("content-encoding", "").strip(), integration)
    if not body:
        return Excerpt("", (Sentence("There is nothing in the answer's body."),) if is_complete else ())
    if encoding.lower() not in ("", "identity"):
        note = Sentence("The body is compressed ({encoding}): it is not shown.", {"encoding": encoding})
        return Excerpt("", (note,))
    content_type = without_echoes(headers.get("content-type", ""), integration)
    charset, notes = _charset(content_type)
    text = codecs.getincrementaldecoder(charset)("replace").decode(body, is_complete).removeprefix("\ufeff")
    beginning = text[:SHOWN_BYTES]
    if "\0" in beginning or len(_NO_TEXT.findall(beginning)) * _TEXT_HAS_ONE_IN > len(beginning):
        values: Values = {"size": len(body), "type": content_type or Sentence("no type that it names")}
        note = Sentence("{size:,} bytes were read that are no text ({type}): they are not shown.", values)
        return Excerpt("", (note,))
    if "\ufffd" in text:
        notes.append(Sentence("What is not valid in {charset} is shown as \ufffd.", {"charset": charset}))
    shown, is_cut = _cut(without_echoes(text, integration, is_cut=not is_complete))
    if is_cut and is_complete:
        values = {"limit": SHOWN_BYTES, "size": len(body)}
        notes.append(Sentence("Only the first {limit:,} of {size:,} bytes are shown.", values))
    elif is_cut:
        values = {"limit": SHOWN_BYTES, "size": len(body)}
        notes.append(Sentence("Only the first {limit:,} of over {size:,} bytes are shown.", values))
    return Excerpt(_lines(shown), tuple(notes))


def _charset(content_type: str) -> tuple[str, list[Sentence]]:
    """Return what to read a body of *content_type* in, and a note where that is not what it says."""
    named = _CHARSET.search(content_type)
    if not named:
        return "utf-8", []
    try:
        name = codecs.lookup(named[1]).name
    except (LookupError, ValueError):
        name = ""
    if name in _CHARSETS:
        return name, []
    note = Sentence(
        "It says that it is in {charset}, which is not read here: it is shown as if it were UTF-8.",
        {"charset": named[1]},
    )
    return "utf-8", [note]


def _cut(text: str) -> tuple[str, bool]:
    """Return as much of *text* as is shown, and whether that is not all of it."""
    encoded = text.encode("utf-8", "replace")
    return encoded[:SHOWN_BYTES].decode("utf-8", "ignore"), len(encoded) > SHOWN_BYTES


def _lines(text: str) -> str:
    """Return *text* with its lines, and with nothing in it that a terminal would obey or hide."""
    lines = re.split(r"\r\n?|\n", text.rstrip().replace("\t", _TAB))
    return "\n".join(map(printable, lines))
