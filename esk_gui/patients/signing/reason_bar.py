"""The slim bar above the form while a moment is unlocked: why its values are changed, said once for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QWidget
from typing_extensions import override

from esk_engine.records import Patient
from esk_engine.study import SignOff
from esk_gui.patients.signing.guard import Guard
from esk_gui.widgets.entry import EntryLine
from esk_gui.widgets.frames import PAGE_PADDING, bare
from esk_gui.widgets.labels import icon_label, text_label

if TYPE_CHECKING:
    from esk_gui.app import Session

_LONGEST = 500
_SIDE_BY_SIDE_FROM = 1000


class _ReasonLine(QWidget):
    """The line of one moment; its text goes with every change from the moment it is typed."""

    def __init__(self, session: Session, guard: Guard, moment: SignOff) -> None:
        super().__init__()
        self._words, self._guard, self.moment = session.wording, guard, moment
        self._patient_id = ""
        self.line = EntryLine(f"reason_{moment}", session.theme)
        self.line.setProperty("fit", "header")
        self.line.setMaxLength(_LONGEST)
        self.line.setPlaceholderText(self._words("sign.reason.placeholder"))
        self.line.textEdited.connect(self._keep)
        self.line.committed.connect(self._keep)  # Escape takes back what was typed
        self.line.editingFinished.connect(self._give)
        name = self._words(f"sign.moment.{moment}.within")
        self.line.setAccessibleName(self._words("sign.reason.named", moment=name))
        self._label = text_label(self._words("sign.reason"), "label")
        self._label.setBuddy(self.line)
        self._long = self._words("sign.reason.named", moment=name)
        row = bare(QHBoxLayout(self), 8)
        row.addWidget(self._label)
        row.addWidget(self.line, 1)

    def show_patient(self, patient_id: str, *, is_named: bool) -> None:
        self._patient_id = patient_id
        self._label.setText(self._long if is_named else self._words("sign.reason"))
        text = self._guard.reason(patient_id, self.moment)
        if text != self.line.text():
            self.line.show_text(text)
        if text.strip():
            self.line.set_state("")

    def _keep(self, text: str) -> None:
        self._guard.set_reason(self._patient_id, self.moment, text, is_typed=True)

    def _give(self) -> None:
        if self.line.text().strip() and self._patient_id:
            self.line.set_state("")
            self.line.show_text(self.line.text())
            self._guard.reason_given.emit(self._patient_id, self.moment)


class ReasonBar(QFrame):
    """The lines of those moments of the tab in sight whose changes need a reason; hidden while there is none."""

    def __init__(self, session: Session, guard: Guard) -> None:
        super().__init__()
        self.setObjectName("reason_bar")
        self.setProperty("tint", "accent")
        self._guard = guard
        self._patient: Patient | None = None
        self._moments: tuple[SignOff, ...] = ()
        self.lines = {moment: _ReasonLine(session, guard, moment) for moment in SignOff}
        outer = QHBoxLayout(self)
        outer.setContentsMargins(PAGE_PADDING, 5, PAGE_PADDING, 6)
        outer.setSpacing(8)
        outer.addWidget(icon_label("unlock", session.theme, "accent", 16))
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        for line in self.lines.values():
            self._row.addWidget(line, 1)
        outer.addLayout(self._row, 1)
        guard.reasons_changed.connect(self._show)
        guard.reason_missing.connect(self._miss)
        guard.reason_wanted.connect(self._want)
        self.hide()

    def show_patient(self, patient: Patient | None, moments: tuple[SignOff, ...]) -> None:
        """Show the lines that the tab in sight needs."""
        self._patient, self._moments = patient, moments
        self._show()

    def _show(self) -> None:
        patient = self._patient
        wanted = [m for m in self._moments if patient is not None and self._guard.needs_reason(patient.id, m)]
        for moment, line in self.lines.items():
            line.setVisible(moment in wanted)
            if patient is not None and moment in wanted:
                line.show_patient(patient.id, is_named=len(wanted) > 1)
        self.setVisible(bool(wanted))

    def _miss(self, moment: object) -> None:
        if isinstance(moment, SignOff):
            self.lines[moment].line.set_state("warning")

    def _want(self, moment: object) -> None:
        self._miss(moment)
        if isinstance(moment, SignOff) and not self.lines[moment].isHidden():
            self.lines[moment].line.setFocus(Qt.FocusReason.TabFocusReason)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = event.size().width() >= _SIDE_BY_SIDE_FROM
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)
