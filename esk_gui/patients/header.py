"""The head of the form: who it is, whether all is saved, and the tabs; one row of 48 px where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from esk_engine.dictionary import Kind, variable
from esk_engine.records import Patient
from esk_gui.patients.completeness import TABS
from esk_gui.patients.save_label import SaveLabel
from esk_gui.patients.signing.state_line import SigningStrip
from esk_gui.patients.switcher import Switcher
from esk_gui.patients.tab_bar import TAB_HEIGHT, PatientTabBar
from esk_gui.widgets.frames import PAGE_PADDING, HeaderBar, bare
from esk_gui.widgets.labels import ElidedLabel, text_label

if TYPE_CHECKING:
    from esk_gui.app import Session


class PatientHeader(QWidget):
    """Number, description, save state, tabs."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._is_compact = False
        self.switcher = Switcher(session)
        self.tabs = PatientTabBar(session, TABS)
        self.save = SaveLabel(session)
        self._number = text_label("", "title", "patient_study_no")
        self._summary = ElidedLabel("", "body_second")
        self._summary.setObjectName("patient_summary")
        self._head = HeaderBar(PAGE_PADDING)
        self._head.row.setSpacing(12)
        self._head.row.addWidget(self.switcher)
        self._head.row.addWidget(self._number)
        self._head.row.addWidget(self._summary, 1)
        self._head.row.addWidget(self.save)
        self._tab_row = QFrame()
        self._tab_row.setProperty("kind", "header")
        self._tab_row.setFixedHeight(TAB_HEIGHT + 1)
        self._tab_layout = QHBoxLayout(self._tab_row)
        self._tab_layout.setContentsMargins(PAGE_PADDING, 0, PAGE_PADDING - 14, 0)
        self._tab_layout.addWidget(self.tabs)
        self._tab_layout.addStretch(0)
        column = bare(QVBoxLayout(self))
        column.addWidget(self._head)
        column.addWidget(self._tab_row)
        self.switcher.hide()

    def take(self, strip: SigningStrip) -> None:
        """Hold the state of the signatures at the right end of the tabs' row."""
        self._tab_layout.addWidget(strip, 1)  # its last word stands under the save state's
        strip.set_side(Qt.AlignmentFlag.AlignRight)

    def show_patient(self, patient: Patient | None, group: str | None) -> None:
        """Say who it is; ``group`` None while the verdict is covered."""
        number = patient.study_no if patient else ""
        self._number.setText(number)
        self._summary.setText(self._described(patient) if patient else "")
        self.switcher.show_patient(number, group)
        self.tabs.setVisible(patient is not None)
        self._tab_row.setVisible(patient is not None and not self._is_compact)

    def _described(self, patient: Patient) -> str:
        words = self._session.wording

        def told(name: str) -> str:
            value = patient.get(name)
            return words.value(variable(Kind.PATIENT, name), value) if value is not None else ""

        age = patient.get("age_years")
        person = [told("sex"), words("patients.age", age=age) if age is not None else ""]
        pain = [told("indication"), told("indication_group")]
        parts = (", ".join(part for part in each if part) for each in (person, pain))
        return " · ".join(part for part in parts if part)

    def set_compact(self, compact: bool) -> None:
        """Switcher, tabs and save state in one row."""
        if compact == self._is_compact:
            return
        self._is_compact = compact
        self.switcher.setVisible(compact)
        self._number.setVisible(not compact)
        self._summary.setVisible(not compact)
        self._tab_row.setVisible(not compact)
        self.tabs.set_compact(compact)
        self._head.row.setSpacing(8 if compact else 12)
        self.save.set_short(compact)
        if compact:
            self._head.row.insertWidget(1, self.tabs, 1, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
        else:
            self._tab_layout.insertWidget(0, self.tabs)
        self._head.row.setContentsMargins(16 if compact else PAGE_PADDING, 0, 16 if compact else PAGE_PADDING, 0)
