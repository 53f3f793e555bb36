"""Who is at work: asked when a study opens, handed over by the button, with a PIN where the study wants one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from esk_engine.dictionary import Kind
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.study import Person, Study
from tests.gui.desk import PERSON, Desk, desk_for

JB = Person("JB", "nurse_specialist")


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path) as made:
        yield made


def _study_with_pins(desk: Desk, **pins: str) -> Path:
    """A study that asks for a PIN, with those people on its list."""
    path = desk.folder / "pins.esk"
    settings = replace(demo_settings("nl"), pin_required=True)
    with Study.create(path, person=PERSON, settings=settings, patients=demo_patients()) as study:
        for person in (PERSON, JB):
            study.hand_over(person)
            if person.initials in pins:
                study.set_pin(person.initials, pins[person.initials])
            study.set_setting("clinic_name", person.initials)
    return path


def _opening(desk: Desk, path: Path) -> QDialog:
    desk.window.open_path(path)
    return desk.dialog("dialog_opening")


def _listed(desk: Desk, dialog: QWidget) -> list[str]:
    box = desk.find(QComboBox, "person_choice", dialog)
    return [box.itemText(at) for at in range(box.count())]


def test_that_opening_offers_the_studys_list_and_proposes_who_works_here_as_a_rule(desk: Desk) -> None:
    path = desk.make_demo()
    with Study.open(path, person=JB) as study:
        study.set_setting("clinic_name", "Pijnpoli")
    desk.session.person = None
    desk.preferences.change(initials="JB")
    dialog = _opening(desk, path)
    assert _listed(desk, dialog) == ["AB, Ziekenhuisapotheker", "JB, Verpleegkundig specialist", "Iemand anders…"]
    assert desk.session.study is None, "nothing of it shows before it is known who looks"
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.click("button_confirm", dialog)
    assert desk.study.person == JB
    assert desk.window.window_actions["person"].iconText() == "JB"


def test_that_somebody_new_is_on_the_list_from_the_first_act_on(desk: Desk) -> None:
    dialog = _opening(desk, desk.make_demo())
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.be_new("KL", dialog)
    desk.study.set_setting("clinic_name", "Pijnpoli")
    assert set(desk.study.people) == {"AB", "KL"}


def test_that_where_nobody_is_known_to_work_no_name_is_proposed(desk: Desk) -> None:
    path = desk.make_demo()
    desk.session.person = None
    dialog = _opening(desk, path)
    assert desk.find(QComboBox, "person_choice", dialog).currentIndex() == -1
    desk.click("button_confirm", dialog)
    assert "Kies wie u bent" in desk.texts(dialog)
    desk.choose("person_choice", "AB", dialog)
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.click("button_confirm", dialog)
    assert desk.study.person == PERSON


def test_that_initials_of_the_list_cannot_be_taken_by_somebody_new(desk: Desk) -> None:
    dialog = _opening(desk, desk.make_demo())
    desk.be_new("AB", dialog)
    assert "staat al in de lijst" in desk.texts(dialog)
    assert desk.session.study is None


def test_that_giving_up_at_the_question_leaves_the_start_page_and_the_study_to_others(desk: Desk) -> None:
    path = desk.make_demo()
    dialog = _opening(desk, path)
    desk.click("button_cancel", dialog)
    assert desk.session.study is None
    assert desk.find(QWidget, "page_start").isVisible()
    with Study.open(path, person=JB) as study:
        assert study.is_writer
    desk.open(path)


def test_that_a_wrong_pin_keeps_the_study_shut_and_the_right_one_opens_it(desk: Desk) -> None:
    dialog = _opening(desk, _study_with_pins(desk, AB="1234", JB="5678"))
    desk.enter("person_pin", "5678", dialog)
    desk.click("button_confirm", dialog)
    assert "Deze pincode klopt niet" in desk.texts(dialog)
    assert desk.session.study is None
    desk.enter("person_pin", "1234", dialog)
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.click("button_confirm", dialog)
    assert desk.study.person.initials == "AB"


def test_that_guessing_has_to_wait_and_says_how_long(desk: Desk) -> None:
    dialog = _opening(desk, _study_with_pins(desk, AB="1234"))
    for _ in range(5):
        desk.enter("person_pin", "9999", dialog)
        desk.click("button_confirm", dialog)
    assert "Over 2 s kunt u het opnieuw proberen" in desk.texts(dialog)
    assert not desk.find(QWidget, "person_pin", dialog).isEnabled()
    desk.qtbot.waitUntil(desk.find(QWidget, "person_pin", dialog).isEnabled, timeout=5000)
    desk.enter("person_pin", "1234", dialog)
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.click("button_confirm", dialog)


def test_that_who_has_no_pin_yet_sets_one_typed_twice(desk: Desk) -> None:
    path = _study_with_pins(desk, AB="1234")
    dialog = _opening(desk, path)
    desk.choose("person_choice", "JB", dialog)
    desk.enter("person_new_pin", "2468", dialog)
    desk.enter("person_pin_again", "2469", dialog)
    desk.click("button_confirm", dialog)
    assert "niet gelijk" in desk.texts(dialog)
    desk.enter("person_new_pin", "24", dialog)
    desk.enter("person_pin_again", "24", dialog)
    desk.click("button_confirm", dialog)
    assert "4 tot 12 cijfers" in desk.texts(dialog)
    desk.enter("person_new_pin", "2468", dialog)
    desk.enter("person_pin_again", "2468", dialog)
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.click("button_confirm", dialog)
    line = desk.study.log()[-1]
    assert (line.kind, line.record_id, line.person) == ("person", "JB", "JB")
    desk.study.identify(JB, "2468")


def test_that_the_person_button_hands_over_with_the_pin_of_who_comes(desk: Desk) -> None:
    path = _study_with_pins(desk, AB="1234", JB="5678")
    with desk.qtbot.waitSignal(desk.session.study_opened):
        dialog = _opening(desk, path)
        desk.enter("person_pin", "1234", dialog)
        desk.click("button_confirm", dialog)
    desk.act("person")
    dialog = desk.dialog("dialog_person")
    desk.choose("person_choice", "JB", dialog)
    desk.click("button_confirm", dialog)
    assert desk.study.person.initials == "AB", "not without the PIN"
    desk.enter("person_pin", "5678", dialog)
    desk.click("button_confirm", dialog)
    patient = desk.study.patients[0]
    desk.study.set_value(patient.id, Kind.PATIENT, patient.id, "nrs_end", 2.5)
    assert desk.study.log()[-1].person == "JB"


def test_that_a_colleagues_forgotten_pin_is_taken_away_with_a_reason(desk: Desk) -> None:
    path = _study_with_pins(desk, AB="1234", JB="5678")
    with desk.qtbot.waitSignal(desk.session.study_opened):
        dialog = _opening(desk, path)
        desk.enter("person_pin", "1234", dialog)
        desk.click("button_confirm", dialog)
    page = desk.page("settings")
    assert "Verpleegkundig specialist, met pincode" in _all_texts(desk, page)
    desk.find(QPushButton, "reset_pin_JB", page).click()
    dialog = desk.dialog("dialog_reset_pin")
    desk.click("button_confirm", dialog)
    assert "Geef een reden" in desk.texts(dialog)
    desk.find(QPlainTextEdit, "reason", dialog).setPlainText("vergeten")
    desk.click("button_confirm", dialog)
    assert not desk.study.has_pin("JB")
    line = desk.study.log()[-1]
    assert (line.variable, line.record_id, line.person, line.reason) == ("pin", "JB", "AB", "vergeten")
    assert "Verpleegkundig specialist, zonder pincode" in _all_texts(desk, page)


def test_that_ones_own_pin_is_set_and_changed_on_the_settings_page(desk: Desk) -> None:
    desk.open_demo()
    page = desk.page("settings")
    for old, new in (("", "1234"), ("1234", "5678")):
        desk.find(QPushButton, "set_pin", page).click()
        dialog = desk.dialog("dialog_pin")
        if old:
            desk.enter("person_pin", old, dialog)
        desk.enter("person_new_pin", new, dialog)
        desk.enter("person_pin_again", new, dialog)
        desk.click("button_confirm", dialog)
        assert desk.study.has_pin("AB")
    desk.study.set_setting("pin_required", "yes")
    desk.study.identify(PERSON, "5678")


def test_that_a_role_that_was_chosen_wrongly_is_put_right(desk: Desk) -> None:
    desk.open_demo()
    page = desk.page("settings")
    desk.choose("own_role", "researcher", page)
    assert desk.study.people["AB"] == "researcher"
    assert desk.session.person == Person("AB", "researcher")
    line = desk.study.log()[-1]
    assert (line.kind, line.variable, line.new_value) == ("person", "role", "researcher")


def test_that_the_study_is_locked_with_the_person_and_unlocked_with_a_reason(desk: Desk) -> None:
    path = _study_with_pins(desk, AB="1234")
    with desk.qtbot.waitSignal(desk.session.study_opened):
        dialog = _opening(desk, path)
        desk.enter("person_pin", "1234", dialog)
        desk.click("button_confirm", dialog)
    desk.act("lock_study")
    dialog = desk.dialog("dialog_lock_study")
    desk.enter("person_pin", "1111", dialog)
    desk.click("button_confirm", dialog)
    assert not desk.study.is_locked
    desk.enter("person_pin", "1234", dialog)
    desk.click("button_confirm", dialog)
    assert desk.study.is_locked
    banner = desk.find(QWidget, "banner_study_lock")
    desk.qtbot.waitUntil(lambda: "door AB" in desk.texts(banner), timeout=5000)
    assert not desk.window.window_actions["lock_study"].isVisible()
    desk.act("unlock_study")
    dialog = desk.dialog("dialog_unlock_study")
    desk.enter("person_pin", "1234", dialog)
    desk.click("button_confirm", dialog)
    assert desk.study.is_locked, "not without a reason"
    desk.find(QPlainTextEdit, "reason", dialog).setPlainText("nagekomen meting")
    desk.click("button_confirm", dialog)
    assert not desk.study.is_locked
    assert not banner.isVisible()


def _all_texts(desk: Desk, page: QWidget) -> str:
    desk.app.processEvents()
    return desk.texts(page)
