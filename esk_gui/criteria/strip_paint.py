"""The strokes of a strip plot: the passing side, the limits, the marks, the rings with their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from esk_engine.judge import Group
from esk_gui.criteria.geometry import Axis, FloatArray, binned
from esk_gui.theme import Theme
from esk_gui.widgets.marks import mark_color, paint_mark

_MARK, _SMALL_MARK = 4.0, 2.9
_RING = 7.0
_COLUMN = 4.0


@dataclass(frozen=True, slots=True)
class StripMark:
    """One patient's mark; a ringed one changes group by this condition and is named."""

    centre: QPointF
    group: Group
    name: str
    ringed: bool


def small_font(pixels: int, *, bold: bool = False) -> QFont:
    """The program's font at a size of the look, with figures of one width."""
    font = QFont()
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def paint_ground(
    painter: QPainter,
    theme: Theme,
    band: QRectF,
    axis: Axis,
    operator: str,
    threshold: float,
    number: Callable[[float], str],
) -> None:
    """The shaded passing side, the base line, the ticks and their numbers."""
    limit = min(max(axis.to_pixel(threshold), band.left()), band.right())
    passing = QRectF(band)
    if operator == ">=":
        passing.setLeft(limit)
    else:
        passing.setRight(limit)
    painter.fillRect(passing, theme.color("plot_band"))
    painter.setPen(QPen(theme.color("hairline"), 1))
    foot = band.bottom() - 0.5
    painter.drawLine(QPointF(band.left(), foot), QPointF(band.right(), foot))
    font = small_font(11)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    for tick in axis.ticks:
        x = round(axis.to_pixel(tick)) + 0.5
        text = number(tick)
        width = metrics.horizontalAdvance(text)
        left = min(max(x - width / 2, band.left()), band.right() - width)
        painter.setPen(QPen(theme.color("border_foot"), 1))
        painter.drawLine(QPointF(x, foot), QPointF(x, foot + 3))
        painter.setPen(theme.color("ink_3"))
        painter.drawText(QPointF(left, foot + 4 + metrics.ascent()), text)


def paint_old_limit(painter: QPainter, theme: Theme, band: QRectF, x: float) -> None:
    painter.setPen(QPen(theme.color("ink_2"), 1, Qt.PenStyle.DashLine))
    at = round(x) + 0.5
    painter.drawLine(QPointF(at, band.top()), QPointF(at, band.bottom()))


def paint_limit(painter: QPainter, theme: Theme, band: QRectF, x: float, is_dragged: bool) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent" if is_dragged else "ink"))
    painter.drawRect(QRectF(round(x) - 1, band.top(), 2, band.height()))


def paint_marks(
    painter: QPainter, theme: Theme, band: QRectF, marks: Sequence[StripMark], *, is_small: bool = False
) -> None:
    """Every mark, the ringed ones last so that nothing covers them or their names."""
    side = _SMALL_MARK if is_small else _MARK
    for mark in marks:
        if not mark.ringed:
            _paint_one(painter, theme, mark, side)
    ringed = [mark for mark in marks if mark.ringed]
    for mark in ringed:
        paint_ring(painter, theme, mark.centre, fill=True)
        _paint_one(painter, theme, mark, _MARK)
    _paint_names(painter, theme, band, ringed, marks)


def _paint_one(painter: QPainter, theme: Theme, mark: StripMark, half: float) -> None:
    box = QRectF(mark.centre.x() - half, mark.centre.y() - half, 2 * half, 2 * half)
    if mark.group is Group.RESPONDER:
        box.adjust(0.4, 0.4, -0.4, -0.4)
    paint_mark(painter, box, mark.group, theme, on_band=True, width=1.3)


def paint_ring(painter: QPainter, theme: Theme, centre: QPointF, *, fill: bool = False) -> None:
    painter.setPen(QPen(theme.color("ink"), 1.4))
    painter.setBrush(theme.color("page") if fill else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(centre, _RING, _RING)


def _paint_names(
    painter: QPainter, theme: Theme, band: QRectF, ringed: Sequence[StripMark], marks: Sequence[StripMark]
) -> None:
    """A name beside each ring where there is room: left, right, then higher or lower; else the hover names it."""
    font = small_font(11, bold=True)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    taken = [QRectF(m.centre.x() - _RING, m.centre.y() - _RING, 2 * _RING, 2 * _RING) for m in ringed]
    others = [QRectF(m.centre.x() - 3, m.centre.y() - 3, 6, 6) for m in marks if not m.ringed]
    for mark in ringed:
        width, height = metrics.horizontalAdvance(mark.name), metrics.ascent()
        options: list[tuple[int, int, QRectF]] = []
        for rank, (dx, dy) in enumerate(_NAME_PLACES):
            left = mark.centre.x() + (-_RING - 4 - width if dx < 0 else _RING + 4)
            place = QRectF(left, mark.centre.y() + dy - height / 2, width, height)
            if band.contains(place) and not any(place.intersects(other) for other in taken):
                options.append((sum(place.intersects(other) for other in others), rank, place))
        if not options:
            continue
        _, _, best = min(options, key=lambda option: option[:2])
        taken.append(best)
        ground = theme.color("page")
        ground.setAlpha(200)
        painter.fillRect(best.adjusted(-1, 0, 1, 1), ground)
        painter.setPen(theme.color("ink"))
        painter.drawText(QPointF(best.left(), best.bottom() - metrics.descent() / 2), mark.name)


_NAME_PLACES = ((-1, 0), (1, 0), (-1, -9), (1, -9), (-1, 9), (1, 9))


def paint_columns(
    painter: QPainter, theme: Theme, band: QRectF, axis: Axis, values: FloatArray, groups: Sequence[Group]
) -> None:
    """Very many patients: responders as columns upwards from the middle line, the others downwards."""
    pixels = np.array([axis.to_pixel(float(value)) for value in values])
    counts = {
        group: binned(pixels[np.array([own is group for own in groups])], band.left(), band.right(), _COLUMN)
        for group in Group
    }
    lefts = counts[Group.RESPONDER][0]
    up, down, open_ = (
        counts[group][1].astype(float) for group in (Group.RESPONDER, Group.NON_RESPONDER, Group.UNDETERMINED)
    )
    scale = (band.height() / 2 - 2) / max(1.0, float(up.max(initial=0)), float((down + open_).max(initial=0)))
    painter.setPen(Qt.PenStyle.NoPen)
    middle = band.center().y()
    layers = ((Group.RESPONDER, middle - up * scale, up), (Group.NON_RESPONDER, np.full(len(up), middle), down),
              (Group.UNDETERMINED, middle + down * scale, open_))  # fmt: skip
    for group, tops, heights in layers:
        painter.setBrush(mark_color(group, theme, on_band=True))
        for left, top, height in zip(lefts, tops, heights, strict=True):
            painter.drawRect(QRectF(float(left), float(top), _COLUMN - 1, float(height) * scale))
