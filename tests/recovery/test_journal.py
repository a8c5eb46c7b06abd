"""What is about to be sent is on the disk before it is, and no attempt whose end nobody knows is ever passed over."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import tempfile
import time
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ncloud_integration import private_files
from ncloud_integration.cloudinsight.outcome import Created, NotSent, Outcome, Refused, Unknown
from ncloud_integration.integration import body
from ncloud_integration.integration.checks import is_blank
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.integration.sentence import Sentence, unprintable
from ncloud_integration.recovery import state_folder
from ncloud_integration.recovery.journal import Attempt, Journal, Record, Unresolved
from ncloud_integration.recovery.state_folder import StateError
from tests.recovery.processes import (
    KILLED_AT_EACH_LINE,
    child,
    full_disk,
    mode,
    names,
    open_descriptors,
    printed,
    umask,
)

DAY = 24 * 3600
INTEGRATION = Integration(
    '경보 🚨 "high"', "https://events.example.com/hook", (Header("X-Team", "ops"),), '{\n\t"text": "#{RULE_NAME}"\n}'
)
ATTEMPT = Attempt(
    started=1_800_000_000.25,
    site="public",
    base_url="https://cw.apigw.ntruss.com",
    place="public",
    account="keys from the environment …7890",
    integration=INTEGRATION,
    ids_before=frozenset({"7", "999"}),
    name="20261123T164126Z-ea258d94",
)
ENDED = "The wizard was ended before an answer came."
UNKNOWN = Unknown(Sentence("No answer came within {seconds} s.", {"seconds": 30}))
SETTLED: list[Outcome] = [
    Created("1000"),
    Created("1000", is_found=True, twins=("1001",)),
    Refused(Sentence("Too large."), "payload"),
    NotSent(Sentence("No network.")),
]
IN_CHILD = """
import sys
from pathlib import Path
from ncloud_integration.cloudinsight.outcome import Created, Unknown
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.integration.sentence import Sentence
from ncloud_integration.recovery.journal import Attempt, Journal
ATTEMPT = Attempt(1.0, "public", "https://a.example", "public", "…1234", Integration("n", "https://e.example/", (), ""))
FOLDER = Path(sys.argv[1])
"""

TEXTS = st.text(st.characters())
ENCODABLE = st.text()
HEADERS = st.builds(Header, ENCODABLE, ENCODABLE).filter(lambda header: not is_blank(header))
ATTEMPTS = st.builds(
    Attempt,
    started=st.floats(allow_nan=False, allow_infinity=False),
    site=TEXTS,
    base_url=TEXTS,
    place=TEXTS,
    account=TEXTS,
    integration=st.builds(
        Integration,
        ENCODABLE,
        ENCODABLE,
        st.lists(HEADERS, unique_by=lambda header: header.name).map(tuple),
        ENCODABLE,
    ),
    ids_before=st.none() | st.frozensets(TEXTS),
    name=st.just(ATTEMPT.name),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ncloud-integration"


@pytest.fixture
def journal(folder: Path) -> Journal:
    return Journal(folder)


def another() -> Attempt:
    return replace(ATTEMPT, name=state_folder.new_name())


def left(journal: Journal, attempt: Attempt = ATTEMPT, *outcomes: Outcome) -> None:
    """Leave *attempt* and what was learnt of it as a process does that is gone."""
    record = journal.begin(attempt)
    for outcome in outcomes:
        record.note(outcome)
    record.close()


def reasons(journal: Journal) -> list[str]:
    return [str(unresolved.reason) for unresolved in journal.unresolved()]


def reopened(journal: Journal) -> Record:
    (unresolved,) = journal.unresolved()
    record = journal.reopened(unresolved.attempt)
    assert record is not None
    return record


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def states(path: Path) -> list[str]:
    return [json.loads(line)["state"] for line in path.read_bytes().splitlines() if line]


def test_an_attempt_is_on_the_disk_as_one_that_is_being_sent(journal: Journal, folder: Path) -> None:
    journal.begin(ATTEMPT)
    content = only_file(folder).read_bytes()
    assert content.endswith(b"}\n")
    assert json.loads(content) == {
        "state": "sending",
        "attempt": "20261123T164126Z-ea258d94",
        "time": 1_800_000_000.25,
        "site": "public",
        "base_url": "https://cw.apigw.ntruss.com",
        "place": "public",
        "account": "keys from the environment …7890",
        "body": body.write(INTEGRATION).decode(),
        "ids_before": ["7", "999"],
    }


def test_an_attempt_has_no_place_for_a_key_or_a_signature() -> None:
    assert {field.name for field in fields(Attempt)} == {
        "started",
        "site",
        "base_url",
        "place",
        "account",
        "integration",
        "ids_before",
        "name",
    }


def test_every_attempt_has_a_name_of_its_own_that_is_its_files(journal: Journal, folder: Path) -> None:
    attempts = [Attempt(1.0, "public", "https://a.example", "public", "…1234", INTEGRATION) for _ in range(20)]
    for attempt in attempts:
        left(journal, attempt)
    assert names(folder) == sorted(f"{attempt.name}.open.jsonl" for attempt in attempts)


def test_an_attempt_is_not_begun_twice(journal: Journal) -> None:
    left(journal, ATTEMPT, UNKNOWN)
    with pytest.raises(StateError):
        journal.begin(ATTEMPT)
    assert reasons(journal) == [str(UNKNOWN.reason)]


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
@pytest.mark.parametrize("before", [None, 0o755])
def test_file_and_folder_are_the_owners_alone(mask: int, before: int | None, journal: Journal, folder: Path) -> None:
    if before:
        folder.mkdir(parents=True)
        folder.chmod(before)
    with umask(mask):
        left(journal, ATTEMPT, UNKNOWN)
        assert (mode(folder), mode(only_file(folder))) == (0o700, 0o600)
        reopened(journal).note(Created("1000"))
    assert (mode(folder), mode(only_file(folder))) == (0o700, 0o600)


def test_the_file_is_on_the_disk_and_then_its_name_before_anything_can_be_sent(
    journal: Journal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private_files.make_private(folder)
    synced: list[str] = []

    def fsync(descriptor: int) -> None:
        path = only_file(folder)
        if os.path.samestat(os.fstat(descriptor), folder.stat()):
            synced.append(path.name)
        elif os.path.samestat(os.fstat(descriptor), path.stat()):
            synced.extend(states(path))

    monkeypatch.setattr(os, "fsync", fsync)
    record = journal.begin(ATTEMPT)
    name = only_file(folder).name
    assert synced == ["sending", name]
    record.note(UNKNOWN)
    assert synced[2:] == ["sending", "unknown"]
    record.note(Created("1000"))
    assert synced[4:] == ["sending", "unknown", "created", only_file(folder).name]
    assert only_file(folder).name == name.replace(".open.", ".closed.")


@given(ATTEMPTS)
@example(replace(ATTEMPT, account="\ud800", place="\x00\n", ids_before=frozenset()))
@example(replace(ATTEMPT, ids_before=None))
def test_an_attempt_is_read_as_it_was_written(attempt: Attempt) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        left(journal, attempt)
        assert journal.unresolved() == [Unresolved(attempt, Sentence(ENDED))]


@given(TEXTS)
@example("{seconds}")
@example("x" * 1_000)
def test_a_reason_is_told_again_as_it_was(reason: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        told = Sentence("{reason}", {"reason": reason})
        left(journal, ATTEMPT, Unknown(told))
        (again,) = reasons(journal)
        assert again[:300] == str(told)[:300]
        assert not unprintable.search(again)


@pytest.mark.parametrize("size", [1_000, 20_000])
def test_an_attempt_of_an_account_with_many_integrations_is_reported(size: int, journal: Journal) -> None:
    attempt = replace(ATTEMPT, ids_before=frozenset(str(number).rjust(128, "0") for number in range(size)))
    left(journal, attempt)
    (unresolved,) = journal.unresolved()
    assert unresolved.attempt == attempt


class TestWhatIsReported:
    def test_an_attempt_is_not_while_its_record_is_open_and_is_afterwards(self, journal: Journal) -> None:
        record = journal.begin(ATTEMPT)
        record.note(UNKNOWN)
        assert journal.unresolved() == []
        record.close()
        assert reasons(journal) == [str(UNKNOWN.reason)]

    def test_nothing_where_nothing_was_ever_written(self, journal: Journal, folder: Path) -> None:
        assert journal.unresolved() == []
        assert not folder.exists()

    def test_every_one_the_newest_first(self, journal: Journal) -> None:
        attempts = [another() for _ in range(6)]
        for attempt in attempts:
            left(journal, attempt)
        assert [unresolved.attempt for unresolved in journal.unresolved()] == attempts[::-1]

    def test_the_same_one_as_often_as_it_is_asked_for(self, journal: Journal) -> None:
        left(journal, ATTEMPT, UNKNOWN)
        assert journal.unresolved() == journal.unresolved()
        assert len(journal.unresolved()) == 1

    @pytest.mark.parametrize("outcome", SETTLED, ids=lambda outcome: type(outcome).__name__)
    def test_no_attempt_that_is_settled(self, outcome: Outcome, journal: Journal, folder: Path) -> None:
        left(journal, ATTEMPT, outcome)
        assert only_file(folder).name.endswith(".closed.jsonl")
        assert journal.unresolved() == []

    @pytest.mark.parametrize("outcome", SETTLED, ids=lambda outcome: type(outcome).__name__)
    def test_no_attempt_that_was_unknown_first(self, outcome: Outcome, journal: Journal) -> None:
        left(journal, ATTEMPT, UNKNOWN, outcome)
        assert journal.unresolved() == []

    def test_the_last_reason_of_several(self, journal: Journal) -> None:
        left(journal, ATTEMPT, UNKNOWN, Unknown(Sentence("Not found.")))
        assert reasons(journal) == ["Not found."]

    def test_an_attempt_that_another_process_reads_at_this_moment(
        self, journal: Journal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = body.read
        left(journal)
        others: list[Unresolved] = []

        def meanwhile(text: str) -> object:
            monkeypatch.setattr(body, "read", read)
            others.extend(journal.unresolved())
            return read(text)

        monkeypatch.setattr(body, "read", meanwhile)
        assert journal.unresolved() == others
        assert len(others) == 1


class TestWhatIsNoted:
    @pytest.mark.parametrize(
        ("outcome", "line"),
        [
            (Created("1000"), {"state": "created", "id": "1000"}),
            (Refused(Sentence("Too large.")), {"state": "refused", "reason": "Too large."}),
            (NotSent(Sentence("No network.")), {"state": "not sent", "reason": "No network."}),
            (UNKNOWN, {"state": "unknown", "reason": "No answer came within 30 s."}),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_outcome_and_id_or_reason_follow_the_attempt(
        self, outcome: Outcome, line: dict[str, object], journal: Journal, folder: Path
    ) -> None:
        before = time.time()
        left(journal, ATTEMPT, outcome)
        first, last = [json.loads(each) for each in only_file(folder).read_bytes().splitlines() if each]
        assert first["state"] == "sending"
        assert before <= last.pop("time") <= time.time()
        assert last == line

    def test_an_attempt_that_is_forgotten_is_reported_no_more(self, journal: Journal, folder: Path) -> None:
        left(journal, ATTEMPT, UNKNOWN)
        record = reopened(journal)
        record.forget()
        record.close()
        assert only_file(folder).name.endswith(".closed.jsonl")
        assert journal.unresolved() == []
        assert states(only_file(folder)) == ["sending", "unknown", "forgotten"]

    def test_an_attempt_that_is_reopened_is_this_process_s_own(self, journal: Journal) -> None:
        left(journal)
        (unresolved,) = journal.unresolved()
        record = reopened(journal)
        assert journal.unresolved() == []
        assert journal.reopened(unresolved.attempt) is None
        record.close()
        assert journal.unresolved() == [unresolved]

    def test_an_attempt_that_is_reopened_is_noted_where_it_stands(self, journal: Journal, folder: Path) -> None:
        left(journal, ATTEMPT, UNKNOWN)
        record = reopened(journal)
        record.note(Unknown(Sentence("Not found.")))
        record.close()
        assert reasons(journal) == ["Not found."]
        record = reopened(journal)
        record.note(Created("1000"))
        record.close()
        assert states(only_file(folder)) == ["sending", "unknown", "unknown", "created"]

    def test_an_attempt_that_another_process_settled_meanwhile_is_not_reopened(self, journal: Journal) -> None:
        left(journal, ATTEMPT, UNKNOWN)
        (unresolved,) = journal.unresolved()
        record = reopened(journal)
        record.note(Created("1000"))
        record.close()
        assert journal.reopened(unresolved.attempt) is None

    def test_an_attempt_that_another_process_settles_at_this_moment_is_not_reopened(
        self, journal: Journal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        left(journal, ATTEMPT, UNKNOWN)
        (unresolved,) = journal.unresolved()
        record = reopened(journal)
        flock = fcntl.flock

        def after_it_is_settled(descriptor: int, operation: int) -> None:
            monkeypatch.setattr(fcntl, "flock", flock)
            record.note(Created("1000"))
            record.close()
            flock(descriptor, operation)

        monkeypatch.setattr(fcntl, "flock", after_it_is_settled)
        assert journal.reopened(unresolved.attempt) is None


class TestOldAttempts:
    @pytest.mark.parametrize(("days", "is_kept"), [(0, True), (29.9, True), (30.1, False), (400, False)])
    def test_one_that_is_closed_is_kept_for_30_days(
        self, days: float, is_kept: bool, journal: Journal, folder: Path
    ) -> None:
        left(journal, ATTEMPT, Created("1000"))
        then = time.time() - days * DAY
        os.utime(only_file(folder), (then, then))
        assert journal.unresolved() == []
        assert len(names(folder)) == is_kept

    def test_one_that_is_not_settled_is_never_deleted(self, journal: Journal, folder: Path) -> None:
        left(journal)
        os.utime(only_file(folder), (0, 0))
        assert len(journal.unresolved()) == 1
        assert len(names(folder)) == 1

    def test_other_files_are_not_touched(self, journal: Journal, folder: Path) -> None:
        folder.mkdir(parents=True)
        for name in ("draft.json", "notes.txt", "closed.jsonl", "x.open.jsonl"):
            (folder / name).write_bytes(b"mine")
            os.utime(folder / name, (0, 0))
        assert journal.unresolved() == []
        assert names(folder) == ["closed.jsonl", "draft.json", "notes.txt", "x.open.jsonl"]

    def test_one_that_cannot_be_deleted_hides_no_other(self, journal: Journal, folder: Path) -> None:
        left(journal)
        (folder / "folder.closed.jsonl").mkdir()
        os.utime(folder / "folder.closed.jsonl", (0, 0))
        (folder / "dangling.closed.jsonl").symlink_to(folder / "nowhere")
        assert reasons(journal) == [ENDED]


def cut_short(journal: Journal) -> None:
    """Leave an attempt whose last line a full disk cut short."""
    record = journal.begin(ATTEMPT)
    with pytest.raises(StateError), full_disk(_size(journal) + 30):
        record.note(UNKNOWN)
    record.close()


def _size(journal: Journal) -> int:
    return only_file(journal._folder).stat().st_size


class TestWhereNothingCanBeWritten:
    @pytest.mark.parametrize("size", [0, 1, 100])
    def test_an_attempt_is_not_begun_on_a_full_disk(self, size: int, journal: Journal, folder: Path) -> None:
        descriptors = open_descriptors()
        with pytest.raises(StateError) as raised, full_disk(size):
            journal.begin(ATTEMPT)
        assert str(folder) in str(raised.value)
        assert names(folder) == []
        assert journal.unresolved() == []
        assert open_descriptors() == descriptors

    @pytest.mark.parametrize("function", ["open", "write", "fsync"])
    def test_an_attempt_is_not_begun_where_the_system_refuses(
        self, function: str, journal: Journal, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(*arguments: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        private_files.make_private(folder)
        descriptors = open_descriptors()
        with monkeypatch.context() as patch:
            patch.setattr(os, function, refused)
            with pytest.raises(StateError, match="No space left on device"):
                journal.begin(ATTEMPT)
        assert names(folder) == []
        assert open_descriptors() == descriptors

    def test_an_attempt_is_not_begun_where_its_name_cannot_be_put_on_the_disk(
        self, journal: Journal, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(folder: Path) -> None:
            raise OSError(errno.EIO, "Input/output error")

        private_files.make_private(folder)
        monkeypatch.setattr(private_files, "sync", refused)
        with pytest.raises(StateError, match="Input/output error"):
            journal.begin(ATTEMPT)
        assert names(folder) == []

    def test_an_attempt_is_not_begun_where_locks_cannot_be_had(
        self, journal: Journal, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(descriptor: int, operation: int) -> None:
            raise OSError(errno.ENOLCK, "No locks available")

        descriptors = open_descriptors()
        monkeypatch.setattr(fcntl, "flock", refused)
        with pytest.raises(StateError, match="No locks available"):
            journal.begin(ATTEMPT)
        assert names(folder) == []
        assert open_descriptors() == descriptors

    def test_an_attempt_is_not_begun_where_the_folder_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        journal = Journal(tmp_path / "file" / "ncloud-integration")
        with pytest.raises(StateError):
            journal.begin(ATTEMPT)
        assert journal.unresolved() == []

    @pytest.mark.parametrize("outcome", [*SETTLED, UNKNOWN], ids=lambda outcome: type(outcome).__name__)
    def test_an_outcome_that_cannot_be_noted_leaves_the_attempt_reported(
        self, outcome: Outcome, journal: Journal
    ) -> None:
        record = journal.begin(ATTEMPT)
        with pytest.raises(StateError), full_disk(_size(journal) + 30):
            record.note(outcome)
        record.close()
        assert reasons(journal) == [ENDED]

    def test_an_outcome_can_be_noted_after_one_that_was_cut_short(self, journal: Journal) -> None:
        record = journal.begin(ATTEMPT)
        with pytest.raises(StateError), full_disk(_size(journal) + 30):
            record.note(UNKNOWN)
        record.note(Unknown(Sentence("Not found.")))
        record.close()
        assert reasons(journal) == ["Not found."]

    def test_an_attempt_that_is_reopened_after_a_line_was_cut_short_is_still_reported(self, journal: Journal) -> None:
        cut_short(journal)
        record = reopened(journal)
        record.note(UNKNOWN)
        record.close()
        assert reasons(journal) == [str(UNKNOWN.reason)]

    def test_an_attempt_that_is_settled_after_a_line_was_cut_short_is_settled(
        self, journal: Journal, folder: Path
    ) -> None:
        cut_short(journal)
        record = reopened(journal)
        record.note(Created("1000"))
        record.close()
        assert journal.unresolved() == []
        assert b'"id": "1000"' in only_file(folder).read_bytes().splitlines()[-1]

    def test_an_attempt_whose_file_cannot_be_renamed_is_settled_all_the_same(
        self, journal: Journal, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(self: Path, target: Path) -> Path:
            raise OSError(errno.EROFS, "Read-only file system")

        record = journal.begin(ATTEMPT)
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", refused)
            with pytest.raises(StateError, match="Read-only file system"):
                record.note(Created("1000"))
            record.close()
            assert journal.unresolved() == []
        assert journal.unresolved() == []
        assert only_file(folder).name.endswith(".closed.jsonl")

    def test_a_record_that_is_closed_takes_no_more(self, journal: Journal) -> None:
        record = journal.begin(ATTEMPT)
        record.close()
        with pytest.raises(StateError):
            record.note(UNKNOWN)
        assert reasons(journal) == [ENDED]


def placed(folder: Path, content: bytes) -> Journal:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "20261201T000000Z-00000000.open.jsonl").write_bytes(content)
    return Journal(folder)


def written(*outcomes: Outcome) -> list[bytes]:
    """Return what is written of an attempt, the lines of it apart."""
    with tempfile.TemporaryDirectory() as folder:
        left(Journal(Path(folder)), ATTEMPT, *outcomes)
        return only_file(Path(folder)).read_bytes().splitlines(keepends=True)


FIRST, SECOND = (line for line in written(UNKNOWN) if line != b"\n")
NESTED = b"[" * 200_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
CHANGED_FIRST_LINES = st.dictionaries(st.sampled_from(sorted(json.loads(FIRST))), JSON, max_size=3).map(
    lambda changes: json.dumps({**json.loads(FIRST), **changes}).encode() + b"\n"
)


class TestWhatIsDamaged:
    def test_a_file_that_ends_anywhere_tells_what_its_whole_lines_say(self, tmp_path: Path) -> None:
        content = b"".join(written(UNKNOWN, Created("1000")))
        first, second = content.index(b"\n") + 1, content.index(b"\n", content.index(b'"unknown"')) + 1
        for length in range(len(content) + 1):
            journal = placed(tmp_path / str(length), content[:length])
            if length < first:
                assert reasons(journal) == [], length
            elif length < second:
                assert reasons(journal) == [ENDED], length
            elif length < len(content):
                assert reasons(journal) == [str(UNKNOWN.reason)], length
            else:
                assert reasons(journal) == []
                assert only_file(tmp_path / str(length)).name.endswith(".closed.jsonl")

    @pytest.mark.parametrize(
        "later",
        [
            pytest.param(b"\n", id="an empty line"),
            pytest.param(b"garbage\n", id="no JSON"),
            pytest.param(b"\xff\xfe\n", id="no text"),
            pytest.param(b"\0\0\0\0\n", id="what a disk leaves that lost its power"),
            pytest.param(b"{}\n", id="no state"),
            pytest.param(b'{"state": null}\n', id="a state that is null"),
            pytest.param(b"null\n", id="null"),
            pytest.param(b'["state"]\n', id="an array"),
            pytest.param(b'"unknown"\n', id="a string"),
            pytest.param(NESTED + b"\n", id="nested too deep"),
            pytest.param(b"9" * 5_000 + b"\n", id="a very long number"),
        ],
    )
    def test_no_line_after_the_first_hides_the_attempt(self, later: bytes, tmp_path: Path) -> None:
        assert reasons(placed(tmp_path, FIRST + later)) == [ENDED]
        assert reasons(placed(tmp_path, FIRST + later + SECOND)) == [str(UNKNOWN.reason)]
        assert reasons(placed(tmp_path, FIRST + SECOND + later)) == [str(UNKNOWN.reason)]

    @pytest.mark.parametrize("reason", [b"", b', "reason": null', b', "reason": 5', b', "reason": {"a": []}'])
    def test_no_reason_that_cannot_be_read_hides_the_attempt(self, reason: bytes, tmp_path: Path) -> None:
        assert len(reasons(placed(tmp_path, FIRST + b'{"state": "unknown"' + reason + b"}\n"))) == 1

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"body": 5}, id="a body that is a number"),
            pytest.param({"body": None}, id="a body that is null"),
            pytest.param({"body": {}}, id="a body that is an object"),
            pytest.param({"body": "oops"}, id="a body that is none"),
            pytest.param({"body": NESTED.decode()}, id="a body nested too deep"),
            pytest.param({"time": 10**400}, id="a time past all numbers"),
            pytest.param({"time": "yesterday"}, id="a time in words"),
            pytest.param({"time": None}, id="no time"),
            pytest.param({"time": "5"}, id="a time in quotes"),
            pytest.param({"site": None}, id="no site"),
            pytest.param({"account": 5}, id="an account that is a number"),
            pytest.param({"ids_before": 5}, id="ids that are a number"),
            pytest.param({"ids_before": "999"}, id="ids that are a text"),
            pytest.param({"ids_before": {"999": 1}}, id="ids that are an object"),
        ],
    )
    def test_an_attempt_that_cannot_be_read_stops_nothing(self, change: dict[str, object], tmp_path: Path) -> None:
        left(Journal(tmp_path), ATTEMPT, UNKNOWN)
        journal = placed(tmp_path, json.dumps({**json.loads(FIRST), **change}).encode() + b"\n")
        assert reasons(journal) == [str(UNKNOWN.reason)]

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\n",
            b"\n\n",
            b"{}\n",
            b"[]\n",
            b"null\n",
            b"5\n",
            b'"text"\n',
            b"\xff\n",
            b"\0\n",
            NESTED + b"\n",
            b"9" * 5_000 + b"\n",
            b"x" * 2_000_000,
        ],
        ids=lambda content: repr(content[:8]),
    )
    def test_a_file_of_something_else_stops_nothing(self, content: bytes, tmp_path: Path) -> None:
        left(Journal(tmp_path), ATTEMPT, UNKNOWN)
        assert reasons(placed(tmp_path, content)) == [str(UNKNOWN.reason)]

    def test_a_folder_or_a_link_in_a_files_place_stops_nothing(self, journal: Journal, folder: Path) -> None:
        left(journal)
        (folder / "folder.open.jsonl").mkdir()
        (folder / "dangling.open.jsonl").symlink_to(folder / "nowhere")
        (folder / "loop.open.jsonl").symlink_to(folder / "loop.open.jsonl")
        assert reasons(journal) == [ENDED]

    @given(st.lists(st.binary() | st.just(FIRST) | st.just(SECOND) | CHANGED_FIRST_LINES | JSON.map(json.dumps)))
    def test_no_content_does_more_than_not_to_be_reported(self, parts: list[bytes | str]) -> None:
        content = b"".join(part if isinstance(part, bytes) else part.encode() + b"\n" for part in parts)
        with tempfile.TemporaryDirectory() as folder:
            for unresolved in placed(Path(folder), content).unresolved():
                assert not unprintable.search(str(unresolved.reason))


class TestProcesses:
    def test_a_killed_one_leaves_its_attempt_to_be_reported_and_a_live_one_does_not(
        self, journal: Journal, folder: Path
    ) -> None:
        program = IN_CHILD + 'record = Journal(FOLDER).begin(ATTEMPT)\nprint("ready", flush=True)\nsys.stdin.read()'
        with child(program, folder) as sending, child(program, folder):
            assert len(names(folder)) == 2
            assert journal.unresolved() == []
            sending.kill()
            sending.wait()
            (unresolved,) = journal.unresolved()
            assert str(unresolved.reason) == ENDED
            assert unresolved.attempt.account == "…1234"
        assert reasons(journal) == [ENDED, ENDED]

    def test_one_that_reopened_an_attempt_holds_it_until_it_is_killed(self, journal: Journal, folder: Path) -> None:
        program = (
            IN_CHILD
            + """
journal = Journal(FOLDER)
(unresolved,) = journal.unresolved()
record = journal.reopened(unresolved.attempt)
print("ready", flush=True)
sys.stdin.read()
"""
        )
        left(journal, ATTEMPT, UNKNOWN)
        (unresolved,) = journal.unresolved()
        with child(program, folder):
            assert journal.unresolved() == []
            assert journal.reopened(unresolved.attempt) is None
        assert journal.unresolved() == [unresolved]

    def test_one_that_is_killed_anywhere_while_it_begins_leaves_an_attempt_or_nothing(self, tmp_path: Path) -> None:
        program = (
            KILLED_AT_EACH_LINE
            + IN_CHILD
            + """
found = []
for lines in itertools.count():
    folder = FOLDER / str(lines)
    went_on = not is_killed(lines, lambda: lambda: Journal(folder).begin(ATTEMPT))
    found.append([unresolved.attempt == ATTEMPT for unresolved in Journal(folder).unresolved()])
    if went_on:
        break
print(json.dumps(found))
"""
        )
        found = json.loads(printed(program, tmp_path))
        begun = found.index([True])
        assert found == [[]] * begun + [[True]] * (len(found) - begun)
        assert len(found) > begun > 10

    @pytest.mark.parametrize(
        ("outcome", "before", "after"),
        [
            ('Created("1000")', [ENDED], []),
            ('Unknown(Sentence("No answer."))', [ENDED], ["No answer."]),
        ],
    )
    def test_one_that_is_killed_anywhere_while_it_notes_an_outcome_leaves_it_noted_or_not(
        self, outcome: str, before: list[str], after: list[str], tmp_path: Path
    ) -> None:
        program = (
            KILLED_AT_EACH_LINE
            + IN_CHILD
            + f"""
def prepared():
    record = Journal(folder).begin(ATTEMPT)
    return lambda: record.note({outcome})
found = []
for lines in itertools.count():
    folder = FOLDER / str(lines)
    went_on = not is_killed(lines, prepared)
    found.append([str(unresolved.reason) for unresolved in Journal(folder).unresolved()])
    if went_on:
        break
print(json.dumps(found))
"""
        )
        found = json.loads(printed(program, tmp_path))
        noted = found.index(after)
        assert found == [before] * noted + [after] * (len(found) - noted)
        assert len(found) > noted > 5


def test_a_record_that_is_closed_writes_into_no_file_that_got_its_number(journal: Journal, tmp_path: Path) -> None:
    record = journal.begin(ATTEMPT)
    record.close()
    with (tmp_path / "another").open("wb"):
        with pytest.raises(StateError):
            record.note(Created("999"))
        record.close()
    assert (tmp_path / "another").read_bytes() == b""


def test_the_ids_that_attempts_have_created_are_known_and_no_others(journal: Journal, folder: Path) -> None:
    for outcome in (Created("999"), Refused(Sentence("No.")), NotSent(Sentence("No.")), Unknown(Sentence("?"))):
        record = journal.begin(replace(ATTEMPT, name=state_folder.new_name()))
        record.note(outcome)
        record.close()
    for number, content in enumerate((b"", b"[]", b'{"state": "created"}', b"\xff\n{")):
        (folder / f"{number}.closed.jsonl").write_bytes(content)
    assert journal.created_ids() == {"999"}
