"""The head of the results page: which tables show, which P is printed, copy; shorter where room is scarce."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QLabel, QPushButton

from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.frames import PAGE_PADDING, HeaderBar
from esk_gui.widgets.labels import text_label

TABLES = ("3", "4", "5", "6", "continuation")
_WORDS_FROM, _LONG_CHIPS_FROM, _TITLE_FROM = 990, 860, 700
_CHIP_PADDING, _SLIM_PADDING = 26, 8


class ResultsHeader(HeaderBar):
    """``tables_chosen`` when a chip was pressed, ``method_chosen`` with a P method's code, ``copy_wanted``."""

    tables_chosen = Signal()
    method_chosen = Signal(str)
    copy_wanted = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__(PAGE_PADDING)
        self._wording = wording
        self._title = text_label(wording("results.title"), "title")
        self._title.setContentsMargins(0, 0, 12, 0)
        self.row.addWidget(self._title)
        self.chips = {number: self._chip(number, theme) for number in TABLES}
        self.row.addStretch(1)
        self._label = QLabel(wording("results.p_method"))
        self._label.setProperty("text_role", "body_second")
        codes = tuple((str(method), wording(f"results.p_method.{method}")) for method in PMethod)
        self.methods = ChoiceBox("p_method", codes)
        self.methods.setProperty("fit", "header")
        self.methods.setToolTip(wording("results.p_method.tip"))
        self.methods.setAccessibleName(wording("results.p_method").replace("&", ""))
        self._label.setBuddy(self.methods)
        self.methods.chosen.connect(self.method_chosen)
        self._copy = button(
            wording("results.copy"),
            theme,
            self.copy_wanted.emit,
            icon_name="copy",
            name="results_copy",
            tooltip=wording("results.copy.tip"),
            in_header=True,
        )
        for widget in (self._label, self.methods, self._copy):
            self.row.addWidget(widget)

    def _chip(self, number: str, theme: Theme) -> QPushButton:
        made = button("", theme, self.tables_chosen.emit, kind="chip", name=f"results_chip_{number}", in_header=True)
        made.setToolTip(self._wording("results.chip.tip"))
        made.setAccessibleName(self._wording(f"results.chip.{number}"))
        made.setText(self._wording(f"results.chip.{number}"))
        made.setChecked(True)
        self.row.addWidget(made)
        return made

    def shown(self) -> tuple[str, ...]:
        """The numbers of the tables whose chips are pressed."""
        return tuple(number for number, chip in self.chips.items() if chip.isChecked())

    def show_chips(self, numbers: tuple[str, ...]) -> None:
        for number, chip in self.chips.items():
            chip.setChecked(number in numbers)

    def set_filled(self, filled: bool) -> None:
        """Without tables there is nothing to show, hide or copy; the P of the study can be chosen all the same."""
        for widget in (*self.chips.values(), self._copy):
            widget.setVisible(filled)

    def set_room(self, width: int) -> None:
        """Give up words, then the chips' "Table", then the title."""
        self._label.setVisible(width >= _WORDS_FROM)
        self._copy.setText(self._wording("results.copy") if width >= _WORDS_FROM else "")
        suffix = "" if width >= _LONG_CHIPS_FROM else ".short"
        for number, chip in self.chips.items():
            chip.setText(self._wording(f"results.chip.{number}{suffix}"))
            bold = QFont(chip.font())
            bold.setWeight(QFont.Weight.DemiBold)  # a pressed chip's: pressing must not cut its text
            chip.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(chip.text()) + _CHIP_PADDING)
        self._title.setVisible(width >= _TITLE_FROM)
        padding = PAGE_PADDING if width >= _TITLE_FROM else _SLIM_PADDING
        self.row.setContentsMargins(padding, 0, padding, 0)
