"""The check sheet: LibreOffice recalculates every formula from the data, and finds what Esk found."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from esk_engine.criteria import TABLE_2
from esk_engine.exchange import sheets_check
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.records import BelowLloq, Patient, Value
from esk_engine.settings import Settings
from esk_engine.study_file.encoding import course_of
from esk_engine.wording import Wording
from tests.engine.builders import patient, steady, with_reading
from tests.engine.exchange.office import converted, office, with_wrong_values
from tests.engine.exchange.test_round_trip import snapshot_of
from tests.engine.exchange.test_template import FILLED, filled_template
from tests.engine.exchange.workbooks import read, sheet_of

Shown = dict[tuple[str, str], object]


def awkward_patients() -> list[Patient]:
    """Each a trap of the definitions: what is missing, marked, tied, late, below its LLOQ."""
    flat = steady(until=480)
    no_end = [row for row in flat if row[0] != 480]
    artefact = {"minute": 480, "systolic_mmhg": 190, "artefact": "systolic_mmhg", "heart_rate_bpm": 90}
    both: list[dict[str, Value]] = [
        {"minute": 0, "heart_rate_bpm": 80, "systolic_mmhg": 120, "artefact": "heart_rate_bpm,systolic_mmhg"},
        {"minute": 5, "heart_rate_bpm": 85, "diastolic_mmhg": 66},
        {"heart_rate_bpm": 200, "systolic_mmhg": 250},
    ]
    course = with_reading(flat, (250, 97, 150, None))
    samples = [(460, "esketamine", 70.0), (480, "esketamine", 81.1), (486, "esketamine", 99.0)]
    return [
        patient("001"),
        patient("1", no_end, infusion_minutes=480, nrs_before=0.0, nrs_end=4.0),
        patient("TIE", [*no_end, (470, 70, 110, 60), (490, 99, 170, 90)], infusion_minutes=480, nrs_before=7.1),
        patient("LATE", [*no_end, (494, 70, 185, 60), (496, 70, 199, 60)], infusion_minutes=480),
        patient("MARKED", [*no_end, artefact], infusion_minutes=480, nrs_before=7.3, nrs_end=2.9),
        patient("NOSTART", both, infusion_minutes=20, height_cm=171.5, weight_kg=66.6),
        patient("UNDERWAY", with_reading(flat, (510, 120, 190, 100)), [(480, "esketamine", 12.5)]),
        patient("MONITOR", course, infusion_minutes=480, heart_rate_lowest_bpm=62, heart_rate_highest_bpm=98),
        patient("EVEN", course, infusion_minutes=480, heart_rate_lowest_bpm=63, height_cm=180.0),
        patient("BELOW", flat, [*samples, (480, "norketamine", BelowLloq(1.234))], infusion_minutes=480),
        patient("RATIO", flat, [*samples, (445, "norketamine", 33.3)], infusion_minutes=481),
        patient("OTHER", flat, [(480, "hydroxynorketamine", 5.0), (439, "norketamine", 5.0)], infusion_minutes=470),
        patient("EARLY", steady(until=90), [(90, "esketamine", 40.0)], infusion_minutes=85),
    ]


def random_patients(count: int) -> Iterator[Patient]:
    """Courses with anything missing or marked, the same in every run."""
    chance = random.Random(20261122)
    for number in range(count):
        rows: list[dict[str, Value]] = []
        for minute in sorted({0, *range(30, 481, 30), *(chance.randrange(0, 520) for _ in range(4))}):
            values = {"heart_rate_bpm": (45, 140), "systolic_mmhg": (90, 200), "diastolic_mmhg": (41, 89)}
            row = {name: chance.randint(*between) for name, between in values.items() if chance.random() < 0.85}
            marked = ",".join(name for name in row if chance.random() < 0.1)
            rows.append({"minute": minute, **row, **({"artefact": marked} if marked else {})})
        samples: list[tuple[int, str, Value]] = [
            (minute, analyte, BelowLloq(5.0) if chance.random() < 0.2 else round(chance.uniform(5, 200), 3))
            for analyte in ("esketamine", "norketamine")
            for minute in (240, 445, 470, 480, 490)
            if chance.random() < 0.5
        ]
        single: dict[str, Value] = {
            "height_cm": round(chance.uniform(150, 199), 1),
            "weight_kg": round(chance.uniform(45, 120), 2),
            "nrs_before": chance.randint(0, 100) / 10,
            "nrs_end": chance.randint(0, 100) / 10,
            "infusion_minutes": chance.randint(440, 500),
            "heart_rate_lowest_bpm": chance.randint(30, 70),
            "heart_rate_highest_bpm": chance.randint(100, 190),
        }
        kept: dict[str, Any] = {name: value for name, value in single.items() if chance.random() < 0.85}
        yield patient(f"R{number}", rows, samples, **kept)


def formulas(path: Path) -> dict[tuple[str, str], str]:
    """Every formula by its sheet and cell."""
    book = load_workbook(path)
    cells = ((sheet.title, cell) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    return {(title, cell.coordinate): str(cell.value) for title, cell in cells if cell.data_type == "f"}


def values(path: Path, at: dict[tuple[str, str], str]) -> Shown:
    """What the cells show; empty text is nothing."""
    book = load_workbook(path, data_only=True)
    found: Shown = {place: sheet_of(book, place[0])[place[1]].value for place in at}
    return {place: None if value == "" else value for place, value in found.items()}


def same(first: object, second: object) -> bool:
    if isinstance(first, (int, float)) and isinstance(second, (int, float)):
        return abs(first - second) <= 1e-9
    return first == second


def test_that_another_program_computes_what_esk_computed_in_every_formula(tmp_path: Path) -> None:
    office()
    demo, awkward, changed = tmp_path / "demo.xlsx", tmp_path / "awkward.xlsx", tmp_path / "changed.xlsx"
    export_workbook(snapshot_of(demo_patients(), demo_settings("nl")), demo, Wording("nl"), with_log=False)
    patients = [*awkward_patients(), *random_patients(40)]
    snapshot = snapshot_of(patients, Settings(css_from_minute=440), [TABLE_2])
    export_workbook(snapshot, awkward, Wording("en"), with_log=False)
    book = load_workbook(awkward)
    readings = sheet_of(book, "vital_signs")
    row = next(row for row in range(2, readings.max_row) if readings.cell(row, 1).value == "MONITOR")
    readings[f"D{row}"] = 121  # 120 before: an auditor's finger
    book.save(changed)
    wrong = [tmp_path / "demo wrong.xlsx", tmp_path / "awkward wrong.xlsx"]
    counts = [with_wrong_values(path, target) for path, target in zip((demo, awkward), wrong, strict=True)]

    filled = filled_template(tmp_path)
    *recalculated, changed_again, filled_again = converted([*wrong, changed, filled], tmp_path, "xlsx")

    for path, again, count, people in zip((demo, awkward), recalculated, counts, (30, len(patients)), strict=True):
        at = formulas(path)
        assert len(at) == count == 3 + people * (1 + 25 + 25 + 11)  # values, differences, steps in between
        told, found = values(path, at), values(again, at)
        assert {place: (told[place], found[place]) for place in at if not same(told[place], found[place])} == {}
        check = sheet_of(load_workbook(again, data_only=True), (path.stem == "demo" and "Controle") or "Check")
        assert [check.cell(row, 1).value for row in (3, 4, 5)] == [0, 0, 0]

    check = sheet_of(load_workbook(changed_again, data_only=True), "Check")
    differing = {str(check.cell(row, 1).value): check.cell(row, 2).value for row in range(8, check.max_row + 1)}
    assert {study_no for study_no, count in differing.items() if count} == {"MONITOR"}
    assert check["A3"].value == differing["MONITOR"] == 3  # before, change and variation of the systolic pressure

    came = read(filled_again)  # the template, saved by LibreOffice
    assert came.errors == ()
    assert [course_of(each) for each in came.patients] == [course_of(each) for each in read(filled).patients]
    assert len(came.patients) == len(FILLED["patients"])


def test_that_a_formula_shows_its_value_where_nothing_recalculates(tmp_path: Path) -> None:
    path = tmp_path / "plain.xlsx"
    one = patient("P01", steady(until=480), infusion_minutes=480, height_cm=170.0, weight_kg=70.0)
    export_workbook(snapshot_of([one]), path, Wording("en"), with_log=False)
    sheet = sheet_of(load_workbook(path, data_only=True), "Check")
    heads = [sheet.cell(6, at).value for at in range(1, sheet.max_column + 1)]
    at = heads.index("BMI (kg/m²)") + 1
    assert [sheet.cell(8, at + k).value for k in range(3)] == [24.221453287, 24.221453287, 0]
    assert [sheet.cell(7, at + k).value for k in range(3)] == ["Esk", "formula", "difference"]
    found = formulas(path)[("Check", sheet.cell(8, at + 1).coordinate)]
    assert (
        found
        == '=IF(AND(ISNUMBER(patients!$E$2),ISNUMBER(patients!$F$2)),ROUND(patients!$F$2/(patients!$E$2/100)^2,9),"")'
    )


def test_that_the_check_is_left_out_and_said_to_be_for_very_many_patients(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets_check, "MOST_PATIENTS", 1)
    monkeypatch.setattr("esk_engine.exchange.sheets_overview.MOST_PATIENTS", 1)
    path = tmp_path / "many.xlsx"
    export_workbook(snapshot_of([patient("P1"), patient("P2")]), path, Wording("en"), with_log=False)
    book = load_workbook(path)
    assert "Check" not in book.sheetnames
    texts = [str(cell.value) for row in sheet_of(book, "Overview").iter_rows() for cell in row]
    assert any("left out with more than 1 patients" in text for text in texts)


def test_that_the_whole_workbook_prints(tmp_path: Path) -> None:
    office()
    path = tmp_path / "demo.xlsx"
    export_workbook(snapshot_of(demo_patients(), demo_settings("nl")), path, Wording("nl"), with_log=False)
    (pdf,) = converted([path], tmp_path, "pdf")
    pages = pdf.read_bytes().count(b"/Type/Page/")
    assert len(load_workbook(path).sheetnames) < pages < 70  # every sheet, none of them over hundreds of pages
