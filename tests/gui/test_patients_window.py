"""The Patients page in the whole window: undo by the keyboard, language and theme, nothing typed is lost at closing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from esk_engine.study import Person, Study
from esk_gui.main_window import MainWindow
from esk_gui.patients.page import PatientsPage
from esk_gui.preferences import Preferences
from esk_gui.theme import apply_font
from esk_gui.widgets.page import Page
from tests.gui.patients_case import Case, Desk, whole_patient


class Window(Case):
    """The whole window; its page is another one after a switch of language or theme."""

    def __init__(self, session: Desk, window: MainWindow) -> None:
        self.window = window
        super().__init__(session, self.shown())

    def shown(self) -> PatientsPage:
        page: Page = self.window.workspace.pages.show_page("patients")
        assert isinstance(page, PatientsPage)
        return page

    def look_again(self) -> None:
        self.page = self.shown()


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path) -> Iterator[Window]:
    apply_font(qapp)
    preferences = Preferences(tmp_path)
    preferences.change(language="nl", theme="light")
    session = Desk(qapp, preferences)
    made = MainWindow(session)
    session.adopt(
        Study.create(tmp_path / "study.esk", person=Person("AB"), patients=[whole_patient("P01"), whole_patient("P02")])
    )
    made.resize(1366, 740)
    made.show()
    made.activateWindow()
    QTest.qWaitForWindowExposed(made)
    yield Window(session, made)
    session.close_study()
    made.close()
    made.deleteLater()
    QApplication.processEvents()


def test_that_ctrl_z_after_leaving_a_field_undoes_the_study(window: Window) -> None:
    window.open("P02")
    window.type("age_years", "61")
    assert window.patient("P02").get("age_years") == 61
    focused = QApplication.focusWidget()
    assert isinstance(focused, QLineEdit)
    QTest.keyClick(focused, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.patient("P02").get("age_years") == 58
    assert window.line("age_years").text() == "58"
    QTest.keyClick(focused, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert window.patient("P02").get("age_years") == 61


def test_that_ctrl_z_in_a_field_that_is_being_typed_in_stays_in_the_field(window: Window) -> None:
    window.open("P02")
    line = window.line("age_years")
    line.setFocus()
    QTest.keyClicks(line, "9")
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == "58"
    assert not window.study.can_undo


def test_that_language_and_theme_keep_patient_tab_and_drafts(window: Window) -> None:
    window.open("P02", "infusion")
    window.type("nrs_end", "elf")
    window.session.set_language("en")
    window.look_again()
    assert window.label("patient_study_no") == "P02"
    assert window.line("nrs_end").text() == "elf"
    assert window.message("nrs_end") == "NRS at the end: ‘elf’ is not a number."
    window.session.set_theme("dark")
    window.look_again()
    assert window.line("nrs_end").text() == "elf"
    assert window.page.form.infusion.isVisible()


def test_that_closing_takes_what_is_being_typed_and_names_what_cannot_be_saved(window: Window) -> None:
    window.open("P02")
    line = window.line("age_years")
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "62")
    assert window.window.workspace.pages.drafts() == []
    assert window.patient("P02").get("age_years") == 62
    line.selectAll()
    QTest.keyClicks(line, "oud")
    assert window.window.workspace.pages.drafts() == ["P02: Leeftijd (‘oud’)"]
    window.page.form.side_effects.refresh()
    window.type("age_years", "62")


def test_that_a_cell_that_is_being_typed_in_is_saved_before_another_patient_is_shown(window: Window) -> None:
    window.open("P01", "infusion")
    grid = window.page.form.infusion.vitals.view
    grid.setFocus()
    grid.go_to(3, 2)
    QTest.keyClicks(grid, "8")
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "1")
    window.open("P02", "infusion")
    assert window.patient("P01").readings[3].get("heart_rate_bpm") == 81
    assert window.patient("P02").readings[3].get("heart_rate_bpm") == 75


def test_that_a_change_made_while_another_page_shows_is_seen_on_return(window: Window) -> None:
    window.open("P01", "infusion")
    window.session.show_page("criteria")
    patient = window.patient("P01")
    window.study.set_value(patient.id, patient.record.kind, patient.id, "nrs_end", 8.0)
    window.look_again()
    assert window.line("nrs_end").text() == "8"
    assert window.label("verdict_group") == "Non-responder"


def test_that_another_page_opens_a_patient_that_the_search_hides(window: Window) -> None:
    window.page.list.search.setText("P02")
    window.session.show_patient(window.patient("P01").id)
    assert window.label("patient_study_no") == "P01"
    assert window.page.list.search.text() == ""
