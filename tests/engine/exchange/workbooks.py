"""Workbooks for tests, written with plain openpyxl: a sheet is a list of rows, its first the names of the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from esk_engine.errors import Issue
from esk_engine.exchange.workbook_in import WorkbookRead, read_workbook

TODAY = date(2024, 6, 1)
Rows = Sequence[Sequence[object]]


def write_book(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A workbook with these sheets, in this order."""
    book = Workbook()
    for at, (title, rows) in enumerate(sheets.items()):
        sheet = book.create_sheet(title, at)
        for row in rows:
            sheet.append(list(row))
    del book[book.sheetnames[-1]]
    book.save(path)
    return path


def sheet_of(book: Workbook, title: str) -> Worksheet:
    """A sheet that is there, as a worksheet."""
    found = book[title]
    assert isinstance(found, Worksheet)
    return found


def read(path: Path) -> WorkbookRead:
    return read_workbook(path, TODAY)


def told(issues: Sequence[Issue]) -> list[tuple[str, str, str]]:
    """(``sheet!cell``, variable, code) of every issue."""
    return [(f"{i.place.sheet}!{i.place.cell}", i.variable, i.code) for i in issues]
