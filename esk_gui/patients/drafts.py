"""Text that was typed and did not parse: kept with its patient and field until it is put right or thrown away."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from esk_engine.dictionary import Kind
from esk_engine.errors import Issue


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is typed: a variable of a patient, or of one of its rows (``row`` is the row's key)."""

    patient_id: str
    variable: str
    kind: Kind = Kind.PATIENT
    row: str = ""

    @property
    def record_id(self) -> str:
        """The record that holds the value; a patient's own record bears the patient's id."""
        return self.row or self.patient_id


REASON_NEEDED, CHANGED = "reason_needed", "changed_meanwhile"
WAITING = (REASON_NEEDED, "someone_writes", CHANGED, "changed_meanwhile_whole", "cannot_write")


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in a field that could not be saved, and why."""

    place: Place
    text: str
    issues: tuple[Issue, ...]

    @property
    def is_waiting(self) -> bool:
        """Nothing is wrong with the text itself: entered again it may well be taken."""
        return any(issue.code in WAITING for issue in self.issues)


class Drafts(QObject):
    """All drafts of the open study. ``changed`` tells the patient whose drafts came or went."""

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drafts: dict[Place, Draft] = {}

    def get(self, place: Place) -> Draft | None:
        return self._drafts.get(place)

    def put(self, draft: Draft) -> None:
        """Keep a draft, in place of an earlier one there."""
        self._drafts[draft.place] = draft
        self.changed.emit(draft.place.patient_id)

    def drop(self, place: Place) -> None:
        """Forget one draft, if there is one."""
        if self._drafts.pop(place, None) is not None:
            self.changed.emit(place.patient_id)

    def drop_patient(self, patient_id: str) -> None:
        """Forget every draft of a patient that is deleted."""
        for place in [place for place in self._drafts if place.patient_id == patient_id]:
            self.drop(place)

    def of(self, patient_id: str) -> tuple[Draft, ...]:
        return tuple(draft for draft in self._drafts.values() if draft.place.patient_id == patient_id)

    def has(self, patient_id: str) -> bool:
        return any(place.patient_id == patient_id for place in self._drafts)

    def all(self) -> tuple[Draft, ...]:
        """Every draft, oldest first."""
        return tuple(self._drafts.values())

    def restore(self, drafts: tuple[Draft, ...]) -> None:
        """Take over the drafts of a page that was rebuilt."""
        for draft in drafts:
            self.put(draft)
