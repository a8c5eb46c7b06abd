"""Deleting what was just created, in words: what is asked before, and what is said meanwhile and afterwards."""

from __future__ import annotations

from ncloud_integration.cloudinsight.outcome import Deleted, Deletion, Refused, Unknown
from ncloud_integration.integration.sentence import Passage, Sentence, Text, Values
from ncloud_integration.wizard import places
from ncloud_integration.wizard.attempts import Made
from ncloud_integration.wizard.question import Question
from ncloud_integration.wizard.session import Session

_TITLE_LIMIT = 24
"""Characters of a name in a title: as Hangul, two lines of the smallest screen with what stands around it."""


def question(made: Made) -> Question:
    """Ask whether to delete *made*; `delete` is yes."""
    title = Sentence("Delete {name} (ID {id})?", {**_values(made), "name": _in_short(made.attempt.integration.name)})
    text = Sentence(
        "{name}, ID {id}, on the {place}: once deleted, it is gone for everyone, and for event rules that use it "
        "already. The form stays as it is, to be corrected and created again.",
        _values(made),
    )
    return Question.of(title, text, keep=Sentence("No"), delete=Sentence("Delete"))


def offered(session: Session) -> tuple[str, ...]:
    """Return what can be done about what was created, or deleted since, by names, the likeliest first; or nothing."""
    if session.made is None:
        return ()
    if isinstance(session.deletion, Deleted):
        return ("back", "leave")
    if isinstance(session.deletion, Unknown):
        return ("look", "leave", "delete")
    if isinstance(session.deletion, Refused) and session.clock_ahead is not None:
        return ("clock", "leave")
    return ("leave", "another", "delete")


def meanwhile(session: Session) -> tuple[Sentence, Text]:
    """Return what is said while it is deleted, or looked whether it is gone: a heading, and a text."""
    if session.progress:
        looking = Sentence("Whether it is gone is read: nothing is sent again.")
        return Sentence("Looking whether it is gone…"), Passage.paragraphs(session.unclear, looking)
    waiting = Sentence("An answer is waited for up to {seconds} s.", {"seconds": round(session.start.timeout)})
    return Sentence("Deleting it…"), waiting


def words(session: Session) -> tuple[Sentence, Text] | None:
    """Return what came of deleting what was created, as a heading and a text; None where that was not wanted."""
    return _afterwards(session.made, session.deletion) if session.made and session.deletion else None


def _afterwards(made: Made, deletion: Deletion) -> tuple[Sentence, Text]:
    values = _values(made)
    if isinstance(deletion, Deleted):
        seen = Sentence("{name} was deleted on the {place}: it was looked for, and is not there any more.", values)
        if deletion.doubt:
            seen = Sentence("The API answered that {name} is deleted on the {place}.", values)
        return Sentence("Deleted: {id}", values), Passage.paragraphs(seen, deletion.doubt, _FORM_STAYS)
    if isinstance(deletion, Unknown):
        heading = Sentence("Perhaps deleted: {id}", values)
        what_next = Sentence(
            "{name} may be deleted or not, and nothing is sent again by itself. Look again, which only reads, or look "
            "in the console. As long as it may exist, its id is written to standard output when you leave.",
            values,
        )
        return heading, Passage.paragraphs(deletion.reason, deletion.search, what_next)
    still = Sentence("{name} is still on the {place}. Its id is written to standard output when you leave.", values)
    return Sentence("Not deleted: {id}", values), Passage.paragraphs(deletion.reason, still)


_FORM_STAYS = Sentence(
    "The form is as it was: go back to correct it and create it again. The id is not written to standard output."
)


def _in_short(name: str) -> str:
    """Return *name* as a title can hold it on the smallest screen; the text below has all of it."""
    return name if len(name) <= _TITLE_LIMIT else name[: _TITLE_LIMIT - 1] + "…"


def _values(made: Made) -> Values:
    attempt = made.attempt
    return {"name": attempt.integration.name, "id": made.integration_id, "place": places.in_words(attempt.place)}
