"""The settings page: made from the declarations, saved when a field is left, wrong values refused beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from esk_engine.settings import SETTINGS
from esk_gui.widgets.labels import MessageLabel
from tests.gui.desk import Desk, desk_for


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path) as made:
        made.open_demo()
        yield made


def _choose(box: QComboBox, code: str) -> None:
    """Choose as a person does: the arrow keys until the code stands there."""
    box.setFocus()
    for _ in range(box.count()):
        if box.currentData() == code:
            return
        at_end = box.currentIndex() == box.count() - 1
        QTest.keyClick(box, Qt.Key.Key_Home if at_end else Qt.Key.Key_Down)
    assert box.currentData() == code


def test_that_every_declared_setting_has_its_field(desk: Desk) -> None:
    page = desk.page("settings")
    for declared in SETTINGS:
        field = desk.find(QWidget, declared.name, page)
        assert field.accessibleName() == desk.session.wording.label(declared.name)


def test_that_a_setting_is_saved_when_its_field_is_left(desk: Desk) -> None:
    desk.enter("naranjo_cutoff", "9", desk.page("settings"))
    assert desk.study.settings.naranjo_cutoff == 9
    assert desk.study.settle(5)
    line = desk.study.log()[-1]
    assert (line.kind, line.variable, line.old, line.new, line.person) == ("setting", "naranjo_cutoff", "5", "9", "AB")


@pytest.mark.parametrize(
    ("text", "told"), [("99", "−4 tot 13"), ("vijf", "vijf"), ("5,5", "5,5"), ("", "vul een getal in")]
)
def test_that_a_wrong_number_is_refused_with_field_value_and_limits(desk: Desk, text: str, told: str) -> None:
    page = desk.page("settings")
    field = desk.enter("naranjo_cutoff", text, page) if text else _cleared(desk, page)
    message = desk.find(MessageLabel, "message_naranjo_cutoff", page)
    assert message.isVisible()
    assert "Bijwerking telt mee vanaf Naranjo" in message.text()
    assert told in message.text()
    assert field.text() == text, "what was typed stays"
    assert desk.study.settings.naranjo_cutoff == 5, "the last good value stays"


def _cleared(desk: Desk, page: QWidget) -> QLineEdit:
    field = desk.find(QLineEdit, "naranjo_cutoff", page)
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_Tab)
    return field


def test_that_a_mended_value_takes_its_message_away(desk: Desk) -> None:
    page = desk.page("settings")
    desk.enter("naranjo_cutoff", "99", page)
    desk.enter("naranjo_cutoff", "6", page)
    assert not desk.find(MessageLabel, "message_naranjo_cutoff", page).isVisible()
    assert desk.window.workspace.pages.drafts() == []
    assert desk.study.settings.naranjo_cutoff == 6


def test_that_escape_brings_the_saved_value_back(desk: Desk) -> None:
    page = desk.page("settings")
    field = desk.find(QLineEdit, "css_from_minute", page)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "12")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), desk.study.settings.css_from_minute) == ("450", 450)


def test_that_enter_goes_on_to_the_next_field(desk: Desk) -> None:
    page = desk.page("settings")
    field = desk.find(QLineEdit, "planned_infusion_minutes", page)
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.find(QLineEdit, "reading_interval_minutes", page).hasFocus()


def test_that_a_choice_is_saved_at_once(desk: Desk) -> None:
    page = desk.page("settings")
    assert desk.study.settings.p_method == "asymptotic"
    box = desk.find(QComboBox, "p_method", page)
    _choose(box, "exact")
    assert desk.study.settings.p_method == "exact"


def test_that_an_undo_shows_in_the_field(desk: Desk) -> None:
    page = desk.page("settings")
    desk.enter("css_from_minute", "400", page)
    desk.act("undo")
    assert desk.find(QLineEdit, "css_from_minute", page).text() == "450"


def test_that_language_and_theme_are_chosen_here_too(desk: Desk) -> None:
    _choose(desk.find(QComboBox, "language", desk.page("settings")), "en")
    assert desk.session.wording.language == "en"
    _choose(desk.find(QComboBox, "theme", desk.find(QWidget, "page_settings")), "dark")
    assert desk.session.theme.is_dark
    desk.act("theme_light")


def test_that_the_title_follows_the_synthetic_mark(desk: Desk) -> None:
    _choose(desk.find(QComboBox, "synthetic", desk.page("settings")), "no")
    assert "synthetisch" not in desk.window.windowTitle()


def test_that_the_windows_keys_work_from_within_a_field(desk: Desk) -> None:
    field = desk.find(QLineEdit, "clinic_name", desk.page("settings"))
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    desk.choose_file(desk.folder / "out.xlsx")
    desk.qtbot.waitUntil((desk.folder / "out.xlsx").exists, timeout=30_000)
