"""What survives the process: the installed command, killed, hung up on, and started again."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight.keys import Keys
from tests.terminal.interrupted import (
    ACCESS_KEY,
    FILLED,
    GIVEN,
    KEYS,
    SCREENS,
    SECRET_KEY,
    TYPED,
    Slow,
    cpu_seconds,
    create,
    drafts,
    states,
)
from tests.terminal.pseudo_terminal import COMMAND, ENTER, ESCAPE, F8, QUIT, RIGHT, PseudoTerminal, terminal
from tests.wire.faulty_gateway import FaultyGateway, Serve
from tests.wire.servers import Connection, Request
from tests.wire.test_deletion import drop, refuse


def test_a_wizard_killed_mid_post_is_followed_by_one_that_finds_what_it_created(
    gateway: FaultyGateway, slow: Slow, surroundings: dict[str, str], state: Path
) -> None:
    with terminal("--api-url", gateway.base_url, *FILLED, env=surroundings) as wizard:
        create(wizard)
        assert slow.is_stored.wait(5)
        wizard.process.kill()
        wizard.process.wait()
    assert states(state) == ["sending"]
    with terminal("--api-url", gateway.base_url, env=surroundings) as wizard:
        wizard.until("Earlier attempts may have created")
        wizard.until("The wizard was ended before an answer came.")
        wizard.send(F8 * 3)
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("It exists: 1001")
        wizard.armed()
        wizard.send(QUIT)
        assert wizard.ended() == 0
        assert wizard.output() == "1001\n"
    assert gateway.creates == 1
    assert states(state) == ["created"]
    with terminal("--api-url", gateway.base_url, env=surroundings) as wizard:
        wizard.until("Which keys")
        wizard.read(0.5)
        assert "Earlier" not in wizard.screen()


def test_an_attempt_of_a_live_wizard_is_not_reported_and_both_create_one_each(
    gateway: FaultyGateway, slow: Slow, surroundings: dict[str, str], state: Path
) -> None:
    flags = ("--api-url", gateway.base_url, *FILLED)
    with terminal(*flags, env=surroundings) as first, terminal(*flags, env=surroundings) as second:
        create(first)
        assert slow.is_stored.wait(5)
        with terminal(*flags, env=surroundings) as third:
            third.until("Which keys")
            third.read(0.5)
            assert "Earlier" not in third.screen()
        create(second)
        second.until("One POST is under way")
        slow.is_released.set()
        ids = []
        for wizard in (first, second):
            wizard.until("Integration ID:")
            wizard.armed()
            wizard.send(ENTER)
            assert wizard.ended() == 0
            ids.append(wizard.output())
    assert ids == ["1001\n", "1002\n"]
    assert gateway.creates == 2
    assert states(state) == ["created", "created"]


def test_two_wizards_at_once_keep_a_form_each(surroundings: dict[str, str], state: Path) -> None:
    with terminal(env=surroundings) as first, terminal(env=surroundings) as second:
        for wizard, name in ((first, "one"), (second, "two")):
            wizard.until("Which keys")
            wizard.send(F8, name)
            wizard.until(name)
        first.read(1.5)
        assert sorted(str(form["name"]) for form in drafts(state)) == ["one", "two"]
        with terminal(env=surroundings) as third:
            third.until("Which keys")
            third.read(0.5)
            assert "Resume" not in third.screen()
        first.hang_up()
        assert first.process.wait(5) == 128 + signal.SIGHUP
        with terminal(env=surroundings) as third:
            third.until("Resume where you left off?")
            third.until(": one, Name")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_mid_post_waits_for_the_answer_and_leaves_with_it(
    number: signal.Signals, gateway: FaultyGateway, slow: Slow, surroundings: dict[str, str], state: Path
) -> None:
    with terminal("--api-url", gateway.base_url, *FILLED, env=surroundings) as wizard:
        create(wizard)
        assert slow.is_stored.wait(5)
        wizard.process.send_signal(number)
        wizard.read(0.5)
        assert wizard.process.poll() is None
        slow.is_released.set()
        assert wizard.ended() == 0
        assert wizard.output() == "1001\n"
    assert gateway.creates == 1
    assert states(state) == ["created"]
    assert drafts(state) == []


def delete(wizard: PseudoTerminal) -> None:
    """Say that what was just created is to be deleted."""
    wizard.until("Integration ID: 1001")
    wizard.armed()
    wizard.send(RIGHT * 2, ENTER)
    wizard.until("[No]")
    wizard.armed()
    wizard.send(RIGHT, ENTER)


@pytest.mark.parametrize("is_hung_up", [False, True], ids=["SIGTERM", "hung up"])
def test_a_signal_mid_deletion_waits_for_the_answer_and_leaves_with_it(
    is_hung_up: bool, gateway: FaultyGateway, slow: Slow, surroundings: dict[str, str], state: Path
) -> None:
    slow.is_released.set()
    slow_delete = Slow()
    gateway.scripts["delete"] = slow_delete
    with terminal("--api-url", gateway.base_url, *FILLED, env=surroundings) as wizard:
        create(wizard)
        delete(wizard)
        assert slow_delete.is_stored.wait(5)
        if is_hung_up:
            wizard.hang_up()
        else:
            wizard.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert wizard.process.poll() is None
        slow_delete.is_released.set()
        assert wizard.process.wait(5) == 1
        assert wizard.output() == ""
    assert gateway.calls.count("delete") == 1
    assert states(state) == ["deleted"]
    assert drafts(state) == []  # nothing was typed: the flags have all of it


def test_an_id_of_which_nobody_knows_whether_it_is_deleted_is_written(
    gateway: FaultyGateway, slow: Slow, surroundings: dict[str, str], state: Path
) -> None:
    slow.is_released.set()
    gateway.scripts |= {"delete": drop, "detail": refuse(401, 210)}
    with terminal("--api-url", gateway.base_url, *FILLED, env=surroundings) as wizard:
        create(wizard)
        delete(wizard)
        wizard.until("Perhaps deleted: 1001")
        wizard.send(QUIT)
        assert wizard.ended() == 3
        assert wizard.output() == "1001\n"
        assert "It is not known whether integration 1001 (n)" in wizard.parting_words()
    assert states(state) == ["perhaps deleted"]
    with terminal("--api-url", gateway.base_url, env=surroundings) as wizard:
        wizard.until("Which keys")
        wizard.read(0.5)
        assert "Earlier" not in wizard.screen()


def test_a_terminal_that_goes_mid_post_and_an_answer_that_is_lost_are_looked_into_before_leaving(
    surroundings: dict[str, str], state: Path
) -> None:
    is_stored = threading.Event()

    def drop_late(_: Connection, __: Request, serve: Serve) -> None:
        serve()
        is_stored.set()
        time.sleep(0.5)

    with (
        FaultyGateway(drop_late, keys=Keys.of(ACCESS_KEY, SECRET_KEY)) as gateway,
        terminal("--api-url", gateway.base_url, *FILLED, env=surroundings) as wizard,
    ):
        create(wizard)
        assert is_stored.wait(5)
        wizard.hang_up()
        assert wizard.process.wait(10) == 0
        assert wizard.output() == "1001\n"
        assert gateway.creates == 1
    assert states(state) == ["created"]


@pytest.mark.parametrize("steps", range(6))
def test_a_hang_up_on_any_screen_loses_nothing_that_was_typed(
    steps: int, surroundings: dict[str, str], state: Path, tmp_path: Path
) -> None:
    payload = tmp_path / "payload"
    payload.write_text(GIVEN)
    with terminal("--payload", str(payload), env=surroundings) as wizard:
        for heading, keys in SCREENS[: steps + 1]:
            wizard.send(*keys)
            wizard.until(heading)
            wizard.read(0.3)
        wizard.hang_up()
        assert wizard.process.wait(5) == 128 + signal.SIGHUP
    saved = drafts(state)
    if steps == 0:
        assert saved == []
        return
    fields = ("name", "url", "headers", "payload")
    (form,) = saved
    for field in fields[:steps]:
        assert form[field] == TYPED[field]
    with terminal(env=surroundings) as wizard:
        wizard.until("Resume where you left off?")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("The form is as you left it")
        wizard.send(F8 * steps)
        wizard.until(SCREENS[steps][0])
        wizard.read(0.3)
        wizard.send(QUIT, QUIT)
        wizard.ended()
    assert drafts(state) == [form]


def test_a_kill_a_second_after_the_last_key_loses_nothing(surroundings: dict[str, str], state: Path) -> None:
    with terminal(env=surroundings) as wizard:
        wizard.until("Which keys")
        wizard.send(F8, "typed")
        wizard.until("typed")
        wizard.read(1.6)
        wizard.process.kill()
        wizard.process.wait()
    (form,) = drafts(state)
    assert form["name"] == "typed"


def test_starting_over_deletes_the_form_and_escape_keeps_it(surroundings: dict[str, str], state: Path) -> None:
    with terminal(env=surroundings) as wizard:
        wizard.until("Which keys")
        wizard.send(F8, "typed")
        wizard.until("typed")
        wizard.send(QUIT)
        wizard.until("What you typed is kept, but for keys")
        wizard.send(QUIT)
        assert wizard.ended() == 1
        assert "What you typed is kept" in wizard.parting_words()
    for keys, is_kept in ((ESCAPE, True), (RIGHT + ENTER, False)):
        with terminal(env=surroundings) as wizard:
            wizard.until("Resume where you left off?")
            wizard.armed()
            wizard.send(keys)
            wizard.until_gone("Resume")
            wizard.send(QUIT)
            assert wizard.ended() == 1
        assert bool(drafts(state)) is is_kept


def test_no_draft_saves_nothing_and_offers_nothing(surroundings: dict[str, str], state: Path) -> None:
    for flags, fate in (((), "is kept"), (("--no-draft",), "will be lost")):
        with terminal(*flags, env=surroundings) as wizard:
            wizard.until("Which keys")
            wizard.send(F8, "typed")
            wizard.until("typed")
            wizard.send(QUIT)
            wizard.until(f"What you typed {fate}")
            wizard.send(QUIT)
            assert wizard.ended() == 1
        assert len(drafts(state)) == 1


def test_practice_mode_writes_no_file(tmp_path: Path, surroundings: dict[str, str]) -> None:
    before = sorted(tmp_path.rglob("*"))
    with terminal("--practice", env=surroundings) as wizard:
        wizard.until("Which keys")
        wizard.send(F8, "x", F8 * 4)
        wizard.until("Create this integration?")
        wizard.read(1.5)
        wizard.send(ENTER)
        wizard.until("Integration ID: 1001")
        wizard.armed()
        wizard.send(ENTER)
        assert wizard.ended() == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_a_wizard_that_ignores_hang_ups_does_not_spin_once_the_terminal_is_gone(
    gateway: FaultyGateway, slow: Slow, surroundings: dict[str, str]
) -> None:
    shell = ("/bin/sh", "-c", 'trap "" HUP; exec "$0" "$@"')
    with terminal("--api-url", gateway.base_url, *FILLED, env=surroundings, command=(*shell, COMMAND)) as wizard:
        create(wizard)
        assert slow.is_stored.wait(5)
        wizard.hang_up()
        time.sleep(0.5)
        used = cpu_seconds(wizard.process.pid)
        time.sleep(1.5)
        assert cpu_seconds(wizard.process.pid) - used < 0.3
        slow.is_released.set()
        assert wizard.process.wait(10) == 0
        assert wizard.output() == "1001\n"


def test_what_cannot_be_saved_is_said_to_be_lost(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with terminal(env={**KEYS, "XDG_STATE_HOME": str(tmp_path / "state")}) as wizard:
        wizard.until("Which keys")
        wizard.send(F8, "typed")
        wizard.until("What you type is not being saved")
        wizard.send(QUIT)
        wizard.until("What you typed will be lost.")
        wizard.send(QUIT)
        assert wizard.ended() == 1
        assert "What you typed is lost." in wizard.parting_words()
        assert "is kept" not in wizard.parting_words()


def test_an_attempt_that_was_only_reported_is_named_when_leaving(
    gateway: FaultyGateway, slow: Slow, surroundings: dict[str, str]
) -> None:
    with terminal("--api-url", gateway.base_url, *FILLED, env=surroundings) as wizard:
        create(wizard)
        assert slow.is_stored.wait(5)
        wizard.process.kill()
    with terminal("--api-url", gateway.base_url, env=surroundings) as wizard:
        wizard.until("Earlier attempts may have created")
        wizard.send(QUIT)
        assert wizard.ended() == 1
        assert "An earlier attempt to create n on the gateway at" in wizard.parting_words()
