"""The keys that sign, and the site they belong to."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget

from ncloud_integration.cloudinsight.site import SITES
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.tui.screens.step import Footer, StepScreen
from ncloud_integration.tui.steps import Step
from ncloud_integration.tui.widgets.action import Action
from ncloud_integration.tui.widgets.choice import Choice
from ncloud_integration.tui.widgets.field import Field, KeyField
from ncloud_integration.tui.widgets.line import Line, Paragraph
from ncloud_integration.tui.widgets.problems import Problems

_SITE_NAMES = list(SITES)


class CredentialsScreen(StepScreen):
    """Names the keys that were found, or takes a pair; says where a typed pair is kept."""

    step = Step.CREDENTIALS
    heading = "Which keys should sign the request?"
    first = "access_key"
    keys = "F8 Next   F1 Help   ^Q Quit"
    help = (
        "An access key and its secret key sign the request. Both are in the console under My Page, Manage account, "
        "Manage authentication key.\n\n"
        "Keys are looked for in the environment (NCLOUD_ACCESS_KEY with NCLOUD_SECRET_KEY, or "
        "NCLOUD_ACCESS_KEY_ID with NCLOUD_SECRET_ACCESS_KEY), then in the keyring. A pair that you type outranks "
        "both.\n\n"
        "A typed pair stays in this program's memory and is gone when it ends. Choose the keyring, and it is kept "
        "there for the chosen site, encrypted by your desktop's or host's keyring service.\n\n"
        "Check these keys asks the site for one row of its list: it reads, and creates nothing.\n\n"
        "Each site (public, gov, fin) has an API and accounts of its own. Left and Right choose."
    )

    def body(self) -> Iterable[Widget]:
        """Yield what was found, the two fields, the site and where to keep a typed pair."""
        access_key, secret_key = self.session.typed_keys
        yield Paragraph(self._found(), id="found", classes="quiet")
        yield Line("Access key", classes="label gap")
        yield KeyField(access_key, id="access_key")
        yield Line("Secret key", classes="label")
        yield KeyField(secret_key, id="secret_key", password=True)
        yield Line("Site", classes="label gap")
        yield Choice(_SITE_NAMES, _SITE_NAMES.index(self.session.site.name), id="site")
        if not self.session.start.is_practice:
            yield Line("Keep a typed pair in", classes="label")
            yield Choice(["this session", "the keyring"], int(self.session.keep_in_keyring), id="keep")
        yield Problems(id="problems")
        with Horizontal(classes="actions gap"):
            yield Action("Check these keys", id="check")
            yield Action("Correct the time", id="clock", asks="correct_clock")
        yield Paragraph(id="checked")

    def on_mount(self) -> None:
        """Watch the fields, and look into the keyring where nothing outranks it."""
        for field in self.query(KeyField):
            self.watch(field, "value", self._typed, init=False)
        self.watch(self.query_one("#site", Choice), "chosen", self._site_chosen, init=False)
        for choice in self.query("#keep").results(Choice):
            self.watch(choice, "chosen", self._keep_chosen, init=False)

    def show_session(self) -> None:
        """Show which keys were found, or why none were, and what the API says of them."""
        self.query_one("#found", Paragraph).text = self._found()
        self.query_one("#site", Choice).chosen = _SITE_NAMES.index(self.session.site.name)
        self.query_one("#clock", Action).display = self.session.clock_ahead is not None
        self.query_one(Footer).text = "F7 Earlier attempts   " * bool(self.session.attempts.unresolved) + self.keys
        said = self.query_one("#checked", Paragraph)
        is_new = said.text != str(self.session.key_check or "")
        said.text = str(self.session.key_check or "")
        said.display = bool(said.text)
        if is_new and said.text:
            self.call_after_refresh(said.scroll_visible, animate=False)
        self.show_frame()
        self.show_problems()

    def show_problems(self) -> None:
        """Show what is wrong with the typed pair, and what a paste left out."""
        problems = self.problems() if self.is_checked else []
        notes = [note for field in ("access_key", "secret_key") for note in self.session.notes.get(field, [])]
        self.query_one("#problems", Problems).show(problems, notes)

    def focus_on(self, problem: Problem) -> None:
        """Put the cursor into the field that *problem* is about."""
        self.set_focus(self.query_one(f"#{problem.field}", KeyField))

    def on_field_noted(self, event: Field.Noted) -> None:
        """Say what a paste left out."""
        if event.notes and event.field.id:
            self.session.notes[event.field.id] = event.notes
            self.show_problems()

    @on(Action.Pressed, "#check")
    async def check(self) -> None:
        """Ask the API about the keys, where there are any that could sign."""
        if await self.is_complete():
            self.ask("check_keys")

    def _typed(self) -> None:
        access_key, secret_key = (self.query_one(f"#{name}", KeyField).value for name in ("access_key", "secret_key"))
        self.session.typed_keys = (access_key, secret_key)
        self.session.key_check = None
        self.session.notes.pop("access_key", None)
        self.session.notes.pop("secret_key", None)
        self.show_session()

    def _site_chosen(self, chosen: int) -> None:
        self.session.choose_site(SITES[_SITE_NAMES[chosen]])
        self.show_session()
        self.ask("look_into_keyring")

    def _keep_chosen(self, chosen: int) -> None:
        self.session.keep_in_keyring = bool(chosen)

    def _found(self) -> str:
        session = self.session
        sentences = []
        if session.found_keys and session.is_typing_keys:
            sentences.append(Sentence("What you type is used, and not what was found; clear both fields to use that."))
        elif session.found_keys:
            values = {"label": session.found_keys.label, "names": " and ".join(session.start.environment_keys.names)}
            sentences.append(Sentence(_FOUND[session.found_source], values))
        else:
            sentences.append(Sentence(_NOT_FOUND[session.keyring_state]))
            if session.keyring_complaint:
                sentences.insert(0, session.keyring_complaint)
        if session.start.environment_keys.complaint:
            sentences.insert(0, session.start.environment_keys.complaint)
        if session.start.site_complaint:
            sentences.append(session.start.site_complaint)
        return " ".join(map(str, sentences))


_FOUND = {
    "environment": "Found in the environment ({names}): access key {label}. Next uses it; type a pair to use another.",
    "keyring": "Found in the keyring: access key {label}. Next uses it; type a pair to use another.",
    "practice": "Practice keys are filled in ({label}). Next uses them.",
}

_NOT_FOUND = {
    "looking": "Looking for keys in the keyring…",
    "empty": "No keys were found in the environment or the keyring: type a pair.",
    "unusable entry": "",
    "failed": "Type a pair; it stays in this session.",
}
