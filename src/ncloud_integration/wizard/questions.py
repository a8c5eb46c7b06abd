"""What the wizard asks about attempts, forms and leaving."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ncloud_integration.integration.sentence import Sentence, printable
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
    so_far = f"Created so far: {count}; leaving writes every id to standard output. " if count else ""
    fate = "is kept, but for keys, and offered when you start again." if session.keeps_form else "will be lost."
    if session.keeps_form and session.form_complaint:
        fate = f"will be lost. {session.form_complaint}"
    what = f"What you typed {fate}" if session.form else "The keys that you typed will be gone."
    return Question.of(
        "Leave without creating this?",
        f"{so_far}{what} Press ^Q again to leave, Escape to stay.",
        stay="Stay",
        leave="Leave",
    )


def resume(saved: SavedForm) -> Question:
    """Ask whether to go on with a *saved* form: `resume`, `discard`, or nothing for neither."""
    form = saved.form
    return Question.of(
        "Resume where you left off?",
        f"A form was left unfinished at {local_time(saved.saved)}: {form.draft.name or 'no name yet'}, "
        f"{Step[form.step].title} step, {form.site} site. Keys are never in it.\n\n"
        "Resume takes it in place of what flags have filled in. Start over deletes it. Escape keeps it for later.",
        resume="Resume",
        discard="Start over",
    )


def take_left(left: LeftFile) -> Question:
    """Ask what becomes of what an editor has *left*: `take` where it can be taken, `discard`, or neither."""
    beside = printable(", ".join(left.beside))
    if isinstance(left.content, Sentence):
        found = f" Beside it is {beside}, with which your editor may recover it (vim -r)." if beside else ""
        return Question.of(
            "Discard what your editor left?",
            f"An earlier wizard ended while you edited its payload. {left.content} The file is "
            f"{printable(str(left.path))}.{found}\n\nDiscard deletes all of it. Not now, or Escape, keeps it.",
            later="Not now",
            discard="Discard",
        )
    found = f" Beside it is {beside}, with what was not saved: Take it and Discard delete that too." if beside else ""
    return Question.of(
        "Take what your editor saved?",
        f"An earlier wizard ended while you edited its payload. What you saved at {local_time(left.saved)} is still "
        f"there ({left.size:,} bytes).{found}\n\n"
        "Take it puts it in place of this payload; Ctrl+Z undoes that. Discard deletes it. Not now, or Escape, keeps "
        "it for later.",
        take="Take it",
        discard="Discard",
        later="Not now",
    )


def create_again(before: Attempt, name: str) -> Question:
    """Ask whether to create *name* although the attempt *before* may have created: `look` is to look for that first."""
    earlier = before.integration.name
    if earlier == name:
        title, risk = "Create it a second time?", "created again, there may be two, and each sends its own events"
    else:
        title, risk = f"Create {name} as well?", "both may be there then, and each sends its own events"
    return Question.of(
        title,
        f"An attempt before may have created {earlier}, although no clear answer came. Look for it first: {risk}.",
        keep="No",
        look="Look first",
        again="Create",
    )


def create_twin(made: Made) -> Question:
    """Ask whether to create again what was created already; `again` is yes."""
    return Question.of(
        "Create it a second time?",
        f"{made.attempt.integration.name} was created already (ID {made.integration_id}). Created again, there will be "
        "two, and each sends its own events.",
        keep="No",
        again="Create",
    )


def forget(names: Sequence[str]) -> Question:
    """Ask whether to report the attempts to create *names* no more; `forget` is yes."""
    return Question.of(
        "Forget it?" if len(names) == 1 else f"Forget all {len(names)}?",
        f"Not to be reported again: {', '.join(names)}. Do this once you have looked in the console and know whether "
        "it is there.",
        keep="Keep",
        forget="Forget",
    )


def local_time(seconds: float) -> str:
    """Return a time in seconds since 1970 as a clock on the wall shows it; files may hold any number."""
    try:
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
    except (ValueError, OverflowError, OSError):
        return "at an unknown time"
