"""Figures as files: PNG, SVG and the clipboard's picture, by the same strokes as on the screen, always in light."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontInfo, QFontMetricsF, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from esk_engine.report import Figure
from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.figures.geometry import lay_out
from esk_gui.figures.paint import figure_font, paint_figure
from esk_gui.figures.words import FigureWords, figure_notes
from esk_gui.theme import Theme, load_theme

PANEL_WIDTH, PANEL_HEIGHT = 400.0, 500.0
_GAP, _MARGIN, _NOTE_LINE, _NOTE_PX = 40.0, 16.0, 16.0, 11
PRINT_SCALE = 300 / 96  # the look's pixels are 1/96 inch; print asks for 300 dots
_INCHES_A_METRE = 1 / 0.0254
_application: QGuiApplication | None = None


class Sheet:
    """Some figures side by side with their notes under them, as they go into a file.

    Parameters
    ----------
    figures
        What is drawn, left to right.
    wording
        The language of the file.
    p_method
        Which P the study prints.
    undetermined
        Patients that are in no group, named in a note.
    width, height
        Logical pixels of the whole sheet; by default equal panels of a size for print.
    """

    def __init__(
        self,
        figures: Sequence[Figure],
        wording: Wording,
        p_method: PMethod,
        undetermined: int = 0,
        width: float | None = None,
        height: float | None = None,
    ) -> None:
        need_application()
        self._figures = tuple((figure, FigureWords(figure, wording, p_method)) for figure in figures)
        gaps = _GAP * (len(figures) - 1)
        self.width = width or len(figures) * PANEL_WIDTH + gaps + 2 * _MARGIN
        self._panel_width = (self.width - gaps - 2 * _MARGIN) / max(1, len(figures))
        self._notes = _wrapped(figure_notes(figures, wording, undetermined), self.width - 2 * _MARGIN)
        notes_height = _NOTE_LINE * len(self._notes) + 12
        self.height = height or PANEL_HEIGHT + notes_height + 2 * _MARGIN
        self._panel_height = self.height - notes_height - 2 * _MARGIN
        self._theme = load_theme("light")

    @property
    def title(self) -> str:
        return ", ".join(f"{words.number} {words.title}" for _, words in self._figures)

    def paint(self, painter: QPainter) -> None:
        """Draw the sheet from the painter's origin, in logical pixels."""
        theme: Theme = self._theme
        for place, (figure, words) in enumerate(self._figures):
            painter.save()
            painter.translate(_MARGIN + place * (self._panel_width + _GAP), _MARGIN)
            paint_figure(painter, lay_out(figure, self._panel_width, self._panel_height), words, theme)
            painter.restore()
        painter.setFont(figure_font(_NOTE_PX))
        painter.setPen(theme.color("ink_2"))
        for line, text in enumerate(self._notes):
            painter.drawText(QPointF(_MARGIN, self.height - _MARGIN - _NOTE_LINE * (len(self._notes) - 1 - line)), text)

    def image(self, scale: float = PRINT_SCALE) -> QImage:
        """The sheet on white; ``scale`` dots for each logical pixel."""
        size = QSize(math.ceil(self.width * scale), math.ceil(self.height * scale))
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        dots = round(96 * scale * _INCHES_A_METRE)
        image.setDotsPerMeterX(dots)
        image.setDotsPerMeterY(dots)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)
        self.paint(painter)
        painter.end()
        return image

    def png(self, scale: float = PRINT_SCALE) -> bytes:
        """The sheet as a PNG file's bytes."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.image(scale).save(buffer, "PNG")  # type: ignore[call-overload]  # the stub lacks bytes' str form
        return bytes(buffer.data().data())

    def svg(self) -> bytes:
        """The sheet as an SVG file's bytes; texts stay texts."""
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setResolution(96)
        size = QSize(math.ceil(self.width), math.ceil(self.height))
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(self.title)
        generator.setDescription("\n".join(self._notes))
        painter = QPainter(generator)
        painter.fillRect(QRect(0, 0, size.width(), size.height()), Qt.GlobalColor.white)
        self.paint(painter)
        painter.end()
        return with_fallback_fonts(bytes(data.data()))


def render_png(
    figure: Figure,
    wording: Wording,
    width_px: int,
    height_px: int,
    scale: float = PRINT_SCALE,
    *,
    p_method: PMethod,
    undetermined: int = 0,
) -> bytes:
    """One figure as PNG, for the Excel export and for scripts; always the light theme.

    Parameters
    ----------
    figure
        The engine's series.
    wording
        The language of the picture.
    width_px, height_px
        Its size in logical pixels, notes included.
    scale
        Dots for each logical pixel; by default print's 300 an inch.
    p_method
        Which P the study prints.
    undetermined
        Patients that are in no group, named in a note.

    Returns
    -------
    bytes
        A PNG file. Needs no window: where no Qt application runs, one without a screen is made.
    """
    return Sheet([figure], wording, p_method, undetermined, width_px, height_px).png(scale)


def with_fallback_fonts(svg: bytes) -> bytes:
    """Name the font that was drawn with, and what may stand in for it where it is absent."""
    asked, drawn = figure_font(_NOTE_PX).family(), QFontInfo(figure_font(_NOTE_PX)).family()
    stack = f"{drawn}, Arial, sans-serif"
    return svg.replace(f'font-family="{asked}"'.encode(), f'font-family="{stack}"'.encode())


def need_application() -> None:
    """Text is drawn by an application's fonts: the command line has none until here."""
    global _application  # noqa: PLW0603  # Qt knows one application a process
    if QGuiApplication.instance() is None:
        _application = QGuiApplication(["esk", "-platform", "offscreen"])


def _wrapped(texts: Sequence[str], width: float) -> tuple[str, ...]:
    """Notes one after another, broken where a line is full."""
    metrics = QFontMetricsF(figure_font(_NOTE_PX))
    lines: list[str] = []
    for text in texts:
        line = ""
        for word in text.split(" "):
            longer = f"{line} {word}".strip()
            if line and metrics.horizontalAdvance(longer) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return tuple(lines)
