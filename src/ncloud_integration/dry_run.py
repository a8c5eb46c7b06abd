"""`--dry-run`: what Create would send, written as a shell command, without a terminal or a key."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import BinaryIO, TextIO

from ncloud_integration.cloudinsight import shell_command
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.integration.draft import problems, unchecked
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.wizard.session import Start

EXIT_WRITTEN, EXIT_NOT_WRITTEN, EXIT_PROBLEMS = 0, 1, 2


def run(start: Start, output: BinaryIO | None, complaints: TextIO | None) -> int:
    """Write the command for the form of *start* to *output*, and what is wrong or doubtful with it to *complaints*.

    Return the exit code: where there is an error, no command is written. It is in UTF-8 whatever the locale is, since
    its bytes are those that are sent.
    """
    if complaints is not None:
        with contextlib.suppress(OSError, ValueError):
            complaints.writelines(f"{sentence}\n" for sentence in _said(start))
    if any(problem.is_error for problem in problems(start.draft)):
        return EXIT_PROBLEMS
    gateway = Gateway(start.site, start.api_url or start.site.base_url, start.timeout)
    command = shell_command.write(gateway, unchecked(start.draft)).encode()
    return EXIT_WRITTEN if _has_written(command, output) else EXIT_NOT_WRITTEN


def _said(start: Start) -> Iterator[Sentence]:
    """Yield what was changed in what was given, and each problem of the form."""
    for notes in start.notes.values():
        for note in notes:
            yield Sentence("Note: {sentence}", {"sentence": note})
    for problem in problems(start.draft):
        values = {"sentence": problem.sentence}
        yield Sentence("Error: {sentence}", values) if problem.is_error else Sentence("Warning: {sentence}", values)


def _has_written(command: bytes, output: BinaryIO | None) -> bool:
    """Write all of *command*, and return whether it has gone there."""
    if output is None:
        return False
    try:
        output.write(command)
        output.flush()
    except (OSError, ValueError):
        return False
    return True
