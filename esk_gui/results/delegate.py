"""Draws a table's cell: its parts lined up with the column's others, ranges paler, rules as on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from esk_gui.icons import paint_icon
from esk_gui.results.alignment import Alignment, Part, split
from esk_gui.results.header import PADDING_RIGHT, head_font
from esk_gui.results.model import PARTS_ROLE, TableModel
from esk_gui.theme import BODY_PX, Theme

INDENT = 16
MARK_ROOM = 15
LABEL_PX = 12
_SIGN, _BEFORE_SIGN = 13, 5
SIGN_ROOM = _SIGN + _BEFORE_SIGN


class CellDelegate(QStyledItemDelegate):
    """One table's delegate; ``set_alignments`` once its columns have been measured."""

    def __init__(self, theme: Theme, decimal_sign: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._decimal_sign = decimal_sign
        self._alignments: Sequence[Alignment] = ()
        self._is_stacked = False

    def set_alignments(self, alignments: Sequence[Alignment]) -> None:
        self._alignments = tuple(alignments)

    def set_stacked(self, stacked: bool) -> None:
        """Whether what is paler stands under its number instead of beside it."""
        self._is_stacked = stacked

    @override
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        if not isinstance(model, TableModel):
            return
        painter.save()
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        view = option.widget  # type: ignore[attr-defined]
        is_current = isinstance(view, QAbstractItemView) and view.currentIndex() == index
        is_selected = bool(state & QStyle.StateFlag.State_Selected) and not is_current
        self._paint_ground(painter, rect, model, index, is_selected=is_selected)
        if model.is_label(index.column()):
            self._paint_label(painter, rect, model, index)
        else:
            self._paint_parts(painter, rect, model, index)
        if is_current:
            painter.setPen(self._theme.color("accent" if view.hasFocus() else "border_foot"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def _paint_ground(
        self,
        painter: QPainter,
        rect: QRect,
        model: TableModel,
        index: QModelIndex | QPersistentModelIndex,
        *,
        is_selected: bool,
    ) -> None:
        """The tint of the P column or of a selection, and the hairline that opens a new group of rows."""
        theme = self._theme
        if model.is_tinted(index.column()):
            painter.fillRect(rect, theme.color("accent_tint"))
        if is_selected:
            painter.fillRect(rect, theme.color("selected"))
        row = index.row()
        if row > 0 and model.opens_block(row):
            painter.fillRect(QRect(rect.left(), rect.top(), rect.width() + 1, 1), theme.color("hairline"))
        if row == model.rowCount() - 1:
            painter.fillRect(QRect(rect.left(), rect.bottom() - 1, rect.width() + 1, 2), theme.color("ink"))

    def _paint_label(
        self, painter: QPainter, rect: QRect, model: TableModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        label = model.label_at(index.row(), index.column())
        painter.setFont(head_font(painter.font(), LABEL_PX if label.is_small else BODY_PX))
        painter.setPen(self._theme.color("ink_2" if label.is_small else "ink"))
        is_signed = model.is_signed(index.row(), index.column())
        room = rect.adjusted(INDENT * label.indent, 0, -(SIGN_ROOM if is_signed else 4), 0)
        text = painter.fontMetrics().elidedText(label.text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        if is_signed:  # the tooltip says what it warns of
            left = room.left() + painter.fontMetrics().horizontalAdvance(text) + _BEFORE_SIGN
            sign = QRect(left, rect.center().y() - _SIGN // 2, _SIGN, _SIGN)
            paint_icon(painter, sign, "warning", self._theme.color("warning"))

    def _paint_parts(
        self, painter: QPainter, rect: QRect, model: TableModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        parts: Sequence[Part] = index.data(PARTS_ROLE)
        column = index.column()
        if column >= len(self._alignments) or not parts:
            return
        alignment = self._alignments[column]
        left = rect.right() - PADDING_RIGHT - alignment.width if model.is_right(column) else rect.left() + MARK_ROOM
        places = alignment.places(left)
        if self._is_stacked and len(parts) == 2:
            above, below = rect.adjusted(0, 3, 0, -rect.height() // 2), rect.adjusted(0, rect.height() // 2, 0, -3)
            self._paint_part(painter, above, parts[0], places[0])
            self._paint_part(painter, below, replace(parts[1], is_number=False), (left, left))
            return
        for part, place in zip(parts, places, strict=False):
            self._paint_part(painter, rect, part, place)

    def _paint_part(self, painter: QPainter, rect: QRect, part: Part, place: tuple[float, float]) -> None:
        """One part, where its slot begins or with its decimal sign where the column's stands."""
        font = part_font(painter.font(), is_bold=part.is_bold)
        metrics = QFontMetricsF(font)
        begin, decimal_place = place
        if part.is_number:
            begin = decimal_place - metrics.horizontalAdvance(split(part.text, self._decimal_sign)[0])
        painter.setFont(font)
        painter.setPen(self._theme.color("ink_2" if part.is_pale else "ink"))
        room = QRectF(begin, rect.top(), metrics.horizontalAdvance(part.text) + 2, rect.height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), part.text)


def part_font(base: QFont, *, is_bold: bool) -> QFont:
    """The font of a cell's part; a significant P is the boldest thing in a table."""
    font = QFont(base)
    font.setPixelSize(BODY_PX)
    font.setWeight(QFont.Weight.Bold if is_bold else QFont.Weight.Normal)
    return font
