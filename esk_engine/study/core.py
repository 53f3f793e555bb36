"""An open study: the one truth in memory, and behind it the file that every act is written to.

The window and the command line drive the same object, from one thread: reading is free, ``apply`` changes what is in
memory at once and hands the act to the writer, whose future tells when it is on disk.
"""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Self, TypeVar

from esk_engine import __version__
from esk_engine.cohort import Cohort
from esk_engine.criteria import TABLE_2, CriteriaSet
from esk_engine.errors import Fault
from esk_engine.records import (
    Act,
    Change,
    CriteriaChange,
    Patient,
    PatientChange,
    SettingChange,
    new_id,
)
from esk_engine.settings import SETTINGS, Settings
from esk_engine.study import criteria_book
from esk_engine.study.events import ActName, Person, StudyChanged
from esk_engine.study.history import Done, History
from esk_engine.study.preparing import Preparation, setting_value
from esk_engine.study.roster import Roster
from esk_engine.study.snapshot import StudySnapshot
from esk_engine.study_file import PUBLIC, Key, OpenedFile, create_file, open_file
from esk_engine.study_file.encoding import repaired_text
from esk_engine.study_file.log import Author, LoggedAct, LogLine, utc_now
from esk_engine.study_file.reading import LogFilter, log_lines, read_log, reader
from esk_engine.study_file.state import PersonChange, StoredChange, StudyState, birth_changes, criteria_version
from esk_engine.study_file.writer import SaveState
from esk_engine.study_file.writing import Step, Writing

PROGRAM = f"Esk {__version__}"
Listener = Callable[[StudyChanged], None]
SaveListener = Callable[[SaveState], None]
_L = TypeVar("_L")


def author_of(person: Person) -> Author:
    """Who acts, as the log names them."""
    return Author(repaired_text(person.initials), repaired_text(platform.node()), PROGRAM)


class OpenStudy:
    """What an open study holds, how an act is applied, taken back and made durable."""

    def __init__(self, path: Path, person: Person, key: Key, read_only: bool) -> None:
        self._path, self._person, self._key = path, person, key
        self._author = author_of(person)
        self._listeners: list[Listener] = []
        self._save_listeners: list[SaveListener] = []
        opened = open_file(
            path, who=self._author.person, pc=self._author.pc, on_state=self._tell_saved, read_only=read_only, key=key
        )
        self._adopt(opened)

    def _adopt(self, opened: OpenedFile) -> None:
        self._writer = opened.writer
        self._reason = opened.read_only_reason or (None if opened.writer else Fault("read_only_study"))
        self._state: StudyState = opened.content.state
        self._seq, self._act = opened.content.head.seq, opened.content.head.act
        self._roster = Roster(self._state.patients.values())
        self._history = History()
        self._cohort: Cohort | None = None

    # -- being born, opened, closed --------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        person: Person,
        settings: Settings = Settings(),  # noqa: B008 - frozen
        patients: Iterable[Patient] = (),
        criteria_sets: Sequence[CriteriaSet] = (TABLE_2,),
        in_use: str = "",
        key: Key = PUBLIC,
    ) -> Self:
        """A new study in a file that is not there yet, whole or not at all, and open to write.

        Parameters
        ----------
        in_use
            Id of the set that classifies; "" for the first of ``criteria_sets``.

        Raises
        ------
        Fault
            ``file_exists``, ``file_read_only``, ``file_full``; Refused where a patient or setting is.
        """
        path = Path(path)
        author = author_of(person)
        act = Act(tuple(PatientChange(patient.id, None, patient) for patient in patients), "create")
        steps = Preparation(StudyState(), lambda _: None).steps(act)
        sets = tuple(criteria_book.cleaned(each, each.set_id or new_id()) for each in criteria_sets or (TABLE_2,))
        if in_use and in_use not in {each.set_id for each in sets}:
            raise Fault("criteria_unknown", value=in_use)
        versions = [(each.set_id, criteria_version(each, new_id())) for each in sets]
        stored = {declared.name: setting_value(declared.name, settings.stored(declared.name)) for declared in SETTINGS}
        birth = (
            *birth_changes(stored, versions, in_use or sets[0].set_id),
            *((PersonChange(author.person, None, person.role),) if person.role else ()),
        )
        steps = (*(Step(change) for change in birth), *steps)
        changes = tuple(step.change for step in steps)
        logged = LoggedAct(1, 1, utc_now(), author, changes, study_id=new_id())
        create_file(path, Writing(logged, steps), key)
        return cls(path, person, key, read_only=False)

    @classmethod
    def open(cls, path: Path, *, person: Person, read_only: bool = False, key: Key = PUBLIC) -> Self:
        """An existing study, to write where that can be, else to read (``read_only``, ``read_only_reason``).

        Raises
        ------
        Fault
            ``file_not_found``, ``not_a_study``, ``file_damaged``, ``file_newer``, ``file_locked`` (who, pc,
            since; opening with ``read_only=True`` still works), ``file_needs_recovery``. The file is left untouched.
        """
        return cls(Path(path), person, key, read_only)

    def close(self, *, discard: bool = False) -> None:
        """Write what is left, close the file and give up the writer's lock.

        Raises
        ------
        Fault
            Where something cannot be written; the study stays open then, unless ``discard`` gives it up.
        """
        if self._writer is not None:
            self._writer.close(discard=discard)
            self._writer, self._reason = None, Fault("study_closed")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- what it holds ---------------------------------------------------------------------------------------------

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

    def hand_over(self, person: Person) -> None:
        """Let somebody else be at work: every act from here on is theirs in the log."""
        self._person, self._author = person, author_of(person)

    @property
    def people(self) -> dict[str, str]:
        """Initials and role of whoever told their role."""
        return dict(self._state.people)

    @property
    def read_only(self) -> bool:
        return self._writer is None

    @property
    def read_only_reason(self) -> Fault | None:
        """Why it can only be read: ``file_read_only``, ``read_only_study``, ``study_closed``; None where it is not."""
        return self._reason

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

    # -- changing it -----------------------------------------------------------------------------------------------

    def apply(self, act: Act) -> Future[int]:
        """Make an act: in memory at once, on disk when the future is done (with the number of its last log line).

        An act that changes nothing is none; its future is done already.

        Raises
        ------
        Refused
            Where any of its changes cannot be made; nothing was changed then.
        Fault
            The reason why the study can only be read.
        """
        if self._writer is None:
            raise self._reason or Fault("read_only_study")
        preparation = Preparation(self._state, self._roster.id_of)
        steps = preparation.steps(act)
        if not steps:
            return self._nothing_done()
        self._introduce()
        changes: list[Change] = []
        for step in steps:
            self._state.apply(step.change)
            if not isinstance(step.change, PersonChange):
                changes.append(step.change)
        told = self._follow(preparation.patients, changes)
        number = self._act + 1
        saved = self._submit(steps, act.reason, act.undoes)
        self._history.record(act, Done(number, tuple(changes), ActName(act.name, act.params)))
        for listener in tuple(self._listeners):
            listener(told)
        return saved

    def _nothing_done(self) -> Future[int]:
        saved: Future[int] = Future()
        saved.set_result(self._seq)
        return saved

    def _introduce(self) -> None:
        """Put whoever acts for the first time, or in another role, on the study's list of people."""
        initials, role = self._author.person, self._person.role
        known = self._state.people.get(initials)
        if role and known != role:
            change = PersonChange(initials, known, role)
            self._state.apply(change)
            self._submit((Step(change),), "", None)

    def _submit(self, steps: tuple[Step, ...], reason: str, undoes: int | None) -> Future[int]:
        if self._writer is None:
            raise self._reason or Fault("read_only_study")
        changes: tuple[StoredChange, ...] = tuple(step.change for step in steps)
        logged = LoggedAct(
            self._act + 1, self._seq + 1, utc_now(), self._author, changes, repaired_text(reason), undoes
        )
        self._act, self._seq = logged.number, logged.last_seq
        return self._writer.submit(Writing(logged, steps))

    def _follow(self, touched: dict[str, Patient | None], changes: list[Change]) -> StudyChanged:
        """Bring order and columns up to date, and say what changed."""
        added = frozenset(i for i, now in touched.items() if now is not None and i not in self._roster)
        removed = frozenset(i for i, now in touched.items() if now is None and i in self._roster)
        settings = frozenset(change.name for change in changes if isinstance(change, SettingChange))
        criteria = any(isinstance(change, CriteriaChange) for change in changes)
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
        return StudyChanged(frozenset(touched), added, removed, settings, criteria)

    # -- history ---------------------------------------------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        return not self.read_only and self.undo_name is not None

    @property
    def can_redo(self) -> bool:
        return not self.read_only and self.redo_name is not None

    @property
    def undo_name(self) -> ActName | None:
        """What would be undone."""
        return self._history.undo_name

    @property
    def redo_name(self) -> ActName | None:
        """What would be redone."""
        return self._history.redo_name

    def undo(self) -> Future[int]:
        """Take back the last act of this session, as a new act; Fault ``nothing_to_undo`` where there is none."""
        act = self._history.undoing()
        if act is None:
            raise Fault("nothing_to_undo")
        return self.apply(act)

    def redo(self) -> Future[int]:
        """Take back the last undo, as a new act; Fault ``nothing_to_redo`` where there is none."""
        act = self._history.redoing()
        if act is None:
            raise Fault("nothing_to_redo")
        return self.apply(act)

    def log(self, wanted: LogFilter = LogFilter()) -> list[LogLine]:  # noqa: B008 - frozen
        """The log's lines that pass a filter, the oldest first; waits for what is on its way to the disk."""
        self.settle(timeout=2.0)
        return read_log(self._path, self._key, wanted)

    def _log_until(self, version: int) -> Iterator[LogLine]:
        with reader(self._path, self._key) as connection:
            for line in log_lines(connection, LogFilter()):
                if line.seq > version:
                    return
                yield line

    # -- being on disk ---------------------------------------------------------------------------------------------

    @property
    def save_state(self) -> SaveState:
        return self._writer.state if self._writer is not None else SaveState("saved")

    def retry(self) -> None:
        """Try at once again to write what could not be written."""
        if self._writer is not None:
            self._writer.retry()

    def settle(self, timeout: float | None = None) -> bool:
        """Wait until everything is on disk; False where something cannot be written, or the time is up."""
        return self._writer is None or self._writer.wait(timeout)

    def wait_saved(self, saved: Future[int]) -> int:
        """The number of the last log line once it is on disk; raises the Fault that keeps it from there."""
        while not saved.done() and not self.settle():
            fault = self.save_state.fault
            if fault is not None:
                raise fault
        return saved.result()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Be told of every change, on the thread that applied it; the returned function ends it."""
        self._listeners.append(listener)
        return lambda: _forget(self._listeners, listener)

    def subscribe_saved(self, listener: SaveListener) -> Callable[[], None]:
        """Be told of every change of the save state, on the writer's thread; the returned function ends it."""
        self._save_listeners.append(listener)
        return lambda: _forget(self._save_listeners, listener)

    def _tell_saved(self, state: SaveState) -> None:
        for listener in tuple(self._save_listeners):
            listener(state)


def _forget(listeners: list[_L], listener: _L) -> None:
    with contextlib.suppress(ValueError):
        listeners.remove(listener)
