"""The mouse is the terminal's own, for its selection; with `--mouse` it clicks."""

from __future__ import annotations

from tests.terminal.pseudo_terminal import ENTER, F5, F8, QUIT, PseudoTerminal, terminal

MODES = (b"\x1b[?1000h", b"\x1b[?1002h", b"\x1b[?1003h", b"\x1b[?1006h", b"\x1b[?1015h", b"\x1b[?1016h")


def click(wizard: PseudoTerminal, text: str, inside: int = 1) -> None:
    """Click on *text*, at the column *inside* it."""
    row, line = next((row, line) for row, line in enumerate(wizard.screen().split("\n"), 1) if text in line)
    column = line.index(text) + 1 + inside
    wizard.send(f"\x1b[<0;{column};{row}M", f"\x1b[<0;{column};{row}m")


def test_without_the_flag_no_mode_of_the_mouse_is_ever_set() -> None:
    with terminal("--practice") as wizard:
        wizard.until("Which keys")
        wizard.send(F8 * 5)
        wizard.until("Create this integration?")
        wizard.armed()
        wizard.send(ENTER)
        wizard.until("Integration ID")
        wizard.send(QUIT)
        assert wizard.ended() == 0
        assert not [mode for mode in MODES if mode in wizard.written]


def test_with_the_flag_it_clicks_on_choices_fields_buttons_lists_and_the_rail() -> None:
    with terminal("--practice", "--mouse") as wizard:
        wizard.until("[Check these keys]")
        click(wizard, "( ) gov")
        wizard.until("(•) gov")
        click(wizard, "Secret key", inside=20)
        wizard.send("typed")
        wizard.until("Secret key ▌•••••")
        wizard.send("\x15", F8 * 3)
        wizard.until("1 / 10 headers")
        click(wizard, "[Add a header]")
        wizard.until("▌name")
        click(wizard, "[x]")
        wizard.until("0 / 10 headers")
        click(wizard, "✓ Name")
        wizard.until("What should the integration be called?")
        click(wizard, "○ Confirm")  # was never visited: nothing happens
        click(wizard, "✓ Headers")
        wizard.until("Which headers")
        wizard.send(F8)
        wizard.until("What should the endpoint")
        wizard.send(F5)
        wizard.until("Slack: text")
        wizard.armed()
        click(wizard, "Discord")
        wizard.until("[Use it]")
        wizard.send(QUIT)
        wizard.until("Leave without")
        wizard.armed()
        click(wizard, "[Leave]")
        assert wizard.ended() == 1
        for mode in (b"1000", b"1003", b"1006"):
            assert wizard.written.rindex(b"\x1b[?%sl" % mode) > wizard.written.rindex(b"\x1b[?%sh" % mode)
