"""Codes to choose from: two or three beside each other, more in a list; a choice can be taken back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QSizePolicy, QWidget
from typing_extensions import override

from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.labels import set_property

Choices = tuple[tuple[str, str], ...]
_CLEARING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CodeList(ChoiceBox):
    """A list of codes under an empty line; Delete makes the value missing, Enter goes on."""

    def __init__(self, name: str, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(name, (("", ""), *choices), parent)

    def set_locked(self, locked: bool) -> None:
        """Quieter where it can only be read."""
        set_property(self, "locked", "true" if locked else "")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _CLEARING:
            if self.code():
                self.show_code("")
                self.chosen.emit("")
        elif event.key() in _ENTER:
            self.focusNextChild()
        else:
            super().keyPressEvent(event)


class CodeButtons(QWidget):
    """Two or three codes beside each other; Delete, or a click on the chosen one, makes the value missing."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._codes = tuple(code for code, _ in choices)
        self._shown = ""
        self._group = QButtonGroup(self)
        self._buttons: list[QRadioButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(16)
        for number, (code, text) in enumerate(choices):
            button = QRadioButton(text)
            button.setObjectName(f"{name}_{code}")
            button.installEventFilter(self)
            self._group.addButton(button, number)
            self._buttons.append(button)
            row.addWidget(button)
        row.addStretch(1)
        self.setFocusProxy(self._buttons[0])
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._group.idClicked.connect(self._on_clicked)

    def code(self) -> str:
        return self._shown

    def show_code(self, code: str) -> None:
        """Show a choice without announcing it; "" shows none."""
        self._shown = code if code in self._codes else ""
        self._group.setExclusive(False)
        for own, button in zip(self._codes, self._buttons, strict=True):
            button.setChecked(own == self._shown)
        self._group.setExclusive(True)
        self.setFocusProxy(self._buttons[self._codes.index(self._shown) if self._shown else 0])

    def buttons(self) -> tuple[QRadioButton, ...]:
        """The choices, from left to right."""
        return tuple(self._buttons)

    def set_locked(self, locked: bool) -> None:
        """Quieter where it can only be read."""
        for button in self._buttons:
            set_property(button, "locked", "true" if locked else "")

    def set_label(self, text: str) -> None:
        """What each choice is called by a screen reader."""
        for button in self._buttons:
            button.setAccessibleName(f"{text}: {button.text()}")

    def _on_clicked(self, number: int) -> None:
        code = self._codes[number]
        self._choose("" if code == self._shown else code)

    def _choose(self, code: str) -> None:
        if code != self._shown:
            self.show_code(code)
            self.chosen.emit(code)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _CLEARING:
                self._choose("")
                return True
            if event.key() in _ENTER:
                self.focusNextChild()
                return True
        return super().eventFilter(watched, event)
