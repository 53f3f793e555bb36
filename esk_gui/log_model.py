"""The log as a table model: the newest line first, each text made only when its row is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from esk_engine.study import LogLine
from esk_engine.wording import Wording
from esk_gui.log_text import LogText

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, from left to right; each head is the text ``log.<name>``."""

    WHEN = 0
    WHO = 1
    PATIENT = 2
    ITEM = 3
    OLD = 4
    NEW = 5
    NOTE = 6


@dataclass(frozen=True)
class LogChoice:
    """Which lines are wanted: "" wants all. ``patient`` is a part of a study number, ``item`` a kind or a variable."""

    patient: str = ""
    person: str = ""
    item: str = ""

    def keeps(self, line: LogLine, study_no: str) -> bool:
        if self.person and line.person != self.person:
            return False
        if self.item and self.item not in (line.variable, f"kind:{line.kind}"):
            return False
        return not self.patient or self.patient.casefold() in study_no.casefold()


class LogModel(QAbstractTableModel):
    """Log lines by row; texts come from ``LogText``."""

    def __init__(self, wording: Wording) -> None:
        super().__init__()
        self._wording = wording
        self._text: LogText | None = None
        self._lines: Sequence[LogLine] = ()

    def show_lines(self, lines: Sequence[LogLine], text: LogText) -> None:
        """Show other lines, the last of them first."""
        self.beginResetModel()
        self._lines, self._text = lines, text
        self.endResetModel()

    def line(self, row: int) -> LogLine:
        """The line of a row."""
        return self._lines[len(self._lines) - 1 - row]

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._lines)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(Column)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._text is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = self._cell(self.line(index.row()), Column(index.column()), self._text)
            return text if role == Qt.ItemDataRole.DisplayRole or len(text) > 24 else None
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._wording(f"log.{Column(section).name.lower()}")
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    @staticmethod
    def _cell(line: LogLine, column: Column, text: LogText) -> str:
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
                return text.note(line)
