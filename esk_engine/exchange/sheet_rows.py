"""The cells of one sheet, row by row, as they stand in its XML: sparse, in one pass, with what is known of each.

The promise is that no cell is taken for another: where rows or cells stand out of order, twice, or under a name that
is not their place's, the sheet is damaged, which Excel says as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from esk_engine.errors import Fault
from esk_engine.exchange.xml_events import SEPARATOR

MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
_MOST_KNOWN: Final = 20_000  # cells that are alike are one object: lists say the same few things over and over
_MOST_MERGED: Final = 10_000
_NUMBER: Final = re.compile(r"\s*[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*")
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}")
_LETTERS: Final = re.compile(r"\$?([A-Z]{1,3})\$?")
_DIGITS: Final = "0123456789"
_BOOLEANS: Final = {"1": True, "0": False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a style shows numbers: as Excel writes it, and whether as a date or as a length of time."""

    code: str
    is_date: bool = False
    is_duration: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class BookCell:
    """One cell that holds something. Cells that are alike are often one and the same object.

    Attributes
    ----------
    value
        None for a formula that was never computed, or gives empty text.
    data_type
        "n" number, "s" text, "b" boolean, "e" error, "d" date; "str" for a formula that gives empty text.
    has_formula
        Whether ``value`` is what Excel computed last.
    """

    value: object
    data_type: str = "n"
    number_format: str | None = None
    has_formula: bool = False


Cells = Mapping[int, BookCell]  # by column, from 1
Row = tuple[int, Cells]  # its number, from 1


class RowParser:
    """Takes the events of one sheet's XML (``start``, ``end``, ``text``) and makes rows of them.

    Parameters
    ----------
    file
        What a fault names.
    strings, formats, epoch
        The workbook's shared texts, the number format of each style, day nought of its dates.
    """

    def __init__(self, file: str, strings: Sequence[str], formats: Sequence[NumberFormat], epoch: datetime) -> None:
        self._file, self._strings, self._formats, self._epoch = file, strings, formats, epoch
        self.text: list[str] = []
        self.formulas = 0
        self.merged: list[str] = []
        self._rows: list[Row] = []
        self._number, self._number_text = 0, "0"
        self._row: dict[int, BookCell] | None = None
        self._column = 0
        self._attributes: Mapping[str, str] = {}
        self._value: str | None = None
        self._inline: list[str] | None = None
        self._has_formula = False
        self._phonetic = 0
        self._columns: dict[str, int] = {}
        self._known: dict[tuple[str | None, str | None, str | None, bool], BookCell] = {}
        self._c = self._v = self._f = ""
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {}
        self._ends: dict[str, Callable[[], None]] = {}

    def taken(self) -> list[Row]:
        """The rows that were finished since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.text.clear()
        if tag == self._v:
            return
        if tag == self._c:
            self._attributes = attributes
            self._value = self._inline = None
            self._has_formula = False
        elif tag == self._f:
            self._has_formula = True
        elif not self._c:
            self._begin(tag)
        else:
            found = self._starts.get(tag)
            if found is not None:
                found(attributes)

    def end(self, tag: str) -> None:
        if tag == self._v:
            text = self.text
            self._value = text[0] if len(text) == 1 else "".join(text)
        elif tag == self._c:
            self._take_cell()
        else:
            found = self._ends.get(tag)
            if found is not None:
                found()
        self.text.clear()

    def _begin(self, root: str) -> None:
        """The first element says in which namespace the others are."""
        space, sign, name = root.rpartition(SEPARATOR)
        if name != "worksheet":
            raise self._damaged()
        space += sign
        self._c, self._v, self._f = f"{space}c", f"{space}v", f"{space}f"
        self._starts = {
            f"{space}row": self._start_row,
            f"{space}is": self._start_inline,
            f"{space}rPh": self._start_phonetic,
            f"{space}mergeCell": self._take_merged,
        }
        self._ends = {
            f"{space}row": self._end_row,
            f"{space}t": self._take_text,
            f"{space}rPh": self._end_phonetic,
        }

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        text = attributes.get("r")
        number = self._number + 1 if text is None else int(float(text))
        if self._row is not None or not self._number < number <= MOST_ROWS:
            raise self._damaged()
        self._number, self._number_text, self._row, self._column = number, str(number), {}, 0

    def _end_row(self) -> None:
        if self._row:
            self._rows.append((self._number, self._row))
        self._row = None

    def _start_inline(self, attributes: Mapping[str, str]) -> None:
        self._inline = []

    def _start_phonetic(self, attributes: Mapping[str, str]) -> None:
        self._phonetic += 1

    def _end_phonetic(self) -> None:
        self._phonetic -= 1

    def _take_text(self) -> None:
        if self._inline is not None and not self._phonetic:
            self._inline += self.text

    def _take_merged(self, attributes: Mapping[str, str]) -> None:
        if len(self.merged) < _MOST_MERGED:
            self.merged.append(attributes.get("ref", "")[:40])

    def _take_cell(self) -> None:
        row, attributes = self._row, self._attributes
        if row is None:
            raise self._damaged()
        name = attributes.get("r")
        if name is None:
            column = self._column + 1
        else:
            letters = name.rstrip(_DIGITS)
            column = self._columns.get(letters) or self._column_of(letters)
            if name[len(letters) :] != self._number_text:
                raise self._damaged()
        if column in row or column > MOST_COLUMNS:
            raise self._damaged()
        self._column = column
        if self._inline is not None:
            self._value = "".join(self._inline)
            self._inline = None
        if self._has_formula:
            self.formulas += 1
        elif not self._value:
            return
        key = (attributes.get("t"), attributes.get("s"), self._value, self._has_formula)
        cell = self._known.get(key)
        if cell is None:
            cell = self._cell(*key)
            if len(self._known) < _MOST_KNOWN:
                self._known[key] = cell
        row[column] = cell

    def _column_of(self, letters: str) -> int:
        match = _LETTERS.fullmatch(letters.upper())
        column = 0
        for letter in match[1] if match is not None else "":
            column = column * 26 + ord(letter) - 64
        if not 0 < column <= MOST_COLUMNS:
            raise self._damaged()
        self._columns[letters] = column
        return column

    def _cell(self, kind: str | None, style: str | None, text: str | None, has_formula: bool) -> BookCell:
        shown = self._format(style)
        if not text:
            return BookCell(None, "str" if kind == "str" else "n", shown.code, has_formula)
        value, data_type = self._typed(kind or "n", shown, text)
        return BookCell(value, data_type, shown.code, has_formula)

    def _typed(self, kind: str, shown: NumberFormat, text: str) -> tuple[object, str]:
        """The value of a cell that is not empty, and what kind of value it is."""
        match kind:
            case "n":
                return self._number_of(shown, text)
            case "s":
                at = int(text)
                if at < 0:
                    raise self._damaged()
                return self._strings[at], "s"
            case "str" | "inlineStr":
                return text, "s"
            case "b":
                return _BOOLEANS[text.strip()], "b"
            case "e":
                return text, "e"
            case "d":
                return _excel_dates().from_ISO8601(text), "d"
            case _:
                raise self._damaged()

    def _number_of(self, shown: NumberFormat, text: str) -> tuple[object, str]:
        if _NUMBER.fullmatch(text) is None:
            raise self._damaged()
        number = int(text) if _WHOLE.fullmatch(text) is not None else float(text)
        if not shown.is_date:
            return number, "n"
        try:
            return _excel_dates().from_excel(number, self._epoch, timedelta=shown.is_duration), "d"
        except (OverflowError, ValueError):  # a number that is no day of Excel's calendar, shown as ######
            return "#VALUE!", "e"

    def _format(self, style: str | None) -> NumberFormat:
        if style is None:
            return self._formats[0] if self._formats else _GENERAL
        at = int(style)
        if at == 0 and not self._formats:
            return _GENERAL
        if at < 0:
            raise self._damaged()
        return self._formats[at]

    def _damaged(self) -> Fault:
        return Fault("workbook_damaged", file=self._file)


_GENERAL: Final = NumberFormat("General")


@cache
def _excel_dates() -> Any:
    """openpyxl's arithmetic of dates, which comes in late and without types."""
    from openpyxl.utils import datetime as dates

    return dates
