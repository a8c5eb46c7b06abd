"""A form survives whatever ends the wizard, whole or not at all, and no wizard takes another's place."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ncloud_integration.integration.draft import Draft
from ncloud_integration.integration.model import Header
from ncloud_integration.recovery import draft_file, state_folder
from ncloud_integration.recovery.draft_file import DraftFile, Form, SavedForm, saved_forms
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

FORM = Form(
    Draft("경보", "https://events.example.com/hook", (Header("X-Team", "ops"), Header("", "")), '{"a": 1}'),
    "gov",
    "payload",
)
OTHER = replace(FORM, step="confirm")
IN_CHILD = """
import sys
from pathlib import Path
from ncloud_integration.integration.draft import Draft
from ncloud_integration.recovery.draft_file import DraftFile, Form, saved_forms
FOLDER = Path(sys.argv[1])
OLD, NEW = (Form(Draft(payload="x" * 200), "public", step) for step in ("old", "new"))
"""

TEXTS = st.text(st.characters())
FORMS = st.builds(
    Form,
    st.builds(Draft, TEXTS, TEXTS, st.lists(st.builds(Header, TEXTS, TEXTS)).map(tuple), TEXTS),
    TEXTS,
    TEXTS,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ncloud-integration"


def left(folder: Path, form: Form = FORM) -> SavedForm:
    """Leave *form* as a wizard does that ends, and return it as the next one finds it."""
    before = forms(folder)
    DraftFile(folder).close(form)
    (found,) = (saved for saved in saved_forms(folder) if saved.form not in before)
    return found


def forms(folder: Path) -> list[Form]:
    return [saved.form for saved in saved_forms(folder)]


def remove_all(folder: Path) -> None:
    for path in folder.iterdir():
        draft_file.remove(path)


def content(folder: Path) -> Form:
    """Return the form in the one file of *folder*, whoever uses that."""
    (path,) = folder.iterdir()
    return draft_file._form(json.loads(path.read_bytes()))


@given(FORMS)
@example(replace(FORM, draft=Draft("\ud800", "\udfff", (Header("\ud800", "\udfff"),), "\ud800")))
def test_a_form_is_read_as_it_was_saved(form: Form) -> None:
    with tempfile.TemporaryDirectory() as folder:
        DraftFile(Path(folder)).close(form)
        assert forms(Path(folder)) == [form]


def test_a_form_has_no_place_for_a_key(folder: Path) -> None:
    left(folder)
    (path,) = folder.iterdir()
    assert json.loads(path.read_bytes()).keys() == {"site", "step", "name", "url", "headers", "payload"}
    assert {field.name for field in fields(Form)} == {"draft", "site", "step"}
    assert {field.name for field in fields(Draft)} == {"name", "url", "headers", "payload"}


@pytest.mark.parametrize("character", ["x", "\n", "한", "🚨", "\x00"])
def test_a_form_of_any_length_that_was_saved_is_found(character: str, folder: Path) -> None:
    # More than one field may hold, the editor takes in, and the form holds until its checks are heeded.
    form = replace(FORM, draft=Draft(character * 70_000, character * 70_000, (), character * 300_000))
    left(folder, form)
    assert forms(folder) == [form]


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
@pytest.mark.parametrize("before", [None, 0o755])
def test_file_and_folder_are_the_owners_alone(mask: int, before: int | None, folder: Path) -> None:
    if before:
        folder.mkdir(parents=True)
        folder.chmod(before)
    own = DraftFile(folder)
    with umask(mask):
        for form in (FORM, OTHER):
            own.save(form)
            assert mode(folder) == 0o700
            assert [mode(path) for path in folder.iterdir()] == [0o600]


def test_a_file_that_was_open_to_others_is_not_once_it_is_taken_over_and_saved(folder: Path) -> None:
    saved = left(folder)
    saved.path.chmod(0o644)
    own = DraftFile(folder)
    own.take_over(saved)
    own.save(OTHER)
    assert mode(saved.path) == 0o600


def test_there_are_no_forms_where_nothing_was_saved(folder: Path) -> None:
    DraftFile(folder).close(None)
    assert saved_forms(folder) == []
    assert not folder.exists()


class TestOneWizard:
    def test_keeps_one_file_with_what_it_saved_last(self, folder: Path) -> None:
        own = DraftFile(folder)
        for form in (FORM, OTHER, FORM):
            own.save(form)
            assert content(folder) == form

    def test_holds_its_form_until_it_ends(self, folder: Path) -> None:
        own = DraftFile(folder)
        for form in (FORM, OTHER):
            own.save(form)
            assert forms(folder) == []
        own.close(OTHER)
        assert forms(folder) == [OTHER]

    def test_saves_what_is_new_at_its_end(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        own.close(OTHER)
        assert forms(folder) == [OTHER]

    def test_leaves_no_form_once_it_is_created(self, folder: Path) -> None:
        descriptors = open_descriptors()
        own = DraftFile(folder)
        own.save(FORM)
        own.save(None)
        assert names(folder) == []
        assert open_descriptors() == descriptors
        own.close(None)
        assert names(folder) == []

    def test_leaves_no_form_where_it_is_created_at_the_end(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        own.close(None)
        assert names(folder) == []

    def test_saves_another_form_after_one_that_is_created(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        own.save(None)
        own.save(OTHER)
        assert forms(folder) == []
        own.close(OTHER)
        assert forms(folder) == [OTHER]

    def test_saves_the_same_form_again_after_it_was_removed(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        own.save(None)
        own.close(FORM)
        assert forms(folder) == [FORM]

    def test_writes_nothing_where_nothing_changed(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        (path,) = folder.iterdir()
        before = path.stat()
        own.save(replace(FORM))
        assert os.path.samestat(before, path.stat())

    def test_writes_nothing_after_its_end(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.close(FORM)
        own.save(OTHER)
        own.save(None)
        own.close(None)
        assert forms(folder) == [FORM]

    def test_keeps_no_more_files_open_the_more_it_saves(self, folder: Path) -> None:
        descriptors = open_descriptors()
        own = DraftFile(folder)
        for number in range(10):
            own.save(replace(FORM, step=str(number)))
        assert open_descriptors() <= descriptors + 1
        own.close(FORM)
        for number in range(10):
            assert len(saved_forms(folder)) == 1
            own = DraftFile(folder)
            own.save(OTHER)
            own.take_over(saved_forms(folder)[0])
            own.close(replace(FORM, step=str(number)))
        assert open_descriptors() == descriptors

    def test_saves_from_threads_one_after_the_other(self, folder: Path) -> None:
        own = DraftFile(folder)
        some = [replace(FORM, step=str(number)) for number in range(40)]
        errors: list[Exception] = []

        def save(part: list[Form]) -> None:
            try:
                for form in part:
                    own.save(form)
            except StateError as error:
                errors.append(error)

        threads = [threading.Thread(target=save, args=[some[start::4]]) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not errors
        assert content(folder) in some
        own.close(FORM)
        assert forms(folder) == [FORM]

    def test_has_the_new_form_on_the_disk_before_it_is_in_the_old_ones_place(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        (path,) = folder.iterdir()
        synced: list[tuple[Form, Form]] = []

        def fsync(descriptor: int) -> None:
            (unfinished,) = (each for each in folder.iterdir() if each != path)
            assert os.path.samestat(os.fstat(descriptor), unfinished.stat())
            assert mode(unfinished) == 0o600
            assert state_folder.locked(unfinished) is None
            both = [draft_file._form(json.loads(each.read_bytes())) for each in (path, unfinished)]
            synced.append((both[0], both[1]))

        monkeypatch.setattr(os, "fsync", fsync)
        own.save(OTHER)
        assert synced == [(FORM, OTHER)]
        assert content(folder) == OTHER


class TestWizardsAtOnce:
    def test_each_keep_a_file_of_their_own(self, folder: Path) -> None:
        one, other = DraftFile(folder), DraftFile(folder)
        one.save(FORM)
        other.save(OTHER)
        one.save(replace(FORM, step="name"))
        other.close(OTHER)
        assert forms(folder) == [OTHER]
        one.close(FORM)
        assert sorted(form.step for form in forms(folder)) == ["confirm", "payload"]

    def test_removing_one_form_leaves_the_others(self, folder: Path) -> None:
        one, other = DraftFile(folder), DraftFile(folder)
        one.save(FORM)
        other.save(OTHER)
        one.close(None)
        assert content(folder) == OTHER

    def test_a_form_is_gone_on_with_by_one_of_them(self, folder: Path) -> None:
        saved = left(folder)
        one, other = DraftFile(folder), DraftFile(folder)
        one.take_over(saved)
        other.take_over(saved)
        assert saved_forms(folder) == []
        one.save(replace(FORM, step="one"))
        other.save(replace(FORM, step="other"))
        assert len(names(folder)) == 2
        one.close(None)
        assert content(folder).step == "other"

    def test_a_form_that_is_gone_on_with_stays_one_file(self, folder: Path) -> None:
        saved = left(folder)
        own = DraftFile(folder)
        own.save(OTHER)
        own.take_over(saved)
        assert names(folder) == [saved.path.name]
        assert content(folder) == FORM
        own.save(OTHER)
        assert names(folder) == [saved.path.name]
        assert content(folder) == OTHER
        assert forms(folder) == []
        own.close(OTHER)
        assert forms(folder) == [OTHER]

    def test_a_form_that_is_gone_on_with_is_removed_once_it_is_created(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.take_over(left(folder))
        own.close(None)
        assert names(folder) == []

    def test_a_form_that_is_gone_on_with_and_not_changed_stays(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.take_over(left(folder))
        own.close(FORM)
        assert forms(folder) == [FORM]

    def test_a_form_that_another_has_gone_on_with_and_left_is_not_overwritten(self, folder: Path) -> None:
        # Both list it, one goes on with it and leaves more than it found, and then the other comes back to its list.
        saved = left(folder)
        os.utime(saved.path, (saved.saved - 60, saved.saved - 60))
        (listed,) = saved_forms(folder)
        faster = DraftFile(folder)
        faster.take_over(listed)
        faster.close(OTHER)
        slower = DraftFile(folder)
        slower.take_over(listed)
        slower.close(replace(FORM, step="url"))
        assert sorted(form.step for form in forms(folder)) == ["confirm", "url"]

    def test_a_form_that_is_gone_cannot_be_taken_over(self, folder: Path) -> None:
        saved = left(folder)
        draft_file.remove(saved.path)
        own = DraftFile(folder)
        own.take_over(saved)
        assert names(folder) == []
        own.close(FORM)
        assert forms(folder) == [FORM]

    def test_a_form_in_use_is_not_removed(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        (path,) = folder.iterdir()
        draft_file.remove(path)
        assert content(folder) == FORM
        own.close(FORM)
        draft_file.remove(path)
        assert names(folder) == []
        draft_file.remove(path)

    @pytest.mark.parametrize("act", [saved_forms, remove_all])
    def test_a_form_that_is_replaced_while_another_looks_at_it_is_neither_offered_nor_removed(
        self, act: Callable[[Path], object], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        flock = fcntl.flock

        def after_a_save(descriptor: int, operation: int) -> None:
            monkeypatch.setattr(fcntl, "flock", flock)
            own.save(OTHER)
            flock(descriptor, operation)

        monkeypatch.setattr(fcntl, "flock", after_a_save)
        assert not act(folder)
        assert content(folder) == OTHER

    def test_a_form_is_saved_while_another_wizard_clears_up(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        flock = fcntl.flock

        def after_clearing_up(descriptor: int, operation: int) -> None:
            monkeypatch.setattr(fcntl, "flock", flock)
            assert saved_forms(folder) == []
            flock(descriptor, operation)

        monkeypatch.setattr(fcntl, "flock", after_clearing_up)
        own.save(OTHER)
        assert content(folder) == OTHER

    def test_forms_come_the_newest_first(self, folder: Path) -> None:
        for number, age in enumerate([30, 10, 40, 20]):
            saved = left(folder, replace(FORM, step=str(number)))
            os.utime(saved.path, (time.time() - age, time.time() - age))
        assert [form.step for form in forms(folder)] == ["1", "3", "0", "2"]

    def test_when_a_form_was_saved_is_told(self, folder: Path) -> None:
        saved = left(folder)
        assert abs(saved.saved - time.time()) < 5
        os.utime(saved.path, (1_000, 2_000))
        assert saved_forms(folder)[0].saved == 2_000.0


class TestWhereNothingCanBeWritten:
    @pytest.mark.parametrize("size", [0, 1, 100])
    def test_on_a_full_disk_the_old_form_stays(self, size: int, folder: Path) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        descriptors = open_descriptors()
        with pytest.raises(StateError) as raised, full_disk(size):
            own.save(OTHER)
        assert str(folder) in str(raised.value)
        assert content(folder) == FORM
        assert open_descriptors() == descriptors
        assert forms(folder) == []
        own.save(OTHER)
        assert content(folder) == OTHER

    @pytest.mark.parametrize(
        ("owner", "function"),
        [(os, "open"), (os, "write"), (os, "fsync"), (Path, "replace")],
        ids=["open", "write", "fsync", "replace"],
    )
    def test_where_the_system_refuses_the_old_form_stays(
        self, owner: object, function: str, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(*arguments: object, **options: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        own = DraftFile(folder)
        own.save(FORM)
        descriptors = open_descriptors()
        with monkeypatch.context() as patch:
            patch.setattr(owner, function, refused)
            with pytest.raises(StateError, match="No space left on device"):
                own.save(OTHER)
        assert content(folder) == FORM
        assert open_descriptors() == descriptors
        own.close(OTHER)
        assert forms(folder) == [OTHER]

    def test_a_first_form_that_cannot_be_saved_leaves_nothing(self, folder: Path) -> None:
        own = DraftFile(folder)
        with pytest.raises(StateError), full_disk(20):
            own.save(FORM)
        assert names(folder) == []

    def test_where_the_folder_cannot_be_made_it_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        own = DraftFile(tmp_path / "file" / "ncloud-integration")
        with pytest.raises(StateError):
            own.save(FORM)
        own.save(None)
        assert saved_forms(tmp_path / "file" / "ncloud-integration") == []

    def test_an_end_that_cannot_save_lets_go_of_the_old_form(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        with pytest.raises(StateError), full_disk():
            own.close(OTHER)
        assert forms(folder) == [FORM]

    def test_a_folder_that_was_deleted_is_made_again(self, folder: Path) -> None:
        own = DraftFile(folder)
        own.save(FORM)
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        own.save(OTHER)
        assert (mode(folder), content(folder)) == (0o700, OTHER)
        folder.rename(folder.with_name("elsewhere"))
        own.close(None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
NEARLY_FORMS = st.dictionaries(st.sampled_from(["site", "step", "name", "url", "headers", "payload"]), JSON)


class TestWhatIsDamaged:
    @pytest.mark.parametrize(
        "damaged",
        [
            b"",
            b"{",
            b"{}",
            b"[]",
            b"null",
            b"5",
            b"\xff",
            b"\0" * 100,
            b"[" * 200_000,
            b"9" * 5_000,
            b"x" * 2_000_000,
            b'{"site": "", "step": "", "name": "", "url": "", "payload": "", "headers": null}',
            b'{"site": "", "step": "", "name": "", "url": "", "payload": "", "headers": [1]}',
            b'{"site": "", "step": "", "name": "", "url": "", "payload": "", "headers": [["A"]]}',
            b'{"site": "", "step": "", "name": "", "url": "", "headers": []}',
        ],
        ids=lambda damaged: repr(damaged[:8]) + repr(damaged[-20:]),
    )
    def test_a_file_of_something_else_is_no_form_and_hides_none(self, damaged: bytes, folder: Path) -> None:
        left(folder)
        (folder / "damaged.json").write_bytes(damaged)
        assert forms(folder) == [FORM]
        assert (folder / "damaged.json").read_bytes() == damaged

    def test_a_form_that_ends_anywhere_is_none(self, folder: Path) -> None:
        path = left(folder).path
        whole = path.read_bytes()
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            assert saved_forms(folder) == []

    def test_a_folder_or_a_link_in_a_files_place_hides_none(self, folder: Path) -> None:
        left(folder)
        for suffix in (".json", ".unfinished"):
            (folder / f"folder{suffix}").mkdir()
            (folder / f"dangling{suffix}").symlink_to(folder / "nowhere")
            (folder / f"loop{suffix}").symlink_to(folder / f"loop{suffix}")
        assert forms(folder) == [FORM]

    def test_the_journals_and_other_files_are_left_alone(self, folder: Path) -> None:
        left(folder)
        others = ["x.open.jsonl", "x.closed.jsonl", "notes.txt", "json"]
        for name in others:
            (folder / name).write_bytes(b"{}")
        assert forms(folder) == [FORM]
        assert set(others) < set(names(folder))

    def test_what_a_killed_wizard_had_not_finished_is_cleared_away(self, folder: Path) -> None:
        path = left(folder).path
        path.with_suffix(".unfinished").write_bytes(b'{"site"')
        assert forms(folder) == [FORM]
        assert names(folder) == [path.name]

    def test_what_a_killed_wizard_had_not_finished_is_in_nobodys_way(self, folder: Path) -> None:
        saved = left(folder)
        own = DraftFile(folder)
        own.take_over(saved)
        saved.path.with_suffix(".unfinished").write_bytes(b'{"site"')
        own.save(OTHER)
        assert names(folder) == [saved.path.name]
        assert content(folder) == OTHER

    @given(st.binary() | (JSON | NEARLY_FORMS).map(lambda value: json.dumps(value).encode()))
    def test_no_content_does_more_than_not_to_be_offered(self, damaged: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "damaged.json").write_bytes(damaged)
            for form in forms(Path(folder)):
                texts = [form.site, form.step, form.draft.name, form.draft.url, form.draft.payload]
                assert all(isinstance(text, str) for text in texts)


class TestProcesses:
    def test_a_killed_one_leaves_its_form_and_a_live_one_keeps_it(self, folder: Path) -> None:
        program = (
            IN_CHILD
            + """
own = DraftFile(FOLDER)
own.save(OLD)
own.save(NEW)
print("ready", flush=True)
sys.stdin.read()
"""
        )
        with child(program, folder) as ended, child(program, folder):
            assert saved_forms(folder) == []
            ended.kill()
            ended.wait()
            (saved,) = saved_forms(folder)
            assert saved.form.step == "new"
        assert len(saved_forms(folder)) == 2

    def test_one_that_took_a_form_over_keeps_it_until_it_is_killed(self, folder: Path) -> None:
        program = (
            IN_CHILD
            + """
own = DraftFile(FOLDER)
(saved,) = saved_forms(FOLDER)
own.take_over(saved)
print("ready", flush=True)
sys.stdin.read()
"""
        )
        saved = left(folder)
        own = DraftFile(folder)
        with child(program, folder):
            assert saved_forms(folder) == []
            own.take_over(saved)
            own.save(OTHER)
            draft_file.remove(saved.path)
            assert len(names(folder)) == 2
        assert forms(folder) == [FORM]

    def test_one_that_is_killed_anywhere_while_it_saves_leaves_the_old_form_or_the_new_one(
        self, tmp_path: Path
    ) -> None:
        program = (
            KILLED_AT_EACH_LINE
            + IN_CHILD
            + """
def prepared():
    own = DraftFile(folder)
    own.save(OLD)
    return lambda: own.save(NEW)
found = []
for lines in itertools.count():
    folder = FOLDER / str(lines)
    went_on = not is_killed(lines, prepared)
    forms = [saved.form for saved in saved_forms(folder)]
    assert all(form in (OLD, NEW) for form in forms)
    found.append([form.step for form in forms])
    assert len(list(folder.iterdir())) == 1
    if went_on:
        break
print(json.dumps(found))
"""
        )
        found = json.loads(printed(program, tmp_path))
        replaced = found.index(["new"])
        assert found == [["old"]] * replaced + [["new"]] * (len(found) - replaced)
        assert len(found) > replaced > 10

    def test_one_that_is_killed_at_a_random_moment_while_it_saves_leaves_a_whole_form(self, tmp_path: Path) -> None:
        program = (
            IN_CHILD
            + """
own = DraftFile(FOLDER)
own.save(Form(Draft(payload="0" * 60_000), "public", "payload"))
print("ready", flush=True)
number = 0
while True:
    number += 1
    own.save(Form(Draft(payload=str(number % 10) * 60_000), "public", "payload"))
"""
        )
        moments = random.Random(20)
        for number in range(6):
            folder = tmp_path / str(number)
            with child(program, folder):
                time.sleep(moments.uniform(0, 0.02))
                assert saved_forms(folder) == []
            (form,) = forms(folder)
            assert len(form.draft.payload) == 60_000
            assert len(set(form.draft.payload)) == 1
            assert len(names(folder)) == 1
