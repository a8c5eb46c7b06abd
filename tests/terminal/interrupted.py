"""Wizards that are interrupted: what is typed before, an API that answers late, and what has to be left."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

from tests.terminal.pseudo_terminal import ENTER, F8, RIGHT, TAB, PseudoTerminal, pasted
from tests.wire.faulty_gateway import Serve, say
from tests.wire.servers import Connection, Request

ACCESS_KEY, SECRET_KEY = "TESTACCESSKEY1234567", "test-secret-key-1234567890-1234567890-12"
KEYS = {"NCLOUD_ACCESS_KEY": ACCESS_KEY, "NCLOUD_SECRET_KEY": SECRET_KEY}
FILLED = ("--name", "n", "--url", "https://h.example.com/x")


class Slow:
    """A script that stores a create, and answers it when `is_released` is set."""

    def __init__(self) -> None:
        self.is_stored, self.is_released = threading.Event(), threading.Event()

    def __call__(self, connection: Connection, _: Request, serve: Serve) -> None:
        reply = serve()
        self.is_stored.set()
        self.is_released.wait(8)
        say(connection, reply)


GIVEN = '{"번호": #{VALUE}, "말": "\\"#{RULE_NAME}\\""}'
TYPED = {
    "name": "서버 경보 🚨",
    "url": "https://h.example.com/x?팀=운영",
    "headers": [["x-team", "ops 1"]],
    "payload": GIVEN.replace("{", '{"새 줄": "\\n",', 1),
}
SCREENS = (
    ("Which keys", ()),
    ("be called", (F8, str(TYPED["name"]))),
    ("Where should", (F8, str(TYPED["url"]))),
    ("Which headers", (F8, TAB, TAB, ENTER, ENTER, "x-team", TAB, "ops 1")),
    ("What should", (F8, RIGHT, pasted('"새 줄": "\\n",'))),
    ("Create this", (F8,)),
)
"""What each screen says, and what is typed to come to it and on it."""


def create(wizard: PseudoTerminal) -> None:
    wizard.until("Which keys")
    wizard.send(F8 * 5)
    wizard.until("Create this integration?")
    wizard.armed()
    wizard.send(ENTER)


def states(state: Path) -> list[str]:
    """Return the state that each attempt's file ends with."""
    files = sorted((state / "attempts").iterdir())
    return [json.loads(path.read_text().rstrip().splitlines()[-1])["state"] for path in files]


def drafts(state: Path) -> list[dict[str, object]]:
    """Return what is saved of forms, having checked that nobody else can read it."""
    files = sorted((state / "drafts").glob("*")) if (state / "drafts").exists() else []
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert SECRET_KEY not in path.read_text()
        assert ACCESS_KEY not in path.read_text()
    return [json.loads(path.read_text()) for path in files]


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
