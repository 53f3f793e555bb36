"""One criterion: its name, and its conditions one under the other."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from esk_engine.criteria import CriteriaSet
from esk_engine.wording import Wording
from esk_gui.criteria.condition_row import ConditionRow, more_button
from esk_gui.theme import Theme
from esk_gui.widgets.entry import EntryLine
from esk_gui.widgets.frames import Hairline, bare


class CriterionBlock(QWidget):
    """Says what a person wants of the criterion ``at``; its rows speak for their conditions."""

    name_wanted = Signal(int, str)
    move_wanted = Signal(int, int)
    remove_wanted = Signal(int)
    condition_wanted = Signal(int)

    def __init__(self, at: int, criteria_set: CriteriaSet, wording: Wording, theme: Theme) -> None:
        super().__init__()
        criterion = criteria_set.criteria[at]
        self.at, self._wording, self._name = at, wording, criterion.name
        self._can_move = (at > 0, at < len(criteria_set.criteria) - 1)
        self.setObjectName(f"criterion_{at + 1}")
        self.name = EntryLine(f"criterion_{at + 1}_name", theme)
        self.name.setProperty("kind", "heading")
        self.name.setAccessibleName(wording("criteria_page.criterion_name"))
        self.name.setMaxLength(100)
        self.name.show_text(wording.criterion(criterion.name))
        self.name.committed.connect(self._on_named)
        self.name.setTextMargins(-2, 0, 0, 0)
        self.more = more_button(f"criterion_{at + 1}_more", wording("criteria_page.criterion_menu"), theme)
        self.more.clicked.connect(self.open_menu)
        head = bare(QHBoxLayout(), 8)
        head.addWidget(self.name, 1)
        head.addWidget(self.more)
        self.rows = tuple(
            ConditionRow((at, j), condition, wording, theme) for j, condition in enumerate(criterion.conditions)
        )
        column = bare(QVBoxLayout(self), 2)
        column.setContentsMargins(0, 4, 0, 0)
        column.addLayout(head)
        for row in self.rows:
            column.addWidget(row)
        column.addSpacing(2)
        column.addWidget(Hairline())

    def show_criterion(self, name: str, *, is_locked: bool, read_only: bool) -> None:
        self._name = name
        if not self.name.is_uncommitted:
            self.name.show_text(self._wording.criterion(name))
        self.name.setReadOnly(is_locked or read_only)
        self.more.setVisible(not (is_locked or read_only))

    def menu(self) -> QMenu:
        """Add a condition, move up, move down, remove."""
        menu = QMenu(self)
        menu.addAction(self._wording("criteria_page.add_condition"), self._add)
        menu.addSeparator()
        menu.addAction(self._wording("criteria_page.move_up"), self._move_up).setEnabled(self._can_move[0])
        menu.addAction(self._wording("criteria_page.move_down"), self._move_down).setEnabled(self._can_move[1])
        menu.addSeparator()
        remove = menu.addAction(self._wording("criteria_page.remove_criterion"), self._remove)
        remove.setEnabled(any(self._can_move))
        return menu

    def open_menu(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _on_named(self, text: str) -> None:
        name = " ".join(text.split())
        if not name or name == self._wording.criterion(self._name):
            self.name.show_text(self._wording.criterion(self._name))
            return
        self.name_wanted.emit(self.at, name)

    def _add(self) -> None:
        self.condition_wanted.emit(self.at)

    def _move_up(self) -> None:
        self.move_wanted.emit(self.at, -1)

    def _move_down(self) -> None:
        self.move_wanted.emit(self.at, 1)

    def _remove(self) -> None:
        self.remove_wanted.emit(self.at)
