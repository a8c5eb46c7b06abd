"""What may be said on the command line, and what holds where it is not said."""

from __future__ import annotations


class Flags:
    """The flags of a call, each under its own name; those of `--from` are in `body`."""

    site: str | None = None
    account: str | None = None
    profile: str | None = None
    name: str | None = None
    url: str | None = None
    header: list[str] | None = None
    payload: str | None = None
    body: str | None = None
    clone: str | None = None
    practice: bool = False
    api_url: str | None = None
    timeout: float | None = None
    no_draft: bool = False
    dry_run: bool = False
    lang: str | None = None
    mouse: bool = False
    theme: str | None = None
    plain: bool = False
