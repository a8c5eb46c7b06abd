"""What a key costs on the line: bytes from the installed command in a pseudo-terminal."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal.pseudo_terminal import (
    BACK_TAB,
    DOWN,
    ENTER,
    F8,
    LEFT,
    RIGHT,
    TAB,
    UP,
    PseudoTerminal,
    pasted,
    terminal,
)

KEYS_IN_ENVIRONMENT = {"NCLOUD_ACCESS_KEY": "AK" * 10, "NCLOUD_SECRET_KEY": "SK" * 20}
FLAGS = ("--name", "n", "--url", "https://h.example.com/x")
QUIET_SECONDS = 0.04
PAYLOAD_BYTES, TYPED_BYTES, MOVED_BYTES, FIELD_BYTES = 13_900, 170, 80, 80
SCROLLED_BYTES = 250
"""What a row costs that comes into sight, beside blanks and the terminal's own scrolling."""

LIMIT, IDLE_SECONDS = 15_000, 10
at_both_sizes = pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids="{0[0]}x{0[1]}".format)


def payload() -> str:
    """Return JSON as a person would have it, nearly as long as it may be."""
    blocks: list[dict[str, str]] = []
    text = ""
    while len(text) < PAYLOAD_BYTES:
        blocks.append({"type": "section", "text": f"#{{RULE_NAME}} is #{{EVENT_STATUS}}, {len(blocks)}"})
        text = json.dumps({"text": "start", "blocks": blocks}, indent=2)
    return text


@contextmanager
def at_payload(
    path: Path, size: tuple[int, int], text: str, *, is_draft_kept: bool = False
) -> Iterator[PseudoTerminal]:
    """Run the command up to the payload's editor, which holds *text*."""
    path.write_text(text)
    flags = (*FLAGS, "--payload", str(path), *([] if is_draft_kept else ["--no-draft"]))
    with terminal(*flags, size=size, env=KEYS_IN_ENVIRONMENT) as wizard:
        wizard.until("Which keys")
        wizard.send(F8 * 4)
        wizard.until("What should the endpoint be sent?")
        wizard.read(0.3)
        yield wizard


def bytes_of_each(wizard: PseudoTerminal, keys: Sequence[str]) -> list[int]:
    """Return how many bytes each of *keys* brought, once nothing more came of it."""
    return [len(bytes_of(wizard, key)) for key in keys]


def bytes_of(wizard: PseudoTerminal, key: str) -> bytes:
    start = len(wizard.written)
    wizard.send(key)
    for _ in range(10):
        if not wizard.read(QUIET_SECONDS) and len(wizard.written) > start:
            break
    return wizard.written[start:]


def assert_median(sizes: Sequence[int], limit: int) -> None:
    assert statistics.median(sizes) <= limit, f"{statistics.median(sizes)} of {sizes}"


@at_both_sizes
def test_keys_in_the_payload(size: tuple[int, int], tmp_path: Path) -> None:
    with at_payload(tmp_path / "payload.json", size, payload()) as wizard:
        bytes_of_each(wizard, [DOWN, RIGHT * 11])
        assert_median(bytes_of_each(wizard, "a brown fox "), TYPED_BYTES)
        assert_median(bytes_of_each(wizard, [LEFT] * 5 + [RIGHT] * 5), MOVED_BYTES)
        down, up = (bytes_of_each(wizard, [key] * 16) for key in (DOWN, UP))
        assert_median([*down, *up], MOVED_BYTES)
        bytes_of_each(wizard, [DOWN * (size[1] - 10)])
        assert max(bytes_of_each(wizard, [DOWN] * 6)) <= SCROLLED_BYTES + 2 * size[0]


def test_keys_in_the_fields() -> None:
    with terminal("--no-draft") as wizard:
        wizard.until("Which keys")
        wizard.read(0.3)
        assert_median(bytes_of_each(wizard, "ACCESSKEY123"), FIELD_BYTES)
    with terminal("--no-draft", env=KEYS_IN_ENVIRONMENT) as wizard:
        wizard.until("Which keys")
        wizard.send(F8)
        wizard.until("What should the integration be called?")
        assert_median(bytes_of_each(wizard, "ops-alarm-한글-1"), FIELD_BYTES)
        wizard.send(ENTER)
        wizard.until("Where should")
        wizard.send("https://hooks.")
        assert_median(bytes_of_each(wizard, "example.com/x"), FIELD_BYTES)
        wizard.send(ENTER)
        wizard.until("Which headers")
        wizard.send(TAB, TAB, ENTER, ENTER)
        wizard.until("1 / 10 headers")
        wizard.read(0.3)
        wizard.send("x", TAB, "v")
        assert_median(bytes_of_each(wizard, "alue-of-one"), FIELD_BYTES)
        wizard.send(BACK_TAB)
        assert_median(bytes_of_each(wizard, "-team-of-one"), FIELD_BYTES)


def test_nothing_is_sent_while_nobody_types(tmp_path: Path) -> None:
    with terminal("--no-draft") as first, at_payload(tmp_path / "payload.json", (80, 24), payload()) as second:
        first.until("Which keys")
        first.read(1)
        second.read(0.1)
        lengths = len(first.written), len(second.written)
        time.sleep(IDLE_SECONDS)
        assert (first.read(0.1), second.read(0.1)) == (b"", b""), lengths


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids="{0[0]}x{0[1]}".format)
def test_a_paste_as_long_as_a_payload_may_be_costs_no_more_than_two_screens(
    size: tuple[int, int], tmp_path: Path
) -> None:
    text = "\n".join(f"{number:>4} {'가나다' * 3} of many lines that are pasted" for number in range(1000))
    text = text.encode()[:LIMIT].decode(errors="ignore")
    with at_payload(tmp_path / "payload.json", size, "") as wizard:
        start = len(wizard.written)
        wizard.send_all(pasted(text))
        wizard.until(f"{len(text.encode()):,} / 15,000 bytes")
        wizard.read(0.5)
        assert len(wizard.written) - start <= 2 * size[0] * size[1]
        assert text.splitlines()[-1] in wizard.screen()
