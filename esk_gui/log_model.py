"""The log as a table model: the newest line first, each text made only when its row is looked at."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from esk_engine.study import LogLine
from esk_engine.wording import Wording
from esk_gui.log_index import LogIndex, Rows
from esk_gui.log_text import LogText
from esk_gui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_SHORT = 24  # characters that a cell has room for in any window


class Column(IntEnum):
    """The columns, from left to right; each head is the text ``log.<name>``."""

    WHEN = 0
    WHO = 1
    PATIENT = 2
    ITEM = 3
    OLD = 4
    NEW = 5
    NOTE = 6


class LogModel(QAbstractTableModel):
    """Log lines by row; texts come from ``LogText``. What was taken back later is paler, and says by which act."""

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording, self._paler = wording, theme.color("ink_3")
        self._text: LogText | None = None
        self._index = LogIndex(())
        self._rows: Rows = np.empty(0, dtype=np.intp)

    def show_lines(self, index: LogIndex, rows: Rows, text: LogText) -> None:
        """Show the lines at these places of an index, the last of them first."""
        self.beginResetModel()
        self._index, self._rows, self._text = index, rows, text
        self.endResetModel()

    def place(self, row: int) -> int:
        """Where the line of a row stands in the index."""
        return int(self._rows[len(self._rows) - 1 - row])

    def line(self, row: int) -> LogLine:
        """The line of a row."""
        return self._index.lines[self.place(row)]

    def row_of(self, place: int) -> int | None:
        """The row of a line by its place in the index; None where it is not shown."""
        at = int(np.searchsorted(self._rows, place))
        is_there = at < len(self._rows) and self._rows[at] == place
        return len(self._rows) - 1 - at if is_there else None

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(Column)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._text is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = self._cell(self.line(index.row()), Column(index.column()), self._text)
            return text if role == Qt.ItemDataRole.DisplayRole or len(text) > _SHORT else None
        if role == Qt.ItemDataRole.ForegroundRole and self._index.undone_by(self.line(index.row())) is not None:
            return self._paler
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._wording(f"log.{Column(section).name.lower()}")
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def _cell(self, line: LogLine, column: Column, text: LogText) -> str:
        match column:
            case Column.WHEN:
                return text.when(line)
            case Column.WHO:
                return line.person
            case Column.PATIENT:
                return text.patient(line)
            case Column.ITEM:
                return text.item(line)
            case Column.OLD:
                return text.old(line)
            case Column.NEW:
                return text.new(line)
            case Column.NOTE:
                return text.note(line, self._index.undone_by(line))
