"""One table on the page: as high as its rows, as wide as its words need and the page gives."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QItemSelection, Qt, Signal
from PySide6.QtGui import QAction, QFontMetricsF, QGuiApplication, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView
from typing_extensions import override

from esk_engine.report import Table, cell_text, table_html, table_tsv
from esk_engine.settings import PMethod
from esk_engine.wording import Wording
from esk_gui.results.alignment import Alignment, align
from esk_gui.results.cautions import RowWarnings
from esk_gui.results.delegate import INDENT, LABEL_PX, MARK_ROOM, SIGN_ROOM, CellDelegate, part_font
from esk_gui.results.fit import Needed, Room, Widths
from esk_gui.results.header import PADDING_RIGHT, TableHeader, head_font
from esk_gui.results.model import FIRST_CELL, LABEL, PARTS_ROLE, SUBLABEL, Index, TableModel
from esk_gui.theme import BODY_PX, Theme
from esk_gui.widgets.copying import picture_mime

ROW_HEIGHT, TALL_ROW_HEIGHT = 22, 38
_LABEL_GAP = 12
_CELL_GAP = 8
_SIGN_BEYOND_GAP = SIGN_ROOM + 2 - _LABEL_GAP
_MOST_DOTS = 12_000_000  # of a picture on the clipboard: 48 MB


class TableView(QTableView):
    """Shows one table of the report.

    ``cell_chosen(view)`` when a cell becomes the current one; ``left_over_edge(view, 1 or -1)`` when an arrow key would
    leave the last or the first row.
    """

    cell_chosen = Signal(object)
    left_over_edge = Signal(object, int)

    def __init__(
        self, table: Table, p_method: PMethod, wording: Wording, theme: Theme, warnings: RowWarnings = ()
    ) -> None:
        super().__init__()
        self._wording = wording
        self.setObjectName(f"table_{table.number}")
        self._needed: dict[bool, Needed] = {}
        self._taken: Widths | None = None
        self._table_model = TableModel(table, p_method, wording, self, warnings)
        self._decimal_sign = "," if wording.language == "nl" else "."
        self._delegate = CellDelegate(theme, self._decimal_sign, self)
        self._header = TableHeader(theme, self)
        self.setHorizontalHeader(self._header)
        self.setItemDelegate(self._delegate)
        self.setModel(self._table_model)
        self._dress()
        self._measure()

    def _dress(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        self._header.setMinimumSectionSize(0)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QAction(self._wording("results.copy_selection"), self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_selection)
        whole = QAction(self._wording("results.copy_table"), self)
        whole.triggered.connect(self.copy_table)
        self.addActions([copy, whole])

    @property
    def table(self) -> Table:
        return self._table_model.table

    def table_model(self) -> TableModel:
        return self._table_model

    def show_table(self, table: Table, p_method: PMethod, warnings: RowWarnings = ()) -> None:
        """Show newer figures; the selection stays where the rows stay the same."""
        self._table_model.show(table, p_method, warnings)
        self._measure()

    def clear_choice(self) -> None:
        """Forget the selected cells: another table has them now."""
        self.selectionModel().clear()

    def choose(self, row: int, column: int) -> None:
        """Make one cell the current one, as a click would."""
        index = self._table_model.index(row, column)
        if index.isValid():
            self.setCurrentIndex(index)

    # Copying

    def copy_selection(self) -> None:
        """One cell's text; of several the part of the table with its heads and notes."""
        selected = self.selectionModel().selection()
        if selected.isEmpty():
            return
        indexes = selected.indexes()
        found = self._table_model.cell_at(indexes[0])
        if len(indexes) == 1 and found is not None:
            QGuiApplication.clipboard().setText(cell_text(found[1], self._wording))
            return
        copy_tables([_part(self.table, selected)], self._wording)

    def copy_table(self) -> None:
        copy_tables([self.table], self._wording)

    # Measures

    def _measure(self) -> None:
        """Line up the columns and span the labels; ``needed`` and ``take_widths`` do the rest."""
        self._needed, self._taken = {}, None
        model = self._table_model
        metrics = [QFontMetricsF(part_font(self.font(), is_bold=bold)) for bold in (False, True)]
        none = Alignment(())
        alignments = [none, none]
        for column in range(FIRST_CELL, model.columnCount()):
            cells = [model.index(row, column).data(PARTS_ROLE) for row in range(model.rowCount())]
            alignments.append(align(cells, self._decimal_sign, *metrics))
        self._alignments = alignments
        self._delegate.set_alignments(alignments)
        self.clearSpans()
        for row in range(model.rowCount()):
            if not model.label_at(row, SUBLABEL).text:
                self.setSpan(row, LABEL, 1, 2)

    def needed(self, *, stacked: bool) -> Needed:
        """The widths below which something would be cut off; ``stacked``: ranges stand under their number."""
        if stacked not in self._needed:
            self._needed[stacked] = self._reckon(stacked=stacked)
        return self._needed[stacked]

    def _reckon(self, *, stacked: bool) -> Needed:
        model = self._table_model
        label = sublabel = 0.0
        spanned = self._header.widest(LABEL) + _LABEL_GAP
        body, small = (QFontMetricsF(head_font(self.font(), size)) for size in (BODY_PX, LABEL_PX))
        for row in range(model.rowCount()):
            named, of = model.label_at(row, LABEL), model.label_at(row, SUBLABEL).text
            width = (
                INDENT * named.indent + (small if named.is_small else body).horizontalAdvance(named.text) + _LABEL_GAP
            )
            # the sign stands in the gap behind a label; where room is scarce the label gives way
            sign = _SIGN_BEYOND_GAP if model.warnings_at(row) and not stacked else 0
            if of:
                label, sublabel = max(label, width), max(sublabel, small.horizontalAdvance(of) + sign + _LABEL_GAP)
            else:
                spanned = max(spanned, width + sign)
        columns: dict[str, float] = {}
        for at, head in enumerate(self.table.head):
            column = at + FIRST_CELL
            is_right, alignment = model.is_right(column), self._alignments[column]
            cells = alignment.width if is_right or not stacked else alignment.stacked_width
            room = PADDING_RIGHT + _CELL_GAP if is_right else MARK_ROOM + _CELL_GAP
            head_room = _CELL_GAP + (PADDING_RIGHT if is_right else 0)
            columns[head.key] = max(cells + room, self._header.widest(column) + head_room)
        return Needed(label, sublabel, spanned, columns)

    def take_widths(self, widths: Widths) -> None:
        """Take the widths that all tables of the page share, and the height that the rows then need."""
        if widths == self._taken:
            return
        self._taken = widths
        self._delegate.set_stacked(widths.room is not Room.WIDE)
        self.setColumnWidth(LABEL, widths.label)
        self.setColumnWidth(SUBLABEL, widths.sublabel)
        total = widths.label + widths.sublabel
        for at, head in enumerate(self.table.head):
            width = widths.columns.get(head.key)
            self.setColumnHidden(at + FIRST_CELL, width is None)
            if width is not None:
                self.setColumnWidth(at + FIRST_CELL, width)
                total += width
        rows = self.verticalHeader()
        for row in range(self._table_model.rowCount()):
            is_tall = widths.room is not Room.WIDE and self._table_model.has_beside(row)
            rows.resizeSection(row, TALL_ROW_HEIGHT if is_tall else ROW_HEIGHT)
        self.setFixedSize(total, self._header.sizeHint().height() + rows.length())

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._needed, self._taken = {}, None

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        row = self.currentIndex().row()
        edge = self._table_model.rowCount() - 1 if step > 0 else 0
        if event.matches(QKeySequence.StandardKey.Copy):  # Qt's own would copy one cell, whatever is selected
            self.copy_selection()
        elif step and row == edge and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.left_over_edge.emit(self, step)
        else:
            super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls, not the table

    @override
    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.cell_chosen.emit(self)


def _part(table: Table, selection: QItemSelection) -> Table:
    """The rows and columns of a table that are selected; its notes go along."""
    rows = sorted({index.row() for index in selection.indexes()})
    columns = sorted({index.column() - FIRST_CELL for index in selection.indexes() if index.column() >= FIRST_CELL})
    heads = tuple(table.head[column] for column in columns)
    kept = (table.rows[row] for row in rows)
    return replace(
        table,
        head=heads,
        rows=tuple(replace(row, cells=tuple(row.cells[column] for column in columns)) for row in kept),
    )


def copy_tables(tables: list[Table], wording: Wording) -> None:
    """Put tables on the clipboard: as text for Excel, as HTML for Word, as a picture for what takes neither."""
    from esk_gui.report.table_picture import table_drawing

    drawing = table_drawing(tables, wording)
    text = "\n".join(table_tsv(table, wording) for table in tables)
    markup = "".join(table_html(table, wording) for table in tables)
    mime = picture_mime(drawing.image(drawing.scale_within(_MOST_DOTS)), drawing.svg(), text=text, html=markup)
    QGuiApplication.clipboard().setMimeData(mime)
