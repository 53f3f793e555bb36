"""After too many wrong tries: for some seconds nothing is looked at, and how many are left stands beside the field."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from esk_engine.wording import Wording
from esk_gui.widgets.labels import MessageLabel


class Waiting(QObject):
    """Counts down in a message, with fields and buttons switched off until it is over."""

    def __init__(self, wording: Wording, message: MessageLabel, controls: Sequence[QWidget], parent: QObject) -> None:
        super().__init__(parent)
        self._words, self._message, self._controls = wording, message, controls
        self._until = 0.0
        self._timer = QTimer(self, interval=250)
        self._timer.timeout.connect(self._show)

    @property
    def is_on(self) -> bool:
        return self._timer.isActive()

    def begin(self, seconds: float) -> None:
        """Wait; nothing happens with 0."""
        if seconds <= 0:
            return
        self._until = time.monotonic() + seconds
        for control in self._controls:
            control.setEnabled(False)
        self._timer.start()
        self._show()

    def _show(self) -> None:
        left = math.ceil(self._until - time.monotonic())
        if left > 0:
            self._message.show_message(self._words("shell.wait", seconds=left), "warning")
            return
        self._timer.stop()
        self._message.clear()
        for control in self._controls:
            control.setEnabled(True)
        self._controls[0].setFocus()
