"""Processes that are killed, disks that are full, and what a test asks of files."""

from __future__ import annotations

import contextlib
import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

KILLED_AT_EACH_LINE = """
import itertools, json, os, signal, sys
from pathlib import Path

def is_killed(lines, prepare):
    '''Call what *prepare* returns in a child that kills itself before its line of that number, some bytes a write.'''
    child = os.fork()
    if not child:
        write, left = os.write, lines
        os.write = lambda descriptor, content: write(descriptor, content[:50])
        def count(frame, event, argument):
            nonlocal left
            if event == "line":
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return count if "/recovery/" in frame.f_code.co_filename else None
        act = prepare()
        sys.settrace(count)
        act()
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def open_descriptors() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


@contextlib.contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextlib.contextmanager
def full_disk(size: int = 0) -> Iterator[None]:
    """Let no file grow past *size* bytes: the kernel writes what fits, and then refuses."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextlib.contextmanager
def child(program: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run *program* in a process of its own that has said "ready", and kill it (SIGKILL) in the end."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            assert running.stdout.readline() == "ready\n"
            yield running
        finally:
            running.kill()


def printed(program: str, *arguments: object) -> str:
    """Return what *program* prints in a process of its own."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=60).stdout
