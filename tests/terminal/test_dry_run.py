"""`--dry-run`: the installed command without a terminal, and what it writes run as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight import shell_command
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.site import FIN, PUBLIC
from ncloud_integration.integration import body
from ncloud_integration.integration.draft import EXAMPLE_HEADERS
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.practice.gateway import PracticeGateway
from ncloud_integration.practice.sample import PRACTICE_KEYS
from tests.conftest import need
from tests.terminal.pseudo_terminal import COMMAND, terminal

SECRET_URL = "https://hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/c1d2e3f4g5h6i7j8k9l0"
INTEGRATION = Integration('경보 "1"', SECRET_URL, (Header("X-Token", "t0k3n"),), '{"text": "값 #{VALUE}"}')


def dry_run(*flags: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the installed command with `--dry-run`, with neither keys nor a terminal."""
    return subprocess.run(
        [COMMAND, "--dry-run", *flags],
        env={"HOME": os.environ["HOME"], **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=30,
    )


def filled_in(folder: Path) -> list[str]:
    """Return the flags that fill in the integration."""
    payload = folder / "payload.json"
    payload.write_text(INTEGRATION.payload, encoding="utf-8")
    return ["--name", INTEGRATION.name, "--url", SECRET_URL, "--header", "X-Token: t0k3n", "--payload", str(payload)]


@pytest.mark.parametrize("shell", ["bash", "dash"])
def test_as_written_it_gets_an_id_from_the_practice_gateway(shell: str, tmp_path: Path) -> None:
    need(shell, "curl")
    with PracticeGateway() as gateway:
        written = dry_run("--api-url", gateway.base_url, *filled_in(tmp_path))
        keys = {
            "NCLOUD_ACCESS_KEY": PRACTICE_KEYS.access_key.reveal(),
            "NCLOUD_SECRET_KEY": PRACTICE_KEYS.secret_key.reveal(),
        }
        env = {**keys, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            [shell], input=written.stdout, env=env, capture_output=True, encoding="utf-8", check=False, timeout=30
        )
    assert (done.returncode, done.stderr) == (0, "")
    stored = gateway.store.integrations[json.loads(done.stdout)]
    assert {**json.loads(body.write(INTEGRATION)), "id": stored["id"], "updateTime": stored["updateTime"]} == stored


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "ko_KR.EUC-KR"])
def test_it_is_the_command_of_confirm_in_utf8_whatever_the_locale_is(locale: str, tmp_path: Path) -> None:
    done = dry_run("--site", "fin", "--timeout", "7", *filled_in(tmp_path), env={"LC_ALL": locale})
    assert done.returncode == 0
    assert done.stdout == shell_command.write(Gateway(FIN, FIN.base_url, 7), INTEGRATION)


def test_what_it_writes_it_takes_back(tmp_path: Path) -> None:
    written = dry_run(*filled_in(tmp_path))
    file = tmp_path / "create.sh"
    file.write_text(written.stdout, encoding="utf-8")
    again = dry_run("--from", str(file))
    assert (again.returncode, again.stdout) == (0, written.stdout)


def test_a_command_of_somebody_else_becomes_one_that_creates(tmp_path: Path) -> None:
    file = tmp_path / "call.sh"
    file.write_text(f"curl -H 'X-Token: t0k3n' \\\n  -d '{INTEGRATION.payload}' {SECRET_URL}\n", encoding="utf-8")
    done = dry_run("--from", str(file), "--name", INTEGRATION.name)
    assert done.returncode == 0
    assert done.stdout == shell_command.write(Gateway(PUBLIC, PUBLIC.base_url), INTEGRATION)


def test_warnings_and_notes_go_to_standard_error_and_stop_nothing() -> None:
    done = dry_run("--name", "a\nb", "--url", "http://h.example/")
    assert done.returncode == 0
    assert "Note: Only the first of 2 lines was kept" in done.stderr
    assert "Warning: Plain http sends events" in done.stderr
    written = Integration("a", "http://h.example/", EXAMPLE_HEADERS, "")
    assert body.write(written).decode().partition('"payload"')[0] in done.stdout


def test_errors_go_to_standard_error_and_nothing_else_is_written() -> None:
    done = dry_run("--url", "ftp://h.example/\x1b[31m")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Error: Type a name" in done.stderr
    assert "Error: The URL must be absolute" in done.stderr
    assert "\x1b" not in done.stderr


def test_it_needs_no_keys_and_takes_the_site_as_the_wizard_does() -> None:
    done = dry_run("--name", "n", "--url", "https://h.example/", env={"NCLOUD_SITE": "fin"})
    assert done.returncode == 0
    assert f"' {FIN.base_url} " in done.stdout


def test_practice_mode_has_no_gateway_to_write_it_for() -> None:
    done = dry_run("--practice")
    assert done.returncode == 2
    assert "--practice and --dry-run exclude each other" in done.stderr


def test_on_a_terminal_it_is_written_there_and_no_screen_is_shown() -> None:
    with terminal("--dry-run", "--name", "n", "--url", "https://h.example/", pipe=False) as shown:
        assert shown.ended() == 0
    assert b"curl --disable" in shown.written
    assert b"\x1b" not in shown.written


def test_a_reader_that_has_left_is_no_traceback() -> None:
    program = f"{COMMAND} --dry-run --name n --url https://h.example/ >&-; echo $?"
    done = subprocess.run(["sh", "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_nothing_of_the_screens_is_loaded() -> None:
    program = f"""
import sys
from ncloud_integration import cli
assert cli.main(["--dry-run", "--name", "n", "--url", "https://h.example/", "--api-url", {PUBLIC.base_url!r}]) == 0
print(*sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert not set(done.stderr.split()) & {"textual", "rich", "httpx", "keyring"}
