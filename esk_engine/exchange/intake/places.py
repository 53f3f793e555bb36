"""Where in the file each value of a patient stands: kept small, for a list may hold a million of them."""

from __future__ import annotations

from esk_engine.dictionary import Kind
from esk_engine.errors import Place
from esk_engine.exchange.intake.mapping import Mapping
from esk_engine.exchange.intake.raw import Source
from esk_engine.exchange.layout import cell_name

RowKey = tuple[Kind, object, object]


class Where:
    """Names the cells of a source; one is shared by all patients."""

    def __init__(self, source: Source, mapping: Mapping) -> None:
        self._path = str(source.path)
        self._tables = {table.name: table for table in source.tables}
        self._columns = {
            (rule.table, rule.target.kind, rule.target.variable): rule.column
            for rule in reversed(mapping.rules)
            if rule.target is not None
        }

    def cell(self, table: str, row: int, column: int) -> Place:
        """One cell, rows and columns from 0; row -1 is the one of the headings."""
        raw = self._tables[table]
        number = raw.header_row if row < 0 else raw.first_row + row
        return Place(self._path, table, cell_name(number, column + 1), "", number, column + 1)

    def of_row(self, table: str, row: int, kind: Kind, name: str, otherwise: int) -> Place:
        """The cell of a variable in a row that holds a whole record."""
        return self.cell(table, row, self._columns.get((table, kind, name), otherwise))


class Places:
    """Where the values of one patient stand: by record and variable, or once for a row that holds a whole record."""

    __slots__ = ("_noted", "_where")

    def __init__(self, where: Where) -> None:
        self._where = where
        self._noted: dict[tuple[RowKey | None, str], tuple[str, int, int]] = {}

    def note(self, key: RowKey | None, name: str, table: str, row: int, column: int) -> None:
        """Keep where a value was met first; ``name`` "" stands for all values of the record."""
        self._noted.setdefault((key, name), (table, row, column))

    def of(self, key: RowKey | None, name: str) -> Place:
        """The cell of a value; of one that no cell says, the row's, else the one of the study number."""
        found = self._noted.get((key, name))
        if found is not None:
            return self._where.cell(*found)
        row = self._noted.get((key, ""))
        if row is not None and key is not None:
            return self._where.of_row(row[0], row[1], key[0], name, row[2])
        first = next((cell for (known, _), cell in self._noted.items() if known == key), None)
        number = self._noted.get((None, "study_no"))
        found = first if key is not None and first is not None else number
        return Place() if found is None else self._where.cell(*found)
