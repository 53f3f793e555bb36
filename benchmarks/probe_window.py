"""Runs in the environment of the program that is started: tells when its window takes input, and what it then holds.

``probe_window.py esk|orange IDLE_SECONDS [ARGUMENT ...]``; the moment of the start comes in ``ESK_PROBE_START``.
Prints seconds and, after so many idle seconds, megabytes of resident memory.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def resident_megabytes() -> float:
    """Resident memory of this process; 0 where the system does not tell."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if statm.exists() else 0.0


def watch(application: Any, timer: Any, idle_seconds: float) -> None:
    """Have the event loop tell of itself: its first turn with a window exposed is when input is taken."""
    run = application.exec

    def leave() -> None:
        print(resident_megabytes(), flush=True)
        os._exit(0)

    def look() -> None:
        windows = [w.windowHandle() for w in application.topLevelWidgets() if w.width() > 300]
        if any(handle is not None and handle.isExposed() for handle in windows):
            print(time.time() - float(os.environ["ESK_PROBE_START"]), flush=True)
            timer.singleShot(int(1000 * idle_seconds), leave)
        else:
            timer.singleShot(0, look)

    def watched(*_: object) -> int:
        timer.singleShot(0, look)
        return run()

    application.exec = application.exec_ = watched


def start_esk(arguments: list[str], idle_seconds: float) -> Callable[[], object]:
    """Esk, in this checkout."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    watch(QApplication, QTimer, idle_seconds)
    from esk_gui.launch import main

    return lambda: main(arguments)


def start_orange(idle_seconds: float) -> Callable[[], object]:
    """Orange's canvas, its welcome window and splash screen left out."""
    from AnyQt.QtCore import QTimer  # pyright: ignore[reportMissingImports]
    from AnyQt.QtWidgets import QApplication  # pyright: ignore[reportMissingImports]

    watch(QApplication, QTimer, idle_seconds)
    from Orange.canvas.__main__ import main  # pyright: ignore[reportMissingImports]

    sys.argv = ["orange", "--no-welcome", "--no-splash"]
    return lambda: main(sys.argv)


if __name__ == "__main__":
    program, idle = sys.argv[1], float(sys.argv[2])
    run_it = start_esk(sys.argv[3:], idle) if program == "esk" else start_orange(idle)
    run_it()
