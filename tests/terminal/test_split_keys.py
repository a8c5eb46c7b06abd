"""A slow link cuts keys in two: the installed command takes them as the keys they are, or not at all."""

from __future__ import annotations

import time

from tests.terminal.pseudo_terminal import DOWN, ENTER, F1, F7, F8, PseudoTerminal, pasted, terminal

SOON, LATE = 0.15, 1.5


def send_cut(wizard: PseudoTerminal, key: str, at: int, seconds: float) -> None:
    """Send *key* cut in two, the second part *seconds* later."""
    wizard.send(key[:at])
    time.sleep(seconds)
    wizard.send(key[at:])


def test_in_a_field() -> None:
    with terminal("--practice", "--name", "nothing-typed") as wizard:
        wizard.until("Which keys")
        for at in range(1, len(F8)):
            send_cut(wizard, F8, at, SOON)
            wizard.until("What should the integration be called?")
            send_cut(wizard, F7, at, SOON)
            wizard.until("Which keys")
        send_cut(wizard, F8, 2, LATE)
        wizard.until("What should the integration be called?")
        for key in (F7, DOWN, F8):
            send_cut(wizard, key, 1, LATE)
        send_cut(wizard, pasted("-but-pasted"), 1, LATE)
        wizard.until("nothing-typed-but-pasted")
        wizard.send(ENTER)
        wizard.until("Where should")


def test_on_a_dialog_and_in_the_payload() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.send(F8 * 4)
        wizard.until("What should the endpoint be sent?")
        wizard.until("#{CRITERIA}. The current value")
        before = wizard.screen()
        wizard.send(F1)
        wizard.until("[Close]")
        send_cut(wizard, F7, 1, LATE)
        for key, at in ((F8, 1), (DOWN, 1), (F7, 1)):
            send_cut(wizard, key, at, LATE)
        wizard.read(0.3)
        assert wizard.screen() == before, "closed by the Escape, and nothing else"
        send_cut(wizard, F1, 1, SOON)
        wizard.until("[Close]")
        send_cut(wizard, F1, 2, LATE)
        wizard.read(0.3)
        assert wizard.screen() == before
        send_cut(wizard, F7, 4, SOON)
        wizard.until("Which headers")
