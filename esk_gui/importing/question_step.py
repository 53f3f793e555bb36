"""The third step: everything that the file leaves open, once a column; nothing is converted without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from esk_engine.errors import Fault
from esk_gui.app import Session
from esk_gui.importing.question_card import QuestionCard
from esk_gui.importing.question_texts import title_of
from esk_gui.importing.step import Step
from esk_gui.importing.work import Asked, ImportWork
from esk_gui.widgets.frames import TintBlock, bare, scrolling
from esk_gui.widgets.labels import text_label

if TYPE_CHECKING:
    from esk_engine.exchange.intake import Question

_MOST_CARDS = 60


class QuestionStep(Step):
    """Cards under one another, the needed ones first."""

    def __init__(self, session: Session, work: ImportWork) -> None:
        super().__init__(session, work, "questions")
        self._cards: dict[str, QuestionCard] = {}
        content = QWidget()
        column = bare(QVBoxLayout(content), 12)
        self._block = TintBlock()
        self._head = text_label("", "figure_title", "import_questions_head", wrap=True)
        self._text = text_label("", "body_second", "import_questions_text", wrap=True)
        self._block.column.addWidget(self._head)
        self._block.column.addWidget(self._text)
        column.addWidget(self._block)
        self._column = bare(QVBoxLayout(), 12)
        column.addLayout(self._column)
        self._more = text_label("", "second", wrap=True)
        column.addWidget(self._more)
        column.addStretch(1)
        self._area = scrolling(content, "import_questions_area")
        bare(QVBoxLayout(self)).addWidget(self._area)

    def show_work(self) -> None:
        ordered = self._ordered()
        keys = [question.key for question, _ in ordered]
        if keys != list(self._cards) or any(self._cards[q.key].question.params != q.params for q, _ in ordered):
            self._rebuild([question for question, _ in ordered])
        for question, choice in ordered:
            self._cards[question.key].show_choice(choice)
        self._tell()
        left = len(self.work.asked) - len(ordered)
        self._more.setText(self.wording("importing.q.more", n=left) if left > 0 else "")
        self._more.setVisible(left > 0)

    def _ordered(self) -> Asked:
        """The needed ones first; of more than can stand here the open ones."""
        asked = self.work.asked
        if len(asked) > _MOST_CARDS:
            kept = sorted(asked, key=lambda pair: (pair[1] is not None, not pair[0].is_needed))[:_MOST_CARDS]
            keys = {question.key for question, _ in kept}
            asked = tuple(pair for pair in asked if pair[0].key in keys)
        return tuple(sorted(asked, key=lambda pair: not pair[0].is_needed))

    def begin(self) -> None:
        open_keys = [question.key for question, choice in self.work.asked if choice is None]
        card = next((self._cards[key] for key in open_keys if key in self._cards), None)
        card = card or next(iter(self._cards.values()), None)
        if card is not None:
            card.begin()

    def _tell(self) -> None:
        needed = self.work.open_needed
        optional = sum(not question.is_needed and choice is None for question, choice in self.work.asked)
        words = self.wording
        self._block.set_tint("warning" if needed else "accent")
        if needed:
            self._head.setText(words.plural("importing.q.needed", needed))
        else:
            self._head.setText(words("importing.q.none" if not self.work.asked else "importing.q.all_needed"))
        text = words.plural("importing.q.optional", optional) if optional else words("importing.q.how")
        self._text.setText(text)

    def _rebuild(self, questions: list[Question]) -> None:
        focused = self.focusWidget()
        kept = next((key for key, card in self._cards.items() if focused and card.isAncestorOf(focused)), "")
        for card in self._cards.values():
            card.hide()
            self._column.removeWidget(card)
            card.deleteLater()
        self._cards.clear()
        source, mapping = self.work.source, self.work.mapping
        if source is None or mapping is None:
            return
        for question in questions:
            rule = None if question.column is None else mapping.rule(question.table, question.column)
            title = title_of(question, source, self.wording)
            card = QuestionCard(question, title, rule, len(self._like(question)), self.wording, self.theme)
            card.answered.connect(self._on_answer)
            card.same_wanted.connect(self._on_same)
            self._cards[question.key] = card
            self._column.addWidget(card)
        if kept in self._cards:
            self._cards[kept].show_choice({each.key: choice for each, choice in self.work.asked}.get(kept))
            self._cards[kept].begin()

    def _like(self, question: Question) -> list[Question]:
        """The other columns that raise the same question of the same variable, as those of a wide layout do."""
        mapping = self.work.mapping
        if mapping is None or question.column is None or question.code == "unknown_words":
            return []
        own = mapping.rule(question.table, question.column).target

        def is_like(other: Question) -> bool:
            if other.code != question.code or other.key == question.key or other.column is None or mapping is None:
                return False
            target = mapping.rule(other.table, other.column).target
            same = (
                own is not None
                and target is not None
                and (target.variable, target.analyte)
                == (
                    own.variable,
                    own.analyte,
                )
            )
            return same and set(other.choices) == set(question.choices)

        return [other for other, _ in self.work.asked if is_like(other)]

    def _on_answer(self, key: str, choice: object) -> None:
        question = self._cards[key].question
        self._answer([question], choice)

    def _on_same(self, key: str) -> None:
        question = self._cards[key].question
        choice = {each.key: choice for each, choice in self.work.asked}.get(key)
        if choice is not None:
            self._answer(self._like(question), choice)

    def _answer(self, questions: list[Question], choice: object) -> None:
        from esk_engine.exchange.intake import answer

        mapping = self.work.mapping
        if mapping is None or not isinstance(choice, (str, dict)):
            return
        try:
            for question in questions:
                mapping = answer(mapping, question, choice)
        except Fault as fault:
            self.session.show_error(fault)
            return
        self.work.mapping = mapping
        self.changed.emit()
