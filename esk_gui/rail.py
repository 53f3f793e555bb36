"""The rail at the left: the five pages and, at its foot, the settings."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.wording import Wording
from esk_gui.icons import icon
from esk_gui.menus import RAIL_PAGES, Actions
from esk_gui.theme import Theme
from esk_gui.widgets.frames import bare, ground

RAIL_WIDTH: Final = 76
RAIL_NARROW: Final = 48
_ITEM: Final = 56


class Rail(QWidget):
    """One button a page, the open one marked by an accent line; narrow, it shows icons only."""

    def __init__(self, actions: Actions, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("rail")
        ground(self, "window")
        self._buttons: list[_RailButton] = []
        column = bare(QVBoxLayout(self), 4)
        column.setContentsMargins(4, 4, 5, 4)
        for name in (*RAIL_PAGES, "settings"):
            action = actions["settings" if name == "settings" else f"page_{name}"]
            made = _RailButton(name, wording(f"shell.rail.{name}"), theme)
            made.setToolTip(action.toolTip())
            made.clicked.connect(action.trigger)
            if name == "settings":
                column.addStretch(1)
            column.addWidget(made)
            self._buttons.append(made)
        self.set_narrow(False)

    def check(self, name: str) -> None:
        """Mark the page that shows; none where that has no button here."""
        for made in self._buttons:
            made.setAutoExclusive(False)  # else the last one stays marked
            made.setChecked(made.page == name)
        for made in self._buttons:
            made.setAutoExclusive(True)

    def set_narrow(self, narrow: bool) -> None:
        """Icons without their words, where the window has no room for both."""
        self.setFixedWidth(RAIL_NARROW if narrow else RAIL_WIDTH)
        for made in self._buttons:
            style = Qt.ToolButtonStyle
            made.setToolButtonStyle(style.ToolButtonIconOnly if narrow else style.ToolButtonTextUnderIcon)


class _RailButton(QToolButton):
    def __init__(self, page: str, word: str, theme: Theme) -> None:
        super().__init__()
        self.page = page
        self._theme = theme
        self.setObjectName(f"rail_{page}")
        self.setText(word)
        self.setAccessibleName(word)
        self.setIcon(icon(page, theme))
        self.setIconSize(QSize(22, 22))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(_ITEM - 4)
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isChecked():
            painter = QPainter(self)
            middle = self.height() // 2
            painter.fillRect(QRect(0, middle - 9, 3, 18), self._theme.color("accent"))
            painter.end()
