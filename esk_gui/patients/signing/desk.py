"""What a person does with the signatures of the patient whose form is open: sign, look at, unlock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from esk_engine.records import Patient
from esk_engine.study import SignOff, sign_off_of
from esk_gui.patients.signing.guard import Guard

if TYPE_CHECKING:
    from esk_gui.app import Session
    from esk_gui.patients.drafts import Draft
    from esk_gui.patients.entry import Entry

Namer = Callable[["Draft"], str]


class SigningDesk(QObject):
    """Opens the dialogs; nothing here is asked of anybody who did not ask for it.

    Parameters
    ----------
    name_draft
        How a draft is named to a person.
    """

    def __init__(self, session: Session, page: QWidget, entry: Entry, guard: Guard, name_draft: Namer) -> None:
        super().__init__(page)
        self._session, self._page, self._entry, self._guard = session, page, entry, guard
        self._name_draft = name_draft

    def do(self, what: str, patient: Patient, moment: SignOff, then: Callable[[], object]) -> None:
        """What a state line was asked; ``then`` is called when its dialog is closed."""
        if what == "sign":
            self.sign(patient, moment, then)
        elif what == "unlock":
            self.unlock(patient, moment, then)
        else:
            self.view(patient, moment, then)

    def sign(self, patient: Patient, moment: SignOff, then: Callable[[], object]) -> None:
        """Show what would be signed, and ask who signs."""
        from esk_gui.patients.signing.sign_dialog import SignDialog

        words = self._session.wording
        records = {record.id: record for record in patient.records()}
        standing = self._entry.standing(patient).items()
        warnings = [
            words.issue(issue)
            for (record_id, name), issue in standing
            if record_id in records and sign_off_of(records[record_id].kind, name) is moment
        ]
        drafts = [
            self._name_draft(draft)
            for draft in self._entry.drafts.of(patient.id)
            if sign_off_of(draft.place.kind, draft.place.variable) is moment
        ]
        dialog = SignDialog(self._session, self._page, patient, moment, warnings=warnings, drafts=drafts)
        dialog.finished.connect(then)
        dialog.open()

    def view(self, patient: Patient, moment: SignOff, then: Callable[[], object]) -> None:
        """Show the newest signature of a moment."""
        from esk_gui.patients.signing.signature_dialog import SignatureDialog

        unlock = partial(self.unlock, patient, moment, then)
        dialog = SignatureDialog(self._session, self._page, patient, moment, unlock)
        dialog.finished.connect(then)
        dialog.open()

    def unlock(self, patient: Patient, moment: SignOff, then: Callable[[], object]) -> None:
        """Ask why a signed moment is to be changed."""
        from esk_gui.dialogs.reason import ReasonDialog

        words, last = self._session.wording, self._guard.last_signature(patient.id, moment)
        if last is None:
            return
        moments = {"moment": words(f"sign.moment.{moment}"), "within": words(f"sign.moment.{moment}.within")}
        act = partial(self._unlock, patient.id, moment)
        who = {"person": last.person, "when": last.when}
        dialog = ReasonDialog(
            self._session, self._page, "unlock_moment", act, study_no=patient.study_no, **moments, **who
        )
        dialog.finished.connect(then)
        dialog.open()

    def _unlock(self, patient_id: str, moment: SignOff, reason: str, _pin: str) -> None:
        self._session.open_study.unlock(patient_id, moment, reason)
        self._guard.set_reason(patient_id, moment, reason)
