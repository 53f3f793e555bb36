"""Paints a cell of the vital signs grid and gives it a plain line to type in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from esk_gui.icons import paint_icon
from esk_gui.patients.vital_look import CellLook
from esk_gui.patients.vital_model import VitalColumn, VitalSignsModel

if TYPE_CHECKING:
    from esk_gui.app import Session

_INDEX = QModelIndex | QPersistentModelIndex
_PAD = 8
_GO_DOWN = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down)
_TOKENS = ("table_line", "selected", "accent", "error", "warning", "ink", "ink_2", "ink_3", "non_responder")


class VitalDelegate(QStyledItemDelegate):
    """Bold with a dot outside the limit, a cross where it decided, struck through as an artefact."""

    def __init__(self, session: Session, model: VitalSignsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._end = session.wording("patients.end")
        self._colors: dict[str, QColor] = {token: session.theme.color(token) for token in _TOKENS}
        self._fonts: dict[tuple[bool, bool], tuple[QFont, QFontMetrics]] = {}

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
            editor.setText(self._model.look(index).text)

    @override
    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Enter and the down arrow take the cell and go one down; the view knows them by their hint."""
        key = event.key() if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress else None
        if key in _GO_DOWN and isinstance(editor, QWidget):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.SubmitModelCache)
            return True
        return super().eventFilter(editor, event)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _INDEX) -> None:
        rect, state, look = QRect(option.rect), option.state, self._model.look(index)
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        if not has_focus and state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect.adjusted(0, 0, 0, -1), self._colors["selected"])
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self._colors["table_line"])
        if look.text:
            self._paint_text(painter, rect, option.font, look, index.column() >= VitalColumn.HEART_RATE)
        if look.is_end:
            self._paint_end(painter, rect, option.font)
        if has_focus:
            painter.setPen(QPen(self._colors["accent"], 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))

    def _font(self, base: QFont, bold: bool, struck: bool) -> tuple[QFont, QFontMetrics]:
        if (bold, struck) not in self._fonts:
            font = QFont(base)
            font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            font.setStrikeOut(struck)
            self._fonts[(bold, struck)] = (font, QFontMetrics(font))
        return self._fonts[(bold, struck)]

    def _paint_text(self, painter: QPainter, rect: QRect, base: QFont, look: CellLook, is_vital: bool) -> None:
        font, metrics = self._font(base, look.is_outside or look.is_deciding, look.is_artefact)
        faint = not is_vital or look.is_artefact
        painter.setFont(font)
        painter.setPen(self._colors["error" if look.state == "error" else "ink_2" if faint else "ink"])
        text, room = look.text, rect.width() - _PAD
        width = metrics.horizontalAdvance(text)
        if width > room:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            width = metrics.horizontalAdvance(text)
        left = rect.right() + 1 - _PAD - width
        base_line = rect.top() + (rect.height() - 1 + metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(left, base_line), text)
        if look.state or look.is_deciding or look.is_outside:
            self._paint_mark(painter, max(left - 18, rect.left()), rect.center().y(), look)

    def _paint_mark(self, painter: QPainter, left: int, middle: int, look: CellLook) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._colors["non_responder"]
        if look.state:
            paint_icon(painter, QRect(left - 2, middle - 6, 14, 14), look.state, self._colors[look.state])
        elif look.is_deciding:
            painter.setPen(QPen(color, 1.8, c=Qt.PenCapStyle.RoundCap))
            cross = QRectF(left + 2, middle - 4, 8, 8)
            painter.drawLine(cross.topLeft(), cross.bottomRight())
            painter.drawLine(cross.topRight(), cross.bottomLeft())
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QRectF(left + 4, middle - 2, 4.4, 4.4))
        painter.restore()

    def _paint_end(self, painter: QPainter, rect: QRect, base: QFont) -> None:
        small = QFont(base)
        small.setPixelSize(11)
        painter.setFont(small)
        painter.setPen(self._colors["ink_3"])
        painter.drawText(
            rect.adjusted(2, 0, 0, -1), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._end
        )
