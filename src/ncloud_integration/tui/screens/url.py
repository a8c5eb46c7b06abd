"""The endpoint URL."""

from __future__ import annotations

from ncloud_integration.integration import endpoint
from ncloud_integration.integration.text import size
from ncloud_integration.tui.screens.step import FieldStep
from ncloud_integration.wizard.steps import Step


class UrlScreen(FieldStep):
    """Takes the URL, and shows the host that will be called."""

    step = Step.URL
    heading = "Where should Cloud Insight send its events?"
    label = "Endpoint URL"
    first = "url"

    def summary(self) -> str:
        """Return host, scheme and bytes of the URL, as far as it is one."""
        url = self.session.draft.url
        try:
            target = endpoint.parse(url)
        except endpoint.EndpointError:
            return f"{size(url):,} bytes"
        port = "" if target.port is None else f" · port {target.port}"
        return f"{target.called_host}{port} · {target.scheme} · {size(url):,} bytes"
