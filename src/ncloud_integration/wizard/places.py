"""Where integrations are created: as the journal has it, and in words."""

from __future__ import annotations

from ncloud_integration.integration.sentence import Sentence

PRACTICE = "practice gateway"
"""What is never in a journal."""

_GATEWAY, _SITE = "gateway at ", " site"


def gateway(host: str) -> str:
    """Return the place that a gateway on *host* is."""
    return f"{_GATEWAY}{host}"


def site(name: str) -> str:
    """Return the place that the site of that *name* is."""
    return f"{name}{_SITE}"


def in_words(place: str) -> Sentence:
    """Return what the operator reads of *place*; a journal may hold any text there."""
    if place == PRACTICE:
        return Sentence("practice gateway")
    if place.startswith(_GATEWAY):
        return Sentence("gateway at {host}", {"host": place.removeprefix(_GATEWAY)})
    return Sentence("{site} site", {"site": place.removesuffix(_SITE)})
