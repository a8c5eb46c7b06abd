"""The request body of an integration, written for the API and read back from a file."""

from __future__ import annotations

import json
from typing import Any

from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import TYPE, Header, Integration
from ncloud_integration.integration.sentence import ExplainedError, Sentence


class BodyError(ExplainedError):
    """A file does not hold a request body; `sentence` says why."""


def write(integration: Integration) -> bytes:
    """Return the request body as it is shown and sent: indented JSON in UTF-8.

    `headers` is left out when there are none, and `payload` is a string whose escapes give back the same text
    (CreateIntegration, "Request body").
    """
    return json.dumps(_fields(integration), ensure_ascii=False, indent=2).encode()


def read(text: str) -> Draft:
    """Return the draft that a saved request body stands for.

    A field that the body lacks is blank in the draft; headers written twice are kept twice, for the checks to refuse.

    Raises:
        BodyError: *text* is not a request body.

    """
    body = _parsed(text)
    if not isinstance(body, _Members):
        raise BodyError(Sentence("It does not hold a JSON object: save the whole request body, braces included."))
    fields = dict(body)
    if fields.get("type", TYPE) != TYPE:
        raise BodyError(
            Sentence('Its "type" is not {type}, the only type there is: change it to that.', {"type": TYPE})
        )
    return Draft(
        name=_string(fields, "name"),
        url=_string(fields, "url"),
        headers=_headers(fields.get("headers")),
        payload=_string(fields, "payload"),
    )


class _Members(tuple[tuple[str, Any], ...]):
    """The members of a JSON object in their order, names written twice included."""

    __slots__ = ()


def _fields(integration: Integration) -> dict[str, object]:
    headers = {header.name: header.value for header in integration.headers}
    return {
        **({"headers": headers} if headers else {}),
        "name": integration.name,
        "payload": integration.payload,
        "type": TYPE,
        "url": integration.url,
    }


def _parsed(text: str) -> object:
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_Members)
    except json.JSONDecodeError as error:
        sentence = Sentence(
            "It is not JSON (line {line:,}, column {column:,}): save the whole request body.",
            {"line": error.lineno, "column": error.colno},
        )
        raise BodyError(sentence) from None
    except (RecursionError, ValueError):
        raise BodyError(
            Sentence("It is JSON that cannot be read: a number is too long or it is nested too deep.")
        ) from None


def _string(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        raise BodyError(Sentence('Its "{name}" is not a string: put it in double quotes, escaped.', {"name": name}))
    return value


def _headers(members: object) -> tuple[Header, ...]:
    if members is None:
        return ()
    if not isinstance(members, _Members) or not all(isinstance(value, str) for _, value in members):
        raise BodyError(Sentence('Its "headers" is not an object of strings: write "name": "value" pairs in braces.'))
    return tuple(Header(name, value) for name, value in members)
