"""Every blood sample as a table: minute, analyte, concentration, and an empty row to begin another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from esk_engine.dictionary import ANALYTES, Kind, variable
from esk_engine.records import Patient, Record
from esk_gui.patients.drafts import Draft, Drafts, Place
from esk_gui.patients.sample_rows import NEW_ROW, SAMPLE_COLUMNS, SampleEntry
from esk_gui.patients.signing.watch import would_change
from esk_gui.widgets.copying import CopyKey

if TYPE_CHECKING:
    from esk_gui.app import Session
    from esk_gui.patients.entry import Standing

_ANY = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
ANALYTE_COLUMN = 1


class SamplesModel(QAbstractTableModel):
    """One patient's samples; the last row waits for a new one."""

    refused = Signal(object)

    def __init__(self, session: Session, entry: SampleEntry, drafts: Drafts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._entry, self._drafts = session, entry, drafts
        self._patient: Patient | None = None
        self._rows: tuple[Record, ...] = ()
        self._standing: Standing = {}
        self._has_new = False
        self.lock = ""  # why nothing can be changed, "" where it can

    def show_patient(self, patient: Patient | None, standing: Standing) -> None:
        """Show a patient anew."""
        rows = patient.samples if patient else ()
        has_new = patient is not None and not self.lock
        same = [r.id for r in rows] == [r.id for r in self._rows] and has_new == self._has_new
        if not same:
            self.beginResetModel()
        self._patient, self._rows, self._standing, self._has_new = patient, rows, standing, has_new
        if not same:
            self.endResetModel()
        elif self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(SAMPLE_COLUMNS) - 1))

    def record_at(self, row: int) -> Record | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def draft_at(self, row: int, name: str) -> Draft | None:
        """What stands in a cell instead of its value."""
        if self._patient is None:
            return None
        record = self.record_at(row)
        return self._drafts.get(Place(self._patient.id, name, Kind.SAMPLE, record.id if record else NEW_ROW))

    @override
    def rowCount(self, parent: _ANY = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows) + self._has_new

    @override
    def columnCount(self, parent: _ANY = _ROOT) -> int:
        return 0 if parent.isValid() else len(SAMPLE_COLUMNS)

    @override
    def flags(self, index: _ANY) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        shown = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return shown if self.lock else shown | Qt.ItemFlag.ItemIsEditable

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(SAMPLE_COLUMNS):
            return None
        words, name = self._session.wording, SAMPLE_COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            unit = words.unit(name) if name == "concentration_ug_l" else ""
            return f"{words.short_label(name)} {unit}".strip()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == ANALYTE_COLUMN else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def data(self, index: _ANY, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._patient is None:
            return None
        name, words = SAMPLE_COLUMNS[index.column()], self._session.wording
        record, draft = self.record_at(index.row()), self.draft_at(index.row(), name)
        declared = variable(Kind.SAMPLE, name)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                if draft is not None:
                    return words.code(draft.text) if draft.text in ANALYTES else draft.text
                if record is None:
                    return words("patients.sample.new") if name == "minute" else ""
                return words.typed(declared, record.get(name))
            case Qt.ItemDataRole.EditRole:
                if draft is not None:
                    return draft.text
                value = record.get(name) if record else None
                return str(value or "") if name == "analyte" else words.typed(declared, value)
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft if name == "analyte" else Qt.AlignmentFlag.AlignRight
                return side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ForegroundRole:
                is_refused = draft is not None and record is not None
                token = "error" if is_refused else "ink_3" if record is None and draft is None else "ink"
                return self._session.theme.color(token)
            case Qt.ItemDataRole.ToolTipRole:
                issue = self._issue(record, draft, name)
                return words.issue(issue) if issue else self.lock or None
            case _:
                return None

    def _issue(self, record: Record | None, draft: Draft | None, name: str) -> Any:
        if draft is not None:
            return draft.issues[0] if draft.issues else None
        return self._standing.get((record.id, name)) if record else None

    @override
    def setData(self, index: _ANY, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or self._patient is None:
            return False
        name, text = SAMPLE_COLUMNS[index.column()], str(value)
        if text == self.data(index, Qt.ItemDataRole.EditRole):
            return True
        record = self.record_at(index.row())
        if record is None:
            issues = self._entry.type_new(self._patient, name, text, self._drafts)
        else:
            issues = self._entry.type(self._patient, record, name, text)
        self.refused.emit(issues)
        return not issues


class _SampleDelegate(QStyledItemDelegate):
    """A list for the analyte, a line for the rest."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _ANY) -> QWidget:
        if index.column() != ANALYTE_COLUMN:
            line = QLineEdit(parent)
            line.setAlignment(Qt.AlignmentFlag.AlignRight)
            return line
        choice = QComboBox(parent)
        for analyte in ANALYTES:
            choice.addItem(self._session.wording.code(analyte), analyte)
        return choice

    @override
    def setEditorData(self, editor: QWidget, index: _ANY) -> None:
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(editor.findData(text), 0))
        elif isinstance(editor, QLineEdit):
            editor.setText(text)

    @override
    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _ANY) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentData())
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text())


class SamplesView(QTableView):
    """The table; Delete asks for the chosen sample to be taken away."""

    remove_requested = Signal()
    lock_met = Signal()

    def __init__(self, session: Session, model: SamplesModel) -> None:
        super().__init__()
        self._model = model
        self.setObjectName("samples")
        self.setAccessibleName(session.wording("patients.samples"))
        self.setModel(model)
        self.setItemDelegate(_SampleDelegate(session, self))
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setFixedHeight(26)
        CopyKey(self)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._model.lock and would_change(event):
            self.lock_met.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_requested.emit()
        else:
            super().keyPressEvent(event)
