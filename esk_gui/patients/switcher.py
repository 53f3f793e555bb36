"""The list as a switcher in the tabs' row: one patient back, the patient, one on; the list opens below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from esk_gui.patients.drop_button import DropButton
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import bare
from esk_gui.widgets.marks import paint_mark

if TYPE_CHECKING:
    from esk_gui.app import Session

_POPUP = QSize(252, 420)


class Switcher(QWidget):
    """``stepped`` carries -1 or 1."""

    stepped = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        words, theme = session.wording, session.theme
        self._back = button("", theme, self._go_back, kind="quiet", icon_name="chevron_left", in_header=True)
        self._on = button("", theme, self._go_on, kind="quiet", icon_name="chevron_right", in_header=True)
        for each, key in ((self._back, "patients.previous"), (self._on, "patients.next")):
            each.setToolTip(words(key))
            each.setAccessibleName(words(key))
            each.setFixedWidth(28)
        self._current = DropButton(theme, "patient_switcher")
        self._current.clicked.connect(self.open_list)
        self._popup = QFrame(self, Qt.WindowType.Popup)
        self._popup.setProperty("kind", "side_left")
        self._popup_column = bare(QVBoxLayout(self._popup))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for each in (self._back, self._current, self._on):
            row.addWidget(each)

    def take_list(self, pane: QWidget) -> None:
        """Hold the list from here on."""
        self._popup_column.addWidget(pane)

    def show_patient(self, study_no: str, group: str | None) -> None:
        self._current.setText(study_no)
        self._current.setIcon(_mark_icon(self._session, group) if group else QIcon())
        self._current.setAccessibleName(self._session.wording("patients.switch", study_no=study_no))

    def open_list(self) -> None:
        """Show the list below the button."""
        place = self._current.mapToGlobal(QPoint(0, self._current.height() + 2))
        height = min(_POPUP.height(), self.window().height() - 60)
        self._popup.setGeometry(place.x(), place.y(), _POPUP.width(), max(height, 200))
        self._popup.show()

    def close_list(self) -> None:
        self._popup.hide()

    def _go_back(self) -> None:
        self.stepped.emit(-1)

    def _go_on(self) -> None:
        self.stepped.emit(1)


def _mark_icon(session: Session, group: str) -> QIcon:
    scale = 3
    pixmap = QPixmap(14 * scale, 14 * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_mark(painter, QRectF(scale, scale, 12 * scale, 12 * scale), group, session.theme)
    painter.end()
    return QIcon(pixmap)
