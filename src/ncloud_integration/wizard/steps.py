"""The steps of the wizard and their order."""

from __future__ import annotations

from enum import Enum

from ncloud_integration.integration.sentence import Sentence


class Step(Enum):
    """A step, by the title that the rail shows. Earlier comes before all, Result follows Confirm; neither is in it."""

    EARLIER = Sentence("Earlier attempts")
    CREDENTIALS = Sentence("Credentials")
    NAME = Sentence("Name")
    URL = Sentence("URL")
    HEADERS = Sentence("Headers")
    PAYLOAD = Sentence("Payload")
    CONFIRM = Sentence("Confirm")
    RESULT = Sentence("Result")

    @property
    def title(self) -> Sentence:
        """What the rail calls it."""
        return self.value


RAIL = (Step.CREDENTIALS, Step.NAME, Step.URL, Step.HEADERS, Step.PAYLOAD, Step.CONFIRM)
"""The steps that the rail shows, in their order."""

STEP_OF_FIELD = {
    "access_key": Step.CREDENTIALS,
    "secret_key": Step.CREDENTIALS,
    "account_name": Step.CREDENTIALS,
    "name": Step.NAME,
    "url": Step.URL,
    "headers": Step.HEADERS,
    "payload": Step.PAYLOAD,
}
"""Where each field of a problem is corrected."""


def after(step: Step) -> Step:
    """Return the step that Next leads to; Confirm is the last one that it leads to."""
    if step is Step.EARLIER:
        return Step.CREDENTIALS
    return RAIL[min(RAIL.index(step) + 1, len(RAIL) - 1)]


def before(step: Step) -> Step:
    """Return the step that Back leads to."""
    return Step.CONFIRM if step is Step.RESULT else RAIL[max(RAIL.index(step) - 1, 0)]
