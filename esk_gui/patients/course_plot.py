"""Draws the course of one infusion: blood pressure and heart rate, the allowed band, the reading that decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget
from typing_extensions import override

from esk_engine.dictionary import Kind, variable
from esk_gui.patients.course_data import CourseData, CoursePoint, Curve
from esk_gui.patients.course_paint import CoursePainter, Panel, signed
from esk_gui.widgets.copying import picture_mime

if TYPE_CHECKING:
    from esk_gui.app import Session

_REACH = 12.0  # how near the mouse must come to a point


class CoursePlot(QWidget):
    """Both panels. ``point_chosen`` tells the minute and variable of a reading that was clicked."""

    point_chosen = Signal(int, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._data: CourseData | None = None
        self._legend = ""
        self._strokes = CoursePainter(session.wording, session.theme, self.font())
        self.setObjectName("course_plot")
        self.setAccessibleName(session.wording("patients.course"))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_course(self, data: CourseData, legend: str) -> None:
        """Draw these numbers; ``legend`` names the band ("± 20 % van minuut 0"), "" where there is none."""
        if (data, legend) == (self._data, self._legend):
            return
        self._data, self._legend = data, legend
        self.setAccessibleDescription(self._described(data))
        self.update()

    def set_short_names(self, short: bool) -> None:
        """Shorter names at the ends of the curves, where there is little room."""
        self._strokes.short_names = short
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(386, 330)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(240, 220)

    # Where things lie

    def panels(self) -> tuple[Panel, Panel] | None:
        """The panels of what is shown; None while nothing is."""
        return None if self._data is None else self._strokes.panels(self._data, QSizeF(self.size()))

    def _near(self, place: QPointF) -> tuple[Curve, CoursePoint, QPointF] | None:
        best: tuple[float, Curve, CoursePoint, QPointF] | None = None
        for panel in self.panels() or ():
            for curve in panel.curves:
                for point in curve.points:
                    at = panel.at(point)
                    away = (at - place).manhattanLength()
                    if away <= _REACH and (best is None or away < best[0]):
                        best = (away, curve, point, at)
        return best[1:] if best else None

    # What a person does

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._near(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        if found is None:
            QToolTip.hideText()
            return
        curve, point, _ = found
        QToolTip.showText(event.globalPosition().toPoint(), self._told(curve, point), self)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._near(event.position())
        if found and event.button() is Qt.MouseButton.LeftButton:
            self.point_chosen.emit(found[1].minute, found[0].variable)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        QToolTip.hideText()
        super().leaveEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._session.wording("patients.course.copy"), self.copy)
        menu.popup(event.globalPos())

    def copy(self) -> None:
        """Put the course on the clipboard as a picture, dots and strokes, always in light."""
        from esk_gui.report.drawings import course_drawing

        if self._data is not None:
            drawing = course_drawing(self._data, self._legend, self._session.wording)
            QGuiApplication.clipboard().setMimeData(picture_mime(drawing.image(), drawing.svg()))

    def _told(self, curve: Curve, point: CoursePoint) -> str:
        words = self._session.wording
        unit = variable(Kind.READING, curve.variable).unit
        text = words(
            "patients.course.point",
            label=words.label(curve.variable),
            value=words.with_unit(words.number(point.value), unit),
            minute=point.minute,
        )
        if point.change is None or point.minute == 0:
            return text
        return f"{text}\n{words('patients.course.change', change=signed(words, point.change))}"

    def _described(self, data: CourseData) -> str:
        words = self._session.wording
        deciding = [(c, p) for c in (*data.pressure, *data.pulse) for p in c.points if p.deciding]
        if not deciding:
            return words("patients.course.quiet") if data.has_readings else words("patients.course.empty")
        return "; ".join(self._told(curve, point).replace("\n", ", ") for curve, point in deciding)

    # Drawing

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        self._strokes.use_font(self.font())
        if self._data is not None:
            self._strokes.paint(QPainter(self), self._data, self._legend, QSizeF(self.size()))
