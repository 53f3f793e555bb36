"""A button that opens something below it: its chevron stands at its right end, drawn in the theme's own lines."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton
from typing_extensions import override

from esk_gui.icons import paint_icon
from esk_gui.theme import Theme

_SIDE, _RIGHT = 12, 10


class DropButton(QPushButton):
    """Its stylesheet leaves room for the chevron (``drop="true"``)."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setProperty("drop", "true")
        self.setAutoDefault(False)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRect(self.width() - _RIGHT - _SIDE, (self.height() - _SIDE) // 2, _SIDE, _SIDE)
        paint_icon(painter, box, "chevron_down", self._theme.color("ink_2" if self.isEnabled() else "disabled"))
        painter.end()
