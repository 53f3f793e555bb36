"""A tab that is a table of fields, nothing more: inclusion and evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from esk_engine.records import Patient
from esk_gui.patients.entry import Entry, Standing
from esk_gui.patients.field import EntryField
from esk_gui.patients.field_rows import FieldRows
from esk_gui.patients.form_fields import Row
from esk_gui.widgets.frames import PAGE_PADDING, ground

if TYPE_CHECKING:
    from esk_gui.app import Session


class FormTab(QWidget):
    """The fields of some moments, one row below the other."""

    def __init__(self, rows: tuple[Row, ...], session: Session, entry: Entry) -> None:
        super().__init__()
        ground(self, "page")
        self.rows = FieldRows(rows, session, entry)
        column = QVBoxLayout(self)
        column.setContentsMargins(PAGE_PADDING, 16, PAGE_PADDING, 16)
        column.addWidget(self.rows)
        column.addStretch(1)

    def fields(self) -> Iterator[EntryField]:
        return self.rows.fields()

    def show_patient(self, patient: Patient, standing: Standing, *, is_other: bool) -> None:
        """Fill every field; ``is_other``: another patient than before."""
        del is_other
        self.rows.show_patient(patient, standing)
        group = self.rows.field("indication_group")
        if group is not None:  # asked for peripheral only; one that stands with central stays in sight with its warning
            asked = patient.get("indication") == "peripheral" or patient.get("indication_group") is not None
            self.rows.line_of("indication_group").setVisible(asked)

    def commit(self) -> None:
        """Save what is being typed."""
        for field in self.fields():
            field.commit()
