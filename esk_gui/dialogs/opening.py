"""What is asked before a study shows, in one dialog: its passphrase where it has one, then who is at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from esk_gui.app import Session
from esk_gui.dialogs.base import EskDialog, labelled
from esk_gui.dialogs.waiting import Waiting
from esk_gui.dialogs.who import WhoForm
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import MessageLabel, text_label
from esk_gui.widgets.secret import SecretLine

if TYPE_CHECKING:
    from esk_engine.study import Person, Study


class PassphraseForm(QWidget):
    """A passphrase or the recovery key, and what was wrong with the last one."""

    def __init__(self, session: Session, text: str) -> None:
        super().__init__()
        words = session.wording
        column = bare(QVBoxLayout(self), 8)
        self._text = text_label(text, "body_second", "passphrase_text", wrap=True)
        column.addWidget(self._text)
        self.field = SecretLine("passphrase")
        self.message = MessageLabel(session.theme, "message_passphrase")
        column.addLayout(labelled(words("shell.passphrase.either"), self.field, self.message))
        self.shown = QCheckBox(words("shell.passphrase.show"))
        self.shown.setObjectName("passphrase_shown")
        self.shown.toggled.connect(self.field.reveal)
        column.addWidget(self.shown)
        self.waiting = Waiting(words, self.message, (self.field,), self)

    def refuse(self, text: str, wait: float) -> None:
        """Say that this was not it, in the place of what was said first; the next try may have to wait."""
        self._text.hide()
        self.field.setEnabled(True)
        self.message.show_message(text)
        self.field.set_state("error")
        self.field.selectAll()
        self.field.setFocus()
        self.waiting.begin(wait)


class OpeningDialog(EskDialog):
    """Stays one dialog while its question changes.

    Parameters
    ----------
    unlock
        Called with a passphrase or recovery key as typed; answered by ``refuse`` or ``ask_person``.
    """

    identified = Signal(object)

    def __init__(
        self,
        session: Session,
        parent: QWidget | None,
        name: str,
        unlock: Callable[[str], object],
        show_backups: Callable[[], object] | None = None,
    ) -> None:
        words = session.wording
        super().__init__(session, parent, "opening", words("shell.opening.title", name=name), 440)
        self._unlock = unlock
        self.passphrase: PassphraseForm | None = None
        self.who: WhoForm | None = None
        body = QWidget()
        self._body = bare(QVBoxLayout(body))
        self._body.addStretch(1)
        self.add_scrolling(body)
        self._link: QPushButton | None = None
        if show_backups is not None:
            self._link = self.add_link(words("shell.backups.link"), show_backups, "button_backups")
        self.add_button(words("shell.cancel"), self.reject, name="button_cancel")
        self._confirm = self.add_button(
            words("shell.person.confirm"), self._on_confirm, kind="primary", name="button_confirm", is_default=True
        )

    def ask_passphrase(self, text: str) -> None:
        """Ask for what opens the file."""
        self.passphrase = PassphraseForm(self.session, text)
        self._show(self.passphrase, self.passphrase.field)

    def refuse(self, text: str, wait: float) -> None:
        """What was typed does not open the file."""
        self._confirm.setEnabled(True)
        if self.passphrase is not None:
            self.passphrase.refuse(text, wait)

    def ask_person(self, study: Study) -> None:
        """Ask who is at work in the study that is open now, but does not show yet."""
        if self.passphrase is not None:
            self._body.removeWidget(self.passphrase)
            self.passphrase.setParent(None)
            self.passphrase.deleteLater()
            self.passphrase = None
        if self._link is not None:
            self._link.hide()
        self.heading.setText(self.wording("shell.person.title"))
        self.who = WhoForm(self.session, study)
        self._confirm.setEnabled(True)
        self._show(self.who, self.who.first_field())

    def _show(self, form: QWidget, first: QWidget) -> None:
        """A form in the body; the dialog opens with its first one."""
        self._body.insertWidget(0, form)
        form.show()
        if not self.isVisible():
            self.open()
        first.setFocus()

    def _on_confirm(self) -> None:
        if self.who is not None:
            person: Person | None = self.who.confirm()
            if person is not None:
                self.accept()  # gone before the study shows: the window has the focus again by then
                self.identified.emit(person)
        elif self.passphrase is not None and self.passphrase.field.text() and not self.passphrase.waiting.is_on:
            self.passphrase.message.show_message(self.wording("shell.passphrase.trying"), "info")
            self.passphrase.field.setEnabled(False)
            self._confirm.setEnabled(False)
            self._unlock(self.passphrase.field.text())
