"""Ready payloads for well-known services: one JSON file each, read when they are first asked for."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from ncloud_integration.integration import endpoint
from ncloud_integration.integration.checks import is_blank
from ncloud_integration.integration.endpoint import EndpointError
from ncloud_integration.integration.model import Header
from ncloud_integration.integration.sentence import Sentence


@dataclass(frozen=True)
class ReadyPayload:
    """A payload that a service understands, and what else it wants to be called with.

    `key` is the name of its file. It suits an endpoint on one of `hosts`; where one starts with a dot, on any host
    below it. `url` shows the shape of the endpoint URL. A word like `YOUR_KEY` stands where the operator's own belongs.
    Title and note are in the catalogues, as if they stood in the source.
    """

    key: str
    title: Sentence
    hosts: tuple[str, ...]
    url: str
    headers: tuple[Header, ...]
    note: Sentence
    payload: str

    @property
    def service(self) -> str:
        """Whose payload it is; some services have more than one."""
        return self.title.template.partition(":")[0]

    def suits(self, url: str) -> bool:
        """Return whether *url* is an endpoint of this service."""
        try:
            host = endpoint.parse(url).called_host.removesuffix(".")
        except EndpointError:
            return False
        return any(host.endswith(known) if known.startswith(".") else host == known for known in self.hosts)


@functools.lru_cache(maxsize=1)
def ready_payloads() -> tuple[ReadyPayload, ...]:
    """Return all that there are, in the order of their titles."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".json")]
    read = (_read(file.name.removesuffix(".json"), json.loads(file.read_text("utf-8"))) for file in files)
    return tuple(sorted(read, key=lambda ready: ready.title.template.casefold()))


def suited(url: str) -> list[ReadyPayload]:
    """Return those that suit *url*."""
    return [ready for ready in ready_payloads() if ready.suits(url)]


def missing(wanted: Sequence[Header], rows: Sequence[Header]) -> list[Header]:
    """Return those of *wanted* that no row names, or that stand in one without a value."""
    there = {row.name.strip().lower() for row in rows if row.value.strip()}
    return [header for header in wanted if header.name.lower() not in there]


def completed(rows: Sequence[Header], wanted: Sequence[Header]) -> tuple[Header, ...]:
    """Return *rows* with what is missing of *wanted*: no value that was typed is replaced; blank rows are dropped."""
    to_come = {header.name.lower(): header for header in missing(wanted, rows)}
    kept = [to_come.pop(row.name.strip().lower(), row) for row in rows if not is_blank(row)]
    return (*kept, *to_come.values())


def _read(key: str, written: dict[str, Any]) -> ReadyPayload:
    return ReadyPayload(
        key,
        Sentence(written["title"]),
        tuple(written["hosts"]),
        written["url"],
        tuple(Header(name, value) for name, value in written["headers"].items()),
        Sentence(written["note"]),
        json.dumps(written["payload"], ensure_ascii=False, indent=2),
    )
