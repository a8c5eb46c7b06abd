"""Taking over an integration from a text: what it would fill in, what it would replace, and the form after it."""

from __future__ import annotations

from collections.abc import Sequence

from ncloud_integration.integration import endpoint
from ncloud_integration.integration.checks import is_blank
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.imported import Imported
from ncloud_integration.integration.sentence import Passage, Sentence
from ncloud_integration.integration.text import size
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import STEP_OF_FIELD, Step

_FIELDS = ("name", "url", "headers", "payload")


def summary(found: Imported) -> list[Sentence]:
    """Return what *found* fills in, a sentence a field, and what is to be said of it."""
    draft = found.draft
    headers = [header for header in draft.headers if not is_blank(header)]
    said = [
        Sentence("Name: {name}", {"name": draft.name}) if draft.name else Sentence("Name: not in it, yours stays"),
        _url(draft.url),
        Sentence("Headers: {count}", {"count": len(headers)}),
        Sentence("Payload: {size:,} bytes", {"size": size(draft.payload)}),
    ]
    return said + [Sentence("· {note}", {"note": note}) for field in _FIELDS for note in found.notes.get(field, ())]


def replaced(found: Imported, draft: Draft) -> list[Step]:
    """Return the steps of which taking over *found* would replace what stands in *draft*, examples not counted."""
    after, untouched = found.over(draft), (Draft(), Draft("", "", (), ""))
    return [
        STEP_OF_FIELD[field]
        for field in _FIELDS
        if getattr(after, field) != getattr(draft, field)
        and getattr(draft, field) not in [getattr(each, field) for each in untouched]
    ]


def take(session: Session, found: Imported) -> None:
    """Put *found* into the form of *session*, with what is to be said of it."""
    after = found.over(session.draft)
    session.edit(**{field: getattr(after, field) for field in _FIELDS})
    session.notes = {field: list(said) for field, said in found.notes.items()}


def names(steps: Sequence[Step]) -> Passage:
    """Return the titles of *steps*, one after the other."""
    return Passage(tuple(step.title for step in steps), ", ")


def _url(url: str) -> Sentence:
    if not url:
        return Sentence("URL: not in it, yours stays")
    try:
        return Sentence("URL: at {host}", {"host": endpoint.parse(url).called_host})
    except endpoint.EndpointError as error:
        return Sentence("URL: {reason}", {"reason": error.sentence})
