"""One cell of a workbook to one value: by what the cell is, and for text by the same reading as a typed field.

A number cell is a number, a date cell in a number's column is a fault (Excel makes 3 May of 3.5), an error
cell is a fault, and text goes through ``validation.parse``.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from typing import Protocol

from esk_engine.dictionary import ValueType, Variable
from esk_engine.errors import Issue, Severity
from esk_engine.exchange.synonyms import CodeWords
from esk_engine.records import Value
from esk_engine.validation import check_value, parse
from esk_engine.validation.parsing import shorten

ReadCell = tuple[Value, tuple[Issue, ...]]
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LONG_NUMBER = 1e15
_NOISE = 1e-9  # what a spreadsheet's own arithmetic leaves behind a value that has few decimals
_CLOCK_IN_FORMAT = re.compile(r"[hH]")


class Cell(Protocol):
    """What is used of openpyxl's read-only cell; an empty one has ``value`` None."""

    @property
    def value(self) -> object: ...
    @property
    def data_type(self) -> str: ...
    @property
    def number_format(self) -> str | None: ...


def unescaped(text: str) -> str:
    """Excel's ``_x000D_`` for characters that XML cannot hold; no half of a surrogate pair comes of it."""
    if "_x" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)

    return _ESCAPED.sub(character, text)


def is_blank(value: object) -> bool:
    """Nothing there: an empty cell, or text of spaces alone."""
    return value is None or (isinstance(value, str) and not value.strip())


def number_text(value: int | float) -> str:
    """A number as the text that was meant: 7, not 7.0."""
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(value)


class CellReader:
    """Reads cells for one workbook.

    Parameters
    ----------
    today
        What "in the future" is held against.
    words
        The understood words of the codes.
    """

    def __init__(self, today: date, words: CodeWords) -> None:
        self._today = today
        self._words = words

    def read(self, declared: Variable, cell: Cell) -> ReadCell:
        """The value of one cell, checked against its limits; None with the issues where it is refused."""
        raw = cell.value
        if is_blank(raw):
            return None, ()
        if cell.data_type == "e":
            return _refused(declared, "formula_error", raw)
        value, issues = self._typed(declared, raw, cell)
        if value is None:
            return None, issues
        found = (*issues, *check_value(declared, value, today=self._today))
        return (None if any(issue.is_error for issue in found) else value), found

    def _typed(self, declared: Variable, raw: object, cell: Cell) -> ReadCell:
        if isinstance(raw, str):
            return self._text(declared, unescaped(raw))
        if isinstance(raw, bool):
            return _boolean(declared, raw)
        if isinstance(raw, (int, float)):
            return _number(declared, raw)
        if isinstance(raw, (date, time, timedelta)):
            return _moment(declared, raw, cell)
        return _refused(declared, "not_text", raw)

    def _text(self, declared: Variable, text: str) -> ReadCell:
        if declared.type is ValueType.CODE:
            code = self._words.variable_code(declared, text)
            if code is not None:
                return code, ()
        parsed = parse(declared, text, today=self._today)
        return parsed.value, parsed.issues


def _refused(declared: Variable, code: str, raw: object, **params: object) -> ReadCell:
    is_number = isinstance(raw, (int, float)) and not isinstance(raw, bool) and abs(raw) < _LONG_NUMBER
    value = raw if is_number else shorten(str(raw))  # a number is told in the reader's own language
    return None, (Issue(code, declared.name, params={"value": value, **params}),)


def _boolean(declared: Variable, raw: bool) -> ReadCell:
    if declared.type is ValueType.CODE and "yes" in declared.codes:
        return ("yes" if raw else "no"), ()
    shown = "TRUE" if raw else "FALSE"
    if declared.type is ValueType.CODE:
        return _refused(declared, "unknown_code", shown, codes=declared.codes)
    if declared.is_numeric:
        return _refused(declared, "not_a_number", shown)
    return _refused(declared, "not_text" if declared.type is ValueType.TEXT else "not_a_date", shown)


def _number(declared: Variable, raw: int | float) -> ReadCell:
    if declared.type in (ValueType.DATE, ValueType.DATETIME):
        return _refused(declared, "number_in_date_column", raw)
    if abs(raw) > _LONG_NUMBER or not math.isfinite(raw):
        return _refused(declared, "not_a_number", raw)
    if declared.type is ValueType.TEXT:
        parsed = parse(declared, number_text(raw))
        return parsed.value, parsed.issues
    if declared.type is ValueType.CODE:
        return _refused(declared, "unknown_code", number_text(raw), codes=declared.codes)
    if declared.type is ValueType.CONCENTRATION and raw == 0:
        return _refused(declared, "zero_enter_lloq", 0)
    if declared.decimals is not None and abs(raw - round(raw, declared.decimals)) < _NOISE:
        raw = round(raw, declared.decimals)
    if declared.type is not ValueType.WHOLE:
        return float(raw), ()
    return (int(raw), ()) if raw == int(raw) else _refused(declared, "not_whole", raw)


def _moment(declared: Variable, raw: date | time | timedelta, cell: Cell) -> ReadCell:
    if declared.is_numeric:
        return _refused(declared, "date_in_number_column", _moment_text(raw))
    if declared.type is ValueType.CODE:
        return _refused(declared, "unknown_code", _moment_text(raw), codes=declared.codes)
    if declared.type is ValueType.TEXT:
        return _refused(declared, "date_in_text_column", _moment_text(raw))
    wants_clock = declared.type is ValueType.DATETIME
    if not isinstance(raw, date):
        return _refused(declared, "not_a_datetime" if wants_clock else "not_a_date", _moment_text(raw))
    if not isinstance(raw, datetime):
        return _refused(declared, "not_a_datetime", _moment_text(raw)) if wants_clock else (raw, ())
    # Excel keeps a clock time as a fraction of a day: a second is as fine as it can be trusted to be.
    at = (raw.replace(tzinfo=None) + timedelta(milliseconds=500)).replace(microsecond=0)
    if wants_clock:
        has_clock = at.time() != time() or _CLOCK_IN_FORMAT.search(cell.number_format or "") is not None
        return (at, ()) if has_clock else _refused(declared, "not_a_datetime", _moment_text(raw))
    if at.time() == time():
        return at.date(), ()
    return at.date(), (Issue("time_left_out", declared.name, Severity.WARNING, {"value": _moment_text(raw)}),)


def _moment_text(raw: date | time | timedelta) -> str:
    if isinstance(raw, datetime):
        return raw.strftime("%d-%m-%Y" if raw.time() == time() else "%d-%m-%Y %H:%M")
    return raw.strftime("%d-%m-%Y") if isinstance(raw, date) else str(raw)
