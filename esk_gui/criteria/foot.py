"""Under the table: add a condition or a criterion, and the Naranjo score from which a side effect counts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from esk_engine.errors import Issue
from esk_engine.settings import setting
from esk_engine.validation import parse_number
from esk_engine.wording import Wording
from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import EntryLine
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import ElidedLabel, MessageLabel


class EditorFoot(QWidget):
    """Emits wishes; the Naranjo cut-off is a setting of the study, not of the set."""

    condition_wanted = Signal()
    criterion_wanted = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording = wording
        self.condition = button(
            wording("criteria_page.condition"), theme, kind="quiet", icon_name="add", name="add_condition",
            tooltip=wording("criteria_page.condition.help"),
        )  # fmt: skip
        self.criterion = button(
            wording("criteria_page.criterion"), theme, kind="quiet", icon_name="add", name="add_criterion",
            tooltip=wording("criteria_page.criterion.help"),
        )  # fmt: skip
        self.condition.clicked.connect(self.condition_wanted)
        self.criterion.clicked.connect(self.criterion_wanted)
        self.cutoff = EntryLine("naranjo_cutoff", theme, number=True)
        self.cutoff.setFixedWidth(48)
        self.cutoff.setAccessibleName(wording.label("naranjo_cutoff"))
        self.cutoff.setToolTip(wording("criteria_page.cutoff.help"))
        self.message = MessageLabel(theme, "message_naranjo_cutoff")
        line = bare(QHBoxLayout(), 8)
        line.addWidget(self.condition)
        line.addWidget(self.criterion)
        line.addStretch(1)
        line.addWidget(ElidedLabel(wording("criteria_page.cutoff"), "body_second"))
        line.addWidget(self.cutoff)
        column = bare(QVBoxLayout(self))
        column.setContentsMargins(0, 8, 0, 0)
        column.addLayout(line)
        column.addWidget(self.message)

    def show_set(self, *, is_locked: bool, read_only: bool) -> None:
        for part in (self.condition, self.criterion):
            part.setVisible(not (is_locked or read_only))

    def show_cutoff(self, cutoff: int, *, read_only: bool) -> None:
        self.cutoff.show_text(self._wording.typed(setting("naranjo_cutoff"), cutoff))
        self.cutoff.setReadOnly(read_only)
        self.cutoff.set_state("")
        self.message.clear()

    def parsed(self, text: str) -> tuple[int | None, Issue | None]:
        """The cut-off that was typed, or what is wrong with it."""
        limits = setting("naranjo_cutoff").hard
        value, code, _ = parse_number(text)
        params: dict[str, object] = {"value": text}
        if value is None:
            return None, Issue(code or "not_a_number", "naranjo_cutoff", params=params)
        if value != int(value):
            return None, Issue("not_whole", "naranjo_cutoff", params=params)
        if limits is not None and not limits.contains(value):
            params |= {"low": limits.low, "high": limits.high}
            return None, Issue("outside_hard", "naranjo_cutoff", params=params)
        return int(value), None

    def refuse(self, text: str) -> None:
        self.cutoff.set_state("error")
        self.message.show_message(text)
