"""One condition: its variable, operator and threshold, the threshold it had, and where every patient lies."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QPushButton, QSizePolicy, QWidget
from typing_extensions import override

from esk_engine.criteria import Condition
from esk_engine.dictionary import numeric
from esk_engine.errors import Issue
from esk_engine.validation import parse_number
from esk_engine.wording import Wording
from esk_gui.criteria.draft import Place
from esk_gui.criteria.strip_plot import StripData, StripPlot
from esk_gui.criteria.variable_menu import VariableMenu
from esk_gui.criteria.words import SIGNS
from esk_gui.icons import icon
from esk_gui.theme import Theme
from esk_gui.widgets.entry import EntryLine
from esk_gui.widgets.labels import MessageLabel, text_label

OPERATOR_WIDTH, FIELD_WIDTH, WAS_WIDTH, MORE_WIDTH = 36, 112, 48, 28
LABEL_LEAST = 176
_LARGEST = 1e9


class VariableButton(QPushButton):
    """A quantity by its name, cut short where the room ends."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self._label = label
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = event.size().width() - 8
        self.setText(self.fontMetrics().elidedText(self._label, Qt.TextElideMode.ElideRight, room))


def more_button(name: str, tooltip: str, theme: Theme) -> QPushButton:
    """The three dots that open a menu; hidden they keep their place, so that nothing jumps."""
    made = QPushButton("")
    made.setObjectName(name)
    made.setProperty("kind", "dots")
    made.setIcon(icon("more", theme, "ink_3"))
    made.setFixedWidth(MORE_WIDTH)
    made.setToolTip(tooltip)
    made.setAccessibleName(tooltip)
    policy = made.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    made.setSizePolicy(policy)
    return made


class ConditionRow(QWidget):
    """Says what a person wants of the condition at ``place``; shows what it is told.

    ``threshold_wanted`` is a change to keep, ``threshold_tried`` one while the limit is dragged.
    ``move_wanted`` carries -1 or +1.
    """

    threshold_wanted = Signal(object, float)
    threshold_tried = Signal(object, float)
    operator_wanted = Signal(object, str)
    variable_wanted = Signal(object, str)
    move_wanted = Signal(object, int)
    remove_wanted = Signal(object)
    patient_wanted = Signal(str)
    touched = Signal(object)

    def __init__(self, place: Place, condition: Condition, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self.place, self.condition = place, condition
        self._wording, self._theme = wording, theme
        name = f"condition_{place[0] + 1}_{place[1] + 1}"
        self.setObjectName(name)
        label = wording.label(condition.variable)
        self.variable = VariableButton(label)
        self.variable.setObjectName(f"{name}_variable")
        self.variable.setProperty("kind", "variable")
        self.variable.setToolTip(_definition(condition.variable, wording))
        self.variable.setAccessibleName(label)
        self.variable.clicked.connect(self.open_variable_menu)
        self.operator = QPushButton("")
        self.operator.setObjectName(f"{name}_operator")
        self.operator.setProperty("kind", "operator")
        self.operator.setFixedWidth(OPERATOR_WIDTH)
        self.operator.clicked.connect(self._on_operator)
        self.threshold = EntryLine(f"{name}_threshold", theme, unit=wording.unit(condition.variable), number=True)
        self.threshold.setFixedWidth(FIELD_WIDTH)
        self.threshold.setAccessibleName(f"{label}: {wording('criteria_page.column.threshold')}")
        self.threshold.committed.connect(self._on_typed)
        self.was = text_label("", "body_second")
        self.was.setFixedWidth(WAS_WIDTH)
        self.was.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.plot = StripPlot(theme, wording.number)
        self.plot.setObjectName(f"{name}_plot")
        self.plot.setAccessibleName(wording("criteria_page.plot_of", label=label))
        self.plot.limit_dragged.connect(self._on_dragged)
        self.plot.limit_released.connect(self._on_released)
        self.plot.patient_clicked.connect(self.patient_wanted)
        self.more = more_button(f"{name}_more", wording("criteria_page.condition_menu"), theme)
        self.more.clicked.connect(self.open_menu)
        self.message = MessageLabel(theme, f"message_{name}")
        self.note = text_label("", "foot", f"{name}_note")
        self.note.hide()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._is_stacked: bool | None = None
        self.set_stacked(False)

    # What is shown

    def set_stacked(self, is_stacked: bool) -> None:
        """Put the plot under the fields where the page is narrow."""
        if is_stacked == self._is_stacked:
            return
        self._is_stacked = is_stacked
        grid, top = self._grid, Qt.AlignmentFlag.AlignTop
        parts = (self.variable, self.operator, self.threshold, self.was, self.plot, self.more, self.message, self.note)
        for part in parts:
            grid.removeWidget(part)
        grid.addWidget(self.variable, 0, 0, top)
        grid.addWidget(self.operator, 0, 1, top)
        grid.addWidget(self.threshold, 0, 2, top)
        grid.addWidget(self.was, 0, 3, top)
        grid.addWidget(self.plot, *((3, 0, 1, 6) if is_stacked else (0, 4, 3, 1)), top)
        grid.addWidget(self.more, 0, 5, top)
        grid.addWidget(self.message, 1, 0, 1, 4)
        grid.addWidget(self.note, 2, 0, 1, 4, top)
        for column, stretch in enumerate((3, 0, 0, 0, 0 if is_stacked else 7, 0)):
            grid.setColumnStretch(column, stretch)
        grid.setColumnMinimumWidth(0, LABEL_LEAST)
        self.was.setFixedHeight(32)

    def show_condition(self, condition: Condition, was: float | None, *, is_locked: bool, can_remove: bool) -> None:
        """Show the condition as it stands, and the threshold it is compared with where that differs."""
        is_same = condition == self.condition
        self.condition = condition
        self.operator.setText(SIGNS[condition.operator])
        self.operator.setToolTip(self._wording(f"criteria_page.operator.{_OPERATOR_KEYS[condition.operator]}"))
        self.operator.setAccessibleName(self.operator.toolTip())
        if not (is_same and self.threshold.is_uncommitted):
            self.threshold.show_text(self._wording.typed(numeric(condition.variable), condition.threshold))
            self.threshold.set_state("")
            self.message.clear()
        differs = was is not None and was != condition.threshold
        self.was.setText(self._wording.number(was) if differs else "")
        self.threshold.setProperty("text_role", "strong" if differs else "")
        self.threshold.style().unpolish(self.threshold)
        self.threshold.style().polish(self.threshold)
        self.more.setVisible(not is_locked)
        self._can_remove = can_remove

    def set_read_only(self, read_only: bool) -> None:
        self.threshold.setReadOnly(read_only)
        self.plot.setEnabled(not read_only)
        for part in (self.variable, self.operator, self.more):
            part.setEnabled(not read_only)

    def show_data(self, data: StripData) -> None:
        """Draw the patients; those without a value are counted where the reader sees it."""
        self.plot.show_data(data)
        missing = int(np.isnan(data.values).sum())
        key = "criteria_page.plot_none" if missing == len(data.values) else "criteria_page.plot_missing"
        self.note.setText(self._wording(key, n=missing) if missing else "")
        self.note.setVisible(bool(missing))

    def draft(self) -> str:
        """A threshold that was typed and not taken, or ""."""
        return self.threshold.text() if self.threshold.is_uncommitted else ""

    def restore_draft(self, text: str) -> None:
        """Show a threshold again that was not taken, with what is wrong with it."""
        self.threshold.keep_draft(text)
        self._on_typed(text)

    # What a person does

    def variable_menu(self) -> VariableMenu:
        """The menu that the variable's button opens."""
        return VariableMenu(self._wording, self._choose_variable, self, self.condition.variable)

    def open_variable_menu(self) -> None:
        self.touched.emit(self.place)
        menu = self.variable_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.variable.mapToGlobal(self.variable.rect().bottomLeft()))

    def menu(self) -> QMenu:
        """Move up, move down, remove."""
        menu = QMenu(self)
        menu.addAction(self._wording("criteria_page.move_up"), self._move_up)
        menu.addAction(self._wording("criteria_page.move_down"), self._move_down)
        menu.addSeparator()
        remove = menu.addAction(self._wording("criteria_page.remove_condition"), self._remove)
        remove.setEnabled(self._can_remove)
        return menu

    def open_menu(self) -> None:
        self.touched.emit(self.place)
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _choose_variable(self, name: str) -> None:
        if name != self.condition.variable:
            self.variable_wanted.emit(self.place, name)

    def _move_up(self) -> None:
        self.move_wanted.emit(self.place, -1)

    def _move_down(self) -> None:
        self.move_wanted.emit(self.place, 1)

    def _remove(self) -> None:
        self.remove_wanted.emit(self.place)

    def _on_operator(self) -> None:
        self.touched.emit(self.place)
        self.operator_wanted.emit(self.place, "<=" if self.condition.operator == ">=" else ">=")

    def _on_typed(self, text: str) -> None:
        """Take a number as it was typed; what is no number stays in its field with its message."""
        self.touched.emit(self.place)
        value, code, readings = parse_number(text)
        if value is None or abs(value) > _LARGEST:
            decimal, thousands = readings or (None, None)
            params = {"value": text, "as_decimal": decimal, "as_thousands": thousands}
            issue = Issue(code or "not_a_number", self.condition.variable, params=params)
            self.threshold.set_state("error")
            self.message.show_message(self._wording.issue(issue))
            return
        self.threshold.set_state("")
        self.message.clear()
        if value == self.condition.threshold:
            self.threshold.show_text(self._wording.typed(numeric(self.condition.variable), value))
            return
        self.threshold.show_text(text)
        self.threshold_wanted.emit(self.place, value)

    def _on_dragged(self, value: float) -> None:
        self.threshold.show_text(self._wording.typed(numeric(self.condition.variable), value))
        self.threshold_tried.emit(self.place, value)

    def _on_released(self, value: float) -> None:
        self.threshold_wanted.emit(self.place, value)


_OPERATOR_KEYS = {">=": "at_least", "<=": "at_most"}


def _definition(variable: str, wording: Wording) -> str:
    key = f"definition.{variable}"
    return f"{wording.label(variable)}\n{wording(key)}" if wording.has(key) else wording.label(variable)
