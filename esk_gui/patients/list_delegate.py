"""Paints a row of the patient list: number, mark, group, sex and age; no widget a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from esk_gui.icons import paint_icon
from esk_gui.patients.list_model import ListRole
from esk_gui.widgets.marks import paint_mark

if TYPE_CHECKING:
    from esk_gui.app import Session

ROW_HEIGHT = 30
_LOCK, _NUMBER, _MARK, _TEXT = 12, 25, 55, 72
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PatientRowDelegate(QStyledItemDelegate):
    """The row of LOOK's picture 2."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.shows_person = True

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(180, ROW_HEIGHT)

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, rect = self._session.theme, QRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selected" if selected else "hover"))
            painter.drawRoundedRect(QRectF(rect).adjusted(8, 0, -8, 0), 4, 4)
        if selected:
            painter.setBrush(theme.color("accent"))
            painter.drawRoundedRect(QRectF(rect.left() + 8, rect.top() + 7, 3, rect.height() - 14), 1.5, 1.5)
        self._paint_text(painter, rect, option, index, selected)
        painter.restore()

    def _paint_text(
        self,
        painter: QPainter,
        rect: QRect,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        selected: bool,
    ) -> None:
        theme = self._session.theme
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if selected else QFont.Weight.Normal)
        painter.setFont(font)
        if index.data(ListRole.IS_SIGNED):
            lock = QRectF(rect.left() + _LOCK, rect.center().y() - 5, 11, 11)
            paint_icon(painter, lock, "lock", theme.color("ink_2"))
        number = str(index.data(ListRole.STUDY_NO))
        wide = max(_MARK, _NUMBER + painter.fontMetrics().horizontalAdvance(number) + 7)
        shift = min(wide, rect.width() // 2) - _MARK
        painter.setPen(theme.color("ink"))
        box = rect.adjusted(_NUMBER, 0, 0, 0)
        box.setWidth(_MARK + shift - _NUMBER - 4)
        painter.drawText(
            box, _LEFT, painter.fontMetrics().elidedText(number, Qt.TextElideMode.ElideMiddle, box.width())
        )
        group = index.data(ListRole.GROUP)
        if group:
            paint_mark(painter, QRectF(rect.left() + _MARK + shift, rect.center().y() - 5, 12, 12), group, theme)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        right = rect.right() - 9
        if index.data(ListRole.HAS_DRAFT):
            paint_icon(painter, QRect(right - 13, rect.center().y() - 6, 14, 14), "warning", theme.color("error"))
            right -= 20
        elif self.shows_person:
            person = str(index.data(ListRole.PERSON))
            painter.setPen(theme.color("ink_2"))
            painter.drawText(rect.adjusted(0, 0, right - rect.right(), 0), _RIGHT, person)
            right -= painter.fontMetrics().horizontalAdvance(person) + 6
        painter.setPen(theme.color("ink" if selected else "ink_2"))
        text = QRect(rect.left() + _TEXT + shift, rect.top(), right - rect.left() - _TEXT - shift, rect.height())
        shown = painter.fontMetrics().elidedText(str(index.data() or ""), Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, _LEFT, shown)
