"""Fields: a line whose text is taken when it is left, and a choice that the wheel does not change."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget
from typing_extensions import override

from esk_gui.theme import Theme
from esk_gui.widgets.labels import set_property

State = Literal["", "error", "warning"]


def leaves_to_study(event: QEvent, *, uncommitted: bool) -> bool:
    """Whether a key that a field would take belongs to the window.

    Undo and redo are the study's while nothing in the field is uncommitted; Ctrl+D and Ctrl+E, with which X11 edits a
    line, are the window's always.
    """
    if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in (Qt.Key.Key_D, Qt.Key.Key_E):
        return True
    is_history = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
    return is_history and not uncommitted


class EntryLine(QLineEdit):
    """A line of text or a number with its unit inside the box.

    ``committed`` carries the text when the field is left or Enter is pressed and the text is not the one last shown.
    The owner validates, then calls ``show_text`` (taken) or ``set_state("error")`` (kept as a draft).

    Parameters
    ----------
    name
        The variable's name, which becomes the objectName.
    unit
        Stands paler at the right inside the box; a field with a unit, or with ``number``, is right-aligned.
    """

    committed = Signal(str)

    def __init__(self, name: str, theme: Theme, *, unit: str = "", number: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        self._theme, self._unit, self._shown = theme, unit, ""
        if unit or number:
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.editingFinished.connect(self._commit)

    def show_text(self, text: str) -> None:
        """Show what the study holds; from here on the field has nothing uncommitted, and nothing of its own to undo."""
        self._shown = text
        place = self.cursorPosition()
        self.setText(text)
        self.setCursorPosition(place)

    def keep_draft(self, text: str) -> None:
        """Show a text that the study did not take, without committing it again."""
        self.setText(text)

    @property
    def shown_text(self) -> str:
        """The text that was shown last: what the study holds."""
        return self._shown

    @property
    def is_uncommitted(self) -> bool:
        return self.text() != self._shown

    def set_state(self, state: State) -> None:
        set_property(self, "state", state)

    def _commit(self) -> None:
        if self.is_uncommitted and not self.isReadOnly():
            self.committed.emit(self.text())

    @override
    def event(self, event: QEvent) -> bool:
        if leaves_to_study(event, uncommitted=self.is_uncommitted):
            event.ignore()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_uncommitted:
            self.setText(self._shown)
            self.committed.emit(self._shown)
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._unit:
            width = self.fontMetrics().horizontalAdvance(self._unit)
            if self.textMargins().right() != width + 8:
                self.setTextMargins(0, 0, width + 8, 0)
        super().paintEvent(event)
        if self._unit:
            painter = QPainter(self)
            painter.setPen(self._theme.color("ink_3" if self.isEnabled() else "disabled"))
            room = self.rect().adjusted(0, 0, -10, 0)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self._unit)
            painter.end()


class EntryText(QPlainTextEdit):
    """Several lines of text, taken when the field is left."""

    committed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTabChangesFocus(True)
        self._shown = ""

    def show_text(self, text: str) -> None:
        self._shown = text
        if self.toPlainText() != text:
            self.setPlainText(text)

    @property
    def is_uncommitted(self) -> bool:
        return self.toPlainText() != self._shown

    def set_state(self, state: State) -> None:
        set_property(self, "state", state)

    @override
    def event(self, event: QEvent) -> bool:
        if leaves_to_study(event, uncommitted=self.is_uncommitted):
            event.ignore()
            return True
        return super().event(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.is_uncommitted and not self.isReadOnly():
            self.committed.emit(self.toPlainText())


class ChoiceBox(QComboBox):
    """A choice among codes; ``chosen`` carries the code only when a person chose, and the wheel never does."""

    chosen = Signal(str)

    def __init__(self, name: str, choices: tuple[tuple[str, str], ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        for code, text in choices:
            self.addItem(text, code)
        self.setMaxVisibleItems(20)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(self._on_activated)

    def code(self) -> str:
        return str(self.currentData() or "")

    def show_code(self, code: str) -> None:
        """Show a choice without announcing it."""
        self.setCurrentIndex(self.findData(code))

    def set_state(self, state: State) -> None:
        set_property(self, "state", state)

    def _on_activated(self, index: int) -> None:
        self.chosen.emit(str(self.itemData(index) or ""))

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
