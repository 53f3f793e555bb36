"""The Patients page: the list, the form of one patient, the verdict beside it; who is shown and what gives way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from esk_engine.records import Patient
from esk_engine.study import SignOff
from esk_gui.patients.cover import Cover
from esk_gui.patients.deleting import Deletion
from esk_gui.patients.draft_names import draft_name
from esk_gui.patients.drafts import Draft, Drafts
from esk_gui.patients.empty import EmptyPatients
from esk_gui.patients.entry import Entry
from esk_gui.patients.form import PatientForm
from esk_gui.patients.header import PatientHeader
from esk_gui.patients.list_model import PatientListModel
from esk_gui.patients.list_pane import PatientListPane
from esk_gui.patients.retrying import Retrying
from esk_gui.patients.room import FormRoom, Room, room_of
from esk_gui.patients.signing.desk import SigningDesk
from esk_gui.patients.signing.guard import TAB_MOMENTS, Guard
from esk_gui.patients.signing.reason_bar import ReasonBar
from esk_gui.patients.signing.state_line import SigningFoot, SigningStrip, tab_after
from esk_gui.patients.verdict_panel import VerdictPanel
from esk_gui.side_effects.naranjo_panel import NaranjoPanel
from esk_gui.widgets.frames import SidePanel, bare
from esk_gui.widgets.page import Page

if TYPE_CHECKING:
    from esk_engine.study import StudyChanged
    from esk_gui.app import Session

_RAIL_WIDTH = 76
_LEAST = QSize(480, 280)
QWIDGETSIZE_MAX = 16_777_215


class PatientsPage(Page):
    """Who is shown is an id; everything else is asked of the study when it changes."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "patients")
        self._patient_id: str | None = None
        self._scored_id: str | None = None
        self._is_score_stale = False
        self._room: Room | None = None
        self._asked: SignOff | None = None
        self._form_room: FormRoom | None = None
        self._drafts = Drafts(self)
        self._cover = Cover(self)
        self._guard = Guard(session, self)
        self._entry = Entry(session, self._drafts, self._guard)
        self._retrying = Retrying(session, self._entry)
        self._deletion = Deletion(session, self, self._guard)
        self._signing = SigningDesk(session, self, self._entry, self._guard, self._named)
        self.list = PatientListPane(session, PatientListModel(session, self._drafts, self._cover, self._guard, self))
        self.header = PatientHeader(session)
        self.form = PatientForm(session, self._entry, self._cover)
        self.reasons = ReasonBar(session, self._guard)
        self.signing = SigningStrip(session, (SignOff.INCLUSION, SignOff.INFUSION, SignOff.EVALUATION))
        self.empty = EmptyPatients(session)
        self.verdict = VerdictPanel(session)
        self.naranjo = NaranjoPanel(session)
        self.setMinimumSize(_LEAST)  # narrower than its parts would have it: they give way
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._list_side = SidePanel(side="left")
        self._list_side.column.addWidget(self.list)
        self._centre = bare(QVBoxLayout())
        self._foot = SigningFoot()
        self._foot.take(self.signing)
        for widget in (self.header, self.reasons, self.empty, self.form, self._foot):
            self._centre.addWidget(widget, 1 if widget in (self.empty, self.form) else 0)
        self._columns = bare(QHBoxLayout(self))
        self._columns.addWidget(self._list_side)
        self._columns.addLayout(self._centre, 1)
        for panel in (self.verdict, self.naranjo):
            self._columns.addWidget(panel)
        self.naranjo.hide()
        tab_after(self.form, self.signing)

    def _connect(self) -> None:
        self.list.patient_chosen.connect(self._open)
        self.list.patient_added.connect(self._open_new)
        self.list.delete_requested.connect(self.ask_delete)
        self.list.form_requested.connect(self._go_to_form)
        self.empty.add_requested.connect(self._start_adding)
        self.header.tabs.currentChanged.connect(self._on_tab)
        self.header.switcher.stepped.connect(self._step)
        self._drafts.changed.connect(self._on_drafts)
        for state in (self.signing, self.form.infusion.samples.signing):
            state.asked.connect(self._on_signing)
        self._cover.changed.connect(self.list.model.refresh_patient)
        self._entry.save_changed.connect(self.form.show_save)
        self.form.side_effects.event_selected.connect(self.naranjo.show_event)
        self.form.side_effects.count_changed.connect(self._show_tabs)
        for keys, step in (("Ctrl+PgUp", self._step_back), ("Ctrl+PgDown", self._step_on)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(step)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard is in the list when the page comes."""
        super().showEvent(event)
        if self.focusWidget() is None:
            is_switcher = self._room is not None and self._room.is_switcher
            (self.header.tabs if is_switcher else self.list.view).setFocus(Qt.FocusReason.OtherFocusReason)

    # Who is shown

    @property
    def patient_id(self) -> str | None:
        """The patient whose form is open."""
        return self._patient_id

    def show_patient(self, patient_id: str) -> None:
        """Open the form of a patient that another page names."""
        if self.list.model.row_of(patient_id) is None:
            self.list.reset_filter()
        self._open(patient_id)

    def show_tab(self, name: str) -> None:
        """Show one tab of the form: inclusion, infusion, side_effects or evaluation."""
        self.header.tabs.setCurrentIndex(self.form.names.index(name))

    def _open(self, patient_id: str) -> None:
        if patient_id != self._patient_id:
            self.form.commit()
            self._patient_id = patient_id
        self.list.select(patient_id)
        self.header.switcher.close_list()
        self._show_patient()

    def _open_new(self, patient_id: str) -> None:
        self.list.reset_filter()
        self.show_tab("inclusion")
        self._open(patient_id)
        self.form.focus_first()

    def _patient(self) -> Patient | None:
        study = self.session.study
        if study is None or self._patient_id is None or not study.has_patient(self._patient_id):
            return None
        return study.patient(self._patient_id)

    def _step(self, by: int) -> None:
        row = self.list.model.row_of(self._patient_id)
        target = self.list.model.id_at((row if row is not None else -1) + by)
        if target is not None:
            self._open(target)

    def _step_back(self) -> None:
        self._step(-1)

    def _step_on(self) -> None:
        self._step(1)

    def _go_to_form(self) -> None:
        self.form.focus_first()

    def _start_adding(self) -> None:
        if self._room is not None and self._room.is_switcher:
            self.header.switcher.open_list()
        self.list.start_adding()

    # Showing

    @override
    def refresh(self) -> None:
        study = self.session.study
        if study is None:
            return
        self.list.model.refresh()
        self.list.set_lock(self._guard.lock_text("", None))
        if self._patient() is None:
            self._patient_id = self.list.model.id_at(0)
        self.list.select(self._patient_id)
        self.header.save.refresh()
        self._is_score_stale = True
        self._show_patient()

    @override
    def on_study_changed(self, change: StudyChanged) -> None:
        for patient_id in change.removed:
            self._drafts.drop_patient(patient_id)
        model = self.list.model
        if change.settings or change.criteria or (change.protection and not change.patients):
            self.refresh()
            return
        if change.added or change.removed or model.is_out_of_order(change.patients):
            row = model.row_of(self._patient_id) or 0
            model.refresh()
            if self._patient() is None:
                self._patient_id = model.id_at(row) or model.id_at(row - 1)
            self.list.select(self._patient_id)
            self._show_patient()
        for patient_id in change.patients - change.added - change.removed:
            model.refresh_patient(patient_id)
        if self._patient_id in change.patients or change.removed:
            self._show_patient(change)

    def _show_patient(self, change: StudyChanged | None = None) -> None:
        """Everything about the patient whose form is open; what is not in sight waits until it is."""
        patient, study = self._patient(), self.session.study
        if study is None:
            return
        tab = self.form.names[self.header.tabs.currentIndex()]
        self._cover.follow(patient, study.settings, is_evaluating=tab == "evaluation")
        covered = patient is not None and self._cover.hides(patient.id)
        shown_group = None if patient is None or covered else study.cohort.group(patient.id).value
        self.header.show_patient(patient, shown_group)
        self.empty.setVisible(patient is None)
        self.empty.show_reason(has_patients=bool(len(study.cohort)))
        self.form.setVisible(patient is not None)
        self.verdict.show_patient(patient, is_covered=covered)
        self._show_side_effects(patient, tab, change)
        self.form.show_patient(patient, tab)
        self.reasons.show_patient(patient, TAB_MOMENTS[tab])
        self.signing.show_patient(patient, TAB_MOMENTS[tab], self._guard)
        self._show_tabs()

    def _show_side_effects(self, patient: Patient | None, tab: str, change: StudyChanged | None) -> None:
        """The side effects and their score, which wait for what changed until they are in sight."""
        if patient is not None and tab != "side_effects":
            self._is_score_stale |= change is not None
            return
        patient_id = patient.id if patient else None
        if patient_id != self._scored_id:
            self._scored_id = patient_id
            self.naranjo.show_patient(patient_id)
        self.form.side_effects.show_patient(patient_id)
        if self._is_score_stale:
            self._is_score_stale = False
            self.form.side_effects.refresh()
            self.naranjo.refresh()
        elif change is not None:
            self.form.side_effects.on_study_changed(change)
            self.naranjo.on_study_changed(change)

    def _show_tabs(self) -> None:
        patient, study = self._patient(), self.session.study
        if patient is not None and study is not None:
            complete, counts = self.form.tab_state(patient, study.settings)
            self.header.tabs.show_state(complete, counts)

    def _on_tab(self) -> None:
        self.form.commit()
        is_side_effects = self.form.names[self.header.tabs.currentIndex()] == "side_effects"
        self.naranjo.setVisible(is_side_effects)
        self.verdict.setVisible(not is_side_effects)
        self._show_patient()
        if self.isVisible() and not self.header.tabs.hasFocus():  # chosen by its letter or the mouse: on to the work
            self.form.focus_first()

    def _on_drafts(self, patient_id: str) -> None:
        self.list.model.refresh_patient(patient_id)
        self.header.save.show_drafts(len(self._drafts.all()))
        if patient_id == self._patient_id:
            self.form.show_again(self._patient())
        self.session.drafts_changed.emit()

    # Signing and deleting

    def _on_signing(self, what: str, moment: SignOff) -> None:
        self.form.commit()
        patient = self._patient()
        if patient is not None:
            self._asked = moment
            self._signing.do(what, patient, moment, self._on_signed)

    def _on_signed(self) -> None:
        """The keyboard goes back to the moment, whose button may have gone with what was done."""
        for strip in (self.signing, self.form.infusion.samples.signing):
            if self._asked is not None and self._asked in strip.states and strip.isVisible():
                strip.states[self._asked].take_focus()

    def ask_delete(self) -> None:
        """Ask before the patient whose form is open is deleted."""
        patient = self._patient()
        if patient is not None:
            self._deletion.ask(patient)

    # What survives a rebuild, and what closing names

    @override
    def state(self) -> dict[str, Any]:
        return {
            "patient": self._patient_id,
            "tab": self.header.tabs.currentIndex(),
            "drafts": self._drafts.all(),
            "search": self.list.search.text(),
            "filter": self.list.filter.code(),
            "scroll": self.list.view.verticalScrollBar().value(),
            "form": self.form.state(),
            "reasons": self._guard.state(),
        }

    @override
    def restore(self, state: dict[str, Any]) -> None:
        self._guard.restore(state.get("reasons", {}))
        self._drafts.restore(state.get("drafts", ()))
        self.list.search.setText(state.get("search", ""))
        if state.get("filter"):
            self.list.filter.show_code(state["filter"])
            self.list.model.set_filter(state["filter"])
        study = self.session.study
        if state.get("patient") and study is not None and study.has_patient(state["patient"]):
            self._open(state["patient"])
        self.header.tabs.setCurrentIndex(state.get("tab", 0))
        self.list.view.verticalScrollBar().setValue(state.get("scroll", 0))
        self.form.restore(state.get("form", {}))

    @override
    def drafts(self) -> list[str]:
        self.form.commit()
        study = self.session.study
        named = [
            self._named(draft) for draft in self._drafts.all() if study and study.has_patient(draft.place.patient_id)
        ]
        return named + self.form.side_effects.drafts()

    def _named(self, draft: Draft) -> str:
        return draft_name(self.session, draft)

    # Room

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = room_of(self.window().width() if self.window() is not self else self.width() + _RAIL_WIDTH)
        form_room = room.form(self.width())
        if form_room != self._form_room:
            self._form_room = form_room
            self.form.fit(form_room)
            in_tabs = not form_room.is_compact and not room.is_switcher
            (self.header if in_tabs else self._foot).take(self.signing)
            self._foot.setVisible(not in_tabs)
        if room != self._room:
            self._room = room
            self._fit(room)

    def _fit(self, room: Room) -> None:
        """Give way in the order of ``room``."""
        self.list.set_narrow(not room.shows_person)
        self._list_side.setFixedWidth(room.list_width)
        if room.is_switcher:
            self.header.switcher.take_list(self.list)
        else:
            self._list_side.column.addWidget(self.list)
        self._list_side.setVisible(not room.is_switcher)
        self.header.set_compact(room.is_switcher)
        self.verdict.fit(is_short=not room.shows_person, is_narrow=room.is_switcher, is_strip=room.is_strip)
        self.naranjo.set_strip(room.is_strip)
        for panel in (self.verdict, self.naranjo):
            panel.setMinimumWidth(0 if room.is_strip else room.panel_width)
            panel.setMaximumWidth(QWIDGETSIZE_MAX if room.is_strip else room.panel_width)
            if room.is_strip:
                self._centre.insertWidget(1, panel)
            else:
                self._columns.addWidget(panel)
        self._show_patient()
