"""The operator's own editor: which one it is, and how it gets the terminal and gives it back.

It runs in a process group of its own in the foreground, as a shell runs a job: Ctrl+C in it reaches neither the wizard
nor what stands with it in a pipeline, nor a shell that waits for `id=$(ncloud-integration)`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ncloud_integration.integration.sentence import ExplainedError, Sentence

_USUAL = ("sensible-editor", "editor", "nano", "vi")
_KEYBOARD, _SCREEN = 0, 2
"""Where the wizard has its terminal: standard output may be a pipe."""

_IGNORED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTOU, signal.SIGTTIN)
"""What the keyboard would signal to the wizard before and after, and the terminal to one in the background."""

_DEFAULT = ({*_IGNORED} - {signal.SIGTSTP}) | {signal.SIGPIPE, signal.SIGXFSZ}
"""What the editor is to find as any program does; Python ignores the last two.

SIGTSTP stays ignored: that is how a program is told that no shell is there to continue it.
"""

_CONTINUED_AFTER, _ENDED_WITHIN = 0.05, 1.0

_WAITING, _NOT_WAITING = Sentence("Waiting for your editor..."), b"\r\x1b[K"
_REPAIR = b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1l\x1b>\x1b[>4;0m\x1b7\x1b[r\x1b8\x1b[0m"
"""Mouse, keys, scrolling and colours as they were, after an editor that may not have come to that."""


class EditorError(ExplainedError):
    """The editor did not do its work; `sentence` says why."""


def command(variables: Mapping[str, str]) -> list[str]:
    """Return the program and the arguments that VISUAL, or else EDITOR, holds; without both, a usual editor.

    Raises:
        EditorError: there is no such program, or it may not be run.

    """
    for name in ("VISUAL", "EDITOR"):
        if variables.get(name, "").strip():
            return _named(name, variables[name])
    found = next(filter(None, map(shutil.which, _USUAL)), None)
    if found is None:
        raise EditorError(Sentence("No editor was found: set EDITOR to one that is installed, and start again."))
    return [found]


def _named(variable: str, value: str) -> list[str]:
    values = {"variable": variable, "value": value}
    try:
        program, *arguments = shlex.split(value)
    except ValueError:
        raise EditorError(
            Sentence(
                "{variable} is not a command that can be read ({value}): close its quotes, and start again.", values
            )
        ) from None
    found = shutil.which(program)
    if found is None:
        raise EditorError(
            Sentence(
                "{variable} names what cannot be found or may not be run ({value}): correct it, and start again.",
                values,
            )
        )
    return [found, *arguments]


@contextlib.contextmanager
def signals_ignored() -> Iterator[None]:
    """Ignore what the terminal signals while it changes hands."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _IGNORED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


async def run(arguments: Sequence[str], path: Path, *, is_drawn_on: bool = True) -> None:
    """Have the editor that *arguments* start edit the file at *path*, and return once it has ended well.

    Call it with `signals_ignored`, on a terminal that nobody else reads or writes. Where that *is_drawn_on*, it shows
    meanwhile that the editor is waited for, and is repaired after one that failed. Cancelled, this hangs up on the
    editor and gives it a moment to end.

    Raises:
        EditorError: it could not be started, was killed, or says that it failed.

    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[int] = loop.create_future()

    def tell(code: int) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is over
            loop.call_soon_threadsafe(ended.set_result, code)

    write = _write if is_drawn_on else _write_nothing
    with _terminal_restored(write):
        write(str(_WAITING).encode())
        process = _started(arguments, path)
        threading.Thread(target=_watch, args=(process, tell, write), daemon=True).start()
        try:
            await asyncio.wait([ended])
        except asyncio.CancelledError:
            for number in (signal.SIGHUP, signal.SIGCONT):
                _send(process, number)
            await asyncio.wait([ended], timeout=_ENDED_WITHIN)
            raise
    code = ended.result()
    if code < 0:
        raise EditorError(Sentence("Your editor was killed by signal {number}.", {"number": -code}))
    if code > 0:
        raise EditorError(Sentence("Your editor ended with code {code}.", {"code": code}))


def _started(arguments: Sequence[str], path: Path) -> int:
    """Start the editor in the foreground, and return the number of its process and its group."""
    try:
        process = os.posix_spawn(
            arguments[0],
            [*arguments, str(path)],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, _SCREEN, 1)],
            setpgroup=0,
            setsigdef=_DEFAULT,
        )
    except OSError as error:
        values = {"program": arguments[0], "reason": error.strerror or type(error).__name__}
        raise EditorError(
            Sentence("{program} cannot be started ({reason}): set EDITOR to another one, and start again.", values)
        ) from None
    with contextlib.suppress(OSError):  # a terminal that does not control this session has no foreground
        os.tcsetpgrp(_KEYBOARD, process)
    return process


def _watch(process: int, tell: Callable[[int], None], write: Callable[[bytes], None]) -> None:
    """Wait for the end of *process*, and tell its code; stopped, it goes on: there is no shell that could continue it.

    It may also have been stopped since it was faster on the terminal than the terminal was handed over.
    """
    while True:
        status = os.waitpid(process, os.WUNTRACED)[1]
        if not os.WIFSTOPPED(status):
            break
        time.sleep(_CONTINUED_AFTER)
        _send(process, signal.SIGCONT)
    code = os.waitstatus_to_exitcode(status)
    if code:
        write(_REPAIR)
    tell(code)


@contextlib.contextmanager
def _terminal_restored(write: Callable[[bytes], None]) -> Iterator[None]:
    """Have the terminal as it was, in its modes and with its foreground, whatever the editor does to it."""
    try:
        modes, foreground = termios.tcgetattr(_KEYBOARD), os.tcgetpgrp(_KEYBOARD)
        waits = {descriptor: os.get_blocking(descriptor) for descriptor in (_KEYBOARD, _SCREEN)}
    except (termios.error, OSError):  # it is gone, or controls another session
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(_KEYBOARD, termios.TCSANOW, modes)
        with contextlib.suppress(OSError):
            os.tcsetpgrp(_KEYBOARD, foreground)
        for descriptor, is_blocking in waits.items():  # the editor had the same open terminal, and this goes with it
            os.set_blocking(descriptor, is_blocking)
        write(_NOT_WAITING)


def _send(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, number)


def _write(sequence: bytes) -> None:
    with contextlib.suppress(OSError):
        os.write(_SCREEN, sequence)


def _write_nothing(_: bytes) -> None:
    """Leave a terminal alone that prints lines and nothing else."""
