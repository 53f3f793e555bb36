"""What nothing caught goes into the fault log, and the person is told calmly where that is."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from esk_engine.fault_log import note, record

_LEVELS = {
    QtMsgType.QtWarningMsg: "WARNING",
    QtMsgType.QtCriticalMsg: "ERROR",
    QtMsgType.QtFatalMsg: "CRITICAL",
}


class FaultWatch:
    """Takes every error that nothing caught, and Qt's own warnings, into the log, then tells the window.

    Parameters
    ----------
    tell
        Called with each uncaught error, on the thread that it came up on; whoever is told writes it down.
    """

    def __init__(self, tell: Callable[[BaseException], None]) -> None:
        self._tell = tell

    def install(self) -> None:
        """Take over from here on."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        qInstallMessageHandler(self._qt_message)

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.exit(130)
        try:
            self._tell(error)
        except RuntimeError:  # the window is gone already
            record(error)

    def _uncaught_in_thread(self, details: threading.ExceptHookArgs) -> None:
        if details.exc_value is not None:
            self._uncaught(details.exc_type, details.exc_value, details.exc_traceback)

    def _qt_message(self, level: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if level in _LEVELS:
            with contextlib.suppress(OSError):
                note(_LEVELS[level], f"Qt: {message}")
