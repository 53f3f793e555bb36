"""Import in the window: every fault in a list with its cell, nothing written until there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from esk_engine.errors import Issue, Place, Severity
from esk_engine.wording import Wording
from esk_gui.dialogs.import_dialog import show_import
from esk_gui.dialogs.issue_model import Column, IssueModel
from esk_gui.theme import load_theme
from tests.gui.desk import Desk, desk_for

HEAD = ["study_no", "sex", "age_years", "nrs_before", "nrs_end"]
GOOD = [["Q1", "m", 57, "7,5", 3], ["Q2", "vrouw", 101, 8, "4,5"]]
BAD = [["Q1", "m", 150, "7,5", 3], ["Q2", "x", 57, 8, "12"], ["Q1", "m", 40, 8, 4]]


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path) as made:
        yield made


def _workbook(desk: Desk, rows: list[list[object]], head: list[str] = HEAD) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "patients"
    for row in (head, *rows):
        sheet.append(row)
    path = desk.folder / "invoer.xlsx"
    book.save(path)
    return path


def _dialog(desk: Desk, path: Path) -> QDialog:
    """The import dialog after the workbook was read."""
    show_import(desk.session, desk.window.studies, desk.window, str(path))
    dialog = desk.dialog("dialog_import")
    desk.qtbot.waitUntil(lambda: "wordt gelezen" not in desk.texts(dialog), timeout=10_000)
    return dialog


def _faults(desk: Desk, dialog: QDialog) -> dict[str, str]:
    model = desk.find(QTableView, "import_issues", dialog).model()
    rows = range(model.rowCount())
    return {str(model.index(row, Column.CELL).data()): str(model.index(row, Column.MESSAGE).data()) for row in rows}


def test_that_every_fault_is_listed_with_its_cell_and_limits_and_nothing_is_written(desk: Desk) -> None:
    desk.open_demo()
    dialog = _dialog(desk, _workbook(desk, BAD))
    faults = _faults(desk, dialog)
    assert {"patients!C2", "patients!B3", "patients!E3", "patients!A4"} <= set(faults)
    assert "18–120" in faults["patients!C2"]
    assert "0–10" in faults["patients!E3"]
    assert not desk.find(QPushButton, "import_write", dialog).isEnabled()
    assert len(desk.study.patients) == 30
    desk.click("import_copy", dialog)
    assert "patients!C2\t" in desk.app.clipboard().text()


def test_that_a_clean_workbook_comes_into_the_open_study_as_one_act(desk: Desk) -> None:
    desk.open_demo()
    dialog = _dialog(desk, _workbook(desk, GOOD))
    assert "2 patiënten, geen fouten" in desk.texts(dialog)
    assert "patients!C3" in _faults(desk, dialog), "an unusual age is a warning"
    desk.click("import_write", dialog)
    assert len(desk.study.patients) == 32
    patient = desk.study.patient_by_study_no("Q1")
    assert patient is not None
    assert (patient.get("sex"), patient.get("nrs_before")) == ("male", 7.5)
    desk.act("undo")
    assert len(desk.study.patients) == 30


def test_that_a_study_number_the_study_already_holds_is_a_fault_with_its_cell(desk: Desk) -> None:
    desk.open_demo()
    dialog = _dialog(desk, _workbook(desk, [["P01", "m", 57, 8, 3]]))
    assert "P01" in _faults(desk, dialog)["patients!A2"]
    assert not desk.find(QPushButton, "import_write", dialog).isEnabled()


def test_that_without_a_study_a_workbook_becomes_a_new_one(desk: Desk) -> None:
    dialog = _dialog(desk, _workbook(desk, GOOD))
    desk.click("import_write", dialog)
    target = desk.folder / "nieuw.esk"
    with desk.qtbot.waitSignal(desk.session.study_opened, timeout=10_000):
        desk.choose_file(target)
    assert desk.study.path == target
    assert [patient.study_no for patient in desk.study.patients] == ["Q1", "Q2"]


def test_that_a_file_that_is_no_workbook_is_told_in_the_dialog(desk: Desk) -> None:
    path = desk.folder / "brief.xlsx"
    path.write_text("Beste collega", encoding="utf-8")
    dialog = _dialog(desk, path)
    assert "brief.xlsx" in desk.texts(dialog)
    assert not desk.find(QPushButton, "import_write", dialog).isEnabled()


def test_that_an_unknown_column_is_named_and_left_out(desk: Desk) -> None:
    dialog = _dialog(desk, _workbook(desk, [["Q1", "m", 57, 8, 3, 1]], [*HEAD, "raar"]))
    assert "raar" in _faults(desk, dialog)["patients!F1"]
    assert desk.find(QPushButton, "import_write", dialog).isEnabled()


def test_that_a_workbook_without_patients_says_where_they_are_looked_for(desk: Desk) -> None:
    dialog = _dialog(desk, _workbook(desk, []))
    assert not desk.find(QPushButton, "import_write", dialog).isEnabled()
    assert "patients" in desk.texts(dialog)


def test_that_the_list_of_faults_keeps_qts_rules(qapp: QApplication) -> None:
    model = IssueModel(Wording("nl"), load_theme("light"))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    place = Place(sheet="patients", cell="C2")
    issue = Issue("unknown_column", "", Severity.WARNING, {"value": "raar"}, place)
    model.show_issues([issue, issue])
    model.show_issues([])
    tester.deleteLater()
