"""Results: the tables of the study as a reader of a journal expects them, each cell ready to explain itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.judge import Group
from esk_engine.report import Analysis, Table, tables
from esk_gui.app import Session
from esk_gui.results.area import TablesArea
from esk_gui.results.compute import ReportJob
from esk_gui.results.empty import EmptyState
from esk_gui.results.explain import Explainer
from esk_gui.results.header_bar import ResultsHeader
from esk_gui.results.panel import ExplainPanel
from esk_gui.results.view import TableView, copy_tables
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import PAGE_PADDING, PANEL_WIDTH, FootBar, bare
from esk_gui.widgets.labels import text_label
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
        self._area = TablesArea(self.wording, self.theme)
        self._area.cell_chosen.connect(self._explain)
        self._body = QStackedWidget()
        self._body.addWidget(self._area)
        self._body.addWidget(EmptyState(self.session, "results"))
        self._foot = FootBar(PAGE_PADDING)
        self._foot_text = text_label("", "foot", "results_notes", wrap=True)
        self._foot.row.addWidget(self._foot_text, 1)
        left = QWidget()
        column = bare(QVBoxLayout(left))
        for widget, stretch in ((self.header, 0), (self._build_waiting(), 0), (self._body, 1), (self._foot, 0)):
            column.addWidget(widget, stretch)
        self._outer = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self._outer.addWidget(left, 1)
        self._outer.addWidget(self.panel)

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
        self.panel.setVisible(has_patients)
        self._arrange()
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
        self._area.message.show_message(self.wording("results.cancelled"), "warning")

    def _fail(self, error: BaseException) -> None:
        self._area.message.show_message(self.wording("results.failed"), "error")
        self.session.show_error(error)

    # Showing

    def _show(self, analysis: Analysis) -> None:
        """Show what was computed; tables that stay keep their selection."""
        is_first = self._analysis is None
        self._analysis = analysis
        classified = analysis.sizes[Group.RESPONDER] + analysis.sizes[Group.NON_RESPONDER]
        self._area.message.show_message("" if classified else self.wording("results.empty.no_groups"), "info")
        self._area.show_tables(tables(analysis), analysis.cohort.settings.p_method)
        self._on_chips()
        if is_first and self._to_restore:
            self._take_up()
        elif is_first:
            self._area.choose_first()
        self._explain()

    def _on_chips(self) -> None:
        self._area.show_only(self.header.shown())
        self._show_notes()

    def _show_notes(self) -> None:
        notes = self._area.common_notes()
        self._foot_text.setText(notes)
        self._area.show_notes("" if self._has_foot() else notes)

    def _explain(self) -> None:
        chosen = self._area.chosen_cell()
        if chosen is None or self._analysis is None:
            self.panel.explain(None)
        else:
            self.panel.explain(Explainer(self._analysis, self.wording).explain(*chosen))

    def shown_tables(self) -> list[Table]:
        """The tables that are on the page now."""
        return self._area.tables()

    def view(self, number: str) -> TableView:
        """The view of one table; KeyError before it was computed."""
        return self._area.view(number)

    def copy_shown(self) -> None:
        """Put all shown tables on the clipboard."""
        if shown := self.shown_tables():
            copy_tables(shown, self.wording)

    # Room

    def _is_panel_beside(self) -> bool:
        return self.width() >= _PANEL_FROM

    def _has_foot(self) -> bool:
        """Whether the common notes stay in sight; where the window is low or narrow they scroll with the tables."""
        least = _FOOT_FROM_HEIGHT if self._is_panel_beside() else _FOOT_WITH_STRIP_FROM
        return self.height() >= least and self.width() >= _SLIM_BELOW

    def _arrange(self) -> None:
        """Let the panel lie under the tables, and the notes scroll with them, where room is scarce."""
        width, beside = self.width(), self._is_panel_beside()
        if beside:
            self._outer.setDirection(QBoxLayout.Direction.LeftToRight)
            self.panel.set_column(PANEL_WIDTH if width >= _WIDE_PANEL_FROM else _NARROW_PANEL)
        else:
            self._outer.setDirection(QBoxLayout.Direction.TopToBottom)
            self.panel.set_strip()
            self.panel.set_drawer_height(self.height() * 2 // 5)
        self._area.set_padding(PAGE_PADDING if width >= _SLIM_BELOW else _SLIM_PADDING)
        is_empty = self._body.currentIndex() != 0
        self.header.set_room(width - (self.panel.width() if beside and not is_empty else 0))
        self._foot.setVisible(self._has_foot() and not is_empty)
        self._show_notes()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # Being built anew

    @override
    def state(self) -> dict[str, Any]:
        return {
            "tables": self.header.shown(),
            "scroll": self._area.verticalScrollBar().value(),
            "drawer": self.panel.is_open,
            "cell": self._area.chosen_place(),
        }

    @override
    def restore(self, state: dict[str, Any]) -> None:
        self.header.show_chips(tuple(state.get("tables", self.header.shown())))
        self.panel.open_drawer(bool(state.get("drawer")))
        self._to_restore = state
        if self._analysis is not None:
            self._on_chips()
            self._take_up()

    def _take_up(self) -> None:
        """Choose the cell of a kept state again, and scroll to where it stood."""
        place = self._to_restore.get("cell")
        if place is not None:
            self._area.choose(place)
        self._area.scroll_to(int(self._to_restore.get("scroll", 0)))
