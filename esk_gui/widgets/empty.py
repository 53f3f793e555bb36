"""A page with nothing on it yet says what to do first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from esk_gui.theme import Theme
from esk_gui.widgets.labels import icon_label, text_label

_TEXT_WIDTH = 360


class EmptyPage(QWidget):
    """An icon, a sentence and, where there is something to do, its button; in the middle of the room."""

    def __init__(self, theme: Theme, icon_name: str, text: str, action: QPushButton | None = None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setSpacing(16)
        column.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(icon_label(icon_name, theme, "ink_3", 40), 0, middle)
        self.label = text_label(text, "body_second", wrap=True)
        self.label.setAlignment(middle)
        self.label.setFixedWidth(_TEXT_WIDTH)
        column.addWidget(self.label, 0, middle)
        if action is not None:
            column.addWidget(action, 0, middle)
        column.addStretch(3)

    def show_text(self, text: str) -> None:
        self.label.setText(text)
