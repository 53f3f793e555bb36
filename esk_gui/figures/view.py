"""One figure on the screen: hovering or the arrow keys name a patient, a click or Enter opens the form."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from esk_engine.report import Figure
from esk_gui.figures.geometry import GROUPS, Geometry, Mark, lay_out
from esk_gui.figures.paint import figure_font, mark_box, paint_figure, paint_ring, title_width
from esk_gui.figures.words import FigureWords
from esk_gui.theme import Theme
from esk_gui.widgets.marks import paint_mark

LEAST_WIDTH, LEAST_HEIGHT = 248, 320
_CARD_GAP = 14.0
_ON_PIXELS = 0.5, 0.5  # lines of one pixel then fall on pixels


class FigureView(QWidget):
    """A box plot that is drawn anew from ready numbers.

    ``patient_pointed`` carries the id of the patient under the mouse or the keyboard, "" when there is none;
    ``patient_chosen`` that of the one to be opened.
    """

    patient_pointed = Signal(str)
    patient_chosen = Signal(str)

    def __init__(self, figure: Figure, words: FigureWords, theme: Theme) -> None:
        super().__init__()
        self._figure, self._words, self._theme = figure, words, theme
        self._geometry: Geometry | None = None
        self._picture: QPixmap | None = None
        self._shown_patient = ""
        self._is_source = False
        self.setObjectName(f"figure_{figure.key}")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._describe()

    @property
    def figure(self) -> Figure:
        return self._figure

    @property
    def words(self) -> FigureWords:
        return self._words

    @property
    def pointed_patient(self) -> str:
        """Id of the patient that is ringed, or ""."""
        return self._shown_patient

    def geometry_now(self) -> Geometry:
        """Where everything stands at the present size, in the widget's pixels."""
        if self._geometry is None:
            self._geometry = lay_out(self._figure, self.width() - 1, self.height() - 1)
        return self._geometry

    def show_figure(self, figure: Figure, words: FigureWords) -> None:
        """Draw newer numbers."""
        self._figure, self._words, self._geometry, self._picture = figure, words, None, None
        self._describe()
        self.update()

    def show_patient(self, patient_id: str, *, is_source: bool) -> None:
        """Ring a patient, with the card of the figure that is pointed at or the number alone; "" rings none."""
        if (patient_id, is_source) != (self._shown_patient, self._is_source):
            self._shown_patient, self._is_source = patient_id, is_source
            self._describe()
            self.update()

    def _describe(self) -> None:
        """What a screen reader says: the figure, then the point that is pointed at."""
        self.setAccessibleName(self._words.accessible)
        mark = self.geometry_now().mark_of(self._shown_patient) if self._shown_patient else None
        self.setAccessibleDescription(self._words.point(mark.point) if mark is not None else "")

    @override
    def sizeHint(self) -> QSize:
        return QSize(388, LEAST_HEIGHT)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._geometry = self._picture = None
        super().resizeEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        mark = self.geometry_now().mark_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if mark is not None else Qt.CursorShape.ArrowCursor)
        self._point_at(mark)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        mark = self.geometry_now().mark_at(event.position())
        if mark is not None and event.button() is Qt.MouseButton.LeftButton:
            self.patient_chosen.emit(mark.point.patient_id)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._point_at(None)
        super().leaveEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: (1, 0), Qt.Key.Key_Down: (-1, 0), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Left: (0, -1)}
        key = Qt.Key(event.key())
        if key in steps:
            self._point_at(next_mark(self.geometry_now(), self._shown_patient, *steps[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._shown_patient:
            self.patient_chosen.emit(self._shown_patient)
        elif key == Qt.Key.Key_Escape and self._shown_patient:
            self._point_at(None)
        else:
            super().keyPressEvent(event)

    def _point_at(self, mark: Mark | None) -> None:
        patient_id = "" if mark is None else mark.point.patient_id
        if patient_id != self._shown_patient or (patient_id and not self._is_source):
            self.patient_pointed.emit(patient_id)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        geometry = self.geometry_now()
        painter.drawPixmap(0, 0, self._drawn())
        painter.translate(*_ON_PIXELS)
        mark = geometry.mark_of(self._shown_patient) if self._shown_patient else None
        if mark is not None:
            paint_ring(painter, mark, self._theme)
            self._paint_card(painter, mark)
        if self.hasFocus():
            painter.fillRect(QRectF(0, 22, title_width(self._words), 2), self._theme.color("accent"))
        painter.end()

    def _drawn(self) -> QPixmap:
        """The figure itself, drawn once a size: pointing at patients only draws rings over it."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatioF() != ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(self._theme.color("page"))
            painter = QPainter(self._picture)
            painter.translate(*_ON_PIXELS)
            paint_figure(painter, self.geometry_now(), self._words, self._theme)
            painter.end()
        return self._picture

    def _paint_card(self, painter: QPainter, mark: Mark) -> None:
        """Who it is; in the figure that is pointed at also group, value and what Enter does."""
        strong, plain = figure_font(12, bold=True), figure_font(12)
        number = mark.point.study_no
        number_width = QFontMetricsF(strong).horizontalAdvance(number)
        group = self._words.one(mark.point.group) if self._is_source else ""
        second = self._words.card(mark.point) if self._is_source else ""
        first_width = number_width + (24 + QFontMetricsF(plain).horizontalAdvance(group) if group else 0)
        width = max(first_width, QFontMetricsF(plain).horizontalAdvance(second)) + 20
        card = self._card_place(mark.centre, width, 46.0 if self._is_source else 22.0)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("page"))
        painter.drawRoundedRect(card, 4, 4)
        line = QRectF(card.left() + 10, card.top() + (3 if second else 1), card.width() - 20, 20)
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setFont(strong)
        painter.setPen(self._theme.color("ink"))
        painter.drawText(line, middle, number)
        if not self._is_source:
            return
        painter.setFont(plain)
        painter.setPen(self._theme.color("ink_2"))
        painter.drawText(line.translated(0, 20), middle, second)
        painter.drawText(line.adjusted(number_width + 24, 0, 0, 0), middle, group)
        place = mark_box(QPointF(line.left() + number_width + 14, line.center().y()), 5.5)
        paint_mark(painter, place, mark.point.group, self._theme)

    def _card_place(self, centre: QPointF, width: float, height: float) -> QRectF:
        """Beside the ring where there is room: right, else left; the larger card above or below it."""
        right, bottom = self.width() - 2.0, self.height() - 2.0
        if self._is_source:
            above = centre.y() - _CARD_GAP - height
            top = above if above >= 0 else centre.y() + _CARD_GAP
            left = min(max(0.0, centre.x() - width / 2), right - width)
            return QRectF(left, min(top, bottom - height), width, height)
        left = centre.x() + _CARD_GAP
        if left + width > right:
            left = centre.x() - _CARD_GAP - width
        return QRectF(left, min(max(0.0, centre.y() - height / 2), bottom - height), width, height)


def next_mark(geometry: Geometry, patient_id: str, up: int, aside: int) -> Mark | None:
    """The mark that an arrow key leads to.

    Parameters
    ----------
    geometry
        The figure as it is laid out.
    patient_id
        Where the keyboard is now; "" starts at the lowest value of the first group that has any.
    up
        1 to the next higher value of the same group, -1 to the next lower, 0 to the other group.
    aside
        Which group, where ``up`` is 0: 1 for the one at the right, -1 for the one at the left.

    Returns
    -------
    Mark | None
        The mark to point at; where there is no further one, the present one.
    """
    here = geometry.mark_of(patient_id) if patient_id else None
    columns = [
        sorted((m for m in geometry.marks if m.point.group == group), key=lambda m: (m.point.value, m.centre.x()))
        for group in GROUPS
    ]
    if here is None:
        return next((column[0] for column in columns if column), None)
    at = GROUPS.index(here.point.group)
    if up:
        column = columns[at]
        place = column.index(here) + up
        return column[place] if 0 <= place < len(column) else here
    other = at + aside
    if not 0 <= other < len(columns) or not columns[other]:
        return here
    return min(columns[other], key=lambda mark: abs(mark.point.value - here.point.value))
