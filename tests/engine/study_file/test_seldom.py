"""Ways that are seldom taken: files without a table, lines that tell of nothing, faults in the middle of a step."""

from __future__ import annotations

import gc
from pathlib import Path
from struct import unpack

import pytest
from sqlcipher3 import dbapi2 as sql

from esk_engine import study_file
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.study import Key, Person, SignOff, Study
from esk_engine.study_file import connection as connection_room
from esk_engine.study_file import reading, recovery
from esk_engine.study_file import writer as writer_room
from esk_engine.study_file.check import check_file
from esk_engine.study_file.connection import PUBLIC, connect, fault_of, is_writable
from esk_engine.study_file.encoding import decode_value
from esk_engine.study_file.log import Head
from esk_engine.study_file.reading import read_pin
from esk_engine.study_file.state import CriteriaState
from tests.engine.study_file.helpers import NURSE, closed_study, digest, from_outside, new_study, python
from tests.engine.study_file.test_recovery import HALF_DONE, half_done

VERSION_1 = Path(__file__).parent / "files" / "version_1.esk"


@pytest.mark.parametrize("table", ["sample", "setting", "criteria_set", "person", "log"])
def test_that_a_file_without_one_of_its_tables_is_damaged(tmp_path: Path, table: str) -> None:
    path = closed_study(tmp_path)
    with from_outside(path) as connection:
        connection.execute(f"DROP TABLE {table}")
    before = digest(path)
    for read_only in (True, False):
        with pytest.raises(Fault, match="file_damaged"):
            Study.open(path, person=NURSE, read_only=read_only)
    assert digest(path) == before


def test_that_a_file_that_is_not_there_is_named_and_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="file_vanished"):
        connect(tmp_path / "none.esk", PUBLIC, "ro")
    assert not is_writable(tmp_path / "none.esk")


def test_that_a_new_study_never_takes_the_place_of_one_that_came_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def come(_: Path, path: Path) -> None:
        path.write_bytes(b"another's")
        raise FileExistsError

    monkeypatch.setattr(study_file, "_appear", come)
    with pytest.raises(Fault, match="file_exists"):
        new_study(tmp_path)
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"study.esk": b"another's"}


def test_that_a_new_study_that_cannot_get_its_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("not permitted")

    with monkeypatch.context() as patched:
        patched.setattr(study_file, "_appear", fail)
        with pytest.raises(Fault, match="file_read_only"):
            new_study(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_that_a_passphrase_that_was_taken_off_from_outside_is_named(tmp_path: Path) -> None:
    key = Key.of_passphrase("a winter’s day")
    path = tmp_path / "study.esk"
    with Study.create(path, person=NURSE, key=key) as study:
        raw = study._key
    connection = connect(path, raw, "rw")
    connection.execute(PUBLIC.pragma().replace("PRAGMA key", "PRAGMA rekey"))
    connection.close()
    assert [finding.code for finding in check_file(path).findings] == ["passphrase_differs"]


def test_that_what_is_no_database_is_no_study(tmp_path: Path) -> None:
    error = sql.DatabaseError("file is not a database")
    error.sqlite_errorname = "SQLITE_NOTADB"
    (tmp_path / "x").touch()
    assert fault_of(error, tmp_path / "x").code == "not_a_study"


def test_that_the_key_is_not_exchanged_under_a_writer_that_is_busy_or_cannot_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_room, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(writer_room, "RETRY_SECONDS", 600)
    study = new_study(tmp_path)
    writer = study._writer
    assert writer is not None
    monkeypatch.setattr(writer, "_lent", True)
    with pytest.raises(Fault, match="study_busy"):
        writer.exchange_file(PUBLIC, lambda head, _: head)
    monkeypatch.setattr(writer, "_lent", False)
    reader = connect(study.path, PUBLIC, "ro")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM patient").fetchall()  # holds the writer up
    study.set_value(study.patients[0].id, Kind.PATIENT, study.patients[0].id, "age_years", 60)
    with pytest.raises(Fault, match="file_busy"):
        writer.exchange_file(PUBLIC, lambda head, _: head)
    reader.close()
    study.retry()
    while not study.settle(0.5):
        study.retry()
    study.close()


def test_that_a_value_that_is_none_of_its_variable_is_no_value() -> None:
    with pytest.raises(ValueError, match="age_years"):
        decode_value(Kind.PATIENT, "age_years", "[57]")
    with pytest.raises(KeyError):
        CriteriaState("x").read()


def test_that_a_line_of_the_log_without_a_value_has_none(tmp_path: Path) -> None:
    with new_study(tmp_path) as study:
        study.set_value(study.patients[0].id, Kind.PATIENT, study.patients[0].id, "weight_kg", None)
        line = study.log()[-1]
    assert (line.old_value, line.new_value) == (71.5, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET old = new WHERE kind = 'lock'",
        "UPDATE log SET patient_id = NULL WHERE kind = 'lock'",
        "UPDATE log SET new = '{}' WHERE kind = 'signature'",
        "UPDATE log SET kind = 'restore' WHERE kind = 'signature'",
        "UPDATE log SET variable = 'hat' WHERE kind = 'person'",
    ],
)
def test_that_a_line_that_tells_of_nothing_is_named(tmp_path: Path, statement: str) -> None:
    path = closed_study(tmp_path)
    with Study.open(path, person=Person("AB", "nurse")) as study:
        study.sign(study.patients[0].id, SignOff.INCLUSION, initials="AB")
    with from_outside(path) as connection:
        connection.execute(statement)
    assert "log_line_unknown" in {finding.code for finding in check_file(path).findings}


def test_that_a_file_of_version_1_has_no_pins() -> None:
    assert read_pin(VERSION_1, PUBLIC, "AB") == ""


def test_that_a_study_that_cannot_be_read_for_its_rights_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = closed_study(tmp_path)

    def no(*_: object) -> None:
        raise Fault("file_read_only", path=str(path))

    monkeypatch.setattr(reading, "_begin", no)
    with pytest.raises(Fault, match="file_read_only"):
        Study.open(path, person=NURSE, read_only=True)


def test_that_a_recovery_that_fails_on_the_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = half_done(tmp_path)
    before = digest(path)

    def fail(*_: object) -> None:
        raise sql.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(recovery, "play_back", fail)
        with pytest.raises(Fault, match="file_damaged"):  # on the copy: nothing is known of the study then
            Study.open(path, person=NURSE)
        patched.setattr(recovery, "gives_whole_study", lambda *_: True)
        with pytest.raises(Fault, match="file_unreadable"):
            Study.open(path, person=NURSE)
    assert digest(path) == before
    Study.open(path, person=NURSE).close()


@pytest.mark.parametrize(
    ("at", "new"),
    [
        (20, b"\0\0\0\0"),
        (24, b"\0\0\0\0"),
        (0, b"\0" * 12),
        (0, b"x" * 8),
        (8, b"\x7f\xff\xff\xff"),
        (600, b"!" * 4000),
    ],
    ids=["no sector", "no page", "not begun", "another mark", "too many pages", "other pages"],
)
def test_that_a_journal_with_another_head_is_not_complete(tmp_path: Path, at: int, new: bytes) -> None:
    journal = half_done(tmp_path).with_name("study.esk-journal").read_bytes()
    (pages,) = unpack(">I", journal[8:12])
    end = 512 + -(-pages * (4096 + 8) // 512) * 512
    assert recovery._is_complete(journal)
    assert recovery._is_complete(journal[:end])
    assert not recovery._is_complete(journal[:at] + new + journal[at + len(new) :])
    assert not recovery._is_complete(journal[:27])


def test_that_a_follower_takes_no_role_on_a_journal_of_another_study(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    strange = half_done(tmp_path / "other").with_name("study.esk-journal")
    study = new_study(tmp_path)
    study.release()
    journal = tmp_path / "study.esk-journal"
    journal.write_bytes(strange.read_bytes())
    before = digest(study.path)
    one = study.patients[0].id
    with pytest.raises(Fault, match="file_damaged"):
        study.set_value(one, Kind.PATIENT, one, "age_years", 60)
    assert (digest(study.path), digest(journal)) == (before, digest(strange))
    journal.unlink()
    study.set_value(one, Kind.PATIENT, one, "age_years", 60).result(5)
    study.close()


def test_that_whoever_takes_the_role_takes_back_what_another_left_half_done(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    study.release()
    with python(HALF_DONE, study.path) as process:
        process.wait()
    assert study.path.with_name("study.esk-journal").stat().st_size > 512
    one = study.patients[1].id
    study.set_value(one, Kind.PATIENT, one, "weight_kg", 80.0).result(5)
    study.close()
    with Study.open(study.path, person=NURSE) as again:
        assert [patient.get("age_years") for patient in again.patients] == [57, 40]
    assert check_file(study.path).is_whole


@pytest.mark.parametrize("error", [sql.OperationalError("disk I/O error"), Fault("file_changed", path="")])
def test_that_a_role_that_cannot_be_taken_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    study = new_study(tmp_path)
    study.release()
    one = study.patients[0].id

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(study_file, "update_of", fail)
        with pytest.raises(Fault, match="file_"):
            study.set_value(one, Kind.PATIENT, one, "age_years", 60)
    assert study.patients[0].get("age_years") == 57
    study.set_value(one, Kind.PATIENT, one, "age_years", 60).result(5)
    study.close()


def test_that_a_bug_of_ours_keeps_the_value_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_room, "RETRY_SECONDS", 600)
    study = new_study(tmp_path)
    one = study.patients[0].id

    def fail(*_: object) -> Head:
        raise ZeroDivisionError("57")

    with monkeypatch.context() as patched:
        patched.setattr(writer_room, "write", fail)
        study.set_value(one, Kind.PATIENT, one, "age_years", 60)
        assert not study.settle(5)
    assert study.save_state.fault is not None
    assert "57" not in str(study.save_state.fault)
    assert study.patients[0].get("age_years") == 60
    study.retry()
    while not study.settle(0.5):
        study.retry()
    study.close()
    assert check_file(study.path).is_whole


def test_that_the_collector_is_on_again_after_a_study_was_read(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    assert gc.isenabled()
    check_file(path)
    assert gc.isenabled()
    gc.disable()
    try:
        check_file(path)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_that_a_table_whose_values_are_not_of_its_types_is_damaged(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with from_outside(path) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'sex TEXT', 'sex INTEGER') WHERE name = 'patient'"
        )
    (finding,) = check_file(path).findings
    assert finding.code == "structure_damaged"
    assert "patient.sex" in str(finding.params["detail"])
