"""Keys in the operator's hands: where they are kept, what opens them again, and every way to be rid of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.cloudinsight.site import FIN, GOV, PUBLIC, Site
from ncloud_integration.credentials.accounts import Account, Accounts, AccountsFile, Rest
from ncloud_integration.credentials.configure import Profile
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.credentials.sources import ranked
from ncloud_integration.credentials.vault_store import VaultStore
from ncloud_integration.practice.sample import PRACTICE_DRAFT
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.widgets.choice import ColumnChoice
from ncloud_integration.tui.widgets.field import Field
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import armed, paste, text, until, wizard

pytestmark = pytest.mark.anyio
KEYS = Keys.of("ACCESSKEY0123456789A", "SecretKey0123456789abcdefABCDEF0123456789")
OTHER_KEYS = Keys.of("OTHERACCESSKEY012345", "OtherSecretKey0123456789abcdefABCDEF01234")
PASSPHRASE = "금고의 암호 passphrase"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def starting(folder: Path, site: Site = PUBLIC, profiles: tuple[Profile, ...] = (), rest: Rest | None = None) -> Start:
    """Return how a wizard starts that finds what others have kept in *folder*."""
    known = AccountsFile(folder / "accounts.json").read()
    found = ranked(known, EnvironmentKeys(), profiles)
    return Start(
        site=(found[0].site if found else None) or site,
        sources=tuple(found),
        accounts=replace(known, rest=rest or known.rest),
        accounts_path=folder / "accounts.json",
        vault_path=folder / "vault.json",
    )


async def with_vault(folder: Path, **keys: Keys) -> None:
    """Have a vault with *keys* by the names of their accounts, the last one used last."""
    vault = VaultStore(folder / "vault.json")
    await vault.set_up(Secret(PASSPHRASE))
    for name, pair in keys.items():
        await vault.keep(name, pair)
        have_account(folder, Account(name, PUBLIC, "vault"))


def have_account(folder: Path, account: Account) -> None:
    AccountsFile(folder / "accounts.json").change(lambda known: replace(known.with_used(account), rest=account.shelf))


async def in_vault(folder: Path) -> VaultStore:
    vault = VaultStore(folder / "vault.json")
    await vault.unlock(Secret(PASSPHRASE))
    return vault


def kept(folder: Path) -> list[tuple[str, str, str]]:
    accounts = AccountsFile(folder / "accounts.json").read().accounts
    return [(account.name, account.site.name, account.shelf) for account in accounts]


async def type_pair(app: Wizard, pilot: Pilot[None], keys: Keys = KEYS, name: str = "") -> None:
    named = [("account_name", name)] if name else []
    for field, value in (
        ("access_key", keys.access_key.reveal()),
        ("secret_key", keys.secret_key.reveal()),
        *named,
    ):
        app.screen.set_focus(app.screen.query_one(f"#{field}"))
        await paste(pilot, value)


async def choose(app: Wizard, pilot: Pilot[None], rest: str) -> None:
    """Choose where typed keys are kept, as with the arrows."""
    choice = app.screen.query_one(ColumnChoice)
    app.screen.set_focus(choice)
    for _ in range(("session", "keyring", "vault").index(rest) - choice.chosen):
        await pilot.press("down")


async def asked(app: Wizard, title: str) -> None:
    await until(lambda: app.step_screen is None and title in text(app))


async def answer(app: Wizard, pilot: Pilot[None], button: str) -> None:
    await armed(app, f"#{button}")
    app.screen.set_focus(app.screen.query_one(f"#{button}"))
    await pilot.press("enter")


async def give(pilot: Pilot[None], *passwords: str) -> None:
    for password in passwords:
        await paste(pilot, password)
        await pilot.press("enter")


async def at(app: Wizard, step: Step) -> None:
    await until(lambda: app.step_screen and app.step_screen.step is step)
    await until(lambda: app.session.key_state.site)


def flat(app: Wizard) -> str:
    """Return the screen without its line ends."""
    return " ".join(text(app).split())


async def pick(app: Wizard, pilot: Pilot[None], entry: str) -> None:
    """Open Accounts, and pick the entry that holds these words."""
    app.screen.set_focus(app.screen.query_one("#accounts"))
    await pilot.press("enter")
    await asked(app, "Accounts and other sources of keys")
    entries = app.screen.query_one(OptionList)
    index = next(index for index, option in enumerate(entries.options) if entry in str(option.prompt))
    entries.highlighted = index
    await armed(app, "#back")
    await pilot.press("enter")


class TestWhereToKeepThem:
    async def test_it_is_asked_before_anything_is_typed(self, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            assert isinstance(app.focused, ColumnChoice)
            assert "in memory, gone when the program ends" in text(app)
            assert "a file here, encrypted with your passphrase" in text(app)
            await pilot.press("down", "down", "enter")
            assert app.focused
            assert app.focused.id == "access_key"
            assert app.session.key_state.rest == "vault"

    @pytest.mark.parametrize("rest", ["session", "keyring", "vault"])
    async def test_it_is_asked_once(self, rest: Rest, folder: Path) -> None:
        async with wizard(starting(folder, rest=rest)) as (app, _):
            assert app.focused
            assert app.focused.id == "access_key"
            assert app.session.key_state.rest == rest

    async def test_what_is_typed_instead_of_an_answer_is_the_access_key(self, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            await pilot.press("A", "B")
            assert app.session.key_state.typed == ("AB", "")
        async with wizard(starting(folder)) as (app, pilot):
            await paste(pilot, "PASTED\n")
            assert app.session.key_state.typed == ("PASTED", "")

    async def test_this_session_is_remembered_as_an_answer_and_keeps_nothing(self, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            await type_pair(app, pilot)
            await pilot.press("f8")
            await at(app, Step.NAME)
            assert "keys as typed" in text(app)
        assert AccountsFile(folder / "accounts.json").read() == Accounts(rest="session")
        assert not (folder / "vault.json").exists()
        async with wizard(starting(folder)) as (app, _):
            assert not isinstance(app.focused, ColumnChoice)

    async def test_up_and_down_choose_and_leave_at_the_ends(self, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            await pilot.press("down", "up", "down", "down")
            assert app.session.key_state.rest == "vault"
            await pilot.press("down")
            assert app.focused
            assert app.focused.id == "access_key"
            await pilot.press("up", "up", "up", "up")
            assert app.session.key_state.keys is None
            assert app.screen.query_one(ColumnChoice).chosen == 0
            assert not isinstance(app.focused, ColumnChoice)


class TestTheVault:
    async def test_it_is_made_under_a_passphrase_that_is_typed_twice(self, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            await choose(app, pilot, "vault")
            await type_pair(app, pilot, name="prod")
            await pilot.press("f8")
            await asked(app, "Choose a passphrase for the vault")
            await give(pilot, "short", "short")
            await until(lambda: "at least 8 characters" in text(app))
            await give(pilot, PASSPHRASE, "another one")
            await until(lambda: "The two are not the same" in text(app))
            await give(pilot, PASSPHRASE, PASSPHRASE)
            await at(app, Step.NAME)
            await until(lambda: "The keys are kept in the vault, as account prod." in text(app))
            assert "public · account prod" in text(app)
            assert app.session.key_state.typed == ("", "")
            assert app.session.keys == KEYS
        assert kept(folder) == [("prod", "public", "vault")]
        assert await (await in_vault(folder)).find("prod") == KEYS

    async def test_it_is_opened_by_next_and_no_key_is_shown(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            assert "Next opens account prod (in the vault)." in text(app)
            await pilot.press("f8")
            await asked(app, "Unlock the vault")
            await give(pilot, "not the passphrase")
            await until(lambda: "does not open the vault" in text(app))
            await give(pilot, PASSPHRASE)
            await at(app, Step.NAME)
            assert "public · account prod" in text(app)
            await pilot.press("f7")
            assert "Next uses account prod (in the vault): access key …789A." in text(app)
            assert all(key.reveal() not in text(app) for key in (KEYS.access_key, KEYS.secret_key))
            assert app.session.key_state.typed == ("", "")

    async def test_it_stays_open_for_the_next_account(self, folder: Path) -> None:
        await with_vault(folder, one=KEYS, two=OTHER_KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pilot.press("f8")
            await give(pilot, PASSPHRASE)
            await at(app, Step.NAME)
            await pilot.press("f7")
            await pick(app, pilot, "account one")
            await answer(app, pilot, "use")
            await at(app, Step.CREDENTIALS)
            await pilot.press("f8")
            await at(app, Step.NAME)
            assert app.session.keys == KEYS
        assert kept(folder)[0][0] == "one"

    @pytest.mark.parametrize("way", ["escape", "cancel"])
    async def test_whoever_puts_it_off_stays_with_all_that_was_typed(self, way: str, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            await choose(app, pilot, "vault")
            await type_pair(app, pilot)
            await pilot.press("f8")
            await asked(app, "Choose a passphrase")
            if way == "escape":
                await pilot.press("escape")
            else:
                await answer(app, pilot, "cancel")
            await at(app, Step.CREDENTIALS)
            assert app.session.keys == KEYS
        assert kept(folder) == []

    async def test_one_that_is_gone_is_said_so_and_a_typed_pair_goes_on(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        (folder / "vault.json").unlink()
        async with wizard(starting(folder, rest="session")) as (app, pilot):
            await pilot.press("f8")
            await until(lambda: "The vault has no keys for it: type them, and keep them as prod again." in flat(app))
            await at(app, Step.CREDENTIALS)
            await type_pair(app, pilot, OTHER_KEYS)
            await pilot.press("f8")
            await at(app, Step.NAME)
            assert app.session.keys == OTHER_KEYS

    async def test_one_that_was_changed_by_something_else_is_said_so(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        (folder / "vault.json").write_text("{}")
        async with wizard(starting(folder)) as (app, pilot):
            await pilot.press("f8")
            await until(lambda: "was changed or cut off" in text(app))
            assert app.session.keys is None

    async def test_an_account_that_is_not_in_it_says_how_to_mend_that(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        await (await in_vault(folder)).remove("prod")
        async with wizard(starting(folder)) as (app, pilot):
            await pilot.press("f8")
            await asked(app, "Unlock the vault")
            await give(pilot, PASSPHRASE)
            await until(lambda: "The vault has no keys for it" in text(app))

    async def test_its_passphrase_can_be_changed(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pick(app, pilot, "The vault")
            await answer(app, pilot, "change")
            await asked(app, "Change the vault's passphrase")
            await give(pilot, "not the passphrase", "a new passphrase", "a new passphrase")
            await until(lambda: "does not open the vault" in text(app))
            await give(pilot, PASSPHRASE, "a new passphrase", "a new passphrase")
            await until(lambda: "The vault's passphrase is changed." in text(app))
        vault = VaultStore(folder / "vault.json")
        await vault.unlock(Secret("a new passphrase"))
        assert await vault.find("prod") == KEYS

    async def test_it_can_be_started_over_where_the_passphrase_is_forgotten(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pick(app, pilot, "The vault")
            await answer(app, pilot, "over")
            await asked(app, "Start the vault over?")
            await answer(app, pilot, "over")
            await until(lambda: "The vault is deleted." in text(app))
            assert app.session.key_state.source is None
        assert not (folder / "vault.json").exists()
        assert kept(folder) == []

    async def test_a_password_never_reaches_the_clipboard(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pilot.press("f8")
            await asked(app, "Unlock the vault")
            await paste(pilot, PASSPHRASE)
            await pilot.press("shift+home", "ctrl+x")
            assert app.clipboard == ""
            assert PASSPHRASE not in text(app)


class TestWhereThereIsNoKeyring:
    async def kept_in_keyring(self, app: Wizard, pilot: Pilot[None]) -> None:
        await until(lambda: "none runs on this host" in text(app))
        await choose(app, pilot, "keyring")
        await type_pair(app, pilot)
        await pilot.press("f8")
        await asked(app, "Where are the keys to be kept instead?")
        assert "No keyring runs on this host." in text(app)

    async def test_the_vault_is_offered(self, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            await self.kept_in_keyring(app, pilot)
            await answer(app, pilot, "vault")
            await asked(app, "Choose a passphrase")
            await give(pilot, PASSPHRASE, PASSPHRASE)
            await at(app, Step.NAME)
        assert kept(folder) == [("public", "public", "vault")]
        assert AccountsFile(folder / "accounts.json").read().rest == "vault"

    async def test_this_session_is_offered(self, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            await self.kept_in_keyring(app, pilot)
            await answer(app, pilot, "session")
            await at(app, Step.NAME)
            assert app.session.keys == KEYS
        assert kept(folder) == []

    async def test_so_is_to_think_it_over(self, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            await self.kept_in_keyring(app, pilot)
            await answer(app, pilot, "stay")
            await at(app, Step.CREDENTIALS)
            assert app.session.keys == KEYS

    async def test_an_account_in_it_is_not_forgotten_in_silence(self, folder: Path) -> None:
        have_account(folder, Account("prod", PUBLIC, "keyring"))
        async with wizard(starting(folder)) as (app, pilot):
            await until(lambda: "No keyring runs on this host." in text(app))
            await pick(app, pilot, "account prod")
            await answer(app, pilot, "forget")
            await asked(app, "Forget prod?")
            await answer(app, pilot, "forget")
            await asked(app, "prod cannot be forgotten")
            assert "No keyring runs on this host." in text(app)
            await answer(app, pilot, "stay")
            await asked(app, "Accounts and other sources of keys")
            assert kept(folder) == [("prod", "public", "keyring")]
            await pilot.press("escape")
            await pick(app, pilot, "account prod")
            await answer(app, pilot, "forget")
            await answer(app, pilot, "forget")
            await asked(app, "prod cannot be forgotten")
            await answer(app, pilot, "forget")
            await until(lambda: "Account prod is listed no more; its keys may still be in the keyring." in flat(app))
        assert kept(folder) == []


class TestAccounts:
    async def test_another_pair_is_another_account(self, folder: Path) -> None:
        await with_vault(folder, public=KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await type_pair(app, pilot, OTHER_KEYS)
            assert app.screen.query_one("#account_name", Field).placeholder == "public-2"
            await pilot.press("f8")
            await asked(app, "Unlock the vault")
            await give(pilot, PASSPHRASE)
            await at(app, Step.NAME)
        vault = await in_vault(folder)
        assert (await vault.find("public"), await vault.find("public-2")) == (KEYS, OTHER_KEYS)
        assert [name for name, *_ in kept(folder)] == ["public-2", "public"]

    @pytest.mark.parametrize("is_replaced", [False, True])
    async def test_a_name_that_is_taken_is_asked_about(self, is_replaced: bool, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await type_pair(app, pilot, OTHER_KEYS, name="prod")
            await pilot.press("f8")
            await asked(app, "Replace the keys of prod?")
            await answer(app, pilot, "replace" if is_replaced else "stay")
            if is_replaced:
                await asked(app, "Unlock the vault")
                await give(pilot, PASSPHRASE)
                await at(app, Step.NAME)
            else:
                await at(app, Step.CREDENTIALS)
            assert app.session.keys == OTHER_KEYS
        assert await (await in_vault(folder)).find("prod") == (OTHER_KEYS if is_replaced else KEYS)

    async def test_its_keys_can_be_replaced_from_the_list(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS, test=KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pick(app, pilot, "account prod")
            await answer(app, pilot, "replace")
            await until(lambda: "Type the new keys of prod: Next keeps them." in text(app))
            assert app.screen.query_one("#account_name", Field).value == "prod"

    async def test_it_is_forgotten_once_that_is_certain(self, folder: Path) -> None:
        await with_vault(folder, one=KEYS, two=OTHER_KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pick(app, pilot, "account two")
            await answer(app, pilot, "forget")
            await asked(app, "Forget two?")
            await answer(app, pilot, "forget")
            await asked(app, "Unlock the vault")
            await give(pilot, PASSPHRASE)
            await until(lambda: "Account two is forgotten" in text(app))
            await until(lambda: "Next uses account one" in text(app))
        assert await (await in_vault(folder)).find("two") is None
        assert [name for name, *_ in kept(folder)] == ["one"]

    async def test_whoever_does_not_mean_it_forgets_nothing(self, folder: Path) -> None:
        await with_vault(folder, one=KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pick(app, pilot, "account one")
            await answer(app, pilot, "forget")
            await asked(app, "Forget one?")
            await pilot.press("escape")
            await asked(app, "Accounts and other sources of keys")
            await pilot.press("escape")
            await at(app, Step.CREDENTIALS)
        assert await (await in_vault(folder)).find("one") == KEYS

    async def test_everything_can_be_forgotten_at_once_without_a_passphrase(self, folder: Path) -> None:
        await with_vault(folder, one=KEYS, two=OTHER_KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pick(app, pilot, "Forget all keys")
            await asked(app, "Forget all keys?")
            await answer(app, pilot, "forget")
            await until(lambda: "Everything is forgotten: no keys are kept any more." in text(app))
            assert app.session.key_state.is_to_ask_where_to_keep
        assert list(folder.iterdir()) == []

    async def test_a_site_brings_its_own(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        have_account(folder, Account("g", GOV, "vault"))
        async with wizard(starting(folder)) as (app, pilot):
            assert "gov · account g, not open yet" in text(app)
            assert "Next opens account g" in text(app)
            app.screen.set_focus(app.screen.query_one("#site"))
            await pilot.press("right")
            assert app.session.site is FIN
            assert "No keys were found for the fin site" in text(app)
            await pilot.press("right")
            assert "Next opens account prod" in text(app)

    async def test_a_file_that_cannot_be_written_is_said_and_keeps_nobody_from_going_on(self, folder: Path) -> None:
        begun = starting(folder)
        (folder / "accounts.json").mkdir(parents=True)
        async with wizard(begun) as (app, pilot):
            await choose(app, pilot, "vault")
            await type_pair(app, pilot)
            await pilot.press("f8")
            await asked(app, "Where are the keys to be kept instead?")
            assert "accounts.json" in text(app)
            await answer(app, pilot, "session")
            await at(app, Step.NAME)
            assert app.session.keys == KEYS
        assert not (folder / "vault.json").exists()

    @pytest.mark.parametrize("name", ["x" * 65])
    async def test_a_name_that_is_none_is_told_before_anything_is_kept(self, name: str, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            await choose(app, pilot, "vault")
            await type_pair(app, pilot, name=name)
            await pilot.press("f8")
            await until(lambda: "up to 64 characters" in text(app))
            assert app.focused
            assert app.focused.id == "account_name"

    async def test_keys_are_checked_once_they_are_opened(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        async with wizard(replace(starting(folder), api_url="http://127.0.0.1:1", timeout=1)) as (app, pilot):
            app.screen.set_focus(app.screen.query_one("#check"))
            await pilot.press("enter")
            await asked(app, "Unlock the vault")
            await give(pilot, PASSPHRASE)
            await until(lambda: "refused the connection" in text(app))


class TestNaversOwnFile:
    PROFILE = Profile("DEFAULT", OTHER_KEYS, None)

    async def test_its_first_section_is_used_and_an_import_offered(self, folder: Path) -> None:
        async with wizard(starting(folder, profiles=(self.PROFILE,))) as (app, pilot):
            assert "Next uses ~/.ncloud/configure, section DEFAULT: access key …2345." in text(app)
            assert "They lie there as plain text: Accounts can keep them encrypted." in " ".join(text(app).split())
            await pilot.press("f8")
            await at(app, Step.NAME)
            assert "public · profile DEFAULT" in text(app)
        assert not folder.exists()

    async def test_it_is_imported_into_the_vault(self, folder: Path) -> None:
        async with wizard(starting(folder, profiles=(self.PROFILE,))) as (app, pilot):
            await pick(app, pilot, "section DEFAULT")
            await answer(app, pilot, "keep")
            await asked(app, "Keep these keys as an account?")
            await answer(app, pilot, "vault")
            await asked(app, "Choose a passphrase")
            await give(pilot, PASSPHRASE, PASSPHRASE)
            await until(lambda: "The keys are kept in the vault, as account public." in text(app))
            assert "Next uses account public (in the vault)" in text(app)
        assert await (await in_vault(folder)).find("public") == OTHER_KEYS

    async def test_an_account_outranks_it_and_it_is_named(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        async with wizard(starting(folder, profiles=(self.PROFILE,))) as (app, _):
            assert "Next opens account prod (in the vault)." in text(app)
            assert "Not used: ~/.ncloud/configure, section DEFAULT." in text(app)


async def test_of_an_access_key_its_start_is_shown_and_of_a_secret_key_nothing(folder: Path) -> None:
    async with wizard(starting(folder, rest="session")) as (app, pilot):
        await type_pair(app, pilot)
        assert "ACCE" + "•" * 16 + " " in text(app)
        assert "ACCES" not in text(app)
        assert "Secr" not in text(app).replace("Secret key ", "")
        assert "•" * 41 in text(app)


async def test_the_accounts_file_names_no_key(folder: Path) -> None:
    await with_vault(folder, prod=KEYS)
    content = json.loads((folder / "accounts.json").read_text())
    assert content == {
        "version": 1,
        "keep_keys_in": "vault",
        "accounts": [{"name": "prod", "site": "public", "kept_in": "vault"}],
    }


class TestMoreThanOneWizard:
    async def test_a_name_that_another_has_taken_meanwhile_is_asked_about(self, folder: Path) -> None:
        async with wizard(starting(folder)) as (app, pilot):
            await with_vault(folder, public=OTHER_KEYS)
            await choose(app, pilot, "vault")
            await type_pair(app, pilot, name="public")
            await pilot.press("f8")
            await asked(app, "Replace the keys of public?")
            assert "of the public site, in the vault" in text(app)
            await answer(app, pilot, "stay")
            await at(app, Step.CREDENTIALS)
        assert await (await in_vault(folder)).find("public") == OTHER_KEYS

    async def test_keys_that_no_account_stands_for_are_not_overwritten_in_silence(self, folder: Path) -> None:
        await with_vault(folder, public=OTHER_KEYS)
        AccountsFile(folder / "accounts.json").change(lambda _: Accounts())
        async with wizard(starting(folder)) as (app, pilot):
            await choose(app, pilot, "vault")
            await type_pair(app, pilot)
            await pilot.press("f8")
            await asked(app, "Unlock the vault")
            await give(pilot, PASSPHRASE)
            await asked(app, "Replace the keys of public?")
            await answer(app, pilot, "replace")
            await at(app, Step.NAME)
        assert await (await in_vault(folder)).find("public") == KEYS

    async def test_an_account_that_another_has_forgotten_does_not_come_back(self, folder: Path) -> None:
        await with_vault(folder, one=KEYS, two=OTHER_KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pick(app, pilot, "account one")
            await answer(app, pilot, "use")
            await at(app, Step.CREDENTIALS)
            AccountsFile(folder / "accounts.json").change(lambda accounts: accounts.without("one"))
            await pilot.press("f8")
            await asked(app, "Unlock the vault")
            await give(pilot, PASSPHRASE)
            await until(lambda: "account one" not in text(app))
        assert [name for name, *_ in kept(folder)] == ["two"]


class TestNothingIsPassedOver:
    async def test_keys_that_are_to_be_kept_are_kept_before_anything_is_sent(self, folder: Path) -> None:
        begun = replace(starting(folder, rest="vault"), draft=PRACTICE_DRAFT)
        async with wizard(begun) as (app, pilot):
            await type_pair(app, pilot)
            await app.show_step(Step.CONFIRM)
            await at(app, Step.CREDENTIALS)
            await until(lambda: "These keys are not in the vault yet: Next keeps them there." in text(app))

    async def test_what_is_typed_ahead_of_a_store_waits_for_it(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pilot.press("f8")
            await asked(app, "Unlock the vault")
            await paste(pilot, PASSPHRASE)
            await pilot.press("enter", "a", "b")
            await at(app, Step.NAME)
            await until(lambda: app.session.draft.name == "ab")
            assert app.session.key_state.typed == ("", "")

    async def test_a_passphrase_that_was_changed_after_all_is_said_to_be(self, folder: Path) -> None:
        await with_vault(folder, prod=KEYS)
        async with wizard(starting(folder)) as (app, pilot):
            await pick(app, pilot, "The vault")
            await answer(app, pilot, "change")
            await asked(app, "Change the vault's passphrase")
            await give(pilot, PASSPHRASE, "a new passphrase", "a new passphrase")
            await pilot.press("escape")
            await until(lambda: "The vault's passphrase is changed." in text(app))

    async def test_forgetting_that_is_put_off_says_what_is_left(self, folder: Path) -> None:
        have_account(folder, Account("prod", PUBLIC, "keyring"))
        have_account(folder, Account("test", PUBLIC, "keyring"))
        async with wizard(starting(folder)) as (app, pilot):
            await until(lambda: "No keyring runs on this host." in text(app))
            await pick(app, pilot, "Forget all keys")
            await asked(app, "Forget all keys?")
            await answer(app, pilot, "forget")
            await asked(app, "test cannot be forgotten")
            await answer(app, pilot, "stay")
            await until(lambda: "Not forgotten: test, prod." in text(app))
        assert len(kept(folder)) == 2

    async def test_leaving_with_typed_keys_alone_says_that_they_go(self, folder: Path) -> None:
        async with wizard(replace(starting(folder), state_folder=folder)) as (app, pilot):
            await type_pair(app, pilot)
            await pilot.press("ctrl+q")
            await until(lambda: "The keys that you typed will be gone." in text(app))
