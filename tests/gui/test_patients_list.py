"""The list of patients: order, search, filter, ten thousand rows, steps, read-only, what gives way."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QTableView

from esk_engine.records import make_patient
from esk_engine.study import Person, Study
from esk_gui.patients.list_model import ListRole
from esk_gui.patients.list_pane import next_study_no
from tests.gui.patients_case import Case, Opener, desk, whole_patient

__all__ = ["desk"]


def shown(case: Case) -> list[str]:
    model = case.page.list.model
    return [str(model.index(row).data(ListRole.STUDY_NO)) for row in range(model.rowCount())]


def choose_filter(case: Case, name: str) -> None:
    case.page.list.filter.show_code(name)
    case.page.list.filter.chosen.emit(name)


def test_that_patients_stand_in_natural_order_with_group_sex_and_age(desk: Opener) -> None:
    case = desk(whole_patient("P10"), whole_patient("P2", nrs_end=8.0), make_patient({"study_no": "P1"}))
    assert shown(case) == ["P1", "P2", "P10"]
    model = case.page.list.model
    assert model.index(0).data() == "7 ontbreken"
    assert [model.index(row).data() for row in (1, 2)] == ["Non-responder", "Responder"]
    assert [model.index(row).data(ListRole.GROUP) for row in range(3)] == ["undetermined", "non_responder", "responder"]
    assert model.index(2).data(ListRole.PERSON) == "v 58"


def test_that_search_and_filter_leave_only_who_passes(desk: Opener) -> None:
    case = desk(whole_patient("P01"), whole_patient("P02", nrs_end=8.0), make_patient({"study_no": "P12"}))
    QTest.keyClicks(case.line("patients_search"), "p0")
    assert shown(case) == ["P01", "P02"]
    case.line("patients_search").clear()
    expected = {
        "responder": ["P01"],
        "non_responder": ["P02"],
        "undetermined": ["P12"],
        "incomplete": ["P12"],
        "all": ["P01", "P02", "P12"],
    }
    for name, numbers in expected.items():
        choose_filter(case, name)
        assert shown(case) == numbers


def test_that_a_chosen_row_opens_its_patient_and_arrows_go_on(desk: Opener) -> None:
    case = desk(whole_patient("P01"), whole_patient("P02"))
    view = case.page.list.view
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(case.page.list.model.index(1)).center()
    )
    assert case.label("patient_study_no") == "P02"
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert case.label("patient_study_no") == "P01"


def test_that_leaving_a_field_by_choosing_another_patient_saves_it_with_the_first(desk: Opener) -> None:
    case = desk(whole_patient("P01"), whole_patient("P02"))
    case.open("P01")
    line = case.line("age_years")
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "61")
    case.open("P02")
    assert case.patient("P01").get("age_years") == 61
    assert case.patient("P02").get("age_years") == 58
    assert case.line("age_years").text() == "58"


def test_that_an_edit_refreshes_its_own_row_only(desk: Opener) -> None:
    case = desk(*(whole_patient(f"P{n:02}") for n in range(1, 6)))
    case.open("P03", "infusion")
    changed: list[tuple[int, int]] = []
    case.page.list.model.dataChanged.connect(lambda top, bottom: changed.append((top.row(), bottom.row())))
    resets: list[None] = []
    case.page.list.model.modelReset.connect(lambda: resets.append(None))
    case.type("nrs_end", "8")
    assert set(changed) == {(2, 2)}
    assert resets == []
    assert case.page.list.model.index(2).data() == "Non-responder"


@pytest.mark.parametrize(
    ("numbers", "following"), [((), ""), (("P09",), "P10"), (("P30", "P099"), "P100"), (("CONTROL",), "")]
)
def test_that_the_next_study_number_follows_the_last(numbers: tuple[str, ...], following: str) -> None:
    assert next_study_no(numbers) == following


def test_that_ten_thousand_patients_are_listed_filtered_and_edited_fluently(desk: Opener) -> None:
    case = desk(*(make_patient({"study_no": f"P{n}", "age_years": 50}) for n in range(10_000)))
    view = case.find("patients_list", QTableView)
    assert case.page.list.model.rowCount() == 10_000
    assert view.indexWidget(case.page.list.model.index(0)) is None
    started = time.process_time()
    case.line("patients_search").setText("P77")
    case.line("patients_search").clear()
    assert time.process_time() - started < 1.0  # about 0.05 s on a quiet machine
    case.open("P9999")
    case.type("age_years", "51")
    assert case.patient("P9999").get("age_years") == 51


def test_that_a_study_that_is_only_read_takes_nothing(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    path = case.study.path
    case.session.close_study()
    case.session.adopt(Study.open(path, person=Person("CD"), read_only=True))
    case.page.refresh()
    case.open("P01", "infusion")
    assert case.line("nrs_end").isReadOnly()
    assert not case.find("patients_add", QPushButton).isEnabled()
    model = case.page.form.infusion.vitals.model
    assert not model.flags(model.index(0, 2)) & Qt.ItemFlag.ItemIsEditable
    assert case.find("save_state", QLabel).text() == "Alleen lezen"
    case.page.ask_delete()
    assert len(case.study.patients) == 1


@pytest.mark.parametrize(
    ("width", "person", "switcher", "strip", "panel"),
    [
        (1366, True, False, False, 296),
        (1100, False, False, False, 264),
        (910, False, True, False, 248),
        (700, False, True, True, None),
    ],
)
def test_that_the_list_and_the_panel_give_way_in_order_and_the_verdict_stays(
    desk: Opener, width: int, person: bool, switcher: bool, strip: bool, panel: int | None
) -> None:
    case = desk(whole_patient("P01"), whole_patient("P02"), size=(width - 76, 600))
    case.open("P01", "infusion")
    QTest.qWait(10)
    page = case.page
    assert page.list.delegate.shows_person is person
    assert page.header.switcher.isVisible() is switcher
    assert page.verdict.is_strip is strip
    assert case.label("verdict_group") == "Responder"
    assert case.find("verdict_group").isVisible()
    assert page.verdict.height() == 40 if strip else page.verdict.width() == panel


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_that_the_switcher_steps_and_opens_the_list(desk: Opener) -> None:
    case = desk(whole_patient("P01"), whole_patient("P02"), size=(800, 600))
    case.open("P01")
    case.page.header.switcher.stepped.emit(1)
    assert case.page.patient_id == case.patient("P02").id
    QTest.mouseClick(case.find("patient_switcher", QPushButton), Qt.MouseButton.LeftButton)
    assert case.page.list.view.isVisible()
    case.page.list.view.setCurrentIndex(case.page.list.model.index(0))
    assert case.page.patient_id == case.patient("P01").id
    assert not case.page.list.view.isVisible()


@pytest.mark.parametrize("width", [1366, 1300, 1241, 1093, 1060, 1000, 911, 790, 700, 640])
def test_that_no_field_of_the_infusion_is_cut_off_at_any_width(desk: Opener, width: int) -> None:
    rail = 76 if width >= 1240 else 48
    case = desk(whole_patient("P01"), size=(width - rail, 700))
    case.open("P01", "infusion")
    QTest.qWait(10)
    area = case.find("infusion_area", QScrollArea)
    content = area.widget()
    assert content is not None
    assert content.width() <= area.viewport().width()
