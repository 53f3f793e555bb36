"""What a page is written with: fonts without a screen's hinting, the light theme's colours, text broken into lines."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QTextLayout, QTextOption

from esk_gui.figures.paint import figure_font
from esk_gui.theme import load_theme

BODY, SMALL, TABLE = 12, 10, 11
LEADING = 1.36


class Ink:
    """Measures and draws text in logical pixels of 1/96 inch; one serves a whole document."""

    def __init__(self) -> None:
        self.theme = load_theme("light")
        self._fonts: dict[tuple[int, bool], tuple[QFont, QFontMetricsF]] = {}

    def _of(self, pixels: int, bold: bool) -> tuple[QFont, QFontMetricsF]:
        found = self._fonts.get((pixels, bold))
        if found is None:
            font = figure_font(pixels, bold=bold)
            font.setFeature(QFont.Tag("liga"), 0)  # who searches or copies a text finds its own letters
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # widths that hold at any resolution
            found = self._fonts[(pixels, bold)] = font, QFontMetricsF(font)
        return found

    def width(self, text: str, pixels: int, *, bold: bool = False) -> float:
        return self._of(pixels, bold)[1].horizontalAdvance(text)

    def widest_word(self, text: str, pixels: int, *, bold: bool = False) -> float:
        return max((self.width(word, pixels, bold=bold) for word in text.split()), default=0.0)

    def line_height(self, pixels: int) -> float:
        return pixels * LEADING

    def wrapped(self, text: str, pixels: int, width: float, *, bold: bool = False, first: float = 0.0) -> list[str]:
        """The lines of a text, broken between words, within one only where it is wider than a line.

        Parameters
        ----------
        first
            What the first line begins behind.
        """
        if not text:
            return [""]
        if "\n" not in text and self.width(text, pixels, bold=bold) + first <= width:
            return [text]
        lines: list[str] = []
        for at, part in enumerate(text.splitlines()):
            lines += self._broken(part, pixels, width, bold, first if at == 0 else 0.0)
        return lines

    def _broken(self, text: str, pixels: int, width: float, bold: bool, first: float) -> list[str]:
        layout = QTextLayout(text, self._of(pixels, bold)[0])
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        units = text.encode("utf-16-le", "surrogatepass")  # Qt counts as UTF-16 does
        lines: list[str] = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width - (0.0 if lines else first), 1.0))
            start, length = line.textStart(), line.textLength()
            lines.append(units[2 * start : 2 * (start + length)].decode("utf-16-le", "surrogatepass").rstrip())
        layout.endLayout()
        return lines or [""]

    def write(
        self, painter: QPainter, left: float, top: float, text: str, pixels: int, token: str, *, bold: bool = False
    ) -> None:
        """One line, its height counted from ``top``."""
        if not text:
            return
        font, metrics = self._of(pixels, bold)
        base = top + (self.line_height(pixels) + metrics.ascent() - metrics.descent()) / 2
        painter.setFont(font)
        painter.setPen(self.theme.color(token))
        painter.drawText(QPointF(left, base), text)
