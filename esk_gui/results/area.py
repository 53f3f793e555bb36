"""The tables under each other in one scrolling area: they share their columns, one of their cells is the chosen one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from esk_engine.report import Cell, CellKind, Head, MethodsParagraph, Row, Table, note_text
from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.results.cautions import RowWarnings
from esk_gui.results.fit import Room, fit
from esk_gui.results.header_bar import EXTRAS, METHODS, TABLES
from esk_gui.results.methods import MethodsSection
from esk_gui.results.model import FIRST_CELL
from esk_gui.results.section import TableSection
from esk_gui.results.texts import is_own_note
from esk_gui.results.view import TableView
from esk_gui.theme import Theme
from esk_gui.widgets.frames import PAGE_PADDING
from esk_gui.widgets.labels import MessageLabel, text_label

CellPlace = tuple[str, int, int]
_ABOVE, _BETWEEN = 12, 18
_ABOVE_TABLES = 2  # the message, and what is said where no table is shown
_ORDER = (*TABLES, *EXTRAS)


class TablesArea(QScrollArea):
    """Shows the tables of the report; ``cell_chosen`` whenever another cell is the chosen one, or none.

    ``cell_activated`` when Enter or a double click asks more of the chosen cell; ``methods_copied``.
    """

    cell_chosen = Signal()
    cell_activated = Signal()
    methods_copied = Signal()

    def __init__(self, wording: Wording, theme: Theme) -> None:
        super().__init__()
        self._wording, self._theme = wording, theme
        self._sections: dict[str, TableSection] = {}
        self._shown: tuple[str, ...] = ()
        self._chosen: TableView | None = None
        self._wanted_scroll = 0
        self._to_reveal: QWidget | None = None
        self._methods: MethodsSection | None = None
        self.setObjectName("results_scroll")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setSpacing(_BETWEEN)
        self.set_padding(PAGE_PADDING)
        self.message = MessageLabel(theme, "message_results")
        self._none = text_label(wording("results.no_table"), "body_second")
        self._none.hide()
        self._notes = text_label("", "foot", wrap=True)
        for widget in (self.message, self._none, self._notes):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.setWidget(self._content)

    # Tables

    def show_tables(
        self, tables: Iterable[Table], p_method: PMethod, warnings: Mapping[str, RowWarnings] | None = None
    ) -> None:
        """Show newer figures; a table that stands already keeps its chosen cell.

        Parameters
        ----------
        warnings
            By the table's number what its rows warn of.
        """
        for table in tables:
            signs = (warnings or {}).get(table.number, ())
            section = self._sections.get(table.number)
            if section is not None:
                section.show_table(table, p_method, signs)
                continue
            section = TableSection(table, p_method, self._wording, self._theme, signs)
            section.view.cell_chosen.connect(self._on_cell)
            section.view.left_over_edge.connect(self._go_on)
            section.view.activated.connect(self._on_activated)
            before = sum(_ORDER.index(number) < _ORDER.index(table.number) for number in self._sections)
            self._sections[table.number] = section
            self._column.insertWidget(_ABOVE_TABLES + before, section)
        self.show_only(self._shown)

    def show_methods(self, paragraphs: Iterable[MethodsParagraph], plain: str) -> None:
        """Show the Methods text under the tables."""
        if self._methods is None:
            self._methods = MethodsSection(self._wording, self._theme)
            self._methods.copied.connect(self.methods_copied)
            self._column.insertWidget(_ABOVE_TABLES + len(self._sections), self._methods)
        self._methods.show_paragraphs(tuple(paragraphs), plain)
        self._methods.setVisible(METHODS in self._shown)

    def drop_extras(self, keep: tuple[str, ...] = ()) -> None:
        """Take away what was shown on request, but what is to be kept: it is of an older analysis."""
        for number in EXTRAS:
            section = None if number in keep else self._sections.pop(number, None)
            if section is not None:
                self._forget(section.view)
                self._let_go(section)
        if self._methods is not None and METHODS not in keep:
            self._let_go(self._methods)
            self._methods = None
        self._fit()

    def _let_go(self, widget: QWidget) -> None:
        if self._to_reveal is widget:
            self._to_reveal = None
        self._column.removeWidget(widget)
        widget.hide()
        widget.deleteLater()

    def has_part(self, part: str) -> bool:
        """Whether a table, or the Methods text, is there to be shown."""
        return self._methods is not None if part == METHODS else part in self._sections

    def reveal(self, part: str) -> None:
        """Scroll to where a part begins, once everything has its height."""
        self._to_reveal = self._methods if part == METHODS else self._sections.get(part)
        QTimer.singleShot(0, self, self._scroll_to_part)

    def _scroll_to_part(self) -> None:
        if self._to_reveal is not None:
            self._column.activate()
            self.verticalScrollBar().setValue(self._to_reveal.y() - _ABOVE)
            self._to_reveal = None

    def show_only(self, numbers: tuple[str, ...]) -> None:
        """Show some of the parts; a cell of a table that goes is no longer the chosen one."""
        self._shown = numbers
        if self._methods is not None:
            self._methods.setVisible(METHODS in numbers)
        for number, section in self._sections.items():
            section.setVisible(number in numbers)
        self._none.setVisible(not numbers)
        if self._chosen is not None and self._chosen.table.number not in numbers:
            self._forget(self._chosen)
        self._fit()

    def _forget(self, view: TableView) -> None:
        """A table that goes takes its chosen cell along."""
        if self._chosen is view:
            view.clear_choice()
            self._chosen = None
            self.cell_chosen.emit()

    def tables(self) -> list[Table]:
        """The tables that are shown now."""
        return [section.table for section in self._shown_sections()]

    def view(self, number: str) -> TableView:
        """The view of one table; KeyError before it was computed."""
        return self._sections[number].view

    def _shown_sections(self) -> list[TableSection]:
        return [self._sections[number] for number in _ORDER if number in self._shown and number in self._sections]

    # Notes

    def common_notes(self) -> str:
        """The notes that the shown tables share, each once: which P, whose groups, who is undetermined."""
        notes = [note for table in self.tables() for note in table.notes if not is_own_note(note)]
        first = dict.fromkeys(note_text(note, self._wording) for note in notes if note.key.startswith("p."))
        others = dict.fromkeys(note_text(note, self._wording) for note in notes if not note.key.startswith("p."))
        return "\n".join(part for part in (" ".join(first), " ".join(others)) if part)

    def show_notes(self, text: str) -> None:
        """Put the common notes under the last table, or "" where they stand at the foot of the page."""
        self._notes.setText(text)
        self._notes.setVisible(bool(text))

    # The chosen cell

    def chosen_cell(self) -> tuple[str, Head, Row, Cell] | None:
        """The number of its table, what stands above and beside it, and the cell; None on a label or nowhere."""
        view = self._chosen
        found = None if view is None else view.table_model().cell_at(view.currentIndex())
        if view is None or found is None:
            return None
        return view.table.number, view.table.head[view.currentIndex().column() - FIRST_CELL], *found

    def chosen_place(self) -> CellPlace | None:
        """Table, row and column of the chosen cell, to be kept and chosen again."""
        if self._chosen is None or not self._chosen.currentIndex().isValid():
            return None
        index = self._chosen.currentIndex()
        return self._chosen.table.number, index.row(), index.column()

    def choose(self, place: CellPlace) -> None:
        number, row, column = place
        if number in self._sections:
            self._sections[number].view.choose(row, column)

    def choose_first(self) -> None:
        """Begin at the first P that is significant, or else the first P: the page explains something at once."""
        found = [
            (not cell.bold, (table.number, row, column + FIRST_CELL))
            for table in self.tables()
            for row, of in enumerate(table.rows)
            for column, cell in enumerate(of.cells)
            if cell.kind is CellKind.P
        ]
        if found:
            self.choose(min(found, key=lambda each: each[0])[1])

    def _on_cell(self, view: TableView) -> None:
        if self._chosen is not None and self._chosen is not view:
            self._chosen.clear_choice()
        self._chosen = view
        self.cell_chosen.emit()
        if view.hasFocus():
            self._keep_in_sight(view)

    def _on_activated(self) -> None:
        self.cell_activated.emit()

    def _keep_in_sight(self, view: TableView) -> None:
        """Scroll to the chosen cell of a table that shows all its rows and so never scrolls itself."""
        cell = view.visualRect(view.currentIndex())
        centre = view.viewport().mapTo(self._content, cell.center())
        self.ensureVisible(centre.x(), centre.y(), cell.width() // 2 + 8, cell.height() // 2 + 40)

    def _go_on(self, view: TableView, step: int) -> None:
        """An arrow key over the first or last row goes on in the table before or after."""
        views = [section.view for section in self._shown_sections()]
        at = views.index(view) + step
        if 0 <= at < len(views):
            model = views[at].table_model()
            column = min(view.currentIndex().column(), model.columnCount() - 1)
            views[at].setFocus(Qt.FocusReason.OtherFocusReason)
            views[at].choose(0 if step > 0 else model.rowCount() - 1, column)

    # Room

    def set_padding(self, padding: int) -> None:
        self._column.setContentsMargins(padding, _ABOVE, padding, _ABOVE)

    def scroll_to(self, height: int) -> None:
        """Scroll to where a page stood, once the tables have their heights."""
        self._wanted_scroll = height
        QTimer.singleShot(0, self, self._scroll_back)

    def _scroll_back(self) -> None:
        self.verticalScrollBar().setValue(self._wanted_scroll)

    def _fit(self) -> None:
        """Share the room that there is now: tables 3 to 6 line up, what shows on request has columns of its own."""
        shown = self._shown_sections()
        margins = self._column.contentsMargins()
        width = self.viewport().width() - margins.left() - margins.right()
        lined_up = [section for section in shown if section.table.number in TABLES]
        alone = [[section] for section in shown if section.table.number not in TABLES]
        for group in (lined_up, *alone):
            needed = {
                room: [section.view.needed(stacked=room is Room.STACKED) for section in group]
                for room in (Room.WIDE, Room.STACKED)
            }
            widths = fit(needed, width)
            for section in group:
                section.take_widths(widths)

    def _is_choice_in_sight(self, height: int) -> bool:
        """Whether the chosen cell stood within so many pixels of the area."""
        if self._chosen is None or not self._chosen.currentIndex().isValid():
            return False
        cell = self._chosen.visualRect(self._chosen.currentIndex())
        middle = self._chosen.viewport().mapTo(self._content, cell.center()).y() - self.verticalScrollBar().value()
        return 0 <= middle < height

    def _keep_choice_in_sight(self) -> None:
        if self._chosen is not None:
            self._keep_in_sight(self._chosen)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        was_in_sight = self._is_choice_in_sight(event.oldSize().height())
        super().resizeEvent(event)
        self._fit()
        if was_in_sight:  # opening the drawer must not cover what it explains
            QTimer.singleShot(0, self, self._keep_choice_in_sight)
