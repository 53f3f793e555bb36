"""The lock screen: by itself after idle minutes and by Ctrl+L; nothing of the study shows, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.study import Key, Person, Study
from tests.gui.desk import PERSON, Desk, desk_for

SECRET = "vier tamme paarden"


class Clock:
    """Seconds as a test wants them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path) as made:
        yield made


@pytest.fixture
def clock(desk: Desk) -> Clock:
    made = Clock()
    desk.window.locking.idle._clock = made  # type: ignore[attr-defined]
    desk.window.locking.idle.touched()
    return made


def _idle(desk: Desk, clock: Clock, minutes: float) -> None:
    """Let some minutes pass."""
    clock.now += minutes * 60
    desk.window.locking.idle.look()


def _adopt(desk: Desk, key: Key | None = None, *, pin: str = "") -> Study:
    """A study of the demo's patients, open in the window."""
    settings = replace(demo_settings("nl"), pin_required=bool(pin))
    path = desk.folder / "geheim.esk"
    study = Study.create(path, person=PERSON, settings=settings, patients=demo_patients(), key=key or Key())
    if pin:
        study.set_pin("AB", pin)
    desk.session.adopt(study, PERSON)
    desk.come_back()
    return study


def _screen(desk: Desk) -> QWidget:
    return desk.find(QWidget, "lock_screen")


def _visible_texts(desk: Desk) -> str:
    """Everything that can be read in any window of the program, titles too."""
    parts: list[str] = []
    for window in desk.app.topLevelWidgets():
        if window.isVisible():
            parts.append(window.windowTitle())
            parts.append(desk.texts(window))
            parts += [line.text() for line in window.findChildren(QLineEdit) if line.isVisible()]
    return "\n".join(parts)


def test_that_nothing_of_the_study_shows_after_ten_idle_minutes(desk: Desk, clock: Clock) -> None:
    _adopt(desk)
    _idle(desk, clock, 9.9)
    assert not desk.session.is_locked
    _idle(desk, clock, 0.2)
    assert desk.session.is_locked
    assert _screen(desk).isVisible()
    texts = _visible_texts(desk)
    for told in ("geheim", "P01", "Esketamine", "Responder"):
        assert told not in texts
    assert not desk.find(QWidget, "page_patients").isVisible()
    assert not desk.find(QWidget, "menu_row").isVisible()


def test_that_the_setting_says_after_how_many_minutes(desk: Desk, clock: Clock) -> None:
    _adopt(desk).set_setting("auto_lock_minutes", 2)
    _idle(desk, clock, 2)
    assert desk.session.is_locked


@pytest.mark.parametrize("by", ["key", "mouse"])
def test_that_a_key_or_the_mouse_keeps_it_open(desk: Desk, clock: Clock, by: str) -> None:
    _adopt(desk)
    clock.now += 9 * 60
    window = desk.window.windowHandle()
    if by == "key":
        QTest.keyClick(window, Qt.Key.Key_Shift)
    else:
        at = QPointF(5, 5)
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
        desk.app.sendEvent(window, event)
    _idle(desk, clock, 9)
    assert not desk.session.is_locked


def test_that_the_start_page_is_never_locked(desk: Desk, clock: Clock) -> None:
    _idle(desk, clock, 300)
    assert not desk.session.is_locked
    assert not desk.window.window_actions["lock_now"].isEnabled()


def test_that_saying_who_it_is_opens_it_where_nothing_is_asked_and_the_draft_is_there(desk: Desk) -> None:
    study = _adopt(desk)
    page = desk.page("settings")
    field = desk.enter("max_missing_readings", "veel", page)
    clinic = desk.find(QLineEdit, "clinic_name", page)
    clinic.setFocus()
    QTest.keyClicks(clinic, "Pijnpoli")
    desk.act("lock_now")
    assert study.settings.clinic_name == "Pijnpoli", "what was typed is saved"
    desk.choose("person_choice", "+", _screen(desk))
    desk.enter("person_initials", "JB", _screen(desk))
    desk.click("unlock", _screen(desk))
    desk.qtbot.waitUntil(lambda: not desk.session.is_locked)
    assert study.person.initials == "JB"
    assert field.isVisible()
    assert field.text() == "veel"
    assert "geheim.esk" in desk.window.windowTitle()
    assert desk.find(QWidget, "menu_row").isVisible()
    assert desk.window.window_actions["export_excel"].isEnabled()


def test_that_a_pin_opens_it_and_enter_is_enough(desk: Desk) -> None:
    _adopt(desk, pin="1234")
    desk.act("lock_now")
    pin = desk.find(QLineEdit, "person_pin", _screen(desk))
    QTest.keyClicks(pin, "4321")
    QTest.keyClick(pin, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: "Deze pincode klopt niet" in desk.texts(_screen(desk)))
    assert desk.session.is_locked
    pin.clear()
    QTest.keyClicks(pin, "1234")
    QTest.keyClick(pin, Qt.Key.Key_Return)
    desk.qtbot.waitUntil(lambda: not desk.session.is_locked)


def test_that_the_passphrase_opens_it_where_there_are_no_pins(desk: Desk) -> None:
    _adopt(desk, Key.of_passphrase(SECRET))
    desk.act("lock_now")
    for text in ("mis", SECRET):
        desk.enter("passphrase", text, _screen(desk))
        desk.click("unlock", _screen(desk))
        if text == "mis":
            desk.qtbot.waitUntil(lambda: "niet het wachtwoord" in desk.texts(_screen(desk)), timeout=5000)
            assert desk.session.is_locked
    desk.qtbot.waitUntil(lambda: not desk.session.is_locked, timeout=5000)


def test_that_a_stranger_with_a_pin_of_their_own_making_does_not_get_past_a_passphrase(desk: Desk) -> None:
    study = _adopt(desk, Key.of_passphrase(SECRET), pin="1234")
    study.hand_over(Person("KL", "researcher"))
    study.set_setting("clinic_name", "x")  # KL is on the list, without a PIN
    desk.act("lock_now")
    box = desk.choose("person_choice", "AB", _screen(desk))
    assert [box.itemData(at) for at in range(box.count())] == ["AB"]


def test_that_dialogs_go_with_the_study_and_come_back_as_they_were(desk: Desk) -> None:
    _adopt(desk)
    desk.page("settings")
    desk.act("lock_study")
    dialog = desk.dialog("dialog_lock_study")
    desk.window.locking.lock()
    assert not dialog.isVisible()
    shown = [w for w in desk.app.topLevelWidgets() if isinstance(w, (QDialog, QMenu)) and w.isVisible()]
    assert shown == []
    desk.click("unlock", _screen(desk))
    desk.qtbot.waitUntil(dialog.isVisible)
    desk.click("button_confirm", dialog)
    assert desk.study.is_locked


def test_that_a_recovery_key_that_comes_meanwhile_waits_for_somebody(desk: Desk) -> None:
    study = _adopt(desk)
    desk.find(QPushButton, "set_passphrase", desk.page("settings")).click()
    dialog = desk.dialog("dialog_passphrase")
    for name in ("new_passphrase", "passphrase_again"):
        desk.enter(name, SECRET, dialog)
    desk.click("button_confirm", dialog)
    desk.window.locking.lock()
    desk.qtbot.waitUntil(lambda: study.has_passphrase, timeout=10_000)
    desk.qtbot.wait(200)
    recovery = study.recovery_key[:4]
    assert recovery not in _visible_texts(desk)
    desk.click("unlock", _screen(desk))
    desk.qtbot.waitUntil(lambda: recovery in _visible_texts(desk))
    assert [w.objectName() for w in desk.app.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()] == [
        "dialog_recovery"
    ]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_that_an_open_menu_is_closed(desk: Desk) -> None:
    _adopt(desk)
    menu = desk.find(QWidget, "menu_row").findChildren(QMenu)[0]
    menu.popup(desk.window.mapToGlobal(desk.window.rect().topLeft()))
    assert menu.isVisible()
    desk.window.locking.lock()
    assert not menu.isVisible()


def test_that_what_is_told_meanwhile_waits_until_somebody_is_there(desk: Desk) -> None:
    _adopt(desk)
    desk.act("lock_now")
    desk.session.tell("P07 is opgeslagen")
    desk.session.show_error(ValueError("P07"))
    assert "P07" not in _visible_texts(desk)
    desk.click("unlock", _screen(desk))
    desk.qtbot.waitUntil(lambda: "P07 is opgeslagen" in _visible_texts(desk))
    desk.dialog("dialog_error").reject()


def test_that_no_key_of_the_window_does_anything_while_it_is_locked(desk: Desk) -> None:
    study = _adopt(desk)
    study.set_setting("clinic_name", "Pijnpoli")
    desk.act("lock_now")
    for key in (Qt.Key.Key_Z, Qt.Key.Key_2, Qt.Key.Key_E, Qt.Key.Key_W, Qt.Key.Key_O):
        QTest.keyClick(desk.window, key, Qt.KeyboardModifier.ControlModifier)
    assert study.settings.clinic_name == "Pijnpoli"
    assert _screen(desk).isVisible()
    assert not [w for w in desk.app.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]


def test_that_another_theme_of_the_system_keeps_it_locked(desk: Desk) -> None:
    _adopt(desk)
    desk.act("lock_now")
    desk.session.set_theme("dark")
    assert _screen(desk).isVisible()
    assert "P01" not in _visible_texts(desk)
    desk.session.set_theme("light")
    desk.app.processEvents()
    desk.click("unlock", desk.window.locking.screen)
    desk.qtbot.waitUntil(lambda: not desk.session.is_locked)
    assert desk.find(QWidget, "page_patients").isVisible()


def test_that_closing_while_locked_is_refused_only_where_something_would_be_lost(desk: Desk) -> None:
    _adopt(desk)
    desk.enter("max_missing_readings", "veel", desk.page("settings"))
    desk.act("lock_now")
    desk.window.close()
    assert desk.window.isVisible()
    assert "niet is opgeslagen" in desk.texts(_screen(desk))
    assert "veel" not in _visible_texts(desk)
    desk.click("unlock", _screen(desk))
    desk.qtbot.waitUntil(lambda: not desk.session.is_locked)
    desk.enter("max_missing_readings", "3", desk.find(QWidget, "page_settings"))
    desk.act("lock_now")
    desk.window.close()
    assert not desk.window.isVisible()
    assert desk.session.study is None
