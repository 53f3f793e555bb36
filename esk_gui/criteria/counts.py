"""What the eye meets first: how many patients are in each group before and after, in large figures."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from esk_engine.judge import Group
from esk_engine.wording import Wording
from esk_gui.theme import Theme
from esk_gui.widgets.frames import TintBlock, bare
from esk_gui.widgets.labels import icon_label, set_property, text_label
from esk_gui.widgets.marks import Mark, MarkLabel

_WIDE_FIGURES = 3
GROUPS = (Group.RESPONDER, Group.NON_RESPONDER, Group.UNDETERMINED)


class CountsBlock(TintBlock):
    """A line a group; without a set to compare with only the numbers as they are."""

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__("accent", 24)
        self.setObjectName("criteria_counts")
        self._wording = wording
        self.before: dict[Group, QLabel] = {}
        self.after: dict[Group, QLabel] = {}
        self._arrows: list[QWidget] = []
        self._names: list[QLabel] = []
        self._is_narrow = False
        grid = bare(QGridLayout(), 4)
        grid.setHorizontalSpacing(12)
        for row, group in enumerate(GROUPS):
            is_small = group is Group.UNDETERMINED
            name = text_label(wording(f"group.{group}.plural"), "body_second" if is_small else "count_name")
            self.before[group] = text_label("", "body_second" if is_small else "decisive_second")
            self.after[group] = text_label("", "strong" if is_small else "decisive", f"count_{group}")
            self._names.append(name)
            arrow = icon_label("arrow_right", theme, "ink_3", 16)
            self._arrows.append(arrow)
            grid.addWidget(Mark(group, theme, 13 if is_small else 18), row, 0, Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(name, row, 1)
            grid.addWidget(self.before[group], row, 2, _RIGHT)
            grid.addWidget(arrow, row, 3, Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(self.after[group], row, 4, _RIGHT)
        grid.setColumnStretch(1, 1)
        self._grid = grid
        self.column.addLayout(grid)
        self.column.setContentsMargins(24, 14, 24, 14)

    def set_narrow(self, is_narrow: bool) -> None:
        """Less air and smaller names where the panel is narrow."""
        side = 16 if is_narrow else 24
        self.column.setContentsMargins(side, 14, side, 14)
        self._grid.setHorizontalSpacing(8 if is_narrow else 12)
        self._is_narrow = is_narrow
        self._dress_names()

    def _dress_names(self) -> None:
        """The figures come first: names are smaller where those are wide."""
        small = self._is_narrow or any(len(label.text()) > _WIDE_FIGURES for label in self.after.values())
        for name in self._names[:2]:
            set_property(name, "text_role", "" if small else "count_name")

    def show_counts(self, before: Mapping[Group, int], after: Mapping[Group, int], *, is_compared: bool) -> None:
        for group in GROUPS:
            self.before[group].setText(self._wording.number(before[group]) if is_compared else "")
            self.after[group].setText(self._wording.number(after[group]))
            said = f"{self._wording(f'group.{group}.plural')}: {before[group]} → {after[group]}"
            self.after[group].setAccessibleName(said)
        for arrow in self._arrows:
            arrow.setVisible(is_compared)
        self._dress_names()


class CountsStrip(TintBlock):
    """The same on one line, for a narrow window."""

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__("accent", 0)
        self.setObjectName("criteria_counts_strip")
        self._wording = wording
        self.column.setContentsMargins(16, 4, 16, 4)
        line = bare(QHBoxLayout(), 6)
        self._labels: dict[Group, tuple[QLabel, QLabel]] = {}
        for group in GROUPS:
            before, after = text_label("", "body_second"), text_label("", "title")
            line.addWidget(MarkLabel(group, wording(f"group.{group}.plural"), theme, "second", 13))
            line.addWidget(before)
            line.addWidget(after)
            line.addSpacing(18)
            self._labels[group] = before, after
        line.addStretch(1)
        self.column.addLayout(line)
        self.setFixedHeight(40)

    def show_counts(self, before: Mapping[Group, int], after: Mapping[Group, int], *, is_compared: bool) -> None:
        for group, (old, new) in self._labels.items():
            old.setText(f"{self._wording.number(before[group])} →" if is_compared else "")
            new.setText(self._wording.number(after[group]))


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
