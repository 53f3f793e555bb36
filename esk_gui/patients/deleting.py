"""Deleting a patient: asked first, with a reason where something was signed off, and not at all while it is locked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from esk_engine.errors import Fault
from esk_engine.records import Patient
from esk_engine.study import SignOff
from esk_gui.patients.signing.guard import Guard

if TYPE_CHECKING:
    from esk_gui.app import Session


class Deletion(QObject):
    """Asks about one patient at a time, in a dialog over the page."""

    def __init__(self, session: Session, page: QWidget, guard: Guard) -> None:
        super().__init__(page)
        self._session, self._page, self._guard = session, page, guard

    def ask(self, patient: Patient) -> None:
        """Ask, or say why it cannot be."""
        study = self._session.open_study
        if study.read_only:
            return
        locked = self._guard.locked_moments(patient.id)
        if study.is_locked or locked:
            self._say_locked(patient, locked)
        elif any(self._guard.needs_reason(patient.id, moment) for moment in SignOff):
            self._ask_reason(patient)
        else:
            self._ask(patient)

    def _ask(self, patient: Patient) -> None:
        words = self._session.wording
        box = QMessageBox(
            QMessageBox.Icon.NoIcon, words("patients.delete"), words("patients.delete.ask", study_no=patient.study_no)
        )
        box.setParent(self._page, box.windowFlags())
        box.setObjectName("confirm_delete")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setInformativeText(words("patients.delete.help"))
        delete = box.addButton(words("patients.delete.confirm"), QMessageBox.ButtonRole.DestructiveRole)
        delete.setObjectName("confirm_delete_yes")
        box.setDefaultButton(box.addButton(words("patients.cancel"), QMessageBox.ButtonRole.RejectRole))
        delete.clicked.connect(partial(self._delete, patient.id))
        box.open()

    def _ask_reason(self, patient: Patient) -> None:
        from esk_gui.dialogs.reason import ReasonDialog

        given = [self._guard.reason(patient.id, moment).strip() for moment in SignOff]
        act = partial(self._delete_because, patient.id)
        dialog = ReasonDialog(self._session, self._page, "delete_patient", act, study_no=patient.study_no)
        dialog.reason.setPlainText(next((reason for reason in given if reason), ""))
        dialog.open()

    def _say_locked(self, patient: Patient, locked: tuple[SignOff, ...]) -> None:
        from esk_gui.dialogs.base import EskDialog

        words = self._session.wording
        moments = ", ".join(words(f"sign.moment.{moment}.within") for moment in locked)
        text = words("sign.delete.locked", study_no=patient.study_no, moments=moments)
        if self._session.open_study.is_locked:
            text = words("sign.study_locked")
        dialog = EskDialog(self._session, self._page, "delete_locked", words("patients.delete"), 420)
        dialog.add_text(text, "")
        dialog.column.addStretch(1)
        dialog.add_close(words("sign.close"))
        dialog.open()

    def _delete_because(self, patient_id: str, reason: str, _pin: str) -> None:
        self._session.open_study.delete_patient(patient_id, reason)

    def _delete(self, patient_id: str) -> None:
        try:
            self._session.open_study.delete_patient(patient_id)
        except Fault as fault:
            self._session.show_error(fault)
