"""The vital signs grid: rows that fill by themselves, typing, times, paste, artefacts, what decided."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from esk_engine.criteria import TABLE_2
from esk_engine.dictionary import Kind
from esk_engine.records import make_patient
from esk_engine.settings import Settings
from esk_gui.patients.vital_model import VitalColumn, VitalSignsModel
from esk_gui.patients.vital_paste import read_block
from esk_gui.patients.vital_rows import grid_rows, minute_of_clock, read_clock
from esk_gui.patients.vital_view import VitalSignsView
from tests.gui.patients_case import START, Case, Opener, desk, whole_patient

__all__ = ["desk"]


def model_of(case: Case) -> VitalSignsModel:
    return case.page.form.infusion.vitals.model


def grid_of(case: Case) -> VitalSignsView:
    return case.page.form.infusion.vitals.view


def texts(case: Case, column: VitalColumn) -> list[str]:
    model = model_of(case)
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def readings(case: Case, study_no: str = "P01") -> dict[object, tuple[object, ...]]:
    return {
        row.get("minute"): tuple(row.get(n) for n in ("heart_rate_bpm", "systolic_mmhg", "diastolic_mmhg"))
        for row in case.patient(study_no).readings
    }


def type_in_cell(case: Case, row: int, column: VitalColumn, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    """Put the cursor on a cell and type over it, as in a spreadsheet."""
    grid = grid_of(case)
    grid.setFocus()
    grid.go_to(row, column)
    over_cell(grid, text, key)


def over_cell(grid: VitalSignsView, text: str, key: Qt.Key) -> None:
    """Type over the cell that the cursor is on; the keys go to whatever has the keyboard."""
    QTest.keyClicks(grid, text[0])
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, text[1:])
    QTest.keyClick(editor, key)


def paste(case: Case, row: int, column: VitalColumn, text: str) -> None:
    grid = grid_of(case)
    grid.setFocus()
    grid.go_to(row, column)
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (None, [*range(0, 481, 30)]),
        (480, [*range(0, 481, 30)]),
        (470, [*range(0, 451, 30), 470]),
        (95, [0, 30, 60, 90, 95]),
        (1, [0, 1]),
    ],
)
def test_that_rows_run_from_0_to_the_end_and_the_last_moves_with_the_duration(
    minutes: int | None, expected: list[int]
) -> None:
    rows = grid_rows(make_patient({"study_no": "P01", "infusion_minutes": minutes}), Settings())
    assert [row.minute for row in rows] == expected
    assert [row.minute for row in rows if row.is_end] == [expected[-1]]


def test_that_a_reading_off_schedule_near_the_end_is_the_end_row() -> None:
    patient = make_patient(
        {"study_no": "P01", "infusion_minutes": 474}, [(Kind.READING, {"minute": 480, "systolic_mmhg": 120})]
    )
    rows = grid_rows(patient, Settings())
    assert [row.minute for row in rows][-2:] == [450, 480]
    assert rows[-1].is_end


def test_that_readings_at_other_minutes_stand_between_the_scheduled_ones() -> None:
    patient = make_patient({"study_no": "P01"}, [(Kind.READING, {"minute": 47, "systolic_mmhg": 150})])
    rows = grid_rows(patient, Settings(planned_infusion_minutes=90))
    assert [(row.minute, row.is_scheduled) for row in rows] == [
        (0, True), (30, True), (47, False), (60, True), (90, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("9:05", (9, 5)),
        ("09.05", (9, 5)),
        ("0905", (9, 5)),
        ("9u05", (9, 5)),
        ("24:00", None),
        ("9", None),
        ("x:10", None),
    ],
)
def test_that_clock_times_are_read_as_people_type_them(text: str, clock: tuple[int, int] | None) -> None:
    assert read_clock(text) == clock


def test_that_a_clock_time_past_midnight_is_later_in_the_infusion() -> None:
    assert minute_of_clock(datetime(2024, 1, 16, 20, 0), 1, 30) == 330


def test_that_the_model_keeps_qts_rules_while_a_patient_is_entered(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}), whole_patient("P02"))
    model, samples = model_of(case), case.page.form.infusion.samples.model
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [QAbstractItemModelTester(each, fatal) for each in (model, samples, case.page.list.model)]
    case.open("P01", "infusion")
    assert model.setData(model.index(3, VitalColumn.SYSTOLIC), "120")
    case.type("infusion_minutes", "470")
    case.open("P02", "infusion")
    case.study.undo()
    case.page.list.search.setText("P02")
    assert case.page.list.model.rowCount() == 1
    assert len(testers) == 3


def test_that_typing_overwrites_and_the_first_value_makes_the_reading(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}))
    case.open("P01", "infusion")
    type_in_cell(case, 1, VitalColumn.HEART_RATE, "78", Qt.Key.Key_Tab)
    assert readings(case) == {30: (78, None, None)}
    assert grid_of(case).currentIndex().column() == VitalColumn.SYSTOLIC
    type_in_cell(case, 1, VitalColumn.HEART_RATE, "79", Qt.Key.Key_Tab)
    assert readings(case) == {30: (79, None, None)}


def test_that_enter_goes_down_and_after_tabs_back_to_where_they_began(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}))
    case.open("P01", "infusion")
    type_in_cell(case, 0, VitalColumn.HEART_RATE, "75", Qt.Key.Key_Tab)
    grid = grid_of(case)
    for text, key in (("120", Qt.Key.Key_Tab), ("70", Qt.Key.Key_Return)):
        over_cell(grid, text, key)
    assert readings(case) == {0: (75, 120, 70)}
    assert (grid.currentIndex().row(), grid.currentIndex().column()) == (1, VitalColumn.HEART_RATE)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert grid.currentIndex().row() == 2


def test_that_a_wrong_value_stays_in_its_cell_with_a_message_and_the_good_one_in_the_file(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    type_in_cell(case, 2, VitalColumn.SYSTOLIC, "400")
    assert texts(case, VitalColumn.SYSTOLIC)[2] == "400"
    assert readings(case)[60] == (75, 120, 70)
    assert case.message("systolic_mmhg") == "Minuut 60: Bovendruk: 400 ligt buiten de grenzen 40–300 mmHg."
    assert case.page.drafts() == ["P01: Bovendruk, minuut 60 (‘400’)"]
    type_in_cell(case, 2, VitalColumn.SYSTOLIC, "124")
    assert readings(case)[60] == (75, 124, 70)
    assert case.message("systolic_mmhg") == ""


def test_that_a_diastolic_above_the_systolic_is_refused(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    type_in_cell(case, 2, VitalColumn.DIASTOLIC, "130")
    assert readings(case)[60] == (75, 120, 70)
    assert case.message("diastolic_mmhg") != ""


def test_that_a_minute_or_a_time_that_is_typed_moves_the_reading(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    assert texts(case, VitalColumn.CLOCK)[:2] == ["08:45", "09:15"]
    type_in_cell(case, 1, VitalColumn.MINUTE, "33")
    assert 33 in readings(case)
    assert 30 not in readings(case)
    row = model_of(case).row_at(33)
    assert row == 2  # the scheduled row of minute 30 waits again
    type_in_cell(case, row, VitalColumn.CLOCK, "9:20")
    assert 35 in readings(case)


def test_that_a_reading_besides_the_schedule_is_added_by_minute_or_time(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01", "infusion_start": START}))
    case.open("P01", "infusion")
    for typed, minute in (("47", 47), ("9:50", 65)):
        QTest.mouseClick(case.find("add_reading", QPushButton), Qt.MouseButton.LeftButton)
        line = case.line("new_minute")
        QTest.keyClicks(line, typed)
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert minute in readings(case)
        current = grid_of(case).current_row()
        assert current is not None
        assert current.minute == minute


def test_that_a_cleared_reading_leaves_its_scheduled_row_empty(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    grid = grid_of(case)
    grid.setFocus()
    grid.go_to(2, VitalColumn.HEART_RATE)
    for _ in range(2):
        QTest.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(grid, Qt.Key.Key_Delete)
    assert 60 not in readings(case)
    assert texts(case, VitalColumn.MINUTE)[2] == "60"
    case.study.undo()
    assert readings(case)[60] == (75, 120, 70)


def test_that_a_block_from_excel_is_pasted_as_one_act(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}))
    case.open("P01", "infusion")
    paste(case, 0, VitalColumn.HEART_RATE, "75\t120\t69\r\n78\t\t68\r\n73\t122,0\t67\r\n")
    assert readings(case) == {0: (75, 120, 69), 30: (78, None, 68), 60: (73, 122, 67)}
    case.study.undo()
    assert readings(case) == {}


def test_that_a_block_with_minutes_goes_to_those_minutes_whatever_the_row(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}))
    case.open("P01", "infusion")
    paste(case, 5, VitalColumn.MINUTE, "minuut\tHF\tRR\r\n0\t75\t120\r\n45\t80\t130\r\n")
    assert readings(case) == {0: (75, 120, None), 45: (80, 130, None)}


def test_that_a_block_with_faults_names_them_and_changes_nothing(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    before = readings(case)
    paste(case, 0, VitalColumn.SYSTOLIC, "130\t80\r\n12,5\t80\r\n130\t20000\r\n")
    assert readings(case) == before
    told = case.message("vital_signs")
    assert told.splitlines()[0] == "Niets geplakt; fouten: 2"
    assert "Rij 2, kolom 1" in told
    assert "Rij 3, kolom 2" in told


def test_that_a_block_that_reaches_beyond_the_grid_is_refused_whole(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    before = readings(case)
    paste(case, 16, VitalColumn.DIASTOLIC, "7,5\t72\r\n73\t74\r\n")
    assert readings(case) == before
    told = case.message("vital_signs").splitlines()
    assert [line.split(":")[0] for line in told[1:]] == [
        "Rij 1, kolom 1", "Rij 1, kolom 2", "Rij 2, kolom 1", "Rij 2, kolom 2",
    ]  # fmt: skip


def test_that_a_block_is_read_with_quotes_blank_ends_and_a_heading() -> None:
    block = read_block('hart\tboven\r\n"75"\t120\r\n\t121\r\n\t\r\n')
    assert [(cell.row, cell.column, cell.text) for cell in block.cells] == [(0, 0, "75"), (0, 1, "120"), (1, 1, "121")]


def test_that_an_artefact_needs_a_reason_is_struck_through_and_no_longer_decides(desk: Opener) -> None:
    patient = whole_patient("P01")
    case = desk(patient)
    case.open("P01", "infusion")
    type_in_cell(case, 4, VitalColumn.SYSTOLIC, "190")
    model, grid = model_of(case), grid_of(case)
    cell = model.index(4, VitalColumn.SYSTOLIC)
    assert model.look(cell).is_outside
    assert model.look(cell).is_deciding
    grid.go_to(4, VitalColumn.SYSTOLIC)
    QTest.keyClick(grid, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    reason = case.line("artefact_reason")
    assert reason.isVisible()
    QTest.keyClicks(reason, "manchet verschoven")
    QTest.keyClick(reason, Qt.Key.Key_Return)
    record = case.patient("P01").readings[4]
    assert (record.get("artefact"), record.get("artefact_reason")) == ("systolic_mmhg", "manchet verschoven")
    assert model.look(cell).is_artefact
    assert not model.look(cell).is_deciding
    assert "manchet verschoven" in str(cell.data(Qt.ItemDataRole.ToolTipRole))
    QTest.keyClick(grid, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert case.patient("P01").readings[4].get("artefact") is None


@pytest.mark.parametrize(("systolic", "outside"), [("144", False), ("145", True), ("96", False), ("95", True)])
def test_that_a_reading_is_outside_only_beyond_the_limit_of_the_criteria(
    desk: Opener, systolic: str, outside: bool
) -> None:
    case = desk(whole_patient("P01"))  # 120 at minute 0: 20 % is from 96 to 144
    case.open("P01", "infusion")
    type_in_cell(case, 7, VitalColumn.SYSTOLIC, systolic)
    model = model_of(case)
    assert model.look(model.index(7, VitalColumn.SYSTOLIC)).is_outside is outside


def test_that_all_17_rows_are_seen_without_scrolling_at_1366_by_768(desk: Opener) -> None:
    case = desk(whole_patient("P01"), size=(1290, 768 - 36 - 32))  # without rail, menus, title bar
    case.open("P01", "infusion")
    QTest.qWait(20)
    grid = grid_of(case)
    last = grid.visualRect(grid.model().index(16, 0, QModelIndex()))
    assert grid.viewport().rect().contains(last)
    assert grid.verticalScrollBar().maximum() == 0


def test_that_the_plot_draws_the_band_from_minute_0_and_rings_what_decided(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    type_in_cell(case, 16, VitalColumn.SYSTOLIC, "158")
    plot = case.page.form.infusion.plot
    panels = plot.panels()
    assert panels is not None
    systolic = panels[0].curves[0]
    assert systolic.band == pytest.approx((96, 144))
    assert systolic.ceiling == TABLE_2.conditions()[-1].threshold
    assert [(p.minute, p.value) for p in systolic.points if p.deciding] == [(480, 158.0)]
    assert "31,7" in plot.accessibleDescription()  # 100 * (158 - 120) / 120


def test_that_a_click_on_a_point_puts_the_cursor_on_its_reading(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    plot = case.page.form.infusion.plot
    panels = plot.panels()
    assert panels is not None
    spot = panels[1].at(panels[1].curves[0].points[3]).toPoint()
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=spot)
    current = grid_of(case).currentIndex()
    assert (current.row(), current.column()) == (3, VitalColumn.HEART_RATE)
