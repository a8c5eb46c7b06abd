"""Whether the wizard is a job of a shell that would continue it once it has stopped."""

from __future__ import annotations

import os
import signal


def can_be_continued() -> bool:
    """Return whether the process's parent is a shell with job control.

    Started by `ssh host command`, as a tmux window's command, or within `$(…)`, it would be stopped for ever: its
    parent is then in another session or in the same process group, or has SIGTSTP ignored.
    """
    if _IS_IGNORED:
        return False
    try:
        parent = os.getppid()
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except OSError:
        return False


_IS_IGNORED = signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN
"""As it was before Textual put its own handler there."""
