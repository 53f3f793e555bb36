"""Workbooks read as lists: what a template holds is the same either way, merged cells are told, a long list stops."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from esk_engine.errors import Fault
from esk_engine.exchange.demo import demo_patients
from esk_engine.exchange.intake import Intake, answer, open_source, propose, read
from esk_engine.exchange.workbook_in import read_workbook
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.records import Patient
from esk_engine.study_file.encoding import course_of
from esk_engine.validation import check_patient
from esk_engine.wording import Wording
from tests.engine.exchange.test_round_trip import AFTERWARDS, any_patients, snapshot_of
from tests.engine.exchange.workbooks import sheet_of, write_book


def taken(path: Path) -> Intake:
    """Read with no question answered but those of numbers: a workbook of Esk's own writes a comma nowhere."""
    source = open_source(path)
    mapping = propose(source)
    found = read(source, mapping, AFTERWARDS)
    for question in found.unanswered:
        if question.code == "ambiguous_numbers":
            mapping = answer(mapping, question, ".")
    return read(source, mapping, AFTERWARDS)


@given(patients=any_patients())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_that_a_template_workbook_read_as_a_list_gives_the_same_patients(
    tmp_path: Path, patients: list[Patient]
) -> None:
    path = tmp_path / "any.xlsx"
    export_workbook(snapshot_of(patients), path, Wording("nl"), with_log=False, now=datetime(2024, 6, 1, 12, 0))
    strict, found = read_workbook(path, AFTERWARDS), taken(path)
    has_faults = any(issue.is_error for each in patients for issue in check_patient(each))
    assert {issue.code for issue in found.errors} <= ({"diastolic_not_below_systolic"} if has_faults else set())
    by_number = {each.study_no: course_of(each) for each in found.patients}
    assert by_number == {each.study_no: course_of(each) for each in strict.patients}


def test_that_the_demo_study_comes_back_as_a_list(tmp_path: Path) -> None:
    patients = demo_patients()
    path = tmp_path / "demo.xlsx"
    export_workbook(snapshot_of(patients), path, Wording("en"), with_log=False)
    found = taken(path)
    assert found.may_come_in
    assert [course_of(each) for each in found.patients] == [course_of(each) for each in patients]


def test_that_merged_cells_are_told_and_read_once(tmp_path: Path) -> None:
    path = write_book(
        tmp_path / "lijst.xlsx", {"Lab": [["id", "minuut", "esketamine"], ["P1", 0, 90], [None, 480, 95]]}
    )
    book = openpyxl.load_workbook(path)
    sheet_of(book, "Lab").merge_cells("A2:A3")
    book.save(path)
    source = open_source(path)
    assert [(issue.code, issue.params["count"]) for issue in source.issues] == [("merged_cells", 1)]
    assert source.table("Lab").cell(1, 0).note == "merged"
    found = read(source, propose(source), AFTERWARDS)
    assert [(issue.code, issue.place.cell) for issue in found.errors] == [("row_without_study_no", "A3")]
    assert len(found.patients[0].samples) == 1


def test_that_reading_a_long_list_can_be_stopped_and_tells_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "lang.csv"
    rows = (f"P{at % 50};{at};{60 + at % 40}" for at in range(1440 * 3))
    path.write_text("id;minuut;hf\n" + "\n".join(rows), encoding="utf-8")
    source = open_source(path)
    told: list[float] = []
    read(source, propose(source), AFTERWARDS, told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1
    with pytest.raises(Fault, match="cancelled"):
        read(source, propose(source), AFTERWARDS, cancelled=lambda: True)
