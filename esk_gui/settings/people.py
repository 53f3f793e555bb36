"""The study's people on the settings page: initials, role, whether they have a PIN, and what can be done about it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from esk_engine.errors import Fault
from esk_engine.study import Person
from esk_gui.app import Session
from esk_gui.dialogs.reason import ReasonDialog
from esk_gui.dialogs.refusals import refusal
from esk_gui.dialogs.who import ROLES
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.frames import Hairline, bare
from esk_gui.widgets.labels import text_label


class PeopleBlock(QWidget):
    """A row for each; made anew when anything of it changed."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("people")
        self._session = session
        self._shown: object = None
        self._column = bare(QVBoxLayout(self))

    def refresh(self) -> None:
        """Show the list as the study has it now."""
        study = self._session.open_study
        people = dict(study.people)
        people.setdefault(study.person.initials, study.person.role)
        pins = {initials: study.has_pin(initials) for initials in people}
        now = (people, pins, study.pin_needed, study.person.initials, study.read_only)
        if now == self._shown:
            return
        self._shown = now
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for initials in sorted(people):
            self._column.addWidget(self._row(initials, people[initials], pins[initials]))
            self._column.addWidget(Hairline(in_table=True))

    def _row(self, initials: str, role: str, has_pin: bool) -> QWidget:
        words, study = self._session.wording, self._session.open_study
        holder = QWidget()
        row = bare(QHBoxLayout(holder), 16)
        row.setContentsMargins(0, 6, 0, 6)
        texts = bare(QVBoxLayout(), 2)
        is_own = initials == study.person.initials
        name = words("people.own", initials=initials) if is_own else initials
        texts.addWidget(text_label(name, "strong"))
        role_text = words(f"shell.role.{role}") if role in ROLES else role or words("people.no_role")
        pin_text = words("people.has_pin" if has_pin else "people.no_pin")
        below = pin_text if is_own else f"{role_text}, {pin_text}"
        texts.addWidget(text_label(below, "third", wrap=True))
        row.addLayout(texts, 1)
        made = None
        if is_own:
            row.addWidget(self._role_box(role), 0, Qt.AlignmentFlag.AlignVCenter)
            text = words("people.change_pin" if has_pin else "people.set_pin")
            made = button(text, self._session.theme, self._set_pin, name="set_pin")
        elif has_pin:
            reset = partial(self._reset_pin, initials)
            made = button(words("people.reset_pin"), self._session.theme, reset, name=f"reset_pin_{initials}")
        if made is not None:
            made.setEnabled(not study.read_only)
            row.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
        return holder

    def _role_box(self, role: str) -> ChoiceBox:
        words = self._session.wording
        box = ChoiceBox("own_role", tuple((each, words(f"shell.role.{each}")) for each in ROLES))
        box.setAccessibleName(words("shell.person.role"))
        box.setPlaceholderText(words("people.no_role"))
        box.show_code(role)
        box.setEnabled(not self._session.open_study.read_only)
        box.chosen.connect(self._choose_role)
        return box

    def _choose_role(self, role: str) -> None:
        """Another role of who is at work, on the study's list at once."""
        session = self._session
        study = session.open_study
        before = study.person
        study.hand_over(Person(before.initials, role))
        try:
            study.become_writer()
        except Fault as fault:
            study.hand_over(before)
            self._shown = None
            self.refresh()
            session.warn(refusal(fault, session.wording))
            return
        session.set_person(study.person)

    def _set_pin(self) -> None:
        from esk_gui.dialogs.pin import PinDialog

        PinDialog(self._session, self.window()).open()

    def _reset_pin(self, initials: str) -> None:
        study = self._session.open_study

        def act(reason: str, pin: str) -> object:
            return study.reset_pin(initials, reason)

        ReasonDialog(self._session, self.window(), "reset_pin", act, initials=initials).open()
