"""Tables 3-7, the clinician's decision and all P-values as printed, every number a number.

A cell of several numbers ("50 [30-68]") takes adjacent cells whose formats print the brackets, so that the page
reads as the article does and every number can be recomputed from the data sheets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from esk_engine.exchange.layout import letters_of
from esk_engine.exchange.report_names import report_title
from esk_engine.exchange.sheet_dress import define, print_whole
from esk_engine.exchange.sheet_writer import NOTE, SUBTITLE, Across, Look, SheetWriter
from esk_engine.exchange.sheets_data import Item, Line, SheetPlan
from esk_engine.report import Cell, CellKind, Head, Row, Table, head_text, note_text, row_label, title
from esk_engine.wording import MISSING, Wording

_SHEETS = {
    "3": "table3",
    "4": "table4",
    "5": "table5",
    "6": "table6",
    "continuation": "continuation",
    "7": "table7",
    "p": "p_values",
    "effects": "effects",
}
_HEAD_ROW = 4  # title, the study, a blank row, the heads
_PARTS = {
    CellKind.EMPTY: 1,
    CellKind.P: 1,
    CellKind.COUNT: 1,
    CellKind.SHIFT: 1,
    CellKind.COUNT_PERCENT: 2,
    CellKind.MEAN_CV: 2,
    CellKind.INTERVAL: 2,
    CellKind.MEDIAN_RANGE: 3,
    CellKind.MEAN_RANGE: 3,
}
_PART_WIDTHS = (7.0, 7.0, 7.0)
_LEAST_WIDTH = 100.0


def _digits(decimals: int) -> str:
    return "0" if decimals <= 0 else f"0.{'0' * decimals}"


def _around(before: str, digits: str, after: str = "") -> str:
    """A number format with text around the number, the sign beside the number."""
    lead, tail = f'"{before}"' if before else "", f'"{after}"' if after else ""
    return f"{lead}{digits}{tail};{lead}-{digits}{tail}"


def p_format(wording: Wording) -> str:
    """Three decimals, and ``< 0.001`` below that."""
    return f'[<0.001]"< {wording.number(0.001)}";0.000'


def _formats(cell: Cell, wording: Wording) -> tuple[str, ...]:
    """The number format of each of a cell's numbers."""
    digits = _digits(cell.decimals)
    match cell.kind:
        case CellKind.EMPTY:
            return ()
        case CellKind.P:
            return (p_format(wording),)
        case CellKind.COUNT:
            return ("0",)
        case CellKind.COUNT_PERCENT:
            return "0", _around("(", digits, " %)")
        case CellKind.MEAN_CV:
            return digits, _around("CV ", "0", " %")
        case CellKind.SHIFT:
            return (digits,)
        case CellKind.INTERVAL:
            return digits, _around(f"{wording('table.to')} ", digits)
        case CellKind.MEDIAN_RANGE | CellKind.MEAN_RANGE:
            signed = any(number is not None and number < 0 for number in cell.numbers[1:])
            between = f"{wording('table.to')} " if signed else "\N{EN DASH}"
            return digits, _around("[", digits), _around(between, digits, "]")


def _cell_items(cell: Cell, width: int, look: Look, wording: Wording) -> list[Item]:
    """A cell as ``width`` adjacent ones, the first right-aligned and what belongs to it left-aligned."""
    items: list[Item] = [("", look)] * width
    if cell.kind is CellKind.EMPTY:
        return items
    bold = replace(look, bold=look.bold or cell.bold)
    for at, (number, number_format) in enumerate(zip(cell.numbers, _formats(cell, wording), strict=True)):
        if number is None:
            if at == 0:
                items[0] = MISSING, replace(look, align="right")
            continue
        # Adjoining cells of a range meet in the middle: right-aligned, then left-aligned from the dash on.
        align = "right" if at < 2 and not (at == 1 and width == 2) else "left"
        if math.isinf(number):  # Excel has no such number
            text = wording.number(number)
            upper = cell.kind is CellKind.INTERVAL and at == 1
            items[at] = f"{wording('table.to')} {text}" if upper else text, replace(bold, align=align, grey=at > 0)
            continue
        items[at] = number, replace(bold, number_format=number_format, align=align, grey=at > 0)
    return items


def _widths(table: Table) -> list[int]:
    """How many adjacent cells each column takes."""
    return [max((_PARTS[row.cells[at].kind] for row in table.rows), default=1) for at in range(len(table.head))]


def _head_rows(table: Table, widths: Sequence[int], wording: Wording) -> Iterator[list[Item]]:
    """The columns' names over the cells that they take, and the group sizes under them."""
    across = Look(bold=True, align="across", lines="t")
    names: list[Item] = [("", replace(across, align="")), ("", replace(across, align=""))]
    sizes: list[Item] = [(wording(table.statistic_key), replace(NOTE, lines="b")), ("", replace(NOTE, lines="b"))]
    for head, width in zip(table.head, widths, strict=True):
        name, size = head_text(head, wording)
        names += [(name, across), *[("", across)] * (width - 1)]
        under = replace(NOTE, align="across" if size else "", lines="b")
        sizes += [(size, under), *[("", under)] * (width - 1)]
    yield names
    yield sizes


def _body_row(row: Row, above: Row | None, widths: Sequence[int], wording: Wording) -> list[Item]:
    """One row; a label that stands above it already is not said again."""
    look = Look(lines="t" if row.starts_block and above is not None else "")
    label, sublabel = row_label(row, wording)
    is_same = above is not None and bool(sublabel) and above.label == row.label and not row.starts_block
    items: list[Item] = [("" if is_same else label, replace(look, indent=row.level)), (sublabel, look)]
    for cell, width in zip(row.cells, widths, strict=True):
        items += _cell_items(cell, width, look, wording)
    return items


def _rows(table: Table, study_line: str, across: int, wording: Wording) -> Iterator[Line]:
    widths = _widths(table)
    name, caption = title(table, wording)
    yield [(f"{name}. {caption}", SUBTITLE)]
    yield Across(study_line, NOTE, across)
    yield []
    yield from _head_rows(table, widths, wording)
    for row, above in zip(table.rows, (None, *table.rows), strict=False):
        yield _body_row(row, above, widths, wording)
    yield [("", Look(lines="t"))] * (2 + sum(widths))
    for note in table.notes:
        yield Across(note_text(note, wording), NOTE, across)


def _label_widths(table: Table, wording: Wording) -> tuple[float, float]:
    labels = [row_label(row, wording) for row in table.rows]
    first = max((len(label) + 2 * row.level for (label, _), row in zip(labels, table.rows, strict=True)), default=20)
    return max(first, 24), max((len(sublabel) for _, sublabel in labels), default=0)


def head_width(head: Head, wording: Wording) -> int:
    """The room that a column's two lines of head need."""
    return max(len(text) for text in head_text(head, wording))


def table_sheet(table: Table, study_line: str, wording: Wording) -> SheetPlan:
    """One table on its own sheet."""
    columns: list[float] = [*_label_widths(table, wording)]
    for head, width in zip(table.head, _widths(table), strict=True):
        needed = head_width(head, wording) / width
        columns += [max(part, needed) for part in _PART_WIDTHS[:width]]
    while sum(columns) < _LEAST_WIDTH:  # room for the footnotes under a narrow table
        columns.append(_PART_WIDTHS[0])
    rows, dress = partial(_rows, table, study_line, len(columns), wording), partial(_dress, table=table)
    sheet, count = report_title(_SHEETS[table.number], wording), len(table.rows) + len(table.notes) + 6
    return SheetPlan(sheet, columns, count, rows, _HEAD_ROW + 1, 2, is_exact=False, dress=dress)


def _dress(writer: SheetWriter, table: Table) -> None:
    """The table by its name, its heads among it; all of the sheet is printed."""
    last, right = _HEAD_ROW + 1 + len(table.rows), letters_of(2 + sum(_widths(table)))
    define(writer, f"table_{table.number}", f"$A${_HEAD_ROW}:${right}${last}")
    print_whole(writer)
