"""The vital signs: heading, legend, grid, what is wrong in it, and the lines that ask for a minute or a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.dictionary import Kind
from esk_engine.errors import Issue
from esk_engine.records import Patient
from esk_gui.patients.entry import Entry, Standing
from esk_gui.patients.field import issue_text
from esk_gui.patients.inline_line import InlineLine
from esk_gui.patients.messages import FittedMessage
from esk_gui.patients.retrying import ABOUT_ALL, WaitingLinks
from esk_gui.patients.vital_entry import COLUMNS, VitalEntry
from esk_gui.patients.vital_marks import Marks, VitalLimits
from esk_gui.patients.vital_model import VitalColumn, VitalSignsModel
from esk_gui.patients.vital_paste import read_block
from esk_gui.patients.vital_rows import VITAL_VARIABLES, GridRow
from esk_gui.patients.vital_view import HEADER, ROW_TALL, VitalSignsView
from esk_gui.widgets.buttons import button
from esk_gui.widgets.labels import text_label

if TYPE_CHECKING:
    from esk_gui.app import Session

_MOST_FAULTS = 6
_ADDER, _ADDER_OPEN = QSize(36, 30), QSize(150, 30)


class _LegendMark(QWidget):
    """The dot or the cross of the legend."""

    def __init__(self, session: Session, is_cross: bool) -> None:
        super().__init__()
        self._session, self._is_cross = session, is_cross
        self.setFixedSize(10, 16)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._session.theme.color("non_responder")
        if self._is_cross:
            painter.setPen(QPen(color, 1.8, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(1, 4, 9, 12)
            painter.drawLine(9, 4, 1, 12)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(3, 6, 4, 4)


class VitalSignsPane(QWidget):
    """Everything about the readings but the plot."""

    def __init__(self, session: Session, entry: Entry) -> None:
        super().__init__()
        self._session = session
        words = session.wording
        self._entry, self._vital_entry = entry, VitalEntry(entry)
        self.model = VitalSignsModel(session, self._vital_entry, entry.drafts, self)
        self.view = VitalSignsView(session, self.model)
        self._messages = {
            name: FittedMessage(session.theme, f"message_{name}") for name in ("minute", *VITAL_VARIABLES)
        }
        self._faults = FittedMessage(session.theme, "message_vital_signs")
        self._again = WaitingLinks(session, entry, "vital_signs")
        self._tells_lock = False
        adder = button(
            "", session.theme, kind="quiet", icon_name="add", in_header=True, tooltip=words("patients.reading.add")
        )
        adder.setObjectName("add_reading")
        self._adder = InlineLine(adder, "new_minute", words("patients.reading.minute"))
        self._adder.line.setProperty("fit", "header")
        self._adder.setFixedSize(_ADDER)
        marker = button(words("patients.artefact.mark"), session.theme)
        self._reason = InlineLine(marker, "artefact_reason", words("patients.artefact.reason"))
        self._reason.setFixedHeight(32)
        self._reason.hide()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        words = self._session.wording
        head = QHBoxLayout()
        head.setSpacing(4)
        title = text_label(words("patients.vital_signs"), "heading")
        title.setBuddy(self.view)
        head.addWidget(title)
        head.addWidget(self._adder)
        head.addStretch(1)
        self._outside = text_label("", "foot", "vital_signs_legend")
        self._legend = [_LegendMark(self._session, False), self._outside]
        self._legend += [_LegendMark(self._session, True), text_label(words("patients.legend.deciding"), "foot")]
        for at, widget in enumerate(self._legend):
            head.addSpacing(8 if at == 2 else 0)  # two marks, each with its words
            head.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        for message in (*self._messages.values(), self._faults):
            column.addWidget(message)
        column.addWidget(self._again)
        column.addWidget(self._reason)
        column.addStretch(0)
        QWidget.setTabOrder(self.view, self._adder.opener)  # Tab reaches the readings first
        QWidget.setTabOrder(self._adder.opener, self._adder.line)

    def _connect(self) -> None:
        self._adder.opened.connect(self._widen_adder)
        self._adder.closed.connect(self._narrow_adder)
        self._adder.taken.connect(self._add_row)
        self._reason.taken.connect(self._mark)
        self._reason.closed.connect(self._close_reason)
        self.model.refused.connect(self._show_refused)
        view = self.view
        view.paste_requested.connect(self._paste)
        view.clear_requested.connect(self._clear)
        view.mark_requested.connect(self._ask_reason)
        view.unmark_requested.connect(self._unmark)
        view.row_remove_requested.connect(self._remove_row)
        view.row_add_requested.connect(self._adder.opener.click)
        view.lock_met.connect(self._tell_lock)
        view.selectionModel().currentChanged.connect(self._on_current)

    # Showing

    def show_patient(self, patient: Patient | None, limits: VitalLimits, marks: Marks, standing: Standing) -> None:
        """Show a patient's readings, marked by the criteria in use."""
        is_other = patient is None or self.model.patient is None or patient.id != self.model.patient.id
        lock = self._entry.guard.lock_of(patient.id, Kind.READING, "minute") if patient else ""
        if lock != self.model.lock:
            self.model.lock = lock
            self._faults.clear()
        self.model.show_patient(patient, marks, standing)
        common, words = limits.common_variation(), self._session.wording
        if common is None:
            self._outside.setText(words("patients.legend.outside"))
        else:
            self._outside.setText(words("patients.legend.outside_percent", limit=common))
        has_limits = bool(limits.variation) or limits.systolic_max is not None
        for widget in self._legend:
            widget.setVisible(has_limits and self.width() >= 290)
        self._adder.setDisabled(bool(lock))
        self._adder.opener.setToolTip(lock or self._session.wording("patients.reading.add"))
        if is_other:
            self._faults.clear()
            self._adder.close_line()
            self._reason.close_line()
        self._show_messages()
        self.fit()

    def commit(self) -> None:
        """Save the cell that is being typed in, as leaving it does."""
        editor = QApplication.focusWidget()
        if editor is not None and editor is not self.view and self.view.isAncestorOf(editor):
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def fit(self) -> None:
        """Give the grid the height of its rows at most."""
        self.view.setMaximumHeight(max(self.view.height_for(ROW_TALL), HEADER + 3 * ROW_TALL))
        self.view.fit()

    def _on_current(self) -> None:
        if self._tells_lock:
            self._tells_lock = False
            self._faults.clear()
        self._show_messages()

    def _show_messages(self) -> None:
        """What is wrong in the current cell; else the first thing that is wrong in each column."""
        row, words = self.view.current_row(), self._session.wording
        column = COLUMNS[self.view.currentIndex().column()] if row else ""
        for name, label in self._messages.items():
            issue = self.model.issue_of(row, name) if row and name == column else None
            at = row if issue else None
            if issue is None:
                at, issue = self._first_error(name)
            if issue is None or at is None:
                label.clear()
                continue
            text = issue_text(issue, self.model.stored_text(at, name), words)
            where = words("patients.at_minute", minute=at.minute) if at.minute is not None else ""
            label.show_message(f"{where}: {text}" if where else text, "error" if issue.is_error else "warning")
        patient = self.model.patient
        drafts = self._entry.drafts.of(patient.id) if patient is not None else ()
        self._again.show_drafts(draft for draft in drafts if draft.place.kind is Kind.READING)

    def _first_error(self, name: str) -> tuple[GridRow | None, Issue | None]:
        for row in self.model.rows:
            issue = self.model.issue_of(row, name)
            if issue is not None and issue.is_error:
                return row, issue
        return None, None

    def _show_refused(self, issues: tuple[Issue, ...]) -> None:
        del issues
        self._faults.clear()
        self._show_messages()

    # Acts

    def _patient(self) -> Patient | None:
        """Whose readings are to be changed; None where they are locked, which is told."""
        if self.model.lock:
            self._tell_lock()
            return None
        return self.model.patient

    def _tell_lock(self) -> None:
        self._tells_lock = True
        self._faults.show_message(self.model.lock, "info")

    def _chosen(self) -> list[tuple[GridRow, str]]:
        rows = self.model.rows
        return [(rows[row], COLUMNS[column]) for row, column in self.view.cells() if row < len(rows)]

    def _paste(self, text: str) -> None:
        patient, current = self._patient(), self.view.currentIndex()
        if patient is None or not text.strip():
            return
        block = read_block(text)
        at = (current.row(), current.column()) if current.isValid() else (0, int(VitalColumn.HEART_RATE))
        issues = self._vital_entry.paste(patient, self.model.rows, block, *at)
        self._show_faults(issues, block.columns)

    def _show_faults(self, issues: tuple[Issue, ...], columns: int) -> None:
        words = self._session.wording
        if not issues:
            self._faults.clear()
            return
        whole = next((issue for issue in issues if issue.code in ABOUT_ALL), None)
        if whole is not None:  # it is not about one cell: what was copied can be pasted again
            self._faults.show_message(words("sign.paste_again", why=words.issue(whole)))
            return
        lines = [words("patients.paste.refused", n=len(issues))]
        for issue in issues[:_MOST_FAULTS]:
            where = words("patients.paste.where", row=issue.place.row or 1, column=issue.place.column or 1)
            lines.append(f"{where}: {words.issue(issue)}")
        if len(issues) > _MOST_FAULTS:
            lines.append(words("patients.paste.more", n=len(issues) - _MOST_FAULTS))
        del columns
        self._faults.show_message("\n".join(lines))

    def _clear(self) -> None:
        patient = self._patient()
        if patient is not None:
            self._show_whole(self._vital_entry.clear(patient, self._chosen()))

    def _ask_reason(self) -> None:
        """Ask why; on a value that is marked already, take the mark away."""
        patient = self._patient()
        chosen = [(r, c) for r, c in self._chosen() if c in VITAL_VARIABLES and r.get(c) is not None]
        if patient is None or not chosen:
            return
        if all(column in row.artefacts() for row, column in chosen):
            self._unmark()
            return
        self._reason.show()
        self._reason.open_line(str(chosen[0][0].get("artefact_reason") or ""))

    def _mark(self, reason: str) -> None:
        patient = self._patient()
        if patient is not None:
            issues = self._vital_entry.mark(patient, self._chosen(), reason.strip())
            self._show_whole(issues)
            if issues:
                return
        self._reason.close_line()

    def _close_reason(self) -> None:
        self._reason.hide()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _unmark(self) -> None:
        patient = self._patient()
        if patient is not None:
            self._show_whole(self._vital_entry.mark(patient, self._chosen(), ""))

    def _remove_row(self) -> None:
        patient, row = self._patient(), self.view.current_row()
        if patient is not None and row is not None and row.record is not None:
            self._show_whole(self._entry.delete_row(row.record))

    def _show_whole(self, issues: tuple[Issue, ...]) -> None:
        """What keeps a whole row, or a mark, from being changed."""
        self._faults.show_message("\n".join(self._session.wording.issue(issue) for issue in issues))

    # A row besides the schedule

    def _widen_adder(self) -> None:
        self._adder.setFixedSize(_ADDER_OPEN)
        for widget in self._legend:
            widget.hide()

    def _narrow_adder(self) -> None:
        self._adder.setFixedSize(_ADDER)
        self._messages["minute"].clear()
        for widget in self._legend:
            widget.show()

    def _add_row(self, text: str) -> None:
        patient = self._patient()
        if patient is None:
            return
        minute, issues = self._vital_entry.add_row(patient, text)
        if issues:
            self._messages["minute"].show_message(self._session.wording.issue(issues[0]))
            return
        self._adder.close_line()
        if minute is not None:
            self.view.go_to_reading(minute, VitalColumn.HEART_RATE)
