"""The columns of a table as rows: heading, three examples, what it becomes, in what unit."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon
from typing_extensions import override

from esk_engine.dictionary import variable
from esk_engine.wording import Wording
from esk_gui.icons import icon
from esk_gui.importing.targets import target_text
from esk_gui.theme import Theme

if TYPE_CHECKING:
    from esk_engine.exchange.intake import ColumnRule, RawTable

_Index = QModelIndex | QPersistentModelIndex
_EXAMPLES, _LOOKED_AT = 3, 200


class Column(IntEnum):
    """What is told of a column; each head is the text ``importing.column.<name>``."""

    HEADING = 0
    EXAMPLES = 1
    BECOMES = 2
    UNIT = 3


class ColumnModel(QAbstractTableModel):
    """The rules of one table, a row each."""

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording, self._theme = wording, theme
        self._rules: tuple[ColumnRule, ...] = ()
        self._examples: list[str] = []
        self._taken: QIcon = icon("check", theme, "ink_2")
        self._left: QIcon = icon("cross", theme, "ink_3")

    def show_table(self, table: RawTable, rules: tuple[ColumnRule, ...]) -> None:
        """Show the columns of another table."""
        self.beginResetModel()
        self._rules = rules
        self._examples = [_examples(table, rule.column) for rule in rules]
        self.endResetModel()

    def show_rules(self, rules: tuple[ColumnRule, ...]) -> None:
        """Other meanings for the same columns."""
        self._rules = rules
        if rules:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rules) - 1, len(Column) - 1))

    def rule(self, row: int) -> ColumnRule | None:
        return self._rules[row] if 0 <= row < len(self._rules) else None

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rules)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(Column)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        rule = self._rules[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(rule, index.row(), Column(index.column()))
        if role == Qt.ItemDataRole.DecorationRole and index.column() == Column.BECOMES:
            return self._left if rule.target is None else self._taken
        is_pale = rule.target is None or index.column() == Column.EXAMPLES
        if role == Qt.ItemDataRole.ForegroundRole and is_pale:
            return self._theme.color("ink_3" if rule.target is None else "ink_2")
        return None

    def _text(self, rule: ColumnRule, row: int, column: Column) -> str:
        words = self._wording
        if column is Column.HEADING:
            return rule.header or words("importing.no_heading", n=rule.column + 1)
        if column is Column.EXAMPLES:
            return self._examples[row]
        if column is Column.BECOMES:
            return target_text(rule.target, words)
        if rule.target is None:
            return ""
        unit = rule.unit or variable(rule.target.kind, rule.target.variable).unit
        return words.unit_text(unit) if unit else ""

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._wording(f"importing.column.{Column(section).name.lower()}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


def _examples(table: RawTable, column: int) -> str:
    """The first texts of a column that differ."""
    found: dict[str, None] = {}
    for row in range(min(len(table.rows), _LOOKED_AT)):
        text = " ".join(table.cell(row, column).text.split())
        if text:
            found[text] = None
        if len(found) == _EXAMPLES:
            break
    return "   ".join(found)
