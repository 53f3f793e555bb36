"""The tab of the infusion: dose, times and NRS above, the vital signs with their course, the blood sample."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from esk_engine.records import Patient
from esk_gui.patients.course_data import course_data
from esk_gui.patients.course_plot import CoursePlot
from esk_gui.patients.cover import Cover
from esk_gui.patients.entry import Entry, Standing
from esk_gui.patients.field import EntryField
from esk_gui.patients.field_rows import FieldRows
from esk_gui.patients.form_fields import INFUSION, MONITOR
from esk_gui.patients.room import FormRoom
from esk_gui.patients.samples import SamplesPane
from esk_gui.patients.vital_marks import marks_of, vital_limits
from esk_gui.patients.vital_pane import VitalSignsPane
from esk_gui.patients.vital_rows import VITAL_VARIABLES, grid_rows, last_minute
from esk_gui.widgets.frames import PAGE_PADDING, bare, ground

if TYPE_CHECKING:
    from esk_gui.app import Session

_GRID_WIDTH, _GRID_NARROW, _GRID_STACKED = 324, 276, 420
_PLOT_LEAST = 220


class InfusionTab(QWidget):
    """Everything that is entered on the day of the infusion."""

    def __init__(self, session: Session, entry: Entry, cover: Cover) -> None:
        super().__init__()
        ground(self, "page")
        self._session, self._cover = session, cover
        self.top = FieldRows(INFUSION, session, entry)
        self.monitor = FieldRows(MONITOR, session, entry)
        self.vitals = VitalSignsPane(session, entry)
        self.plot = CoursePlot(session)
        self.samples = SamplesPane(session, entry)
        self.plot.point_chosen.connect(self._go_to)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._right, self._below = bare(QVBoxLayout(), 12), bare(QVBoxLayout(), 12)
        self._right.addWidget(self.plot, 1)
        self._beside.addWidget(self.vitals)
        self._beside.addLayout(self._right, 1)
        self._whole = QVBoxLayout(self)
        self._whole.setSpacing(14)
        self._whole.addWidget(self.top)
        self._whole.addLayout(self._beside, 1)
        self._whole.addLayout(self._below)
        self.fit(FormRoom(is_compact=False, is_stacked=False, is_tight=False))

    def fields(self) -> Iterator[EntryField]:
        yield from self.top.fields()
        yield from self.monitor.fields()

    def show_patient(self, patient: Patient, standing: Standing, *, is_other: bool) -> None:
        """Show a patient's infusion with what the criteria in use make of it."""
        study = self._session.open_study
        self.top.show_patient(patient, standing)
        self.monitor.show_patient(patient, standing)
        limits = vital_limits(study.criteria_set)
        verdict = None if self._cover.hides(patient.id) else study.cohort.verdict(patient.id)
        end = [row.minute for row in grid_rows(patient, study.settings) if row.is_end]
        last = max(last_minute(patient, study.settings), end[0] or 0)
        marks = marks_of(patient, limits, verdict, last)
        self.vitals.show_patient(patient, limits, marks, standing)
        common, words = limits.common_variation(), self._session.wording
        legend = words("patients.course.band", limit=common) if common is not None else ""
        self.plot.show_course(course_data(patient, limits, marks, last), legend)
        self.samples.show_patient(patient, standing, is_other=is_other)

    def commit(self) -> None:
        """Save what is being typed."""
        self.vitals.commit()
        for field in self.fields():
            field.commit()
        self.samples.commit()

    def fit(self, room: FormRoom) -> None:
        """Give way: narrower fields and shorter words, then the plot under the grid, then the NRS reduction."""
        is_compact, is_stacked = room.is_compact, room.is_stacked
        direction = QBoxLayout.Direction.TopToBottom if is_stacked else QBoxLayout.Direction.LeftToRight
        self._beside.setDirection(direction)
        self._beside.setSpacing(16 if is_compact else 24)
        for part in (self.monitor, self.samples):
            (self._below if is_compact else self._right).addWidget(part)
        self._whole.setContentsMargins(PAGE_PADDING, 14, 8 if is_compact else PAGE_PADDING, 8)
        least, most = (_GRID_NARROW, _GRID_NARROW) if is_compact else (_GRID_WIDTH, _GRID_WIDTH)
        self.vitals.setMinimumWidth(least)
        self.vitals.setMaximumWidth(_GRID_STACKED if is_stacked else most)
        self.vitals.view.set_shows_all_rows(is_stacked)
        self.vitals.model.set_short_heads(is_compact and not is_stacked)
        self.plot.setMinimumHeight(_PLOT_LEAST)
        self.plot.set_short_names(is_compact)
        self.top.set_narrow(is_compact)
        self.top.show_derived(not room.is_tight)
        self.samples.set_one_line(is_compact and not room.is_tight)

    def _go_to(self, minute: int, variable: str) -> None:
        self.vitals.view.go_to_reading(minute, 2 + VITAL_VARIABLES.index(variable))
