"""The searcher of the other tests: it finds what it is to find, wherever and however that is hidden."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.terminal.sentinels import Hunt, Sentinels, WatchedTerminal, watched

FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda text: json.dumps({"key": text}),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "repr": lambda text: repr({"key": text + "'"}),
    "URL": lambda text: quote(text, safe=""),
    "hexadecimal": lambda text: text.encode().hex(),
    "Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Base64 of a pair": lambda text: base64.b64encode(f"a:{text}:b".encode()).decode(),
    "Base64 of a header": lambda text: base64.b64encode(f"key: {text}\n".encode()).decode(),
    "Base64 of four more": lambda text: base64.b64encode(f"key={text}".encode()).decode(),
    "Base64 for a URL": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "a part": lambda text: text[5:14],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_sentinel_is_found_in_any_form(form: str, tmp_path: Path) -> None:
    sentinels = Sentinels.new()
    hunt = Hunt(sentinels.by_name)
    for name, text in sentinels.by_name.items():
        (tmp_path / "planted").write_text(f"before {FORMS[form](text)} after")
        (found,) = hunt.found_in_files([tmp_path]).values()
        assert any(each.startswith(f"{name} (") for each in found)
    (tmp_path / "planted").write_text(" ".join(text[:8] for text in sentinels.by_name.values()))
    assert hunt.found_in_files([tmp_path]) == {}


def test_a_sentinel_is_found_in_what_a_terminal_is_sent_however_it_is_cut() -> None:
    text = Sentinels.new().secret_key
    hunt = Hunt({"it": text})
    assert hunt.found_in_stream("\x1b[1m\x1b[3;4H".join(text).encode())
    assert hunt.found_in_stream(b"\x1b]52;c;" + base64.b64encode(text[3:20].encode()) + b"\x07")
    assert hunt.found_in_stream(f"\x1b]0;{text}\x1b\\".encode())
    assert not hunt.found_in_stream("\x1b[1mab".join(text).encode())


def test_a_sentinel_is_found_on_a_screen_that_showed_it_for_a_moment_and_with_a_child_that_was_given_it(
    tmp_path: Path,
) -> None:
    text = Sentinels.new().secret_key
    hunt = Hunt({"it": text})
    program = """
import os, subprocess, sys
for column in [*range(0, 40, 2), *range(1, 40, 2)]:
    print(f"\x1b[5;{column + 1}H" + os.environ["TEXT"][column], end="", file=sys.stderr)
print("\x1b[2J", end="", file=sys.stderr, flush=True)
subprocess.run(["sleep", "0.2"], env={"HIDDEN": os.environ["TEXT"]})
"""
    running = WatchedTerminal([sys.executable, "-c", program], (80, 24), {"TEXT": text})
    try:
        with watched(running.process.pid, hunt, [tmp_path]) as seen:
            (tmp_path / "soon gone").write_text(text)
            running.ended()
            (tmp_path / "soon gone").unlink()
    finally:
        running.close()
    assert hunt.found(running.rows)
    assert not hunt.found_in_stream(running.written)
    assert [hunt.found(environment) for _, environment in seen.children.values()] == [{"it (plain)"}]
    assert list(seen.in_files) == [str(tmp_path / "soon gone")]
