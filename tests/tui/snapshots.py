"""Screens as text, held against files: a few rows say more of a screen than a hundred assertions."""

from __future__ import annotations

import os
from pathlib import Path

from ncloud_integration.tui.app import Wizard
from tests.tui.driving import text

FOLDER = Path(__file__).parent / "snapshots"
UPDATE = "UPDATE_SNAPSHOTS"


def assert_screen(app: Wizard, name: str) -> None:
    """Hold the screen against `snapshots/NAME-COLUMNSxROWS.txt`; with UPDATE_SNAPSHOTS set, write it there."""
    columns, rows = app.size
    path = FOLDER / f"{name}-{columns}x{rows}.txt"
    shown = text(app) + "\n"
    if os.environ.get(UPDATE):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown)
    assert path.exists(), f"no snapshot yet: set {UPDATE}=1 and look at what is written"
    assert shown == path.read_text()
