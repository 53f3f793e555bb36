"""A PIN of one's own: set the first time, or changed with the old one."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from esk_engine.errors import Fault
from esk_gui.app import Session
from esk_gui.dialogs.base import EskDialog, labelled, side_by_side
from esk_gui.dialogs.refusals import refusal, wait_of
from esk_gui.dialogs.waiting import Waiting
from esk_gui.widgets.labels import MessageLabel
from esk_gui.widgets.secret import SecretLine


class PinDialog(EskDialog):
    """Asks for the new PIN twice, and before it for the old one where there is one."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        words, study = session.wording, session.open_study
        self._initials = study.person.initials
        self._has_pin = study.has_pin(self._initials)
        title = words("shell.pin.change_title" if self._has_pin else "shell.pin.set_title", initials=self._initials)
        super().__init__(session, parent, "pin", title, 420)
        self.add_text(words("shell.pin.text"))
        self.column.addSpacing(8)
        names = ("person_pin", "person_new_pin", "person_pin_again")
        self.old, self.new, self.again = (SecretLine(name, is_pin=True) for name in names)
        self.message = MessageLabel(self.theme, "message_pin")
        if self._has_pin:
            self.column.addLayout(labelled(words("shell.pin.old"), self.old))
            self.column.addSpacing(8)
        self.column.addLayout(
            side_by_side(labelled(words("shell.pin.new"), self.new), labelled(words("shell.pin.again"), self.again))
        )
        self.column.addWidget(self.message)
        self.column.addStretch(1)
        self.add_button(words("shell.cancel"), self.reject, name="button_cancel")
        self.add_button(words("shell.pin.save"), self._confirm, kind="primary", name="button_confirm", is_default=True)
        self._waiting = Waiting(words, self.message, (self.old,), self)
        (self.old if self._has_pin else self.new).setFocus()

    def _confirm(self) -> None:
        if self._waiting.is_on:
            return
        if self.new.text() != self.again.text():
            self.message.show_message(self.wording("shell.pin.differ"))
            self.again.selectAll()
            self.again.setFocus()
            return
        try:
            self.session.open_study.set_pin(self._initials, self.new.text(), self.old.text())
        except Fault as fault:
            self.message.show_message(refusal(fault, self.wording))
            self._waiting.begin(wait_of(fault))
            return
        self.accept()
        self.session.tell(self.wording("shell.pin.saved", initials=self._initials))
