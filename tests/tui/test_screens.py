"""Every screen at three sizes, as a person sees it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import OptionList

from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.cloudinsight.listing import Listed
from ncloud_integration.cloudinsight.outcome import Created, Deleted, Deletion, NotSent, Outcome, Refused, Unknown
from ncloud_integration.cloudinsight.site import GOV, PUBLIC
from ncloud_integration.credentials.accounts import Account, Accounts
from ncloud_integration.credentials.configure import Profile
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.credentials.sources import of_account, of_environment, of_profile, ranked
from ncloud_integration.integration.draft import Draft, unchecked
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_DRAFT, PRACTICE_KEYS
from ncloud_integration.recovery.draft_file import DraftFile, Form
from ncloud_integration.recovery.journal import Journal
from ncloud_integration.tui.dialogs import dialog_of
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.wizard import key_questions, questions
from ncloud_integration.wizard.question import AnyQuestion, Trial
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import RAIL, Step
from tests.tui.driving import ATTEMPT, PRACTICE, armed, show_outcome, until, wizard
from tests.tui.snapshots import assert_screen

pytestmark = pytest.mark.anyio
SIZES = [(80, 24), (40, 12), (120, 40)]
at_every_size = pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)

FOUND = EnvironmentKeys(Keys.of("ABCDEFGHIJKLMNOPQRST", "s" * 40), ("NCLOUD_ACCESS_KEY", "NCLOUD_SECRET_KEY"))
BAD = Draft(
    name="이름 ",
    url="http://hooks.slack.com:80/services/T0AAAAAAAA/B0BBBBBBBB/c1d2e3f4g5h6i7j8#x",
    headers=(Header("", "v"), Header("x y", "é"), Header("authorization", "b" * 90), Header("Authorization", "c")),
    payload='{\n  "text": "#{RULE_NAM} #{VALUE}",\n  "n": 1,,\n}',
)


@at_every_size
@pytest.mark.parametrize("step", RAIL, ids=lambda step: step.title)
async def test_a_step_in_practice_mode(step: Step, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        for _ in RAIL[: RAIL.index(step)]:
            await pilot.press("f8")
        if step is Step.CONFIRM:
            await armed(app, "#create")
        await pilot.pause()
        assert_screen(app, f"practice-{step.name.lower()}")


@at_every_size
@pytest.mark.parametrize("step", RAIL[1:5], ids=lambda step: step.title)
async def test_a_step_with_problems(step: Step, size: tuple[int, int]) -> None:
    start = Start(draft=replace(BAD), sources=(of_environment(FOUND),))
    async with wizard(start, size) as (app, pilot):
        await app.show_step(step)
        if step in (Step.HEADERS, Step.PAYLOAD):
            await pilot.press("f8")
        await pilot.pause()
        assert_screen(app, f"problems-{step.name.lower()}")


@at_every_size
async def test_credentials_without_any_keys(size: tuple[int, int]) -> None:
    async with wizard(Start(), size) as (app, pilot):
        await until(lambda: app.session.key_state.keyring)
        await pilot.press("f8")
        await pilot.pause()
        assert_screen(app, "no-keys")


@at_every_size
async def test_credentials_from_the_environment(size: tuple[int, int]) -> None:
    complaint = Sentence(
        "NCLOUD_SITE is {name}, which is none of public, gov and fin: it is not used.", {"name": "moon"}
    )
    async with wizard(Start(sources=(of_environment(FOUND),), complaints=(complaint,)), size) as (app, pilot):
        await pilot.pause()
        assert_screen(app, "keys-from-environment")


OUTCOMES: dict[str, Outcome] = {
    "created": Created("999"),
    "refused": Refused(Sentence("Permission denied: this sub account needs a permission."), "access_key"),
    "not-sent": NotSent(Sentence("cw.apigw.ntruss.com refused the connection.")),
    "found": Created("1001", is_found=True, twins=("1002",)),
    "refused-for-the-clock": Refused(Sentence("This machine's clock is 20 minutes behind the API's."), None, -1200),
    "not-found": Unknown(
        Sentence("The connection to cw.apigw.ntruss.com broke after the request was sent, and no answer came."),
        Sentence("It was not found after 6 looks in 30 seconds; it may still appear."),
    ),
    "unknown": Unknown(Sentence("The request was sent, and no answer came within 30 seconds.")),
}


@at_every_size
@pytest.mark.parametrize("name", OUTCOMES)
async def test_an_outcome(name: str, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await show_outcome(app, pilot, OUTCOMES[name])
        assert_screen(app, name)


@at_every_size
async def test_the_question_before_leaving(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await pilot.press("f8", "x", "ctrl+q")
        await armed(app, "#leave")
        await pilot.pause()
        assert_screen(app, "leave")


@at_every_size
@pytest.mark.parametrize("step", [Step.CREDENTIALS, Step.PAYLOAD], ids=lambda step: step.title)
async def test_help(step: Step, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await app.show_step(step)
        await pilot.press("f1")
        await pilot.pause()
        assert_screen(app, f"help-{step.name.lower()}")


@at_every_size
async def test_the_question_before_creating_again(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await show_outcome(app, pilot, OUTCOMES["unknown"])
        await pilot.press("f7")
        await armed(app, "#create")
        await pilot.press("enter")
        await armed(app, "#again")
        await pilot.pause()
        assert_screen(app, "create-again")


@at_every_size
async def test_looking_for_what_may_have_been_created(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        app.session.begin_attempt()
        app.session.attempt = ATTEMPT
        app.session.unclear = Sentence("The request was sent to 127.0.0.1, and no answer came within 30 s.")
        app.session.progress = Sentence("Look 2 of 6.")
        await app.show_step(Step.RESULT)
        await armed(app, "#stop")
        await pilot.pause()
        assert_screen(app, "looking")


THERE = Sentence("It was still there after 4 looks in 6 seconds; it may still go.")
UNCHECKED = Sentence(
    "Whether it is gone could not be checked: 127.0.0.1 refused the connection: check --api-url and the network."
)
DELETIONS: dict[str, Deletion] = {
    "deleted": Deleted(),
    "deleted-unverified": Deleted(doubt=UNCHECKED),
    "not-deleted": Refused(
        Sentence("Permission denied: this sub account needs a Cloud Insight change permission."), "access_key"
    ),
    "not-deleted-for-the-clock": Refused(Sentence("This machine's clock is 20 minutes behind the API's."), None, -1200),
    "perhaps-deleted": Unknown(Sentence("The request was sent to 127.0.0.1, and no answer came within 30 s."), THERE),
}


@at_every_size
@pytest.mark.parametrize("name", DELETIONS)
async def test_a_deletion(name: str, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await show_outcome(app, pilot, Created("999"))
        assert app.session.made
        app.session.end_deleting(app.session.made, DELETIONS[name])
        app.show_session()
        await pilot.pause()
        await until(lambda: all(action.is_armed for action in app.screen.query(Action).results(Action)))
        await pilot.pause()
        assert_screen(app, name)


@at_every_size
async def test_the_question_before_deleting(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        app.session.edit(name="알림 통합 " * 20)
        await show_outcome(app, pilot, Created("999"))
        await pilot.press("right", "right", "enter")
        await armed(app, "#delete")
        await pilot.pause()
        assert_screen(app, "ask-delete")


@at_every_size
async def test_a_deletion_under_way(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await show_outcome(app, pilot, Created("999"))
        assert app.session.made
        app.session.begin_deleting(app.session.made)
        app.session.unclear = Sentence("The request was sent to 127.0.0.1, and no answer came within 30 s.")
        app.session.progress = Sentence("Look {look} of {looks}.", {"look": 2, "looks": 4})
        app.show_session()
        await pilot.press("ctrl+q")
        await armed(app, "#stop")
        await pilot.pause()
        assert_screen(app, "deleting")


@at_every_size
async def test_what_was_read_back_otherwise_than_it_was_sent(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        app.session.remarks = [
            Sentence("It is not stored as it was sent:"),
            Sentence("Name: {sent} was sent and {stored} is stored.", {"sent": "one", "stored": "[bold]two"}),
        ]
        await show_outcome(app, pilot, Created("1001"), app.session.remarks)
        assert_screen(app, "read-back")


@at_every_size
@pytest.mark.parametrize("is_looked_for", [False, True], ids=["reported", "looked-for"])
async def test_attempts_of_earlier_wizards(
    is_looked_for: bool, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    journal = Journal(tmp_path / "attempts")
    for name in ("one", "two"):
        journal.begin(replace(ATTEMPT, integration=replace(ATTEMPT.integration, name=name), name=name)).close()
    async with wizard(Start(state_folder=tmp_path), size) as (app, pilot):
        if is_looked_for:
            newest, oldest = (unresolved.attempt for unresolved in app.session.attempts.unresolved)
            app.session.attempts.judge(newest, Created("1001", is_found=True))
            not_found = Sentence("It was not found after 6 looks in 30 seconds; it may still appear.")
            app.session.attempts.judge(oldest, not_found)
            app.show_session()
        await armed(app, "#look")
        await pilot.pause()
        assert_screen(app, f"earlier-{'looked-for' if is_looked_for else 'reported'}")


@at_every_size
async def test_the_offer_to_resume(size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    DraftFile(tmp_path / "drafts").close(Form(PRACTICE_DRAFT, "gov", "PAYLOAD"))
    (path,) = (tmp_path / "drafts").iterdir()
    os.utime(path, (1_790_000_000, 1_790_000_000))
    async with wizard(Start(state_folder=tmp_path), size) as (app, pilot):
        await armed(app, "#resume")
        await until(lambda: app.session.key_state.keyring)
        await pilot.pause()
        assert_screen(app, "resume")


@at_every_size
async def test_confirm_with_all_that_is_unusual(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@proxy.example:3128")
    start = Start(
        draft=PRACTICE_DRAFT,
        sources=(of_environment(EnvironmentKeys(PRACTICE_KEYS, ("NCLOUD_ACCESS_KEY", "NCLOUD_SECRET_KEY"))),),
        api_url="https://gateway.invalid",
        timeout=1,
    )
    async with wizard(start, size) as (app, pilot):
        app.session.clock_offset = -1200
        await app.show_step(Step.CONFIRM)
        await until(lambda: app.session.existing_complaint)
        app.session.existing = [Listed("900", unchecked(PRACTICE_DRAFT))]
        app.show_session()
        await armed(app, "#create")
        await pilot.pause()
        assert_screen(app, "confirm-unusual")


@at_every_size
async def test_keys_that_were_checked(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        app.screen.set_focus(app.screen.query_one("#check"))
        await pilot.press("enter")
        await until(lambda: "✓" in str(app.session.key_check))
        await pilot.pause()
        assert_screen(app, "keys-checked")


ACCOUNT = Account("prod", GOV, "vault")
KEYRING_ACCOUNT = Account("alerts", PUBLIC, "keyring")
PROFILE = Profile("DEFAULT", FOUND.keys or PRACTICE_KEYS, None)


def with_accounts(path: Path) -> Start:
    """Return how a wizard starts that has an account in each store, and a profile; the keyring is not there."""
    accounts = Accounts((ACCOUNT, KEYRING_ACCOUNT), "vault")
    return Start(
        site=GOV,
        sources=tuple(ranked(accounts, EnvironmentKeys(), [PROFILE])),
        accounts=accounts,
        vault_path=path,
    )


@at_every_size
async def test_credentials_with_an_account_in_a_locked_vault(size: tuple[int, int], tmp_path: Path) -> None:
    async with wizard(with_accounts(tmp_path / "vault.json"), size) as (app, pilot):
        await until(lambda: app.session.key_state.keyring)
        await pilot.pause()
        assert_screen(app, "account-in-vault")


@at_every_size
async def test_credentials_with_an_account_whose_keyring_does_not_answer(size: tuple[int, int]) -> None:
    start = Start(sources=(of_account(KEYRING_ACCOUNT),), accounts=Accounts((KEYRING_ACCOUNT,), "keyring"))
    async with wizard(start, size) as (app, pilot):
        await until(lambda: app.session.key_state.keyring)
        app.session.key_state.unopened["alerts"] = Sentence(
            "The keyring did not answer within 3 seconds: it may be waiting for a person on another screen."
        )
        app.session.key_state.keyring = Sentence("does not answer")
        app.show_session()
        await pilot.pause()
        assert_screen(app, "account-in-keyring")


@at_every_size
async def test_the_accounts(size: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "vault.json").touch()
    async with wizard(with_accounts(tmp_path / "vault.json"), size) as (app, pilot):
        await until(lambda: app.session.key_state.keyring)
        app.call_next(app.run_action, "accounts")
        await until(lambda: app.screen.query(OptionList))
        await pilot.pause()
        assert_screen(app, "accounts")


def _trial() -> Trial:
    async def run(_: Sequence[Secret]) -> Sentence | None:
        return Sentence("This passphrase does not open the vault /home/o/vault.json: type it again.")

    return Trial(run, asyncio.create_task, lambda: None)


QUESTIONS: dict[str, Callable[[], AnyQuestion]] = {
    "unlock-vault": lambda: key_questions.unlock("vault", _trial()),
    "unlock-keyring": lambda: key_questions.unlock("keyring", _trial()),
    "set-up-vault": lambda: key_questions.set_up("vault", _trial()),
    "set-up-keyring": lambda: key_questions.set_up("keyring", _trial()),
    "change-passphrase": lambda: key_questions.change_passphrase(_trial()),
    "waiting": lambda: key_questions.waiting("keyring"),
    "elsewhere": lambda: key_questions.elsewhere("keyring", Sentence("No keyring runs on this host."), are_typed=True),
    "import": lambda: key_questions.where("public"),
    "plain-text": lambda: key_questions.plain_text(of_profile(PROFILE)),
    "replace": lambda: key_questions.replace(ACCOUNT, replace(ACCOUNT, site=PUBLIC, shelf="keyring")),
    "account": lambda: key_questions.account(ACCOUNT),
    "forget": lambda: key_questions.forget(ACCOUNT),
    "forget-name": lambda: key_questions.forget_name(ACCOUNT, Sentence("No keyring runs on this host.")),
    "forget-everything": lambda: key_questions.forget_everything(3),
    "vault": lambda: key_questions.vault(2),
    "start-over": lambda: key_questions.start_over(2),
    "replace-typed": lambda: questions.replace_typed(Sentence("Name, URL, Headers, Payload")),
    "cloning": lambda: questions.cloning("999"),
    "not-cloned": lambda: questions.not_cloned("999", Sentence("cw.apigw.ntruss.com refused the connection.")),
}


@at_every_size
@pytest.mark.parametrize("name", QUESTIONS)
async def test_a_question_about_keys(name: str, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await app.push_screen(dialog_of(QUESTIONS[name]()))
        await until(lambda: app.screen.is_mounted and all(each.is_armed for each in app.screen.query(Action).results()))
        await pilot.pause()
        assert_screen(app, f"ask-{name}")


@at_every_size
async def test_a_passphrase_that_will_not_do(size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await app.push_screen(dialog_of(QUESTIONS["unlock-vault"]()))
        await pilot.press("x", "enter")
        await pilot.pause()
        assert_screen(app, "ask-wrong-passphrase")
