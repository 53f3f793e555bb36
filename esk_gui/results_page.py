"""Results: the tables of the study as a reader of a journal expects them, each cell ready to explain itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.judge import Group
from esk_engine.report import Analysis, Table, methods_paragraphs, methods_text, p_table, side_effect_table, tables
from esk_gui.app import Session
from esk_gui.results.area import CellPlace, TablesArea
from esk_gui.results.cautions import row_warnings
from esk_gui.results.compute import ReportJob
from esk_gui.results.empty import EmptyState
from esk_gui.results.exact import ExactRuns
from esk_gui.results.explain import TESTED, Explainer
from esk_gui.results.explanation import Offer
from esk_gui.results.extras import ExtrasJob
from esk_gui.results.header_bar import EXTRAS, METHODS, ResultsHeader
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
_SIDE_TABLES = {"p": p_table, "7": side_effect_table}
_LEAST_SIZE = 480, 200  # what gives way is decided here, not by what the parts would like to keep


class ResultsPage(Page):
    """Tables 3 to 6 and the clinician's decision; a panel says how the chosen cell was computed.

    All P-values side by side, side effects against concentrations, and the Methods text show on request, and are
    computed only then.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session, "results")
        self.setMinimumSize(*_LEAST_SIZE)
        self._plain: Analysis | None = None  # without the exact P-values that were asked for
        self._analysis: Analysis | None = None
        self._to_reveal = ""
        self._to_choose: CellPlace | None = None  # a cell of a table that is still being computed
        self._to_restore: dict[str, Any] = {}
        self._report = ReportJob(session, "results", self)
        self._report.computed.connect(self._show)
        self._report.failed.connect(self._fail)
        self._report.running_changed.connect(self._on_running)
        self._report.progressed.connect(self._on_progress)
        self._extras = ExtrasJob(session, self)
        self._extras.computed.connect(self._on_extras)
        self._extras.failed.connect(self._fail_extras)
        self._extras.running_changed.connect(self._on_running)
        self._extras.progressed.connect(self._on_progress)
        self._exact = ExactRuns(session, self)
        self._exact.found.connect(self._show_again)
        self._exact.failed.connect(session.show_error)
        self._exact.changed.connect(self._tell_exact)
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(_WAIT_BEFORE_TELLING)
        self._waiting.timeout.connect(self._tell_running)
        self._build()

    # Building

    def _build(self) -> None:
        self.header = ResultsHeader(self.wording, self.theme)
        self.header.tables_chosen.connect(self._on_chips)
        self.header.extra_shown.connect(self._reveal)
        self.header.method_chosen.connect(self._choose_method)
        self.header.copy_wanted.connect(self.copy_shown)
        self.panel = ExplainPanel(self.wording, self.theme)
        self.panel.exact_wanted.connect(self._compute_exact)
        self.panel.exact_cancelled.connect(self._exact.cancel)
        self._area = TablesArea(self.wording, self.theme)
        self._area.cell_chosen.connect(self._explain)
        self._area.cell_activated.connect(self._take_up_offer)
        self._area.methods_copied.connect(self._tell_copied)
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
            self._extras.cancel()
            self._exact.cancel()

    @override
    def on_study_changed(self, change: StudyChanged) -> None:
        if change.patients or change.settings or change.criteria:
            self.refresh()

    def _choose_method(self, code: str) -> None:
        self.session.open_study.set_setting("p_method", code)

    def _is_running(self) -> bool:
        return self._report.is_running or (self._extras.is_running and self._shows_extras())

    def _on_running(self, running: bool) -> None:
        if running:
            self._progress.setValue(0)
            self._waiting.start()
        elif not self._is_running():
            self._waiting.stop()
            self._wait.hide()

    def _tell_running(self) -> None:
        self._wait.setVisible(self._is_running())

    def _on_progress(self, share: float) -> None:
        self._progress.setValue(round(1000 * share))

    def cancel(self) -> None:
        """Stop a long computation; the tables that stand stay, and the page says that they are older."""
        key = "results.cancelled" if self._report.is_running else "results.cancelled_extras"
        self._report.cancel()
        self._extras.cancel()
        if key == "results.cancelled_extras":
            self._hide_extras()
        self._area.message.show_message(self.wording(key), "warning")

    def _fail(self, error: BaseException) -> None:
        self._area.message.show_message(self.wording("results.failed"), "error")
        self.session.show_error(error)

    def _fail_extras(self, error: BaseException) -> None:
        self._hide_extras()
        self._fail(error)

    # Showing

    def _show(self, analysis: Analysis) -> None:
        """Show what was computed; tables that stay keep their selection."""
        is_first = self._plain is None
        self._plain = analysis
        self._area.drop_extras(keep=self.header.shown())
        classified = analysis.sizes[Group.RESPONDER] + analysis.sizes[Group.NON_RESPONDER]
        self._area.message.show_message("" if classified else self.wording("results.empty.no_groups"), "info")
        self._show_again()
        if is_first and self._to_restore:
            self._take_up()
        elif is_first:
            self._area.choose_first()

    def _show_again(self) -> None:
        """Show the analysis with every exact P that is known by now."""
        if self._plain is None:
            return
        self._analysis = self._exact.applied(self._plain)
        self._extras.take(self._analysis)
        self._show_tables(tables(self._analysis))
        self._on_chips()
        self._explain()

    def _show_tables(self, shown: Iterable[Table]) -> None:
        analysis = self._analysis
        if analysis is None:
            return
        made = tuple(shown)
        warnings = {table.number: row_warnings(analysis, table, self._extras.found, self.wording) for table in made}
        self._area.show_tables(made, analysis.cohort.settings.p_method, warnings)

    def _on_chips(self) -> None:
        if self._shows_extras():
            self._extras.want()
            self._show_extras()
        self._area.show_only(self.header.shown())
        self._show_notes()

    # What shows on request

    def _shows_extras(self) -> bool:
        return any(part in EXTRAS for part in self.header.shown())

    def _on_extras(self) -> None:
        self._show_extras()
        self._show_notes()
        if self._to_choose is not None and self._area.has_part(self._to_choose[0]):
            self._area.choose(self._to_choose)
        self._to_choose = None
        self._explain()

    def _show_extras(self) -> None:
        """Show what is wanted of the extras, as far as they are there."""
        analysis, found = self._analysis, self._extras.found
        if analysis is None or found is None:
            return
        parts = self.header.shown()
        self._show_tables(make(analysis, found) for number, make in _SIDE_TABLES.items() if number in parts)
        if METHODS in parts:
            plain = methods_text(analysis, self.wording, found)
            self._area.show_methods(methods_paragraphs(analysis, self.wording, found), plain)
        if self._to_reveal in parts:
            self._area.reveal(self._to_reveal)
        self._to_reveal = ""

    def _reveal(self, part: str) -> None:
        """Bring a part into sight: now, or once it has been computed."""
        if self._extras.found is None:
            self._to_reveal = part
        else:
            self._area.reveal(part)

    def _hide_extras(self) -> None:
        """Nothing that is of an older analysis stays; a chip that is pressed again asks for it again."""
        self.header.show_chips(tuple(part for part in self.header.shown() if part not in EXTRAS))
        self._area.drop_extras()
        self._on_chips()

    def _tell_copied(self) -> None:
        self.session.tell(self.wording("results.methods.copied"))

    # Exact P-values that take long

    def _compute_exact(self, offer: Offer) -> None:
        if self._plain is not None:
            self._exact.start(offer, self._plain)

    def _take_up_offer(self) -> None:
        """Enter on a cell whose exact P was left out asks for it."""
        found = self.panel.explanation
        if found is not None and found.offer is not None and self._exact.running != found.offer:
            self._compute_exact(found.offer)

    def _tell_exact(self) -> None:
        self.panel.show_running(self._exact.running, self._exact.share)

    def _show_notes(self) -> None:
        notes = self._area.common_notes()
        self._foot_text.setText(notes)
        self._area.show_notes("" if self._has_foot() else notes)

    def _explain(self) -> None:
        chosen = self._area.chosen_cell()
        if chosen is None or self._analysis is None:
            self.panel.explain(None)
            return
        number, _, row, cell = chosen
        if cell.kind in TESTED and (row.comparison is not None or number in _SIDE_TABLES):
            self._extras.want()
        self.panel.explain(Explainer(self._analysis, self.wording, self._extras.found).explain(*chosen))
        self._tell_exact()

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
        if place is not None and place[0] in EXTRAS and not self._area.has_part(place[0]):
            self._to_choose = place
        elif place is not None:
            self._area.choose(place)
        self._area.scroll_to(int(self._to_restore.get("scroll", 0)))
