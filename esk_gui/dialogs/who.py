"""Who is at work, as dialogs and the lock screen ask it: one of the study's list, or somebody new; and a PIN."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QLineEdit, QVBoxLayout, QWidget

from esk_engine.errors import Fault
from esk_engine.study import Person
from esk_engine.wording import Wording
from esk_gui.app import Session
from esk_gui.dialogs.base import labelled, side_by_side
from esk_gui.dialogs.refusals import refusal, wait_of
from esk_gui.dialogs.waiting import Waiting
from esk_gui.widgets.entry import ChoiceBox, EntryLine
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import MessageLabel, text_label
from esk_gui.widgets.secret import SecretLine

if TYPE_CHECKING:
    from esk_engine.study import Study

ROLES = ("pharmacist", "nurse_specialist", "anaesthesiologist", "researcher", "other")
SOMEBODY_NEW = "+"
_INITIALS = re.compile(r"[^\W\d_][\w.-]{0,9}")


class WhoForm(QWidget):
    """The fields; ``confirm`` reads them and lets the person be at work in the study.

    Parameters
    ----------
    study
        Whose list of people is offered, and which asks for a PIN or not; None where there is no study yet.
    known_only
        Nobody new: whoever comes has to be known by a PIN.
    """

    submitted = Signal()

    def __init__(self, session: Session, study: Study | None, *, known_only: bool = False) -> None:
        super().__init__()
        self.session, self._study, self._known_only = session, study, known_only
        self._people = self._listed()
        words, theme = session.wording, session.theme
        column = bare(QVBoxLayout(self), 12)
        self.choice = ChoiceBox("person_choice", self._choices())
        self.choice.chosen.connect(self._on_chosen)
        self._choice_row = _held(labelled(words("shell.person.who"), self.choice))
        self.initials = EntryLine("person_initials", theme)
        self.initials.setMaxLength(10)
        self.role = ChoiceBox("person_role", tuple((role, words(f"shell.role.{role}")) for role in ROLES))
        self.message = MessageLabel(theme, "message_person_initials")
        self._new_row = _held(
            side_by_side(
                labelled(words("shell.person.initials"), self.initials),
                labelled(words("shell.person.role"), self.role),
            )
        )
        names = ("person_pin", "person_new_pin", "person_pin_again")
        self.pin, self.new_pin, self.again = (SecretLine(name, is_pin=True) for name in names)
        self._pin_row = _held(labelled(words("shell.pin"), self.pin))
        self._first = text_label(words("shell.pin.first"), "body_second", wrap=True)
        self._new_pin_row = _held(
            side_by_side(labelled(words("shell.pin.new"), self.new_pin), labelled(words("shell.pin.again"), self.again))
        )
        self.pin_message = MessageLabel(theme, "message_pin")
        entered = (self._choice_row, self._new_row, self.message)
        parts = (*entered, self._pin_row, self._first, self._new_pin_row, self.pin_message)
        for part in parts:
            column.addWidget(part)
        for line in (self.initials, self.pin, self.again):
            line.returnPressed.connect(self.submitted)
        self.waiting = Waiting(words, self.pin_message, (self.pin, self.choice), self)
        self._preselect()

    def first_field(self) -> QWidget:
        """Where typing begins."""
        if self._is_new:
            return self.initials
        if self._asks_pin:
            return self.pin
        return self.new_pin if self._asks_new_pin else self.choice

    def confirm(self) -> Person | None:
        """The person, at work in the study from here on; None where something is still missing, which is told."""
        if self.waiting.is_on:
            return None
        person = self._read()
        if person is None:
            return None
        self.pin_message.clear()
        try:
            return self._identified(person)
        except Fault as fault:
            self._refuse(fault)
            return None

    # What shows

    def _listed(self) -> dict[str, str]:
        if self._study is None:
            return {}
        people = self._study.people
        return {i: role for i, role in people.items() if not self._known_only or self._study.has_pin(i)}

    def _choices(self) -> tuple[tuple[str, str], ...]:
        words = self.session.wording
        listed = [(initials, person_text(initials, role, words)) for initials, role in sorted(self._people.items())]
        new = [] if self._known_only else [(SOMEBODY_NEW, words("shell.person.new"))]
        return (*listed, *new)

    def _preselect(self) -> None:
        person, choices = self.session.person, self.session.preferences.choices
        initials = person.initials if person else choices.initials
        self.choice.setPlaceholderText(self.session.wording("shell.person.choose"))
        if initials in self._people:
            self.choice.show_code(initials)
        elif initials and not self._known_only:
            self.choice.show_code(SOMEBODY_NEW)
        else:  # nobody is known to work here: no name is proposed that Enter would take
            self.choice.setCurrentIndex(-1)
        if initials not in self._people:
            self.initials.show_text(initials)
            self.initials.selectAll()
        self.role.show_code((person.role if person else choices.role) or ROLES[1])
        self._arrange()

    def _arrange(self) -> None:
        self._choice_row.setVisible(bool(self._people))
        self._new_row.setVisible(self._is_new)
        self._pin_row.setVisible(self._asks_pin)
        self._first.setVisible(self._asks_new_pin)
        self._new_pin_row.setVisible(self._asks_new_pin)

    def _on_chosen(self, code: str) -> None:
        for line in (self.pin, self.new_pin, self.again):
            line.clear()
        self.pin_message.clear()
        self.message.clear()
        self._arrange()
        if code == SOMEBODY_NEW:
            self.initials.clear()
        self.first_field().setFocus()

    @property
    def _is_new(self) -> bool:
        return self.choice.code() == SOMEBODY_NEW or not self._people

    @property
    def _asks_pin(self) -> bool:
        study = self._study
        return study is not None and study.pin_needed and not self._is_new and study.has_pin(self.choice.code())

    @property
    def _is_chosen(self) -> bool:
        return self._is_new or bool(self.choice.code())

    @property
    def _asks_new_pin(self) -> bool:
        return self._study is not None and self._study.pin_needed and self._is_chosen and not self._asks_pin

    # What was filled in

    def _read(self) -> Person | None:
        words = self.session.wording
        if not self._is_chosen:
            self.message.show_message(words("shell.person.choose_first"))
            self.choice.setFocus()
            return None
        if not self._is_new:
            initials = self.choice.code()
            return Person(initials, self._people[initials])
        initials, text = self.initials.text().strip(), ""
        if not _INITIALS.fullmatch(initials):
            text = words("shell.person.initials_needed")
        elif initials in self._people or (self._study is not None and self._study.has_pin(initials)):
            text = words("shell.person.listed", initials=initials)
        self.message.show_message(text)
        self.initials.set_state("error" if text else "")
        if text:
            self.initials.setFocus()
            return None
        return Person(initials, self.role.code())

    def _identified(self, person: Person) -> Person | None:
        study = self._study
        if study is None:
            return person
        if not self._asks_new_pin:
            study.identify(person, self.pin.text())
            return person
        if self.new_pin.text() != self.again.text():
            self._tell(self.session.wording("shell.pin.differ"), self.again)
            return None
        before = study.person
        study.hand_over(person)  # who sets a PIN does so in their own name
        try:
            study.set_pin(person.initials, self.new_pin.text())
        except Fault:
            study.hand_over(before)
            raise
        return person

    def _refuse(self, fault: Fault) -> None:
        """Say what was wrong; after too many wrong tries the next has to wait."""
        field = self.new_pin if self._asks_new_pin else self.pin
        self._tell(refusal(fault, self.session.wording), field)
        self.waiting.begin(wait_of(fault))

    def _tell(self, text: str, field: QLineEdit) -> None:
        self.pin_message.show_message(text)
        field.selectAll()
        field.setFocus()


def person_text(initials: str, role: str, words: Wording) -> str:
    """``JB, nurse specialist``."""
    if not role:
        return initials
    return f"{initials}, {words(f'shell.role.{role}') if role in ROLES else role}"


def _held(layout: QLayout) -> QWidget:
    """A layout in a widget of its own, so that it can be hidden as one."""
    holder = QWidget()
    holder.setLayout(layout)
    return holder
