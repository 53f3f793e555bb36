"""The exported workbook, by cell value and number format; expected figures are the model study's printed ones."""

from __future__ import annotations

import base64
import os
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from esk_engine.errors import Fault
from esk_engine.exchange import sheets_log, workbook_out
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.records import BelowLloq
from esk_engine.study import Person, Study, StudySnapshot
from esk_engine.wording import Wording
from tests.engine.builders import patient, steady
from tests.engine.exchange.test_round_trip import snapshot_of
from tests.engine.exchange.workbooks import sheet_of

NOW = datetime(2024, 6, 1, 12, 30)
DUTCH = [
    "Overzicht",
    *(f"Tabel {n}" for n in (3, 4, 5, 6)),
    "Vervolgbehandeling",
    "Tabel 7",
    "P-waarden",
    "Effectmaten",
    "Figuur 1",
    "Classificatie",
    "Afgeleide waarden",
    "Controle",
    *("patients", "vital_signs", "samples", "adverse_events", "criteria", "settings"),
    "Codeboek",
    "Logboek",
]
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """The demo study as a Dutch workbook, from a study file with its log."""
    folder = tmp_path_factory.mktemp("out")
    with Study.create(
        folder / "demo.esk", person=Person("AB"), settings=demo_settings("nl"), patients=demo_patients()
    ) as study:
        export_workbook(study.snapshot(), folder / "demo.xlsx", Wording("nl"), now=NOW)
    return load_workbook(folder / "demo.xlsx")


def exported(snapshot: StudySnapshot, tmp_path: Path, language: str = "nl") -> Workbook:
    wording = Wording("en" if language == "en" else "nl")
    export_workbook(snapshot, tmp_path / "out.xlsx", wording, now=NOW, with_log=False)
    return load_workbook(tmp_path / "out.xlsx")


def row_with(sheet: Worksheet, text: str) -> list[Cell]:
    """The first row that has a text as one of its two labels, its cells that hold anything."""
    for row in sheet.iter_rows():
        if text in (row[0].value, row[1].value):
            return [cell for cell in row if isinstance(cell, Cell) and cell.value is not None]
    raise AssertionError(f"{sheet.title} has no row {text}")


def shown(cell: Cell) -> float:
    """What a number's format leaves of it."""
    assert isinstance(cell.value, (int, float))
    decimals = cell.number_format.split(";")[0].partition("0.")[2].count("0")
    return round(cell.value, decimals)


def test_that_every_sheet_is_there_in_the_order_of_a_reader(demo: Workbook) -> None:
    assert demo.sheetnames == DUTCH


def test_that_table_3_holds_the_printed_numbers_as_numbers(demo: Workbook) -> None:
    sheet = sheet_of(demo, "Tabel 3")
    man = row_with(sheet, "man")[1:]
    assert [shown(cell) for cell in man] == [12, 11, 91.7, 1, 8.3]
    assert man[2].number_format == '"("0.0" %)";"("-0.0" %)"'
    age = row_with(sheet, "Leeftijd (jaar)")[1:]
    assert [shown(cell) for cell in age[:9]] == [57, 28, 75, 56, 28, 75, 57, 30, 74]
    assert [age[1].number_format, age[2].number_format] == ['"["0;"["-0', '"–"0"]";"–"-0"]"']
    p_value = row_with(sheet, "Geslacht")[1]
    assert (p_value.number_format, p_value.font.b) == ('[<0.001]"< 0,001";0.000', True)


def test_that_table_4_prints_signed_ranges_with_a_word_between(demo: Workbook) -> None:
    change = row_with(sheet_of(demo, "Tabel 4"), "verandering, %")
    assert change[3].number_format == '"tot "0"]";"tot "-0"]"'
    dose = row_with(sheet_of(demo, "Tabel 4"), "Dagdosis (mg)")[1:]
    assert [shown(cell) for cell in dose[:9]] == [50, 19, 73, 49, 19, 73, 56, 28, 73]


def test_that_the_overview_names_the_set_with_every_threshold_and_the_counts(demo: Workbook) -> None:
    sheet = sheet_of(demo, "Overzicht")
    texts = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "Verzonnen gegevens: geen echte patiënten." in texts
    assert [row_with(sheet, name)[1].value for name in ("Totaal", "Responders", "Non-responders")] == [30, 10, 20]
    assert [cell.value for cell in row_with(sheet, "Duur")] == ["Duur", "Duur van de pijnverlichting", "≥", 3, "weken"]
    made = row_with(sheet, "Gemaakt op")[1]
    assert (made.value, made.number_format) == (NOW, "dd-mm-yyyy hh:mm")


def test_that_the_overview_holds_the_methods_a_paragraph_a_row(demo: Workbook) -> None:
    sheet = sheet_of(demo, "Overzicht")
    tests = str(row_with(sheet, "Toetsen")[1].value)
    assert "Mann-Whitneytoets [2], tweezijdig" in tests
    first = row_with(sheet, "Literatuur")[1]
    assert str(first.value).startswith("1. Tukey JW.")
    assert str(sheet.cell(first.row + 1, 2).value).startswith("2. Mann HB, Whitney DR.")


def test_that_effect_sizes_stand_with_their_intervals_as_numbers(demo: Workbook) -> None:
    sheet = sheet_of(demo, "Effectmaten")
    cells = [cell.value for cell in row_with(sheet, "Norketamine Css (µg/L)")[1:] if cell.value != ""]
    assert len(cells) == 12  # four estimates, each with two limits
    assert cells[0] == -18.5
    assert cells[3] == pytest.approx(2 * 51 / 200 - 1, rel=1e-12)
    men = [cell.value for cell in row_with(sheet, "man")[1:] if cell.value != ""]
    assert men[0] == pytest.approx(-45)
    assert men[3:] == pytest.approx([1 / 10.200124879, 1 / 524.926249, 1 / 1.06147265], rel=1e-8)
    peripheral = [cell.value for cell in row_with(sheet, "perifeer")[1:] if cell.value != ""]
    assert (peripheral[3], peripheral[-1]) == ("∞", "tot ∞")  # all 10 responders: Excel has no infinite number


def test_that_all_p_values_stand_side_by_side_as_numbers(demo: Workbook) -> None:
    sheet = sheet_of(demo, "P-waarden")
    cells = row_with(sheet, "Norketamine Css (µg/L)")[1:]
    numbers = [cell.value for cell in cells if cell.value != ""]
    assert len(numbers) == 8
    assert [round(float(str(number)), 3) for number in numbers[:1]] == [0.031]  # as published
    assert {cell.number_format for cell in cells if isinstance(cell.value, float)} == {'[<0.001]"< 0,001";0.000'}
    assert numbers[-1] == pytest.approx(3 * float(str(numbers[0])), rel=1e-12)  # Holm: the smallest of three
    heads = [cell.value for row in (4, 5) for cell in sheet[row]]
    assert heads.count("Mann-Whitney") == 5
    assert {"asymptotisch", "exact", "exact zoals SPSS", "naar geslacht, exact"} <= set(heads)


def test_that_concentrations_with_and_without_a_side_effect_are_on_their_sheet(demo: Workbook) -> None:
    sheet = sheet_of(demo, "Tabel 7")
    dizziness = row_with(sheet, "duizeligheid")
    assert [cell.value for cell in dizziness[:3]] == ["duizeligheid", "Esketamine Css (µg/L)", 12]  # table 6: 12 of 30
    assert [shown(cell) for cell in dizziness[6:7]] == [18]


def test_that_a_patients_classification_shows_its_evidence(tmp_path: Path) -> None:
    course = [(m, 80, 120 if m != 240 else 145, 70) for m in range(0, 481, 30)]
    one = patient("P01", course, nrs_before=8.0, nrs_end=5.0, infusion_minutes=480, relief_weeks=3.0)
    book = exported(snapshot_of([one]), tmp_path, "en")
    sheet = sheet_of(book, "Classification")
    heads = [str(sheet.cell(2, at).value) for at in range(1, sheet.max_column + 1)]
    values = [sheet.cell(3, at).value for at in range(1, sheet.max_column + 1)]
    assert values[:2] == ["P01", "Non-responder"]
    at = next(i for i, head in enumerate(heads) if "≤ 20" in head and "ystolic" in head)
    assert values[at : at + 3] == [20.833333333, 240, "not met"]
    assert sheet.cell(3, at + 1).number_format == "0.0"
    assert sheet.freeze_panes == "B3"


def test_that_data_sheets_hold_typed_values(tmp_path: Path) -> None:
    one = patient(
        "P01",
        [(0, 80, None, 70)],
        [(480, "esketamine", BelowLloq(1.234)), (480, "norketamine", 60.5)],
        inclusion_date=date(2024, 1, 16),
        infusion_start=datetime(2024, 1, 16, 8, 45),
        weight_kg=71.5,
        age_years=57,
    )
    book = exported(snapshot_of([one]), tmp_path)
    patients = sheet_of(book, "patients")
    by_name = {str(cell.value): patients.cell(2, at) for at, cell in enumerate(patients[1], 1)}
    assert (by_name["inclusion_date"].value, by_name["inclusion_date"].number_format) == (
        datetime(2024, 1, 16),
        "dd-mm-yyyy",
    )
    assert by_name["infusion_start"].number_format == "dd-mm-yyyy hh:mm"
    assert (by_name["weight_kg"].value, by_name["weight_kg"].number_format) == (71.5, "0.0")
    assert (by_name["age_years"].value, by_name["age_years"].number_format) == (57, "0")
    assert by_name["height_cm"].value is None
    samples = sheet_of(book, "samples")
    assert [samples.cell(row, 4).value for row in (2, 3)] == ["<1.2340", 60.5]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "=cmd|' /C calc'!A0", "#N/A", "\t=1"])
def test_that_text_that_looks_like_a_formula_reaches_excel_as_text(tmp_path: Path, text: str) -> None:
    book = exported(snapshot_of([patient("P01", remarks=text)]), tmp_path)
    sheet = sheet_of(book, "patients")
    column = next(cell.column for cell in sheet[1] if cell.value == "remarks")
    cell = sheet.cell(2, column)
    assert (cell.data_type, cell.value) == ("s", text)


def test_that_no_text_of_a_study_becomes_a_formula(tmp_path: Path) -> None:
    events = [{"term": "=HYPERLINK(1)", "phase": "during"}]
    book = exported(snapshot_of([patient("-1-", steady(), events=events, remarks="=A1")]), tmp_path)
    found = {sheet.title for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.data_type == "f"}
    assert found == {"Controle"}  # whose formulas are Esk's own
    check = sheet_of(book, "Controle")
    assert [(check.cell(8, at).value, check.cell(8, at).data_type) for at in (1, 3)] == [("-1-", "s")] * 2


def test_that_every_sheet_prints_on_a4_with_its_head_repeated(demo: Workbook) -> None:
    for sheet in demo.worksheets:
        upright = "portrait" if sheet.title == "Figuur 1" else "landscape"
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, upright)
        assert sheet.page_setup.fitToHeight == 0
        is_wide = sheet.title in ("Classificatie", "Controle", "patients", "Logboek")
        # Several pages side by side, not one in a tiny type.
        assert (int(sheet.page_setup.fitToWidth or 0) > 1) is is_wide
        assert (sheet.print_title_cols == "$A:$A") is is_wide
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        if sheet.title not in ("Overzicht", "Figuur 1"):
            assert sheet.freeze_panes is not None
            assert sheet.print_title_rows is not None
        foot = sheet.HeaderFooter.oddFooter
        assert foot is not None
        assert "Verzonnen" in str(foot.left.text)


def test_that_the_codebook_lists_the_whole_dictionary(demo: Workbook) -> None:
    sheet = sheet_of(demo, "Codeboek")
    rows = {(row[0].value, row[1].value): [cell.value for cell in row] for row in sheet.iter_rows(min_row=2)}
    assert rows[("patients", "age_years")][4:10] == ["jaar", 18, 120, 18, 100, 0]
    assert rows[("patients", "dose_mg")][5:7] == ["> 0", 1000]
    assert "male = man" in str(rows[("patients", "sex")][11])
    assert (None, "ratio") in rows


def test_that_the_log_comes_along_and_is_split_where_a_sheet_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Study.create(tmp_path / "s.esk", person=Person("AB"), patients=[patient("P01")]) as study:
        study.set_setting("study_name", "=Pilot")
        study.settle()
        lines = len(study.log())
        monkeypatch.setattr(workbook_out, "ROWS_PER_SHEET", lines - 1)
        export_workbook(study.snapshot(), tmp_path / "s.xlsx", Wording("en"))
    book = load_workbook(tmp_path / "s.xlsx")
    first, second = sheet_of(book, "Log"), sheet_of(book, "Log 2")
    assert (first.max_row, second.max_row) == (lines, 2)
    assert [cell.value for cell in second[1]] == [cell.value for cell in first[1]]
    assert second.cell(2, 1).value == lines
    assert (second.cell(2, 12).value, second.cell(2, 12).data_type) == ("=Pilot", "s")
    assert first.cell(2, 2).number_format == "dd-mm-yyyy hh:mm:ss"


def test_that_a_log_text_longer_than_a_cell_is_cut_with_a_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "é" * 40_000
    cut = sheets_log.cut_to_fit(text)
    assert cut.endswith(" ... [40000]")
    assert len(cut) < 32_767


def test_that_text_too_long_for_a_cell_is_refused_with_its_cell(tmp_path: Path) -> None:
    with pytest.raises(Fault) as caught:
        exported(snapshot_of([patient("P01", remarks="x" * 32_768)]), tmp_path)
    assert (caught.value.code, caught.value.params["sheet"]) == ("text_too_long", "patients")
    assert list(tmp_path.iterdir()) == []


def test_that_pictures_stand_beside_the_charts_that_excel_draws(tmp_path: Path, demo: Workbook) -> None:
    assert len(sheet_of(demo, "Figuur 1")._charts) == 3  # type: ignore[attr-defined]  # openpyxl has no public list
    snapshot = snapshot_of(demo_patients())
    pictures = dict.fromkeys(("1a", "1b", "1c"), PIXEL)
    export_workbook(snapshot, tmp_path / "p.xlsx", Wording("nl"), pictures={**pictures}, with_log=False)
    sheet = sheet_of(load_workbook(tmp_path / "p.xlsx"), "Figuur 1")
    assert len(sheet._images) == 3  # type: ignore[attr-defined]
    assert len(sheet._charts) == 3  # type: ignore[attr-defined]
    points = [row for row in sheet.iter_rows(values_only=True) if row[0] == "1a" and str(row[1]).startswith("P")]
    assert len(points) == 30


def test_that_a_picture_that_is_none_is_a_fault_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(Fault) as caught:
        export_workbook(
            snapshot_of([patient()]), tmp_path / "p.xlsx", Wording("nl"), pictures={"1a": b"no"}, with_log=False
        )
    assert caught.value.code == "picture_damaged"
    assert list(tmp_path.iterdir()) == []


def test_that_an_export_tells_how_far_it_is_and_leaves_nothing_when_stopped(tmp_path: Path) -> None:
    snapshot = snapshot_of([patient(f"P{n}", steady()) for n in range(60)])
    shares: list[float] = []
    export_workbook(snapshot, tmp_path / "a.xlsx", Wording("nl"), progress=shares.append, with_log=False)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with pytest.raises(Fault) as caught:
        export_workbook(
            snapshot, tmp_path / "b.xlsx", Wording("nl"), cancelled=lambda: True, progress=shares.append, with_log=False
        )
    assert caught.value.code == "cancelled"
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_that_a_target_that_is_open_keeps_its_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "open.xlsx"
    target.write_bytes(b"old")

    def held(self: Path, other: Path) -> Path:
        raise PermissionError(13, "another program has it", str(other))

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(Fault) as caught:
        exported(snapshot_of([patient()]), tmp_path / "nowhere" / "..")  # the same folder, spelt another way
    monkeypatch.undo()
    assert caught.value.code == "folder_missing"
    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(Fault) as caught:
        export_workbook(snapshot_of([patient()]), target, Wording("nl"), with_log=False)
    assert caught.value.code == "target_open"
    assert [path.name for path in tmp_path.iterdir()] == ["open.xlsx"]
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing/out.xlsx", "folder_missing"),
        ("folder.xlsx", "target_is_folder"),
        ("x" * 300 + ".xlsx", "file_name_long"),
        ("study.esk", "target_not_xlsx"),
        ("out", "target_not_xlsx"),
    ],
)
def test_that_a_target_that_cannot_be_is_told_at_once(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(Fault) as caught:
        export_workbook(snapshot_of([patient()]), tmp_path / name, Wording("nl"), with_log=False)
    assert caught.value.code == code


def test_that_an_empty_study_can_be_exported(tmp_path: Path) -> None:
    book = exported(snapshot_of([]), tmp_path, "en")
    assert "Table 3" in book.sheetnames
    assert sheet_of(book, "patients").max_row == 1


def test_that_what_a_killed_export_left_beside_its_target_goes_after_hours(tmp_path: Path) -> None:
    old, young = tmp_path / ".out.0123abcd.xlsx", tmp_path / ".out.4567abcd.xlsx"
    foreign = tmp_path / ".outing.0123abcd.xlsx"
    for each in (old, young, foreign):
        each.write_bytes(b"PK")
    for each in (old, foreign):
        os.utime(each, (1_700_000_000, 1_700_000_000))
    exported(snapshot_of([patient("P01")]), tmp_path)
    assert sorted(path.name for path in tmp_path.glob(".*")) == [young.name, foreign.name]


def test_that_a_sheet_beyond_what_a_workbook_holds_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zipfile.ZIP64_LIMIT", 2000)
    with pytest.raises(Fault, match="too_many_rows"):
        exported(snapshot_of([patient("P01")]), tmp_path)
    assert list(tmp_path.glob("*.xlsx")) == []


def test_that_the_classification_can_be_filtered_and_colours_what_was_not_met(demo: Workbook) -> None:
    sheet = sheet_of(demo, "Classificatie")
    assert sheet.auto_filter.ref == f"A2:{sheet.cell(32, sheet.max_column).coordinate}"
    rules = [(str(each.sqref), rule.text) for each in sheet.conditional_formatting for rule in each.rules]
    assert [text for range_, text in rules if range_ == "B3:B32"] == ["Non-responder", "Responder", "Onbepaald"]
    assert [text for range_, text in rules if range_.startswith("D3:")] == ["niet gehaald", "nog onbekend"]


def test_that_data_sheets_are_tables_and_their_columns_have_names(demo: Workbook) -> None:
    for title in ("patients", "vital_signs", "samples", "adverse_events"):
        sheet = sheet_of(demo, title)
        (table,) = sheet.tables.values()
        assert (table.displayName, table.ref) == (title, sheet.dimensions)
    vital_signs = sheet_of(demo, "vital_signs")
    assert vital_signs["D1"].value == "systolic_mmhg"
    held = demo.defined_names["vital_signs_systolic_mmhg"].attr_text
    assert held == f"'vital_signs'!$D$2:$D${vital_signs.max_row}"
    css = str(demo.defined_names["setting_css_from_minute"].attr_text).rpartition("!")[2].replace("$", "")
    assert sheet_of(demo, "settings")[css].value == 450
    assert demo.defined_names["table_5"].attr_text is not None


def test_that_footnotes_wrap_under_their_table_and_all_of_it_is_printed(demo: Workbook) -> None:
    sheet = sheet_of(demo, "P-waarden")
    last = sheet.cell(sheet.max_row, sheet.max_column).coordinate
    assert str(sheet.print_area).replace("$", "") == f"'P-waarden'!A1:{last}"
    joined = {range_.min_row for range_ in sheet.merged_cells.ranges}
    notes = [row[0] for row in sheet.iter_rows(min_row=25) if row[0].value and row[1].value is None]
    assert notes
    assert {cell.row for cell in notes if len(str(cell.value)) > 60} <= joined


def test_that_excels_charts_draw_every_patient_and_tukeys_hinges(demo: Workbook) -> None:
    sheet = sheet_of(demo, "Figuur 1")
    boxes = [[cell.value for cell in row] for row in sheet.iter_rows() if row[1].value == "Responder" and row[7].value]

    def numbers(reference: object) -> list[float]:
        range_ = str(reference).rpartition("!")[2].replace("$", "")
        return [float(str(cell.value)) for row in sheet[range_] for cell in row]

    for chart, box in zip(sheet._charts, boxes, strict=True):  # type: ignore[attr-defined]
        _, _, line, median, others, points = chart.series
        assert (len(numbers(others.yVal.numRef.f)), len(numbers(points.yVal.numRef.f))) == (20, 10)
        assert {round(x) for x in numbers(points.xVal.numRef.f)} == {2}
        drawn = numbers(line.yVal.numRef.f)
        assert set(drawn) == {float(str(each)) for each in (*box[3:5], *box[6:8])}  # whiskers and hinges
        assert numbers(median.yVal.numRef.f) == [box[5]] * 2
    first = sheet._charts[0].series[-1]  # type: ignore[attr-defined]
    expected = sorted(
        float(str(row[3].value))
        for row in sheet.iter_rows()
        if row[0].value == "1a" and row[2].value == "Responder" and str(row[1].value).startswith("P")
    )
    assert numbers(first.yVal.numRef.f) == expected
