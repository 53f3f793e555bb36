"""The list of patients as a model: natural order, search and filter; an edit refreshes one row."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from esk_engine.judge import Group
from esk_engine.records import Patient
from esk_gui.patients.completeness import is_incomplete
from esk_gui.patients.cover import Cover
from esk_gui.patients.drafts import Drafts
from esk_gui.patients.signing.guard import Guard

if TYPE_CHECKING:
    from esk_gui.app import Session

FILTERS = ("all", Group.RESPONDER.value, Group.NON_RESPONDER.value, Group.UNDETERMINED.value, "incomplete")
_ANY = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ListRole(IntEnum):
    """What the delegate asks of a row besides its text."""

    PATIENT_ID = Qt.ItemDataRole.UserRole + 1
    STUDY_NO = Qt.ItemDataRole.UserRole + 2
    GROUP = Qt.ItemDataRole.UserRole + 3
    PERSON = Qt.ItemDataRole.UserRole + 4
    HAS_DRAFT = Qt.ItemDataRole.UserRole + 5
    IS_SIGNED = Qt.ItemDataRole.UserRole + 6


class PatientListModel(QAbstractListModel):
    """One row a patient that passes search and filter."""

    def __init__(
        self, session: Session, drafts: Drafts, cover: Cover, guard: Guard, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._drafts, self._cover, self._guard = session, drafts, cover, guard
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._search, self._filter = "", "all"

    # What stands in the list

    def set_search(self, text: str) -> None:
        """Keep the patients whose study number holds a text."""
        self._search = text.strip().upper()
        self.refresh()

    def set_filter(self, name: str) -> None:
        """One of ``FILTERS``."""
        self._filter = name
        self.refresh()

    def refresh(self) -> None:
        """Everything anew."""
        study = self._session.study
        found = [p.id for p in study.cohort.patients if self._passes(p)] if study else []
        if found == self._ids:
            if found:
                self.dataChanged.emit(self.index(0), self.index(len(found) - 1))
            return
        self.beginResetModel()
        self._ids = found
        self._rows = {patient_id: row for row, patient_id in enumerate(found)}
        self.endResetModel()

    def refresh_patient(self, patient_id: str) -> None:
        """One row anew. It stays where it is while it is edited, even where the filter would now leave it out."""
        row = self._rows.get(patient_id)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row))

    def is_out_of_order(self, patient_ids: frozenset[str]) -> bool:
        """Whether edited patients no longer stand in natural order (a study number was changed)."""
        study = self._session.open_study
        for patient_id in patient_ids:
            row = self._rows.get(patient_id)
            if row is None:
                continue
            at = study.cohort.row_of(patient_id)
            if row > 0 and study.cohort.row_of(self._ids[row - 1]) > at:
                return True
            if row + 1 < len(self._ids) and study.cohort.row_of(self._ids[row + 1]) < at:
                return True
        return False

    def id_at(self, row: int) -> str | None:
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, patient_id: str | None) -> int | None:
        return None if patient_id is None else self._rows.get(patient_id)

    def _passes(self, patient: Patient) -> bool:
        if self._search and self._search not in patient.study_no:
            return False
        if self._filter == "all" or self._cover.hides(patient.id):
            return True
        study = self._session.open_study
        if self._filter == "incomplete":
            return self._drafts.has(patient.id) or is_incomplete(patient, study.settings)
        return study.cohort.group(patient.id).value == self._filter

    # What a view asks

    @override
    def rowCount(self, parent: _ANY = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._ids)

    @override
    def data(self, index: _ANY, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        study = self._session.study
        patient_id = self.id_at(index.row()) if index.isValid() else None
        if patient_id is None or study is None or not study.has_patient(patient_id):
            return None
        patient = study.patient(patient_id)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._group_text(patient)
            case Qt.ItemDataRole.AccessibleTextRole:
                signed = f", {self._session.wording('sign.list.signed')}" if self._guard.is_signed(patient) else ""
                return f"{patient.study_no}: {self._group_text(patient)}{signed}"
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(patient)
            case ListRole.PATIENT_ID:
                return patient_id
            case ListRole.STUDY_NO:
                return patient.study_no
            case ListRole.GROUP:
                return None if self._cover.hides(patient_id) else study.cohort.group(patient_id).value
            case ListRole.PERSON:
                return self._person(patient)
            case ListRole.HAS_DRAFT:
                return self._drafts.has(patient_id)
            case ListRole.IS_SIGNED:
                return self._guard.is_signed(patient)
            case _:
                return None

    def _group_text(self, patient: Patient) -> str:
        study, words = self._session.open_study, self._session.wording
        if self._cover.hides(patient.id):
            return words("patients.covered.short")
        group = study.cohort.group(patient.id)
        if group is not Group.UNDETERMINED:
            return words(f"group.{group}")
        missing = len(study.cohort.verdict(patient.id).missing)
        return words.plural("patients.missing", missing) if missing else words("group.undetermined")

    def _person(self, patient: Patient) -> str:
        sex, age = patient.get("sex"), patient.get("age_years")
        words = self._session.wording
        parts = [words(f"patients.sex.{sex}") if sex else "", words.number(age) if isinstance(age, int) else ""]
        return " ".join(part for part in parts if part)

    def _tooltip(self, patient: Patient) -> str | None:
        count = len(self._drafts.of(patient.id))
        if count:
            return self._session.wording.plural("patients.drafts", count)
        return self._session.wording("sign.list.signed") if self._guard.is_signed(patient) else None
