"""One table of the report as a Qt model: a column for the label, one for what of it, then the table's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from esk_engine.report import Cell, CellKind, Row, Table, cell_text, row_label
from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.results.cautions import RowWarnings
from esk_gui.results.header import HEAD_ROLE, HeadText
from esk_gui.results.texts import column_head, label_head, parts_of

PARTS_ROLE = int(Qt.ItemDataRole.UserRole) + 2
LABEL, SUBLABEL, FIRST_CELL = 0, 1, 2
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Label:
    """What names a row: its own name, or ``is_small`` what of it."""

    text: str
    indent: int = 0
    is_small: bool = False


class TableModel(QAbstractTableModel):
    """The cells of one table; a table that changes its shape resets the model, else only its cells change."""

    def __init__(
        self,
        table: Table,
        p_method: PMethod,
        wording: Wording,
        parent: QObject | None = None,
        warnings: RowWarnings = (),
    ) -> None:
        super().__init__(parent)
        self._wording = wording
        self._take(table, p_method, warnings)

    def _take(self, table: Table, p_method: PMethod, warnings: RowWarnings) -> None:
        words = self._wording
        self._table, self._warnings = table, warnings
        own = (column_head(table, column, words, p_method) for column in range(len(table.head)))
        self._heads = (label_head(table, words), HeadText(""), *own)
        self._labels = [row_label(row, words) for row in table.rows]

    @property
    def table(self) -> Table:
        return self._table

    def show(self, table: Table, p_method: PMethod, warnings: RowWarnings = ()) -> bool:
        """Take a newer version of the table; True where its shape changed, so that nothing of a view still holds."""
        same = _shape(table) == _shape(self._table)
        if not same:
            self.beginResetModel()
        self._take(table, p_method, warnings)
        if not same:
            self.endResetModel()
            return True
        if table.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        return False

    def cell_at(self, index: Index) -> tuple[Row, Cell] | None:
        """The engine's row and cell at an index; None on a label."""
        if not index.isValid() or self.is_label(index.column()):
            return None
        row = self._table.rows[index.row()]
        return row, row.cells[index.column() - FIRST_CELL]

    def is_label(self, column: int) -> bool:
        return column < FIRST_CELL

    def is_tinted(self, column: int) -> bool:
        return self._heads[column].is_tinted

    def is_right(self, column: int) -> bool:
        """Whether a column's numbers end at its right edge."""
        return self._heads[column].is_right

    def warnings_at(self, row: int) -> tuple[str, ...]:
        """What a reader has to be warned of in a row, as sentences."""
        return self._warnings[row] if row < len(self._warnings) else ()

    def is_signed(self, row: int, column: int) -> bool:
        """Whether a label carries the sign of a warning: the one that names the row most closely."""
        if not self.warnings_at(row):
            return False
        return column == (SUBLABEL if self._labels[row][1] else LABEL)

    def has_sublabels(self) -> bool:
        return any(sublabel for _, sublabel in self._labels)

    def opens_block(self, row: int) -> bool:
        """Whether a hairline stands above a row."""
        return self._table.rows[row].starts_block

    def has_beside(self, row: int) -> bool:
        """Whether a group's cell of a row has something paler beside its number."""
        cells = self._table.rows[row].cells
        return any(len(parts_of(cell, self._wording)) == 2 for cell in cells)

    def label_at(self, row: int, column: int) -> Label:
        """A row's name, once for a block of rows that share it, or what of it the row holds."""
        label, sublabel = self._labels[row]
        if column == SUBLABEL:
            return Label(sublabel, is_small=True)
        level = self._table.rows[row].level
        repeats = bool(sublabel) and not self.opens_block(row)
        return Label("" if repeats else label, level, is_small=level > 0)

    def _spoken(self, row: int, column: int) -> str:
        warnings = self.warnings_at(row) if self.is_signed(row, column) else ()
        return " ".join((self.label_at(row, column).text, *warnings))

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._table.rows)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._heads)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index)
        if self.is_label(index.column()):
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(index.row(), index.column())
            shown = role == Qt.ItemDataRole.DisplayRole
            return self.label_at(index.row(), index.column()).text if shown else None
        cell = self._table.rows[index.row()].cells[index.column() - FIRST_CELL]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(cell, self._wording)
        if role == PARTS_ROLE:
            return parts_of(cell, self._wording)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            names = " ".join(text for text in (*self._labels[index.row()], self._heads[index.column()].title) if text)
            return f"{names}: {cell_text(cell, self._wording)}"
        return None

    def _tip(self, index: Index) -> str | None:
        """On a label how its variable is defined, or the whole label; on an undefined figure why it is; warnings."""
        row, words = self._table.rows[index.row()], self._wording
        if self.is_label(index.column()):
            key = "" if row.comparison is None else f"definition.{row.comparison.variable}"
            own = words(key) if words.has(key) else " ".join(text for text in self._labels[index.row()] if text)
            return "\n".join((*self.warnings_at(index.row()), own))
        cell = row.cells[index.column() - FIRST_CELL]
        why = () if cell.reason is None else (words(f"reason.{cell.reason}"),)
        warnings = self.warnings_at(index.row()) if cell.kind is CellKind.P else ()
        return "\n".join((*why, *warnings)) or None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._heads):
            return None
        if role == HEAD_ROLE:
            return self._heads[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._heads[section].tip or None
        return self._heads[section].title if role == Qt.ItemDataRole.DisplayRole else None


def _shape(table: Table) -> tuple[object, ...]:
    heads = tuple(head.key for head in table.head)
    return heads, tuple((row.label, row.sublabel, row.level, row.starts_block) for row in table.rows)
