"""The command: flags in, exit code and id out. Nothing of the wizard is loaded before they are understood."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn, TextIO

from ncloud_integration.flags import Flags
from ncloud_integration.integration.sentence import Sentence, Values, printable

if TYPE_CHECKING:
    from ncloud_integration.tui.app import Wizard
    from ncloud_integration.wizard.attempts import Attempts, Made
    from ncloud_integration.wizard.session import Session, Start


def command() -> NoReturn:
    """Be the installed command: run and end the process.

    The process ends without waiting for threads: a resolver that hangs could hold one for minutes after the deadline.
    """
    try:
        code = main()
    except KeyboardInterrupt:  # before the screens, which take Ctrl+C as a key
        code = 128 + signal.SIGINT
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # None, closed pipe, closed stream
            stream.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    gc.disable()  # on again after the first paint: collecting while importing costs a tenth of the start
    flags = _flags(sys.argv[1:] if arguments is None else arguments)
    from ncloud_integration import launch
    from ncloud_integration.usage import UsageError

    try:
        start = launch.start(flags, os.environ)
    except UsageError as error:
        _refuse(str(error.sentence))
    if flags.dry_run:
        from ncloud_integration import dry_run

        return dry_run.run(start, getattr(sys.stdout, "buffer", None), sys.stderr)
    if not (_is_terminal(sys.stdin) and _is_terminal(sys.stderr)):
        _refuse("the wizard needs a terminal for its keyboard (standard input) and its screens (standard error)")
    _seal_off()
    return _run(start)


def _flags(arguments: Sequence[str]) -> Flags:
    """Return the flags of *arguments*; where there are none, there is nothing to take apart."""
    if not arguments:
        return Flags()
    from ncloud_integration.arguments import parser

    return parser().parse_args(arguments, Flags())


def _refuse(reason: str) -> NoReturn:
    from ncloud_integration.arguments import parser

    parser().error(reason)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _seal_off() -> None:
    """Let nothing that this process holds get into a core dump, a log, or a process that it starts."""
    import resource

    from ncloud_integration.credentials.environment import KEY_NAMES

    # Linux obeys a limit of 0 only where the dump is a file; 1 also stops one that is piped into a collector.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    for name in [name for name in os.environ if name in KEY_NAMES or name.startswith("TEXTUAL")]:
        del os.environ[name]  # Textual would log keys, open a debug port or save screenshots: secrets, all of them


def _run(start: Start) -> int:
    import asyncio

    from ncloud_integration.tui.app import Wizard
    from ncloud_integration.wizard.session import Session

    session = Session.begin(start)
    wizard = Wizard(session)
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # asyncio's own report would go over the screen, values and all
    for end in (partial(wizard.run, mouse=False, loop=loop), wizard.save_form):
        try:
            end()
        except Exception as error:  # noqa: BLE001, PERF203 - Python's own report would show what the error says
            wizard.report(error)
    is_written = _write([made.integration_id for made in session.attempts.created], sys.stdout)
    _write(_summary(wizard, session, is_written=is_written), sys.stderr)
    return wizard.exit_code


def _write(lines: Sequence[str], stream: TextIO | None) -> bool:
    """Write *lines* to *stream*, and return whether they have all gone there."""
    try:
        for line in lines:
            print(printable(line), file=stream, flush=True)
    except (OSError, ValueError):
        return False
    return stream is not None


def _summary(wizard: Wizard, session: Session, *, is_written: bool) -> list[str]:
    lines = [
        f"Created integration {made.integration_id} ({made.attempt.integration.name}) on the {made.attempt.place}."
        for made in session.attempts.created
    ]
    if lines and not is_written:
        lines.append("The id could not be written to standard output.")
    lines += map(str, _deletions(session.attempts))
    lines += [
        f"Equal to {made.integration_id} and new as well: {', '.join(made.twins)}. Delete what is not needed."
        for made in (*session.attempts.created, *session.attempts.deleted)
        if made.twins
    ]
    lines += [
        f"It is not known whether {attempt.integration.name} was created on the {attempt.place}: start again to look "
        "for it, or look in the console, before you create it again."
        for attempt in session.unknown
    ]
    lines = lines or ["Nothing was created."]
    lines += [
        f"An earlier attempt to create {attempt.integration.name} on the {attempt.place} is still not settled: start "
        "again to look for it."
        for attempt in session.attempts.left
    ]
    if session.keeps_form and session.form:
        kept = "What you typed is kept, but for keys: start again to go on with it."
        lines.append(f"What you typed is lost. {session.form_complaint}" if session.form_complaint else kept)
    elif session.is_form_waiting:
        lines.append("A form of an earlier wizard is still kept: start again to go on with it.")
    if session.key_state.is_changing:
        lines.append(
            "It is not known whether the keyring has done what it was asked: the wizard ended before it answered."
        )
    if wizard.crash_report:
        lines += ["The wizard stopped on an error of its own. Please report this, it holds nothing of yours:"]
        lines += wizard.crash_report.splitlines()
    return lines


def _deletions(attempts: Attempts) -> Iterator[Sentence]:
    """Yield what became of all that was to be deleted, but for what is there as before."""
    from ncloud_integration.cloudinsight.outcome import Deleted

    for made in attempts.deleted:
        yield Sentence("Deleted integration {id} ({name}) on the {place}.", _values(made))
        deletion = attempts.deletions[made.attempt.name]
        if isinstance(deletion, Deleted) and deletion.doubt:
            yield deletion.doubt
    for made in attempts.perhaps_deleted:
        yield Sentence(
            "It is not known whether integration {id} ({name}) on the {place} was deleted since: look in the console. "
            "Its id is on standard output, as it may exist.",
            _values(made),
        )


def _values(made: Made) -> Values:
    return {"id": made.integration_id, "name": made.attempt.integration.name, "place": made.attempt.place}
