"""The workbook to be filled in: what is chosen and typed in it comes in through the strict import."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from esk_engine.dictionary import Kind, variables_of
from esk_engine.exchange.layout import DATA_SHEETS
from esk_engine.exchange.template import write_template
from esk_engine.records import BelowLloq
from esk_engine.wording import LANGUAGES, Language, Wording
from tests.engine.exchange.workbooks import read, sheet_of

FILLED: dict[str, list[dict[str, object]]] = {
    "patients": [
        {
            "study_no": "007",
            "inclusion_date": date(2024, 1, 16),
            "sex": "man",
            "age_years": 57,
            "weight_kg": 71.5,
            "indication": "perifeer",
            "indication_group": "na operatie of trauma",
            "infusion_start": datetime(2024, 1, 16, 8, 45),
            "infusion_minutes": 480,
            "nrs_before": 8,
            "relief_ongoing": "nee",
            "remarks": "geen",
        },
        {"study_no": "P02", "sex": "vrouw", "stop_reason": "niet verdragen"},
    ],
    "vital_signs": [
        {"study_no": "007", "minute": 0, "heart_rate_bpm": 80, "systolic_mmhg": 120, "diastolic_mmhg": 70},
        {"study_no": "007", "minute": 30, "systolic_mmhg": 190, "artefact": "systolic_mmhg", "artefact_reason": "arm"},
    ],
    "samples": [
        {"study_no": "007", "minute": 480, "analyte": "esketamine", "concentration_ug_l": 80.5},
        {"study_no": "007", "minute": 480, "analyte": "norketamine", "concentration_ug_l": "<5"},
    ],
    "adverse_events": [
        {"study_no": "P02", "term": "duizeligheid", "phase": "tijdens de infusie", "naranjo_1": "ja"},
        {"study_no": "P02", "term": "jeuk", "phase": "na de infusie", "naranjo_1": "onbekend"},
    ],
}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return "en" if request.param == "en" else "nl"


def template(tmp_path: Path, language: Language) -> Path:
    path = tmp_path / f"template {language}.xlsx"
    write_template(path, Wording(language))
    return path


def fill(book: Workbook, rows: dict[str, list[dict[str, object]]]) -> None:
    """Type rows below the heads."""
    for title, entries in rows.items():
        sheet = sheet_of(book, title)
        column = {str(cell.value): cell.column for cell in sheet[1]}
        for number, entry in enumerate(entries, 2):
            for name, value in entry.items():
                sheet.cell(number, column[name]).value = value  # type: ignore[assignment]  # what a cell may hold


def filled_template(folder: Path) -> Path:
    """The Dutch workbook as a person would fill it in."""
    book = load_workbook(template(folder, "nl"))
    fill(book, FILLED)
    book.save(folder / "filled.xlsx")
    return folder / "filled.xlsx"


def validations(sheet: Worksheet) -> dict[str, DataValidation]:
    """By the name of the column that they watch over."""
    found: dict[str, DataValidation] = {}
    for each in sheet.data_validations.dataValidation:
        (range_,) = each.sqref.ranges
        assert range_.min_col == range_.max_col
        found[str(sheet.cell(1, range_.min_col).value)] = each
    return found


def words(rule: DataValidation) -> list[str]:
    return str(rule.formula1).strip('"').split(",")


def test_that_an_empty_one_holds_the_imports_sheets_and_no_data(tmp_path: Path, language: Language) -> None:
    path = template(tmp_path, language)
    book = load_workbook(path)
    assert book.sheetnames[1:] == [sheet.name for sheet in DATA_SHEETS]
    for sheet in DATA_SHEETS:
        held = sheet_of(book, sheet.name)
        assert held.max_row == 1
        assert [cell.value for cell in held[1]] == [declared.name for declared in sheet.columns]
    found = read(path)
    assert (found.patients, found.issues) == ((), ())


def test_that_what_was_filled_in_is_what_comes_in(tmp_path: Path) -> None:
    found = read(filled_template(tmp_path))
    assert [(issue.code, issue.variable) for issue in found.issues] == []
    first, second = found.patients
    assert first.record.values == {
        "study_no": "007",
        "inclusion_date": date(2024, 1, 16),
        "sex": "male",
        "age_years": 57,
        "weight_kg": 71.5,
        "indication": "peripheral",
        "indication_group": "post_surgical_or_traumatic",
        "infusion_start": datetime(2024, 1, 16, 8, 45),
        "infusion_minutes": 480,
        "nrs_before": 8.0,
        "relief_ongoing": "no",
        "remarks": "geen",
    }
    assert [row.values.get("artefact") for row in first.readings] == [None, "systolic_mmhg"]
    assert [row.values["concentration_ug_l"] for row in first.samples] == [80.5, BelowLloq(5.0)]
    assert second.record.values == {"study_no": "P02", "sex": "female", "stop_reason": "intolerance"}
    events = [(row.values["term"], row.values["phase"], row.values["naranjo_1"]) for row in second.adverse_events]
    assert sorted(events) == [("dizziness", "during", "yes"), ("jeuk", "after", "unknown")]


def test_that_every_word_of_every_list_comes_in_as_its_code(tmp_path: Path, language: Language) -> None:
    book = load_workbook(template(tmp_path, language))
    coded = [declared for declared in variables_of(Kind.PATIENT) if declared.codes]
    lists = validations(sheet_of(book, "patients"))
    most = max(len(declared.codes) for declared in coded)
    patients: list[dict[str, object]] = [{"study_no": f"P{n}"} for n in range(most)]
    for declared in coded:
        for row, word in zip(patients, words(lists[declared.name]), strict=False):
            row[declared.name] = word
    events: list[dict[str, object]] = []
    lists = validations(sheet_of(book, "adverse_events"))
    terms, phases, answers = (words(lists[name]) for name in ("term", "phase", "naranjo_10"))
    for at, term in enumerate(terms):
        answer, phase = answers[at % len(answers)], phases[at % len(phases)]
        events.append({"study_no": "P0", "term": term, "phase": phase, "naranjo_10": answer})
    fill(book, {"patients": patients, "adverse_events": events})
    book.save(tmp_path / "words.xlsx")
    found = read(tmp_path / "words.xlsx")
    assert found.errors == ()
    for declared in coded:
        came = [patient.record.values.get(declared.name) for patient in found.patients]
        assert came[: len(declared.codes)] == list(declared.codes)
    by_name = {declared.name: declared.codes for declared in variables_of(Kind.ADVERSE_EVENT)}
    for name in ("term", "phase", "naranjo_10"):
        came = [row.values.get(name) for row in found.patients[0].adverse_events]
        assert set(by_name[name]) == set(came)


def test_that_hard_limits_are_refused_by_excel_with_the_limits_named(tmp_path: Path) -> None:
    book = load_workbook(template(tmp_path, "nl"))
    patients, vital_signs = validations(sheet_of(book, "patients")), validations(sheet_of(book, "vital_signs"))
    age = patients["age_years"]
    assert (age.type, age.formula1, age.formula2, age.errorStyle) == ("whole", "18", "120", "stop")
    assert age.error == "Leeftijd: een geheel getal, 18–120 jaar."
    assert "Ongewoon (geel): buiten 18–100 jaar." in str(age.prompt)
    assert (patients["weight_kg"].type, patients["weight_kg"].formula1) == ("decimal", "25")
    assert str(patients["dose_mg"].formula1) == "AND(ISNUMBER(N2),N2>0,N2<=1000)"
    assert str(patients["nrs_end"].formula1) == "AND(ISNUMBER(O2),O2>=0,O2<=10,ROUND(O2,1)=O2)"
    assert (patients["evaluation_date"].type, patients["evaluation_date"].formula2) == ("date", "TODAY()")
    assert (vital_signs["diastolic_mmhg"].formula1, vital_signs["diastolic_mmhg"].formula2) == ("20", "200")
    assert validations(sheet_of(book, "adverse_events"))["term"].showErrorMessage is False  # free terms are welcome


def test_that_soft_limits_colour_a_cell(tmp_path: Path) -> None:
    book = load_workbook(template(tmp_path, "nl"))
    found = {str(each.sqref): each.rules[0].formula[0] for each in sheet_of(book, "samples").conditional_formatting}
    (formula,) = found.values()
    assert formula == 'AND(ISNUMBER(D2),OR($C2="esketamine",$C2="norketamine"),OR(D2<15,D2>250))'


def test_that_no_text_is_longer_than_excel_takes(tmp_path: Path, language: Language) -> None:
    book = load_workbook(template(tmp_path, language))
    rules = [rule for sheet in DATA_SHEETS for rule in validations(sheet_of(book, sheet.name)).values()]
    assert len(rules) == sum(len(sheet.columns) for sheet in DATA_SHEETS)
    for rule in rules:
        assert len(str(rule.formula1)) <= 255
        assert max(len(str(rule.promptTitle)), len(str(rule.errorTitle))) <= 32
        assert max(len(str(rule.prompt)), len(str(rule.error))) <= 225
        assert str(rule.prompt).endswith((".", "!"))  # not cut off


def test_that_the_help_sheet_explains_every_column(tmp_path: Path, language: Language) -> None:
    book = load_workbook(template(tmp_path, language))
    help_ = sheet_of(book, book.sheetnames[0])
    rows = {(row[0].value, row[1].value) for row in help_.iter_rows()}
    assert {(sheet.name, declared.name) for sheet in DATA_SHEETS for declared in sheet.columns} <= rows
