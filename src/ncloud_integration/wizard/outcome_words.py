"""What became of an attempt, in words, and what can be done next: the same on a screen and at a prompt."""

from __future__ import annotations

from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Refused, Unknown
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


def words(outcome: Outcome, session: Session) -> tuple[str, str]:
    """Return what *outcome* means in a few words, and what is to be known of it."""
    name = session.sent.name if session.sent else session.draft.name
    if isinstance(outcome, Created):
        return _created_words(outcome, name, session)
    if isinstance(outcome, Unknown):
        said = "\n\n".join(map(str, filter(None, (outcome.reason, outcome.search))))
        return "It is not known whether the integration was created", f"{said}\n\n{_LOOK_FIRST.format(name)}"
    heading = "Nothing of the request was sent" if isinstance(outcome, NotSent) else "Nothing was created"
    if session.unknown:
        name = session.unknown[-1].integration.name
        return f"{heading} this time", f"{outcome.reason}\n\n{_STILL_UNKNOWN.format(name)}"
    return heading, f"{outcome.reason}\n\nWhat you typed is all there."


def _created_words(outcome: Created, name: str, session: Session) -> tuple[str, str]:
    heading, paragraphs = f"Integration ID: {outcome.integration_id}", [f"{name} was created on the {session.place}."]
    if outcome.is_found:
        heading = f"It exists: {outcome.integration_id}"
        paragraphs = [
            f"The answer was lost, and {name} was found on the {session.place} by its fields: it was created."
        ]
    if outcome.twins:
        paragraphs.append(f"Equal to it and new as well: {', '.join(outcome.twins)}. Delete what is not needed.")
    if session.remarks:
        paragraphs.append("\n".join(map(str, session.remarks)))
    return heading, "\n\n".join([*paragraphs, _NEXT])


_NEXT = (
    "What comes next: an integration does nothing until an event rule uses it. In the console, open Cloud Insight and "
    "choose it in an event rule.\n\n"
    "The id is also written to standard output when you leave."
)

_LOOK_FIRST = (
    "It will not be sent again by itself. Look again, or look in the console for an integration named {}; if it is not "
    "there after some minutes, go back and create it again."
)

_STILL_UNKNOWN = (
    "It is still not known whether an attempt before has created {}: look for it before you create it again."
)
