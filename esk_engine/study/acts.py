"""The study that the window and the command line drive: everything that can be done to it, by name.

Act names (texts ``act.<name>``): edit, edit_many, add_patient, delete_patient, delete_row, import, setting,
criteria_save, criteria_copy, criteria_delete, criteria_use, undo, redo; those of signatures, locks and PINs stand in
``signing`` and ``people``.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import date

from esk_engine.criteria import CriteriaSet
from esk_engine.dictionary import Kind
from esk_engine.errors import Fault, Place, Refused
from esk_engine.records import (
    Act,
    CriteriaChange,
    Edit,
    Patient,
    PatientChange,
    SettingChange,
    Value,
    Values,
    make_patient,
)
from esk_engine.study import criteria_book
from esk_engine.study.backed import Backed
from esk_engine.study.entry import entering
from esk_engine.study.events import Added, Entry, EntryResult
from esk_engine.study.keyed import Keyed
from esk_engine.study.meanwhile import not_now
from esk_engine.study.preparing import refused
from esk_engine.study.signing import Signing
from esk_engine.study_file.encoding import course_of


class Study(Backed, Keyed, Signing):
    """An open study; made by ``Study.create`` and ``Study.open``, given up by ``close``."""

    def set_value(
        self, patient_id: str, kind: Kind, record_id: str, variable: str, value: Value, reason: str = ""
    ) -> Future[int]:
        """Set one value as it is (None: missing); a ``record_id`` that is not there yet begins a new row."""
        patient = self._known(patient_id)
        edit = Edit(patient_id, kind, record_id, variable, None, value)
        return self.apply(Act((edit,), "edit", reason, params={"study_no": patient.study_no, "variable": variable}))

    def parse_and_set(
        self, patient_id: str, kind: Kind, record_id: str, variable: str, text: str, today: date, reason: str = ""
    ) -> EntryResult:
        """Enter one value as it was typed; see ``enter``."""
        return self.enter(patient_id, (Entry(kind, record_id, variable, text),), today, reason)

    def enter(self, patient_id: str, entries: Sequence[Entry], today: date, reason: str = "") -> EntryResult:
        """Enter some values of one patient as one act: all of them, or with an error none.

        Texts are parsed; every value is checked by itself and with all that it touches. Warnings are told and accepted.
        Where it cannot be written now, an error says why (``someone_writes``, ``cannot_write``): it can be tried again.
        """
        patient = self._known(patient_id)
        act, issues = entering(patient, entries, today, reason)
        if act is None:
            return EntryResult(issues)
        try:
            return EntryResult(issues, self.apply(act))
        except Refused as error:
            place = Place(study_no=patient.study_no)
            return EntryResult((*issues, *(replace(issue, place=place) for issue in error.issues)))
        except Fault as fault:
            if self.read_only:
                raise
            return EntryResult((*issues, not_now(fault)))

    def add_patient(self, values: Values, reason: str = "") -> Added:
        """Add a patient with some values, at least a ``study_no``."""
        return self.add(make_patient(values), reason)

    def add(self, patient: Patient, reason: str = "") -> Added:
        """Add a whole patient."""
        params = {"study_no": patient.study_no}
        return Added(
            patient.id,
            self.apply(Act((PatientChange(patient.id, None, patient),), "add_patient", reason, params=params)),
        )

    def delete_patient(self, patient_id: str, reason: str = "") -> Future[int]:
        """Take a patient out of the study; the log keeps the whole course."""
        patient = self._known(patient_id)
        change = PatientChange(patient_id, patient, None)
        return self.apply(Act((change,), "delete_patient", reason, params={"study_no": patient.study_no}))

    def delete_row(self, patient_id: str, record_id: str, reason: str = "") -> Future[int]:
        """Take one row (reading, sample, side effect) out of a patient's course: all its values become missing."""
        patient = self._known(patient_id)
        row = patient.find(record_id)
        if row is None or row.kind is Kind.PATIENT:
            return self._nothing_done()
        edits = tuple(Edit(patient_id, row.kind, row.id, name, value, None) for name, value in row.values.items())
        params = {"study_no": patient.study_no, "kind": row.kind.value}
        return self.apply(Act(edits, "delete_row", reason, params=params))

    def import_patients(self, patients: Sequence[Patient], reason: str = "") -> Future[int]:
        """Add patients as one act; one that the study already holds, the same in everything, is passed over.

        Raises
        ------
        Refused
            ``patient_differs`` for every study number that another course holds.
        """
        new: list[Patient] = []
        taken: list[Refused] = []
        for patient in patients:
            present = self.patient_by_study_no(patient.study_no)
            if present is None:
                new.append(patient)
            elif course_of(present) != course_of(patient):
                taken.append(refused("patient_differs", "study_no", patient.study_no, patient.study_no))
        if taken:
            raise Refused(tuple(issue for error in taken for issue in error.issues))
        changes = tuple(PatientChange(patient.id, None, patient) for patient in new)
        return self.apply(Act(changes, "import", reason, params={"n": str(len(new))}))

    def set_setting(self, name: str, value: Value, reason: str = "") -> Future[int]:
        """Change one setting; ``value`` as it stands in the file (text, whole number, "yes" or "no")."""
        change = SettingChange(name, self.settings.stored(name), value)
        return self.apply(Act((change,), "setting", reason, params={"setting": name}))

    def save_criteria_set(self, criteria_set: CriteriaSet, reason: str = "", *, use: bool = False) -> Future[int]:
        """Save a set as a new version (a new set where its id is "" or unknown), with what was known by then.

        With ``use`` it classifies from then on, in the same act.
        """
        change = criteria_book.saving(self._state, criteria_set)
        changes = () if change is None else (change,)
        if use:
            set_id = criteria_set.set_id if change is None else change.set_id
            changes = (*changes, CriteriaChange(set_id, "in_use", self._state.in_use, set_id))
        return self.apply(Act(changes, "criteria_save", reason, params={"set": criteria_set.name}))

    def copy_criteria_set(self, set_id: str, name: str, reason: str = "") -> tuple[str, Future[int]]:
        """Add an unlocked copy of a set under another name; its id, and the promise."""
        change = criteria_book.copying(self._state, set_id, name)
        return change.set_id, self.apply(Act((change,), "criteria_copy", reason, params={"set": name}))

    def use_criteria_set(self, set_id: str, reason: str = "") -> Future[int]:
        """Let another set classify."""
        change = criteria_book.using(self._state, set_id)
        return self.apply(Act((change,), "criteria_use", reason, params={"set": self._set_name(set_id)}))

    def delete_criteria_set(self, set_id: str, reason: str = "") -> Future[int]:
        """Hide a set that is neither locked nor in use; its versions stay in the file."""
        change = criteria_book.deleting(self._state, set_id)
        return self.apply(Act((change,), "criteria_delete", reason, params={"set": self._set_name(set_id)}))

    def _set_name(self, set_id: str) -> str:
        return self._state.criteria[set_id].read().name
