"""The evidence bar: how far a value reaches along its scale, with the limit as a tick."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from esk_gui.theme import Theme


class EvidenceBar(QWidget):
    """A bar of 4 px; ``fill`` and ``tick`` are shares 0..1 of its length, None leaves it empty or without a tick."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._fill: float | None = None
        self._tick: float | None = None
        self._token = "bar_fill"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, fill: float | None, tick: float | None, token: str = "bar_fill") -> None:
        """Draw anew; ``token`` colours the fill (``non_responder`` for the one that decides, ``accent``)."""
        self._fill, self._tick, self._token = fill, tick, token
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, 10)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(0, self.height() / 2 - 2, self.width(), 4)
        painter.setBrush(self._theme.color("bar_track"))
        painter.drawRoundedRect(track, 2, 2)
        if self._fill is not None:
            track.setWidth(max(0.0, min(1.0, self._fill)) * self.width())
            painter.setBrush(self._theme.color(self._token))
            painter.drawRoundedRect(track, 2, 2)
        if self._tick is not None:
            painter.setBrush(self._theme.color("ink"))
            x = min(self.width() - 2.0, max(0.0, self._tick * self.width() - 1))
            painter.drawRect(QRectF(x, 0, 2, self.height()))
        painter.end()
