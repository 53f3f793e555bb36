"""What a sheet gets besides its rows: Excel tables, filters, formats by condition, names for ranges, print areas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from esk_engine.exchange.layout import cell_name, letters_of

if TYPE_CHECKING:
    from esk_engine.exchange.sheet_writer import SheetWriter

_TABLE_STYLE = "TableStyleLight1"


def make_table(writer: SheetWriter, name: str, columns: Sequence[str]) -> None:
    """The whole sheet as an Excel table; Excel knows none without a row of data.

    Parameters
    ----------
    name
        What formulas call it: ``name[column]``.
    columns
        The heads as they stand in the first row, no two alike.
    """
    from openpyxl.worksheet.table import Table, TableStyleInfo

    if writer.row_count < 2:
        return
    table: Any = Table(displayName=name, ref=f"A1:{cell_name(writer.row_count, len(columns))}")
    table.tableStyleInfo = TableStyleInfo(name=_TABLE_STYLE, showRowStripes=True)
    table._initialise_columns()
    for column, head in zip(table.tableColumns, columns, strict=True):
        column.name = head
    writer.sheet.tables.add(table)


def make_filter(writer: SheetWriter, head_row: int, columns: int) -> None:
    """Filter buttons on the heads."""
    if writer.row_count > head_row:
        writer.sheet.auto_filter.ref = f"A{head_row}:{cell_name(writer.row_count, columns)}"


def name_columns(writer: SheetWriter, columns: Iterable[tuple[str, int]]) -> None:
    """Names for the data of columns (``patients_age_years``), counted from 1; the head is not among it."""
    for name, column in columns:
        letters = letters_of(column)
        if writer.row_count > 1:
            define(writer, name, f"${letters}$2:${letters}${writer.row_count}")


def define(writer: SheetWriter, name: str, range_: str) -> None:
    """A name for a range of this sheet, known in the whole workbook."""
    from openpyxl.utils import quote_sheetname
    from openpyxl.workbook.defined_name import DefinedName

    target = f"{quote_sheetname(writer.title)}!{range_}"
    writer.book.defined_names[name] = DefinedName(name, attr_text=target)


def mark_texts(writer: SheetWriter, range_: str, colours: Sequence[tuple[str, str, str]]) -> None:
    """Cells that begin with a text get its colours.

    Parameters
    ----------
    colours
        (text, colour of the letters, colour behind them), RGB; the first that fits wins.
    """
    from openpyxl.formatting.rule import Rule

    first = range_.partition(":")[0]
    for text, letters, behind in colours:
        dress = _colours(letters, behind)
        rule: Any = Rule(type="beginsWith", operator="beginsWith", text=text, dxf=dress, stopIfTrue=True)
        quoted = text.replace('"', '""')
        rule.formula = [f'LEFT({first},{len(text)})="{quoted}"']
        writer.sheet.conditional_formatting.add(range_, rule)


def mark_where(writer: SheetWriter, range_: str, formula: str, letters: str, behind: str) -> None:
    """Cells for which a formula holds (relative to the range's first cell) get these colours."""
    from openpyxl.formatting.rule import Rule

    rule: Any = Rule(type="expression", dxf=_colours(letters, behind))
    rule.formula = [formula]
    writer.sheet.conditional_formatting.add(range_, rule)


def _colours(letters: str, behind: str) -> Any:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.styles.differential import DifferentialStyle

    return DifferentialStyle(font=Font(color=f"FF{letters}"), fill=PatternFill(bgColor=f"FF{behind}"))


def print_whole(writer: SheetWriter, columns: int | None = None) -> None:
    """All rows that were written, and so many columns, are what is printed."""
    writer.sheet.print_area = f"A1:{cell_name(max(writer.row_count, 1), columns or writer.column_count)}"
