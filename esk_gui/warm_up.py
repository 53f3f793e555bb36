"""What later pages need is imported on one thread, after the window has first been painted."""

from __future__ import annotations

import importlib
import threading
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget
from typing_extensions import override

# In the order in which a person is likely to need them.
_MODULES: Final = ("numpy", "esk_engine.study", "esk_engine.report", "openpyxl")


class WarmUp(QObject):
    """Waits for the first paint of a window, then starts the thread."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._thread = threading.Thread(target=_import_all, name="warm-up", daemon=True)
        self._window = window
        window.installEventFilter(self)

    def wait(self) -> None:
        """Let the import under way come to its end, so that the interpreter can shut down in order."""
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self._thread.start)
        return False


def _import_all() -> None:
    for name in _MODULES:
        importlib.import_module(name)
