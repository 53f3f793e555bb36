"""Notices that somebody tries to change what is locked, keeps it as it is and lets its owner say why."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

_CHANGING = (
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Delete,
    QKeySequence.StandardKey.Backspace,
)
_MOUSE = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick)
_CHOOSING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_F4)


def would_change(event: QKeyEvent) -> bool:
    """Whether a key types, deletes, cuts or pastes."""
    if any(event.matches(key) for key in _CHANGING) or event.key() == Qt.Key.Key_Backspace:
        return True
    has_command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return not has_command and bool(event.text()) and event.text().isprintable()


class LockWatch(QObject):
    """Watches widgets while ``is_on``. ``tried`` when a key or a click would change one; ``left`` when one is left.

    Parameters
    ----------
    is_choice
        The widgets are chosen from by mouse and arrows too; a line of text stays free to be read and copied.
    """

    tried = Signal()
    left = Signal()

    def __init__(self, parent: QObject, *widgets: QWidget, is_choice: bool = False) -> None:
        super().__init__(parent)
        self.is_on = False
        self._is_choice = is_choice
        for widget in widgets:
            widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self.is_on:
            return False
        if event.type() is QEvent.Type.FocusOut:
            self.left.emit()
        elif event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if would_change(event) or (self._is_choice and event.key() in _CHOOSING):
                self.tried.emit()
                return True
        elif self._is_choice and event.type() in _MOUSE and isinstance(event, QMouseEvent):
            if event.type() is QEvent.Type.MouseButtonPress:
                self.tried.emit()
            return True
        return False
