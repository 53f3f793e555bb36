"""Computes the report: at once where that is quick, else beside the window over a snapshot."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from esk_engine.cohort import Cohort
from esk_engine.report import Analysis, analyse
from esk_gui.app import Session
from esk_gui.jobs import Job

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

    def start(self, cohort: Cohort) -> None:
        """Analyse a cohort as it is now."""
        self.cancel()
        if len(cohort) <= _AT_ONCE:
            self.computed.emit(analyse(cohort.snapshot()))
            return
        work = _work(cohort.snapshot())
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


def _work(cohort: Cohort) -> Callable[[Callable[[float], None], Callable[[], bool]], Analysis]:
    def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> Analysis:
        def step(share: float) -> None:
            if cancelled():
                raise CancelledError
            progress(share)

        return analyse(cohort, step)

    return work
