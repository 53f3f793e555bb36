"""The criteria page: a set edited in the open, with every patient drawn and the consequences beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.cohort import Cohort
from esk_engine.criteria import CriteriaSet
from esk_gui.criteria.bars import NameBar, TrialBar
from esk_gui.criteria.counts import CountsStrip
from esk_gui.criteria.draft import Place
from esk_gui.criteria.editor import CriteriaEditor
from esk_gui.criteria.edits import Edits
from esk_gui.criteria.evaluation import Evaluation, evaluate
from esk_gui.criteria.foot import EditorFoot
from esk_gui.criteria.header import CriteriaHeader
from esk_gui.criteria.panel import NARROW_WIDTH, NARROWEST_WIDTH, WIDTH, ConsequencesPanel
from esk_gui.criteria.set_acts import SetActs
from esk_gui.criteria.shown import Shown
from esk_gui.criteria.words import set_name, standing_text
from esk_gui.widgets.frames import PAGE_PADDING, bare, scrolling
from esk_gui.widgets.labels import text_label
from esk_gui.widgets.page import Page

if TYPE_CHECKING:
    from esk_engine.study import StudyChanged
    from esk_gui.app import Session

BESIDE_FROM = 400  # patients; with more the consequences take longer than a dragged limit may wait
_TOPIC = "criteria_consequences"
_NARROW, _NARROWER, _STRIP = 1164, 984, 720  # the page's width, where the window's is 1240, 1040, 780


class CriteriaPage(Page):
    """Shows one set; an edit of an unlocked one is saved as a new version at once, of a locked one it is a trial."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "criteria")
        wording, theme = self.wording, self.theme
        self.shown = Shown(session)
        self._copy: tuple[int, Cohort] | None = None
        self.header = CriteriaHeader(wording, theme)
        self.trial = TrialBar(wording, theme)
        self.naming = NameBar(wording, theme)
        self.standing = text_label("", "second", "criteria_standing", wrap=True)
        self.beforehand = QCheckBox(wording("criteria_page.specified_beforehand.mark"))
        self.beforehand.setObjectName("criteria_specified_beforehand")
        self.beforehand.setToolTip(wording("criteria_page.specified_beforehand.help"))
        self.editor = CriteriaEditor(wording, theme)
        self.foot = EditorFoot(wording, theme)
        self.panel = ConsequencesPanel(wording, theme)
        self.strip = CountsStrip(wording, theme)
        self.edits = Edits(session, self.shown, self.editor, self.foot, self)
        self.acts = SetActs(session, self.shown, self.header, self.trial, self.naming, self.beforehand, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        content = QWidget()
        self._content = QVBoxLayout(content)
        self._content.setContentsMargins(PAGE_PADDING, 12, PAGE_PADDING, 16)
        self._content.setSpacing(0)
        for part in (self.standing, self.beforehand, self.editor, self.foot):
            self._content.addWidget(part)
        self._content.addStretch(1)
        self._area = scrolling(content, "criteria_area")
        left = bare(QVBoxLayout())
        for part in (self.header, self.strip, self.trial, self.naming):
            left.addWidget(part)
        left.addWidget(self._area, 1)
        self._columns = bare(QHBoxLayout(self))
        self._columns.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # _fit makes it fit
        self._columns.addLayout(left, 1)
        self._columns.addWidget(self.panel)
        self.strip.hide()

    def _connect(self) -> None:
        self.acts.edited.connect(self.refresh)
        self.edits.edited.connect(self.refresh)
        self.edits.tried.connect(self._show_trial)
        self.edits.added.connect(self._go_to)
        self.panel.base_chosen.connect(self._on_base)
        self.panel.details.switches.patient_wanted.connect(self.session.show_patient)
        self.panel.details.p_values.opened.connect(self._evaluate)

    # What is shown

    @property
    def stored_set(self) -> CriteriaSet:
        """The set that is looked at, as the study holds it."""
        return self.shown.stored

    @property
    def shown_set(self) -> CriteriaSet:
        """The set as it stands on the screen."""
        return self.shown.current

    def show_set(self, set_id: str) -> None:
        """Look at another set."""
        self.acts.look_at(set_id)

    @override
    def refresh(self) -> None:
        if self.session.study is None:
            return
        study, stored = self.session.study, self.shown.stored
        self.shown.set_id = stored.set_id
        self.header.show_sets(study.criteria_sets, stored, study.criteria_set.set_id, read_only=study.read_only)
        self.foot.show_cutoff(study.settings.naranjo_cutoff, read_only=study.read_only)
        self.foot.show_set(is_locked=stored.locked, read_only=study.read_only)
        known, _ = study.outcomes_known
        can_mark = known == 0 and not stored.locked and not study.read_only
        self.beforehand.setVisible(can_mark)
        self.beforehand.setChecked(stored.specified_beforehand)
        self.standing.setVisible(not can_mark and self.shown.trial is None)
        self.standing.setText(standing_text(stored, self.wording))
        self.trial.setVisible(self.shown.trial is not None and stored.locked)
        self.trial.show_set(set_name(stored, self.wording))
        self.panel.show_bases(study.criteria_sets, self.shown.base, is_compared=self.shown.is_compared)
        self._show_trial()

    @override
    def on_study_changed(self, change: StudyChanged) -> None:
        if change.criteria and not self.shown.stored.locked:
            self.shown.trial = None
        self.refresh()

    @override
    def state(self) -> dict[str, Any]:
        return self.shown.state() | {
            "p_open": self.panel.details.p_values.is_open,
            "scrolled": self._area.verticalScrollBar().value(),
            "drafts": {row.place: row.draft() for row in self.editor.rows() if row.draft()},
        }

    @override
    def restore(self, state: dict[str, Any]) -> None:
        self.shown.restore(state)
        self.panel.details.p_values.set_open(bool(state.get("p_open")))
        self.refresh()
        for row in self.editor.rows():
            if row.place in state.get("drafts", {}):
                row.restore_draft(state["drafts"][row.place])
        self._area.verticalScrollBar().setValue(int(state.get("scrolled", 0)))

    @override
    def drafts(self) -> list[str]:
        name = set_name(self.shown.stored, self.wording) if self.session.study is not None else ""
        return [
            self.wording(
                "criteria_page.draft", name=name, label=self.wording.label(row.condition.variable), text=row.draft()
            )
            for row in self.editor.rows()
            if row.draft()
        ]

    def _go_to(self, place: Place) -> None:
        """Bring a condition in sight, its threshold ready to be typed."""
        row = next((row for row in self.editor.rows() if row.place == place), None)
        if row is not None:
            row.threshold.setFocus(Qt.FocusReason.OtherFocusReason)
            row.threshold.selectAll()
            QTimer.singleShot(0, self._show_focus)  # it has no place yet: layouts take new widgets in a turn later

    def _show_focus(self) -> None:
        focused = self.focusWidget()
        if focused is not None and self.editor.isAncestorOf(focused):
            self._area.ensureWidgetVisible(focused, 0, 48)

    def _show_trial(self) -> None:
        """Show the conditions as they stand on the screen, with their consequences."""
        shown, read_only = self.shown, self.session.open_study.read_only
        self.editor.show_set(shown.current, shown.base, is_locked=shown.stored.locked, read_only=read_only)
        self._evaluate()

    def _on_base(self, set_id: str) -> None:
        self.shown.base_id = set_id
        self.refresh()

    # Consequences

    def _evaluate(self) -> None:
        """Reckon the consequences, beside the window where there are very many patients."""
        if self.session.study is None or not self.shown.set_id:
            return
        cohort, base, current = self.session.study.cohort, self.shown.base, self.shown.current
        with_p = self.panel.details.p_values.is_open
        if len(cohort) <= BESIDE_FROM:
            self._show_evaluation(evaluate(cohort, base, current, with_p=with_p))
            return
        copy = self._copied(cohort)
        self.session.jobs.run(
            lambda _progress, _cancelled: evaluate(copy, base, current, with_p=with_p),
            self._show_evaluation,
            topic=_TOPIC,
        )

    def _copied(self, cohort: Cohort) -> Cohort:
        """A copy of the patients for a thread; the same one while a limit is dragged."""
        version = self.session.open_study.version
        if self._copy is None or self._copy[0] != version:
            self._copy = version, cohort.snapshot()
        return self._copy[1]

    def _show_evaluation(self, evaluation: Evaluation) -> None:
        judged = evaluation.cohort.criteria_set
        if [c.conditions for c in judged.criteria] != [tuple(r.condition for r in b.rows) for b in self.editor.blocks]:
            return  # the set went on meanwhile: its own evaluation is on its way
        is_compared = self.shown.is_compared
        self.editor.show_evaluation(judged, evaluation)
        self.panel.show_evaluation(evaluation, is_compared=is_compared)
        found = evaluation.consequences
        self.strip.show_counts(found.before, found.after, is_compared=is_compared)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """What is still being reckoned is dropped: the page may be on its way out; shown again it looks anew."""
        self.session.jobs.cancel(_TOPIC)
        if self.session.study is not None and len(self.session.study.cohort) > BESIDE_FROM:
            self._is_stale = True
        super().hideEvent(event)

    # Room

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(480, 300)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().width())

    def _fit(self, width: int) -> None:
        """Narrower: the panel gives way, then it goes under the table and leaves the counts as a strip."""
        is_strip = width < _STRIP
        panel = WIDTH if width >= _NARROW else NARROW_WIDTH if width >= _NARROWER else NARROWEST_WIDTH
        self.header.fit(width - (0 if is_strip else panel))
        self.panel.set_width(panel)
        details = self.panel.details
        if is_strip and details.parentWidget() is not self._area.widget():
            self.panel.area.takeWidget()
            self._content.insertWidget(self._content.count() - 1, details)
            details.show()
        elif not is_strip and self.panel.area.widget() is not details:
            self._content.removeWidget(details)
            self.panel.area.setWidget(details)
            details.show()
        details.set_padding(0 if is_strip else 24 if panel == WIDTH else 16)
        self.panel.setVisible(not is_strip)
        self.strip.setVisible(is_strip)
        side = PAGE_PADDING if width >= _NARROWER else 16
        self._content.setContentsMargins(side, 12, side, 16)
