"""Lays a table of field descriptions out: labels over controls, what is wrong under them, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from esk_engine.dictionary import Kind
from esk_engine.records import Patient
from esk_gui.patients.field import EntryField, ShownField
from esk_gui.patients.form_fields import Entered, Row, Shown
from esk_gui.widgets.frames import bare

if TYPE_CHECKING:
    from esk_gui.app import Session
    from esk_gui.patients.entry import Entry, Standing

FIELD_GAP, NARROW_GAP, LABEL_GAP = 16, 8, 4


class FieldRows(QWidget):
    """The fields of a table of rows; ``show_patient`` fills them."""

    def __init__(self, rows: tuple[Row, ...], session: Session, entry: Entry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._entry = session, entry
        self._entered: dict[str, EntryField] = {}
        self._shown: dict[str, ShownField] = {}
        self._lines: dict[str, QWidget] = {}
        self._grids: dict[str, QGridLayout] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(FIELD_GAP)
        for row in rows:
            line = self._make_row(row)
            self._lines |= {spec.name: line for spec in row}
            column.addWidget(line)

    def fields(self) -> Iterator[EntryField]:
        yield from self._entered.values()

    def field(self, name: str) -> EntryField | None:
        return self._entered.get(name)

    def line_of(self, name: str) -> QWidget:
        """The row that a field stands in, to hide or show."""
        return self._lines[name]

    def set_narrow(self, narrow: bool) -> None:
        """Narrower controls, closer together, where there is little room."""
        for name, field in (*self._entered.items(), *self._shown.items()):
            width = field.spec.narrow if narrow and field.spec.narrow else field.spec.width
            if width:
                field.control.setFixedWidth(width)
            self._grids[name].setHorizontalSpacing(NARROW_GAP if narrow else FIELD_GAP)

    def show_derived(self, shown: bool) -> None:
        """Whether there is room for derived values."""
        for field in self._shown.values():
            field.label.setVisible(shown)
            field.control.setVisible(shown)

    def show_patient(self, patient: Patient, standing: Standing) -> None:
        """Show every field of a patient, drafts and warnings with them."""
        for field in self._entered.values():
            self.show_field(field, patient, standing)
        study = self._session.open_study
        for name, shown in self._shown.items():
            value = study.cohort.derived(patient.id)[name]
            shown.show_value(value, None if value is not None else study.cohort.reason(patient.id, name))

    def show_field(self, field: EntryField, patient: Patient, standing: Standing) -> None:
        """Show one field."""
        spec_place = field.place_for(patient.id)
        field.set_lock(self._entry.guard.lock_of(patient.id, Kind.PATIENT, field.name))
        field.show_value(patient, self._entry.drafts.get(spec_place), standing.get((patient.id, field.name)))

    def _make_row(self, row: Row) -> QWidget:
        line = QWidget()
        column = bare(QVBoxLayout(line), LABEL_GAP)
        side_by_side = bare(QHBoxLayout())
        grid = QGridLayout()
        grid.setHorizontalSpacing(FIELD_GAP)
        grid.setVerticalSpacing(LABEL_GAP)
        side_by_side.addLayout(grid)
        side_by_side.addStretch(1)
        column.addLayout(side_by_side)
        for at, spec in enumerate(row):
            field = self._make_field(spec)
            self._grids[spec.name] = grid
            if spec.width:
                field.control.setFixedWidth(spec.width)
            grid.addWidget(field.label, 0, at, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(field.control, 1, at, Qt.AlignmentFlag.AlignLeft)
            if isinstance(field, EntryField):
                column.addWidget(field.message)
        return line

    def _make_field(self, spec: Entered | Shown) -> EntryField | ShownField:
        if isinstance(spec, Shown):
            shown = self._shown[spec.name] = ShownField(spec, self._session, self)
            return shown
        field = self._entered[spec.name] = EntryField(spec, self._session, self._entry, self)
        return field
