"""The integration's name."""

from __future__ import annotations

from textual.binding import Binding

from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.integration.text import size
from ncloud_integration.tui import import_aids
from ncloud_integration.tui.screens.step import FieldStep
from ncloud_integration.wizard.steps import Step


class NameScreen(FieldStep):
    """Takes the name, and shows its bytes: the documents give no limit."""

    step = Step.NAME
    heading = Sentence("What should the integration be called?")
    label = Sentence("Integration name")
    first = "name"
    tools = (Sentence("F5 Import"),)
    BINDINGS = [Binding("f5", "import_text", show=False)]

    def summary(self) -> Sentence:
        """Return the bytes of the name."""
        return Sentence("{size:,} bytes", {"size": size(self.session.draft.name)})

    async def action_import_text(self) -> None:
        """Offer to fill the form in from a text."""
        await import_aids.import_text(self)
