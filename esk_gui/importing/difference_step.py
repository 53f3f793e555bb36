"""The last step: who is new, who is the same, what differs and is chosen; why; then it comes in as one act."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.errors import Fault, Issue
from esk_gui.app import Session
from esk_gui.dialogs.base import labelled
from esk_gui.dialogs.messages import fault_lines
from esk_gui.dialogs.refusals import refusal
from esk_gui.importing.difference_model import DifferenceModel, choices_of
from esk_gui.importing.step import Step, share_width
from esk_gui.importing.work import ImportWork
from esk_gui.jobs import Cancelled, Progress
from esk_gui.widgets.buttons import button
from esk_gui.widgets.entry import EntryLine
from esk_gui.widgets.frames import TintBlock, bare, scrolling
from esk_gui.widgets.labels import MessageLabel, text_label
from esk_gui.widgets.tables import quiet_table

if TYPE_CHECKING:
    from esk_engine.exchange.intake import Comparison, Difference
    from esk_engine.study import Study

FAULTS_TOPIC = "import_faults"
_MOST_LINES = 5

_SHARES = (14, 33, 16, 18)


class DifferenceStep(Step):
    """Counts, the differences with their ticks, and the reason that goes into the log."""

    readiness_changed = Signal()

    def __init__(self, session: Session, work: ImportWork) -> None:
        super().__init__(session, work, "differences")
        words = self.wording
        self._shown: Comparison | None = None
        self._faults: tuple[Issue, ...] = ()
        self.model = DifferenceModel(words, self.theme)
        self.model.chosen_changed.connect(self._on_chosen)
        content = QWidget()
        column = bare(QVBoxLayout(content), 12)
        self._block = TintBlock()
        self._head = text_label("", "figure_title", "import_head", wrap=True)
        self._text = text_label("", "body_second", "import_text", wrap=True)
        self._block.column.addWidget(self._head)
        self._block.column.addWidget(self._text)
        column.addWidget(self._block)
        self._message = MessageLabel(self.theme, "message_import")
        column.addWidget(self._message)
        self._tools = QWidget()
        self._tools.setLayout(self._choosing())
        column.addWidget(self._tools)
        self.table = quiet_table("import_differences", self.model)
        self.table.setMinimumHeight(120)
        self.table.horizontalHeader().setStretchLastSection(True)
        column.addWidget(self.table, 1)
        self._spacer = QWidget()
        column.addWidget(self._spacer, 1)
        self.reason = EntryLine("import_reason", self.theme)
        self._reason_box = QWidget()
        self._reason_box.setLayout(labelled(words("importing.reason"), self.reason))
        column.addWidget(self._reason_box)
        bare(QVBoxLayout(self)).addWidget(scrolling(content, "import_differences_area"))
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self.table, context=Qt.ShortcutContext.WidgetShortcut)
        space.activated.connect(self._toggle)

    def _choosing(self) -> QHBoxLayout:
        words, row = self.wording, bare(QHBoxLayout(), 8)
        self._count = text_label("", "heading", "import_chosen")
        row.addWidget(self._count)
        row.addStretch(1)
        for name in ("all", "none", "patient"):
            row.addWidget(
                button(
                    words(f"importing.choose.{name}"),
                    self.theme,
                    partial(self._choose, name),
                    in_header=True,
                    name=f"import_choose_{name}",
                )
            )
        return row

    # Showing

    def show_work(self) -> None:
        comparison, intake = self.work.comparison, self.work.intake
        if comparison is None or intake is None:
            return
        study = self.session.study
        if self._shown is not comparison:
            self._shown = comparison
            self._faults = ()
            choices = choices_of(comparison, study, self.wording) if study is not None else []
            self.model.show_choices(choices, self.work.chosen)
            self._message.clear()
        has_differences = self.model.rowCount() > 0
        for part in (self._tools, self.table):
            part.setVisible(has_differences)
        self._spacer.setVisible(not has_differences)
        self._reason_box.setVisible(study is not None)
        self._tell()
        self._on_chosen()

    def begin(self) -> None:
        (self.table if self.model.rowCount() else self.reason).setFocus()
        if self.model.rowCount() and not self.table.currentIndex().isValid():
            self.table.selectRow(0)

    def _tell(self) -> None:
        comparison, intake, words = self.work.comparison, self.work.intake, self.wording
        if comparison is None or intake is None:
            return
        needed, errors = self.work.open_needed, len(intake.errors)
        self._block.set_tint("error" if errors else "warning" if needed else "accent")
        counts = words(
            "importing.counts",
            new=words.plural("importing.new", len(comparison.new)),
            same=words.plural("importing.same", len(comparison.same)),
            differing=words.plural("importing.differing", len(comparison.differing_patients)),
        )
        if needed:
            self._head.setText(words.plural("importing.q.needed", needed))
            self._text.setText(words("importing.blocked_questions"))
        elif errors:
            self._head.setText(words.plural("importing.faults", errors))
            self._text.setText(words("importing.blocked_faults"))
        elif not intake.patients:
            self._block.set_tint("warning")
            self._head.setText(words("importing.no_patients"))
            self._text.setText(words("importing.no_patients.text"))
        else:
            self._head.setText(counts)
            self._text.setText(self._where())

    def _where(self) -> str:
        comparison, study, words = self.work.comparison, self.session.study, self.wording
        patients = comparison.new if comparison is not None else ()
        rows = words(
            "import_dialog.rows",
            readings=sum(len(patient.readings) for patient in patients),
            samples=sum(len(patient.samples) for patient in patients),
            adverse_events=sum(len(patient.adverse_events) for patient in patients),
        )
        if study is None:
            return f"{rows} {words('import_dialog.into_new')}"
        if not patients:
            return words("importing.nothing_new", study=study.path.name)
        return f"{rows} {words('import_dialog.into', study=study.path.name)}"

    # Whether it may come in

    @property
    def is_ready(self) -> bool:
        """Whether there is something that may come in."""
        intake, comparison = self.work.intake, self.work.comparison
        if intake is None or comparison is None or not intake.may_come_in or self._faults:
            return False
        return bool(comparison.new or self.work.chosen)

    def touched(self) -> int:
        """How many patients come in or change."""
        comparison = self.work.comparison
        new = len(comparison.new) if comparison is not None else 0
        return new + len({difference.patient_id for difference in self.work.chosen})

    def refuse(self, fault: Fault) -> None:
        """Say why the study did not take it; nothing was changed, and all that was chosen stays."""
        lines = fault_lines(fault, self.wording) if len(fault.issues) > 1 else [refusal(fault, self.wording)]
        more = [self.wording("importing.more", n=len(lines) - _MOST_LINES)] if len(lines) > _MOST_LINES else []
        self._message.show_message("\n".join((*lines[:_MOST_LINES], *more)))
        if any(issue.code == "reason_needed" for issue in fault.issues) or fault.code == "reason_needed":
            self.reason.set_state("error")
            self.reason.setFocus()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        share_width(self.table, event.size().width(), _SHARES)

    # What a person chooses

    def _choose(self, name: str) -> None:
        if name == "patient":
            row = self.table.currentIndex().row()
            if row >= 0:
                rows = self.model.rows_of_patient(row)
                self.model.choose(rows, is_on=not all(map(self.model.is_chosen, rows)))
            return
        self.model.choose(self.model.all_rows(), is_on=name == "all")

    def _toggle(self) -> None:
        row = self.table.currentIndex().row()
        if row >= 0:
            self.model.choose([row], is_on=not self.model.is_chosen(row))

    def _on_chosen(self) -> None:
        self.work.chosen = set(self.model.chosen)
        chosen, of = self.model.counts
        self._count.setText(self.wording("importing.chosen", n=chosen, of=of))
        study, comparison = self.session.study, self.work.comparison
        self._faults = ()
        if study is not None and comparison is not None and self.work.chosen:
            work = partial(_faults_of, comparison, frozenset(self.work.chosen), study)
            self.session.jobs.run(work, self._on_faults, topic=FAULTS_TOPIC)
        else:
            self.session.jobs.cancel(FAULTS_TOPIC)
            self._message.clear()
        self.readiness_changed.emit()

    def _on_faults(self, faults: Sequence[Issue]) -> None:
        self._faults = tuple(faults)
        if self._faults:
            self.refuse(Fault("import_refused", issues=self._faults))
        else:
            self._message.clear()
        self.readiness_changed.emit()


def _faults_of(
    comparison: Comparison, chosen: frozenset[Difference], study: Study, progress: Progress, cancelled: Cancelled
) -> tuple[Issue, ...]:
    from esk_engine.exchange.intake import faults_of

    return faults_of(comparison, chosen, study)
