"""The panel that the eye meets first: the patient's group, why, and what is still missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from esk_engine.criteria import TABLE_2
from esk_engine.judge import Verdict
from esk_engine.records import Patient
from esk_gui.icons import icon
from esk_gui.patients.completeness import readings_present
from esk_gui.patients.evidence_list import EvidenceList
from esk_gui.widgets.frames import PANEL_PADDING, PANEL_WIDTH, HeaderBar, TintBlock, bare, ground, scrolling
from esk_gui.widgets.labels import set_property, text_label
from esk_gui.widgets.marks import Mark

if TYPE_CHECKING:
    from esk_engine.criteria import CriteriaSet
    from esk_engine.verdicts import PatientVerdict
    from esk_engine.wording import Wording
    from esk_gui.app import Session

_STRIP_HEIGHT, _OPENED_HEIGHT = 40, 150
QWIDGETSIZE_MAX = 16_777_215


def verdict_line(verdict: PatientVerdict, session: Session) -> str:
    """The line under the group: how many criteria are not met, still open, or met."""
    words, n = session.wording, len(verdict.criteria)
    failed, unknown = verdict.count(Verdict.NOT_MET), verdict.count(Verdict.UNKNOWN)
    if failed:
        return words("patients.verdict.failed", n=failed, total=n)
    if unknown:
        return words("patients.verdict.open", n=unknown, total=n)
    return words("patients.verdict.met", total=n)


class _Summary(TintBlock):
    """Mark, group and one line; 40 px high as a strip."""

    def __init__(self, session: Session) -> None:
        super().__init__("undetermined", PANEL_PADDING)
        self._group: str | None = None
        self.mark = Mark("undetermined", session.theme, 24)
        self.small_mark = Mark("undetermined", session.theme, 14)
        self.group = text_label("", "verdict", "verdict_group")
        self.line = text_label("", "second", "verdict_line", wrap=True)
        self._is_strip = False
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        self._row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.small_mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.group, 0)
        self._row.addStretch(1)
        self.column.addLayout(self._row)
        self.column.addWidget(self.line)
        self.small_mark.hide()

    def show_group(self, group: str | None, title: str, line: str) -> None:
        """Show a group, or without one only a title."""
        self._group = group
        self.mark.set_group(group or "undetermined")
        self.small_mark.set_group(group or "undetermined")
        self.set_tint(group or "undetermined")
        self.group.setText(title)
        self.line.setText(line)
        self._show_mark()

    def set_strip(self, strip: bool, toggle: QWidget) -> None:
        """One line of 40 px, or mark and group over their line."""
        self._is_strip = strip
        set_property(self.group, "text_role", "heading" if strip else "verdict")
        self.line.setWordWrap(not strip)
        margins = (PANEL_PADDING, 0, 8, 0) if strip else (PANEL_PADDING, 14, PANEL_PADDING, 14)
        self.column.setContentsMargins(*margins)
        if strip:
            self._row.insertWidget(3, self.line, 1)
            self.setFixedHeight(_STRIP_HEIGHT)
        else:
            self.column.addWidget(self.line)
            self.setMinimumHeight(80)
            self.setMaximumHeight(QWIDGETSIZE_MAX)
        self._row.addWidget(toggle)
        toggle.setVisible(strip)
        self._show_mark()

    def _show_mark(self) -> None:
        self.mark.setVisible(self._group is not None and not self._is_strip)
        self.small_mark.setVisible(self._group is not None and self._is_strip)


class VerdictPanel(QFrame):
    """The verdict on one patient, live.

    Attributes
    ----------
    is_strip
        Below 780 logical px the panel is one line, which opens to the evidence.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._is_short = self._is_narrow = False
        self._is_showing = False
        self._shown_set: CriteriaSet | None = None
        self.is_strip = False
        self.setObjectName("verdict")
        self.setProperty("kind", "side_right")
        self.setFixedWidth(PANEL_WIDTH)
        words = session.wording
        self._head = HeaderBar(PANEL_PADDING)
        self._head.row.addWidget(text_label(words("patients.verdict"), "heading"))
        self._head.row.addStretch(1)
        self._sets = self._make_sets()
        self._head.row.addWidget(self._sets)
        self._summary = _Summary(session)
        self._toggle = self._make_toggle()
        self._evidence = EvidenceList(session)
        self._scroll = scrolling(ground(self._evidence, "panel"), "verdict_evidence")
        self._foot = self._make_foot()
        column = bare(QVBoxLayout(self))
        column.addWidget(self._head)
        column.addWidget(self._summary)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._foot)

    def _make_sets(self) -> QToolButton:
        made = QToolButton()
        made.setObjectName("criteria_set_in_use")
        made.setProperty("kind", "quiet")
        made.setProperty("fit", "header")
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        made.setIconSize(QSize(14, 14))
        made.setToolTip(self._session.wording("patients.criteria_set.help"))
        self._menu = QMenu(made)
        self._menu.aboutToShow.connect(self._fill_sets)
        made.setMenu(self._menu)
        return made

    def _make_toggle(self) -> QToolButton:
        made = QToolButton()
        made.setProperty("kind", "quiet")
        made.setProperty("fit", "header")
        made.setCheckable(True)
        made.setIcon(icon("chevron_down", self._session.theme))
        made.setAccessibleName(self._session.wording("patients.verdict.evidence"))
        made.setToolTip(self._session.wording("patients.verdict.evidence"))
        made.toggled.connect(self._arrange)
        made.hide()
        return made

    def _make_foot(self) -> QWidget:
        words = self._session.wording
        foot = QFrame()
        foot.setProperty("kind", "foot")
        grid = QGridLayout(foot)
        grid.setContentsMargins(PANEL_PADDING, 12, PANEL_PADDING, 12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        self._continued = text_label("", "", "verdict_continued")
        self._readings = text_label("", "", "verdict_readings")
        self._to_do = text_label("", "", "verdict_to_do")
        self._missing = text_label("", "second", "verdict_missing", wrap=True)
        rows = (("continued", self._continued), ("readings", self._readings), ("to_do", self._to_do))
        for row, (key, value) in enumerate(rows):
            grid.addWidget(text_label(words(f"patients.verdict.{key}"), "second"), row, 0)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(value, row, 1)
        grid.addWidget(self._missing, 3, 0, 1, 2)
        return foot

    # Showing

    def show_patient(self, patient: Patient | None, *, is_covered: bool) -> None:
        """Show the verdict as it stands; nothing of it where it is covered."""
        study, words = self._session.study, self._session.wording
        self._show_set()
        if patient is None or study is None:
            self._summary.show_group(None, words("patients.verdict.none"), words("patients.verdict.none.help"))
            self._evidence.hide()
            self._foot.hide()
            self._is_showing = False
            return
        self._is_showing = True
        self._evidence.setVisible(not is_covered)
        self._foot.setVisible(not self.is_strip)
        verdict = study.cohort.verdict(patient.id)
        if is_covered:
            line = words("patients.covered.help")
            self._summary.show_group(None, words("patients.covered"), line)
        else:
            line = verdict_line(verdict, self._session)
            self._summary.show_group(verdict.group, words(f"group.{verdict.group}"), line)
            self._evidence.show_verdict(verdict, is_short=self._is_short, only_failed_bars=self._is_narrow)
        self._show_foot(patient, verdict)
        self.setAccessibleName(f"{words('patients.verdict')}: {self._summary.group.text()}")
        self.setAccessibleDescription(line)

    def _show_foot(self, patient: Patient, verdict: PatientVerdict) -> None:
        words, study = self._session.wording, self._session.open_study
        continued = patient.get("treatment_continued")
        self._continued.setText(words.code(str(continued)) if continued else words.number(None))
        present, scheduled = readings_present(patient, study.settings)
        self._readings.setText(words("patients.verdict.of", n=present, total=scheduled))
        missing = verdict.missing
        self._to_do.setText(words.number(len(missing)) if missing else words("patients.verdict.nothing"))
        self._missing.setText(", ".join(words.label(name) for name in missing))
        self._missing.setVisible(bool(missing))

    def _show_set(self) -> None:
        study = self._session.study
        if study is None or study.criteria_set == self._shown_set:
            return
        self._shown_set = study.criteria_set
        self._sets.setText(set_name(study.criteria_set.name, self._session.wording))
        locked = study.criteria_set.locked
        self._sets.setIcon(icon("lock" if locked else "criteria", self._session.theme, "ink_3"))

    def _fill_sets(self) -> None:
        study, words = self._session.open_study, self._session.wording
        self._menu.clear()
        group = QActionGroup(self._menu)
        for each in study.criteria_sets:
            action = QAction(set_name(each.name, words), group)
            action.setCheckable(True)
            action.setChecked(each.set_id == study.criteria_set.set_id)
            action.setData(each.set_id)
            action.setDisabled(study.read_only)
            self._menu.addAction(action)
        group.triggered.connect(self._use_set)
        self._menu.addSeparator()
        self._menu.addAction(words("patients.criteria_set.edit")).triggered.connect(self._edit_sets)

    def _use_set(self, action: QAction) -> None:
        study = self._session.open_study
        if action.data() != study.criteria_set.set_id:
            study.use_criteria_set(str(action.data()))

    def _edit_sets(self) -> None:
        self._session.show_page("criteria")

    # Room

    def fit(self, *, is_short: bool, is_narrow: bool, is_strip: bool) -> None:
        """Below 1240 logical px shorter words, below 1040 bars only for what failed, below 780 a strip."""
        self._is_short, self._is_narrow = is_short, is_narrow
        self.is_strip = is_strip
        self._arrange()

    def _arrange(self) -> None:
        strip, opened = self.is_strip, self._toggle.isChecked()
        set_property(self, "kind", "side_top" if strip else "side_right")
        self._head.setVisible(not strip)
        self._scroll.setVisible(not strip or opened)
        self._scroll.setMinimumHeight(_OPENED_HEIGHT if strip else 0)
        self._scroll.setMaximumHeight(_OPENED_HEIGHT if strip else QWIDGETSIZE_MAX)
        self._foot.setVisible(not strip and self._is_showing)
        self._summary.set_strip(strip, self._toggle)


def set_name(name: str, words: Wording) -> str:
    """The name of a criteria set; the shipped one is known in both languages.

    The report's renderer has the same, but would bring the statistics in before the first paint.
    """
    return words("criteria_set.table_2") if name == TABLE_2.name else name
