"""When Python looks for garbage in cycles: while nobody is typing, never between a key and its answer.

A full collection walks every object of the window and of the study's records, some 20 ms, and comes of itself in the
middle of an edit: it was the whole tail of "field left, saved, judged, painted". The young generations, which are
cheap, go on as they are.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

_NEVER_BY_ITSELF: Final = 1_000_000
_EVERY_MS: Final = 5 * 60 * 1000


class Collector(QObject):
    """Collects in full when the program is put aside, and every five minutes for whoever never does that."""

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__(application)
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, _NEVER_BY_ITSELF)
        application.applicationStateChanged.connect(self._on_state)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state is not Qt.ApplicationState.ApplicationActive:
            self._collect()

    def _collect(self) -> None:
        gc.collect()
