"""The rest of the consequences: who switches and by what, folded P-values, agreement with the clinician."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from esk_engine.consequences import Agreement
from esk_engine.dictionary import CONCENTRATIONS
from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.criteria.evaluation import Evaluation
from esk_gui.criteria.switches import SWITCH_ROLE, SwitchesModel, SwitchesTable
from esk_gui.icons import icon
from esk_gui.theme import Theme
from esk_gui.widgets.bars import EvidenceBar
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import ElidedLabel, icon_label, text_label

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SIGNIFICANT = 0.05


class _Block(QFrame):
    """One block of the panel with a hairline under it."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "header")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 16, 24, 16)
        self.column.setSpacing(8)

    def set_padding(self, side: int) -> None:
        self.column.setContentsMargins(side, 16, side, 16)


class SwitchesBlock(_Block):
    """Who is in another group. Emits ``patient_wanted`` with an id."""

    patient_wanted = Signal(str)

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording = wording
        self.count = text_label("", "second", "criteria_switch_count")
        head = bare(QHBoxLayout())
        head.addWidget(text_label(wording("criteria_page.switches"), "heading"), 1)
        head.addWidget(self.count)
        self.model = SwitchesModel(wording, self)
        self.table = SwitchesTable(self.model, wording, theme)
        self.table.clicked.connect(self._on_opened)
        self.table.activated.connect(self._on_opened)
        self._none = text_label(wording("criteria_page.switches_none"), "second", wrap=True)
        self.column.addLayout(head)
        self.column.addWidget(self.table)
        self.column.addWidget(self._none)

    def show_evaluation(self, evaluation: Evaluation) -> None:
        found = evaluation.consequences
        self.model.show_switches(found.switches, evaluation.cohort.criteria_set)
        self.count.setText(self._wording("criteria_page.k_of_n", k=len(found.switches), n=found.patients))
        self.table.setVisible(bool(found.switches))
        self._none.setVisible(not found.switches)

    def _on_opened(self, index: QModelIndex) -> None:
        switch = index.data(SWITCH_ROLE)
        if switch is not None:
            self.patient_wanted.emit(switch.patient_id)


class PValuesBlock(_Block):
    """P-values before and after; folded until opened, so that nobody tunes a limit by them unawares."""

    opened = Signal(bool)

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording, self._theme = wording, theme
        self._toggle = QPushButton(wording("criteria_page.p_values"))
        self._toggle.setObjectName("criteria_p_values")
        self._toggle.setProperty("kind", "fold")
        self._toggle.setCheckable(True)
        self._toggle.setToolTip(wording("criteria_page.p_values.help"))
        self._toggle.toggled.connect(self._on_toggled)
        self.method = ElidedLabel("", "second")
        self.method.setObjectName("criteria_p_method")
        head = bare(QHBoxLayout(), 8)
        head.addWidget(self._toggle)
        head.addWidget(self.method, 1)
        self._rows = QWidget()
        grid = bare(QGridLayout(self._rows), 4)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(0, 1)
        self.values: dict[str, tuple[QLabel, QWidget, QLabel]] = {}
        for row, name in enumerate(CONCENTRATIONS):
            before, after = text_label("", "body_second"), text_label("", "", f"p_{name}")
            arrow = icon_label("arrow_right", theme, "ink_3", 14)
            grid.addWidget(text_label(wording.short_label(name)), row, 0)
            grid.addWidget(before, row, 1, _RIGHT)
            grid.addWidget(arrow, row, 2)
            grid.addWidget(after, row, 3, _RIGHT)
            self.values[name] = before, arrow, after
        self.column.addLayout(head)
        self.column.addWidget(self._rows)
        self._on_toggled(False)

    @property
    def is_open(self) -> bool:
        return self._toggle.isChecked()

    def set_open(self, is_open: bool) -> None:
        self._toggle.setChecked(is_open)

    def show_evaluation(self, evaluation: Evaluation, *, is_compared: bool) -> None:
        """Show the values, in bold where the unrounded P is below 0.05."""
        self.method.setText(method_text(evaluation.p_method, self._wording))
        for name, pair in evaluation.p_values.items():
            before, arrow, after = self.values[name]
            before.setText(self._wording.p_value(pair.before) if is_compared else "")
            arrow.setVisible(is_compared)
            after.setText(self._wording.p_value(pair.after))
            strong = pair.after is not None and pair.after < _SIGNIFICANT
            after.setProperty("text_role", "strong" if strong else "")
            after.style().unpolish(after)
            after.style().polish(after)

    def _on_toggled(self, is_open: bool) -> None:
        self._rows.setVisible(is_open)
        self.method.setVisible(is_open)
        self._toggle.setIcon(icon("chevron_down" if is_open else "chevron_right", self._theme, "ink_2", "ink_2"))
        self.opened.emit(is_open)


def method_text(method: PMethod, wording: Wording) -> str:
    return wording("criteria_page.p_method", method=wording.code(method, "p_method"))


class AgreementBlock(_Block):
    """In how many patients the group agrees with "treatment continued", under either set."""

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "")
        self._wording = wording
        title = text_label(wording("criteria_page.agreement"), "heading", wrap=True)
        title.setToolTip(wording("criteria_page.agreement.help"))
        self.column.addWidget(title)
        grid = bare(QGridLayout(), 6)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        self._lines: list[tuple[QLabel, EvidenceBar, QLabel]] = []
        for row in range(2):
            name = ElidedLabel("", "second")
            name.setMaximumWidth(110)
            bar, text = EvidenceBar(theme), text_label("", "strong" if row else "second", f"agreement_{row}")
            grid.addWidget(name, row, 0)
            grid.addWidget(bar, row, 1)
            grid.addWidget(text, row, 2, _RIGHT)
            self._lines.append((name, bar, text))
        self.column.addLayout(grid)
        self._none = text_label(wording("criteria_page.agreement_none"), "second", wrap=True)
        self.column.addWidget(self._none)

    def show_evaluation(self, evaluation: Evaluation, base_name: str, *, is_compared: bool) -> None:
        found = evaluation.consequences
        pairs = ((base_name, found.agreement_before), (self._wording("criteria_page.this_set"), found.agreement_after))
        for row, (name, agreement) in enumerate(pairs):
            self._show(row, name, agreement, visible=bool(agreement.of) and (is_compared or row == 1))
        self._none.setVisible(not found.agreement_after.of)

    def _show(self, row: int, name: str, agreement: Agreement, *, visible: bool) -> None:
        label, bar, text = self._lines[row]
        label.setText(name)
        bar.show_share(agreement.agree / agreement.of if agreement.of else None, None, "accent" if row else "bar_fill")
        text.setText(self._wording("criteria_page.k_of_n", k=agreement.agree, n=agreement.of))
        for part in (label, bar, text):
            part.setVisible(visible)
