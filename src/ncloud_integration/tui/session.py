"""What the wizard knows while it runs: the one place that changes; screens show it and write their part of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ncloud_integration.cloudinsight import keys as key_rules
from ncloud_integration.cloudinsight.gateway import DEFAULT_TIMEOUT, Gateway
from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.outcome import Created, Outcome, Unknown
from ncloud_integration.cloudinsight.site import PUBLIC, Site
from ncloud_integration.credentials.environment import EnvironmentKeys
from ncloud_integration.integration.checks import Problem
from ncloud_integration.integration.draft import Draft, problems_of
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.practice.sample import PRACTICE_KEYS
from ncloud_integration.tui.steps import STEP_OF_FIELD, Step

Source = Literal["environment", "keyring", "typing", "practice"]
KeyringState = Literal["looking", "empty", "unusable entry", "failed"]

EXIT_CREATED = 0
EXIT_NOTHING = 1
EXIT_UNKNOWN = 3


@dataclass(frozen=True)
class Start:
    """How the wizard was called: what the flags and the environment say.

    `notes` holds, by field, what was changed in a prefilled value. `api_url` stands in for the site's base URL;
    `timeout` is in seconds.
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


@dataclass(frozen=True)
class Attempt:
    """A request that was sent, or is about to be: the form as it stood then, and where it goes."""

    draft: Draft
    place: str


@dataclass(frozen=True)
class Made:
    """An integration that was created: its id, and the attempt that did it."""

    integration_id: str
    attempt: Attempt


@dataclass
class Session:
    """The form, the account and what became of it.

    `typed_keys` are the two key fields as they stand; `found_keys` what was found without typing, from
    `found_source`. `keyring_complaint` is set once the keyring has failed, and it is not asked again. `kept_keys` are
    the typed ones that the keyring was given last, and for which site; `is_keeping` while it has not answered to that.
    `attempt` is the last one and `outcome` what became of it,
    None while it is under way. `unknown` are the attempts that nobody can tell the end of, however others ended.
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
    attempt: Attempt | None = None
    outcome: Outcome | None = None
    created: list[Made] = field(default_factory=list)
    unknown: list[Attempt] = field(default_factory=list)

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
        return self.gateway().host if self.start.api_url else f"{self.site.name} site"

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
        is_settled = isinstance(self.outcome, (Created, Unknown))
        if is_settled and self.attempt and self.draft == self.attempt.draft:
            return False
        return self.draft != self.start.draft or (self.is_typing_keys and not self.created)

    @property
    def is_sending(self) -> bool:
        """Whether an attempt is under way."""
        return self.attempt is not None and self.outcome is None

    @property
    def unresolved(self) -> list[Attempt]:
        """The attempts that may have created what nobody has told of, if the process ended now."""
        return [*self.unknown, self.attempt] if self.is_sending and self.attempt else self.unknown

    @property
    def exit_code(self) -> int:
        """What the process says with its exit code if it ends now."""
        if self.unresolved:
            return EXIT_UNKNOWN
        return EXIT_CREATED if self.created else EXIT_NOTHING

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
        self.site = site
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

    def begin_attempt(self) -> None:
        """Note that the form is about to be sent as it stands."""
        self.attempt, self.outcome = Attempt(self.draft, self.place), None

    def record(self, outcome: Outcome) -> None:
        """Note what became of the attempt."""
        self.outcome = outcome
        if self.attempt and isinstance(outcome, Created):
            self.created.append(Made(outcome.integration_id, self.attempt))
        if self.attempt and isinstance(outcome, Unknown):
            self.unknown.append(self.attempt)

    def start_over(self) -> None:
        """Begin another integration with the same account."""
        self.draft = Draft()
        self.start = replace(self.start, draft=self.draft)
        self.notes = {}
        self.attempt = self.outcome = None
        self.visited = {Step.CREDENTIALS}
