"""Keys in a real keyring: what is kept is found, and whatever state the keyring is in, an answer comes in time."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.credentials import keyring_store
from ncloud_integration.credentials.keyring_store import KeyringError, find, keep
from tests.conftest import need
from tests.secret_service.daemon import SecretService, secret_service

pytestmark = pytest.mark.anyio

ACCESS_KEY = "ACCESSKEY0123456789A"
SECRET_KEY = "SecretKey0123456789abcdefABCDEF0123456789"
KEYS = Keys.of(ACCESS_KEY, SECRET_KEY)
OTHER_KEYS = Keys.of("OTHERACCESSKEY012345", "OtherSecretKey0123456789abcdefABCDEF01234")

SOON = 4.0
"""Seconds within which a look that nobody asked for must have ended."""


@pytest.fixture(scope="module")
def _shared_service() -> Iterator[SecretService]:
    need("dbus-daemon", "gnome-keyring-daemon")
    with secret_service() as service:
        service.start()
        yield service


@pytest.fixture
def unlocked(_shared_service: SecretService, monkeypatch: pytest.MonkeyPatch) -> SecretService:
    """The keyring that the tests share which leave it as it is."""
    return found_by_us(_shared_service, monkeypatch)


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """A bus for one test, with no keyring on it yet."""
    need("dbus-daemon", "gnome-keyring-daemon")
    with secret_service() as service:
        yield found_by_us(service, monkeypatch)


def found_by_us(service: SecretService, monkeypatch: pytest.MonkeyPatch) -> SecretService:
    for name, value in service.environment.items():
        monkeypatch.setenv(name, value)
    return service


async def complaint_about_finding(account: str = "an account") -> str:
    """Return what is said of a keyring that cannot be used, having checked that it was said in time."""
    started = time.monotonic()
    with pytest.raises(KeyringError) as raised:
        await find(account)
    assert time.monotonic() - started < SOON
    return said(raised.value)


def said(error: KeyringError) -> str:
    assert str(error) == str(error.sentence)
    for key in (ACCESS_KEY, SECRET_KEY):
        assert key not in str(error)
        assert key not in repr(error.sentence)
    return str(error)


def children() -> list[int]:
    """Return this very process's keyring children, those that ended and that nobody waited for among them."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            _, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        has_ended = not command  # from its death until it is waited for, a process has no command
        if int(parent) == os.getpid() and (has_ended or b"keyring_child" in command):
            found.append(int(folder.name))
    return found


def runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def wait_for_children(count: int) -> list[int]:
    for _ in range(300):
        left = children()
        if len(left) == count:
            break
        await asyncio.sleep(0.01)
    assert len(left) == count, [Path(f"/proc/{child}/status").read_text() for child in left]
    return left


class TestAnUnlockedKeyring:
    async def test_what_one_child_keeps_another_finds(self, unlocked: SecretService) -> None:
        await keep("kept", KEYS)
        assert await find("kept") == KEYS
        assert json.loads(unlocked.kept("kept")) == {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}

    @pytest.mark.usefixtures("unlocked")
    async def test_accounts_do_not_see_each_other(self) -> None:
        await keep("first", KEYS)
        await keep("second", OTHER_KEYS)
        assert await find("first") == KEYS
        assert await find("second") == OTHER_KEYS
        assert await find("third") is None

    @pytest.mark.usefixtures("unlocked")
    async def test_keeping_again_replaces(self) -> None:
        await keep("replaced", KEYS)
        await keep("replaced", OTHER_KEYS)
        assert await find("replaced") == OTHER_KEYS

    @pytest.mark.usefixtures("unlocked")
    @pytest.mark.parametrize("account", ["운영 계정", 'a "quoted" \\ name', "-x --help", "two\nlines", ""])
    async def test_any_account_name_is_only_a_name(self, account: str) -> None:
        assert await find(account) is None
        await keep(account, KEYS)
        assert await find(account) == KEYS

    @pytest.mark.parametrize(
        "entry",
        [
            "not JSON",
            '"text"',
            "null",
            "[1, 2]",
            '{"access_key": "A"}',
            '{"access_key": 1, "secret_key": 2}',
            '{"access_key": "", "secret_key": ""}',
            '{"access_key": "ACCESS\\nKEY", "secret_key": "SECRET"}',
            "[" * 50_000,
        ],
        ids=["no JSON", "text", "null", "list", "half a pair", "numbers", "blanks", "two lines", "nested"],
    )
    async def test_an_entry_that_is_no_key_pair_is_an_error_that_says_how_to_replace_it(
        self, entry: str, unlocked: SecretService
    ) -> None:
        unlocked.keep("garbage", entry)
        complaint = await complaint_about_finding("garbage")
        assert "garbage is not a key pair" in complaint
        assert "keep them to replace it" in complaint

    @pytest.mark.usefixtures("unlocked")
    async def test_keeping_and_finding_write_nothing_to_the_terminal(self, capfd: pytest.CaptureFixture[str]) -> None:
        await keep("quiet", KEYS)
        assert await find("quiet") == KEYS
        assert capfd.readouterr() == ("", "")

    @pytest.mark.usefixtures("unlocked")
    async def test_a_module_of_the_current_folder_is_never_imported(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("keyring", "json", "secretstorage", "ncloud_integration"):
            (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w')")
        monkeypatch.chdir(tmp_path)
        await keep("elsewhere", KEYS)
        assert await find("elsewhere") == KEYS
        assert not (tmp_path / "imported").exists()


class TestAKeyringThatCannotBeUsed:
    async def test_a_locked_one_is_said_to_be_locked(self, own: SecretService) -> None:
        own.start()
        await keep("kept", KEYS)
        own.lock()
        complaint = await complaint_about_finding("kept")
        assert "is locked" in complaint
        assert "unlock it" in complaint
        with pytest.raises(KeyringError, match="is locked"):
            await keep("kept", OTHER_KEYS)

    async def test_a_fresh_one_without_a_collection_is_not_said_to_be_missing(self, own: SecretService) -> None:
        own.start(is_fresh=True)
        complaint = await complaint_about_finding()
        assert "No keyring runs" not in complaint
        with pytest.raises(KeyringError):
            await keep("an account", KEYS)

    @pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
    async def test_a_frozen_one_is_given_up_and_its_child_is_gone(self, own: SecretService) -> None:
        own.start()
        await keep("kept", KEYS)
        own.freeze()
        assert "did not answer within 3 seconds" in await complaint_about_finding("kept")
        await wait_for_children(0)

    @pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
    async def test_keeping_in_a_frozen_one_ends_after_its_own_time_and_one_look(self, own: SecretService) -> None:
        own.start()
        own.freeze()
        started = time.monotonic()
        with pytest.raises(KeyringError, match="did not answer within 1 second"):
            await keep("kept", KEYS, seconds=1)
        assert time.monotonic() - started < 1 + keyring_store.FIND_SECONDS + 1
        await wait_for_children(0)

    async def test_a_look_given_up_as_the_program_ends_leaves_nothing_on_the_terminal(self, own: SecretService) -> None:
        own.start()
        own.freeze()
        code = (
            "import asyncio\n"
            "from ncloud_integration.credentials.keyring_store import KeyringError, find\n"
            "try:\n    asyncio.run(find('kept', 0.5))\n"
            "except KeyringError:\n    print('in time')\n"
        )
        ended = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        assert await asyncio.wait_for(ended.communicate(), SOON) == (b"in time\n", b"")

    async def test_one_that_was_killed_is_said_not_to_run(self, own: SecretService) -> None:
        own.start()
        own.kill()
        assert "No keyring runs" in await complaint_about_finding()
        with pytest.raises(KeyringError, match="No keyring runs"):
            await keep("an account", KEYS)

    async def test_no_message_bus_is_no_keyring(self) -> None:
        assert "No keyring runs" in await complaint_about_finding()

    async def test_a_message_bus_that_is_gone_is_no_keyring(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/gone")
        assert "No keyring runs" in await complaint_about_finding()


PLAINTEXT = """
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 9

    def set_password(self, service, username, password):
        with open({path!r}, "w") as file:
            file.write(password)

    def get_password(self, service, username):
        with open({path!r}) as file:
            return file.read()
"""

# A backend of a trusted name is the only one whose code is ever called.
LEAKY = """
import os, sys
from keyring.backend import KeyringBackend

def leak(text):
    print(text)
    print(text, file=sys.stderr)
    os.write(1, text.encode())
    os.write(2, text.encode())

leak("imported")

class Keyring(KeyringBackend):
    __module__ = "keyring.backends.SecretService"
    priority = 9

    def set_password(self, service, username, password):
        leak(password)
        raise RuntimeError(password)

    def get_password(self, service, username):
        leak({secret!r})
        raise RuntimeError({secret!r})
"""

# What a backend starts, such as a prompter, must end with it.
BLOCKING = """
import subprocess, sys, time
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    __module__ = "keyring.backends.SecretService"
    priority = 9

    def set_password(self, service, username, password):
        helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(20)"])
        with open({path!r}, "w") as file:
            print(helper.pid, file=file)
        time.sleep(20)

    def get_password(self, service, username):
        return None
"""

FORGETFUL = """
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    __module__ = "keyring.backends.SecretService"
    priority = 9

    def set_password(self, service, username, password):
        pass

    def get_password(self, service, username):
        return None
"""


class TestOtherBackends:
    @pytest.fixture
    def backend(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Return the file of a backend that the environment names."""
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "some_backend.Keyring")
        return tmp_path / "some_backend.py"

    @pytest.mark.parametrize("name", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
    async def test_one_that_loses_what_it_is_given_is_refused_by_its_name(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
        complaint = await complaint_about_finding()
        assert name in complaint
        assert "PYTHON_KEYRING_BACKEND" in complaint
        with pytest.raises(KeyringError, match=name):
            await keep("an account", KEYS)

    async def test_one_that_the_settings_file_names_is_refused_with_a_way_to_undo_that(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        settings = tmp_path / "python_keyring" / "keyringrc.cfg"
        settings.parent.mkdir()
        settings.write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n")
        complaint = await complaint_about_finding()
        assert "keyring.backends.null.Keyring" in complaint
        assert "keyringrc.cfg" in complaint

    async def test_one_that_writes_plain_text_is_refused_before_it_has_the_keys(
        self, backend: Path, tmp_path: Path
    ) -> None:
        backend.write_text(PLAINTEXT.format(path=str(tmp_path / "plain")))
        assert "some_backend.Keyring" in await complaint_about_finding()
        with pytest.raises(KeyringError, match=r"some_backend\.Keyring"):
            await keep("an account", KEYS)
        assert not (tmp_path / "plain").exists()

    async def test_one_that_does_not_exist_is_an_error_and_not_a_crash(self, backend: Path) -> None:
        assert not backend.exists()
        assert "failed (ModuleNotFoundError)" in await complaint_about_finding()

    async def test_one_that_prints_and_raises_secrets_shows_none(
        self, backend: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        backend.write_text(LEAKY.format(secret=SECRET_KEY))
        assert "failed (RuntimeError)" in await complaint_about_finding()
        with pytest.raises(KeyringError) as raised:
            await keep("an account", KEYS)
        assert "failed (RuntimeError)" in said(raised.value)
        assert capfd.readouterr() == ("", "")

    async def test_one_that_forgets_is_found_out_when_keeping(self, backend: Path) -> None:
        backend.write_text(FORGETFUL)
        with pytest.raises(KeyringError, match="not kept"):
            await keep("an account", KEYS)

    @pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
    async def test_the_child_has_no_key_in_its_arguments_or_environment_and_goes_when_it_is_no_longer_wanted(
        self, backend: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        called = tmp_path / "called"
        backend.write_text(BLOCKING.format(path=str(called)))
        for name in ("NCLOUD_ACCESS_KEY", "NCLOUD_ACCESS_KEY_ID"):
            monkeypatch.setenv(name, ACCESS_KEY)
        for name in ("NCLOUD_SECRET_KEY", "NCLOUD_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, SECRET_KEY)
        keeping = asyncio.create_task(keep("an account", KEYS))
        (child,) = await wait_for_children(1)
        for _ in range(300):
            if called.exists() and called.read_text().endswith("\n"):
                break
            await asyncio.sleep(0.01)
        helper = int(called.read_text())
        for name in ("cmdline", "environ"):
            shown = Path(f"/proc/{child}/{name}").read_bytes()
            assert shown
            assert ACCESS_KEY.encode() not in shown
            assert SECRET_KEY.encode() not in shown
        keeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await keeping
        await wait_for_children(0)
        for _ in range(300):
            if not runs(helper):
                break
            await asyncio.sleep(0.01)
        assert not runs(helper)
