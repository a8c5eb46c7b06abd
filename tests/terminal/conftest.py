"""What the tests of leaks share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.scene import Scene
from tests.terminal.sentinels import Sentinels


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.chdir(tmp_path)
    scene = Scene(tmp_path, Sentinels.new())
    with scene.gateway:
        yield scene
    scene.check()
