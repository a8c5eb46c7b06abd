"""The keys that sign, the site they belong to, and where typed ones are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import events, on
from textual.containers import Grid, Horizontal
from textual.widget import Widget

from ncloud_integration.cloudinsight.site import SITES
from ncloud_integration.credentials.accounts import IN_WORDS, RESTS
from ncloud_integration.credentials.sources import Source
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.tui.screens.step import HELP, NEXT, QUIT, Footer, StepScreen
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.choice import Choice, ColumnChoice
from ncloud_integration.tui.widgets.field import Field, KeyField
from ncloud_integration.tui.widgets.line import Line, Paragraph
from ncloud_integration.tui.widgets.problems import Problems
from ncloud_integration.wizard.key_state import KeyState
from ncloud_integration.wizard.steps import Step

_SITE_NAMES = list(SITES)
_FIELDS = ("access_key", "secret_key", "account_name")
_NAMED = 2
"""Sources that are named although they are not used; Accounts lists all of them."""


class CredentialsScreen(StepScreen):
    """Names the keys that were found, or takes a pair; says where a typed pair is kept."""

    step = Step.CREDENTIALS
    heading = Sentence("Which keys should sign the request?")
    first = "access_key"
    keys = (NEXT, HELP, QUIT)

    def body(self) -> Iterable[Widget]:
        """Yield what was found, where typed keys are kept, the fields, and the site."""
        state = self.session.key_state
        access_key, secret_key = state.typed
        yield Paragraph(self._found(), id="found", classes="quiet")
        if self.session.key_state.complaints:
            yield Paragraph(self._complaints(), id="complaints")
        with Grid(id="form", classes="gap"):
            if not self.session.start.is_practice:
                yield Line(Sentence("Keep new keys"), classes="label")
                yield ColumnChoice(
                    [IN_WORDS[rest] for rest in RESTS], self._means(), RESTS.index(state.rest), id="rest"
                )
            yield Line(Sentence("Access key"), classes="label")
            yield KeyField(access_key, id="access_key", shows_start=True)
            yield Line(Sentence("Secret key"), classes="label")
            yield KeyField(secret_key, id="secret_key")
            yield Line(Sentence("Site"), classes="label")
            yield Choice(_SITE_NAMES, _SITE_NAMES.index(self.session.site.name), id="site")
            if self._are_to_keep:
                yield from self._account_name()
        yield Problems(id="problems")
        with Horizontal(classes="actions gap"):
            yield Action(Sentence("Check these keys"), id="check")
            yield Action(Sentence("Accounts"), id="accounts", asks="accounts")
            yield Action(Sentence("Correct the time"), id="clock", asks="correct_clock")
        yield Paragraph(id="checked")

    def on_mount(self) -> None:
        """Write what is typed or chosen into the session."""
        for field in self.query(Field):
            self.watch(field, "value", self._typed, init=False)
        self.watch(self.query_one("#site", Choice), "chosen", self._site_chosen, init=False)
        for choice in self.query(ColumnChoice):
            self.watch(choice, "chosen", self._rest_chosen, init=False)
        self.query_one("#accounts", Action).display = not self.session.start.is_practice

    def focus_first(self) -> None:
        """Put the cursor where typing begins; where keys are to be kept comes before it, until that was said once."""
        choices = self.query(ColumnChoice)
        is_to_ask = choices and self.session.key_state.is_to_ask_where_to_keep
        self.set_focus(choices.first() if is_to_ask else self.query_one("#access_key"), scroll_visible=False)

    def on_key(self, event: events.Key) -> None:
        """Take for the access key what is typed where nothing else takes it."""
        if isinstance(self.focused, ColumnChoice) and event.is_printable and event.character:
            event.stop()
            self._access_key().insert_text_at_cursor(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Take for the access key what is pasted where nothing else takes it."""
        if isinstance(self.focused, ColumnChoice):
            event.stop()
            self._access_key().take(event.text)

    def _access_key(self) -> KeyField:
        field = self.query_one("#access_key", KeyField)
        self.set_focus(field)
        return field

    def show_session(self) -> None:
        """Show which keys were found, or why none were, and what the API says of them."""
        state = self.session.key_state
        self.query_one("#found", Paragraph).text = self._found()
        self._fill_in(state)
        self.query_one("#clock", Action).display = self.session.clock_ahead is not None
        is_back_shown = bool(self.session.attempts.unresolved)
        self.query_one(Footer).show([*([Sentence("F7 Earlier attempts")] if is_back_shown else []), *self.keys])
        said = self.query_one("#checked", Paragraph)
        is_new = said.text != str(self.session.key_check or "")
        said.text = str(self.session.key_check or "")
        said.display = bool(said.text)
        if is_new and said.text:
            self.call_after_refresh(said.scroll_visible, animate=False)
        self.show_frame()
        self.show_problems()

    def _fill_in(self, state: KeyState) -> None:
        """Have the form hold what the session holds: it changes beside the screen, too."""
        self._show_account_name(state)
        for field, text in zip(self.query(Field), (*state.typed, state.account_name), strict=False):
            if field.value != text:
                field.value = text
        self.query_one("#site", Choice).chosen = _SITE_NAMES.index(state.site.name)
        for choice in self.query(ColumnChoice):
            choice.chosen, choice.means = RESTS.index(state.rest), tuple(self._means())

    def _show_account_name(self, state: KeyState) -> None:
        """Ask what the keys are to be kept as, once they are to be kept."""
        if self._are_to_keep and not self.query("#account_name"):
            label, field = self._account_name()
            self.query_one("#form").mount(label, field)
            self.watch(field, "value", self._typed, init=False)
        for field in self.query("#account_name").results(Field):
            field.placeholder = state.accounts.free_name(state.site)
        for widget in self.query(".account, #account_name"):
            widget.display = self._are_to_keep

    @property
    def _are_to_keep(self) -> bool:
        """Whether a typed pair would be kept in a store, and so needs a name."""
        return self.session.key_state.rest != "session" and not self.session.start.is_practice

    def _account_name(self) -> tuple[Line, Field]:
        state = self.session.key_state
        field = Field(state.account_name, id="account_name", placeholder=state.kept_as)
        return Line(Sentence("New account"), classes="label account"), field

    def show_problems(self) -> None:
        """Show what is wrong with the typed pair, and what a paste left out."""
        problems = self.problems() if self.is_checked else []
        notes = [note for field in _FIELDS for note in self.session.notes.get(field, [])]
        self.query_one("#problems", Problems).show(problems, notes)

    def focus_on(self, problem: Problem) -> None:
        """Put the cursor into the field that *problem* is about."""
        self.set_focus(self.query_one(f"#{problem.field}", Field))

    def on_field_noted(self, event: Field.Noted) -> None:
        """Say what a paste left out."""
        if event.notes and event.field.id:
            self.session.notes[event.field.id] = event.notes
            self.show_problems()

    @on(Action.Pressed, "#check")
    async def check(self) -> None:
        """Ask the API about the keys, unless what is typed could not sign."""
        state = self.session.key_state
        if state.keys or state.closed_account or await self.is_complete():
            self.ask("check_keys")

    def _typed(self) -> None:
        state = self.session.key_state
        access_key, secret_key, *account_name = (field.value for field in self.query(Field))
        if (access_key, secret_key, *account_name) == (*state.typed, state.account_name)[: 2 + len(account_name)]:
            return
        state.typed = access_key, secret_key
        state.account_name = account_name[0] if account_name else state.account_name
        self.session.key_check = None
        for name in _FIELDS:
            self.session.notes.pop(name, None)
        self.show_session()
        self.ask("look_for_keys")

    def _site_chosen(self, chosen: int) -> None:
        self.session.choose_site(SITES[_SITE_NAMES[chosen]])
        self.show_session()
        self.ask("look_for_keys")

    def _rest_chosen(self, chosen: int) -> None:
        self.session.key_state.rest = RESTS[chosen]
        self.show_session()
        self.ask("look_for_keys")

    def _means(self) -> list[str]:
        """Return what it means on this host to keep keys in each of the three."""
        state = self.session.key_state
        keyring = state.keyring or Sentence("this host's keyring service, if it has one")
        return [
            str(Sentence("in memory, gone when the program ends")),
            str(keyring),
            str(Sentence("a file here, encrypted with your passphrase")),
        ]

    def _found(self) -> str:
        """Return a line on the keys that Next would use, and one on those that it would not."""
        return "\n".join(map(str, _used(self.session.key_state, is_practice=self.session.start.is_practice)))

    def _complaints(self) -> str:
        """Return a line on each thing that cannot be used although it is there."""
        return "\n".join(f"! {complaint}" for complaint in self.session.key_state.complaints)


def _used(state: KeyState, *, is_practice: bool) -> list[Sentence]:
    if not state.serving:
        return [Sentence("No keys were found for the {site} site: type a pair.", {"site": state.site.name})]
    source, *others = state.serving
    keys, account = state.keys_of(source), source.account
    values: Values = {"what": source.what, "label": keys.label if keys else ""}
    reason = state.unopened.get(account.name) if account else None
    if state.is_typing:
        said = [Sentence("What you type is used, and not {what}; clear both fields to use that.", values)]
    elif keys and is_practice:
        said = [Sentence("Practice keys are filled in ({label}). Next uses them.", values)]
    elif keys:
        said = [Sentence("Next uses {what}: access key {label}. Type a pair to use another.", values)]
    elif account and account == state.looked_for:
        said = [Sentence("Looking for the keys of {what}…", values)]
    elif reason:
        said = [Sentence("{reason} Next asks again for the keys of {what}.", {**values, "reason": reason})]
    else:
        said = [Sentence("Next opens {what}. Type a pair to use another.", values)]
    if source.is_plain_text and not state.is_typing:
        said.append(Sentence("They lie there as plain text: Accounts can keep them encrypted."))
    return [*said, *([_outranked(others)] if others else [])]


def _outranked(sources: Sequence[Source]) -> Sentence:
    named = ", ".join(str(source.what) for source in sources[:_NAMED])
    values: Values = {"named": named, "count": len(sources) - _NAMED}
    if len(sources) > _NAMED:
        return Sentence("Not used: {named}, and {count:,} more.", values)
    return Sentence("Not used: {named}.", values)
