"""The file of accounts is what this program wrote, wholly and without a key, whichever wizards change it at once."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration import private_files
from ncloud_integration.cloudinsight.site import FIN, GOV, PUBLIC, SITES, Site
from ncloud_integration.credentials import accounts as account_rules
from ncloud_integration.credentials.accounts import (
    RESTS,
    Account,
    Accounts,
    AccountsError,
    AccountsFile,
    Shelf,
    name_problem,
)
from ncloud_integration.integration.sentence import unprintable
from tests.conftest import one_example_of
from tests.recovery.processes import child, full_disk, mode, names, open_descriptors, umask

ONE, TWO, THREE = Account("one", PUBLIC, "keyring"), Account("two", GOV, "vault"), Account("three", FIN, "keyring")
THEM = Accounts((ONE, TWO, THREE), "vault")

NAMES = st.one_of(
    st.text(min_size=1, max_size=64),
    st.text(st.sampled_from("가운영 é🚨👩‍💻\"'\\{}[]:,/.%#\u00a0"), min_size=1, max_size=64),
).filter(lambda name: name_problem(name) is None)
ACCOUNTS = st.builds(
    Accounts,
    st.lists(
        st.builds(Account, NAMES, st.sampled_from(list(SITES.values())), st.sampled_from(["keyring", "vault"])),
        max_size=5,
        unique_by=lambda account: account.name,
    ).map(tuple),
    st.sampled_from([None, *RESTS]),
)

WRITTEN = r"""{
  "version": 1,
  "keep_keys_in": "vault",
  "accounts": [
    {
      "name": "\uc6b4\uc601 \ud83d\udea8 \"1\"",
      "site": "gov",
      "kept_in": "vault"
    },
    {
      "name": "public",
      "site": "public",
      "kept_in": "keyring"
    }
  ]
}
"""
READ = Accounts((Account('운영 🚨 "1"', GOV, "vault"), Account("public", PUBLIC, "keyring")), "vault")
FIELDS = json.loads(WRITTEN)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "ncloud-integration" / "accounts.json"


@pytest.fixture
def held(path: Path) -> AccountsFile:
    """A file of accounts at *path*."""
    file = AccountsFile(path)
    file.change(lambda _: THEM)
    return file


def raised_by(call: Callable[[], object]) -> str:
    with pytest.raises(AccountsError) as raised:
        call()
    said = str(raised.value.sentence)
    assert str(raised.value) == said
    assert raised.value.__suppress_context__
    assert not unprintable.search(said)
    return said


def unreached(accounts: Accounts) -> Accounts:
    raise AssertionError(accounts)


class TestAccounts:
    def test_one_is_found_by_its_whole_name(self) -> None:
        assert [THEM.named(name) for name in ("one", "two", "three")] == [ONE, TWO, THREE]
        assert [THEM.named(name) for name in ("", "ONE", "on", "one ", "four")] == [None] * 5
        assert Accounts().named("one") is None

    @pytest.mark.parametrize(
        ("used", "then"),
        [
            pytest.param(ONE, (ONE, TWO, THREE), id="the last used"),
            pytest.param(TWO, (TWO, ONE, THREE), id="the second"),
            pytest.param(THREE, (THREE, ONE, TWO), id="the third"),
            pytest.param(
                Account("four", GOV, "vault"), (Account("four", GOV, "vault"), ONE, TWO, THREE), id="a new one"
            ),
            pytest.param(Account("two", FIN, "keyring"), (Account("two", FIN, "keyring"), ONE, THREE), id="its name"),
        ],
    )
    def test_the_last_used_comes_first_and_the_others_stay_in_their_order(
        self, used: Account, then: tuple[Account, ...]
    ) -> None:
        assert THEM.with_used(used) == Accounts(then, "vault")
        assert Accounts().with_used(used) == Accounts((used,))

    def test_one_is_taken_out_by_its_name(self) -> None:
        assert THEM.without("two") == Accounts((ONE, THREE), "vault")
        assert THEM.without("four") == THEM
        assert Accounts((ONE,)).without("one") == Accounts()

    def test_all_of_a_store_are_taken_out(self) -> None:
        assert THEM.without_shelf("keyring") == Accounts((TWO,), "vault")
        assert THEM.without_shelf("vault") == Accounts((ONE, THREE), "vault")
        assert Accounts().without_shelf("vault") == Accounts()

    @pytest.mark.parametrize(
        ("taken", "site", "free"),
        [
            ([], PUBLIC, "public"),
            (["public"], GOV, "gov"),
            (["gov"], GOV, "gov-2"),
            (["gov", "gov-2", "gov-3"], GOV, "gov-4"),
            (["gov-3", "gov"], GOV, "gov-2"),
            (["fin-2"], FIN, "fin"),
        ],
    )
    def test_a_free_name_is_the_sites_or_has_the_first_free_number(
        self, taken: list[str], site: Site, free: str
    ) -> None:
        assert Accounts(tuple(Account(name, PUBLIC, "vault") for name in taken)).free_name(site) == free

    @given(ACCOUNTS, NAMES)
    def test_no_name_is_ever_there_twice(self, accounts: Accounts, name: str) -> None:
        for used in (Account(name, GOV, "vault"), *accounts.accounts):
            after = [account.name for account in accounts.with_used(used).accounts]
            assert after[0] == used.name
            assert len(after) == len(set(after))
            assert set(after) == {used.name, *(account.name for account in accounts.accounts)}
        assert accounts.named(accounts.free_name(GOV)) is None
        assert name_problem(accounts.free_name(GOV)) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("", "Give the account a name", id="empty"),
        pytest.param("  ", "Give the account a name", id="spaces"),
        pytest.param("\t\n", "Give the account a name", id="white space that is a control character"),
        pytest.param("\u3000\u00a0", "Give the account a name", id="wide and unbreakable spaces"),
        pytest.param("x" * 64, "", id="as long as can be"),
        pytest.param("x" * 65, "up to 64 characters", id="one more"),
        pytest.param("가" * 64, "", id="as long as can be, in Hangul"),
        pytest.param("운영 계정", "", id="Hangul"),
        pytest.param("👩‍💻", "", id="an emoji with a joiner"),
        pytest.param("\"'`\\{name}%s/../*", "", id="marks"),
        pytest.param("a\nb", "can be seen", id="two lines"),
        pytest.param("a\x1b[2J", "can be seen", id="what a terminal would obey"),
        pytest.param("a\x00", "can be seen", id="NUL"),
        pytest.param("\u200d\u034f", "Give the account a name", id="joiners alone"),
        pytest.param("a\u202eb", "can be seen", id="right-to-left override"),
        pytest.param("a\u200bb", "can be seen", id="a space without width"),
        pytest.param("\u2800", "can be seen", id="a letter without shape"),
        pytest.param("a\ud800", "can be seen", id="half a surrogate pair"),
    ],
)
def test_a_name_is_one_that_can_be_seen(name: str, says: str) -> None:
    problem = name_problem(name)
    assert (problem is None) == (not says)
    assert says in str(problem)


class TestTheFile:
    def test_it_is_written_in_this_format(self, path: Path) -> None:
        assert AccountsFile(path).change(lambda _: READ) == READ
        assert path.read_text("ascii") == WRITTEN

    def test_this_format_is_read(self, path: Path) -> None:
        path.parent.mkdir(parents=True)
        path.write_text(WRITTEN, "ascii")
        assert AccountsFile(path).read() == READ

    def test_it_has_no_place_for_a_key(self) -> None:
        fields = {each.name: each.type for each in dataclasses.fields(Account)}
        assert fields == {"name": "str", "site": "Site", "shelf": "Shelf"}
        assert {each.name for each in dataclasses.fields(Accounts)} == {"accounts", "rest"}

    @one_example_of(5)
    @given(ACCOUNTS, ACCOUNTS)
    def test_what_one_wizard_writes_another_reads(self, first: Accounts, then: Accounts) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "accounts.json"
            for accounts in (first, then):
                assert AccountsFile(path).change(lambda _, accounts=accounts: accounts) == accounts  # type: ignore[misc]
                assert AccountsFile(path).read() == accounts

    @pytest.mark.parametrize("mask", [0, 0o022, 0o077])
    def test_it_is_its_owners_alone(self, mask: int, path: Path) -> None:
        file = AccountsFile(path)
        with umask(mask):
            file.change(lambda _: THEM)
        assert (mode(path), mode(path.parent)) == (0o600, 0o700)
        path.chmod(0o644)
        path.parent.chmod(0o755)
        file.change(lambda accounts: accounts.with_used(TWO))
        assert (mode(path), mode(path.parent), names(path.parent)) == (0o600, 0o700, ["accounts.json"])

    @pytest.mark.parametrize("name", ["missing", "missing/below", "dangling"])
    def test_a_missing_one_holds_none_and_reading_makes_nothing(self, name: str, tmp_path: Path) -> None:
        (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
        assert AccountsFile(tmp_path / name).read() == Accounts()
        assert names(tmp_path) == ["dangling"]

    def test_a_change_begins_with_what_is_there(self, held: AccountsFile, path: Path) -> None:
        other = AccountsFile(path)
        assert other.change(lambda accounts: accounts.with_used(THREE)).accounts == (THREE, ONE, TWO)
        assert held.change(lambda accounts: accounts.without("one")).accounts == (THREE, TWO)
        assert other.read() == Accounts((THREE, TWO), "vault")

    def test_nothing_is_written_where_nothing_changes(
        self, held: AccountsFile, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = path.stat()
        for name in ("replace", "remove"):
            monkeypatch.setattr(private_files, name, lambda *_: unreached(THEM))
        assert held.change(lambda accounts: accounts.with_used(ONE)) == THEM
        after = path.stat()
        assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)

    @pytest.mark.parametrize("change", [lambda _: Accounts(), lambda accounts: accounts.without("missing")])
    def test_without_accounts_there_is_no_file(self, change: Callable[[Accounts], Accounts], path: Path) -> None:
        assert AccountsFile(path).change(change) == Accounts()
        assert names(path.parent) == []

    def test_the_file_goes_with_the_last_of_what_it_said(self, held: AccountsFile, path: Path) -> None:
        held.change(lambda accounts: Accounts((), accounts.rest))
        assert held.read() == Accounts((), "vault")
        path.with_name("accounts.json.unfinished").touch()
        held.change(lambda _: Accounts())
        assert names(path.parent) == []
        assert held.read() == Accounts()

    def test_no_descriptor_stays_open(self, held: AccountsFile) -> None:
        before = open_descriptors()
        held.read()
        for change in (Accounts.with_used, Accounts.with_used, lambda *_: Accounts()):
            held.change(lambda accounts, change=change: change(accounts, THREE))  # type: ignore[misc]
        assert open_descriptors() == before


def changed(**fields: object) -> str:
    return json.dumps({**FIELDS, **fields})


def account(**fields: object) -> str:
    return changed(accounts=[{**FIELDS["accounts"][0], **fields}])


def less(name: str) -> str:
    return json.dumps({key: value for key, value in FIELDS.items() if key != name})


class TestAFileThatCannotBeUsed:
    def test_that_of_a_newer_version_is_told_and_left_as_it_is(self, path: Path) -> None:
        path.parent.mkdir(parents=True)
        path.write_text(changed(version=2))
        for use in (AccountsFile(path).read, lambda: AccountsFile(path).change(lambda _: READ)):
            assert "was made by a newer version" in raised_by(use)
        assert path.read_text() == changed(version=2)

    def test_one_that_could_not_be_read_again_is_not_written(self, path: Path) -> None:
        many = Accounts(tuple(Account(f"{number:03}" + "🏢" * 60, PUBLIC, "vault") for number in range(400)))
        AccountsFile(path).change(lambda _: READ)
        with pytest.raises(AccountsError, match="is full"):
            AccountsFile(path).change(lambda _: many)
        assert AccountsFile(path).read() == READ

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param("", id="empty"),
            pytest.param(WRITTEN[:-10], id="cut off"),
            pytest.param(WRITTEN + "x", id="something behind it"),
            pytest.param(b"\xff\xfe\xff", id="not text"),
            pytest.param(b'{"version": 1, "a": "\xb0\xa1"}', id="not UTF-8"),
            pytest.param(b"\x00" * 512, id="zeros, as a loss of power leaves them"),
            pytest.param("[" * 100_000, id="nested too deep"),
            *[pytest.param(each, id=f"JSON: {each}") for each in ("null", "1", '"x"', "[]", "{}", "[{}]", "NaN")],
            pytest.param(changed(version=0), id="version 0"),
            pytest.param(changed(version="1"), id="a version that is text"),
            pytest.param(changed(version=None), id="a version that is null"),
            *[pytest.param(less(name), id=f"no {name}") for name in FIELDS],
            pytest.param(changed(keep_keys_in="clipboard"), id="kept nowhere"),
            pytest.param(changed(keep_keys_in=["vault"]), id="kept in a list"),
            pytest.param(changed(keep_keys_in=False), id="kept in false"),
            pytest.param(changed(accounts={}) + " ,", id="two values"),
            pytest.param(changed(accounts={"a": 1}), id="accounts that are an object"),
            pytest.param(changed(accounts="one"), id="accounts that are text"),
            pytest.param(changed(accounts=None), id="accounts that are null"),
            pytest.param(changed(accounts=["one"]), id="an account that is text"),
            pytest.param(changed(accounts=[None]), id="an account that is null"),
            pytest.param(changed(accounts=[{"name": "one"}]), id="an account with a name alone"),
            pytest.param(changed(accounts=[FIELDS["accounts"][0]] * 2), id="the same twice"),
            pytest.param(
                changed(accounts=[FIELDS["accounts"][0], {**FIELDS["accounts"][1], "name": READ.accounts[0].name}]),
                id="two of one name",
            ),
            pytest.param(account(name=""), id="an empty name"),
            pytest.param(account(name="a\x1b[2J"), id="a name that a terminal would obey"),
            pytest.param(account(name="\ud800"), id="half a surrogate pair"),
            pytest.param(account(name="x" * 65), id="a name that is too long"),
            pytest.param(account(name=1), id="a name that is a number"),
            pytest.param(account(name=None), id="a name that is null"),
            pytest.param(account(name=["a"]), id="a name that is a list"),
            pytest.param(account(site="korea"), id="an unknown site"),
            pytest.param(account(site="GOV"), id="a site in capitals"),
            pytest.param(account(site=None), id="a site that is null"),
            pytest.param(account(site=["gov"]), id="a site that is a list"),
            pytest.param(account(kept_in="session"), id="kept in this session"),
            pytest.param(account(kept_in="drawer"), id="an unknown store"),
            pytest.param(account(kept_in=None), id="a store that is null"),
            pytest.param(account(kept_in={"vault": 1}), id="a store that is an object"),
        ],
    )
    def test_what_this_program_does_not_write_is_told_and_left_as_it_is(
        self, content: str | bytes, held: AccountsFile, path: Path
    ) -> None:
        damaged = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(damaged)
        descriptors = open_descriptors()
        for call in (held.read, lambda: held.change(unreached), lambda: held.change(lambda _: Accounts())):
            assert f"{path} does not hold accounts as this program writes them" in raised_by(call)
        assert path.read_bytes() == damaged
        assert names(path.parent) == ["accounts.json"]
        assert open_descriptors() == descriptors

    @given(
        st.binary()
        | st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner) | st.dictionaries(st.sampled_from(["version", "accounts", "name", "x"]), inner)
            ),
            max_leaves=8,
        ).map(lambda value: changed(accounts=value).encode())
    )
    def test_every_content_is_read_or_told(self, content: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "accounts.json"
            path.write_bytes(content)
            told = ""
            try:
                AccountsFile(path).read()
            except AccountsError as error:
                told = str(error.sentence)
            assert not unprintable.search(told)
            assert path.read_bytes() == content

    def test_one_that_is_too_large_is_not_read(self, held: AccountsFile, path: Path) -> None:
        path.write_text(WRITTEN.ljust(256 * 1024))
        assert held.read() == READ
        path.write_text(WRITTEN.ljust(256 * 1024 + 1))
        for call in (held.read, lambda: held.change(unreached)):
            assert f"{path} cannot be used (it is larger than 262,144 bytes)" in raised_by(call)
        assert path.stat().st_size == 256 * 1024 + 1

    @pytest.mark.parametrize(
        ("make", "reason"),
        [
            pytest.param(os.mkdir, "it is not a file", id="a folder"),
            pytest.param(os.mkfifo, "it is not a file", id="a pipe"),
            pytest.param(lambda path: path.symlink_to("/dev/zero"), "it is not a file", id="a device"),
            pytest.param(lambda path: path.symlink_to(path), os.strerror(errno.ELOOP), id="a link to itself"),
        ],
    )
    def test_what_is_no_file_is_told_and_holds_nothing_up(
        self, make: Callable[[Path], None], reason: str, path: Path
    ) -> None:
        private_files.make_private(path.parent)
        make(path)
        before = path.lstat()
        for call in (AccountsFile(path).read, lambda: AccountsFile(path).change(unreached)):
            said = raised_by(call)
            assert f"{path} cannot be used ({reason})" in said
            assert "XDG_CONFIG_HOME" in said
        assert path.lstat().st_ino == before.st_ino

    @pytest.mark.parametrize(
        ("error", "says"),
        [
            (PermissionError(errno.EACCES, "Permission denied"), "(Permission denied)"),
            (OSError(), "(OSError)"),
            (TimeoutError("\x1b[2J"), "(TimeoutError)"),
        ],
    )
    @pytest.mark.parametrize("step", ["read", "make_private", "replace", "remove"])
    def test_every_failure_of_the_file_system_is_told_in_words(
        self, step: str, error: OSError, says: str, held: AccountsFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*arguments: object) -> None:
            raise error

        monkeypatch.setattr(private_files, step, fail)
        after = Accounts() if step == "remove" else Accounts((TWO,))
        said = raised_by(lambda: held.change(lambda _: after))
        assert f"accounts.json cannot be used {says}" in said
        assert "XDG_CONFIG_HOME" in said

    @pytest.mark.parametrize("name", ["file/accounts.json", "file/below/accounts.json"])
    def test_a_folder_that_cannot_be_made_is_told(self, name: str, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for call in (AccountsFile(tmp_path / name).read, lambda: AccountsFile(tmp_path / name).change(unreached)):
            said = raised_by(call)
            assert f"{tmp_path / name} cannot be used" in said
            assert any(os.strerror(reason) in said for reason in (errno.EEXIST, errno.ENOTDIR))

    def test_a_folder_of_another_user_is_refused(
        self, held: AccountsFile, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: own + 1)
        assert f"{path} cannot be used (it belongs to another user)" in raised_by(lambda: held.change(unreached))

    def test_what_a_path_holds_that_a_terminal_would_obey_is_not_written_out(self, tmp_path: Path) -> None:
        path = tmp_path / "\x1b[2J"
        path.write_bytes(b"")
        assert r"\x1b[2J does not hold accounts" in raised_by(AccountsFile(path).read)

    def test_an_error_of_whoever_changes_them_is_not_hidden(self, held: AccountsFile, path: Path) -> None:
        before = path.read_bytes()
        with pytest.raises(AssertionError):
            held.change(unreached)
        assert path.read_bytes() == before
        assert held.change(lambda accounts: accounts.with_used(TWO)).accounts[0] == TWO


class TestAChange:
    @pytest.mark.parametrize("step", ["write", "fsync"])
    @pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EIO])
    def test_a_disk_that_fails_leaves_the_accounts_as_they_were(
        self, reason: int, step: str, held: AccountsFile, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*arguments: object) -> None:
            raise OSError(reason, os.strerror(reason))

        before = path.read_bytes()
        with monkeypatch.context() as patch:
            patch.setattr(os, step, fail)
            said = raised_by(lambda: held.change(lambda accounts: accounts.without("one")))
        assert f"{path} cannot be used ({os.strerror(reason)})" in said
        assert "XDG_CONFIG_HOME" in said
        assert path.read_bytes() == before
        assert names(path.parent) == ["accounts.json"]

    def test_a_full_disk_leaves_the_accounts_as_they_were(self, held: AccountsFile, path: Path) -> None:
        with full_disk(100):
            raised_by(lambda: held.change(lambda accounts: accounts.without("one")))
        assert held.read() == THEM
        assert names(path.parent) == ["accounts.json"]

    def test_another_wizard_is_kept_out_until_it_is_done(
        self, held: AccountsFile, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(private_files, "_LOCK_SECONDS", 0.1)

        def meanwhile(accounts: Accounts) -> Accounts:
            said = raised_by(lambda: AccountsFile(path).change(unreached))
            assert f"{path} cannot be used (another wizard keeps it locked)" in said
            assert AccountsFile(path).read() == THEM
            return accounts.without("one")

        assert held.change(meanwhile).accounts == (TWO, THREE)
        assert AccountsFile(path).change(lambda accounts: accounts.without("two")).accounts == (THREE,)

    def test_many_wizards_lose_nothing(self, held: AccountsFile, path: Path) -> None:
        program = """
import sys
from pathlib import Path
from ncloud_integration.cloudinsight.site import FIN
from ncloud_integration.credentials.accounts import Account, AccountsFile
print("ready", flush=True)
sys.stdin.read()
for number in range(8):
    used = Account(f"{sys.argv[2]}-{number}", FIN, "vault")
    after = AccountsFile(Path(sys.argv[1])).change(lambda accounts: accounts.with_used(used))
    assert after.accounts[0] == used
"""
        with ExitStack() as stack:
            wizards = [stack.enter_context(child(program, path, name)) for name in "abcd"]
            for wizard in wizards:
                assert wizard.stdin
                wizard.stdin.close()
            while any(wizard.poll() is None for wizard in wizards):
                assert {"one", "two", "three"} <= {account.name for account in held.read().accounts}
            assert [wizard.wait() for wizard in wizards] == [0] * 4
        found = [account.name for account in held.read().accounts]
        assert found[-3:] == ["one", "two", "three"]
        for name in "abcd":
            assert [each for each in found if each[:2] == f"{name}-"] == [f"{name}-{n}" for n in reversed(range(8))]
        assert len(found) == 35
        assert names(path.parent) == ["accounts.json"]


def test_typed_keys_rest_in_this_session_or_where_an_account_may_have_them() -> None:
    assert RESTS[0] == "session"
    assert RESTS[1:] == get_args(Shelf)


def test_the_files_are_where_the_system_keeps_settings_and_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert account_rules.default().parts[-2:] == ("ncloud-integration", "accounts.json")
    assert account_rules.default_vault().parts[-2:] == ("ncloud-integration", "vault.json")
    if sys.platform == "linux":
        assert account_rules.default() == tmp_path / "settings" / "ncloud-integration" / "accounts.json"
        assert account_rules.default_vault() == tmp_path / "data" / "ncloud-integration" / "vault.json"
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            monkeypatch.delenv(name)
        assert account_rules.default() == tmp_path / ".config" / "ncloud-integration" / "accounts.json"
        assert account_rules.default_vault() == tmp_path / ".local/share/ncloud-integration/vault.json"
    assert names(tmp_path) == []
