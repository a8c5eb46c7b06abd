"""A real gnome-keyring on a message bus of its own, in each state that an operator's host may have it in."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PATIENCE = 10.0
"""Seconds that a daemon may take to start or stop before the test fails."""

PASSWORD = b"password-of-the-keyring"

# No service folders: the bus of a session would start a second keyring when the first is killed, and a prompter when it
# is locked, which nobody would stop.
_BUS_SETTINGS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

# What a desktop has to ask a person with: it takes every question, tells of it, and nobody ever answers.
_DESKTOP = """\
from jeepney import MessageType, message_bus, new_method_return
from jeepney.io.blocking import Proxy, open_dbus_connection

connection = open_dbus_connection()
assert Proxy(message_bus, connection).RequestName("org.gnome.keyring.SystemPrompter") == (1,)
while True:
    print("ready", flush=True)
    message = connection.receive()
    while message.header.message_type != MessageType.method_call:
        message = connection.receive()
    print("asked", flush=True)
    connection.send(new_method_return(message))
"""


class SecretService:
    """The daemon, its bus, and the environment in which a client finds them."""

    def __init__(self, folder: Path, bus: subprocess.Popen[bytes]) -> None:
        self.environment = {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_DATA_HOME": str(folder / "data"),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/bus",
        }
        self._bus = bus
        self._keyring: subprocess.Popen[bytes] | None = None
        self._desktop: subprocess.Popen[bytes] | None = None
        self._questions = folder / "questions"

    def start(self, *, is_fresh: bool = False) -> None:
        """Start the daemon: unlocked, or *is_fresh*, with no collection to keep anything in."""
        options = ["--foreground", "--components=secrets", *([] if is_fresh else ["--unlock"])]
        self._keyring = _started("gnome-keyring-daemon", *options, environment=self._own_environment(), given=PASSWORD)
        _wait_until(self._is_there)

    def start_desktop(self) -> None:
        """Start what asks a person for a password on another screen, where nobody is."""
        with self._questions.open("wb") as questions:
            self._desktop = _started(
                sys.executable, "-c", _DESKTOP, environment=self._own_environment(), output=questions.fileno()
            )
        _wait_until(lambda: "ready" in self._questions.read_text())

    def questions(self) -> int:
        """Return how often the desktop was made to ask a person for something."""
        return self._questions.read_text().count("asked")

    def lock(self) -> None:
        """Lock the default collection, as a desktop does after a while."""
        self._ask("collection.lock()")
        assert self.is_locked()

    def is_locked(self) -> bool:
        """Return whether the default collection, which there must be, is locked."""
        return self._ask("print(collection.is_locked())") == "True\n"

    def collections(self) -> str:
        """Return what there is: the collections, which of them are locked, and what each has."""
        code = (
            "import secretstorage; "
            "print([(one.collection_path, one.is_locked(), [item.item_path for item in one.get_all_items()]) "
            "for one in secretstorage.get_all_collections(secretstorage.dbus_init())])"
        )
        return self._run("-c", code)

    def freeze(self) -> None:
        """Stop the daemon from answering anything."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self._pid, signal.SIGCONT)

    def kill(self) -> None:
        """End the daemon; the bus stays."""
        os.kill(self._pid, signal.SIGKILL)
        assert self._keyring
        self._keyring.wait(PATIENCE)

    def keep(self, account: str, secret: str) -> None:
        """Keep *secret* for *account* by keyring's own command, as an operator may do by hand."""
        self._run("-m", "keyring", "set", "ncloud-integration", account, given=secret)

    def kept(self, account: str) -> str:
        """Return what keyring's own command says is kept for *account*."""
        return self._run("-m", "keyring", "get", "ncloud-integration", account).removesuffix("\n")

    def is_kept(self, account: str) -> bool:
        """Return whether keyring itself finds anything for *account*."""
        code = "import keyring, sys; print(keyring.get_password('ncloud-integration', sys.argv[1]) is not None)"
        return self._run("-c", code, account) == "True\n"

    def stop(self) -> None:
        """End daemon and bus, frozen or not."""
        for child in (self._desktop, self._keyring, self._bus):
            if child:
                child.kill()
                child.wait(PATIENCE)

    @property
    def _pid(self) -> int:
        assert self._keyring
        return self._keyring.pid

    def _own_environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **self.environment}

    def _is_there(self) -> bool:
        code = "import secretstorage; print(secretstorage.check_service_availability(secretstorage.dbus_init()))"
        return self._run("-c", code) == "True\n"

    def _ask(self, statement: str) -> str:
        code = "import secretstorage; collection = secretstorage.get_default_collection(secretstorage.dbus_init()); "
        return self._run("-c", code + statement)

    def _run(self, *arguments: str, given: str = "") -> str:
        finished = subprocess.run(
            [sys.executable, *arguments],
            input=given,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
            env=self._own_environment(),
        )
        return finished.stdout


@contextlib.contextmanager
def secret_service() -> Iterator[SecretService]:
    """Yield a private bus, on which a keyring may be started; both are gone after it."""
    with tempfile.TemporaryDirectory(prefix="keyring-", ignore_cleanup_errors=True) as name:
        folder = Path(name)  # not below tmp_path: a socket's path may have 107 bytes
        settings = folder / "bus.conf"
        settings.write_text(_BUS_SETTINGS.format(folder=folder))
        bus = _started("dbus-daemon", f"--config-file={settings}", "--nofork", environment={"HOME": name})
        service = SecretService(folder, bus)
        try:
            _wait_until((folder / "bus").exists)
            yield service
        finally:
            service.stop()


def _started(
    command: str, *options: str, environment: dict[str, str], given: bytes = b"", output: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    child = subprocess.Popen(
        [shutil.which(command) or command, *options],
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    assert child.stdin
    with contextlib.suppress(BrokenPipeError), child.stdin:
        child.stdin.write(given)
    return child


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "a daemon did not start"
        time.sleep(0.01)
