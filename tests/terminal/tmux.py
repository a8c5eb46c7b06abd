"""The installed command in a real terminal multiplexer: its screens as tmux has them."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_SHOW_ONLY = "set -g status off\nset -s escape-time 0\nset -g remain-on-exit on\nset -ga terminal-features ',*:RGB'\n"


class Tmux:
    """A tmux server of its own with one pane; *socket* is where it listens."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        configuration = socket.with_suffix(".conf")
        configuration.write_text(_SHOW_ONLY)
        self._command = ("tmux", "-u", "-S", str(socket), "-f", str(configuration))

    def run(self, *arguments: str) -> str:
        """Return what tmux answers to a command."""
        return subprocess.run([*self._command, *arguments], capture_output=True, text=True, check=True).stdout

    def start(self, command: str, size: tuple[int, int], env: Mapping[str, str]) -> None:
        """Run *command* in a shell on a terminal of *size*, with *env* and nothing else but a path and a home."""
        surroundings = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "LC_ALL": "C.UTF-8", **env}
        variables = [f"{name}={value}" for name, value in surroundings.items()]
        columns, rows = map(str, size)
        self.run("new-session", "-d", "-x", columns, "-y", rows, "--", "env", "-i", *variables, "sh", "-c", command)

    def send(self, *keys: str) -> None:
        """Press *keys*, by tmux's names for them."""
        self.run("send-keys", *keys)

    def screen(self, *, with_colours: bool = False) -> str:
        """Return what the pane shows."""
        shown = self.run("capture-pane", "-p", *(["-e"] if with_colours else []))
        lines = (line.rstrip() for line in shown.split("\n"))
        return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", "\n".join(lines).rstrip("\n")) + "\n"

    def until(self, condition: Callable[[str], bool] | str, seconds: float = 15) -> str:
        """Return the screen once it shows a text, or meets a *condition*; fail, showing it, after *seconds*."""
        end = time.monotonic() + seconds
        while True:
            shown = self.screen()
            if condition in shown if isinstance(condition, str) else condition(shown):
                return shown
            if time.monotonic() > end:
                raise AssertionError(f"{condition!r} is not met by the screen:\n{shown}")
            time.sleep(0.03)


@contextmanager
def tmux(folder: Path) -> Iterator[Tmux]:
    """Have a tmux server of its own, and end it."""
    server = Tmux(folder / "tmux")
    try:
        yield server
    finally:
        subprocess.run([*server._command, "kill-server"], capture_output=True, check=False)
