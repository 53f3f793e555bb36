"""Esk's own defects go into a log file whose place the person is told; it holds where, never a value of the study."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from esk_engine.errors import Fault
from esk_gui.folders import state_folder

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def fault_log_path() -> Path:
    """The file that defects are written to."""
    return state_folder() / "esk.log"


def start_fault_log(path: Path) -> logging.Logger:
    """A logger that writes to ``path``, at most three files of 512 kB; to nowhere if the folder cannot be written."""
    logger = logging.getLogger("esk")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=512_000, backupCount=2, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    return logger


def described(error: BaseException) -> str:
    """An error as it may be written down: its type and the places it came through, never its text or a value."""
    lines: list[str] = []
    step: BaseException | None = error
    while step is not None:
        code = f" ({step.code})" if isinstance(step, Fault) else ""
        lines.append(f"{type(step).__module__}.{type(step).__qualname__}{code}")
        for frame in traceback.extract_tb(step.__traceback__):
            lines.append(f"  {frame.filename}:{frame.lineno} {frame.name}")
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return "\n".join(lines)


class FaultWatch:
    """Takes every error that nothing caught, and Qt's own warnings, into the log, then tells the window.

    Parameters
    ----------
    tell
        Called with each uncaught error, on the thread that it came up on.
    """

    def __init__(self, logger: logging.Logger, tell: Callable[[BaseException], None]) -> None:
        self._logger, self._tell = logger, tell

    def install(self) -> None:
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        qInstallMessageHandler(self._qt_message)

    def record(self, error: BaseException) -> None:
        """Write an error down without telling anyone."""
        self._logger.error("%s", described(error))

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.exit(130)
        self.record(error)
        with contextlib.suppress(RuntimeError):  # the window may be gone already
            self._tell(error)

    def _uncaught_in_thread(self, details: threading.ExceptHookArgs) -> None:
        if details.exc_value is not None:
            self._uncaught(details.exc_type, details.exc_value, details.exc_traceback)

    def _qt_message(self, level: QtMsgType, context: QMessageLogContext, message: str) -> None:
        self._logger.log(_LEVELS.get(level, logging.WARNING), "Qt: %s", message)
