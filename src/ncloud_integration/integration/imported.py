"""An integration from a text that somebody else wrote: a request body, an answer of the API, a `curl` command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ncloud_integration.integration import body, curl_command, endpoint, intake
from ncloud_integration.integration.body import BodyError
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.sentence import Sentence

LIMIT = 256 * 1024
"""Characters of a text that is read: a body of 15,000 with every character escaped is far shorter."""


class Imported(NamedTuple):
    """What a text holds, as the form can show it, and by field what was left out or is to be seen to."""

    draft: Draft
    notes: dict[str, list[Sentence]]

    def over(self, draft: Draft) -> Draft:
        """Return *draft* with all that the text holds; a command that calls an endpoint, say, knows no name."""
        found = self.draft
        return replace(
            found,
            name=found.name or draft.name,
            url=found.url or draft.url,
            payload=found.payload or draft.payload,
        )


def read(text: str) -> Imported:
    """Return what *text* holds; nothing in it is run, followed or looked up.

    Raises:
        BodyError: it is none of what can be read.

    """
    if len(text) > LIMIT:
        raise BodyError(Sentence("It is longer than {limit:,} characters, far more than it may be.", {"limit": LIMIT}))
    draft, notes = _found(text)
    if any(endpoint.HIDDEN in secret for secret in (draft.url, *(header.value for header in draft.headers))):
        raise BodyError(
            Sentence("A secret in it is hidden ({hidden}): take the whole text.", {"hidden": endpoint.HIDDEN})
        )
    taken, changed = intake.taken(draft)
    both = {name: [*notes.get(name, ()), *changed.get(name, ())] for name in {*notes, *changed}}
    return Imported(taken, {name: said for name, said in both.items() if said})


def _found(text: str) -> tuple[Draft, Mapping[str, Sequence[Sentence]]]:
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return body.read(text), {}
    if curl_command.is_command(text):
        return curl_command.read(text)
    raise BodyError(
        Sentence("It is neither a request body, nor an answer of the API with an integration, nor a curl command.")
    )
