"""OpenSSH on loopback: its real server and client, and the line between them, which can be slow, stall or be cut."""

from __future__ import annotations

import contextlib
import getpass
import os
import shlex
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.terminal.pseudo_terminal import COMMAND, PseudoTerminal

SSHD = "/usr/sbin/sshd"
_SLICES_A_SECOND = 100
_BUFFER = 2048
"""Bytes that a socket of a slow line is to hold, so that little is under way on it; Linux takes twice as many."""

_SERVER = """\
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/client_key.pub
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
AcceptEnv LANG LC_*
PrintMotd no
PrintLastLog no
PermitUserRC no
LogLevel ERROR
"""
_CLIENT = """\
Host *
    HostName 127.0.0.1
    Port {port}
    User {user}
    IdentityFile {folder}/client_key
    IdentitiesOnly yes
    IdentityAgent none
    BatchMode yes
    UserKnownHostsFile {folder}/known_hosts
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
    HostKeyAlias {alias}
    SendEnv LANG LC_*
    LogLevel ERROR
"""
_ALIAS = "ncloud-test"


class Line:
    """The line between two sockets: *rate* bytes a second each way, or as fast as it goes.

    While it `is_stalled`, nothing gets through. `carried` counts the bytes that came from the server.
    """

    def __init__(self, client: socket.socket, server: socket.socket, rate: int | None) -> None:
        self.is_stalled = self._is_cut = False
        self.carried = 0
        self._rate = rate
        self._client, self._server = client, server
        pairs = ((client, server), (server, client))
        self._threads = [threading.Thread(target=self._carry, args=pair, daemon=True) for pair in pairs]
        for thread in self._threads:
            thread.start()

    def cut(self) -> None:
        """End it, with what is still on it."""
        self._is_cut = True
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._client.close()
        self._server.close()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        at_once = max(1, self._rate // _SLICES_A_SECOND) if self._rate else 65536
        free_at = 0.0
        with contextlib.suppress(OSError):
            while data := source.recv(at_once):
                if self._rate:
                    free_at = max(free_at, time.monotonic()) + len(data) / self._rate
                    time.sleep(max(0.0, free_at - time.monotonic()))
                while self.is_stalled and not self._is_cut:
                    time.sleep(0.01)
                if self._is_cut:
                    return
                target.sendall(data)
                self.carried += len(data) if source is self._server else 0
        with contextlib.suppress(OSError):  # also where it was reset, as when a client is killed with bytes unread
            target.shutdown(socket.SHUT_WR)


class Connection:
    """A terminal on which `ssh` runs the wizard on the host, and what can be done to either."""

    def __init__(self, terminal: PseudoTerminal, server: subprocess.Popen[bytes], line: Line, note: Path) -> None:
        self.terminal = terminal
        self.line = line
        self._server = server
        self._note = note

    @property
    def wizard(self) -> int:
        """The wizard's process on the host."""
        return int(self._note.read_text())

    def kill_client(self) -> None:
        """Kill `ssh`."""
        self.terminal.process.kill()
        self.terminal.process.wait()

    def kill_server(self) -> None:
        """Kill what the server runs for this connection, and nothing that it has started for the operator."""
        for process in (*_children(self._server.pid, "sshd"), self._server.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._server.wait()

    def kill_wizard(self) -> None:
        """Kill the wizard."""
        os.kill(self.wizard, signal.SIGKILL)

    def wait_for_end(self, seconds: float = 10) -> None:
        """Return once the wizard has ended."""
        end = time.monotonic() + seconds
        while is_running(self.wizard):
            assert time.monotonic() < end, f"the wizard still runs {seconds} s after the connection was cut"
            time.sleep(0.02)

    def close(self) -> None:
        """End what is left of it."""
        self.terminal.close()
        self.line.cut()
        try:
            self._server.wait(5)
        except subprocess.TimeoutExpired:
            self.kill_server()
        with contextlib.suppress(OSError, ValueError):
            if is_running(self.wizard):
                self.kill_wizard()


class Host:
    """A host with the wizard on it, its files below *folder*, and *environment* for whoever logs in."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder / "ssh"
        self._folder.mkdir()
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        for key in ("host_key", "client_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self._folder / key], check=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(10)
        values = {"folder": self._folder, "alias": _ALIAS, "user": getpass.getuser()}
        (self._folder / "server").write_text(_SERVER.format(**values))
        (self._folder / "client").write_text(_CLIENT.format(port=self._listener.getsockname()[1], **values))
        (self._folder / "known_hosts").write_text(f"{_ALIAS} {(self._folder / 'host_key.pub').read_text()}")
        self._note, self._script = self._folder / "process", self._folder / "wizard"
        exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
        self._script.write_text(f'#!/bin/sh\n{exports}echo $$ >{self._note}\nexec {shlex.quote(COMMAND)} "$@"\n')
        self._script.chmod(0o700)

    @contextmanager
    def connected(
        self, *flags: str, rate: int | None = None, command: str | None = None, env: Mapping[str, str] | None = None
    ) -> Iterator[Connection]:
        """Run the wizard with *flags* there, or a shell *command* in which `{wizard}` stands for it."""
        wizard = shlex.join([str(self._script), *flags])
        asked = command.replace("{wizard}", wizard) if command else wizard
        self._note.unlink(missing_ok=True)
        client = ["ssh", "-F", str(self._folder / "client"), "-tt", _ALIAS, asked]
        terminal = PseudoTerminal(client, (80, 24), env or {}, pipe=False)
        try:
            server, line = self._accepted(rate)
        except OSError:
            terminal.close()
            raise
        connection = Connection(terminal, server, line, self._note)
        try:
            yield connection
        finally:
            connection.close()

    def _accepted(self, rate: int | None) -> tuple[subprocess.Popen[bytes], Line]:
        """Return the server that was started for the connection that comes next, as inetd would, and its line."""
        near, _ = self._listener.accept()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            far = socket.create_connection(listener.getsockname())
            inner, _ = listener.accept()
        for end in (near, far, inner):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if rate:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
                end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        with inner, (self._folder / "log").open("ab") as log:
            arguments = [SSHD, "-i", "-e", "-f", str(self._folder / "server")]
            server = subprocess.Popen(arguments, stdin=inner.fileno(), stdout=inner.fileno(), stderr=log)
        return server, Line(near, far, rate)

    def close(self) -> None:
        """Take no connection any more."""
        self._listener.close()


def is_running(process: int) -> bool:
    """Return whether *process* runs, or waits to."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def _children(process: int, name: str) -> Iterator[int]:
    """Yield the descendants of *process* whose name begins with *name*, the farthest first."""
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, listed.read_text().split()):
            if Path(f"/proc/{child}/comm").read_text().startswith(name):
                yield from _children(child, name)
                yield child
