"""Messages that wrap without asking their page to grow: the grid under them gives way instead."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel
from typing_extensions import override

from esk_gui.theme import Theme
from esk_gui.widgets.labels import MessageLabel, text_label


class _WrapLabel(QLabel):
    """As high as its text at its width, without height-for-width, which would fix the whole page's height."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setTextFormat(text_label().textFormat())

    @override
    def hasHeightForWidth(self) -> bool:
        return False

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.heightForWidth(max(self.width(), 80)))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()


class FittedMessage(MessageLabel):
    """A message whose lines take their room from what stands below."""

    def __init__(self, theme: Theme, name: str = "") -> None:
        super().__init__(theme, name)
        before, self.label = self.label, _WrapLabel()
        row = self.layout()
        if row is not None:
            row.replaceWidget(before, self.label)
        before.deleteLater()
