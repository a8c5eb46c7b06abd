"""The endpoint URL."""

from __future__ import annotations

from ncloud_integration.integration import endpoint
from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.integration.text import size
from ncloud_integration.tui.screens.step import FieldStep
from ncloud_integration.wizard.steps import Step


class UrlScreen(FieldStep):
    """Takes the URL, and shows the host that will be called."""

    step = Step.URL
    heading = Sentence("Where should Cloud Insight send its events?")
    label = Sentence("Endpoint URL")
    first = "url"

    def summary(self) -> Sentence:
        """Return host, scheme and bytes of the URL, as far as it is one."""
        url = self.session.draft.url
        try:
            target = endpoint.parse(url)
        except endpoint.EndpointError:
            return Sentence("{size:,} bytes", {"size": size(url)})
        values: Values = {"host": target.called_host, "scheme": target.scheme, "size": size(url)}
        if target.port is None:
            return Sentence("{host} · {scheme} · {size:,} bytes", values)
        return Sentence("{host} · port {port} · {scheme} · {size:,} bytes", {**values, "port": target.port})
