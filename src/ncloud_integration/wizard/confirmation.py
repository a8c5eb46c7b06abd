"""What is to be known before the request is sent: the same on a screen and at a prompt."""

from __future__ import annotations

from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.draft import problems
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.wizard import questions
from ncloud_integration.wizard.question import Question
from ncloud_integration.wizard.session import Session

_NAMESAKES_SHOWN = 3


def doubts(session: Session, route_complaint: Sentence | None) -> tuple[list[Problem], list[Sentence]]:
    """Return what is wrong or doubtful with the request, and notes on what is not known.

    *route_complaint* is what is wrong with the way to the gateway.
    """
    found = [problem for problem in problems(session.draft) if not problem.is_error]
    if route_complaint:
        found.insert(0, Problem("error", "route", route_complaint))
    for namesake in session.namesakes[:_NAMESAKES_SHOWN]:
        values = {"name": session.draft.name, "id": namesake.integration_id}
        found.append(
            Problem(
                "warning",
                "name",
                Sentence(
                    "An integration named {name} is there already (ID {id}): created once more, there will be two.",
                    values,
                ),
            )
        )
    notes = []
    if session.existing_complaint:
        notes.append(
            Sentence("What is there already could not be listed: {reason}", {"reason": session.existing_complaint})
        )
    return found, notes


def question_before(session: Session) -> Question | None:
    """Return what is to be asked before it is sent, where it was, or may have been, created before: `again` is yes."""
    if session.twin:
        return questions.create_twin(session.twin)
    if session.doubles:
        return questions.create_again(session.doubles[-1], session.draft.name)
    return None
