"""The payload as a template: its variables, and whether it is JSON once they are filled in."""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ncloud_integration.integration.sentence import Sentence

MEANINGS = {
    "DOMAIN_CODE": Sentence("the account's domain code"),
    "RULE_NAME": Sentence("the event rule that fired"),
    "EVENT_STATUS": Sentence("what happened to the event, or its level"),
    "RESOURCE_NAME": Sentence("the server or service that is watched"),
    "DIMENSIONS": Sentence("the part of it that is measured, such as a disk"),
    "METRIC": Sentence("what is measured"),
    "OPERATOR": Sentence("how value and criterion are compared"),
    "CRITERIA": Sentence("the threshold of the rule, a number"),
    "VALUE": Sentence("what was measured, a number"),
}
"""The variables that the documents name, in their order, and what their names say: they are not explained there."""

VARIABLES = tuple(MEANINGS)

NUMERIC_VARIABLES = frozenset({"CRITERIA", "VALUE"})
"""The variables whose values are numbers, so that they may stand outside quotes."""

_VARIABLE = re.compile(r"#\{((?:(?!#\{)[^{}\"\n])*)(\}?)")
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_FILLABLE = re.compile(rf"#\{{{_NAME.pattern}\}}")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


class Variable(NamedTuple):
    """A `#{NAME}` in a template, or what looks like one. `start` and `end` are indexes of characters."""

    name: str
    start: int
    end: int
    is_closed: bool

    @property
    def is_broken(self) -> bool:
        """Whether nothing can be put in its place: no closing brace, or a name that no variable could have."""
        return not self.is_closed or not _NAME.fullmatch(self.name)

    @property
    def is_known(self) -> bool:
        """Whether the documents name it."""
        return self.is_closed and self.name in MEANINGS


@dataclass(frozen=True)
class JsonError:
    """Where a text stops being JSON: line and column counted from 1, in characters, and why."""

    line: int
    column: int
    reason: Sentence


def variables(template: str, start: int = 0, end: int | None = None) -> Iterator[Variable]:
    """Yield every `#{` of *template* between *start* and *end* in its order, with what follows it."""
    for match in _VARIABLE.finditer(template, start, len(template) if end is None else end):
        yield Variable(match[1], match.start(), match.end(), bool(match[2]))


def begun(line: str) -> Variable | None:
    """Return the variable that *line* ends in the middle of, or None."""
    for variable in variables(line, max(line.rfind("#{"), 0)):
        return None if variable.is_closed or variable.end < len(line) else variable
    return None


def place_at(line: str, column: int) -> tuple[int, int]:
    """Return the characters of *line* that a variable picked at *column* takes the place of, which may be none."""
    for variable in variables(line, max(line.rfind("#{", 0, column + 1), 0)):
        name = _NAME.match(variable.name)
        end = variable.start + len("#{") + (name.end() if name else 0)
        end += line.startswith("}", end)
        if variable.start < column < end or (column == end and not variable.is_known):
            return variable.start, end
        break
    return column, column


def completions(name: str) -> list[str]:
    """Return the documented variables that start with *name*, in any case."""
    return [variable for variable in VARIABLES if variable.startswith(name.upper())]


@functools.lru_cache
def nearest(name: str) -> str | None:
    """Return the documented variable that *name* most likely means, or None."""
    words = name.upper().split()
    close = difflib.get_close_matches(words[0], VARIABLES, n=1, cutoff=0.5) if words else []
    return close[0] if close else None


def position(text: str, index: int) -> tuple[int, int]:
    """Return line and column, counted from 1, of the character at *index*."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


@functools.lru_cache(maxsize=4)
def json_error(template: str) -> JsonError | None:
    """Return where *template* is not JSON once its variables are filled in, or None where it is.

    Each variable is filled with as many digits as it has characters: valid inside a string and outside, and every
    position stays where it was.
    """
    return json_error_as_it_stands(_with_digits(template))


def json_error_as_it_stands(text: str) -> JsonError | None:
    """Return where *text* is not JSON, or None where it is; what looks like a variable is text like any other."""
    try:
        json.loads(text, parse_constant=_refuse_constant, parse_int=len, parse_float=len)
    except json.JSONDecodeError as error:
        message, index = _of_a_comma_too_many(text, error) or (error.msg, error.pos)
        return JsonError(*position(text, index), _reason(message))
    except _ConstantError as error:
        line, column = position(text, _outside_strings(text).find(error.args[0]))
        reason = Sentence("{constant} is not a JSON number", {"constant": error.args[0]})
        return JsonError(line, column, reason)
    except RecursionError:
        return JsonError(1, 1, Sentence("it is nested too deep to be read"))
    return None


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return *template* with its documented variables replaced by *values*; all others stay as they are."""
    parts, end = [], 0
    for variable in variables(template):
        if variable.is_known:
            parts += [template[end : variable.start], values[variable.name]]
            end = variable.end
    return "".join([*parts, template[end:]])


def bare_text_variables(template: str) -> list[Variable]:
    """Return the variables that stand outside quotes although their values are text."""
    outside = _outside_strings(template)
    if "#{" not in outside:
        return []
    return [
        variable
        for variable in variables(template)
        if not variable.is_broken
        and variable.name not in NUMERIC_VARIABLES
        and outside[variable.start : variable.end].strip()
    ]


class _ConstantError(Exception):
    """`NaN` or `Infinity`, which Python reads as JSON and nobody else does."""


def _refuse_constant(constant: str) -> object:
    raise _ConstantError(constant)


def _with_digits(template: str) -> str:
    return _FILLABLE.sub(lambda match: "1" + "0" * (len(match.group()) - 1), template)


def _outside_strings(template: str) -> str:
    """Return *template* with its JSON strings blanked, every position kept."""
    return _STRING.sub(lambda match: " " * len(match.group()), template)


def _of_a_comma_too_many(text: str, error: json.JSONDecodeError) -> tuple[str, int] | None:
    """Return what Python 3.13 says where a comma stands before a closing bracket, and its index; else None."""
    before = text[: error.pos].rstrip(" \t\n\r")
    said = _BEFORE_3_13.get((error.msg, text[error.pos : error.pos + 1]))
    return (said, len(before) - 1) if said and before.endswith(",") else None


_BEFORE_3_13 = {
    ("Expecting property name enclosed in double quotes", "}"): "Illegal trailing comma before end of object",
    ("Expecting value", "]"): "Illegal trailing comma before end of array",
}

_REASONS = {
    "Expecting property name enclosed in double quotes": Sentence("a member name in double quotes is missing"),
    "Illegal trailing comma before end of object": Sentence("the comma before }} is one too many"),
    "Illegal trailing comma before end of array": Sentence("the comma before ] is one too many"),
    "Expecting ':' delimiter": Sentence("a colon is missing"),
    "Expecting ',' delimiter": Sentence("a comma or a closing bracket is missing"),
    "Expecting value": Sentence("a value is missing"),
    "Extra data": Sentence("something follows the end of the JSON"),
    "Unterminated string starting at": Sentence("this string has no closing quote"),
    "Invalid control character at": Sentence(
        r"a string goes on to the next line: write a line feed as \n, a tab as \t"
    ),
    "Invalid \\escape": Sentence(r"a backslash starts an unknown escape: write \\ for a backslash"),
    "Invalid \\uXXXX escape": Sentence(r"\u must be followed by four hexadecimal digits"),
}


def _reason(python_message: str) -> Sentence:
    for beginning, reason in _REASONS.items():
        if python_message.startswith(beginning):
            return reason
    return Sentence("{reason}", {"reason": python_message})
