"""What the wizard asks of the keyring while its screens go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.background import Starter
from ncloud_integration.tui.session import Session

if TYPE_CHECKING:
    from ncloud_integration.cloudinsight.keys import Keys
    from ncloud_integration.cloudinsight.site import Site


class KeyringAccess:
    """Looks for the site's keys and keeps typed ones, each in the background, and puts what comes of it into *session*.

    *start* runs a coroutine beside the screens; *show* is called whenever the session has changed.
    """

    def __init__(self, session: Session, start: Starter, show: Callable[[], None]) -> None:
        self._session = session
        self._start = start
        self._show = show
        self._look: asyncio.Task[None] | None = None
        self._looked_for: Site | None = None
        self._keeping: asyncio.Task[None] | None = None

    def look(self) -> None:
        """Look for the keys of the site, once, unless something outranks the keyring or it has failed."""
        site = self._session.site
        if self._session.may_look_into_keyring and self._looked_for is not site:
            self._looked_for = site
            self._look = self._start(self._find(site))

    async def looked(self) -> None:
        """Wait, a few seconds at most, for what the keyring holds, where nothing is typed that is used instead."""
        self.look()
        if self._look and not self._session.is_typing_keys:
            await asyncio.wait({self._look})

    def keep(self) -> None:
        """Give the typed keys to the keyring if the operator wants that and has not given them yet."""
        if self._session.should_keep_keys and self._session.keys:
            self._session.kept_keys = (self._session.site, self._session.keys)
            self._session.is_keeping = True
            self._keeping = self._start(self._keep(self._session.keys, self._session.site, self._keeping))

    async def _find(self, site: Site) -> None:
        from ncloud_integration.credentials import keyring_store

        session = self._session
        try:
            keys = await keyring_store.find(site.name)
        except keyring_store.EntryError as error:
            if site is session.site:
                session.unusable_in_keyring(error.sentence)
        except keyring_store.KeyringError as error:
            session.keyring_failed(error.sentence)
        else:
            if site is session.site:
                session.found_in_keyring(keys)
        self._show()

    async def _keep(self, keys: Keys, site: Site, before: asyncio.Task[None] | None) -> None:
        """Keep *keys* once what was to be kept *before* is done with, so that the last pair is the one that stays."""
        from ncloud_integration.credentials import keyring_store

        session = self._session
        if before:
            await asyncio.wait({before})
        try:
            await keyring_store.keep(site.name, keys)
        except keyring_store.KeyringError as error:
            session.kept_keys = None
            session.notice = f"The keys are kept for this session only: {error.sentence}"
        else:
            session.notice = str(Sentence("The keys are kept in the keyring for the {site} site.", {"site": site.name}))
        session.is_keeping = False
        self._show()
