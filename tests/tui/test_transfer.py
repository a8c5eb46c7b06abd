"""The data transfer test on the screens: nothing is sent unseen, what came of it is told, and it can always be left."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.route import Proxy
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.credentials.sources import of_environment
from ncloud_integration.integration import endpoint
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.draft import Draft, unchecked
from ncloud_integration.integration.excerpt import Excerpt
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_DRAFT
from ncloud_integration.transfer import Answered, Unanswered, message
from ncloud_integration.tui.app import Wizard
from ncloud_integration.tui.dialogs import dialog_of
from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.tui.screens.payload import PayloadScreen
from ncloud_integration.tui.screens.step import StepScreen
from ncloud_integration.tui.widgets import action
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.payload_editor import PayloadEditor
from ncloud_integration.wizard import transfer_questions, transfer_test
from ncloud_integration.wizard.question import Question
from ncloud_integration.wizard.session import Start
from ncloud_integration.wizard.steps import Step
from ncloud_integration.wizard.transfer_questions import FROM_HERE, PRACTICE_RECEIVER, practised
from tests.tui.driving import PRACTICE, armed, text, until, wizard
from tests.tui.snapshots import assert_screen
from tests.tui.test_screens import at_every_size
from tests.wire import servers
from tests.wire.servers import Connection, Server, answer

pytestmark = pytest.mark.anyio

KEYS = Keys.of("TRANSFERACCESSKEY012", "transfer-secret-key-0123456789-012345678")
HOST = "events.example.com"
TOKEN = "c1d2e3f4g5h6i7j8"


def beginning(url: str, **fields: object) -> Start:
    """Return how a wizard begins that has keys and whose endpoint is *url*; the API is nowhere."""
    draft = replace(PRACTICE_DRAFT, url=url, **fields)  # type: ignore[arg-type]
    source = of_environment(EnvironmentKeys(KEYS, ("NCLOUD_ACCESS_KEY", "NCLOUD_SECRET_KEY")))
    return Start(draft=draft, sources=(source,), api_url="http://127.0.0.1:9", timeout=20)


@asynccontextmanager
async def at_step(start: Start, step: Step = Step.PAYLOAD) -> AsyncIterator[tuple[Wizard, Pilot[None]]]:
    async with wizard(start, (120, 40)) as (app, pilot):
        await app.show_step(step)
        await pilot.pause()
        yield app, pilot


async def asked(app: Wizard, answer: str) -> str:
    """Return the dialog as one line, once a question with that *answer* is on it and its buttons can be pressed."""
    await until(lambda: app.screen.query(f"#{answer}") and app.screen.is_mounted and shown(app))
    await armed(app, f"#{answer}")
    return shown(app)


def shown(app: Wizard) -> str:
    return " ".join(" ".join(re.findall("│(.*)│", text(app))).split())


@pytest.fixture(autouse=True)
def _quickly_armed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action, "ARMED_AFTER", 0.01)


# How it looks

NOTE = Sentence("Only the first {limit:,} of {size:,} bytes are shown.", {"limit": 2048, "size": 4711})
UNUSUAL = Draft(
    url="http://раypal.com:8080/hook",
    headers=(Header("X-Team", "ops"), Header("Host", "x"), Header("authorization", "Bearer x")),
)
QUESTIONS: dict[str, Callable[[], Question]] = {
    "send": lambda: sending(PRACTICE_DRAFT),
    "send-practice": lambda: sending(PRACTICE_DRAFT, is_practice=True),
    "send-unusual": lambda: sending(UNUSUAL, Proxy("http_proxy", "http://u:p@proxy:3128", "proxy:3128")),
    "send-private": lambda: sending(replace(PRACTICE_DRAFT, url="https://10.1.2.3/hook", headers=())),
    "correct-first": lambda: transfer_questions.correct_first(
        Step.URL, Problem("error", "url", Sentence("The URL has no host: write one after the two slashes."))
    ),
    "waiting": lambda: transfer_questions.waiting(HOST, 30.0),
    "stopped": lambda: transfer_questions.stopped(HOST, is_sent=True),
    "stopped-early": lambda: transfer_questions.stopped(HOST, is_sent=False),
    "keys": transfer_questions.holds_keys,
    "accepted": lambda: answered(200, "OK", Excerpt("ok")),
    "accepted-practice": lambda: transfer_questions.answered(
        Answered(200, "OK", 0.0123, "", Excerpt('{"message": "Received."}')), PRACTICE_RECEIVER, practised(HOST)
    ),
    "redirect": lambda: transfer_questions.answered(
        Answered(301, "", 0.5, "https://events.example.com/••••", Excerpt("")), HOST, FROM_HERE
    ),
    "refused": lambda: answered(
        400,
        "Bad Request",
        Excerpt("\n".join(f"line {number} [b]of[/] a\\x1b[2J \\u202e 거부" for number in range(30)), (NOTE,)),
        Sentence("More of the answer was due, and had not come after {seconds} s.", {"seconds": "30"}),
    ),
    "failed": lambda: answered(503, "Unavailable", Excerpt("", (Sentence("There is nothing in the answer's body."),))),
    "unsent": lambda: transfer_questions.unanswered(
        Unanswered(Sentence("{host} refused the connection: check the URL.", {"host": HOST}), is_sent=False), FROM_HERE
    ),
    "no-answer": lambda: transfer_questions.unanswered(
        Unanswered(Sentence("The event was sent to {host}, and no answer came.", {"host": HOST}), is_sent=True),
        FROM_HERE,
    ),
}


def sending(draft: Draft, proxy: Proxy | None = None, *, is_practice: bool = False) -> Question:
    target = endpoint.parse(draft.url)
    return transfer_questions.send(target, message(unchecked(draft)), proxy, is_practice=is_practice)


def answered(status: int, reason: str, excerpt: Excerpt, interruption: Sentence | None = None) -> Question:
    result = Answered(status, reason, 0.214, "", excerpt, interruption)
    return transfer_questions.answered(result, HOST, FROM_HERE)


@at_every_size
@pytest.mark.parametrize("name", QUESTIONS)
async def test_what_a_test_asks_and_tells(name: str, size: tuple[int, int]) -> None:
    async with wizard(PRACTICE, size) as (app, pilot):
        await app.push_screen(dialog_of(QUESTIONS[name]()))
        await until(lambda: app.screen.is_mounted and all(each.is_armed for each in app.screen.query(Action).results()))
        await pilot.pause()
        assert_screen(app, f"transfer-{name}")


# What it does


@pytest.mark.parametrize("step", [Step.PAYLOAD, Step.CONFIRM])
async def test_the_event_goes_to_the_endpoint_once_it_was_confirmed_and_the_answer_is_shown(step: Step) -> None:
    with Server(servers.reply(answer(200, f"took it [bold]\x1b[2J {TOKEN}".encode()))) as server:
        start = beginning(f"{server.address}/hook", headers=(Header("Authorization", TOKEN),))
        async with at_step(start, step) as (app, pilot):
            focused = app.focused
            await pilot.press("f9")
            seen = await asked(app, "send")
            assert "One POST goes to 127.0.0.1:PORT, from this machine and not from NAVER's network." in seen
            assert server.connections == 0
            await pilot.press("enter")
            seen = await asked(app, "done")
            assert "✓ The event was accepted" in seen
            assert r"took it [bold]\x1b[2J ••••" in seen
            assert "How NAVER escapes the values of an event is not documented" in seen
            await pilot.press("enter")
            await until(lambda: app.step_screen)
            assert app.focused is focused
            assert app.session.draft == start.draft
            assert not app.session.is_under_way
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/hook")
    everything = repr(request)
    assert "x-ncp" not in everything.lower()
    assert not any(key.reveal() in everything for key in KEYS)


@pytest.mark.parametrize("keys", [["enter", "enter"], ["escape"], ["f8", "f9"], ["right", "enter"]])
async def test_nothing_is_sent_by_keys_that_were_typed_ahead_or_say_no(
    keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(servers.reply(answer(200))) as server:
        async with at_step(beginning(server.address)) as (app, pilot):
            if keys[0] == "enter":
                monkeypatch.setattr(action, "ARMED_AFTER", 60)
                await pilot.press("f9", *keys)
                assert app.screen.query("#send")
            else:
                await pilot.press("f9")
                await asked(app, "send")
                await pilot.press(*keys)
            await pilot.press("escape")
            await until(lambda: app.step_screen)
        assert server.connections == 0


async def test_in_practice_mode_the_endpoint_is_not_called_and_a_receiver_answers() -> None:
    with Server(servers.reply(answer(200))) as server:
        draft = replace(PRACTICE_DRAFT, url=f"{server.address}/hook?a=b")
        async with at_step(replace(PRACTICE, draft=draft)) as (app, pilot):
            for _ in range(2):
                await pilot.press("f9")
                assert "Practice: a receiver inside this program gets one POST" in await asked(app, "send")
                await pilot.press("enter")
                seen = await asked(app, "done")
                assert "HTTP 200 (OK) from the practice receiver" in seen
                assert '"path": "/hook?a=b", "bytes": 153, "headers": ["content-type"]' in seen
                assert "127.0.0.1:PORT was not called, and nothing has left this machine." in seen
                await pilot.press("escape")
        assert server.connections == 0


@pytest.mark.parametrize(
    ("fields", "step", "says"),
    [
        ({"url": ""}, Step.URL, "Correct the URL step first: Type the endpoint URL"),
        ({"url": "ftp://h"}, Step.URL, "Correct the URL step first: The URL must be absolute"),
        ({"headers": (Header("a b", "c"),)}, Step.HEADERS, "Correct the Headers step first: Header 1: a name may"),
        ({"payload": '{"a": }'}, Step.PAYLOAD, "Correct the Payload step first: Not JSON at line 1, column 7"),
    ],
)
async def test_with_an_error_in_the_form_nothing_is_sent_and_it_leads_to_the_step(
    fields: dict[str, object], step: Step, says: str
) -> None:
    start = beginning("http://127.0.0.1:9/")
    start = replace(start, draft=replace(start.draft, **fields))  # type: ignore[arg-type]
    async with at_step(start) as (app, pilot):
        await pilot.press("f9")
        assert says in await asked(app, "stay")
        await pilot.press("escape")
        await until(lambda: app.step_screen)
        assert isinstance(app.screen, PayloadScreen)
        await pilot.press("f9")
        await asked(app, "go")
        await pilot.press("enter")
        await until(lambda: app.step_screen and app.step_screen.step is step)
        assert isinstance(app.screen, StepScreen)
        assert app.screen.is_checked


async def test_where_the_payload_is_wrong_the_cursor_goes_there() -> None:
    async with at_step(beginning("http://127.0.0.1:9/", payload='{"a": }')) as (app, pilot):
        await pilot.press("f9")
        await asked(app, "go")
        await pilot.press("enter")
        await until(lambda: app.step_screen)
        await until(lambda: app.screen.query_one(PayloadEditor).cursor_location == (0, 6))


@pytest.mark.parametrize(
    "fields",
    [
        {"headers": (Header("X-Key", KEYS.access_key.reveal().lower()),)},
        {"payload": f'{{"key": "{KEYS.secret_key.reveal()}"}}'},
        {"url": f"http://127.0.0.1:9/{KEYS.access_key.reveal()}"},
    ],
)
async def test_a_key_of_ours_in_the_form_goes_to_no_endpoint(fields: dict[str, object]) -> None:
    with Server(servers.reply(answer(200))) as server:
        start = beginning(server.address)
        start = replace(start, draft=replace(start.draft, **fields))  # type: ignore[arg-type]
        async with at_step(start) as (app, pilot):
            await pilot.press("f9")
            assert "One of your NAVER keys stands in the URL, a header or the payload." in await asked(app, "done")
        assert server.connections == 0


async def test_a_setting_that_cannot_be_used_is_told_of_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://user:pass-word@proxy")
    async with at_step(beginning("https://events.invalid/")) as (app, pilot):
        await pilot.press("f9")
        seen = await asked(app, "done")
        assert "Nothing was sent" in seen
        assert "ALL_PROXY does not name a proxy" in seen
        assert "pass-word" not in seen


def silence(connection: Connection) -> None:
    connection.read()
    connection.is_left()


@pytest.mark.parametrize("key", ["escape", "enter"])
async def test_a_test_that_is_waited_for_is_stopped_at_once(key: str) -> None:
    with Server(silence) as server:
        async with at_step(beginning(server.address)) as (app, pilot):
            await pilot.press("f9")
            await asked(app, "send")
            await pilot.press("enter")
            assert "has 20 s to answer" in await asked(app, "stop")
            begun = time.monotonic()
            await pilot.press(key)
            seen = await asked(app, "done")
            assert time.monotonic() - begun < 5
            assert "The event had been sent to 127.0.0.1:PORT by then: it may have arrived." in seen
            await until(lambda: not [thread for thread in server._threads if thread.is_alive()])
            await pilot.press("enter")
            await until(lambda: app.step_screen)
        assert server.posts == 1


async def test_an_answer_closes_the_dialog_that_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = asyncio.Event()
    loop = asyncio.get_running_loop()

    def late(connection: Connection) -> None:
        connection.read()
        asyncio.run_coroutine_threadsafe(answers.wait(), loop).result(10)
        connection.send(answer(503, b"later"))

    with Server(late) as server:
        async with at_step(beginning(server.address)) as (app, pilot):
            await pilot.press("f9")
            await asked(app, "send")
            await pilot.press("enter")
            await asked(app, "stop")
            answers.set()
            seen = await asked(app, "done")
            assert "✗ The receiver failed" in seen
            assert "HTTP 503 (As Scripted)" in seen


@pytest.mark.parametrize("is_waiting", [False, True])
async def test_the_wizard_can_be_left_while_a_test_runs(is_waiting: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_waiting:
        monkeypatch.setattr(transfer_test, "WAITING_SHOWN_AFTER", 60)
    with Server(silence) as server:
        async with at_step(beginning(server.address)) as (app, pilot):
            await pilot.press("f9")
            await asked(app, "send")
            await pilot.press("enter") if is_waiting else app.screen.query_one("#send", Action).action_press()
            await until(lambda: server.requests)
            if is_waiting:
                await asked(app, "stop")
                await pilot.press("ctrl+q")
            else:
                app.behind.end_by_signal(15)
            await until(lambda: not app.is_running)
        assert app.talk is not None
        assert app.talk.done()
        assert server.posts == 1
        await until(lambda: not [thread for thread in server._threads if thread.is_alive()])
    assert app.session.outcome is None


async def test_leaving_asks_over_a_test_that_goes_on() -> None:
    with Server(silence) as server:
        async with at_step(beginning(server.address)) as (app, pilot):
            app.session.edit(name="typed")
            await pilot.press("f9")
            await asked(app, "send")
            await pilot.press("enter")
            await asked(app, "stop")
            await pilot.press("ctrl+q")
            await asked(app, "leave")
            await pilot.press("escape")
            await asked(app, "stop")
            assert isinstance(app.screen, Dialog)
            await pilot.press("ctrl+q", "ctrl+q")
            await until(lambda: not app.is_running)


async def test_while_a_test_is_prepared_no_second_one_begins() -> None:
    with Server(servers.reply(answer(200))) as server:
        async with at_step(beginning(server.address)) as (app, pilot):
            await pilot.press("f9", "f9", "f9")
            await asked(app, "send")
            await pilot.press("escape")
            await until(lambda: app.step_screen)
            assert len(app.screen_stack) == 2
