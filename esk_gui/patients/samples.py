"""The blood sample at the end of the infusion as two fields, and all samples as a table when more is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from esk_engine.dictionary import Kind, variable
from esk_engine.errors import Issue
from esk_engine.records import Patient, Value
from esk_engine.study import SignOff
from esk_gui.patients.entry import Entry, Standing
from esk_gui.patients.field import FieldMessage, ShownField
from esk_gui.patients.form_fields import Shown
from esk_gui.patients.messages import FittedMessage
from esk_gui.patients.retrying import WaitingLinks
from esk_gui.patients.sample_rows import CONCENTRATION, END_ANALYTES, SampleEntry, end_place, end_sample, has_more
from esk_gui.patients.sample_table import SamplesModel, SamplesView
from esk_gui.patients.signing.state_line import SigningStrip
from esk_gui.patients.signing.watch import LockWatch
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import EntryLine
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import ElidedLabel, text_label

if TYPE_CHECKING:
    from esk_gui.app import Session

_FIELD_WIDTH = 112


class EndSampleField(EntryLine):
    """The concentration of one analyte at the end of the infusion."""

    def __init__(self, session: Session, entry: Entry, sample_entry: SampleEntry, analyte: str) -> None:
        words = session.wording
        super().__init__(f"{CONCENTRATION}_{analyte}", session.theme, unit=words.unit(CONCENTRATION), number=True)
        self._session, self._entry, self._samples = session, entry, sample_entry
        self.analyte = analyte
        self._patient: Patient | None = None
        self._is_committing = False
        name = words.code(analyte)
        self.label = text_label(name[:1].upper() + name[1:], "label")
        self.label.setBuddy(self)
        self.setAccessibleName(f"{words.label(CONCENTRATION)} {name}")
        self.message = FieldMessage(session, f"{CONCENTRATION}_{analyte}")
        self.message.reading_chosen.connect(self._choose_reading)
        self.message.retry_requested.connect(entry.retry)
        self.message.reason_requested.connect(self._ask_reason)
        self._lock = ""
        self._watch = LockWatch(self, self)
        self._watch.tried.connect(self._show_lock)
        self._watch.left.connect(self._show_issue)
        self._issue: Issue | None = None
        self.committed.connect(self._enter)
        self.setFixedWidth(_FIELD_WIDTH)

    def show_patient(self, patient: Patient, standing: Standing) -> None:
        """Show the stored concentration, or the draft that stands in for it."""
        settings = self._session.open_study.settings
        is_other = self._patient is None or self._patient.id != patient.id
        self._patient = patient
        record = end_sample(patient, self.analyte, settings)
        draft = self._entry.drafts.get(end_place(patient, self.analyte, settings))
        if is_other or self._is_committing or not (self.hasFocus() and self.is_uncommitted):
            value = record.get(CONCENTRATION) if record else None
            self.show_text(self._session.wording.typed(variable(Kind.SAMPLE, CONCENTRATION), value))
            if draft is not None:
                self.keep_draft(draft.text)
        standing_issue = standing.get((record.id, CONCENTRATION)) if record else None
        issue = draft.issues[0] if draft and draft.issues else standing_issue
        self._issue = issue
        self._show_issue()
        self.set_state("" if issue is None else "error" if issue.is_error else "warning")

    def set_lock(self, text: str) -> None:
        """Let the value be read but not changed, for a reason that is told; "" lets it be changed."""
        if text == self._lock:
            return
        was_locked, self._lock, self._watch.is_on = bool(self._lock), text, bool(text)
        if text and not was_locked and self.is_uncommitted and self.hasFocus():
            self._enter(self.text())  # typed while somebody else signed: it stays as a draft
        self.setReadOnly(bool(text))
        self.setToolTip(text)
        self.setAccessibleDescription(text)

    def _show_issue(self) -> None:
        self.message.show_issue(self._issue, self.shown_text)

    def _show_lock(self) -> None:
        self.message.show_note(self._lock)

    def _ask_reason(self) -> None:
        self._entry.guard.ask_reason(Kind.SAMPLE, CONCENTRATION)

    def commit(self) -> None:
        if self.is_uncommitted and not self.isReadOnly():
            self._enter(self.text())

    def _enter(self, text: str) -> None:
        if self._patient is None or self._is_committing:
            return
        self._is_committing = True
        try:
            self._samples.type_end(self._patient, self.analyte, text, self._session.open_study.settings)
        finally:
            self._is_committing = False

    def _choose_reading(self, value: Value) -> None:
        self._enter(self._session.wording.typed(variable(Kind.SAMPLE, CONCENTRATION), value))


class SamplesPane(QWidget):
    """Heading, the two fields with their ratio, and the table of all samples."""

    def __init__(self, session: Session, entry: Entry) -> None:
        super().__init__()
        self._session, self._entry = session, entry
        words = session.wording
        sample_entry = SampleEntry(entry)
        self.model = SamplesModel(session, sample_entry, entry.drafts, self)
        self.view = SamplesView(session, self.model)
        self.view.hide()
        self.view.remove_requested.connect(self._remove)
        self.view.lock_met.connect(self._tell_lock)
        self.model.refused.connect(self._show_refused)
        self.fields = tuple(EndSampleField(session, entry, sample_entry, analyte) for analyte in END_ANALYTES)
        self._ratio = ShownField(Shown("ratio", 72, 2), session, self)
        self._when = ElidedLabel("", "second")
        self._title = text_label(words("patients.samples"), "heading")
        self._more = button(
            words("patients.samples.more"), session.theme, kind="link", name="samples_more", in_header=True
        )
        self._more.setCheckable(True)
        self._more.toggled.connect(self._show_table)
        self._message = FittedMessage(session.theme, "message_concentration_ug_l")
        self._again = WaitingLinks(session, entry, "samples")
        self.signing = SigningStrip(session, (SignOff.LABORATORY,), is_named=True)
        self.signing.set_side(Qt.AlignmentFlag.AlignLeft)
        self._lay_out()

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        self._head.addWidget(self._title)
        self._head.addWidget(self._when, 1)
        self._head.addWidget(self._more)
        self._grid_widget = QWidget()
        self._grid = QGridLayout(self._grid_widget)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        column_box = bare(QVBoxLayout(self), 4)
        column_box.addLayout(self._head)
        column_box.addWidget(self._grid_widget)
        for field in self.fields:
            column_box.addWidget(field.message)
        column_box.addWidget(self.view)
        for each in (self._message, self._again, self.signing):
            column_box.addWidget(each)
        self.set_one_line(False)

    def show_patient(self, patient: Patient, standing: Standing, *, is_other: bool) -> None:
        """Show a patient's samples; the table opens by itself where the two fields do not show all of them."""
        study, words = self._session.open_study, self._session.wording
        minutes = patient.get("infusion_minutes")
        known = isinstance(minutes, int)
        self._when.setText(
            words("patients.samples.when", minute=minutes) if known else words("patients.samples.no_end")
        )
        lock = self._entry.guard.lock_text(patient.id, SignOff.LABORATORY)
        if lock != self.model.lock:
            self._message.clear()
        self.model.lock = lock
        for field in self.fields:
            field.set_lock(lock)
            field.show_patient(patient, standing)
            field.setEnabled(known)
        value = study.cohort.derived(patient.id)["ratio"]
        self._ratio.show_value(value, None if value is not None else study.cohort.reason(patient.id, "ratio"))
        self.model.show_patient(patient, standing)
        if is_other:
            self._message.clear()
            self._more.setChecked(has_more(patient, study.settings))
        drafts = self._entry.drafts.of(patient.id) if self._more.isChecked() else ()
        self._again.show_drafts(draft for draft in drafts if draft.place.kind is Kind.SAMPLE)
        self.signing.show_patient(patient, (SignOff.LABORATORY,), self._entry.guard)
        self._fit_table()

    def commit(self) -> None:
        for field in self.fields:
            field.commit()

    def set_one_line(self, one_line: bool) -> None:
        """Below 1040 logical px everything stands in one line, labels before their fields."""
        self._when.setVisible(not one_line)
        parts = (*self.fields, self._ratio)
        for at, part in enumerate(parts):
            control = part if isinstance(part, EndSampleField) else part.control
            side = Qt.AlignmentFlag.AlignVCenter if one_line else Qt.AlignmentFlag.AlignLeft
            self._grid.addWidget(part.label, 0, 2 * at if one_line else at, side)
            self._grid.addWidget(control, 0 if one_line else 1, 2 * at + 1 if one_line else at, side)
        self._grid.setHorizontalSpacing(8 if one_line else 16)
        self._grid.setColumnStretch(3, 0 if one_line else 1)
        self._grid.setColumnStretch(6, 1 if one_line else 0)

    def _show_table(self, shown: bool) -> None:
        self.view.setVisible(shown)
        words = self._session.wording
        self._more.setText(words("patients.samples.less" if shown else "patients.samples.more"))
        self._fit_table()

    def _fit_table(self) -> None:
        rows = min(max(self.model.rowCount(), 1), 5)
        self.view.setFixedHeight(26 + 26 * rows + 4)

    def _show_refused(self, issues: tuple[Issue, ...]) -> None:
        self._message.show_message("\n".join(self._session.wording.issue(issue) for issue in issues))

    def _tell_lock(self) -> None:
        self._message.show_message(self.model.lock, "info")

    def _remove(self) -> None:
        record = self.model.record_at(self.view.currentIndex().row())
        if record is not None:
            self._show_refused(self._entry.delete_row(record))
