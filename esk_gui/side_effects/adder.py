"""The row in which a side effect is added: a term of table 6 or one's own words, and when it came."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QCompleter, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.dictionary import PHASES, TERMS
from esk_engine.wording import Wording
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import MessageLabel

_TAKING = (Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LEAST_TYPED = 3


class TermBox(QComboBox):
    """The seven terms by their labels; any other text may be typed.

    While the words that are typed begin a term, that suggestion is highlighted: Tab or Enter takes it, Escape keeps
    one's own words.
    """

    def __init__(self, wording: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("term")
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for term in TERMS:
            self.addItem(wording.term(term), term)
        self._soon = QTimer(self, singleShot=True, interval=0)  # the suggestions come after the text's own signal
        self._soon.timeout.connect(self._highlight)
        self._completer = completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self._suggestions().installEventFilter(self)
        line = self.lineEdit()
        if line is not None:
            line.textEdited.connect(self._soon.start)
        self.setCurrentIndex(-1)

    def _suggestions(self) -> QAbstractItemView:
        popup = self._completer.popup()
        if popup is None:
            raise RuntimeError("a completer without its list")
        return popup

    def _highlight(self) -> None:
        """Highlight the first suggestion that the typed words begin, without taking it yet."""
        popup = self._suggestions()
        if not popup.isVisible() or popup.currentIndex().isValid():
            return
        found = _begun(self._completer.completionModel(), self._completer.completionPrefix())
        if found.isValid():
            with QSignalBlocker(self._completer):  # who hears of it would put it into the line
                popup.setCurrentIndex(found)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab and Enter over the suggestions take the highlighted one, and Tab goes on as it does elsewhere."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _TAKING:
            popup = self._suggestions()
            self._highlight()
            chosen = popup.currentIndex()
            if watched is popup and chosen.isValid():
                self.setEditText(str(chosen.data()))
                popup.hide()
                return event.key() != Qt.Key.Key_Tab
        return super().eventFilter(watched, event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _begun(suggestions: QAbstractItemModel, typed: str) -> QModelIndex:
    """The suggestion that begins with what was typed, else one of whose words does; none for a letter or two."""
    text = typed.strip().casefold()
    if len(text) < _LEAST_TYPED:
        return QModelIndex()
    indexes = [suggestions.index(row, 0) for row in range(suggestions.rowCount())]
    labels = [str(index.data()).casefold() for index in indexes]
    first = next((index for index, label in zip(indexes, labels, strict=True) if label.startswith(text)), None)
    within = (i for i, label in zip(indexes, labels, strict=True) if f" {text}" in f" {label.replace('/', ' ')}")
    return first or next(within, QModelIndex())


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
