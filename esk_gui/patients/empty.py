"""What the page says while there is no patient to show: what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import PAGE_PADDING, ground
from esk_gui.widgets.labels import text_label

if TYPE_CHECKING:
    from esk_gui.app import Session


class EmptyPatients(QWidget):
    """A title, a line, one button."""

    add_requested = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        ground(self, "page")
        self._session = session
        self.setObjectName("patients_empty")
        words = session.wording
        self._title = text_label("", "title")
        self._help = text_label("", "body_second", wrap=True)
        self._help.setMaximumWidth(440)
        text = words("patients.add").replace("&", "")  # its letter is the list's own button's
        self._add = button(text, session.theme, kind="primary", icon_name="add", name="patients_add_first")
        self._add.clicked.connect(self.add_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(PAGE_PADDING, 64, PAGE_PADDING, PAGE_PADDING)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._help)
        column.addSpacing(8)
        column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def show_reason(self, *, has_patients: bool) -> None:
        """Nobody is in the study yet, or nobody passes the list's filter."""
        words = self._session.wording
        key = "patients.nobody_found" if has_patients else "patients.nobody_yet"
        self._title.setText(words(key))
        self._help.setText(words(f"{key}.help"))
        study = self._session.study
        self._add.setVisible(not has_patients and study is not None and not (study.read_only or study.is_locked))
