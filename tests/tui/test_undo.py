"""Deleting what was just created: asked once, sent once, and told on the screen, by the exit code, in the journal."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ncloud_integration.cloudinsight.outcome import Created, Deleted, NotSent, Refused, Unknown
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.credentials.sources import of_environment
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_DRAFT, PRACTICE_KEYS
from ncloud_integration.recovery import draft_file
from ncloud_integration.recovery.journal import Journal
from ncloud_integration.tui.app import Wizard
from ncloud_integration.wizard import undo
from ncloud_integration.wizard.session import Session, Start
from ncloud_integration.wizard.steps import Step
from tests.tui.driving import ATTEMPT, PRACTICE, armed, outcome, show_outcome, text, until, wizard
from tests.wire.faulty_gateway import FaultyGateway, Serve, say
from tests.wire.servers import Connection, Request
from tests.wire.test_deletion import drop, hang, refuse

pytestmark = pytest.mark.anyio

LOOKS = (0.0, 0.05)
WORDS = Sentence("It could not be told.")


@pytest.fixture
def gateway() -> Iterator[FaultyGateway]:
    with FaultyGateway() as running:
        yield running


@asynccontextmanager
async def created(
    gateway: FaultyGateway, folder: Path | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Wizard, Pilot[None]]]:
    """Run a wizard that has typed an integration and created it, with its state in *folder*, up to Result."""
    source = of_environment(EnvironmentKeys(PRACTICE_KEYS, ("NCLOUD_ACCESS_KEY", "NCLOUD_SECRET_KEY")))
    start = Start(
        draft=Draft(), sources=(source,), api_url=gateway.base_url, timeout=2, state_folder=folder, looks=LOOKS
    )
    async with wizard(start, size) as (app, pilot):
        app.session.edit(**PRACTICE_DRAFT.__dict__)
        await app.show_step(Step.CONFIRM)
        await armed(app, "#create")
        await pilot.press("enter")
        await outcome(app, pilot)
        assert isinstance(app.session.outcome, Created)
        await until(lambda: app.session.remarks)
        await armed(app, "#delete")
        yield app, pilot


async def delete(app: Wizard, pilot: Pilot[None]) -> None:
    """Press Delete it, say yes, and wait until it is known what came of it."""
    await pilot.press("right", "right", "enter")
    await armed(app, "#keep")
    await pilot.press("right", "enter")
    await until(lambda: app.session.deletion is not None and not app.session.is_under_way)
    await pilot.pause()


def said(app: Wizard) -> str:
    return " ".join(text(app).split())


async def test_what_is_deleted_is_gone_and_can_be_corrected_and_created_again(
    gateway: FaultyGateway, tmp_path: Path
) -> None:
    async with created(gateway, tmp_path) as (app, pilot):
        assert draft_file.saved_forms(tmp_path / "drafts") == []
        await delete(app, pilot)
        assert gateway.ids == []
        assert "Deleted: 1001" in text(app)
        assert app.exit_code == 1
        assert app.session.attempts.created == []
        assert app.session.has_unsaved_work
        await until(lambda: list((tmp_path / "drafts").glob("*")))
        await armed(app, "#back")
        await pilot.press("f7")
        await armed(app, "#create")
        assert "[Create]" in text(app)
        await pilot.press("f7", "f7", "f7", "f7")
        assert app.step_screen
        assert app.step_screen.step is Step.NAME
        await pilot.press("2", *["f8"] * 4)
        await armed(app, "#create")
        await pilot.press("enter")
        await outcome(app, pilot)
        assert "Integration ID: 1002" in text(app)
        assert [made.integration_id for made in app.session.attempts.created] == ["1002"]
        assert app.exit_code == 0
    assert gateway.calls.count("delete") == 1
    assert Journal(tmp_path / "attempts").unresolved() == []
    assert Journal(tmp_path / "attempts").created_ids() == {"1001", "1002"}
    assert list((tmp_path / "drafts").glob("*")) == []


async def test_no_and_escape_delete_nothing(gateway: FaultyGateway) -> None:
    async with created(gateway) as (app, pilot):
        for answer in ("enter", "escape"):
            await pilot.press("right", "right", "enter")
            await armed(app, "#keep")
            assert "Delete practice-integration (ID 1001)?" in text(app)
            await pilot.press(answer)
            await armed(app, "#leave")
            app.screen.set_focus(app.screen.query_one("#leave"))
        assert app.session.deletion is None
        assert gateway.ids == ["1001"]
        assert app.exit_code == 0


async def test_keys_typed_ahead_delete_nothing(gateway: FaultyGateway) -> None:
    async with created(gateway) as (app, pilot):
        await pilot.press("right", "right", "enter", "right", "enter", "enter")
        await armed(app, "#keep")
        assert "delete" not in gateway.calls


async def test_what_is_refused_is_there_and_may_be_tried_again(gateway: FaultyGateway) -> None:
    async with created(gateway) as (app, pilot):
        gateway.scripts["delete"] = refuse(401, 210)
        await delete(app, pilot)
        assert "Not deleted: 1001" in text(app)
        assert "Permission denied: this sub account needs a Cloud Insight change permission." in said(app)
        assert app.exit_code == 0
        await pilot.press("f7")
        assert "Not deleted" in text(app)
        gateway.scripts["delete"] = None
        await armed(app, "#delete")
        await delete(app, pilot)
        assert isinstance(app.session.deletion, Deleted)


async def test_what_is_not_known_to_be_deleted_is_looked_at_again(gateway: FaultyGateway, tmp_path: Path) -> None:
    async with created(gateway, tmp_path) as (app, pilot):
        gateway.scripts["delete"] = drop
        await delete(app, pilot)
        assert "Perhaps deleted: 1001" in text(app)
        assert "It was still there after 2 looks" in said(app)
        assert app.exit_code == 3
        assert [made.integration_id for made in app.session.attempts.created] == ["1001"]
        await armed(app, "#look")
        await pilot.press("enter")
        await until(lambda: gateway.calls.count("detail") == 5)
        await until(lambda: not app.session.is_under_way)
        assert app.exit_code == 3
        gateway.store.integrations.clear()
        await armed(app, "#look")
        await pilot.press("enter")
        await until(lambda: isinstance(app.session.deletion, Deleted) and not app.session.is_under_way)
        assert app.exit_code == 1
    assert gateway.calls.count("delete") == 1


async def test_looking_whether_it_is_gone_can_be_stopped(gateway: FaultyGateway) -> None:
    async with created(gateway) as (app, pilot):
        gateway.scripts |= {"delete": drop, "detail": hang}
        await pilot.press("right", "right", "enter")
        await armed(app, "#keep")
        await pilot.press("right", "enter", "ctrl+q")
        await armed(app, "#stop")
        assert "Looking whether it is gone…" in text(app)
        await pilot.press("enter")
        await until(lambda: not app.session.is_under_way)
        assert isinstance(app.session.deletion, Unknown)


async def test_leaving_has_to_wait_for_the_answer(gateway: FaultyGateway) -> None:
    released = threading.Event()

    def slow(connection: Connection, _: Request, serve: Serve) -> None:
        released.wait(5)
        say(connection, serve())

    async with created(gateway) as (app, pilot):
        gateway.scripts["delete"] = slow
        await pilot.press("right", "right", "enter")
        await armed(app, "#keep")
        await pilot.press("right", "enter")
        await until(lambda: "delete" in gateway.calls)
        assert app.exit_code == 3
        await pilot.press("ctrl+q", "f7", "enter")
        assert app.is_running
        assert "is what tells whether it is deleted" in said(app)
        app.behind.end_by_signal(1)
        await pilot.pause()
        assert app.is_running
        released.set()
        await until(lambda: not app.is_running)
        assert isinstance(app.session.deletion, Deleted)
        assert (app.exit_code, app.behind.signalled) == (1, 0)


async def test_a_signal_before_it_is_sent_deletes_nothing(gateway: FaultyGateway) -> None:
    async with created(gateway) as (app, pilot):
        app.attempts.is_leaving = True
        await pilot.press("right", "right", "enter")
        await armed(app, "#keep")
        await pilot.press("right", "enter")
        await until(lambda: not app.is_running)
        assert isinstance(app.session.deletion, NotSent)
        assert app.exit_code == 0
    assert "delete" not in gateway.calls


async def test_what_was_found_can_be_deleted_too() -> None:
    async with wizard(PRACTICE) as (app, pilot):
        await show_outcome(app, pilot, Created("1001", is_found=True, twins=("1002",)))
        await armed(app, "#delete")
        await delete(app, pilot)
        assert "Deleted: 1001" in text(app)
        assert app.session.attempts.deleted[0].twins == ("1002",)


async def test_a_wrong_clock_is_corrected_where_it_kept_it_from_being_deleted() -> None:
    async with wizard(PRACTICE) as (app, pilot):
        await show_outcome(app, pilot, Created("1001"))
        assert app.session.made
        app.session.end_deleting(app.session.made, Refused(WORDS, None, -1200))
        app.show_session()
        await armed(app, "#clock")
        assert app.focused
        assert app.focused.id == "clock"
        await pilot.press("enter")
        await armed(app, "#delete")
        assert app.session.clock_offset == 1200
        assert "Not deleted: 1001" in text(app)


async def test_one_that_is_deleted_leaves_the_others_that_were_created(gateway: FaultyGateway) -> None:
    async with created(gateway) as (app, pilot):
        await pilot.press("right", "enter")
        app.session.edit(**replace(PRACTICE_DRAFT, name="other").__dict__)
        await app.show_step(Step.CONFIRM)
        await armed(app, "#create")
        await pilot.press("enter")
        await outcome(app, pilot)
        await armed(app, "#delete")
        await delete(app, pilot)
        assert [made.integration_id for made in app.session.attempts.created] == ["1001"]
        assert app.exit_code == 0
        assert gateway.ids == ["1001"]


class TestSession:
    """What the session makes of a deletion, without a screen."""

    @pytest.fixture
    def session(self) -> Session:
        session = Session.begin(PRACTICE)
        session.begin_attempt()
        session.attempt = ATTEMPT
        session.record(Created("1001"))
        return session

    def test_the_question_names_what_is_deleted_and_where(self, session: Session) -> None:
        assert session.made
        name = "n" * 100
        long = session.made._replace(attempt=replace(ATTEMPT, integration=replace(ATTEMPT.integration, name=name)))
        asked = undo.question(long)
        assert str(asked.title) == f"Delete {'n' * 23}… (ID 1001)?"
        assert str(asked.text).startswith(f"{name}, ID 1001, on the practice gateway: ")
        assert list(asked.answers) == ["keep", "delete"]

    def test_one_that_ends_in_the_middle_is_not_known(self, session: Session) -> None:
        assert session.made
        session.begin_deleting(session.made)
        assert session.is_deleting
        assert session.exit_code == 3
        assert session.attempts.perhaps_deleted == [session.made]

    @pytest.mark.parametrize(
        ("deletion", "code", "is_there"),
        [
            (Deleted(), 1, False),
            (Deleted(WORDS), 1, False),
            (Refused(WORDS), 0, True),
            (NotSent(WORDS), 0, True),
            (Unknown(WORDS), 3, True),
        ],
    )
    def test_the_exit_code_and_the_id_tell_what_exists(
        self, session: Session, deletion: Deleted | Refused | NotSent | Unknown, code: int, is_there: bool
    ) -> None:
        assert session.made
        session.begin_deleting(session.made)
        session.end_deleting(session.made, deletion)
        assert not session.is_under_way
        assert session.exit_code == code
        assert bool(session.attempts.created) == session.has_created == bool(session.twin) == is_there
        assert session.attempts.ids == {"1001"}
        heading, _ = undo.words(session) or ("", "")
        assert str(heading).endswith("eleted: 1001")

    def test_what_looking_for_earlier_attempts_has_found_is_not_what_was_just_created(self, session: Session) -> None:
        session.begin_attempt()
        session.attempt = replace(ATTEMPT, name="another")
        session.record(Unknown(WORDS))
        session.attempts.judge(session.attempt, Created("1002"))
        assert session.made is None
        assert not session.has_created


def test_the_journal_says_what_was_deleted(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "attempts")
    record = journal.begin(ATTEMPT)
    record.note(Created("1001"))
    record.note_deletion("1001", WORDS)
    record.note_deletion("1001", None)
    record.close()
    (path,) = (tmp_path / "attempts").iterdir()
    lines = [json.loads(line) for line in path.read_text().splitlines() if line]
    assert [line["state"] for line in lines] == ["sending", "created", "perhaps deleted", "deleted"]
    assert journal.created_ids() == {"1001"}
    assert journal.unresolved() == []
    assert journal.reopened(ATTEMPT) is None
