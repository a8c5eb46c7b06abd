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

from ncloud_integration import language
from ncloud_integration.console import shown
from ncloud_integration.flags import Flags
from ncloud_integration.integration.sentence import Sentence, Values, printable

if TYPE_CHECKING:
    from ncloud_integration.plain.walk import PlainWizard
    from ncloud_integration.recovery.journal import Attempt
    from ncloud_integration.tui.app import Wizard
    from ncloud_integration.wizard.attempts import Attempts
    from ncloud_integration.wizard.session import Session, Start


_DUMB = ("", "dumb", "unknown")
"""What TERM says of a terminal that can show no screens: what is asked is asked line by line there."""


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
    given = sys.argv[1:] if arguments is None else arguments
    language.speak(language.chosen(language.asked_for(given), os.environ))
    with language.gettext_domain():  # argparse asks the standard library's gettext for its own words
        flags = _flags(given)
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
        _refuse(
            str(
                Sentence(
                    "the wizard needs a terminal for its keyboard (standard input) and its screens (standard error)"
                )
            )
        )
    _seal_off()
    return _run(start, flags)


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


def _run(start: Start, flags: Flags) -> int:
    import asyncio

    from ncloud_integration.wizard.session import Session

    session = Session.begin(start)
    is_plain = flags.plain or os.environ.get("TERM", "") in _DUMB
    wizard = _plain_wizard(session) if is_plain else _wizard(session, flags)
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # asyncio's own report would go over the screen, values and all
    for end in (partial(wizard.walk_on, loop), wizard.save_form):
        try:
            end()
        except Exception as error:  # noqa: BLE001, PERF203 - Python's own report would show what the error says
            wizard.report(error)
    is_written = _write([made.integration_id for made in session.attempts.created], sys.stdout)
    _write(_summary(session, wizard.crash_report, is_written=is_written), sys.stderr)
    return wizard.exit_code


def _wizard(session: Session, flags: Flags) -> Wizard:
    from ncloud_integration.tui import display
    from ncloud_integration.tui.app import Wizard

    shows = display.Display(
        is_utf8=language.is_utf8(os.environ),
        has_colors=display.has_colors(os.environ),
        is_light=display.is_light(os.environ) if flags.theme is None else flags.theme == "light",
        has_mouse=flags.mouse,
    )
    return Wizard(session, shows)


def _plain_wizard(session: Session) -> PlainWizard:
    from ncloud_integration.plain.walk import PlainWizard

    return PlainWizard(session)


def _write(lines: Sequence[str], stream: TextIO | None) -> bool:
    """Write *lines* to *stream*, and return whether they have all gone there."""
    try:
        for line in lines:
            print(shown(printable(line)), file=stream, flush=True)
    except (OSError, ValueError):
        return False
    return stream is not None


def _summary(session: Session, crash_report: str, *, is_written: bool) -> list[str]:
    said = [*_created(session.attempts, is_written=is_written), *map(_unknown, session.unknown)]
    said = said or [Sentence("Nothing was created.")]
    said += map(_still_open, session.attempts.left)
    if session.keeps_form and session.form:
        said.append(_fate(session))
    elif session.is_form_waiting:
        said.append(Sentence("A form of an earlier wizard is still kept: start again to go on with it."))
    if session.key_state.is_changing:
        said.append(
            Sentence(
                "It is not known whether the keyring has done what it was asked: the wizard ended before it answered."
            )
        )
    if crash_report:
        said.append(
            Sentence("The wizard stopped on an error of its own. Please report this, it holds nothing of yours:")
        )
    return [*map(str, said), *crash_report.splitlines()]


def _created(attempts: Attempts, *, is_written: bool) -> Iterator[Sentence]:
    """Yield what was created, that the ids are written nowhere else where that is so, and what is equal to it."""
    for made in attempts.created:
        values = {"id": made.integration_id, **_names(made.attempt)}
        yield Sentence("Created integration {id} ({name}) on the {place}.", values)
    if attempts.created and not is_written:
        yield Sentence("The id could not be written to standard output.")
    yield from _deletions(attempts)
    for made in (*attempts.created, *attempts.deleted):
        if made.twins:
            twins = {"id": made.integration_id, "ids": ", ".join(made.twins)}
            yield Sentence("Equal to {id} and new as well: {ids}. Delete what is not needed.", twins)


def _deletions(attempts: Attempts) -> Iterator[Sentence]:
    """Yield what became of all that was to be deleted, but for what is there as before."""
    from ncloud_integration.cloudinsight.outcome import Deleted

    for made in attempts.deleted:
        values = {"id": made.integration_id, **_names(made.attempt)}
        yield Sentence("Deleted integration {id} ({name}) on the {place}.", values)
        deletion = attempts.deletions[made.attempt.name]
        if isinstance(deletion, Deleted) and deletion.doubt:
            yield deletion.doubt
    for made in attempts.perhaps_deleted:
        yield Sentence(
            "It is not known whether integration {id} ({name}) on the {place} was deleted since: look in the console. "
            "Its id is on standard output, as it may exist.",
            {"id": made.integration_id, **_names(made.attempt)},
        )


def _unknown(attempt: Attempt) -> Sentence:
    return Sentence(
        "It is not known whether {name} was created on the {place}: start again to look for it, or look in the "
        "console, before you create it again.",
        _names(attempt),
    )


def _still_open(attempt: Attempt) -> Sentence:
    return Sentence(
        "An earlier attempt to create {name} on the {place} is still not settled: start again to look for it.",
        _names(attempt),
    )


def _names(attempt: Attempt) -> Values:
    from ncloud_integration.wizard import places

    return {"name": attempt.integration.name, "place": places.in_words(attempt.place)}


def _fate(session: Session) -> Sentence:
    """Return what became of the form."""
    if session.form_complaint:
        return Sentence("What you typed is lost. {reason}", {"reason": session.form_complaint})
    return Sentence("What you typed is kept, but for keys: start again to go on with it.")
