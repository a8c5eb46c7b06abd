"""The attempts that this wizard knows of: what they created, what of it is deleted, and whose end nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ncloud_integration.integration.sentence import Sentence

if TYPE_CHECKING:
    from ncloud_integration.cloudinsight.outcome import Created, Deletion, Outcome
    from ncloud_integration.recovery.journal import Attempt, Unresolved


class Made(NamedTuple):
    """What an attempt created: the integration's id, and those of others that may be it as well."""

    integration_id: str
    attempt: Attempt
    twins: tuple[str, ...] = ()


@dataclass(eq=False)
class Attempts:
    """`unresolved` are all that may have created what nobody was told of, of this wizard and of earlier ones.

    `created` are what exists, as far as is known, and `deleted` what does not any more. `verdicts` are what looking for
    an attempt has told, and `deletions` what came of deleting what it created, by its name.
    """

    created: list[Made] = field(default_factory=list)
    deleted: list[Made] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    verdicts: dict[str, Created | Sentence] = field(default_factory=dict)
    deletions: dict[str, Deletion] = field(default_factory=dict)
    _own: set[str] = field(default_factory=set)

    @property
    def unknown(self) -> list[Attempt]:
        """Those unresolved that this wizard sent, or has looked for."""
        concern = self._own | self.verdicts.keys()
        return [unresolved.attempt for unresolved in self.unresolved if unresolved.attempt.name in concern]

    @property
    def left(self) -> list[Attempt]:
        """Those unresolved that were only reported."""
        return [unresolved.attempt for unresolved in self.unresolved if unresolved.attempt not in self.unknown]

    @property
    def ids(self) -> frozenset[str]:
        """The ids that are known to be of an attempt; a list may go on to show one that is deleted."""
        return frozenset(made.integration_id for made in (*self.created, *self.deleted))

    @property
    def perhaps_deleted(self) -> list[Made]:
        """What was created and may not exist any more."""
        from ncloud_integration.cloudinsight.outcome import Unknown

        return [made for made in self.created if isinstance(self.deletions.get(made.attempt.name), Unknown)]

    def doubles(self, place: str, name: str) -> list[Attempt]:
        """Return those unresolved that may be what is to be created: this wizard's own, and others of that name."""
        return [
            unresolved.attempt
            for unresolved in self.unresolved
            if unresolved.attempt.name in self._own
            or (unresolved.attempt.place, unresolved.attempt.integration.name) == (place, name)
        ]

    def report(self, found: Iterable[Unresolved]) -> None:
        """Take up those that other wizards have left in the journal."""
        known = {unresolved.attempt.name for unresolved in self.unresolved} | self._own | self.verdicts.keys()
        self.unresolved[:0] = [unresolved for unresolved in found if unresolved.attempt.name not in known]

    def end(self, attempt: Attempt, outcome: Outcome) -> None:
        """Note what became of an *attempt* of this wizard."""
        from ncloud_integration.cloudinsight.outcome import Created, Unknown
        from ncloud_integration.recovery.journal import Unresolved

        self._own.add(attempt.name)
        self._drop(attempt)
        if isinstance(outcome, Created):
            self.created.append(Made(outcome.integration_id, attempt, outcome.twins))
        elif isinstance(outcome, Unknown):
            self.unresolved.append(Unresolved(attempt, outcome.reason))

    def judge(self, attempt: Attempt, verdict: Created | Sentence) -> None:
        """Note what looking for an unresolved *attempt* has told."""
        from ncloud_integration.cloudinsight.outcome import Created

        self.verdicts[attempt.name] = verdict
        if isinstance(verdict, Created):
            self._drop(attempt)
            self.created.append(Made(verdict.integration_id, attempt, verdict.twins))

    def begin_deletion(self, made: Made) -> None:
        """Note that *made* is about to be deleted: it may be, should nothing more be learnt of it."""
        from ncloud_integration.cloudinsight.outcome import Unknown

        self.deletions[made.attempt.name] = Unknown(Sentence("The wizard was ended before an answer came."))

    def end_deletion(self, made: Made, deletion: Deletion) -> None:
        """Note what came of deleting *made*."""
        from ncloud_integration.cloudinsight.outcome import Deleted

        self.deletions[made.attempt.name] = deletion
        if isinstance(deletion, Deleted):
            self.created.remove(made)
            self.deleted.append(made)

    def forget(self, attempt: Attempt) -> None:
        """Note that the operator has looked for *attempt* elsewhere."""
        self.verdicts.pop(attempt.name, None)
        self._drop(attempt)

    def _drop(self, attempt: Attempt) -> None:
        self.unresolved = [unresolved for unresolved in self.unresolved if unresolved.attempt.name != attempt.name]
