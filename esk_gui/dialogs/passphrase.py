"""The passphrase of the open study: set, changed, taken away; the file is written anew behind a bar of progress."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QProgressBar, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.errors import Fault
from esk_gui.app import Session
from esk_gui.dialogs.base import EskDialog, labelled, side_by_side
from esk_gui.dialogs.refusals import refusal
from esk_gui.dialogs.waiting import Waiting
from esk_gui.jobs import Cancelled, Progress
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import MessageLabel, text_label
from esk_gui.widgets.secret import SecretLine

if TYPE_CHECKING:
    from esk_engine.study_file.tries import Tries

_SHORT, _LONG = 10, 16


class NewPassphrase(QWidget):
    """A new passphrase, typed twice; how hard it is to guess is told by its length, and no rule is laid down."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._words = session.wording
        column = bare(QVBoxLayout(self), 8)
        self.first, self.again = SecretLine("new_passphrase"), SecretLine("passphrase_again")
        column.addLayout(
            side_by_side(
                labelled(self._words("shell.passphrase.new"), self.first),
                labelled(self._words("shell.passphrase.again"), self.again),
            )
        )
        self.message = MessageLabel(session.theme, "message_new_passphrase")
        column.addWidget(self.message)
        self.shown = QCheckBox(self._words("shell.passphrase.show"))
        self.shown.setObjectName("new_passphrase_shown")
        self.shown.toggled.connect(self.first.reveal)
        self.shown.toggled.connect(self.again.reveal)
        column.addWidget(self.shown)
        self.first.textEdited.connect(self._show_strength)
        self.again.textEdited.connect(self._show_strength)

    @property
    def is_empty(self) -> bool:
        return not self.first.text() and not self.again.text()

    def read(self) -> str | None:
        """What was typed twice; None where that is not the case, which is told."""
        text = self.first.text()
        if text and text == self.again.text():
            return text
        key = "differ" if text else "needed"
        field = self.again if text else self.first
        self.message.show_message(self._words(f"shell.passphrase.{key}"))
        field.set_state("error")
        field.selectAll()
        field.setFocus()
        return None

    def _show_strength(self) -> None:
        self.first.set_state("")
        self.again.set_state("")
        n = len(self.first.text().strip())
        if n:
            strength = "short" if n < _SHORT else "fair" if n < _LONG else "long"
            self.message.show_message(self._words.plural(f"shell.passphrase.{strength}", n), "info")
        else:
            self.message.clear()
        self.changed.emit()


class PassphraseDialog(EskDialog):
    """Sets, changes or (``take_away``) removes the passphrase; ``done_with`` carries the new recovery key, or ""."""

    done_with = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None, tries: Tries, *, take_away: bool = False) -> None:
        study, words = session.open_study, session.wording
        self._verb = "remove" if take_away else "change" if study.has_passphrase else "set"
        super().__init__(session, parent, "passphrase", words(f"shell.passphrase.{self._verb}.title"), 460)
        self._study, self._tries = study, tries
        self._is_busy = False
        body = QWidget()
        column = bare(QVBoxLayout(body), 8)
        column.addWidget(text_label(words(f"shell.passphrase.{self._verb}.text"), "body_second", wrap=True))
        self.old = SecretLine("passphrase")
        self.old_message = MessageLabel(self.theme, "message_passphrase")
        self.new = NewPassphrase(session)
        if study.has_passphrase:
            column.addSpacing(8)
            column.addLayout(labelled(words("shell.passphrase.old"), self.old, self.old_message))
        if not take_away:
            column.addSpacing(8)
            column.addWidget(self.new)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._message = MessageLabel(self.theme, "message_change")
        column.addWidget(self._message)
        column.addWidget(self._bar)
        column.addStretch(1)
        self.add_scrolling(body)
        self._cancel = self.add_button(words("shell.cancel"), self.reject, name="button_cancel")
        self._confirm = self.add_button(
            words(f"shell.passphrase.{self._verb}"),
            self._on_confirm,
            kind="danger" if take_away else "primary",
            name="button_confirm",
            is_default=True,
        )
        self._waiting = Waiting(words, self.old_message, (self.old,), self)
        self._waiting.begin(tries.wait_seconds() if study.has_passphrase else 0.0)
        (self.old if study.has_passphrase else self.new.first).setFocus()

    @override
    def reject(self) -> None:
        if not self._is_busy:  # the file is being written anew: it takes seconds, and ends whole
            super().reject()

    def _on_confirm(self) -> None:
        if self._waiting.is_on:
            return
        new = None
        if self._verb != "remove":
            new = self.new.read()
            if new is None:
                return
        if self._study.has_passphrase and not self.old.text():
            self.old_message.show_message(self.wording("shell.passphrase.needed"))
            self.old.setFocus()
            return
        try:
            self._study.become_writer()
        except Fault as fault:
            self._message.show_message(refusal(fault, self.wording))
            return
        self._begin(self.old.text() if self._study.has_passphrase else None, new)

    def _begin(self, old: str | None, new: str | None) -> None:
        study = self._study
        self._set_busy(True)

        def work(progress: Progress, cancelled: Cancelled) -> str | None:
            if old is not None and not study.check_key(old):
                return None
            return study.change_passphrase(new, on_progress=lambda done, total: progress(done / total))

        job = self.session.jobs.run(work, self._on_done, self._on_failed)
        job.progressed.connect(self._show_progress)

    def _show_progress(self, share: float) -> None:
        self._bar.setValue(round(share * 1000))

    def _on_done(self, recovery: str | None) -> None:
        self._set_busy(False)
        if recovery is None:
            self._tries.failed()
            self.old_message.show_message(self.wording("shell.locked.wrong"))
            self.old.selectAll()
            self.old.setFocus()
            self._waiting.begin(self._tries.wait_seconds())
            return
        self._tries.succeeded()
        self.accept()
        self.done_with.emit(recovery)

    def _on_failed(self, error: BaseException) -> None:
        self._set_busy(False)
        if not isinstance(error, Fault):
            self.reject()
            self.session.show_error(error)
            return
        self._message.show_message(self.wording.fault(error))

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self._bar.setVisible(is_busy)
        self._message.show_message(self.wording("shell.passphrase.writing") if is_busy else "", "info")
        for part in (self._cancel, self._confirm, self.old, self.new):
            part.setEnabled(not is_busy)


def ask_passphrase(session: Session, parent: QWidget | None, tries: Tries, *, take_away: bool = False) -> None:
    """Let a person set, change or take away the passphrase; the recovery key follows where there is one."""
    dialog = PassphraseDialog(session, parent, tries, take_away=take_away)
    dialog.done_with.connect(partial(_done, session, parent))
    dialog.open()


def _done(session: Session, parent: QWidget | None, recovery: str) -> None:
    from esk_gui.dialogs.recovery import RecoveryDialog

    study, words = session.open_study, session.wording
    session.key_changed.emit()
    stale = study.stale_backups
    if stale:
        session.warn(words.plural("shell.passphrase.stale", len(stale)))
    if recovery:
        RecoveryDialog(session, parent, recovery).open()
    else:
        session.tell(words("shell.passphrase.removed"))
