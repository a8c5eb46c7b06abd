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
    help = (
        "The address that Cloud Insight POSTs to when an event rule fires: an absolute https (or http) URL.\n\n"
        "The line below it names the host that will really be called. Nothing is called or looked up from here. An "
        "address of a private network is a warning: NAVER's network calls it, and not this machine.\n\n"
        "A webhook URL of Slack, Teams, Discord and others is a secret: whoever knows it can post. It is masked on the "
        "Confirm screen."
    )

    def summary(self) -> str:
        """Return host, scheme and bytes of the URL, as far as it is one."""
        url = self.session.draft.url
        try:
            target = endpoint.parse(url)
        except endpoint.EndpointError:
            return f"{size(url):,} bytes"
        port = "" if target.port is None else f" · port {target.port}"
        return f"{target.called_host}{port} · {target.scheme} · {size(url):,} bytes"
