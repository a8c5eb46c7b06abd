"""What of an integration is a secret, and so is hidden on screen until it is asked for."""

from __future__ import annotations

import re
from dataclasses import replace

from ncloud_integration.integration import endpoint
from ncloud_integration.integration.model import Header, Integration

_SECRET_NAME = re.compile(r"auth|cookie|key|pass|secret|signature|token", re.IGNORECASE)


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


def _masked_header(header: Header) -> Header:
    return Header(header.name, endpoint.HIDDEN) if _SECRET_NAME.search(header.name) and header.value else header
