"""Who is at work: initials and role, for the log; asked once a session, as the login of a ward PC is shared."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from esk_engine.study import Person
from esk_gui.app import Session
from esk_gui.dialogs.base import EskDialog, labelled, side_by_side
from esk_gui.widgets.entry import ChoiceBox, EntryLine
from esk_gui.widgets.labels import MessageLabel

ROLES = ("pharmacist", "nurse_specialist", "anaesthesiologist", "researcher", "other")
_INITIALS = re.compile(r"[^\W\d_][\w.-]{0,9}")


class PersonDialog(EskDialog):
    """Asks for initials and role, then goes on with ``then``."""

    def __init__(self, session: Session, parent: QWidget | None, then: Callable[[], object] | None = None) -> None:
        words = session.wording
        super().__init__(session, parent, "person", words("shell.person.title"), 420)
        self._then = then
        self.add_text(words("shell.person.text"))
        choices = session.preferences.choices
        self.initials = EntryLine("person_initials", self.theme)
        self.initials.show_text(session.person.initials if session.person else choices.initials)
        self.initials.setMaxLength(10)
        self.initials.selectAll()
        self.role = ChoiceBox("person_role", tuple((role, words(f"shell.role.{role}")) for role in ROLES))
        self.role.show_code((session.person.role if session.person else choices.role) or ROLES[1])
        self.message = MessageLabel(self.theme, "message_person_initials")
        self.column.addSpacing(8)
        self.column.addLayout(
            side_by_side(
                labelled(words("shell.person.initials"), self.initials, self.message),
                labelled(words("shell.person.role"), self.role),
            )
        )
        self.column.addStretch(1)
        self.add_button(words("shell.cancel"), self.reject, name="button_cancel")
        self.add_button(
            words("shell.person.confirm"), self._confirm, kind="primary", name="button_confirm", is_default=True
        )
        self.initials.setFocus()

    def _confirm(self) -> None:
        initials = self.initials.text().strip()
        if not _INITIALS.fullmatch(initials):
            self.message.show_message(self.wording("shell.person.initials_needed"))
            self.initials.set_state("error")
            self.initials.setFocus()
            return
        self.accept()
        self.session.set_person(Person(initials, self.role.code()))
        if self._then is not None:
            self._then()
