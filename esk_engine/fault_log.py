"""Our own defects: into one log file that is named, never a traceback on the screen and never a value of the study."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from datetime import datetime
from pathlib import Path

from esk_engine.errors import Fault

_LARGEST = 512_000


def fault_log_path() -> Path:
    """Where defects are written: ``%LOCALAPPDATA%\\Esk`` on Windows, ``~/.local/state/esk`` or its like elsewhere."""
    home = Path.home()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Esk"
    elif sys.platform == "darwin":
        folder = home / "Library" / "Logs" / "Esk"
    else:
        folder = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "esk"
    return folder / "esk.log"


def described(error: BaseException) -> str:
    """An error as it may be written down: its type and the places it came through, never its text or a value."""
    lines: list[str] = []
    step: BaseException | None = error
    while step is not None:
        code = f" ({step.code})" if isinstance(step, Fault) else ""
        lines.append(f"{type(step).__module__}.{type(step).__qualname__}{code}")
        frames = traceback.extract_tb(step.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return "\n".join(lines)


def record(error: BaseException) -> Path | None:
    """Write a defect down; where it was written, None where that cannot be done either."""
    return note("ERROR", described(error))


def note(level: str, text: str) -> Path | None:
    """Write a line down that holds no value of a study; the file is begun anew when it has grown large."""
    path = fault_log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LARGEST:
            with contextlib.suppress(OSError):  # another Esk may hold it open
                path.replace(path.with_suffix(".log.1"))
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {level} {text}\n")
    except OSError:
        return None
    return path
