"""The head of the criteria page: which set is looked at, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QPushButton, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from esk_engine.criteria import CriteriaSet
from esk_engine.wording import Wording
from esk_gui.criteria.words import set_name
from esk_gui.icons import icon
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import ChoiceBox
from esk_gui.widgets.frames import HeaderBar
from esk_gui.widgets.labels import icon_label, text_label

_NOTE_ROLE = Qt.ItemDataRole.UserRole + 1
_ICONS_ONLY_BELOW, _NO_TITLE_BELOW, _SHORT_BELOW = 800, 660, 540


class _NotedItem(QStyledItemDelegate):
    """Says in the list, behind its name, which set is in use."""

    @override
    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        note = index.data(_NOTE_ROLE)
        if note:
            option.text = f"{index.data()} ({note})"  # pyright: ignore[reportAttributeAccessIssue]


class CriteriaHeader(HeaderBar):
    """Emits a wish; the page fulfils it."""

    set_chosen = Signal(str)
    use_wanted = Signal()
    copy_wanted = Signal()
    rename_wanted = Signal()
    lock_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording, self._theme = wording, theme
        self.title = text_label(wording("criteria_page.title"), "title")
        self.choice = ChoiceBox("criteria_set")
        self.choice.setProperty("fit", "header")
        self.choice.setAccessibleName(wording("criteria_page.set"))
        self.choice.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.setMinimumWidth(176)
        self.choice.setMaximumWidth(260)
        self.choice.setIconSize(QSize(14, 14))
        self.choice.setItemDelegate(_NotedItem(self.choice))
        self.choice.chosen.connect(self.set_chosen)
        self.in_use_mark = icon_label("check", theme, "ink_2", 14)
        self.in_use = text_label(wording("criteria_page.in_use"), "second", "criteria_in_use")
        self.in_use.setToolTip(wording("criteria_page.in_use.help"))
        self.use = button(
            wording("criteria_page.use"), theme, name="criteria_use", in_header=True,
            tooltip=wording("criteria_page.use.help"),
        )  # fmt: skip
        self.use.clicked.connect(self.use_wanted)
        self.copy, self.rename, self.lock, self.delete = map(self._action, ("copy", "rename", "lock", "delete"))
        self.copy.clicked.connect(self.copy_wanted)
        self.rename.clicked.connect(self.rename_wanted)
        self.lock.clicked.connect(self.lock_wanted)
        self.delete.clicked.connect(self.delete_wanted)
        for part in (self.title, self.choice, self.in_use_mark, self.in_use, self.use):
            self.row.addWidget(part)
        self.title.setContentsMargins(0, 0, 8, 0)
        self.row.addStretch(1)
        for part in self.actions_():
            self.row.addWidget(part)
        self.row.setSpacing(6)

    def actions_(self) -> tuple[QPushButton, ...]:
        return self.copy, self.rename, self.lock, self.delete

    def show_sets(self, sets: Sequence[CriteriaSet], shown: CriteriaSet, in_use_id: str, *, read_only: bool) -> None:
        """List every set, the locked ones with a lock, and allow what the shown one allows."""
        wording = self._wording
        self.choice.clear()
        for each in sets:
            text = set_name(each, wording)
            if each.locked:
                self.choice.addItem(icon("lock", self._theme, "ink_3"), text, each.set_id)
            else:
                self.choice.addItem(text, each.set_id)
            if each.set_id == in_use_id:
                self.choice.setItemData(self.choice.count() - 1, wording("criteria_page.in_use"), _NOTE_ROLE)
        self.choice.show_code(shown.set_id)
        is_used = shown.set_id == in_use_id
        self.use.setVisible(not is_used and not read_only)
        self.in_use.setVisible(is_used)
        self.in_use_mark.setVisible(is_used)
        self.copy.setEnabled(not read_only)
        for part in (self.rename, self.lock):
            part.setEnabled(not shown.locked and not read_only)
        self.delete.setEnabled(not shown.locked and not is_used and len(sets) > 1 and not read_only)
        self.delete.setToolTip(self._why_not_deleted(shown, is_used))

    def _why_not_deleted(self, shown: CriteriaSet, is_used: bool) -> str:
        if shown.locked:
            return self._wording("criteria_page.delete.locked")
        return self._wording("criteria_page.delete.in_use" if is_used else "criteria_page.delete.help")

    def fit(self, width: int) -> None:
        """Below 800 px the buttons keep their icons only; below 620 px the title gives way too."""
        for part, name in zip(self.actions_()[:2], ("copy", "rename"), strict=True):
            part.setText("" if width < _ICONS_ONLY_BELOW else self._wording(f"criteria_page.{name}"))
        self.use.setText(self._wording("criteria_page.use.short" if width < _SHORT_BELOW else "criteria_page.use"))
        self.title.setVisible(width >= _NO_TITLE_BELOW)
        self.in_use.setMaximumWidth(16_777_215 if width >= _NO_TITLE_BELOW else 0)
        self.choice.setMinimumWidth(176 if width >= _NO_TITLE_BELOW else 120)
        self.choice.setMaximumWidth(260 if width >= _ICONS_ONLY_BELOW else 200)
        side = 24 if width >= _NO_TITLE_BELOW else 16
        self.row.setContentsMargins(side, 0, side, 0)

    def _action(self, name: str) -> QPushButton:
        text = self._wording(f"criteria_page.{name}") if name in ("copy", "rename") else ""
        made = button(
            text, self._theme, kind="quiet", icon_name=name, name=f"criteria_{name}",
            tooltip=self._wording(f"criteria_page.{name}.help"), in_header=True,
        )  # fmt: skip
        made.setAccessibleName(self._wording(f"criteria_page.{name}"))
        return made
