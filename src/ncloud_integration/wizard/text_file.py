"""A text in a file that the operator names."""

from __future__ import annotations

from pathlib import Path

from ncloud_integration.integration.sentence import ExplainedError, Sentence

LIMIT = 256 * 1024
"""Bytes of a file that is read: a payload of 15,000 with every character escaped is far shorter."""


class UnreadableError(ExplainedError):
    """The file holds no text that could be taken; `sentence` says why."""


def read(path: str) -> str:
    """Return the text of the file at *path*, in which `~` is a home.

    Raises:
        UnreadableError: it cannot be read, is the keyboard, too large, or not in UTF-8.

    """
    try:
        with Path(path).expanduser().open("rb") as file:
            if file.isatty():
                raise UnreadableError(Sentence("{path} is the keyboard: give it a file.", {"path": path}))
            content = file.read(LIMIT + 1)
    except (OSError, ValueError, RuntimeError) as error:  # also a home that nobody has
        reason = getattr(error, "strerror", None) or Sentence("it is not a path")
        raise UnreadableError(Sentence("{path} cannot be read: {reason}.", {"path": path, "reason": reason})) from None
    if len(content) > LIMIT:
        raise UnreadableError(
            Sentence(
                "{path} is larger than {limit:,} bytes, far more than a payload may have.",
                {"path": path, "limit": LIMIT},
            )
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            Sentence(
                "{path} is not UTF-8 (byte {position:,}): convert it first.",
                {"path": path, "position": error.start + 1},
            )
        ) from None
