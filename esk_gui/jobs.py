"""Slow work runs beside the window: a pure callable over plain data, one success, one failure.

A job carries plain data, never a widget; a result that a newer job of the same topic has made stale is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from shiboken6 import isValid
from typing_extensions import override

Progress = Callable[[float], None]
Cancelled = Callable[[], bool]
Work = Callable[[Progress, Cancelled], Any]


class Job(QObject):
    """One piece of work under way; ``progressed`` carries 0..1. All its signals arrive on the window's thread."""

    progressed = Signal(float)
    finished = Signal()
    done = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, topic: str, generation: int, parent: QObject) -> None:
        super().__init__(parent)
        self.topic = topic
        self.generation = generation
        self._cancelled = False

    def cancel(self) -> None:
        """Ask the work to stop; whatever it still returns is dropped."""
        self._cancelled = True

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled


class _Runnable(QRunnable):
    def __init__(self, job: Job, work: Work) -> None:
        super().__init__()
        self._job, self._work = job, work

    @override
    def run(self) -> None:
        job = self._job
        try:
            result = self._work(job.progressed.emit, lambda: job.is_cancelled)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is told on the window's thread
            job.failed.emit(job, error)
        else:
            job.done.emit(job, result)


class JobRunner(QObject):
    """Runs work on Qt's thread pool and hands its outcome back on the window's thread.

    Parameters
    ----------
    on_error
        What becomes of an error for which a job has no ``on_failed`` of its own.
    """

    busy_changed = Signal(bool)

    def __init__(self, on_error: Callable[[BaseException], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._on_error = on_error
        self._pool = QThreadPool(self)
        self._generations: dict[str, int] = {}
        self._running: dict[Job, tuple[Callable[[Any], None], Callable[[BaseException], None] | None]] = {}

    def run(
        self,
        work: Work,
        on_done: Callable[[Any], None],
        on_failed: Callable[[BaseException], None] | None = None,
        *,
        topic: str = "",
    ) -> Job:
        """Start ``work(progress, cancelled)``; ``on_done(result)`` or ``on_failed(error)`` is called on this thread.

        Parameters
        ----------
        topic
            Jobs of one topic overtake each other: only the newest one's outcome is delivered, older ones are
            cancelled. "" stands alone.
        """
        generation = self._generations.get(topic, 0) + 1
        if topic:
            self._generations[topic] = generation
            for older in self._running:
                if older.topic == topic:
                    older.cancel()
        job = Job(topic, generation, self)
        self._running[job] = (on_done, on_failed)
        job.done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        job.failed.connect(self._report, Qt.ConnectionType.QueuedConnection)
        if len(self._running) == 1:
            self.busy_changed.emit(True)
        self._pool.start(_Runnable(job, work))
        return job

    def cancel(self, topic: str) -> None:
        """Drop whatever runs under a topic."""
        for job in self._running:
            if job.topic == topic:
                job.cancel()

    def cancel_all(self, *, but: str = "") -> None:
        """Drop whatever runs, except under one topic."""
        for job in self._running:
            if not but or job.topic != but:
                job.cancel()

    def wait(self, milliseconds: int = 5000) -> bool:
        """Cancel all that runs and wait for it; called when the program closes."""
        self.cancel_all()
        return self._pool.waitForDone(milliseconds)

    def _deliver(self, job: Job, result: object) -> None:
        on_done, _ = self._take(job)
        if not job.is_cancelled and _is_there(on_done):
            on_done(result)

    def _report(self, job: Job, error: BaseException) -> None:
        _, on_failed = self._take(job)
        tell = on_failed or self._on_error
        if not job.is_cancelled and _is_there(tell):
            tell(error)

    def _take(self, job: Job) -> tuple[Callable[[Any], None], Callable[[BaseException], None] | None]:
        callbacks = self._running.pop(job)
        job.finished.emit()
        job.deleteLater()
        if not self._running:
            self.busy_changed.emit(False)
        return callbacks


def _is_there(callback: Callable[..., object]) -> bool:
    """Whether the widget that waits for a job still is: a page is built anew for another language or theme."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
