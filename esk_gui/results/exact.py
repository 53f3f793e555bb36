"""Exact P-values that take long: computed beside the window when asked for, kept as long as their values stand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from esk_engine.cohort import Cohort
from esk_engine.judge import Group
from esk_engine.report import Analysis
from esk_engine.report.analysis import ranked, side_effect_members
from esk_engine.statistics import MannWhitney, doubled_midranks, exact_cost_seconds, mann_whitney
from esk_gui.app import Session
from esk_gui.jobs import Cancelled, Job, Progress, Work
from esk_gui.results.compute import CancelledError
from esk_gui.results.explanation import Offer

_OVER = "exact_over_one_second"
_Key = tuple[str, str | None, bytes, bytes]
_Floats = NDArray[np.float64]


class ExactRuns(QObject):
    """Computes one offer at a time and remembers what it found for the very values that it was computed of.

    ``found`` when another exact P is known, ``failed`` with an error; ``changed`` whenever what runs, or how much of it
    is done, has changed.
    """

    found = Signal()
    failed = Signal(object)
    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[_Key, MannWhitney] = {}
        self._job: Job | None = None
        self._running: tuple[Offer, _Key] | None = None
        self._share = 0.0
        session.study_closed.connect(self.cancel)

    @property
    def running(self) -> Offer | None:
        return None if self._running is None else self._running[0]

    @property
    def share(self) -> float:
        """How much of what runs is done, 0..1."""
        return self._share

    def start(self, offer: Offer, analysis: Analysis) -> None:
        """Compute an offer of an analysis; whatever ran is dropped."""
        self.cancel()
        x, y = _pair(analysis.cohort, offer.variable, offer.term)
        self._running, self._share = (offer, _key(offer.variable, offer.term, x, y)), 0.0
        self._job = self._session.jobs.run(_work(x, y), self._done, self._fail, topic="exact")
        self._job.progressed.connect(self._on_progress)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop what runs; nothing of it arrives any more."""
        if self._job is not None:
            if isValid(self._job):  # where the study was closed, it may be over without a word
                self._job.progressed.disconnect(self._on_progress)
            self._job.cancel()
            self._clear()

    def applied(self, analysis: Analysis) -> Analysis:
        """The analysis with every exact P that is known for the values that it has now; drops what ran for others."""
        if self._running is not None:
            offer, key = self._running
            if key != _key(offer.variable, offer.term, *_pair(analysis.cohort, offer.variable, offer.term)):
                self.cancel()
        if not self._known:
            return analysis
        comparisons = tuple(
            replace(each, mann_whitney=self._better(analysis, each.mann_whitney, each.variable, None))
            for each in analysis.comparisons
        )
        effects = tuple(
            replace(each, mann_whitney=self._better(analysis, each.mann_whitney, each.variable, each.term))
            for each in analysis.side_effect_comparisons
        )
        return replace(analysis, comparisons=comparisons, side_effect_comparisons=effects)

    def _better(
        self, analysis: Analysis, test: MannWhitney | None, variable: str, term: str | None
    ) -> MannWhitney | None:
        if test is None or not is_left_out(test):
            return test
        return self._known.get(_key(variable, term, *_pair(analysis.cohort, variable, term)), test)

    def _on_progress(self, share: float) -> None:
        self._share = share
        self.changed.emit()

    def _done(self, test: MannWhitney) -> None:
        if self._running is not None:
            self._known[self._running[1]] = test
        self._clear()
        self.found.emit()

    def _fail(self, error: BaseException) -> None:
        self._clear()
        if not isinstance(error, CancelledError):
            self.failed.emit(error)

    def _clear(self) -> None:
        self._job, self._running, self._share = None, None, 0.0
        self.changed.emit()


def is_left_out(test: MannWhitney) -> bool:
    """Whether an exact P of a test was left out because it would take long."""
    return _OVER in (test.p_exact.reason, test.p_exact_spss.reason)


def offer_of(cohort: Cohort, test: MannWhitney | None, variable: str, term: str | None = None) -> Offer | None:
    """The offer to compute what was left out of a test; None where nothing was."""
    if test is None or not is_left_out(test):
        return None
    x, y = _pair(cohort, variable, term)
    with_ties = exact_cost_seconds(len(x), len(y), doubled_midranks(np.concatenate((x, y))))
    without_ties = exact_cost_seconds(len(x), len(y), doubled_midranks(np.arange(len(x) + len(y), dtype=np.float64)))
    return Offer(variable, term, with_ties + without_ties if test.ties else with_ties)


def _pair(cohort: Cohort, variable: str, term: str | None) -> tuple[_Floats, _Floats]:
    """What is compared: responders and non-responders, or patients with a side effect and those without."""
    if term is None:
        of = cohort.members(Group.RESPONDER), cohort.members(Group.NON_RESPONDER)
    else:
        members = side_effect_members(cohort).get(term)
        if members is None:  # a side effect that is no longer there
            return np.empty(0), np.empty(0)
        of = members.with_it, members.without
    return ranked(cohort, variable, of[0]), ranked(cohort, variable, of[1])


def _key(variable: str, term: str | None, x: _Floats, y: _Floats) -> _Key:
    return variable, term, np.sort(x).tobytes(), np.sort(y).tobytes()


def _work(x: _Floats, y: _Floats) -> Work:
    def work(progress: Progress, cancelled: Cancelled) -> MannWhitney:
        told = 0.0

        def step(share: float) -> None:
            nonlocal told
            if cancelled():
                raise CancelledError
            if share - told >= 0.005:
                told = share
                progress(share)

        return mann_whitney(x, y, exact=True, progress=step)

    return work
