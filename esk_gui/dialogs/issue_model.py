"""The faults of a workbook as a table model: where in the workbook, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon
from typing_extensions import override

from esk_engine.errors import Issue
from esk_engine.wording import Wording
from esk_gui.icons import icon
from esk_gui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns of the list of faults; each head is the text ``import_dialog.<name>``."""

    CELL = 0
    MESSAGE = 1


class IssueModel(QAbstractTableModel):
    """Issues as rows: where in the workbook, and what is wrong; errors before warnings."""

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording = wording
        self._issues: Sequence[Issue] = ()
        self._icons: dict[bool, QIcon] = {
            True: icon("error", theme, "error"),
            False: icon("warning", theme, "warning"),
        }

    def show_issues(self, issues: Sequence[Issue]) -> None:
        """Show other issues, what keeps the import from being written first."""
        self.beginResetModel()
        self._issues = sorted(issues, key=lambda issue: not issue.is_error)
        self.endResetModel()

    def issue(self, row: int) -> Issue:
        """The issue that a row tells."""
        return self._issues[row]

    def as_text(self) -> str:
        """All rows as lines of tab-separated text, for the clipboard."""
        return "\n".join(f"{_place(issue)}\t{self._wording.issue(issue)}" for issue in self._issues)

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._issues)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(Column)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        issue = self._issues[index.row()]
        if index.column() == Column.CELL:
            if role == Qt.ItemDataRole.DecorationRole:
                return self._icons[issue.is_error]
            return _place(issue) if role == Qt.ItemDataRole.DisplayRole else None
        is_text = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        return self._wording.issue(issue) if is_text else None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._wording(f"import_dialog.{Column(section).name.lower()}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


def _place(issue: Issue) -> str:
    place = issue.place
    return f"{place.sheet}!{place.cell}" if place.sheet and place.cell else place.sheet or place.cell or place.study_no
