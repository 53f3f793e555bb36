"""Pages as they will be printed, one below another, as wide as there is room or at a size that was chosen."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget
from typing_extensions import override

from esk_gui.report.pages import PAGE, Pages
from esk_gui.theme import Theme
from esk_gui.widgets.frames import ground

_MARGIN, _GAP = 20.0, 16.0
_MOST_FITTED = 1.25  # a page that fits the window is not blown up beyond this
_ASKED = QSize(320, 100)
_KEPT = 6  # pages that are kept as they were drawn


class PagesView(QScrollArea):
    """Shows pages; Page Up, Page Down and the wheel go through them.

    Attributes
    ----------
    zoom
        Logical pixels on the screen for each on the page; 0 fits the width.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._sheet = _Stack(theme)
        self.setWidget(self._sheet)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.zoom = 0.0
        self.viewport().installEventFilter(self)

    def show_pages(self, pages: Pages | None) -> None:
        """Show these pages from the first one on."""
        self._sheet.pages = pages
        self._fit()
        self.verticalScrollBar().setValue(0)

    def set_zoom(self, zoom: float) -> None:
        """Show pages at a size of their own, 1 as large as on paper; 0 as wide as there is room."""
        self.zoom = zoom
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        return _ASKED  # it takes what room there is and asks for none: pages scroll

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and watched is self.viewport():
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        room = self.viewport().width() - 2 * _MARGIN - 1
        self._sheet.show_at(self.zoom or min(_MOST_FITTED, max(0.2, room / PAGE.width())))


class _Stack(QWidget):
    """All pages of a document; only those in sight are drawn."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pages: Pages | None = None
        self._scale = 1.0
        self._drawn: dict[int, QPixmap] = {}
        ground(self, "panel")

    @property
    def pages(self) -> Pages | None:
        return self._pages

    @pages.setter
    def pages(self, pages: Pages | None) -> None:
        self._pages = pages
        self._drawn.clear()
        self.setAccessibleName(pages.document.title if pages is not None else "")
        self.update()

    def show_at(self, scale: float) -> None:
        """Take the size that the pages have at a scale."""
        if scale != self._scale:
            self._scale = scale
            self._drawn.clear()
        self.resize(self.sizeHint())
        self.update()

    @override
    def sizeHint(self) -> QSize:
        count = self._pages.count if self._pages is not None else 1
        page = PAGE * self._scale
        height = 2 * _MARGIN + count * page.height() + (count - 1) * _GAP
        return QSize(math.ceil(page.width() + 2 * _MARGIN), math.ceil(height))

    def _place(self, number: int) -> QRectF:
        page = PAGE * self._scale
        top = _MARGIN + number * (page.height() + _GAP)
        return QRectF(QPointF((self.width() - page.width()) / 2, top), page)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._pages is None:
            return
        painter = QPainter(self)
        for number in range(self._pages.count):
            place = self._place(number)
            if place.intersects(QRectF(event.rect())):
                painter.drawPixmap(place.topLeft(), self._picture(self._pages, number))
                painter.setPen(QPen(self._theme.color("hairline"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(place)

    def _picture(self, pages: Pages, number: int) -> QPixmap:
        found = self._drawn.get(number)
        if found is None:
            ratio = self.devicePixelRatioF()
            size = PAGE * (self._scale * ratio)
            found = QPixmap(math.ceil(size.width()), math.ceil(size.height()))
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.white)
            painter = QPainter(found)
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
            painter.scale(self._scale, self._scale)
            pages.paint(painter, number)
            painter.end()
            while len(self._drawn) >= _KEPT:
                del self._drawn[next(iter(self._drawn))]
            self._drawn[number] = found
        return found
