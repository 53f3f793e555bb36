"""Nothing of a protected study stands in clear on the disk while it is worked on in the window, whatever goes wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import QTimer, qInstallMessageHandler, qWarning
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from esk_engine import fault_log
from esk_engine.fault_log import fault_log_path
from esk_engine.settings import Settings
from esk_engine.study import Key, Study
from esk_gui.dialogs.import_dialog import show_import
from esk_gui.faults import FaultWatch
from esk_gui.log_page import LogPage
from tests.engine import clear_play, in_clear
from tests.gui.desk import PERSON, Desk, desk_for

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a person keeps what they put there themselves."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture
def desk(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """The window over a protected study, as the program has it: watched, with a folder for temporary files."""
    (tmp_path / "tmp").mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    monkeypatch.setattr(fault_log, "keep_memory_off_disk", lambda: None)
    with desk_for(qapp, qtbot, tmp_path) as made:
        FaultWatch(made.session.error_raised.emit).install()
        named = Settings(study_name=in_clear.STUDY_NAME, clinic_name=in_clear.CLINIC_NAME)
        study = Study.create(
            tmp_path / "pilot.esk",
            person=PERSON,
            settings=named,
            patients=[clear_play.patient()],
            key=Key.of_passphrase(in_clear.PASSPHRASE),
        )
        made.session.adopt(study)
        try:
            yield made
        finally:
            qInstallMessageHandler(None)


@pytest.fixture
def look(desk: Desk, home: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Looks through every file, and what was printed, at the end of the test and after the study was closed."""
    yield
    assert desk.study.settle(10)
    assert in_clear.clear_copies(desk.folder, home) == []
    desk.act("close_study")
    assert desk.session.study is None
    assert in_clear.clear_copies(desk.folder, home) == []
    printed = "".join(capfd.readouterr())
    assert [text for text in in_clear.TEXTS if text in printed] == []


def _shown(desk: Desk) -> None:
    """The window does show them: what is not found in a file is not missing everywhere."""
    assert desk.find(QLineEdit, "study_no", desk.page("patients")).text() == in_clear.STUDY_NO


@pytest.mark.usefixtures("look")
def test_that_entry_refusals_and_drafts_leave_nothing(desk: Desk) -> None:
    _shown(desk)
    desk.enter("weight_kg", in_clear.DRAFT)
    desk.enter("height_cm", "83,7531")
    desk.page("settings")
    desk.enter("study_name", f"{in_clear.STUDY_NAME} 2")
    desk.act("undo")
    desk.act("language_en")
    desk.act("theme_dark")
    page = desk.page("log")
    assert isinstance(page, LogPage)
    page.show_patient_log(in_clear.STUDY_NO)
    desk.click("log_check", page)
    strip = desk.find(QWidget, "log_check_strip", page)
    desk.qtbot.waitUntil(lambda: "is whole" in desk.texts(strip), timeout=10_000)
    desk.page("patients")
    with desk.qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    desk.enter("weight_kg", "83,7")
    desk.enter("height_cm", "178")
    assert desk.window.workspace.pages.drafts() == []


@pytest.mark.usefixtures("look")
def test_that_an_import_that_fails_leaves_nothing(desk: Desk, elsewhere: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "patients"
    sheet.append(["study_no", "weight_kg", "remarks"])
    sheet.append([in_clear.STUDY_NO, in_clear.DRAFT, in_clear.REMARK])
    book.save(elsewhere / "faulty.xlsx")
    show_import(desk.session, desk.window.studies, desk.window, str(elsewhere / "faulty.xlsx"))
    dialog = desk.dialog("dialog_import")
    desk.qtbot.waitUntil(lambda: "wordt gelezen" not in desk.texts(dialog), timeout=10_000)
    dialog.reject()


@pytest.mark.usefixtures("look")
def test_that_crashes_whose_text_is_a_value_leave_nothing(desk: Desk) -> None:
    def fail(*_: object) -> None:
        raise ValueError(f"{in_clear.STUDY_NO}, {in_clear.REMARK}: {in_clear.WEIGHT}")

    QTimer.singleShot(0, fail)
    desk.session.jobs.run(fail, print)
    desk.session.study_changed.connect(fail)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qWarning(f"QThing::load: {in_clear.TERM}")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(in_clear.REMARK, stacklevel=1)
    desk.page("patients")
    desk.enter("weight_kg", "84,5")
    desk.session.study_changed.disconnect(fail)
    dialog = desk.dialog("dialog_error")
    assert in_clear.STUDY_NO not in desk.texts(dialog)
    dialog.reject()
    written = fault_log_path().read_text(encoding="utf-8")
    assert "builtins.ValueError" in written
    assert "QThing::load" in written
    assert "UserWarning" in written


@pytest.mark.usefixtures("look")
def test_that_another_passphrase_and_a_pin_leave_nothing(desk: Desk) -> None:
    desk.study.set_pin("AB", in_clear.PIN)
    desk.study.change_passphrase(in_clear.NEW_PASSPHRASE)
    desk.session.key_changed.emit()
    desk.study.back_up()


def test_that_a_study_that_gets_a_passphrase_is_forgotten_by_its_name(desk: Desk, home: Path) -> None:
    desk.study.change_passphrase(None)
    desk.session.key_changed.emit()
    assert any("preferences.json" in line for line in in_clear.clear_copies(desk.folder, home))
    desk.study.change_passphrase(in_clear.NEW_PASSPHRASE)
    desk.session.key_changed.emit()
    assert in_clear.clear_copies(desk.folder, home) == []


_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from esk_engine.dictionary import Kind
from esk_engine.study import Key, Person, Study
from esk_gui import launch
from esk_gui.main_window import MainWindow
from tests.engine import in_clear

path = Path(sys.argv.pop())
shown = MainWindow.showEvent

def begin(window, event):
    shown(window, event)
    QTimer.singleShot(0, lambda: play(window.session))

def play(session):
    session.set_person(Person("AB", "pharmacist"))
    session.adopt(Study.open(path, person=session.person, key=Key.of_passphrase(in_clear.PASSPHRASE)))
    QTimer.singleShot(0, fail)
    QTimer.singleShot(50, lambda: edit(session.open_study, 0))

def edit(study, number):
    held = study.patients[0]
    text = f"{in_clear.REMARK} {number}"
    study.set_value(held.id, Kind.PATIENT, held.id, "remarks", text, in_clear.REASON)
    if number == 20:
        print("working", flush=True)
    QTimer.singleShot(0, lambda: edit(study, number + 1))

def fail():
    raise ValueError(in_clear.REMARK)

MainWindow.showEvent = begin
sys.exit(launch.main())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as a pulled plug does")
def test_that_the_window_killed_in_mid_edit_leaves_nothing(tmp_path: Path) -> None:
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    path = tmp_path / "pilot.esk"
    key = Key.of_passphrase(in_clear.PASSPHRASE)
    Study.create(path, person=PERSON, patients=[clear_play.patient()], key=key).close()
    places = dict.fromkeys(("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), str(tmp_path / "home"))
    own = {**os.environ, **places, "TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(ROOT)}
    own["QT_QPA_PLATFORM"] = "offscreen"
    with (tmp_path / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-B", "-c", _WINDOW, str(path)],
            env=own,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        time.sleep(0.1)
        process.kill()
        process.wait(20)
        process.stdout.close()
    assert in_clear.clear_copies(tmp_path) == []
    with Study.open(path, person=PERSON, key=key) as study:
        assert str(study.patients[0].get("remarks")).startswith(in_clear.REMARK)
    assert in_clear.clear_copies(tmp_path) == []
