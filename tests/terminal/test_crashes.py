"""A crash in any handler: nothing of a key is shown or written, and the terminal is usable."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ncloud_integration.cloudinsight.keys import Keys, Secret
from ncloud_integration.cloudinsight.site import PUBLIC
from ncloud_integration.credentials.accounts import Account, AccountsFile
from ncloud_integration.credentials.vault_store import VaultStore
from ncloud_integration.recovery.journal import Journal
from tests.terminal.pseudo_terminal import (
    BACK_TAB,
    CUT,
    DOWN,
    ENTER,
    F1,
    F4,
    F5,
    F7,
    F8,
    F9,
    LEFT,
    QUIT,
    RIGHT,
    TAB,
    pasted,
    terminal,
)
from tests.terminal.scene import Scene
from tests.terminal.sentinels import Broken, ForkedTerminal, Hunt, Sentinels, methods
from tests.tui.driving import ATTEMPT


def first_walk(wizard: ForkedTerminal, keys: Sentinels) -> Iterator[bool]:
    """Type keys, keep them in a vault, fill in the form and confirm it; yield false once the wizard has ended."""
    yield wizard.until("Which keys")
    wizard.send(DOWN * 2, TAB, pasted(keys.access_key))
    yield wizard.until(keys.access_key[:4] + "•")
    os.kill(wizard.process.pid or 0, signal.SIGUSR1)
    wizard.send(TAB, pasted(keys.secret_key))
    yield wizard.until("keys as typed")
    wizard.send(CUT, TAB, RIGHT, LEFT, F1)
    yield wizard.until("[Close]")
    wizard.send(F1, F8)
    yield wizard.until("Choose a passphrase")
    wizard.send(*[pasted(keys.passphrase), ENTER] * 2)
    yield wizard.until("be called")
    wizard.send("alerts", BACK_TAB, LEFT, ENTER)
    yield wizard.until("Which keys")
    wizard.send(F8)
    yield wizard.until("be called")
    wizard.send(F7)
    yield wizard.until("Which keys")
    wizard.send(F8)
    yield wizard.until("be called")
    wizard.send(F5)
    yield wizard.until("Paste a request body")
    wizard.pause(0.2)
    wizard.send(pasted('{"name": "alerts", "headers": {"content-type": "application/json; charset=utf-8"}}'))
    yield wizard.until("Name: alerts")
    wizard.send(TAB, ENTER)
    yield wizard.until("Taken over")
    wizard.send(F8)
    yield wizard.until("Where should")
    wizard.send(pasted("https://hooks.slack.com/services/T0/B0/0123456789abcdef"), ENTER)
    yield wizard.until("Which headers")
    wizard.send(TAB, TAB, ENTER, ENTER, "x-test", TAB, "1", F8)
    yield wizard.until("What should the endpoint")
    wizard.send(RIGHT, pasted('"a": "b",'), F4)
    yield wizard.until("Your editor changed nothing")
    wizard.send(F9)
    yield wizard.until("Send a test event?")
    wizard.pause(0.2)
    wizard.send(RIGHT, ENTER)
    wizard.pause(0.2)
    wizard.send(F8)
    yield from _confirmation(wizard)


def _confirmation(wizard: ForkedTerminal) -> Iterator[bool]:
    """Show secrets and the command, create, and delete that; yield false once the wizard has ended."""
    yield wizard.until("[Show secrets]")
    wizard.pause(0.2)
    wizard.send(RIGHT, ENTER)
    yield wizard.until("[Hide secrets]")
    yield from _command(wizard)
    yield from _creation(wizard)


def _command(wizard: ForkedTerminal) -> Iterator[bool]:
    """From Confirm, see the request as a command, and send it to the clipboard."""
    wizard.send(F5)
    yield wizard.until("The same as a command")
    wizard.pause(0.2)
    wizard.send(RIGHT, ENTER)
    yield wizard.until("Send secrets to the clipboard?")
    wizard.pause(0.2)
    wizard.send(RIGHT, ENTER)
    yield wizard.until("Sent to the terminal's clipboard")
    wizard.pause(0.2)


def _creation(wizard: ForkedTerminal) -> Iterator[bool]:
    """From Confirm, create, delete that, and leave."""
    wizard.send(ENTER)
    yield wizard.until("Integration ID")
    yield wizard.until("Read back")
    wizard.pause(0.2)
    wizard.send(RIGHT * 2, ENTER)
    yield wizard.until("[No]")
    wizard.pause(0.2)
    wizard.send(RIGHT, ENTER)
    yield wizard.until("Deleted:")
    wizard.send(QUIT)
    yield wizard.until("Leave without creating this?")
    wizard.send(QUIT)


def second_walk(wizard: ForkedTerminal, keys: Sentinels) -> Iterator[bool]:
    """Unlock the vault to look for an earlier attempt, and manage accounts; yield false once the wizard has ended."""
    yield wizard.until("Earlier attempts may have created")
    os.kill(wizard.process.pid or 0, signal.SIGUSR1)
    wizard.pause(0.3)
    wizard.send(ENTER)
    yield wizard.until("Unlock the vault")
    wizard.send(pasted(keys.wrong_passphrase), ENTER)
    yield wizard.until("does not open the vault")
    wizard.send(pasted(keys.passphrase), ENTER)
    yield wizard.until("after one look")
    wizard.pause(0.3)
    wizard.send(F8)
    yield wizard.until("Which keys")
    passphrases = [pasted(each) + ENTER for each in (keys.passphrase, keys.new_passphrase, keys.new_passphrase)]
    for number, talk in (
        (2, {"[Start over]": [ENTER], "New passphrase": passphrases, "passphrase is changed": []}),
        (1, {"[Keep]": [RIGHT, ENTER], "[Vault]": [RIGHT, ENTER], "The keys are kept in the vault": []}),
        (0, {"[Replace]": [RIGHT, RIGHT, ENTER], "[No]": [RIGHT, ENTER], "is forgotten": []}),
    ):
        wizard.send(TAB * 5, ENTER)
        yield wizard.until("Accounts and other sources")
        wizard.pause(0.3)
        wizard.send(DOWN * number, ENTER)
        for said, answers in talk.items():
            yield wizard.until(said)
            wizard.pause(0.3)
            wizard.send(*answers)
    wizard.send(TAB * 4, ENTER)
    yield wizard.until("takes these keys")
    wizard.send(F8)
    yield wizard.until("be called")
    wizard.send("x", QUIT)
    yield wizard.until("Leave without creating this?")
    wizard.send(QUIT)


ALL = "NCLOUD_TEST_EVERY_METHOD"
"""Set, every method is broken and not only handlers: that takes minutes."""

GUARDS = frozenset({"TerminalDriver.write", "TerminalDriver.stop_application_mode", "TerminalDriver._run_input_thread"})
"""What is not broken: the terminal is restored by the first two, and the third would see to an error."""

WIZARDS_AT_ONCE = 6
REPORT = "The wizard stopped on an error of its own."

SWALLOWED = {"Background._ended"}
"""What asyncio itself calls: it drops an error, and the wizard goes on."""


@dataclass
class Crash:
    """What a wizard did of which a method was to break."""

    method: str
    is_broken: bool
    code: int | None
    said: str
    leaks: list[str]


class Crashes:
    """Wizards of which one method breaks, on one of the walks, each in a home of its own."""

    def __init__(self, scene: Scene, walk: Callable[[ForkedTerminal, Sentinels], Iterator[bool]], *flags: str) -> None:
        self._scene = scene
        self._walk = walk
        self._flags = [*flags, "--api-url", scene.gateway.base_url]
        self._template = scene.roots[0]
        self._hunt = Hunt(scene.sentinels.by_name)

    def calls(self) -> dict[str, bool]:
        """Return the methods that are called on the way, and whether some time after the keys are there."""
        wizard = self.run("", is_late=False)
        assert wizard.code is not None, wizard.said
        assert not wizard.is_broken
        return {name: is_late == "1" for name, is_late in map(str.split, wizard.said.splitlines())}

    def run(self, method: str, *, is_late: bool) -> Crash:
        sentinels = self._scene.sentinels
        root = Path(tempfile.mkdtemp(dir=self._template.parent, prefix="crash-"))
        environment = {name: str(root / Path(path).name) for name, path in self._scene.environment.items()}
        shutil.copytree(self._template, root, dirs_exist_ok=True)
        log = root.with_suffix(".log")
        broken = Broken(method, sentinels.by_name, log, is_late)
        environment |= {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "EDITOR": "true"}
        wizard, code, stuck = ForkedTerminal(broken, environment, self._flags), None, ""
        try:
            all(self._walk(wizard, sentinels))
            code = wizard.ended()
        except AssertionError as error:
            stuck = f"STUCK {error}"
        finally:
            wizard.close()
        leaks = [f"{name} in the bytes" for name in self._hunt.found_in_stream(wizard.written)]
        leaks += [f"{name} on the screen" for name in self._hunt.found(wizard.rows)]
        profile = root / "home" / ".ncloud" / "configure"
        for path, names in self._hunt.found_in_files([root], [profile]).items():
            leaks += [f"{name} in {path}" for name in names]
        shutil.rmtree(root)
        called = log.read_text()
        said = stuck or (printed(wizard.written)[-3000:] if method else called)
        return Crash(method, "CRASH" in called, code, said, leaks)


def printed(written: bytes) -> str:
    return re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", written.decode(errors="replace"))


def prepared(scene: Scene) -> None:
    """Have a vault with an account, a profile, and an attempt of which nobody knows the end."""
    sentinels = scene.sentinels
    scene.write_profile()
    vault = VaultStore(Path(scene.environment["XDG_DATA_HOME"], "ncloud-integration", "vault.json"), n=2**14)
    asyncio.run(vault.set_up(Secret(sentinels.passphrase)))
    keys = Keys.of(sentinels.access_key, sentinels.secret_key)
    asyncio.run(vault.keep("public", keys))
    file = AccountsFile(Path(scene.environment["XDG_CONFIG_HOME"], "ncloud-integration", "accounts.json"))
    file.change(lambda known: replace(known.with_used(Account("public", PUBLIC, "vault")), rest="vault"))
    attempt = replace(ATTEMPT, base_url=scene.gateway.base_url, account=keys.label)
    Journal(Path(scene.environment["XDG_STATE_HOME"], "ncloud-integration", "attempts")).begin(attempt).close()


def is_handler(method: str) -> bool:
    """Return whether something else than this program's own methods calls *method*, or it runs beside the screens."""
    cls, name = methods()[method]
    function = vars(cls)[name]
    return (
        name.startswith(("on_", "action_", "watch_"))
        or name.endswith(("_typed", "_chosen", "_edited", "_answered"))
        or hasattr(function, "_textual_on")
        or cls.__name__ in ("TerminalDriver", "TerminalApp", "PasteReader", "Background", "DraftKeeper", "PayloadEdits")
        or (
            inspect.iscoroutinefunction(function)
            and cls.__name__.endswith(("Access", "Runner", "Management", "Command", "Test", "Wizard"))
        )
        or method in ("Wizard.save_form", "ApiAccess.close", "ConfirmScreen.body", "CredentialsScreen.show_session")
    )


@pytest.mark.parametrize(
    ("walk", "least"), [(first_walk, 70), (second_walk, 15)], ids=["typing and creating", "looking and managing"]
)
def test_a_crash_in_any_handler_gives_nothing_away_and_leaves_a_usable_terminal(
    walk: Callable[[ForkedTerminal, Sentinels], Iterator[bool]], least: int, scene: Scene
) -> None:
    known = GUARDS
    if walk is second_walk:
        known = known | Crashes(scene, first_walk).calls().keys()
        prepared(scene)
    crashes = Crashes(scene, walk)
    calls = {method: is_late for method, is_late in crashes.calls().items() if method not in known}
    calls = {method: is_late for method, is_late in calls.items() if os.environ.get(ALL) or is_handler(method)}
    with ThreadPoolExecutor(WIZARDS_AT_ONCE) as pool:
        found = list(pool.map(lambda call: crashes.run(call[0], is_late=call[1]), calls.items()))
    assert {crash.method: crash.leaks for crash in found if crash.leaks} == {}
    assert {crash.method: (crash.code, crash.said) for crash in found if crash.code not in _codes(crash)} == {}
    broken = [crash for crash in found if crash.is_broken]
    print(f"{len(broken)} of {len(calls)} crashed")
    assert len(broken) >= max(least, len(calls) - 5)
    assert {crash.method for crash in broken if REPORT not in crash.said} <= SWALLOWED


BREAKING_AT_THE_END = """
import sys, time
from types import SimpleNamespace
from textual.drivers._writer_thread import WriterThread
from ncloud_integration.cli import command
from ncloud_integration.tui.app import Wizard

run = WriterThread.run

def slowly(self):
    file = self._file
    self._file = SimpleNamespace(write=lambda text: (time.sleep(0.02), file.write(text)), flush=file.flush)
    run(self)

async def breaking(self):
    raise RuntimeError("broken")

WriterThread.run, Wizard.on_unmount = slowly, breaking
sys.exit(command())
"""


def test_a_wizard_that_breaks_at_its_end_gives_a_slow_terminal_back_all_the_same() -> None:
    with terminal("--practice", command=(sys.executable, "-c", BREAKING_AT_THE_END)) as wizard:
        wizard.until("Which keys")
        wizard.send(QUIT)
        assert wizard.ended() == 1
        assert b"\x1b[?1049l" in wizard.written
        assert wizard.written.rfind(b"\x1b[?25h") > wizard.written.rfind(b"\x1b[?25l")
        assert REPORT in wizard.parting_words()


def _codes(crash: Crash) -> tuple[int, ...]:
    """Return what a wizard may end with by what it said last."""
    if "was deleted since" in crash.said:
        return (3,)
    if "Created integration" in crash.said:
        return (0,)
    return (3,) if "It is not known" in crash.said else (1,)
