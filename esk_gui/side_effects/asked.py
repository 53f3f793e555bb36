"""Whether side effects were asked for, at each of four moments: none reported and not asked are different things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget
from typing_extensions import override

from esk_engine.dictionary import PHASES, YES_NO, Kind
from esk_engine.records import Patient
from esk_engine.wording import Wording
from esk_gui.patients.drafts import Place
from esk_gui.side_effects.question import AnswerButton
from esk_gui.theme import Theme
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import text_label

if TYPE_CHECKING:
    from esk_gui.patients.entry import Entry

ASKED = tuple(f"side_effects_asked_{phase}" for phase in PHASES)
_KEYS = {
    Qt.Key.Key_J: "yes",
    Qt.Key.Key_Y: "yes",
    Qt.Key.Key_1: "yes",
    Qt.Key.Key_N: "no",
    Qt.Key.Key_2: "no",
    Qt.Key.Key_Backspace: "",
    Qt.Key.Key_Delete: "",
}


class AskedField(QWidget):
    """Yes or no for one moment; pressing the given answer again takes it away. Emits ``chosen(variable, code)``."""

    chosen = Signal(str, str)
    lock_met = Signal(str)

    def __init__(self, variable: str, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setObjectName(variable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(wording.label(variable))
        self._help = wording.label(variable)
        self.setToolTip(self._help)
        self._code, self._lock = "", ""
        row = bare(QHBoxLayout(self), 2)
        row.addWidget(text_label(wording(f"side_effects.asked.{variable.rsplit('_', 1)[1]}"), "label"))
        row.addSpacing(4)
        self.buttons: dict[str, AnswerButton] = {}
        for code in YES_NO:
            word = wording.code(code)
            button = AnswerButton(word[:1].upper() + word[1:], theme, self)
            button.setObjectName(f"{variable}_{code}")
            button.clicked.connect(self._on_clicked)
            button.is_compact = True
            self.buttons[code] = button
            row.addWidget(button)

    @property
    def code(self) -> str:
        return self._code

    def show_code(self, code: str, *, lock: str) -> None:
        """Show an answer; ``lock`` says why it cannot be changed, "" where it can."""
        self._code, self._lock = code, lock
        self.setToolTip(f"{self._help}\n{lock}" if lock else self._help)
        for own, button in self.buttons.items():
            button.setChecked(own == code)
            button.setEnabled(not lock)

    def _on_clicked(self) -> None:
        pressed = next(code for code, button in self.buttons.items() if button is self.sender())
        self._choose("" if pressed == self._code else pressed)

    def _choose(self, code: str) -> None:
        if self._lock:
            self.lock_met.emit(self._lock)
            return
        for own, button in self.buttons.items():
            button.setChecked(own == code)
        if code != self._code:
            self.chosen.emit(self.objectName(), code)

    def _outline(self) -> None:
        for button in self.buttons.values():
            button.is_current = self.hasFocus()
            button.update()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._outline()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._outline()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the answers, or on answers that are locked."""
        if self._lock:
            self.lock_met.emit(self._lock)
        super().mousePressEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _KEYS and event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            self._choose(_KEYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
        else:
            super().keyPressEvent(event)


class AskedRow(QWidget):
    """The four fields on one line, on two where the room is narrow. Emits ``chosen(variable, code)``."""

    chosen = Signal(str, str)
    lock_met = Signal(str)

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.title = text_label(wording("side_effects.asked"), "heading")
        self.title.setToolTip(wording("side_effects.asked.help"))
        self.fields = tuple(AskedField(variable, wording, theme) for variable in ASKED)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._columns = 0
        for field in self.fields:
            field.chosen.connect(self.chosen)
            field.lock_met.connect(self.lock_met)
        self.set_width(10_000)

    def show_patient(self, patient: Patient, entry: Entry) -> None:
        """Show what is stored, or what waits to be."""
        for field in self.fields:
            name = field.objectName()
            draft = entry.drafts.get(Place(patient.id, name))
            code = draft.text if draft is not None else str(patient.get(name) or "")
            field.show_code(code, lock=entry.guard.lock_of(patient.id, Kind.PATIENT, name))

    def set_width(self, width: int) -> None:
        """Lay the fields out for so much room."""
        needed = sum(field.sizeHint().width() + 16 for field in self.fields) + self.title.sizeHint().width()
        columns = 4 if width >= needed else 2
        if columns == self._columns:
            return
        self._columns = columns
        for field in self.fields:
            self._grid.removeWidget(field)
        self._grid.removeWidget(self.title)
        is_one_line = columns == len(self.fields)
        self._grid.addWidget(self.title, 0, 0, 1, 1 if is_one_line else columns + 1)
        for at, field in enumerate(self.fields):
            self._grid.addWidget(field, *((0, at + 1) if is_one_line else (1 + at // columns, at % columns)))
        last = columns + 1 if is_one_line else columns
        for column in range(7):
            self._grid.setColumnStretch(column, 1 if column == last else 0)
