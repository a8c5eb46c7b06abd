"""What the wizard costs beside the smallest Textual app that does the same, each in turn in the same run.

python -m tests.terminal.benchmark [--runs 9] [--keys 60]

The start is from exec to the first echoed key; a key's time goes until the last byte that it causes. Memory is the
peak of the resident set.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.terminal.pseudo_terminal import COMMAND, F8, RIGHT, PseudoTerminal, pasted
from tests.terminal.ssh_server import Host

BARE_INPUT = """
from textual.app import App
from textual.widgets import Input

class Bare(App):
    def compose(self):
        yield Input()

Bare().run()
"""

BARE_EDITOR = """
import sys
from textual.app import App
from textual.widgets import TextArea

class Bare(App):
    def compose(self):
        text = open(sys.argv[1]).read()
        editor = TextArea.code_editor(text, language="json")
        editor.cursor_blink = False  # each blink would count as part of what a paste writes
        yield editor

Bare().run()
"""

KEY_EVERY = 0.01
QUIET, SLOW_QUIET = 0.04, 0.2
SLOW_LINE = 8_000
"""Bytes a second each way."""

CHUNK = 1_000
"""Characters that are sent at once: a terminal takes no more than 4,096 bytes before they are read."""


class Cost(NamedTuple):
    """Seconds and bytes."""

    seconds: float
    bytes: int


@dataclass(frozen=True)
class Program:
    """A program, how it is started on a file with a payload, and how to get into its editor."""

    name: str
    command: Callable[[Path], Sequence[str]]
    enter: Callable[[PseudoTerminal], None]


def _into_payload(running: PseudoTerminal) -> None:
    running.until("Which keys")
    for heading in ("be called", "send its events", "go with each", "bytes"):
        running.send(F8)
        running.until(heading)


BARE = Program(
    "bare JSON editor", lambda path: (sys.executable, "-c", BARE_EDITOR, str(path)), lambda running: running.until("1")
)
WIZARD = Program(
    "the wizard",
    lambda path: (
        *(COMMAND, "--practice", "--name", "n", "--url", "https://example.com/x"),
        *("--payload", str(path)),
    ),
    _into_payload,
)


def payload(size: int, indent: int | None) -> str:
    """Return about *size* bytes of JSON with variables."""
    rows: list[dict[str, str]] = []
    text = ""
    while len(text) < size:
        rows.append(
            {"type": "section", "text": f"#{{RULE_NAME}} is #{{EVENT_STATUS}} on #{{RESOURCE_NAME}}, {len(rows)}"}
        )
        text = json.dumps({"text": "start", "blocks": rows}, indent=indent)
    return text


@contextmanager
def running(program: Program, text: str, size: tuple[int, int]) -> Iterator[PseudoTerminal]:
    """Run *program* on *text*, and be in its editor."""
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "payload.json"
        path.write_text(text)
        terminal = PseudoTerminal(program.command(path), size, {"HOME": home, "XDG_RUNTIME_DIR": home}, pipe=False)
        try:
            program.enter(terminal)
            terminal.read(0.5)
            yield terminal
        finally:
            terminal.close()


def cost(terminal: PseudoTerminal, keys: str, quiet: float = QUIET) -> Cost:
    """Return what *keys* cost until nothing more is written for *quiet* seconds."""
    begin, start = len(terminal.written), time.perf_counter()
    last = start
    for at in range(0, len(keys), CHUNK):
        terminal.send(keys[at : at + CHUNK])
        terminal.read_some(0.001)
    while time.perf_counter() - last < (quiet if len(terminal.written) > begin else 3):
        before = len(terminal.written)
        terminal.read_some(0.002)
        if len(terminal.written) > before:
            last = time.perf_counter()
    return Cost(last - start, len(terminal.written) - begin)


def keys_cost(program: Program, text: str, size: tuple[int, int], count: int) -> list[Cost]:
    """Return what each of *count* letters costs, typed into the first string that is a value."""
    with running(program, text, size) as terminal:
        return _typed(terminal, text, count, QUIET)


def keys_cost_over_ssh(program: Program, text: str, count: int, rate: int | None) -> list[Cost]:
    """Return what each of *count* letters costs over SSH on a line of *rate* bytes a second, or an unlimited one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "payload.json"
        path.write_text(text)
        host, command = Host(Path(folder), {}), shlex.join(program.command(path))
        with host.connected(command=f"HOME={folder} exec {command}", rate=rate) as connection:
            program.enter(connection.terminal)
            connection.terminal.read(2)
            return _typed(connection.terminal, text, count, SLOW_QUIET)


def _typed(terminal: PseudoTerminal, text: str, count: int, quiet: float) -> list[Cost]:
    at = text.index(': "') + 3
    terminal.send("\x1b[B" * text.count("\n", 0, at), RIGHT * (at - text.rfind("\n", 0, at) - 1))
    terminal.read(10 * quiet)
    return [cost(terminal, "z", quiet) for _ in range(count + 5)][5:]


def paste_cost(program: Program, text: str) -> Cost:
    """Return what pasting *text* into an empty editor costs."""
    with running(program, "", (80, 24)) as terminal:
        return cost(terminal, pasted(text), quiet=0.5)


def peak_memory(program: Program, text: str) -> float:
    """Return the most memory in MB that *program* has used once twenty letters were typed."""
    with running(program, text, (80, 24)) as terminal:
        for _ in range(20):
            cost(terminal, "z")
        status = Path(f"/proc/{terminal.process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def seconds_to_first_echo(command: Sequence[str]) -> float:
    """Return the seconds from starting *command* until a key that is sent over and over is on its screen."""
    with tempfile.TemporaryDirectory() as home:
        start = time.perf_counter()
        running = PseudoTerminal(command, (80, 24), {"HOME": home, "XDG_RUNTIME_DIR": home}, pipe=False)
        try:
            while time.perf_counter() - start < 20:
                if running.process.poll() is not None:
                    break
                running.send("Z")
                running.read(KEY_EVERY)
                drawn = running.written.partition(b"\x1b[?1049h")[2]
                if b"Z" in drawn:
                    return time.perf_counter() - start
            raise SystemExit(f"{command[0]} echoed nothing:\n{running.screen()}")
        finally:
            running.close()


def _print_start(runs: int) -> None:
    bare, wizard = (sys.executable, "-c", BARE_INPUT), (COMMAND,)
    pairs = [(seconds_to_first_echo(bare), seconds_to_first_echo(wizard)) for _ in range(runs + 1)][1:]
    ratios = sorted(ours / theirs for theirs, ours in pairs)
    print(f"first echoed key, medians of {runs} runs after one to warm up")
    print(f"  one bare Input   {statistics.median(theirs for theirs, _ in pairs) * 1000:6.0f} ms")
    print(f"  the wizard       {statistics.median(ours for _, ours in pairs) * 1000:6.0f} ms")
    print(f"  ratio            {statistics.median(ratios):6.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})")


def _print_keys(title: str, programs: Sequence[Program], text: str, size: tuple[int, int], count: int) -> None:
    print(f"{title}, {len(text.encode()):,} bytes, {size[0]}x{size[1]}, {count} keys")
    for program in programs:
        _print_costs(program.name, keys_cost(program, text, size, count))


def _print_ssh(text: str, count: int) -> None:
    print(f"a key in the payload over SSH, 80x24, {count} keys")
    for program in (BARE, WIZARD):
        unlimited, slow = (keys_cost_over_ssh(program, text, count, rate) for rate in (None, SLOW_LINE))
        _print_costs(f"{program.name}, unlimited line", unlimited)
        _print_costs(f"{program.name}, {SLOW_LINE / 1000:.0f} kB/s", slow)
        ratio = statistics.median(key.seconds for key in slow) / statistics.median(key.seconds for key in unlimited)
        print(f"  {'ratio':<34} {ratio:6.2f}")


def _print_costs(name: str, costs: Sequence[Cost]) -> None:
    seconds = sorted(key.seconds for key in costs)
    median, late = statistics.median(seconds), seconds[int(len(seconds) * 0.95)]
    written = statistics.median(key.bytes for key in costs)
    print(f"  {name:<34} {median * 1000:6.1f} ms   p95 {late * 1000:6.1f} ms   {written:6,.0f} bytes")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keys", type=int, default=60)
    arguments = parser.parse_args()
    _print_start(arguments.runs)
    spread, packed = payload(13_900, 2), payload(14_800, None)
    for size in ((80, 24), (200, 50)):
        _print_keys("a key in the payload", (BARE, WIZARD), spread, size, arguments.keys)
    _print_ssh(spread, arguments.keys)
    _print_keys("a key in one line", (WIZARD,), packed, (80, 24), arguments.keys)
    print("a paste of 15,000 bytes")
    for program in (BARE, WIZARD):
        pasting = paste_cost(program, payload(14_900, 2)[:15_000])
        print(f"  {program.name:<16} {pasting.seconds * 1000:6.0f} ms   {pasting.bytes:6,} bytes")
    print("peak memory in the payload")
    for program in (BARE, WIZARD):
        print(f"  {program.name:<16} {peak_memory(program, spread):6.1f} MB")


if __name__ == "__main__":
    main()
