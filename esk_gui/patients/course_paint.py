"""The strokes of one infusion's course: the same on the screen, on paper and in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from esk_gui.patients.course_data import CourseData, CoursePoint, Curve

if TYPE_CHECKING:
    from esk_engine.wording import Wording
    from esk_gui.theme import Theme

_LEFT, _RIGHT_EDGE = 32.0, 72.0
_TITLE, _GAP, _AXIS = 34.0, 14.0, 26.0
_PRESSURE_OFFSET = 20.0  # ticks at 60, 100, 140, 180: the usual limit is one of them
_PRESSURE_SHARE = 0.655
_ALIGN_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the two panels: where it lies and which values its height stands for."""

    area: QRectF
    low: float
    high: float
    last: int
    curves: tuple[Curve, ...]
    step: float
    offset: float = 0.0

    def x(self, minute: float) -> float:
        return self.area.left() + self.area.width() * minute / max(self.last, 1)

    def y(self, value: float) -> float:
        return self.area.bottom() - self.area.height() * (value - self.low) / (self.high - self.low)

    def at(self, point: CoursePoint) -> QPointF:
        return QPointF(self.x(point.minute), self.y(point.value))

    def ticks(self) -> list[float]:
        first = -(-(self.low - self.offset) // self.step) * self.step + self.offset
        count = int((self.high - first) // self.step) + 1
        return [first + i * self.step for i in range(count)]


def axis_range(curves: tuple[Curve, ...], fallback: tuple[float, float], step: float) -> tuple[float, float, float]:
    """The lowest and highest value of an axis that holds every curve, and the distance between its ticks."""
    values = [value for curve in curves for value in curve.extent()]
    if not any(curve.points for curve in curves):
        values += fallback
    low, high = min(values), max(values)
    if high - low < step:
        middle = (high + low) / 2
        low, high = middle - step / 2, middle + step / 2
    while (high - low) / step > 5:
        step *= 2
    return low, high, step


def spread(wanted: list[float], distance: float, top: float, bottom: float) -> list[float]:
    """Places for labels near where they are wanted, in order, at least ``distance`` apart where there is room."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [0.0] * len(wanted)
    below = top
    for i in order:
        placed[i] = max(wanted[i], below)
        below = placed[i] + distance
    above = bottom
    for i in reversed(order):
        placed[i] = min(placed[i], above)
        above = placed[i] - distance
    return placed


class CoursePainter:
    """Draws both panels in one language, one theme and one font.

    Attributes
    ----------
    short_names
        Shorter names at the ends of the curves, where there is little room.
    """

    def __init__(self, wording: Wording, theme: Theme, font: QFont) -> None:
        self._wording, self._theme, self._base = wording, theme, font
        self.short_names = False
        self._fonts: dict[tuple[int, bool], QFont] = {}
        self._colors: dict[str, QColor] = {}
        self._width = 0.0

    def use_font(self, font: QFont) -> None:
        """Draw with another font from now on."""
        if font != self._base:
            self._base, self._fonts = font, {}

    # Where things lie

    def panels(self, data: CourseData, size: QSizeF) -> tuple[Panel, Panel]:
        """Where blood pressure and heart rate lie within ``size`` logical pixels."""
        width = max(size.width() - _LEFT - self._right(), 40.0)
        room = max(size.height() - 2 * _TITLE - _GAP - _AXIS, 60.0)
        upper = QRectF(_LEFT, _TITLE, width, room * _PRESSURE_SHARE)
        lower = QRectF(_LEFT, upper.bottom() + _GAP + _TITLE, width, room * (1 - _PRESSURE_SHARE))
        low, high, step = axis_range(data.pressure, (60.0, 160.0), 40.0)
        pressure = Panel(upper, low, high, data.last, data.pressure, step, _PRESSURE_OFFSET)
        low, high, step = axis_range(data.pulse, (60.0, 90.0), 15.0)
        return pressure, Panel(lower, low, high, data.last, data.pulse, step)

    def _right(self) -> float:
        words = [self._name(v) for v in ("systolic_mmhg", "diastolic_mmhg", "heart_rate_bpm")]
        metrics = QFontMetricsF(self._font(12))
        return max(_RIGHT_EDGE if not self.short_names else 60.0, *(metrics.horizontalAdvance(w) + 10 for w in words))

    def _name(self, variable_name: str) -> str:
        words = self._wording
        return words(f"patients.curve.{variable_name}.short" if self.short_names else f"patients.curve.{variable_name}")

    # Drawing

    def _font(self, pixels: int, *, bold: bool = False) -> QFont:
        font = self._fonts.get((pixels, bold))
        if font is None:
            font = self._fonts[(pixels, bold)] = QFont(self._base)
            font.setPixelSize(pixels)
            font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def _color(self, token: str) -> QColor:
        if token not in self._colors:
            self._colors[token] = self._theme.color(token)
        return self._colors[token]

    def paint(self, painter: QPainter, data: CourseData, legend: str, size: QSizeF) -> None:
        """Draw from the painter's origin; ``legend`` names the band, "" where there is none."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._width = size.width()
        panels, words = self.panels(data, size), self._wording
        titles = (("patients.blood_pressure", "mmHg"), ("patients.heart_rate", "/min"))
        for panel, (title, unit) in zip(panels, titles, strict=True):
            self._paint_title(painter, panel, words(title), unit, legend)
            self._paint_ground(painter, panel)
            for curve in panel.curves:
                self._paint_curve(painter, panel, curve)
            self._paint_names(painter, panel)
        self._paint_minutes(painter, panels[1])
        if not data.has_readings:
            empty = words("patients.course.empty")
            self._text(painter, panels[0].area, Qt.AlignmentFlag.AlignCenter, empty, "ink_3", 12)

    def _text(
        self,
        painter: QPainter,
        area: QRectF,
        align: Qt.AlignmentFlag,
        text: str,
        token: str,
        pixels: int,
        bold: bool = False,
    ) -> None:
        painter.setFont(self._font(pixels, bold=bold))
        painter.setPen(self._color(token))
        painter.drawText(area, align, text)

    def _paint_title(self, painter: QPainter, panel: Panel, title: str, unit: str, legend: str) -> None:
        line = QRectF(0, panel.area.top() - _TITLE + 4, self._width, 20)
        self._text(painter, line, _ALIGN_LEFT, title, "ink", 13, bold=True)
        left = QFontMetricsF(self._font(13, bold=True)).horizontalAdvance(title) + 8
        self._text(painter, line.adjusted(left, 0, 0, 0), _ALIGN_LEFT, unit, "ink_2", 12)
        if panel.curves[0].variable != "systolic_mmhg" or not legend:
            return
        line.setRight(panel.area.right())
        swatch = line.right() - QFontMetricsF(self._font(12)).horizontalAdvance(legend) - 22
        if swatch <= left + 40:
            return
        self._text(painter, line, _ALIGN_RIGHT, legend, "ink_2", 12)
        box = QRectF(swatch, line.center().y() - 4, 14, 8)
        painter.fillRect(box, self._color("plot_band"))
        painter.setPen(QPen(self._color("ink_3"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))

    def _paint_ground(self, painter: QPainter, panel: Panel) -> None:
        area = panel.area
        for curve in panel.curves:
            if curve.band is not None:
                top, bottom = panel.y(curve.band[1]), panel.y(curve.band[0])
                painter.fillRect(QRectF(area.left(), top, area.width(), bottom - top), self._color("plot_band"))
        for tick in panel.ticks():
            y = panel.y(tick)
            label = QRectF(0, y - 8, area.left() - 6, 16)
            self._text(painter, label, _ALIGN_RIGHT, self._wording.number(tick), "ink_2", 11)
            painter.setPen(QPen(self._color("hairline"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        for curve in panel.curves:
            if curve.before is not None and curve.band is not None:
                painter.setPen(QPen(self._color("ink_3"), 1, Qt.PenStyle.DotLine))
                y = panel.y(curve.before)
                painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            if curve.ceiling is not None:
                painter.setPen(QPen(self._color("curve"), 1, Qt.PenStyle.DashLine))
                y = panel.y(curve.ceiling)
                painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))

    def _paint_curve(self, painter: QPainter, panel: Panel, curve: Curve) -> None:
        painter.setPen(QPen(self._color("curve"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([panel.at(point) for point in curve.points]))
        for point in curve.points:
            at = panel.at(point)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color("non_responder" if point.outside or point.deciding else "curve"))
            side = 2.6 if point.outside or point.deciding else 2.1
            painter.drawEllipse(at, side, side)
            if point.deciding:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self._color("non_responder"), 2))
                painter.drawEllipse(at, 6, 6)
                if point is not curve.points[-1]:
                    self._paint_change(painter, panel, point)

    def _paint_change(self, painter: QPainter, panel: Panel, point: CoursePoint) -> None:
        """The change at a deciding reading that is not the last: above its ring, or below where that is the outside."""
        if point.change is None:
            return
        text = percent(self._wording, point.change)
        at, width = panel.at(point), QFontMetricsF(self._font(12, bold=True)).horizontalAdvance(text) + 6
        left = min(max(at.x() - width / 2, panel.area.left()), panel.area.right() - width)
        top = at.y() - 25 if point.change >= 0 else at.y() + 9
        box = QRectF(left, top, width, 16)
        painter.fillRect(box, self._color("page"))
        self._text(painter, box, Qt.AlignmentFlag.AlignCenter, text, "ink", 12, bold=True)

    def _paint_names(self, painter: QPainter, panel: Panel) -> None:
        labels: list[tuple[float, str, bool]] = []
        for curve in panel.curves:
            if curve.ceiling is not None:
                limit = self._wording("patients.course.ceiling", limit=curve.ceiling)
                labels.append((panel.y(curve.ceiling), limit, False))
            if not curve.points:
                continue
            last = curve.points[-1]
            y = panel.y(last.value)
            if last.deciding and last.change is not None:
                labels.append((y - 8, percent(self._wording, last.change), True))
                y += 8
            labels.append((y, self._name(curve.variable), False))
        places = spread([y for y, _, _ in labels], 15, panel.area.top(), panel.area.bottom())
        for place, (_, text, bold) in zip(places, labels, strict=True):
            area = QRectF(panel.area.right() + 8, place - 8, self._width - panel.area.right() - 8, 16)
            self._text(painter, area, _ALIGN_LEFT, text, "ink" if bold else "ink_2", 12, bold)

    def _paint_minutes(self, painter: QPainter, panel: Panel) -> None:
        area, words = panel.area, self._wording
        base = area.bottom() + 6
        painter.setPen(QPen(self._color("border_foot"), 1))
        painter.drawLine(QPointF(area.left(), base), QPointF(area.right(), base))
        every = next(e for e in (60, 120, 240, 480) if panel.last / e <= 12)
        minutes = list(range(0, panel.last + 1, every))
        for minute in minutes:
            x = panel.x(minute)
            painter.setPen(QPen(self._color("border_foot"), 1))
            painter.drawLine(QPointF(x, base), QPointF(x, base + 3))
            if minute % (2 * every) == 0:
                label = QRectF(x - 24, base + 4, 48, 14)
                self._text(painter, label, Qt.AlignmentFlag.AlignCenter, words.number(minute), "ink_2", 11)
        unit = QRectF(area.right() + 14, base + 4, self._width - area.right() - 14, 14)
        self._text(painter, unit, _ALIGN_LEFT, words("patients.course.minutes"), "ink_2", 11)


def signed(words: Wording, change: float) -> str:
    """A change in % with its sign, rounded as it is printed beside the limit."""
    text = words.number(abs(change), 1)
    return f"+{text}" if change >= 0 else f"−{text}"


def percent(words: Wording, change: float) -> str:
    """A signed change with its percent sign."""
    return words.with_unit(signed(words, change), "%")
