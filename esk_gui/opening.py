"""One study on its way into the window: read beside it, opened by its key, shown once it is known who is at work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from esk_engine.errors import Fault
from esk_gui.app import Session
from esk_gui.jobs import Cancelled, Progress

if TYPE_CHECKING:
    from esk_engine.study import Key, Person, Study
    from esk_engine.study_file.tries import Tries
    from esk_gui.dialogs.opening import OpeningDialog

NEEDS_KEY = ("key_needed", "key_wrong", "key_wait")
Failed = Callable[[BaseException, "Key | None"], object]


class Opening(QObject):
    """Opens one file, once.

    Parameters
    ----------
    tries
        How often a wrong passphrase was typed for this file since Esk was started.
    failed
        Called with what keeps the study from opening, and the key that was tried last.
    """

    ready = Signal(object, object)
    ended = Signal()

    def __init__(
        self,
        session: Session,
        window: QWidget,
        path: Path,
        *,
        tries: Tries,
        failed: Failed,
        show_backups: Callable[[Key | None], object],
    ) -> None:
        super().__init__(window)
        self._session, self._window, self.path = session, window, path
        self._tries, self._failed, self._show_backups = tries, failed, show_backups
        self._study: Study | None = None
        self._dialog: OpeningDialog | None = None
        self._is_over = self._is_busy = False
        self._tending = QTimer(self, interval=1000)
        self._tending.timeout.connect(self._tend)

    def start(self) -> None:
        """Try without a passphrase first: most studies have none."""
        self._try(None)

    # Opening the file

    def _try(self, text: str | None) -> None:
        person, path, tries = self._provisional(), self.path, self._tries

        def work(progress: Progress, cancelled: Cancelled) -> Study:
            from esk_engine.study import Study
            from esk_engine.study_file.keys import unlock

            if text is None:
                return _warm(Study.open(path, person=person, follow=True))
            key = unlock(path, text, tries)
            return _warm(Study.open(path, person=person, follow=True, key=key))

        self._is_busy = True
        self._session.jobs.run(work, self._opened, partial(self._not_opened, text))

    def _tend(self) -> None:
        """Who is asked and does not answer keeps nobody else from writing."""
        if self._study is not None:
            self._study.tend()

    def _provisional(self) -> Person:
        """Who works here as a rule; the study does not show before it is certain."""
        from esk_engine.study import Person

        choices = self._session.preferences.choices
        return self._session.person or Person(choices.initials or "?")

    def _opened(self, study: Study) -> None:
        self._is_busy = False
        if self._is_over:
            study.close()
            self.ended.emit()
            return
        self._study = study
        self._tending.start()
        self._one_dialog().ask_person(study)

    def _not_opened(self, text: str | None, error: BaseException) -> None:
        self._is_busy = False
        if self._is_over:
            self.ended.emit()
            return
        words = self._session.wording
        if isinstance(error, Fault) and error.code in NEEDS_KEY:
            if text is not None:
                self._one_dialog().refuse(words.fault(error), self._tries.wait_seconds())
                return
            dialog = self._one_dialog()
            dialog.ask_passphrase(words.fault(error))
            if dialog.passphrase is not None:
                dialog.passphrase.waiting.begin(self._tries.wait_seconds())
            return
        self._is_over = True
        if self._dialog is not None:
            self._dialog.close()
        self.ended.emit()
        self._failed(error, None if text is None else key_of(text))

    # Asking

    def _one_dialog(self) -> OpeningDialog:
        if self._dialog is None:
            from esk_gui.dialogs.opening import OpeningDialog

            show_backups = self._backups if has_backups(self.path) else None
            dialog = OpeningDialog(self._session, self._window, self.path.name, self._try, show_backups)
            dialog.identified.connect(self._identified)
            dialog.rejected.connect(self._given_up)
            self._dialog = dialog
        return self._dialog

    def _identified(self, person: Person) -> None:
        study, self._study = self._study, None
        self._is_over = True
        self.ended.emit()
        if study is not None:
            self.ready.emit(study, person)

    def _given_up(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        if self._study is not None:
            self._study.close()
        if not self._is_busy:  # else a study may still come, which has to be closed
            self.ended.emit()

    def _backups(self) -> None:
        dialog = self._dialog
        text = dialog.passphrase.field.text() if dialog is not None and dialog.passphrase is not None else ""
        if dialog is not None:
            dialog.reject()
        self._show_backups(key_of(text) if text else None)


def has_backups(path: Path) -> bool:
    """Whether backups lie beside a study."""
    from esk_engine.study_file.backup import backup_folder

    return backup_folder(path).is_dir()


def key_of(text: str) -> Key:
    """What a person typed: the recovery key where it is one, else a passphrase."""
    from esk_engine.study import Key
    from esk_engine.study_file.keys import read_recovery

    return read_recovery(text) or Key.of_passphrase(text)


def _warm(study: Study) -> Study:
    """The columns made beside the window; every page needs them at once."""
    _ = study.cohort
    return study
