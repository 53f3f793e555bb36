"""Workbooks of others: every sheet that holds anything, as tables of raw cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from esk_engine.errors import Fault, Issue, Place, Severity
from esk_engine.exchange.book_parts import Book, BookSheet, SheetRows, open_book
from esk_engine.exchange.cells import is_blank
from esk_engine.exchange.intake.headers import header_at
from esk_engine.exchange.intake.merged import covered, range_of
from esk_engine.exchange.intake.raw import Note, RawCell, RawTable, Source
from esk_engine.exchange.layout import CRITERIA_SHEET, SETTINGS_SHEET, name_key
from esk_engine.exchange.sheet_rows import BookCell

_MOST_COLUMNS: Final = 5_000
_MOST_CELLS: Final = 5_000_000
_BLANK_ROWS: Final = 10_000  # after so many empty rows in a row the sheet is at its end


def read_book(path: Path, cancelled: Callable[[], bool] | None = None) -> Source:
    """Open a workbook: formulas by the value that Excel left, what Esk's own export writes for readers left out.

    Raises
    ------
    Fault
        Where the file is no workbook that may be opened (see ``safe_zip``); ``cancelled``.
    """
    with open_book(path) as book:
        tables, issues = _tables(path, book, cancelled)
    return Source(path, "xlsx", tables, issues)


def _tables(
    path: Path, book: Book, cancelled: Callable[[], bool] | None
) -> tuple[tuple[RawTable, ...], tuple[Issue, ...]]:
    from esk_engine.exchange.report_names import report_sheet_keys

    own = {*report_sheet_keys(), CRITERIA_SHEET, SETTINGS_SHEET}
    tables: list[RawTable] = []
    issues: list[Issue] = []
    room = _Room(path.name)
    for sheet in book.sheets:
        title = sheet.title
        if name_key(title) in own:
            continue
        rows = book.rows(sheet, _asker(cancelled))
        table = _table(sheet, rows, room)
        if table is None:
            continue
        tables.append(table)
        place = Place(str(path), title)

        def warn(code: str, place: Place = place, **params: object) -> None:
            issues.append(Issue(code, "", Severity.WARNING, {"value": place.sheet, **params}, place))

        if sheet.is_hidden:
            warn("hidden_sheet_read")
        if rows.formulas:
            warn("formulas_read_by_value", count=rows.formulas)
        if rows.merged:
            warn("merged_cells", count=len(rows.merged))
    if not tables:
        raise Fault("workbook_empty", file=path.name)
    return tuple(tables), tuple(issues)


def _asker(cancelled: Callable[[], bool] | None) -> Callable[[int], None]:
    """Asked after every piece of a sheet whether the reading is still wanted."""

    def step(_: int) -> None:
        if cancelled is not None and cancelled():
            raise Fault("cancelled")

    return step


class _Room:
    """How many cells of a workbook are held, which is what its reading costs."""

    def __init__(self, file: str) -> None:
        self._file, self._cells = file, 0

    def take(self, cells: int) -> None:
        """Fault ``workbook_too_many_cells`` where there is no room for so many more."""
        self._cells += cells
        if self._cells > _MOST_CELLS:
            raise Fault("workbook_too_many_cells", file=self._file, cells=_MOST_CELLS)


def _table(sheet: BookSheet, rows: SheetRows, room: _Room) -> RawTable | None:
    """One sheet, None where it holds nothing."""
    lines: list[tuple[object, ...]] = []
    special: dict[tuple[int, int], RawCell] = {}
    seen = 0
    for number, cells in rows:
        last = max((at for at, cell in cells.items() if not is_blank(cell.value) or cell.has_formula), default=0)
        if not last:
            continue
        gap = number - 1 - len(lines)
        if seen and gap > _BLANK_ROWS:
            break
        last = min(last, _MOST_COLUMNS)
        seen = number
        room.take(gap + last)
        lines += [()] * gap
        lines.append(tuple(cells[at].value if at in cells else None for at in range(1, last + 1)))
        for at, cell in cells.items():
            if at <= last and (cell.has_formula or cell.data_type in ("d", "e")):
                special[(number - 1, at - 1)] = _raw(cell)
    if not lines:
        return None
    for place in covered([found for ref in rows.merged if (found := range_of(ref))], len(lines), max(map(len, lines))):
        special.setdefault(place, RawCell(None, note="merged"))
    at = header_at(lines)
    header = tuple("" if is_blank(value) else str(value).strip() for value in lines[at])
    moved = {(row - at - 1, column): cell for (row, column), cell in special.items() if row > at}
    return RawTable(sheet.title, header, lines[at + 1 :], at + 1, at + 2, moved, sheet.is_hidden, lines[:at])


def _raw(cell: BookCell) -> RawCell:
    """A cell of which more is known than its value; one that was never computed has none, which is not nothing."""
    note: Note = "error" if cell.data_type == "e" else "formula" if cell.has_formula else ""
    kind = cell.data_type if cell.data_type in ("d", "e", "s", "b") else "n"
    is_shown = kind in ("d", "e")
    return RawCell(cell.value, kind, cell.number_format if is_shown else None, note)
