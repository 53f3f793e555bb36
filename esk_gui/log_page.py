"""The log: who changed what, when, from what to what; filtered, explained line by line, checked, exported."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from esk_engine.study import LogFilter, SaveState, Study, StudyChanged
from esk_engine.wording import Wording
from esk_gui.app import Session, study_folder
from esk_gui.folders import documents_folder
from esk_gui.jobs import Cancelled, Progress
from esk_gui.log_check import CheckStrip
from esk_gui.log_detail import LogDetail
from esk_gui.log_filters import LogFilters
from esk_gui.log_index import LogChoice, LogIndex
from esk_gui.log_model import Column, LogModel
from esk_gui.log_text import Known, LogText
from esk_gui.widgets.buttons import button
from esk_gui.widgets.copying import CopyKey
from esk_gui.widgets.empty import EmptyPage
from esk_gui.widgets.frames import PAGE_PADDING, PANEL_WIDTH, FootBar, Hairline, HeaderBar, bare
from esk_gui.widgets.labels import text_label
from esk_gui.widgets.notice import Notice
from esk_gui.widgets.page import Page
from esk_gui.widgets.tables import quiet_table

# Pixels of the columns, the item takes the rest; where the table is narrow the reason stands below it.
_WIDTHS = {Column.WHEN: 152, Column.WHO: 72, Column.PATIENT: 80, Column.OLD: 112, Column.NEW: 128, Column.NOTE: 150}
_NARROW = {Column.WHEN: 150, Column.WHO: 54, Column.PATIENT: 68, Column.OLD: 84, Column.NEW: 108}
_DETAIL_FROM = 900
_ROOMY_FROM = 900
_NARROWEST_WORDS = 700
_LONG = 20_000  # lines; more take longer than a second to export


@dataclass(frozen=True)
class _Read:
    index: LogIndex
    text: LogText


class LogPage(Page):
    """The whole log in a table, read beside the window; the chosen line explains itself at the right."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "log")
        self._read: _Read | None = None
        self._wanted: dict[str, Any] = {}
        self._model = LogModel(self.wording, self.theme)
        row = bare(QHBoxLayout(self))
        left = bare(QVBoxLayout())
        left.addWidget(self._header())
        self.check = CheckStrip(session)
        self.check.line_asked.connect(self._show_seq)
        self.check.patient_asked.connect(self._show_patient)
        left.addWidget(self.check)
        self.filters = LogFilters(session)
        self.filters.changed.connect(self._filter)
        left.addWidget(self.filters)
        left.addWidget(Hairline())
        left.addWidget(self._body(), 1)
        left.addWidget(self._below())
        row.addLayout(left, 1)
        self.detail = LogDetail(session)
        self.detail.act_asked.connect(self.show_act)
        row.addWidget(self.detail)
        self._order_tabs()
        session.save_state_changed.connect(self._on_saved)
        session.key_changed.connect(self._on_news)

    @override
    def refresh(self) -> None:
        """Read what the log holds beyond what was read before, beside the window."""
        study = self.session.open_study
        known = Known(study.patients, study.criteria_sets)
        work = partial(_read, study, known, self.wording, self._read)
        self.session.jobs.run(work, self._on_read, topic="log")

    @override
    def on_study_changed(self, change: StudyChanged) -> None:
        """The lines come once they are on disk: ``save_state_changed`` tells, or ``saved`` where another wrote them."""
        if change.saved:
            self.refresh()

    @override
    def state(self) -> dict[str, Any]:
        return {"choice": self.filters.state(), "row": self._row(), "check": self.check.state()}

    @override
    def restore(self, state: dict[str, Any]) -> None:
        self._wanted = state
        self.check.restore(state["check"])
        if self._read is not None:
            self._take_wanted()

    def choice(self) -> LogChoice:
        """What is filtered for now."""
        return self.filters.choice()

    def show_patient_log(self, study_no: str) -> None:
        """Show the lines of one patient only."""
        self.filters.show_choice(patient=study_no)
        self._filter()

    def show_act(self, act: int) -> None:
        """Go to an act: to the line of the same value where it has one; what hides it is filtered no more."""
        if self._read is None:
            return
        row = self.table.currentIndex().row()
        like = self._model.line(row) if 0 <= row < self._model.rowCount() else None
        self._show_place(self._read.index.place_of_act(act, like))

    def _show_seq(self, seq: int) -> None:
        if self._read is not None:
            self._show_place(self._read.index.place_of_seq(seq))

    def _show_place(self, place: int | None) -> None:
        if place is None:
            return
        if self._model.row_of(place) is None:
            self.filters.show_all()
        row = self._model.row_of(place)
        if row is not None:
            self.table.selectRow(row)
            self.table.scrollTo(self._model.index(row, 0))

    def _show_patient(self, study_no: str) -> None:
        patient = self.session.open_study.patient_by_study_no(study_no)
        if patient is not None:
            self.session.show_patient(patient.id)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(event.size().width())

    def _fit(self, width: int) -> None:
        """What gives way where the page is narrow: the detail, then words and the reason's column."""
        has_detail = width >= _DETAIL_FROM
        self.detail.setVisible(has_detail)
        room = width - (PANEL_WIDTH if has_detail else 0)
        is_roomy = room >= _ROOMY_FROM
        for made, key in ((self.export_button, "log.export"), (self.check_button, "log.check")):
            made.setText(self.wording(key) if is_roomy or room >= _NARROWEST_WORDS else "")
        self.filters.fit(room, is_roomy=is_roomy)
        self.table.setColumnHidden(Column.NOTE, not is_roomy)
        for column, pixels in (_WIDTHS if is_roomy else _NARROW).items():
            self.table.setColumnWidth(column, pixels)
        self._show_note()

    # Making

    def _header(self) -> HeaderBar:
        words, header = self.wording, HeaderBar()
        header.row.addWidget(text_label(words("log.title"), "title"))
        header.row.addSpacing(8)
        self.count = text_label("", "second", "log_count")
        header.row.addWidget(self.count)
        self.all_button = button(
            words("log.show_all"), self.theme, self._show_all, kind="link", name="log_show_all", in_header=True
        )
        self.all_button.hide()
        header.row.addWidget(self.all_button)
        header.row.addStretch(1)
        self.check_button = button(
            words("log.check"), self.theme, self._check, icon_name="check", name="log_check", in_header=True
        )
        self.check_button.setToolTip(words("log.check.help"))
        header.row.addWidget(self.check_button)
        self.export_button = button(
            words("log.export"), self.theme, self._ask_export, icon_name="save", name="log_export", in_header=True
        )
        self.export_button.setToolTip(words("log.export.title"))
        header.row.addWidget(self.export_button)
        return header

    def _order_tabs(self) -> None:
        """First what is looked for, then what is found, then what is done with it."""
        order = (*self.filters.fields(), self.table, self.check_button, self.export_button)
        for one, next_one in pairwise(order):
            QWidget.setTabOrder(one, next_one)
        self.setFocusProxy(self.filters.patient)

    def _body(self) -> QWidget:
        self._stack = QStackedWidget()
        self._empty = EmptyPage(self.theme, "log", self.wording("log.loading"))
        self.table = quiet_table("log_table", self._model, row_height=28)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)  # so that several can be copied
        CopyKey(self.table)
        self.table.horizontalHeader().setSectionResizeMode(Column.ITEM, QHeaderView.ResizeMode.Stretch)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        holder = QWidget()
        box = bare(QVBoxLayout(holder))
        box.setContentsMargins(16, 8, 8, 8)
        box.addWidget(self.table)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(holder)
        return self._stack

    def _below(self) -> QWidget:
        """The reason of the chosen line, where there is no room for its column."""
        self._foot = FootBar(PAGE_PADDING)
        self._note = text_label("", "", "log_note", wrap=True)
        self._foot.row.addWidget(self._note, 1)
        self._foot.hide()
        return self._foot

    # Showing

    def show_log(self, index: LogIndex, text: LogText) -> None:
        """Show these lines, filtered as it stands."""
        self._on_read(_Read(index, text))

    def _on_read(self, read: _Read) -> None:
        self._read = read
        self.filters.offer(read.index.people, read.index.items)
        self._take_wanted()

    def _take_wanted(self) -> None:
        """Filter as before the page was built anew, or as it stands."""
        wanted, self._wanted = self._wanted, {}
        if wanted:
            self.filters.show_choice(**wanted["choice"])
        self._filter(wanted.get("row"))

    def _on_saved(self, state: SaveState) -> None:
        if state.status == "saved":
            self._on_news()

    def _on_news(self) -> None:
        """There are lines that were not read yet."""
        if self.session.study is not None and self.isVisible():
            self.refresh()
        else:
            self._is_stale = True

    def _filter(self, row: int | None = None) -> None:
        """Show the lines that fit; the chosen one stays chosen, and who looks at the newest goes on looking at it."""
        if self._read is None:
            return
        index, text, choice = self._read.index, self._read.text, self.choice()
        at = self._row()
        before = self._model.place(at) if 0 < at < self._model.rowCount() else None
        self._model.show_lines(index, index.find(choice, text.study_nos), text)
        shown = self._model.rowCount()
        self._show_count(shown, len(index.lines), is_filtered=choice != LogChoice())
        if row is None and before is not None:
            row = self._model.row_of(before)
        if shown:
            self.table.selectRow(min(row or 0, shown - 1))
        else:
            self.detail.show_line(None, text)
            self._show_note()

    def _show_count(self, shown: int, everything: int, *, is_filtered: bool) -> None:
        words = self.wording
        self.count.setText(
            words("log.of_lines", shown=shown, n=everything) if is_filtered else words.plural("log.lines", shown)
        )
        self.all_button.setVisible(is_filtered)
        self.export_button.setEnabled(shown > 0)
        self._empty.show_text(words("log.none_found" if everything else "log.empty"))
        self._stack.setCurrentIndex(1 if shown else 0)

    def _on_row(self, current: QModelIndex) -> None:
        if current.isValid() and self._read is not None:
            line = self._model.line(current.row())
            self.detail.show_line(line, self._read.text, self._read.index.undone_by(line))
        self._show_note()

    def _show_note(self) -> None:
        current, note = self.table.currentIndex(), ""
        is_alone = self.table.isColumnHidden(Column.NOTE) and not self.detail.isVisibleTo(self)
        if is_alone and current.isValid() and current.row() < self._model.rowCount():
            note = str(self._model.index(current.row(), Column.NOTE).data() or "")
        self._note.setText(note)
        self._foot.setVisible(bool(note))

    def _show_all(self) -> None:
        self.filters.show_all()

    def _check(self) -> None:
        self.check.run()

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
        index, study_nos = self._read.index, self._read.text.study_nos
        rows = index.find(self.choice(), study_nos)
        delimiter = ";" if self.wording.language == "nl" else ","
        target, wanted = Path(path), max(len(rows), 1)

        def work(progress: Progress, cancelled: Cancelled) -> int:
            from esk_engine.exchange.log_csv import write_log_csv

            lines = (index.lines[at] for at in rows)
            return write_log_csv(
                target,
                lines,
                study_nos,
                delimiter=delimiter,
                cancelled=cancelled,
                progress=lambda written: progress(written / wanted),
            )

        job = self.session.jobs.run(work, partial(self._on_exported, target.name))
        if len(rows) > _LONG:
            words = self.wording
            notice = Notice(
                self.window(),
                self.theme,
                words("shell.export.running", file=target.name),
                ((words("shell.cancel"), job.cancel),),
                icon_name="export",
                has_progress=True,
            )
            job.progressed.connect(notice.show_progress)
            job.finished.connect(notice.close)
            notice.place()
            notice.show()

    def _on_exported(self, name: str, written: int) -> None:
        self.session.tell(self.wording("log.exported", n=written, file=name))


def _read(
    study: Study, known: Known, wording: Wording, before: _Read | None, progress: Progress, cancelled: Cancelled
) -> _Read:
    """The log as it is now: the lines that came since ``before``, or all of it where they do not continue that."""
    if before is not None and before.index.lines:
        newer = study.log(LogFilter(after_seq=before.index.lines[-1].seq - 1))
        if before.index.continues_with(newer):
            added = newer[1:]
            return _Read(LogIndex(added, before.index), LogText(known, added, wording, before.text))
    lines = study.log()
    return _Read(LogIndex(lines), LogText(known, lines, wording))
