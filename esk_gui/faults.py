"""What nothing caught goes into the fault log, and the person is told calmly where that is."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from esk_engine.fault_log import note, watch

_LEVELS = {
    QtMsgType.QtWarningMsg: "WARNING",
    QtMsgType.QtCriticalMsg: "ERROR",
    QtMsgType.QtFatalMsg: "CRITICAL",
}
# What follows may be a text of ours: a name, a number, whatever stood in a field.
_DETAIL = re.compile(r"""["'‘“(\d]|:(?=\s)|=""")
_LONGEST = 120
_BROKEN_OFF = 130  # as a shell calls it


class FaultWatch(QObject):
    """Takes every error that nothing caught, and Qt's own warnings, into the log, then tells the window.

    Whatever thread an error came up on, and be it in the middle of painting, it is told on the window's thread and when
    that is idle. Of errors that come faster than they can be told, as from every cell of a table, one is.

    Parameters
    ----------
    tell
        Called with an uncaught error, which is written down already.
    """

    _caught = Signal(object)

    def __init__(self, tell: Callable[[BaseException], None]) -> None:
        super().__init__()
        self._tell = tell
        self._is_telling = False
        self._caught.connect(self._on_caught, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take over from here on."""
        watch(self._take)
        qInstallMessageHandler(self._qt_message)

    def _take(self, error: BaseException) -> None:
        if isinstance(error, KeyboardInterrupt):  # Ctrl+C in the console that it was started from
            QCoreApplication.exit(_BROKEN_OFF)
        elif not self._is_telling:
            self._is_telling = True
            self._caught.emit(error)

    def _on_caught(self, error: BaseException) -> None:
        try:
            self._tell(error)
        finally:
            self._is_telling = False

    def _qt_message(self, level: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if level in _LEVELS:
            note(_LEVELS[level], f"Qt: {place_of(message)}")


def place_of(message: str) -> str:
    """What a message of Qt is about, without what it says of it: ``QFont::setPointSize`` and no more."""
    return _DETAIL.split(message, maxsplit=1)[0].strip()[:_LONGEST]
