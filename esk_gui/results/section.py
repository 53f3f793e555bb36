"""One table with its title above it and its own notes below."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from esk_engine.report import Table, note_text, title
from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.results.cautions import RowWarnings
from esk_gui.results.fit import Widths
from esk_gui.results.texts import is_own_note
from esk_gui.results.view import TableView
from esk_gui.theme import Theme
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import text_label

_LEAST_NOTES = 240


class TableSection(QWidget):
    """A table as it stands on the page."""

    def __init__(
        self, table: Table, p_method: PMethod, wording: Wording, theme: Theme, warnings: RowWarnings = ()
    ) -> None:
        super().__init__()
        self._wording = wording
        self.view = TableView(table, p_method, wording, theme, warnings)
        name, caption = title(table, wording)
        self.view.setAccessibleName(f"{name} {caption}")
        self._name, self._caption = text_label(name, "table_name"), text_label(caption)
        self._notes = text_label("", "foot", wrap=True)
        head = bare(QHBoxLayout(), 10)
        head.addWidget(self._name)
        head.addWidget(self._caption, 1)
        column = bare(QVBoxLayout(self), 6)
        column.addLayout(head)
        column.addWidget(self.view)
        column.addWidget(self._notes)
        self._show_notes(table)

    @property
    def table(self) -> Table:
        return self.view.table

    def show_table(self, table: Table, p_method: PMethod, warnings: RowWarnings = ()) -> None:
        """Show newer figures of the same table."""
        self.view.show_table(table, p_method, warnings)
        self._show_notes(table)

    def take_widths(self, widths: Widths) -> None:
        self.view.take_widths(widths)
        width = max(_LEAST_NOTES, self.view.width())
        self._notes.ensurePolished()
        self._notes.setFixedWidth(width)
        self._notes.setMinimumHeight(
            max(0, self._notes.heightForWidth(width))
        )  # the layout would reckon with its own width

    def _show_notes(self, table: Table) -> None:
        own = [note_text(note, self._wording) for note in table.notes if is_own_note(note)]
        self._notes.setText(" ".join(own))
        self._notes.setVisible(bool(own))
