"""A study that another program writes: read along, its changes shown, nobody's text lost, the role given and taken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from esk_engine.dictionary import Kind
from esk_engine.study import Person, Study
from esk_gui.widgets.labels import MessageLabel
from tests.gui.desk import PERSON, Desk, desk_for

KL = Person("KL", "anaesthesiologist")


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path) as made:
        yield made


@pytest.fixture
def other(desk: Desk) -> Iterator[Study]:
    """The same study, open to write in another program."""
    with Study.open(desk.make_demo(), person=KL) as study:
        yield study


def _banner(desk: Desk) -> QWidget:
    return desk.find(QWidget, "banner_following")


def _nrs_end(study: Study, study_no: str = "P01") -> object:
    patient = study.patient_by_study_no(study_no)
    assert patient is not None
    return patient.get("nrs_end")


def _enter_nrs(study: Study, value: float, study_no: str = "P01") -> None:
    patient = study.patient_by_study_no(study_no)
    assert patient is not None
    study.wait_saved(study.set_value(patient.id, Kind.PATIENT, patient.id, "nrs_end", value))


def test_that_a_study_open_elsewhere_opens_and_says_who_writes_where_since_when(desk: Desk, other: Study) -> None:
    desk.open(other.path)
    assert not desk.study.read_only
    assert not desk.study.is_writer
    text = desk.texts(_banner(desk))
    assert "KL werkt nu in deze studie" in text
    assert "U leest mee" in text
    assert f"{desk.session.today():%d-%m-%Y}" in text


def test_that_what_the_other_writes_shows_within_two_seconds(desk: Desk, other: Study) -> None:
    desk.open(other.path)
    page = desk.page("settings")
    other.wait_saved(other.set_setting("clinic_name", "Pijnpoli"))
    _enter_nrs(other, 1.5)
    desk.qtbot.waitUntil(lambda: _nrs_end(desk.study) == 1.5, timeout=2000)
    desk.qtbot.waitUntil(lambda: desk.find(QLineEdit, "clinic_name", page).text() == "Pijnpoli", timeout=500)


def test_that_a_field_keeps_what_was_typed_and_says_who_writes(desk: Desk, other: Study) -> None:
    desk.open(other.path)
    page = desk.page("settings")
    field = desk.enter("clinic_name", "Pijnpoli", page)
    message = desk.find(MessageLabel, "message_clinic_name", page)
    assert message.isVisible()
    assert "KL" in message.text()
    assert field.isEnabled()
    assert field.text() == "Pijnpoli"
    assert desk.study.settings.clinic_name == ""
    other.close()
    desk.enter("clinic_name", "Pijnpoli Noord", page)
    assert desk.study.settings.clinic_name == "Pijnpoli Noord"
    assert desk.study.is_writer


def test_that_the_banner_goes_when_the_other_is_done(desk: Desk, other: Study) -> None:
    desk.open(other.path)
    assert _banner(desk).isVisible()
    other.close()
    desk.qtbot.waitUntil(lambda: not _banner(desk).isVisible(), timeout=3000)


def test_that_the_role_is_given_back_in_silence_and_the_next_edit_takes_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open_demo()
    monkeypatch.setattr(Study, "RELEASE_SECONDS", 0.0)
    desk.qtbot.waitUntil(lambda: not desk.study.is_writer, timeout=3000)
    monkeypatch.undo()
    assert not _banner(desk).isVisible()
    with Study.open(desk.study.path, person=KL) as other:
        assert other.is_writer, "an open window keeps nobody out"
        _enter_nrs(other, 2.5)
    desk.enter("clinic_name", "Pijnpoli", desk.page("settings"))
    assert desk.study.is_writer
    assert (_nrs_end(desk.study), desk.study.settings.clinic_name) == (2.5, "Pijnpoli")


def test_that_an_undo_of_what_another_changed_since_is_refused_and_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open_demo()
    _enter_nrs(desk.study, 1.5)
    desk.study.release()
    with Study.open(desk.study.path, person=KL) as other:
        _enter_nrs(other, 2.5)
    desk.qtbot.waitUntil(lambda: _nrs_end(desk.study) == 2.5, timeout=3000)
    desk.act("undo")
    dialog = desk.dialog("dialog_error")
    assert "een ander heeft het sindsdien gewijzigd" in desk.texts(dialog)
    assert _nrs_end(desk.study) == 2.5
    desk.click("button_close", dialog)


def test_that_a_lock_of_the_study_made_elsewhere_shows_here(desk: Desk, other: Study) -> None:
    desk.open(other.path)
    other.wait_saved(other.lock_study(initials="KL"))
    banner = desk.find(QWidget, "banner_study_lock")
    desk.qtbot.waitUntil(lambda: "door KL" in desk.texts(banner), timeout=4000)


def test_that_the_other_goes_on_being_followed_behind_the_lock_screen(desk: Desk, other: Study) -> None:
    desk.open(other.path)
    desk.act("lock_now")
    _enter_nrs(other, 1.5)
    desk.qtbot.waitUntil(lambda: _nrs_end(desk.study) == 1.5, timeout=3000)


def test_that_a_folder_that_goes_and_comes_back_costs_nothing(desk: Desk, other: Study) -> None:
    desk.open(other.path)
    away = desk.folder.with_name(desk.folder.name + "-away")
    other.close()
    desk.folder.rename(away)
    desk.qtbot.waitUntil(lambda: "niet meer bereikbaar" in desk.texts(_banner(desk)), timeout=4000)
    assert len(desk.study.patients) == 30
    away.rename(desk.folder)
    with Study.open(other.path, person=PERSON) as again:
        _enter_nrs(again, 3.5)
    desk.qtbot.waitUntil(lambda: _nrs_end(desk.study) == 3.5, timeout=4000)
    desk.qtbot.waitUntil(lambda: not _banner(desk).isVisible(), timeout=3000)


def test_that_a_network_drive_is_told_of_on_the_settings_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esk_engine.study.role.is_network_place", lambda path: True)
    desk.open_demo()
    assert "netwerkschijf" in desk.texts(desk.page("settings"))
