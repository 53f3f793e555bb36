"""Whose verdict is covered: whoever scores the evaluation must not be steered by it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from esk_engine.records import Patient
from esk_engine.settings import Settings
from esk_gui.patients.completeness import is_evaluated


class Cover(QObject):
    """At most one patient is covered: the one whose evaluation is open and not complete.

    ``changed`` tells each patient whose verdict came or went from sight.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._patient_id: str | None = None

    def hides(self, patient_id: str) -> bool:
        return patient_id == self._patient_id

    def follow(self, patient: Patient | None, settings: Settings, *, is_evaluating: bool) -> None:
        """Look anew at what is open: a patient and whether the evaluation shows."""
        is_covered = (
            patient is not None and is_evaluating and not settings.verdict_during_entry and not is_evaluated(patient)
        )
        covered = patient.id if patient is not None and is_covered else None
        if covered == self._patient_id:
            return
        before, self._patient_id = self._patient_id, covered
        for patient_id in (before, covered):
            if patient_id is not None:
                self.changed.emit(patient_id)
