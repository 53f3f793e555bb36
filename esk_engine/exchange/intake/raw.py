"""What a file holds before anything is understood: tables of raw cells, and how its text was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from esk_engine.errors import Issue
from esk_engine.exchange.cells import is_blank, number_text, unescaped

Note = Literal["", "formula", "error", "merged"]
Encoding = Literal["utf-8", "utf-8-sig", "cp1252", "utf-16"]
DateOrder = Literal["", "dmy", "mdy", "ymd"]
DecimalSign = Literal["", ",", "."]


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a text file is read. ``decimal`` and ``date_order`` "" where nothing in the file decides."""

    encoding: Encoding = "utf-8"
    delimiter: str = ";"
    decimal: DecimalSign = ""
    date_order: DateOrder = ""


@dataclass(frozen=True, slots=True)
class RawCell:
    """One cell as it stands; what ``CellReader`` asks of a cell, and a note of where its value comes from."""

    value: object = None
    data_type: str = "n"
    number_format: str | None = None
    note: Note = ""

    @property
    def text(self) -> str:
        """What is shown of it, before anything is understood."""
        if is_blank(self.value):
            return ""
        if isinstance(self.value, str):
            return unescaped(self.value)
        if isinstance(self.value, (int, float)) and not isinstance(self.value, bool):
            return number_text(self.value)
        return str(self.value)


@dataclass(frozen=True, slots=True)
class RawTable:
    """A sheet of a workbook, or the one table of a text file.

    Attributes
    ----------
    header_row
        The row, counted from 1, whose cells name the columns; data begin in the next.
    header
        The names as they stand there, "" where a column has none.
    rows
        The values of every row below it, by position; a shorter row ends in missing cells.
    first_row
        The number in the file of ``rows[0]``.
    special
        What is known of single cells beyond their value, by (row in ``rows``, column); columns count from 0.
    """

    name: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[object]]
    header_row: int = 1
    first_row: int = 2
    special: Mapping[tuple[int, int], RawCell] = field(default_factory=dict[tuple[int, int], RawCell])
    is_hidden: bool = False
    above: Sequence[Sequence[object]] = ()

    def cell(self, row: int, column: int) -> RawCell:
        """One cell, empty beyond the end of its row."""
        found = self.special.get((row, column))
        if found is not None:
            return found
        cells = self.rows[row]
        value = cells[column] if column < len(cells) else None
        return RawCell(value, _TYPES.get(type(value), "n"))

    def texts(self, column: int) -> list[str]:
        """The texts of one column that hold anything and are no numbers or dates of a workbook."""
        found: list[str] = []
        for cells in self.rows:
            value = cells[column] if column < len(cells) else None
            if isinstance(value, str) and value.strip():
                found.append(value.strip())
        return found

    def counted(self, column: int) -> Counter[str | int | float]:
        """How often each text and each number stands in a column."""
        values = (cells[column] for cells in self.rows if column < len(cells))
        return Counter(
            value for value in values if isinstance(value, (str, int, float)) and not isinstance(value, bool)
        )

    def is_blank_row(self, row: int) -> bool:
        return all(is_blank(value) for value in self.rows[row])

    def with_header_at(self, number: int) -> RawTable:
        """The same table with another row, counted from 1 in the file, naming its columns."""
        lines = [*self.above, self.header, *self.rows]
        begin = self.header_row - len(self.above)
        at = number - begin
        if not 0 <= at < len(lines):
            raise ValueError(f"header: row {number} is not in the table")
        moved = {(row + 1 + len(self.above) - at - 1, column): cell for (row, column), cell in self.special.items()}
        header = tuple("" if is_blank(value) else str(value).strip() for value in lines[at])
        return replace(
            self,
            header=header,
            rows=lines[at + 1 :],
            header_row=number,
            first_row=number + 1,
            special={place: cell for place, cell in moved.items() if place[0] >= 0},
            above=lines[:at],
        )


_TYPES: dict[type, str] = {str: "s", bool: "b", int: "n", float: "n"}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was opened to be imported.

    Attributes
    ----------
    kind
        "xlsx" or "csv"; a text file is "csv" whatever its delimiter.
    form, guessed, certain
        How a text file was read, what was recognised, and which of its fields nothing speaks against.
    issues
        What was met in the file as a whole: sheets left out, formulas read by their value, ...
    """

    path: Path
    kind: Literal["xlsx", "csv"]
    tables: tuple[RawTable, ...]
    issues: tuple[Issue, ...] = ()
    form: TextForm = TextForm()
    guessed: TextForm = TextForm()
    certain: frozenset[str] = frozenset()

    def table(self, name: str) -> RawTable:
        """One table by its name; KeyError where there is none."""
        found = next((table for table in self.tables if table.name == name), None)
        if found is None:
            raise KeyError(name)
        return found
