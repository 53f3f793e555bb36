"""Backups as a table model: when, how many patients, what changed since, how large, whether it can be used."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QHeaderView, QTableView
from typing_extensions import override

from esk_engine.wording import Wording
from esk_gui.icons import icon
from esk_gui.theme import Theme
from esk_gui.widgets.tables import quiet_table

if TYPE_CHECKING:
    from esk_engine.study_file.backup import Backup

_Index = QModelIndex | QPersistentModelIndex
_KB = 1024
_BRIEF = ("file_damaged", "key_wrong", "backup_of_another")


class Column(IntEnum):
    """The columns; each head is the text ``backups.column.<name>``."""

    WHEN = 0
    PATIENTS = 1
    SINCE = 2
    SIZE = 3
    STATE = 4


_NUMBERS = (Column.PATIENTS, Column.SINCE, Column.SIZE)


class BackupsModel(QAbstractTableModel):
    """The newest first; one that cannot be used says why.

    Parameters
    ----------
    has_study
        Whether there is a study that they can be compared with.
    """

    def __init__(self, wording: Wording, theme: Theme, *, has_study: bool = True) -> None:
        super().__init__()
        self._words, self._theme, self._has_study = wording, theme, has_study
        self._backups: Sequence[Backup] = ()
        self._faulty, self._doubtful = icon("error", theme, "error"), icon("warning", theme, "warning")

    def show_backups(self, backups: Sequence[Backup]) -> None:
        self.beginResetModel()
        self._backups = backups
        self.endResetModel()

    def backup(self, row: int) -> Backup | None:
        """The backup of a row; None where there is none."""
        return self._backups[row] if 0 <= row < len(self._backups) else None

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._backups)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(Column)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        backup, column = self._backups[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole and backup.fault is not None:
            return self._theme.color("ink_3")
        if role == Qt.ItemDataRole.DecorationRole and column is Column.STATE:
            if backup.fault is not None:
                return self._faulty
            return self._doubtful if self._goes_another_way(backup) else None
        if role == Qt.ItemDataRole.ToolTipRole and column is Column.STATE:
            return self._words.fault(backup.fault) if backup.fault is not None else self._state(backup)
        return self._text(backup, column) if role == Qt.ItemDataRole.DisplayRole else None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(f"backups.column.{Column(section).name.lower()}")
        return _alignment(Column(section)) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _text(self, backup: Backup, column: Column) -> str:
        words = self._words
        if column is Column.WHEN:
            return words.datetime(backup.when.astimezone())
        if column is Column.PATIENTS:
            return words.number(backup.patients)
        if column is Column.SINCE:
            return words.number(backup.changes_since)
        if column is Column.SIZE:
            return words("backups.size", kb=-(-backup.size // _KB))
        return self._state(backup)

    def _state(self, backup: Backup) -> str:
        if backup.fault is not None:
            code = backup.fault.code
            return self._words(f"backups.state.{code}") if code in _BRIEF else self._words.fault(backup.fault)
        if backup.is_abandoned:
            return self._words("backups.state.left")
        return self._words("backups.state.other_way" if self._goes_another_way(backup) else "backups.state.good")

    def _goes_another_way(self, backup: Backup) -> bool:
        """Whether a backup has lines that the study has not, and the log does not say why."""
        return self._has_study and backup.changes_since is None and not backup.is_abandoned


def backups_table(model: BackupsModel) -> QTableView:
    """The table of the page and of the dialog for a study that cannot be opened."""
    view = quiet_table("backups_list", model)
    head = view.horizontalHeader()
    for column in Column:
        head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(Column.STATE, QHeaderView.ResizeMode.Stretch)
    head.setMinimumSectionSize(56)
    return view


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
