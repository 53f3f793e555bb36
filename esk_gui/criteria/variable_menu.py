"""The menu of every numeric variable that a condition may use, in groups as a clinician thinks of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from esk_engine.dictionary import CONCENTRATIONS, NUMERIC_NAMES, VITALS, Variable, numeric
from esk_engine.wording import Wording


def group_of(name: str) -> str:
    """The key of the group that a variable stands in; one that the dictionary gains goes to its moment's group."""
    if name in CONCENTRATIONS:
        return "criteria_page.group.blood"
    vital = next((vital for vital in VITALS if name.startswith(vital)), None)
    if vital is not None:
        return f"criteria_page.group.{vital}"
    if name.startswith(("nrs_", "relief_")):
        return "criteria_page.group.pain"
    declared = numeric(name)
    return f"moment.{declared.moment}" if isinstance(declared, Variable) else "moment.inclusion"


class VariableMenu(QMenu):
    """Calls ``on_chosen(name)`` with the variable that is picked; ``current`` is ticked."""

    def __init__(self, wording: Wording, on_chosen: Callable[[str], None], parent: QWidget, current: str = "") -> None:
        super().__init__(parent)
        self._on_chosen = on_chosen
        self.setToolTipsVisible(True)
        groups: dict[str, QMenu] = {}
        for name in NUMERIC_NAMES:
            key = group_of(name)
            if key not in groups:
                groups[key] = self.addMenu(wording(key))
                groups[key].setToolTipsVisible(True)
            unit = wording.unit(name)
            action = groups[key].addAction(f"{wording.label(name)} ({unit})" if unit else wording.label(name))
            action.setData(name)
            action.setObjectName(f"variable_{name}")
            action.setCheckable(True)
            action.setChecked(name == current)
            if wording.has(f"definition.{name}"):
                action.setToolTip(wording(f"definition.{name}"))
        self.triggered.connect(self._on_triggered)

    def action_of(self, name: str) -> QAction | None:
        """The entry of one variable."""
        found = (action for menu in self.findChildren(QMenu) for action in menu.actions() if action.data() == name)
        return next(found, None)

    def _on_triggered(self, action: QAction) -> None:
        if action.data():
            self._on_chosen(str(action.data()))
