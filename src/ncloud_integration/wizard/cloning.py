"""`--clone`: the form filled in from an integration that exists, once there are keys to read it with."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from ncloud_integration.cloudinsight.client import ReadError
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.listing import Listed
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.intake import taken
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.wizard import questions
from ncloud_integration.wizard.api_access import ApiAccess
from ncloud_integration.wizard.question import Ask
from ncloud_integration.wizard.session import Session

WAITING_SHOWN_AFTER = 0.4
"""Seconds that reading may take before it is shown that it is waited for."""


class Cloning:
    """Reads by *api* the integration that *session* is to begin with; *ask* asks what to do where that fails."""

    def __init__(self, session: Session, api: ApiAccess, ask: Ask) -> None:
        self._session = session
        self._api = api
        self._ask = ask

    async def run(self) -> bool:
        """Fill in the form, and return whether to go on: also without it, where the operator says so."""
        session = self._session
        while session.to_clone and session.keys:
            answer = await self._tried(session.keys)
            if answer == "without":
                session.to_clone = ""
            elif answer != "again":
                return not session.to_clone
        return True

    async def _tried(self, keys: Keys) -> str:
        """Fill in the form, or return what the operator wants instead: `again`, `without`, or neither."""
        integration_id = self._session.to_clone
        try:
            listed = await self._read(keys, integration_id)
        except ReadError as error:
            return await self._ask(questions.not_cloned(integration_id, error.sentence))
        if listed is None:
            return "without"
        self._take(listed)
        return ""

    async def _read(self, keys: Keys, integration_id: str) -> Listed | None:
        """Return the integration, or None where the operator does not want to wait for it.

        Raises:
            ReadError: it cannot be read, or nobody may see it.

        """
        client = await self._api.client(keys)
        task = asyncio.ensure_future(client.detail(integration_id))
        try:
            await asyncio.wait({task}, timeout=WAITING_SHOWN_AFTER)
            if not task.done():
                await self._ask(questions.cloning(integration_id), task)
            if not task.done():
                return None
            listed = task.result()
        finally:
            task.cancel()
        if client.repeats_keys(listed.integration):
            raise ReadError(Sentence("One of your NAVER keys stands in it, so that it is not shown."))
        return listed

    def _take(self, listed: Listed) -> None:
        """Fill the form in with what is stored, but for what a flag says; what was cleaned is noted at its field."""
        stored = listed.integration
        draft, notes = taken(Draft(stored.name, stored.url, stored.headers, stored.payload))
        given = self._session.start.given
        notes = {field: said for field, said in notes.items() if field not in given}
        if "name" not in given:
            namesake = Sentence(
                "This is the name of integration {id}: change it, or there will be two of that name.",
                {"id": listed.integration_id},
            )
            notes["name"] = [*notes.get("name", []), namesake]
        notes |= {field: said for field, said in self._session.start.notes.items() if field in given}
        self._session.fill_in(replace(draft, **given), notes)
