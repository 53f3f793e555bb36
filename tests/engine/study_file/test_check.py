"""Check: an edit from outside is found, with its place; a study that only Esk wrote to is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from esk_engine.criteria import TABLE_2
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.study import Person, Study
from esk_engine.study_file.check import CheckReport, check_file
from esk_engine.wording import Wording
from tests.engine.study_file.helpers import closed_study, digest, from_outside, two_patients


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A study with some history in every kind of line, closed."""
    path = tmp_path / "study.esk"
    with Study.create(path, person=Person("AB", "nurse"), patients=two_patients()) as study:
        p01, p02 = study.patients
        study.set_value(p01.id, Kind.PATIENT, p01.id, "weight_kg", 72.0)
        study.set_value(p02.id, Kind.READING, "r-1", "minute", 0)
        study.set_value(p02.id, Kind.READING, "r-1", "heart_rate_bpm", 80)
        study.undo()
        study.redo()
        study.delete_row(p01.id, p01.adverse_events[0].id)
        study.delete_patient(p01.id)
        study.undo()
        study.set_setting("naranjo_cutoff", 6)
        set_id, _ = study.copy_criteria_set(TABLE_2.set_id, "Ours")
        study.undo()
        study.redo()
        study.use_criteria_set(set_id)
        study.use_criteria_set(TABLE_2.set_id)
        study.delete_criteria_set(set_id)
        study.undo()
    return path


def codes(report: CheckReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_that_a_study_that_only_esk_wrote_to_is_whole(path: Path) -> None:
    before = digest(path)
    report = check_file(path)
    assert report.findings == ()
    assert report.is_whole
    assert report.patients == 2
    with Study.open(path, person=Person("AB"), read_only=True) as study:
        last = study.log()[-1]
    assert (report.lines, report.head) == (last.seq, last.hash)
    assert digest(path) == before


OUTSIDE = [
    ("UPDATE patient SET age_years = 58 WHERE study_no = 'P01'", "value_differs"),
    ("UPDATE patient SET weight_kg = NULL WHERE study_no = 'P01'", "value_differs"),
    ("UPDATE reading SET systolic_mmhg = 1 WHERE minute = 30", "value_differs"),
    ("UPDATE sample SET concentration_ug_l_lloq = 6 WHERE analyte = 'norketamine'", "value_differs"),
    ("DELETE FROM reading WHERE minute = 30", "record_missing"),
    ("INSERT INTO reading SELECT 'new', patient_id, 31, 1, 1, 1, NULL, NULL FROM reading LIMIT 1", "record_unlogged"),
    ("DELETE FROM sample WHERE analyte = 'norketamine'", "record_missing"),
    ("INSERT INTO patient (id, study_no) VALUES ('x', 'P99')", "record_unlogged"),
    ("DELETE FROM patient WHERE study_no = 'P02'", "structure_damaged"),
    ("UPDATE setting SET value = '5' WHERE name = 'naranjo_cutoff'", "setting_differs"),
    ("DELETE FROM setting WHERE name = 'css_from_minute'", "setting_differs"),
    ("INSERT INTO setting (name, value) VALUES ('made_up', '1')", "setting_differs"),
    ("UPDATE criteria_version SET set_id = 'other' WHERE name = 'Ours'", "criteria_differs"),
    ("CREATE TRIGGER mine AFTER INSERT ON reading BEGIN DELETE FROM reading; END", "schema_differs"),
    ("CREATE TRIGGER log_keeps_delete BEFORE DELETE ON log WHEN 0 BEGIN SELECT 1; END", "schema_differs"),
    ("CREATE VIEW mine AS SELECT * FROM log", "schema_differs"),
    ("PRAGMA user_version = 1", "schema_differs"),
    ("UPDATE criteria_version SET canonical = replace(canonical, '30', '20')", "criteria_differs"),
    ("UPDATE criteria_version SET name = 'Other'", "criteria_differs"),
    ("UPDATE criteria_version SET locked = 1 - locked", "criteria_differs"),
    ("UPDATE criteria_version SET person = 'XX'", "criteria_differs"),
    ("DELETE FROM criteria_version WHERE name = 'Ours'", "criteria_differs"),
    ("UPDATE criteria_set SET deleted = 1", "criteria_differs"),
    ("UPDATE criteria_in_use SET set_id = (SELECT max(set_id) FROM criteria_set)", "criteria_differs"),
    ("UPDATE person SET role = 'pharmacist'", "person_differs"),
    ("UPDATE log SET new = '73' WHERE new = '72'", "log_seal_broken"),
    ("UPDATE log SET person = 'CD' WHERE seq = 5", "log_seal_broken"),
    ("UPDATE log SET utc = '2020-01-01T00:00:00.000Z' WHERE seq = 1", "log_seal_broken"),
    ("UPDATE log SET reason = 'because' WHERE seq = 3", "log_seal_broken"),
    ("UPDATE log SET hash = 'f' || substr(hash, 2) WHERE seq = 3", "log_seal_broken"),
    ("DELETE FROM log WHERE seq = 17", "log_gap"),
    ("DELETE FROM log WHERE seq = 1", "log_gap"),
    ("DELETE FROM log WHERE seq = (SELECT max(seq) FROM log WHERE variable = 'weight_kg')", "log_gap"),
    ("UPDATE log SET seq = seq + 1000 WHERE seq = (SELECT max(seq) FROM log)", "log_gap"),
    ("UPDATE log SET seq = CASE seq WHEN 4 THEN -5 ELSE -4 END WHERE seq IN (4, 5)", "log_gap"),
    ("UPDATE log SET variable = 'shoe_size' WHERE variable = 'weight_kg'", "log_line_unknown"),
    ("UPDATE log SET patient_id = 'nobody' WHERE variable = 'weight_kg'", "log_line_unknown"),
    ("UPDATE log SET kind = 'weather' WHERE seq = 2", "log_line_unknown"),
    ("UPDATE log SET new = 'no json' WHERE variable = 'weight_kg'", "log_line_unknown"),
    ("UPDATE log SET old = '70' WHERE variable = 'weight_kg'", "log_old_differs"),
    ("UPDATE log SET old = '4' WHERE variable = 'naranjo_cutoff' AND old = '5'", "log_old_differs"),
]


@pytest.mark.parametrize(("statement", "code"), OUTSIDE)
def test_that_what_was_changed_from_outside_is_found(path: Path, statement: str, code: str) -> None:
    with from_outside(path) as connection:
        connection.execute(statement)
    report = check_file(path)
    assert code in codes(report)
    for language in ("nl", "en"):
        wording = Wording(language)
        assert all(wording(finding.key, **finding.params) for finding in report.findings)


def test_that_the_last_lines_taken_away_show_in_the_data(path: Path) -> None:
    with Study.open(path, person=Person("AB")) as study:
        p02 = study.patients[1]
        study.set_value(p02.id, Kind.PATIENT, p02.id, "nrs_end", 3.0)
    with from_outside(path) as connection:
        connection.execute("DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)")
    (finding,) = check_file(path).findings
    assert finding.code == "value_differs"
    assert (finding.params["study_no"], finding.params["variable"]) == ("P02", "nrs_end")
    assert (finding.params["logged"], finding.params["found"]) == ("None", "3.0")


def test_that_a_changed_value_is_named_with_its_patient_and_both_values(path: Path) -> None:
    with from_outside(path) as connection:
        connection.execute("UPDATE patient SET age_years = 58 WHERE study_no = 'P01'")
    (finding,) = check_file(path).findings
    place = {"study_no": "P01", "kind": "patient", "variable": "age_years", "logged": "57", "found": "58"}
    assert finding.params.items() >= place.items()


def test_that_damaged_pages_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    path = closed_study(tmp_path)
    content = bytearray(path.read_bytes())
    content[-1000] ^= 1
    path.write_bytes(content)
    before = digest(path)
    report = check_file(path)
    assert "page_damaged" in codes(report)
    assert digest(path) == before


def test_that_a_file_that_is_no_study_is_not_checked(tmp_path: Path) -> None:
    (tmp_path / "x.esk").write_bytes(b"nothing")
    with pytest.raises(Fault, match="not_a_study"):
        check_file(tmp_path / "x.esk")
