"""The side effects of one patient: were they asked for, which there are, the ten questions of the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.dictionary import NARANJO_QUESTIONS, Kind
from esk_engine.errors import Fault, Issue
from esk_engine.records import Patient, Record, new_id
from esk_engine.study import Entry, EntryResult, SignOff
from esk_engine.validation import check_patient
from esk_gui.patients.drafts import Drafts, Place
from esk_gui.patients.entry import Entry as PatientEntry
from esk_gui.patients.retrying import WaitingLinks
from esk_gui.side_effects.adder import EventAdder
from esk_gui.side_effects.asked import ASKED, AskedRow
from esk_gui.side_effects.events import QUESTIONS, EventLine, term_text
from esk_gui.side_effects.model import AdverseEventsModel, Column
from esk_gui.side_effects.questions import LOW_ROW_HEIGHT, ROW_HEIGHT, NaranjoQuestions
from esk_gui.side_effects.table import ROW_HEIGHT as ROW_ABOVE
from esk_gui.side_effects.table import EventsTable
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import PAGE_PADDING, bare, scrolling
from esk_gui.widgets.labels import MessageLabel, text_label

if TYPE_CHECKING:
    from esk_engine.study import Study, StudyChanged
    from esk_gui.app import Session

_NARROW = 680
_AROUND_QUESTIONS = 194  # everything above and below the ten rows but the rows of the table


class SideEffectsTab(QWidget):
    """Embedded in the patient's form.

    ``event_selected`` carries the record id of the chosen side effect or None; ``count_changed`` how many there are.
    """

    event_selected = Signal(object)
    count_changed = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None, entry: PatientEntry | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side_effects_tab")
        self._session = session
        self._entry = entry or PatientEntry(session, Drafts(self))
        self._patient_id: str | None = None
        self._count = -1
        wording, theme = session.wording, session.theme
        self._asked = AskedRow(wording, theme)
        self._model = AdverseEventsModel(wording, self)
        self.table = EventsTable(self._model, wording, theme)
        self._adder = EventAdder(wording, theme)
        self._adder.hide()
        self._questions = NaranjoQuestions(wording, theme)
        self._message = MessageLabel(theme, "message_side_effects")
        self._again = WaitingLinks(session, self._entry, "side_effects")
        self._lock = ""
        self._add_button = button(
            wording("side_effects.add"), theme, self.open_adder, kind="quiet", icon_name="add", name="add_side_effect"
        )
        self._delete_button = button(
            wording("side_effects.delete"), theme, self.delete_selected, kind="quiet", icon_name="delete",
            name="delete_side_effect", tooltip=wording("side_effects.delete.help"),
        )  # fmt: skip
        self._none = text_label("", "body_second", "side_effects_none", wrap=True)
        self._area = self._build()
        self._connect()
        self.refresh()

    def _build(self) -> QScrollArea:
        head = bare(QHBoxLayout(), 4)
        head.addWidget(text_label(self._session.wording("side_effects.title"), "heading"), 1)
        head.addWidget(self._delete_button)
        head.addWidget(self._add_button)
        content = QWidget()
        self._content = column = QVBoxLayout(content)
        column.setContentsMargins(PAGE_PADDING, 12, PAGE_PADDING, 12)
        column.setSpacing(0)
        column.addWidget(self._asked)
        column.addSpacing(8)
        column.addLayout(head)
        for part in (self._adder, self._message, self._again, self.table, self._none):
            column.addWidget(part)
        column.addSpacing(14)
        column.addWidget(self._questions)
        column.addStretch(1)
        area = scrolling(content, "side_effects_area")
        bare(QVBoxLayout(self)).addWidget(area)
        return area

    def _connect(self) -> None:
        self._asked.chosen.connect(self._on_asked)
        self._asked.lock_met.connect(self._tell_lock)
        self._adder.add_wanted.connect(self._on_add)
        self._adder.closed.connect(self.close_adder)
        self._model.edit_wanted.connect(self._on_edit)
        self._questions.answered.connect(self._on_answered)
        self._questions.left_for_later.connect(self._on_later)
        self._questions.question_entered.connect(self._show_row)
        self.table.delete_wanted.connect(self.delete_selected)
        self.table.opened.connect(self._questions.focus_first_open)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.table.doubleClicked.connect(self._on_double_click)
        self._questions.lock_met.connect(self._on_locked_question)
        self._entry.drafts.changed.connect(self._on_drafts)

    # What is shown

    def show_patient(self, patient_id: str | None) -> None:
        """Show another patient; the first side effect with open questions is chosen."""
        if patient_id == self._patient_id:
            return
        self._patient_id = patient_id
        self._adder.hide()
        self._message.clear()
        self.refresh()
        self._select(self._first_open())

    def on_study_changed(self, change: StudyChanged) -> None:
        is_ours = self._patient_id in change.patients or self._patient_id in change.removed
        if is_ours or change.settings:
            self.refresh()

    def refresh(self) -> None:
        """Ask the study anew; the chosen side effect stays chosen while it exists."""
        patient, study = self._patient(), self._session.study
        self.setEnabled(patient is not None)
        chosen = self.selected_event()
        guard = self._entry.guard
        before, self._lock = self._lock, guard.lock_text(patient.id, SignOff.EVALUATION) if patient is not None else ""
        if before != self._lock:
            self._message.clear()
            self._questions.show_note(1, "")
        records = patient.adverse_events if patient is not None else ()
        cutoff = study.settings.naranjo_cutoff if study is not None else 0
        with QSignalBlocker(self.table.selectionModel()):
            self._model.show_lines([EventLine.of(record, cutoff) for record in records], editable=not self._lock)
        if patient is not None:
            self._asked.show_patient(patient, self._entry)
        self._add_button.setEnabled(patient is not None and not self._lock)
        self._add_button.setToolTip(self._lock)
        self._delete_button.setToolTip(self._lock or self._session.wording("side_effects.delete.help"))
        self._fit_questions()
        self._show_emptiness(patient)
        if len(records) != self._count:
            self._count = len(records)
            self.count_changed.emit(self._count)
        self._select(chosen if chosen and self._model.row_of(chosen) >= 0 else self._first_open())

    def count(self) -> int:
        """How many side effects the patient has."""
        return max(0, self._count)

    def selected_event(self) -> str | None:
        line = self._model.line(self.table.currentIndex().row())
        return line.id if line is not None else None

    def state(self) -> dict[str, Any]:
        """The chosen side effect, the question in hand, a row of the adder that was begun, how far it was scrolled."""
        return {
            "event": self.selected_event(),
            "question": self._questions.focused(),
            "adding": self._adder.isVisible(),
            "term": self._adder.term.currentText(),
            "phase": self._adder.phase.code(),
            "scrolled": self._area.verticalScrollBar().value(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self._select(state.get("event"))
        if state.get("adding"):
            self.open_adder()
            self._adder.term.setEditText(str(state.get("term", "")))
            self._adder.phase.show_code(str(state.get("phase", "")))
        if state.get("question"):
            self._questions.focus_question(int(state["question"]))
        self._area.verticalScrollBar().setValue(int(state.get("scrolled", 0)))

    def focus_first(self) -> None:
        """Put the cursor where the work goes on: the first open question, else the button that adds."""
        if self._record() is not None:
            self._questions.focus_first_open()
        else:
            self._add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def drafts(self) -> list[str]:
        """A side effect that was typed but not added."""
        patient = self._patient()
        if patient is None or self._adder.isHidden() or self._adder.is_empty():
            return []
        term = self._adder.term.currentText().strip()
        return [self._session.wording("side_effects.draft", study_no=patient.study_no, term=term)]

    # What a person does

    def open_adder(self) -> None:
        self._adder.show()
        self._adder.reset()
        self._area.ensureWidgetVisible(self._adder)

    def close_adder(self) -> None:
        self._adder.hide()
        self._add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def delete_selected(self) -> None:
        """Take the chosen side effect away with its answers, as one act."""
        record, patient = self._record(), self._patient()
        if record is None or patient is None:
            return
        if self._lock:
            self._tell_lock(self._lock)
            return
        row = self._model.row_of(record.id)
        issues = self._entry.delete_row(record)
        if issues:
            self._entry.guard.note_missing(issues, record.kind, "term")
            self._message.show_message("\n".join(self._session.wording.issue(issue) for issue in issues))
            return
        self.refresh()
        self.table.setCurrentIndex(self._model.index(min(row, self._model.rowCount() - 1), 0))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_add(self, term: str, phase: str) -> None:
        study, patient = self._session.study, self._patient()
        if study is None or patient is None:
            return
        record_id = new_id()
        entries = [Entry(Kind.ADVERSE_EVENT, record_id, "term", term)]
        if phase:
            entries.append(Entry(Kind.ADVERSE_EVENT, record_id, "phase", phase))
        result = self._save(patient.id, entries)
        if result.is_refused or not term.strip():
            errors = [issue for issue in result.issues if issue.is_error] or [Issue("term_missing", "term")]
            self._entry.guard.note_missing(errors, Kind.ADVERSE_EVENT, "term")
            self._adder.message.show_message(self._session.wording.issue(errors[0]))
            return
        self._adder.hide()
        self.refresh()
        self._select(record_id)
        self._questions.focus_question(1)

    def _on_edit(self, record_id: str, variable: str, text: str) -> None:
        self._tell(self._set(Kind.ADVERSE_EVENT, record_id, variable, text))

    def _on_answered(self, variable: str, code: str) -> None:
        record = self._record()
        if record is None or self._patient_id is None:
            return
        place = Place(self._patient_id, variable, Kind.ADVERSE_EVENT, record.id)
        if str(record.get(variable) or "") != code:
            issues = self._set(Kind.ADVERSE_EVENT, record.id, variable, code)
            text = self._session.wording.issue(issues[0]) if issues else ""
            self._questions.show_note(NARANJO_QUESTIONS.index(variable) + 1, text, "error")
        elif self._entry.drafts.get(place) is not None:  # back to what is stored: nothing waits any more
            self._entry.drafts.drop(place)

    def _on_asked(self, variable: str, code: str) -> None:
        if self._patient_id is not None:
            self._tell(self._set(Kind.PATIENT, self._patient_id, variable, code))

    def _set(self, kind: Kind, record_id: str, variable: str, text: str) -> tuple[Issue, ...]:
        """Save one value at once; what keeps it from being saved comes back."""
        if self._patient_id is None:
            return ()
        row = "" if kind is Kind.PATIENT else record_id
        issues = self._entry.enter(Place(self._patient_id, variable, kind, row), text, keeps_wrong=False)
        self.refresh()
        return issues

    def _tell(self, issues: tuple[Issue, ...]) -> None:
        self._message.show_message(self._session.wording.issue(issues[0]) if issues else "")

    def _tell_lock(self, text: str) -> None:
        """Why nothing can be changed here, to whoever tries."""
        self._message.show_message(text, "info")
        self._area.ensureWidgetVisible(self._message, 0, 24)

    def _on_locked_question(self, number: int) -> None:
        self._questions.show_note(number, self._lock)

    def _on_double_click(self, index: QModelIndex) -> None:
        if self._lock and index.column() <= Column.PHASE:
            self._tell_lock(self._lock)

    def _on_drafts(self, patient_id: str) -> None:
        """Something waits, or waits no more."""
        if patient_id == self._patient_id and self.isVisible():
            self.refresh()

    def _save(self, patient_id: str, entries: Sequence[Entry]) -> EntryResult:
        """Enter some values as one act; a fault of the file is told in a calm dialog."""
        reason = self._entry.guard.reason_for(patient_id, ((entry.kind, entry.variable) for entry in entries))
        try:
            return self._session.open_study.enter(patient_id, entries, self._session.today(), reason)
        except Fault as fault:
            self._session.show_error(fault)
            return EntryResult(fault.issues)

    def _on_later(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_row_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        del current, previous
        self._show_chosen()

    def _show_row(self, row: QWidget) -> None:
        self._area.ensureWidgetVisible(row, 0, 24)

    # Inside

    def _select(self, record_id: str | None) -> None:
        row = self._model.row_of(record_id) if record_id else -1
        with QSignalBlocker(self.table.selectionModel()):
            if row >= 0:
                self.table.selectRow(row)
            else:
                self.table.setCurrentIndex(QModelIndex())
        self.table.viewport().update()
        self._show_chosen()

    def _show_chosen(self) -> None:
        record, patient = self._record(), self._patient()
        self._questions.setVisible(record is not None)
        self._delete_button.setEnabled(record is not None and not self._lock)
        drafts = self._entry.drafts.of(patient.id) if patient is not None else ()
        own = [d for d in drafts if d.place.kind is Kind.ADVERSE_EVENT or d.place.variable in ASKED]
        self._again.show_drafts(own)
        self._delete_button.setVisible(bool(self._count > 0))
        if record is not None and patient is not None:
            warning = next(
                (issue for issue in check_patient(patient) if issue.params.get("record_id") == record.id), None
            )
            text = self._session.wording.issue(warning) if warning is not None else ""
            waiting = {draft.place.variable: draft.text for draft in own if draft.place.row == record.id}
            self._questions.show_event(
                record,
                term_text(record, self._session.wording),
                read_only=bool(self._lock),
                warning=text,
                waiting=waiting,
            )
        self.event_selected.emit(record.id if record is not None else None)

    def _show_emptiness(self, patient: Patient | None) -> None:
        """None reported and not asked are different things: an empty table says which it is."""
        is_empty = patient is not None and not patient.adverse_events
        self.table.setVisible(not is_empty)
        self._none.setVisible(is_empty)
        if patient is None or not is_empty:
            return
        answers = [field.code for field in self._asked.fields]
        asked = "none_reported" if "yes" in answers else "not_asked" if "no" in answers else "empty"
        self._none.setText(self._session.wording(f"side_effects.{asked}"))

    def _first_open(self) -> str | None:
        lines = [line for row in range(self._model.rowCount()) if (line := self._model.line(row)) is not None]
        unfinished = next((line.id for line in lines if not line.score.is_complete), None)
        return unfinished or (lines[0].id if lines else None)

    def _patient(self) -> Patient | None:
        study: Study | None = self._session.study
        if study is None or self._patient_id is None or not study.has_patient(self._patient_id):
            return None
        return study.patient(self._patient_id)

    def _record(self) -> Record | None:
        patient, chosen = self._patient(), self.selected_event()
        return patient.find(chosen) if patient is not None and chosen else None

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_first()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(360, 200)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = event.size().width()
        side = PAGE_PADDING if width >= _NARROW else 16
        self._content.setContentsMargins(side, 12, side, 12)
        self._asked.set_width(width - 2 * side - 12)
        self._questions.set_narrow(width < _NARROW)
        self._fit_questions()

    def _fit_questions(self) -> None:
        """Rows as high as the room allows, so that a patient's side effects and all ten questions fit together."""
        room = self.height() - _AROUND_QUESTIONS - ROW_ABOVE * self._model.rowCount()
        self._questions.set_row_height(max(LOW_ROW_HEIGHT, min(ROW_HEIGHT, room // QUESTIONS)))

    def add_button(self) -> QPushButton:
        return self._add_button
