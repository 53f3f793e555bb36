"""One Naranjo question: its text, three answers by mouse or by key, its points once it is answered."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget
from typing_extensions import override

from esk_engine.dictionary import ANSWERS
from esk_engine.naranjo import points
from esk_engine.wording import Wording
from esk_gui.theme import Theme

_KEYS = {
    Qt.Key.Key_J: "yes",
    Qt.Key.Key_Y: "yes",
    Qt.Key.Key_1: "yes",
    Qt.Key.Key_N: "no",
    Qt.Key.Key_2: "no",
    Qt.Key.Key_O: "unknown",
    Qt.Key.Key_U: "unknown",
    Qt.Key.Key_3: "unknown",
}
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier)


class AnswerButton(QAbstractButton):
    """One answer: a word, a filled box once it is given, an outline with its key underlined in the current question."""

    def __init__(self, text: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.is_current = False
        self.is_compact = False

    @override
    def sizeHint(self) -> QSize:
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold)
        least, air = (36, 18) if self.is_compact else (48, 30)
        return QSize(max(least, QFontMetrics(font).horizontalAdvance(self.text()) + air), 28)

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color, box = self._theme.color, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        border = color("border") if self.is_current or self.isChecked() else Qt.GlobalColor.transparent
        if self.isChecked():
            ground = color("selected")
        elif self.underMouse() and self.isEnabled():
            ground = color("hover")
        else:
            ground = color("input") if self.is_current else Qt.GlobalColor.transparent
        painter.setPen(QPen(border, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4, 4)
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold if self.isChecked() else QFont.Weight.Normal)
        painter.setFont(font)
        strong = self.isChecked() or self.is_current
        token = ("ink" if strong else "ink_2") if self.isEnabled() else "ink_2" if strong else "ink_3"
        painter.setPen(color(token))
        text = f"&{self.text()}" if self.is_current else self.text()
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic, text)
        painter.end()


class QuestionRow(QFrame):
    """Emits ``answered(number, code)``, "" for an answer taken away; ``moved(+1 or -1)``; ``left_for_later``.

    ``lock_met(number)`` where an answer is given that cannot be changed.
    """

    answered = Signal(int, str)
    moved = Signal(int)
    left_for_later = Signal()
    entered = Signal(int)
    lock_met = Signal(int)

    def __init__(self, number: int, wording: Wording, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.number, self._wording, self._theme = number, wording, theme
        self._answer: str | None = None
        self._is_read_only = False
        question = wording(f"naranjo.question_{number}")
        self.setObjectName(f"naranjo_{number}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{number}. {question}")
        self.setToolTip(wording(f"naranjo.question_{number}.help"))
        self._number = QLabel(str(number), self)
        self._number.setProperty("text_role", "body_second")
        self._number.setFixedWidth(20)
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._text = QLabel(question, self)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._points = QLabel("", self)
        self._points.setFixedWidth(36)
        self._points.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._points.setObjectName(f"points_{number}")
        self.buttons = {code: self._button(code) for code in ANSWERS}
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 1)
        row.setSpacing(4)
        row.addWidget(self._number)
        row.addSpacing(8)
        row.addWidget(self._text, 1)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addWidget(self._points)

    @property
    def answer(self) -> str | None:
        return self._answer

    def points_text(self) -> str:
        return self._points.text()

    def show_answer(self, answer: str | None, *, read_only: bool) -> None:
        """Show what is stored; points stand only beside an answer that is given, so that they do not steer."""
        self._answer, self._is_read_only = answer, read_only
        for code, button in self.buttons.items():
            button.setChecked(code == answer)
            button.setEnabled(not read_only)
        given = points(self.number, answer)
        text = "" if given is None else self._wording.number(given)
        self._points.setText(f"+{text}" if given is not None and given > 0 else text)
        self._points.setProperty("text_role", "strong" if given else "body_second")
        self._dress()
        said = self._wording("side_effects.not_answered") if answer is None else self._wording.code(answer)
        self.setAccessibleDescription(f"{said} {self._points.text()}".strip())

    def set_narrow(self, is_narrow: bool) -> None:
        """Smaller answers leave more room for the question."""
        for button in self.buttons.values():
            button.is_compact = is_narrow
            button.updateGeometry()
        self._points.setFixedWidth(24 if is_narrow else 36)
        margin = 4 if is_narrow else 12
        self._row.setContentsMargins(margin, 0, margin, 1)

    def _dress(self) -> None:
        """Current: bold on the accent's tint; answered: plain; still open: paler."""
        is_current = self.hasFocus()
        self._text.setProperty("text_role", "heading" if is_current else "" if self._answer else "body_second")
        self._number.setProperty("text_role", "heading" if is_current else "body_second")
        for label in (self._text, self._number, self._points):
            label.style().unpolish(label)
            label.style().polish(label)
        for button in self.buttons.values():
            button.is_current = is_current and not self._is_read_only
            button.update()
        self.update()

    def _button(self, code: str) -> AnswerButton:
        word = self._wording.code(code)
        button = AnswerButton(word[:1].upper() + word[1:], self._theme, self)
        button.setObjectName(f"{self.objectName()}_{code}")
        button.clicked.connect(self._on_clicked)
        return button

    def _on_clicked(self) -> None:
        pressed = next((code for code, button in self.buttons.items() if button is self.sender()), None)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if pressed == self._answer:  # pressed again: taken away
            self.answered.emit(self.number, "")
        elif pressed is not None:
            self.answered.emit(self.number, pressed)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        is_plain = event.modifiers() in _PLAIN
        clears = key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
        if is_plain and (key in _KEYS or clears):
            if self._is_read_only:
                self.lock_met.emit(self.number)
            else:
                self.answered.emit(self.number, _KEYS.get(key, ""))
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.moved.emit(1)
        elif key == Qt.Key.Key_Up:
            self.moved.emit(-1)
        elif key == Qt.Key.Key_Escape:
            self.left_for_later.emit()
        else:
            super().keyPressEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in _PLAIN
            ours = Qt.Key(event.key()) in (*_KEYS, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)
            if plain and ours:  # a letter here is an answer, never a shortcut of the window
                event.accept()
                return True
        return super().event(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._dress()
        self.entered.emit(self.number)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._dress()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        child = self.childAt(event.position().toPoint())
        if self._is_read_only and isinstance(child, AnswerButton):  # switched off, it leaves the click to its row
            self.lock_met.emit(self.number)
        super().mousePressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent_tint"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 0, 0, -1), 4, 4)
            painter.setBrush(self._theme.color("accent"))
            painter.drawRect(QRect(0, 7, 3, self.height() - 15))
        else:
            painter.setPen(self._theme.color("table_line"))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.end()
