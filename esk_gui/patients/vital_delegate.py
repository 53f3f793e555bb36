"""Paints a cell of the vital signs grid and gives it a plain line to type in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from esk_gui.icons import paint_icon
from esk_gui.patients.vital_model import VitalColumn, VitalRole

if TYPE_CHECKING:
    from esk_gui.app import Session

_INDEX = QModelIndex | QPersistentModelIndex
_PAD = 8
_GO_DOWN = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_SIGNS = {"error": "error", "warning": "warning"}


class VitalDelegate(QStyledItemDelegate):
    """Bold with a dot outside the limit, a cross where it decided, struck through as an artefact."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _INDEX) -> QWidget:
        line = QLineEdit(parent)
        line.setAlignment(Qt.AlignmentFlag.AlignRight)
        line.setObjectName("vital_signs_editor")
        heading = index.model().headerData(index.column(), Qt.Orientation.Horizontal)
        line.setAccessibleName(str(heading).replace("\n", " "))
        return line

    @override
    def setEditorData(self, editor: QWidget, index: _INDEX) -> None:
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))

    @override
    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter and the down arrow take the cell and go one down; the view knows them by their hint."""
        is_key = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress
        if is_key and isinstance(editor, QWidget) and event.key() in _GO_DOWN:
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.SubmitModelCache)
            return True
        return super().eventFilter(editor, event)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _INDEX) -> None:
        theme, rect = self._session.theme, QRect(option.rect)
        painter.save()
        painter.setPen(QPen(theme.color("table_line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if option.state & QStyle.StateFlag.State_Selected and not has_focus:
            painter.fillRect(rect.adjusted(0, 0, 0, -1), theme.color("selected"))
        self._paint_text(painter, rect, option.font, index)
        if has_focus:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.restore()

    def _paint_text(self, painter: QPainter, rect: QRect, base: QFont, index: _INDEX) -> None:
        theme, state = self._session.theme, str(index.data(VitalRole.STATE) or "")
        outside, deciding = bool(index.data(VitalRole.IS_OUTSIDE)), bool(index.data(VitalRole.IS_DECIDING))
        is_vital = index.column() >= VitalColumn.HEART_RATE
        font = QFont(base)
        font.setWeight(QFont.Weight.DemiBold if outside or deciding else QFont.Weight.Normal)
        font.setStrikeOut(bool(index.data(VitalRole.IS_ARTEFACT)))
        painter.setFont(font)
        faint = not is_vital or font.strikeOut()
        painter.setPen(theme.color("error" if state == "error" else "ink_2" if faint else "ink"))
        text = str(index.data() or "")
        inner = rect.adjusted(0, 0, -_PAD, -1)
        painter.drawText(
            inner, _RIGHT, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        )
        left = inner.right() - painter.fontMetrics().horizontalAdvance(text) - 18
        middle = rect.center().y()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state:
            paint_icon(
                painter, QRect(max(left - 2, rect.left()), middle - 6, 14, 14), _SIGNS[state], theme.color(state)
            )
        elif deciding:
            painter.setPen(QPen(theme.color("non_responder"), 1.8, c=Qt.PenCapStyle.RoundCap))
            cross = QRectF(left + 2, middle - 4, 8, 8)
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.topRight(), cross.bottomLeft())
        elif outside:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("non_responder"))
            painter.drawEllipse(QRectF(left + 4, middle - 2, 4.4, 4.4))
        if index.column() == VitalColumn.MINUTE and index.data(VitalRole.IS_END):
            small = QFont(base)
            small.setPixelSize(11)
            painter.setFont(small)
            painter.setPen(theme.color("ink_3"))
            painter.drawText(rect.adjusted(2, 0, 0, -1), _LEFT, self._session.wording("patients.end"))
