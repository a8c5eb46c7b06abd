"""What the wizard asks of the API beside its screens, before it creates: whether the keys are good, and what exists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.wizard import places
from ncloud_integration.wizard.background import Starter, loaded
from ncloud_integration.wizard.session import Session

if TYPE_CHECKING:
    from ncloud_integration.cloudinsight.client import Client, ReadError
    from ncloud_integration.cloudinsight.gateway import Gateway
    from ncloud_integration.cloudinsight.keys import Keys


class ApiAccess:
    """Calls the API and puts what comes of it into *session*; *show* is called at each change."""

    def __init__(self, session: Session, start: Starter, show: Callable[[], None]) -> None:
        self._session = session
        self._start = start
        self._show = show
        self._resources = ExitStack()
        self._practice_url: str | None = None
        self._receiver_url: str | None = None
        self._listing: asyncio.Task[None] | None = None

    def close(self) -> None:
        """End the practice servers, if there are any."""
        self._resources.close()

    async def gateway(self) -> Gateway:
        """Return where calls go, once all that they need is read; in practice mode, a gateway that is started here."""
        if self._session.start.is_practice and self._practice_url is None:
            await loaded("ncloud_integration.practice.gateway")
            from ncloud_integration.practice.gateway import PracticeGateway

            if self._practice_url is None:  # nobody else has started it meanwhile
                practice = PracticeGateway(port=self._session.start.practice_port)
                self._practice_url = self._resources.enter_context(practice).base_url
        gateway = self._session.gateway(self._practice_url)
        await loaded("ncloud_integration.cloudinsight.route")
        from ncloud_integration.cloudinsight import route

        await asyncio.to_thread(route.complaint, gateway)  # it reads the certificates, and keeps them
        return gateway

    async def receiver(self) -> str:
        """Return the base URL of what gets transfer tests in practice mode; it is started here."""
        await loaded("ncloud_integration.practice.receiver")
        from ncloud_integration.practice.receiver import PracticeReceiver

        if self._receiver_url is None:
            self._receiver_url = self._resources.enter_context(PracticeReceiver()).base_url
        return self._receiver_url

    async def client(self, keys: Keys, gateway: Gateway | None = None) -> Client:
        """Return what calls *gateway* (by default, that of the session) with *keys*."""
        await loaded("ncloud_integration.submission")
        from ncloud_integration.cloudinsight.client import Client

        return Client(gateway or await self.gateway(), keys, self._session.clock_offset)

    def check_keys(self) -> asyncio.Task[None] | None:
        """Ask the API whether it takes the keys in use, and return what does that; without keys, None."""
        return self._start(self._check_keys(self._session.keys)) if self._session.keys else None

    def list_existing(self) -> None:
        """Ask what exists, to know afterwards what is new."""
        if self._listing:
            self._listing.cancel()
        self._session.existing, self._session.existing_complaint = None, None
        if self._session.keys:
            self._listing = self._start(self._list_existing(self._session.keys))

    async def listed(self, seconds: float) -> None:
        """Wait for what exists, if it was asked for, *seconds* at most."""
        if self._listing:
            await asyncio.wait({self._listing}, timeout=seconds)

    async def _check_keys(self, keys: Keys) -> None:
        session, site = self._session, self._session.site
        session.key_check = Sentence(
            "Asking the {place} whether it takes these keys…", {"place": places.in_words(session.place)}
        )
        self._show()
        client = await self.client(keys)
        from ncloud_integration.cloudinsight.client import ReadError

        try:
            values: Values = {"count": await client.count(), "place": places.in_words(session.place)}
            said = Sentence("✓ The {place} takes these keys; integrations there: {count:,}.", values)
        except ReadError as error:
            said = self._failed(error, Sentence("✗ {reason}", {"reason": error.sentence}))
            if error.is_forbidden:
                said = Sentence("These keys are known and may not list integrations. They may still create.")
        if (site, keys) == (session.site, session.keys):
            session.key_check = said
        self._show()

    async def _list_existing(self, keys: Keys) -> None:
        session = self._session
        client = await self.client(keys)
        from ncloud_integration.cloudinsight.client import ReadError

        try:
            session.existing = await client.integrations()
        except ReadError as error:
            session.existing_complaint = self._failed(error, error.sentence)
        self._show()

    def _failed(self, error: ReadError, said: Sentence) -> Sentence:
        """Return *said*, having noted whether the clock is why."""
        if error.clock_ahead is not None:
            self._session.clock_ahead = error.clock_ahead
        return said
