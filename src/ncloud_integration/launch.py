"""From flags, files and environment to how the wizard starts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ncloud_integration import found_keys, language
from ncloud_integration.cloudinsight import gateway
from ncloud_integration.credentials import accounts
from ncloud_integration.flags import Flags
from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.recovery import state_folder
from ncloud_integration.usage import UsageError
from ncloud_integration.wizard.session import Start

if TYPE_CHECKING:
    from ncloud_integration.integration.imported import Imported

_TIMEOUT_LIMIT = 600
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def start(flags: Flags, variables: Mapping[str, str]) -> Start:
    """Return how the wizard starts with these *flags* under these environment *variables*.

    Raises:
        UsageError: a flag or its file cannot be used.

    """
    if flags.practice and flags.api_url is not None:
        raise UsageError.of("--practice and --api-url exclude each other: practice mode has a gateway of its own.")
    if flags.practice and flags.dry_run:
        raise UsageError.of("--practice and --dry-run exclude each other: the practice gateway ends with the wizard.")
    _check_clone(flags)
    timeout = gateway.DEFAULT_TIMEOUT if flags.timeout is None else flags.timeout
    if not 1 <= timeout <= _TIMEOUT_LIMIT:
        raise UsageError.of("--timeout must be from 1 to {limit} seconds.", limit=_TIMEOUT_LIMIT)
    keys = found_keys.practice(flags) if flags.practice else found_keys.found(flags, variables)
    given = _given(flags)
    draft, notes = _draft(flags, given)
    return Start(
        draft=draft,
        site=keys.site,
        sources=tuple(keys.sources),
        complaints=tuple(keys.complaints),
        accounts=keys.accounts,
        accounts_path=None if flags.practice else accounts.default(),
        vault_path=None if flags.practice else accounts.default_vault(),
        notes=notes,
        api_url=None if flags.api_url is None else _base_url(flags.api_url),
        timeout=timeout,
        is_practice=flags.practice,
        state_folder=None if flags.practice else state_folder.default(),
        saves_draft=not flags.no_draft,
        notice=_not_shown(flags, variables),
        clone=flags.clone or "",
        given={field: getattr(draft, field) for field in given},
    )


def _not_shown(flags: Flags, variables: Mapping[str, str]) -> Sentence | None:
    """Return that the language which is asked for is not shown, where the terminal cannot show it."""
    if flags.lang is None or language.chosen(flags.lang, variables) == flags.lang:
        return None
    return Sentence("--lang {language} needs a terminal in UTF-8, as LC_ALL or LANG say it.", {"language": flags.lang})


def _base_url(url: str) -> str:
    try:
        return gateway.base_url(url)
    except gateway.GatewayError as error:
        raise UsageError.of("--api-url {url}: {reason}", url=url, reason=error.sentence) from None


def _check_clone(flags: Flags) -> None:
    if flags.clone is None:
        return
    if flags.body is not None:
        raise UsageError.of("--clone and --from exclude each other: each fills in the whole form.")
    if flags.dry_run:
        raise UsageError.of(
            "--clone and --dry-run exclude each other: an integration is read with keys, in the wizard."
        )
    if not _ID.fullmatch(flags.clone):
        raise UsageError.of(
            "--clone {id} is not the id of an integration: it has letters, digits, - and _ alone.", id=flags.clone
        )


def _draft(flags: Flags, given: Mapping[str, Any]) -> tuple[Draft, dict[str, list[Sentence]]]:
    """Return what the form is filled in with, *given* fields before others, and by field what was changed in it."""
    draft, notes = Draft(), dict[str, list[Sentence]]()
    if flags.practice:
        from ncloud_integration.practice.sample import PRACTICE_DRAFT

        draft = PRACTICE_DRAFT
    if flags.body is not None:
        draft, notes = _imported(flags.body)
    if not given:
        return draft, notes
    from ncloud_integration.integration import intake

    taken, changed = intake.taken(replace(draft, **given))
    return taken, {**{field: said for field, said in notes.items() if field not in given}, **changed}


def _given(flags: Flags) -> dict[str, Any]:
    """Return the fields that have a flag of their own."""
    fields = {
        "name": flags.name,
        "url": flags.url,
        "headers": None if flags.header is None else tuple(_header(line) for line in flags.header),
        "payload": None if flags.payload is None else _read("--payload", flags.payload),
    }
    return {field: value for field, value in fields.items() if value is not None}


def _header(line: str) -> Header:
    """Return the header as it is written: what is left out of it is told where all of them are cleaned."""
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError.of("--header {line} is not a header: write it as 'Name: value'.", line=line)
    return Header(name.strip(), value.strip())


def _imported(path: str) -> Imported:
    from ncloud_integration.integration import imported
    from ncloud_integration.integration.body import BodyError

    try:
        return imported.read(_read("--from", path))
    except BodyError as error:
        raise UsageError.of("--from {path}: {reason}", path=path, reason=error.sentence) from None


def _read(flag: str, path: str) -> str:
    if path == "-":
        raise UsageError.of("{flag} cannot read standard input, which is the keyboard: give it a file.", flag=flag)
    from ncloud_integration.wizard import text_file

    try:
        return text_file.read(path)
    except text_file.UnreadableError as error:
        raise UsageError.of("{flag} {reason}", flag=flag, reason=error.sentence) from None
