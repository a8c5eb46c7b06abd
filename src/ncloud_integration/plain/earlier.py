"""The step before the first: attempts that nobody knows the end of."""

from __future__ import annotations

from ncloud_integration.cloudinsight.outcome import Created
from ncloud_integration.integration.sentence import Sentence, Text, Values
from ncloud_integration.plain.prompts import Prompts
from ncloud_integration.plain.waiting import Waiting
from ncloud_integration.recovery.journal import Unresolved
from ncloud_integration.wizard import places, questions
from ncloud_integration.wizard.behind import Behind
from ncloud_integration.wizard.question import Ask
from ncloud_integration.wizard.session import Session
from ncloud_integration.wizard.steps import Step


class EarlierStep:
    """Asks by *prompts* and *ask* what to do about unsettled attempts; *behind* does it, *waiting* tells meanwhile."""

    def __init__(self, prompts: Prompts, session: Session, behind: Behind, ask: Ask, waiting: Waiting) -> None:
        self._prompts = prompts
        self._session = session
        self._behind = behind
        self._ask = ask
        self._waiting = waiting

    async def run(self) -> Step | None:
        """Report the attempts that nobody knows the end of, and look for them where the operator wants that."""
        listed = list(self._session.attempts.unresolved)
        while True:
            if self._session.is_to_look_for_earlier:
                self._session.is_to_look_for_earlier = False
                self._behind.attempts.look_for_all()
                await self._waiting.until_ended()
            for unresolved in listed:
                self._say(unresolved)
            await self._prompts.quiet()
            options = self._options(listed)
            picked = await self._prompts.choice(options, next(iter(options)))
            if picked == "leave":
                return None
            if picked == "later":
                return Step.CREDENTIALS
            if picked == "forget":
                await self._forget()
            elif not await self._look():
                return Step.CREDENTIALS

    def _say(self, unresolved: Unresolved) -> None:
        attempt, attempts = unresolved.attempt, self._session.attempts
        verdict = attempts.verdicts.get(attempt.name)
        values: Values = {
            "name": attempt.integration.name,
            "place": places.in_words(attempt.place),
            "account": attempt.account,
            "time": questions.local_time(attempt.started),
        }
        self._prompts.say(Sentence("{name}: sent to the {place} with access key {account}, {time}.", values))
        if isinstance(verdict, Created):
            self._prompts.say(Sentence("It exists. Its ID is {id}.", {"id": verdict.integration_id}))
        elif all(each.attempt.name != attempt.name for each in attempts.unresolved):
            self._prompts.say(Sentence("Forgotten: it will not be reported again."))
        else:
            self._prompts.say(verdict or unresolved.reason)

    def _options(self, listed: list[Unresolved]) -> dict[str, Text]:
        session = self._session
        names = {unresolved.attempt.name for unresolved in listed}
        options: dict[str, Text] = {}
        if session.attempts.unresolved:
            options["look"] = Sentence("Look for what is not settled.")
        if any(made.attempt.name in names for made in session.attempts.created):
            options["leave"] = Sentence("Leave: the id is written to standard output.")
        options["later"] = Sentence("Go on.")
        if session.clock_ahead is not None:
            options["clock"] = Sentence("Correct the time of the signature.")
        if session.attempts.unresolved:
            options["forget"] = Sentence("Forget it: you have looked yourself.")
        return options

    async def _forget(self) -> None:
        attempts = [unresolved.attempt for unresolved in self._session.attempts.unresolved]
        if await self._ask(questions.forget([attempt.integration.name for attempt in attempts])) == "forget":
            self._behind.attempts.forget(attempts)

    async def _look(self) -> bool:
        """Have what is unresolved looked for; without keys, return false: they are asked for first."""
        if self._session.clock_ahead is not None:
            self._session.correct_clock()
        self._session.is_to_look_for_earlier = True
        if await self._behind.keys.open():
            return True
        attempt = self._session.attempts.unresolved[0].attempt
        values: Values = {"place": places.in_words(attempt.place), "account": attempt.account}
        self._prompts.say(
            Sentence("It went to the {place} with access key {account}: give that, and it is looked for then.", values)
        )
        return False
