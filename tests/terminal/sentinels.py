"""Fake keys that occur nowhere else, and finding them, in any form, in whatever a program leaves behind."""

from __future__ import annotations

import base64
import contextlib
import functools
import importlib
import inspect
import json
import multiprocessing
import os
import pkgutil
import random
import re
import select
import signal
import stat
import string
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pyte

from ncloud_integration import cli, plain, submission, tui, wizard
from ncloud_integration.credentials.vault_store import VaultStore
from ncloud_integration.plain import prompts
from ncloud_integration.tui.widgets import action
from ncloud_integration.wizard import draft_keeper
from tests.terminal.pseudo_terminal import NOT_FOR_PYTE, PseudoTerminal
from tests.terminal.pseudo_terminal import _set_size as set_size

WINDOW = 9
"""Characters of a sentinel that are a leak wherever they stand together: a screen shows four by design."""

_ESCAPES = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\"
    rb"|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f]"
)
_CLIPBOARD = re.compile(rb"\x1b\]52;[^;]*;([^\x07\x1b]*)")
_LETTERS = string.ascii_letters + string.digits
_SAMPLED_EVERY = 0.005


@dataclass(frozen=True)
class Sentinels:
    """What must not come out: two pairs of keys, and what opens the stores."""

    access_key: str
    secret_key: str
    other_access_key: str
    other_secret_key: str
    passphrase: str
    new_passphrase: str
    wrong_passphrase: str
    keyring_password: str

    @classmethod
    def new(cls) -> Sentinels:
        """Return new ones."""
        keys = [text for _ in range(2) for text in (_text(24, ""), _text(34, '"\\/+\\"'))]
        return cls(*keys, *(_text(22, "é\\/") for _ in range(4)))

    @property
    def by_name(self) -> dict[str, str]:
        """All of them by their names."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def _text(count: int, special: str) -> str:
    letters = random.choices(_LETTERS, k=count)  # what it starts and ends with can be shown and is no special character
    for character in special:
        letters.insert(random.randrange(8, len(letters) - 8), character)
    return "".join(letters)


def forms(text: str) -> dict[str, set[bytes]]:
    """Return what to look for to find *text*, by the form that it is in."""
    data = text.encode()
    escaped = [json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]]
    slashed = [each.replace("/", r"\/") for each in escaped]
    return {
        "plain": _windows(text),
        "JSON": set().union(*map(_windows, [*escaped, *slashed])),
        "repr": _windows(repr(text)[1:-1]),
        "URL": {each.encode() for each in (quote(text), quote(text, safe=""), quote_plus(text))},
        "hexadecimal": {data.hex().encode(), data.hex().upper().encode()},
        "Base64": {each for padding in range(3) for each in _base64(data, padding)},
    }


def _windows(text: str) -> set[bytes]:
    return {text[start : start + WINDOW].encode() for start in range(len(text) - WINDOW + 1)}


def _base64(data: bytes, padding: int) -> Iterator[bytes]:
    """Yield what stands for *data* in the Base64 of it behind *padding* bytes (modulo 3), whatever comes after it."""
    whole = base64.b64encode(bytes(padding) + data)
    end = len(whole) if (padding + len(data)) % 3 == 0 else len(whole.rstrip(b"=")) - 1
    core = whole[(0, 2, 3)[padding] : end]
    yield core
    yield core.translate(bytes.maketrans(b"+/", b"-_"))


class Hunt:
    """Looks for *texts*, which are given by their names."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._needles: dict[bytes, str] = {}
        for name, text in texts.items():
            self.add(name, text)

    def add(self, name: str, text: str) -> None:
        """Look for *text* as well."""
        for form, needles in forms(text).items():
            for needle in needles:
                self._needles.setdefault(needle, f"{name} ({form})")

    def found(self, data: bytes) -> set[str]:
        """Return what of them stands in *data*, each with its form."""
        return {name for needle, name in self._needles.items() if needle in data}

    def found_in_stream(self, written: bytes) -> set[str]:
        """Return what of them a terminal was sent: as it stands, between escape sequences, or for its clipboard."""
        clipboard = [base64.b64decode(each + b"==") for each in _CLIPBOARD.findall(written)]
        return set().union(*map(self.found, [written, _ESCAPES.sub(b"", written), *clipboard]))

    def found_in_files(self, roots: Iterable[Path], but: Iterable[Path] = ()) -> dict[str, set[str]]:
        """Return what of them is in names or contents of the files below *roots*, *but* some, by the files."""
        known = set(but)
        found = {
            path: self.found(f"{path}\n".encode() + content) for path, content in _files(roots) if path not in known
        }
        return {str(path): names for path, names in found.items() if names}


def _files(roots: Iterable[Path]) -> Iterator[tuple[Path, bytes]]:
    for root in roots:
        for path in root.rglob("*"):
            with contextlib.suppress(OSError):
                if stat.S_ISREG(path.lstat().st_mode):
                    yield path, path.read_bytes()


class _Rows(pyte.Screen):
    """A screen that remembers every row that ever stood on it."""

    def __init__(self, *size: int) -> None:
        super().__init__(*size)
        self.rows: dict[str, None] = {}

    def draw(self, data: str) -> None:
        super().draw(data)
        line = self.buffer[self.cursor.y]
        self.rows["".join([line[column].data for column in range(self.columns)])] = None


class WatchedTerminal(PseudoTerminal):
    """A process on a pseudo-terminal of which every state of the screen is kept."""

    def __init__(self, arguments: Sequence[str], size: tuple[int, int], env: Mapping[str, str]) -> None:
        super().__init__(arguments, size, env, pipe=True)
        self._screen = self._shown = _Rows(*size)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def rows(self) -> bytes:
        """All rows that the screen has shown, in UTF-8."""
        self.screen()
        return "\n".join(self._shown.rows).encode()


@dataclass
class Seen:
    """What was seen of a process while it ran: arguments and environment of its descendants, and leaks in files."""

    children: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    in_files: dict[str, set[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


@contextmanager
def watched(process: int, hunt: Hunt, roots: Iterable[Path], but: Iterable[Path] = ()) -> Iterator[Seen]:
    """Look at the descendants of *process*, and at the files below *roots* but some, again and again."""
    seen, is_over = Seen(), threading.Event()
    known: dict[Path, tuple[int, ...]] = dict.fromkeys(but, ())

    def look() -> None:
        own = _read(process, "cmdline")
        while not is_over.wait(_SAMPLED_EVERY):
            for child in _descendants(process):
                arguments, environment = _read(child, "cmdline"), _read(child, "environ")
                # before it has become another program, a child shows what its parent was started with
                if arguments and arguments != own and arguments == _read(child, "cmdline"):
                    seen.children[child] = (arguments, environment)
            for path in [path for root in roots for path in root.rglob("*")]:
                with contextlib.suppress(OSError):
                    status = path.lstat()
                    version = (status.st_ino, status.st_size, status.st_mtime_ns)
                    if stat.S_ISREG(status.st_mode) and known.get(path, version[:0]) != version and path not in but:
                        seen.files.add(path.name)
                        if names := hunt.found(f"{path}\n".encode() + path.read_bytes()):
                            seen.in_files.setdefault(str(path), set()).update(names)
                        known[path] = version

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()


def _descendants(process: int) -> Iterator[int]:
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, listed.read_text().split()):
                yield child
                yield from _descendants(child)


def _read(process: int, name: str) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/{name}").read_bytes()
    return b""


_WIZARD = [
    module.name for room in (wizard, tui, plain) for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")
]
"""The modules that an operator's keys lead through."""

_LOADED = [
    __name__,
    *_WIZARD,
    "ncloud_integration.cloudinsight.client",
    "ncloud_integration.credentials.vault",
    "ncloud_integration.credentials.keyring_store",
    "tree_sitter_json",
]


class LeakyError(Exception):
    """An error that says all that it knows."""


def methods() -> dict[str, tuple[type, str]]:
    """Return every method that the classes of the wizard's screens define, by its qualified name."""
    found = {}
    for module in _WIZARD:
        for cls in vars(importlib.import_module(module)).values():
            if inspect.isclass(cls) and cls.__module__ == module:
                names = [name for name, value in vars(cls).items() if inspect.isfunction(value)]
                found.update({f"{cls.__qualname__}.{name}": (cls, name) for name in names if not name.startswith("__")})
    return found


@dataclass(frozen=True)
class Broken:
    """A wizard of which the method of that *name* raises a `LeakyError` with *texts*; nothing is raised without a name.

    It raises when it is called for the first time or, where it `is_late`, after SIGUSR1. All that is called is written
    to *log*.
    """

    name: str
    texts: Mapping[str, str]
    log: Path
    is_late: bool = False

    def run(self, terminal: str, environment: Mapping[str, str], flags: Sequence[str]) -> None:
        """Be the command on *terminal*, in a process that was forked for that; this does not return."""
        os.setsid()
        descriptor = os.open(terminal, os.O_RDWR)
        for standard in range(3):
            os.dup2(descriptor, standard)
        sys.stdin = sys.__stdin__ = open(0, closefd=False)  # type: ignore[misc]  # noqa: SIM115
        sys.stdout = sys.__stdout__ = open(1, "w", closefd=False)  # type: ignore[misc]  # noqa: SIM115
        sys.stderr = sys.__stderr__ = open(2, "w", closefd=False)  # type: ignore[misc]  # noqa: SIM115
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = ["ncloud-integration", *flags]
        action.ARMED_AFTER, prompts.UNSEEN_SECONDS, draft_keeper.SAVED_AFTER = 0.02, 0.02, 0.05
        vars(submission)["LOOKS"] = (0.0,)
        vars(VaultStore)["__init__"].__kwdefaults__["n"] = 2**14
        self._break()
        cli.command()

    def _break(self) -> None:
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        is_typed = threading.Event()
        signal.signal(signal.SIGUSR1, lambda *_: is_typed.set())
        known: set[tuple[str, bool]] = set()

        def called(name: str) -> None:
            call = (name, is_typed.is_set())
            if self.name == name and (is_typed.is_set() or not self.is_late):
                everything = dict(self.texts)
                os.write(log, f"CRASH {name}\n".encode())
                raise LeakyError(f"It broke with {everything}", everything)
            if not self.name and call not in known:
                known.add(call)
                os.write(log, f"{name} {int(is_typed.is_set())}\n".encode())

        for name, (cls, method) in methods().items():
            if self.name in ("", name):
                _wrap(cls, method, partial(called, name))


def _wrap(cls: type, method: str, called: Callable[[], None]) -> None:
    """Have *called* called before each call of the *method* of *cls*."""
    original = vars(cls)[method]

    @functools.wraps(original)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        called()
        return original(*arguments, **options)

    @functools.wraps(original)
    async def awaited(*arguments: Any, **options: Any) -> Any:
        called()
        return await original(*arguments, **options)

    put = awaited if inspect.iscoroutinefunction(original) else wrapped
    setattr(cls, method, put)
    for handlers in vars(cls).get("_decorated_handlers", {}).values():
        handlers[:] = [(put if handler is original else handler, selectors) for handler, selectors in handlers]


class ForkedTerminal:
    """A `Broken` wizard on a pseudo-terminal, forked from a process in which all of it is loaded already."""

    _forks = multiprocessing.get_context("forkserver")
    _asking = threading.Lock()
    """Held while a process is started or asked: multiprocessing reads each exit code once, and starting asks all.

    Of two threads that ask, the later one would be told 255.
    """

    def __init__(self, wizard: Broken, environment: Mapping[str, str], flags: Sequence[str]) -> None:
        self._forks.set_forkserver_preload(_LOADED)
        self.written = b""
        self._screen = _Rows(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self._fed = 0
        self._master, self._slave = os.openpty()
        set_size(self._slave, (80, 24))
        self._before = _without_echo(self._slave)
        self.process = self._forks.Process(target=wizard.run, args=(os.ttyname(self._slave), environment, flags))
        with self._asking:
            self.process.start()

    def send(self, *keys: str) -> None:
        """Send all *keys* in one write."""
        os.write(self._master, "".join(keys).encode())

    def until(self, text: str, seconds: float = 30) -> bool:
        """Return whether the screen has come to show *text*; false once the wizard has ended."""
        end = time.monotonic() + seconds
        while text not in (shown := " ".join(self._shown().split())):
            if not self._is_alive():
                return False
            if time.monotonic() > end:
                raise AssertionError(f"{text!r} was not drawn, but {shown!r}")
            self._read(0.05)
        return True

    @property
    def rows(self) -> bytes:
        """All rows that the screen has shown, in UTF-8."""
        self._shown()
        return "\n".join(self._screen.rows).encode()

    def _shown(self) -> str:
        data = NOT_FOR_PYTE.sub(b"", self.written)
        self._stream.feed(data[self._fed :])
        self._fed = len(data)
        return "\n".join(self._screen.display)

    def pause(self, seconds: float) -> None:
        """Read what is written within *seconds*."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def ended(self, seconds: float = 30) -> int:
        """Return the exit code once the process has ended, having checked that its terminal can be used."""
        end = time.monotonic() + seconds
        while self._is_alive():
            self._read(0.02)
            if time.monotonic() > end:
                raise AssertionError(f"still running: {self.written[-2000:]!r}")
        while self._read(0):
            pass
        tail = self.written[-2000:]
        assert termios.tcgetattr(self._slave) == self._before, tail
        assert self.written.rfind(b"\x1b[?1049l") >= self.written.rfind(b"\x1b[?1049h"), tail
        assert self.written.rfind(b"\x1b[?25h") >= self.written.rfind(b"\x1b[?25l"), tail
        with self._asking:
            code = self.process.exitcode
        assert code is not None
        return code

    def close(self) -> None:
        """End what is left."""
        with self._asking:
            self.process.kill()
        while self._is_alive():
            time.sleep(0.01)
        os.close(self._master)
        os.close(self._slave)

    def _is_alive(self) -> bool:
        with self._asking:
            return self.process.is_alive()

    def _read(self, seconds: float) -> bool:
        """Read once if anything comes within *seconds*, and return whether it did."""
        is_there = bool(select.select([self._master], [], [], seconds)[0])
        if is_there:
            self.written += os.read(self._master, 65536)
        return is_there


def _without_echo(descriptor: int) -> list[Any]:
    """Have a terminal that shows nothing by itself, not even what is typed once its program has gone."""
    attributes = termios.tcgetattr(descriptor)
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
    return termios.tcgetattr(descriptor)
