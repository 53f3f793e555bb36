"""One question: what is asked, the answers with what each would do, and whether it has to be answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from esk_engine.wording import Wording
from esk_gui.icons import icon
from esk_gui.importing.question_texts import choice_text, text_of
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox, EntryLine
from esk_gui.widgets.frames import Hairline, bare
from esk_gui.widgets.labels import ElidedLabel, text_label

if TYPE_CHECKING:
    from esk_engine.exchange.intake import ColumnRule, Question

_SIDE = 16


class QuestionCard(QFrame):
    """Asks one question; ``answered`` carries its key and the choice, a text or a code for each word.

    Parameters
    ----------
    siblings
        How many other columns raise the very same question.
    """

    answered = Signal(str, object)
    same_wanted = Signal(str)

    def __init__(
        self, question: Question, title: str, rule: ColumnRule | None, siblings: int, wording: Wording, theme: Theme
    ) -> None:
        super().__init__()
        self.question, self._wording, self._theme = question, wording, theme
        self._target = rule.target if rule is not None else None
        self._choice: str | None = None
        self._radios: dict[str, QRadioButton] = {}
        self._words: dict[str, ChoiceBox] = {}
        self.setObjectName(f"question_{question.key}")
        column = bare(QVBoxLayout(self), 4)
        head = bare(QHBoxLayout(), 8)
        self._mark = button("", theme, kind="dots")
        self._mark.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._mark.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._mark.setFixedWidth(24)
        head.addWidget(self._mark)
        head.addWidget(ElidedLabel(title, "heading"))
        self._state = text_label("", "third", "question_state")
        head.addStretch(1)
        head.addWidget(self._state)
        column.addLayout(head)
        body = bare(QVBoxLayout(), 2)
        body.setContentsMargins(32, 0, 0, 12)
        body.addWidget(text_label(text_of(question, wording), "body_second", wrap=True))
        self._add_answers(body, rule)
        if siblings:
            self._same = button(
                wording.plural("importing.q.same", siblings), theme, self._ask_same, kind="link", name="question_same"
            )
            self._same.setEnabled(False)
            body.addWidget(self._same, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self._same = None
        column.addLayout(body)
        column.addWidget(Hairline(in_table=True))

    def show_choice(self, choice: str | None) -> None:
        """Show what was answered; None while the question is open."""
        self._choice = choice
        for code, radio in self._radios.items():
            radio.setAutoExclusive(False)
            radio.setChecked(code == choice)
            radio.setAutoExclusive(True)
        if isinstance(self._minute, EntryLine) and choice is not None:
            self._minute.show_text(choice)
        is_needed = self.question.is_needed
        name, token, key = (
            ("check", "ink_2", "answered")
            if choice is not None
            else ("question", "warning", "needed")
            if is_needed
            else ("question", "ink_3", "optional")
        )
        self._mark.setIcon(icon(name, self._theme, token))
        self._state.setText(self._wording(f"importing.q.state.{key}"))
        if self._same is not None:
            self._same.setEnabled(choice is not None)

    def begin(self) -> None:
        """Put the keyboard on the answers."""
        fields: list[QWidget] = [*self._radios.values(), *self._words.values()]
        if self._minute is not None:
            fields.append(self._minute)
        chosen = self._radios.get(self._choice or "")
        if chosen is not None or fields:
            (chosen or fields[0]).setFocus()

    # The answers

    def _add_answers(self, body: QVBoxLayout, rule: ColumnRule | None) -> None:
        self._minute: EntryLine | None = None
        if self.question.code == "minute_missing":
            self._add_minute(body)
        elif self.question.code == "unknown_words":
            self._add_words(body, rule)
        else:
            choices = self.question.choices
            proposed = next(iter(choices), "") if len(choices) > 1 else ""
            for choice in filter(None, choices):
                text = choice_text(self.question, choice, self._target, self._wording)
                if choice == proposed and self.question.code in ("ambiguous_numbers", "date_order"):
                    text = self._wording("importing.q.proposed", text=text)
                radio = QRadioButton(text)
                radio.setObjectName(f"answer_{choice}")
                radio.setProperty("choice", choice)
                radio.clicked.connect(self._on_radio)
                self._radios[choice] = radio
                body.addWidget(radio)

    def _add_minute(self, body: QVBoxLayout) -> None:
        row = bare(QHBoxLayout(), 8)
        self._minute = EntryLine("answer_minute", self._theme, unit=self._wording.unit_text("min"))
        self._minute.setFixedWidth(110)
        self._minute.setAccessibleName(self._wording("importing.column.minute"))
        self._minute.committed.connect(self._on_minute)
        row.addWidget(self._minute)
        row.addStretch(1)
        body.addLayout(row)

    def _add_words(self, body: QVBoxLayout, rule: ColumnRule | None) -> None:
        from esk_engine.exchange.intake.questions import folded_word

        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        codes = [code for code in self.question.choices if code]
        name = self._target.variable if self._target is not None else ""
        choices = (
            ("", self._wording("importing.q.word_left")),
            *((code, self._wording.code(code, name)) for code in codes),
        )
        counts = cast("Mapping[str, int]", self.question.params["words"])
        for at, (word, count) in enumerate(counts.items()):
            box = ChoiceBox(f"word_{word}", choices)
            box.setAccessibleName(word)
            box.setMinimumWidth(220)
            box.show_code(rule.codes.get(folded_word(word), "") if rule is not None else "")
            self._words[word] = box
            label = ElidedLabel(f"{word}  ({count}×)")
            label.setMinimumWidth(120)
            grid.addWidget(label, at, 0)
            grid.addWidget(box, at, 1)
        grid.setColumnStretch(2, 1)
        body.addLayout(grid)
        done = button(self._wording("importing.q.take"), self._theme, self._on_words, name="answer_words")
        body.addWidget(done, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_radio(self) -> None:
        self.answered.emit(self.question.key, str(self.sender().property("choice")))

    def _on_minute(self, text: str) -> None:
        if self._minute is None:
            return
        is_minute = text.strip().isdecimal() and int(text) <= 1440
        self._minute.set_state("" if is_minute else "error")
        if is_minute:
            self.answered.emit(self.question.key, text.strip())

    def _on_words(self) -> None:
        self.answered.emit(self.question.key, {word: box.code() for word, box in self._words.items()})

    def _ask_same(self) -> None:
        self.same_wanted.emit(self.question.key)
