"""Results: the tables of the study as a reader of a journal expects them, each cell ready to explain itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QProgressBar, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.judge import Group
from esk_engine.report import Analysis, CellKind, Table, note_text, tables
from esk_gui.app import Session
from esk_gui.results.compute import ReportJob
from esk_gui.results.empty import EmptyState
from esk_gui.results.explain import Explainer
from esk_gui.results.fit import Room, fit
from esk_gui.results.header_bar import ResultsHeader
from esk_gui.results.model import FIRST_CELL
from esk_gui.results.panel import ExplainPanel
from esk_gui.results.section import TableSection
from esk_gui.results.texts import is_own_note
from esk_gui.results.view import TableView, copy_tables
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import PAGE_PADDING, PANEL_WIDTH, FootBar, bare
from esk_gui.widgets.labels import MessageLabel, text_label
from esk_gui.widgets.page import Page

if TYPE_CHECKING:
    from esk_engine.study import StudyChanged

_PANEL_FROM, _WIDE_PANEL_FROM, _NARROW_PANEL = 1150, 1240, 248
_SLIM_BELOW, _SLIM_PADDING = 880, 16
_FOOT_FROM_HEIGHT, _FOOT_WITH_STRIP_FROM = 520, 600
_WAIT_BEFORE_TELLING = 200
_LEAST_SIZE = 480, 200  # what gives way is decided here, not by what the parts would like to keep


class ResultsPage(Page):
    """Tables 3 to 6 and the clinician's decision; a panel says how the chosen cell was computed."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "results")
        self.setMinimumSize(*_LEAST_SIZE)
        self._analysis: Analysis | None = None
        self._sections: dict[str, TableSection] = {}
        self._chosen: TableView | None = None
        self._to_restore: dict[str, Any] = {}
        self._report = ReportJob(session, "results", self)
        self._report.computed.connect(self._show)
        self._report.failed.connect(self._fail)
        self._report.running_changed.connect(self._on_running)
        self._report.progressed.connect(self._on_progress)
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(_WAIT_BEFORE_TELLING)
        self._waiting.timeout.connect(self._tell_running)
        self._build()

    # Building

    def _build(self) -> None:
        self.header = ResultsHeader(self.wording, self.theme)
        self.header.tables_chosen.connect(self._on_chips)
        self.header.method_chosen.connect(self._choose_method)
        self.header.copy_wanted.connect(self.copy_shown)
        self.panel = ExplainPanel(self.wording, self.theme)
        self._empty = EmptyState(self.session, "results")
        self._body = QStackedWidget()
        self._body.addWidget(self._build_scroll())
        self._body.addWidget(self._empty)
        self._foot = FootBar(PAGE_PADDING)
        self._foot_text = text_label("", "foot", "results_notes", wrap=True)
        self._foot.row.addWidget(self._foot_text, 1)
        left = QWidget()
        column = bare(QVBoxLayout(left))
        column.addWidget(self.header)
        column.addWidget(self._build_waiting())
        column.addWidget(self._body, 1)
        column.addWidget(self._foot)
        self._outer = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._outer.addWidget(left, 1)
        self._outer.addWidget(self.panel)

    def _build_scroll(self) -> QScrollArea:
        self._content = QWidget()
        self._tables = QVBoxLayout(self._content)
        self._tables.setContentsMargins(PAGE_PADDING, 12, PAGE_PADDING, 12)
        self._tables.setSpacing(18)
        self._message = MessageLabel(self.theme, "message_results")
        self._none = text_label(self.wording("results.no_table"), "body_second")
        self._none.hide()
        self._scrolled_notes = text_label("", "foot", wrap=True)
        for widget in (self._message, self._none, self._scrolled_notes):
            self._tables.addWidget(widget)
        self._tables.addStretch(1)
        self._area = QScrollArea()
        self._area.setObjectName("results_scroll")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._content)
        self._area.viewport().installEventFilter(self)
        return self._area

    def _build_waiting(self) -> QWidget:
        """The line that shows while a long computation runs."""
        self._wait = QWidget()
        self._wait.setObjectName("results_waiting")
        row = QHBoxLayout(self._wait)
        row.setContentsMargins(PAGE_PADDING, 8, PAGE_PADDING, 0)
        row.setSpacing(12)
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        row.addWidget(text_label(self.wording("results.computing"), "second"))
        row.addWidget(self._progress, 1)
        row.addWidget(button(self.wording("results.cancel"), self.theme, self.cancel, kind="quiet", in_header=True))
        self._wait.hide()
        return self._wait

    # What changes

    @override
    def refresh(self) -> None:
        study = self.session.open_study
        self.header.methods.show_code(str(study.settings.p_method))
        self.header.methods.setEnabled(not study.read_only)
        has_patients = bool(study.patients)
        self._body.setCurrentIndex(0 if has_patients else 1)
        self.header.set_filled(has_patients)
        self._foot.setVisible(has_patients)
        self.panel.setVisible(has_patients)
        if has_patients:
            self._report.start(study)
        else:
            self._report.cancel()

    @override
    def on_study_changed(self, change: StudyChanged) -> None:
        if change.patients or change.settings or change.criteria:
            self.refresh()

    def _choose_method(self, code: str) -> None:
        self.session.open_study.set_setting("p_method", code)

    def _on_running(self, running: bool) -> None:
        if running:
            self._progress.setValue(0)
            self._waiting.start()
        else:
            self._waiting.stop()
            self._wait.hide()

    def _tell_running(self) -> None:
        self._wait.setVisible(self._report.is_running)

    def _on_progress(self, share: float) -> None:
        self._progress.setValue(round(1000 * share))

    def cancel(self) -> None:
        """Stop a long computation; the tables that stand stay, and the page says that they are older."""
        self._report.cancel()
        self._message.show_message(self.wording("results.cancelled"), "warning")

    def _fail(self, error: BaseException) -> None:
        self._message.show_message(self.wording("results.failed"), "error")
        self.session.show_error(error)

    # Showing

    def _show(self, analysis: Analysis) -> None:
        """Show what was computed; tables that stay keep their selection."""
        is_first = self._analysis is None
        self._analysis = analysis
        p_method = analysis.cohort.settings.p_method
        for table in tables(analysis):
            section = self._sections.get(table.number)
            if section is None:
                self._add(table)
            else:
                section.show_table(table, p_method)
        classified = analysis.sizes[Group.RESPONDER] + analysis.sizes[Group.NON_RESPONDER]
        self._message.show_message("" if classified else self.wording("results.empty.no_groups"), "info")
        self._show_chosen_tables()
        if is_first and self._to_restore:
            self._take_up()
        elif is_first:
            self._choose_first()
        self._explain()

    def _add(self, table: Table) -> None:
        analysis = self._analysis
        if analysis is None:
            return
        section = TableSection(table, analysis.cohort.settings.p_method, self.wording, self.theme)
        section.view.cell_chosen.connect(self._on_cell)
        section.view.left_over_edge.connect(self._go_on)
        self._sections[table.number] = section
        self._tables.insertWidget(1 + len(self._sections), section)

    def _on_chips(self) -> None:
        self._show_chosen_tables()

    def _show_chosen_tables(self) -> None:
        shown = self.header.shown()
        for number, section in self._sections.items():
            section.setVisible(number in shown)
        self._none.setVisible(not shown)
        self._show_notes()
        self._fit()

    def _show_notes(self) -> None:
        """The notes that the shown tables share, each once: which P, whose groups, who is undetermined."""
        tables_shown = [self._sections[number].table for number in self.header.shown() if number in self._sections]
        notes = [note for table in tables_shown for note in table.notes if not is_own_note(note)]
        first = dict.fromkeys(note_text(note, self.wording) for note in notes if note.key.startswith("p."))
        others = dict.fromkeys(note_text(note, self.wording) for note in notes if not note.key.startswith("p."))
        text = "\n".join(part for part in (" ".join(first), " ".join(others)) if part)
        self._foot_text.setText(text)
        self._scrolled_notes.setText(text)

    def shown_tables(self) -> list[Table]:
        """The tables that are on the page now."""
        return [self._sections[number].table for number in self.header.shown() if number in self._sections]

    def view(self, number: str) -> TableView:
        """The view of one table; KeyError before it was computed."""
        return self._sections[number].view

    def copy_shown(self) -> None:
        """Put all shown tables on the clipboard."""
        if shown := self.shown_tables():
            copy_tables(shown, self.wording)

    # The chosen cell

    def _choose_first(self) -> None:
        """Begin at the first P that is significant, or else the first P: the page explains something at once."""
        found: tuple[TableView, int, int] | None = None
        for number in self.header.shown():
            view = self._sections[number].view
            for row, of in enumerate(view.table.rows):
                for column, cell in enumerate(of.cells):
                    if cell.kind is CellKind.P and (cell.bold or found is None):
                        found = view, row, column + FIRST_CELL
                        if cell.bold:
                            found[0].choose(*found[1:])
                            return
        if found is not None:
            found[0].choose(*found[1:])

    def _on_cell(self, view: TableView) -> None:
        if self._chosen is not None and self._chosen is not view:
            self._chosen.clear_choice()
        self._chosen = view
        self._explain()
        if view.hasFocus():
            self._keep_in_sight(view)

    def _keep_in_sight(self, view: TableView) -> None:
        """Scroll to the chosen cell of a table that shows all its rows and so never scrolls itself."""
        cell = view.visualRect(view.currentIndex())
        centre = view.viewport().mapTo(self._content, cell.center())
        self._area.ensureVisible(centre.x(), centre.y(), cell.width() // 2 + 8, cell.height() // 2 + 40)

    def _explain(self) -> None:
        view, analysis = self._chosen, self._analysis
        if view is None or analysis is None:
            self.panel.explain(None)
            return
        index = view.currentIndex()
        found = view.table_model().cell_at(index)
        if found is None:
            self.panel.explain(None)
            return
        head = view.table.head[index.column() - FIRST_CELL]
        self.panel.explain(Explainer(analysis, self.wording).explain(view.table.number, head, *found))

    def _go_on(self, view: TableView, step: int) -> None:
        """An arrow key over the first or last row goes on in the table before or after."""
        shown = [self._sections[number].view for number in self.header.shown()]
        at = shown.index(view) + step
        if 0 <= at < len(shown):
            column = min(view.currentIndex().column(), shown[at].table_model().columnCount() - 1)
            shown[at].setFocus(Qt.FocusReason.OtherFocusReason)
            shown[at].choose(0 if step > 0 else shown[at].table_model().rowCount() - 1, column)

    # Room

    def _fit(self) -> None:
        """Share the room that there is now among the tables, and let the panel lie under them where it is little."""
        shown = [self._sections[number] for number in self.header.shown() if number in self._sections]
        if not shown:
            return
        margins = self._tables.contentsMargins()
        width = self._area.viewport().width() - margins.left() - margins.right()
        needed = {
            room: [section.view.needed(stacked=room is Room.STACKED) for section in shown]
            for room in (Room.WIDE, Room.STACKED)
        }
        widths = fit(needed, width)
        for section in shown:
            section.take_widths(widths)

    def _arrange(self) -> None:
        width, height = self.width(), self.height()
        beside = width >= _PANEL_FROM
        if beside:
            self._outer.setDirection(QBoxLayout.Direction.LeftToRight)
            self.panel.set_column(PANEL_WIDTH if width >= _WIDE_PANEL_FROM else _NARROW_PANEL)
        else:
            self._outer.setDirection(QBoxLayout.Direction.TopToBottom)
            self.panel.set_strip()
            self.panel.set_drawer_height(height * 2 // 5)
        padding = PAGE_PADDING if width >= _SLIM_BELOW else _SLIM_PADDING
        self._tables.setContentsMargins(padding, 12, padding, 12)
        self.header.set_room(width - (self.panel.width() if beside else 0))
        has_foot = height >= (_FOOT_FROM_HEIGHT if beside else _FOOT_WITH_STRIP_FROM) and width >= _SLIM_BELOW
        self._foot.setVisible(has_foot and self._body.currentIndex() == 0)
        self._scrolled_notes.setVisible(not has_foot)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    # Being built anew

    @override
    def state(self) -> dict[str, Any]:
        kept: dict[str, Any] = {
            "tables": self.header.shown(),
            "scroll": self._area.verticalScrollBar().value(),
            "drawer": self.panel.is_open,
        }
        if self._chosen is not None and self._chosen.currentIndex().isValid():
            index = self._chosen.currentIndex()
            kept["cell"] = self._chosen.table.number, index.row(), index.column()
        return kept

    @override
    def restore(self, state: dict[str, Any]) -> None:
        self.header.show_chips(tuple(state.get("tables", self.header.shown())))
        self.panel.open_drawer(bool(state.get("drawer")))
        self._to_restore = state
        if self._sections:
            self._show_chosen_tables()
            self._take_up()

    def _take_up(self) -> None:
        """Choose the cell of a kept state again, and scroll to where it stood once the tables have their heights."""
        number, row, column = self._to_restore.get("cell", ("", 0, 0))
        if number in self._sections:
            self._sections[number].view.choose(row, column)
        QTimer.singleShot(0, self._scroll_back)

    def _scroll_back(self) -> None:
        self._area.verticalScrollBar().setValue(int(self._to_restore.get("scroll", 0)))
