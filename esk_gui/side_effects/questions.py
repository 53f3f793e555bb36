"""The ten Naranjo questions of one side effect, in the page: answered by key or mouse, each announced at once."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from esk_engine.dictionary import ANSWERS, NARANJO_QUESTIONS
from esk_engine.records import Record
from esk_engine.wording import Wording
from esk_gui.side_effects.events import QUESTIONS
from esk_gui.side_effects.question import QuestionRow
from esk_gui.theme import Theme
from esk_gui.widgets.frames import Hairline, bare
from esk_gui.widgets.labels import Level, MessageLabel, text_label

ROW_HEIGHT, LOW_ROW_HEIGHT = 38, 30


class NaranjoQuestions(QWidget):
    """Ten rows under the name of their side effect.

    Emits ``answered(variable, code)``, code "" for an answer taken away; ``left_for_later`` on Esc and after the tenth;
    ``question_entered(row)`` with the row that took the focus, so that whoever scrolls can show it.
    """

    answered = Signal(str, str)
    left_for_later = Signal()
    question_entered = Signal(object)
    lock_met = Signal(int)

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording = wording
        self._title = text_label("", "heading", "naranjo_title")
        self._points_head = text_label(wording("side_effects.points"), "third")
        self._lesser_keys: tuple[QLabel, ...] = ()
        self.message = MessageLabel(theme, "message_naranjo_2")
        self.message.setContentsMargins(36, 0, 12, 6)
        self._note = MessageLabel(theme, "message_naranjo")
        self._note.setContentsMargins(36, 0, 12, 6)
        self.rows = tuple(QuestionRow(number, wording, theme, self) for number in range(1, QUESTIONS + 1))
        head = bare(QHBoxLayout())
        head.addWidget(self._title, 1)
        head.addWidget(self._points_head)
        head.setContentsMargins(0, 0, 12, 0)
        self._column = column = bare(QVBoxLayout(self))
        column.addLayout(head)
        column.addSpacing(6)
        column.addWidget(Hairline(in_table=True))
        for row in self.rows:
            column.addWidget(row)
            row.setMinimumHeight(ROW_HEIGHT)
            row.answered.connect(self._on_answered)
            row.moved.connect(self._on_moved)
            row.left_for_later.connect(self.left_for_later)
            row.entered.connect(self._on_entered)
            row.lock_met.connect(self.lock_met)
            if row.number == 2:
                column.addWidget(self.message)
        column.addWidget(self._note)
        column.addSpacing(10)
        column.addLayout(self._legend())

    def show_event(
        self, record: Record, term: str, *, read_only: bool, warning: str, waiting: Mapping[str, str]
    ) -> None:
        """Show one side effect's answers and, under question 2, what is doubtful about them.

        Parameters
        ----------
        waiting
            Answers by question that could not be saved yet; they stand in for what is stored.
        """
        self._title.setText(self._wording("side_effects.naranjo_of", term=term))
        for row, variable in zip(self.rows, NARANJO_QUESTIONS, strict=True):
            stored = waiting.get(variable, record.get(variable))
            row.show_answer(None if stored is None or stored == "" else str(stored), read_only=read_only)
        self.message.show_message(warning, "warning")

    def show_note(self, number: int, text: str, level: Level = "info") -> None:
        """What keeps a question from being answered, right below it; nothing with ""."""
        if text:
            self._column.removeWidget(self._note)
            self._column.insertWidget(self._column.indexOf(self.rows[number - 1]) + 1, self._note)
        self._note.show_message(text, level)

    def set_row_height(self, height: int) -> None:
        for row in self.rows:
            row.setMinimumHeight(height)

    def set_narrow(self, is_narrow: bool) -> None:
        """Where the room is narrow answers are smaller and only their own keys are told."""
        for label in self._lesser_keys:
            label.setVisible(not is_narrow)
        for row in self.rows:
            row.set_narrow(is_narrow)

    def focus_first_open(self) -> None:
        """Go to the first question without an answer, to the first one where all have theirs."""
        row = next((row for row in self.rows if row.answer is None), self.rows[0])
        row.setFocus(Qt.FocusReason.OtherFocusReason)

    def focused(self) -> int:
        """The number of the question that has the focus, 0 for none."""
        return next((row.number for row in self.rows if row.hasFocus()), 0)

    def focus_question(self, number: int) -> None:
        self.rows[number - 1].setFocus(Qt.FocusReason.OtherFocusReason)

    def _legend(self) -> QHBoxLayout:
        """The keys, as they are printed on a keyboard."""
        line = bare(QHBoxLayout(), 8)
        line.setContentsMargins(40, 0, 0, 0)
        keys = [(self._wording(f"side_effects.key.{code}"), self._wording.code(code)) for code in ANSWERS]
        keys += [
            ("↑ ↓", self._wording("side_effects.key.choose")),
            ("Backspace", self._wording("side_effects.key.clear")),
            ("Esc", self._wording("side_effects.key.later")),
        ]
        for at, (cap, meaning) in enumerate(keys):
            pair = (text_label(cap, "keycap"), text_label(meaning, "third"))
            for label in pair:
                line.addWidget(label)
            if at >= len(ANSWERS):
                self._lesser_keys += pair
            line.addSpacing(8)
        line.addStretch(1)
        return line

    def _on_answered(self, number: int, code: str) -> None:
        self._note.clear()
        self.answered.emit(NARANJO_QUESTIONS[number - 1], code)
        if code:
            self._go(number + 1)

    def _on_moved(self, by: int) -> None:
        self._go(self.focused() + by)

    def _go(self, number: int) -> None:
        if 1 <= number <= QUESTIONS:
            self.rows[number - 1].setFocus(Qt.FocusReason.TabFocusReason)

    def _on_entered(self, number: int) -> None:
        if self._note.level() == "info":
            self._note.clear()
        self.question_entered.emit(self.rows[number - 1])
