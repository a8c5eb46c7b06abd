"""What the endpoint would receive: the payload filled with made-up events, and whether that is JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ncloud_integration.integration import template
from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.integration.template import JsonError
from ncloud_integration.integration.text import size

LONG_VALUE_BYTES = 1_024

_MOUNT = '{"mount": "D:\\데이터"}, '

FRIENDLY = {
    "DOMAIN_CODE": "PUB",
    "RULE_NAME": "web-cpu-high",
    "EVENT_STATUS": "CRITICAL",
    "RESOURCE_NAME": "web-01",
    "DIMENSIONS": "instanceNo: 1234567",
    "METRIC": "avg_cpu_used_rto",
    "OPERATOR": "GE",
    "CRITERIA": "90",
    "VALUE": "95.3",
}
"""An everyday event: no value has anything in it that JSON would have to escape."""

HOSTILE = FRIENDLY | {
    "RULE_NAME": '"디스크" C:\\data',
    "RESOURCE_NAME": "db-01\n(예비)",
    "DIMENSIONS": _MOUNT * (LONG_VALUE_BYTES // size(_MOUNT)) + "-" * (LONG_VALUE_BYTES % size(_MOUNT)),
    "METRIC": "used\\",
}
"""An event of which every value that people name themselves breaks a JSON string, and one is 1 kB long."""


@dataclass(frozen=True)
class Reading:
    """What arrives of one event, in one of the ways that NAVER may put values in; `case` says which."""

    case: Sentence
    text: str
    error: JsonError | None

    @property
    def verdict(self) -> Sentence:
        """Whether it is JSON, or where it stops being that."""
        values: Values = {"case": self.case, "size": size(self.text)}
        if not self.error:
            return Sentence("{case}: JSON, {size:,} bytes.", values)
        values = {"case": self.case, "line": self.error.line, "column": self.error.column, "reason": self.error.reason}
        return Sentence("{case}: not JSON at line {line:,}, column {column:,}: {reason}.", values)


ESCAPING = Sentence(
    "NAVER does not document whether it escapes the values that it puts in, so a hostile event is shown both ways. "
    "If it does not, a quote, a backslash or a line feed in the name of a rule or a resource breaks the JSON."
)
NO_DIFFERENCE = Sentence(
    "NAVER does not document whether it escapes the values that it puts in; for this payload it makes no difference."
)

_FRIENDLY = Sentence("An everyday event")
_HOSTILE = Sentence("A hostile event")
_ESCAPED = Sentence("A hostile event, if NAVER escapes values")
_AS_THEY_ARE = Sentence("A hostile event, if NAVER does not escape values")


def readings(payload: str) -> list[Reading]:
    """Return what the endpoint would receive of *payload*: the hostile event both ways where they differ."""
    friendly = _reading(_FRIENDLY, payload, FRIENDLY)
    as_it_is = _reading(_AS_THEY_ARE, payload, HOSTILE)
    escaped = _reading(_ESCAPED, payload, {name: _escaped(value) for name, value in HOSTILE.items()})
    if escaped.text == as_it_is.text:
        return [friendly, Reading(_HOSTILE, as_it_is.text, as_it_is.error)]
    return [friendly, escaped, as_it_is]


def doubt(shown: list[Reading]) -> Sentence:
    """Return what nobody outside NAVER knows, and what it means for the readings that are *shown*."""
    return ESCAPING if any(reading.case is _ESCAPED for reading in shown) else NO_DIFFERENCE


def left_alone(payload: str) -> Sentence | None:
    """Return which variables stay as they are typed, for nobody knows what will stand there; None where none do."""
    left = dict.fromkeys(
        payload[variable.start : variable.end] for variable in template.variables(payload) if not variable.is_known
    )
    if not left:
        return None
    return Sentence("Left as typed, for no such variable is documented: {variables}", {"variables": ", ".join(left)})


def _reading(case: Sentence, payload: str, event: Mapping[str, str]) -> Reading:
    text = template.filled(payload, event)
    return Reading(case, text, template.json_error_as_it_stands(text))


def _escaped(value: str) -> str:
    """Return *value* as it would stand between the quotes of a JSON string."""
    return json.dumps(value, ensure_ascii=False)[1:-1]
