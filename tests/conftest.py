"""What every test may rely on: a home of its own, an environment without keys or proxies, and one rule for skipping.

Properties are looked at with 500 examples each, always the same ones; with 10,000 random ones by
`pytest -m hypothesis --hypothesis-profile=thorough`, and with 20 where only another Python is tried (`brief`).
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ncloud_integration import language
from ncloud_integration.credentials.environment import ACCESS_KEY_NAMES, SECRET_KEY_NAMES

NO_SKIP = "NCLOUD_TEST_NO_SKIP"
"""Set in CI: a test that lacks something it needs fails there instead of being skipped."""

settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("brief", max_examples=20, deadline=None, derandomize=True)
settings.register_profile(
    "thorough",
    max_examples=10_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is
)
settings.load_profile("ci")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [
        *ACCESS_KEY_NAMES,
        *SECRET_KEY_NAMES,
        "NCLOUD_SITE",
        "NCLOUD_PROFILE",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
    ]:
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("TEXTUAL")]:
        monkeypatch.delenv(name)
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))


@functools.lru_cache(maxsize=1)
def _known_templates() -> frozenset[str]:
    """Return the templates of the catalogue, and those that tests make up."""
    from tests import catalogue

    made_up = (each.template for path in Path(__file__).parent.rglob("*.py") for each in catalogue.in_code(path))
    return frozenset(filter(None, (*(str(message.id) for message in catalogue.read(language.KOREAN)), *made_up)))


@pytest.fixture(autouse=True)
def _only_what_can_be_translated(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which a sentence is written out that no catalogue knows, for none of it stands in the source."""
    written: set[str] = set()

    def look_up(template: str) -> str:
        written.add(template)
        return template

    monkeypatch.setattr(language._Speech, "look_up", look_up)
    monkeypatch.setattr(language._Speech, "language", language.ENGLISH)
    yield
    unknown = written - _known_templates()
    assert not unknown, (
        f"no catalogue has {unknown}: write it down in its Sentence(…), and run python -m tests.catalogue"
    )


def need(*commands: str) -> None:
    """Skip the test where one of *commands* is not installed, or fail where skipping is forbidden."""
    missing = [command for command in commands if not shutil.which(command)]
    if missing:
        reason = f"needs {', '.join(missing)} (see .ci/run)"
        if os.environ.get(NO_SKIP):
            pytest.fail(reason)
        pytest.skip(reason)


def one_example_of(count: int) -> settings:
    """Return settings for a costly property: it is looked at with one example where others are with *count*."""
    return settings(max_examples=settings().max_examples // count)
