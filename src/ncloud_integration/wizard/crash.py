"""Where the program broke, told without a single value: Python's own report would show what the error says."""

from __future__ import annotations

import traceback
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def report(error: BaseException) -> str:
    """Return the name of *error* and the lines that led to it."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(
        [type(error).__name__, *(f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames)]
    )


def _place(filename: str) -> str:
    """Return *filename* from this package or from its library on; the rest is the operator's own."""
    path = Path(filename)
    return str(path.relative_to(_PACKAGE)) if path.is_relative_to(_PACKAGE) else "/".join(path.parts[-2:])
