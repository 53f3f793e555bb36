"""What nothing caught: a calm dialog, a line of types and places, wherever in the window it came up."""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QObject,
    QRunnable,
    QThreadPool,
    QTimer,
    qInstallMessageHandler,
    qWarning,
)
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QListView, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from typing_extensions import override

from esk_engine import fault_log
from esk_engine.fault_log import fault_log_path
from esk_gui.faults import FaultWatch, place_of
from tests.gui.desk import Desk, desk_for

SECRET = "P07 weighs 83.7531"


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The window with the watch over it as the program has it; what Python and Qt had before comes back."""
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    monkeypatch.setattr(fault_log, "keep_memory_off_disk", lambda: None)
    with desk_for(qapp, qtbot, tmp_path) as made:
        FaultWatch(made.session.error_raised.emit).install()
        try:
            yield made
        finally:
            qInstallMessageHandler(None)


def _fail(*_: object) -> None:
    raise ValueError(SECRET)


class _Painter(QWidget):
    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        _fail()


class _Cells(QAbstractListModel):
    @override
    def rowCount(self, parent: object = None) -> int:
        return 3

    @override
    def data(self, index: object, role: int = 0) -> object:
        return _fail()


class _Filter(QObject):
    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.User:
            _fail()
        return False


class _Run(QRunnable):
    @override
    def run(self) -> None:
        _fail()


def _in_a_slot(desk: Desk) -> object:
    made = QPushButton(desk.window)
    made.clicked.connect(_fail)
    made.show()
    QTimer.singleShot(0, made.click)
    return made


def _in_a_timer(desk: Desk) -> object:
    QTimer.singleShot(0, _fail)
    return None


def _while_painting(desk: Desk) -> object:
    made = _Painter(desk.window)
    made.resize(50, 50)
    QTimer.singleShot(0, made.show)
    return made


def _in_every_cell_of_a_table(desk: Desk) -> object:
    made, model = QListView(desk.window), _Cells()
    made.setModel(model)
    QTimer.singleShot(0, made.show)
    return made, model


def _in_an_event_filter(desk: Desk) -> object:
    made = _Filter()
    desk.window.installEventFilter(made)
    QApplication.postEvent(desk.window, QEvent(QEvent.Type.User))
    return made


def _in_qts_pool(desk: Desk) -> object:
    QThreadPool.globalInstance().start(_Run())
    return None


def _in_a_thread(desk: Desk) -> object:
    made = threading.Thread(target=_fail)
    made.start()
    return made


def _in_a_job(desk: Desk) -> object:
    return desk.session.jobs.run(_fail, print)


def _in_what_follows_a_job(desk: Desk) -> object:
    return desk.session.jobs.run(lambda progress, cancelled: 1, _fail)


@pytest.mark.parametrize(
    "begin",
    [
        _in_a_slot,
        _in_a_timer,
        _while_painting,
        _in_every_cell_of_a_table,
        _in_an_event_filter,
        _in_qts_pool,
        _in_a_thread,
        _in_a_job,
        _in_what_follows_a_job,
    ],
)
def test_that_an_error_ends_in_the_calm_dialog_and_one_line_of_places(
    desk: Desk, begin: Callable[[Desk], object], capfd: pytest.CaptureFixture[str]
) -> None:
    held = begin(desk)
    dialog = desk.dialog("dialog_error")
    for widget in held if isinstance(held, tuple) else (held,):
        if isinstance(widget, QWidget):
            widget.hide()  # what goes on failing would fail in the midst of what follows
    assert str(fault_log_path()) in desk.texts(dialog)
    assert SECRET not in desk.texts(dialog)
    written = fault_log_path().read_text(encoding="utf-8")
    assert "builtins.ValueError" in written
    assert "_fail" in written
    assert SECRET not in written
    assert SECRET not in "".join(capfd.readouterr())
    dialog.reject()
    del held


def test_that_a_listener_of_the_study_that_fails_is_told_and_the_value_is_saved(desk: Desk) -> None:
    desk.open_demo()
    patient = desk.study.patients[0]

    def failing(change: object) -> None:
        raise ValueError(SECRET)

    desk.session.study_changed.connect(failing)
    desk.page("patients")
    desk.enter("weight_kg", "83,5")
    dialog = desk.dialog("dialog_error")
    assert desk.study.settle(5)
    assert desk.study.patient(patient.id).get("weight_kg") == 83.5
    assert SECRET not in fault_log_path().read_text(encoding="utf-8")
    dialog.reject()


def test_that_many_errors_make_one_dialog(desk: Desk) -> None:
    for _ in range(20):
        QTimer.singleShot(0, _fail)
    desk.dialog("dialog_error")
    desk.qtbot.wait(50)
    shown = [w for w in desk.app.topLevelWidgets() if w.objectName() == "dialog_error" and w.isVisible()]
    assert len(shown) == 1


def test_that_a_warning_of_qt_is_noted_without_what_it_says(desk: Desk, qtbot: QtBot) -> None:
    qWarning(f'QThing::load: could not read "{SECRET}"')
    written = fault_log_path().read_text(encoding="utf-8")
    assert "QThing::load" in written
    assert SECRET not in written


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("QFont::setPointSize: Point size <= 0 (-1), must be greater than 0", "QFont::setPointSize"),
        (
            'Could not parse stylesheet of object QLabel(0x1, name = "P07")',
            "Could not parse stylesheet of object QLabel",
        ),
        ("value=duizeligheid", "value"),
        ("83.7531", ""),
    ],
)
def test_that_of_a_message_of_qt_only_its_beginning_is_kept(message: str, place: str) -> None:
    assert place_of(message) == place
