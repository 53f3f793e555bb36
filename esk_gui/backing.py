"""Backups by themselves: when a study comes, every half hour of work, and when it goes; nobody waits for one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from esk_engine.errors import Fault
from esk_engine.fault_log import record

if TYPE_CHECKING:
    from esk_engine.study import Study
    from esk_engine.study_file.backup import Backup
    from esk_gui.app import Session
    from esk_gui.jobs import Cancelled, Progress

_LOOK_EVERY_MS = 60_000
_LONGEST_AT_THE_END = 10.0
TOPIC = "backup"


class Backing(QObject):
    """Makes the backups of the open study."""

    def __init__(self, session: Session, window: QObject) -> None:
        super().__init__(window)
        self._session = session
        self._timer = QTimer(self, interval=_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._told = ""
        session.study_opened.connect(self._begin)
        session.study_closed.connect(self._timer.stop)
        session.backup_requested.connect(self.back_up_now)

    def back_up_now(self) -> None:
        """Make one because a person asked for it, and say what came of it."""
        self._told = ""
        study = self._session.study
        if study is not None:
            self._run(study, self._tell_made)

    def back_up_left(self, study: Study) -> None:
        """Make one of a study that was just closed."""
        self._run(study)

    def back_up_at_the_end(self, study: Study) -> None:
        """Make one of a study that was just closed while the program ends; it is waited for some seconds only.

        What goes wrong is told when Esk is started again: the window is gone.
        """
        worker = threading.Thread(target=self._last_one, args=(study,), daemon=True)
        worker.start()
        worker.join(_LONGEST_AT_THE_END)

    def tell_left(self) -> None:
        """Tell what went wrong with the last backup when Esk was closed."""
        text = self._session.preferences.choices.backup_failed
        if text:
            self._session.preferences.change(backup_failed="")
            self._session.warn(text)

    def _begin(self) -> None:
        self._told = ""
        self._timer.start()
        self.tell_left()
        study = self._session.open_study
        if study.is_writer:
            self._run(study)

    def look(self) -> None:
        """Make one where half an hour of work went by since the last."""
        study = self._session.study
        if study is not None and not study.read_only and study.backup_due(datetime.now(UTC)):
            self._run(study)

    def _run(self, study: Study, then: Callable[[Backup | None], None] | None = None) -> None:
        def work(progress: Progress, cancelled: Cancelled) -> Backup | None:
            return study.back_up()

        self._session.jobs.run(work, then or self._on_made, self._on_failed, topic=TOPIC)

    def _tell_made(self, backup: Backup | None) -> None:
        self._session.tell(self._session.wording("backups.made" if backup is not None else "backups.present"))
        self._on_made(backup)

    def _on_made(self, backup: Backup | None) -> None:
        self._told = ""
        if backup is not None:
            self._session.backups_changed.emit()

    def _on_failed(self, error: BaseException) -> None:
        """Told once as long as it lasts: work goes on without."""
        if not isinstance(error, Fault):
            self._session.show_error(error)
            return
        text = self._session.wording.fault(error)
        if text != self._told:
            self._told = text
            self._session.warn(text)

    def _last_one(self, study: Study) -> None:
        try:
            study.back_up()
        except Fault as fault:
            self._session.preferences.change(backup_failed=self._session.wording.fault(fault))
        except Exception as error:  # noqa: BLE001 - nobody is there to be told
            record(error)
