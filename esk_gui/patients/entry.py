"""Takes what is typed to the study: saved at once, or kept as a draft with what is wrong; follows what is on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from esk_engine.dictionary import Kind, variable
from esk_engine.errors import Fault, Issue, Refused
from esk_engine.records import Patient, Record
from esk_engine.study.entry import entering
from esk_engine.study.meanwhile import not_now
from esk_engine.validation import check_patient, check_value
from esk_gui.patients.drafts import Draft, Drafts, Place
from esk_gui.patients.signing.guard import Guard

if TYPE_CHECKING:
    from esk_engine.study import Entry as RowEntry
    from esk_engine.study import SaveState
    from esk_gui.app import Session

Standing = dict[tuple[str, str], Issue]


class Entry(QObject):
    """The one way from a field to the study.

    ``save_changed`` carries a place and "saving", "saved" or "failed"; ``retry_requested`` that what waits for another
    program, or for a reason, is to be entered again.
    """

    save_changed = Signal(object, str)
    retry_requested = Signal()

    def __init__(self, session: Session, drafts: Drafts, guard: Guard | None = None) -> None:
        super().__init__(drafts)
        self._session = session
        self.drafts = drafts
        self.guard = guard or Guard(session, self)
        self._pending: set[Place] = set()
        self._failed: set[Place] = set()
        session.save_state_changed.connect(self._on_save_state)

    def enter(self, place: Place, text: str, *, keeps_wrong: bool = True) -> tuple[Issue, ...]:
        """Save a text as the value of a place; what is refused becomes a draft, and its issues come back.

        Parameters
        ----------
        keeps_wrong
            False: only what has to wait becomes a draft, not what is wrong in itself.
        """
        study = self._session.study
        if study is None:
            return ()
        reason = self.guard.reason_for(place.patient_id, ((place.kind, place.variable),))
        try:
            result = study.parse_and_set(
                place.patient_id, place.kind, place.record_id, place.variable, text, self._session.today(), reason
            )
        except Fault as fault:
            self._session.show_error(fault)
            return fault.issues
        errors = tuple(issue for issue in result.issues if issue.is_error)
        if errors:
            if keeps_wrong or Draft(place, text, errors).is_waiting:
                self.keep(place, text, errors)
            return errors
        self.settle((place,), is_changed=result.saved is not None)
        return ()

    def enter_rows(
        self, patient_id: str, entries: Sequence[RowEntry], texts: Mapping[Place, str], *, keeps_drafts: bool = True
    ) -> tuple[Issue, ...]:
        """Enter several values of one patient as one act, or none.

        Parameters
        ----------
        texts
            What was typed where: drafts there go when it is taken, and are kept when it is refused.
        """
        study = self._session.study
        if study is None:
            return ()
        if not entries:
            self.settle(tuple(texts), is_changed=False)
            return ()
        reason = self.guard.reason_for(patient_id, ((entry.kind, entry.variable) for entry in entries))
        try:
            result = study.enter(patient_id, entries, self._session.today(), reason)
        except Fault as fault:
            self._session.show_error(fault)
            return fault.issues
        errors = tuple(issue for issue in result.issues if issue.is_error)
        if not errors:
            self.settle(tuple(texts), is_changed=True)
        elif keeps_drafts:
            for place, text in texts.items():
                self.keep(place, text, errors)
        return errors

    def delete_row(self, record: Record) -> tuple[Issue, ...]:
        """Take a row away; what keeps it from going comes back."""
        try:
            delete_row(self._session, self.guard, record)
        except Refused as refused:
            return refused.issues
        except Fault as fault:
            return (not_now(fault),)
        return ()

    def check_rows(self, patient: Patient, entries: Sequence[RowEntry]) -> tuple[Issue, ...]:
        """The errors that entering these values would meet; nothing is changed."""
        _, issues = entering(patient, entries, self._session.today(), "")
        return tuple(issue for issue in issues if issue.is_error)

    def keep(self, place: Place, text: str, issues: tuple[Issue, ...]) -> None:
        """Keep a text that cannot be saved, visible where it was typed."""
        self.drafts.put(Draft(place, text, issues))
        self.guard.note_missing(issues, place.kind, place.variable)

    def settle(self, places: tuple[Place, ...], *, is_changed: bool) -> None:
        """The places hold what the study holds: no draft, and waiting for the disk where something changed."""
        for place in places:
            self.drafts.drop(place)
            if is_changed:
                self._pending.add(place)
                self.save_changed.emit(place, "saving")

    def retry(self) -> None:
        """Try again to write what could not be written, and to enter what had to wait."""
        if self._session.study is not None:
            self._session.study.retry()
            self.retry_requested.emit()

    def _on_save_state(self, state: SaveState) -> None:
        if state.status == "saving" or not self._pending:
            return
        places = tuple(self._pending)
        self._failed = set(places) if state.status == "failed" else set()
        if state.status == "saved":
            self._pending.clear()
        for place in places:
            self.save_changed.emit(place, state.status)

    def is_unsaved(self, place: Place) -> bool:
        """Whether what was entered at a place could not be written yet."""
        return place in self._failed

    def standing(self, patient: Patient) -> Standing:
        """What is doubtful or wrong in a patient as stored, by record id and variable: the gravest of each."""
        today = self._session.today()
        found: Standing = {}
        for record in patient.records():
            if record.kind is Kind.ADVERSE_EVENT:
                continue
            for name, value in record.values.items():
                for issue in check_value(variable(record.kind, name), value, today=today):
                    found.setdefault((record.id, name), issue)
        for issue in check_patient(patient):
            key = (str(issue.params.get("record_id") or patient.id), issue.variable)
            if key not in found or (issue.is_error and not found[key].is_error):
                found[key] = issue
        return found


def delete_row(session: Session, guard: Guard, record: Record) -> None:
    """Take a row out of its patient's course, with the reason that stands for its moment.

    Raises
    ------
    Fault
        Refused where it is signed or a reason is missing.
    """
    reason = guard.reason_for(record.patient_id, ((record.kind, name) for name in record.values))
    session.open_study.delete_row(record.patient_id, record.id, reason)
