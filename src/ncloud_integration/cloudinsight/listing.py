"""Integrations as the API lists them, read leniently."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ncloud_integration.integration.model import TYPE, Header, Integration

_ID = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True)
class Listed:
    """An integration that exists: its id, its fields, and when it was last updated (seconds since 1970, if told)."""

    integration_id: str
    integration: Integration
    type: str = TYPE
    updated: float | None = None


@dataclass(frozen=True)
class Page:
    """A page of the list: its readable rows, how many it has in all, and what it says of the whole list."""

    rows: tuple[Listed, ...]
    length: int
    total_pages: int | None
    total_records: int | None


def is_id(value: object) -> bool:
    """Return whether *value* can be an integration's id: printable ASCII without spaces."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def row(value: object) -> Listed | None:
    """Return the integration that *value*, numbers as they are written, describes; None where it has no id."""
    if not isinstance(value, dict) or not is_id(value.get("id")):
        return None
    name, url, payload, kind = (_text(value, field) for field in ("name", "url", "payload", "type"))
    return Listed(value["id"], Integration(name, url, _headers(value.get("headers")), payload), kind, _updated(value))


def page(value: object) -> Page | None:
    """Return the page that *value* holds, or None where it is no page (GetIntegrationList, "Response")."""
    if not isinstance(value, dict) or not isinstance(value.get("data", ""), (list, type(None))):
        return None
    data = value["data"] or []
    rows = tuple(listed for listed in map(row, data) if listed)
    return Page(rows, len(data), _count(value.get("totalPages")), _count(value.get("totalRecords")))


def _text(value: Mapping[str, Any], field: str) -> str:
    text = value.get(field)
    return text if isinstance(text, str) else ""


def _headers(value: object) -> tuple[Header, ...]:
    if not isinstance(value, dict):
        return ()
    return tuple(Header(name, text if isinstance(text, str) else "") for name, text in value.items())


def _updated(value: Mapping[str, Any]) -> float | None:
    milliseconds = _count(value.get("updateTime"))
    return None if milliseconds is None else milliseconds / 1000


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value) else None
