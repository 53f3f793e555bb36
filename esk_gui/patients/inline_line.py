"""A button that turns into a line to type in, in its own place: Enter takes the text, Escape gives up."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QStackedWidget
from typing_extensions import override


class _Line(QLineEdit):
    given_up = Signal()
    offered = ""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.text().strip() in ("", self.offered):
            self.given_up.emit()


class InlineLine(QStackedWidget):
    """``taken`` carries the text; the owner then calls ``close_line``, or leaves it open with a message beside it."""

    taken = Signal(str)
    opened = Signal()
    closed = Signal()

    def __init__(self, opener: QPushButton, name: str, label: str) -> None:
        super().__init__()
        self.opener = opener
        self.line = _Line()
        self.line.setObjectName(name)
        self.line.setPlaceholderText(label)
        self.line.setAccessibleName(label)
        self.line.returnPressed.connect(self._take)
        self.line.given_up.connect(self.close_line)
        opener.clicked.connect(self._open)
        self.addWidget(opener)
        self.addWidget(self.line)

    @property
    def is_open(self) -> bool:
        return self.currentWidget() is self.line

    def open_line(self, text: str = "") -> None:
        """Show the line with a text that typing overwrites."""
        self.line.offered = text
        self.line.setText(text)
        self.setCurrentWidget(self.line)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.selectAll()

    def close_line(self) -> None:
        """Be a button again."""
        if not self.is_open:
            return
        had_focus = self.line.hasFocus()
        self.line.clear()
        self.setCurrentWidget(self.opener)
        if had_focus:
            self.opener.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def _open(self) -> None:
        self.open_line()
        self.opened.emit()

    def _take(self) -> None:
        if self.line.text().strip():
            self.taken.emit(self.line.text())
        else:
            self.close_line()
