"""Who is at work from here on: another person takes over, as the login of a ward PC is shared."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from esk_gui.app import Session
from esk_gui.dialogs.base import EskDialog
from esk_gui.dialogs.who import WhoForm
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import text_label


class PersonDialog(EskDialog):
    """Asks who is at work, then goes on with ``then``."""

    def __init__(self, session: Session, parent: QWidget | None, then: Callable[[], object] | None = None) -> None:
        words = session.wording
        super().__init__(session, parent, "person", words("shell.person.title"), 420)
        self._then = then
        body = QWidget()
        column = bare(QVBoxLayout(body), 12)
        column.addWidget(text_label(words("shell.person.text"), "body_second", wrap=True))
        self.form = WhoForm(session, session.study)
        column.addWidget(self.form)
        column.addStretch(1)
        self.add_scrolling(body)
        self.add_button(words("shell.cancel"), self.reject, name="button_cancel")
        self.add_button(
            words("shell.person.confirm"), self._confirm, kind="primary", name="button_confirm", is_default=True
        )
        self.form.first_field().setFocus()

    def _confirm(self) -> None:
        person = self.form.confirm()
        if person is None:
            return
        self.accept()
        self.session.set_person(person)
        if self._then is not None:
            self._then()
