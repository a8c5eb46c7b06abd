"""What is wrong or doubtful with each field: one function a field, each returning all it finds."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from ncloud_integration.integration.model import (
    HEADER_BYTES_LIMIT,
    HEADERS_LIMIT,
    PAYLOAD_BYTES_LIMIT,
    Header,
)
from ncloud_integration.integration.sentence import Sentence, Values, unprintable
from ncloud_integration.integration.text import size

if TYPE_CHECKING:
    from ncloud_integration.integration.template import Variable

Severity = Literal["error", "warning"]

_HEADER_NAME = re.compile(r"[A-Za-z0-9_-]+")
_PRINTABLE_ASCII = re.compile(r"[\x20-\x7e]*")
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_DOCUMENTED_VALUE = re.compile(r"[A-Za-z0-9_-]*")

_VARIABLES_NAMED = 10
"""Doubtful variables of a payload that are named: more would not be read, and each costs a look through the text."""

_PLACEHOLDER = re.compile(r"\bYOUR_[A-Z]+(?:_[A-Z]+)*\b")
"""What stands in a ready payload where the operator's own word belongs."""

CONNECTION_HEADERS = frozenset(
    [
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)
"""Headers that belong to a connection (RFC 9110, 7.6.1) and are the caller's own business."""


class Problem(NamedTuple):
    """Something wrong (an error, which stops) or doubtful (a warning, which never does).

    `at` says where in the field, counted from 0: row and column in the payload, row and 0 for name or 1 for value in
    the headers, and 0 with the index of a character in a single line.
    """

    severity: Severity
    field: str
    sentence: Sentence
    at: tuple[int, int] = (0, 0)

    @property
    def is_error(self) -> bool:
        """Whether it stops the wizard."""
        return self.severity == "error"


def name(text: str) -> list[Problem]:
    """Check the integration's name: required by the documents, of any length, and without control characters."""
    if not text.strip():
        said = Sentence("Type a name: an integration must have one, and it is how you will find it in the console.")
        return [_error("name", said)]
    hidden = unprintable.search(text)
    if hidden:
        where: Values = {"position": hidden.start() + 1, "character": f"U+{ord(hidden.group()):04X}"}
        said = Sentence("Character {position:,} of the name ({character}) cannot be seen: delete it.", where)
        return [_error("name", said, (0, hidden.start()))]
    if text != text.strip():
        said = Sentence("The name starts or ends with a space: it will be kept, and is hard to see in a list.")
        return [_warning("name", said)]
    return []


def url(text: str) -> list[Problem]:
    """Check the endpoint URL: absolute http or https, a host, and nothing that hides which place is called."""
    from ncloud_integration.integration import endpoint

    try:
        target = endpoint.parse(text)
    except endpoint.EndpointError as error:
        return [Problem("error", "url", error.sentence, (0, error.index))]
    return [Problem("warning", "url", sentence) for sentence in endpoint.doubts(target)]


def headers(rows: Sequence[Header]) -> list[Problem]:
    """Check the headers: at most ten, each at most 100 bytes, names unique in any case. A blank row is none."""
    found: list[Problem] = []
    seen: dict[str, int] = {}
    for index, row in enumerate(rows):
        if is_blank(row):
            continue
        found += _header(index, row)
        first = seen.setdefault(row.name.lower(), index)
        if first != index and row.name:
            values: Values = {"name": row.name, "row": index + 1, "first": first + 1}
            sentence = Sentence(
                "Header {row}: {name} stands in row {first} too; a name can be sent once, so remove one of them.",
                values,
            )
            found.append(_error("headers", sentence, (index, 0)))
    count = sum(not is_blank(row) for row in rows)
    if count > HEADERS_LIMIT:
        counts = {"count": count, "limit": HEADERS_LIMIT, "excess": count - HEADERS_LIMIT}
        sentence = Sentence("{count:,} headers are more than the {limit} that are allowed: remove {excess:,}.", counts)
        written = [index for index, row in enumerate(rows) if not is_blank(row)]
        found.append(_error("headers", sentence, (written[HEADERS_LIMIT], 0)))
    return found


def payload(text: str) -> list[Problem]:
    """Check the payload: at most 15,000 bytes, and JSON once its variables are filled in. Empty is allowed."""
    from ncloud_integration.integration import template

    if not text.strip():
        if text:
            blank = Sentence("The payload holds nothing but white space: type JSON, or leave it empty.")
            return [_error("payload", blank)]
        empty = Sentence("The payload is empty: the endpoint will be called with nothing to read.")
        return [_warning("payload", empty)]
    found = []
    bytes_used = size(text)
    if bytes_used > PAYLOAD_BYTES_LIMIT:
        excess = bytes_used - PAYLOAD_BYTES_LIMIT
        sentence = Sentence(
            "The payload is {size:,} bytes long and {limit:,} are allowed: shorten it by {excess:,}.",
            {"size": bytes_used, "limit": PAYLOAD_BYTES_LIMIT, "excess": excess},
        )
        found.append(_error("payload", sentence))
    half = _HALF_A_PAIR.search(text)
    if half:
        line, column = template.position(text, half.start())
        where: Values = {"line": line, "column": column}
        sentence = Sentence(
            "Line {line:,}, column {column:,} holds half a character, which no bytes can carry: delete it.", where
        )
        found.append(_error("payload", sentence, (line - 1, column - 1)))
    broken = template.json_error(text)
    if broken:
        values: Values = {"line": broken.line, "column": broken.column, "reason": broken.reason}
        at = (broken.line - 1, broken.column - 1)
        found.append(_error("payload", Sentence("Not JSON at line {line:,}, column {column:,}: {reason}.", values), at))
    return found + _placeholders(text) + _variables(text) + ([] if broken else _bare_variables(text))


def is_blank(row: Header) -> bool:
    """Return whether *row* holds nothing, and so is no header."""
    return not row.name.strip() and not row.value.strip()


def _header(index: int, row: Header) -> list[Problem]:
    found: list[Problem] = []
    values: Values = {"row": index + 1, "name": row.name, "size": row.size, "limit": HEADER_BYTES_LIMIT}

    def add(severity: Severity, part: int, sentence: Sentence) -> None:
        found.append(Problem(severity, "headers", sentence.about(values), (index, part)))

    if not row.name:
        add("error", 0, Sentence("Header {row} has a value and no name: type its name, or clear the row."))
    elif not _HEADER_NAME.fullmatch(row.name):
        add(
            "error",
            0,
            Sentence(
                "Header {row}: a name may hold only English letters, digits, - and _; {name} holds something else."
            ),
        )
    elif row.name.lower() in CONNECTION_HEADERS:
        add(
            "warning",
            0,
            Sentence("Header {row}: {name} belongs to the connection, and whoever sends the call may set it anew."),
        )
    if not _PRINTABLE_ASCII.fullmatch(row.value):
        add(
            "error",
            1,
            Sentence(
                "Header {row}: a value may hold only ASCII letters, digits, signs and spaces; change what is not."
            ),
        )
    elif not row.value.strip():
        add("warning", 1, Sentence("Header {row} has no value; it will be sent empty."))
    elif not _DOCUMENTED_VALUE.fullmatch(row.value) and row not in _DOCUMENTED_ROWS:
        add(
            "warning",
            1,
            Sentence(
                "Header {row}: the documents name only letters, digits, - and _ for a value; this may be refused."
            ),
        )
    if _PLACEHOLDER.search(row.value):
        add("warning", 1, Sentence("Header {row}: a word of {name} starts with YOUR_: put your own in its place."))
    if row.size > HEADER_BYTES_LIMIT:
        add(
            "error",
            1,
            Sentence("Header {row} has {size:,} bytes, name and value together; {limit} are allowed: shorten it."),
        )
    return found


_DOCUMENTED_ROWS = (Header("content-type", "application/json; charset=utf-8"),)
"""Sent by the documents' own example, although their rule for values would not allow it."""


def _placeholders(text: str) -> list[Problem]:
    from ncloud_integration.integration import template

    found = []
    for match in itertools.islice(_PLACEHOLDER.finditer(text), _VARIABLES_NAMED):
        line, column = template.position(text, match.start())
        values: Values = {"line": line, "word": match.group()}
        sentence = Sentence("Line {line:,}: {word} is a placeholder: put your own in its place.", values)
        found.append(_warning("payload", sentence, (line - 1, column - 1)))
    return found


def _variables(text: str) -> list[Problem]:
    from ncloud_integration.integration import template

    found = []
    doubtful = (variable for variable in template.variables(text) if not variable.is_known)
    for variable in itertools.islice(doubtful, _VARIABLES_NAMED):
        line, column = template.position(text, variable.start)
        likely = template.nearest(variable.name)
        values: Values = {"line": line, "name": variable.name, "nearest": likely or ""}
        found.append(_warning("payload", _doubt(variable)[bool(likely)].about(values), (line - 1, column - 1)))
    return found


def _doubt(variable: Variable) -> tuple[Sentence, Sentence]:
    """Return what is doubtful about *variable*, where no documented one is like it, and where one is."""
    if not variable.is_broken:
        return (
            Sentence("Line {line:,}: #{{{name}}} is not a documented variable."),
            Sentence("Line {line:,}: #{{{name}}} is not a documented variable; did you mean #{{{nearest}}}?"),
        )
    if variable.is_closed and variable.name:
        return (
            Sentence("Line {line:,}: #{{{name}}} is no variable: a name holds letters, digits, _, - and . alone."),
            Sentence(
                "Line {line:,}: #{{{name}}} is no variable: a name holds letters, digits, _, - and . alone; did you "
                "mean #{{{nearest}}}?"
            ),
        )
    return (
        Sentence("Line {line:,}: #{{ starts a variable that has no name or no closing brace."),
        Sentence(
            "Line {line:,}: #{{ starts a variable that has no name or no closing brace; did you mean #{{{nearest}}}?"
        ),
    )


def _bare_variables(text: str) -> list[Problem]:
    from ncloud_integration.integration import template

    found = []
    for variable in template.bare_text_variables(text)[:_VARIABLES_NAMED]:
        line, column = template.position(text, variable.start)
        sentence = Sentence(
            "Line {line:,}: #{{{name}}} stands outside quotes, so that any value but a number breaks the JSON.",
            {"name": variable.name, "line": line},
        )
        found.append(_warning("payload", sentence, (line - 1, column - 1)))
    return found


def _error(field: str, sentence: Sentence, at: tuple[int, int] = (0, 0)) -> Problem:
    return Problem("error", field, sentence, at)


def _warning(field: str, sentence: Sentence, at: tuple[int, int] = (0, 0)) -> Problem:
    return Problem("warning", field, sentence, at)
