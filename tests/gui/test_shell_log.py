"""The log page: every change a line that a person can read, filtered and exported, however long it is."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QTableView, QWidget
from pytestqt.qtbot import QtBot

from esk_engine.dictionary import Kind
from esk_engine.exchange.log_csv import COLUMNS, write_log_csv
from esk_engine.study import LogLine, Person
from esk_engine.wording import Wording
from esk_gui.log_model import Column, LogModel
from esk_gui.log_text import LogText
from tests.gui.desk import Desk, desk_for


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path) as made:
        made.open_demo()
        patient = made.study.patients[0]
        made.study.set_value(patient.id, Kind.PATIENT, patient.id, "nrs_end", 4.5)
        made.study.hand_over(Person("JB", "nurse_specialist"))
        reading = patient.readings[4]
        made.study.set_value(patient.id, Kind.READING, reading.id, "systolic_mmhg", 151, "=1+1")
        yield made


def _table(desk: Desk, rows: int) -> QTableView:
    """The log's table once it shows so many lines."""
    table = desk.find(QTableView, "log_table", desk.page("log"))
    desk.qtbot.waitUntil(lambda: table.model().rowCount() == rows, timeout=5000)
    return table


def _row(table: QTableView, row: int) -> list[str]:
    model = table.model()
    return [str(model.index(row, column).data() or "") for column in range(model.columnCount())]


def _lines(desk: Desk) -> int:
    assert desk.study.settle(5)
    return len(desk.study.log())


def test_that_the_newest_change_comes_first_with_who_what_from_and_to(desk: Desk) -> None:
    table = _table(desk, _lines(desk))
    newest = _row(table, 0)
    assert newest[Column.WHO] == "JB"
    assert newest[Column.PATIENT] == "P01"
    assert newest[Column.ITEM] == "Bovendruk, minuut 120"
    assert newest[Column.OLD] == "135"
    assert newest[Column.NEW] == "151"
    assert newest[Column.NOTE] == "=1+1"


def test_that_the_chosen_line_explains_itself(desk: Desk) -> None:
    table = _table(desk, _lines(desk))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    panel = desk.find(QWidget, "log_detail")
    texts = desk.texts(panel)
    assert "135 → 151" in texts
    assert "Verpleegkundig specialist" in texts
    QTest.mouseClick(desk.find(QWidget, "log_show_patient"), Qt.MouseButton.LeftButton)
    assert desk.find(QWidget, "page_patients").isVisible()


def test_that_lines_are_filtered_by_patient_person_and_item(desk: Desk) -> None:
    everything = _lines(desk)
    table = _table(desk, everything)
    page = desk.find(QWidget, "page_log")
    field = desk.find(QLineEdit, "log_patient", page)
    QTest.keyClicks(field, "p01")
    desk.qtbot.waitUntil(lambda: table.model().rowCount() == 3)
    box = desk.find(QComboBox, "log_person", page)
    box.setFocus()
    QTest.keyClicks(box, "J")
    assert box.currentText() == "JB"
    desk.qtbot.waitUntil(lambda: table.model().rowCount() == 1)
    assert f"van {everything} regels" in desk.find(QLabel, "log_count", page).text()
    field.clear()
    QTest.keyClick(box, Qt.Key.Key_Home)
    items = desk.find(QComboBox, "log_item", page)
    items.setFocus()
    QTest.keyClicks(items, "NRS")
    desk.qtbot.waitUntil(lambda: table.model().rowCount() == 1)
    assert _row(table, 0)[Column.ITEM] == "NRS eind"


def test_that_a_filter_that_finds_nothing_says_so(desk: Desk) -> None:
    _table(desk, _lines(desk))
    page = desk.find(QWidget, "page_log")
    QTest.keyClicks(desk.find(QLineEdit, "log_patient", page), "zzz")
    desk.qtbot.waitUntil(lambda: "Geen regel past" in desk.texts(page))


def test_that_a_change_made_while_the_log_shows_comes_into_it(desk: Desk) -> None:
    before = _lines(desk)
    table = _table(desk, before)
    desk.act("undo")
    desk.qtbot.waitUntil(lambda: table.model().rowCount() == before + 1)
    assert "draait handeling" in _row(table, 0)[Column.NOTE]


def test_that_a_deleted_patient_still_has_its_number(desk: Desk) -> None:
    desk.study.delete_patient(desk.study.patients[2].id)
    table = _table(desk, _lines(desk))
    assert _row(table, 0)[Column.PATIENT] == "P03"
    assert _row(table, 0)[Column.NEW] == "–"


def test_that_the_log_is_exported_line_by_line_and_no_text_becomes_a_formula(desk: Desk) -> None:
    lines = _lines(desk)
    _table(desk, lines)
    target = desk.folder / "log.csv"
    desk.click("log_export")
    desk.choose_file(target)
    desk.qtbot.waitUntil(target.exists, timeout=5000)
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == lines
    assert rows[-1]["study_no"] == "P01"
    assert (rows[-1]["old"], rows[-1]["new"], rows[-1]["reason"]) == ("135", "151", "'=1+1")
    assert [row["hash"] for row in rows] == [line.hash for line in desk.study.log()]


def test_that_negative_numbers_stay_numbers_in_the_csv(tmp_path: Path) -> None:
    line = _line(1, "naranjo_cutoff", "-4", kind="setting")
    write_log_csv(tmp_path / "log.csv", [line], {})
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1][COLUMNS.index("new")] == "-4"


def _line(seq: int, variable: str, new: str, kind: str = "patient") -> LogLine:
    return LogLine(
        seq, "2026-11-22T13:02:11.123Z", "AB", "PC1", "Esk", seq, None, kind, f"r{seq}", f"p{seq}", variable, None, new,
        None, "0" * 64,
    )  # fmt: skip


def test_that_a_model_of_changing_lines_keeps_qts_rules(desk: Desk) -> None:
    model = LogModel(Wording("nl"))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    lines = desk.study.log()
    text = LogText(desk.study, lines, Wording("nl"))
    model.show_lines(lines, text)
    model.show_lines(lines[:3], text)
    model.show_lines([], text)
    tester.deleteLater()


def test_that_a_hundred_and_seventy_thousand_lines_are_shown_without_a_stall(desk: Desk) -> None:
    lines = [_line(seq, "nrs_end", "4.5") for seq in range(1, 170_001)]
    text = LogText(desk.study, lines, Wording("nl"))
    model = LogModel(Wording("nl"))
    table = _table(desk, _lines(desk))
    started = time.perf_counter()
    model.show_lines(lines, text)
    table.setModel(model)
    table.scrollToBottom()
    table.grab()
    assert time.perf_counter() - started < 1.0
    assert model.index(169_999, Column.NEW).data() == "4,5"


def test_that_another_language_keeps_the_filter(desk: Desk) -> None:
    table = _table(desk, _lines(desk))
    page = desk.find(QWidget, "page_log")
    box = desk.find(QComboBox, "log_person", page)
    box.setFocus()
    QTest.keyClicks(box, "J")
    desk.qtbot.waitUntil(lambda: table.model().rowCount() < 5)
    shown = table.model().rowCount()
    desk.act("language_en")
    page = desk.find(QWidget, "page_log")
    table = desk.find(QTableView, "log_table", page)
    desk.qtbot.waitUntil(lambda: table.model().rowCount() == shown)
    assert desk.find(QComboBox, "log_person", page).currentText() == "JB"
