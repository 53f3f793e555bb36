"""The vital signs grid as a person drives it: typing overwrites, Enter and Tab go on, paste, clear, mark, add a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QFrame, QHeaderView, QMenu, QTableView, QWidget
from typing_extensions import override

from esk_gui.patients.signing.watch import would_change
from esk_gui.patients.vital_delegate import VitalDelegate
from esk_gui.patients.vital_model import VitalColumn, VitalSignsModel
from esk_gui.patients.vital_rows import GridRow
from esk_gui.widgets.copying import copy_lines
from esk_gui.widgets.entry import leaves_to_study

if TYPE_CHECKING:
    from esk_gui.app import Session

_ASIDE: dict[int, bool] = {Qt.Key.Key_Tab: True, Qt.Key.Key_Backtab: False}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ROW_TALL, ROW_LOW, HEADER = 26, 24, 40
_LEAST_ROWS = 7


class VitalSignsView(QTableView):
    """Asks for what needs more than a cell: a paste, cleared cells, artefacts, rows."""

    paste_requested = Signal(str)
    clear_requested = Signal()
    mark_requested = Signal()
    unmark_requested = Signal()
    row_remove_requested = Signal()
    row_add_requested = Signal()
    lock_met = Signal()

    def __init__(self, session: Session, model: VitalSignsModel) -> None:
        super().__init__()
        self._session, self._model = session, model
        self._tab_start: int | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.shows_all_rows = False
        self._kept: tuple[int | None, int, int] | None = None
        self.setObjectName("vital_signs")
        self.setAccessibleName(session.wording("patients.vital_signs"))
        self.setModel(model)
        self.setItemDelegate(VitalDelegate(session, model, self))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(20)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.setFixedHeight(HEADER)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._recall)
        self.set_row_height(ROW_TALL)

    # Size

    def set_row_height(self, height: int) -> None:
        if self.verticalHeader().defaultSectionSize() != height:
            self.verticalHeader().setDefaultSectionSize(height)

    def height_for(self, row_height: int) -> int:
        """The height at which every row is seen."""
        return HEADER + row_height * self._model.rowCount() + 2

    def fit(self) -> None:
        """Rows of 26 px where all of them are seen so, else of 24; the columns share the width."""
        self.set_row_height(ROW_TALL if self.height_for(ROW_TALL) <= self.height() else ROW_LOW)
        scrolls = self.height_for(ROW_LOW) > self.height()
        width = self.width() - (self.verticalScrollBar().sizeHint().width() if scrolls else 0)
        clock, minute = (48, 60) if width >= 300 else (45, 56)
        rest = max((width - clock - minute) // 3, 40)
        for column, each in enumerate((clock, minute, rest, rest, width - clock - minute - 2 * rest)):
            self.setColumnWidth(column, each)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def set_shows_all_rows(self, shows_all: bool) -> None:
        """Whether the page scrolls instead of the grid."""
        self.shows_all_rows = shows_all
        self.updateGeometry()

    @override
    def minimumSizeHint(self) -> QSize:
        rows = self._model.rowCount() if self.shows_all_rows else _LEAST_ROWS
        return QSize(240, HEADER + ROW_LOW * rows + 2)

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, self.height_for(ROW_TALL))

    # Where the cursor is

    def current_row(self) -> GridRow | None:
        row = self.currentIndex().row()
        return self._model.rows[row] if 0 <= row < len(self._model.rows) else None

    def cells(self) -> list[tuple[int, int]]:
        """The chosen cells, the current one at least."""
        chosen = [(index.row(), index.column()) for index in self.selectedIndexes()]
        current = self.currentIndex()
        return sorted(chosen) or ([(current.row(), current.column())] if current.isValid() else [])

    def go_to(self, row: int, column: int) -> None:
        """Put the cursor on a cell."""
        index = self._model.index(row, column)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def go_to_reading(self, minute: int, variable_column: int) -> None:
        """Put the cursor on a reading and give the grid the keyboard."""
        row = self._model.row_at(minute)
        if row is not None:
            self.go_to(row, variable_column)
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remember(self) -> None:
        row, current = self.current_row(), self.currentIndex()
        self._kept = (row.minute, current.row(), current.column()) if row else None

    def _recall(self) -> None:
        """After rows came or went the cursor is back on the minute it was on, or on that row where it is gone."""
        if self._kept is None or not self._model.rowCount():
            return
        minute, before, column = self._kept
        row = self._model.row_at(minute) if minute is not None else None
        self.go_to(min(before, self._model.rowCount() - 1) if row is None else row, column)

    # Keys

    def _step_down(self) -> None:
        """One down, back to the column where a run of Tabs began; past the last row on to the next column's top."""
        current = self.currentIndex()
        column = current.column() if self._tab_start is None else self._tab_start
        self._tab_start = None
        if current.row() + 1 < self._model.rowCount():
            self.go_to(current.row() + 1, column)
        elif column < VitalColumn.DIASTOLIC and column >= VitalColumn.HEART_RATE:
            self.go_to(0, column + 1)
        else:
            self.focusNextChild()

    def _step_aside(self, forward: bool) -> bool:
        """One aside; past the last vital sign on to the next row's first. False at either end of the grid."""
        current = self.currentIndex()
        row, column = current.row(), current.column() + (1 if forward else -1)
        if column > VitalColumn.DIASTOLIC:
            row, column, self._tab_start = row + 1, VitalColumn.HEART_RATE, None
        elif column < (VitalColumn.HEART_RATE if current.column() >= VitalColumn.HEART_RATE else 0):
            row, column = row - 1, VitalColumn.DIASTOLIC
        elif self._tab_start is None:
            self._tab_start = current.column()
        if not 0 <= row < self._model.rowCount():
            return False
        self.go_to(row, column)
        return True

    @override
    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Tab and Enter in a cell go where they go in the grid, not where Qt thinks."""
        if hint is QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
            self._step_down()
            return
        moves = {
            QAbstractItemDelegate.EndEditHint.EditNextItem: True,
            QAbstractItemDelegate.EndEditHint.EditPreviousItem: False,
        }
        if hint in moves:
            super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
            if not self._step_aside(moves[hint]):
                self.focusNextPrevChild(moves[hint])
            return
        super().closeEditor(editor, hint)

    @override
    def event(self, event: QEvent) -> bool:
        if leaves_to_study(event, uncommitted=False):
            event.ignore()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_requested.emit(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            copy_lines([line.split("\t") for line in self.copied().split("\n")], has_head=False)
        elif self._model.lock and (would_change(event) or key == Qt.Key.Key_Insert):
            self.lock_met.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear_requested.emit()
        elif key == Qt.Key.Key_M and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.mark_requested.emit()
        elif key == Qt.Key.Key_Insert:
            self.row_add_requested.emit()
        elif key in _ENTER:
            self._step_down()
        elif key in _ASIDE and self._step_aside(_ASIDE[key]):
            event.accept()
        else:
            if key not in _ASIDE and not event.text():
                self._tab_start = None
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """The cursor waits where the work goes on: the first heart rate of a row without readings."""
        if not self.currentIndex().isValid() and self._model.rows:
            empty = (at for at, row in enumerate(self._model.rows) if row.record is None)
            self.go_to(next(empty, 0), VitalColumn.HEART_RATE)
        super().focusInEvent(event)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab walks through the cells first; at either end it leaves the grid."""
        if self.hasFocus() and self.currentIndex().isValid() and self._step_aside(next):
            return True
        return super().focusNextPrevChild(next)

    def copied(self) -> str:
        """The chosen cells as tab-separated text."""
        lines: dict[int, list[str]] = {}
        for row, column in self.cells():
            lines.setdefault(row, []).append(str(self._model.index(row, column).data() or ""))
        return "\n".join("\t".join(cells) for _, cells in sorted(lines.items()))

    def _show_menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if not index.isValid():
            return
        if self._model.lock:
            self.lock_met.emit()
            return
        if (index.row(), index.column()) not in self.cells():
            self.setCurrentIndex(index)
        self.menu_for(index).popup(self.viewport().mapToGlobal(place))

    def menu_for(self, index: QModelIndex) -> QMenu:
        """What can be done with the chosen cells."""
        words, row = self._session.wording, self._model.rows[index.row()]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_vital = index.column() >= VitalColumn.HEART_RATE
        marked = is_vital and self._model.look(index).is_artefact
        if is_vital and row.record is not None:
            key = "patients.artefact.unmark" if marked else "patients.artefact.mark"
            action = menu.addAction(words(key))
            action.setShortcut(QKeySequence("Ctrl+M"))
            action.triggered.connect(self.unmark_requested if marked else self.mark_requested)
        menu.addAction(words("patients.paste")).triggered.connect(self._paste_from_menu)
        menu.addAction(words("patients.clear")).triggered.connect(self.clear_requested)
        menu.addAction(words("patients.reading.add")).triggered.connect(self.row_add_requested)
        remove = menu.addAction(words("patients.remove_row"))
        remove.setEnabled(row.record is not None)
        remove.triggered.connect(self.row_remove_requested)
        return menu

    def _paste_from_menu(self) -> None:
        self.paste_requested.emit(QGuiApplication.clipboard().text())
