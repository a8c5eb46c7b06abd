"""The request as a shell command, run by real shells with a real curl: what arrives, and what it gives away."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight import shell_command
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.site import GOV, PUBLIC
from ncloud_integration.integration import body
from ncloud_integration.integration.draft import unchecked
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.practice.gateway import PracticeGateway
from ncloud_integration.practice.sample import PRACTICE_DRAFT, PRACTICE_KEYS
from tests.conftest import need
from tests.wire.servers import Connection, Server, answer, reply

ACCESS_KEY, SECRET_KEY = PRACTICE_KEYS.access_key.reveal(), PRACTICE_KEYS.secret_key.reveal()
KEYS = {"NCLOUD_ACCESS_KEY": ACCESS_KEY, "NCLOUD_SECRET_KEY": SECRET_KEY}
CREATED = reply(answer(200, b'"999"'))
PYTHON = Path(sys.executable).with_name("python3")
URL_SECRET, HEADER_SECRET = "T0AAAAAAA/B0BBBBBBB/c1d2e3f4g5h6i7j8k9l0", "Bearer abcdefgh12345678"
SENSITIVE = Integration(
    "alerts", f"https://hooks.slack.com/services/{URL_SECRET}", (Header("Authorization", HEADER_SECRET),), "{}"
)
INTEGRATIONS = {
    "the example": unchecked(PRACTICE_DRAFT),
    "a secret": SENSITIVE,
    "all that means something to a shell or to curl": Integration(
        """'"\\$`!${IFS}$(id)`id`""", "https://e.example/?a=$HOME&b='\"", (Header("x", "@-"),), "@/etc/passwd"
    ),
    "the end of the body": Integration("END_OF_BODY", "https://e.example/", (), "\nEND_OF_BODY\nEND_OF_BODY | curl\n"),
    "every ASCII character": Integration("n", "https://e.example/", (), "".join(map(chr, range(128)))),
    "bytes that shells use for themselves": Integration(
        "".join(map(chr, range(0x80, 0x250))), "https://e.example/훅", (), "서버 경보 🚨 \u2028\ufeff끝\r\n"
    ),
    "no header and no payload": Integration("n", "https://e.example/", (), ""),
    "the longest payload": Integration("n", "https://e.example/", (), '"\\' * 7_500),
}


@pytest.fixture(params=["bash", "dash"])
def shell(request: pytest.FixtureRequest) -> str:
    shell: str = request.param
    need(shell, "curl")
    return shell


def run(
    shell: str, server: Server | PracticeGateway, env: Mapping[str, str] = KEYS, *, timeout: float = 30
) -> subprocess.CompletedProcess[str]:
    """Run the command for the integration with secrets, in a file, against *server*."""
    address = server.address if isinstance(server, Server) else server.base_url
    return run_command(shell, shell_command.write(Gateway(PUBLIC, address, timeout), SENSITIVE), env)


def run_command(shell: str, command: str, env: Mapping[str, str] = KEYS) -> subprocess.CompletedProcess[str]:
    file = Path("command.sh")
    file.write_text(command, encoding="utf-8")
    surroundings = {"PATH": f"{PYTHON.parent}:{os.environ['PATH']}", "HOME": os.environ["HOME"], **env}
    return subprocess.run([shell, file], env=surroundings, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", INTEGRATIONS)
def test_what_arrives_is_what_the_wizard_sends(shell: str, name: str) -> None:
    with Server(CREATED) as server:
        done = run_command(shell, shell_command.write(Gateway(GOV, server.address), INTEGRATIONS[name]))
    assert (done.returncode, done.stdout, done.stderr) == (0, '"999"\n', "")
    (request,) = server.requests
    assert request.body == body.write(INTEGRATIONS[name])
    assert request.header("content-type") == request.header("accept") == "application/json"
    assert request.header("x-ncp-dmn_cd") == "GOV"


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "ko_KR.EUC-KR"])
def test_it_gets_an_id_from_the_practice_gateway(shell: str, locale: str) -> None:
    with PracticeGateway() as gateway:
        done = run(shell, gateway, {**KEYS, "LC_ALL": locale})
    integration_id = json.loads(done.stdout)
    assert done.returncode == 0
    stored = gateway.store.integrations[integration_id]
    assert stored == {**json.loads(body.write(SENSITIVE)), "id": integration_id, "updateTime": stored["updateTime"]}


@pytest.mark.parametrize("missing", KEYS)
@pytest.mark.parametrize("value", [None, "", "  ", "a b", "k\nx-evil: 1"])
def test_without_a_key_it_says_which_and_sends_nothing(shell: str, missing: str, value: str | None) -> None:
    env = {name: key for name, key in {**KEYS, missing: value}.items() if key is not None}
    with Server(CREATED) as server:
        done = run(shell, server, env)
    assert done.returncode != 0
    assert f"{missing} is not set to a key: nothing was sent." in done.stderr
    assert not server.connections
    assert not done.stdout.strip()


def test_without_python_it_sends_nothing(shell: str, tmp_path: Path) -> None:
    (tmp_path / "curl").symlink_to(str(shutil.which("curl")))
    shell = str(shutil.which(shell))
    with Server(CREATED) as server:
        done = run(shell, server, {**KEYS, "PATH": str(tmp_path)})
    assert done.returncode != 0
    assert not server.connections


def test_a_refusal_fails_and_shows_what_the_api_says(shell: str) -> None:
    with PracticeGateway() as gateway:
        done = run(shell, gateway, {**KEYS, "NCLOUD_SECRET_KEY": "wrong"})
    assert done.returncode == 22
    assert "401" in done.stderr
    assert json.loads(done.stdout)["error"]["errorCode"] == "200"
    assert not gateway.store.integrations


def test_a_redirect_fails_and_is_not_followed(shell: str) -> None:
    with Server(CREATED) as other, Server(reply(answer(307, b"", f"location: {other.address}/"))) as server:
        done = run(shell, server)
    assert done.returncode != 0
    assert server.posts == 1
    assert not other.connections


def test_it_waits_no_longer_than_the_timeout_and_sends_once(shell: str) -> None:
    def silent(connection: Connection) -> None:
        connection.read()
        connection.is_left()

    with Server(silent) as server:
        done = run(shell, server, timeout=0.5)
    assert done.returncode == 28
    assert server.posts == 1


def test_a_lost_answer_is_not_asked_for_again(shell: str) -> None:
    def dropped(connection: Connection) -> None:
        connection.read()
        connection.reset()

    with Server(dropped) as server:
        done = run(shell, server)
    assert done.returncode != 0
    assert server.connections == server.posts == 1


def test_nothing_of_the_surroundings_has_a_say(shell: str, tmp_path: Path) -> None:
    (tmp_path / ".curlrc").write_text('header = "x-of-curlrc: 1"\nverbose\n')
    (tmp_path / "hmac.py").write_text("raise SystemExit('this is not hmac')\n")
    with Server(CREATED) as server:
        done = run(shell, server, {**KEYS, "http_proxy": "http://127.0.0.1:1", "PYTHONPATH": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")
    assert "x-of-curlrc" not in dict(server.requests[0].headers)


def test_no_argument_list_holds_a_key_a_signature_or_a_secret(shell: str, tmp_path: Path) -> None:
    # Every command that it runs is looked at as it starts, and all processes there are while curl waits.
    tools, log, seen = tmp_path / "tools", tmp_path / "log", bytearray()
    tools.mkdir()
    for tool, path in (("curl", shutil.which("curl")), ("python3", PYTHON)):
        (tools / tool).write_text(f'#!/bin/sh\nprintf "%s\\n" "$0" "$@" >>{log}\nexec {path} "$@"\n')
        (tools / tool).chmod(0o700)
    has_looked = threading.Event()

    def looking(connection: Connection) -> None:
        connection.read()
        for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):  # a process that has ended meanwhile
                seen.extend(cmdline.read_bytes())
        has_looked.set()
        connection.send(answer(200, b'"999"'))

    with Server(looking) as server:
        done = run(str(shutil.which(shell)), server, {**KEYS, "PATH": str(tools)})
    assert done.returncode == 0, done.stderr
    started = log.read_bytes()
    assert has_looked.is_set()
    assert started.count(b"/tools/") == 2
    assert Path("/proc/self/cmdline").exists() is (b"--config" in seen)
    signature = server.requests[0].header("x-ncp-apigw-signature-v2")
    for secret in (ACCESS_KEY, SECRET_KEY, signature, URL_SECRET, HEADER_SECRET):
        assert secret.encode() not in started + seen


def test_a_trace_of_the_shell_gives_nothing_away(shell: str) -> None:
    with Server(CREATED) as server:
        command = shell_command.write(Gateway(PUBLIC, server.address), SENSITIVE)
        done = run_command(shell, f"set -xv; eval \"$(cat <<'X'\n{command}X\n)\" 2>trace", KEYS)
    trace = Path("trace").read_text() + done.stderr
    assert "--config" in trace
    assert ACCESS_KEY not in trace
    assert SECRET_KEY not in trace
    assert server.requests[0].header("x-ncp-apigw-signature-v2") not in trace
