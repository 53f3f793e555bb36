"""The patients who change group, each with the condition that does it; a row opens the patient."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)
from typing_extensions import override

from esk_engine.consequences import Switch
from esk_engine.criteria import CriteriaSet
from esk_engine.wording import Wording
from esk_gui.criteria.words import evidence_text
from esk_gui.icons import paint_icon
from esk_gui.theme import Theme
from esk_gui.widgets.copying import CopyKey
from esk_gui.widgets.marks import paint_mark

_HEADS = ("patient", "change", "criterion", "evidence")
SWITCH_ROLE = Qt.ItemDataRole.UserRole
ROW_HEIGHT, MOST_ROWS = 28, 7
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Column(IntEnum):
    """The columns from left to right."""

    PATIENT = 0
    CHANGE = 1
    CRITERION = 2
    EVIDENCE = 3


class SwitchesModel(QAbstractTableModel):
    """One row a patient who is in another group."""

    def __init__(self, wording: Wording, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wording = wording
        self._switches: tuple[Switch, ...] = ()
        self._alone: frozenset[str] = frozenset()

    def show_switches(self, switches: Sequence[Switch], criteria_set: CriteriaSet) -> None:
        """Show who switches under a set; a criterion of one condition goes by its own name."""
        alone = frozenset(c.name for c in criteria_set.criteria if len(c.conditions) == 1)
        if tuple(switches) == self._switches and alone == self._alone:
            return
        self.beginResetModel()
        self._alone = alone
        self._switches = tuple(switches)
        self.endResetModel()

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._switches)

    @override
    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._switches):
            return None
        switch = self._switches[index.row()]
        if role == SWITCH_ROLE:
            return switch
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(switch, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._whole(switch)
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        is_name = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        if not is_name or not 0 <= section < len(Column):
            return None
        return self._wording(f"criteria_page.switch.{_HEADS[section]}")

    def _text(self, switch: Switch, column: Column) -> str:
        if column is Column.PATIENT:
            return switch.study_no
        if column is Column.CHANGE:
            return f"{self._wording(f'group.{switch.before}')} → {self._wording(f'group.{switch.after}')}"
        if not switch.reasons:
            return ""
        first = switch.reasons[0]
        if column is Column.EVIDENCE:
            return evidence_text(first, self._wording)
        is_alone = first.criterion in self._alone
        name = self._wording.criterion(first.criterion) if is_alone else self._wording.label(first.condition.variable)
        return f"{name} +{len(switch.reasons) - 1}" if len(switch.reasons) > 1 else name

    def _whole(self, switch: Switch) -> str:
        lines = [f"{switch.study_no}: {self._text(switch, Column.CHANGE)}"]
        for reason in switch.reasons:
            criterion, label = self._wording.criterion(reason.criterion), self._wording.label(reason.condition.variable)
            lines.append(f"{criterion}, {label}: {evidence_text(reason, self._wording)}")
        return "\n".join(lines)


class SwitchDelegate(QStyledItemDelegate):
    """Study number as a link, both groups as marks, the condition, its evidence at the right."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(40, ROW_HEIGHT)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        switch, column = index.data(SWITCH_ROLE), Column(index.column())
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue]
        room: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue]
        if not isinstance(switch, Switch):
            return
        painter.save()
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.fillRect(room, self._theme.color("selected"))
        if column is Column.CHANGE:
            self._paint_change(painter, room, switch)
        else:
            font = QFont(painter.font())
            font.setPixelSize(13)
            is_patient = column is Column.PATIENT
            font.setWeight(QFont.Weight.DemiBold if is_patient else QFont.Weight.Normal)
            painter.setFont(font)
            painter.setPen(self._theme.color("accent" if is_patient else "ink"))
            inner = room.adjusted(0 if is_patient else 4, 0, -4 if column is not Column.EVIDENCE else 0, 0)
            text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, int(_RIGHT if column is Column.EVIDENCE else _LEFT), text)
        painter.restore()

    def _paint_change(self, painter: QPainter, room: QRect, switch: Switch) -> None:
        middle = room.center().y() + 0.5
        for group, x in ((switch.before, room.left()), (switch.after, room.left() + 34)):
            paint_mark(painter, QRectF(x, middle - 5.5, 11, 11), group, self._theme)
        paint_icon(painter, QRectF(room.left() + 15, middle - 7, 14, 14), "arrow_right", self._theme.color("ink_3"))


class SwitchesTable(QTableView):
    """As high as its rows up to seven, then it scrolls."""

    def __init__(self, model: SwitchesModel, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("criteria_switches")
        self.setModel(model)
        self.setItemDelegate(SwitchDelegate(theme, self))
        self.setAccessibleName(wording("criteria_page.switches"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(Column.CRITERION, QHeaderView.ResizeMode.Stretch)
        head.setMinimumSectionSize(20)
        self.setColumnWidth(Column.CHANGE, 54)
        model.modelReset.connect(self.fit)
        self.fit()
        CopyKey(self)

    def fit(self) -> None:
        """As wide as the widest study number and evidence, as high as its rows."""
        model = self.model()
        rows = model.rowCount() if model is not None else 0
        self.setFixedHeight(min(rows, MOST_ROWS) * ROW_HEIGHT)
        metrics = self.fontMetrics()
        for column, least, most in ((Column.PATIENT, 40, 110), (Column.EVIDENCE, 60, 150)):
            texts = [str(model.index(row, column).data()) for row in range(min(rows, 200))] if model else []
            widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
            self.setColumnWidth(column, min(most, max(least, widest + 14)))
