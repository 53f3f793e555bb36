"""What a person does to a whole set: use it, copy, name, lock and delete it, mark it as specified beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox

from esk_engine.errors import Fault
from esk_gui.criteria.bars import NameBar, TrialBar
from esk_gui.criteria.header import CriteriaHeader
from esk_gui.criteria.shown import Shown
from esk_gui.criteria.words import copy_name, set_name

if TYPE_CHECKING:
    from esk_gui.app import Session


class SetActs(QObject):
    """Listens to the head and its bars. ``edited`` where the page is to look anew."""

    edited = Signal()

    def __init__(
        self,
        session: Session,
        shown: Shown,
        header: CriteriaHeader,
        trial: TrialBar,
        naming: NameBar,
        beforehand: QCheckBox,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._shown, self._naming = session, shown, naming
        header.set_chosen.connect(self.look_at)
        header.use_wanted.connect(self._on_use)
        header.copy_wanted.connect(self._on_copy)
        header.rename_wanted.connect(self._on_rename)
        header.lock_wanted.connect(self._on_lock)
        header.delete_wanted.connect(self._on_delete)
        trial.copy_wanted.connect(self._on_copy)
        trial.revert_wanted.connect(self._on_revert)
        naming.named.connect(self._on_named)
        naming.closed.connect(naming.hide)
        beforehand.clicked.connect(self._on_beforehand)

    def look_at(self, set_id: str) -> None:
        """Look at another set."""
        self._shown.look_at(set_id)
        self._naming.hide()
        self.edited.emit()

    def _on_use(self) -> None:
        self._do(lambda: self._session.open_study.use_criteria_set(self._shown.stored.set_id))

    def _on_copy(self) -> None:
        """Copy the set as it stands on the screen, look at the copy and let it be named."""
        study, source = self._session.open_study, self._shown.current
        wording = self._session.wording
        taken = [name for each in study.criteria_sets for name in (each.name, set_name(each, wording))]
        name = copy_name(source, taken, wording)
        try:
            set_id, _ = study.copy_criteria_set(source.set_id, name)
            if self._shown.trial is not None:
                made = next(each for each in study.criteria_sets if each.set_id == set_id)
                study.save_criteria_set(replace(made, criteria=source.criteria))
        except Fault as fault:
            self._session.show_error(fault)
            return
        self.look_at(set_id)
        self._naming.open_with(name)

    def _on_rename(self) -> None:
        self._naming.open_with(set_name(self._shown.stored, self._session.wording))

    def _on_named(self, name: str) -> None:
        stored, wording = self._shown.stored, self._session.wording
        if not name:
            self._naming.refuse(wording("criteria_page.name_needed"))
            return
        if name != set_name(stored, wording) and not stored.locked:
            try:
                self._session.open_study.save_criteria_set(replace(stored, name=name))
            except Fault as fault:
                self._naming.refuse(wording.fault(fault))
                return
        self._naming.hide()
        self.edited.emit()

    def _on_lock(self) -> None:
        if not self._shown.stored.locked:
            self._do(lambda: self._session.open_study.save_criteria_set(replace(self._shown.stored, locked=True)))

    def _on_delete(self) -> None:
        self._do(lambda: self._session.open_study.delete_criteria_set(self._shown.stored.set_id))

    def _on_beforehand(self, is_marked: bool) -> None:
        marked = replace(self._shown.stored, specified_beforehand=is_marked)
        self._do(lambda: self._session.open_study.save_criteria_set(marked))

    def _on_revert(self) -> None:
        self._shown.trial = None
        self.edited.emit()

    def _do(self, act: Callable[[], object]) -> None:
        """Do something to the study and look anew; a fault is told in a calm dialog."""
        try:
            act()
        except Fault as fault:
            self._session.show_error(fault)
        self.edited.emit()
