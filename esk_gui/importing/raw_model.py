"""The first rows of a table as they stand in the file, the row that names the columns marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from typing_extensions import override

from esk_engine.exchange.cells import is_blank, number_text
from esk_gui.theme import Theme

if TYPE_CHECKING:
    from esk_engine.exchange.intake import RawTable

_Index = QModelIndex | QPersistentModelIndex
_MOST_ROWS, _MOST_COLUMNS = 200, 200
_LONGEST = 200


class RawModel(QAbstractTableModel):
    """Rows of a file, numbered as the file numbers them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: Sequence[Sequence[object]] = ()
        self._first, self._head, self._columns = 1, 0, 0
        self._bold = QFont()
        self._bold.setWeight(QFont.Weight.DemiBold)

    def show_table(self, table: RawTable | None) -> None:
        """Show another table, or the same one with another head."""
        self.beginResetModel()
        if table is None:
            self._lines, self._columns = (), 0
        else:
            self._lines = [*table.above, table.header, *table.rows[:_MOST_ROWS]]
            self._head = len(table.above)
            self._first = table.header_row - self._head
            widest = max((len(line) for line in self._lines), default=0)
            self._columns = min(widest, _MOST_COLUMNS)
        self.endResetModel()

    def number_at(self, row: int) -> int:
        """The number in the file of a row that is shown."""
        return self._first + row

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._lines)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._columns

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return _text(line[index.column()]) if index.column() < len(line) else ""
        if role == Qt.ItemDataRole.FontRole and index.row() == self._head:
            return self._bold
        if role == Qt.ItemDataRole.ForegroundRole and index.row() < self._head:
            return self._theme.color("ink_3")
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return str(section + 1) if orientation is Qt.Orientation.Horizontal else str(self.number_at(section))


def _text(value: object) -> str:
    if is_blank(value):
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value)
    return " ".join(str(value)[:_LONGEST].split())
