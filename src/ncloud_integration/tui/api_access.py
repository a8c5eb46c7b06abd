"""What the wizard asks of the API while its screens go on: keys checked, what exists, and the attempt."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Unknown
from ncloud_integration.cloudinsight.site import SITES
from ncloud_integration.integration.draft import integration
from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.recovery.journal import Attempt, Journal, Unresolved
from ncloud_integration.recovery.state_folder import StateError
from ncloud_integration.tui.background import Starter
from ncloud_integration.tui.session import Session

if TYPE_CHECKING:
    from ncloud_integration.cloudinsight.client import Client
    from ncloud_integration.cloudinsight.gateway import Gateway
    from ncloud_integration.submission import Submission

_EXISTING_SECONDS = 2.0
"""How long Create waits for the list that was asked for when Confirm was shown."""

_YOUNG_SECONDS = 600.0
"""How old an attempt of an earlier wizard may be to be looked for more than once."""


class ApiAccess:
    """Calls the API beside the screens and puts what comes of it into *session*; *show* is called at each change."""

    def __init__(self, session: Session, start: Starter, show: Callable[[], None], journal: Journal | None) -> None:
        self._session = session
        self._start = start
        self._show = show
        self._journal = journal
        self._resources = ExitStack()
        self._practice_url: str | None = None
        self._listing: asyncio.Task[None] | None = None
        self._submission: Submission | None = None
        self.is_leaving = False

    def close(self) -> None:
        """End the practice gateway, if there is one."""
        self._resources.close()

    async def gateway(self) -> Gateway:
        """Return where calls go; in practice mode, a gateway that is started here."""
        if self._session.start.is_practice and self._practice_url is None:
            await _loaded("ncloud_integration.practice.gateway")
            from ncloud_integration.practice.gateway import PracticeGateway

            practice = PracticeGateway(port=self._session.start.practice_port)
            self._practice_url = self._resources.enter_context(practice).base_url
        return self._session.gateway(self._practice_url)

    # Before sending

    def check_keys(self) -> None:
        """Ask the API whether it takes the keys in use."""
        if self._session.keys:
            self._start(self._check_keys())

    def list_existing(self) -> None:
        """Ask what exists, to know afterwards what is new."""
        if self._listing:
            self._listing.cancel()
        self._session.existing, self._session.existing_complaint = None, None
        self._listing = self._start(self._list_existing())

    async def _check_keys(self) -> None:
        session = self._session
        asked = session.site, session.keys
        session.key_check = Sentence("Asking the {place} whether it takes these keys…", {"place": session.place})
        self._show()
        client = await self._client()
        from ncloud_integration.cloudinsight.client import ReadError

        try:
            values: Values = {"count": await client.count(), "place": session.place}
            said = Sentence("✓ The {place} takes these keys; integrations there: {count:,}.", values)
        except ReadError as error:
            said = Sentence("✗ {reason}", {"reason": error.sentence})
            if error.is_forbidden:
                said = Sentence("These keys are known and may not list integrations. They may still create.")
        if asked == (session.site, session.keys):
            session.key_check = said
        self._show()

    async def _list_existing(self) -> None:
        session = self._session
        client = await self._client()
        from ncloud_integration.cloudinsight.client import ReadError

        try:
            session.existing = await client.integrations()
        except ReadError as error:
            session.existing_complaint = error.sentence
        self._show()

    # The attempt

    def create(self) -> None:
        """Send the form as it stands, once."""
        self._session.begin_attempt()
        self._start(self._create())

    def look_again(self) -> None:
        """Look once more for the attempt whose outcome is unknown."""
        self._session.begin_looking()
        self._start(self._look_again())

    def stop_looking(self) -> None:
        """Look no further for now."""
        if self._submission:
            self._submission.stop()

    def unclear(self, reason: Sentence) -> None:
        """Show why the attempt has to be looked for."""
        self._session.unclear = reason

    def looking(self, look: int, looks: int) -> None:
        """Show which look it is."""
        self._session.progress = Sentence("Look {look} of {looks}.", {"look": look, "looks": looks})
        self._show()

    def complain(self, sentence: Sentence) -> None:
        """Show what went wrong beside the attempt."""
        self._session.notice = str(sentence)
        self._show()

    async def _create(self) -> None:
        session = self._session
        client = await self._client()
        submission = self._new_submission(client)
        if self._listing:
            await asyncio.wait({self._listing}, timeout=_EXISTING_SECONDS)
        outcome: Outcome = NotSent(Sentence("The wizard was ended before anything was sent."))
        if not self.is_leaving:
            session.attempt = self._attempt(client)
            outcome = await submission.run(session.attempt)
        self._end(outcome)
        if isinstance(outcome, Created) and not outcome.is_found and session.attempt:
            await self._read_back(outcome, session.attempt, client)

    async def _look_again(self) -> None:
        session = self._session
        submission = self._new_submission(await self._client())
        assert session.attempt is not None  # noqa: S101 - its outcome is on the screen
        found = await submission.look_again(session.attempt)
        assert isinstance(session.outcome, Unknown)  # noqa: S101 - nothing else is looked for again
        self._end(replace(session.outcome, search=found) if isinstance(found, Sentence) else found)

    def _end(self, outcome: Outcome) -> None:
        self._session.record(outcome)
        self._show()

    async def _read_back(self, created: Created, attempt: Attempt, client: Client) -> None:
        from ncloud_integration.submission import read_back

        remarks = await read_back(created.integration_id, attempt.integration, client)
        if self._session.attempt is attempt:
            self._session.remarks = remarks
            self._show()

    def _attempt(self, client: Client) -> Attempt:
        session = self._session
        existing = session.existing
        return Attempt(
            started=client.now,
            site=session.site.name,
            base_url=client.gateway.base_url,
            place=session.place,
            account=session.keys.label if session.keys else "",
            integration=integration(session.draft),
            ids_before=None if existing is None else frozenset(listed.integration_id for listed in existing),
        )

    # Attempts of earlier wizards

    def look_for_earlier(self) -> None:
        """Look for every attempt that an earlier wizard left unresolved."""
        session = self._session
        newest = session.earlier[0].attempt
        if not session.start.api_url and newest.site in SITES:
            session.choose_site(SITES[newest.site])
        session.progress = Sentence("Looking…")
        self._start(self._look_for_earlier(list(session.earlier)))

    def forget_earlier(self) -> None:
        """Note in the journal that the operator has looked for them elsewhere."""
        for unresolved in self._session.earlier:
            record = self._journal.reopened(unresolved.attempt) if self._journal else None
            if record:
                try:
                    record.forget()
                except StateError as error:
                    self.complain(error.sentence)
                record.close()
        self._session.forget_earlier()

    async def _look_for_earlier(self, earlier: list[Unresolved]) -> None:
        session = self._session
        client = await self._client()
        for unresolved in earlier:
            attempt = unresolved.attempt
            is_young = client.now - attempt.started < _YOUNG_SECONDS
            submission = self._new_submission(client, is_one_look=not is_young)
            misfit = self._misfit(attempt, client)
            session.record_earlier(attempt, misfit or await submission.look_again(attempt))
        session.progress = None
        self._show()

    def _misfit(self, attempt: Attempt, client: Client) -> Sentence | None:
        """Return why the account in use cannot see what *attempt* may have created."""
        values: Values = {"place": attempt.place, "account": attempt.account}
        if attempt.base_url != client.gateway.base_url:
            return Sentence("It went to the {place}: choose that on Credentials, then look again.", values)
        if self._session.keys and attempt.account != self._session.keys.label:
            return Sentence("It went out with access key {account}: give that on Credentials, then look again.", values)
        return None

    # What all of them need

    async def _client(self) -> Client:
        await _loaded("ncloud_integration.submission")
        from ncloud_integration.cloudinsight.client import Client

        gateway = await self.gateway()
        assert self._session.keys is not None  # noqa: S101 - nothing is asked without keys
        return Client(gateway, self._session.keys, self._session.clock_offset)

    def _new_submission(self, client: Client, *, is_one_look: bool = False) -> Submission:
        from ncloud_integration.submission import LOOKS, Submission

        looks = self._session.start.looks or LOOKS
        known = frozenset(made.integration_id for made in self._session.created)
        self._submission = Submission(client, self._journal, self, looks[:1] if is_one_look else looks, known)
        return self._submission


async def _loaded(module: str) -> None:
    """Load *module* in a thread: the event loop must not wait for the disk."""
    await asyncio.to_thread(importlib.import_module, module)
