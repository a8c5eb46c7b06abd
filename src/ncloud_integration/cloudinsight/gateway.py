"""The API gateway that a request goes to, and which addresses may stand in for a site's own."""

from __future__ import annotations

from typing import NamedTuple

from ncloud_integration.cloudinsight.site import Site
from ncloud_integration.integration.sentence import ExplainedError, Sentence

INTEGRATION_PATH = "/cw_fea/real/cw/api/integration"
"""The path of every integration call, before the call's own part."""

DEFAULT_TIMEOUT = 30.0
"""Seconds that a whole call may take, from resolving the name to the last byte of the answer."""


class GatewayError(ExplainedError):
    """An address cannot stand in for a site's gateway; `sentence` says why."""


class Gateway(NamedTuple):
    """Where calls go: `base_url` without a slash at its end, and `timeout` in seconds for a whole call."""

    site: Site
    base_url: str
    timeout: float = DEFAULT_TIMEOUT

    def url(self, call: str) -> str:
        """Return the URL of a *call*, such as `create` or `999/detail`."""
        return f"{self.base_url}{INTEGRATION_PATH}/{call}"

    @property
    def host(self) -> str:
        """Host and port as they stand in the URL."""
        return self.base_url.partition("//")[2]

    @property
    def is_encrypted(self) -> bool:
        """Whether it is called over TLS."""
        return self.base_url.startswith("https:")

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, where no proxy has a part."""
        from ncloud_integration.integration import endpoint

        return endpoint.parse(self.base_url).reach == "loopback"


def base_url(text: str) -> str:
    """Return *text* as the base URL of a gateway: https, or http on this machine, with nothing after host and port.

    The path is part of what is signed, so that a gateway behind another path could not check the signature.

    Raises:
        GatewayError: it is anything else.

    """
    from ncloud_integration.integration import endpoint

    try:
        target = endpoint.parse(text)
    except endpoint.EndpointError as error:
        raise GatewayError(error.sentence) from None
    if target.scheme == "http" and target.reach != "loopback":
        raise GatewayError(
            Sentence("Keys are sent over https only (http is for this machine, 127.0.0.1): use https://.")
        )
    if target.resource not in ("", "/") or target.fragment:
        raise GatewayError(Sentence("It must end after host and port: the path of the call is added to it."))
    return target.base_url
