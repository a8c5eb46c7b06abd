"""The request body of an integration, written for the API and read back from a text; also from the API's answers."""

from __future__ import annotations

import json
from typing import Any

from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import TYPE, Header, Integration
from ncloud_integration.integration.sentence import ExplainedError, Sentence


class BodyError(ExplainedError):
    """A text does not hold an integration; `sentence` says why."""


def write(integration: Integration) -> bytes:
    """Return the request body as it is shown and sent: indented JSON in UTF-8.

    `headers` is left out when there are none, and `payload` is a string whose escapes give back the same text
    (CreateIntegration, "Request body").
    """
    return json.dumps(_fields(integration), ensure_ascii=False, indent=2).encode()


def read(text: str) -> Draft:
    """Return the draft that a saved request body stands for, or an answer that has the same fields.

    Such are GetIntegration's, and a page of GetIntegrationList with one row. A field that the text lacks is blank in
    the draft; headers written twice are kept twice, for the checks to refuse.

    Raises:
        BodyError: *text* is neither.

    """
    body = _parsed(text)
    if not isinstance(body, _Members):
        raise BodyError(Sentence("It does not hold a JSON object: save the whole request body, braces included."))
    fields = _row(dict(body))
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


def _row(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the one integration of a page, or *fields* where they are no page's."""
    rows = fields.get("data")
    if "pageNum" not in fields or not isinstance(rows, list):
        return fields
    if len(rows) != 1 or not isinstance(rows[0], _Members):
        raise BodyError(
            Sentence(
                "It lists {count:,} integrations: take one of them alone, or name its id with --clone.",
                {"count": len(rows)},
            )
        )
    return dict(rows[0])


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
