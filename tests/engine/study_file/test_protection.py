"""Check tells which signature or lock was changed from outside, with the patient and the moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from esk_engine.study import Person, SignOff, Study
from esk_engine.study_file import check
from esk_engine.study_file.check import check_file
from tests.engine.study_file.helpers import closed_study, from_outside

NURSE = Person("AB", "nurse")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A study in which two moments of P01 are signed and one of them is open again."""
    path = closed_study(tmp_path)
    with Study.open(path, person=NURSE) as study:
        p01 = study.patients[0].id
        study.sign(p01, SignOff.INCLUSION, initials="AB")
        study.sign(p01, SignOff.INFUSION, initials="AB")
        study.unlock(p01, SignOff.INFUSION, "misread")
    return path


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE signature SET person = 'ZZ' WHERE moment = 'inclusion'",
        "UPDATE signature SET role = 'pharmacist' WHERE moment = 'inclusion'",
        "UPDATE signature SET utc = '2020-01-01T00:00:00.000Z' WHERE moment = 'inclusion'",
        "UPDATE signature SET signed = replace(signed, '57', '58') WHERE moment = 'inclusion'",
        "UPDATE signature SET void = 1 WHERE moment = 'inclusion'",
        "DELETE FROM signature WHERE moment = 'inclusion'",
        "INSERT INTO signature SELECT 'new', patient_id, moment, person, role, utc, signed, 0 FROM signature"
        " WHERE moment = 'inclusion'",
    ],
)
def test_that_a_signature_that_was_changed_is_named(path: Path, statement: str) -> None:
    with from_outside(path) as connection:
        connection.execute(statement)
    (finding,) = check_file(path).findings
    assert finding.code == "signature_differs"
    assert (finding.params["study_no"], finding.params["moment"]) == ("P01", "inclusion")


@pytest.mark.parametrize(
    ("statement", "moment", "study_no"),
    [
        ("DELETE FROM lock", "inclusion", "P01"),
        ("INSERT INTO lock SELECT id, 'infusion' FROM patient WHERE study_no = 'P01'", "infusion", "P01"),
        ("INSERT INTO lock VALUES ('nobody', 'infusion')", "infusion", ""),
        ("INSERT INTO lock VALUES ('', 'study')", "study", ""),
    ],
)
def test_that_a_lock_that_came_or_went_is_named(path: Path, statement: str, moment: str, study_no: str) -> None:
    with from_outside(path) as connection:
        connection.execute(statement)
    (finding,) = check_file(path).findings
    assert finding.code == "lock_differs"
    assert (finding.params["moment"], finding.params["study_no"]) == (moment, study_no)


def test_that_a_signature_of_nobody_known_and_a_moment_that_is_none_are_named(path: Path) -> None:
    with from_outside(path) as connection:
        connection.execute("UPDATE signature SET patient_id = 'nobody' WHERE moment = 'inclusion'")
    assert {finding.code for finding in check_file(path).findings} == {"signature_differs"}
    with from_outside(path) as connection:
        connection.execute("UPDATE signature SET moment = 'lunch' WHERE moment = 'inclusion'")
    assert [finding.code for finding in check_file(path).findings] == ["structure_damaged"]


def test_that_a_study_without_its_criteria_in_use_is_damaged(path: Path) -> None:
    with from_outside(path) as connection:
        connection.execute("DELETE FROM criteria_in_use")
    (finding,) = check_file(path).findings
    assert finding.code == "structure_damaged"


def test_that_a_long_log_tells_how_far_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "_STEP", 5)
    told: list[int] = []
    lines = check_file(path, on_line=told.append).lines
    assert told == list(range(5, lines + 1, 5))
