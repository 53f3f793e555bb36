"""The criteria one below the other, each condition a line with its bar; built once a criteria set, then refilled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from esk_engine.judge import Verdict
from esk_gui.patients.evidence import EvidenceText, evidence_text
from esk_gui.widgets.bars import EvidenceBar
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import ElidedLabel, icon_label, set_property, text_label

if TYPE_CHECKING:
    from esk_engine.verdicts import ConditionVerdict, CriterionVerdict, PatientVerdict
    from esk_gui.app import Session

_ICONS = {
    Verdict.MET: ("check", "ink_2"),
    Verdict.NOT_MET: ("cross", "non_responder"),
    Verdict.UNKNOWN: ("question", "undetermined"),
}
_ICON_SIDE, _LIMIT_WIDTH = 16, 46


class _ConditionLine(QWidget):
    """What, value and limit; under them the bar and, where it is open, why."""

    def __init__(self, session: Session, variable: str) -> None:
        super().__init__()
        self._words = session.wording
        self._shown: tuple[EvidenceText, bool] | None = None
        self._what = ElidedLabel("", "second")
        self._value: QLabel = text_label("", "second")
        self._limit: QLabel = text_label("", "second")
        self._bar = EvidenceBar(session.theme)
        self._note = text_label("", "third", wrap=True)
        self._definition = f"definition.{variable}"
        self.setToolTip(session.wording(self._definition) if session.wording.has(self._definition) else "")
        for label in (self._value, self._limit):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        for column, widget in enumerate((self._what, self._value, self._limit)):
            grid.addWidget(widget, 0, column)
        grid.addWidget(self._bar, 1, 0, 1, 3)
        grid.addWidget(self._note, 2, 0, 1, 3)

    def show_condition(self, judged: ConditionVerdict, *, is_short: bool, only_failed_bars: bool) -> EvidenceText:
        text = evidence_text(judged, self._words, is_short=is_short)
        if (text, only_failed_bars) == self._shown:
            return text
        self._shown = (text, only_failed_bars)
        for label, shown in ((self._what, text.what), (self._value, text.value), (self._limit, text.limit)):
            if label.text() != shown:
                label.setText(shown)
        set_property(self._what, "text_role", "evidence_failed_what" if text.failed else "second")
        self._limit.setMinimumWidth(0 if is_short else _LIMIT_WIDTH)
        set_property(self._value, "text_role", "evidence_failed" if text.failed else "evidence_value")
        self._bar.show_share(text.fill, text.tick, "non_responder" if text.failed else "bar_fill")
        self._bar.setVisible(text.failed or not only_failed_bars)
        self._note.setText(text.note)
        self._note.setVisible(bool(text.note))
        return text

    def show_note(self, shown: bool) -> None:
        """Whether the note stands here; one that the next line repeats stands there only."""
        self._note.setVisible(shown and bool(self._note.text()))


class _CriterionBlock(QWidget):
    """One criterion: its verdict's sign, its name, its conditions."""

    def __init__(self, session: Session, judged: CriterionVerdict) -> None:
        super().__init__()
        self._session = session
        self.setObjectName(f"criterion_{judged.name}")
        self._icon = icon_label("question", session.theme, "undetermined", _ICON_SIDE)
        self._name = text_label(session.wording.criterion(judged.name), "heading")
        self._lines = [_ConditionLine(session, c.condition.variable) for c in judged.conditions]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._icon, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._name, 0, 1)
        for row, line in enumerate(self._lines, 1):
            grid.addWidget(line, row, 1)

    def show_criterion(self, judged: CriterionVerdict, *, is_short: bool, only_failed_bars: bool) -> None:
        name, token = _ICONS[judged.verdict]
        self._icon.set_icon(name, token)  # type: ignore[attr-defined]
        texts = [
            line.show_condition(condition, is_short=is_short, only_failed_bars=only_failed_bars)
            for line, condition in zip(self._lines, judged.conditions, strict=True)
        ]
        for line, text, following in zip(self._lines, texts, texts[1:], strict=False):
            line.show_note(text.note != following.note)
        words = self._session.wording
        evidence = "; ".join(f"{t.what} {t.value} ({t.limit})" for t in texts)
        self.setAccessibleName(f"{self._name.text()}: {words(f'verdict.{judged.verdict}')}")
        self.setAccessibleDescription(evidence)


class EvidenceList(QWidget):
    """All criteria of one verdict."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._shape: object = None
        self._blocks: list[_CriterionBlock] = []
        self._column = bare(QVBoxLayout(self), 16)
        self._column.setContentsMargins(16, 14, 16, 12)
        self._column.addStretch(1)

    def show_verdict(self, verdict: PatientVerdict, *, is_short: bool = False, only_failed_bars: bool = False) -> None:
        """Fill the lines, building them anew where the criteria themselves changed."""
        shape = tuple((c.name, tuple(j.condition.variable for j in c.conditions)) for c in verdict.criteria)
        if shape != self._shape:
            self._rebuild(verdict)
            self._shape = shape
        for block, judged in zip(self._blocks, verdict.criteria, strict=True):
            block.show_criterion(judged, is_short=is_short, only_failed_bars=only_failed_bars)

    def _rebuild(self, verdict: PatientVerdict) -> None:
        for block in self._blocks:
            self._column.removeWidget(block)
            block.deleteLater()
        self._blocks = [_CriterionBlock(self._session, judged) for judged in verdict.criteria]
        for at, block in enumerate(self._blocks):
            self._column.insertWidget(at, block)
