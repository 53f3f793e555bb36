"""One sheet, written row by row: looks by name, text always as text, print set-up, widths that fit.

Rows go into the file as they come (``streamed``), so a cell per column and look serves every row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from esk_engine.errors import Fault
from esk_engine.exchange.layout import cell_name
from esk_engine.exchange.streamed import formula_cell

if TYPE_CHECKING:
    from esk_engine.exchange.streamed import StreamedBook

MAX_TEXT = 32_767  # what one cell holds, in UTF-16 units
MAX_ROWS = 1_048_576
# What XML 1.0 cannot hold, what it would change, and text that Excel would take for such an escape.
_TO_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")
_NOT_PLAIN = (*_FORMULA_LIKE, "#")  # openpyxl takes "#N/A" for an error
_EARLIEST = date(1900, 3, 1)  # before it Excel's calendar has a day that never was
WIDEST, NARROWEST = 60, 4
_MARGIN = 2  # of a column, in characters
_LINE_HEIGHT = 15  # points
MAX_FORMULA = 8_192  # characters
_PAGE_WIDTH = 230  # characters side by side on one printed page that can still be read
_TALLEST = 27 * _LINE_HEIGHT  # a row of Excel is 409 points at most


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula, without its ``=``, and the value that it gives: what is seen where nothing recalculates."""

    text: str
    value: str | float | None


Content = str | int | float | date | datetime | bool | Formula | None


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks. ``lines``: which sides have a hairline, "t" and "b"; ``align``: "across" spans empty cells."""

    number_format: str = "General"
    bold: bool = False
    size: int = 11
    grey: bool = False
    wrap: bool = False
    align: str = ""
    lines: str = ""
    indent: int = 0
    as_typed: bool = False


@dataclass(frozen=True, slots=True)
class Across:
    """A row of one text that wraps across the first so many columns, joined into one."""

    text: str
    look: Look
    columns: int


PLAIN = Look()
HEAD = Look(bold=True, wrap=True, lines="b")
TITLE = Look(bold=True, size=14)
SUBTITLE = Look(bold=True, size=12)
NOTE = Look(grey=True)
LABEL = Look(bold=True)
WRAPPED = Look(wrap=True)
WHOLE = Look("0")
DATE = Look("dd-mm-yyyy")
DATETIME = Look("dd-mm-yyyy hh:mm")


def decimal_look(decimals: int) -> Look:
    """A number with so many decimals."""
    return Look("0" if decimals <= 0 else f"0.{'0' * decimals}")


def decimals_in(value: float) -> int:
    """How many decimals a number has, so that Excel shows them all."""
    if value == int(value):
        return 0
    _, _, digits = repr(value).partition(".")
    mantissa, _, exponent = digits.partition("e")
    return min(len(mantissa) - int(exponent or 0), 15)


def excel_text(text: str) -> str:
    """Text as a cell holds it: what XML cannot hold is written as Excel writes it (``_x000D_``)."""
    if _TO_ESCAPE.search(text):
        return _TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return text


def fits_in_cell(text: str) -> bool:
    """Whether Excel keeps it whole: 32,767 units of UTF-16."""
    return len(text) * 2 <= MAX_TEXT or len(text.encode("utf-16-le", "surrogatepass")) // 2 <= MAX_TEXT


class SheetWriter:
    """Writes one sheet from the top down.

    Parameters
    ----------
    book
        The workbook; of its sheets one at a time is written.
    title
        The sheet's title.
    widths
        Width of each column in characters.
    head_rows
        Rows at the top that stay in view and are repeated on every printed page.
    page_lines
        Printed above every page (the study's name) and below it (that the data are made up, the day).
    portrait
        Printed upright.
    row_count
        Where it is known beforehand: the sheet then tells its size to whoever reads it.
    """

    def __init__(
        self,
        book: StreamedBook,
        title: str,
        widths: Sequence[float],
        *,
        head_rows: int = 1,
        head_columns: int = 0,
        page_lines: tuple[str, str, str] = ("", "", ""),
        row_count: int | None = None,
        portrait: bool = False,
    ) -> None:
        self._book = book
        self._sheet: Any = book.add_sheet(title)
        self._widths = [min(max(width, NARROWEST), WIDEST) for width in widths]
        self._cells: dict[tuple[int, Look], Any] = {}
        self._formulas: dict[tuple[int, Look], Any] = {}
        self.title = title
        self.row_count = 0
        _set_up(self._sheet, self._widths, head_rows, head_columns, page_lines)
        self._sheet.page_setup.orientation = "portrait" if portrait else "landscape"
        if row_count is not None:
            size = f"A1:{cell_name(max(row_count, 1), len(widths))}"
            self._sheet.calculate_dimension = lambda: size

    @property
    def sheet(self) -> Any:
        """The openpyxl sheet, for what is not a row: charts, pictures, filters."""
        return self._sheet

    @property
    def book(self) -> Any:
        """The openpyxl workbook, for the names that it holds."""
        return self._book.book

    @property
    def column_count(self) -> int:
        return len(self._widths)

    def append(self, items: Iterable[Content | tuple[Content, Look]] | Across) -> None:
        """Write one row; an item is a value, or a value with its look.

        Raises
        ------
        Fault
            ``text_too_long`` with the cell, ``too_many_rows``.
        """
        self.row_count += 1
        if self.row_count > MAX_ROWS:
            raise Fault("too_many_rows", sheet=self.title, rows=MAX_ROWS)
        if isinstance(items, Across):
            self._append_across(items)
            return
        row = list(items)
        lines = max((self._lines(at, *item) for at, item in enumerate(row) if isinstance(item, tuple)), default=1)
        if lines > 1:
            self._sheet.row_dimensions[self.row_count].height = min(_LINE_HEIGHT * lines, _TALLEST)
        self._sheet.append([self._item(column, item) for column, item in enumerate(row, 1)])

    def _append_across(self, row: Across) -> None:
        columns = min(row.columns, len(self._widths))
        room = sum(self._widths[:columns]) + _MARGIN * (columns - 1)
        lines = sum(max(1, math.ceil(len(line) / room)) for line in row.text.splitlines())
        if lines > 1:
            self._sheet.row_dimensions[self.row_count].height = min(_LINE_HEIGHT * lines, _TALLEST)
        if columns > 1:
            self._sheet.merged_cells.add(f"A{self.row_count}:{cell_name(self.row_count, columns)}")
        self._sheet.append([self._item(1, (row.text, replace(row.look, wrap=True)))])

    def end(self) -> None:
        """The sheet is whole, its charts and pictures too.

        Raises
        ------
        Fault
            ``too_many_rows`` where it has grown beyond what a workbook holds, 2 GB of XML.
        """
        try:
            self._book.end_sheet(self._sheet)
        except RuntimeError:  # zipfile's word for it
            raise Fault("too_many_rows", sheet=self.title, rows=self.row_count) from None

    def _lines(self, at: int, value: Content, look: Look) -> int:
        """How many lines wrapped text takes: not every program makes a row as high as its text needs."""
        if not look.wrap or not isinstance(value, str) or at >= len(self._widths):
            return 1
        room = self._widths[at] * (0.9 if look.bold else 1.0)
        return sum(max(1, math.ceil(len(line) / room)) for line in value.splitlines()) or 1

    def _item(self, column: int, item: Content | tuple[Content, Look]) -> Any:
        value, look = item if isinstance(item, tuple) else (item, PLAIN)
        if isinstance(value, str):
            return self._text(column, value, look)
        if isinstance(value, Formula):
            return self._formula(column, value, look)
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return None if look is PLAIN or not look.lines else self._cell(column, look, None)
        if isinstance(value, date) and not isinstance(value, datetime):
            if value < _EARLIEST:
                return self._text(column, value.isoformat(), look)
        elif isinstance(value, datetime) and value.date() < _EARLIEST:
            return self._text(column, value.isoformat(" ", "minutes"), look)
        elif isinstance(value, float) and float(f"{value:.16g}") != value:
            return self._all_digits(column, float(value), look)
        return value if look is PLAIN else self._cell(column, look, value)

    def _text(self, column: int, text: str, look: Look) -> Any:
        if not text:
            return None if look is PLAIN else self._cell(column, look, None)
        shown = excel_text(text)
        if not fits_in_cell(text):
            place = cell_name(self.row_count, column)
            raise Fault("text_too_long", sheet=self.title, cell=place, length=len(text), longest=MAX_TEXT)
        if not shown.startswith(_NOT_PLAIN):
            return shown if look is PLAIN else self._cell(column, look, shown)
        if shown.startswith(_FORMULA_LIKE):
            look = replace(look, as_typed=True)
        cell = self._cell(column, look, None)
        cell.value = shown
        cell.data_type = "s"
        return cell

    def _all_digits(self, column: int, value: float, look: Look) -> Any:
        """A number that needs its 17th digit, which openpyxl would cut off: written out as it is."""
        cell = self._cell(column, look, None)
        cell.value = repr(value)
        cell.data_type = "n"
        return cell

    def _formula(self, column: int, formula: Formula, look: Look) -> Any:
        """A formula with the value that it gives: openpyxl alone would leave it empty until a recalculation."""
        if len(formula.text) > MAX_FORMULA:
            place = cell_name(self.row_count, column)
            raise Fault("text_too_long", sheet=self.title, cell=place, length=len(formula.text), longest=MAX_FORMULA)
        cell = self._formulas.get((column, look))
        if cell is None:
            cell = self._formulas[(column, look)] = _dressed(formula_cell(self._sheet), look)
        cell.value, cell.shown = f"={formula.text}", formula.value
        return cell

    def _cell(self, column: int, look: Look, value: Content) -> Any:
        """The one cell that stands in for this column and look, holding a new value."""
        cell = self._cells.get((column, look))
        if cell is None:
            cell = self._cells[(column, look)] = _new_cell(self._sheet, look)
        cell.value = value
        return cell


def _new_cell(sheet: Any, look: Look) -> Any:
    from openpyxl.cell import WriteOnlyCell

    return _dressed(WriteOnlyCell(sheet), look)


def _dressed(cell: Any, look: Look) -> Any:
    from openpyxl.styles import Alignment, Border, Font, Side

    if look.bold or look.grey or look.size != PLAIN.size:
        cell.font = Font(name="Calibri", size=look.size, bold=look.bold, color="FF5A5A5A" if look.grey else None)
    horizontal = "centerContinuous" if look.align == "across" else look.align or None
    if horizontal or look.wrap or look.indent:
        vertical = "top" if look.wrap else None
        cell.alignment = Alignment(horizontal=horizontal, vertical=vertical, wrap_text=look.wrap, indent=look.indent)
    if look.lines:
        line = Side(style="thin", color="FF8C8C8C")
        cell.border = Border(top=line if "t" in look.lines else None, bottom=line if "b" in look.lines else None)
    if look.number_format != PLAIN.number_format:
        cell.number_format = look.number_format
    if look.as_typed:
        cell.quotePrefix = True
    return cell


def _set_up(
    sheet: Any, widths: Sequence[float], head_rows: int, head_columns: int, page_lines: tuple[str, str, str]
) -> None:
    """Frozen head, widths, and A4 as wide as one page, or as few as can be read; the head repeated on each."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width + _MARGIN
    if head_rows or head_columns:
        sheet.freeze_panes = cell_name(head_rows + 1, head_columns + 1)
    if head_rows:
        sheet.print_title_rows = f"1:{head_rows}"
    sheet.page_setup.paperSize = sheet.page_setup.paperSize or 9  # A4
    pages = max(1, math.ceil(sum(widths) / _PAGE_WIDTH))
    if pages > 1 and head_columns:
        sheet.print_title_cols = f"A:{get_column_letter(head_columns)}"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    head, foot = sheet.HeaderFooter.oddHeader, sheet.HeaderFooter.oddFooter
    head.left.text, foot.left.text, foot.center.text = (_header_text(text) or None for text in page_lines)
    head.right.text, foot.right.text = "&A", "&P / &N"


def _header_text(text: str) -> str:
    """An ampersand in a page's header is a command unless it is doubled; Excel takes 255 characters in all."""
    return excel_text(text)[:100].replace("&", "&&")


def width_of(texts: Iterable[object]) -> float:
    """A width in which these texts fit, the longest line of each."""
    longest = max((len(line) for text in texts for line in str(text).splitlines()), default=0)
    return min(max(longest, NARROWEST), WIDEST)
