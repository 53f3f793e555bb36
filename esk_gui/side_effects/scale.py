"""The Naranjo scale from -4 to 13: the score a dot, what is still possible a bar, the study's cut-off a line."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from esk_engine.naranjo import HIGHEST, LOWEST, Category, Score, category_of
from esk_engine.wording import Wording
from esk_gui.theme import Theme

_TRACK_X, _WORD_X = 40.0, 88.0
_AIR = 14.0
# Where each category begins on the scale, from the top; read off the engine's own rule.
_BANDS = tuple(
    (category, min(points), max(points))
    for category in Category
    if (points := [score for score in range(LOWEST, HIGHEST + 1) if category_of(score) is category])
)


class NaranjoScale(QWidget):
    """One score on the whole scale; without a score only the scale and the cut-off."""

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("naranjo_scale")
        self._wording, self._theme = wording, theme
        self._score: Score | None = None
        self._cutoff = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_score(self, score: Score | None, cutoff: int) -> None:
        self._score, self._cutoff = score, cutoff
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(264, 490)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(180, 18 * 14 + 28)

    def _y(self, score: float) -> float:
        pitch = (self.height() - 2 * _AIR) / (HIGHEST - LOWEST)
        return _AIR + (HIGHEST - score) * pitch

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bands(painter)
        self._paint_track(painter)
        self._paint_numbers(painter)
        self._paint_cutoff(painter)
        if self._score is not None and self._score.answered:
            centre = QPointF(_TRACK_X, self._y(self._score.score))
            painter.setPen(QPen(self._theme.color("panel"), 2))
            painter.setBrush(self._theme.color("ink"))
            painter.drawEllipse(centre, 7, 7)
        painter.end()

    def _font(self, pixels: int, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(pixels)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def _is_possible(self, low: int, high: int) -> bool:
        found = self._score
        return found is not None and bool(found.answered) and found.lowest <= high and low <= found.highest

    def _paint_bands(self, painter: QPainter) -> None:
        """The categories: a hairline between them, the possible ones in ink, the present one bold."""
        found, right = self._score, float(self.width())
        for category, low, high in _BANDS:
            if low > LOWEST and low != self._cutoff:
                y = round((self._y(low) + self._y(low - 1)) / 2) + 0.5
                painter.setPen(QPen(self._theme.color("hairline"), 1))
                painter.drawLine(QLineF(_TRACK_X + 10, y, right, y))
            middle = (self._y(low) + self._y(high)) / 2
            is_here = found is not None and bool(found.answered) and category_of(found.score) is category
            token = "ink" if self._is_possible(low, high) else "ink_3"
            name = self._wording(f"naranjo.category.{category}")
            row = QRectF(_WORD_X, middle - 10, right - _WORD_X, 20)
            painter.setFont(self._font(13, bold=is_here))
            painter.setPen(self._theme.color(token))
            painter.drawText(row, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), name)
            painter.setFont(self._font(12))
            painter.setPen(self._theme.color("ink_2"))
            painter.drawText(
                row, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self._range(low, high)
            )

    def _range(self, low: int, high: int) -> str:
        if high == HIGHEST:
            return f"≥ {self._wording.number(low)}"
        return f"≤ {self._wording.number(high)}" if low == LOWEST else f"{low}–{high}"

    def _paint_track(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("bar_track"))
        top, foot = self._y(HIGHEST) - 8, self._y(LOWEST) + 8
        painter.drawRoundedRect(QRectF(_TRACK_X - 4, top, 8, foot - top), 4, 4)
        found = self._score
        if found is not None and found.answered and not found.is_complete:
            painter.setBrush(self._theme.color("bar_fill"))
            top, foot = self._y(found.highest) - 8, self._y(found.lowest) + 8
            painter.drawRoundedRect(QRectF(_TRACK_X - 4, top, 8, foot - top), 4, 4)

    def _paint_numbers(self, painter: QPainter) -> None:
        for number in range(LOWEST, HIGHEST + 1):
            possible = self._is_possible(number, number)
            painter.setFont(self._font(11, bold=possible))
            painter.setPen(self._theme.color("ink" if possible else "ink_3"))
            row = QRectF(0, self._y(number) - 8, _TRACK_X - 18, 16)
            painter.drawText(
                row, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self._wording.number(number)
            )

    def _paint_cutoff(self, painter: QPainter) -> None:
        y = round((self._y(self._cutoff) + self._y(self._cutoff - 1)) / 2)
        accent, right = self._theme.color("accent"), float(self.width())
        painter.setPen(QPen(accent, 2))
        painter.drawLine(QLineF(_TRACK_X - 12, y, right, y))
        font = self._font(11, bold=True)
        text = self._wording("side_effects.counts_from", n=self._cutoff)
        painter.setFont(font)
        width = QFontMetricsF(font).horizontalAdvance(text)
        ground = QRectF(right - width - 4, y - 17, width + 4, 14)
        painter.fillRect(ground, self._theme.color("panel"))
        painter.setPen(accent)
        painter.drawText(ground, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
