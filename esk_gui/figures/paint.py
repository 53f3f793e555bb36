"""Draws one box plot with every patient's mark: the same strokes on the screen, in a PNG and in an SVG."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from esk_gui.figures.geometry import Box, Geometry, Mark
from esk_gui.figures.words import FigureWords
from esk_gui.theme import Theme
from esk_gui.widgets.marks import mark_color, paint_mark, triangle

_RING = 9.5
_CAP = 14.0
_CROWD = 250
_LEFT, _RIGHT, _CENTRE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter


def figure_font(pixels: int, *, bold: bool = False) -> QFont:
    """The program's font at a size of the look, with figures of one width."""
    font = QFont()
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def paint_figure(painter: QPainter, geometry: Geometry, words: FigureWords, theme: Theme) -> None:
    """Draw a figure from its own top left corner; the painter's transformation places and scales it."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_heading(painter, geometry, words, theme)
    _paint_axis(painter, geometry, words, theme)
    for box in geometry.boxes:
        _paint_box(painter, geometry, box, theme)
        _paint_group_name(painter, geometry, box, words, theme)
    if words.empty and not geometry.marks:
        _text(painter, geometry.plot, _CENTRE | Qt.AlignmentFlag.AlignVCenter, words.empty, theme.color("ink_3"), 13)
    for box in geometry.boxes:
        places = [
            mark_box(mark.centre, geometry.mark_radius) for mark in geometry.marks if mark.point.group == box.group
        ]
        _paint_marks(painter, places, box.group, theme)
        if len(places) > _CROWD:
            _paint_box(painter, geometry, box, theme, filled=False)


def _paint_marks(painter: QPainter, places: Sequence[QRectF], group: str, theme: Theme) -> None:
    """Every mark of a group as ``paint_mark`` draws one, pen and brush taken up once: there may be ten thousand."""
    colour = mark_color(group, theme, on_band=True)
    if group != "responder":
        painter.setPen(QPen(colour, 1.4, j=Qt.PenJoinStyle.MiterJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place in places:
            painter.drawPolygon(triangle(place))
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    inset = places[0].width() * 0.08 if places else 0.0
    for place in places:
        painter.drawEllipse(place.adjusted(inset, inset, -inset, -inset))


def mark_box(centre: QPointF, radius: float) -> QRectF:
    """The square that one mark fills."""
    return QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)


def paint_ring(painter: QPainter, mark: Mark, theme: Theme) -> None:
    """The ring that says: this is the same patient."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("ink"), 1.6))
    painter.drawEllipse(mark.centre, _RING, _RING)


def _text(
    painter: QPainter,
    place: QRectF,
    align: Qt.AlignmentFlag,
    text: str,
    colour: QColor,
    pixels: int,
    *,
    bold: bool = False,
) -> None:
    """One line of text; placed by its own metrics, since an SVG keeps the place of the baseline only."""
    font = figure_font(pixels, bold=bold)
    metrics = QFontMetricsF(font)
    width = metrics.horizontalAdvance(text)
    left = place.left()
    if align & _RIGHT:
        left = place.right() - width
    elif align & _CENTRE:
        left = place.center().x() - width / 2
    middle = place.center().y() + (metrics.ascent() - metrics.descent()) / 2
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(QPointF(left, middle), text)


def title_width(words: FigureWords) -> float:
    """How wide a figure's number and title are."""
    return QFontMetricsF(figure_font(15, bold=True)).horizontalAdvance(f"{words.number}  {words.title}")


def _paint_heading(painter: QPainter, geometry: Geometry, words: FigureWords, theme: Theme) -> None:
    line = QRectF(0, 0, geometry.width, 22)
    _text(painter, line, _LEFT, words.number, theme.color("ink"), 15, bold=True)
    gap = QFontMetricsF(figure_font(15, bold=True)).horizontalAdvance(words.number + "  ")
    _text(painter, line.adjusted(gap, 0, 0, 0), _LEFT, words.title, theme.color("ink"), 15, bold=True)
    strong = words.is_significant
    _text(painter, line, _RIGHT, words.p, theme.color("ink") if strong else theme.color("ink_2"), 13, bold=strong)
    second = line.translated(0, 22)
    _text(painter, second, _LEFT, words.subtitle, theme.color("ink_3"), 12)
    if geometry.is_narrow:
        _text(painter, second.translated(0, 18), _LEFT, words.difference, theme.color("ink_2"), 12)
    else:
        _text(painter, second, _RIGHT, words.difference, theme.color("ink_2"), 12)


def _paint_axis(painter: QPainter, geometry: Geometry, words: FigureWords, theme: Theme) -> None:
    plot = geometry.plot
    for tick, label in zip(geometry.axis.ticks, words.ticks(geometry.axis), strict=True):
        y = geometry.y_of(tick)
        painter.setPen(QPen(theme.color("border_foot") if tick == 0 else theme.color("hairline"), 1))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        _text(painter, QRectF(0, y - 8, plot.left() - 8, 16), _RIGHT, label, theme.color("ink_3"), 11)


def _paint_box(painter: QPainter, geometry: Geometry, box: Box, theme: Theme, *, filled: bool = True) -> None:
    """Whiskers, box and median; over a crowd of marks once more without its ground, so that it still shows."""
    stats, y = box.stats, geometry.y_of
    if stats is None:
        return
    painter.setPen(QPen(theme.color("ink_2"), 1))
    for end, hinge in ((stats.whisker_low, stats.hinge_low), (stats.whisker_high, stats.hinge_high)):
        painter.drawLine(QPointF(box.centre, y(hinge)), QPointF(box.centre, y(end)))
        painter.drawLine(QPointF(box.centre - _CAP, y(end)), QPointF(box.centre + _CAP, y(end)))
    painter.setBrush(theme.color("plot_band") if filled else QBrush())
    painter.drawRect(QRectF(QPointF(box.left, y(stats.hinge_high)), QPointF(box.right, y(stats.hinge_low))))
    painter.setPen(QPen(theme.color("ink"), 3, c=Qt.PenCapStyle.FlatCap))
    painter.drawLine(QPointF(box.left, y(stats.median)), QPointF(box.right, y(stats.median)))


def _paint_group_name(painter: QPainter, geometry: Geometry, box: Box, words: FigureWords, theme: Theme) -> None:
    name = words.group(box.group)
    width = QFontMetricsF(figure_font(13)).horizontalAdvance(name)
    line = QRectF(box.centre - geometry.plot.width() / 4, geometry.plot.bottom() + 8, geometry.plot.width() / 2, 20)
    mark = mark_box(QPointF(box.centre - width / 2 - 11, line.center().y()), 5.5)
    paint_mark(painter, mark, box.group, theme, on_band=True)
    _text(painter, line, _CENTRE, name, theme.color("ink"), 13)
    _text(painter, line.translated(0, 18), _CENTRE, words.count(box.group), theme.color("ink_3"), 11)
