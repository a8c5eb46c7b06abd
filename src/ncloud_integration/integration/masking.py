"""What of an integration is a secret, and so is hidden on screen until it is asked for."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, unquote

from ncloud_integration.integration import endpoint
from ncloud_integration.integration.endpoint import HIDDEN
from ncloud_integration.integration.model import Header, Integration

_SECRET_NAME = re.compile(r"auth|cookie|key|pass|secret|signature|token", re.IGNORECASE)
_BETWEEN_PARTS = re.compile(r"[\s/?&=;,]+")
_SHORT = 4


def masked(integration: Integration) -> Integration:
    """Return *integration* as it may be seen by whoever looks over the operator's shoulder."""
    headers = tuple(_masked_header(header) for header in integration.headers)
    return replace(integration, url=endpoint.masked(integration.url), headers=headers)


def secrets(integration: Integration) -> list[str]:
    """Return the texts of *integration* that `masked` hides, for whoever must not repeat them."""
    hidden = [header.value for header in integration.headers if _masked_header(header) != header]
    if endpoint.masked(integration.url) != integration.url:
        hidden.append(endpoint.parse(integration.url).resource)
    return hidden


def without_echoes(text: str, integration: Integration, *, is_cut: bool = False) -> str:
    """Return *text*, which somebody answered, without what it repeats of the secrets of *integration*.

    They are looked for whole and word by word, in the spellings of JSON, HTML and URLs; where *text* *is_cut*, it may
    also end in the middle of one.
    """
    spellings = sorted(_spellings(integration), key=len, reverse=True)
    if not spellings:
        return text
    text = re.sub("|".join(map(_pattern, spellings)), HIDDEN, text, flags=re.IGNORECASE)
    return text[: len(text) - _length_begun(text, spellings)] if is_cut else text


def _masked_header(header: Header) -> Header:
    return Header(header.name, HIDDEN) if _SECRET_NAME.search(header.name) and header.value else header


def _spellings(integration: Integration) -> set[str]:
    """Return every way in which a secret of *integration*, or a telling word of one, may be written."""
    return {
        spelling
        for secret in secrets(integration)
        for text in {secret.strip(), *filter(_is_telling, [*secret.split(), *_BETWEEN_PARTS.split(secret)])}
        for spelling in _spelled(text)
        if spelling.strip("/")
    }


def _is_telling(word: str) -> bool:
    """Return whether *word* alone may be what makes a secret one: long, or a mixture as only tokens are."""
    return len(word) >= 16 or (len(word) >= 8 and not word.isalpha())


def _spelled(text: str) -> Iterator[str]:
    yield from (text, unquote(text), quote(text), quote(text, safe=""), html.escape(text))
    in_json = json.dumps(text)[1:-1]
    yield from (in_json, in_json.replace("/", r"\/"))
    yield "".join(f"\\u{ord(character):04x}" if character in "<>&'" else character for character in in_json)


def _pattern(spelling: str) -> str:
    """Return the expression that finds *spelling*; a short one only where it is not part of a word."""
    pattern = re.escape(spelling)
    return pattern if len(spelling) >= _SHORT else rf"(?<!\w){pattern}(?!\w)"


def _length_begun(text: str, spellings: list[str]) -> int:
    """Return how many characters at the end of *text* begin a secret that does not end there."""
    lowered = text[-max(map(len, spellings)) :].lower()
    for spelling in spellings:
        for length in range(min(len(spelling) - 1, len(lowered)), _SHORT - 1, -1):
            if lowered.endswith(spelling[:length].lower()):
                return length
    return 0
