"""Workbooks of others: every sheet that holds anything, as tables of raw cells."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esk_engine.errors import Fault, Issue, Place, Severity
from esk_engine.exchange.cells import is_blank
from esk_engine.exchange.intake.headers import header_at
from esk_engine.exchange.intake.raw import RawCell, RawTable, Source
from esk_engine.exchange.layout import name_key
from esk_engine.exchange.safe_zip import calm, inspect_workbook

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 5_000
_MOST_CELLS = 5_000_000
_BLANK_ROWS = 10_000  # after so many empty rows in a row the sheet is at its end
_STEP = 1_000


def read_book(path: Path, cancelled: Callable[[], bool] | None = None) -> Source:
    """Open a workbook: formulas by the value that Excel left, what Esk's own export writes for readers left out.

    Raises
    ------
    Fault
        Where the file is no workbook that may be opened (see ``safe_zip``); ``cancelled``.
    """
    contents = inspect_workbook(path, every_sheet=True)
    with calm(path):
        book = _load(path, data_only=True)
        formulas = _load(path, data_only=False) if contents.has_formulas else None
        try:
            tables, issues = _tables(path, book, formulas, cancelled)
        finally:
            book.close()
            if formulas is not None:
                formulas.close()
    return Source(path, "xlsx", tables, issues)


def _load(path: Path, *, data_only: bool) -> Workbook:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of parts that it leaves out: none of them is read here
        return load_workbook(path, read_only=True, data_only=data_only, keep_links=False)


def _tables(
    path: Path, book: Workbook, formulas: Workbook | None, cancelled: Callable[[], bool] | None
) -> tuple[tuple[RawTable, ...], tuple[Issue, ...]]:
    from esk_engine.exchange.report_names import report_sheet_keys

    own = report_sheet_keys()
    tables: list[RawTable] = []
    issues: list[Issue] = []
    for worksheet in book.worksheets:
        title = str(worksheet.title)
        if name_key(title) in own:
            continue
        sought = formulas[title] if formulas is not None else None
        table, computed = _table(title, worksheet, sought, cancelled)
        if table is None:
            continue
        tables.append(table)
        place = Place(str(path), title)
        if worksheet.sheet_state != "visible":
            issues.append(Issue("hidden_sheet_read", "", Severity.WARNING, {"value": title}, place))
        if computed:
            params = {"value": title, "count": computed}
            issues.append(Issue("formulas_read_by_value", "", Severity.WARNING, params, place))
    if not tables:
        raise Fault("workbook_empty", file=path.name)
    return tuple(tables), tuple(issues)


def _table(
    title: str, worksheet: Any, formulas: Any, cancelled: Callable[[], bool] | None
) -> tuple[RawTable | None, int]:
    """One sheet, None where it holds nothing; and how many of its cells are formulas."""
    lines: list[tuple[object, ...]] = []
    special: dict[tuple[int, int], RawCell] = {}
    total, blank = 0, 0
    for number, cells in enumerate(_rows(worksheet)):
        if number % _STEP == 0 and cancelled is not None and cancelled():
            raise Fault("cancelled")
        values = _trimmed(cells[:_MOST_COLUMNS])
        blank = 0 if values else blank + 1
        if blank > _BLANK_ROWS:
            break
        total += len(values)
        if total > _MOST_CELLS:
            raise Fault("workbook_too_large", file=title, megabytes=50)
        lines.append(tuple(cell.value for cell in values))
        for column, cell in enumerate(values):
            if cell.data_type in ("d", "e"):
                note = "error" if cell.data_type == "e" else ""
                special[(number, column)] = RawCell(cell.value, cell.data_type, cell.number_format, note)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        return None, 0
    computed = _mark_formulas(formulas, lines, special) if formulas is not None else 0
    at = header_at(lines)
    header = tuple("" if is_blank(value) else str(value).strip() for value in lines[at])
    moved = {(row - at - 1, column): cell for (row, column), cell in special.items() if row > at}
    hidden = worksheet.sheet_state != "visible"
    return RawTable(title, header, lines[at + 1 :], at + 1, at + 2, moved, hidden, lines[:at]), computed


def _rows(worksheet: Any) -> Iterator[Sequence[Any]]:
    """The sheet's rows; its own claim about its size is not believed."""
    worksheet.reset_dimensions()
    yield from worksheet.iter_rows(max_row=_MOST_ROWS)


def _trimmed(cells: Sequence[Any]) -> Sequence[Any]:
    """The cells of a row up to the last that holds anything."""
    end = len(cells)
    while end and is_blank(cells[end - 1].value):
        end -= 1
    return cells[:end]


def _mark_formulas(worksheet: Any, lines: Sequence[Sequence[object]], special: dict[tuple[int, int], RawCell]) -> int:
    """Note which cells are formulas: one that was never computed has no value, which is not nothing."""
    count = 0
    for number, cells in enumerate(_rows(worksheet)):
        if number >= len(lines):
            break
        for column, cell in enumerate(cells[:_MOST_COLUMNS]):
            if cell.data_type != "f":
                continue
            count += 1
            known = special.get((number, column))
            if known is not None:
                continue
            values = lines[number]
            value = values[column] if column < len(values) else None
            type_ = "s" if isinstance(value, str) else "b" if isinstance(value, bool) else "n"
            special[(number, column)] = RawCell(value, type_, None, "formula")
    return count
