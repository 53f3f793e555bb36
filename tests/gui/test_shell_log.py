"""The log page: every change a line that a person can read, filtered and exported, however long it is."""

from __future__ import annotations

import csv
import json
import shutil
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.exchange.log_csv import COLUMNS, write_log_csv
from esk_engine.study import LogLine, Person, SignOff, Study
from esk_engine.study_file.check import CheckReport, Finding
from esk_engine.study_file.connection import PUBLIC, connect
from esk_engine.wording import Language, Wording
from esk_gui.log_check import finding_text
from esk_gui.log_index import LogChoice, LogIndex
from esk_gui.log_model import Column, LogModel
from esk_gui.log_page import LogPage
from esk_gui.log_text import Known, LogText
from esk_gui.widgets.notice import Notice
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


def test_that_lines_that_another_program_writes_come_into_it(desk: Desk) -> None:
    before = _lines(desk)
    table = _table(desk, before)
    desk.study.release()
    with Study.open(desk.study.path, person=Person("CD"), follow=True) as other:
        patient = other.patients[0]
        other.set_value(patient.id, Kind.PATIENT, patient.id, "nrs_end", 3.5)
    update = desk.study.poll()
    if update is not None:  # else the window has looked already
        desk.study.take(update)
    desk.qtbot.waitUntil(lambda: table.model().rowCount() == before + 1)
    assert _row(table, 0)[Column.WHO] == "CD"


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


def test_that_a_long_export_tells_how_far_it_is_until_it_is_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esk_gui.log_page._LONG", 3)
    _table(desk, _lines(desk))
    target = desk.folder / "log.csv"
    desk.click("log_export")
    desk.choose_file(target)
    under_way = [each for each in desk.window.findChildren(Notice) if each.bar.isVisible()]
    assert len(under_way) == 1
    assert "log.csv" in desk.texts(under_way[0])
    with desk.qtbot.waitSignal(under_way[0].gone, timeout=5000):
        pass
    assert target.exists()


def test_that_an_export_of_the_log_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    told: list[int] = []
    lines = [_line(seq, "nrs_end", "4.5") for seq in range(1, 3001)]
    with pytest.raises(Fault, match="cancelled"):
        write_log_csv(tmp_path / "log.csv", lines, {}, cancelled=lambda: len(told) == 2, progress=told.append)
    assert told == [0, 1000]
    assert list(tmp_path.iterdir()) == []


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


def _at(seq: int, utc: str, *, person: str = "AB", act: int = 0, undoes: int | None = None) -> LogLine:
    return _line(seq, "nrs_end", "4.5")._replace(utc=utc, person=person, act=act or seq, undoes_act=undoes)


def test_that_a_model_of_changing_lines_keeps_qts_rules(desk: Desk) -> None:
    model = LogModel(Wording("nl"), desk.session.theme)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    lines = desk.study.log()
    text = LogText(_known(desk), lines, Wording("nl"))
    for shown in (lines, lines[:3], []):
        index = LogIndex(shown)
        model.show_lines(index, index.find(LogChoice(), {}), text)
        assert model.rowCount() == len(shown)
    tester.deleteLater()


def _known(desk: Desk) -> Known:
    return Known(desk.study.patients, desk.study.criteria_sets)


MANY = 200_000


def test_that_two_hundred_thousand_lines_are_filtered_without_a_stall(desk: Desk) -> None:
    known = _known(desk)
    ids = [patient.id for patient in known.patients]
    names = ("nrs_end", "systolic_mmhg", "remarks", "dose_mg")
    lines = [
        _line(seq, names[seq % 4], "4.5" if seq % 2 else '"x"')._replace(
            patient_id=ids[seq % 30], person=("AB", "JB")[seq % 2], utc=f"2026-{1 + seq % 12:02}-15T12:00:00.000Z"
        )
        for seq in range(1, MANY + 1)
    ]
    page = desk.page("log")
    assert isinstance(page, LogPage)
    table = _table(desk, _lines(desk))
    page.show_log(LogIndex(lines), LogText(known, lines, Wording("nl")))
    assert table.model().rowCount() == MANY
    slowest = 0.0
    for act in (
        lambda: page.filters.show_choice(patient="P07"),
        lambda: page.filters.show_choice(person="JB"),
        lambda: page.filters.show_choice(item="dose_mg"),
        lambda: page.filters.show_choice(since="01-03-2026", until="30-06-2026"),
        page.filters.show_all,
    ):
        act()
        started = time.thread_time()  # of this thread alone: other tests run beside it
        page.filters.changed.emit()
        table.grab()
        slowest = max(slowest, time.thread_time() - started)
    assert slowest < 0.1
    table.scrollToBottom()
    assert table.model().index(MANY - 1, Column.PATIENT).data() == "P02"


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


# Time


def test_that_lines_are_filtered_by_day_and_the_last_day_is_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _in_amsterdam(monkeypatch)
    lines = [
        _at(1, "2026-11-19T22:59:59.999Z"),  # 19-11, 23:59:59 in Amsterdam
        _at(2, "2026-11-19T23:00:00.000Z"),  # midnight there
        _at(3, "2026-11-20T22:59:59.999Z"),
        _at(4, "2026-11-20T23:00:00.000Z"),
    ]
    index, day = LogIndex(lines), date(2026, 11, 20)
    assert list(index.find(LogChoice(since=day, until=day), {})) == [1, 2]
    assert list(index.find(LogChoice(since=day), {})) == [1, 2, 3]
    assert list(index.find(LogChoice(until=day), {})) == [0, 1, 2]
    time.tzset()


def _in_amsterdam(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(time, "tzset"):
        pytest.skip("this system has one time zone a computer")
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    time.tzset()


def test_that_summer_time_is_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    _in_amsterdam(monkeypatch)
    lines = [_at(1, "2026-06-30T21:59:59.000Z"), _at(2, "2026-06-30T22:00:00.000Z")]
    assert list(LogIndex(lines).find(LogChoice(since=date(2026, 7, 1)), {})) == [1]


def test_that_days_are_typed_and_chosen(desk: Desk) -> None:
    everything = _lines(desk)
    table = _table(desk, everything)
    page = desk.page("log")
    yesterday = date.today() - timedelta(days=1)
    desk.enter("log_until", f"{yesterday:%d-%m-%Y}", page)
    desk.qtbot.waitUntil(lambda: "Geen regel past" in desk.texts(page))
    desk.click("log_today", page)
    assert table.model().rowCount() == everything
    assert desk.find(QLineEdit, "log_since", page).text() == f"{date.today():%d-%m-%Y}"
    assert desk.find(QLineEdit, "log_until", page).text() == ""
    desk.click("log_week", page)
    assert desk.find(QLineEdit, "log_since", page).text() == f"{date.today() - timedelta(days=6):%d-%m-%Y}"
    assert desk.find(QAbstractButton, "log_week", page).isChecked()
    desk.enter("log_since", f"{date.today():%Y-%m-%d}", page)
    assert desk.find(QAbstractButton, "log_today", page).isChecked()
    desk.click("log_show_all", page)
    assert desk.find(QLineEdit, "log_since", page).text() == ""
    assert desk.find(QAbstractButton, "log_all_days", page).isChecked()


@pytest.mark.parametrize("text", ["31-02-2026", "gisteren", "20-11-26"])
def test_that_a_text_that_is_no_day_stays_is_told_and_filters_nothing(desk: Desk, text: str) -> None:
    everything = _lines(desk)
    table = _table(desk, everything)
    page = desk.page("log")
    field = desk.enter("log_since", text, page)
    assert field.text() == text
    assert text in desk.texts(desk.find(QWidget, "message_log_days", page))
    assert table.model().rowCount() == everything
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert not desk.find(QWidget, "message_log_days", page).isVisible()


def test_that_days_in_the_wrong_order_are_told(desk: Desk) -> None:
    _table(desk, _lines(desk))
    page = desk.page("log")
    desk.enter("log_since", "20-11-2026", page)
    desk.enter("log_until", "19-11-2026", page)
    assert "20-11-2026" in desk.texts(desk.find(QWidget, "message_log_days", page))


# What was taken back


def test_that_an_act_and_what_took_it_back_lead_to_each_other(desk: Desk) -> None:
    desk.act("undo")
    desk.act("redo")
    table = _table(desk, _lines(desk))
    detail = desk.find(QWidget, "log_detail")
    assert "draait handeling" in _row(table, 0)[Column.NOTE]
    table.selectRow(1)
    assert "teruggedraaid door" in _row(table, 1)[Column.NOTE]
    assert "=1+1" in _row(table, 1)[Column.NOTE]
    desk.click("log_undone_by", detail)
    assert table.currentIndex().row() == 0
    desk.click("log_undoes", detail)
    assert table.currentIndex().row() == 1
    desk.click("log_undoes", detail)
    assert table.currentIndex().row() == 2
    assert _row(table, 2)[Column.NEW] == "151"


def test_that_a_filter_that_hides_the_other_act_gives_way(desk: Desk) -> None:
    desk.study.hand_over(Person("CD", "researcher"))
    desk.act("undo")
    everything = _lines(desk)
    page = desk.page("log")
    table = _table(desk, everything)
    box = desk.find(QComboBox, "log_person", page)
    box.setFocus()
    QTest.keyClicks(box, "C")
    desk.qtbot.waitUntil(lambda: table.model().rowCount() == 2)
    table.selectRow(0)
    desk.click("log_undoes", page)
    assert table.model().rowCount() == everything
    assert _row(table, table.currentIndex().row())[Column.NEW] == "151"


def test_that_the_chosen_line_stays_chosen_while_others_come(desk: Desk) -> None:
    table = _table(desk, _lines(desk))
    table.selectRow(3)
    before = _row(table, 3)
    desk.act("undo")
    desk.qtbot.waitUntil(lambda: table.currentIndex().row() == 4)
    assert _row(table, 4) == before


def test_that_where_there_is_no_room_the_reason_stands_below(desk: Desk) -> None:
    desk.window.resize(910, 512)
    table = _table(desk, _lines(desk))
    table.selectRow(0)
    assert "=1+1" in desk.texts(desk.page("log"))
    assert not desk.find(QWidget, "log_detail").isVisible()


# The other kinds of line


@pytest.fixture
def signed(desk: Desk) -> Desk:
    """P01 signed off, unlocked with a reason and changed; a PIN set; the study locked."""
    study, patient = desk.study, desk.study.patients[0]
    study.hand_over(Person("PV", "anaesthesiologist"))
    study.sign(patient.id, SignOff.INCLUSION, initials="PV")
    study.unlock(patient.id, SignOff.INCLUSION, "verkeerde weegschaal")
    study.set_value(patient.id, Kind.PATIENT, patient.id, "weight_kg", 83.5, "opnieuw gewogen")
    study.set_pin("PV", "271828")
    study.lock_study(initials="PV", reason="analyse")
    return desk


def _find(table: QTableView, item: str) -> int:
    return next(row for row in range(table.model().rowCount()) if _row(table, row)[Column.ITEM] == item)


def test_that_a_signature_shows_what_it_signed_and_that_it_is_void(signed: Desk) -> None:
    table = _table(signed, _lines(signed))
    table.selectRow(_find(table, "handtekening: inclusie"))
    detail = signed.find(QWidget, "log_detail")
    assert signed.find(QLabel, "log_change", detail).text() == "PV"
    said = signed.find(QLabel, "log_content", detail).text()
    patient = signed.study.patients[0]
    assert "Gewicht: " in said
    assert "83,5" not in said
    assert f"Leeftijd: {patient.get('age_years')}" in said
    assert "NRS" not in said
    assert "vervallen" in signed.find(QLabel, "log_fact_valid", detail).text()


def test_that_locks_are_told_with_their_reason(signed: Desk) -> None:
    table = _table(signed, _lines(signed))
    unlocked, study = _row(table, _find(table, "vergrendeling: inclusie")), _row(table, 0)
    assert unlocked[Column.OLD : Column.NOTE + 1] == ["vergrendeld", "open", "verkeerde weegschaal"]
    assert (study[Column.ITEM], study[Column.NOTE]) == ("vergrendeling: hele studie", "analyse")
    assert study[Column.PATIENT] == ""


def test_that_of_a_pin_nothing_but_that_it_was_set_is_told(signed: Desk) -> None:
    table = _table(signed, _lines(signed))
    row = _find(table, "pincode van PV")
    assert _row(table, row)[Column.OLD : Column.NEW + 1] == ["–", "ingesteld"]
    table.selectRow(row)
    texts = signed.texts(signed.find(QWidget, "log_detail"))
    assert "sha256" not in texts
    assert "271828" not in texts


def test_that_the_kinds_can_be_filtered_for(signed: Desk) -> None:
    table = _table(signed, _lines(signed))
    items = signed.find(QComboBox, "log_item", signed.page("log"))
    found = {items.itemText(at) for at in range(items.count())}
    assert {"Hele patiënten", "Handtekeningen", "Vergrendeling", "Personen"} <= found
    assert "Wachtwoord" not in found
    items.setFocus()
    QTest.keyClicks(items, "Vergr")
    signed.qtbot.waitUntil(lambda: table.model().rowCount() == 3)


def test_that_a_passphrase_and_a_restore_are_told(desk: Desk) -> None:
    restored = {"file": "demo_2026-11-22T18-05-12Z_31.esk", "seq": 31, "head": "ab" * 32, "abandoned": ["cd" * 32]}
    lines = [
        _line(1, "passphrase", '"yes"', kind="passphrase")._replace(record_id=None, patient_id=None),
        _line(2, "backup", json.dumps(restored), kind="restore")._replace(record_id=None, patient_id=None),
    ]
    text = LogText(_known(desk), lines, Wording("nl"))
    assert (text.old(lines[0]), text.new(lines[0])) == ("zonder wachtwoord", "met wachtwoord")
    assert text.new(lines[1]) == restored["file"]
    _, facts = text.content(lines[1])
    assert any("abababab" in value for _, value in facts)
    assert any("cdcdcdcd" in value for _, value in facts)


@pytest.mark.parametrize(
    ("kind", "variable", "new"),
    [
        ("signature", "inclusion", '{"forged":1}'),
        ("signature", "tomorrow", "[1"),
        ("patient", "nrs_end", '"much"'),
        ("patient", "no_such_variable", "3"),
        ("patient", None, "{}"),
        ("reading", "minute", '{"a":1}'),
        ("setting", "no_such_setting", "5"),
        ("criteria", "version", "[]"),
        ("criteria", "burned", "true"),
        ("restore", "backup", "[]"),
        ("person", "hat", '"red"'),
        ("elsewhere", None, "x"),
    ],
)
def test_that_a_line_that_somebody_forged_still_shows(desk: Desk, kind: str, variable: str | None, new: str) -> None:
    line = _line(1, "", new, kind=kind)._replace(variable=variable, utc="9999-99-99")
    text = LogText(_known(desk), [line], Wording("nl"))
    shown = [text.when(line), text.item(line), text.old(line), text.new(line), text.note(line)]
    assert shown[0] == "9999-99-99"
    assert all(isinstance(part, str) for part in shown)
    assert text.content(line)[0] in ("", "Teruggezet")
    assert list(LogIndex([line]).find(LogChoice(until=date(2026, 11, 22)), {})) == []


# Checking


def test_that_a_whole_file_is_told_calmly_and_its_head_can_be_copied(desk: Desk) -> None:
    lines = _lines(desk)
    page = desk.page("log")
    desk.click("log_check", page)
    strip = desk.find(QWidget, "log_check_strip", page)
    desk.qtbot.waitUntil(lambda: "is heel" in desk.texts(strip), timeout=10_000)
    head = desk.study.log()[-1].hash
    assert f"{lines} regels, 30 patiënten" in desk.texts(strip)
    assert head[:8] in desk.texts(strip)
    desk.click("log_check_copy", strip)
    assert desk.app.clipboard().text() == head
    desk.click("log_check_close", strip)
    assert not strip.isVisible()


def test_that_findings_are_told_with_their_places_and_lead_there(desk: Desk) -> None:
    lines = _lines(desk)
    page = desk.page("log")
    assert isinstance(page, LogPage)
    table = _table(desk, lines)
    weight = {"study_no": "P07", "kind": "patient", "record_id": "x", "variable": "weight_kg"}
    report = CheckReport(
        (
            Finding("log_seal_broken", {"seq": 5}),
            Finding("value_differs", {**weight, "logged": "71.5", "found": "73.0"}),
        ),
        30,
        lines,
        "ab" * 32,
    )
    page.check.show_report(report, datetime(2026, 11, 22, 18, 5))
    found = desk.find(QListWidget, "log_findings", page)
    assert "18:05" in desk.texts(page.check)
    assert "regel 5" in found.item(0).text()
    assert found.item(1).text() == "P07, Gewicht: in het bestand staat 73, volgens het logboek is het 71,5."
    found.itemActivated.emit(found.item(0))
    assert table.currentIndex().row() == lines - 5
    found.itemActivated.emit(found.item(1))
    assert desk.find(QWidget, "page_patients").isVisible()


def test_that_a_file_changed_from_outside_is_found_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _lines(desk)
    connection = connect(desk.study.path, PUBLIC, "rw")
    connection.execute("UPDATE patient SET nrs_before = 3 WHERE study_no = 'P05'")
    connection.close()
    page = desk.page("log")
    desk.click("log_check", page)
    found = desk.find(QListWidget, "log_findings", page)
    desk.qtbot.waitUntil(lambda: found.count() == 1, timeout=10_000)
    assert found.item(0).text().startswith("P05, NRS")


def test_that_lines_cut_from_the_end_are_missed_by_what_a_backup_ends_with(desk: Desk, tmp_path: Path) -> None:
    _lines(desk)
    path, earlier = desk.study.path, tmp_path / "earlier"
    shutil.copy(path, earlier)
    patient = desk.study.patients[0]
    desk.study.set_value(patient.id, Kind.PATIENT, patient.id, "nrs_end", 2.5)
    made = desk.study.back_up()
    assert made is not None
    desk.act("close_study")
    shutil.copy(earlier, path)
    desk.open(path)
    page = desk.page("log")
    desk.click("log_check", page)
    found = desk.find(QListWidget, "log_findings", page)
    desk.qtbot.waitUntil(lambda: found.count() == 1, timeout=10_000)
    assert made.path.name in found.item(0).text()


def test_that_a_check_tells_how_far_it_is_and_can_be_stopped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esk_engine.study_file.check._STEP", 10)
    lines, shares = _lines(desk), list[float]()
    assert desk.study.check(shares.append).is_whole
    assert shares == [number / lines for number in range(10, lines + 1, 10)]

    def stop(share: float) -> None:
        raise Fault("cancelled")

    with pytest.raises(Fault, match="cancelled"):
        desk.study.check(stop)
    page = desk.page("log")
    desk.click("log_check", page)
    desk.click("log_check_stop", page)
    assert not desk.find(QWidget, "log_check_strip", page).isVisible()
    desk.session.jobs.wait()
    assert not desk.find(QWidget, "log_check_strip", page).isVisible()


def test_that_a_check_outlives_a_switch_of_language(desk: Desk) -> None:
    _lines(desk)
    desk.click("log_check", desk.page("log"))
    strip = desk.find(QWidget, "log_check_strip")
    desk.qtbot.waitUntil(lambda: "is heel" in desk.texts(strip), timeout=10_000)
    desk.act("language_en")
    strip = desk.find(QWidget, "log_check_strip")
    desk.qtbot.waitUntil(lambda: "is whole" in desk.texts(strip), timeout=10_000)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_that_every_finding_has_a_text(language: Language) -> None:
    words = Wording(language)
    places: dict[str, dict[str, object]] = {
        "page_damaged": {"detail": "page 3"},
        "structure_damaged": {"detail": "x"},
        **{code: {"seq": 3} for code in ("log_gap", "log_seal_broken", "log_line_unknown", "log_old_differs")},
        "setting_differs": {"setting": "naranjo_cutoff", "logged": "5", "found": None},
        "criteria_differs": {"record_id": "x"},
        "person_differs": {"record_id": "AB"},
        "signature_differs": {"study_no": "P07", "moment": "infusion", "record_id": "x"},
        "lock_differs": {"study_no": "P07", "moment": "infusion"},
        "record_missing": {"study_no": "P07", "kind": "reading", "record_id": "x"},
    }
    for code, params in places.items():
        assert "{" not in finding_text(Finding(code, params), words)


def test_that_the_log_of_another_study_is_never_taken_for_a_continuation() -> None:
    lines = [_at(1, "2026-11-19T12:00:00.000Z")._replace(hash="a" * 64)]
    index = LogIndex(lines)
    assert index.continues_with([lines[0], _at(2, "2026-11-19T12:00:01.000Z")])
    assert not index.continues_with([lines[0]._replace(hash="b" * 64)])
    assert not index.continues_with([])
