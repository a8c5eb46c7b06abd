"""A home in which sentinels are used, and what became of them there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ncloud_integration.cloudinsight.keys import Keys
from tests.terminal.pseudo_terminal import (
    COMMAND,
)
from tests.terminal.sentinels import Hunt, Sentinels, WatchedTerminal, watched
from tests.wire.faulty_gateway import FaultyGateway


class Scene:
    """A home, and what became of the sentinels in it; `check` fails where one of them is found."""

    def __init__(self, root: Path, sentinels: Sentinels) -> None:
        self.sentinels = sentinels
        self.hunt = Hunt(sentinels.by_name)
        self.gateway = FaultyGateway(keys=Keys.of(sentinels.access_key, sentinels.secret_key))
        self.home = root / "home"
        self.roots = [root]
        self.profiles = self.home / ".ncloud" / "configure"
        names = {"HOME": "home", "TMPDIR": "tmp", "XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config"}
        names |= {"XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "run"}
        self.environment = {name: str(root / folder) for name, folder in names.items()}
        for folder in (*names.values(), "here"):
            (root / folder).mkdir()
        os.chdir(root / "here")
        self.leaks: list[str] = []
        self.files: set[str] = set()
        self.keyring_children = 0

    @property
    def keys(self) -> dict[str, str]:
        """The environment of an operator who keeps the keys in there."""
        return {"NCLOUD_ACCESS_KEY": self.sentinels.access_key, "NCLOUD_SECRET_KEY": self.sentinels.secret_key}

    def write_profile(self) -> None:
        self.profiles.parent.mkdir()
        names = ("ncloud_access_key_id", "ncloud_secret_access_key")
        pair = zip(names, (self.sentinels.access_key, self.sentinels.secret_key), strict=True)
        self.profiles.write_text("\n".join(["[DEFAULT]", *(f"{name} = {key}" for name, key in pair), ""]))
        self.profiles.chmod(0o600)

    @contextmanager
    def wizard(
        self, *flags: str, env: Mapping[str, str] | None = None, url: str | None = None
    ) -> Iterator[WatchedTerminal]:
        """Run the installed command, and search all that comes of it."""
        arguments = (COMMAND, "--api-url", url or self.gateway.base_url, *flags)
        running = WatchedTerminal(arguments, (80, 24), {**self.environment, **(env or {})})
        try:
            with watched(running.process.pid, self.hunt, self.roots, [self.profiles]) as seen:
                yield running
        finally:
            running.close()
        self._note("the bytes", self.hunt.found_in_stream(running.written))
        self._note("the screen", self.hunt.found(running.rows))
        self._note("the arguments", self.hunt.found("\0".join(arguments).encode()))
        for place, names in [*seen.in_files.items(), *self.hunt.found_in_files(self.roots, [self.profiles]).items()]:
            self._note(place, names)
        for arguments_seen, environment in seen.children.values():
            self._note(f"the arguments of a child: {arguments_seen!r}", self.hunt.found(arguments_seen))
            self._note(f"the environment of a child: {arguments_seen!r}", self.hunt.found(environment))
        self.files |= seen.files
        self.keyring_children += sum(b"keyring_child" in child for child, _ in seen.children.values())
        assert len(running.written) > 1000
        assert b"Cloud Insight integration" in running.rows

    def output(self, wizard: WatchedTerminal, code: int) -> str:
        """Return standard output of a *wizard* that has ended with *code*, searched as well."""
        assert wizard.ended() == code
        output = wizard.output()
        self._note("standard output", self.hunt.found(output.encode()))
        return output

    def check(self) -> None:
        for request in self.gateway.requests:
            self.hunt.add("a signature", request.header("x-ncp-apigw-signature-v2"))
        for place, names in self.hunt.found_in_files(self.roots, [self.profiles]).items():
            self._note(place, names)
        assert not self.leaks, "\n".join(self.leaks)

    def _note(self, place: str, names: set[str]) -> None:
        self.leaks += [f"{name} in {place}" for name in sorted(names) if f"{name} in {place}" not in self.leaks]
