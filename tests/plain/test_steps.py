"""What the steps ask and say, and what becomes of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ncloud_integration.cloudinsight.keys import Secret
from ncloud_integration.integration.draft import EXAMPLE_PAYLOAD, Draft
from ncloud_integration.integration.model import HEADERS_LIMIT, Header
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.plain import prompts as prompts_module
from ncloud_integration.plain.ask import PromptAsk
from ncloud_integration.plain.prompts import CommandError, Prompts
from ncloud_integration.plain.steps import FormSteps
from ncloud_integration.wizard.payload_edits import PayloadEdits
from ncloud_integration.wizard.question import DONE, ListQuestion, PasswordQuestion, Question, Trial
from ncloud_integration.wizard.session import Session, Start
from tests.plain.conversation import LEAVE, Conversation

pytestmark = pytest.mark.anyio
A, B = Header("a", "1"), Header("b", "2")
MANY = [Header(f"h{number}", "1") for number in range(HEADERS_LIMIT)]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompts_module, "UNSEEN_SECONDS", 0)


async def taken(step: str, *typed: str, **fields: Any) -> tuple[Draft, list[str]]:
    """Return the form after *step*, before which it had *fields* and at which *typed* was; and what was said."""
    session = Session.begin(Start(draft=replace(Draft(), **fields)))
    terminal = Conversation(*typed)
    prompts = Prompts(terminal, session)
    edits = PayloadEdits(session, PromptAsk(prompts), lambda: None, nullcontext)
    await getattr(FormSteps(prompts, session, edits), step)()
    assert not terminal.left()
    return session.draft, terminal.told


@pytest.mark.parametrize(
    ("typed", "before", "after"),
    [
        (["n"], "", "n"),
        ([""], "before", "before"),
        (["   "], "before", "before"),
        (["", "n"], "", "n"),
        (["a\tb\x01"], "", "a b"),
        (["::quit"], "", ":quit"),
        ([":QUIT"], "", ":QUIT"),
        ([":nothing", "n"], "", "n"),
    ],
)
async def test_a_name(typed: Sequence[str], before: str, after: str) -> None:
    draft, _ = await taken("name", *typed, name=before)
    assert draft.name == after


async def test_what_is_left_out_of_an_answer_is_said() -> None:
    _, told = await taken("name", "a\x01b")
    assert told[1].startswith("Note: Characters that cannot be seen were left out (U+0001)")


async def test_a_wrong_url_is_said_again_and_kept_to_be_corrected() -> None:
    draft, told = await taken("url", "http://", "https://h.example.com/x")
    assert draft.url == "https://h.example.com/x"
    assert [line.partition(" ")[0] for line in told[:4]] == ["Endpoint", "Error:", "It", "http://"]
    assert told[-1] == "It calls h.example.com by https; 23 bytes."


@pytest.mark.parametrize(
    ("typed", "before", "after"),
    [
        ([""], [A], [A]),
        (["b: 2", ""], [A], [A, B]),
        (["A: 3", ""], [A, B], [Header("A", "3"), B]),
        ([":remove A", ""], [A, B], [B]),
        ([":remove c", ""], [A], [A]),
        (["x y: 1", "", ":remove x y", ""], [A], [A]),
        (["nothing", ""], [A], [A]),
        (["a:", ""], [], [Header("a", "")]),
        (["k: 1", ""], MANY, MANY),
        ([""], [Header("", ""), A], [Header("", ""), A]),
    ],
)
async def test_headers(typed: Sequence[str], before: Sequence[Header], after: Sequence[Header]) -> None:
    draft, _ = await taken("headers", *typed, headers=tuple(before))
    assert draft.headers == tuple(after)


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        (["1"], EXAMPLE_PAYLOAD),
        ([""], EXAMPLE_PAYLOAD),
        (["4", '{"a":', "", "\t1}", ".", ""], '{"a":\n\n\t1}'),
        (["4", ":quit", ".", "1", "4", "[1,", ".", "5", "2]", ".", ""], "[1,\n2]"),
        (["4", ".", ""], ""),
        (["2", "", ""], EXAMPLE_PAYLOAD),
        (["2", "/nonexistent", ""], EXAMPLE_PAYLOAD),
    ],
)
async def test_a_payload(typed: Sequence[str], payload: str) -> None:
    draft, _ = await taken("payload", *typed)
    assert draft.payload == payload


async def test_a_payload_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "payload.json").write_bytes(b"\xef\xbb\xbf[1,\r\n2]")
    draft, told = await taken("payload", "2", "~/payload.json", "")
    assert draft.payload == "[1,\n2]"
    assert "Note: A byte order mark at the start was left out." in told
    assert "Payload: 6 of 15,000 bytes. :show says it." in told


async def test_what_was_typed_of_a_payload_is_in_the_form_where_it_is_cut_off() -> None:
    session = Session.begin(Start())
    prompts = Prompts(Conversation("4", "[1,", LEAVE), session)
    edits = PayloadEdits(session, PromptAsk(prompts), lambda: None, nullcontext)
    with pytest.raises(CommandError, match="quit"):
        await FormSteps(prompts, session, edits).payload()
    assert session.draft.payload == "[1,"


async def asked(question: Question | ListQuestion | PasswordQuestion, *typed: str) -> tuple[str, list[str]]:
    terminal = Conversation(*typed)
    answer = await PromptAsk(Prompts(terminal, Session.begin(Start())))(question)
    return answer, terminal.told


CHOICE = Question.of(Sentence("Which?"), Sentence("One of them.\n\nOr none."), one=Sentence("One"), two=Sentence("Two"))
ONLY = Question.of(Sentence("Waiting…"), Sentence("It may take long."), give_up=Sentence("Give up"))
LIST = ListQuestion(Sentence("Which?"), Sentence("Of these."), {"x": "X", "y": "Y"}, Sentence("Back"))


@pytest.mark.parametrize(
    ("question", "typed", "answer"),
    [
        (CHOICE, "1", "one"),
        (CHOICE, " 2 ", "two"),
        (CHOICE, "", ""),
        (CHOICE, ":back", ""),
        (ONLY, "", "give_up"),
        (LIST, "2", "y"),
        (LIST, "", ""),
    ],
)
async def test_a_question(question: Question | ListQuestion, typed: str, answer: str) -> None:
    given, told = await asked(question, typed)
    assert given == answer
    assert told[0] == str(question.title)


async def test_a_question_that_needs_no_answer_any_more_is_given_up() -> None:
    class Silent(Conversation):
        async def line(self, prompt: str, *, is_shown: bool = True) -> str:
            await asyncio.get_running_loop().create_future()
            return prompt

    until: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    asking = asyncio.ensure_future(PromptAsk(Prompts(Silent(), Session.begin(Start())))(ONLY, until))
    await asyncio.sleep(0)
    until.set_result(None)
    assert await asyncio.wait_for(asking, 5) == ""


def tried(*complaints: Sentence | None) -> tuple[PasswordQuestion, list[list[str]]]:
    """Return a question for two passwords that has *complaints*, one after the other, and what is tried."""
    attempts: list[list[str]] = []

    async def run(passwords: Sequence[Secret]) -> Sentence | None:
        attempts.append([password.reveal() for password in passwords])
        return complaints[len(attempts) - 1]

    trial = Trial(run, asyncio.ensure_future, lambda: None)
    return PasswordQuestion(
        Sentence("Open it"), Sentence("It is closed."), [Sentence("First"), Sentence("Second")], Sentence("Open"), trial
    ), attempts


async def test_passwords_are_tried_until_they_will_do_and_are_not_commands() -> None:
    question, attempts = tried(Sentence("Wrong."), None)
    answer, told = await asked(question, "sesame", ":quit", " rosebud", "::swordfish")
    assert answer == DONE
    assert attempts == [["sesame", ":quit"], [" rosebud", "::swordfish"]]
    assert [line for line in told if line.startswith("Error")] == ["Error: Wrong."]
    assert not any(password in line for line in told for password in ("sesame", "quit", "rosebud", "swordfish"))


async def test_passwords_are_put_off_by_an_empty_line_and_left_by_a_key() -> None:
    question, attempts = tried()
    assert (await asked(question, "one", ""))[0] == ""
    with pytest.raises(CommandError, match="quit"):
        await asked(question, "one", LEAVE)
    assert attempts == []
