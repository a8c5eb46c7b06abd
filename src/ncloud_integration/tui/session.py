"""What the wizard knows while it runs: the one place that changes; screens show it and write their part of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ncloud_integration.cloudinsight import keys as key_rules
from ncloud_integration.cloudinsight.gateway import DEFAULT_TIMEOUT, Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.outcome import Created, Outcome, Refused, Unknown
from ncloud_integration.cloudinsight.site import PUBLIC, SITES, Site
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.draft import Draft, problems_of, unchecked
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_KEYS
from ncloud_integration.recovery.draft_file import Form
from ncloud_integration.recovery.journal import Attempt
from ncloud_integration.tui.attempts import Attempts, Made
from ncloud_integration.tui.steps import RAIL, STEP_OF_FIELD, Step

if TYPE_CHECKING:
    from ncloud_integration.cloudinsight.listing import Listed

Source = Literal["environment", "keyring", "typing", "practice"]
KeyringState = Literal["looking", "empty", "unusable entry", "failed"]

EXIT_CREATED = 0
EXIT_NOTHING = 1
EXIT_UNKNOWN = 3


@dataclass(frozen=True)
class Start:
    """How the wizard was called: what the flags and the environment say.

    `notes` holds, by field, what was changed in a prefilled value. `api_url` stands in for the site's base URL;
    `timeout` is in seconds. `state_folder` is where draft and journal are kept, or None where nothing may be written;
    `looks` stands in for the moments (seconds) at which an attempt is looked for.
    """

    draft: Draft = field(default_factory=Draft)
    site: Site = PUBLIC
    site_complaint: Sentence | None = None
    environment_keys: EnvironmentKeys = field(default_factory=EnvironmentKeys)
    notes: dict[str, list[Sentence]] = field(default_factory=dict)
    api_url: str | None = None
    timeout: float = DEFAULT_TIMEOUT
    is_practice: bool = False
    practice_port: int = 0
    state_folder: Path | None = None
    saves_draft: bool = True
    looks: tuple[float, ...] | None = None


@dataclass
class Session:
    """The form, the account and what became of it.

    `typed_keys` are the two key fields as they stand; `found_keys` what was found without typing, from
    `found_source`. `keyring_complaint` is set once the keyring has failed, and it is not asked again. `kept_keys` are
    the typed ones that the keyring was given last, and for which site; `is_keeping` while it has not answered to that.

    `sent` is the form that was sent last, in `attempt`, and `outcome` what became of it. While something
    `is_under_way`, `progress` says which look it is, `unclear` why one looks, and `waiting` why it is not left yet.
    `remarks` are what reading it back has told. `attempts` are all that this wizard knows of.

    `existing` is what the API listed when Confirm was shown, None where `existing_complaint` says why not or it has not
    answered. `key_check` is what the API says of the keys. `clock_offset` (seconds) is added to this machine's clock;
    `clock_ahead` is what the API has last found it to be ahead, where that is too much. `form_complaint` says why the
    form is not saved.
    """

    start: Start
    draft: Draft
    site: Site
    typed_keys: tuple[str, str] = field(default=("", ""), repr=False)
    found_keys: Keys | None = None
    found_source: Source = "environment"
    keyring_state: KeyringState = "looking"
    keyring_complaint: Sentence | None = None
    keep_in_keyring: bool = False
    kept_keys: tuple[Site, Keys] | None = None
    is_keeping: bool = False
    notice: str = ""
    notes: dict[str, list[Sentence]] = field(default_factory=dict)
    visited: set[Step] = field(default_factory=set)
    sent: Draft | None = None
    attempt: Attempt | None = None
    outcome: Outcome | None = None
    is_under_way: bool = False
    progress: Sentence | None = None
    unclear: Sentence | None = None
    waiting: str = ""
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
    when_edited: Callable[[], None] = lambda: None

    @classmethod
    def begin(cls, start: Start) -> Session:
        """Return the session that *start* leads to."""
        session = cls(start, start.draft, start.site, notes=dict(start.notes))
        if start.is_practice:
            session.found_keys, session.found_source = PRACTICE_KEYS, "practice"
        elif start.environment_keys.keys:
            session.found_keys = start.environment_keys.keys
        return session

    @property
    def place(self) -> str:
        """Where integrations are created, in words."""
        if self.start.is_practice:
            return "practice gateway"
        return f"gateway at {self.gateway().host}" if self.start.api_url else f"{self.site.name} site"

    @property
    def is_typing_keys(self) -> bool:
        """Whether a pair is being typed, which outranks one that was found."""
        return any(text.strip() for text in self.typed_keys)

    @property
    def source(self) -> Source:
        """Where the keys in use come from."""
        return "typing" if self.is_typing_keys or not self.found_keys else self.found_source

    @property
    def keys(self) -> Keys | None:
        """The keys in use, or None while there are none that could sign."""
        if not self.is_typing_keys:
            return self.found_keys
        return None if key_rules.problems(*self.typed_keys) else Keys.of(*self.typed_keys)

    @property
    def may_look_into_keyring(self) -> bool:
        """Whether the keyring is asked for keys: nothing outranks it, and it has not failed yet."""
        is_outranked = self.start.is_practice or self.start.environment_keys.keys is not None
        return not is_outranked and self.keyring_state != "failed"

    @property
    def should_keep_keys(self) -> bool:
        """Whether the keys in use are to be given to the keyring."""
        is_new = self.source == "typing" and self.keys is not None and (self.site, self.keys) != self.kept_keys
        return is_new and self.keep_in_keyring and not self.start.is_practice

    @property
    def has_unsaved_work(self) -> bool:
        """Whether leaving would lose something that was typed, and not sent as it stands."""
        if isinstance(self.outcome, (Created, Unknown)) and self.draft == self.sent:
            return False
        return self.draft != self.start.draft or (self.is_typing_keys and not self.attempts.created)

    @property
    def keeps_form(self) -> bool:
        """Whether the form is saved as it is filled in."""
        return self.start.state_folder is not None and self.start.saves_draft

    @property
    def form(self) -> Form | None:
        """What a later wizard would go on with: the form unless nothing was typed, or it was created as it stands."""
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
        if self.unknown:
            return EXIT_UNKNOWN
        return EXIT_CREATED if self.attempts.created else EXIT_NOTHING

    def gateway(self, practice_url: str | None = None) -> Gateway:
        """Return where calls go."""
        return Gateway(self.site, practice_url or self.start.api_url or self.site.base_url, self.start.timeout)

    def problems_of(self, step: Step) -> list[Problem]:
        """Return all that is wrong or doubtful with what *step* asks for."""
        if step is Step.CREDENTIALS:
            is_needed = self.is_typing_keys or not self.found_keys
            return key_rules.problems(*self.typed_keys) if is_needed else []
        return [
            problem
            for field, its_step in STEP_OF_FIELD.items()
            if its_step is step
            for problem in problems_of(self.draft, field)
        ]

    def choose_site(self, site: Site) -> None:
        """Turn to *site*; keys that the keyring held for another site are not its keys."""
        if site is self.site:
            return
        self.site, self.key_check = site, None
        if self.found_source == "keyring" and self.found_keys:
            self.found_keys = None
        if self.keyring_state != "failed":
            self.keyring_state, self.keyring_complaint = "looking", None

    def found_in_keyring(self, keys: Keys | None) -> None:
        """Take *keys* that the keyring holds for the site, or note that it holds none."""
        if keys:
            self.found_keys, self.found_source = keys, "keyring"
        else:
            self.keyring_state = "empty"

    def unusable_in_keyring(self, complaint: Sentence) -> None:
        """Note why what the keyring holds for this site is no key pair."""
        self.keyring_complaint, self.keyring_state = complaint, "unusable entry"

    def keyring_failed(self, complaint: Sentence) -> None:
        """Note why the keyring cannot be used; it is not asked again."""
        self.keyring_complaint, self.keyring_state = complaint, "failed"

    def edit(self, **fields: Any) -> None:
        """Put *fields* in place of those of the draft."""
        self.draft = replace(self.draft, **fields)
        self.when_edited()

    def resume(self, form: Form, draft: Draft) -> None:
        """Go on with the *form* of an earlier wizard; *draft* is what the fields can hold of it."""
        self.draft = draft
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

    def end(self) -> None:
        """Note that nothing is under way any more."""
        self.is_under_way, self.progress, self.waiting = False, None, ""

    def record(self, outcome: Outcome) -> None:
        """Note what became of the attempt."""
        self.end()
        self.outcome = outcome
        if isinstance(outcome, Refused):
            self.clock_ahead = outcome.clock_ahead
        if self.attempt is not None:
            self.attempts.end(self.attempt, outcome)

    def wait(self) -> None:
        """Note why leaving has to wait."""
        self.waiting = (
            f"Not yet: the answer, due within {round(self.start.timeout)} s, is what tells whether it exists."
        )
        if self.progress:
            self.waiting = "Not yet: stop looking first, or wait until it is found."

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
