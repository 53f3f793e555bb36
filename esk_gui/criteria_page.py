"""The criteria page: a set edited in the open, with every patient drawn and the consequences beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.cohort import Cohort
from esk_engine.criteria import TABLE_2, CriteriaSet
from esk_engine.errors import Fault
from esk_gui.criteria import draft as edits
from esk_gui.criteria.bars import NameBar, TrialBar
from esk_gui.criteria.condition_row import ConditionRow
from esk_gui.criteria.counts import CountsStrip
from esk_gui.criteria.criterion_block import CriterionBlock
from esk_gui.criteria.draft import Place
from esk_gui.criteria.editor import CriteriaEditor, starting_condition
from esk_gui.criteria.evaluation import Evaluation, evaluate
from esk_gui.criteria.foot import EditorFoot
from esk_gui.criteria.header import CriteriaHeader
from esk_gui.criteria.panel import NARROW_WIDTH, NARROWEST_WIDTH, WIDTH, ConsequencesPanel
from esk_gui.criteria.variable_menu import VariableMenu
from esk_gui.criteria.words import copy_name, set_name, standing_text
from esk_gui.widgets.frames import PAGE_PADDING, bare, scrolling
from esk_gui.widgets.labels import text_label
from esk_gui.widgets.page import Page

if TYPE_CHECKING:
    from esk_engine.study import StudyChanged
    from esk_gui.app import Session

BESIDE_FROM = 400  # patients; with more the consequences take longer than a dragged limit may wait
_NARROW, _NARROWER, _STRIP = 1164, 984, 720  # the page's width, where the window's is 1240, 1040, 780


class CriteriaPage(Page):
    """Shows one set; an edit of an unlocked one is saved as a new version at once, of a locked one it is a trial."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "criteria")
        self._shown_id, self._base_id = "", ""
        self._trial: CriteriaSet | None = None
        self._active = -1
        self._copy: tuple[int, Cohort] | None = None
        wording, theme = self.wording, self.theme
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
        head = self.header
        head.set_chosen.connect(self.show_set)
        head.use_wanted.connect(self._on_use)
        head.copy_wanted.connect(self._on_copy)
        head.rename_wanted.connect(self._on_rename)
        head.lock_wanted.connect(self._on_lock)
        head.delete_wanted.connect(self._on_delete)
        self.trial.copy_wanted.connect(self._on_copy)
        self.trial.revert_wanted.connect(self._on_revert)
        self.naming.named.connect(self._on_named)
        self.naming.closed.connect(self.naming.hide)
        self.beforehand.clicked.connect(self._on_beforehand)
        self.editor.row_made.connect(self._listen_to_row)
        self.editor.block_made.connect(self._listen_to_block)
        self.foot.condition_wanted.connect(self._on_condition_wanted)
        self.foot.criterion_wanted.connect(self._on_criterion_wanted)
        self.foot.cutoff.committed.connect(self._on_cutoff)
        self.panel.base_chosen.connect(self._on_base)
        self.panel.details.switches.patient_wanted.connect(self.session.show_patient)
        self.panel.details.p_values.opened.connect(self._evaluate_again)

    def _listen_to_row(self, row: ConditionRow) -> None:
        row.threshold_wanted.connect(self._on_threshold)
        row.threshold_tried.connect(self._on_tried)
        row.operator_wanted.connect(self._on_operator)
        row.variable_wanted.connect(self._on_variable)
        row.move_wanted.connect(self._on_condition_moved)
        row.remove_wanted.connect(self._on_condition_removed)
        row.patient_wanted.connect(self.session.show_patient)
        row.touched.connect(self._on_touched)

    def _listen_to_block(self, block: CriterionBlock) -> None:
        block.name_wanted.connect(self._on_criterion_named)
        block.move_wanted.connect(self._on_criterion_moved)
        block.remove_wanted.connect(self._on_criterion_removed)
        block.condition_wanted.connect(self._on_condition_of)

    # What is shown

    @property
    def stored_set(self) -> CriteriaSet:
        """The set that is looked at, as the study holds it."""
        study = self.session.open_study
        return next((s for s in study.criteria_sets if s.set_id == self._shown_id), study.criteria_set)

    @property
    def shown_set(self) -> CriteriaSet:
        """The set as it stands on the screen, unsaved parts too: a trial of a locked one, a limit under the mouse."""
        return self._trial if self._trial is not None else self.stored_set

    @property
    def base_set(self) -> CriteriaSet:
        """What it is compared with: the set that was chosen, else the one in use, else table 2."""
        study = self.session.open_study
        sets = {each.set_id: each for each in study.criteria_sets}
        wanted = (self._base_id, study.criteria_set.set_id, TABLE_2.set_id)
        shown = self.stored_set.set_id
        found = next((sets[i] for i in wanted if i in sets and i != shown), None)
        return found or self.stored_set

    @property
    def is_compared(self) -> bool:
        """Whether there is anything to compare: another set, or a trial of this one."""
        return self.base_set.set_id != self._shown_id or self._trial is not None

    def show_set(self, set_id: str) -> None:
        """Look at another set; a trial of the former one is dropped."""
        self._trial = None
        self._shown_id = set_id
        self._active = -1
        self.naming.hide()
        self.refresh()

    @override
    def refresh(self) -> None:
        study = self.session.open_study
        self._shown_id = self.stored_set.set_id
        self.header.show_sets(
            study.criteria_sets, self.stored_set, study.criteria_set.set_id, read_only=study.read_only
        )
        self.foot.show_cutoff(study.settings.naranjo_cutoff, read_only=study.read_only)
        self._show_shown()

    @override
    def on_study_changed(self, change: StudyChanged) -> None:
        if change.criteria and self._trial is not None and not self.stored_set.locked:
            self._trial = None
        self.refresh()

    @override
    def state(self) -> dict[str, Any]:
        return {
            "shown": self._shown_id,
            "base": self._base_id,
            "trial": self._trial,
            "p_open": self.panel.details.p_values.is_open,
            "scrolled": self._area.verticalScrollBar().value(),
        }

    @override
    def restore(self, state: dict[str, Any]) -> None:
        self._shown_id, self._base_id = str(state.get("shown", "")), str(state.get("base", ""))
        trial = state.get("trial")
        self._trial = trial if isinstance(trial, CriteriaSet) and trial.set_id == self.stored_set.set_id else None
        self.panel.details.p_values.set_open(bool(state.get("p_open")))
        self.refresh()
        self._area.verticalScrollBar().setValue(int(state.get("scrolled", 0)))

    def _show_shown(self) -> None:
        """Show the set as it stands, with its consequences."""
        study, stored, shown = self.session.open_study, self.stored_set, self.shown_set
        base = self.base_set
        known, _ = study.outcomes_known
        can_mark = known == 0 and not stored.locked and not study.read_only
        self.beforehand.setVisible(can_mark)
        self.beforehand.setChecked(stored.specified_beforehand)
        self.standing.setVisible(not can_mark and self._trial is None)
        self.standing.setText(standing_text(stored, self.wording))
        self.trial.setVisible(self._trial is not None and stored.locked)
        self.trial.show_set(set_name(stored, self.wording))
        self.editor.show_set(shown, base, is_locked=stored.locked, read_only=study.read_only)
        self.foot.show_set(is_locked=stored.locked, read_only=study.read_only)
        self.panel.show_bases(study.criteria_sets, base, study.criteria_set.set_id, is_compared=self.is_compared)
        self._evaluate_again()

    def _evaluate_again(self) -> None:
        """Reckon the consequences, beside the window where there are very many patients."""
        if self.session.study is None or not self._shown_id:
            return
        cohort, base, shown = self.session.open_study.cohort, self.base_set, self.shown_set
        with_p = self.panel.details.p_values.is_open
        if len(cohort) <= BESIDE_FROM:
            self._show_evaluation(evaluate(cohort, base, shown, with_p=with_p))
            return
        copy = self._copied(cohort)
        self.session.jobs.run(
            lambda _progress, _cancelled: evaluate(copy, base, shown, with_p=with_p),
            self._show_evaluation,
            topic="criteria_consequences",
        )

    def _copied(self, cohort: Cohort) -> Cohort:
        """A copy of the patients for a thread; the same one while a limit is dragged."""
        version = self.session.open_study.version
        if self._copy is None or self._copy[0] != version:
            self._copy = version, cohort.snapshot()
        return self._copy[1]

    def _show_evaluation(self, evaluation: Evaluation) -> None:
        shown = evaluation.cohort.criteria_set
        if [c.conditions for c in shown.criteria] != [tuple(r.condition for r in b.rows) for b in self.editor.blocks]:
            return  # the set went on meanwhile: its own evaluation is on its way
        self.editor.show_evaluation(shown, evaluation)
        self.panel.show_evaluation(evaluation, is_compared=self.is_compared)
        found = evaluation.consequences
        self.strip.show_counts(found.before, found.after, is_compared=self.is_compared)

    # What a person does to the conditions

    def _on_threshold(self, place: Place, threshold: float) -> None:
        self._edit(edits.with_threshold(self.shown_set, place, threshold))

    def _on_tried(self, place: Place, threshold: float) -> None:
        """While a limit is dragged its consequences are shown, and nothing is saved."""
        self._trial = edits.with_threshold(self.shown_set, place, threshold)
        self.editor.show_set(
            self._trial, self.base_set, is_locked=self.stored_set.locked, read_only=self.session.open_study.read_only
        )
        self._evaluate_again()

    def _on_operator(self, place: Place, operator: str) -> None:
        self._edit(edits.with_operator(self.shown_set, place, operator))

    def _on_variable(self, place: Place, variable: str) -> None:
        column = self.session.open_study.cohort.column(variable)
        self._edit(edits.with_condition(self.shown_set, place, starting_condition(variable, column)))

    def _on_condition_moved(self, place: Place, by: int) -> None:
        self._edit(edits.moved_condition(self.shown_set, place, by))

    def _on_condition_removed(self, place: Place) -> None:
        if edits.can_remove(self.shown_set):
            self._edit(edits.without_condition(self.shown_set, place))

    def _on_criterion_named(self, at: int, name: str) -> None:
        self._edit(edits.with_criterion_name(self.shown_set, at, name))

    def _on_criterion_moved(self, at: int, by: int) -> None:
        self._edit(edits.moved_criterion(self.shown_set, at, by))

    def _on_criterion_removed(self, at: int) -> None:
        if len(self.shown_set.criteria) > 1:
            self._edit(edits.without_criterion(self.shown_set, at))

    def _on_touched(self, place: Place) -> None:
        self._active = place[0]

    def _on_condition_wanted(self) -> None:
        """From the foot: a condition for the criterion that was touched last, else the last one."""
        last = len(self.shown_set.criteria) - 1
        self._on_condition_of(self._active if 0 <= self._active <= last else last)

    def _on_condition_of(self, criterion: int) -> None:
        self._active = criterion
        self._open_menu(self._add_condition)

    def _on_criterion_wanted(self) -> None:
        self._open_menu(self._add_criterion)

    def _open_menu(self, on_chosen: Any) -> None:
        menu = VariableMenu(self.wording, on_chosen, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        button = self.foot.condition if on_chosen == self._add_condition else self.foot.criterion
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _add_condition(self, variable: str) -> None:
        column = self.session.open_study.cohort.column(variable)
        self._edit(edits.with_new_condition(self.shown_set, self._active, starting_condition(variable, column)))

    def _add_criterion(self, variable: str) -> None:
        column = self.session.open_study.cohort.column(variable)
        name = self.wording.label(variable)
        self._edit(edits.with_new_criterion(self.shown_set, name, starting_condition(variable, column)))

    def _edit(self, criteria_set: CriteriaSet) -> None:
        """Keep an edit: as a new version, or of a locked set as a trial that offers a copy."""
        stored = self.stored_set
        if stored.locked:
            self._trial = criteria_set if criteria_set != stored else None
            self._show_shown()
            return
        self._trial = None
        if not self._save(criteria_set):
            self._show_shown()

    def _save(self, criteria_set: CriteriaSet) -> bool:
        try:
            self.session.open_study.save_criteria_set(criteria_set)
        except Fault as fault:
            self.session.show_error(fault)
            return False
        self.refresh()
        return True

    # What a person does to the set

    def _on_use(self) -> None:
        self._do(self.session.open_study.use_criteria_set, self._shown_id)

    def _on_copy(self) -> None:
        """Copy the set as it stands on the screen, show the copy and let it be named."""
        study, source = self.session.open_study, self.shown_set
        taken = [name for each in study.criteria_sets for name in (each.name, set_name(each, self.wording))]
        name = copy_name(source, taken, self.wording)
        try:
            set_id, _ = study.copy_criteria_set(source.set_id, name)
            if self._trial is not None:
                made = next(each for each in study.criteria_sets if each.set_id == set_id)
                study.save_criteria_set(replace(made, criteria=source.criteria))
        except Fault as fault:
            self.session.show_error(fault)
            return
        self.show_set(set_id)
        self.naming.open_with(name)

    def _on_rename(self) -> None:
        self.naming.open_with(set_name(self.stored_set, self.wording))

    def _on_named(self, name: str) -> None:
        stored = self.stored_set
        if not name:
            self.naming.refuse(self.wording("criteria_page.name_needed"))
            return
        if name == stored.name or stored.locked:
            self.naming.hide()
            return
        try:
            self.session.open_study.save_criteria_set(replace(stored, name=name))
        except Fault as fault:
            self.naming.refuse(self.wording.fault(fault))
            return
        self.naming.hide()
        self.refresh()

    def _on_lock(self) -> None:
        if not self.stored_set.locked:
            self._save(replace(self.stored_set, locked=True))

    def _on_delete(self) -> None:
        self._do(self.session.open_study.delete_criteria_set, self._shown_id)

    def _on_beforehand(self, is_marked: bool) -> None:
        self._save(replace(self.stored_set, specified_beforehand=is_marked))

    def _on_revert(self) -> None:
        self._trial = None
        self._show_shown()

    def _on_base(self, set_id: str) -> None:
        self._base_id = set_id
        self._show_shown()

    def _on_cutoff(self, text: str) -> None:
        value, issue = self.foot.parsed(text)
        if value is None:
            self.foot.refuse(self.wording.issue(issue) if issue is not None else "")
            return
        self._do(self.session.open_study.set_setting, "naranjo_cutoff", value)

    def _do(self, act: Any, *arguments: Any) -> None:
        """Do something to the study and look anew; a fault is told in a calm dialog."""
        try:
            act(*arguments)
        except Fault as fault:
            self.session.show_error(fault)
        self.refresh()

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
