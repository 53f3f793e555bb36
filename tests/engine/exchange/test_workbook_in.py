"""What a workbook's cells mean: numbers, text, dates, codes in either language, whatever the order of the columns."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from esk_engine.criteria import TABLE_2, Condition, Criterion
from esk_engine.errors import Fault
from esk_engine.exchange.workbook_in import read_workbook
from esk_engine.records import BelowLloq, Value
from esk_engine.settings import BlqRule, PMethod, Settings
from tests.engine.exchange.workbooks import TODAY, read, told, write_book


def one_value(tmp_path: Path, name: str, cell: object) -> Value:
    """What one cell of the patients' sheet is read as."""
    found = read(write_book(tmp_path / "one.xlsx", {"patients": [["study_no", name], ["P01", cell]]}))
    assert found.errors == ()
    return found.patients[0].get(name)


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("age_years", 45, 45),
        ("age_years", 45.0, 45),
        ("age_years", "45", 45),
        ("age_years", " 45,0 ", 45),
        ("weight_kg", 71.5, 71.5),
        ("weight_kg", "71,5", 71.5),
        ("weight_kg", "71.5", 71.5),
        ("weight_kg", 71, 71.0),
        ("nrs_before", 4.199999999999999, 4.2),
        ("remarks", 7, "7"),
        ("remarks", " let op ", "let op"),
        ("remarks", "+ wat moe", "+ wat moe"),
        ("inclusion_date", date(2024, 1, 16), date(2024, 1, 16)),
        ("inclusion_date", datetime(2024, 1, 16), date(2024, 1, 16)),
        ("inclusion_date", "16-01-2024", date(2024, 1, 16)),
        ("inclusion_date", "2024-01-16", date(2024, 1, 16)),
        ("infusion_start", datetime(2024, 1, 16, 8, 45), datetime(2024, 1, 16, 8, 45)),
        ("infusion_start", "16-01-2024 08:45", datetime(2024, 1, 16, 8, 45)),
        ("sex", "Man", "male"),
        ("sex", "VROUW", "female"),
        ("sex", "v", "female"),
        ("sex", "m", "male"),
        ("sex", "f", "female"),
        ("sex", "Anders", "other"),
        ("indication", "perifeer", "peripheral"),
        ("indication", "Centraal", "central"),
        ("indication_group", "post surgical or traumatic", "post_surgical_or_traumatic"),
        ("indication_group", "CRPS", "crps"),
        ("relief_ongoing", "ja", "yes"),
        ("relief_ongoing", "NEE", "no"),
        ("relief_ongoing", True, "yes"),
        ("stop_reason", "bloeddruk", "blood_pressure"),
        ("age_years", "   ", None),
        ("age_years", None, None),
    ],
)
def test_that_a_cell_is_read_as_what_it_stands_for(tmp_path: Path, name: str, cell: object, value: Value) -> None:
    found = one_value(tmp_path, name, cell)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("column", "word", "code"),
    [
        ("phase", "vóór", "before"),
        ("phase", "Voor", "before"),
        ("phase", "tijdens", "during"),
        ("phase", "einde", "end"),
        ("phase", "na", "after"),
        ("naranjo_3", "onbekend", "unknown"),
        ("naranjo_3", "Ja", "yes"),
        ("term", "Duizeligheid", "dizziness"),
        ("term", "misselijkheid  en/of braken", "nausea_or_vomiting"),
        ("term", "headache", "headache"),
        ("term", "Jeuk aan  de neus", "Jeuk aan de neus"),
    ],
)
def test_that_dutch_words_stand_for_the_codes_of_a_side_effect(
    tmp_path: Path, column: str, word: str, code: str
) -> None:
    row = {"term": "x", column: word}
    sheets = {"patients": [["study_no"], ["P01"]], "adverse_events": [["study_no", *row], ["P01", *row.values()]]}
    found = read(write_book(tmp_path / "w.xlsx", sheets))
    assert found.errors == ()
    assert found.patients[0].adverse_events[0].get(column) == code


@pytest.mark.parametrize(
    ("cell", "value"),
    [("<5", BelowLloq(5)), ("< 5", BelowLloq(5)), ("<5,0", BelowLloq(5)), ("<0,25", BelowLloq(0.25)), (63, 63.0)],
)
def test_that_a_concentration_may_be_below_its_lloq(tmp_path: Path, cell: object, value: Value) -> None:
    columns = ["study_no", "minute", "analyte", "concentration_ug_l"]
    sheets = {"patients": [["study_no"], ["P01"]], "samples": [columns, ["P01", 480, "Esketamine", cell]]}
    found = read(write_book(tmp_path / "c.xlsx", sheets))
    assert found.errors == ()
    assert found.patients[0].samples[0].values == {
        "minute": 480,
        "analyte": "esketamine",
        "concentration_ug_l": value,
    }


def test_that_sheets_columns_and_names_may_stand_in_any_order_and_case(tmp_path: Path) -> None:
    sheets = {
        " Vital_Signs ": [["Systolic_mmHg", "minute ", None, "STUDY_NO"], [140, 30, None, "p1"], [130, 0, None, "P1 "]],
        "PATIENTS": [["Sex", " study_no"], ["man", "p1"]],
    }
    found = read(write_book(tmp_path / "o.xlsx", sheets))
    (patient,) = found.patients
    assert found.issues == ()
    assert patient.study_no == "P1"
    assert [dict(row.values) for row in patient.readings] == [
        {"minute": 0, "systolic_mmhg": 130},
        {"minute": 30, "systolic_mmhg": 140},
    ]


def test_that_what_is_not_known_is_named_and_left_out(tmp_path: Path) -> None:
    sheets = {
        "patients": [["study_no", "blood_group", None], ["P01", "A", "astray"]],
        "notes": [["anything"], ["at all"]],
    }
    found = read(write_book(tmp_path / "u.xlsx", sheets))
    assert found.errors == ()
    assert dict(found.patients[0].record.values) == {"study_no": "P01"}
    assert sorted(told(found.warnings)) == [
        ("notes!", "", "unknown_sheet"),
        ("patients!B1", "blood_group", "unknown_column"),
        ("patients!C2", "", "column_without_name"),
    ]


def test_that_blank_rows_are_passed_by_and_soft_limits_only_warn(tmp_path: Path) -> None:
    sheets = {"patients": [["study_no", "age_years"], [None, "  "], ["P01", 105], [None, None]]}
    found = read(write_book(tmp_path / "b.xlsx", sheets))
    assert [patient.study_no for patient in found.patients] == ["P01"]
    assert told(found.issues) == [("patients!B3", "age_years", "outside_soft")]
    assert found.errors == ()


def test_that_a_formula_is_read_by_its_last_value_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    write_book(path, {"patients": [["study_no", "age_years"], ["P01", 41]]})
    with_formula = replace_in_part(path, "xl/worksheets/sheet1.xml", b"<v>41</v>", b"<f>40+1</f><v>41</v>")
    found = read(with_formula)
    assert found.patients[0].get("age_years") == 41
    assert told(found.issues) == [("patients!", "", "formulas_read_by_value")]


def test_that_a_formula_that_was_never_computed_is_a_fault_and_not_a_missing_value(tmp_path: Path) -> None:
    sheets = {"patients": [["study_no", "age_years"], ["P01", "=40+1"]]}
    found = read(write_book(tmp_path / "f.xlsx", sheets))
    assert told(found.errors) == [("patients!B2", "age_years", "formula_without_value")]


def replace_in_part(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The same workbook with one piece of one part replaced."""
    from zipfile import ZipFile

    changed = path.with_name("changed.xlsx")
    with ZipFile(path) as source, ZipFile(changed, "w") as target:
        for item in source.infolist():
            content = source.read(item)
            assert item.filename != part or old in content
            target.writestr(item, content.replace(old, new) if item.filename == part else content)
    return changed


def test_that_settings_and_criteria_are_read(tmp_path: Path) -> None:
    criteria = [
        ["set", "in_use", "criterion", "variable", "operator", "threshold"],
        ["Mild", "ja", "pain", "nrs_reduction_percent", ">=", "20,5"],
        ["Mild", "ja", "pressure", "systolic_max_mmhg", "<=", 190],
        ["Mild", "ja", "pressure", "systolic_variation_percent", "<=", 30],
    ]
    settings = [["setting", "value"], ["study_name", "Pilot"], ["p_method", "asymptotic"], ["blq", "half"]]
    settings += [["naranjo_cutoff", 4], ["verdict_during_entry", "ja"]]
    sheets = {"patients": [["study_no"], ["P01"]], "criteria": criteria, "settings": settings}
    found = read(write_book(tmp_path / "s.xlsx", sheets))
    assert found.issues == ()
    expected = Settings("Pilot", p_method=PMethod.ASYMPTOTIC, blq=BlqRule.HALF, naranjo_cutoff=4)
    assert found.settings == expected.with_value("verdict_during_entry", "yes")
    (made,) = found.criteria_sets
    assert found.criteria_set_id == made.set_id != TABLE_2.set_id
    assert (made.name, made.locked) == ("Mild", False)
    pressure = (Condition("systolic_max_mmhg", "<=", 190.0), Condition("systolic_variation_percent", "<=", 30.0))
    pain = (Condition("nrs_reduction_percent", ">=", 20.5),)
    assert made.criteria == (Criterion("pain", pain), Criterion("pressure", pressure))


def test_that_the_shipped_criteria_cannot_come_back_changed(tmp_path: Path) -> None:
    row = ["Table 2", TABLE_2.set_id, "duration", "relief_weeks", ">=", 2]
    criteria = [["set", "set_id", "criterion", "variable", "operator", "threshold"], row]
    found = read(write_book(tmp_path / "t.xlsx", {"patients": [["study_no"]], "criteria": criteria}))
    assert told(found.errors) == [("criteria!B2", "set_id", "shipped_set_changed")]


def test_that_a_reading_can_be_stopped_and_tells_how_far_it_is(tmp_path: Path) -> None:
    rows = [["study_no"], *([f"P{number}"] for number in range(2500))]
    path = write_book(tmp_path / "long.xlsx", {"patients": rows})
    shares: list[float] = []
    assert len(read_workbook(path, TODAY, progress=shares.append).patients) == 2500
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] <= 1
    with pytest.raises(Fault) as stopped:
        read_workbook(path, TODAY, cancelled=lambda: True)
    assert stopped.value.code == "cancelled"


def test_that_a_hidden_sheet_is_read_and_that_is_said(tmp_path: Path) -> None:
    book = Workbook()
    book["Sheet"].title = "patients"
    book["patients"].cell(1, 1, "study_no")
    samples = book.create_sheet("samples")
    samples.cell(1, 1, "study_no")
    samples.sheet_state = "hidden"
    book.save(tmp_path / "h.xlsx")
    assert told(read(tmp_path / "h.xlsx").issues) == [("samples!", "", "hidden_sheet_read")]


def test_that_a_sheet_of_a_million_empty_rows_is_read_in_no_time(tmp_path: Path) -> None:
    book = Workbook()
    book["Sheet"].title = "patients"
    for at, name in ((1, "study_no"), (2, "P01"), (1_048_576, "P02")):
        book["patients"].cell(at, 1, name)
    book.save(tmp_path / "far.xlsx")
    assert [patient.study_no for patient in read(tmp_path / "far.xlsx").patients] == ["P01", "P02"]
