"""A crash at any prompt: nothing of a key is said or written, and the terminal is as it was."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.terminal.pseudo_terminal import CTRL_C, ENTER
from tests.terminal.scene import Scene
from tests.terminal.sentinels import ForkedTerminal, Sentinels, methods
from tests.terminal.test_crashes import REPORT, WIZARDS_AT_ONCE, Crash, Crashes, prepared, printed

GUARDS = frozenset({"_Voice._write", "Terminal._give", "Terminal._seen_to"})
"""What is not broken: it says what is said, gives the terminal back, and sees to errors."""


def plain_walk(wizard: ForkedTerminal, keys: Sentinels) -> Iterator[bool]:
    """Look for an earlier attempt, type keys, take an account, and create; yield false once the wizard has ended."""
    heard = 0

    def hears(text: str) -> bool:
        nonlocal heard
        end = time.monotonic() + 30
        while text not in (said := printed(wizard.written).replace("\r\n", "\n"))[heard:]:
            if not wizard._is_alive():
                return False
            assert time.monotonic() < end, f"{text!r} was not said: {said[heard:]!r}"
            wizard.pause(0.02)
        heard = said.index(text, heard) + len(text)
        return True

    yield hears("Number (Enter for 1): ")
    os.kill(wizard.process.pid or 0, signal.SIGUSR1)
    for prompt, answer in (
        ("", f"1{ENTER}"),
        ("Passphrase: ", f"{keys.wrong_passphrase}{ENTER}"),
        ("Passphrase: ", f"{keys.passphrase}{ENTER}"),
        ("Number (Enter for 1): ", f"2{ENTER}"),
        ("Number (Enter for 1): ", f"3{ENTER}"),
        ("Access key: ", f"{keys.access_key}{ENTER}"),
        ("Secret key, not shown: ", f"{keys.secret_key}{ENTER}"),
        ("Number (Enter for 1): ", ENTER),
        ("Number (Enter for 3): ", f"1{ENTER}"),
        ("Integration name: ", f":help{ENTER}"),
        ("Integration name: ", f"x{ENTER}"),
        ("Endpoint URL: ", f"https://h.example.com/{ENTER}"),
        ("Header: ", f"a: b{ENTER}"),
        ("Header: ", f":remove a{ENTER}"),
        ("Header: ", ENTER),
        ("Number (Enter for 1): ", f"2{ENTER}"),
        ("File: ", f"/nonexistent{ENTER}"),
        ("Number (Enter for 1): ", f"3{ENTER}"),
        ("Number (Enter for 1): ", f"4{ENTER}"),
        ("ends it.\n", f"[]{ENTER}.{ENTER}"),
        ("Number (Enter for 1): ", ENTER),
        ("or :back: ", CTRL_C),
        ("Number (Enter for none): ", ENTER),
        ("or :back: ", f"create{ENTER}"),
        ("Number (Enter for 1): ", f"3{ENTER}"),
        ("Number (Enter for none): ", f"1{ENTER}"),
        ("Number (Enter for 1): ", ENTER),
    ):
        yield hears(prompt)
        wizard.send(answer)


def test_a_crash_at_any_prompt_gives_nothing_away_and_leaves_the_terminal_as_it_was(scene: Scene) -> None:
    prepared(scene)
    crashes = Crashes(scene, plain_walk, "--plain")
    found = {name: is_late for name, is_late in crashes.calls().items() if name not in GUARDS}
    calls = {name: is_late for name, is_late in found.items() if methods()[name][0].__module__.split(".")[1] == "plain"}
    with ThreadPoolExecutor(WIZARDS_AT_ONCE) as pool:
        ended = list(pool.map(lambda call: crashes.run(call[0], is_late=call[1]), calls.items()))
    assert {crash.method: crash.leaks for crash in ended if crash.leaks} == {}
    assert {crash.method: (crash.code, crash.said) for crash in ended if crash.code != _code(crash)} == {}
    assert {crash.method for crash in ended if not crash.is_broken or REPORT not in crash.said} == set()
    assert len(ended) >= 60


def _code(crash: Crash) -> int:
    """Return what a wizard has to end with by what it said last."""
    if "It is not known" in crash.said:
        return 3
    return 0 if "Created integration" in crash.said else 1
