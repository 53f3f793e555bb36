"""The marks of the three groups: a filled circle, an open triangle, a question mark; shape first, colour second."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from esk_gui.theme import Theme
from esk_gui.widgets.labels import text_label


def mark_color(group: str, theme: Theme, *, on_band: bool = False) -> QColor:
    """The colour of a group's mark; ``on_band`` where it lies on a plot's band or a tinted row."""
    if group == "responder":
        return theme.color("responder_on_band" if on_band else "responder")
    return theme.color("non_responder" if group == "non_responder" else "undetermined")


def paint_mark(
    painter: QPainter, rect: QRectF, group: str, theme: Theme, *, on_band: bool = False, width: float | None = None
) -> None:
    """Draw a group's mark, centred in a square of the shorter side of ``rect``.

    Parameters
    ----------
    group
        "responder", "non_responder" or "undetermined" (a ``Group`` is one of these).
    width
        Line width of the triangle; a seventh of the side, at least 1.5 px, where it is left out.
    """
    side = min(rect.width(), rect.height())
    box = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
    color = mark_color(group, theme, on_band=on_band)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if group == "responder":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        inset = side * 0.08
        painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))
    elif group == "non_responder":
        painter.setPen(QPen(color, width or max(1.5, side / 7), j=Qt.PenJoinStyle.MiterJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(triangle(box))
    else:
        font = QFont(painter.font())
        font.setPixelSize(max(8, round(side * 1.05)))
        font.setWeight(QFont.Weight.Bold)
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(box.adjusted(-4, -4, 4, 4), Qt.AlignmentFlag.AlignCenter, "?")
    painter.restore()


def triangle(box: QRectF) -> QPolygonF:
    """An upright triangle that fills a square without its line leaving it."""
    inset = box.width() * 0.08
    return QPolygonF(
        [
            QPointF(box.center().x(), box.top() + inset),
            QPointF(box.right() - inset, box.bottom() - inset * 1.4),
            QPointF(box.left() + inset, box.bottom() - inset * 1.4),
        ]
    )


class Mark(QWidget):
    """One group's mark as a widget of a fixed side."""

    def __init__(self, group: str, theme: Theme, side: int = 12, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group, self._theme, self._side = group, theme, side
        self.setFixedSize(side, side)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_group(self, group: str) -> None:
        if group != self._group:
            self._group = group
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_mark(painter, QRectF(self.rect()), self._group, self._theme)
        painter.end()


class MarkLabel(QWidget):
    """A group's mark with its word beside it."""

    def __init__(self, group: str, text: str, theme: Theme, role: str = "", side: int = 11) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.mark = Mark(group, theme, side)
        self.label = text_label(text, role)
        row.addWidget(self.mark)
        row.addWidget(self.label)

    def set_text(self, text: str) -> None:
        self.label.setText(text)
