"""Signing a moment off: what is signed stands there whole, then the person says once more who they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from esk_engine.errors import Fault
from esk_engine.records import Patient
from esk_engine.study import SignOff
from esk_gui.dialogs.base import EskDialog, labelled, side_by_side
from esk_gui.dialogs.waiting import Waiting
from esk_gui.dialogs.who import refusal, wait_of
from esk_gui.patients.signing.values import missing, tables, values_of
from esk_gui.patients.signing.values_view import ValuesView
from esk_gui.widgets.entry import EntryLine
from esk_gui.widgets.frames import Hairline
from esk_gui.widgets.labels import MessageLabel
from esk_gui.widgets.secret import SecretLine

if TYPE_CHECKING:
    from esk_gui.app import Session

_WIDTH = 560


class SignDialog(EskDialog):
    """Closed by signing, or by Escape without it.

    Parameters
    ----------
    warnings
        What is doubtful or wrong about the values and stays so.
    drafts
        What was typed into this moment and is not in the study, each named.
    """

    frame_height = 266

    def __init__(
        self,
        session: Session,
        parent: QWidget,
        patient: Patient,
        moment: SignOff,
        *,
        warnings: Sequence[str],
        drafts: Sequence[str],
    ) -> None:
        words = session.wording
        moments = {"moment": words(f"sign.moment.{moment}"), "within": words(f"sign.moment.{moment}.within")}
        title = words("sign.dialog.title", study_no=patient.study_no, **moments)
        super().__init__(session, parent, "sign", title, _WIDTH)
        self._patient_id, self._moment = patient.id, moment
        self.add_scrolling(self._values(patient, warnings, drafts))
        self._lay_out_person()
        self.add_button(words("sign.cancel"), self.reject, name="button_cancel")
        self._confirm_button = self.add_button(
            words("sign.dialog.confirm"), self._confirm, kind="primary", name="button_confirm", is_default=True
        )
        controls = (self.pin, self._confirm_button) if self.session.open_study.pin_needed else (self._confirm_button,)
        self._waiting = Waiting(words, self.message, controls, self)
        self.initials.setFocus()

    def _values(self, patient: Patient, warnings: Sequence[str], drafts: Sequence[str]) -> ValuesView:
        words, settings = self.wording, self.session.open_study.settings
        view = ValuesView(self.theme, "sign_values")
        view.add_lines((words("sign.dialog.text"),))
        lacking = missing(patient, self._moment, settings, words)
        blocks = (
            ("sign.dialog.drafts", drafts, "error", "error"),
            ("sign.dialog.warnings", warnings, "warning", "warning"),
            ("sign.dialog.missing", ("; ".join(lacking),) if lacking else (), "question", "ink_2"),
        )
        for key, lines, icon_name, token in blocks:
            if lines:
                view.add_heading(words(key))
                view.add_lines(lines, icon_name, token)
        if not lacking:
            view.add_lines((words("sign.dialog.nothing_missing"),), "check")
        view.add_heading(words("sign.dialog.values"))
        for cells in tables(values_of(patient, self._moment), self._moment, words):
            view.add_table(cells)
        return view

    def _lay_out_person(self) -> None:
        words = self.wording
        self.initials = EntryLine("sign_initials", self.theme)
        self.initials.setMaxLength(10)
        self.pin = SecretLine("sign_pin", is_pin=True)
        self.message = MessageLabel(self.theme, "message_sign")
        fields = [labelled(words("sign.dialog.initials"), self.initials)]
        if self.session.open_study.pin_needed:
            fields.append(labelled(words("sign.dialog.pin"), self.pin))
        else:
            self.pin.setParent(self)
            self.pin.hide()
        self.column.addWidget(Hairline())
        self.column.addLayout(side_by_side(*fields))
        self.column.addWidget(self.message)

    def _confirm(self) -> None:
        if self._waiting.is_on:
            return
        initials, study = self.initials.text().strip(), self.session.open_study
        if not initials:
            self._refuse(self.wording("sign.dialog.initials_needed"), self.initials)
            return
        try:
            study.sign(self._patient_id, self._moment, initials=initials, pin=self.pin.text())
        except Fault as fault:
            field = self.pin if fault.code.startswith("pin_") else self.initials
            self._refuse(refusal(fault, self.wording), field)
            self._waiting.begin(wait_of(fault))
            return
        self.accept()

    def _refuse(self, text: str, field: EntryLine | SecretLine) -> None:
        self.message.show_message(text)
        field.selectAll()
        field.setFocus()
