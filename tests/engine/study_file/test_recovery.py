"""Cut off at any moment: what was promised is there, and a file that was left half written is made whole or named."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

import pytest

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.study import Study
from esk_engine.study_file.check import check_file
from tests.engine.study_file.helpers import NURSE, closed_study, digest, from_outside, python

# Edits in one process, each told on its output once it is promised; killed from outside while it goes on.
EDITING = """
import sys
from datetime import date
from esk_engine.dictionary import Kind
from esk_engine.study import Person, Study
study = Study.open(sys.argv[1], person=Person("AB"))
one = study.patients[1].id
number = 0
while True:
    number += 1
    if number % 7 == 0:
        saved = study.undo()
    elif number % 5 == 0:
        saved = study.add_patient({"study_no": f"X{study.version}"}).saved
    else:
        saved = study.set_value(one, Kind.PATIENT, one, "remarks", f"remark {number} " + "x" * (number % 3 * 2000))
    print(saved.result(), flush=True)
"""
# A writer that is stopped in the middle of an act, its journal still beside the file.
HALF_DONE = """
import os, sys
from pathlib import Path
from esk_engine.study_file.connection import PUBLIC, connect
connection = connect(Path(sys.argv[1]), PUBLIC, "rw")
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE patient SET age_years = 99, remarks = ?", ("x" * 9000,))
connection.execute("UPDATE reading SET systolic_mmhg = 1")
connection.execute("CREATE TABLE more (text TEXT)")
connection.executemany("INSERT INTO more VALUES (?)", [("y" * 4000,)] * 50)
os._exit(9)
"""


@pytest.mark.parametrize("seed", range(4))
def test_that_a_killed_program_has_on_disk_what_it_promised(tmp_path: Path, seed: int) -> None:
    path = closed_study(tmp_path)
    chance = random.Random(seed)
    promised = 0
    for _ in range(2):
        with python(EDITING, path) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(1, 60)):
                promised = int(process.stdout.readline())
            process.kill()
            promised = int(([promised, *map(int, process.stdout.read().split("\n")[:-1])])[-1])
        with Study.open(path, person=NURSE) as study:
            assert study.version >= promised
        report = check_file(path)
        assert report.is_whole
        assert report.lines >= promised


def half_done(tmp_path: Path) -> Path:
    path = closed_study(tmp_path)
    with python(HALF_DONE, path) as process:
        process.wait()
    assert path.with_name("study.esk-journal").stat().st_size > 512
    return path


def test_that_a_half_written_act_is_taken_back_at_opening(tmp_path: Path) -> None:
    path = half_done(tmp_path)
    with Study.open(path, person=NURSE) as study:
        assert [one.get("age_years") for one in study.patients] == [57, 40]
    assert check_file(path).is_whole


def test_that_a_reader_takes_it_back_too_where_it_may(tmp_path: Path) -> None:
    path = half_done(tmp_path)
    with Study.open(path, person=NURSE, read_only=True) as study:
        assert [one.get("age_years") for one in study.patients] == [57, 40]


@pytest.mark.parametrize("what", ["file", "lock"])
def test_that_where_it_may_not_the_file_needs_recovery_and_is_left_alone(tmp_path: Path, what: str) -> None:
    path = half_done(tmp_path)
    journal = path.with_name("study.esk-journal")
    before = digest(path), digest(journal)
    other = tmp_path / "other"
    other.mkdir()
    holder = Study.open(closed_study(other), person=NURSE)
    if what == "file":
        path.chmod(0o444)
    else:  # somebody holds the lock of this very file
        shutil.rmtree(tmp_path / "study.esk.lock", ignore_errors=True)
        (tmp_path / "study.esk.lock").unlink(missing_ok=True)
        (tmp_path / "study.esk.lock").hardlink_to(other / "study.esk.lock")
    for read_only in (True, False):
        with pytest.raises(Fault, match="file_needs_recovery"):
            Study.open(path, person=NURSE, read_only=read_only)
    holder.close()
    assert (digest(path), digest(journal)) == before


def test_that_a_journal_of_another_study_is_not_played_back(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    (tmp_path / "other").mkdir()
    strange = half_done(tmp_path / "other").with_name("study.esk-journal")
    shutil.copy(strange, tmp_path / "study.esk-journal")
    before = digest(path), digest(strange)
    for read_only in (True, False):
        with pytest.raises(Fault, match="file_damaged"):
            Study.open(path, person=NURSE, read_only=read_only)
    assert (digest(path), digest(tmp_path / "study.esk-journal")) == before


def test_that_a_journal_of_an_earlier_moment_is_not_played_back(tmp_path: Path) -> None:
    path = half_done(tmp_path)
    journal = path.with_name("study.esk-journal")
    old = journal.read_bytes()
    with Study.open(path, person=NURSE) as study:
        for years in range(20, 60):
            study.set_value(study.patients[1].id, Kind.PATIENT, study.patients[1].id, "age_years", years)
    journal.write_bytes(old)
    before = digest(path)
    with pytest.raises(Fault, match="file_damaged"):
        Study.open(path, person=NURSE)
    assert (digest(path), journal.read_bytes()) == (before, old)


@pytest.mark.parametrize("cut", [20, 512, 3000])
def test_that_a_journal_that_is_cut_is_not_played_back(tmp_path: Path, cut: int) -> None:
    path = half_done(tmp_path)
    journal = path.with_name("study.esk-journal")
    journal.write_bytes(journal.read_bytes()[:cut])
    before = digest(path), digest(journal)
    with pytest.raises(Fault, match="file_damaged"):
        Study.open(path, person=NURSE)
    assert (digest(path), digest(journal)) == before


def test_that_an_edit_from_outside_of_long_ago_does_not_lock_a_study_that_was_cut_off(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    with from_outside(path) as connection:
        connection.execute("UPDATE patient SET weight_kg = 70 WHERE study_no = 'P01'")
    with python(HALF_DONE, path) as process:
        process.wait()
    with Study.open(path, person=NURSE) as study:
        assert [one.get("age_years") for one in study.patients] == [57, 40]
    assert [finding.code for finding in check_file(path).findings] == ["value_differs"]


def test_that_where_no_copy_can_be_made_the_file_needs_recovery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = half_done(tmp_path)
    before = digest(path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(Fault, match="file_needs_recovery"):
        Study.open(path, person=NURSE)
    assert digest(path) == before
