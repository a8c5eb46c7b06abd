"""What the wizard asks over its screens."""

from __future__ import annotations

import time

from ncloud_integration.recovery.draft_file import SavedForm
from ncloud_integration.recovery.journal import Attempt
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.session import Session
from ncloud_integration.tui.steps import Step


def leave(session: Session) -> Dialog:
    """Ask whether to leave; `leave` is yes."""
    count = len(session.created)
    so_far = f"Created so far: {count}; leaving writes every id to standard output. " if count else ""
    fate = "is kept, but for keys, and offered when you start again" if session.keeps_form else "will be lost"
    return Dialog(
        "Leave without creating this?",
        f"{so_far}What you typed {fate}. Press ^Q again to leave, Escape to stay.",
        stay="Stay",
        leave="Leave",
    )


def resume(saved: SavedForm) -> Dialog:
    """Ask whether to go on with a *saved* form: `resume`, `discard`, or nothing for neither."""
    form = saved.form
    return Dialog(
        "Resume where you left off?",
        f"A form was left unfinished at {local_time(saved.saved)}: {form.draft.name or 'no name yet'}, "
        f"{Step[form.step].title} step, {form.site} site. Keys are never in it.\n\n"
        "Start over deletes it. Escape keeps it for later.",
        resume="Resume",
        discard="Start over",
    )


def create_again(before: Attempt) -> Dialog:
    """Ask whether to create what the attempt *before* may have created; `again` is yes."""
    return Dialog(
        "Create it a second time?",
        f"An attempt before may have created {before.integration.name}, although no clear answer came. Look for it "
        "first: created again, there may be two, and each sends its own events.",
        keep="Do not create",
        again="Create again",
    )


def forget() -> Dialog:
    """Ask whether to report an earlier attempt no more; `forget` is yes."""
    return Dialog(
        "Forget it?",
        "It will not be reported again. Do this once you have looked in the console and know whether the integration "
        "is there.",
        keep="Keep it",
        forget="Forget it",
    )


def local_time(seconds: float) -> str:
    """Return a time in seconds since 1970 as a clock on the wall shows it."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
