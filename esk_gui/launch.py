"""The way in: sub-commands go to the command line without a screen, everything else opens the window."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from esk_engine.errors import Fault
from esk_engine.fault_log import fault_log_path, record, watch

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from esk_engine.cli.reports import Draft
    from esk_engine.study import StudySnapshot
    from esk_engine.wording import Wording

DEMO_OPTION = "--demo"


def main(argv: Sequence[str] | None = None) -> int:
    """Run Esk.

    Parameters
    ----------
    argv
        What stands after the program's name; ``sys.argv[1:]`` where it is left out.

    Returns
    -------
    int
        0 done, 1 the input or the surroundings are at fault, 2 wrong usage.
    """
    if argv is None:  # a program of its own, not part of another one
        watch(_say_calmly)
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:  # Ctrl+C before there was anybody to say so calmly
        return 1
    except Exception as error:  # noqa: BLE001 - as above: what is wrong is written down, never printed
        record(error)
        _say_calmly(error)
        return 1


def _say_calmly(error: BaseException) -> None:
    """One line on the error output: a fault by its text, a defect of ours by the place that it is written down at."""
    from esk_engine.wording import Wording, system_language

    fault = error if isinstance(error, Fault) else Fault("bug", path=str(fault_log_path()))
    if sys.stderr is not None:  # a program without a console has none
        sys.stderr.write(Wording(system_language()).fault(fault) + "\n")


def _run(arguments: list[str]) -> int:
    if not wants_window(arguments):
        from esk_engine import cli

        return cli.main(arguments, pictures=_draw_figures, press=_Press())
    from esk_gui.screen import has_screen

    if not has_screen(os.environ):
        from esk_engine.wording import Wording, system_language

        sys.stderr.write(Wording(system_language())("fault.no_screen") + "\n")
        return 1
    return _run_window(arguments)


def wants_window(arguments: Sequence[str]) -> bool:
    """No argument, ``--demo``, or one study file: the window. Anything else is the command line's."""
    if not arguments or list(arguments) == [DEMO_OPTION]:
        return True
    return len(arguments) == 1 and arguments[0].lower().endswith(".esk")


def _draw_figures(snapshot: StudySnapshot, wording: Wording) -> dict[str, bytes]:
    """The figures of an export, drawn without a screen; only here does a sub-command need Qt."""
    from esk_gui.exporting import draw_figures

    with _quiet_qt():
        return draw_figures(snapshot, wording)


class _Press:
    """A report's figures and pages, drawn without a screen."""

    def figures(self, draft: Draft, wording: Wording) -> dict[str, bytes]:
        from esk_gui.report.drawings import drawings_of

        with _quiet_qt():
            drawn = drawings_of(draft.document, draft.snapshot, wording, draft.patient_id)
            return {key: drawing.svg() for key, drawing in drawn.items()}

    def write_pdf(self, draft: Draft, path: Path, wording: Wording) -> None:
        from esk_gui.report.drawings import drawings_of
        from esk_gui.report.pages import Pages
        from esk_gui.report.pdf import write_pdf

        with _quiet_qt():
            drawn = drawings_of(draft.document, draft.snapshot, wording, draft.patient_id)
            write_pdf(Pages(draft.document, drawn, wording), path)


@contextmanager
def _quiet_qt() -> Iterator[None]:
    """Qt's own remarks on locale and platform are no faults of the input."""
    from PySide6.QtCore import qInstallMessageHandler

    before = qInstallMessageHandler(_unheard)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _unheard(*_: object) -> None:
    """What Qt says while a sub-command draws: the error output holds faults alone, a line each."""


def make_application() -> QApplication:
    """The Qt application in Esk's style and font, before any theme."""
    from PySide6.QtWidgets import QApplication

    from esk_gui.collector import Collector
    from esk_gui.theme import apply_font

    QApplication.setStyle("Fusion")
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Esk")
    app.setApplicationDisplayName("Esk")
    app.setDesktopFileName("esk")
    apply_font(app)
    Collector(app)
    return app


def _run_window(arguments: Sequence[str]) -> int:
    from esk_gui.app import Session
    from esk_gui.faults import FaultWatch
    from esk_gui.folders import config_folder
    from esk_gui.main_window import MainWindow
    from esk_gui.preferences import Preferences
    from esk_gui.warm_up import WarmUp

    app = make_application()
    session = Session(app, Preferences(config_folder()))
    FaultWatch(session.error_raised.emit).install()
    window = MainWindow(session)
    window.show()
    warm_up = WarmUp(window)
    if arguments == [DEMO_OPTION]:
        window.open_demo()
    elif arguments:
        window.open_path(Path(arguments[0]))
    try:
        return app.exec()
    finally:
        warm_up.wait()
        session.close_study()
        session.jobs.wait()
