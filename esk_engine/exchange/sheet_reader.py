"""A sheet as rows of cells under known columns, whatever their order; what is not known is named and left out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from esk_engine.dictionary import Variable
from esk_engine.errors import Fault, Issue, Place, Severity
from esk_engine.exchange.cells import Cell, CellReader, is_blank, unescaped
from esk_engine.exchange.layout import READ_SHEETS, cell_name, name_key
from esk_engine.exchange.safe_zip import Contents, calm
from esk_engine.records import Value

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_STEP = 1000  # rows between two looks at whether the reading is still wanted


@dataclass(slots=True)
class Findings:
    """Where the issues of one workbook are gathered, each with its place.

    Attributes
    ----------
    file
        The path as it was given.
    refused
        (sheet, row, column) of every cell that has an error: rules across cells are silent about those.
    """

    file: str
    issues: list[Issue] = field(default_factory=list[Issue])
    refused: set[tuple[str, int, int]] = field(default_factory=set[tuple[str, int, int]])

    def at(self, sheet: str, row: int, column: int, issues: Iterable[Issue]) -> None:
        """Take issues about one cell, row and column counted from 1."""
        place = Place(self.file, sheet, cell_name(row, column), "", row, column)
        for issue in issues:
            self.issues.append(Issue(issue.code, issue.variable, issue.severity, issue.params, place))
            if issue.is_error:
                self.refused.add((sheet, row, column))

    def about_sheet(self, sheet: str, code: str, severity: Severity = Severity.ERROR, **params: object) -> None:
        place = Place(self.file, sheet)
        self.issues.append(Issue(code, "", severity, {"value": sheet, **params}, place))


class Watch:
    """How far a reading is, and whether it is still wanted.

    Parameters
    ----------
    progress
        Told the share that is read, by what the sheets claim to hold.
    cancelled
        Asked now and then; True ends the reading with Fault ``cancelled``.
    """

    def __init__(self, progress: Callable[[float], None] | None, cancelled: Callable[[], bool] | None) -> None:
        self._progress, self._cancelled = progress, cancelled
        self._claimed = self._read = 0

    def expect(self, rows: int) -> None:
        self._claimed += rows

    def step(self, rows: int) -> None:
        self._read += rows
        if self._cancelled is not None and self._cancelled():
            raise Fault("cancelled")
        if self._progress is not None and self._claimed:
            self._progress(min(1.0, self._read / self._claimed))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its title as written, and which of its cells hold formulas."""

    title: str
    worksheet: Any
    formulas: frozenset[tuple[int, int]]
    watch: Watch

    def rows(self, path: Path) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Rows with their number; the sheet's own claim about its size is not believed."""
        with calm(path), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.worksheet.reset_dimensions()
            for number, cells in enumerate(self.worksheet.iter_rows(), 1):
                if number % _STEP == 0:
                    self.watch.step(_STEP)
                yield number, cells


@dataclass(frozen=True, slots=True)
class Table:
    """The known columns of one sheet: position (from 1) and declaration, in the sheet's order."""

    title: str
    columns: tuple[tuple[int, Variable], ...]
    header_row: int

    def column_of(self, name: str) -> int | None:
        return next((at for at, declared in self.columns if declared.name == name), None)


@contextmanager
def open_sheets(
    path: Path, contents: Contents, findings: Findings, watch: Watch
) -> Generator[Mapping[str, Sheet], None, None]:
    """The known sheets of a workbook by name; the others are named in a warning.

    Raises
    ------
    Fault
        Where the file is no workbook after all.
    """
    with calm(path):
        book = _load(path, data_only=True)
    try:
        formulas = _formula_cells(path) if contents.has_formulas else {}
        yield _known_sheets(book, formulas, findings, watch)
    finally:
        book.close()


def _load(path: Path, *, data_only: bool) -> Workbook:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of parts that it leaves out: none of them is read here
        return load_workbook(path, read_only=True, data_only=data_only, keep_links=False)


def _formula_cells(path: Path) -> dict[str, frozenset[tuple[int, int]]]:
    """Which cells hold a formula, sheet by sheet: their values alone do not tell."""
    with calm(path):
        book = _load(path, data_only=False)
    try:
        found: dict[str, frozenset[tuple[int, int]]] = {}
        for worksheet in book.worksheets:
            if name_key(worksheet.title) not in READ_SHEETS:
                continue
            rows = Sheet(worksheet.title, worksheet, frozenset(), Watch(None, None)).rows(path)
            found[worksheet.title] = frozenset(
                (row, column) for row, cells in rows for column, cell in enumerate(cells, 1) if cell.data_type == "f"
            )
        return found
    finally:
        book.close()


def _known_sheets(
    book: Workbook, formulas: Mapping[str, frozenset[tuple[int, int]]], findings: Findings, watch: Watch
) -> Mapping[str, Sheet]:
    from esk_engine.exchange.report_names import report_sheet_keys

    own, found = report_sheet_keys(), dict[str, Sheet]()
    for worksheet in book.worksheets:
        title, key = str(worksheet.title), name_key(worksheet.title)
        if key in found:
            findings.about_sheet(title, "duplicate_sheet", first=found[key].title)
        elif key in READ_SHEETS:
            found[key] = Sheet(title, worksheet, formulas.get(title, frozenset()), watch)
            watch.expect(worksheet.max_row or 0)
            if worksheet.sheet_state != "visible":
                findings.about_sheet(title, "hidden_sheet_read", Severity.WARNING)
            if found[key].formulas:
                cells = len(found[key].formulas)
                findings.about_sheet(title, "formulas_read_by_value", Severity.WARNING, count=cells)
        elif key not in own:
            findings.about_sheet(title, "unknown_sheet", Severity.WARNING)
    return found


def read_header(sheet: Sheet, number: int, cells: Sequence[Cell], known: Sequence[Variable], to: Findings) -> Table:
    """Which column holds what; unknown ones are warned about, a name that comes twice is refused."""
    by_name = {declared.name: declared for declared in known}
    columns: list[tuple[int, Variable]] = []
    seen: dict[str, int] = {}
    for at, cell in enumerate(cells, 1):
        if is_blank(cell.value):
            continue
        text = unescaped(str(cell.value)).strip()
        key = name_key(text)
        if key in seen:
            params = {"value": text, "first": cell_name(number, seen[key])}
            to.at(sheet.title, number, at, (Issue("duplicate_column", key, params=params),))
            continue
        seen[key] = at
        if key in by_name:
            columns.append((at, by_name[key]))
        else:
            to.at(sheet.title, number, at, (Issue("unknown_column", text, Severity.WARNING, {"value": text}),))
    return Table(sheet.title, tuple(columns), number)


@dataclass(frozen=True, slots=True)
class RowCells:
    """One row of a sheet: its cells by column, each read when it is asked for."""

    table: Table
    number: int
    cells: Sequence[Cell]
    formulas: frozenset[tuple[int, int]]

    def at(self, column: str) -> tuple[str, int, int]:
        """Sheet, row and position of a column, that of the first where the sheet has no such column."""
        return self.table.title, self.number, self.table.column_of(column) or 1

    def value(self, reader: CellReader, declared: Variable, to: Findings, column: str = "") -> Value:
        """One column's value; ``column`` where its name differs from what is declared."""
        at = self.table.column_of(column or declared.name)
        return None if at is None else self.read(reader, at, declared, to)

    def read(self, reader: CellReader, at: int, declared: Variable, to: Findings) -> Value:
        """The value at one position, its issues reported; None where it is missing or refused."""
        cell = self.cells[at - 1] if at <= len(self.cells) else None
        if cell is None or cell.value is None:
            # A formula that gives empty text says so by its type; one that was never computed has none.
            if (self.number, at) in self.formulas and (cell is None or cell.data_type != "str"):
                to.at(self.table.title, self.number, at, (Issue("formula_without_value", declared.name),))
            return None
        value, issues = reader.read(declared, cell)
        if issues:
            to.at(self.table.title, self.number, at, issues)
        return value

    def is_blank(self) -> bool:
        if any(not is_blank(cell.value) for cell in self.cells):
            return False
        return not self.formulas or all((self.number, at) not in self.formulas for at in range(1, len(self.cells) + 1))


class TableReader:
    """Rows of one sheet under its known columns, every fault taken along.

    Parameters
    ----------
    path, sheet
        The workbook's path and the sheet in it.
    known
        The columns that may be there.
    """

    def __init__(self, path: Path, sheet: Sheet, known: Sequence[Variable], reader: CellReader, to: Findings) -> None:
        self._path, self._sheet, self._known, self._reader, self._to = path, sheet, known, reader, to
        self._unnamed: set[int] = set()
        self.table = Table(sheet.title, (), 1)

    def rows(self, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, Value]]]:
        """Row number and the values that could be read, by column name; see ``cells``."""
        reader, to = self._reader, self._to
        for row in self.cells(needed):
            values = {name.name: row.read(reader, at, name, to) for at, name in self.table.columns}
            yield row.number, {name: value for name, value in values.items() if value is not None}

    def cells(self, needed: Sequence[str]) -> Iterator[RowCells]:
        """The rows that are not blank.

        The first of them names the columns; where one of ``needed`` is not among those, that is the fault and no
        row comes.
        """
        formulas, rows = self._sheet.formulas, self._sheet.rows(self._path)
        header = next(((number, cells) for number, cells in rows if not _is_blank_row(cells)), None)
        if header is None:
            return
        self.table = read_header(self._sheet, *header, self._known, self._to)
        missing = [name for name in needed if self.table.column_of(name) is None]
        for name in missing:
            self._to.at(self._sheet.title, header[0], 1, (Issue("column_missing", name, params={"value": name}),))
        if missing:
            return
        named = {at for at, cell in enumerate(header[1], 1) if not is_blank(cell.value)}
        for number, cells in rows:
            row = RowCells(self.table, number, cells, formulas)
            if not row.is_blank():
                self._warn_of_unnamed(number, cells, named)
                yield row

    def _warn_of_unnamed(self, number: int, cells: Sequence[Cell], named: set[int]) -> None:
        """A column that has values and no name is left out, which is said once."""
        if len(cells) == len(named) and max(named) == len(named):
            return
        for at, cell in enumerate(cells, 1):
            if at not in named and at not in self._unnamed and not is_blank(cell.value):
                self._unnamed.add(at)
                issue = Issue("column_without_name", "", Severity.WARNING, {"value": cell_name(number, at)})
                self._to.at(self._sheet.title, number, at, (issue,))


def _is_blank_row(cells: Sequence[Cell]) -> bool:
    return all(is_blank(cell.value) for cell in cells)
