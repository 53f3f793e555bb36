"""Another passphrase, or none any more: the old file or the new one, whole, whatever comes between."""

from __future__ import annotations

import contextlib
import random
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sql

from esk_engine import study_file
from esk_engine.errors import Fault
from esk_engine.records import Patient
from esk_engine.study import Key, Study
from esk_engine.study.backed import replace_damaged
from esk_engine.study.keyed import Keyed
from esk_engine.study_file import backup, rekey
from esk_engine.study_file.backup import backup_folder, list_backups, make_backup
from esk_engine.study_file.check import check_file
from esk_engine.study_file.connection import PUBLIC, opens_as_typed
from esk_engine.study_file.keys import is_protected, unlock
from tests.engine.builders import patient
from tests.engine.study_file.helpers import NURSE, closed_study, digest, new_study, python, two_patients

OLD, NEW = "oud geheim", "nieuw geheim é"


def protected(folder: Path, name: str = "study.esk", patients: list[Patient] | None = None) -> Study:
    key = Key.of_passphrase(OLD)
    return Study.create(folder / name, person=NURSE, patients=patients or two_patients(), key=key)


def key_of(path: Path) -> tuple[str, Key]:
    """Which of the passphrases opens a file, "" for none needed, and its key."""
    if not is_protected(path):
        return "", PUBLIC
    for text in (OLD, NEW):
        with contextlib.suppress(Fault):
            return text, unlock(path, text)
    raise AssertionError("no key opens the file")


def beside(path: Path) -> list[str]:
    """What there is in the study's folder but the study, its lock, journal and backups."""
    known = {path.name, path.name + ".lock", path.name + "-journal", path.name + "-backups"}
    return sorted(entry.name for entry in path.parent.iterdir() if entry.name not in known)


# -- set, changed, taken away ------------------------------------------------------------------------------------------


def test_that_a_passphrase_is_set_changed_and_taken_away_and_the_data_stay(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        path, before = study.path, study.patients
        assert (study.has_passphrase, study.recovery_key, study.check_key("")) == (False, "", False)
        first = study.change_passphrase(OLD)
        assert (study.has_passphrase, study.recovery_key) == (True, first)
        assert [study.check_key(text) for text in (OLD, first, OLD.upper(), "")] == [True, True, False, False]
        study.add_patient({"study_no": "P3"}).saved.result(5)
        second = study.change_passphrase(NEW, "verloren briefje")
        assert [study.check_key(text) for text in (OLD, first, NEW, second)] == [False, False, True, True]
        study.add_patient({"study_no": "P4"}).saved.result(5)
    assert beside(path) == []
    for text in (NEW, second):
        with Study.open(path, person=NURSE, key=unlock(path, text)) as study:
            assert study.patients[:2] == before
            assert [one.study_no for one in study.patients] == ["P01", "P02", "P3", "P4"]
    for text in (OLD, first):
        with pytest.raises(Fault, match="key_wrong"):
            unlock(path, text)
    assert check_file(path, unlock(path, NEW)).is_whole
    with Study.open(path, person=NURSE, key=unlock(path, NEW)) as study:
        assert study.change_passphrase(None) == ""
        assert not study.has_passphrase
        study.add_patient({"study_no": "P5"}).saved.result(5)
        told = [(line.old, line.new, line.reason, line.person) for line in study.log() if line.kind == "passphrase"]
    yes = '"yes"'
    assert told == [(None, yes, None, "AB"), (yes, yes, "verloren briefje", "AB"), (yes, None, None, "AB")]
    assert check_file(path).is_whole
    assert len(Study.open(path, person=NURSE, read_only=True).patients) == 5


def test_that_a_file_with_a_passphrase_shows_nothing_of_what_it_holds(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        study.add_patient({"study_no": "P3", "remarks": "Wezenlijk-7731"}).saved.result(5)
        study.change_passphrase(OLD)
        assert b"Wezenlijk-7731" not in study.path.read_bytes()


def test_that_what_was_done_before_can_be_taken_back_after(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        study.add_patient({"study_no": "P3"}).saved.result(5)
        study.change_passphrase(OLD)
        study.undo().result(5)
        assert [one.study_no for one in study.patients] == ["P01", "P02"]
        assert not study.can_undo  # a passphrase is no edit
        path = study.path
    assert check_file(path, unlock(path, OLD)).is_whole


def test_that_a_role_is_logged_before_the_change(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with Study.open(path, person=type(NURSE)("XY", "researcher")) as study:
        study.change_passphrase(OLD)
        assert [line.kind for line in study.log()[-2:]] == ["person", "passphrase"]
        assert study.people["XY"] == "researcher"
    assert check_file(path, unlock(path, OLD)).is_whole


def test_that_what_is_no_passphrase_changes_nothing(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        before = digest(study.path)
        for new, code in ((" ", "passphrase_form"), ("a\nb", "passphrase_form"), (None, "passphrase_none")):
            with pytest.raises(Fault, match=code):
                study.change_passphrase(new)
        assert digest(study.path) == before


def test_that_who_may_only_read_or_has_not_the_role_changes_no_passphrase(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    before = digest(path)
    reading = Study.open(path, person=NURSE, read_only=True)
    with pytest.raises(Fault, match="read_only_study"):
        reading.change_passphrase(NEW)
    follower = Study.open(path, person=NURSE, follow=True)
    follower.release()
    with Study.open(path, person=NURSE), pytest.raises(Fault, match="file_locked"):
        follower.change_passphrase(NEW)
    assert digest(path) == before


def test_that_a_follower_takes_the_role_and_catches_up_first(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    writing = Study.open(path, person=NURSE)
    follower = Study.open(path, person=NURSE, follow=True)
    writing.add_patient({"study_no": "P3"}).saved.result(5)
    writing.close()
    follower.change_passphrase(NEW)
    assert [one.study_no for one in follower.patients] == ["P01", "P02", "P3"]
    follower.close()
    assert check_file(path, unlock(path, NEW)).is_whole


def test_that_a_link_to_a_study_stays_a_link_and_the_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    real = closed_study(tmp_path / "share")
    real.chmod(0o640)
    link = tmp_path / "study.esk"
    link.symlink_to(real)
    with Study.open(link, person=NURSE) as study:
        study.change_passphrase(NEW)
        study.add_patient({"study_no": "P3"}).saved.result(5)
    assert link.is_symlink()
    assert check_file(real, unlock(real, NEW)).lines == check_file(link, unlock(link, NEW)).lines
    assert real.stat().st_mode & 0o777 == 0o640
    assert beside(real) == []


# -- others who have it open -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("new", [NEW, None])
def test_that_a_follower_with_the_old_key_is_told_calmly_and_keeps_what_it_shows(
    tmp_path: Path, new: str | None
) -> None:
    writing = protected(tmp_path)
    follower = Study.open(writing.path, person=NURSE, follow=True, key=unlock(writing.path, OLD))
    writing.change_passphrase(new)
    with pytest.raises(Fault, match="key_changed"):
        follower.poll()
    assert len(follower.patients) == 2
    writing.close()
    with pytest.raises(Fault, match="key_changed"):
        follower.add_patient({"study_no": "P3"})
    follower.close()
    assert [one.study_no for one in follower.patients] == ["P01", "P02"]


def test_that_a_study_that_others_read_can_still_be_exchanged(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    stop, faults = threading.Event(), list[str]()

    def read() -> None:
        while not stop.is_set():
            try:
                assert check_file(study.path).is_whole
            except Fault as fault:
                faults.append(fault.code)

    thread = threading.Thread(target=read)
    thread.start()
    time.sleep(0.1)
    study.change_passphrase(NEW)
    stop.set()
    thread.join()
    study.close()
    assert set(faults) <= {"key_needed", "key_changed"}
    assert check_file(study.path, unlock(study.path, NEW)).is_whole


def test_that_the_study_is_busy_meanwhile_and_keeps_the_role(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    arrived, go_on = threading.Event(), threading.Event()

    def pause(done: int, total: int) -> None:
        arrived.set()
        go_on.wait(10)

    job = threading.Thread(target=study.change_passphrase, args=(NEW,), kwargs={"on_progress": pause})
    job.start()
    assert arrived.wait(10)
    with pytest.raises(Fault, match="study_busy"):
        study.add_patient({"study_no": "P3"})
    study.release()
    assert study.is_writer
    go_on.set()
    job.join()
    study.add_patient({"study_no": "P3"}).saved.result(5)
    study.close()
    assert check_file(study.path, unlock(study.path, NEW)).is_whole


def test_that_closing_waits_for_the_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = protected(tmp_path)
    arrived = threading.Event()
    real = rekey.sync_folder

    def slow(folder: Path) -> None:
        arrived.set()
        time.sleep(0.3)
        real(folder)

    monkeypatch.setattr(rekey, "sync_folder", slow)
    job = threading.Thread(target=study.change_passphrase, args=(NEW,))
    job.start()
    assert arrived.wait(10)
    study.close()
    job.join()
    assert key_of(study.path)[0] == NEW
    assert beside(study.path) == []


# -- cut off -----------------------------------------------------------------------------------------------------------

CUT_OFF = """
import os, sys
from pathlib import Path
from esk_engine.study import Person, Study
from esk_engine.study_file import rekey
from esk_engine.study_file.keys import unlock
path, name, when, new = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
real = getattr(rekey, name)
def cut(*arguments):
    if when == "before":
        os._exit(9)
    found = real(*arguments)
    os._exit(9)
setattr(rekey, name, cut)
study = Study.open(path, person=Person("AB"), key=unlock(path, "oud geheim"))
study.change_passphrase(new or None)
print("not cut off", flush=True)
"""
STEPS = [
    (name, when, NEW) for name in ("_copy", "_tell", "_verify", "_sync", "_replace") for when in ("before", "after")
]
STEPS += [("sync_folder", "after", NEW), ("_verify", "after", ""), ("_replace", "after", "")]


@pytest.mark.parametrize(("name", "when", "new"), STEPS)
def test_that_whatever_step_it_is_cut_off_at_the_old_or_the_new_file_is_there_whole(
    tmp_path: Path, name: str, when: str, new: str
) -> None:
    study = protected(tmp_path)
    study.close()
    with python(CUT_OFF, study.path, name, when, new) as process:
        assert process.stdout is not None
        assert process.stdout.read() == ""
    assert process.returncode == 9
    is_done = name == "sync_folder" or (name, when) == ("_replace", "after")
    found, key = key_of(study.path)
    assert found == (new if is_done else OLD)
    assert check_file(study.path, key).is_whole
    with Study.open(study.path, person=NURSE, key=key) as again:
        assert beside(study.path) == ["study.esk.who"]
        assert [one.study_no for one in again.patients] == ["P01", "P02"]
        assert len([line for line in again.log() if line.kind == "passphrase"]) == (2 if is_done else 1)
        again.add_patient({"study_no": "P3"}).saved.result(5)
        again.change_passphrase(NEW)


KILLED = """
import sys
from pathlib import Path
from esk_engine.study import Person, Study
from esk_engine.study_file.keys import unlock
path = Path(sys.argv[1])
study = Study.open(path, person=Person("AB"), key=unlock(path, "oud geheim"))
new, old = "nieuw geheim é", "oud geheim"
while True:
    print(study.add_patient({"study_no": f"X{study.version}"}).saved.result(), flush=True)
    study.change_passphrase(new)
    print(study.add_patient({"study_no": f"X{study.version}"}).saved.result(), flush=True)
    study.change_passphrase(old)
"""


@pytest.mark.parametrize("seed", range(3))
def test_that_a_killed_change_of_passphrase_loses_nothing(tmp_path: Path, seed: int) -> None:
    study = protected(tmp_path, patients=[patient(f"P{i}", age_years=50) for i in range(1, 40)])
    study.close()
    with python(KILLED, study.path) as process:
        assert process.stdout is not None
        promised = int(process.stdout.readline())
        time.sleep(random.Random(seed).uniform(0.0, 1.5))
        process.kill()
        promised = max(promised, *(int(line) for line in process.stdout.read().splitlines() if line), promised)
    _, key = key_of(study.path)
    report = check_file(study.path, key)
    assert report.is_whole
    assert report.lines >= promised
    with Study.open(study.path, person=NURSE, key=key):
        assert beside(study.path) == ["study.esk.who"]


# -- what keeps it from being done -------------------------------------------------------------------------------------


def unchanged(study: Study, code: str, call: Callable[[], object] | None = None) -> Fault:
    """The fault that changing raises; the study is as it was, goes on under its old key, and nothing is left."""
    before = digest(study.path)
    with pytest.raises(Fault) as caught:
        (call or (lambda: study.change_passphrase(NEW)))()
    assert caught.value.code == code
    assert digest(study.path) == before
    assert [name for name in beside(study.path) if "rekey" in name] == []
    assert study.check_key(OLD)
    return caught.value


@pytest.mark.parametrize("step", ["rwc", "rw"], ids=["the copy", "its line of the log"])
def test_that_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    study = protected(tmp_path)
    real = rekey.connect

    def small(path: Path, key: Key, mode: str) -> sql.Connection:
        connection = real(path, key, mode)
        if mode == step:
            connection.execute("PRAGMA max_page_count = 9")
        return connection

    monkeypatch.setattr(rekey, "connect", small)
    unchanged(study, "file_full", lambda: study.change_passphrase(NEW, "because " * 5000))
    monkeypatch.undo()
    study.add_patient({"study_no": "P3"}).saved.result(5)
    study.change_passphrase(NEW)
    study.close()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device"), "file_full"),
        (OSError(30, "Read-only file system"), "file_read_only"),
        (OSError(5, "Input/output error"), "file_unreadable"),
        (PermissionError(13, "Permission denied"), "rekey_held"),
    ],
)
def test_that_what_keeps_the_new_file_from_its_name_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, code: str
) -> None:
    study = protected(tmp_path)
    real = Path.replace

    def fails(self: Path, target: Any) -> Path:
        if self.name.endswith(".rekey"):
            raise error
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    monkeypatch.setattr(rekey, "HELD_SECONDS", 0.2)
    unchanged(study, code)
    study.add_patient({"study_no": "P3"}).saved.result(5)
    study.close()
    assert check_file(study.path, unlock(study.path, OLD)).is_whole


def test_that_whoever_holds_the_old_file_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = protected(tmp_path)
    real, times = Path.replace, [3]

    def held(self: Path, target: Any) -> Path:
        if self.name.endswith(".rekey") and times[0]:
            times[0] -= 1
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    study.change_passphrase(NEW)
    study.close()
    assert key_of(study.path)[0] == NEW


def test_that_a_share_that_does_not_tell_that_it_replaced_the_file_is_believed_by_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = protected(tmp_path)
    real = Path.replace

    def mute(self: Path, target: Any) -> Path:
        real(self, target)
        if self.name.endswith(".rekey"):
            raise OSError(5, "Input/output error")
        return self

    monkeypatch.setattr(Path, "replace", mute)
    study.change_passphrase(NEW)
    study.add_patient({"study_no": "P3"}).saved.result(5)
    study.close()
    assert key_of(study.path)[0] == NEW


def test_that_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    study = protected(tmp_path)
    tmp_path.chmod(0o555)
    try:
        unchanged(study, "file_read_only")
    finally:
        tmp_path.chmod(0o755)
    study.close()


def test_that_a_folder_that_vanished_is_named_and_the_study_goes_on_when_it_is_back(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    study = protected(tmp_path / "share")
    (tmp_path / "share").rename(tmp_path / "away")
    with pytest.raises(Fault, match="file_vanished"):
        study.change_passphrase(NEW)
    (tmp_path / "away").rename(tmp_path / "share")
    study.change_passphrase(NEW)
    study.close()
    assert key_of(study.path)[0] == NEW


def test_that_a_new_file_that_does_not_read_back_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = protected(tmp_path)
    real = rekey._tell

    def torn(beside: Path, *arguments: Any) -> Any:
        found = real(beside, *arguments)
        content = bytearray(beside.read_bytes())
        content[5 * 4096 + 99] ^= 1
        beside.write_bytes(content)
        return found

    def bent(beside: Path, key: Key, *arguments: Any) -> Any:
        found = real(beside, key, *arguments)
        with contextlib.closing(rekey.connect(beside, key, "rw")) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'person'")
        return found

    def short(*arguments: Any) -> Any:
        return replace(real(*arguments), hash="")

    for wrong in (torn, bent, short):
        monkeypatch.setattr(rekey, "_tell", wrong)
        unchanged(study, "rekey_unverified")
    monkeypatch.setattr(rekey, "_tell", real)
    monkeypatch.setattr(rekey, "opens_as_typed", lambda *_: False)
    assert unchanged(study, "rekey_unverified").params["detail"] == "passphrase"
    study.close()


def test_that_a_page_that_reads_as_zeros_while_it_is_copied_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = [patient("P01", remarks="x" * 20_000), patient("P02", remarks="y" * 20_000)]
    study = protected(tmp_path, patients=long)
    real, same, whole = rekey._unsafe, rekey._are_the_same, study.path.read_bytes()

    def flickers(path: Path, key: Key, mode: str) -> Any:
        if mode == "rwc":  # whole when it was looked at, not any more when it is copied
            with study.path.open("rb+") as file:
                file.seek(at)
                file.write(bytes([whole[at] ^ 1]))
        return real(path, key, mode)

    def recovers(*connections: sql.Connection) -> bool:
        study.path.write_bytes(whole)
        return same(*connections)

    monkeypatch.setattr(rekey, "_unsafe", flickers)
    for page in (*range(1, 22, 5), *range(25, 40, 4)):  # those that nothing but the copy has read by then
        at = page * 4096 + 99
        for compare, code in ((same, "file_damaged"), (recovers, "rekey_unverified")):
            monkeypatch.setattr(rekey, "_are_the_same", compare)
            with pytest.raises(Fault, match=code):
                study.change_passphrase(NEW)
            study.path.write_bytes(whole)
    monkeypatch.undo()
    study.change_passphrase(NEW)
    study.close()
    assert key_of(study.path)[0] == NEW


def test_that_a_damaged_study_is_not_carried_over(tmp_path: Path) -> None:
    study = protected(tmp_path)
    content = bytearray(study.path.read_bytes())
    content[7 * 4096 + 99] ^= 1
    study.path.write_bytes(content)
    unchanged(study, "file_damaged")
    study.close(discard=True)


def test_that_a_study_that_was_exchanged_for_another_meanwhile_is_left_alone(tmp_path: Path) -> None:
    study = protected(tmp_path)
    earlier = study.path.read_bytes()
    study.add_patient({"study_no": "P3"}).saved.result(5)
    study.path.write_bytes(earlier)
    unchanged(study, "file_changed")
    study.close(discard=True)


@pytest.mark.parametrize("is_tidied", [True, False])
def test_that_a_lost_lock_is_noticed_before_the_new_file_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_tidied: bool
) -> None:
    study = protected(tmp_path)
    real = rekey._verify

    def meanwhile(*arguments: Any) -> None:
        real(*arguments)
        shutil.move(tmp_path / "study.esk.lock", tmp_path / "moved.lock")
        with Study.open(study.path, person=NURSE, key=unlock(study.path, OLD)) as other:
            other.add_patient({"study_no": "P3"}).saved.result(5)

    monkeypatch.setattr(rekey, "_verify", meanwhile)
    if not is_tidied:
        monkeypatch.setattr(study_file, "remove_leftovers", lambda _: None)
    with pytest.raises(Fault, match="file_changed"):
        study.change_passphrase(NEW)
    monkeypatch.undo()
    study.close(discard=True)
    assert len(Study.open(study.path, person=NURSE, read_only=True, key=unlock(study.path, OLD)).patients) == 3


def test_that_a_journal_that_holds_anything_forbids_the_exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = protected(tmp_path)
    journal = tmp_path / "study.esk-journal"
    real = rekey._must_end_at

    def with_journal(*arguments: Any) -> None:
        real(*arguments)
        journal.write_bytes(b"x" * 600)

    monkeypatch.setattr(rekey, "_must_end_at", with_journal)
    unchanged(study, "file_needs_recovery")
    journal.unlink()
    monkeypatch.setattr(rekey, "_must_end_at", lambda *_: journal.write_bytes(b""))
    study.change_passphrase(NEW)
    assert not journal.exists()
    study.close()


def test_that_a_folder_that_vanishes_meanwhile_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "share").mkdir()
    study = protected(tmp_path / "share")
    real = rekey._verify

    def vanish(*arguments: Any) -> None:
        real(*arguments)
        (tmp_path / "share").rename(tmp_path / "away")

    monkeypatch.setattr(rekey, "_verify", vanish)
    with pytest.raises(Fault, match="file_vanished"):
        study.change_passphrase(NEW)
    (tmp_path / "away").rename(tmp_path / "share")
    study.add_patient({"study_no": "P3"}).saved.result(20)
    study.close()
    assert key_of(study.path)[0] == OLD
    with Study.open(study.path, person=NURSE, key=unlock(study.path, OLD)):
        assert beside(study.path) == ["study.esk.who"]


def test_that_what_could_not_be_written_yet_is_written_first(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    study = protected(tmp_path / "share")
    study.path.rename(tmp_path / "away.esk")
    study.path.write_bytes(b"x" * 5000)
    (tmp_path / "share" / "study.esk-journal").unlink(missing_ok=True)
    study.add_patient({"study_no": "P3"})
    study.settle()
    with pytest.raises(Fault):
        study.change_passphrase(NEW)
    (tmp_path / "away.esk").replace(study.path)
    study.retry()
    study.settle()
    study.change_passphrase(NEW)
    study.close()
    with Study.open(study.path, person=NURSE, key=unlock(study.path, NEW)) as again:
        assert len(again.patients) == 3


def test_that_only_the_passphrase_itself_opens_a_file_as_typed(tmp_path: Path) -> None:
    study = protected(tmp_path)
    study.close()
    assert [opens_as_typed(study.path, text) for text in (OLD, NEW, "it's")] == [True, False, False]


# -- backups -----------------------------------------------------------------------------------------------------------


def with_backups(study: Study, n: int) -> Path:
    folder = backup_folder(study.path)
    for i in range(n):
        study.add_patient({"study_no": f"B{i}"}).saved.result(5)
        make_backup(study.path, study._key, folder, datetime(2026, 1, 1 + i, tzinfo=UTC))
    return folder


@pytest.mark.parametrize("new", [NEW, None])
def test_that_the_backups_follow_and_open_with_what_the_study_opens_with(tmp_path: Path, new: str | None) -> None:
    study = protected(tmp_path)
    folder = with_backups(study, 3)
    told: list[tuple[int, int]] = []
    recovery = study.change_passphrase(new, on_progress=lambda done, total: told.append((done, total)))
    assert study.stale_backups == ()
    assert told == [(1, 1), (2, 4), (3, 4), (4, 4)]
    study.close()
    files = sorted(folder.glob("*.esk"))
    assert len(files) == 3
    for file in files:
        for key in [unlock(file, NEW), unlock(file, recovery)] if new else [PUBLIC]:
            assert check_file(file, key).is_whole
        if new:
            assert is_protected(file)
    key = unlock(study.path, NEW) if new else PUBLIC
    assert [each.fault for each in list_backups(study.path, folder, key)] == [None] * 3
    assert [entry for entry in folder.iterdir() if entry.name.endswith(".part")] == []


def test_that_a_backup_that_cannot_follow_is_named_and_keeps_its_old_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = protected(tmp_path)
    folder = with_backups(study, 2)
    first, second = sorted(folder.glob("*.esk"))
    real = Path.replace

    def held(self: Path, target: Any) -> Path:
        if first.name in self.name:
            raise PermissionError(13, "in use")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(rekey, "HELD_SECONDS", 0.2)
    study.change_passphrase(NEW)
    assert study.stale_backups == (first,)
    study.close()
    assert (key_of(first)[0], key_of(second)[0]) == (OLD, NEW)


def test_that_backups_that_could_not_be_reached_are_told_as_their_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = protected(tmp_path)
    folder = with_backups(study, 1)

    def away(*_: object) -> None:
        raise Fault("backup_busy", path=str(folder))

    monkeypatch.setattr(backup, "_alone_in", away)
    study.change_passphrase(NEW)
    assert study.stale_backups == (folder,)
    study.close()


def test_that_backups_of_another_study_with_the_same_name_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = new_study(tmp_path / "other")
    foreign = next(with_backups(other, 1).glob("*.esk"))
    other.close()
    study = new_study(tmp_path)
    folder = with_backups(study, 1)
    (folder / foreign.name.replace("2026", "2025")).write_bytes(foreign.read_bytes())
    (folder / "study_2025-01-01T00-00-00Z_5.esk").write_bytes(b"x" * 50_000)
    before = digest(folder / foreign.name.replace("2026", "2025"))
    study.change_passphrase(NEW)
    study.close()
    assert digest(folder / foreign.name.replace("2026", "2025")) == before
    assert study.stale_backups == ()


def test_that_backups_that_stayed_without_the_passphrase_get_it_with_the_next_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = new_study(tmp_path)
    folder = with_backups(study, 2)
    monkeypatch.setattr(Keyed, "_exchange_backups", lambda *_: ())  # as if it was cut off here
    study.change_passphrase(NEW)
    assert [is_protected(file) for file in sorted(folder.glob("*.esk"))] == [False, False]
    study.add_patient({"study_no": "P3"}).saved.result(5)
    assert study.back_up() is not None
    study.close()
    found = list_backups(study.path, folder, unlock(study.path, NEW))
    assert len(found) >= 2  # one of the two of one month is not kept
    assert [(each.fault, is_protected(each.path)) for each in found] == [(None, True)] * len(found)


@pytest.mark.parametrize("new", [NEW, None])
def test_that_a_backup_of_before_the_change_takes_the_place_of_a_damaged_study_and_the_log_says_so(
    tmp_path: Path, new: str | None
) -> None:
    study = protected(tmp_path) if new is None else new_study(tmp_path)
    folder = with_backups(study, 1)
    study.change_passphrase(new)
    study.close()
    (file,) = folder.glob("*.esk")
    study.path.write_bytes(study.path.read_bytes()[:5000])
    key = unlock(file, NEW) if new else PUBLIC
    replace_damaged(study.path, file, person=NURSE, key=key, reason="disk")
    assert check_file(study.path, key).is_whole
    with Study.open(study.path, person=NURSE, key=key) as again:
        lines = [(line.kind, line.new is not None) for line in again.log()[-2:]]
        assert lines == [("restore", True), ("passphrase", new is not None)]
