"""The Naranjo panel as one line, for a narrow window: score, what it can become, and the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from esk_engine.judge import Group
from esk_gui.side_effects.events import EventLine, headline, progress_text, score_text
from esk_gui.widgets.frames import PANEL_PADDING, TintBlock, bare
from esk_gui.widgets.labels import ElidedLabel, text_label
from esk_gui.widgets.marks import Mark

if TYPE_CHECKING:
    from esk_engine.verdicts import PatientVerdict
    from esk_gui.app import Session


class NaranjoStrip(TintBlock):
    """40 px high."""

    def __init__(self, session: Session) -> None:
        super().__init__("undetermined", 0)
        self.setObjectName("naranjo_strip")
        self._session = session
        self._score = text_label("", "title")
        self._category = text_label("", "heading")
        self._progress = ElidedLabel("", "second")
        self._mark = Mark(Group.UNDETERMINED, session.theme, 14)
        self._group = text_label("", "heading")
        line = bare(QHBoxLayout(), 8)
        for part in (self._score, self._category):
            line.addWidget(part)
        line.addWidget(self._progress, 1)
        line.addWidget(self._mark)
        line.addWidget(self._group)
        self.column.setContentsMargins(PANEL_PADDING, 0, PANEL_PADDING, 0)
        self.column.addLayout(line)
        self.setFixedHeight(40)

    def show_line(self, line: EventLine | None, verdict: PatientVerdict | None) -> None:
        wording = self._session.wording
        self._score.setText(score_text(line.score, wording) if line is not None else "")
        self._category.setText(headline(line.score, wording) if line is not None else "")
        self._progress.setText(progress_text(line.score, wording) if line is not None else "")
        self._mark.setVisible(verdict is not None)
        self._mark.set_group(verdict.group if verdict is not None else Group.UNDETERMINED)
        self._group.setText(wording(f"group.{verdict.group}") if verdict is not None else "")
