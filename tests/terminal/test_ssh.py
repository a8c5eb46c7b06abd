"""Over a real SSH server: the walk, a connection that is cut anywhere, and a line of 8 kB a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import need
from tests.terminal.interrupted import (
    ACCESS_KEY,
    FILLED,
    GIVEN,
    SCREENS,
    SECRET_KEY,
    TYPED,
    Slow,
    cpu_seconds,
    create,
    drafts,
    states,
)
from tests.terminal.pseudo_terminal import DOWN, ENTER, F8, QUIT, RIGHT, TAB, PseudoTerminal
from tests.terminal.ssh_server import SSHD, Connection, Host
from tests.terminal.test_bytes import payload
from tests.wire.faulty_gateway import FaultyGateway

SLOW_LINE = 8_000
"""Bytes a second each way."""


@pytest.fixture
def host(tmp_path: Path, surroundings: dict[str, str]) -> Iterator[Host]:
    need("ssh", "ssh-keygen", SSHD)
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    host = Host(tmp_path, {**home, **surroundings})
    yield host
    host.close()


def kill_client(connection: Connection) -> None:
    connection.kill_client()


def kill_server(connection: Connection) -> None:
    connection.kill_server()


def lose_the_line(connection: Connection) -> None:
    """Have the line let nothing through for a while, and then end, as when a network goes."""
    connection.line.is_stalled = True
    used = cpu_seconds(connection.wizard)
    connection.terminal.send("lost")
    time.sleep(0.5)
    assert cpu_seconds(connection.wizard) - used < 0.3
    connection.line.cut()


any_cut = pytest.mark.parametrize("cut", [kill_client, kill_server, lose_the_line])


def test_the_walk_to_an_id_and_what_ssh_brings_along(host: Host) -> None:
    with host.connected("--practice", env={"LANG": "en_GB.UTF-8"}, command="echo $TERM $LANG; {wizard}") as connection:
        terminal = connection.terminal
        terminal.until("Which keys")
        assert b"xterm-256color en_GB.UTF-8" in terminal.written
        assert b"38;5;" in terminal.written
        assert b"38;2;" not in terminal.written  # ssh does not tell the host of true colours
        terminal.send(F8, "한글", F8 * 4)
        terminal.until("Create this integration?")
        terminal.armed()
        terminal.send(ENTER)
        terminal.until("Integration ID: 1001")
        terminal.armed()
        terminal.send(ENTER)
        assert terminal.ended() == 0
        assert "1001" in terminal.parting_words().splitlines()


def test_the_id_is_a_value_for_the_shell_on_the_host(host: Host) -> None:
    command = 'id=$({wizard}); code=$?; echo "made <$id>"; exit $((code + 40))'
    with host.connected("--practice", command=command) as connection:
        terminal = connection.terminal
        terminal.until("Which keys")
        terminal.send(F8, "x", F8 * 4)
        terminal.until("Create this integration?")
        terminal.armed()
        terminal.send(ENTER)
        terminal.until("Integration ID: 1001")
        terminal.armed()
        terminal.send(ENTER)
        assert terminal.ended() == 40
        assert "made <1001>" in terminal.parting_words()


@any_cut
def test_a_connection_that_is_cut_on_any_screen_loses_nothing_that_was_typed(
    cut: Callable[[Connection], None], host: Host, state: Path, tmp_path: Path
) -> None:
    given = tmp_path / "payload"
    given.write_text(GIVEN)
    for step, (heading, keys) in enumerate(SCREENS):
        flags = () if step > 1 else ("--payload", str(given))
        with host.connected(*flags) as connection:
            if step > 1:
                resume(connection.terminal, step - 1)
            else:
                connection.terminal.until("Which keys")
            connection.terminal.send(*keys)
            connection.terminal.until(heading)
            connection.terminal.read(0.3)
            cut(connection)
            connection.wait_for_end()
        saved = drafts(state)
        assert [form["name"] for form in saved] == [TYPED["name"]] * (step > 0)
        for form in saved:
            assert [form[field] for field in tuple(TYPED)[:step]] == list(TYPED.values())[:step]


def resume(terminal: PseudoTerminal, steps: int) -> None:
    """Take the form that is offered, and go on to where it was left after that many *steps*."""
    terminal.until("Resume where you left off?")
    terminal.armed()
    terminal.send(ENTER)
    terminal.until("The form is as you left it")
    terminal.send(F8 * steps)
    terminal.until(SCREENS[steps][0])
    terminal.read(0.3)


@any_cut
def test_a_connection_that_is_cut_before_a_question_is_answered(
    cut: Callable[[Connection], None], host: Host, state: Path
) -> None:
    with host.connected() as connection:
        connection.terminal.until("Which keys")
        connection.terminal.send(F8, "typed")
        connection.terminal.until("typed")
        connection.terminal.send(QUIT)
        connection.terminal.until("Leave without creating this?")
        cut(connection)
        connection.wait_for_end()
    assert [form["name"] for form in drafts(state)] == ["typed"]
    with host.connected() as connection:
        connection.terminal.until("Resume where you left off?")
        cut(connection)
        connection.wait_for_end()
    assert [form["name"] for form in drafts(state)] == ["typed"]


@any_cut
def test_keys_that_were_being_typed_are_gone_with_the_connection(
    cut: Callable[[Connection], None], tmp_path: Path, state: Path
) -> None:
    need("ssh", "ssh-keygen", SSHD)
    host = Host(tmp_path, {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")})
    with host.connected() as connection:
        connection.terminal.until("Which keys")
        connection.terminal.send(ACCESS_KEY, TAB, SECRET_KEY)
        connection.terminal.until("keys as typed")
        cut(connection)
        connection.wait_for_end()
    host.close()
    assert drafts(state) == []
    written = [path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in written if ACCESS_KEY in text or SECRET_KEY in text]


@any_cut
def test_a_connection_that_is_cut_mid_post_never_makes_it_two(
    cut: Callable[[Connection], None], host: Host, gateway: FaultyGateway, slow: Slow, state: Path
) -> None:
    with host.connected("--api-url", gateway.base_url, *FILLED) as connection:
        create(connection.terminal)
        assert slow.is_stored.wait(10)
        cut(connection)
        time.sleep(0.5)
        used = cpu_seconds(connection.wizard)
        time.sleep(0.5)
        assert cpu_seconds(connection.wizard) - used < 0.2
        assert states(state) == ["sending"]
        slow.is_released.set()
        connection.wait_for_end()
    assert states(state) == ["created"]
    assert drafts(state) == []
    assert gateway.creates == 1


def test_what_was_being_sent_when_host_and_connection_went_is_found(
    host: Host, gateway: FaultyGateway, slow: Slow, state: Path
) -> None:
    with host.connected("--api-url", gateway.base_url, *FILLED) as connection:
        create(connection.terminal)
        assert slow.is_stored.wait(10)
        connection.kill_wizard()
        connection.kill_server()
    assert states(state) == ["sending"]
    with host.connected("--api-url", gateway.base_url) as connection:
        terminal = connection.terminal
        terminal.until("Earlier attempts may have created")
        terminal.send(F8 * 3)
        terminal.armed()
        terminal.send(ENTER)
        terminal.until("It exists: 1001")
        terminal.send(QUIT)
        assert terminal.ended() == 0
        assert "1001" in terminal.parting_words().splitlines()
    assert gateway.creates == 1


def test_a_slow_line_is_never_behind_what_is_typed(host: Host, tmp_path: Path) -> None:
    keys, every = 50, 0.1
    path = tmp_path / "payload.json"
    path.write_text(payload())
    with host.connected(*FILLED, "--payload", str(path), "--no-draft", rate=SLOW_LINE) as connection:
        terminal = connection.terminal
        terminal.until("Which keys")
        for heading in ("be called", "Where should", "Which headers", "What should"):
            terminal.send(F8)
            terminal.until(heading)
        terminal.send(DOWN, RIGHT * 11)
        terminal.read(1)
        start = connection.line.carried
        for _ in range(keys):
            terminal.send("z")
            terminal.read(every)
        terminal.until("z" * keys)
        carried = connection.line.carried - start
        assert carried < keys * every * SLOW_LINE / 2, f"{carried / keys:.0f} bytes a key"
