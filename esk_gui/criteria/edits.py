"""What a person does to the conditions: each edit is a new version at once, of a locked set a trial on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QPushButton

from esk_engine.criteria import CriteriaSet
from esk_engine.errors import Fault
from esk_gui.criteria import draft
from esk_gui.criteria.condition_row import ConditionRow
from esk_gui.criteria.criterion_block import CriterionBlock
from esk_gui.criteria.draft import Place
from esk_gui.criteria.editor import CriteriaEditor, starting_condition
from esk_gui.criteria.foot import EditorFoot
from esk_gui.criteria.shown import Shown
from esk_gui.criteria.variable_menu import VariableMenu

if TYPE_CHECKING:
    from esk_gui.app import Session


class Edits(QObject):
    """Listens to the editor.

    ``edited`` where the page is to look anew, ``tried`` while a limit is dragged, ``added`` with the place of a new
    condition.
    """

    edited = Signal()
    tried = Signal()
    added = Signal(object)

    def __init__(
        self, session: Session, shown: Shown, editor: CriteriaEditor, foot: EditorFoot, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._shown, self._foot = session, shown, foot
        self._active = -1
        editor.row_made.connect(self._listen_to_row)
        editor.block_made.connect(self._listen_to_block)
        foot.condition_wanted.connect(self._on_condition_wanted)
        foot.criterion_wanted.connect(self._on_criterion_wanted)
        foot.cutoff.committed.connect(self._on_cutoff)

    def _listen_to_row(self, row: ConditionRow) -> None:
        row.threshold_wanted.connect(self._on_threshold)
        row.threshold_tried.connect(self._on_tried)
        row.operator_wanted.connect(self._on_operator)
        row.variable_wanted.connect(self._on_variable)
        row.move_wanted.connect(self._on_condition_moved)
        row.remove_wanted.connect(self._on_condition_removed)
        row.patient_wanted.connect(self._session.show_patient)
        row.touched.connect(self._on_touched)

    def _listen_to_block(self, block: CriterionBlock) -> None:
        block.name_wanted.connect(self._on_criterion_named)
        block.move_wanted.connect(self._on_criterion_moved)
        block.remove_wanted.connect(self._on_criterion_removed)
        block.condition_wanted.connect(self._on_condition_of)

    # Conditions

    def _on_threshold(self, place: Place, threshold: float) -> None:
        self._edit(draft.with_threshold(self._shown.current, place, threshold))

    def _on_tried(self, place: Place, threshold: float) -> None:
        """While a limit is dragged its consequences are shown, and nothing is saved."""
        self._shown.trial = draft.with_threshold(self._shown.current, place, threshold)
        self.tried.emit()

    def _on_operator(self, place: Place, operator: str) -> None:
        self._edit(draft.with_operator(self._shown.current, place, operator))

    def _on_variable(self, place: Place, variable: str) -> None:
        column = self._session.open_study.cohort.column(variable)
        self._edit(draft.with_condition(self._shown.current, place, starting_condition(variable, column)))

    def _on_condition_moved(self, place: Place, by: int) -> None:
        self._edit(draft.moved_condition(self._shown.current, place, by))

    def _on_condition_removed(self, place: Place) -> None:
        if draft.can_remove(self._shown.current):
            self._edit(draft.without_condition(self._shown.current, place))

    def add_condition(self, variable: str) -> None:
        """Add a condition to the criterion that was touched last, else to the last one."""
        last = len(self._shown.current.criteria) - 1
        at = self._active if 0 <= self._active <= last else last
        column = self._session.open_study.cohort.column(variable)
        self._edit(draft.with_new_condition(self._shown.current, at, starting_condition(variable, column)))
        self.added.emit((at, len(self._shown.current.criteria[at].conditions) - 1))

    # Criteria

    def add_criterion(self, variable: str) -> None:
        """Add a criterion of one condition, named after its variable."""
        column = self._session.open_study.cohort.column(variable)
        name = self._session.wording.label(variable)
        self._edit(draft.with_new_criterion(self._shown.current, name, starting_condition(variable, column)))
        self.added.emit((len(self._shown.current.criteria) - 1, 0))

    def _on_criterion_named(self, at: int, name: str) -> None:
        self._edit(draft.with_criterion_name(self._shown.current, at, name))

    def _on_criterion_moved(self, at: int, by: int) -> None:
        self._edit(draft.moved_criterion(self._shown.current, at, by))

    def _on_criterion_removed(self, at: int) -> None:
        if len(self._shown.current.criteria) > 1:
            self._edit(draft.without_criterion(self._shown.current, at))

    def _on_touched(self, place: Place) -> None:
        self._active = place[0]

    def _on_condition_of(self, criterion: int) -> None:
        self._active = criterion
        self._on_condition_wanted()

    def _on_condition_wanted(self) -> None:
        self._open_menu(self._foot.condition, self.add_condition)

    def _on_criterion_wanted(self) -> None:
        self._open_menu(self._foot.criterion, self.add_criterion)

    def _open_menu(self, button: QPushButton, on_chosen: Callable[[str], None]) -> None:
        menu = VariableMenu(self._session.wording, on_chosen, button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    # Keeping

    def _edit(self, criteria_set: CriteriaSet) -> None:
        """Keep an edit: as a new version, or of a locked set as a trial that offers a copy."""
        stored = self._shown.stored
        if stored.locked:
            self._shown.trial = criteria_set if criteria_set != stored else None
        else:
            self._shown.trial = None
            self._do(lambda: self._session.open_study.save_criteria_set(criteria_set))
        self.edited.emit()

    def _on_cutoff(self, text: str) -> None:
        value, issue = self._foot.parsed(text)
        if value is None:
            self._foot.refuse(self._session.wording.issue(issue) if issue is not None else "")
            return
        self._do(lambda: self._session.open_study.set_setting("naranjo_cutoff", value))
        self.edited.emit()

    def _do(self, act: Callable[[], object]) -> None:
        """Do something to the study; a fault is told in a calm dialog."""
        try:
            act()
        except Fault as fault:
            self._session.show_error(fault)
