"""A card over the window's lower right corner: what just succeeded, or what is under way and can be cancelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget
from typing_extensions import override

from esk_gui.theme import Theme
from esk_gui.widgets.buttons import button
from esk_gui.widgets.frames import bare
from esk_gui.widgets.labels import icon_label, text_label

Choice = tuple[str, Callable[[], object]]
_MARGIN = 16
_WIDTH = 360
_READING_MS = 8000


class Notice(QFrame):
    """One message; it leaves by itself after a while, by its cross, or when its work is done.

    Parameters
    ----------
    parent
        The window, in whose corner it stays.
    choices
        Texts of buttons and what they do; each closes the notice.
    has_progress
        Shows a bar, and stays until it is closed.
    """

    gone = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        text: str,
        choices: Sequence[Choice] = (),
        *,
        icon_name: str = "check",
        has_progress: bool = False,
        close_text: str = "",
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self.setObjectName("notice")
        self.setProperty("kind", "notice")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(min(_WIDTH, parent.width() - 2 * _MARGIN))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 12, 12)
        column.setSpacing(8)
        line = bare(QHBoxLayout(), 8)
        line.addWidget(icon_label(icon_name, theme), 0, Qt.AlignmentFlag.AlignTop)
        self.label = text_label(text, wrap=True)
        line.addWidget(self.label, 1, Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setVisible(has_progress)
        column.addWidget(self.bar)
        row = bare(QHBoxLayout(), 8)
        row.addStretch(1)
        self._choices = [choice for _, choice in choices]
        for at, (caption, _) in enumerate(choices):
            made = button(caption, theme, self._choose, in_header=True, name=f"notice_choice_{at}")
            made.setProperty("choice", at)
            row.addWidget(made)
        if close_text:
            row.addWidget(button(close_text, theme, self.close, kind="quiet", in_header=True, name="notice_close"))
        column.addLayout(row)
        parent.installEventFilter(self)
        self._leaving = QTimer(self, singleShot=True, interval=_READING_MS)
        self._leaving.timeout.connect(self.close)
        if not has_progress:
            self._leaving.start()

    def show_progress(self, share: float) -> None:
        """How far the work is, 0..1."""
        self.bar.setValue(round(share * 1000))

    def place(self) -> None:
        """Stand in the lower right corner of the window as it is now."""
        parent = self._window
        self.adjustSize()
        self.move(parent.width() - self.width() - _MARGIN, parent.height() - self.height() - _MARGIN)
        self.raise_()

    def _choose(self) -> None:
        choice = self._choices[int(self.sender().property("choice"))]
        self.close()
        choice()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.gone.emit(self)
        super().closeEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.place()
        return False
