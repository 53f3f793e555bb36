"""What was read in every cell and what it becomes: nothing is worked out before it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon
from typing_extensions import override

from esk_engine.dictionary import variable
from esk_engine.errors import Issue
from esk_engine.wording import Wording
from esk_gui.icons import icon
from esk_gui.importing.targets import target_text
from esk_gui.theme import Theme

if TYPE_CHECKING:
    from esk_engine.exchange.intake import CellRead, TablePreview

_Index = QModelIndex | QPersistentModelIndex
_MOST_KNOWN = 20_000
_LONGEST = 120


class PreviewModel(QAbstractTableModel):
    """One table of a file: raw text, arrow, value; an icon where there is something to say."""

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording, self._theme = wording, theme
        self._preview: TablePreview | None = None
        self._rows: Sequence[int] = ()
        self._issues: Mapping[tuple[int, int], Sequence[Issue]] = {}
        self._known: dict[tuple[int, int], CellRead] = {}
        self._icons: dict[str, QIcon] = {
            "error": icon("error", theme, "error"),
            "warning": icon("warning", theme, "warning"),
            "changed": icon("arrow_right", theme, "accent"),
        }

    def show_table(
        self,
        preview: TablePreview | None,
        rows: Sequence[int] = (),
        issues: Mapping[tuple[int, int], Sequence[Issue]] | None = None,
    ) -> None:
        """Show some rows of a table; ``issues`` by row and column from 0."""
        self.beginResetModel()
        self._preview, self._rows, self._issues = preview, rows, issues or {}
        self._known.clear()
        self.endResetModel()

    def row_of(self, row: int) -> int:
        """Where a row of the table is shown; -1 where it is not."""
        if isinstance(self._rows, range):
            return row if row in self._rows else -1
        try:
            return self._rows.index(row)
        except ValueError:
            return -1

    def place_of(self, index: _Index) -> tuple[int, int]:
        """Row and column of the table under an index."""
        return self._rows[index.row()], index.column()

    def issues_at(self, index: _Index) -> Sequence[Issue]:
        """What is wrong or doubtful at a cell, each thing once."""
        place = self.place_of(index)
        return self._issues.get(place, ())

    def cell(self, index: _Index) -> CellRead | None:
        """What became of the cell under an index."""
        if self._preview is None:
            return None
        place = self.place_of(index)
        if place not in self._known:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            self._known[place] = self._preview.cell(*place)
        return self._known[place]

    def state(self, index: _Index) -> str:
        """error, warning, changed or ""."""
        issues = self.issues_at(index)
        if issues:
            return "error" if any(issue.is_error for issue in issues) else "warning"
        cell = self.cell(index)
        return "changed" if cell is not None and cell.is_changed else ""

    def becomes(self, index: _Index) -> str:
        """The value of a cell as a reader knows it; "" where nothing is taken."""
        cell, rule = self.cell(index), self._rule(index.column())
        if cell is None or rule is None or rule.target is None or cell.value is None:
            return ""
        return self._wording.value(variable(rule.target.kind, rule.target.variable), cell.value)

    def _rule(self, column: int) -> Any:
        return self._preview.rule(column) if self._preview is not None else None

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() or self._preview is None else len(self._preview.table.header)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icons.get(self.state(index))
        if role == Qt.ItemDataRole.ForegroundRole:
            rule = self._rule(index.column())
            return self._theme.color("ink_3") if rule is None or rule.target is None else None
        return None

    def _text(self, index: _Index) -> str:
        cell = self.cell(index)
        if cell is None:
            return ""
        raw = " ".join(cell.text[:_LONGEST].split())
        if cell.value is None:
            return f"{raw} → {self._wording('importing.empty')}" if cell.is_changed else raw
        becomes = self.becomes(index)
        is_same = becomes.replace(" ", "") == raw.replace(" ", "")
        return raw if is_same else f"{raw} → {becomes}"

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._preview is None:
            return None
        if orientation is Qt.Orientation.Vertical:
            is_text = role == Qt.ItemDataRole.DisplayRole
            return str(self._preview.table.first_row + self._rows[section]) if is_text else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._preview.table.header[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            rule = self._rule(section)
            return target_text(rule.target if rule is not None else None, self._wording)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None
