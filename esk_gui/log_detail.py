"""One log line explained: everything that stands in the file about it, beside the table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from esk_engine.study import LogLine
from esk_gui.app import Session
from esk_gui.log_text import LogText
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import PANEL_PADDING, FootBar, HeaderBar, SidePanel, TintBlock, scrolling
from esk_gui.widgets.labels import text_label

_ROWS = ("when", "who", "role", "pc", "program", "act", "note", "line", "hash")
_LABELS = {"role": "log.role_label"}


class LogDetail(SidePanel):
    """The chosen line: what it changed in the tinted block, who and where below it, and the way to the patient."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("log_detail")
        self._session, self._words = session, session.wording
        self._patient_id = ""
        header = HeaderBar(PANEL_PADDING)
        self._title = text_label(self._words("log.change"), "heading")
        header.row.addWidget(self._title)
        header.row.addStretch(1)
        self._seq = text_label("", "third")
        header.row.addWidget(self._seq)
        self.column.addWidget(header)
        self._block = TintBlock()
        self._item = text_label("", "strong", wrap=True)
        self._change = text_label("", "figure_title", "log_change", wrap=True)
        self._block.column.addWidget(self._item)
        self._block.column.addWidget(self._change)
        self.column.addWidget(self._block)
        self.column.addWidget(scrolling(self._facts()), 1)
        self._foot = FootBar(PANEL_PADDING)
        self._foot.row.addWidget(
            button(self._words("log.show_patient"), session.theme, self._go, kind="", name="log_show_patient"), 1
        )
        self.column.addWidget(self._foot)
        self._show_parts(False)

    def show_line(self, line: LogLine | None, text: LogText) -> None:
        """Explain a line, or nothing with None."""
        self._show_parts(line is not None)
        if line is None:
            self._seq.clear()
            return
        words, study = self._words, self._session.study
        self._seq.setText(words("log.line_no", n=line.seq))
        patient = text.patient(line)
        self._item.setText(f"{patient}: {text.item(line)}" if patient else text.item(line))
        self._change.setText(f"{text.old(line)} → {text.new(line)}")
        role = study.people.get(line.person, "") if study is not None else ""
        role_key = f"shell.role.{role}"
        shown = {
            "when": text.when(line),
            "who": line.person,
            "role": words(role_key) if words.has(role_key) else role,
            "pc": line.pc,
            "program": line.program,
            "act": words.number(line.act),
            "note": text.note(line),
            "line": words.number(line.seq),
            "hash": " ".join(line.hash[at : at + 8] for at in range(0, len(line.hash), 8)),
        }
        for name, value in shown.items():
            label, field = self._labels[name]
            field.setText(value)
            label.setVisible(bool(value))
            field.setVisible(bool(value))
        self._patient_id = line.patient_id or ""
        can_go = study is not None and bool(self._patient_id) and study.has_patient(self._patient_id)
        self._foot.setVisible(can_go)

    def _show_parts(self, shows: bool) -> None:
        for part in (self._block, self._holder, self._foot):
            part.setVisible(shows)

    def _facts(self) -> QWidget:
        self._holder = QWidget()
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(PANEL_PADDING, PANEL_PADDING, PANEL_PADDING, PANEL_PADDING)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self._labels: dict[str, tuple[QLabel, QLabel]] = {}
        for at, name in enumerate(_ROWS):
            label, field = text_label(self._words(_LABELS.get(name, f"log.{name}")), "second"), text_label(wrap=True)
            field.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, at, 1)
            self._labels[name] = (label, field)
        self._labels["hash"][1].setProperty("text_role", "foot")
        column.addLayout(grid)
        column.addStretch(1)
        return self._holder

    def _go(self) -> None:
        self._session.show_patient(self._patient_id)
