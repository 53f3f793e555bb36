"""The row in which a side effect is added: a term of table 6 or one's own words, and when it came."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.dictionary import PHASES, TERMS
from esk_engine.wording import Wording
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import MessageLabel


class TermBox(QComboBox):
    """The seven terms by their labels; any other text may be typed."""

    def __init__(self, wording: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("term")
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for term in TERMS:
            self.addItem(wording.term(term), term)
        completer = self.completer()
        if completer is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCurrentIndex(-1)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def phase_choices(wording: Wording) -> tuple[tuple[str, str], ...]:
    return tuple((phase, wording.code(phase)) for phase in PHASES)


class EventAdder(QWidget):
    """Emits ``add_wanted(term text, phase code)`` and ``closed``; the owner validates and then calls ``reset``."""

    add_wanted = Signal(str, str)
    closed = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.term = TermBox(wording)
        line = self.term.lineEdit()
        if line is not None:
            line.setPlaceholderText(wording("side_effects.term_placeholder"))
        self.term.setAccessibleName(wording.label("term"))
        self.phase = ChoiceBox("phase", (("", wording("side_effects.phase_placeholder")), *phase_choices(wording)))
        self.phase.setAccessibleName(wording.label("phase"))
        self.message = MessageLabel(theme, "message_term")
        self._add = button(wording("side_effects.add_this"), theme, self._on_add, kind="primary", name="add_this")
        cancel = button(wording("side_effects.cancel"), theme, self.closed.emit, kind="quiet", name="cancel_add")
        row = bare(QHBoxLayout(), 8)
        row.addWidget(self.term, 3)
        row.addWidget(self.phase, 2)
        row.addWidget(self._add)
        row.addWidget(cancel)
        column = bare(QVBoxLayout(self))
        column.setContentsMargins(0, 0, 0, 8)
        column.addLayout(row)
        column.addWidget(self.message)

    def reset(self) -> None:
        """Empty and ready for the next one, its cursor in the term."""
        self.term.setCurrentIndex(-1)
        self.term.clearEditText()
        self.phase.setCurrentIndex(0)
        self.message.clear()
        self.term.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_empty(self) -> bool:
        return not self.term.currentText().strip()

    def _on_add(self) -> None:
        self.add_wanted.emit(self.term.currentText(), self.phase.code())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_add()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
