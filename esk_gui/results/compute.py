"""Computes the report: at once where that is quick, else beside the window over a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esk_engine.cohort import Cohort
from esk_engine.criteria import CriteriaSet
from esk_engine.records import Patient
from esk_engine.report import Analysis, analyse
from esk_engine.settings import Settings
from esk_gui.app import Session
from esk_gui.jobs import Cancelled, Job, Progress, Work

if TYPE_CHECKING:
    from esk_engine.study import Study

# Up to so many patients everything is there within some 50 ms: no job is worth its flicker.
_AT_ONCE = 60


class CancelledError(Exception):
    """The person does not want to wait for it."""


class ReportJob(QObject):
    """Keeps one analysis current for a page; what a newer request overtakes is dropped.

    ``computed`` carries the Analysis, ``failed`` the error; ``progressed`` 0..1 while a job runs.
    """

    computed = Signal(object)
    failed = Signal(object)
    progressed = Signal(float)
    running_changed = Signal(bool)

    def __init__(self, session: Session, topic: str, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._topic = session, topic
        self._job: Job | None = None

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def start(self, study: Study) -> None:
        """Analyse a study as it is now."""
        self.cancel()
        if len(study.patients) <= _AT_ONCE:
            self.computed.emit(analyse(study.cohort.snapshot()))
            return
        work = _work(study.patients, study.settings, study.criteria_set)
        self._job = self._session.jobs.run(work, self._done, self._failed, topic=self._topic)
        self._job.progressed.connect(self.progressed)
        self.running_changed.emit(True)

    def cancel(self) -> None:
        """Stop what runs; nothing of it arrives any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self.running_changed.emit(False)

    def _done(self, analysis: Analysis) -> None:
        self._job = None
        self.running_changed.emit(False)
        self.computed.emit(analysis)

    def _failed(self, error: BaseException) -> None:
        self._job = None
        self.running_changed.emit(False)
        if not isinstance(error, CancelledError):
            self.failed.emit(error)


def _work(patients: tuple[Patient, ...], settings: Settings, criteria_set: CriteriaSet) -> Work:
    def work(progress: Progress, cancelled: Cancelled) -> Analysis:
        def step(share: float) -> None:
            if cancelled():
                raise CancelledError
            progress(share)

        return analyse(Cohort.of(patients, settings, criteria_set), step)

    return work
