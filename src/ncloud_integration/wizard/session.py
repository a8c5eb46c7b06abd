"""What the wizard knows while it runs: the one place that changes; screens show it and write their part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ncloud_integration.cloudinsight.gateway import DEFAULT_TIMEOUT, Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.site import PUBLIC, SITES, Site
from ncloud_integration.credentials.accounts import Accounts
from ncloud_integration.credentials.sources import Source
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.draft import Draft, problems_of, unchecked
from ncloud_integration.integration.sentence import Sentence, Values
from ncloud_integration.wizard import places
from ncloud_integration.wizard.attempts import Attempts, Made
from ncloud_integration.wizard.key_state import KeyState
from ncloud_integration.wizard.steps import RAIL, STEP_OF_FIELD, Step

if TYPE_CHECKING:
    from ncloud_integration.cloudinsight.listing import Listed
    from ncloud_integration.cloudinsight.outcome import Deletion, Outcome
    from ncloud_integration.recovery.draft_file import Form
    from ncloud_integration.recovery.journal import Attempt

EXIT_CREATED = 0
EXIT_NOTHING = 1
EXIT_UNKNOWN = 3


@dataclass(frozen=True)
class Start:
    """How the wizard was called: what the flags and the environment say.

    `sources` are where keys can be had without typing, the one that outranks the others first, and `complaints` what
    is wrong with others; `accounts` are those that `accounts_path` names, and `vault_path` is where the vault is.
    `notes` holds, by field, what was changed in a prefilled value. `api_url` stands in for the site's base URL;
    `timeout` is in seconds. `state_folder` is where draft and journal are kept; as each of the paths, it is None where
    nothing may be written. `clone` is the id of an integration to begin with, and `given` are the fields that outrank
    what it has. `notice` is what the first screen says above its keys. `looks` stands in for the moments (seconds) at
    which an attempt is looked for.
    """

    draft: Draft = field(default_factory=Draft)
    site: Site = PUBLIC
    sources: tuple[Source, ...] = ()
    complaints: tuple[Sentence, ...] = ()
    accounts: Accounts = field(default_factory=Accounts)
    accounts_path: Path | None = None
    vault_path: Path | None = None
    notes: dict[str, list[Sentence]] = field(default_factory=dict)
    api_url: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    is_practice: bool = False
    practice_port: int = 0
    state_folder: Path | None = None
    saves_draft: bool = True
    clone: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    notice: Sentence | None = None
    looks: tuple[float, ...] | None = None


@dataclass(eq=False)
class Session:
    """The form, the account and what became of it.

    `key_state` is which keys there are, and where they come from.

    `sent` is the form that was sent last, in `attempt`, and `outcome` what became of it. While something
    `is_under_way`, which may be to delete it, `progress` says which look it is, `unclear` why one looks, and `waiting`
    why it is not left yet.
    `remarks` are what reading it back has told. `attempts` are all that this wizard knows of.

    `existing` is what the API listed when Confirm was shown, None where `existing_complaint` says why not or it has not
    answered. `key_check` is what the API says of the keys. `clock_offset` (seconds) is added to this machine's clock;
    `clock_ahead` is what the API has last found it to be ahead, where that is too much. `form_complaint` says why the
    form is not saved. `to_clone` is the id of the integration that the form is still to be filled in from.
    """

    start: Start
    draft: Draft
    key_state: KeyState
    notice: str = ""
    notes: dict[str, list[Sentence]] = field(default_factory=dict)
    visited: set[Step] = field(default_factory=set)
    sent: Draft | None = None
    attempt: Attempt | None = None
    outcome: Outcome | None = None
    is_under_way: bool = False
    progress: Sentence | None = None
    unclear: Sentence | None = None
    waiting: Sentence | None = None
    remarks: list[Sentence] = field(default_factory=list)
    attempts: Attempts = field(default_factory=Attempts)
    is_to_look_for_earlier: bool = False
    existing: list[Listed] | None = None
    existing_complaint: Sentence | None = None
    key_check: Sentence | None = None
    clock_offset: float = 0.0
    clock_ahead: float | None = None
    form_complaint: Sentence | None = None
    is_form_waiting: bool = False
    to_clone: str = ""
    when_edited: Callable[[], None] = lambda: None

    @classmethod
    def begin(cls, start: Start) -> Session:
        """Return the session that *start* leads to."""
        key_state = KeyState(
            start.site,
            list(start.sources),
            list(start.complaints),
            start.accounts,
            rest=start.accounts.rest or "session",
        )
        return cls(
            start,
            start.draft,
            key_state,
            notice=str(start.notice or ""),
            notes=dict(start.notes),
            to_clone=start.clone,
        )

    @property
    def site(self) -> Site:
        """The site whose API is called."""
        return self.key_state.site

    @property
    def place(self) -> str:
        """Where integrations are created, as the journal has it; `places.in_words` is what the operator reads of it."""
        if self.start.is_practice:
            return places.PRACTICE
        return places.gateway(self.gateway().host) if self.start.api_url else places.site(self.site.name)

    @property
    def keys(self) -> Keys | None:
        """The keys in use, or None while there are none that could sign."""
        return self.key_state.keys

    @property
    def has_created(self) -> bool:
        """Whether the last attempt has created what is not known to be deleted."""
        from ncloud_integration.cloudinsight.outcome import Deleted

        return self.made is not None and not isinstance(self.deletion, Deleted)

    @property
    def made(self) -> Made | None:
        """What the last attempt has created, be it deleted by now or not."""
        from ncloud_integration.cloudinsight.outcome import Created

        if not isinstance(self.outcome, Created):
            return None
        all_made = (*self.attempts.created, *self.attempts.deleted)
        return next((made for made in all_made if made.attempt is self.attempt), None)

    @property
    def is_deleting(self) -> bool:
        """Whether what is under way is to delete what was created."""
        return self.is_under_way and self.has_created

    @property
    def deletion(self) -> Deletion | None:
        """What came of deleting what the last attempt has created; None where that was not wanted."""
        return self.attempts.deletions.get(self.attempt.name) if self.attempt else None

    @property
    def has_unsaved_work(self) -> bool:
        """Whether leaving would lose something that was typed, and not sent as it stands."""
        from ncloud_integration.cloudinsight.outcome import Unknown

        if (self.has_created or isinstance(self.outcome, Unknown)) and self.draft == self.sent:
            return False
        return self.draft != self.start.draft or (self.key_state.is_typing and not self.attempts.created)

    @property
    def keeps_form(self) -> bool:
        """Whether the form is saved as it is filled in."""
        return self.start.state_folder is not None and self.start.saves_draft

    @property
    def form(self) -> Form | None:
        """What a later wizard would go on with: the form unless nothing was typed, or it was created as it stands."""
        from ncloud_integration.recovery.draft_file import Form

        if self.draft == self.start.draft or self.twin:
            return None
        reached = max(self.visited & set(RAIL), key=RAIL.index, default=Step.CREDENTIALS)
        return Form(self.draft, self.site.name, reached.name)

    @property
    def unknown(self) -> list[Attempt]:
        """The attempts that may have created what nobody has told of, if the process ended now."""
        is_sending = self.is_under_way and self.outcome is None
        return [*self.attempts.unknown, *([self.attempt] if is_sending and self.attempt else [])]

    @property
    def doubles(self) -> list[Attempt]:
        """The attempts that may have created already what Create would create, as far as anybody knows."""
        return self.attempts.doubles(self.place, self.draft.name)

    @property
    def twin(self) -> Made | None:
        """What this wizard has created, or found to be created, that is equal to the form as it stands."""
        whole = unchecked(self.draft)
        made = [made for made in self.attempts.created if made.attempt.integration == whole]
        return made[-1] if made else None

    @property
    def namesakes(self) -> list[Listed]:
        """The existing integrations of the name that is about to be created."""
        name = self.draft.name.strip()
        return [listed for listed in self.existing or [] if listed.integration.name.strip() == name]

    @property
    def exit_code(self) -> int:
        """What the process says with its exit code if it ends now."""
        if self.unknown or self.attempts.perhaps_deleted:
            return EXIT_UNKNOWN
        return EXIT_CREATED if self.attempts.created else EXIT_NOTHING

    def gateway(self, practice_url: str | None = None) -> Gateway:
        """Return where calls go."""
        return Gateway(self.site, practice_url or self.start.api_url or self.site.base_url, self.start.timeout)

    def problems_of(self, step: Step) -> list[Problem]:
        """Return all that is wrong or doubtful with what *step* asks for."""
        if step is Step.CREDENTIALS:
            return self.key_state.problems()
        return [
            problem
            for field, its_step in STEP_OF_FIELD.items()
            if its_step is step
            for problem in problems_of(self.draft, field)
        ]

    def choose_site(self, site: Site) -> None:
        """Turn to *site*."""
        if site is not self.site:
            self.key_state.site, self.key_check = site, None

    def edit(self, **fields: Any) -> None:
        """Put *fields* in place of those of the draft."""
        self.draft = replace(self.draft, **fields)
        self.when_edited()

    def fill_in(self, draft: Draft, notes: dict[str, list[Sentence]]) -> None:
        """Begin with *draft*, which nobody has typed; *notes* are what is to be said of its fields."""
        self.draft, self.notes, self.to_clone = draft, notes, ""
        self.start = replace(self.start, draft=draft)

    def resume(self, form: Form, draft: Draft) -> None:
        """Go on with the *form* of an earlier wizard; *draft* is what the fields can hold of it."""
        self.draft, self.to_clone = draft, ""
        self.visited |= {step for step in RAIL[: RAIL.index(Step[form.step]) + 1] if step is not Step.CONFIRM}
        if not self.start.api_url:
            self.choose_site(SITES[form.site])

    def begin_attempt(self) -> None:
        """Note that the form is about to be sent as it stands."""
        self.sent, self.attempt, self.outcome = self.draft, None, None
        self.is_under_way, self.progress, self.remarks = True, None, []

    def begin_looking(self) -> None:
        """Note that attempts are looked for."""
        self.is_under_way, self.progress = True, Sentence("Looking…")

    def begin_deleting(self, made: Made) -> None:
        """Note that *made* is about to be deleted."""
        self.is_under_way, self.progress, self.unclear = True, None, None
        self.attempts.begin_deletion(made)

    def end_deleting(self, made: Made, deletion: Deletion) -> None:
        """Note what came of deleting *made*."""
        from ncloud_integration.cloudinsight.outcome import Refused

        self.end()
        self.attempts.end_deletion(made, deletion)
        if isinstance(deletion, Refused):
            self.clock_ahead = deletion.clock_ahead

    def end(self) -> None:
        """Note that nothing is under way any more."""
        self.is_under_way, self.progress, self.waiting = False, None, None

    def record(self, outcome: Outcome) -> None:
        """Note what became of the attempt."""
        from ncloud_integration.cloudinsight.outcome import Refused

        self.end()
        self.outcome = outcome
        if isinstance(outcome, Refused):
            self.clock_ahead = outcome.clock_ahead
        if self.attempt is not None:
            self.attempts.end(self.attempt, outcome)

    def wait(self) -> None:
        """Note why leaving has to wait."""
        self.waiting = Sentence(
            "Not yet: the answer, due within {seconds} s, is what tells whether it exists.",
            {"seconds": round(self.start.timeout)},
        )
        if self.progress:
            self.waiting = Sentence("Not yet: stop looking first, or wait until it is found.")
        if self.is_deleting:
            values: Values = {"seconds": round(self.start.timeout)}
            due = Sentence("Not yet: the answer, due within {seconds} s, is what tells whether it is deleted.", values)
            looked_for = Sentence("Not yet: stop looking first, or wait until it is gone.")
            self.waiting = looked_for if self.progress else due

    def tell(self, sentence: Sentence) -> None:
        """Say *sentence* after what was said before."""
        self.notice = f"{self.notice} {sentence}".strip()

    def correct_clock(self) -> None:
        """Sign with the API's time from now on."""
        self.clock_offset -= self.clock_ahead or 0.0
        self.clock_ahead = self.key_check = None

    def start_over(self) -> None:
        """Begin another integration with the same account."""
        self.draft = Draft()
        self.start = replace(self.start, draft=self.draft)
        self.notes = {}
        self.sent = self.attempt = self.outcome = None
        self.visited = {Step.CREDENTIALS}
