"""Which dialog asks which question."""

from __future__ import annotations

from ncloud_integration.tui.screens.dialog import Dialog
from ncloud_integration.wizard.question import AnyQuestion, ListQuestion, PasswordQuestion


def dialog_of(question: AnyQuestion) -> Dialog:
    """Return the dialog that asks *question*; what only some questions need is loaded with the first of them."""
    if isinstance(question, PasswordQuestion):
        from ncloud_integration.tui.screens.password import PasswordDialog

        return PasswordDialog(question)
    if isinstance(question, ListQuestion):
        from ncloud_integration.tui.screens.list import ListDialog

        return ListDialog(question)
    return Dialog(question)
