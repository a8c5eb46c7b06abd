"""Keys in a real keyring: what is kept is found, and whatever state it is in, no wait is longer than it should be."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.credentials import keyring_store, store
from ncloud_integration.credentials.keyring_store import KeyringStore
from ncloud_integration.credentials.store import EntryError, LockedError, NotSetUpError, PasswordError, StoreError
from tests.conftest import need
from tests.secret_service.daemon import PASSWORD, SecretService, secret_service

pytestmark = pytest.mark.anyio

looks_into_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

ACCESS_KEY = "ACCESSKEY0123456789A"
SECRET_KEY = "SecretKey0123456789abcdefABCDEF0123456789"
KEYS = Keys.of(ACCESS_KEY, SECRET_KEY)
OTHER_KEYS = Keys.of("OTHERACCESSKEY012345", "OtherSecretKey0123456789abcdefABCDEF01234")
OWN_PASSWORD = Secret(PASSWORD.decode())
NEW_PASSWORD = Secret("a password of one's own")

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
def frozen(unlocked: SecretService) -> Iterator[SecretService]:
    """The shared one, which does not answer anything."""
    unlocked.freeze()
    yield unlocked
    unlocked.thaw()


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """A bus for one test, with no keyring on it yet."""
    need("dbus-daemon", "gnome-keyring-daemon")
    with secret_service() as service:
        yield found_by_us(service, monkeypatch)


@pytest.fixture
def locked(own: SecretService) -> SecretService:
    """A locked keyring, which has keys."""
    own.start()
    own.keep("kept", store.written(KEYS))
    own.lock()
    return own


@pytest.fixture
def fresh(own: SecretService) -> SecretService:
    """A keyring without a collection."""
    own.start(is_fresh=True)
    return own


@pytest.fixture
def killed(own: SecretService) -> SecretService:
    own.start()
    own.kill()
    return own


@pytest.fixture
def gone(own: SecretService) -> SecretService:
    """The address of a message bus that is no more."""
    own.stop()
    return own


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def found_by_us(service: SecretService, monkeypatch: pytest.MonkeyPatch) -> SecretService:
    for name, value in service.environment.items():
        monkeypatch.setenv(name, value)
    return service


async def complaint(asked: Awaitable[object], kind: type[StoreError] = StoreError) -> str:
    """Return what is said of a keyring that does not do what is *asked*, having checked that no secret is in it."""
    return said(await error(asked, kind))


async def error(asked: Awaitable[object], kind: type[StoreError] = StoreError) -> StoreError:
    with pytest.raises(kind) as raised:
        await asyncio.wait_for(asked, 2 * SOON)
    assert said(raised.value)
    return raised.value


def said(error: StoreError) -> str:
    assert str(error) == str(error.sentence)
    for secret in (ACCESS_KEY, SECRET_KEY, NEW_PASSWORD.reveal()):
        assert secret not in str(error)
        assert secret not in repr(error.sentence)
    return str(error)


ASKED: dict[str, Callable[[KeyringStore], Awaitable[object]]] = {
    "find": lambda keyring: keyring.find("kept"),
    "keep": lambda keyring: keyring.keep("kept", KEYS),
    "remove": lambda keyring: keyring.remove("kept"),
    "unlock": lambda keyring: keyring.unlock(NEW_PASSWORD),
    "set up": lambda keyring: keyring.set_up(NEW_PASSWORD),
}

KEYS_ASKED = [ASKED[asked] for asked in ("find", "keep", "remove")]


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


async def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def one_child() -> int:
    await wait_until(lambda: len(children()) == 1)
    return children()[0]


async def no_child() -> None:
    await wait_until(lambda: not children())


async def replaced(child: int) -> None:
    """Wait until *child* is gone, and another one in its place."""
    await wait_until(lambda: child not in children() and bool(children()))


class TestAnUnlockedKeyring:
    async def test_what_one_child_keeps_another_finds(self, unlocked: SecretService) -> None:
        await KeyringStore().keep("kept", KEYS)
        assert await KeyringStore().find("kept") == KEYS
        assert json.loads(unlocked.kept("kept")) == {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}

    @pytest.mark.usefixtures("unlocked")
    async def test_accounts_do_not_see_each_other(self) -> None:
        keyring = KeyringStore()
        await asyncio.gather(keyring.keep("first", KEYS), keyring.keep("second", OTHER_KEYS))
        assert await keyring.find("first") == KEYS
        assert await keyring.find("second") == OTHER_KEYS
        assert await keyring.find("third") is None

    @pytest.mark.usefixtures("unlocked")
    async def test_keeping_again_replaces(self) -> None:
        await KeyringStore().keep("replaced", KEYS)
        await KeyringStore().keep("replaced", OTHER_KEYS)
        assert await KeyringStore().find("replaced") == OTHER_KEYS

    async def test_what_is_removed_is_gone_and_nothing_else_is(self, unlocked: SecretService) -> None:
        await KeyringStore().keep("removed", KEYS)
        await KeyringStore().keep("removed not", OTHER_KEYS)
        assert unlocked.is_kept("removed")
        await KeyringStore().remove("removed")
        assert not unlocked.is_kept("removed")
        assert await KeyringStore().find("removed") is None
        assert await KeyringStore().find("removed not") == OTHER_KEYS

    async def test_removing_what_is_not_there_changes_nothing(self, unlocked: SecretService) -> None:
        before = unlocked.collections()
        await KeyringStore().remove("never kept")
        assert unlocked.collections() == before

    @pytest.mark.usefixtures("unlocked")
    @pytest.mark.parametrize("account", ["운영 계정", 'a "quoted" \\ name', "-x\n--help", ""])
    async def test_any_account_name_is_only_a_name(self, account: str) -> None:
        assert await KeyringStore().find(account) is None
        await KeyringStore().keep(account, KEYS)
        assert await KeyringStore().find(account) == KEYS

    @pytest.mark.parametrize(
        "entry",
        [
            "not JSON",
            "[1, 2]",
            '{"access_key": "A"}',
            '{"access_key": 1, "secret_key": 2}',
            '{"access_key": "ACCESS\\nKEY", "secret_key": "SECRET"}',
            "[" * 50_000,
        ],
        ids=["no JSON", "list", "half a pair", "numbers", "two lines", "nested"],
    )
    async def test_an_entry_that_is_no_key_pair_is_an_error_that_says_how_to_replace_it(
        self, entry: str, unlocked: SecretService
    ) -> None:
        unlocked.keep("garbage", entry)
        said = await complaint(KeyringStore().find("garbage"), EntryError)
        assert "garbage is not a key pair" in said
        assert "keep them to replace it" in said

    @pytest.mark.parametrize("asked", ["keep", "remove"])
    async def test_an_entry_that_is_no_key_pair_can_be_replaced_and_removed(
        self, asked: str, unlocked: SecretService
    ) -> None:
        unlocked.keep("kept", "not JSON")
        await ASKED[asked](KeyringStore())
        assert await KeyringStore().find("kept") == (KEYS if asked == "keep" else None)

    @pytest.mark.usefixtures("unlocked")
    async def test_keeping_finding_and_removing_write_nothing_to_the_terminal(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        await KeyringStore().keep("quiet", KEYS)
        assert await KeyringStore().find("quiet") == KEYS
        await KeyringStore().remove("quiet")
        assert capfd.readouterr() == ("", "")

    @pytest.mark.usefixtures("unlocked")
    async def test_a_module_of_the_current_folder_is_never_imported(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("keyring", "json", "secretstorage", "ncloud_integration"):
            (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'w')")
        monkeypatch.chdir(tmp_path)
        await KeyringStore().keep("elsewhere", KEYS)
        assert await KeyringStore().find("elsewhere") == KEYS
        assert not (tmp_path / "imported").exists()


NONE_RUNS = "No keyring runs on this host."

UNUSABLE = {
    "locked": (LockedError, "The keyring is locked: its password opens it.", "locked: its password is asked"),
    "fresh": (NotSetUpError, "nothing yet to keep keys in: you choose its password", "new: you choose its password"),
    "frozen": (StoreError, "did not answer within 3 seconds", "does not answer"),
    "killed": (StoreError, NONE_RUNS, "none runs on this host"),
    "gone": (StoreError, NONE_RUNS, "none runs on this host"),
    "refused": (StoreError, "keyring.backends.null.Keyring", "refused: keyring.backends.null.Keyring"),
}


class TestALookThatNobodyAskedFor:
    @looks_into_proc
    @pytest.mark.parametrize(("state", "kind", "words", "short"), [(state, *told) for state, told in UNUSABLE.items()])
    async def test_of_a_keyring_that_cannot_be_used_ends_soon_and_says_why(
        self, state: str, kind: type[StoreError], words: str, short: str, request: pytest.FixtureRequest
    ) -> None:
        request.getfixturevalue(state)
        keyring, started = KeyringStore(), time.monotonic()
        looking = asyncio.create_task(keyring.look())
        raised = await error(keyring.find("kept", is_asked=False), kind)
        assert words in str(raised)
        assert str(await asyncio.wait_for(looking, SOON)) == short
        assert time.monotonic() - started < SOON
        await no_child()

    async def test_of_one_that_is_unlocked_finds_what_is_kept(self, unlocked: SecretService) -> None:
        unlocked.keep("looked at", store.written(KEYS))
        before = unlocked.collections()
        assert await KeyringStore().find("looked at", is_asked=False) == KEYS
        assert await KeyringStore().find("never kept", is_asked=False) is None
        assert str(await KeyringStore().look()) == "Secret Service: encrypted with your login"
        assert unlocked.collections() == before

    async def test_of_no_message_bus_finds_no_keyring(self) -> None:
        assert await complaint(KeyringStore().find("kept", is_asked=False)) == NONE_RUNS
        assert str(await KeyringStore().look()) == "none runs on this host"

    @pytest.mark.parametrize("state", ["locked", "fresh"])
    async def test_changes_nothing_and_asks_nobody(self, state: str, request: pytest.FixtureRequest) -> None:
        service: SecretService = request.getfixturevalue(state)
        service.start_desktop()
        before = service.collections()
        await KeyringStore().look()
        await error(KeyringStore().find("kept", is_asked=False))
        assert service.collections() == before
        assert not service.questions()

    async def test_leaves_nothing_on_the_terminal_where_it_is_the_last_of_the_program(
        self, frozen: SecretService
    ) -> None:
        code = (
            "import asyncio\n"
            "from ncloud_integration.credentials import keyring_store\n"
            "keyring_store.LOOK_SECONDS = 0.5\n"
            "try:\n    asyncio.run(keyring_store.KeyringStore().find('kept', is_asked=False))\n"
            "except keyring_store.StoreError:\n    print('in time')\n"
        )
        ended = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        assert await asyncio.wait_for(ended.communicate(), SOON) == (b"in time\n", b"")


class TestWhatIsAskedForOfAKeyringThatCannotBeUsed:
    @pytest.mark.parametrize("state", sorted({*UNUSABLE} - {"frozen"}))
    async def test_is_an_error_that_says_why(self, state: str, request: pytest.FixtureRequest) -> None:
        request.getfixturevalue(state)
        kind, words, _ = UNUSABLE[state]
        for raised in await asyncio.gather(*(error(asked(KeyringStore()), kind) for asked in KEYS_ASKED)):
            assert words in str(raised)
            if isinstance(raised, (LockedError, NotSetUpError)):
                assert raised.takes_password

    async def test_asks_nobody_on_a_desktop_where_the_keyring_takes_a_password(self, locked: SecretService) -> None:
        locked.start_desktop()
        for asked in KEYS_ASKED:
            await error(asked(KeyringStore()), LockedError)
        assert not locked.questions()


class TestUnlocking:
    async def test_by_a_wrong_password_leaves_it_locked(self, locked: SecretService) -> None:
        said = await complaint(KeyringStore().unlock(NEW_PASSWORD), PasswordError)
        assert said == "That is not the keyring's password."
        assert locked.is_locked()
        await error(KeyringStore().find("kept"), LockedError)

    async def test_by_its_own_password_finds_the_keys_again(self, locked: SecretService) -> None:
        await KeyringStore().unlock(OWN_PASSWORD)
        assert not locked.is_locked()
        assert await KeyringStore().find("kept") == KEYS

    async def test_where_there_is_nothing_to_unlock_says_so(self, fresh: SecretService) -> None:
        before = fresh.collections()
        await error(KeyringStore().unlock(OWN_PASSWORD), NotSetUpError)
        assert fresh.collections() == before

    async def test_what_is_unlocked_already_is_no_error(self, unlocked: SecretService) -> None:
        await KeyringStore().unlock(OWN_PASSWORD)
        assert not unlocked.is_locked()


class TestSettingUp:
    @pytest.mark.parametrize(
        "password", ['  it\'s "quoted" \\ $(id) \n열려라 참깨 ', "x" * 1024], ids=["signs", "long"]
    )
    async def test_makes_a_keyring_that_its_password_alone_unlocks(self, password: str, fresh: SecretService) -> None:
        await KeyringStore().set_up(Secret(password))
        assert not fresh.is_locked()
        await KeyringStore().keep("kept", KEYS)
        fresh.lock()
        await error(KeyringStore().unlock(Secret(password[:-1])), PasswordError)
        await error(KeyringStore().find("kept"), LockedError)
        await KeyringStore().unlock(Secret(password))
        assert await KeyringStore().find("kept") == KEYS

    async def test_puts_nothing_in_the_place_of_one_that_is_locked(self, locked: SecretService) -> None:
        before = locked.collections()
        await error(KeyringStore().set_up(NEW_PASSWORD), LockedError)
        assert locked.collections() == before

    async def test_wants_a_password(self, fresh: SecretService) -> None:
        before = fresh.collections()
        assert "choose one" in await complaint(KeyringStore().set_up(Secret("")))
        assert fresh.collections() == before

    async def test_makes_the_collection_that_keyring_itself_uses(self, fresh: SecretService) -> None:
        await KeyringStore().set_up(NEW_PASSWORD)
        await KeyringStore().keep("kept", KEYS)
        assert json.loads(fresh.kept("kept")) == {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}
        await KeyringStore().remove("kept")
        assert not fresh.is_kept("kept")


def starts_instead(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the program *code* answer in place of the keyring's child."""

    async def started() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            f"# keyring_child\n{code}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )

    monkeypatch.setattr(keyring_store, "_started_child", started)


class TestASecretServiceThatTakesNoPassword:
    """gnome-keyring, and a child that looks for the interface under a name that it does not have."""

    @pytest.fixture(autouse=True)
    def _other_interface(self, monkeypatch: pytest.MonkeyPatch) -> None:
        code = (
            "from ncloud_integration.credentials import keyring_child, secret_service\n"
            "assert secret_service._GUILT_RIDDEN.startswith('org.gnome.keyring.')\n"
            "secret_service._GUILT_RIDDEN = 'org.example.keyring.None'\n"
            "keyring_child.main()\n"
        )
        starts_instead(code, monkeypatch)

    @pytest.mark.usefixtures("locked")
    async def test_is_to_be_unlocked_on_the_desktop(self) -> None:
        for asked in KEYS_ASKED:
            raised = await error(asked(KeyringStore()), LockedError)
            assert isinstance(raised, LockedError)
            assert not raised.takes_password
            assert "unlock it on the desktop" in str(raised)

    @pytest.mark.usefixtures("fresh")
    async def test_is_to_be_set_up_on_the_desktop(self) -> None:
        for asked in KEYS_ASKED:
            raised = await error(asked(KeyringStore()), NotSetUpError)
            assert isinstance(raised, NotSetUpError)
            assert not raised.takes_password
            assert "make a collection on the desktop" in str(raised)

    @pytest.mark.usefixtures("unlocked")
    async def test_is_used_as_any_other_where_it_is_unlocked(self) -> None:
        await KeyringStore().keep("no password", KEYS)
        assert await KeyringStore().find("no password", is_asked=False) == KEYS
        await KeyringStore().remove("no password")

    async def test_is_still_locked_after_unlocking_was_tried(self, locked: SecretService) -> None:
        raised = await error(KeyringStore().unlock(OWN_PASSWORD), LockedError)
        assert isinstance(raised, LockedError)
        assert not raised.takes_password
        assert locked.is_locked()

    async def test_is_still_without_a_collection_after_setting_up_was_tried(self, fresh: SecretService) -> None:
        before = fresh.collections()
        raised = await error(KeyringStore().set_up(NEW_PASSWORD), NotSetUpError)
        assert isinstance(raised, NotSetUpError)
        assert not raised.takes_password
        assert fresh.collections() == before

    @looks_into_proc
    @pytest.mark.parametrize("asked", ["find", "keep"])
    async def test_waits_for_the_person_on_the_desktop_until_it_is_given_up(
        self, asked: str, locked: SecretService
    ) -> None:
        locked.start_desktop()
        keyring = KeyringStore()
        asking = asyncio.create_task(error(ASKED[asked](keyring)))
        await wait_until(lambda: locked.questions() == 1)
        await asyncio.sleep(0.3)
        assert not asking.done()
        keyring.give_up()
        words = "given up before it answered" if asked == "find" else "cannot be told what it keeps for kept"
        assert words in str(await asyncio.wait_for(asking, SOON))
        assert locked.questions() == 1
        await no_child()

    @pytest.mark.parametrize(
        ("state", "kind", "short"),
        [
            ("locked", LockedError, "locked: has to be unlocked on the desktop"),
            ("fresh", NotSetUpError, "has no collection yet to keep keys in"),
        ],
    )
    async def test_asks_nobody_there_for_what_nobody_asked_for(
        self, state: str, kind: type[StoreError], short: str, request: pytest.FixtureRequest
    ) -> None:
        service: SecretService = request.getfixturevalue(state)
        service.start_desktop()
        before = service.collections()
        await error(KeyringStore().find("kept", is_asked=False), kind)
        assert str(await KeyringStore().look()) == short
        assert service.collections() == before
        assert not service.questions()


@looks_into_proc
class TestGivingUp:
    @pytest.fixture(autouse=True)
    def _short_look(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keyring_store, "LOOK_SECONDS", 0.3)

    @pytest.mark.usefixtures("frozen")
    @pytest.mark.parametrize("asked", ASKED)
    async def test_is_the_only_end_of_what_was_asked_for_and_no_secret_shows_meanwhile(self, asked: str) -> None:
        keyring = KeyringStore()
        asking = asyncio.create_task(error(ASKED[asked](keyring)))
        child = await one_child()
        await asyncio.sleep(0.4)
        assert not asking.done()
        for name in ("cmdline", "environ"):
            shown = Path(f"/proc/{child}/{name}").read_bytes()
            assert shown
            assert ACCESS_KEY.encode() not in shown
            assert NEW_PASSWORD.reveal().encode() not in shown
        keyring.give_up()
        words = "cannot be told what it keeps for kept" if asked in ("keep", "remove") else "given up before it answer"
        assert words in str(await asyncio.wait_for(asking, SOON))
        await no_child()

    @pytest.mark.usefixtures("frozen")
    async def test_ends_all_that_waits_for_this_store_and_nothing_of_another(self) -> None:
        keyring, another = KeyringStore(), KeyringStore()
        asking = [asyncio.create_task(error(keyring.find(account))) for account in ("one", "two")]
        waiting = asyncio.create_task(another.find("three"))
        await wait_until(lambda: len(children()) == 3)
        keyring.give_up()
        for raised in await asyncio.wait_for(asyncio.gather(*asking), SOON):
            assert "given up" in str(raised)
        await asyncio.sleep(0.1)
        assert not waiting.done()
        waiting.cancel()
        await no_child()

    @pytest.mark.usefixtures("unlocked")
    async def test_before_anything_is_asked_spoils_nothing_that_is_asked_later(self) -> None:
        keyring = KeyringStore()
        keyring.give_up()
        await keyring.keep("later", KEYS)
        keyring.give_up()
        assert await keyring.find("later") == KEYS

    @pytest.mark.parametrize("asked", ["keep", "remove"])
    async def test_what_a_keyring_that_goes_on_was_never_told_is_not_claimed(
        self, asked: str, unlocked: SecretService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keyring_store, "LOOK_SECONDS", SOON)
        unlocked.keep("kept", store.written(OTHER_KEYS))
        unlocked.freeze()
        keyring = KeyringStore()
        asking = asyncio.create_task(error(ASKED[asked](keyring)))
        child = await one_child()
        await asyncio.sleep(0.3)
        keyring.give_up()
        await replaced(child)
        unlocked.thaw()
        assert "given up before it answered" in str(await asyncio.wait_for(asking, SOON))
        assert await keyring.find("kept") == OTHER_KEYS

    async def test_cancelling_kills_the_child_too(self, frozen: SecretService) -> None:
        for asked in ASKED.values():
            asking = asyncio.ensure_future(asked(KeyringStore()))
            child = await one_child()
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert not runs(child)
            await no_child()


# A backend of one's own, which keeps plain text beside its module and writes down how it was called.
HONEST = """
import getpass, json, os, pathlib, subprocess, sys, time
from keyring.backend import KeyringBackend

FOLDER = pathlib.Path({folder!r})

def write_down(call):
    with open(FOLDER / "calls", "a") as calls:
        print(call, file=calls)

class Honest(KeyringBackend):
    def kept(self):
        path = FOLDER / "kept.json"
        return json.loads(path.read_text()) if path.exists() else {{}}

    def set_password(self, service, username, password):
        write_down("set")
        (FOLDER / "kept.json").write_text(json.dumps({{**self.kept(), username: password}}))

    def get_password(self, service, username):
        write_down("get")
        return self.kept().get(username)

    def delete_password(self, service, username):
        write_down("delete")
        kept = self.kept()
        kept.pop(username, None)
        (FOLDER / "kept.json").write_text(json.dumps(kept))

write_down("imported")

class Keyring(Honest):
    priority = 9
"""

FORGETS = """
    def set_password(self, service, username, password):
        pass
"""

GIVES_SOMETHING_ELSE = """
    def get_password(self, service, username):
        kept = super().get_password(service, username)
        return kept and kept.upper()
"""

DELETES_NOTHING = """
    def delete_password(self, service, username):
        pass
"""

FORGETS_KEYS = """
    def set_password(self, service, username, password):
        if username != "kept":
            super().set_password(service, username, password)
"""

REMOVES_NO_KEYS = """
    def delete_password(self, service, username):
        if username != "kept":
            super().delete_password(service, username)
"""

SPOOFED = """
Keyring.__module__, Keyring.__qualname__ = "keyring.backends.SecretService", "Keyring"
"""

SLOW = """
    def set_password(self, service, username, password):
        if username == "kept":
            {before}
        super().set_password(service, username, password)
        if username == "kept":
            {after}

    def delete_password(self, service, username):
        if username == "kept":
            {before}
        super().delete_password(service, username)
        if username == "kept":
            {after}
"""
SLEEPS = "write_down('slept'); time.sleep(20)"

SILENT_AFTERWARDS = """
    def get_password(self, service, username):
        if "slept" in (FOLDER / "calls").read_text():
            time.sleep(20)
        return super().get_password(service, username)
"""

# What a backend starts, such as a prompter, must end with it.
STARTS_A_HELPER = """
    def set_password(self, service, username, password):
        if username == "kept":
            helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(20)"])
            (FOLDER / "helper").write_text(f"{helper.pid}\\n")
            time.sleep(20)
        super().set_password(service, username, password)
"""

LEAKS = """
    def leak(self, text):
        print(text)
        print(text, file=sys.stderr)
        os.write(1, text.encode())
        os.write(2, text.encode())
        try:
            with open("/dev/tty", "w") as tty:
                tty.write(text)
        except OSError:
            write_down("no terminal")

    def set_password(self, service, username, password):
        super().set_password(service, username, password)
        if username == "kept":
            self.leak(password)
            raise RuntimeError(password)

    def get_password(self, service, username):
        if username == "kept":
            self.leak({secret!r})
            raise RuntimeError({secret!r})
        return super().get_password(service, username)
"""

ASKS = """
    def get_password(self, service, username):
        write_down("asks")
        return getpass.getpass("Password of the file: ")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that modules of backends are found in."""
    folder = tmp_path / "backends"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    return folder


@pytest.fixture
def named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Write a backend whose class has more to it, name it in the environment, and return its folder."""

    def write(more: str = "") -> Path:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "some_backend.Keyring")
        (folder / "some_backend.py").write_text(HONEST.format(folder=str(folder)) + more)
        return folder

    return write


def name_in_settings(backend: str, tmp_path: Path) -> None:
    settings = tmp_path / "python_keyring" / "keyringrc.cfg"  # where XDG_CONFIG_HOME is tmp_path
    settings.parent.mkdir()
    settings.write_text(f"[backend]\ndefault-keyring={backend}\n")


def install(folder: Path, *modules: str) -> None:
    """Have keyring find the *modules* by itself, as it finds those of an installed package."""
    information = folder / "stand_ins-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: stand-ins\nVersion: 1\n")
    (information / "entry_points.txt").write_text(
        "[keyring.backends]\n" + "".join(f"{module} = {module}\n" for module in modules)
    )


def calls(folder: Path) -> list[str]:
    written = folder / "calls"
    return written.read_text().split("\n")[:-1] if written.exists() else []


async def refusal(backend: str) -> str:
    """Return why *backend* is refused, having checked that it is for whatever is asked of it."""
    keyring = KeyringStore()
    reasons = await asyncio.gather(
        complaint(keyring.find("kept")),
        complaint(keyring.keep("kept", KEYS)),
        complaint(keyring.remove("kept")),
    )
    assert str(await keyring.look()) == f"refused: {backend}"
    (reason,) = set(reasons)
    assert reason.startswith(f"{backend} is ")
    return reason


MODULES = ("one", "two")


class TestRefusedBackends:
    @pytest.mark.parametrize(
        ("where", "name", "reason"),
        [
            ("environment", "keyring.backends.null.Keyring", "does not give back what it is given"),
            ("environment", "keyring.backends.fail.Keyring", "does not give back what it is given"),
            ("environment", "keyring.backends.chainer.ChainerBackend", "passes them on"),
            ("settings", "keyring.backends.null.Keyring", "does not give back what it is given"),
        ],
    )
    @pytest.mark.usefixtures("unlocked")
    async def test_those_of_keyring_itself_are_refused_by_name_beside_a_real_one_too(
        self, where: str, name: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        if where == "environment":
            monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
        else:
            name_in_settings(name, tmp_path)
        said = await refusal(name)
        assert reason in said
        assert "PYTHON_KEYRING_BACKEND" in said
        assert "keyringrc.cfg" in said

    @pytest.mark.parametrize(
        ("where", "name"),
        [
            ("environment", "keyrings.alt.file.PlaintextKeyring"),
            ("environment", "keyrings.alt.file.EncryptedKeyring"),
            ("settings", "keyrings.alt.file.PlaintextKeyring"),
            ("settings", "keyrings.alt.Gnome.Keyring"),
        ],
    )
    async def test_those_of_keyrings_alt_are_refused_before_they_are_called(
        self, where: str, name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, _, module, cls = name.split(".")
        (folder / "keyrings" / "alt").mkdir(parents=True)
        code = HONEST.format(folder=str(folder)).replace("class Keyring(", f"class {cls}(")
        (folder / "keyrings" / "alt" / f"{module}.py").write_text(code)
        if where == "environment":
            monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
        else:
            name_in_settings(name, tmp_path)
        assert "whoever has its file can read or change them" in await refusal(name)
        assert set(calls(folder)) == {"imported"}

    @pytest.mark.parametrize("more", ["", SPOOFED], ids=["by its own name", "by the name of a trusted one"])
    async def test_one_that_only_the_settings_file_names_is_refused_with_a_way_to_use_it(
        self, more: str, named: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = named(more)
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        name_in_settings("some_backend.Keyring", tmp_path)
        said = await refusal("keyring.backends.SecretService.Keyring" if more else "some_backend.Keyring")
        assert "name it in PYTHON_KEYRING_BACKEND" in said
        assert "Unset" not in said
        assert set(calls(folder)) == {"imported"}

    async def test_one_that_keyring_finds_by_itself_is_refused_with_a_way_to_use_it(
        self, named: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = named("")
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        install(folder, "some_backend")
        assert "name it in PYTHON_KEYRING_BACKEND" in await refusal("some_backend.Keyring")
        assert set(calls(folder)) == {"imported"}

    async def test_several_that_keyring_chains_by_itself_are_refused(self, folder: Path) -> None:
        for module in MODULES:
            (folder / f"{module}.py").write_text(HONEST.format(folder=str(folder)))
        install(folder, *MODULES)
        for asked in KEYS_ASKED:
            told = await complaint(asked(KeyringStore()))
            assert told.partition(":")[0] in [
                f"{each}.Keyring is a keyring that is not known to encrypt" for each in MODULES
            ]
        assert str(await KeyringStore().look()) in [f"refused: {each}.Keyring" for each in MODULES]
        assert set(calls(folder)) == {"imported"}

    @pytest.mark.parametrize(
        "more",
        [FORGETS, GIVES_SOMETHING_ELSE, DELETES_NOTHING, FORGETS + SPOOFED],
        ids=["forgets", "gives something else", "deletes nothing", "forgets under a trusted name"],
    )
    async def test_one_that_is_named_and_fails_its_round_trip_is_refused(
        self, more: str, named: Callable[[str], Path]
    ) -> None:
        folder = named(more)
        name = "keyring.backends.SecretService.Keyring" if SPOOFED in more else "some_backend.Keyring"
        said = [await complaint(asked(KeyringStore())) for asked in KEYS_ASKED]
        assert said == [said[0]] * 3
        assert said[0].startswith(f"{name} is no keyring")
        assert "does not give back what it is given" in said[0]
        assert str(await KeyringStore().look()) == f"{name}, as PYTHON_KEYRING_BACKEND says"
        assert ACCESS_KEY not in "".join(path.read_text() for path in folder.glob("kept.json"))

    async def test_one_that_does_not_exist_is_an_error_and_not_a_crash(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "some_backend.Keyring")
        for asked in ASKED.values():
            assert "failed (ModuleNotFoundError)" in await complaint(asked(KeyringStore()))
        assert str(await KeyringStore().look()) == "failed (ModuleNotFoundError)"


class TestABackendOfOnesOwn:
    async def test_is_used_after_a_round_trip_that_leaves_nothing_behind(self, named: Callable[[str], Path]) -> None:
        folder = named("")
        assert await KeyringStore().find("kept") is None
        assert calls(folder)[:5] == ["imported", "set", "get", "delete", "get"]
        assert json.loads((folder / "kept.json").read_text()) == {}
        await KeyringStore().keep("kept", KEYS)
        assert json.loads((folder / "kept.json").read_text()) == {"kept": store.written(KEYS)}
        assert await KeyringStore().find("kept", is_asked=False) == KEYS
        await KeyringStore().remove("kept")
        assert json.loads((folder / "kept.json").read_text()) == {}

    @pytest.mark.parametrize("is_real", [True, False], ids=["beside it", "under its name"])
    async def test_is_never_called_where_keyring_chains_it_to_a_trusted_one(
        self,
        is_real: bool,
        named: Callable[[str], Path],
        unlocked: SecretService,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        folder = named("" if is_real else SPOOFED)
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        install(folder, "some_backend")
        await KeyringStore().keep("chained", KEYS)
        assert await KeyringStore().find("chained") == KEYS
        assert unlocked.is_kept("chained")
        await KeyringStore().remove("chained")
        assert str(await KeyringStore().look()) == "Secret Service: encrypted with your login"
        assert set(calls(folder)) == {"imported"}
        subprocess.run([sys.executable, "-m", "keyring", "set", "a", "b"], input=b"c", check=True)
        assert calls(folder)[-1] == "set"  # so keyring would have called it

    async def test_that_keeps_no_keys_is_found_out(self, named: Callable[[str], Path]) -> None:
        named(FORGETS_KEYS)
        assert "they are not kept" in await complaint(KeyringStore().keep("kept", KEYS))

    async def test_that_removes_no_keys_is_found_out(self, named: Callable[[str], Path]) -> None:
        named(REMOVES_NO_KEYS)
        await KeyringStore().keep("kept", KEYS)
        assert "still has the keys" in await complaint(KeyringStore().remove("kept"))

    @pytest.mark.parametrize("asked", ["keep", "remove"])
    @pytest.mark.parametrize("is_done", [True, False], ids=["done and not answered", "not done"])
    @looks_into_proc
    async def test_that_was_given_up_is_read_back_before_anything_is_claimed(
        self, is_done: bool, asked: str, named: Callable[[str], Path]
    ) -> None:
        before, after = ("pass", SLEEPS) if is_done else (SLEEPS, "pass")
        folder = named(SLOW.format(before=before, after=after))
        if asked == "remove":
            (folder / "kept.json").write_text(json.dumps({"kept": store.written(KEYS)}))
        keyring = KeyringStore()
        asking = asyncio.ensure_future(ASKED[asked](keyring))
        await wait_until(lambda: "slept" in calls(folder))
        assert not asking.done()
        keyring.give_up()
        if is_done:
            await asyncio.wait_for(asking, SOON)
        else:
            assert "given up before it answered" in await complaint(asking)
        assert await keyring.find("kept") == (KEYS if is_done == (asked == "keep") else None)
        await no_child()

    @pytest.mark.parametrize("asked", ["keep", "remove"])
    async def test_that_cannot_be_read_back_is_not_claimed_to_have_done_anything(
        self, asked: str, named: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keyring_store, "LOOK_SECONDS", 0.3)
        folder = named(SLOW.format(before="pass", after=SLEEPS) + SILENT_AFTERWARDS)
        (folder / "kept.json").write_text(json.dumps({"kept": store.written(OTHER_KEYS)}))
        keyring = KeyringStore()
        asking = asyncio.ensure_future(ASKED[asked](keyring))
        await wait_until(lambda: "slept" in calls(folder))
        keyring.give_up()
        assert "cannot be told what it keeps for kept" in await complaint(asking)

    @looks_into_proc
    async def test_that_starts_a_helper_takes_it_along_and_has_no_key_in_its_arguments_or_environment(
        self, named: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        called = named(STARTS_A_HELPER) / "helper"
        for name in ("NCLOUD_ACCESS_KEY", "NCLOUD_ACCESS_KEY_ID"):
            monkeypatch.setenv(name, ACCESS_KEY)
        for name in ("NCLOUD_SECRET_KEY", "NCLOUD_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, SECRET_KEY)
        keeping = asyncio.create_task(KeyringStore().keep("kept", KEYS))
        child = await one_child()
        await wait_until(lambda: called.exists() and called.read_text().endswith("\n"))
        helper = int(called.read_text())
        for name in ("cmdline", "environ"):
            shown = Path(f"/proc/{child}/{name}").read_bytes()
            assert shown
            assert ACCESS_KEY.encode() not in shown
            assert SECRET_KEY.encode() not in shown
        keeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await keeping
        await no_child()
        await wait_until(lambda: not runs(helper))

    async def test_that_prints_and_raises_secrets_shows_none(
        self, named: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
    ) -> None:
        folder = named(LEAKS.format(secret=SECRET_KEY))
        (folder / "sitecustomize.py").write_text("import sys; print('started', file=sys.stderr)")
        for asked in KEYS_ASKED:
            assert "failed (RuntimeError)" in await complaint(asked(KeyringStore()))
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize(("more", "mark"), [(LEAKS.format(secret=SECRET_KEY), "no terminal"), (ASKS, "asks")])
    async def test_that_writes_to_the_terminal_or_asks_there_reaches_nobody(
        self, more: str, mark: str, named: Callable[[str], Path]
    ) -> None:
        folder = named(more)
        code = (
            "import asyncio\n"
            "from ncloud_integration.credentials import keyring_store\n"
            "open('/dev/tty').close()\n"
            "try:\n    asyncio.run(keyring_store.KeyringStore().find('kept'))\n"
            "except keyring_store.StoreError as error:\n    print(error)\n"
        )
        in_a_terminal = "import pty, sys; pty.spawn(sys.argv[1:])"
        ended = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", in_a_terminal, sys.executable, "-c", code),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        shown, _ = await asyncio.wait_for(ended.communicate(), SOON)
        assert shown.startswith(b"The keyring failed (")
        assert shown.endswith(b"keyring diagnose may tell more.\r\n")
        assert SECRET_KEY.encode() not in shown
        assert b"Password of the file" not in shown
        assert mark in calls(folder)


@looks_into_proc
async def test_a_child_ends_with_the_wizard_that_asked_and_keeps_nothing_afterwards(own: SecretService) -> None:
    own.start()
    own.freeze()
    code = (
        "import asyncio\n"
        "from ncloud_integration.cloudinsight.keys import Keys\n"
        "from ncloud_integration.credentials.keyring_store import KeyringStore\n"
        f"asyncio.run(KeyringStore().keep('kept', Keys.of({ACCESS_KEY!r}, {SECRET_KEY!r})))\n"
    )
    wizard = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    await wait_until(
        lambda: any(b"keyring_child" in Path(f"/proc/{each}/cmdline").read_bytes() for each in started_by(wizard.pid))
    )
    (child,) = started_by(wizard.pid)
    wizard.kill()
    await wizard.wait()
    await wait_until(lambda: not runs(child))
    own.thaw()
    assert not own.is_kept("kept")


def started_by(parent: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


class TestAChildThatDoesNotAnswerAsItShould:
    @pytest.mark.parametrize(
        "answer",
        [
            "",
            "not JSON",
            "[]",
            "null",
            "{}",
            '{"state": 1}',
            '{"state": ["ready"]}',
            '{"state": "unheard of"}',
            '{"state": "refused"}',
            '{"state": "refused", "reason": "?", "backend": "b"}',
            '{"state": "found", "secret": 7}',
            "\udcff",
        ],
    )
    async def test_is_an_error_and_not_a_crash(self, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
        data = answer.encode(errors="surrogateescape")
        starts_instead(f"import os, sys; sys.stdin.readline(); os.write(1, {data!r})", monkeypatch)
        assert "keyring" in await complaint(KeyringStore().find("kept"))
        assert await KeyringStore().look()

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            ("import os; os.kill(os.getpid(), 9)", "failed (exit -9)"),
            ("raise SystemExit(3)", "failed (exit 3)"),
            ("import os; os.close(0); os._exit(0)", "failed (exit 0)"),
        ],
        ids=["killed", "ended", "deaf"],
    )
    async def test_because_it_ended_early_is_told_by_how_it_ended(
        self, code: str, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        starts_instead(code, monkeypatch)
        for asked in ASKED.values():
            assert words in await complaint(asked(KeyringStore()))

    async def test_because_it_cannot_be_started_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "executable", "/nowhere/python")
        assert "failed (FileNotFoundError)" in await complaint(KeyringStore().keep("kept", KEYS))
        assert str(await KeyringStore().look()) == "failed (FileNotFoundError)"
