"""Texts on a page: a label by its role, one that shortens itself, and the message beside a field."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStyle, QStyleOption, QWidget
from typing_extensions import override

from esk_gui.icons import paint_icon
from esk_gui.theme import Theme

Level = Literal["error", "warning", "info"]
_LEVEL_TOKENS = {"error": "error", "warning": "warning", "info": "ink_2"}


def text_label(text: str = "", role: str = "", name: str = "", *, wrap: bool = False) -> QLabel:
    """A label whose looks are its role's (title, heading, label, second, third, foot, verdict, decisive ...)."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("text_role", role)
    if name:
        label.setObjectName(name)
    if wrap:
        label.setWordWrap(True)
    return label


def repolish(widget: QWidget) -> None:
    """Let the stylesheet look again after a dynamic property changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def set_property(widget: QWidget, name: str, value: str) -> None:
    """Set a dynamic property that the stylesheet knows, and repolish only where it changed."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        repolish(widget)


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis where the room ends; the whole text is then its tooltip."""

    def __init__(self, text: str = "", role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(text)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("text_role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 4, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), self._mode, room.width())
        painter.drawText(room, int(self.alignment() | Qt.TextFlag.TextSingleLine), text)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        cut = self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()
        self.setToolTip(self.text() if cut else "")


class _Icon(QWidget):
    def __init__(self, name: str, theme: Theme, token: str, side: int) -> None:
        super().__init__()
        self._name, self._theme, self._token = name, theme, token
        self.setFixedSize(side, side)

    def set_icon(self, name: str, token: str) -> None:
        self._name, self._token = name, token
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_icon(painter, QRect(0, 0, self.width(), self.height()), self._name, self._theme.color(self._token))
        painter.end()


def icon_label(name: str, theme: Theme, token: str = "ink_2", side: int = 16) -> QWidget:
    """An icon that only shows, e.g. at the head of a line of text."""
    return _Icon(name, theme, token, side)


class MessageLabel(QWidget):
    """What is wrong or doubtful, beside its field: an icon and a text; hidden while there is nothing to say.

    ``name`` is usually ``message_<variable>``.
    """

    def __init__(self, theme: Theme, name: str = "") -> None:
        super().__init__()
        if name:
            self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(4)
        self._icon = _Icon("error", theme, "error", 14)
        self.label = text_label(wrap=True)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.label, 1)
        self.hide()

    def text(self) -> str:
        return self.label.text()

    def level(self) -> str:
        return str(self.label.property("message") or "")

    def show_message(self, text: str, level: Level = "error") -> None:
        """Show a text, or hide with ""."""
        self.label.setText(text)
        if text:
            self._icon.set_icon(level, _LEVEL_TOKENS[level])
            set_property(self.label, "message", level)
        self.setVisible(bool(text))

    def clear(self) -> None:
        self.show_message("")
