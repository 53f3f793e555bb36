"""The right panel while side effects are entered: the Naranjo score live, the verdict at its foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from esk_engine.records import Patient
from esk_gui.side_effects.events import EventLine, headline, progress_text, score_text
from esk_gui.side_effects.naranjo_strip import NaranjoStrip
from esk_gui.side_effects.scale import NaranjoScale
from esk_gui.side_effects.verdict_foot import VerdictFoot
from esk_gui.widgets.frames import PANEL_PADDING, PANEL_WIDTH, HeaderBar, SidePanel, TintBlock, bare
from esk_gui.widgets.labels import set_property, text_label

if TYPE_CHECKING:
    from esk_engine.study import StudyChanged
    from esk_gui.app import Session


class NaranjoPanel(SidePanel):
    """Judges the side effect that is chosen in the tab; says what to do where none is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__()
        self.setParent(parent)
        self.setObjectName("naranjo_panel")
        self._session = session
        self._patient_id: str | None = None
        self._record_id: str | None = None
        wording, theme = session.wording, session.theme
        self._cutoff = text_label("", "body_second")
        self.header = HeaderBar(PANEL_PADDING)
        self.header.row.addWidget(text_label(wording("side_effects.panel_title"), "heading"), 1)
        self.header.row.addWidget(self._cutoff)
        self._score = text_label("", "decisive", "naranjo_score")
        self._category = text_label("", "verdict", "naranjo_category", wrap=True)
        self._progress = text_label("", "second", "naranjo_progress", wrap=True)
        self.tint = TintBlock("undetermined")
        self.tint.column.addLayout(self._headline())
        self._empty = text_label(wording("side_effects.panel_empty"), "body_second", wrap=True)
        self._empty.setContentsMargins(PANEL_PADDING, PANEL_PADDING, PANEL_PADDING, 0)
        self.scale = NaranjoScale(wording, theme)
        around = QWidget()
        room = QVBoxLayout(around)
        room.setContentsMargins(PANEL_PADDING, 4, PANEL_PADDING, 4)
        room.addWidget(self.scale)
        self._around = around
        self.foot = VerdictFoot(session)
        self.strip = NaranjoStrip(session)
        self._is_strip = False
        parts = ((self.strip, 0), (self.header, 0), (self.tint, 0), (self._empty, 0), (around, 1), (self.foot, 0))
        for part, stretch in parts:
            self.column.addWidget(part, stretch)
        self.strip.hide()
        self.column.setAlignment(self.foot, Qt.AlignmentFlag.AlignBottom)

    def _headline(self) -> QHBoxLayout:
        words = bare(QVBoxLayout(), 0)
        words.addWidget(self._category)
        words.addWidget(self._progress)
        line = bare(QHBoxLayout(), 16)
        line.addWidget(self._score, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addLayout(words, 1)
        return line

    def show_patient(self, patient_id: str | None) -> None:
        self._patient_id = patient_id  # a side effect of another patient is not found and so not shown
        self.refresh()

    def show_event(self, record_id: str | None) -> None:
        """The side effect that is chosen, None for none."""
        self._record_id = record_id
        self.refresh()

    def on_study_changed(self, change: StudyChanged) -> None:
        if self._patient_id in change.patients or change.settings or change.criteria:
            self.refresh()

    def set_strip(self, is_strip: bool) -> None:
        """One line of 40 px instead of a column, where the window is narrow."""
        self._is_strip = is_strip
        self.strip.setVisible(is_strip)
        set_property(self, "kind", "side_top" if is_strip else "side_right")
        if is_strip:
            self.setMinimumWidth(0)
            self.setMaximumWidth(16_777_215)
        else:
            self.setFixedWidth(PANEL_WIDTH)
        for part in (self.header, self._around):
            part.setVisible(not is_strip)
        self.refresh()

    def refresh(self) -> None:
        """Ask the study anew."""
        study, wording = self._session.study, self._session.wording
        patient = self._patient()
        cutoff = study.settings.naranjo_cutoff if study is not None else 0
        self._cutoff.setText(wording("side_effects.cutoff", n=cutoff))
        record = patient.find(self._record_id) if patient is not None and self._record_id else None
        line = EventLine.of(record, cutoff) if record is not None else None
        self.tint.setVisible(line is not None and not self._is_strip)
        self._empty.setVisible(line is None and not self._is_strip)
        if line is not None:
            self._score.setText(score_text(line.score, wording))
            self._category.setText(headline(line.score, wording))
            self._progress.setText(progress_text(line.score, wording))
        self.scale.show_score(line.score if line is not None else None, cutoff)
        verdict = study.cohort.verdict(patient.id) if study is not None and patient is not None else None
        self.foot.show_verdict(verdict)
        self.foot.setVisible(verdict is not None and not self._is_strip)
        self.strip.show_line(line, verdict)

    def _patient(self) -> Patient | None:
        study = self._session.study
        if study is None or self._patient_id is None or not study.has_patient(self._patient_id):
            return None
        return study.patient(self._patient_id)

    def labels(self) -> tuple[QLabel, QLabel, QLabel]:
        """Score, category and progress, as they stand."""
        return self._score, self._category, self._progress
