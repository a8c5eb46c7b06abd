"""What is written beside the screens: complaints before them, and a summary after them."""

from __future__ import annotations

import os

from ncloud_integration.language import is_utf8


def shown(text: str) -> str:
    """Return *text* as the terminal can show it: in ASCII where it is not in UTF-8."""
    if text.isascii() or is_utf8(os.environ):
        return text
    from ncloud_integration.ascii import ascii_text

    return ascii_text(text)
