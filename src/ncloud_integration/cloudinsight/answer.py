"""An HTTP answer of the API gateway, read leniently and without trusting a word of it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from ncloud_integration.cloudinsight import listing
from ncloud_integration.cloudinsight.outcome import Created, Outcome, Refused, Unknown
from ncloud_integration.integration.sentence import Sentence, Values

_XML_FIELD = r"<{name}>\s*(?:<!\[CDATA\[)?([^<\]]*)"

CLOCK_TOLERANCE = 5 * 60
"""Seconds that a clock may be off (documents: "more than 5 minutes" is refused)."""


@dataclass(frozen=True)
class Answer:
    """Status, headers (names in lower case) and body; `is_complete` is false where it was cut off or over 64 KiB.

    `hidden` are texts of the request, such as the access key, that are not repeated should the body echo them.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_complete: bool = True
    hidden: tuple[str, ...] = ()


CHANGE, VIEW = Sentence("change"), Sentence("view")
"""What a call may need to be permitted in Cloud Insight."""


def outcome(answer: Answer, now: float | None = None) -> Outcome:
    """Return what *answer* says of the attempt. *now* is the local clock in seconds since 1970 (default: the time).

    2xx with an id: created. 3xx, and 4xx but 408: refused. All else leaves it unknown.
    """
    if 200 <= answer.status < 300:
        integration_id = _integration_id(answer)
        if integration_id is not None:
            return Created(integration_id)
        return Unknown(
            _said(
                Sentence("The API answered with success ({status}) and no id that can be read.", _status(answer)),
                answer,
            )
        )
    return refusal(answer, time.time() if now is None else now, CHANGE)


def refusal(answer: Answer, now: float, permission: Sentence) -> Refused | Unknown:
    """Return why *answer*, which is none of success, came: what it refused, or that nobody can tell.

    *now* is the local clock; *permission* is what the call needs in Cloud Insight, `CHANGE` or `VIEW`.
    """
    if answer.status < 200 or answer.status >= 500 or answer.status == 408:
        return Unknown(
            _said(
                _UNCLEAR.get(answer.status, Sentence("The API answered with HTTP {status}.", _status(answer))), answer
            )
        )
    if answer.status < 400:
        return Refused(
            _said(
                Sentence(
                    "The API answered with a redirect ({status}), which is not followed: check --api-url.",
                    _status(answer),
                ),
                answer,
            )
        )
    return _refused(answer, now, permission)


def is_forbidden(answer: Answer) -> bool:
    """Return whether *answer* refuses keys that it knows: they lack the permission."""
    return answer.status in (401, 403) and _error(answer)[0] == "210"


def is_missing(answer: Answer) -> bool:
    """Return whether *answer* says that there is no such integration, and not that there is no such page."""
    return answer.status == 404 and _error(answer)[0] == "300"


def document(answer: Answer) -> Any:
    """Return the whole body as JSON, numbers as they are written; None where it is none, or was cut off.

    An id that repeats what must not be repeated is None: ids are shown, and written to journal and standard output.
    """
    return _without_echoes(_json(answer), answer) if answer.is_complete else None


_IDS = ("integrationId", "id")


def _without_echoes(value: Any, answer: Answer, *, is_id: bool = True) -> Any:
    if isinstance(value, dict):
        return {name: _without_echoes(each, answer, is_id=name in _IDS) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_echoes(each, answer) for each in value]
    return None if is_id and isinstance(value, str) and _hidden(value, answer) != value else value


_UNCLEAR = {
    408: Sentence("The API gave up waiting for the request (HTTP 408)."),
    500: Sentence("The API failed in a way it did not expect (HTTP 500)."),
    503: Sentence("The API's gateway could not reach the service behind it (HTTP 503)."),
    504: Sentence("The service behind the API's gateway did not answer in time (HTTP 504)."),
}

_REFUSALS: dict[str, tuple[Sentence, str | None]] = {
    "200": (
        Sentence("Authentication failed: the access key or the secret key is wrong, or belongs to another site."),
        "access_key",
    ),
    "210": (
        Sentence("Permission denied: this sub account needs a Cloud Insight {permission} permission."),
        "access_key",
    ),
    "forbidden": (Sentence("The API, or a proxy on the way to it, forbids the request (HTTP 403)."), None),
    "300": (Sentence("Not found: is the site the right one for these keys?"), "access_key"),
    "430": (Sentence("Too large: shorten the payload."), "payload"),
    "400": (Sentence("The account's quota is used up: wait, then try again."), None),
    "410": (Sentence("The API is throttling: wait, then try again."), None),
    "420": (Sentence("Too many requests: wait, then try again."), None),
    "100": (Sentence("The API found the request bad."), None),
}
"""What to do about each documented error code, and in which field (documents: "API response status codes")."""

_CODES_OF_STATUS = {
    400: ("100",),
    401: ("200", "210"),
    403: ("forbidden", "210"),
    404: ("300",),
    413: ("430",),
    429: ("420", "400", "410"),
}
"""The codes documented for a status; the first is meant where the body names none of them."""


def _refused(answer: Answer, now: float, permission: Sentence) -> Refused:
    code, _ = _error(answer)
    codes = _CODES_OF_STATUS.get(answer.status)
    if codes is None:
        return Refused(_said(Sentence("The API refused the request (HTTP {status}).", _status(answer)), answer))
    documented = code if code in codes else codes[0]
    reason, field = _REFUSALS[documented]
    if documented == "200":
        ahead = _seconds_ahead(answer, now)
        if ahead is None:
            reason = Sentence(
                "{reason} Or this machine's clock is more than 5 minutes off: the answer does not tell.",
                {"reason": reason},
            )
        elif abs(ahead) > CLOCK_TOLERANCE:
            return Refused(_clock_sentence(ahead), None, ahead)
    if documented == "100":
        field = _field_named(answer)
    retry_after = _hidden(answer.headers.get("retry-after", "").strip(), answer)
    if answer.status == 429 and retry_after.isdecimal():
        reason = Sentence("{reason} It asks to wait {wait} seconds.", {"reason": reason, "wait": retry_after})
    elif answer.status == 429 and _is_date(retry_after):
        reason = Sentence("{reason} It asks to wait until {wait}.", {"reason": reason, "wait": retry_after})
    if documented == "210":
        reason = reason.about({"permission": permission})
    return Refused(_said(reason, answer), field)


def _status(answer: Answer) -> Values:
    return {"status": answer.status}


def _said(said: Sentence, answer: Answer) -> Sentence:
    """Return *said* with the API's own words after it, marked as such, where there are any."""
    _, words = _error(answer)
    return Sentence("{said} The API says: {words}", {"said": said, "words": words}) if words else said


def _clock_sentence(ahead: float) -> Sentence:
    values = {"minutes": max(round(abs(ahead) / 60), CLOCK_TOLERANCE // 60 + 1)}
    if ahead > 0:
        return Sentence(
            "This machine's clock is {minutes:,} minutes ahead of the API's; 5 are allowed. Set it right, or choose "
            "Correct the time.",
            values,
        )
    return Sentence(
        "This machine's clock is {minutes:,} minutes behind the API's; 5 are allowed. Set it right, or choose "
        "Correct the time.",
        values,
    )


def _seconds_ahead(answer: Answer, now: float) -> float | None:
    """Return the seconds that the local clock is ahead of the answer's `Date`; None where a cache may have set it."""
    if "age" in answer.headers:
        return None
    try:
        return now - parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError, TypeError):
        return None


def _is_date(text: str) -> bool:
    try:
        parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        return False
    return True


def _field_named(answer: Answer) -> str | None:
    """Return the one field that the API's words name, if they name one."""
    _, words = _error(answer)
    named = [
        field
        for field in ("name", "url", "headers", "payload")
        if re.search(rf"\b{field.removesuffix('s')}s?\b", words, re.IGNORECASE)
    ]
    return named[0] if len(named) == 1 else None


def _json(answer: Answer) -> Any:
    """Return the body as JSON, numbers as they are written, or None."""
    try:
        return json.loads(answer.body.decode("utf-8-sig"), parse_int=str, parse_float=str, strict=False)
    except (ValueError, RecursionError):
        return None


def _integration_id(answer: Answer) -> str | None:
    """Return the id in any form of the documents: a string, a number, or `integrationId` or `id` of an object."""
    value = document(answer)
    if isinstance(value, dict):
        value = value.get("integrationId") or value.get("id")
    return value if listing.is_id(value) else None


def _error(answer: Answer) -> tuple[str, str]:
    """Return error code and words of an error answer; both blank where there are none."""
    code, words = _raw_error(answer)
    return code, _hidden(words, answer)


def _hidden(text: str, answer: Answer) -> str:
    """Return *text* without what it must not repeat: an evil server may put that anywhere."""
    for each in answer.hidden:
        text = re.sub(re.escape(each), "…", text, flags=re.IGNORECASE)
    return text


def _raw_error(answer: Answer) -> tuple[str, str]:
    """Return code and words as they stand in JSON or XML."""
    value = _json(answer)
    if isinstance(value, dict):
        error = value.get("error", value)
        if isinstance(error, dict):
            return str(error.get("errorCode") or ""), _words(error.get("message"), error.get("details"))
    text = answer.body.decode("utf-8", "replace")
    code, message, details = (_xml_field(text, name) for name in ("errorCode", "message", "details"))
    return code, _words(message, details)


def _words(*parts: object) -> str:
    return ": ".join(dict.fromkeys(part.strip() for part in parts if isinstance(part, str) and part.strip()))


def _xml_field(text: str, name: str) -> str:
    match = re.search(_XML_FIELD.format(name=name), text)
    return match[1].strip() if match else ""
