"""Esk's own line icons: one set of SVG files, drawn in the colours of the theme at whatever size is asked."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from typing_extensions import override

from esk_engine.resources import resource_path
from esk_gui.theme import Theme


@cache
def _source(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))


def paint_icon(painter: QPainter, rect: QRect | QRectF, name: str, color: QColor) -> None:
    """Draw one icon of ``resources/icons`` into a rectangle, its lines in one colour."""
    _renderer(name, color.name()).render(painter, QRectF(rect))


class _LineIcon(QIconEngine):
    """Draws the SVG anew for each size and screen, so that it is sharp at every scaling."""

    def __init__(self, name: str, ink: str, disabled: str, checked: str) -> None:
        super().__init__()
        self._name, self._ink, self._disabled, self._checked = name, ink, disabled, checked

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        color = self._checked if state is QIcon.State.On else self._ink
        if mode is QIcon.Mode.Disabled:
            color = self._disabled
        paint_icon(painter, rect, self._name, QColor(color))

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap

    @override
    def clone(self) -> QIconEngine:
        return _LineIcon(self._name, self._ink, self._disabled, self._checked)


def icon(name: str, theme: Theme, token: str = "ink_2", checked_token: str = "accent") -> QIcon:
    """One icon in a theme's colours.

    Parameters
    ----------
    name
        A file of ``resources/icons`` without its ending.
    token
        The colour of the lines; disabled it is the token ``disabled``.
    checked_token
        The colour on a button that is checked.
    """
    return QIcon(_LineIcon(name, theme.tokens[token], theme.tokens["disabled"], theme.tokens[checked_token]))


def app_icon() -> QIcon:
    """The white drop on its blue square, at the sizes that title bars and task bars ask for."""
    renderer, result = QSvgRenderer(str(resource_path("icons", "esk.svg"))), QIcon()
    for side in (16, 24, 32, 48, 64, 256):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter)
        painter.end()
        result.addPixmap(pixmap)
    return result
