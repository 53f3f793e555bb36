"""The table of criteria: blocks and rows made of a set, shown anew in place while its shape stays the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.consequences import Switch
from esk_engine.criteria import Condition, CriteriaSet
from esk_engine.dictionary import numeric
from esk_engine.judge import Group
from esk_engine.wording import Wording
from esk_gui.criteria.condition_row import (
    FIELD_WIDTH,
    LABEL_LEAST,
    MORE_WIDTH,
    OPERATOR_WIDTH,
    WAS_WIDTH,
    ConditionRow,
)
from esk_gui.criteria.criterion_block import CriterionBlock
from esk_gui.criteria.draft import can_remove, condition_at, threshold_before
from esk_gui.criteria.evaluation import Evaluation
from esk_gui.criteria.strip_plot import StripData
from esk_gui.theme import Theme
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import ElidedLabel, text_label
from esk_gui.widgets.marks import MarkLabel

_STACKED_BELOW, _MARK_GAP = 620, 12


class CriteriaEditor(QWidget):
    """Holds the blocks. ``row_made`` and ``block_made`` announce new ones, so that the page can listen to them."""

    row_made = Signal(object)
    block_made = Signal(object)

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording, self._theme = wording, theme
        self.blocks: tuple[CriterionBlock, ...] = ()
        self._shape: object = None
        self._marks: dict[Group, MarkLabel] = {}
        self._has_undetermined = False
        self._head, self._head_plot, self._head_was = self._heading()
        self._column = bare(QVBoxLayout(self), 0)
        self._column.addWidget(self._head)

    def rows(self) -> tuple[ConditionRow, ...]:
        return tuple(row for block in self.blocks for row in block.rows)

    def show_set(self, criteria_set: CriteriaSet, base: CriteriaSet, *, is_locked: bool, read_only: bool) -> None:
        """Show every condition and what it is compared with; blocks are made anew only where the shape changed."""
        shape = (
            criteria_set.set_id,
            tuple((len(c.conditions), *(x.variable for x in c.conditions)) for c in criteria_set.criteria),
        )
        if shape != self._shape:
            self._shape = shape
            self._rebuild(criteria_set)
        removable = can_remove(criteria_set)
        for block, criterion in zip(self.blocks, criteria_set.criteria, strict=True):
            block.show_criterion(criterion.name, is_locked=is_locked, read_only=read_only)
            for row, condition in zip(block.rows, criterion.conditions, strict=True):
                was = threshold_before(base, criterion, condition)
                row.show_condition(condition, was, is_locked=is_locked, can_remove=removable)
                row.set_read_only(read_only)

    def show_evaluation(self, criteria_set: CriteriaSet, evaluation: Evaluation) -> None:
        """Draw every patient in every row, and ring those who switch by it."""
        cohort = evaluation.cohort
        groups, names, ids = [str(g) for g in cohort.groups], cohort.study_nos, cohort.ids
        ringed = _ringed(evaluation.consequences.switches, cohort.row_of)
        for row in self.rows():
            condition = condition_at(criteria_set, row.place)
            criterion = criteria_set.criteria[row.place[0]]
            was = threshold_before(evaluation.base, criterion, condition)
            old = was if was != condition.threshold else None
            row.show_data(
                StripData(
                    np.array(cohort.column(condition.variable)),
                    groups,
                    names,
                    ids,
                    ringed.get(row.place, frozenset()),
                    condition.operator,
                    condition.threshold,
                    old,
                    numeric(condition.variable).printed_decimals,
                )
            )
        self._head_was.setVisible(any(row.was.text() for row in self.rows()))
        self._has_undetermined = Group.UNDETERMINED in groups
        self._fit()

    def _rebuild(self, criteria_set: CriteriaSet) -> None:
        for block in self.blocks:
            self._column.removeWidget(block)
            block.hide()
            block.setParent(None)
            block.deleteLater()
        made = (
            CriterionBlock(at, criteria_set, self._wording, self._theme) for at in range(len(criteria_set.criteria))
        )
        self.blocks = tuple(made)
        for block in self.blocks:
            self._column.addWidget(block)
            block.show()  # at once, not in a turn later: a new condition is to be gone to
            self.block_made.emit(block)
            for row in block.rows:
                self.row_made.emit(row)
        self._fit()

    def _heading(self) -> tuple[QWidget, QWidget, QLabel]:
        """The heads of the columns, and which mark is which group."""
        wording = self._wording
        head, plot = QWidget(), QWidget()
        line = bare(QHBoxLayout(head), 8)
        line.setContentsMargins(0, 12, 0, 2)
        first = ElidedLabel(wording("criteria_page.column.criterion"), "second")
        first.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        first.setMinimumWidth(LABEL_LEAST)
        threshold = text_label(wording("criteria_page.column.threshold"), "second")
        threshold.setFixedWidth(OPERATOR_WIDTH + FIELD_WIDTH + 8)
        was = text_label(wording("criteria_page.column.was"), "second")
        was.setFixedWidth(WAS_WIDTH)
        was.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        keep = was.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        was.setSizePolicy(keep)
        marks = bare(QHBoxLayout(plot), _MARK_GAP)
        self._title_text = wording("criteria_page.column.patients")
        self._plot_title = title = ElidedLabel(self._title_text, "second")
        title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        marks.addWidget(title, 1)
        for group in (Group.RESPONDER, Group.NON_RESPONDER, Group.UNDETERMINED):
            mark = self._marks[group] = MarkLabel(group, wording(f"group.{group}").lower(), self._theme, "foot", 9)
            marks.addWidget(mark)
        plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for part, stretch in ((first, 3), (threshold, 0), (was, 0), (plot, 7)):
            line.addWidget(part, stretch)
        line.addSpacing(MORE_WIDTH + 8)
        return head, plot, was

    def _fit(self) -> None:
        is_stacked = self.width() < _STACKED_BELOW
        self._head_plot.setVisible(not is_stacked)
        self._fit_legend()
        for row in self.rows():
            row.set_stacked(is_stacked)

    def _fit_legend(self) -> None:
        """A narrow head leaves out its title, then the mark that explains itself: the question mark."""
        widths = {group: mark.sizeHint().width() + _MARK_GAP for group, mark in self._marks.items()}
        room = self._head_plot.width() - widths[Group.RESPONDER] - widths[Group.NON_RESPONDER]
        shows_undetermined = self._has_undetermined and room >= widths[Group.UNDETERMINED]
        self._marks[Group.UNDETERMINED].setVisible(shows_undetermined)
        room -= widths[Group.UNDETERMINED] if shows_undetermined else 0
        title = self._plot_title
        title.setText(self._title_text if room >= title.fontMetrics().horizontalAdvance(self._title_text) else "")

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _ringed(switches: Sequence[Switch], row_of: Callable[[str], int]) -> dict[tuple[int, int], frozenset[int]]:
    """By the place of a condition: the patients who switch by it."""
    found: dict[tuple[int, int], set[int]] = {}
    for switch in switches:
        for reason in switch.reasons:
            if reason.place is not None:
                found.setdefault(reason.place, set()).add(row_of(switch.patient_id))
    return {place: frozenset(at) for place, at in found.items()}


def starting_condition(variable: str, values: np.ndarray) -> Condition:
    """A new condition to begin with: at least the middle of what the patients have, in whole printed steps."""
    known = values[np.isfinite(values)]
    middle = float(np.median(known)) if known.size else 0.0
    return Condition(variable, ">=", round(middle, numeric(variable).printed_decimals))
