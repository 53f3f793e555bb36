"""Our own defects: into one log file that is named, never a traceback on the screen and never a value of the study.

Nothing here raises, whatever the disk, the home folder or the error itself are like: what cannot be written down is
dropped. The text of an error may hold a value, a name or a passphrase, so its type and its places are all that is kept.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from esk_engine.errors import Fault

Tell = Callable[[BaseException], object]
_LARGEST = 512_000
_MOST_STEPS = 40  # of one error: a recursion without an end is told by its first and last ones
_MOST_ERRORS = 10  # of a chain of causes
_QUIET_SECONDS = 10.0  # the same defect over and over, as of a paint event, is written down once
_NOTED = "_esk_noted"
_DUMPABLE = 4  # PR_SET_DUMPABLE in linux/prctl.h
_NO_ERROR_REPORT = 0x0001 | 0x0002  # SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX in winbase.h


def fault_log_path() -> Path:
    """Where defects are written: ``%LOCALAPPDATA%\\Esk`` on Windows, ``~/.local/state/esk`` or its like elsewhere."""
    try:
        home = Path.home()
    except (OSError, RuntimeError):  # an account without a home
        import tempfile

        home = Path(tempfile.gettempdir())
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Esk"
    elif sys.platform == "darwin":
        folder = home / "Library" / "Logs" / "Esk"
    else:
        folder = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "esk"
    return folder / "esk.log"


def described(error: BaseException) -> str:
    """An error as it may be written down: its type and the places it came through, never its text or a value."""
    return "\n".join(line for step in _chain(error) for line in _described_step(step))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came of; a chain that runs in a circle ends."""
    step: BaseException | None = error
    seen: set[int] = set()
    while step is not None and id(step) not in seen and len(seen) < _MOST_ERRORS:
        yield step
        seen.add(id(step))
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)


def _described_step(step: BaseException) -> Iterator[str]:
    code = f" ({step.code})" if isinstance(step, Fault) else ""
    yield f"{type(step).__module__}.{type(step).__qualname__}{code}"
    places = list(_places(step.__traceback__))
    if len(places) > _MOST_STEPS:
        half = _MOST_STEPS // 2
        places = [*places[:half], f"... {len(places) - _MOST_STEPS} more", *places[-half:]]
    yield from (f"  {place}" for place in places)


def _places(trace: TracebackType | None) -> Iterator[str]:
    """File, line and function of each step; the source itself is not looked at."""
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{code.co_filename}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next


class _Book:
    """The log file of this process: one writer at a time, and nothing twice in a row."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: tuple[Path, str] | None = None
        self._at = 0.0

    def write(self, level: str, text: str) -> Path | None:
        path = fault_log_path()
        with self._lock:
            now = time.monotonic()
            if self._last == (path, text) and now - self._at < _QUIET_SECONDS and path.exists():
                return path
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size > _LARGEST:
                with contextlib.suppress(OSError):  # another Esk may hold it open
                    path.replace(path.with_suffix(".log.1"))
            with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {level} {text}\n")
            self._last, self._at = (path, text), now
        return path


_BOOK = _Book()


def record(error: BaseException) -> Path | None:
    """Write a defect down, once however many hands it goes through; None where that cannot be done."""
    try:
        if getattr(error, _NOTED, False):
            return fault_log_path()
        with contextlib.suppress(Exception):
            setattr(error, _NOTED, True)
        return note("ERROR", described(error))
    except Exception:  # noqa: BLE001 - the last line of defence: an odd error is dropped, never followed by another
        return None


def note(level: str, text: str) -> Path | None:
    """Write a line down that holds no value of a study; the file is begun anew when it has grown large."""
    try:
        return _BOOK.write(level, text)
    except Exception:  # noqa: BLE001 - a full disk, a path that cannot be: noting must never become the trouble itself
        return None


def watch(tell: Tell) -> None:
    """From here on nothing that goes wrong is printed: it is written down by type and place, and ``tell`` is called.

    The error output of a program may end in a file too (a desktop's own log, a scheduler's), so what Python itself
    would print of uncaught errors, warnings and log records is taken over; and a crash of the interpreter leaves no
    copy of its memory on the disk, as far as the system can be told.

    Parameters
    ----------
    tell
        Called with each error that nothing caught, on the thread that it came up on; it is written down already.
    """
    sys.excepthook = lambda kind, error, trace: _uncaught(error, tell)
    threading.excepthook = lambda details: _uncaught(details.exc_value, tell)
    sys.unraisablehook = lambda details: _unraisable(details.exc_value)
    warnings.showwarning = _warned
    logging.lastResort = _Unprinted(logging.WARNING)
    keep_memory_off_disk()


def _uncaught(error: BaseException | None, tell: Tell) -> None:
    if error is None or isinstance(error, SystemExit):
        return
    if not isinstance(error, (Fault, KeyboardInterrupt)):  # neither is a defect; both are told
        record(error)
    with contextlib.suppress(Exception):  # the window may be gone already
        tell(error)


def _unraisable(error: BaseException | None) -> None:
    """What came up where nobody can catch it, as while an object was let go: nobody waits for an answer."""
    if error is not None:
        record(error)


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del message, file, line
    note("WARNING", f"{category.__module__}.{category.__qualname__} {filename}:{lineno}")


class _Unprinted(logging.Handler):
    """Takes what libraries log and nobody asked for: its place, and the error that it speaks of."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        said = f"\n{described(error)}" if error is not None else ""
        note(record.levelname, f"{record.name} {record.pathname}:{record.lineno}{said}")


def keep_memory_off_disk() -> None:
    """Ask the system for no dump of this program's memory when it crashes: the study stands in it in clear."""
    with contextlib.suppress(Exception):  # a system that does not know how goes on without
        if sys.platform == "win32":
            import ctypes

            kernel = ctypes.windll.kernel32
            kernel.SetErrorMode(kernel.GetErrorMode() | _NO_ERROR_REPORT)
        else:
            import resource

            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if sys.platform == "linux":  # a dump handed to another program minds this and not the limit
                import ctypes

                ctypes.CDLL(None).prctl(_DUMPABLE, 0, 0, 0, 0)
