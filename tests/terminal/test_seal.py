"""What the wizard knows gets neither into a core dump nor into a process that it starts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.pseudo_terminal import COMMAND, QUIT, PseudoTerminal, terminal

NAMES = ("NCLOUD_ACCESS_KEY", "NCLOUD_ACCESS_KEY_ID", "NCLOUD_SECRET_KEY", "NCLOUD_SECRET_ACCESS_KEY")
ACCESS_KEY, SECRET_KEY = "SEALEDACCESSKEY12345", "sealed-secret-key-123456789-123456789-12"
KEYS = dict(zip(NAMES, (ACCESS_KEY, ACCESS_KEY, SECRET_KEY, SECRET_KEY), strict=True))

TELL = """
import json, os, resource, sys
told = {"environment": dict(os.environ), "arguments": [*sys.argv, *sys.orig_argv], "parent": os.getppid()}
told["core"] = resource.getrlimit(resource.RLIMIT_CORE)
"""

STAND_IN = """
import keyring.backend
from pathlib import Path
Path(os.environ["TOLD"]).with_suffix(".new").write_text(json.dumps(told))
Path(os.environ["TOLD"]).with_suffix(".new").replace(os.environ["TOLD"])

class Keyring(keyring.backend.KeyringBackend):
    priority = 1
    kept = {}

    def get_password(self, service, account):
        pair = {"access_key": "KEPTACCESSKEY1234567", "secret_key": "kept-secret-key"}
        return json.dumps(pair) if account == "prod" else self.kept.get(account)

    def set_password(self, service, account, secret):
        self.kept[account] = secret

    def delete_password(self, service, account):
        del self.kept[account]
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the limits of a process")


@pytest.fixture
def keyring(tmp_path: Path) -> dict[str, str]:
    """The environment in which a stand-in is the keyring, and tells in a file what it was started with."""
    (tmp_path / "stand_in.py").write_text(TELL + STAND_IN)
    return {
        "PYTHONPATH": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "stand_in.Keyring",
        "TOLD": str(tmp_path / "told"),
    }


def account(tmp_path: Path) -> None:
    """Have an account whose keys are in the keyring."""
    path = tmp_path / ".config" / "ncloud-integration" / "accounts.json"
    path.parent.mkdir(parents=True)
    accounts = [{"name": "prod", "site": "public", "kept_in": "keyring"}]
    path.write_text(json.dumps({"version": 1, "keep_keys_in": "keyring", "accounts": accounts}))


def core_limits(process: int) -> tuple[str, ...]:
    found = re.search(r"^Max core file size +(\S+) +(\S+)", Path(f"/proc/{process}/limits").read_text(), re.MULTILINE)
    assert found
    return found.groups()


def told(path: str, wizard: PseudoTerminal) -> Any:
    """Return what the stand-in tells, once it does."""
    end = time.monotonic() + 15
    while not Path(path).exists():
        assert time.monotonic() < end, wizard.screen()
        wizard.read(0.05)
    return json.loads(Path(path).read_text())


def limited(limit: str, *command: str) -> tuple[str, ...]:
    """Return *command*, the wizard unless another is given, with a *limit* on its core dumps as the shell sets it."""
    return ("sh", "-c", f'ulimit {limit}; exec "$0" "$@"', *(command or (COMMAND,)))


@pytest.mark.parametrize("flags", [[], ["--practice"]], ids=["with keys", "practising"])
def test_no_core_of_the_wizard_is_dumped_not_even_into_a_pipe(flags: list[str]) -> None:
    with terminal(*flags, env=KEYS, command=limited("-Sc unlimited")) as wizard:
        wizard.until("Which keys")
        assert core_limits(wizard.process.pid) == ("1", "1")
        wizard.send(QUIT)
        wizard.ended()


def test_where_a_lower_limit_is_set_already_the_wizard_starts_nevertheless() -> None:
    with terminal(env=KEYS, command=limited("-c 0")) as wizard:
        wizard.until("Which keys")
        assert core_limits(wizard.process.pid) in (("1", "1"), ("0", "0"))


@pytest.mark.parametrize("variables", [KEYS, {}], ids=["keys in the environment", "none"])
def test_the_keyrings_process_is_given_no_keys_and_dumps_no_core(
    variables: dict[str, str], keyring: dict[str, str], tmp_path: Path
) -> None:
    account(tmp_path)
    env = {**variables, **keyring, "OTHER": "kept"}
    with terminal("--account", "prod", env=env, command=limited("-Sc unlimited")) as wizard:
        wizard.until("access key …4567")
        child = told(keyring["TOLD"], wizard)
        assert child["parent"] == wizard.process.pid
        assert child["core"] == [1, 1]
        assert child["environment"]["OTHER"] == "kept"
        assert not {*NAMES} & child["environment"].keys()
        assert "ncloud_integration.credentials.keyring_child" in child["arguments"]
        assert not any(key in json.dumps(child) for key in (ACCESS_KEY, SECRET_KEY))
        for key in (ACCESS_KEY, SECRET_KEY, "KEPTACCESSKEY", "kept-secret-key"):
            assert key.encode() not in wizard.written
            assert key.encode() not in Path(f"/proc/{wizard.process.pid}/cmdline").read_bytes()


def test_no_process_that_is_started_later_is_given_keys_or_dumps_a_core() -> None:
    program = """
import subprocess, sys
from ncloud_integration import cli
cli._seal_off()
subprocess.run([sys.executable, "-c", sys.argv[1]], check=True)
"""
    tell = TELL + "print(json.dumps(told))"
    command = limited("-Sc unlimited", sys.executable, "-c", program, tell)
    env = {**os.environ, **KEYS, "TEXTUAL_LOG": "/nowhere", "TEXTUAL": "debug", "OTHER": "kept"}
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=20)
    child = json.loads(done.stdout)
    assert child["core"] == [1, 1]
    assert not {*NAMES, "TEXTUAL_LOG", "TEXTUAL"} & child["environment"].keys()
    assert child["environment"]["OTHER"] == "kept"
    assert not any(key in done.stdout for key in (ACCESS_KEY, SECRET_KEY))
