"""The right panel: what the set that is looked at would change, against another set that can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from esk_engine.criteria import CriteriaSet
from esk_engine.wording import Wording
from esk_gui.criteria.counts import CountsBlock
from esk_gui.criteria.details import AgreementBlock, PValuesBlock, SwitchesBlock
from esk_gui.criteria.evaluation import Evaluation
from esk_gui.criteria.words import set_name
from esk_gui.icons import icon
from esk_gui.theme import Theme
from esk_gui.widgets.frames import HeaderBar, SidePanel, bare, ground, scrolling
from esk_gui.widgets.labels import ElidedLabel, text_label

WIDTH, NARROW_WIDTH, NARROWEST_WIDTH = 376, 320, 296


class Details(QWidget):
    """Everything under the counts; moves under the table where the window is narrow."""

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.switches = SwitchesBlock(wording, theme)
        self.p_values = PValuesBlock(wording, theme)
        self.agreement = AgreementBlock(wording, theme)
        column = bare(QVBoxLayout(self))
        for block in (self.switches, self.p_values, self.agreement):
            column.addWidget(block)
        column.addStretch(1)
        ground(self, "panel")

    def set_padding(self, side: int) -> None:
        for block in (self.switches, self.p_values, self.agreement):
            block.set_padding(side)

    def show_evaluation(self, evaluation: Evaluation, base_name: str, *, is_compared: bool) -> None:
        self.switches.setVisible(is_compared)
        self.switches.show_evaluation(evaluation)
        self.p_values.show_evaluation(evaluation, is_compared=is_compared)
        self.agreement.show_evaluation(evaluation, base_name, is_compared=is_compared)


class ConsequencesPanel(SidePanel):
    """Counts, switches, P-values, agreement. ``base_chosen`` carries the id of the set to compare with."""

    base_chosen = Signal(str)

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__(WIDTH)
        self.setObjectName("consequences")
        self._wording = wording
        self._is_narrow, self._base_name = False, ""
        self.header = HeaderBar(24)
        self._title = ElidedLabel(wording("criteria_page.consequences"), "heading")
        self.compared = QPushButton("")
        self.compared.setObjectName("criteria_base")
        self.compared.setProperty("kind", "quiet")
        self.compared.setProperty("fit", "header")
        self.compared.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the chevron behind the word
        self.compared.setIconSize(QSize(12, 12))
        self.compared.setIcon(icon("chevron_down", theme, "ink_3"))
        self.compared.setToolTip(wording("criteria_page.base.help"))
        self._menu = QMenu(self)
        self._menu.triggered.connect(self._on_chosen)
        self.compared.setMenu(self._menu)
        self.header.row.addWidget(self._title, 1)
        self.header.row.addWidget(self.compared)
        self.header.row.setContentsMargins(24, 0, 12, 0)
        self.counts = CountsBlock(wording, theme)
        self.details = Details(wording, theme)
        self.empty = text_label(wording("criteria_page.empty"), "body_second", wrap=True)
        self.empty.setContentsMargins(24, 16, 24, 0)
        self.empty.hide()
        self.area = scrolling(self.details, "consequences_area")
        for part, stretch in ((self.header, 0), (self.counts, 0), (self.empty, 0), (self.area, 1)):
            self.column.addWidget(part, stretch)

    def show_bases(self, sets: Sequence[CriteriaSet], base: CriteriaSet, *, is_compared: bool) -> None:
        """List what can be compared with."""
        self._menu.clear()
        group = QActionGroup(self._menu)
        for each in sets:
            action = QAction(set_name(each, self._wording), group)
            action.setData(each.set_id)
            action.setCheckable(True)
            action.setChecked(each.set_id == base.set_id)
            self._menu.addAction(action)
        self._base_name = set_name(base, self._wording) if is_compared else ""
        self._say_compared()
        self.compared.setVisible(is_compared or len(sets) > 1)

    def set_width(self, width: int) -> None:
        """Below its full width the panel has less air, and says shorter what it compares with."""
        is_narrow = width < WIDTH
        self.setFixedWidth(width)
        side = 16 if is_narrow else 24
        self.header.row.setContentsMargins(side, 0, side // 2, 0)
        self.empty.setContentsMargins(side, 16, side, 0)
        self.counts.set_narrow(is_narrow)
        self.details.set_padding(side)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._say_compared()

    def _say_compared(self) -> None:
        key = "criteria_page.compared_short" if self._is_narrow else "criteria_page.compared_with"
        self.compared.setText(self._wording(key, name=self._base_name) if self._base_name else "")

    def show_evaluation(self, evaluation: Evaluation, *, is_compared: bool) -> None:
        found = evaluation.consequences
        self.counts.show_counts(found.before, found.after, is_compared=is_compared)
        self.details.show_evaluation(evaluation, set_name(evaluation.base, self._wording), is_compared=is_compared)
        self.empty.setVisible(not found.patients)
        self.details.setVisible(bool(found.patients))

    def _on_chosen(self, action: QAction) -> None:
        self.base_chosen.emit(str(action.data()))
