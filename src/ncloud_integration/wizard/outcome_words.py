"""What became of an attempt, in words, and what can be done next: the same on a screen and at a prompt."""

from __future__ import annotations

from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Refused, Unknown
from ncloud_integration.integration.sentence import Passage, Sentence, Text, Values
from ncloud_integration.wizard import places
from ncloud_integration.wizard.session import Session


def offered(outcome: Outcome, *, has_unknown: bool) -> tuple[str, ...]:
    """Return what can be done after *outcome*, by names, the likeliest first."""
    if isinstance(outcome, Created):
        return ("leave", "another")
    if isinstance(outcome, Unknown):
        return ("look", "leave", "back")
    others = ("back", "unknown") if has_unknown else ("back",)
    if isinstance(outcome, Refused) and outcome.clock_ahead:
        return ("clock", *others)
    return ("correct", *others) if isinstance(outcome, Refused) and outcome.field else others


def words(outcome: Outcome, session: Session) -> tuple[Sentence, Text]:
    """Return what *outcome* means in a few words, and what is to be known of it."""
    name = session.sent.name if session.sent else session.draft.name
    if isinstance(outcome, Created):
        return _created_words(outcome, name, session)
    if isinstance(outcome, Unknown):
        look_first = Sentence(
            "It will not be sent again by itself. Look again, or look in the console for an integration named {name}; "
            "if it is not there after some minutes, go back and create it again.",
            {"name": name},
        )
        heading = Sentence("It is not known whether the integration was created")
        return heading, Passage.paragraphs(outcome.reason, outcome.search, look_first)
    is_sent = not isinstance(outcome, NotSent)
    if session.unknown:
        still_unknown = Sentence(
            "It is still not known whether an attempt before has created {name}: look for it before you create it "
            "again.",
            {"name": session.unknown[-1].integration.name},
        )
        heading = Sentence("Nothing of the request was sent this time")
        if is_sent:
            heading = Sentence("Nothing was created this time")
        return heading, Passage.paragraphs(outcome.reason, still_unknown)
    heading = Sentence("Nothing was created") if is_sent else Sentence("Nothing of the request was sent")
    return heading, Passage.paragraphs(outcome.reason, Sentence("What you typed is all there."))


def _created_words(outcome: Created, name: str, session: Session) -> tuple[Sentence, Text]:
    values: Values = {"id": outcome.integration_id, "name": name, "place": places.in_words(session.place)}
    heading = Sentence("Integration ID: {id}", values)
    said = Sentence("{name} was created on the {place}.", values)
    if outcome.is_found:
        heading = Sentence("It exists: {id}", values)
        said = Sentence(
            "The answer was lost, and {name} was found on the {place} by its fields: it was created.", values
        )
    twins = Sentence(
        "Equal to it and new as well: {ids}. Delete what is not needed.", {"ids": ", ".join(outcome.twins)}
    )
    return heading, Passage.paragraphs(
        said,
        twins if outcome.twins else None,
        Passage.lines(*session.remarks) if session.remarks else None,
        Sentence(
            "What comes next: an integration does nothing until an event rule uses it. In the console, open Cloud "
            "Insight and choose it in an event rule."
        ),
        Sentence("The id is also written to standard output when you leave."),
    )
