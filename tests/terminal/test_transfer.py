"""The data transfer test in a terminal: in practice mode to its end, and cut off in the middle."""

from __future__ import annotations

import signal
import time

import pytest

from tests.terminal.pseudo_terminal import ENTER, ESCAPE, F8, F9, QUIT, PseudoTerminal, terminal
from tests.wire.servers import Connection, Server

KEYS = {"NCLOUD_ACCESS_KEY": "TRANSFERACCESSKEY012", "NCLOUD_SECRET_KEY": "transfer-secret-key-0123456789-012345678"}


def silence(connection: Connection) -> None:
    connection.read()
    connection.is_left()


def send(wizard: PseudoTerminal) -> None:
    """Ask for the test, and confirm it once that can be done."""
    wizard.send(F9)
    wizard.until("Send a test event?")
    wizard.armed()
    wizard.send(ENTER)


@pytest.mark.parametrize("size", [(40, 12), (80, 24)], ids="{0[0]}x{0[1]}".format)
def test_in_practice_mode_the_receiver_answers_on_payload_and_on_confirm(size: tuple[int, int]) -> None:
    with terminal("--practice", size=size) as wizard:
        wizard.until("Which keys" if size != (40, 12) else "Access key")
        wizard.send(F8 * 4)
        wizard.until("● Payload")
        for step in ("● Payload", "● Confirm"):
            wizard.until(step)
            send(wizard)
            wizard.until("The event was accepted")
            wizard.until('"message": "Received."' if size != (40, 12) else "HTTP 200 (OK)")
            wizard.armed()
            wizard.send(ENTER)
            wizard.read(0.3)
            wizard.send(F8)
        wizard.until("● Confirm")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
        wizard.armed()
        wizard.send(ENTER)
        assert wizard.ended() == 0
        assert wizard.output() == "1001\n"


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP, "hang up", QUIT, ESCAPE])
def test_a_test_that_runs_keeps_nobody(end: signal.Signals | str) -> None:
    with Server(silence) as endpoint:
        flags = ("--name", "a", "--url", endpoint.address, "--api-url", "http://127.0.0.1:9", "--timeout", "60")
        with terminal(*flags, env=KEYS) as wizard:
            wizard.until("Next uses the environment")
            wizard.send(F8 * 4)
            wizard.until("● Payload")
            send(wizard)
            wizard.until("Waiting for an answer…")
            wizard.armed()
            begun = time.monotonic()
            if isinstance(end, signal.Signals):
                wizard.process.send_signal(end)
            elif end == "hang up":
                wizard.hang_up()
            elif end == QUIT:
                wizard.send(QUIT)
            else:
                wizard.send(ESCAPE)
                wizard.until("it may have arrived")
                wizard.send(QUIT)
            code = wizard.process.wait(10) if end == "hang up" else wizard.ended()
            assert time.monotonic() - begun < 10
            assert code == (128 + end if isinstance(end, signal.Signals) else 129 if end == "hang up" else 1)
    assert endpoint.posts == 1
