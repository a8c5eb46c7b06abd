"""What the wizard does about attempts beside its screens: sends, looks for, forgets, and deletes what one created."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.outcome import Created, Deletion, NotSent, Outcome, Unknown
from ncloud_integration.cloudinsight.site import SITES
from ncloud_integration.integration.draft import integration
from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.recovery.journal import Attempt, Journal
from ncloud_integration.recovery.state_folder import StateError
from ncloud_integration.wizard import places
from ncloud_integration.wizard.api_access import ApiAccess
from ncloud_integration.wizard.background import Starter
from ncloud_integration.wizard.session import Session

if TYPE_CHECKING:
    from ncloud_integration.cloudinsight.client import Client
    from ncloud_integration.cloudinsight.keys import Keys
    from ncloud_integration.deletion import Deleter
    from ncloud_integration.submission import Submission
    from ncloud_integration.wizard.attempts import Made

_EXISTING_SECONDS = 2.0
"""How long Create waits for the list that was asked for when Confirm was shown."""

_YOUNG_SECONDS = 600.0
"""How old an attempt of an earlier wizard may be to be looked for more than once."""


class AttemptRunner:
    """Runs one thing at a time and notes it in *session*; *show* is called at each change."""

    def __init__(
        self, session: Session, api: ApiAccess, journal: Journal | None, start: Starter, show: Callable[[], None]
    ) -> None:
        self._session = session
        self._api = api
        self._journal = journal
        self._start = start
        self._show = show
        self._looking: Submission | Deleter | None = None
        self._subject = ""
        self.is_leaving = False

    def create(self) -> None:
        """Send the form as it stands, once."""
        if self._session.keys:
            self._session.begin_attempt()
            self._start(self._create(self._session.keys))

    def look_again(self) -> None:
        """Look once more for the last attempt, whose outcome is unknown, or whether what it created is gone."""
        session = self._session
        if session.keys and session.attempt and isinstance(session.outcome, Unknown):
            session.begin_looking()
            self._start(self._look_again(session.keys, session.attempt, session.outcome))
        elif session.keys and session.made and isinstance(session.deletion, Unknown):
            session.begin_looking()
            self._start(self._delete(session.keys, session.made, session.deletion))

    def delete(self) -> None:
        """Delete what the last attempt has created, with one request."""
        session = self._session
        if session.keys and session.made and session.has_created:
            session.begin_deleting(session.made)
            self._start(self._delete(session.keys, session.made))

    def look_for_all(self) -> None:
        """Look for every attempt that is unresolved."""
        if self._session.keys:
            self._session.begin_looking()
            attempts = [unresolved.attempt for unresolved in self._session.attempts.unresolved]
            self._start(self._look_for_all(self._session.keys, attempts))

    def stop_looking(self) -> None:
        """Look no further for now."""
        if self._looking:
            self._looking.stop()

    def leave_soon(self) -> None:
        """End within the deadline of a call, whatever is under way: what is looked for then stays in the journal."""
        self.is_leaving = True
        self._session.waiting = Sentence("Leaving as soon as it is known what became of it.")
        asyncio.get_running_loop().call_later(self._session.start.timeout, self.stop_looking)
        self._show()

    def forget(self, attempts: list[Attempt]) -> None:
        """Note in the journal that the operator has looked for *attempts* elsewhere."""
        for attempt in attempts:
            record = self._journal.reopened(attempt) if self._journal else None
            if record is None:
                continue
            try:
                record.forget()
            except StateError as error:
                self.complain(error.sentence)
            else:
                self._session.attempts.forget(attempt)
            record.close()

    # What a submission tells

    def unclear(self, reason: Sentence) -> None:
        """Show why the attempt has to be looked for."""
        self._session.unclear = reason
        if not self.is_leaving:
            self._session.waiting = None

    def looking(self, look: int, looks: int) -> None:
        """Show which look it is."""
        values: Values = {"name": self._subject, "look": look, "looks": looks}
        self._session.progress = (
            Sentence("{name}: look {look} of {looks}.", values)
            if self._subject
            else Sentence("Look {look} of {looks}.", values)
        )
        self._show()

    def clock_is_off(self, ahead: float) -> None:
        """Note by how much."""
        self._session.clock_ahead = ahead

    def complain(self, sentence: Sentence) -> None:
        """Show what went wrong beside the attempt."""
        self._session.notice = str(sentence)
        self._show()

    # One thing at a time

    async def _create(self, keys: Keys) -> None:
        session = self._session
        client = await self._api.client(keys)
        submission = self._new_submission(client)
        await self._api.listed(_EXISTING_SECONDS)
        outcome: Outcome = NotSent(Sentence("The wizard was ended before anything was sent."))
        if not self.is_leaving:
            session.attempt = self._attempt(client, keys)
            outcome = await submission.run(session.attempt)
        session.record(outcome)
        self._show()
        if isinstance(outcome, Created) and not outcome.is_found and session.attempt:
            await self._read_back(outcome, session.attempt, client)

    async def _look_again(self, keys: Keys, attempt: Attempt, outcome: Unknown) -> None:
        submission = self._new_submission(await self._api.client(keys))
        found = await submission.look_again(attempt)
        self._session.record(replace(outcome, search=found) if isinstance(found, Sentence) else found)
        self._show()

    async def _delete(self, keys: Keys, made: Made, before: Unknown | None = None) -> None:
        """Delete *made*; where that was sent *before*, look whether it is gone."""
        from ncloud_integration.deletion import LOOKS, Deleter

        client = await self._api.client(keys)
        self._looking = deleter = Deleter(client, self._journal, self, self._session.start.looks or LOOKS)
        deletion: Deletion = NotSent(Sentence("The wizard was ended before anything was sent."))
        if before is not None:
            deletion = await deleter.look_again(made.attempt, made.integration_id, before)
        elif not self.is_leaving:
            deletion = await deleter.delete(made.attempt, made.integration_id)
        self._session.end_deleting(made, deletion)
        self._show()

    async def _look_for_all(self, keys: Keys, attempts: list[Attempt]) -> None:
        session = self._session
        here = await self._api.gateway()
        for attempt in attempts:
            self._subject = attempt.integration.name if len(attempts) > 1 else ""
            gateway = self._gateway_of(attempt, here)
            verdict = _misfit(attempt, gateway, keys)
            if verdict is None:
                client = await self._api.client(keys, gateway)
                is_young = client.now - attempt.started < _YOUNG_SECONDS
                submission = self._new_submission(client, is_one_look=not is_young)
                session.attempts.judge(attempt, await submission.look_again(attempt))
                if submission.is_stopped:
                    break
            else:
                session.attempts.judge(attempt, verdict)
            self._show()
        self._subject = ""
        session.end()
        self._show()

    async def _read_back(self, created: Created, attempt: Attempt, client: Client) -> None:
        from ncloud_integration.submission import read_back

        remarks = await read_back(created.integration_id, attempt.integration, client)
        if self._session.attempt is attempt:
            self._session.remarks = remarks
            self._show()

    def _attempt(self, client: Client, keys: Keys) -> Attempt:
        session = self._session
        existing = session.existing
        return Attempt(
            started=client.now,
            site=session.site.name,
            base_url=client.gateway.base_url,
            place=session.place,
            account=keys.label,
            integration=integration(session.draft),
            ids_before=None if existing is None else frozenset(listed.integration_id for listed in existing),
        )

    def _gateway_of(self, attempt: Attempt, here: Gateway) -> Gateway | None:
        """Return the gateway that *attempt* went to: the one *here* or a site's, but none that only a file names."""
        site = SITES.get(attempt.site)
        if attempt.base_url == here.base_url:
            return here
        if site and not self._session.start.api_url and attempt.base_url == site.base_url:
            return Gateway(site, site.base_url, here.timeout)
        return None

    def _new_submission(self, client: Client, *, is_one_look: bool = False) -> Submission:
        from ncloud_integration.submission import LOOKS, Submission

        looks = self._session.start.looks or LOOKS
        known = self._session.attempts.ids
        submission = Submission(client, self._journal, self, looks[:1] if is_one_look else looks, known)
        self._looking = submission
        return submission


def _misfit(attempt: Attempt, gateway: Gateway | None, keys: Keys) -> Sentence | None:
    """Return why *keys*, or what *gateway* can be called, cannot show what *attempt* may have created."""
    values: Values = {
        "place": places.in_words(attempt.place),
        "account": attempt.account,
        "url": attempt.base_url,
        "label": keys.label,
    }
    if gateway is None and attempt.base_url in [site.base_url for site in SITES.values()]:
        return Sentence("It went to the {place}: start without --api-url to look for it.", values)
    if gateway is None:
        return Sentence("It went to the {place}: start with --api-url {url} to look for it.", values)
    if attempt.account != keys.label:
        return Sentence(
            "It went to the {place} with access key {account}, and {label} is in use: give those keys on Credentials, "
            "and come back here.",
            values,
        )
    return None
