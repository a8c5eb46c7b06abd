"""How long the start takes, from exec to the first echoed key, beside the smallest Textual app in the same run.

python -m tests.terminal.benchmark [--runs 9]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence

from tests.terminal.pseudo_terminal import COMMAND, PseudoTerminal

BARE = """
from textual.app import App
from textual.widgets import Input

class Bare(App):
    def compose(self):
        yield Input()

Bare().run()
"""

KEY_EVERY = 0.01


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


def main() -> None:
    """Measure both in turn, and print medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    bare, wizard = (sys.executable, "-c", BARE), (COMMAND,)
    pairs = [(seconds_to_first_echo(bare), seconds_to_first_echo(wizard)) for _ in range(runs + 1)][1:]
    ratios = sorted(ours / theirs for theirs, ours in pairs)
    print(f"first echoed key, medians of {runs} runs after one to warm up")
    print(f"  one bare Input {statistics.median(theirs for theirs, _ in pairs) * 1000:6.0f} ms")
    print(f"  the wizard     {statistics.median(ours for _, ours in pairs) * 1000:6.0f} ms")
    print(f"  ratio          {statistics.median(ratios):6.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
