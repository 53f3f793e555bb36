"""An open study that keeps up with its file: what another program writes is read beside the window and taken over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from esk_engine.errors import Fault
from esk_engine.records import Change, Edit, LockChange, Patient, PatientChange, SignatureChange
from esk_engine.settings import SETTINGS
from esk_engine.study.events import Person, StudyChanged
from esk_engine.study.held import HeldStudy
from esk_engine.study_file import Key
from esk_engine.study_file.lock import writer_of
from esk_engine.study_file.log import Head
from esk_engine.study_file.reading import FileContent
from esk_engine.study_file.updates import Update, read_update
from esk_engine.study_file.writer import Writer


class FollowingStudy(HeldStudy):
    """A study in memory, and how it follows its file while this program is not the one that writes."""

    def __init__(self, path: Path, person: Person, key: Key) -> None:
        super().__init__(path, person, key)
        self._writer: Writer | None = None
        self._reason: Fault | None = None
        self._elsewhere: Fault | None = None
        self._is_closed = False

    def _hold(self, content: FileContent) -> None:
        super()._hold(content)
        self._head = content.head

    @property
    def is_writer(self) -> bool:
        """Whether this program has the writer's role now."""
        return self._writer is not None

    @property
    def writer_elsewhere(self) -> Fault | None:
        """Who writes elsewhere: ``file_locked`` (who, pc, since) as the last look found it; None where nobody does."""
        return None if self._writer is not None else self._elsewhere

    def poll(self) -> Update | None:
        """Look at the file, on any thread; None where nothing is new, or this program is the one that writes.

        Raises
        ------
        Fault
            ``file_vanished`` where the file is not there, and whatever else keeps it from being read. What is in memory
            stays as it is, and the next poll goes on from there.
        """
        known = self._head
        if self._writer is not None or self._is_closed:
            return None
        update = read_update(self._path, self._key, known)
        self._elsewhere = writer_of(self._path)
        return update

    def take(self, update: Update) -> None:
        """Take over what ``poll`` found, on the owner's thread, and tell the subscribers.

        An update that does not continue what is in memory by now is dropped: the next poll finds it again.
        """
        if self._writer is None and not self._is_closed and update.after == self._head:
            self._tell(self._catch_up(update))

    def _catch_up(self, update: Update) -> StudyChanged:
        """Bring memory up to the file; what a fresh reading would give is what is there then."""
        if update.content is not None:
            return self._hold_anew(update.content)
        touched: dict[str, Patient | None] = {}
        changes: list[Change] = []
        self._head = update.head
        try:
            for told in update.told:
                self._state.apply(told.change)
                changes.append(told.change)
                patient_id = _patient_of(told.change)
                if patient_id:
                    touched[patient_id] = self._state.patients.get(patient_id)
        except (KeyError, ValueError, TypeError):  # lines that Esk did not write: the next look reads all anew
            self._head = Head()
        self._seq, self._act = update.head.seq, update.head.act
        return replace(self._follow(touched, changes), saved=True)

    def _hold_anew(self, content: FileContent) -> StudyChanged:
        """Hold what the file says now; nothing of what was done before can be taken back any more."""
        before = frozenset(self._state.patients)
        self._hold(content)
        now = frozenset(self._state.patients)
        settings = frozenset(declared.name for declared in SETTINGS)
        return StudyChanged(
            before | now, now - before, before - now, settings, criteria=True, saved=True, protection=True
        )


def _patient_of(change: Change) -> str:
    """Id of the patient whom a change concerns, "" for none."""
    concerns = isinstance(change, (Edit, PatientChange, SignatureChange, LockChange))
    return change.patient_id if concerns else ""
