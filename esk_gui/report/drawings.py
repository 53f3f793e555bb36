"""The figures of a report, each a drawing of known size: painted on pages as strokes, or written as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from esk_engine.exchange.document import Document
from esk_engine.exchange.patient_page import COURSE, steers
from esk_engine.exchange.study_report import FIGURE_1
from esk_engine.report import Figure, analyse, figure_series
from esk_engine.study import StudySnapshot
from esk_engine.wording import Wording
from esk_gui.figures.files import PRINT_SCALE, need_application, with_fallback_fonts
from esk_gui.figures.geometry import lay_out
from esk_gui.figures.paint import figure_font, paint_figure
from esk_gui.figures.words import FigureWords
from esk_gui.patients.course_data import CourseData, course_data
from esk_gui.patients.course_paint import CoursePainter
from esk_gui.patients.vital_marks import marks_of, vital_limits
from esk_gui.patients.vital_rows import grid_rows, last_minute
from esk_gui.theme import load_theme

_PANEL = QSizeF(272, 330)
_GAP = 32.0
_COURSE = QSizeF(700, 212)


@dataclass(frozen=True)
class Drawing:
    """Strokes within ``size`` logical pixels, always in light."""

    size: QSizeF
    title: str
    paint: Callable[[QPainter], None]

    def svg(self) -> bytes:
        """The drawing as an SVG file's bytes; texts stay texts."""
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setResolution(96)
        size = QSize(round(self.size.width()), round(self.size.height()))
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(self.title)
        painter = QPainter(generator)
        self.paint(painter)
        painter.end()
        return with_fallback_fonts(bytes(data.data()))

    def scale_within(self, dots: int) -> float:
        """Print's 300 dots an inch, fewer where the whole would have more dots than these."""
        return min(PRINT_SCALE, math.sqrt(dots / (self.size.width() * self.size.height())))

    def image(self, scale: float = PRINT_SCALE) -> QImage:
        """The drawing on white; ``scale`` dots for each logical pixel, by default print's 300 an inch."""
        size = QSize(math.ceil(self.size.width() * scale), math.ceil(self.size.height() * scale))
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        dots = round(96 * scale / 0.0254)
        image.setDotsPerMeterX(dots)
        image.setDotsPerMeterY(dots)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.scale(scale, scale)
        self.paint(painter)
        painter.end()
        return image


Drawings = Mapping[str, Drawing]


def drawings_of(
    document: Document, snapshot: StudySnapshot, wording: Wording, patient_id: str | None = None
) -> dict[str, Drawing]:
    """The drawing of every figure that a document has; needs no window."""
    need_application()
    found: dict[str, Drawing] = {}
    for key in document.figure_keys():
        if key == FIGURE_1:
            found[key] = box_plots(figure_series(analyse(snapshot.cohort)), snapshot, wording)
        elif key == COURSE and patient_id is not None:
            found[key] = course(snapshot, patient_id, wording)
    return found


def box_plots(figures: tuple[Figure, ...], snapshot: StudySnapshot, wording: Wording) -> Drawing:
    """Figures 1a to 1c side by side."""
    theme, method = load_theme("light"), snapshot.settings.p_method
    panels = [(lay_out(f, _PANEL.width(), _PANEL.height()), FigureWords(f, wording, method)) for f in figures]

    def paint(painter: QPainter) -> None:
        for at, (geometry, words) in enumerate(panels):
            painter.save()
            painter.translate(at * (_PANEL.width() + _GAP), 0)
            paint_figure(painter, geometry, words, theme)
            painter.restore()

    width = len(panels) * _PANEL.width() + (len(panels) - 1) * _GAP
    return Drawing(QSizeF(width, _PANEL.height()), wording("export.figure.title"), paint)


def course(snapshot: StudySnapshot, patient_id: str, wording: Wording) -> Drawing:
    """The vital signs of one patient, as the Patients page draws them; covered as the page is."""
    cohort, settings = snapshot.cohort, snapshot.settings
    patient = cohort.patients[cohort.row_of(patient_id)]
    limits = vital_limits(cohort.criteria_set)
    end = [row.minute for row in grid_rows(patient, settings) if row.is_end]
    last = max(last_minute(patient, settings), end[0] or 0)
    verdict = None if steers(patient, settings) else cohort.verdict(patient_id)
    data = course_data(patient, limits, marks_of(patient, limits, verdict, last), last)
    common = limits.common_variation()
    legend = wording("patients.course.band", limit=common) if common is not None else ""
    return course_drawing(data, legend, wording)


def course_drawing(data: CourseData, legend: str, wording: Wording) -> Drawing:
    """A course that is there already; ``legend`` names its band."""
    strokes = CoursePainter(wording, load_theme("light"), figure_font(12))

    def paint(painter: QPainter) -> None:
        strokes.paint(painter, data, legend, _COURSE)

    return Drawing(_COURSE, wording("document.course"), paint)
