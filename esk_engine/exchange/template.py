"""The workbook to be filled in: the import's own sheets, empty, with lists, limits and an explanation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from esk_engine.dictionary import Kind, ValueType, Variable
from esk_engine.exchange.atomic import written_beside
from esk_engine.exchange.layout import DATA_SHEETS, DataSheet, cell_name, letters_of
from esk_engine.exchange.report_names import report_title
from esk_engine.exchange.sheet_dress import mark_where, print_whole
from esk_engine.exchange.sheet_writer import (
    DATE,
    DATETIME,
    HEAD,
    SUBTITLE,
    TITLE,
    WRAPPED,
    Across,
    SheetWriter,
    excel_text,
)
from esk_engine.exchange.sheets_data import Item, Line, SheetPlan
from esk_engine.exchange.streamed import StreamedBook
from esk_engine.exchange.template_rules import Rule, rule_of, unusual
from esk_engine.wording import Wording

# Rows that are watched over; Excel looks at each of them whenever a study number is typed.
ROWS = {Kind.PATIENT: 2_000, Kind.READING: 40_000, Kind.SAMPLE: 10_000, Kind.ADVERSE_EVENT: 10_000}
_STEPS = ("patients", "rows", "missing", "numbers", "lloq", "artefact", "colours", "import")
_HEADS = (
    ("export.codebook.sheet", 15.0),
    ("export.codebook.name", 28.0),
    ("export.codebook.label", 32.0),
    ("export.codebook.type", 16.0),
    ("export.codebook.unit", 8.0),
    ("export.codebook.hard_low", 10.0),
    ("export.codebook.hard_high", 10.0),
    ("export.codebook.soft_low", 13.0),
    ("export.codebook.soft_high", 13.0),
    ("export.codebook.moment", 18.0),
    ("template.head.words", 40.0),
)
_FORMATS = {ValueType.DATE: DATE.number_format, ValueType.DATETIME: DATETIME.number_format, ValueType.TEXT: "@"}
_UNUSUAL = ("7F6000", "FFF2CC")
_LONGEST_TITLE = 32  # what Excel takes for the title of a message
_LONGEST_MESSAGE = 225


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of a data sheet in the workbook."""

    sheet: DataSheet
    declared: Variable
    at: int

    @property
    def range(self) -> str:
        return f"{cell_name(2, self.at)}:{cell_name(ROWS[self.sheet.kind] + 1, self.at)}"


def _columns(sheet: DataSheet) -> list[_Column]:
    return [_Column(sheet, declared, at) for at, declared in enumerate(sheet.columns, 1)]


def write_template(path: str | Path, wording: Wording) -> None:
    """Write the workbook; filled in, it is one that ``import`` reads.

    Parameters
    ----------
    path
        The target, an .xlsx; what is there is replaced.
    wording
        The language of the lists, the messages and the explanation; names of sheets and columns are the same in all.

    Raises
    ------
    Fault
        ``target_not_xlsx``, ``target_open``, ``target_not_writable``, ``file_full``.
    """
    with written_beside(Path(path)) as beside:
        book = StreamedBook(beside)
        try:
            properties = book.book.properties
            properties.title, properties.creator, properties.language = (
                wording("template.title"),
                "Esk",
                wording.language,
            )
            _write(book, _help_sheet(wording), (), wording)
            for sheet in DATA_SHEETS:
                columns = _columns(sheet)
                _write(book, _data_sheet(sheet, columns, wording), columns, wording)
            book.finish()
        finally:
            book.give_up()


def _write(book: StreamedBook, plan: SheetPlan, columns: Sequence[_Column], wording: Wording) -> None:
    writer = SheetWriter(
        book,
        plan.title,
        plan.widths,
        head_rows=plan.head_rows,
        head_columns=plan.head_columns,
        page_lines=(wording("template.page"), "", ""),
    )
    _format_columns(writer, columns)
    for row in plan.rows():
        writer.append(row)
    if plan.dress is not None:
        plan.dress(writer)
    writer.end()


def _data_sheet(sheet: DataSheet, columns: Sequence[_Column], wording: Wording) -> SheetPlan:
    """One empty sheet: the names of its columns, and what Excel is to watch over."""
    widths = [float(max(len(column.declared.name) + 1, 12)) for column in columns]
    head: Line = [(column.declared.name, HEAD) for column in columns]
    dress = partial(_dress, columns=columns, wording=wording)
    return SheetPlan(sheet.name, widths, 1, lambda: iter((head,)), 1, 1, dress=dress)


def _format_columns(writer: SheetWriter, columns: Sequence[_Column]) -> None:
    """A study number stays text (007), a date looks like one; formats stand before the rows in the file."""
    for column in columns:
        number_format = _FORMATS.get(column.declared.type)
        if number_format is not None:
            writer.sheet.column_dimensions[letters_of(column.at)].number_format = number_format


def _dress(writer: SheetWriter, columns: Sequence[_Column], wording: Wording) -> None:
    for column in columns:
        cell = cell_name(2, column.at)
        rule = rule_of(column.sheet.kind, column.declared, cell, ROWS, wording)
        writer.sheet.data_validations.append(_validation(rule, column, wording))
        formula = unusual(column.sheet, column.declared, cell)
        if formula:
            mark_where(writer, column.range, formula, *_UNUSUAL)


def _validation(rule: Rule, column: _Column, wording: Wording) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    unit = wording.unit(column.declared.name)
    title = wording.label(column.declared.name) + (f" ({unit})" if unit else "")
    prompt = rule.text
    if column.declared.soft is not None:
        prompt += " " + wording("template.unusual", limits=wording.limits(column.declared.soft, column.declared.unit))
    make: Any = DataValidation
    found = make(
        type=rule.type,
        operator=rule.operator,
        formula1=rule.first,
        formula2=rule.second,
        allow_blank=True,
        showErrorMessage=rule.refuses,
        showInputMessage=True,
        errorStyle="stop",
        errorTitle=wording("template.refused")[:_LONGEST_TITLE],
        error=rule.text[:_LONGEST_MESSAGE],
        promptTitle=title[:_LONGEST_TITLE],
        prompt=excel_text(prompt[:_LONGEST_MESSAGE]),
    )
    found.add(column.range)
    return found


def _help_sheet(wording: Wording) -> SheetPlan:
    widths = [width for _, width in _HEADS]
    rows, title = partial(_help_rows, wording), report_title("help", wording)
    return SheetPlan(title, widths, 60, rows, 0, 0, is_exact=False, dress=print_whole)


def _help_rows(wording: Wording) -> Iterator[Line]:
    yield [(wording("template.title"), TITLE)]
    yield []
    for number, step in enumerate(_STEPS, 1):
        yield Across(f"{number}. {wording(f'template.step.{step}')}", WRAPPED, 9)
    yield []
    yield [(wording("template.columns"), SUBTITLE)]
    yield [(wording(key), HEAD) for key, _ in _HEADS]
    for sheet in DATA_SHEETS:
        for declared in sheet.columns:
            yield [(item, WRAPPED) for item in _help_row(sheet, declared, wording)]


def _help_row(sheet: DataSheet, declared: Variable, wording: Wording) -> list[Any]:
    words = "\n".join(wording.code(code, declared.name) for code in declared.codes)
    limits: list[Item] = []
    for each in (declared.hard, declared.soft):
        low = None if each is None else f"> {wording.number(each.low)}" if each.low_open else each.low
        limits += [low, None if each is None else each.high]
    return [
        sheet.name,
        declared.name,
        wording.label(declared.name),
        wording(f"export.type.{declared.type}"),
        wording.unit(declared.name),
        *limits,
        wording(f"moment.{declared.moment}"),
        words,
    ]
