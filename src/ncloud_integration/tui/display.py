"""What the operator's terminal can show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_WITHOUT_COLORS = ("vt52", "vt100", "vt102", "vt220")


class Display(NamedTuple):
    """A terminal: in UTF-8 or in ASCII alone, with colours or without any, dark or light, its mouse ours or its own."""

    is_utf8: bool = True
    has_colors: bool = True
    is_light: bool = False
    has_mouse: bool = False


def has_colors(variables: Mapping[str, str]) -> bool:
    """Return whether the terminal shows colours, and `NO_COLOR` (https://no-color.org) does not forbid them."""
    name = variables.get("TERM", "")
    return not variables.get("NO_COLOR") and name not in _WITHOUT_COLORS and not name.endswith(("-m", "-mono"))


def is_light(variables: Mapping[str, str]) -> bool:
    """Return whether the terminal says that its background is light, as Konsole and rxvt do: `COLORFGBG=0;15`."""
    return variables.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
