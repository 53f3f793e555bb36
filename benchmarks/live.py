"""Leaving a field: from there to saved, judged and painted, in a real window without a screen."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTabBar, QWidget
from typing_extensions import override

from benchmarks.cohorts import PERSON, patients
from benchmarks.rows import Row, percentile, seconds
from esk_engine.study import Key, Study
from esk_engine.study_file import PUBLIC

_EDITS, _WARM_UP = 300, 10
_TARGET = 0.016
_FIELD, _NEXT = "nrs_end", "nrs_before"


class _Painted(QObject):
    """Notes that the verdict, or a part of it, is painted."""

    def __init__(self, verdict: QWidget) -> None:
        super().__init__()
        self._verdict = verdict
        self.seen = False

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and isinstance(watched, QWidget):
            self.seen = self.seen or watched is self._verdict or self._verdict.isAncestorOf(watched)
        return False


def _widget(window: QWidget, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    if found is None:
        raise LookupError(f"the window holds no {name}")
    return found


def _entry(window: QWidget, name: str) -> QLineEdit:
    found = _widget(window, name)
    line = found if isinstance(found, QLineEdit) else found.findChild(QLineEdit)
    if line is None:
        raise LookupError(f"{name} is not typed in")
    return line


def _reveal(window: QWidget, widget: QWidget) -> None:
    """Turn the patient's tabs until a widget can be seen."""
    tabs = window.findChild(QTabBar, "patient_tabs")
    for index in range(tabs.count() if tabs is not None else 0):
        if tabs is not None and not widget.isVisible():
            tabs.setCurrentIndex(index)
            QTest.qWait(50)


def _edits(app: QApplication, window: QWidget, study: Study) -> list[float]:
    """Seconds of each edit, from leaving the field until it is on disk and the verdict's paint event returned."""
    field, after, found = _entry(window, _FIELD), _entry(window, _NEXT), list[float]()
    painted = _Painted(_widget(window, "verdict"))
    _reveal(window, field)
    app.installEventFilter(painted)
    for i in range(_EDITS + _WARM_UP):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, f"{i % 9}.{i % 10}")
        QTest.qWait(2)
        painted.seen, version = False, study.version
        start = time.perf_counter()
        after.setFocus()
        while not (painted.seen and study.version > version and study.save_state.status == "saved"):
            app.processEvents()
            if time.perf_counter() - start > 10:
                raise TimeoutError("an edit was neither saved nor painted within ten seconds")
        found.append(time.perf_counter() - start)
    app.removeEventFilter(painted)
    return found[_WARM_UP:]


def _measure(app: QApplication, folder: Path, n: int, key: Key) -> list[float]:
    """The edits of one patient among ``n``, in a window of its own."""
    from esk_gui.app import Session
    from esk_gui.main_window import MainWindow
    from esk_gui.preferences import Preferences

    study = Study.create(folder / "live.esk", person=PERSON, patients=patients(n), key=key)
    session = Session(app, Preferences(folder))
    session.set_person(PERSON)
    window = MainWindow(session)
    window.resize(1366, 768)
    window.show()
    session.adopt(study)
    session.show_patient(study.patients[0].id)
    QTest.qWait(500)
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    found = _edits(app, window, study)
    session.close_study()
    window.close()
    return found


def _fsync_seconds(folder: Path) -> float:
    """The median of what one fsync of one page takes in this folder."""
    found: list[float] = []
    with (folder / "page").open("wb") as file:
        for _ in range(50):
            file.seek(0)
            file.write(os.urandom(4096))
            file.flush()
            start = time.perf_counter()
            os.fsync(file.fileno())
            found.append(time.perf_counter() - start)
    return percentile(found, 50)


def rows() -> list[Row]:
    """At thirty patients and at ten thousand, without a passphrase and with one."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from esk_gui.launch import make_application

    app, found = make_application(), list[Row]()
    for n in (30, 10_000):
        for key, told in ((PUBLIC, ""), (Key.of_passphrase("correct horse"), ", passphrase")):
            with tempfile.TemporaryDirectory() as folder:
                edits = _measure(app, Path(folder), n, key)
                sync = _fsync_seconds(Path(folder))
            p99 = percentile(edits, 99)
            what = f"field left -> saved, judged, painted, {n:,} patients{told}"
            ours = f"p99 {seconds(p99)}, median {seconds(percentile(edits, 50))}"
            found.append(Row(what, ours, f"one fsync: {seconds(sync)}", f"p99 <= {seconds(_TARGET)}", p99 <= _TARGET))
    return found
