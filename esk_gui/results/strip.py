"""A small plot of the values behind a cell: a row a group, each value its mark, a line at the median."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from esk_engine.wording import Wording
from esk_gui.figures.axis import axis_between
from esk_gui.figures.paint import figure_font, mark_box
from esk_gui.figures.swarm import spread
from esk_gui.results.explanation import Strip
from esk_gui.theme import Theme
from esk_gui.widgets.marks import paint_mark

_ROW, _AXIS, _SIDE = 40.0, 24.0, 8.0
_GAP, _RADIUS = 8.0, 4.5


class StripPlot(QWidget):
    """Draws one ``Strip``; its height follows the number of groups."""

    def __init__(self, strip: Strip, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._strip, self._wording, self._theme = strip, wording, theme
        values = [value for _, found, _ in strip.groups for value in found]
        self._axis = axis_between(min(values), max(values))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(int(_ROW * len(strip.groups) + _AXIS))
        self.setAccessibleName(strip.heading)

    @override
    def sizeHint(self) -> QSize:
        return QSize(264, self.height())

    def _x(self, value: float) -> float:
        low, high = self._axis.ticks[0], self._axis.ticks[-1]
        return _SIDE + (value - low) / (high - low) * (self.width() - 2 * _SIDE)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, (group, values, median) in enumerate(self._strip.groups):
            middle = _ROW * (row + 0.5)
            if median is not None:
                painter.setPen(QPen(self._theme.color("ink"), 2, c=Qt.PenCapStyle.FlatCap))
                painter.drawLine(QPointF(self._x(median), middle - 15), QPointF(self._x(median), middle + 15))
            along = [self._x(value) for value in values]
            for x, offset in zip(along, spread(along, _GAP, 14.0), strict=True):
                paint_mark(painter, mark_box(QPointF(x, middle + offset), _RADIUS), group, self._theme, width=1.3)
        self._paint_axis(painter)
        painter.end()

    def _paint_axis(self, painter: QPainter) -> None:
        y = _ROW * len(self._strip.groups) + 0.5
        painter.setPen(QPen(self._theme.color("border_foot"), 1))
        painter.drawLine(QPointF(self._x(self._axis.ticks[0]), y), QPointF(self._x(self._axis.ticks[-1]), y))
        painter.setFont(figure_font(11))
        metrics = painter.fontMetrics()
        for tick in self._axis.ticks:
            x, text = self._x(tick), self._wording.number(tick, self._axis.decimals)
            painter.setPen(QPen(self._theme.color("border_foot"), 1))
            painter.drawLine(QPointF(x, y), QPointF(x, y + 3))
            painter.setPen(self._theme.color("ink_3"))
            width = metrics.horizontalAdvance(text)
            left = min(max(0.0, x - width / 2), self.width() - width)
            painter.drawText(QRectF(left, y + 4, width + 2, 18), int(Qt.AlignmentFlag.AlignLeft), text)
