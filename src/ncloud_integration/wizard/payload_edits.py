"""The payload in the operator's own editor: given, taken back, and offered after a wizard was cut off from it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.recovery import edited_file
from ncloud_integration.recovery.edited_file import EditedFile, LeftFile, Saved, UnusableError
from ncloud_integration.recovery.state_folder import StateError
from ncloud_integration.wizard.background import loaded
from ncloud_integration.wizard.session import Session

if TYPE_CHECKING:
    from ncloud_integration.wizard.question import Ask

Put = Callable[[Saved], Sentence]
"""Puts what was saved in place of the payload, and returns what is to be told of that."""

_UNCHANGED = Sentence(
    "Your editor changed nothing. One with a window of its own needs an option to wait, as in code --wait."
)


class PayloadEdits:
    """Has the payload of *session* edited outside: *hand_over* leaves the terminal to the editor for a while.

    *ask* asks the operator, *show* what is told in the session. `when_taken` has the form on the disk, after which the
    file is not needed any more. The terminal `is_drawn_on` where it does more than print lines.
    """

    def __init__(
        self,
        session: Session,
        ask: Ask,
        show: Callable[[], None],
        hand_over: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._session = session
        self._ask = ask
        self._show = show
        self._hand_over = hand_over
        folder = session.start.state_folder
        self._folder = folder / "payloads" if folder and session.keeps_form else None
        self._is_looked_for = False
        self.when_taken: Callable[[], None] = lambda: None
        self.is_editing = False
        self.is_drawn_on = True

    async def edit(self, put: Put) -> None:
        """Open the payload in the operator's own editor, and *put* what is saved there in its place."""
        self.is_editing = True
        try:
            await self._edit(put)
        finally:
            self.is_editing = False

    async def _edit(self, put: Put) -> None:
        await loaded(f"{__package__}.external_editor")
        from ncloud_integration.wizard import external_editor

        try:
            command = external_editor.command(os.environ)
            file = await asyncio.to_thread(EditedFile, self._folder, self._session.draft.payload)
        except (external_editor.EditorError, StateError) as error:
            self._tell(error.sentence)
            return
        try:
            with external_editor.signals_ignored(), self._hand_over():
                await external_editor.run(command, file.path, is_drawn_on=self.is_drawn_on)
            saved = await asyncio.to_thread(file.saved)
        except (external_editor.EditorError, UnusableError) as error:
            is_left = await asyncio.to_thread(file.leave)
            values: Values = {"reason": error.sentence, "path": str(file.path)}
            said = Sentence("{reason} Nothing was taken back.", values)
            if is_left:
                said = Sentence("{reason} Nothing was taken back; what it left is at {path}.", values)
            self._tell(said)
        except BaseException:
            file.let_go()
            raise
        else:
            self._take(saved, put)
            await asyncio.to_thread(file.remove)

    async def offer(self, put: Put) -> None:
        """Offer what wizards that are gone have left with their editors, one after the other, once; *put* takes it."""
        if self._folder is None or self._is_looked_for:
            return
        self._is_looked_for = True
        for left in await asyncio.to_thread(edited_file.left_files, self._folder):
            answer = await self._answer(left)
            if answer == "take" and isinstance(left.content, Saved):
                self._take(left.content, put)
            if answer in ("take", "discard"):
                await asyncio.to_thread(edited_file.remove, left.path)
            if answer != "discard":
                return

    async def _answer(self, left: LeftFile) -> str:
        """Ask what becomes of *left*; what is in the form already was taken, and there was no time to delete it."""
        from ncloud_integration.wizard import questions

        if isinstance(left.content, Saved) and left.content.text == self._session.draft.payload and not left.beside:
            return "discard"
        return await self._ask(questions.take_left(left))

    def _take(self, saved: Saved, put: Put) -> None:
        """Have what was *saved* put in place of the payload, and on the disk."""
        if saved.text == self._session.draft.payload:
            self._tell(_UNCHANGED)
            return
        said = put(saved)
        self.when_taken()
        self._tell(said)

    def _tell(self, sentence: Sentence) -> None:
        self._session.notice = str(sentence)
        self._show()
