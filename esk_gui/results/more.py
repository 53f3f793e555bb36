"""What is shown on request only: chips where there is room for them, else one button with a menu of the same."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton

from esk_engine.wording import Wording
from esk_gui.icons import icon
from esk_gui.theme import Theme


class MoreButton(QPushButton):
    """Looks pressed while anything of its menu is shown; ``toggled_part`` with what was chosen and whether it is on."""

    toggled_part = Signal(str, bool)

    def __init__(self, parts: tuple[str, ...], wording: Wording, theme: Theme) -> None:
        super().__init__(wording("results.more"))
        self.setObjectName("results_more")
        self.setProperty("kind", "chip")
        self.setProperty("fit", "header")
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the chevron behind the word
        self.setIconSize(QSize(12, 12))
        self.setIcon(icon("chevron_down", theme, "ink_3"))
        self.setToolTip(wording("results.more.tip"))
        self.setCheckable(True)
        self.setAutoDefault(False)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self._actions = {part: self._action(part, menu, wording) for part in parts}
        menu.triggered.connect(self._on_triggered)
        self.setMenu(menu)
        self.clicked.connect(self._look)

    def _action(self, part: str, menu: QMenu, wording: Wording) -> QAction:
        made = QAction(wording(f"results.chip.{part}.long"), menu)
        made.setObjectName(f"results_more_{part}")
        made.setData(part)
        made.setCheckable(True)
        menu.addAction(made)
        return made

    def show_parts(self, parts: tuple[str, ...]) -> None:
        """Tick what is shown."""
        for part, action in self._actions.items():
            action.setChecked(part in parts)
        self._look()

    def _on_triggered(self, action: QAction) -> None:
        self._look()
        self.toggled_part.emit(str(action.data()), action.isChecked())

    def _look(self) -> None:
        self.setChecked(any(action.isChecked() for action in self._actions.values()))
