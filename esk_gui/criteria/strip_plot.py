"""One condition over all patients: every one a mark on the variable's axis, the limit a line that can be dragged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from esk_engine.judge import Group
from esk_gui.criteria import strip_paint
from esk_gui.criteria.geometry import Axis, FloatArray, axis_for, snap_step, snapped, swarm
from esk_gui.theme import Theme

BAND_HEIGHT, AXIS_HEIGHT = 38, 20
_SPACING, _MANY, _SPACING_OF_MANY = 8.0, 80, 5.5
_GRAB = 7
_REACH = 7.0
MOST_MARKS = 400  # above this many patients columns are drawn instead of marks


@dataclass(frozen=True, slots=True)
class StripData:
    """What a strip plot shows; arrays of shape (n,) in one order.

    Attributes
    ----------
    values
        NaN is not drawn; whoever shows the plot counts it.
    groups
        The group of each patient under the set that is being looked at.
    ringed
        Indices of the patients who change group by this condition.
    threshold, old_threshold
        The limit, and the one it is compared with where that differs.
    """

    values: FloatArray
    groups: Sequence[str]
    names: Sequence[str]
    ids: Sequence[str]
    ringed: frozenset[int]
    operator: str
    threshold: float
    old_threshold: float | None
    decimals: int


def _stands_as(before: StripData, now: StripData) -> bool:
    """Whether every mark and limit stands where it stood."""
    limits = (before.operator, before.threshold, before.old_threshold)
    same_limits = limits == (now.operator, now.threshold, now.old_threshold)
    return same_limits and np.array_equal(before.values, now.values, equal_nan=True)


class StripPlot(QWidget):
    """Emits ``limit_dragged`` while the limit moves, ``limit_released`` once, and ``patient_clicked`` with an id."""

    limit_dragged = Signal(float)
    limit_released = Signal(float)
    patient_clicked = Signal(str)

    def __init__(self, theme: Theme, number: Callable[[float], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._number = theme, number
        self._data: StripData | None = None
        self._axis: Axis | None = None
        self._places: FloatArray = np.zeros((0, 2))
        self._shown: list[int] = []
        self._hovered: int | None = None
        self._dragging = False
        self.setMouseTracking(True)
        self.setFixedHeight(BAND_HEIGHT + AXIS_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def is_dragging(self) -> bool:
        return self._dragging

    def show_data(self, data: StripData) -> None:
        """Show other data; while the limit is dragged the axis and the places of the marks stay as they are."""
        before, self._data = self._data, data
        is_same = before is not None and _stands_as(before, data)
        if self._axis is None or not (self._dragging or is_same):
            self._lay_out()
        self.update()

    def limit_pixel(self) -> float:
        """Where the limit stands, in this widget's pixels."""
        return self._axis.to_pixel(self._data.threshold) if self._axis and self._data else 0.0

    def mark_place(self, at: int) -> QPointF | None:
        """The middle of one patient's mark, None where the patient has no value."""
        if at not in self._shown or len(self._places) == 0:
            return None
        x, y = self._places[self._shown.index(at)]
        return QPointF(float(x), BAND_HEIGHT / 2 + float(y))

    @override
    def sizeHint(self) -> QSize:
        return QSize(420, BAND_HEIGHT + AXIS_HEIGHT)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, BAND_HEIGHT + AXIS_HEIGHT)

    def _lay_out(self) -> None:
        data = self._data
        if data is None:
            return
        limits = [data.threshold] + ([] if data.old_threshold is None else [data.old_threshold])
        self._axis = axis = axis_for(data.values, limits, 0, max(self.width(), 60))
        self._shown = [int(i) for i in np.flatnonzero(np.isfinite(data.values))]
        if len(self._shown) > MOST_MARKS:
            self._places = np.zeros((0, 2))
            return
        pixels = np.array([axis.to_pixel(float(data.values[i])) for i in self._shown])
        passes = 1 if data.operator == ">=" else -1
        spacing = _SPACING if len(self._shown) <= _MANY else _SPACING_OF_MANY
        self._places = swarm(pixels, spacing, BAND_HEIGHT / 2 - 5, axis.to_pixel(data.threshold), passes)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        data, axis = self._data, self._axis
        if data is None or axis is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        band = QRectF(0, 0, self.width(), BAND_HEIGHT)
        strip_paint.paint_ground(painter, self._theme, band, axis, data.operator, data.threshold, self._number)
        if data.old_threshold is not None:
            strip_paint.paint_old_limit(painter, self._theme, band, axis.to_pixel(data.old_threshold))
        if len(self._shown) > MOST_MARKS:
            values = data.values[self._shown]
            groups = [Group(data.groups[i]) for i in self._shown]
            strip_paint.paint_columns(painter, self._theme, band, axis, values, groups)
        strip_paint.paint_limit(painter, self._theme, band, axis.to_pixel(data.threshold), self._dragging)
        marks = [
            strip_paint.StripMark(
                QPointF(x, band.center().y() + y), Group(data.groups[i]), data.names[i], i in data.ringed
            )
            for i, (x, y) in zip(self._shown, self._places, strict=False)
        ]
        strip_paint.paint_marks(painter, self._theme, band, marks, is_small=len(self._shown) > _MANY)
        if self._hovered is not None and (place := self.mark_place(self._hovered)) is not None:
            strip_paint.paint_ring(painter, self._theme, place)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()
        super().resizeEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if event.button() != Qt.MouseButton.LeftButton or self._data is None:
            return
        if abs(place.x() - self.limit_pixel()) <= _GRAB:
            self._dragging = True
            self.update()
            return
        at = self._mark_at(place)
        if at is not None:
            self.patient_clicked.emit(self._data.ids[at])

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._data is None or self._axis is None:
            return
        place = event.position()
        if self._dragging:
            value = snapped(self._axis.to_value(place.x()), snap_step(self._axis, self._data.decimals))
            if value != self._data.threshold:
                self.limit_dragged.emit(value)
            return
        near = abs(place.x() - self.limit_pixel()) <= _GRAB
        at = None if near else self._mark_at(place)
        pointing = Qt.CursorShape.PointingHandCursor if at is not None else Qt.CursorShape.ArrowCursor
        self.setCursor(Qt.CursorShape.SizeHorCursor if near else pointing)
        self._hover(at, event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and self._data is not None:
            self._dragging = False
            self._lay_out()
            self.update()
            self.limit_released.emit(self._data.threshold)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def _hover(self, at: int | None, event: QMouseEvent) -> None:
        if at == self._hovered or self._data is None:
            return
        self._hovered = at
        if at is not None:
            text = f"{self._data.names[at]}: {self._number(float(self._data.values[at]))}"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)
        else:
            QToolTip.hideText()
        self.update()

    def _mark_at(self, place: QPointF) -> int | None:
        """The patient whose mark is nearest, within reach."""
        if len(self._places) == 0:
            return None
        apart = np.hypot(self._places[:, 0] - place.x(), self._places[:, 1] + BAND_HEIGHT / 2 - place.y())
        nearest = int(np.argmin(apart))
        return self._shown[nearest] if apart[nearest] <= _REACH else None
