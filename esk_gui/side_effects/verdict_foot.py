"""The verdict, shrunk to the foot of the Naranjo panel: the group's mark, its word, and on what it rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from esk_engine.judge import Group
from esk_gui.patients.verdict_panel import verdict_line
from esk_gui.widgets.frames import PANEL_PADDING, FootBar, bare
from esk_gui.widgets.labels import text_label
from esk_gui.widgets.marks import Mark

if TYPE_CHECKING:
    from esk_engine.verdicts import PatientVerdict
    from esk_gui.app import Session


class VerdictFoot(FootBar):
    """Two lines and a mark."""

    def __init__(self, session: Session) -> None:
        super().__init__(PANEL_PADDING)
        self.setObjectName("naranjo_verdict")
        self._session = session
        self._mark = Mark(Group.UNDETERMINED, session.theme, 16)
        self._group = text_label("", "heading", "naranjo_verdict_group")
        self._why = text_label("", "second", wrap=True)
        column = bare(QVBoxLayout(), 2)
        column.addWidget(self._group)
        column.addWidget(self._why)
        self.row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addSpacing(4)
        self.row.addLayout(column, 1)

    def show_verdict(self, verdict: PatientVerdict | None) -> None:
        self.setVisible(verdict is not None)
        if verdict is not None:
            self._mark.set_group(verdict.group)
            self._group.setText(self._session.wording(f"group.{verdict.group}"))
            self._why.setText(verdict_line(verdict, self._session))
