"""Keys in a vault survive whatever happens to the file and the host, and nobody has them who lacks the passphrase."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import sys
import tempfile
import threading
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration import private_files
from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.credentials import store, vault
from ncloud_integration.credentials.store import (
    DamagedError,
    EntryError,
    LockedError,
    NotSetUpError,
    PasswordError,
    Store,
    StoreError,
)
from ncloud_integration.credentials.vault import Key
from ncloud_integration.credentials.vault_store import VaultStore
from tests.conftest import one_example_of
from tests.credentials.test_vault import KEYS, OTHER_KEYS, forms, signed
from tests.recovery.processes import full_disk, mode, names, open_descriptors, umask

pytestmark = pytest.mark.anyio

N = 2**14
PASSPHRASE, OTHER_PASSPHRASE = Secret("correct horse battery staple"), Secret("열려라 참깨 2026")
NEW_KEYS = Keys.of("NEWACCESSKEY01234567", "NewSecretKey0123456789abcdefABCDEF01234567")

ANY_KEY = vault.derived(PASSPHRASE, vault.new_kdf(N))
"""Derived once: most tests ask how a vault is kept, and not how it is opened."""

KILLED = 77


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "share" / "ncloud-integration" / "vault.json"


@pytest.fixture
def unlocked(path: Path) -> VaultStore:
    """A store of two accounts at *path*."""
    return held(path, {"one": KEYS, "two": OTHER_KEYS})


def held(path: Path, kept: dict[str, Keys], key: Key = ANY_KEY) -> VaultStore:
    """Return the store at *path* of what is *kept* there, unlocked."""
    private_files.make_private(path.parent)
    path.write_bytes(vault.written({account: Secret(store.written(keys)) for account, keys in kept.items()}, key))
    return holding(path, key)


def holding(path: Path, key: Key | None) -> VaultStore:
    """Return what another wizard has that holds *key* for the file at *path*."""
    made = VaultStore(path, n=N)
    made._key = key
    return made


def kept(path: Path, key: Key = ANY_KEY) -> dict[str, Keys | None]:
    entries = vault.opened(vault.read(path.read_bytes(), path), key, path)
    return {account: store.read(text.reveal()) for account, text in entries.items()}


async def opens(path: Path, passphrase: Secret) -> bool:
    try:
        await VaultStore(path).unlock(passphrase)
    except PasswordError:
        return False
    return True


def every_call(own: VaultStore) -> list[Awaitable[Any]]:
    return [own.find("one"), own.find("one", is_asked=False), own.keep("one", NEW_KEYS), own.remove("one")]


async def raised_by(call: Awaitable[Any]) -> StoreError:
    with pytest.raises(StoreError) as raised:
        await call
    said = str(raised.value)
    assert said == str(raised.value.sentence)
    assert all(text.reveal() not in said for text in (PASSPHRASE, OTHER_PASSPHRASE, *KEYS))
    return raised.value


class TestAVault:
    async def test_what_one_wizard_keeps_another_finds_with_the_passphrase(self, path: Path) -> None:
        one = VaultStore(path, n=N)
        as_store: Store = one
        assert not one.exists
        await as_store.set_up(PASSPHRASE)
        assert one.exists
        assert one.is_unlocked
        await one.keep("운영 계정", KEYS)
        await one.keep("gov", OTHER_KEYS)
        other = VaultStore(path)
        assert other.exists
        assert not other.is_unlocked
        await other.unlock(PASSPHRASE)
        assert other.is_unlocked
        assert await other.find("운영 계정") == KEYS
        assert await other.find("gov", is_asked=False) == OTHER_KEYS
        assert await other.find("missing") is None

    async def test_a_passphrase_costs_what_the_format_says(self, path: Path) -> None:
        await VaultStore(path).set_up(PASSPHRASE)
        assert vault.read(path.read_bytes(), path).kdf.n == 2**17

    async def test_one_account_is_replaced_or_removed_and_the_others_stay(
        self, unlocked: VaultStore, path: Path
    ) -> None:
        await unlocked.keep("one", NEW_KEYS)
        assert kept(path) == {"one": NEW_KEYS, "two": OTHER_KEYS}
        await unlocked.remove("one")
        await unlocked.remove("one")
        assert kept(path) == {"two": OTHER_KEYS}
        assert await unlocked.find("one") is None
        await unlocked.remove("two")
        assert kept(path) == {}
        assert await unlocked.find("two") is None

    @pytest.mark.parametrize("mask", [0, 0o022, 0o077])
    async def test_it_is_its_owners_alone(self, mask: int, path: Path) -> None:
        with umask(mask):
            own = VaultStore(path, n=N)
            await own.set_up(PASSPHRASE)
            assert (mode(path), mode(path.parent)) == (0o600, 0o700)
        path.chmod(0o644)
        path.parent.chmod(0o755)
        await own.keep("one", KEYS)
        assert (mode(path), mode(path.parent)) == (0o600, 0o700)

    async def test_neither_keys_nor_passphrase_nor_key_can_be_read_from_its_folder(self, path: Path) -> None:
        own = VaultStore(path, n=N)
        await own.set_up(PASSPHRASE)
        await own.keep("one", KEYS)
        await own.change_password(PASSPHRASE, OTHER_PASSPHRASE)
        await own.keep("two", OTHER_KEYS)
        assert own._key
        assert names(path.parent) == ["vault.json"]
        secrets = (PASSPHRASE, OTHER_PASSPHRASE, own._key.secret, *KEYS, *OTHER_KEYS)
        for secret in secrets:
            assert not any(form in path.read_bytes() for form in forms(secret.reveal()))
            assert secret.reveal() not in repr(vars(own))

    async def test_the_passphrase_is_not_held(self, path: Path) -> None:
        own = VaultStore(path, n=N)
        await own.set_up(PASSPHRASE)
        await own.unlock(PASSPHRASE)
        await own.change_password(PASSPHRASE, OTHER_PASSPHRASE)
        assert set(vars(own)) == {"_path", "_n", "_key"}
        assert own._key
        assert own._key.secret not in (PASSPHRASE, OTHER_PASSPHRASE)

    async def test_no_call_holds_up_the_screen(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        threads = set()
        for module, name in ((vault, "derived"), (private_files, "read"), (private_files, "replace")):
            real = getattr(module, name)

            def noted(*arguments: Any, real: Callable[..., Any] = real) -> Any:
                threads.add(threading.current_thread())
                return real(*arguments)

            monkeypatch.setattr(module, name, noted)
        own = VaultStore(path, n=N)
        await own.set_up(PASSPHRASE)
        await own.unlock(PASSPHRASE)
        for call in every_call(own):
            await call
        await own.change_password(PASSPHRASE, OTHER_PASSPHRASE)
        await own.start_over()
        assert threads
        assert threading.main_thread() not in threads

    async def test_no_descriptor_stays_open(self, unlocked: VaultStore) -> None:
        await unlocked.find("one")
        before = open_descriptors()
        for call in every_call(unlocked):
            await call
        await raised_by(unlocked.set_up(PASSPHRASE))
        await unlocked.start_over()
        assert open_descriptors() == before

    @one_example_of(10)
    @given(
        st.dictionaries(
            st.text(st.characters(exclude_categories=())),
            st.builds(Keys.of, *[st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)] * 2),
            max_size=4,
        )
    )
    def test_any_account_name_is_only_a_name(self, accounts: dict[str, Keys]) -> None:
        async def keep_all() -> None:
            for account, keys in accounts.items():
                await own.keep(account, keys)
            for account, keys in accounts.items():
                assert await own.find(account) == keys

        with tempfile.TemporaryDirectory() as folder:
            own = held(Path(folder) / "vault.json", {})
            asyncio.run(keep_all())
            assert kept(Path(folder) / "vault.json") == accounts


class TestAVaultThatCannotBeUsed:
    async def test_where_there_is_none_it_is_to_be_set_up_and_no_folder_is_made(self, path: Path) -> None:
        own = VaultStore(path, n=N)
        for call in [*every_call(own), own.unlock(PASSPHRASE), own.change_password(PASSPHRASE, OTHER_PASSPHRASE)]:
            error = await raised_by(call)
            assert isinstance(error, NotSetUpError)
            assert error.takes_password
            assert str(path) in str(error)
        assert not path.parent.exists()

    async def test_a_locked_one_takes_its_passphrase(self, unlocked: VaultStore, path: Path) -> None:
        before = path.read_bytes()
        unlocked.lock()
        assert not unlocked.is_unlocked
        for call in every_call(unlocked):
            error = await raised_by(call)
            assert isinstance(error, LockedError)
            assert error.takes_password
            assert f"{path} is locked" in str(error)
        assert path.read_bytes() == before
        await unlocked.unlock(PASSPHRASE)
        assert await unlocked.find("one") == KEYS

    async def test_a_wrong_passphrase_unlocks_nothing(self, unlocked: VaultStore) -> None:
        unlocked.lock()
        assert isinstance(await raised_by(unlocked.unlock(OTHER_PASSPHRASE)), PasswordError)
        assert not unlocked.is_unlocked
        assert isinstance(await raised_by(unlocked.find("one")), LockedError)

    async def test_a_wrong_passphrase_does_not_lock_what_is_unlocked(self, unlocked: VaultStore) -> None:
        await raised_by(unlocked.unlock(OTHER_PASSPHRASE))
        assert await unlocked.find("one") == KEYS

    async def test_unlocking_that_is_given_up_leaves_it_locked(self, unlocked: VaultStore) -> None:
        unlocked.lock()
        unlocking = asyncio.create_task(unlocked.unlock(PASSPHRASE))
        await asyncio.sleep(0)
        unlocking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await unlocking
        await asyncio.sleep(0.1)
        assert not unlocked.is_unlocked

    @pytest.mark.parametrize("is_held", [True, False])
    async def test_a_damaged_one_is_told_before_a_passphrase_is_asked_for(
        self, is_held: bool, unlocked: VaultStore, path: Path
    ) -> None:
        damaged = path.read_bytes().replace(b'"token": "gAAAA', b'"token": "gAAAB')
        path.write_bytes(damaged)
        if not is_held:
            unlocked.lock()
        for call in [
            *every_call(unlocked),
            unlocked.unlock(PASSPHRASE),
            unlocked.change_password(PASSPHRASE, OTHER_PASSPHRASE),
        ]:
            error = await raised_by(call)
            assert isinstance(error, DamagedError)
            assert str(path) in str(error)
        assert path.read_bytes() == damaged

    async def test_a_forged_one_is_damage_to_who_holds_its_key_and_a_wrong_passphrase_to_who_types_it(
        self, unlocked: VaultStore, path: Path
    ) -> None:
        fields = json.loads(path.read_bytes())
        path.write_bytes(signed({**fields, "token": fields["token"].replace("gAAAA", "gAAAB")}))
        for call in every_call(unlocked):
            assert isinstance(await raised_by(call), DamagedError)
        assert isinstance(await raised_by(unlocked.unlock(PASSPHRASE)), PasswordError)

    async def test_a_newer_one_is_said_to_be_one_and_left_as_it_is(self, unlocked: VaultStore, path: Path) -> None:
        newer = signed({**json.loads(path.read_bytes()), "version": 2})
        path.write_bytes(newer)
        for call in [*every_call(unlocked), unlocked.unlock(PASSPHRASE), unlocked.set_up(PASSPHRASE)]:
            error = await raised_by(call)
            assert type(error) is StoreError
        assert path.read_bytes() == newer

    async def test_an_entry_that_is_no_key_pair_can_be_replaced(self, unlocked: VaultStore, path: Path) -> None:
        path.write_bytes(vault.written({"one": Secret("{}"), "two": Secret(store.written(OTHER_KEYS))}, ANY_KEY))
        error = await raised_by(unlocked.find("one"))
        assert isinstance(error, EntryError)
        assert "entry for one is not a key pair" in str(error)
        await unlocked.keep("one", KEYS)
        assert kept(path) == {"one": KEYS, "two": OTHER_KEYS}

    @pytest.mark.parametrize(
        ("make", "says"),
        [(os.mkdir, "not a file"), (os.mkfifo, "not a file"), (lambda path: path.symlink_to(path), "")],
        ids=["a folder", "a pipe", "a link to itself"],
    )
    async def test_what_is_no_file_is_said_so_and_holds_nothing_up(
        self, make: Callable[[Path], None], says: str, path: Path
    ) -> None:
        private_files.make_private(path.parent)
        make(path)
        await raised_by(VaultStore(path).find("one"))
        before = open_descriptors()
        for own in (holding(path, ANY_KEY), holding(path, None)):
            assert own.exists
            for call in [*every_call(own), own.unlock(PASSPHRASE)]:
                error = await raised_by(call)
                assert str(path) in str(error)
                assert says in str(error)
                assert "XDG_DATA_HOME" in str(error)
            assert "already" in str(await raised_by(own.set_up(PASSPHRASE)))
        assert open_descriptors() == before

    async def test_one_that_is_too_large_is_not_read(self, unlocked: VaultStore, path: Path) -> None:
        path.write_bytes(b"x" * 2**20)
        assert isinstance(await raised_by(unlocked.find("one")), DamagedError)
        path.write_bytes(b"x" * (2**20 + 1))
        assert "larger than 1,048,576 bytes" in str(await raised_by(unlocked.find("one")))

    async def test_one_never_grows_too_large_to_be_read(self, unlocked: VaultStore, path: Path) -> None:
        before = path.read_bytes()
        assert "is full" in str(await raised_by(unlocked.keep("x" * 2**20, KEYS)))
        assert path.read_bytes() == before

    @pytest.mark.parametrize("below", ["file", "file/share"])
    async def test_a_folder_that_cannot_be_made_is_named_with_the_reason(self, below: str, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        error = await raised_by(VaultStore(tmp_path / below / "vault.json", n=N).set_up(PASSPHRASE))
        assert str(tmp_path / "file") in str(error)
        assert any(os.strerror(reason) in str(error) for reason in (errno.EEXIST, errno.ENOTDIR))

    async def test_a_folder_of_another_user_is_refused(
        self, unlocked: VaultStore, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: own + 1)
        error = await raised_by(unlocked.keep("one", NEW_KEYS))
        assert f"{path.parent}: it belongs to another user" in str(error)

    async def test_a_failure_without_words_is_told_by_its_name(
        self, unlocked: VaultStore, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def read(*arguments: object) -> None:
            raise TimeoutError

        monkeypatch.setattr(private_files, "read", read)
        assert f"({path}: TimeoutError)" in str(await raised_by(unlocked.find("one")))

    async def test_a_disk_that_takes_something_else_is_found_out(
        self, unlocked: VaultStore, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = path.read_bytes()
        monkeypatch.setattr(private_files, "replace", lambda path, content: None)
        for call in (unlocked.keep("one", NEW_KEYS), unlocked.remove("one")):
            error = await raised_by(call)
            assert isinstance(error, DamagedError)
            assert "does not hold what was just written" in str(error)
        monkeypatch.setattr(private_files, "remove", lambda path: None)
        assert "still there" in str(await raised_by(unlocked.start_over()))
        assert path.read_bytes() == before


class TestPassphrases:
    async def test_a_weak_one_is_not_chosen(self, unlocked: VaultStore, path: Path, tmp_path: Path) -> None:
        before = path.read_bytes()
        for call in (
            VaultStore(tmp_path / "new" / "vault.json").set_up(Secret("1234567")),
            unlocked.change_password(PASSPHRASE, Secret("1234567")),
        ):
            assert "at least 8 characters" in str(await raised_by(call))
        assert path.read_bytes() == before
        assert not (tmp_path / "new").exists()

    async def test_giving_up_leaves_nothing_unclear(self, unlocked: VaultStore, path: Path) -> None:
        keeping = asyncio.create_task(unlocked.keep("one", NEW_KEYS))
        await asyncio.sleep(0)
        unlocked.give_up()
        await keeping
        assert kept(path)["one"] == NEW_KEYS

    async def test_setting_up_takes_no_vaults_place(self, unlocked: VaultStore, path: Path) -> None:
        before = path.read_bytes()
        for own in (unlocked, VaultStore(path, n=N)):
            assert f"{path} already" in str(await raised_by(own.set_up(OTHER_PASSPHRASE)))
        assert path.read_bytes() == before
        assert await unlocked.find("one") == KEYS

    async def test_of_two_wizards_that_set_one_up_at_once_one_does(self, path: Path) -> None:
        stores = [VaultStore(path, n=N) for _ in range(4)]
        passphrases = [Secret(f"passphrase {number}") for number in range(4)]
        ended = await asyncio.gather(
            *(own.set_up(passphrase) for own, passphrase in zip(stores, passphrases, strict=True)),
            return_exceptions=True,
        )
        assert sum(isinstance(error, StoreError) for error in ended) == 3
        winner = ended.index(None)
        assert await opens(path, passphrases[winner])
        assert [own.is_unlocked for own in stores] == [number == winner for number in range(4)]

    async def test_a_changed_one_opens_all_and_the_old_one_nothing(self, unlocked: VaultStore, path: Path) -> None:
        salt = vault.read(path.read_bytes(), path).kdf.salt
        await unlocked.change_password(PASSPHRASE, OTHER_PASSPHRASE)
        assert vault.read(path.read_bytes(), path).kdf.salt != salt
        assert await unlocked.find("one") == KEYS
        assert not await opens(path, PASSPHRASE)
        other = VaultStore(path)
        await other.unlock(OTHER_PASSPHRASE)
        assert [await other.find(account) for account in ("one", "two")] == [KEYS, OTHER_KEYS]

    async def test_changing_it_takes_the_old_one_and_unlocks(self, unlocked: VaultStore, path: Path) -> None:
        before = path.read_bytes()
        unlocked.lock()
        assert isinstance(await raised_by(unlocked.change_password(OTHER_PASSPHRASE, OTHER_PASSPHRASE)), PasswordError)
        assert not unlocked.is_unlocked
        assert path.read_bytes() == before
        await unlocked.change_password(PASSPHRASE, OTHER_PASSPHRASE)
        assert await unlocked.find("one") == KEYS

    @pytest.mark.parametrize("call", range(4))
    async def test_a_change_locks_every_other_wizard(self, call: int, unlocked: VaultStore, path: Path) -> None:
        other = holding(path, ANY_KEY)
        await unlocked.change_password(PASSPHRASE, OTHER_PASSPHRASE)
        before = path.read_bytes()
        calls = every_call(other)
        error = await raised_by(calls.pop(call))
        assert isinstance(error, LockedError)
        assert error.takes_password
        assert "Another wizard changed the passphrase" in str(error)
        assert not other.is_unlocked
        for each in calls:
            assert "is locked" in str(await raised_by(each))
        assert path.read_bytes() == before
        await other.unlock(OTHER_PASSPHRASE)
        assert await other.find("one") == KEYS

    async def test_of_two_wizards_that_change_it_at_once_one_does(
        self, unlocked: VaultStore, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        both = threading.Barrier(2)
        make_private = private_files.make_private

        def together(folder: Path) -> Path:
            both.wait(5)
            return make_private(folder)

        monkeypatch.setattr(private_files, "make_private", together)
        stores, new = (unlocked, holding(path, ANY_KEY)), (OTHER_PASSPHRASE, Secret("a third one"))
        ended = await asyncio.gather(
            *(own.change_password(PASSPHRASE, chosen) for own, chosen in zip(stores, new, strict=True)),
            return_exceptions=True,
        )
        winner = ended.index(None)
        assert isinstance(ended[1 - winner], LockedError)
        assert not stores[1 - winner].is_unlocked
        assert await stores[winner].find("one") == KEYS
        assert await opens(path, new[winner])

    async def test_a_change_that_another_wizard_makes_before_the_lock_is_had_is_not_undone(
        self, unlocked: VaultStore, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_private = private_files.make_private
        theirs = vault.derived(OTHER_PASSPHRASE, vault.new_kdf(N))

        def after_a_change(folder: Path) -> Path:
            monkeypatch.setattr(private_files, "make_private", make_private)
            held(path, {"one": KEYS}, theirs)
            return make_private(folder)

        monkeypatch.setattr(private_files, "make_private", after_a_change)
        assert isinstance(await raised_by(unlocked.keep("one", NEW_KEYS)), LockedError)
        assert kept(path, theirs) == {"one": KEYS}


class TestStartingOver:
    async def test_all_is_gone_and_another_passphrase_may_be_chosen(self, unlocked: VaultStore, path: Path) -> None:
        path.with_name("vault.json.unfinished").touch()
        other = holding(path, ANY_KEY)
        await unlocked.start_over()
        assert names(path.parent) == []
        assert not unlocked.exists
        assert not unlocked.is_unlocked
        assert isinstance(await raised_by(other.keep("one", KEYS)), NotSetUpError)
        assert not other.is_unlocked
        await unlocked.set_up(OTHER_PASSPHRASE)
        assert await unlocked.find("one") is None

    async def test_another_wizard_is_locked_where_one_was_set_up_again(self, unlocked: VaultStore, path: Path) -> None:
        other = holding(path, ANY_KEY)
        await unlocked.start_over()
        await unlocked.set_up(PASSPHRASE)
        assert isinstance(await raised_by(other.keep("one", KEYS)), LockedError)
        assert await unlocked.find("one") is None

    @pytest.mark.parametrize("content", [b"", b"damaged", b"x" * (2**20 + 1)])
    async def test_it_takes_no_passphrase_and_no_whole_file(self, content: bytes, path: Path) -> None:
        private_files.make_private(path.parent)
        path.write_bytes(content)
        await VaultStore(path).start_over()
        assert names(path.parent) == []
        await VaultStore(path).start_over()

    async def test_what_cannot_be_deleted_is_said_so(self, path: Path) -> None:
        path.mkdir(parents=True)
        assert str(path) in str(await raised_by(VaultStore(path).start_over()))


class TestWizardsAtOnce:
    async def test_two_in_one_process_lose_nothing(self, path: Path) -> None:
        stores = [held(path, {}), holding(path, ANY_KEY)]
        numbers = range(16)
        await asyncio.gather(*(stores[number % 2].keep(str(number), KEYS) for number in numbers))
        assert kept(path) == {str(number): KEYS for number in numbers}
        await asyncio.gather(*(stores[number % 2].remove(str(number)) for number in numbers if number % 3))
        assert kept(path) == {str(number): KEYS for number in numbers if not number % 3}

    def test_processes_lose_nothing(self, path: Path) -> None:
        held(path, {"one": KEYS})

        async def keep_some(name: str) -> None:
            own = holding(path, ANY_KEY)
            for number in range(8):
                await own.keep(f"{name}{number}", KEYS)
                assert await own.find("one") == KEYS

        children = [forked(lambda name=name: keep_some(name)) for name in "abc"]  # type: ignore[misc]
        assert [ended(child) for child in children] == [0, 0, 0]
        assert set(kept(path)) == {"one", *(f"{name}{number}" for name in "abc" for number in range(8))}


def forked(act: Callable[[], Coroutine[Any, Any, None]]) -> int:
    child = os.fork()
    if not child:
        try:
            asyncio.run(act())
        except BaseException:  # noqa: BLE001 - a child that goes on would run the other tests
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(step: int, act: Callable[[], Coroutine[Any, Any, None]]) -> bool:
    """Do *act* in a process that ends without a word at its call of that number; return whether it came so far.

    A write takes 200 bytes at most, and the process may end between two of them.
    """
    left = step

    def count() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(KILLED)

    def heard(event: str, arguments: object) -> None:
        if event in ("open", "os.remove", "os.rename", "os.mkdir"):
            count()

    def counting(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(descriptor: int, *content: bytes) -> Any:
            count()
            return call(descriptor, *(part[:200] for part in content))

        return counted

    async def counted_act() -> None:
        for name in ("write", "fsync", "close"):
            setattr(os, name, counting(getattr(os, name)))
        sys.addaudithook(heard)  # pathlib of Python 3.10 holds functions of its own, and the system's are heard anyway
        await act()

    status = ended(forked(counted_act))
    assert status in (0, KILLED)
    return status == KILLED


async def _keep(own: VaultStore) -> None:
    await own.keep("one", NEW_KEYS)


async def _remove(own: VaultStore) -> None:
    await own.remove("one")


OLD_ACCOUNTS: dict[str, Keys | None] = {"one": KEYS, "two": OTHER_KEYS}


class TestLossOfPower:
    @pytest.mark.parametrize(
        ("act", "new"),
        [(_keep, {**OLD_ACCOUNTS, "one": NEW_KEYS}), (_remove, {"two": OTHER_KEYS})],
        ids=["keep", "remove"],
    )
    def test_a_change_is_made_wholly_or_not_at_all(
        self,
        act: Callable[[VaultStore], Coroutine[Any, Any, None]],
        new: dict[str, Keys | None],
        unlocked: VaultStore,
        path: Path,
    ) -> None:
        before = path.read_bytes()
        found: list[dict[str, Keys | None]] = []
        while killed_at(len(found), lambda: act(unlocked)):
            found.append(kept(path))
            assert found[-1] in (OLD_ACCOUNTS, new)
            path.write_bytes(before)
        assert kept(path) == new
        assert [accounts == new for accounts in found] == sorted(accounts == new for accounts in found)
        assert found[0] == OLD_ACCOUNTS
        assert found[-1] == new
        assert len(found) > 15

    def test_a_passphrase_is_changed_wholly_or_not_at_all(self, unlocked: VaultStore, path: Path) -> None:
        before = path.read_bytes()
        found: list[bool] = []
        while killed_at(len(found), lambda: unlocked.change_password(PASSPHRASE, OTHER_PASSPHRASE)):
            is_old = vault.read(path.read_bytes(), path).kdf == ANY_KEY.kdf
            assert self.accounts(path, PASSPHRASE if is_old else OTHER_PASSPHRASE) == OLD_ACCOUNTS
            found.append(is_old)
            path.write_bytes(before)
        assert self.accounts(path, OTHER_PASSPHRASE) == OLD_ACCOUNTS
        assert found == sorted(found, reverse=True)
        assert found[0]
        assert not found[-1]

    def test_a_vault_is_set_up_wholly_or_not_at_all(self, path: Path) -> None:
        found: list[bool] = []
        while killed_at(len(found), lambda: VaultStore(path, n=N).set_up(PASSPHRASE)):
            found.append(path.exists())
            if path.exists():
                assert self.accounts(path, PASSPHRASE) == {}
                path.unlink()
        assert self.accounts(path, PASSPHRASE) == {}
        assert found == sorted(found)
        assert not found[0]
        assert found[-1]

    def test_what_a_killed_wizard_left_does_not_stop_the_next(self, unlocked: VaultStore, path: Path) -> None:
        left = path.with_name("vault.json.unfinished")
        step = 0
        while not left.exists():
            assert killed_at(step, lambda: _keep(unlocked))
            step += 1
        asyncio.run(_remove(unlocked))
        assert kept(path) == {"two": OTHER_KEYS}
        assert names(path.parent) == ["vault.json"]

    def accounts(self, path: Path, passphrase: Secret) -> dict[str, Keys | None]:
        return kept(path, vault.derived(passphrase, vault.read(path.read_bytes(), path).kdf))

    @pytest.mark.parametrize("written", [0, 300])
    @pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
    async def test_a_disk_that_fails_leaves_the_vault_as_it_was(
        self, reason: int, written: int, unlocked: VaultStore, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = path.read_bytes()
        write, left = os.write, written

        def full(descriptor: int, content: bytes) -> int:
            nonlocal left
            if not left:
                raise OSError(reason, os.strerror(reason))
            count = write(descriptor, content[: min(left, 200)])
            left -= count
            return count

        for call in (_keep(unlocked), _remove(unlocked), unlocked.change_password(PASSPHRASE, OTHER_PASSPHRASE)):
            left = written
            with monkeypatch.context() as patch:
                patch.setattr(os, "write", full)
                error = await raised_by(call)
            assert os.strerror(reason) in str(error)
            assert str(path) in str(error)
            assert path.read_bytes() == before
            assert names(path.parent) == ["vault.json"]
        assert await unlocked.find("one") == KEYS

    async def test_a_full_disk_leaves_no_half_of_a_new_vault(self, path: Path) -> None:
        own = VaultStore(path, n=N)
        with full_disk(100):
            await raised_by(own.set_up(PASSPHRASE))
        assert names(path.parent) == []
        assert not own.is_unlocked
        await own.set_up(PASSPHRASE)

    @pytest.mark.parametrize("act", ["set up", "keep", "remove", "change", "start over"])
    async def test_all_is_on_the_disk_in_the_order_that_loses_nothing(
        self, act: str, unlocked: VaultStore, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if act == "set up":
            path.unlink()
        disk = Disk(path.parent, monkeypatch)
        await {
            "set up": lambda: VaultStore(path, n=N).set_up(PASSPHRASE),
            "keep": lambda: _keep(unlocked),
            "remove": lambda: _remove(unlocked),
            "change": lambda: unlocked.change_password(PASSPHRASE, OTHER_PASSPHRASE),
            "start over": unlocked.start_over,
        }[act]()
        after = disk.after_loss_of_power()
        assert after == {each.name: each.read_bytes() for each in path.parent.iterdir()}
        assert ("vault.json" in after) is (act != "start over")
        assert disk.renamed == (act != "start over")


class Disk:
    """What of *folder* a loss of power leaves: of a file and of the names, what was there when it was last synced."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._contents = {path.stat().st_ino: path.read_bytes() for path in folder.iterdir()}
        self._names = self._names_now()
        self.renamed = 0
        fsync, replace = os.fsync, Path.replace

        def synced(descriptor: int) -> None:
            fsync(descriptor)
            if os.path.samestat(os.fstat(descriptor), folder.stat()):
                self._names = self._names_now()
            else:
                number = os.fstat(descriptor).st_ino
                (path,) = (path for path in folder.iterdir() if path.stat().st_ino == number)
                self._contents[number] = path.read_bytes()

        def replaced(source: Path, target: Path) -> Path:
            assert (
                self._contents.get(source.stat().st_ino) == source.read_bytes()
            )  # names may be synced before contents
            vault.read(source.read_bytes(), target)
            self.renamed += 1
            return replace(source, target)

        monkeypatch.setattr(os, "fsync", synced)
        monkeypatch.setattr(Path, "replace", replaced)

    def _names_now(self) -> dict[str, int]:
        return {path.name: path.stat().st_ino for path in self._folder.iterdir()}

    def after_loss_of_power(self) -> dict[str, bytes]:
        return {name: self._contents.get(number, b"") for name, number in self._names.items()}
