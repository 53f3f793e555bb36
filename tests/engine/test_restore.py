"""Restoring: what a backup holds comes back as one act, and a study that cannot be opened is replaced and kept."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sql

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.settings import PMethod
from esk_engine.study import Backup, Key, Person, SignOff, Study, StudyChanged, replace_damaged
from esk_engine.study_file import PUBLIC, replacing
from esk_engine.study_file.backup import backup_folder, list_backups, make_backup, prune
from esk_engine.study_file.check import check_file
from esk_engine.study_file.log import Head
from esk_engine.study_file.reading import FileContent
from tests.engine.study_file.helpers import NURSE, closed_study, digest, from_outside, new_study, python, two_patients

FILES = Path(__file__).parent / "study_file" / "files"
SECRET = Key.of_passphrase("geheim’ó")
DOCTOR = Person("CD", "investigator")


def edit(study: Study, value: float, at: int = 0, variable: str = "nrs_end") -> int:
    patient = study.patients[at]
    return study.wait_saved(study.set_value(patient.id, Kind.PATIENT, patient.id, variable, value))


def backed_up(study: Study) -> Backup:
    made = study.back_up()
    assert made is not None
    return made


def restore(study: Study, backup: Path, reason: str = "verkeerd bestand ingelezen") -> int:
    return study.wait_saved(study.restore(study.read_backup(backup), backup, reason))


def content(study: Study) -> tuple[object, ...]:
    """All that a restore brings back."""
    return (study.patients, study.settings, study.criteria_sets, study.criteria_set)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Fault) as caught:
        call()
    return caught.value.issues[0].code if caught.value.issues else caught.value.code


# -- within the study --------------------------------------------------------------------------------------------------


def test_that_patients_settings_and_criteria_come_back_as_one_act(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        backup, then = backed_up(study), content(study)
        edit(study, 1.0)
        study.wait_saved(study.delete_patient(study.patients[1].id))
        study.wait_saved(study.add_patient({"study_no": "P03", "age_years": 50}).saved)
        study.wait_saved(study.set_setting("p_method", PMethod.ASYMPTOTIC))
        made, saved = study.copy_criteria_set(study.criteria_set.set_id, "Anders")
        copy = study.wait_saved(saved)
        study.wait_saved(study.use_criteria_set(made))
        first_act = study.log()[-1].act
        told: list[StudyChanged] = []
        study.subscribe(told.append)
        last = restore(study, backup.path)
        assert content(study) == then
        lines = [line for line in study.log() if line.act > first_act]
        assert len({line.act for line in lines}) == 1
        assert lines[-1].seq == last
        assert {line.reason for line in lines} == {"verkeerd bestand ingelezen"}
        assert lines[0].kind == "restore"
        assert json.loads(lines[0].new or "") == {
            "abandoned": [],
            "file": backup.path.name,
            "head": backup.head,
            "seq": backup.seq,
        }
        assert copy < last
        assert len(told) == 1
        assert told[0].criteria
        assert told[0].settings == {"p_method"}
        assert len(told[0].patients) == 3
    with Study.open(study.path, person=NURSE, read_only=True) as again:
        assert content(again) == then
    assert check_file(study.path).is_whole


def test_that_restoring_comes_after_a_backup_of_what_was(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        early = backed_up(study)
        edit(study, 1.0)
        before = content(study)
        restore(study, early.path)
        newest = study.backups()[0]
        assert newest.path != early.path
        restore(study, newest.path, "toch niet")
        assert content(study) == before


def test_that_nothing_is_restored_where_no_backup_of_what_is_can_be_made(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        early = backed_up(study)
        kept = Path(shutil.copy(early.path, tmp_path / "kept.esk"))
        edit(study, 1.0)
        before, lines = content(study), study.version
        shutil.rmtree(backup_folder(study.path))
        backup_folder(study.path).write_text("a file in its place", encoding="utf-8")
        assert code_of(lambda: restore(study, kept)) == "backup_failed"
        assert (content(study), study.version) == (before, lines)


def test_that_restoring_what_is_there_does_nothing(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        backup = backed_up(study)
        lines = study.version
        assert restore(study, backup.path) == lines == study.version


def test_that_a_restore_wants_a_reason_and_cannot_be_undone(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        backup = backed_up(study)
        edit(study, 1.0)
        assert code_of(lambda: restore(study, backup.path, "  ")) == "reason_needed"
        assert study.can_undo
        restore(study, backup.path)
        assert not study.can_undo
        assert not study.can_redo


def test_that_who_works_on_the_study_and_how_it_is_guarded_stays(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        backup = backed_up(study)
        study.hand_over(DOCTOR)
        edit(study, 1.0)
        study.wait_saved(study.set_pin("CD", "1234"))
        for name, value in (("pin_required", "yes"), ("auto_lock_minutes", 5), ("backup_folder", str(tmp_path))):
            study.wait_saved(study.set_setting(name, value))
        restore(study, backup.path)
        assert (study.settings.pin_required, study.settings.auto_lock_minutes) == (True, 5)
        assert study.settings.backup_folder == str(tmp_path)
        assert study.people == {"CD": "investigator"}
        assert study.has_pin("CD")
        assert study.patients[0].get("nrs_end") == 4.5
    assert check_file(study.path).is_whole


def test_that_a_signed_moment_is_not_restored_over(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        backup = backed_up(study)
        edit(study, 60, variable="age_years")
        patient = study.patients[0]
        study.wait_saved(study.sign(patient.id, SignOff.INCLUSION, initials="AB"))
        before, lines = content(study), study.version
        assert code_of(lambda: restore(study, backup.path)) == "signed_locked"
        assert (content(study), study.version) == (before, lines)
        assert study.can_undo  # nothing was done, so what was done before can still be taken back
        study.wait_saved(study.unlock(patient.id, SignOff.INCLUSION, "terugzetten"))
        restore(study, backup.path)
        assert study.patients[0].get("age_years") == 57
        assert [each.void for each in study.signatures(patient.id)] == [True]
    assert check_file(study.path).is_whole


def test_that_another_moment_than_the_signed_one_is_restored(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        patient = study.patients[0]
        study.wait_saved(study.sign(patient.id, SignOff.INCLUSION, initials="AB"))
        backup = backed_up(study)
        edit(study, 1.0)
        restore(study, backup.path)
        assert study.patients[0].get("nrs_end") == 4.5
        assert [each.void for each in study.signatures(patient.id)] == [False]


def test_that_a_locked_study_is_not_restored(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        backup = backed_up(study)
        edit(study, 1.0)
        study.wait_saved(study.lock_study(initials="AB"))
        assert code_of(lambda: restore(study, backup.path)) == "study_locked"
        assert study.patients[0].get("nrs_end") == 1.0


def test_that_who_only_reads_restores_nothing(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        backup = backed_up(study)
        edit(study, 1.0)
    with Study.open(study.path, person=NURSE, read_only=True) as reading:
        assert code_of(lambda: restore(reading, backup.path)) == "read_only_study"


def test_that_the_backup_of_another_study_is_not_restored(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    other = closed_study(tmp_path / "b")
    with new_study(tmp_path) as study:
        assert code_of(lambda: restore(study, other)) == "backup_of_another"
        assert code_of(lambda: restore(study, tmp_path / "away.esk")) == "file_not_found"
        (tmp_path / "junk.esk").write_bytes(b"junk" * 3000)
        assert code_of(lambda: restore(study, tmp_path / "junk.esk")) == "not_a_study"


def test_that_a_backup_under_an_older_passphrase_is_restored_with_that(tmp_path: Path) -> None:
    study = Study.create(tmp_path / "s.esk", person=NURSE, patients=two_patients(), key=SECRET)
    with study:
        backup = backed_up(study)
        kept = Path(shutil.copy(backup.path, tmp_path / "kept.esk"))
        edit(study, 1.0)
        study.change_passphrase("een ander woord")
        assert code_of(lambda: study.read_backup(kept)) == "key_wrong"
        study.wait_saved(study.restore(study.read_backup(kept, SECRET), kept, "terug"))
        assert study.patients[0].get("nrs_end") == 4.5


def test_that_a_backup_of_an_older_form_is_restored(tmp_path: Path) -> None:
    path = tmp_path / "old.esk"
    shutil.copy(FILES / "version_1.esk", path)
    old = make_backup(path, PUBLIC, backup_folder(path))
    assert old is not None
    before = digest(old.path)
    with Study.open(path, person=NURSE) as study:
        then = content(study)
        study.wait_saved(study.delete_patient(study.patients[0].id))
        restore(study, old.path)
        assert content(study) == then
    assert digest(old.path) == before
    assert check_file(path).is_whole


# -- in its place ------------------------------------------------------------------------------------------------------


def damaged_study(folder: Path, key: Key = PUBLIC) -> tuple[Path, Backup, Backup]:
    """A study with two backups, an early one and a late one, and then a damaged first page."""
    with Study.create(folder / "study.esk", person=NURSE, patients=two_patients(), key=key) as study:
        early = backed_up(study)
        edit(study, 1.0)
        late = backed_up(study)
        edit(study, 2.0)
    raw = bytearray(study.path.read_bytes())
    raw[16:4096] = bytes(4080)
    study.path.write_bytes(raw)
    return study.path, early, late


@pytest.mark.parametrize("key", [PUBLIC, SECRET], ids=["public", "passphrase"])
def test_that_a_damaged_study_is_replaced_and_kept(tmp_path: Path, key: Key) -> None:
    path, early, late = damaged_study(tmp_path, key)
    broken = digest(path)
    done = replace_damaged(path, early.path, person=DOCTOR, key=key, reason="kapot")
    assert done.aside is not None
    assert done.aside.parent == tmp_path
    assert digest(done.aside) == broken
    with Study.open(path, person=NURSE, key=key) as study:
        assert study.patients[0].get("nrs_end") == 4.5
        line = study.log()[-1]
        assert (line.kind, line.person, line.reason, line.seq) == ("restore", "CD", "kapot", early.seq + 1)
        assert json.loads(line.new or "") == {
            "abandoned": [late.head],
            "file": early.path.name,
            "head": early.head,
            "seq": early.seq,
        }
        edit(study, 3.0)
        assert [(each.changes_since, each.is_abandoned) for each in study.backups()] == [(None, True), (2, False)]
    assert check_file(path, key).is_whole
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix != ".lock") == sorted(
        [path.name, done.aside.name, backup_folder(path).name]
    )


@pytest.mark.parametrize("damage", ["gone", "empty", "text", "cut"])
def test_that_whatever_is_left_of_a_study_is_replaced(tmp_path: Path, damage: str) -> None:
    path, _, late = damaged_study(tmp_path)
    left = {"empty": b"", "text": b"Beste collega, " * 500, "cut": path.read_bytes()[:9000]}.get(damage)
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    done = replace_damaged(path, late.path, person=NURSE)
    assert (done.aside.read_bytes() if done.aside is not None else None) == left
    assert check_file(path).is_whole


def test_that_the_journal_of_a_damaged_study_goes_aside_with_it(tmp_path: Path) -> None:
    path, early, _ = damaged_study(tmp_path)
    journal = path.with_name(path.name + "-journal")
    journal.write_bytes(b"half an act" * 100)
    done = replace_damaged(path, early.path, person=NURSE)
    assert done.aside is not None
    assert not journal.exists()
    assert done.aside.with_name(done.aside.name + "-journal").read_bytes() == b"half an act" * 100
    assert check_file(path).is_whole


def test_that_a_study_that_can_be_opened_is_never_replaced(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        backup = backed_up(study)
        edit(study, 1.0)
    before = digest(study.path)
    assert code_of(lambda: replace_damaged(study.path, backup.path, person=NURSE)) == "study_is_whole"
    assert digest(study.path) == before
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix == ".esk") == ["study.esk"]


def test_that_a_study_that_somebody_has_open_is_never_replaced(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from esk_engine.study import Person, Study\n"
        "s = Study.open(Path(sys.argv[1]), person=Person('XY')); print('open', flush=True); sys.stdin.readline()"
    )
    with new_study(tmp_path) as study:
        backup = backed_up(study)
    other = python(script, study.path)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        assert code_of(lambda: replace_damaged(study.path, backup.path, person=NURSE)) == "file_locked"
    finally:
        other.communicate("\n", timeout=30)


def test_that_a_study_that_may_be_whole_under_another_passphrase_is_not_replaced(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        backup = backed_up(study)
        kept = Path(shutil.copy(backup.path, tmp_path / "kept.esk"))
        study.change_passphrase("een woord")
    before = digest(study.path)
    assert code_of(lambda: replace_damaged(study.path, kept, person=NURSE)) == "study_unsure"
    assert digest(study.path) == before
    study.path.rename(tmp_path / "aside.esk")  # whoever knows that it is damaged gives it another name
    replace_damaged(study.path, kept, person=NURSE)
    assert check_file(study.path).is_whole


def test_that_a_newer_study_is_never_replaced(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        backup = backed_up(study)
    with from_outside(study.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = digest(study.path)
    assert code_of(lambda: replace_damaged(study.path, backup.path, person=NURSE)) == "file_newer"
    assert digest(study.path) == before


def test_that_a_backup_that_is_not_whole_replaces_nothing(tmp_path: Path) -> None:
    path, early, late = damaged_study(tmp_path)
    before = digest(path)
    with from_outside(early.path) as connection:
        connection.execute("UPDATE patient SET age_years = 99")  # its log does not tell of it
    assert code_of(lambda: replace_damaged(path, early.path, person=NURSE)) == "backup_damaged"
    late.path.write_bytes(late.path.read_bytes()[:20_000])
    assert code_of(lambda: replace_damaged(path, late.path, person=NURSE)) in ("file_damaged", "backup_damaged")
    assert code_of(lambda: replace_damaged(path, tmp_path / "no.esk", person=NURSE)) == "file_not_found"
    assert digest(path) == before


def test_that_a_backup_of_an_older_form_replaces_a_study_in_the_present_form(tmp_path: Path) -> None:
    path = tmp_path / "old.esk"
    shutil.copy(FILES / "version_1.esk", path)
    old = make_backup(path, PUBLIC, backup_folder(path))
    assert old is not None
    before = digest(old.path)
    path.write_bytes(b"")
    replace_damaged(path, old.path, person=NURSE)
    with Study.open(path, person=NURSE) as study:
        assert study.patients
        study.wait_saved(study.sign(study.patients[0].id, SignOff.INCLUSION, initials="AB"))
    assert digest(old.path) == before
    assert check_file(path).is_whole


def names_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir() if each.suffix != ".lock"}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "file_full"),
        (errno.EROFS, "file_read_only"),
        (errno.EIO, "file_unreadable"),
    ],
)
@pytest.mark.parametrize("at", [1, 2])
def test_that_a_disk_that_takes_no_study_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str, at: int
) -> None:
    path, early, _ = damaged_study(tmp_path)
    before, calls, real = digest(path), list[int](), os.fsync

    def fail(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == at:
            raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    assert code_of(lambda: replace_damaged(path, early.path, person=NURSE)) == code
    assert digest(path) == before
    assert names_in(tmp_path) == {path.name, backup_folder(path).name}


@pytest.mark.parametrize(
    ("name", "code"), [("SQLITE_FULL", "file_full"), ("SQLITE_IOERR", "file_unreadable"), ("SQLITE_BUSY", "file_busy")]
)
def test_that_what_sqlite_says_of_the_new_study_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str
) -> None:
    path, early, _ = damaged_study(tmp_path)
    before = digest(path)

    def fail(*_: object) -> None:
        error = sql.OperationalError("as SQLite says it")
        error.sqlite_errorname = name
        raise error

    monkeypatch.setattr(replacing, "migrate", fail)
    assert code_of(lambda: replace_damaged(path, early.path, person=NURSE)) == code
    assert digest(path) == before
    assert names_in(tmp_path) == {path.name, backup_folder(path).name}


def test_that_a_new_study_that_does_not_read_as_it_was_written_takes_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, early, _ = damaged_study(tmp_path)
    before, real = digest(path), replacing.read_file

    def other(file: Path, key: Key) -> FileContent:
        found = real(file, key)
        return replace(found, head=Head()) if file.name.endswith(".restore") else found

    monkeypatch.setattr(replacing, "read_file", other)
    assert code_of(lambda: replace_damaged(path, early.path, person=NURSE)) == "file_unreadable"
    assert digest(path) == before


def test_that_a_place_without_second_names_keeps_the_damaged_study_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, early, _ = damaged_study(tmp_path)
    before = digest(path)

    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    done = replace_damaged(path, early.path, person=NURSE)
    assert done.aside is not None
    assert digest(done.aside) == before
    assert check_file(path).is_whole


def test_that_what_a_restore_that_was_cut_off_left_goes_with_the_next_one(tmp_path: Path) -> None:
    path, early, _ = damaged_study(tmp_path)
    for name in (".study.esk.restore", ".study.esk.restore-journal"):
        (tmp_path / name).write_bytes(b"half")
    replace_damaged(path, early.path, person=NURSE)
    assert check_file(path).is_whole
    assert not [each for each in names_in(tmp_path) if ".restore" in each]


def test_that_two_damaged_studies_of_one_second_are_both_kept(tmp_path: Path) -> None:
    path, early, _ = damaged_study(tmp_path)
    kept: set[Path] = set()
    for text in (b"one", b"two", b"three"):
        path.write_bytes(text)
        done = replace_damaged(path, early.path, person=NURSE)
        assert done.aside is not None
        kept.add(done.aside)
    assert sorted(each.read_bytes() for each in kept) == [b"one", b"three", b"two"]


@pytest.mark.skipif(os.name == "nt", reason="rights and links are other things there")
def test_that_a_link_to_a_damaged_study_stays_one_and_its_rights_too(tmp_path: Path) -> None:
    path, early, _ = damaged_study(tmp_path)
    path.chmod(0o660)
    link = tmp_path / "desk" / "link.esk"
    link.parent.mkdir()
    link.symlink_to(path)
    done = replace_damaged(link, early.path, person=NURSE)
    assert link.is_symlink()
    assert done.aside is not None
    assert done.aside.parent == tmp_path
    assert path.stat().st_mode & 0o777 == 0o660
    assert check_file(link).is_whole


def test_that_a_backup_that_goes_meanwhile_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, early, _ = damaged_study(tmp_path)
    before, real = digest(path), replacing.check_file

    def then_gone(file: Path, key: Key) -> object:
        report = real(file, key)
        file.unlink()
        return report

    monkeypatch.setattr(replacing, "check_file", then_gone)
    assert code_of(lambda: replace_damaged(path, early.path, person=NURSE)) == "file_not_found"
    assert digest(path) == before


def test_that_a_study_whose_place_cannot_be_looked_at_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, early, _ = damaged_study(tmp_path)

    def gone(*_: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(replacing, "read_file", gone)
    assert code_of(lambda: replace_damaged(path, early.path, person=NURSE)) == "file_unreadable"


def test_that_a_study_of_many_restores_lists_what_each_left_behind(tmp_path: Path) -> None:
    path, early, late = damaged_study(tmp_path)
    replace_damaged(path, early.path, person=NURSE)
    with Study.open(path, person=NURSE) as study:
        edit(study, 7.0)
        middle = backed_up(study)
    path.write_bytes(b"")
    replace_damaged(path, early.path, person=NURSE)
    with Study.open(path, person=NURSE, read_only=True) as study:
        found = {each.path: (each.is_abandoned, each.changes_since) for each in study.backups()}
    assert found == {early.path: (False, 1), middle.path: (True, None), late.path: (True, None)}
    assert check_file(path).is_whole


def test_that_a_folder_of_the_name_of_the_study_is_left_alone(tmp_path: Path) -> None:
    path, early, _ = damaged_study(tmp_path)
    path.unlink()
    path.mkdir()
    assert code_of(lambda: replace_damaged(path, early.path, person=NURSE)) == "target_is_folder"
    assert path.is_dir()


def test_that_a_study_keeps_its_name_where_the_new_one_cannot_take_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, early, _ = damaged_study(tmp_path)
    path.with_name(path.name + "-journal").write_bytes(b"half an act")
    before = digest(path)
    real = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if self.name.endswith(".restore"):
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    assert code_of(lambda: replace_damaged(path, early.path, person=NURSE)) == "file_read_only"
    assert digest(path) == before
    assert path.with_name(path.name + "-journal").read_bytes() == b"half an act"


def test_that_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    backup = closed_study(tmp_path)
    away = tmp_path / "away" / "study.esk"
    assert code_of(lambda: replace_damaged(away, backup, person=NURSE)) == "folder_missing"


def test_that_the_backups_of_a_replaced_study_are_listed_with_what_was_left_behind(tmp_path: Path) -> None:
    path, early, late = damaged_study(tmp_path)
    replace_damaged(path, early.path, person=NURSE)
    found = {each.path: each for each in list_backups(path, backup_folder(path))}
    assert found[late.path].is_abandoned
    assert found[early.path] == replace(found[early.path], changes_since=1, is_abandoned=False, fault=None)


def test_that_what_a_restore_left_behind_stays_thirty_days_and_stands_for_no_other(tmp_path: Path) -> None:
    """Two ways that the study went on one day: the one it goes on from keeps its backup, and the other for a while."""
    folder, now = tmp_path / "study.esk-backups", datetime.now(UTC)
    morning = (now - timedelta(days=9)).replace(hour=8, minute=0, second=0, microsecond=0)
    with new_study(tmp_path) as study:
        first = make_backup(study.path, PUBLIC, folder, morning)
        left: list[Backup | None] = []
        for hours in (1, 2, 3):
            edit(study, hours / 2)
            left.append(make_backup(study.path, PUBLIC, folder, morning + timedelta(hours=hours)))
    assert first is not None
    study.path.write_bytes(b"")
    replace_damaged(study.path, first.path, person=NURSE)
    with Study.open(study.path, person=NURSE) as study:
        ours = make_backup(study.path, PUBLIC, folder, morning + timedelta(hours=4))
        edit(study, 4.0)
        newest = make_backup(study.path, PUBLIC, folder, now)
    assert ours is not None
    assert newest is not None
    assert prune(study.path, folder, PUBLIC, now) == ()
    assert prune(study.path, folder, PUBLIC, now + timedelta(days=29)) == ()
    gone = prune(study.path, folder, PUBLIC, now + timedelta(days=31))
    assert set(gone) == {each.path for each in (first, *left[:2]) if each is not None}
    assert ours.path.exists()  # the last of its week, on the way that the study went on
