"""What an open study holds in memory: its data, their order, their columns, and who is told of a change."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from esk_engine import __version__
from esk_engine.cohort import Cohort
from esk_engine.criteria import CriteriaSet
from esk_engine.records import Change, CriteriaChange, LockChange, Patient, SettingChange, SignatureChange
from esk_engine.settings import Settings
from esk_engine.study import criteria_book
from esk_engine.study.events import Person, StudyChanged
from esk_engine.study.history import History
from esk_engine.study.roster import Roster
from esk_engine.study.snapshot import StudySnapshot
from esk_engine.study_file import Key
from esk_engine.study_file.encoding import repaired_text
from esk_engine.study_file.log import Author, LogLine
from esk_engine.study_file.reading import FileContent, LogFilter, log_lines, reader
from esk_engine.study_file.state import StudyState

if TYPE_CHECKING:
    from esk_engine.study_file.check import CheckReport

PROGRAM = f"Esk {__version__}"
Listener = Callable[[StudyChanged], None]
_L = TypeVar("_L")


def author_of(person: Person) -> Author:
    """Who acts, as the log names them."""
    return Author(repaired_text(person.initials), repaired_text(platform.node()), PROGRAM)


def forget(listeners: list[_L], listener: _L) -> None:
    """Take a listener from its list; one that is gone already stays gone."""
    with contextlib.suppress(ValueError):
        listeners.remove(listener)


class HeldStudy:
    """The one truth in memory; reading it is free, on the thread that owns it."""

    def __init__(self, path: Path, person: Person, key: Key) -> None:
        self._path, self._person, self._key = path, person, key
        self._author = author_of(person)
        self._listeners: list[Listener] = []

    def _hold(self, content: FileContent) -> None:
        """Hold what a file said, and nothing of what was held before."""
        self._state: StudyState = content.state
        self._seq: int = content.head.seq
        self._act: int = content.head.act
        self._roster = Roster(self._state.patients.values())
        self._history = History()
        self._cohort: Cohort | None = None

    @property
    def path(self) -> Path:
        return self._path

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self._path.stem

    @property
    def person(self) -> Person:
        return self._person

    @property
    def people(self) -> dict[str, str]:
        """Initials and role of whoever told their role."""
        return dict(self._state.people)

    @property
    def settings(self) -> Settings:
        return self._state.settings

    @property
    def patients(self) -> tuple[Patient, ...]:
        """All patients in the natural order of their study numbers."""
        return self._roster.in_order()

    def patient(self, patient_id: str) -> Patient:
        """One patient; KeyError where there is none."""
        return self._state.patients[patient_id]

    def has_patient(self, patient_id: str) -> bool:
        return patient_id in self._state.patients

    def patient_by_study_no(self, study_no: str) -> Patient | None:
        """The patient with this study number, whatever its case."""
        patient_id = self._roster.id_of(study_no)
        return None if patient_id is None else self._state.patients[patient_id]

    @property
    def criteria_sets(self) -> tuple[CriteriaSet, ...]:
        """The current version of every set that is not deleted, the oldest set first."""
        return tuple(each.read() for each in self._state.criteria.values() if each.is_shown)

    @property
    def criteria_set(self) -> CriteriaSet:
        """The set that classifies."""
        return self._state.criteria[self._state.in_use].read()

    @property
    def outcomes_known(self) -> tuple[int, int]:
        """(k, n): a set can be marked as specified beforehand only while k is 0."""
        return criteria_book.outcomes_known(self._state.patients.values())

    @property
    def cohort(self) -> Cohort:
        """Columns and verdicts of all patients, current; made anew where settings or criteria changed."""
        if self._cohort is None:
            self._cohort = Cohort.of(self.patients, self.settings, self.criteria_set)
        return self._cohort

    @property
    def version(self) -> int:
        """Number of the last log line, on disk or on its way there."""
        return self._seq

    def snapshot(self) -> StudySnapshot:
        """A frozen copy for a job beside the window."""
        return StudySnapshot(
            self.name,
            self.version,
            self.patients,
            self.settings,
            self.criteria_sets,
            self.criteria_set,
            self._log_until,
        )

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Be told of every change, on the thread that applied it; the returned function ends it."""
        self._listeners.append(listener)
        return lambda: forget(self._listeners, listener)

    def _tell(self, changed: StudyChanged) -> None:
        for listener in tuple(self._listeners):
            listener(changed)

    def _follow(self, touched: dict[str, Patient | None], changes: list[Change]) -> StudyChanged:
        """Bring order and columns up to date, and say what changed."""
        added = frozenset(i for i, now in touched.items() if now is not None and i not in self._roster)
        removed = frozenset(i for i, now in touched.items() if now is None and i in self._roster)
        settings = frozenset(change.name for change in changes if isinstance(change, SettingChange))
        criteria = any(isinstance(change, CriteriaChange) for change in changes)
        protection = any(isinstance(change, (SignatureChange, LockChange)) for change in changes)
        for patient_id, now in touched.items():
            self._roster.replace(patient_id, now)
        if settings or len(touched) > 100:
            self._cohort = None
        elif self._cohort is not None:
            if (
                criteria and self._cohort.criteria_set != self.criteria_set
            ):  # derived values stay, groups are judged anew
                self._cohort = self._cohort.regrouped(self.criteria_set)
            for patient_id, now in touched.items():
                if now is not None:
                    self._cohort = self._cohort.with_patient(now)
                elif patient_id in removed:
                    self._cohort = self._cohort.without(patient_id)
        return StudyChanged(frozenset(touched), added, removed, settings, criteria, protection=protection)

    def check(self, on_share: Callable[[float], object] | None = None) -> CheckReport:
        """Whether the file is whole, as it is on the disk; takes seconds where the log is long, on any thread.

        Parameters
        ----------
        on_share
            Told how far it is, 0 to 1; what it raises ends the check.
        """
        from esk_engine.study_file.check import check_file  # late: few ever ask

        lines = max(self._seq, 1)
        return check_file(self._path, self._key, on_share and (lambda seq: on_share(min(seq / lines, 1.0))))

    def _log_until(self, version: int) -> Iterator[LogLine]:
        with reader(self._path, self._key) as connection:
            for line in log_lines(connection, LogFilter()):
                if line.seq > version:
                    return
                yield line
