"""The form of one patient: its four tabs, of which only the one in sight is filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QStackedWidget

from esk_engine.records import Patient
from esk_engine.settings import Settings
from esk_gui.patients.completeness import TABS, is_complete
from esk_gui.patients.cover import Cover
from esk_gui.patients.drafts import Place
from esk_gui.patients.entry import Entry
from esk_gui.patients.field import EntryField
from esk_gui.patients.form_fields import EVALUATION, INCLUSION
from esk_gui.patients.form_tab import FormTab
from esk_gui.patients.infusion_tab import InfusionTab
from esk_gui.patients.room import FormRoom
from esk_gui.side_effects.tab import SideEffectsTab
from esk_gui.widgets.frames import scrolling

if TYPE_CHECKING:
    from esk_gui.app import Session


class PatientForm(QStackedWidget):
    """Tabs by name; each is shown a patient when it comes in sight and after each change while it is."""

    names = TABS

    def __init__(self, session: Session, entry: Entry, cover: Cover) -> None:
        super().__init__()
        self._session, self._entry = session, entry
        self.inclusion = FormTab(INCLUSION, session, entry)
        self.infusion = InfusionTab(session, entry, cover)
        self.side_effects = SideEffectsTab(session, entry=entry)
        self.evaluation = FormTab(EVALUATION, session, entry)
        self._tabs = {"inclusion": self.inclusion, "infusion": self.infusion, "evaluation": self.evaluation}
        self._shown: dict[str, str] = {}
        self._areas: dict[str, QScrollArea] = {}
        for name in TABS:
            if name == "side_effects":
                self.addWidget(self.side_effects)
                continue
            area = self._areas[name] = scrolling(self._tabs[name], f"{name}_area")
            self.addWidget(area)

    def fields(self) -> Iterator[EntryField]:
        for tab in self._tabs.values():
            yield from tab.fields()

    def show_patient(self, patient: Patient | None, tab: str) -> None:
        """Show one tab of a patient."""
        self.setCurrentIndex(TABS.index(tab))
        if patient is None or tab == "side_effects":
            return
        is_other = self._shown.get(tab) != patient.id
        self._shown[tab] = patient.id
        self._tabs[tab].show_patient(patient, self._entry.standing(patient), is_other=is_other)

    def show_again(self, patient: Patient | None) -> None:
        """The tab in sight once more: a draft came or went."""
        if patient is not None:
            self.show_patient(patient, TABS[self.currentIndex()])

    def show_save(self, place: Place, state: str) -> None:
        """Tell a field whether what was entered in it is on disk."""
        for field in self.fields():
            if field.place == place:
                field.show_save(state)

    def tab_state(self, patient: Patient, settings: Settings) -> tuple[dict[str, bool], dict[str, int]]:
        """Which tabs are complete, and how many side effects there are."""
        complete = {name: is_complete(patient, name, settings) for name in TABS}
        return complete, {"side_effects": len(patient.adverse_events)}

    def commit(self) -> None:
        """Save what is being typed, as leaving the field does."""
        tab = self._tabs.get(TABS[self.currentIndex()])
        if tab is not None:
            tab.commit()

    def focus_first(self) -> None:
        """Put the cursor in the first field of the tab in sight that is still empty, else in the first."""
        tab = self._tabs.get(TABS[self.currentIndex()])
        if tab is None:
            self.side_effects.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        fields = list(tab.fields())
        empty = next((field for field in fields if field.is_empty), fields[0])
        empty.control.setFocus(Qt.FocusReason.TabFocusReason)

    def fit(self, room: FormRoom) -> None:
        """Give way as far as the form's own width asks."""
        self.infusion.fit(room)

    def state(self) -> dict[str, Any]:
        """How far each tab is scrolled, and the side effects' own state."""
        scroll = {name: area.verticalScrollBar().value() for name, area in self._areas.items()}
        return {"scroll": scroll, "side_effects": self.side_effects.state()}

    def restore(self, state: dict[str, Any]) -> None:
        for name, value in state.get("scroll", {}).items():
            self._areas[name].verticalScrollBar().setValue(value)
        if state.get("side_effects"):
            self.side_effects.restore(state["side_effects"])
