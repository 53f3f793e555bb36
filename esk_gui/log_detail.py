"""One log line explained: everything that stands in the file about it, beside the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from esk_engine.study import LogLine, SignOff
from esk_gui.app import Session
from esk_gui.log_text import LogText, in_groups
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import PANEL_PADDING, FootBar, HeaderBar, SidePanel, TintBlock, bare, scrolling
from esk_gui.widgets.labels import text_label

if TYPE_CHECKING:
    from esk_engine.study import Study

_ROWS = ("reason", "when", "who", "role", "pc", "program", "act", "valid", "line", "hash")
_LABELS = {"role": "log.role_label", "reason": "log.note"}


class LogDetail(SidePanel):
    """The chosen line: what it changed in the tinted block, who, where and why below it, the acts that it is tied to.

    ``act_asked`` carries the number of an act that took this one back, or that this one takes back.
    """

    act_asked = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("log_detail")
        self._session, self._words = session, session.wording
        self._patient_id = ""
        self._acts: dict[str, int | None] = {}
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

    def show_line(self, line: LogLine | None, text: LogText, undone_by: int | None = None) -> None:
        """Explain a line, or nothing with None.

        Parameters
        ----------
        undone_by
            The act that took the line's act back.
        """
        self._show_parts(line is not None)
        if line is None:
            self._seq.clear()
            return
        words, study = self._words, self._session.study
        self._seq.setText(words("log.line_no", n=line.seq))
        patient = text.patient(line)
        self._item.setText(f"{patient}: {text.item(line)}" if patient else text.item(line))
        is_told_by_one = line.old is None and line.kind in ("signature", "restore")
        self._change.setText(text.new(line) if is_told_by_one else f"{text.old(line)} → {text.new(line)}")
        role = study.people.get(line.person, "") if study is not None else ""
        role_key = f"shell.role.{role}"
        self._show_facts(
            {
                "reason": line.reason or "",
                "when": text.when(line),
                "who": line.person,
                "role": words(role_key) if words.has(role_key) else role,
                "pc": line.pc,
                "program": line.program,
                "act": words.number(line.act),
                "valid": self._validity(line, study),
                "line": words.number(line.seq),
                "hash": in_groups(line.hash),
            }
        )
        self._show_acts(line.undoes_act, undone_by)
        self._show_content(*text.content(line))
        self._patient_id = line.patient_id or ""
        can_go = study is not None and bool(self._patient_id) and study.has_patient(self._patient_id)
        self._foot.setVisible(can_go)

    # Showing

    def _show_parts(self, shows: bool) -> None:
        for part in (self._block, self._holder, self._foot):
            part.setVisible(shows)

    def _show_facts(self, shown: dict[str, str]) -> None:
        for name, value in shown.items():
            label, field = self._labels[name]
            field.setText(value)
            label.setVisible(bool(value))
            field.setVisible(bool(value))

    def _show_acts(self, undoes: int | None, undone_by: int | None) -> None:
        """The acts that this one is tied to, each a way there."""
        self._acts = {"undoes": undoes, "undone_by": undone_by}
        for name, act in self._acts.items():
            made = self._links[name]
            made.setVisible(act is not None)
            if act is not None:
                made.setText(self._words(f"log.link_{name}", act=act))

    def _show_content(self, heading: str, rows: list[tuple[str, str]]) -> None:
        """What the line holds beyond one value: the values that were signed, a whole patient."""
        self._heading.setVisible(bool(rows))
        self._content.setVisible(bool(rows))
        self._heading.setText(heading)
        self._content.setText("\n".join(f"{label}: {value}" for label, value in rows))

    def _validity(self, line: LogLine, study: Study | None) -> str:
        """Whether a signature still stands for what is there now; "" for other lines."""
        if line.kind != "signature" or study is None:
            return ""
        try:
            own = study.signatures(line.patient_id or "", SignOff(line.variable or ""))
        except ValueError:
            return ""
        found = next((each for each in own if each.id == line.record_id), None)
        return "" if found is None else self._words("log.void" if found.void else "log.stands")

    # Making

    def _facts(self) -> QWidget:
        self._holder = QWidget()
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(PANEL_PADDING, PANEL_PADDING, PANEL_PADDING, PANEL_PADDING)
        column.setSpacing(8)
        column.addLayout(self._ways())
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self._labels: dict[str, tuple[QLabel, QLabel]] = {}
        for at, name in enumerate(_ROWS):
            label, field = text_label(self._words(_LABELS.get(name, f"log.{name}")), "second"), text_label(wrap=True)
            field.setObjectName(f"log_fact_{name}")
            field.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(label, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, at, 1)
            self._labels[name] = (label, field)
        self._labels["hash"][1].setProperty("text_role", "foot")
        self._labels["reason"][1].setProperty("text_role", "strong")
        column.addLayout(grid)
        column.addSpacing(8)
        self._heading = text_label("", "heading", "log_content_heading", wrap=True)
        self._content = text_label("", "", "log_content", wrap=True)
        self._content.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._heading)
        column.addWidget(self._content)
        column.addStretch(1)
        return self._holder

    def _ways(self) -> QVBoxLayout:
        """The links to the act that this one takes back, and to the one that took it back."""
        column, theme = bare(QVBoxLayout(), 4), self._session.theme
        self._links: dict[str, QPushButton] = {}
        for name, go in (("undoes", self._go_to_undone), ("undone_by", self._go_to_undoing)):
            made = button("", theme, go, kind="link", name=f"log_{name}")
            made.hide()
            self._links[name] = made
            column.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        return column

    def _go_to_undone(self) -> None:
        self._go_to("undoes")

    def _go_to_undoing(self) -> None:
        self._go_to("undone_by")

    def _go_to(self, name: str) -> None:
        act = self._acts.get(name)
        if act is not None:
            self.act_asked.emit(act)

    def _go(self) -> None:
        self._session.show_patient(self._patient_id)
