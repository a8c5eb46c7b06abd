"""What several of these tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from tests.terminal.interrupted import ACCESS_KEY, KEYS, SECRET_KEY, Slow
from tests.terminal.scene import Scene
from tests.terminal.sentinels import Sentinels
from tests.wire.faulty_gateway import FaultyGateway


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.chdir(tmp_path)
    scene = Scene(tmp_path, Sentinels.new())
    with scene.gateway:
        yield scene
    scene.check()


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def gateway(slow: Slow) -> Iterator[FaultyGateway]:
    with FaultyGateway(slow, keys=Keys.of(ACCESS_KEY, SECRET_KEY)) as running:
        yield running
        slow.is_released.set()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ncloud-integration"


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    return {**KEYS, "XDG_STATE_HOME": str(tmp_path / "state")}
