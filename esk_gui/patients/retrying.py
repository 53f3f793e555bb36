"""Enters again what had to wait: for another program that was writing, or for the reason of a change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget

from esk_engine.dictionary import Kind
from esk_engine.records import Patient
from esk_engine.study import SignOff, sign_off_of
from esk_gui.patients.drafts import REASON_NEEDED, WAITING, Draft, Place
from esk_gui.patients.sample_rows import NEW_ROW, SampleEntry
from esk_gui.patients.vital_entry import CLOCK, VitalEntry, place_of
from esk_gui.patients.vital_rows import grid_rows
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import bare

if TYPE_CHECKING:
    from esk_gui.app import Session
    from esk_gui.patients.entry import Entry

ABOUT_ALL = (*WAITING, "signed_locked", "study_locked")
"""Issues that are about the whole act, not about one of its values."""


class Retrying(QObject):
    """Knows for each kind of draft how it was typed, and types it again."""

    def __init__(self, session: Session, entry: Entry) -> None:
        super().__init__(entry)
        self._session, self._entry, self._drafts = session, entry, entry.drafts
        self._vitals, self._samples = VitalEntry(entry), SampleEntry(entry)
        entry.retry_requested.connect(self.retry_all)
        entry.guard.reason_given.connect(self.retry_moment)

    def retry_all(self) -> None:
        """Everything that waits for another program."""
        self._retry([draft for draft in self._drafts.all() if draft.is_waiting and _code(draft) != REASON_NEEDED])

    def retry_moment(self, patient_id: str, moment: SignOff) -> None:
        """What waited for the reason of a change of this moment."""
        waiting = [draft for draft in self._drafts.of(patient_id) if _code(draft) == REASON_NEEDED]
        self._retry([d for d in waiting if sign_off_of(d.place.kind, d.place.variable) is moment])

    def _retry(self, waiting: list[Draft]) -> None:
        for draft in waiting:
            study = self._session.study
            if study is None or not study.has_patient(draft.place.patient_id):
                continue
            if self._drafts.get(draft.place) is draft:  # one before it may have taken it along
                self._again(study.patient(draft.place.patient_id), draft)

    def _again(self, patient: Patient, draft: Draft) -> None:
        place = draft.place
        if place.kind is Kind.READING:
            self._reading(patient, draft)
        elif place.kind is Kind.SAMPLE:
            self._sample(patient, draft)
        else:
            self._entry.enter(place, draft.text)

    def _reading(self, patient: Patient, draft: Draft) -> None:
        place = draft.place
        rows = grid_rows(patient, self._session.open_study.settings)
        row = next((row for row in rows if place.row in (row.key, f"minute:{row.minute}")), None)
        if row is None:
            return
        column = CLOCK if place.variable == "minute" and ":" in draft.text else place.variable
        self._vitals.type(patient, row, column, draft.text)
        if place_of(patient.id, row, column) != place:  # the row became a reading since
            self._drafts.drop(place)

    def _sample(self, patient: Patient, draft: Draft) -> None:
        place, settings = draft.place, self._session.open_study.settings
        record = patient.find(place.row)
        if record is not None:
            self._samples.type(patient, record, place.variable, draft.text)
        elif place.row == NEW_ROW:
            self._samples.type_new(patient, place.variable, draft.text, self._drafts)
        else:
            self._drafts.drop(place)
            self._samples.type_end(patient, place.row.removeprefix("end:"), draft.text, settings)


def _code(draft: Draft) -> str:
    return next((issue.code for issue in draft.issues if issue.code in WAITING), "")


class WaitingLinks(QWidget):
    """Below a table: try again what waits in it, or go to where its reason is typed."""

    def __init__(self, session: Session, entry: Entry, name: str) -> None:
        super().__init__()
        self._entry = entry
        self._wanting: Place | None = None
        words, theme = session.wording, session.theme
        self._retry = button(words("patients.retry"), theme, entry.retry, kind="link", name=f"{name}_retry")
        self._give = button(words("sign.give_reason"), theme, self._ask, kind="link", name=f"{name}_give_reason")
        row = bare(QHBoxLayout(self), 4)
        for each in (self._retry, self._give):
            each.setProperty("fit", "message")
            row.addWidget(each)
        row.addStretch(1)
        self.hide()

    def show_drafts(self, drafts: Iterable[Draft]) -> None:
        """Offer what some drafts wait for; nothing where none waits."""
        codes = {draft.place: code for draft in drafts if (code := _code(draft))}
        self._wanting = next((place for place, code in codes.items() if code == REASON_NEEDED), None)
        self._give.setVisible(self._wanting is not None)
        self._retry.setVisible(any(code != REASON_NEEDED for code in codes.values()))
        self.setVisible(bool(codes))

    def _ask(self) -> None:
        if self._wanting is not None:
            self._entry.guard.ask_reason(self._wanting.kind, self._wanting.variable)
