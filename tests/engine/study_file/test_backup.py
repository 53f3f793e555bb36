"""Backups: made while the study is open, proved before they are named, and removed by nobody else's name."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sql

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.settings import Settings
from esk_engine.study import Key, Person, Study
from esk_engine.study_file import PUBLIC, backup, copying
from esk_engine.study_file.backup import (
    Backup,
    back_up,
    backup_before_migration,
    backup_folder,
    list_backups,
    make_backup,
    prune,
)
from esk_engine.study_file.check import check_file
from esk_engine.study_file.log import Head
from tests.engine.builders import patient, steady
from tests.engine.study_file.helpers import NURSE, closed_study, digest, from_outside, new_study, python, two_patients

NOW = datetime(2026, 11, 22, 18, 5, 12, tzinfo=UTC)
SECRET = Key.of_passphrase("geheim’ó")


def folder_of(path: Path) -> Path:
    return path.with_name(path.name + "-backups")


def make(path: Path, now: datetime = NOW, key: Key = PUBLIC) -> Backup:
    made = make_backup(path, key, folder_of(path), now)
    assert made is not None
    return made


def names(path: Path) -> list[str]:
    """What the folder of backups holds, its lock left out."""
    return sorted(each.name for each in folder_of(path).glob("*") if each.name != ".lock")


def change(study: Study, value: float | None = None) -> int:
    """Change one value; the number of its line."""
    first = study.patients[0]
    new = ((first.get("nrs_end") or 0) + 0.5) % 10 if value is None else value  # type: ignore[operator]
    return study.wait_saved(study.set_value(first.id, Kind.PATIENT, first.id, "nrs_end", new))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Fault) as caught:
        call()
    return caught.value.code


# -- making ------------------------------------------------------------------------------------------------------------


def test_that_a_backup_is_a_study_of_its_own_named_for_when_and_how_far(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        last = change(study)
        made = make(study.path)
        assert made.path == folder_of(study.path) / f"study_2026-11-22T18-05-12Z_{last}.esk"
        assert (made.when, made.seq, made.patients, made.changes_since, made.fault) == (NOW, last, 2, 0, None)
        assert made.size == made.path.stat().st_size
        assert made.head == study.log()[-1].hash
        with Study.open(made.path, person=NURSE, read_only=True) as copy:
            assert copy.patients == study.patients
            assert copy.log() == study.log()
    report = check_file(made.path)
    assert (report.is_whole, report.lines, report.patients) == (True, last, 2)


def test_that_a_backup_goes_on_while_the_study_is_written(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        stop = threading.Event()
        found: list[Backup] = []

        def back_up_again_and_again() -> None:
            while not stop.is_set():
                made = make_backup(study.path, PUBLIC, folder_of(study.path))
                found.extend([made] if made is not None else [])

        worker = threading.Thread(target=back_up_again_and_again)
        worker.start()
        for _ in range(60):
            change(study)
        stop.set()
        worker.join()
    assert found
    lines = {line.seq: line.hash for line in Study.open(study.path, person=NURSE, read_only=True).log()}
    for each in found:
        report = check_file(each.path)
        assert (report.is_whole, report.lines, report.head) == (True, each.seq, lines[each.seq])


def disturbed(study: Study, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Whatever is copied of the study, it is written again before the copy is done."""
    for name, value in (("STEP_PAGES", 4), ("_PAUSE", 0.0), ("_BEGINNINGS", most)):
        monkeypatch.setattr(copying, name, value)
    watch, seen = copying._Watch.__call__, list[int]()  # type: ignore[attr-defined]

    def disturb(self: object, status: int, left: int, total: int) -> None:
        seen.append(left)
        if len(seen) % 3 == 0:
            change(study)
        watch(self, status, left, total)  # type: ignore[arg-type]

    monkeypatch.setattr(copying._Watch, "__call__", disturb)  # type: ignore[attr-defined]


def test_that_a_backup_that_is_disturbed_again_and_again_ends_in_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_study(tmp_path) as study:
        disturbed(study, monkeypatch, most=2)
        made = make(study.path)
        assert check_file(made.path).is_whole
        assert made.seq == study.version


def test_that_one_backup_of_one_state_is_enough(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        make(study.path)
        assert make_backup(study.path, PUBLIC, folder_of(study.path), NOW + timedelta(days=1)) is None
        change(study)
        assert make_backup(study.path, PUBLIC, folder_of(study.path), NOW) is not None


def test_that_a_damaged_backup_of_one_state_is_not_enough(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    damaged = make(path).path
    damaged.write_bytes(b"\0" * damaged.stat().st_size)
    again = make(path)
    assert again.path != damaged
    assert again.when == NOW + timedelta(seconds=1)  # a name that is free, in the same second
    assert check_file(again.path).is_whole


def test_that_two_backups_in_one_second_are_two(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        first = make(study.path)
        change(study)
        second = make(study.path)
    assert first.when == second.when
    assert [each.seq for each in list_backups(study.path, folder_of(study.path))] == [second.seq, first.seq]


def test_that_a_passphrase_opens_the_backup_as_it_opens_the_study(tmp_path: Path) -> None:
    study = Study.create(tmp_path / "s.esk", person=NURSE, patients=two_patients(), key=SECRET)
    with study:
        made = make(study.path, key=SECRET)
    assert made.patients == 2
    with Study.open(made.path, person=NURSE, read_only=True, key=SECRET) as copy:
        assert len(copy.patients) == 2
    assert code_of(lambda: Study.open(made.path, person=NURSE, read_only=True)) == "key_needed"
    assert made.path.read_bytes()[:16] == study.path.read_bytes()[:16]


def test_that_a_study_with_a_very_long_name_has_backups_too(tmp_path: Path) -> None:
    with new_study(tmp_path, "ä" * 110 + ".esk") as study:
        made = back_up(study.path, PUBLIC, NOW)
        assert made is not None
        change(study)
        assert back_up(study.path, PUBLIC, NOW) is not None
        assert len(list_backups(study.path, folder_of(study.path))) == 2


@pytest.mark.skipif(os.name == "nt", reason="rights are other things there")
@pytest.mark.parametrize(("own", "copied"), [(0o600, 0o600), (0o660, 0o660), (0o444, 0o644)])
def test_that_a_backup_is_for_the_eyes_that_the_study_is_for(tmp_path: Path, own: int, copied: int) -> None:
    path = closed_study(tmp_path)
    path.chmod(own)
    assert make(path).path.stat().st_mode & 0o777 == copied


def test_that_backups_are_made_where_the_setting_says(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    settings = Settings(backup_folder=str(elsewhere))
    with Study.create(tmp_path / "s.esk", person=NURSE, patients=two_patients(), settings=settings) as study:
        made = study.back_up()
        assert made is not None
        assert made.path.parent == elsewhere / "s.esk-backups" == study.backup_folder
        assert [each.path for each in study.backups()] == [made.path]
    assert backup_folder(study.path) == tmp_path / "s.esk-backups"
    assert backup_folder(study.path, " ") == tmp_path / "s.esk-backups"
    assert backup_folder(study.path, "under") == tmp_path / "under" / "s.esk-backups"


def test_that_a_study_of_an_older_form_is_backed_up_as_it_is_before_it_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "old.esk"
    shutil.copy(Path(__file__).with_name("files") / "version_1.esk", path)
    before = digest(path)
    made = backup_before_migration(path, PUBLIC)
    assert made is not None
    assert digest(path) == before
    with from_outside(made.path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


# -- when it cannot be made --------------------------------------------------------------------------------------------


def test_that_a_folder_that_is_not_there_is_not_made_anew(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    away = tmp_path / "share" / "study.esk-backups"
    assert code_of(lambda: make_backup(path, PUBLIC, away)) == "backup_folder_missing"
    assert not away.parent.exists()


@pytest.mark.skipif(os.name == "nt", reason="a folder's own attribute means something else there")
def test_that_a_read_only_folder_is_told(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    marked = tmp_path / "marked"
    marked.mkdir()
    marked.chmod(0o555)
    try:
        assert code_of(lambda: make_backup(path, PUBLIC, marked)) == "backup_folder_read_only"
        assert code_of(lambda: make_backup(path, PUBLIC, marked / "deeper")) == "backup_folder_read_only"
        assert list(marked.iterdir()) == []
    finally:
        marked.chmod(0o755)


def test_that_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    folder_of(path).write_text("", encoding="utf-8")
    assert code_of(lambda: make_backup(path, PUBLIC, folder_of(path))) == "backup_failed"
    assert list_backups(path, folder_of(path)) == ()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "backup_full"),
        (errno.EDQUOT, "backup_full"),
        (errno.EROFS, "backup_folder_read_only"),
        (errno.EIO, "backup_failed"),
    ],
)
def test_that_what_keeps_a_backup_from_the_disk_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    path = closed_study(tmp_path)
    before = digest(path)

    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    assert code_of(lambda: make(path)) == code
    assert names(path) == []
    assert digest(path) == before


def test_that_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    path = closed_study(tmp_path)
    before = digest(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard))  # no file may grow beyond: as near as it comes to full
    try:
        code = code_of(lambda: make(path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, kept)
    assert code in ("backup_full", "backup_failed")
    assert names(path) == []
    assert digest(path) == before


def test_that_a_study_with_damage_to_any_page_is_not_backed_up(tmp_path: Path) -> None:
    """SQLite copies a page that does not carry its seal as zeros, under a seal of its own: whole, and wrong."""
    long = [patient(f"P{n}", steady(), remarks="x" * 900) for n in range(8)]  # their log lines run over several pages
    with Study.create(tmp_path / "s.esk", person=NURSE, patients=long) as study:
        study.wait_saved(study.delete_patient(study.patients[3].id))  # and some pages are free
    whole = study.path.read_bytes()
    for place in range(900, len(whole), 4096):
        raw = bytearray(whole)
        raw[place] ^= 1
        study.path.write_bytes(raw)
        assert code_of(lambda: make(study.path)) == "file_damaged"
        assert names(study.path) == []


def test_that_a_study_that_is_gone_is_told(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    path.unlink()
    assert code_of(lambda: make(path)) in ("file_not_found", "file_vanished")
    assert list_backups(path, folder_of(path)) == ()


def test_that_a_copy_that_came_out_damaged_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = closed_study(tmp_path)
    copy = copying._copy  # type: ignore[attr-defined]

    def spoilt(connection: Any, source: Path, key: Key, target: Path) -> None:
        copy(connection, source, key, target)
        raw = bytearray(target.read_bytes())
        raw[9000] ^= 4
        target.write_bytes(raw)

    monkeypatch.setattr(copying, "_copy", spoilt)
    assert code_of(lambda: make(path)) == "backup_failed"
    assert names(path) == []


def test_that_half_a_backup_of_a_program_that_was_killed_goes_with_the_next_one(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    folder_of(path).mkdir()
    half = folder_of(path) / ".study.esk.0123abcd.part"
    others = [".study.esk.0123abcd.parts", "study.esk.part", "notes.part", ".study.esk.xyz.part"]
    for name in (half.name, *others):
        (folder_of(path) / name).write_bytes(b"half")
    make(path)
    assert not half.exists()
    assert set(others) < set(names(path))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SQLITE_FULL", "backup_full"),
        ("SQLITE_READONLY_DBMOVED", "backup_folder_read_only"),
        ("SQLITE_IOERR_WRITE", "backup_failed"),
        ("SQLITE_BUSY", "file_busy"),
        ("SQLITE_CORRUPT", "file_damaged"),
    ],
)
def test_that_what_sqlite_says_in_the_middle_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str
) -> None:
    path = closed_study(tmp_path)

    def fail(*_: object) -> None:
        error = sql.OperationalError("as SQLite says it")
        error.sqlite_errorname = name
        raise error

    monkeypatch.setattr(copying._Watch, "__call__", fail)  # type: ignore[attr-defined]
    assert code_of(lambda: make(path)) == code
    assert names(path) == []
    monkeypatch.undo()
    make(path)


@pytest.mark.parametrize(("gone", "code"), [("folder", "backup_folder_missing"), ("study", "file_vanished")])
def test_that_what_vanishes_in_the_middle_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str, code: str
) -> None:
    path = closed_study(tmp_path)

    def vanish(*_: object) -> None:
        folder_of(path).rename(tmp_path / "moved") if gone == "folder" else path.rename(tmp_path / "moved")
        error = sql.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR"
        raise error

    monkeypatch.setattr(copying._Watch, "__call__", vanish)  # type: ignore[attr-defined]
    assert code_of(lambda: make(path)) == code


@pytest.mark.parametrize("at", ["beginning", "end"])
def test_that_a_folder_that_goes_while_it_is_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    path = closed_study(tmp_path)

    def vanish(*_: object) -> None:
        folder_of(path).rename(tmp_path / "moved")
        raise Fault("file_vanished", path="") if at == "beginning" else OSError(errno.EIO, "input/output error")

    if at == "beginning":
        monkeypatch.setattr(copying, "connect", vanish)
    else:
        make(path)
        shutil.rmtree(folder_of(path))
        folder_of(path).mkdir()
        monkeypatch.setattr(os, "fsync", vanish)
    assert code_of(lambda: make(path)) == "backup_folder_missing"


def test_that_a_study_that_is_held_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = closed_study(tmp_path)
    watch = copying._Watch.__call__  # type: ignore[attr-defined]

    def held(self: object, status: int, left: int, total: int) -> None:
        watch(self, sql.SQLITE_BUSY, left, total)  # type: ignore[arg-type]

    monkeypatch.setattr(copying._Watch, "__call__", held)  # type: ignore[attr-defined]
    assert code_of(lambda: make(path)) == "file_busy"
    assert names(path) == []


def test_that_a_large_study_that_is_written_without_end_is_told_rather_than_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_study(tmp_path) as study:
        disturbed(study, monkeypatch, most=2)
        monkeypatch.setattr(copying, "_LONGEST_PIECE", 0.0)
        assert code_of(lambda: make(study.path)) == "file_busy"
        assert names(study.path) == []
        change(study)


def test_that_two_programs_do_not_back_up_into_one_folder_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = closed_study(tmp_path)
    folder_of(path).mkdir()
    script = (
        "import sys; from filelock import FileLock\n"
        "with FileLock(sys.argv[1]): print('held', flush=True); sys.stdin.readline()"
    )
    other = python(script, folder_of(path) / ".lock")
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        monkeypatch.setattr(backup, "_WAIT_SECONDS", 0.2)
        assert code_of(lambda: make(path)) == "backup_busy"
    finally:
        other.communicate("\n", timeout=30)
    make(path)


def test_that_a_folder_without_locks_takes_backups_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import filelock

    def no_locks(*_: object, **__: object) -> None:
        raise NotImplementedError

    path = closed_study(tmp_path)
    monkeypatch.setattr(filelock.FileLock, "acquire", no_locks)
    assert check_file(make(path).path).is_whole


def test_that_a_folder_that_takes_no_lock_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import filelock

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "not here")

    path = closed_study(tmp_path)
    monkeypatch.setattr(filelock.FileLock, "acquire", refused)
    assert code_of(lambda: make(path)) == "backup_folder_read_only"


def test_that_a_backup_that_cannot_be_begun_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    path = closed_study(tmp_path)
    folder_of(path).mkdir()
    monkeypatch.setattr(Path, "touch", refused)
    monkeypatch.setattr(backup, "_alone_in", nullcontext)
    assert code_of(lambda: make(path)) == "backup_full"
    assert names(path) == []


def test_that_a_backup_that_cannot_be_named_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    path = closed_study(tmp_path)
    monkeypatch.setattr(Path, "rename", refused)
    assert code_of(lambda: make(path)) == "backup_failed"
    assert names(path) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [("file_full", "backup_full"), ("file_read_only", "backup_folder_read_only"), ("file_unreadable", "backup_failed")],
)
def test_that_a_copy_that_cannot_be_begun_is_told_of_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, code: str
) -> None:
    def refused(target: Path, *_: object) -> None:
        raise Fault(said, path=str(target), detail="")

    path = closed_study(tmp_path)
    monkeypatch.setattr(copying, "connect", refused)
    with pytest.raises(Fault) as caught:
        make(path)
    assert (caught.value.code, caught.value.params["path"]) == (code, str(folder_of(path)))


def test_that_a_copy_that_ends_otherwise_than_the_study_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = closed_study(tmp_path)
    monkeypatch.setattr(copying, "_verified", lambda *_: Head(3, 1, "f" * 64))
    assert code_of(lambda: make(path)) == "backup_failed"
    monkeypatch.setattr(copying, "_verified", lambda *_: Head(9999, 1, "f" * 64))
    assert code_of(lambda: make(path)) == "backup_failed"
    assert names(path) == []


def test_that_a_page_seen_while_it_was_written_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = closed_study(tmp_path)
    real, seen = copying.damaged_pages, list[int]()

    def at_first(connection: Any) -> tuple[str, ...]:
        seen.append(1)
        return ("half written",) if len(seen) == 1 else real(connection)

    monkeypatch.setattr(copying, "damaged_pages", at_first)
    assert check_file(make(path).path).is_whole


def test_that_a_name_that_can_be_no_folder_is_told(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    odd = tmp_path / "a\0b" / "study.esk-backups"
    assert code_of(lambda: make_backup(path, PUBLIC, odd)) == "backup_folder_missing"
    assert code_of(lambda: make_backup(path, PUBLIC, odd.parent)) == "backup_folder_missing"
    assert code_of(lambda: list_backups(path, odd)) == "backup_folder_unreadable"


# -- listing -----------------------------------------------------------------------------------------------------------


def test_that_backups_are_listed_newest_first_with_what_was_done_since(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        first = make(study.path)
        change(study)
        change(study)
        study.wait_saved(study.add_patient({"study_no": "P03"}).saved)
        second = make(study.path, NOW + timedelta(hours=1))
        change(study)
        found = list_backups(study.path, folder_of(study.path))
    assert [each.path for each in found] == [second.path, first.path]
    assert [each.patients for each in found] == [3, 2]
    assert [each.changes_since for each in found] == [1, 4]


def test_that_a_clock_set_back_leaves_the_order(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        first = make(study.path)
        change(study)
        second = make(study.path, NOW - timedelta(days=365))
    assert [each.path for each in list_backups(study.path, folder_of(study.path))] == [second.path, first.path]


def test_that_only_our_own_naming_is_a_backup(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    made = make(path)
    for name in (
        "study.esk",
        "study_2026-11-22T18-05-12Z_12.esk.part",
        "study_2026-11-22T18-05-12Z_012.esk",
        "study_2026-13-22T18-05-12Z_12.esk",
        "study_2026-11-22T18-05-12Z_x.esk",
        "study_2026-11-22T18-05-12_12.esk",
        "studY_2026-11-22T18-05-12Z_12.esk",
        "study_2026-11-22T18-05-12Z_12.esk ",
        "my study_2026-11-22T18-05-12Z_12.esk",
        "study_two_2026-11-22T18-05-12Z_12.esk",
        "study_2026-11-22T18-05-12Z_\N{ARABIC-INDIC DIGIT ONE}.esk",
    ):
        shutil.copy(made.path, made.path.with_name(name))
    made.path.with_name("study_2026-11-22T18-05-13Z_12.esk").mkdir()
    assert [each.path for each in list_backups(path, folder_of(path))] == [made.path]


def test_that_a_backup_of_another_study_with_the_same_name_is_told_and_left_alone(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    for room in ("a", "b", "shared"):
        (tmp_path / room).mkdir()
    ours, theirs = new_study(tmp_path / "a"), new_study(tmp_path / "b")
    ours.close()
    with theirs:
        for _ in range(3):
            make_backup(theirs.path, PUBLIC, shared, NOW)
            change(theirs)
    mine = make_backup(ours.path, PUBLIC, shared, NOW - timedelta(hours=1))
    assert mine is not None
    found = list_backups(ours.path, shared)
    assert sorted(each.fault.code for each in found if each.fault) == ["backup_of_another"] * 3
    assert [each.path for each in found if not each.fault] == [mine.path]
    assert prune(ours.path, shared, PUBLIC, NOW + timedelta(days=900)) == ()


def test_that_a_backup_under_an_older_passphrase_is_listed_as_such(tmp_path: Path) -> None:
    old = Study.create(tmp_path / "s.esk", person=NURSE, patients=two_patients(), key=SECRET)
    old.close()
    made = make(old.path, key=SECRET)
    aside = tmp_path / "aside.esk"
    made.path.rename(aside)  # out of reach while the passphrase is changed
    with Study.open(old.path, person=NURSE, key=SECRET) as study:
        study.change_passphrase("een heel ander woord")
        aside.rename(made.path)
        (found,) = study.backups()
        assert found.fault is not None
        assert found.fault.code == "key_wrong"
        assert (found.patients, found.head, found.changes_since) == (None, None, None)
        assert len(study.read_backup(made.path, SECRET).state.patients) == 2
        change(study)
        assert study.back_up() is not None
        new = Key.of_passphrase("een heel ander woord")
        assert prune(study.path, folder_of(study.path), new, NOW + timedelta(days=900)) == ()


def test_that_the_backups_of_a_study_that_cannot_be_read_are_listed_all_the_same(tmp_path: Path) -> None:
    study = Study.create(tmp_path / "s.esk", person=NURSE, patients=two_patients(), key=SECRET)
    study.close()
    made = make(study.path, key=SECRET)
    size = study.path.stat().st_size
    for damage in (b"", b"\x07" * size, os.urandom(size)):
        study.path.write_bytes(damage)
        (found,) = list_backups(study.path, folder_of(study.path), SECRET)
        assert (found.path, found.patients, found.changes_since, found.fault) == (made.path, 2, None, None)
    study.path.unlink()
    (found,) = list_backups(study.path, folder_of(study.path), SECRET)
    assert found.patients == 2


def test_that_a_damaged_backup_is_told(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    made = make(path)
    raw = bytearray(made.path.read_bytes())
    raw[100] ^= 1
    made.path.write_bytes(raw)
    (found,) = list_backups(path, folder_of(path))
    assert found.fault is not None
    assert found.fault.code == "file_damaged"


def test_that_a_backup_with_lines_that_the_study_has_not_is_told_apart(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    make(path)
    with Study.open(path, person=NURSE) as study:
        change(study)
        ahead = make(path)
    shutil.copy(list_backups(path, folder_of(path))[-1].path, path)  # by hand, past Esk
    found = list_backups(path, folder_of(path))
    assert found[0].path == ahead.path
    assert (found[0].changes_since, found[0].is_abandoned, found[0].fault) == (None, False, None)


# -- removing ----------------------------------------------------------------------------------------------------------


def many(study: Study, moments: list[datetime]) -> list[Backup]:
    found: list[Backup] = []
    for moment in moments:
        change(study)
        found.append(make(study.path, moment))
    return found


def test_that_those_go_that_need_not_stay_and_nothing_else(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        day = datetime(2026, 11, 10, 9, tzinfo=UTC)
        early, late, newest = many(study, [day, day + timedelta(hours=6), NOW])
        stranger = folder_of(study.path) / "study_2026-11-10T08-00-00Z_3.esk"
        stranger.write_bytes(b"not ours")
        other = folder_of(study.path) / "notes of the nurse.txt"
        other.write_text("", encoding="utf-8")
        removed = prune(study.path, folder_of(study.path), PUBLIC, NOW)
    assert removed == (early.path,)
    assert set(names(study.path)) == {late.path.name, newest.path.name, stranger.name, other.name}


def test_that_a_backup_with_lines_that_the_study_has_not_never_goes(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    before = tmp_path / "before.esk"
    shutil.copy(path, before)
    day = datetime(2026, 8, 5, 9, tzinfo=UTC)
    with Study.open(path, person=NURSE) as study:
        ahead = many(study, [day, day + timedelta(hours=1), day + timedelta(hours=2)])
    shutil.copy(before, path)  # by hand, past Esk
    make(path, NOW)
    assert prune(path, folder_of(path), PUBLIC, NOW) == ()
    assert all(each.path.exists() for each in ahead)


def test_that_making_a_backup_removes_what_need_not_stay(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        day = datetime(2026, 11, 10, 9, tzinfo=UTC)
        early, late = many(study, [day, day + timedelta(hours=6)])
        change(study)
        assert back_up(study.path, PUBLIC, NOW) is not None
    assert not early.path.exists()
    assert late.path.exists()


def test_that_a_clock_set_back_removes_nothing(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        made = many(study, [NOW - timedelta(hours=n) for n in (3, 2, 1)])
        assert prune(study.path, folder_of(study.path), PUBLIC, NOW - timedelta(days=365)) == ()
    assert all(each.path.exists() for each in made)


def test_that_the_furthest_stays_though_a_clock_made_it_the_oldest(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        first = many(study, [NOW])[0]
        last = many(study, [NOW - timedelta(days=800), NOW - timedelta(days=799)])
        later = NOW + timedelta(days=400)
        removed = prune(study.path, folder_of(study.path), PUBLIC, later)
    assert last[-1].path.exists()
    assert first.path not in removed


# -- an open study -----------------------------------------------------------------------------------------------------


def test_that_a_backup_is_due_after_half_an_hour_in_which_something_changed(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        start = datetime.now(UTC)
        soon, later = start + timedelta(minutes=29), start + timedelta(minutes=31)
        assert not study.backup_due(later)  # nothing changed since it was opened
        change(study)
        assert not study.backup_due(soon)
        assert study.backup_due(later)
        assert study.backup_due(later.astimezone())
        assert study.back_up() is not None
        assert not study.backup_due(later + timedelta(days=1))
        change(study)
        assert not study.backup_due(datetime.now(UTC) + timedelta(minutes=29))
        assert study.backup_due(datetime.now(UTC) + timedelta(minutes=31))
        assert study.backup_due(start - timedelta(days=1))  # the clock was set back: rather one too many


def test_that_a_backup_that_failed_is_tried_again_half_an_hour_later_not_every_minute(tmp_path: Path) -> None:
    settings = Settings(backup_folder=str(tmp_path / "away"))
    with Study.create(tmp_path / "s.esk", person=NURSE, patients=two_patients(), settings=settings) as study:
        change(study)
        assert code_of(study.back_up) == "backup_folder_missing"
        assert not study.backup_due(datetime.now(UTC) + timedelta(minutes=1))
        assert study.backup_due(datetime.now(UTC) + timedelta(minutes=31))
        change(study)  # it keeps nobody from working


def test_that_a_closed_study_can_be_backed_up_still(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    change(study)
    study.close()
    made = study.back_up()
    assert made is not None
    assert made.changes_since == 0
    assert study.back_up() is None


def test_that_who_only_reads_can_make_a_backup_too(tmp_path: Path) -> None:
    with new_study(tmp_path) as study, Study.open(study.path, person=Person("CD"), read_only=True) as reading:
        made = reading.back_up()
        assert made is not None
        change(study)  # and holds nobody up by it


def test_that_an_edit_waits_for_some_pages_only(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        for _ in range(20):
            change(study)
        steps: list[float] = []
        watch = copying._Watch.__call__  # type: ignore[attr-defined]

        def between(self: object, status: int, left: int, total: int) -> None:
            watch(self, status, left, total)  # type: ignore[arg-type]
            if left:
                start = time.monotonic()
                if not steps:
                    change(study)
                steps.append(time.monotonic() - start)

        copying._Watch.__call__ = between  # type: ignore[attr-defined,method-assign]
        pages, copying.STEP_PAGES = copying.STEP_PAGES, 4
        try:
            made = make(study.path)
        finally:
            copying._Watch.__call__, copying.STEP_PAGES = watch, pages  # type: ignore[attr-defined,method-assign]
        assert steps[0] < 5.0  # the edit came through in the middle of the copy, which does not hold the file
        assert made.changes_since == 0
