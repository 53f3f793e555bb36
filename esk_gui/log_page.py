"""The log: who changed what, when, from what to what; filtered, explained line by line, exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QHeaderView, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.dictionary import has_variable
from esk_engine.settings import SETTINGS
from esk_engine.study import LogLine, SaveState, Study, StudyChanged
from esk_engine.wording import Wording
from esk_gui.app import Session, study_folder
from esk_gui.folders import documents_folder
from esk_gui.jobs import Cancelled, Progress
from esk_gui.log_detail import LogDetail
from esk_gui.log_model import Column, LogChoice, LogModel
from esk_gui.log_text import LogText
from esk_gui.widgets.buttons import button
from esk_gui.widgets.empty import EmptyPage
from esk_gui.widgets.entry import ChoiceBox, EntryLine
from esk_gui.widgets.frames import PANEL_WIDTH, HeaderBar, bare
from esk_gui.widgets.labels import text_label
from esk_gui.widgets.page import Page
from esk_gui.widgets.tables import quiet_table

# Pixels of the columns, the item takes the rest; where the table is narrow the reason gives way, after the detail.
_WIDTHS = {Column.WHEN: 152, Column.WHO: 72, Column.PATIENT: 80, Column.OLD: 112, Column.NEW: 128, Column.NOTE: 150}
_NARROW = {Column.WHEN: 150, Column.WHO: 54, Column.PATIENT: 68, Column.OLD: 84, Column.NEW: 108}
_DETAIL_FROM = 900
_ROOMY_FROM = 860
_TYPING_PAUSE_MS = 150


@dataclass(frozen=True)
class _Read:
    lines: Sequence[LogLine]
    text: LogText


class LogPage(Page):
    """The whole log in a table, read beside the window; the chosen line explains itself at the right."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "log")
        self._read: _Read | None = None
        self._shown: Sequence[LogLine] = ()
        self._wanted: dict[str, Any] = {}
        self._model = LogModel(self.wording)
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._on_choice)
        row = bare(QHBoxLayout(self))
        left = bare(QVBoxLayout())
        left.addWidget(self._header())
        left.addWidget(self._body(), 1)
        row.addLayout(left, 1)
        self.detail = LogDetail(session)
        row.addWidget(self.detail)
        session.save_state_changed.connect(self._on_saved)

    @override
    def refresh(self) -> None:
        """Read the log anew, beside the window."""
        study, wording = self.session.open_study, self.wording
        self.session.jobs.run(lambda progress, cancelled: _read(study, wording), self._on_read, topic="log")

    @override
    def on_study_changed(self, change: StudyChanged) -> None:
        """The lines come once they are on disk: ``save_state_changed`` tells."""

    @override
    def state(self) -> dict[str, Any]:
        choice = self.choice()
        return {"patient": choice.patient, "person": choice.person, "item": choice.item, "row": self._row()}

    @override
    def restore(self, state: dict[str, Any]) -> None:
        self._wanted = state
        if self._read is not None:
            self._take_wanted()

    def choice(self) -> LogChoice:
        """What is filtered for now."""
        return LogChoice(self.patient_filter.text().strip(), self.person_filter.code(), self.item_filter.code())

    def show_patient_log(self, study_no: str) -> None:
        """Show the lines of one patient only."""
        self.patient_filter.show_text(study_no)
        self._filter()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().width())

    def _fit(self, width: int) -> None:
        """What gives way where the page is narrow: the detail, then words and the reason's column."""
        has_detail = width >= _DETAIL_FROM
        self.detail.setVisible(has_detail)
        is_roomy = width - (PANEL_WIDTH if has_detail else 0) >= _ROOMY_FROM
        self.count.setVisible(is_roomy)
        self.export_button.setText(self.wording("log.export") if is_roomy else "")
        self.patient_filter.setFixedWidth(132 if is_roomy else 96)
        self.item_filter.setFixedWidth(190 if is_roomy else 150)
        self.table.setColumnHidden(Column.NOTE, not is_roomy)
        for column, pixels in (_WIDTHS if is_roomy else _NARROW).items():
            self.table.setColumnWidth(column, pixels)

    # Making

    def _header(self) -> HeaderBar:
        words, header = self.wording, HeaderBar()
        header.row.addWidget(text_label(words("log.title"), "title"))
        header.row.addSpacing(8)
        self.patient_filter = EntryLine("log_patient", self.theme)
        self.patient_filter.setPlaceholderText(words("log.patient_filter"))
        self.patient_filter.setClearButtonEnabled(True)
        self.patient_filter.textChanged.connect(self._pause.start)
        self.person_filter = ChoiceBox("log_person", (("", words("log.everyone")),))
        self.person_filter.setFixedWidth(110)
        self.person_filter.chosen.connect(self._on_choice)
        self.item_filter = ChoiceBox("log_item", (("", words("log.all_items")),))
        self.item_filter.chosen.connect(self._on_choice)
        for field in (self.patient_filter, self.person_filter, self.item_filter):
            field.setProperty("fit", "header")
            header.row.addWidget(field)
        self.count = text_label("", "second", "log_count")
        header.row.addSpacing(8)
        header.row.addWidget(self.count)
        header.row.addStretch(1)
        self.export_button = button(
            words("log.export"), self.theme, self._ask_export, icon_name="save", name="log_export", in_header=True
        )
        self.export_button.setToolTip(words("log.export.title"))
        header.row.addWidget(self.export_button)
        return header

    def _body(self) -> QWidget:
        self._stack = QStackedWidget()
        self._empty = EmptyPage(self.theme, "log", self.wording("log.loading"))
        self.table = quiet_table("log_table", self._model, row_height=28)
        self.table.horizontalHeader().setSectionResizeMode(Column.ITEM, QHeaderView.ResizeMode.Stretch)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        holder = QWidget()
        box = bare(QVBoxLayout(holder))
        box.setContentsMargins(16, 8, 8, 8)
        box.addWidget(self.table)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(holder)
        return self._stack

    # Showing

    def _on_read(self, read: _Read) -> None:
        self._read = read
        self._offer_choices()
        self._take_wanted()

    def _take_wanted(self) -> None:
        """Filter as before the page was built anew, or as it stands."""
        wanted, self._wanted = self._wanted, {}
        if wanted:
            self.patient_filter.show_text(wanted["patient"])
            self.person_filter.show_code(wanted["person"])
            self.item_filter.show_code(wanted["item"])
        self._filter(wanted.get("row", 0))

    def _on_saved(self, state: SaveState) -> None:
        if state.status == "saved" and self.session.study is not None:
            if self.isVisible():
                self.refresh()
            else:
                self._is_stale = True

    def _offer_choices(self) -> None:
        """The people and the items that the log holds, beside what is chosen now."""
        if self._read is None:
            return
        lines, words = self._read.lines, self.wording
        people = sorted({line.person for line in lines})
        _fill(self.person_filter, [("", words("log.everyone")), *((who, who) for who in people)])
        kinds = [kind for kind in ("criteria",) if any(line.kind == kind for line in lines)]
        names = {line.variable for line in lines if line.variable and line.kind != "criteria"}
        known = sorted((words.label(name), name) for name in names if _is_known(name))
        _fill(
            self.item_filter,
            [
                ("", words("log.all_items")),
                *((f"kind:{kind}", words(f"log.kind_{kind}")) for kind in kinds),
                *((name, label) for label, name in known),
            ],
        )

    def _on_choice(self) -> None:
        self._filter()

    def _filter(self, row: int = 0) -> None:
        if self._read is None:
            return
        choice, text = self.choice(), self._read.text
        everything = self._read.lines
        if choice == LogChoice():
            self._shown = everything
        else:
            self._shown = [line for line in everything if choice.keeps(line, text.patient(line))]
        self._model.show_lines(self._shown, text)
        self._show_count(len(everything))
        if self._shown:
            self.table.selectRow(min(row, len(self._shown) - 1))
        else:
            self.detail.show_line(None, text)

    def _show_count(self, everything: int) -> None:
        words, shown = self.wording, len(self._shown)
        all_shown = shown == everything
        self.count.setText(
            words.plural("log.lines", shown) if all_shown else words("log.of_lines", shown=shown, n=everything)
        )
        self.export_button.setEnabled(shown > 0)
        self._empty.show_text(words("log.none_found" if everything else "log.empty"))
        self._stack.setCurrentIndex(1 if shown else 0)

    def _on_row(self, current: QModelIndex) -> None:
        if current.isValid() and self._read is not None:
            self.detail.show_line(self._model.line(current.row()), self._read.text)

    def _row(self) -> int:
        return max(0, self.table.currentIndex().row())

    # Exporting

    def _ask_export(self) -> None:
        words, study = self.wording, self.session.open_study
        folder = study_folder(self.session.preferences, documents_folder())
        target = folder / words("log.export.file_name", name=study.name)
        dialog = QFileDialog(self, words("log.export.title"), str(target), "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self._export)
        dialog.open()

    def _export(self, path: str) -> None:
        if self._read is None:
            return
        lines, study_nos = self._shown, self._read.text.study_nos
        delimiter = ";" if self.wording.language == "nl" else ","

        def work(progress: Progress, cancelled: Cancelled) -> tuple[int, str]:
            from esk_engine.exchange.log_csv import write_log_csv

            target = Path(path)
            written = write_log_csv(target, lines, study_nos, delimiter=delimiter, cancelled=cancelled)
            return written, target.name

        self.session.jobs.run(work, self._on_exported)

    def _on_exported(self, result: tuple[int, str]) -> None:
        written, name = result
        self.session.tell(self.wording("log.exported", n=written, file=name))


def _read(study: Study, wording: Wording) -> _Read:
    lines = study.log()
    return _Read(lines, LogText(study, lines, wording))


def _is_known(name: str) -> bool:
    from esk_engine.dictionary import Kind

    return any(has_variable(kind, name) for kind in Kind) or name in {declared.name for declared in SETTINGS}


def _fill(box: ChoiceBox, choices: list[tuple[str, str]]) -> None:
    """Other choices, the one that is chosen kept where it is still among them."""
    chosen = box.code()
    box.clear()
    for code, text in choices:
        box.addItem(text, code)
    box.show_code(chosen if box.findData(chosen) >= 0 else "")
