"""What shows instead of the study while Esk is locked: nothing of it, only how it is opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from esk_gui.app import Session
from esk_gui.dialogs.opening import PassphraseForm
from esk_gui.dialogs.who import WhoForm
from esk_gui.jobs import Cancelled, Progress
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import bare, ground, scrolling
from esk_gui.widgets.labels import icon_label, text_label

if TYPE_CHECKING:
    from esk_engine.study import Person
    from esk_engine.study_file.tries import Tries

_WIDTH = 400


class LockScreen(QWidget):
    """Opened by a PIN, by the passphrase, or, where the study has neither, by saying who is at work."""

    unlocked = Signal(object)

    def __init__(self, session: Session, tries: Tries) -> None:
        super().__init__()
        self.setObjectName("lock_screen")
        ground(self, "page")
        self._session, self._tries = session, tries
        words, study = session.wording, session.open_study
        content = QWidget()
        content.setMaximumWidth(_WIDTH)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(24, 24, 24, 24)
        self._column.setSpacing(8)
        self._column.addStretch(2)
        head = bare(QHBoxLayout(), 12)
        head.addWidget(icon_label("lock", session.theme, "accent", 24))
        head.addWidget(text_label(words("shell.locked.title"), "verdict", "lock_title"), 1)
        self._column.addLayout(head)
        self._column.addWidget(text_label(words("shell.locked.text"), "body_second", wrap=True))
        self._column.addSpacing(8)
        self._who: WhoForm | None = None
        self._passphrase: PassphraseForm | None = None
        has_pins = study.pin_needed and any(study.has_pin(initials) for initials in study.people)
        if study.has_passphrase and not has_pins:
            self._passphrase = PassphraseForm(session, words("shell.locked.passphrase"))
            self._passphrase.field.returnPressed.connect(self._queue)
            self._passphrase.waiting.begin(tries.wait_seconds())
            self._column.addWidget(self._passphrase)
        else:
            self._who = WhoForm(session, study, known_only=study.has_passphrase)
            self._who.submitted.connect(self._queue)
            self._column.addWidget(self._who)
        self._column.addSpacing(8)
        self._confirm = button(words("shell.locked.open"), session.theme, self._queue, kind="primary", name="unlock")
        self._column.addWidget(self._confirm, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(3)
        holder = QWidget()
        row = bare(QHBoxLayout(holder))
        row.addStretch(1)
        row.addWidget(content, 1000)
        row.addStretch(1)
        bare(QVBoxLayout(self)).addWidget(scrolling(holder))

    def take_focus(self) -> None:
        """Typing goes to the first field."""
        if self._passphrase is not None:
            self._passphrase.field.setFocus()
        elif self._who is not None:
            self._who.first_field().setFocus()

    def tell(self, text: str) -> None:
        """Say why Esk cannot be closed now."""
        message = self._who.pin_message if self._who is not None else None
        if message is None and self._passphrase is not None:
            message = self._passphrase.message
        if message is not None:
            message.show_message(text, "warning")

    def _queue(self) -> None:
        """Once the key that asked for it is dealt with: what is below takes the focus then."""
        QTimer.singleShot(0, self, self._try)

    def _try(self) -> None:
        if self._who is not None:
            person: Person | None = self._who.confirm()
            if person is not None:
                self.unlocked.emit(person)
        elif self._passphrase is not None and self._passphrase.field.text() and not self._passphrase.waiting.is_on:
            self._check(self._passphrase)

    def _check(self, form: PassphraseForm) -> None:
        study, text = self._session.open_study, form.field.text()
        form.field.setEnabled(False)
        self._confirm.setEnabled(False)

        def work(progress: Progress, cancelled: Cancelled) -> bool:
            return study.check_key(text)

        self._session.jobs.run(work, self._on_checked, topic="unlock")

    def _on_checked(self, is_right: bool) -> None:
        self._confirm.setEnabled(True)
        if is_right:
            self._tries.succeeded()
            self.unlocked.emit(None)
        elif self._passphrase is not None:
            self._tries.failed()
            text = self._session.wording("shell.locked.wrong")
            self._passphrase.refuse(text, self._tries.wait_seconds())
