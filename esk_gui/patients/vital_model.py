"""The vital signs as a table model: scheduled rows fill by themselves, what was typed wrong stays in its cell."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from esk_engine.errors import Issue
from esk_engine.records import Patient
from esk_gui.patients.drafts import Drafts
from esk_gui.patients.vital_entry import CLOCK, COLUMNS, VitalEntry
from esk_gui.patients.vital_look import CellLook, GridLooks
from esk_gui.patients.vital_marks import Marks
from esk_gui.patients.vital_rows import VITAL_VARIABLES, GridRow, grid_rows

if TYPE_CHECKING:
    from esk_gui.app import Session
    from esk_gui.patients.entry import Standing

_ANY = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_NOTHING = CellLook()
_READABLE = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_EDITABLE = _READABLE | Qt.ItemFlag.ItemIsEditable
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class VitalColumn(IntEnum):
    """The columns, in the order of the grid."""

    CLOCK = 0
    MINUTE = 1
    HEART_RATE = 2
    SYSTOLIC = 3
    DIASTOLIC = 4


class VitalSignsModel(QAbstractTableModel):
    """One patient's grid. ``refused`` tells the issues of a cell that was not taken (none: it was)."""

    refused = Signal(object)

    def __init__(self, session: Session, entry: VitalEntry, drafts: Drafts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._entry, self._drafts = session, entry, drafts
        self._patient: Patient | None = None
        self._rows: tuple[GridRow, ...] = ()
        self._looks: GridLooks | None = None
        self._keys: list[tuple[object, ...]] = []
        self._cells: list[tuple[CellLook, ...]] = []
        self._short_heads = False
        self.lock = ""  # why nothing can be changed, "" where it can

    def set_short_heads(self, short: bool) -> None:
        """Shorter headings where there is little room."""
        self._short_heads = short
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    @property
    def patient(self) -> Patient | None:
        return self._patient

    @property
    def rows(self) -> tuple[GridRow, ...]:
        return self._rows

    def show_patient(self, patient: Patient | None, marks: Marks, standing: Standing) -> None:
        """Show a patient anew; where the minutes are the same only the rows that look otherwise change."""
        rows = grid_rows(patient, self._session.open_study.settings) if patient else ()
        looks = None
        if patient is not None:
            has_drafts = self._drafts.has(patient.id)
            looks = GridLooks(patient, marks, standing, self._drafts, has_drafts, self._session.wording)
        is_same = [(r.minute, r.key) for r in rows] == [(r.minute, r.key) for r in self._rows] or (
            self._patient is not None
            and patient is not None
            and self._patient.id == patient.id
            and [r.minute for r in rows] == [r.minute for r in self._rows]
        )
        if not is_same:
            self.beginResetModel()
        self._patient, self._rows, self._looks = patient, rows, looks
        changed = self._look_again()
        if not is_same:
            self.endResetModel()
            return
        for row in changed:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))

    def _look_again(self) -> list[int]:
        """Work out the cells of the rows that look otherwise than before; which rows these are."""
        looks, old_keys, old_cells = self._looks, self._keys, self._cells
        self._keys = [looks.key(row) for row in self._rows] if looks else []
        kept = len(old_keys) == len(self._keys)
        changed = [at for at, key in enumerate(self._keys) if not kept or key != old_keys[at]]
        self._cells = list(old_cells) if kept else [()] * len(self._keys)
        if looks is not None:
            for at in changed:
                self._cells[at] = looks.cells(self._rows[at])
        return changed

    def row_at(self, minute: int) -> int | None:
        """The row of a minute."""
        return next((at for at, row in enumerate(self._rows) if row.minute == minute), None)

    def look(self, index: _ANY) -> CellLook:
        """How a cell looks."""
        inside = index.isValid() and index.row() < len(self._cells)
        return self._cells[index.row()][index.column()] if inside else _NOTHING

    def issue_of(self, row: GridRow, name: str) -> Issue | None:
        """What is wrong or doubtful with a cell."""
        return self._looks.issue(row, name) if self._looks else None

    def stored_text(self, row: GridRow, name: str) -> str:
        """What is stored in a cell, whatever is typed over it."""
        return self._looks.text(row, name) if self._looks else ""

    # What a view asks

    @override
    def rowCount(self, parent: _ANY = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _ANY = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    @override
    def flags(self, index: _ANY) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _READABLE if self.lock else _EDITABLE

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        words, name = self._session.wording, COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            if name == CLOCK:
                return words("patients.clock")
            if name not in VITAL_VARIABLES:
                return words.short_label(name)
            head = words(f"patients.head.{name}") if self._short_heads else words.short_label(name)
            return f"{head}\n{words.unit(name)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return words("patients.clock.help") if name == CLOCK else words.label(name)
        return None

    @override
    def data(self, index: _ANY, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._looks is None or index.row() >= len(self._rows):
            return None
        row, name = self._rows[index.row()], COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return self.look(index).text
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT
            case Qt.ItemDataRole.ToolTipRole:
                return self._looks.tooltip(row, name) or self.lock or None
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._looks.spoken(row, name)
            case _:
                return None

    @override
    def setData(self, index: _ANY, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or self._patient is None or self._looks is None:
            return False
        row, name = self._rows[index.row()], COLUMNS[index.column()]
        text = str(value)
        if text == self.look(index).text:
            return True
        if text == self._looks.text(row, name):
            for place in self._looks.places(row, name):
                self._drafts.drop(place)
            return True
        issues = self._entry.type(self._patient, row, name, text)
        self.refused.emit(issues)
        return not issues
