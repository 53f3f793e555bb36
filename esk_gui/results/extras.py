"""Computes what is shown on request only: beside the window, once for an analysis, and only when it is asked for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from esk_engine.report import Analysis, Extras, extras
from esk_gui.app import Session
from esk_gui.jobs import Cancelled, Job, Progress, Work
from esk_gui.results.compute import CancelledError


class ExtrasJob(QObject):
    """Keeps the extras of one analysis; those of an older analysis are dropped, known or still under way.

    ``computed`` when they are there, ``failed`` with an error, ``progressed`` 0..1 while they are being computed.
    """

    computed = Signal()
    failed = Signal(object)
    progressed = Signal(float)
    running_changed = Signal(bool)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._analysis: Analysis | None = None
        self._found: Extras | None = None
        self._job: Job | None = None

    @property
    def found(self) -> Extras | None:
        """The extras of the analysis that was taken last, once they are there."""
        return self._found

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def take(self, analysis: Analysis) -> None:
        """Forget what belongs to another analysis."""
        self.cancel()
        self._analysis, self._found = analysis, None

    def want(self) -> None:
        """See to it that they come, unless they are there or under way."""
        if self._analysis is None or self._found is not None or self._job is not None:
            return
        self._job = self._session.jobs.run(_work(self._analysis), self._done, self._fail, topic="results_extras")
        self._job.progressed.connect(self.progressed)
        self.running_changed.emit(True)

    def cancel(self) -> None:
        """Stop what runs; nothing of it arrives any more."""
        if self._job is not None:
            if isValid(self._job):  # where the study was closed, it may be over without a word
                self._job.progressed.disconnect(self.progressed)
            self._job.cancel()
            self._job = None
            self.running_changed.emit(False)

    def _done(self, found: Extras) -> None:
        self._job, self._found = None, found
        self.running_changed.emit(False)
        self.computed.emit()

    def _fail(self, error: BaseException) -> None:
        self._job = None
        self.running_changed.emit(False)
        if not isinstance(error, CancelledError):
            self.failed.emit(error)


def _work(analysis: Analysis) -> Work:
    def work(progress: Progress, cancelled: Cancelled) -> Extras:
        def step(share: float) -> None:
            if cancelled():
                raise CancelledError
            progress(share)

        return extras(analysis, step)

    return work
