"""What the wizard asks about attempts, forms and leaving."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ncloud_integration.integration.sentence import Passage, Sentence, Text
from ncloud_integration.recovery.draft_file import SavedForm
from ncloud_integration.recovery.edited_file import LeftFile
from ncloud_integration.recovery.journal import Attempt
from ncloud_integration.wizard.attempts import Made
from ncloud_integration.wizard.question import Question
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import Step


def leave(session: Session) -> Question:
    """Ask whether to leave; `leave` is yes."""
    count = len(session.attempts.created)
    so_far = Sentence("Created so far: {count}; leaving writes every id to standard output.", {"count": count})
    return Question(
        Sentence("Leave without creating this?"),
        Passage.of(so_far if count else None, _fate(session)),
        {"stay": Sentence("Stay"), "leave": Sentence("Leave")},
        Sentence("Press ^Q again to leave, Escape to stay."),
    )


def _fate(session: Session) -> Sentence:
    """Return what becomes of what was typed."""
    if not session.form:
        return Sentence("The keys that you typed will be gone.")
    if not session.keeps_form:
        return Sentence("What you typed will be lost.")
    if session.form_complaint:
        return Sentence("What you typed will be lost. {reason}", {"reason": session.form_complaint})
    return Sentence("What you typed is kept, but for keys, and offered when you start again.")


def resume(saved: SavedForm) -> Question:
    """Ask whether to go on with a *saved* form: `resume`, `discard`, or nothing for neither."""
    form = saved.form
    return Question(
        Sentence("Resume where you left off?"),
        Passage.paragraphs(
            Sentence(
                "A form was left unfinished at {time}: {name}, {step} step, {site} site. Keys are never in it.",
                {
                    "time": local_time(saved.saved),
                    "name": form.draft.name or Sentence("no name yet"),
                    "step": Step[form.step].title,
                    "site": form.site,
                },
            ),
            Sentence("Resume takes it in place of what flags have filled in. Start over deletes it."),
        ),
        {"resume": Sentence("Resume"), "discard": Sentence("Start over")},
        Sentence("Escape keeps it for later."),
    )


def take_left(left: LeftFile) -> Question:
    """Ask what becomes of what an editor has *left*: `take` where it can be taken, `discard`, or neither."""
    beside = {"files": ", ".join(left.beside)}
    if isinstance(left.content, Sentence):
        found = Sentence("Beside it is {files}, with which your editor may recover it (vim -r).", beside)
        return Question.of(
            Sentence("Discard what your editor left?"),
            Passage.paragraphs(
                Passage.of(
                    Sentence("An earlier wizard ended while you edited its payload."),
                    left.content,
                    Sentence("The file is {path}.", {"path": str(left.path)}),
                    found if left.beside else None,
                ),
                Sentence("Discard deletes all of it. Not now keeps it."),
            ),
            later=Sentence("Not now"),
            discard=Sentence("Discard"),
        )
    found = Sentence("Beside it is {files}, with what was not saved: Take it and Discard delete that too.", beside)
    return Question.of(
        Sentence("Take what your editor saved?"),
        Passage.paragraphs(
            Passage.of(
                Sentence("An earlier wizard ended while you edited its payload."),
                Sentence(
                    "What you saved at {time} is still there ({size:,} bytes).",
                    {"time": local_time(left.saved), "size": left.size},
                ),
                found if left.beside else None,
            ),
            Sentence("Take it puts it in place of this payload. Discard deletes it. Not now keeps it for later."),
        ),
        take=Sentence("Take it"),
        discard=Sentence("Discard"),
        later=Sentence("Not now"),
    )


def create_again(before: Attempt, name: str) -> Question:
    """Ask whether to create *name* although the attempt *before* may have created: `look` is to look for that first."""
    values = {"earlier": before.integration.name, "name": name}
    if before.integration.name == name:
        title = Sentence("Create it a second time?")
        text = Sentence(
            "An attempt before may have created {earlier}, although no clear answer came. Look for it first: created "
            "again, there may be two, and each sends its own events.",
            values,
        )
    else:
        title = Sentence("Create {name} as well?", values)
        text = Sentence(
            "An attempt before may have created {earlier}, although no clear answer came. Look for it first: both may "
            "be there then, and each sends its own events.",
            values,
        )
    return Question.of(
        title,
        text,
        keep=Sentence("No"),
        look=Sentence("Look first"),
        again=Sentence("Create"),
    )


def create_twin(made: Made) -> Question:
    """Ask whether to create again what was created already; `again` is yes."""
    return Question.of(
        Sentence("Create it a second time?"),
        Sentence(
            "{name} was created already (ID {id}). Created again, there will be two, and each sends its own events.",
            {"name": made.attempt.integration.name, "id": made.integration_id},
        ),
        keep=Sentence("No"),
        again=Sentence("Create"),
    )


def cloning(integration_id: str) -> Question:
    """Say that an integration is being read; any answer goes on without it."""
    return Question.of(
        Sentence("Reading integration {id}…", {"id": integration_id}),
        Sentence("The form is filled in from it as soon as the API answers."),
        without=Sentence("Go on without"),
    )


def not_cloned(integration_id: str, reason: Sentence) -> Question:
    """Say why an integration could not be read, and ask whether to try `again` or to go on `without` it."""
    return Question.of(
        Sentence("Integration {id} could not be read", {"id": integration_id}),
        reason,
        again=Sentence("Try again"),
        without=Sentence("Go on without"),
    )


def replace_typed(names: Text) -> Question:
    """Ask whether what stands in the steps of those *names* may be replaced; `replace` is yes."""
    return Question.of(
        Sentence("Replace what is there?"),
        Sentence("What stands in these steps would be replaced and is not kept: {names}.", {"names": names}),
        keep=Sentence("No"),
        replace=Sentence("Replace"),
    )


def forget(names: Sequence[str]) -> Question:
    """Ask whether to report the attempts to create *names* no more; `forget` is yes."""
    return Question.of(
        Sentence("Forget it?") if len(names) == 1 else Sentence("Forget all {count}?", {"count": len(names)}),
        Sentence(
            "Not to be reported again: {names}. Do this once you have looked in the console and know whether it is "
            "there.",
            {"names": ", ".join(names)},
        ),
        keep=Sentence("Keep"),
        forget=Sentence("Forget"),
    )


def local_time(seconds: float) -> str | Sentence:
    """Return a time in seconds since 1970 as a clock on the wall shows it; files may hold any number."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
    except (ValueError, OverflowError, OSError):
        return Sentence("at an unknown time")
