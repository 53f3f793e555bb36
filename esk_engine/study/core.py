"""An open study: the one truth in memory, and behind it the file that every act is written to.

The window and the command line drive the same object, from one thread: reading is free, ``apply`` changes what is in
memory at once and hands the act to the writer, whose future tells when it is on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Self

from esk_engine.criteria import TABLE_2, CriteriaSet
from esk_engine.errors import Fault, Issue, Refused
from esk_engine.records import Act, Change, KeyChange, Patient, PatientChange, PersonChange, new_id
from esk_engine.settings import SETTINGS, Settings
from esk_engine.study import criteria_book
from esk_engine.study.events import ActName, Person
from esk_engine.study.held import author_of
from esk_engine.study.history import Done
from esk_engine.study.meanwhile import clashes, errors_made, must_be_unchanged
from esk_engine.study.preparing import Preparation, setting_value
from esk_engine.study.rejoining import RejoiningStudy
from esk_engine.study_file import PUBLIC, Key, create_file
from esk_engine.study_file.log import LoggedAct, utc_now
from esk_engine.study_file.state import StudyState, birth_changes, criteria_version
from esk_engine.study_file.writing import Step, Writing


class OpenStudy(RejoiningStudy):
    """How an open study is born and opened, how an act is applied and taken back."""

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
            *((KeyChange(False, True),) if not key.is_public else ()),
        )
        steps = (*(Step(change) for change in birth), *steps)
        changes = tuple(step.change for step in steps)
        logged = LoggedAct(1, 1, utc_now(), author, changes, study_id=new_id())
        key = create_file(path, Writing(logged, steps), key)
        return cls(path, person, key, read_only=False)

    @classmethod
    def open(
        cls, path: Path, *, person: Person, read_only: bool = False, follow: bool = False, key: Key = PUBLIC
    ) -> Self:
        """An existing study, to write where that can be, else to read (``read_only``, ``read_only_reason``).

        Parameters
        ----------
        follow
            Where another program writes, read what it writes (``poll``, ``take``) until it gives that role back.

        Raises
        ------
        Fault
            ``file_not_found``, ``not_a_study``, ``file_damaged``, ``file_newer``, ``file_locked`` (who, pc,
            since; opening with ``read_only=True`` still works), ``file_needs_recovery``. The file is left untouched.
        """
        return cls(Path(path), person, key, read_only=read_only, follow=follow)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- changing it -----------------------------------------------------------------------------------------------

    def apply(self, act: Act) -> Future[int]:
        """Make an act: in memory at once, on disk when the future is done (with the number of its last log line).

        An act that changes nothing is none; its future is done already.

        Raises
        ------
        Refused
            Where any of its changes cannot be made, or another program changed that very thing since it was shown
            (``changed_meanwhile``); nothing was changed then.
        Fault
            The reason why the study can only be read; ``file_locked`` (who, pc, since) where another program writes;
            ``changed_since`` where an undo or redo would take back what is there no more.
        """
        preparation, steps = self._prepared(act)
        if not steps:
            return self._nothing_done()
        self._introduce()
        changes: list[Change] = []
        for step in steps:
            self._state.apply(step.change)
            changes.append(step.change)
        told = self._follow(preparation.patients, changes)
        number = self._act + 1
        saved = self._submit(steps, act.reason, act.undoes)
        self._history.record(act, Done(number, tuple(changes), ActName(act.name, act.params), act.reason))
        self._tell(told)
        return saved

    def _prepared(self, act: Act) -> tuple[Preparation, tuple[Step, ...]]:
        """The act's steps upon what the file holds, and the role to write them; no steps where nothing changes."""
        if not self.is_writer and not self.read_only and act.undoes is None:
            preparation, steps = self._checked(act)
            if not steps:
                return preparation, steps  # what is refused raised already, and what is the same needs no role
        meanwhile = self._take_role()
        if meanwhile is not None and act.undoes is None:
            _refuse(clashes(act, meanwhile, self._state))
        preparation, steps = self._checked(act)
        if meanwhile is not None:
            _refuse(errors_made(preparation.patients, meanwhile, self._state))
        return preparation, steps

    def _checked(self, act: Act) -> tuple[Preparation, tuple[Step, ...]]:
        if act.undoes is not None:
            must_be_unchanged(act, self._state)
        preparation = Preparation(self._state, self._roster.id_of)
        return preparation, preparation.steps(act)

    def _introduce(self) -> None:
        """Put whoever acts for the first time, or in another role, on the study's list of people."""
        initials, role = self._author.person, self._person.role
        known = self._state.people.get(initials)
        if role and known != role:
            change = PersonChange(initials, known, role)
            self._state.apply(change)
            self._submit((Step(change),), "", None)

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


def _refuse(issues: tuple[Issue, ...]) -> None:
    if issues:
        raise Refused(issues)
