"""The steps around the request: what will be sent, and what became of it."""

from __future__ import annotations

import asyncio

from ncloud_integration.cloudinsight import route
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.outcome import Created, Outcome, Refused
from ncloud_integration.integration import body
from ncloud_integration.integration.draft import integration
from ncloud_integration.integration.masking import masked
from ncloud_integration.integration.sentence import Sentence, Text, Values
from ncloud_integration.integration.text import size
from ncloud_integration.plain.prompts import CommandError, Prompts
from ncloud_integration.plain.waiting import Waiting
from ncloud_integration.wizard import confirmation, outcome_words, undo
from ncloud_integration.wizard.behind import Behind
from ncloud_integration.wizard.question import Ask
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import STEP_OF_FIELD, Step

_LISTED_SECONDS = 2.0
"""How long Confirm waits for what exists before it says what is known."""

_CREATE = "create"
"""The word that sends: no single key that a paste could press."""

_NEXT: dict[str, Text] = {
    "leave": Sentence("Leave."),
    "another": Sentence("Create another with the same keys."),
    "delete": Sentence("Delete it."),
    "look": Sentence("Look again."),
    "back": Sentence("Back to Confirm."),
    "unknown": Sentence("Look for the attempt before."),
    "clock": Sentence("Correct the time of the signature."),
}
"""What can be done after an outcome, by the names that `outcome_words` and `undo` offer."""


class SendingSteps:
    """Asks by *prompts* and *ask* whether to send; *behind* does it, and *waiting* tells meanwhile.

    Each step returns the step that follows it, or None to leave, and raises `CommandError`.
    """

    def __init__(self, prompts: Prompts, session: Session, behind: Behind, ask: Ask, waiting: Waiting) -> None:
        self._prompts = prompts
        self._session = session
        self._behind = behind
        self._ask = ask
        self._waiting = waiting

    # The request

    async def confirm(self) -> Step:
        """Say the whole request, and send it once the word for that is typed after it was said."""
        if self._behind.journal:
            self._session.attempts.report(await asyncio.to_thread(self._behind.journal.unresolved))
        gateway = await self._behind.api.gateway()
        self._behind.api.list_existing()
        await self._behind.api.listed(_LISTED_SECONDS)
        complaint = route.complaint(gateway)
        self._say_request(gateway, is_revealed=False)
        self._say_way(gateway, complaint)
        self._prompts.tell(*confirmation.doubts(self._session, complaint))
        while True:
            await self._prompts.quiet()
            try:
                typed = await self._prompts.answer(Sentence("Type create to send it once, or :back:"), ["clock"])
            except CommandError as command:
                if command.name == "show":
                    self._say_request(gateway, is_revealed=True)
                elif command.name == "clock" and self._session.clock_ahead is not None:
                    self._session.correct_clock()
                else:
                    raise
                continue
            if typed.strip() != _CREATE:
                self._prompts.error(Sentence("Nothing was sent: only the word create sends it."))
            elif step := await self._sent():
                return step

    async def _sent(self) -> Step | None:
        """Send it; where it was, or may have been, created before, only once that is said. Return what follows."""
        question = confirmation.question_before(self._session)
        answer = await self._ask(question) if question else "again"
        if answer == "look":
            return Step.EARLIER
        if answer != "again":
            return None
        self._behind.attempts.create()
        return Step.RESULT

    def _say_request(self, gateway: Gateway, *, is_revealed: bool) -> None:
        whole = integration(self._session.draft)
        shown = whole if is_revealed else masked(whole)
        self._prompts.say(
            Sentence("POST {url}", {"url": gateway.url("create")}),
            body.write(shown).decode(),
        )
        if shown != whole:
            self._prompts.say(Sentence("Secrets are masked here and whole in the request. :show says them."))

    def _say_way(self, gateway: Gateway, complaint: Sentence | None) -> None:
        """Say who sends it, and what about the way to the gateway is not as usual."""
        session = self._session
        whole = integration(session.draft)
        values: Values = {
            "site": session.site.name,
            "account": session.keys.label if session.keys else "",
            "origin": session.key_state.origin,
        }
        self._prompts.say(Sentence("Site {site}, access key {account}, {origin}.", values))
        sizes = {"size": size(whole.payload), "body": len(body.write(whole))}
        self._prompts.say(Sentence("The payload has {size:,} bytes, the body {body:,}.", sizes))
        if not complaint and (proxy := route.proxy(gateway)):
            through = {"proxy": proxy.host, "variable": proxy.variable}
            self._prompts.say(Sentence("It goes through the proxy {proxy} ({variable}).", through))
        if session.clock_offset:
            minutes = {"minutes": round(session.clock_offset / 60)}
            self._prompts.say(Sentence("The time is this machine's, corrected by {minutes:+,} minutes.", minutes))

    # The outcome

    async def result(self) -> Step | None:
        """Say what becomes of the request, and what can be done then."""
        while True:
            await self._waiting.until_ended()
            outcome = self._session.outcome
            if outcome is None:
                return Step.CONFIRM
            await self._say_outcome(outcome)
            offered = undo.offered(self._session)
            offered = offered or outcome_words.offered(outcome, has_unknown=bool(self._session.unknown))
            await self._prompts.quiet()
            picked = await self._prompts.choice({name: _label(name, outcome) for name in offered}, offered[0])
            if picked == "look":
                self._behind.attempts.look_again()
            elif picked == "delete":
                await self._delete()
            elif picked == "clock" and self._session.has_created:
                self._session.correct_clock()
            else:
                return self._after(picked)

    async def _say_outcome(self, outcome: Outcome) -> None:
        """Say what became of the attempt, the id first; or of deleting what it created."""
        deleted = undo.words(self._session)
        if deleted:
            self._prompts.say(*deleted)
            return
        self._prompts.say(outcome_words.words(outcome, self._session)[0])
        if isinstance(outcome, Created) and not outcome.is_found:
            await self._waiting.until_compared()
        self._prompts.say(outcome_words.words(outcome, self._session)[1])

    async def _delete(self) -> None:
        """Delete what was created, once that is said."""
        made = self._session.made
        if made and await self._ask(undo.question(made)) == "delete":
            self._behind.attempts.delete()

    def _after(self, picked: str) -> Step | None:
        """Return the step that follows what was *picked*, and begin it."""
        outcome = self._session.outcome
        if picked == "leave":
            return None
        if picked == "another":
            self._session.start_over()
            return Step.NAME
        if picked == "unknown":
            return Step.EARLIER
        if picked == "clock":
            self._session.correct_clock()
        if picked == "correct" and isinstance(outcome, Refused) and outcome.field:
            return STEP_OF_FIELD[outcome.field]
        return Step.CONFIRM


def _label(name: str, outcome: Outcome) -> Text:
    """Return what is said of the option of that *name* after *outcome*."""
    if isinstance(outcome, Refused) and outcome.field and name == "correct":
        return Sentence("Go to {step}.", {"step": STEP_OF_FIELD[outcome.field].title})
    return _NEXT[name]
