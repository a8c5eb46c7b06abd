"""An integration as Cloud Insight takes it: its fields and their documented limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ncloud_integration.integration.text import size

HEADERS_LIMIT = 10
"""Headers that an integration may have (documents: "Up to 10 can be entered")."""

HEADER_BYTES_LIMIT = 100
"""Bytes of UTF-8 of one header, name and value together (documents: "0-100 (including key/value)")."""

PAYLOAD_BYTES_LIMIT = 15_000
"""Bytes of UTF-8 of the payload, before it is escaped into the body (documents: "0-15,000")."""

TYPE = "OUT_GOING"
"""The only documented integration type."""


class Header(NamedTuple):
    """A header that Cloud Insight sends with each call to the endpoint."""

    name: str
    value: str

    @property
    def size(self) -> int:
        """Bytes of UTF-8, name and value together."""
        return size(self.name) + size(self.value)


@dataclass(frozen=True)
class Integration:
    """An integration whose fields have passed every check."""

    name: str
    url: str
    headers: tuple[Header, ...]
    payload: str
