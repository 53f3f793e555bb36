"""Wrong cells, by table: every fault at once, each with its cell, and nothing of the others lost."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from esk_engine.wording import Wording
from tests.engine.exchange.workbooks import Rows, read, told, write_book

PATIENTS: Rows = [["study_no"], ["P01"]]
READINGS = ["study_no", "minute", "heart_rate_bpm", "systolic_mmhg", "diastolic_mmhg"]
SAMPLES = ["study_no", "minute", "analyte", "concentration_ug_l"]


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("nrs_before", datetime(2024, 5, 3), "date_in_number_column"),
        ("age_years", date(2024, 5, 3), "date_in_number_column"),
        ("weight_kg", time(7, 15), "date_in_number_column"),
        ("weight_kg", "1.234", "ambiguous_number"),
        ("weight_kg", "1,234", "ambiguous_number"),
        ("weight_kg", "1.234,5", "two_separators"),
        ("weight_kg", "1,2,3", "repeated_separator"),
        ("weight_kg", "seventy", "not_a_number"),
        ("weight_kg", "71.5 kg", "not_a_number"),
        ("weight_kg", True, "not_a_number"),
        ("weight_kg", 1e300, "not_a_number"),
        ("weight_kg", 24.9, "outside_hard"),
        ("age_years", 17, "outside_hard"),
        ("age_years", 45.5, "not_whole"),
        ("age_years", "45,5", "not_whole"),
        ("nrs_end", 10.5, "outside_hard"),
        ("nrs_end", 4.25, "too_many_decimals"),
        ("sex", "mannetje", "unknown_code"),
        ("sex", 1, "unknown_code"),
        ("sex", False, "unknown_code"),
        ("inclusion_date", 45307, "number_in_date_column"),
        ("inclusion_date", "31-02-2024", "not_a_date"),
        ("inclusion_date", date(2024, 6, 2), "in_future"),
        ("inclusion_date", time(8, 30), "not_a_date"),
        ("infusion_start", date(2024, 1, 16), "not_a_datetime"),
        ("infusion_start", "16-01-2024", "not_a_datetime"),
        ("remarks", date(2024, 1, 16), "date_in_text_column"),
        ("remarks", "x" * 10_001, "too_long"),
        ("remarks", "a_x0000_b", "not_text"),
        ("dose_mg", 0, "outside_hard"),
    ],
)
def test_that_a_wrong_cell_is_refused_where_it_stands(tmp_path: Path, name: str, cell: object, code: str) -> None:
    sheets: dict[str, Rows] = {"patients": [["study_no", name], ["P01", cell]]}
    found = read(write_book(tmp_path / "wrong.xlsx", sheets))
    assert told(found.errors) == [("patients!B2", name, code)]
    assert (found.errors[0].place.row, found.errors[0].place.column) == (2, 2)
    for language in ("nl", "en"):
        assert Wording(language).issue(found.errors[0])


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#VALUE!", "#REF!"])
def test_that_an_error_cell_is_a_fault_and_the_same_words_as_text_are_not(tmp_path: Path, error: str) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book["Sheet"]
    sheet.title = "patients"
    sheet.append(["study_no", "remarks", "age_years"])
    sheet.append(["P01", "", error])
    sheet["B2"].value = error
    sheet["B2"].data_type = "s"
    book.save(tmp_path / "e.xlsx")
    found = read(tmp_path / "e.xlsx")
    assert told(found.errors) == [("patients!C2", "age_years", "formula_error")]
    assert found.patients[0].get("remarks") == error


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ({"patients": [["study_no"], ["P01"], ["p01 "]]}, [("patients!A3", "study_no", "duplicate_study_no")]),
        ({"patients": [["study_no"], ["P 01"]]}, [("patients!A2", "study_no", "bad_study_no")]),
        ({"patients": [["study_no", "sex"], [None, "man"]]}, [("patients!A2", "study_no", "row_without_study_no")]),
        ({"patients": [["sex"], ["man"]]}, [("patients!A1", "study_no", "column_missing")]),
        ({"patients": [["study_no", "sex", "Sex "], ["P01", "m", "v"]]}, [("patients!C1", "sex", "duplicate_column")]),
        ({"patients": [["study_no"]], "Patients ": [["study_no"]]}, [("Patients !", "", "duplicate_sheet")]),
        ({"vital_signs": [READINGS, ["P01", 0, 70, 120, 80]]}, [("patients!", "", "no_patients_sheet")]),
        ({"measurements": [["x"]]}, [("!", "", "no_known_sheet")]),
        (
            {"patients": PATIENTS, "vital_signs": [READINGS, ["P02", 0, 70, 120, 80]]},
            [("vital_signs!A2", "study_no", "unknown_patient")],
        ),
        (
            {"patients": PATIENTS, "vital_signs": [READINGS, ["P01", 0, 70, 120, 80], ["p01", 0, 71, 120, 80]]},
            [("vital_signs!B2", "minute", "duplicate_minute"), ("vital_signs!B3", "minute", "duplicate_minute")],
        ),
        (
            {"patients": PATIENTS, "vital_signs": [READINGS, ["P01", None, 70, 120, 80]]},
            [("vital_signs!B2", "minute", "minute_missing")],
        ),
        (
            {"patients": PATIENTS, "vital_signs": [READINGS, ["P01", "later", 70, 120, 80]]},
            [("vital_signs!B2", "minute", "not_a_number")],
        ),
        (
            {"patients": PATIENTS, "vital_signs": [READINGS, ["P01", 30, 70, 80, 120]]},
            [("vital_signs!E2", "diastolic_mmhg", "diastolic_not_below_systolic")],
        ),
        (
            {
                "patients": PATIENTS,
                "samples": [SAMPLES, ["P01", 480, "esketamine", 60], ["P01", 480, "Esketamine", "<5"]],
            },
            [("samples!B2", "minute", "duplicate_sample"), ("samples!B3", "minute", "duplicate_sample")],
        ),
        (
            {"patients": PATIENTS, "samples": [SAMPLES, ["P01", 480, "esketamine", 0]]},
            [("samples!D2", "concentration_ug_l", "zero_enter_lloq")],
        ),
        (
            {"patients": PATIENTS, "samples": [SAMPLES, ["P01", 480, "ketamine", 60]]},
            [("samples!C2", "analyte", "unknown_code")],
        ),
        (
            {"patients": PATIENTS, "adverse_events": [["study_no", "phase"], ["P01", "during"]]},
            [("adverse_events!A2", "term", "term_missing")],
        ),
        (
            {"patients": PATIENTS, "settings": [["setting", "value"], ["naranjo_cutoff", 14], ["blq", "zero"]]},
            [("settings!B2", "naranjo_cutoff", "outside_hard"), ("settings!B3", "blq", "unknown_code")],
        ),
        (
            {
                "patients": PATIENTS,
                "criteria": [
                    ["set", "criterion", "variable", "operator", "threshold"],
                    ["A", "pain", "nrs", ">=", 30],
                    ["A", "pain", "nrs_end", ">", None],
                ],
            },
            [
                ("criteria!C2", "variable", "unknown_code"),
                ("criteria!D3", "operator", "unknown_code"),
                ("criteria!E3", "threshold", "value_missing"),
            ],
        ),
        (
            {
                "patients": PATIENTS,
                "criteria": [
                    ["set", "set_id", "criterion", "variable", "operator", "threshold"],
                    ["A", None, "pain", "nrs_end", "<=", 3],
                    ["a", "7d0f3a8e-7d0f-4a8e-8a8e-7d0f3a8e7d0f", "pain", "nrs_end", "<=", 4],
                    ["B", "not an id", "pain", "nrs_end", "<=", 4],
                ],
            },
            [("criteria!A3", "set", "duplicate_set"), ("criteria!B4", "set_id", "bad_set_id")],
        ),
    ],
)
def test_that_rows_that_do_not_fit_together_are_refused(
    tmp_path: Path, sheets: dict[str, Rows], expected: list[tuple[str, str, str]]
) -> None:
    found = read(write_book(tmp_path / "rows.xlsx", sheets))
    assert told(found.errors) == expected


def test_that_every_fault_is_told_at_once(tmp_path: Path) -> None:
    sheets: dict[str, Rows] = {
        "vital_signs": [READINGS, ["P01", 0, 10, 120, 80], ["P09", 30, 70, 120, 80], ["P01", 30, 70, "12O", 80]],
        "patients": [["age_years", "study_no", "sex"], [17, "P01", "?"], [200, "P02", "m"], [40, "P02", "v"]],
    }
    found = read(write_book(tmp_path / "many.xlsx", sheets))
    assert told(found.errors) == [
        ("patients!A2", "age_years", "outside_hard"),
        ("patients!C2", "sex", "unknown_code"),
        ("patients!A3", "age_years", "outside_hard"),
        ("patients!B4", "study_no", "duplicate_study_no"),
        ("vital_signs!C2", "heart_rate_bpm", "outside_hard"),
        ("vital_signs!A3", "study_no", "unknown_patient"),
        ("vital_signs!D4", "systolic_mmhg", "not_a_number"),
    ]
    assert "18" in Wording("en").issue(found.errors[0])
