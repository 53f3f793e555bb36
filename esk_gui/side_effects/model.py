"""The table of one patient's side effects as a Qt model; its edits go to the study, never into the model."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from esk_engine.wording import Wording
from esk_gui.side_effects.events import EventLine, counts_text, phase_text, score_text, standing_text, term_text

_HEADS = ("term", "phase", "naranjo", "counts")
LINE_ROLE = Qt.ItemDataRole.UserRole
SECOND_ROLE = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Column(IntEnum):
    """The columns from left to right."""

    TERM = 0
    PHASE = 1
    NARANJO = 2
    COUNTS = 3


class AdverseEventsModel(QAbstractTableModel):
    """Emits ``edit_wanted(record_id, variable, text)`` where a person edits a term or a phase."""

    edit_wanted = Signal(str, str, str)

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wording = wording
        self._lines: tuple[EventLine, ...] = ()
        self._is_editable = True

    def show_lines(self, lines: Sequence[EventLine], *, editable: bool = True) -> None:
        """Show these side effects; the same ones in the same order keep their rows and the selection."""
        self._is_editable = editable
        new = tuple(lines)
        if [line.id for line in new] == [line.id for line in self._lines]:
            self._lines = new
            if new:
                self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, Column.COUNTS))
            return
        self.beginResetModel()
        self._lines = new
        self.endResetModel()

    def line(self, row: int) -> EventLine | None:
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def row_of(self, record_id: str) -> int:
        """The row of a side effect, -1 where it is not shown."""
        return next((row for row, line in enumerate(self._lines) if line.id == record_id), -1)

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._lines)

    @override
    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.line(index.row())
        if line is None or not index.isValid():
            return None
        column = Column(index.column())
        if role == LINE_ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(line, column)
        if role == Qt.ItemDataRole.EditRole and column in (Column.TERM, Column.PHASE):
            stored = line.record.get("term" if column is Column.TERM else "phase")
            return "" if stored is None else str(stored)
        if role == SECOND_ROLE and column is Column.NARANJO:
            return standing_text(line.score, self._wording)
        return None

    @override
    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        line = self.line(index.row())
        if line is None or role != Qt.ItemDataRole.EditRole or index.column() > Column.PHASE:
            return False
        if str(value) != self.data(index, Qt.ItemDataRole.EditRole):
            self.edit_wanted.emit(line.id, "term" if index.column() == Column.TERM else "phase", str(value))
        return True

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and self._is_editable and index.column() in (Column.TERM, Column.PHASE):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags if index.isValid() else Qt.ItemFlag.NoItemFlags

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        name = _HEADS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._wording(f"side_effects.column.{name}")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._wording(f"side_effects.column.{name}.help")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, line: EventLine, column: Column) -> str:
        match column:
            case Column.TERM:
                return term_text(line.record, self._wording)
            case Column.PHASE:
                return phase_text(line.record, self._wording)
            case Column.NARANJO:
                return f"{score_text(line.score, self._wording)} {standing_text(line.score, self._wording)}"
            case Column.COUNTS:
                return counts_text(line.counts, self._wording)
