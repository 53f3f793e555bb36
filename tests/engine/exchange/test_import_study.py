"""A workbook into a study: a new one, one that is there, twice the same; all or nothing each time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from esk_engine.criteria import TABLE_2
from esk_engine.errors import Fault
from esk_engine.exchange.import_study import ImportResult, import_workbook
from esk_engine.settings import Settings
from esk_engine.study import Person, Study
from tests.engine.builders import patient
from tests.engine.exchange.workbooks import TODAY, Rows, told, write_book

NURSE = Person("AB")
TWO: dict[str, Rows] = {
    "patients": [["study_no", "sex", "weight_kg"], ["P02", "vrouw", "71,5"], ["P01", "man", 80]],
    "vital_signs": [["study_no", "minute", "systolic_mmhg"], ["P01", 30, 130], ["P01", 0, 120]],
}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_book(tmp_path / "two.xlsx", TWO)


def bring_in(book: Path, target: Path, *, dry_run: bool = False) -> ImportResult:
    return import_workbook(book, target, person=NURSE, today=TODAY, dry_run=dry_run)


def numbers(path: Path) -> list[str]:
    with Study.open(path, person=NURSE, read_only=True) as study:
        return [each.study_no for each in study.patients]


def test_that_a_workbook_makes_a_new_study(tmp_path: Path, book: Path) -> None:
    target = tmp_path / "new.esk"
    assert bring_in(book, target) == ImportResult(2, 0, True, ())
    with Study.open(target, person=NURSE, read_only=True) as study:
        assert [each.study_no for each in study.patients] == ["P01", "P02"]
        assert study.criteria_set == TABLE_2
        assert {line.person for line in study.snapshot().log()} == {"AB"}


def test_that_importing_the_same_again_changes_nothing(tmp_path: Path, book: Path) -> None:
    target = tmp_path / "new.esk"
    bring_in(book, target)
    before = target.read_bytes()
    assert bring_in(book, target) == ImportResult(0, 2, False, ())
    assert target.read_bytes() == before


def test_that_new_patients_come_into_a_study_as_one_act(tmp_path: Path, book: Path) -> None:
    target = tmp_path / "there.esk"
    with Study.create(target, person=NURSE, patients=[patient("P10")]) as study:
        acts = max(line.act for line in study.log())
    assert bring_in(book, target).added == 2
    with Study.open(target, person=NURSE) as study:
        lines = [line for line in study.log() if line.act > acts]
        assert {line.act for line in lines} == {acts + 1}
        assert [each.study_no for each in study.patients] == ["P01", "P02", "P10"]


def test_that_a_number_with_another_course_is_a_fault_and_nothing_comes_in(tmp_path: Path, book: Path) -> None:
    target = tmp_path / "there.esk"
    Study.create(target, person=NURSE, patients=[patient("P01", sex="female")]).close()
    before = target.read_bytes()
    for dry_run in (True, False):
        with pytest.raises(Fault) as caught:
            bring_in(book, target, dry_run=dry_run)
        assert caught.value.code == "import_refused"
        assert told(caught.value.issues) == [("patients!A3", "study_no", "patient_differs")]
    assert target.read_bytes() == before


def test_that_a_faulty_workbook_leaves_no_study_behind(tmp_path: Path) -> None:
    book = write_book(tmp_path / "bad.xlsx", {"patients": [["study_no", "age_years"], ["P01", 40], ["P02", 7]]})
    with pytest.raises(Fault) as caught:
        bring_in(book, tmp_path / "new.esk")
    assert told(caught.value.issues) == [("patients!B3", "age_years", "outside_hard")]
    assert [path.name for path in tmp_path.iterdir()] == ["bad.xlsx"]


def test_that_a_trial_writes_nothing(tmp_path: Path, book: Path) -> None:
    target = tmp_path / "new.esk"
    assert bring_in(book, target, dry_run=True) == ImportResult(2, 0, True, ())
    assert not target.exists()
    Study.create(target, person=NURSE).close()
    assert bring_in(book, target, dry_run=True).added == 2
    assert numbers(target) == []


def test_that_a_study_keeps_its_own_settings_and_criteria(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {
        "patients": [["study_no"], ["P01"]],
        "settings": [["setting", "value"], ["naranjo_cutoff", 3]],
        "criteria": [
            ["set", "criterion", "variable", "operator", "threshold"],
            ["Mine", "pain", "nrs_end", "<=", 3],
        ],
    }
    book, target = write_book(tmp_path / "w.xlsx", sheets), tmp_path / "there.esk"
    Study.create(target, person=NURSE, settings=Settings("Own")).close()
    result = bring_in(book, target)
    assert [issue.code for issue in result.warnings] == ["settings_left_out", "criteria_left_out"]
    with Study.open(target, person=NURSE, read_only=True) as study:
        assert study.settings == Settings("Own")
        assert study.criteria_sets == (TABLE_2,)


def test_that_a_study_that_somebody_has_open_is_told_and_not_touched(tmp_path: Path, book: Path) -> None:
    target = tmp_path / "there.esk"
    with Study.create(target, person=Person("CD")), pytest.raises(Fault) as caught:
        bring_in(book, target)
    assert (caught.value.code, caught.value.params["who"]) == ("file_locked", "CD")
    assert numbers(target) == []


def test_that_today_is_what_the_future_is_held_against(tmp_path: Path) -> None:
    rows: Rows = [["study_no", "inclusion_date"], ["P01", date(2024, 6, 1)]]
    book = write_book(tmp_path / "d.xlsx", {"patients": rows})
    assert bring_in(book, tmp_path / "a.esk").added == 1
    with pytest.raises(Fault):
        import_workbook(book, tmp_path / "b.esk", person=NURSE, today=date(2024, 5, 31))
