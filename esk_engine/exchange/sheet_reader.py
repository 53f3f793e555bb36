"""A sheet as rows of cells under known columns, whatever their order; what is not known is named and left out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from esk_engine.dictionary import Variable
from esk_engine.errors import Fault, Issue, Place, Severity
from esk_engine.exchange.book_parts import Book, BookSheet, SheetRows, open_book
from esk_engine.exchange.cells import CellReader, ReadCell, is_blank, unescaped
from esk_engine.exchange.layout import READ_SHEETS, cell_name, name_key
from esk_engine.exchange.sheet_rows import BookCell, Cells
from esk_engine.records import Value

MOST_ISSUES: Final = 20_000
MOST_ERRORS: Final = 5_000
_MOST_KNOWN = 20_000  # cells of a column whose meaning is kept
_MERGED_TOLD = 10


class Enough(Exception):
    """So many cells are at fault that reading any further tells nobody more."""


@dataclass(slots=True)
class Findings:
    """Where the issues of one workbook are gathered, each with its place.

    Attributes
    ----------
    file
        The path as it was given.
    refused
        (sheet, row, column) of every cell that has an error: rules across cells are silent about those.
    refused_rows
        (sheet, row) of the same.
    left_out
        How many warnings were not taken any more, after ``MOST_ISSUES`` of them.
    """

    file: str
    issues: list[Issue] = field(default_factory=list[Issue])
    refused: set[tuple[str, int, int]] = field(default_factory=set[tuple[str, int, int]])
    refused_rows: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    left_out: int = 0
    _errors: int = 0

    def at(self, sheet: str, row: int, column: int, issues: Iterable[Issue]) -> None:
        """Take issues about one cell, row and column counted from 1.

        Raises
        ------
        Enough
            At so many errors that the file is a wrong one as a whole.
        """
        place = Place(self.file, sheet, cell_name(row, column), "", row, column)
        for issue in issues:
            if issue.is_error:
                self.refused.add((sheet, row, column))
                self.refused_rows.add((sheet, row))
                self._errors += 1
            elif len(self.issues) >= MOST_ISSUES:
                self.left_out += 1
                continue
            self.issues.append(Issue(issue.code, issue.variable, issue.severity, issue.params, place))
        if self._errors >= MOST_ERRORS:
            raise Enough

    def close(self, *, is_stopped: bool) -> None:
        """Say what was not looked at any more, or not told one by one."""
        place = Place(self.file)
        if is_stopped:
            self.issues.append(Issue("reading_stopped", "", Severity.ERROR, {"count": MOST_ERRORS}, place))
        if self.left_out:
            params = {"count": self.left_out}
            self.issues.append(Issue("warnings_left_out", "", Severity.WARNING, params, place))

    def about_sheet(self, sheet: str, code: str, severity: Severity = Severity.ERROR, **params: object) -> None:
        place = Place(self.file, sheet)
        self.issues.append(Issue(code, "", severity, {"value": sheet, **params}, place))


class Watch:
    """How far a reading is, and whether it is still wanted.

    Parameters
    ----------
    progress
        Told the share that is done.
    cancelled
        Asked now and then; True ends the reading with Fault ``cancelled``.
    """

    def __init__(self, progress: Callable[[float], None] | None, cancelled: Callable[[], bool] | None) -> None:
        self._progress, self._cancelled = progress, cancelled
        self._whole = self._done = 0

    def expect(self, amount: int) -> None:
        """So much more is to come, in bytes of a sheet; what is made of it afterwards takes a third as long."""
        self._whole += amount + amount // 3

    @property
    def rest(self) -> int:
        """What is still to come."""
        return max(0, self._whole - self._done)

    def step(self, amount: int) -> None:
        self._done += amount
        if self._cancelled is not None and self._cancelled():
            raise Fault("cancelled")
        if self._progress is not None and self._whole:
            self._progress(min(1.0, self._done / self._whole))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of an open workbook that is known by its name."""

    book: Book
    sheet: BookSheet
    watch: Watch

    @property
    def title(self) -> str:
        return self.sheet.title

    def rows(self) -> SheetRows:
        return self.book.rows(self.sheet, self.watch.step)


@dataclass(frozen=True, slots=True)
class Table:
    """The known columns of one sheet: position (from 1) and declaration, in the sheet's order."""

    title: str
    columns: tuple[tuple[int, Variable], ...]
    header_row: int

    def column_of(self, name: str) -> int | None:
        return next((at for at, declared in self.columns if declared.name == name), None)


@contextmanager
def open_sheets(path: Path, findings: Findings, watch: Watch) -> Generator[Mapping[str, Sheet], None, None]:
    """The known sheets of a workbook by name; the others are named in a warning.

    Raises
    ------
    Fault
        Where the file is no workbook that may be opened (``safe_zip``).
    """
    with open_book(path) as book:
        yield _known_sheets(book, findings, watch)


def _known_sheets(book: Book, findings: Findings, watch: Watch) -> Mapping[str, Sheet]:
    from esk_engine.exchange.report_names import report_sheet_keys

    own, found = report_sheet_keys(), dict[str, Sheet]()
    for sheet in book.sheets:
        title, key = sheet.title, name_key(sheet.title)
        if key in found:
            findings.about_sheet(title, "duplicate_sheet", first=found[key].title)
        elif key in READ_SHEETS:
            found[key] = Sheet(book, sheet, watch)
            watch.expect(sheet.size)
            if sheet.is_hidden:
                findings.about_sheet(title, "hidden_sheet_read", Severity.WARNING)
        elif key not in own:
            findings.about_sheet(title, "unknown_sheet", Severity.WARNING)
    return found


def read_header(title: str, number: int, cells: Cells, known: Sequence[Variable], to: Findings) -> Table:
    """Which column holds what; unknown ones are warned about, a name that comes twice is refused."""
    by_name = {declared.name: declared for declared in known}
    columns: list[tuple[int, Variable]] = []
    seen: dict[str, int] = {}
    for at, cell in sorted(cells.items()):
        if is_blank(cell.value):
            continue
        text = unescaped(str(cell.value)).strip()
        key = name_key(text)
        if key in seen:
            params = {"value": text, "first": cell_name(number, seen[key])}
            to.at(title, number, at, (Issue("duplicate_column", key, params=params),))
            continue
        seen[key] = at
        if key in by_name:
            columns.append((at, by_name[key]))
        else:
            to.at(title, number, at, (Issue("unknown_column", text, Severity.WARNING, {"value": text}),))
    return Table(title, tuple(columns), number)


@dataclass(frozen=True, slots=True)
class RowCells:
    """One row of a sheet: its cells by column, each read when it is asked for."""

    table: Table
    number: int
    cells: Cells

    def at(self, column: str) -> tuple[str, int, int]:
        """Sheet, row and position of a column, that of the first where the sheet has no such column."""
        return self.table.title, self.number, self.table.column_of(column) or 1

    def value(self, reader: CellReader, declared: Variable, to: Findings, column: str = "") -> Value:
        """One column's value, its issues reported; ``column`` where its name differs from what is declared."""
        at = self.table.column_of(column or declared.name)
        cell = None if at is None else self.cells.get(at)
        if cell is None:
            return None
        value, issues = _read(reader, declared, cell)
        if issues:
            to.at(self.table.title, self.number, at or 1, issues)
        return value


def _read(reader: CellReader, declared: Variable, cell: BookCell) -> ReadCell:
    """What a cell says; a formula that was never computed has no value, which is not the same as nothing."""
    if cell.value is None and cell.has_formula and cell.data_type != "str":
        return None, (Issue("formula_without_value", declared.name),)
    return reader.read(declared, cell)


class TableReader:
    """Rows of one sheet under its known columns, every fault taken along.

    Parameters
    ----------
    sheet
        The sheet.
    known
        The columns that may be there.
    """

    def __init__(self, sheet: Sheet, known: Sequence[Variable], reader: CellReader, to: Findings) -> None:
        self._sheet, self._known, self._reader, self._to = sheet, known, reader, to
        self._unnamed: set[int] = set()
        self.table = Table(sheet.title, (), 1)

    def rows(self, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, Value]]]:
        """Row number and the values that could be read, by column name; see ``cells``.

        A column says the same few things over and over: what a cell means is worked out once for all that are alike.
        """
        reader, to = self._reader, self._to
        columns: list[tuple[int, Variable, dict[BookCell, ReadCell]]] | None = None
        for row in self.cells(needed):
            if columns is None:
                columns = [(at, declared, {}) for at, declared in self.table.columns]
            values: dict[str, Value] = {}
            for at, declared, known in columns:
                cell = row.cells.get(at)
                if cell is None:
                    continue
                found = known.get(cell)
                if found is None:
                    found = _read(reader, declared, cell)
                    if len(known) < _MOST_KNOWN:
                        known[cell] = found
                value, issues = found
                if issues:
                    to.at(self.table.title, row.number, at, issues)
                if value is not None:
                    values[declared.name] = value
            yield row.number, values

    def cells(self, needed: Sequence[str]) -> Iterator[RowCells]:
        """The rows that are not blank.

        The first of them names the columns; where one of ``needed`` is not among those, that is the fault and no
        row comes.
        """
        found = self._sheet.rows()
        rows = iter(found)
        header = next(((number, cells) for number, cells in rows if not _is_blank_row(cells)), None)
        if header is None:
            return
        title, to = self._sheet.title, self._to
        self.table = read_header(title, *header, self._known, to)
        missing = [name for name in needed if self.table.column_of(name) is None]
        for name in missing:
            to.at(title, header[0], 1, (Issue("column_missing", name, params={"value": name}),))
        if missing:
            return
        named = frozenset(at for at, cell in header[1].items() if not is_blank(cell.value))
        for number, cells in rows:
            if not _is_blank_row(cells):
                if not named.issuperset(cells):
                    self._warn_of_unnamed(number, cells, named)
                yield RowCells(self.table, number, cells)
        if found.formulas:
            to.about_sheet(title, "formulas_read_by_value", Severity.WARNING, count=found.formulas)
        if found.merged:
            count, first = len(found.merged), ", ".join(found.merged[:_MERGED_TOLD])
            more = ", ..." if count > _MERGED_TOLD else ""
            to.about_sheet(title, "merged_cells_named", Severity.WARNING, count=count, cells=first + more)

    def _warn_of_unnamed(self, number: int, cells: Cells, named: frozenset[int]) -> None:
        """A column that has values and no name is left out, which is said once."""
        for at, cell in cells.items():
            if at not in named and at not in self._unnamed and not is_blank(cell.value):
                self._unnamed.add(at)
                issue = Issue("column_without_name", "", Severity.WARNING, {"value": cell_name(number, at)})
                self._to.at(self._sheet.title, number, at, (issue,))


def _is_blank_row(cells: Cells) -> bool:
    return all(is_blank(cell.value) and not cell.has_formula for cell in cells.values())
