"""The vital signs as a table model: scheduled rows fill by themselves, what was typed wrong stays in its cell."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from esk_engine.dictionary import Kind, variable
from esk_engine.errors import Issue
from esk_engine.records import Patient
from esk_gui.patients.drafts import Draft, Drafts, Place
from esk_gui.patients.vital_entry import CLOCK, COLUMNS, VitalEntry, place_of
from esk_gui.patients.vital_marks import Marks
from esk_gui.patients.vital_rows import VITAL_VARIABLES, GridRow, clock_time, grid_rows

if TYPE_CHECKING:
    from esk_gui.app import Session
    from esk_gui.patients.entry import Standing

_ANY = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class VitalColumn(IntEnum):
    """The columns, in the order of the grid."""

    CLOCK = 0
    MINUTE = 1
    HEART_RATE = 2
    SYSTOLIC = 3
    DIASTOLIC = 4


class VitalRole(IntEnum):
    """What the delegate asks of a cell besides its text."""

    IS_OUTSIDE = Qt.ItemDataRole.UserRole + 1
    IS_DECIDING = Qt.ItemDataRole.UserRole + 2
    IS_ARTEFACT = Qt.ItemDataRole.UserRole + 3
    STATE = Qt.ItemDataRole.UserRole + 4
    IS_END = Qt.ItemDataRole.UserRole + 5


class VitalSignsModel(QAbstractTableModel):
    """One patient's grid. ``refused`` tells the issues of a cell that was not taken (none: it was)."""

    refused = Signal(object)

    def __init__(self, session: Session, entry: VitalEntry, drafts: Drafts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._entry, self._drafts = session, entry, drafts
        self._patient: Patient | None = None
        self._rows: tuple[GridRow, ...] = ()
        self._marks = Marks()
        self._standing: Standing = {}
        self._short_heads = False

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
        """Show a patient anew; where the minutes are the same only the cells change."""
        rows = grid_rows(patient, self._session.open_study.settings) if patient else ()
        same = (
            patient is not None
            and self._patient is not None
            and patient.id == self._patient.id
            and [row.minute for row in rows] == [row.minute for row in self._rows]
        )
        if not same:
            self.beginResetModel()
        self._patient, self._rows, self._marks, self._standing = patient, rows, marks, standing
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def row_at(self, minute: int) -> int | None:
        """The row of a minute."""
        return next((at for at, row in enumerate(self._rows) if row.minute == minute), None)

    def is_artefact(self, index: _ANY) -> bool:
        """Whether a cell's value is marked as an artefact."""
        return bool(self.data(index, VitalRole.IS_ARTEFACT))

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
        shown = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return shown if self._session.open_study.read_only else shown | Qt.ItemFlag.ItemIsEditable

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
        if not index.isValid() or self._patient is None or index.row() >= len(self._rows):
            return None
        row, name = self._rows[index.row()], COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                draft = self._draft(row, name)
                return draft.text if draft else self._text(row, name)
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(row, name)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row, name)
            case VitalRole.IS_OUTSIDE:
                return (row.minute, name) in self._marks.outside
            case VitalRole.IS_DECIDING:
                return (row.minute, name) in self._marks.deciding
            case VitalRole.IS_ARTEFACT:
                return name in row.artefacts()
            case VitalRole.STATE:
                issue = self.issue_of(row, name)
                return "" if issue is None else "error" if issue.is_error else "warning"
            case VitalRole.IS_END:
                return row.is_end
            case _:
                return None

    @override
    def setData(self, index: _ANY, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or self._patient is None:
            return False
        row, name = self._rows[index.row()], COLUMNS[index.column()]
        text = str(value)
        if text == self.data(index, Qt.ItemDataRole.EditRole):
            return True
        if text == self._text(row, name):
            for place in self._places(row, name):
                self._drafts.drop(place)
            return True
        issues = self._entry.type(self._patient, row, name, text)
        self.refused.emit(issues)
        return not issues

    # What a cell says

    def issue_of(self, row: GridRow, name: str) -> Issue | None:
        """What is wrong or doubtful with a cell: its draft's first issue, or what stands against its value."""
        draft = self._draft(row, name)
        if draft is not None:
            return draft.issues[0] if draft.issues else None
        return self._standing.get((row.record.id, name)) if row.record else None

    def _text(self, row: GridRow, name: str) -> str:
        if name == CLOCK:
            clock = clock_time(self._patient.get("infusion_start"), row.minute) if self._patient else None
            return f"{clock:%H:%M}" if clock else ""
        if name == "minute":
            return "" if row.minute is None else str(row.minute)
        return self._session.wording.typed(variable(Kind.READING, name), row.get(name))

    def _places(self, row: GridRow, name: str) -> tuple[Place, ...]:
        """Where a cell's draft may be kept: under its reading, or from before it was one under its minute."""
        if self._patient is None:
            return ()
        own = place_of(self._patient.id, row, name)
        return own, Place(own.patient_id, own.variable, Kind.READING, f"minute:{row.minute}")

    def _draft(self, row: GridRow, name: str) -> Draft | None:
        if name == CLOCK:
            return None
        return next((d for place in self._places(row, name) if (d := self._drafts.get(place))), None)

    def _tooltip(self, row: GridRow, name: str) -> str | None:
        words = self._session.wording
        issue = self.issue_of(row, name)
        if issue is not None:
            return words.issue(issue)
        if name in row.artefacts():
            return words("patients.artefact.because", reason=str(row.get("artefact_reason") or words.number(None)))
        if row.is_end and name in (CLOCK, "minute"):
            return words("patients.end_row")
        change = self._marks.changes.get((row.minute, name)) if row.minute else None
        if change is None:
            return None
        sign = "+" if change >= 0 else "−"
        return words("patients.course.change", change=f"{sign}{words.number(abs(change), 1)}")

    def _spoken(self, row: GridRow, name: str) -> str:
        words = self._session.wording
        header = words("patients.clock") if name == CLOCK else words.label(name)
        value = self._text(row, name) or words.number(None)
        parts = [f"{header} {value}"]
        if name in VITAL_VARIABLES and row.minute is not None:
            parts.append(words("patients.at_minute", minute=row.minute))
        if (row.minute, name) in self._marks.outside:
            parts.append(words("patients.legend.outside"))
        if (row.minute, name) in self._marks.deciding:
            parts.append(words("patients.legend.deciding"))
        if name in row.artefacts():
            parts.append(words.label("artefact"))
        return ", ".join(parts)
