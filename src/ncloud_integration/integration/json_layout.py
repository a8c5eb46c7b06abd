"""How JSON is laid out, a member a line or all in one, and which bracket belongs to which; no value is touched."""

from __future__ import annotations

import re

INDENT = 2
"""Spaces a level."""

_STRING = r'"(?:[^"\\\n]|\\.)*"'
_TOKEN = re.compile(rf'{_STRING}|[{{}}\[\],:]|[^\s"{{}}\[\],:#]+|#\{{[^{{}}"\n]*\}}|\S')
_BRACKET = re.compile(rf"{_STRING}?|[{{}}\[\]]")
"""A string, also one that is not closed, or a bracket."""
_PARTNERS = {"{": "}", "[": "]"}


def spread(template: str) -> str:
    """Return *template*, JSON with variables, with a line for each member and `INDENT` spaces a level.

    Strings, numbers and variables stay as they are written, and so do members that are written twice.
    """
    parts, depth, before = [], 0, ""
    for token in _TOKEN.findall(template):
        is_end = token in _PARTNERS.values()
        depth -= is_end
        is_new_line = before not in _PARTNERS if is_end else before == "," or before in _PARTNERS
        if is_new_line:
            parts.append("\n" + " " * (INDENT * depth))
        elif before == ":":
            parts.append(" ")
        parts.append(token)
        depth += token in _PARTNERS
        before = token
    return "".join(parts)


def packed(template: str) -> str:
    """Return *template*, JSON with variables, in one line without a space that is not in a string."""
    return "".join(_TOKEN.findall(template))


def same_place(before: str, index: int, after: str) -> int:
    """Return the index in *after*, *before* laid out in another way, of the character at *index* of *before*."""
    count = sum(not character.isspace() for character in before[:index])
    for place, character in enumerate(after):
        if not character.isspace():
            if not count:
                return place
            count -= 1
    return len(after)


def matching_bracket(text: str, index: int) -> int | None:
    """Return the index of the bracket that belongs to the one at *index* of *text*, or None.

    What stands in a JSON string is no bracket, and one that closes nothing is passed over.
    """
    open_ones: list[int] = []
    for match in _BRACKET.finditer(text):
        start, bracket = match.start(), match[0]
        if bracket in _PARTNERS:
            open_ones.append(start)
        elif open_ones and bracket == _PARTNERS[text[open_ones[-1]]]:
            pair = open_ones.pop(), start
            if index in pair:
                return pair[index == pair[0]]
    return None
