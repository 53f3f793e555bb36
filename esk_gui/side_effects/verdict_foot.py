"""The verdict, shrunk to the foot of the Naranjo panel: the group's mark, its word, and on what it rests."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from esk_engine.judge import Group, Verdict
from esk_engine.records import Patient
from esk_engine.settings import Settings
from esk_engine.verdicts import PatientVerdict
from esk_engine.wording import Wording
from esk_gui.theme import Theme
from esk_gui.widgets.frames import FootBar, PANEL_PADDING, bare
from esk_gui.widgets.labels import text_label
from esk_gui.widgets.marks import Mark

JUDGED_AT_EVALUATION = ("relief_weeks", "treatment_continued")


def is_hidden(patient: Patient, settings: Settings) -> bool:
    """Whether the verdict would steer who still has to judge (DESIGN section 6, verdict_during_entry)."""
    return not settings.verdict_during_entry and any(patient.get(name) is None for name in JUDGED_AT_EVALUATION)


def summary_text(verdict: PatientVerdict, wording: Wording) -> str:
    """One line: how many criteria are not met, or all met, or how many values are missing."""
    n = len(verdict.criteria)
    if verdict.group is Group.NON_RESPONDER:
        return wording("side_effects.verdict.not_met", k=verdict.count(Verdict.NOT_MET), n=n)
    if verdict.group is Group.RESPONDER:
        return wording("side_effects.verdict.met", n=n)
    return wording("side_effects.verdict.unknown", k=verdict.count(Verdict.UNKNOWN), n=n)


class VerdictFoot(FootBar):
    """Two lines and a mark."""

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__(PANEL_PADDING)
        self.setObjectName("naranjo_verdict")
        self._wording = wording
        self._mark = Mark(Group.UNDETERMINED, theme, 16)
        self._group = text_label("", "heading")
        self._why = text_label("", "second", wrap=True)
        column = bare(QVBoxLayout(), 2)
        column.addWidget(self._group)
        column.addWidget(self._why)
        self.row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addSpacing(4)
        self.row.addLayout(column, 1)

    def show_verdict(self, verdict: PatientVerdict | None, *, hidden: bool) -> None:
        """Show a verdict, or that it waits until the evaluation is entered."""
        self._mark.setVisible(verdict is not None and not hidden)
        if verdict is None:
            self._group.setText("")
            self._why.setText("")
        elif hidden:
            self._group.setText(self._wording("side_effects.verdict.hidden"))
            self._why.setText(self._wording("side_effects.verdict.hidden_why"))
        else:
            self._mark.set_group(verdict.group)
            self._group.setText(self._wording(f"group.{verdict.group}"))
            self._why.setText(summary_text(verdict, self._wording))
