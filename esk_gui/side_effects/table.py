"""The view of a patient's side effects: rows of 34 px, score and words aligned, an icon and a word for what counts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from esk_engine.naranjo import Counts
from esk_engine.wording import Wording
from esk_gui.icons import paint_icon
from esk_gui.side_effects.adder import TermBox, phase_choices
from esk_gui.side_effects.events import EventLine, score_text, standing_text
from esk_gui.side_effects.model import LINE_ROLE, AdverseEventsModel, Column
from esk_gui.theme import Theme
from esk_gui.widgets.copying import CopyKey
from esk_gui.widgets.entry import ChoiceBox

ROW_HEIGHT, HEADER_HEIGHT = 34, 30
_ICONS = {Counts.YES: "check", Counts.NO: "cross", Counts.PENDING: "question"}
_Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class EventDelegate(QStyledItemDelegate):
    """Draws one cell, and edits a term or a phase in place."""

    def __init__(self, wording: Wording, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._wording, self._theme = wording, theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(80, ROW_HEIGHT)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        line = index.data(LINE_ROLE)
        if not isinstance(line, EventLine):
            return
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue]
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue]
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        self._paint_ground(painter, rect, is_selected, index.column())
        column = Column(index.column())
        room = rect.adjusted(8, 0, -4, 0)
        if column is Column.NARANJO:
            self._paint_score(painter, room, line)
        elif column is Column.COUNTS:
            self._paint_counts(painter, room, line, str(index.data()))
        else:
            is_term = column is Column.TERM
            self._text(painter, room, str(index.data()), "ink" if is_term else "ink_2", bold=is_term and is_selected)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect, is_selected: bool, column: int) -> None:
        if is_selected:
            painter.fillRect(rect, self._theme.color("selected"))
            if column == Column.TERM:
                painter.fillRect(QRect(rect.left(), rect.top() + 7, 3, rect.height() - 14), self._theme.color("accent"))
            return
        painter.setPen(self._theme.color("table_line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _paint_score(self, painter: QPainter, room: QRect, line: EventLine) -> None:
        points = QRect(room.left(), room.top(), 18, room.height())
        self._text(painter, points, score_text(line.score, self._wording), "ink", bold=True, align=_RIGHT)
        self._text(painter, room.adjusted(26, 0, 0, 0), standing_text(line.score, self._wording), "ink_2")

    def _paint_counts(self, painter: QPainter, room: QRect, line: EventLine, text: str) -> None:
        box = QRectF(room.left(), room.center().y() - 7, 15, 15)
        token = "ink" if line.counts is Counts.YES else "ink_3"
        paint_icon(painter, box, _ICONS[line.counts], self._theme.color(token))
        self._text(painter, room.adjusted(22, 0, 0, 0), text, "ink" if line.counts is Counts.YES else "ink_2")

    def _text(
        self,
        painter: QPainter,
        room: QRect,
        text: str,
        token: str,
        *,
        bold: bool = False,
        align: Qt.AlignmentFlag = _LEFT,
    ) -> None:
        font = QFont(painter.font())
        font.setPixelSize(13)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(align), shown)

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        if index.column() == Column.TERM:
            return TermBox(self._wording, parent)
        return ChoiceBox("phase", (("", ""), *phase_choices(self._wording)), parent)

    @override
    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, TermBox):
            editor.setEditText(str(index.data()))
            line = editor.lineEdit()
            if line is not None:
                line.selectAll()
        elif isinstance(editor, ChoiceBox):
            editor.show_code(str(index.data(Qt.ItemDataRole.EditRole)))

    @override
    def setModelData(self, editor: QWidget, model: object, index: _Index) -> None:
        if not isinstance(model, AdverseEventsModel):
            return
        if isinstance(editor, TermBox):
            if editor.currentText() != index.data():
                model.setData(index, editor.currentText())
        elif isinstance(editor, ChoiceBox):
            model.setData(index, editor.code())

    @override
    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        rect: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue]
        editor.setGeometry(rect.adjusted(0, 1, 0, -1))


class EventsTable(QTableView):
    """As high as its rows, so that the page scrolls. Emits ``delete_wanted`` on Delete, ``opened`` on Enter."""

    delete_wanted = Signal()
    opened = Signal()

    def __init__(self, model: AdverseEventsModel, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("adverse_events")
        self.setModel(model)
        self.setItemDelegate(EventDelegate(wording, theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setAccessibleName(wording("side_effects.title"))
        rows = self.verticalHeader()
        rows.hide()
        rows.setDefaultSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setFixedHeight(HEADER_HEIGHT)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(Column.TERM, QHeaderView.ResizeMode.Stretch)
        self._fit_columns(720)
        model.modelReset.connect(self._fit)
        model.rowsInserted.connect(self._fit)
        model.rowsRemoved.connect(self._fit)
        self._fit()
        CopyKey(self)

    def _fit(self) -> None:
        model = self.model()
        self.setFixedHeight(HEADER_HEIGHT + max(0, model.rowCount() if model else 0) * ROW_HEIGHT + 1)

    def _fit_columns(self, width: int) -> None:
        """The term keeps most; below 520 px an icon alone says what counts, its word is the tooltip."""
        widths = (132, 176, 124) if width >= 640 else (132, 156, 96) if width >= 520 else (104, 142, 44)
        for column, own in zip((Column.PHASE, Column.NARANJO, Column.COUNTS), widths, strict=True):
            self.setColumnWidth(column, own)

    @override
    def resizeEvent(self, event: QEvent) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._fit_columns(self.width())
        super().resizeEvent(event)  # pyright: ignore[reportArgumentType]

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_editing = self.state() == QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not is_editing:
            self.delete_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not is_editing:
            self.opened.emit()
        else:
            super().keyPressEvent(event)
