"""The frame that brings an older file to a newer version: all steps, or none."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sql

import esk_engine.study_file.migrations as migrations
from esk_engine.study import SignOff, Study
from esk_engine.study_file.check import check_file
from esk_engine.study_file.connection import PUBLIC, connect
from esk_engine.study_file.migrations import migrate
from esk_engine.study_file.schema import VERSION
from tests.engine.study_file.helpers import NURSE, closed_study


def add_table(connection: sql.Connection) -> None:
    connection.execute("CREATE TABLE first (text TEXT)")


def fail(connection: sql.Connection) -> None:
    connection.execute("CREATE TABLE second (text TEXT)")
    connection.execute("no SQL")


VERSION_1 = Path(__file__).parent / "files" / "version_1.esk"


def state(path: Path) -> tuple[object, set[str]]:
    connection = connect(path, PUBLIC, "ro")
    (version,) = connection.execute("PRAGMA user_version").fetchone() or (None,)
    names = {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    return version, names & {"first", "second"}


def test_that_every_step_that_is_due_is_made(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    connection = connect(path, PUBLIC, "rw")
    assert migrate(connection, 1, {1: add_table, 2: lambda _: None, 5: fail}) == 3
    connection.close()
    assert state(path) == (3, {"first"})


def test_that_a_step_that_fails_takes_those_before_it_along(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    before, _ = state(path)
    connection = connect(path, PUBLIC, "rw")
    with pytest.raises(sql.OperationalError):
        migrate(connection, 1, {1: add_table, 2: fail})
    connection.close()
    assert state(path) == (before, set())


def test_that_no_step_imports_the_living_engine() -> None:
    for room in Path(migrations.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(room.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            living = [name for name in names if name.startswith("esk_engine")]
            assert all(name == migrations.__name__ for name in living)


def test_that_a_real_file_of_version_1_opens_to_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "old.esk"
    shutil.copy(VERSION_1, path)
    before = path.read_bytes()
    with Study.open(path, person=NURSE, read_only=True) as study:
        assert len(study.patients) == 31
        assert study.signatures(study.patients[0].id) == ()
        assert not study.is_locked
        assert study.settings.auto_lock_minutes == 10
    assert check_file(path).is_whole
    assert path.read_bytes() == before


def test_that_a_real_file_of_version_1_becomes_the_present_one_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "old.esk"
    shutil.copy(VERSION_1, path)
    with Study.open(path, person=NURSE, read_only=True) as old:
        patients, sets, lines = old.patients, old.criteria_sets, old.log()
    with Study.open(path, person=NURSE) as study:
        assert study.patients == patients
        assert study.criteria_sets == sets
        assert study.log() == lines
        patient = study.patients[0]
        study.wait_saved(study.sign(patient.id, SignOff.INCLUSION, initials=NURSE.initials))
    report = check_file(path)
    assert report.is_whole
    assert report.patients == 31
    assert state(path)[0] == VERSION


def test_that_an_older_file_is_backed_up_as_it_is_before_it_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "old.esk"
    shutil.copy(VERSION_1, path)
    Study.open(path, person=NURSE).close()
    (backup,) = (tmp_path / "old.esk-backups").glob("*.esk")
    assert state(backup)[0] == 1
    assert check_file(backup).is_whole


def test_that_an_older_file_that_cannot_be_backed_up_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "old.esk"
    shutil.copy(VERSION_1, path)
    (tmp_path / "old.esk-backups").write_text("no folder")
    before = path.read_bytes()
    with Study.open(path, person=NURSE) as study:
        assert study.read_only
        assert study.read_only_reason is not None
        assert study.read_only_reason.code.startswith("backup_")
        assert len(study.patients) == 31
    assert path.read_bytes() == before


def test_that_the_oldest_file_in_the_tests_is_really_of_version_1() -> None:
    assert state(VERSION_1)[0] == 1
