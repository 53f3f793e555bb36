"""Cells as another program reads them: every one of Esk's reader against openpyxl's own."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook, load_workbook

from esk_engine.errors import Fault
from esk_engine.exchange.book_parts import open_book
from esk_engine.exchange.demo import create_demo
from esk_engine.exchange.workbook_out import export_workbook
from esk_engine.study import Person
from esk_engine.wording import Wording
from tests.engine.exchange.bad_files import book_bytes, sheet_of
from tests.engine.exchange.test_any_cells import any_sheets
from tests.engine.exchange.workbooks import Rows, write_book
from tests.engine.exchange.workbooks import sheet_of as worksheet_of

Told = tuple[str, int, int, object, str | None]


def ours(path: Path) -> list[Told]:
    with open_book(path) as book:
        return [
            (sheet.title, row, column, cell.value, cell.number_format)
            for sheet in book.sheets
            for row, cells in book.rows(sheet)
            for column, cell in sorted(cells.items())
            if cell.value is not None
        ]


def theirs(path: Path) -> Iterator[Told]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(path, read_only=True, data_only=True)
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None:
                        yield sheet.title, cell.row or 0, cell.column or 0, cell.value, cell.number_format
        book.close()


@given(sheets=any_sheets())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_that_any_workbook_holds_what_openpyxl_finds_in_it(
    tmp_path_factory: pytest.TempPathFactory, sheets: dict[str, Rows]
) -> None:
    path = write_book(tmp_path_factory.getbasetemp() / "same.xlsx", sheets)
    assert ours(path) == list(theirs(path))


def test_that_an_export_holds_what_openpyxl_finds_in_it(tmp_path: Path) -> None:
    with create_demo(tmp_path / "demo.esk", person=Person("AB"), language="nl") as study:
        export_workbook(study.snapshot(), tmp_path / "demo.xlsx", Wording("nl"))
    found = ours(tmp_path / "demo.xlsx")
    assert len(found) > 5_000
    assert found == list(theirs(tmp_path / "demo.xlsx"))


def test_that_dates_are_read_by_the_workbooks_own_calendar(tmp_path: Path) -> None:
    from openpyxl.utils.datetime import MAC_EPOCH

    book = Workbook()
    book.epoch = MAC_EPOCH
    sheet = worksheet_of(book, "Sheet")
    values = [date(2024, 2, 29), datetime(2024, 1, 16, 8, 45), time(8, 45), timedelta(hours=30)]
    sheet.append(values)
    book.save(tmp_path / "mac.xlsx")
    found = [value for *_, value, _ in ours(tmp_path / "mac.xlsx")]
    assert found == [datetime(2024, 2, 29), *values[1:]]


def first_values(tmp_path: Path, rows: str) -> list[object]:
    (tmp_path / "x.xlsx").write_bytes(sheet_of(rows))
    return [value for *_, value, _ in ours(tmp_path / "x.xlsx")]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<v>7</v>", 7),
        ("<v> 7.5 </v>", 7.5),
        ("<v>1E2</v>", 100.0),
        ("<v>.5</v>", 0.5),
        ("<v>12345678901234567890</v>", 12345678901234567890.0),
        ("<v>1e999</v>", float("inf")),
    ],
)
def test_that_a_number_is_read_as_xml_writes_it(tmp_path: Path, cell: str, value: object) -> None:
    assert first_values(tmp_path, f'<row r="1"><c r="A1">{cell}</c></row>') == [value]


def test_that_pieces_of_a_text_are_one_and_readings_for_the_eye_are_left_out(tmp_path: Path) -> None:
    text = "<is><r><t>tokyo </t></r><r><t>tower</t></r><rPh sb='0' eb='1'><t>toukyou</t></rPh></is>"
    assert first_values(tmp_path, f'<row r="1"><c r="A1" t="inlineStr">{text}</c></row>') == ["tokyo tower"]


def test_that_rows_and_cells_without_a_name_follow_each_other(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(sheet_of("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"))
    assert [(row, column, value) for _, row, column, value, _ in ours(tmp_path / "x.xlsx")] == [
        (1, 1, 1),
        (1, 2, 2),
        (2, 1, 3),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"/><row r="1"/>',
        '<row r="1048577"/>',
        '<row r="0"/>',
        '<row r="1"><c r="A1"><v>1_000</v></c></row>',
        '<row r="1"><c r="A1"><v>NaN</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
        '<row r="1"><c r="A1" s="99"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="b"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="x"><v>7</v></c></row>',
        '<row r="1"><c r="A1"><v>7</v></c><c r="A1"><v>8</v></c></row>',
        '<row r="1"><c r="XFE1"><v>7</v></c></row>',
        '<row r="1"><c r="1"><v>7</v></c></row>',
        '<c r="A1"><v>7</v></c>',
    ],
)
def test_that_cells_that_could_be_taken_for_others_are_damage(tmp_path: Path, rows: str) -> None:
    with pytest.raises(Fault) as refused:
        first_values(tmp_path, rows)
    assert refused.value.code == "workbook_damaged"


def test_that_a_workbook_of_odd_styles_and_parts_is_read(tmp_path: Path) -> None:
    """What is not read cannot be wrong: openpyxl refuses a style that it does not know."""
    from tests.engine.exchange.bad_files import with_parts

    odd = {"xl/styles.xml": lambda old: old.replace(b"<fills", b'<fills odd="1"').replace(b"none", b"no such fill")}
    (tmp_path / "odd.xlsx").write_bytes(with_parts(book_bytes(), odd))
    assert [value for *_, value, _ in ours(tmp_path / "odd.xlsx")][:3] == ["study_no", "age_years", "weight_kg"]
