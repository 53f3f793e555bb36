"""The patients of an open study in the natural order of their study numbers, kept so edit by edit."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

from esk_engine.records import Patient, natural_key

_Key = tuple[tuple[tuple[int, int, str], ...], str]


def _key(patient: Patient) -> _Key:
    return (natural_key(patient.study_no), patient.id)


class Roster:
    """Order and study numbers; an edit costs no more with ten thousand patients than with thirty."""

    def __init__(self, patients: Iterable[Patient]) -> None:
        self._by_id = {patient.id: patient for patient in patients}
        self._order = sorted(_key(patient) for patient in self._by_id.values())
        self._by_study_no = {patient.study_no: patient.id for patient in self._by_id.values()}
        self._tuple: tuple[Patient, ...] | None = None

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, patient_id: str) -> bool:
        return patient_id in self._by_id

    def in_order(self) -> tuple[Patient, ...]:
        if self._tuple is None:
            self._tuple = tuple(self._by_id[patient_id] for _, patient_id in self._order)
        return self._tuple

    def id_of(self, study_no: str) -> str | None:
        """Id of the patient with this study number, whatever its case."""
        return self._by_study_no.get(study_no.strip().upper())

    def replace(self, patient_id: str, new: Patient | None) -> None:
        """Put a patient in its place, new or anew, or take it out."""
        old = self._by_id.pop(patient_id, None)
        self._tuple = None
        if new is not None:
            self._by_id[patient_id] = new
        if old is not None and new is not None and old.study_no == new.study_no:
            return
        if old is not None:
            del self._order[bisect_left(self._order, _key(old))]
            if self._by_study_no.get(old.study_no) == patient_id:
                del self._by_study_no[old.study_no]
        if new is not None:
            insort(self._order, _key(new))
            self._by_study_no[new.study_no] = patient_id
