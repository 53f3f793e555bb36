"""The passphrase in the window: asked when a study opens, set, changed, taken away, its recovery key shown once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from esk_engine.errors import Fault
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.study import Key, Study
from esk_engine.study_file.keys import read_recovery
from esk_engine.wording import Wording
from esk_gui.recovery_sheet import recovery_sheet
from tests.gui.desk import PERSON, Desk, desk_for

SECRET = "vier tamme paarden"


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path) as made:
        yield made


def _protected(desk: Desk) -> tuple[Path, str]:
    """A study with a passphrase, and its recovery key."""
    path = desk.folder / "dicht.esk"
    key = Key.of_passphrase(SECRET)
    with Study.create(path, person=PERSON, settings=demo_settings("nl"), patients=demo_patients(), key=key) as study:
        return path, study.recovery_key


def _try(desk: Desk, dialog: QDialog, text: str) -> None:
    """Type what may open the study, and wait for what comes of it."""
    desk.enter("passphrase", text, dialog)
    desk.click("button_confirm", dialog)
    desk.qtbot.waitUntil(lambda: "Wordt geopend" not in desk.texts(dialog), timeout=10_000)


def _opening(desk: Desk, path: Path) -> QDialog:
    desk.window.open_path(path)
    return desk.dialog("dialog_opening")


def _recovery(desk: Desk) -> str:
    """Read the recovery key off its dialog, and say that it is kept."""
    dialog = desk.dialog("dialog_recovery")
    key = desk.find(QLabel, "recovery_key", dialog).text().replace("\n", "-")
    desk.enter("recovery_last", key[-4:], dialog)
    desk.click("button_confirm", dialog)
    assert not dialog.isVisible()
    return key


@pytest.mark.parametrize("by", ["passphrase", "recovery key"])
def test_that_either_opens_the_study_and_the_person_is_asked_in_the_same_dialog(desk: Desk, by: str) -> None:
    path, recovery = _protected(desk)
    dialog = _opening(desk, path)
    assert "het begin van het bestand beschadigd" in desk.texts(dialog), "what else it may be is told"
    _try(desk, dialog, SECRET if by == "passphrase" else recovery.lower().replace("-", " "))
    assert desk.find(QWidget, "person_choice", dialog).isVisible()
    assert desk.session.study is None
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.click("button_confirm", dialog)
    assert len(desk.study.patients) == 30


def test_that_a_wrong_passphrase_says_both_what_it_may_be(desk: Desk) -> None:
    path, _ = _protected(desk)
    before = path.read_bytes()
    dialog = _opening(desk, path)
    _try(desk, dialog, "vier tamme pony's")
    texts = desk.texts(dialog)
    assert "wachtwoord of de herstelsleutel klopt niet" in texts
    assert "het begin van het bestand is beschadigd" in texts
    assert path.read_bytes() == before
    _try(desk, dialog, SECRET)
    assert desk.find(QWidget, "person_choice", dialog).isVisible()


def test_that_giving_up_while_it_opens_leaves_the_study_to_others(desk: Desk) -> None:
    path, _ = _protected(desk)
    dialog = _opening(desk, path)
    desk.enter("passphrase", SECRET, dialog)
    desk.click("button_confirm", dialog)
    desk.click("button_cancel", dialog)
    desk.qtbot.waitUntil(lambda: desk.window.studies.is_idle, timeout=10_000)
    assert desk.session.study is None
    with Study.open(path, person=PERSON, key=Key.of_passphrase(SECRET)) as study:
        assert study.is_writer


def test_that_the_sixth_try_has_to_wait_even_in_a_new_dialog(desk: Desk) -> None:
    path, _ = _protected(desk)
    dialog = _opening(desk, path)
    for n in range(5):
        _try(desk, dialog, f"nee {n}")
    assert "Over 2 s" in desk.texts(dialog)
    desk.click("button_cancel", dialog)
    dialog = _opening(desk, path)
    assert "kunt u het opnieuw proberen" in desk.texts(dialog)
    field = desk.find(QWidget, "passphrase", dialog)
    assert not field.isEnabled()
    desk.qtbot.waitUntil(field.isEnabled, timeout=5000)
    _try(desk, dialog, SECRET)
    assert desk.find(QWidget, "person_choice", dialog).isVisible()


def test_that_nothing_of_what_is_typed_shows_unless_asked(desk: Desk) -> None:
    path, _ = _protected(desk)
    dialog = _opening(desk, path)
    field = desk.enter("passphrase", "geheim", dialog)
    assert field.displayText() == "●" * 6
    desk.find(QCheckBox, "passphrase_shown", dialog).click()
    assert field.displayText() == "geheim"


def test_that_a_passphrase_is_set_and_its_recovery_key_opens_the_study(desk: Desk) -> None:
    desk.open_demo()
    path = desk.study.path
    page = desk.page("settings")
    desk.find(QPushButton, "set_passphrase", page).click()
    dialog = desk.dialog("dialog_passphrase")
    desk.enter("new_passphrase", "kort", dialog)
    assert "4 tekens: vrij snel te raden" in desk.texts(dialog)
    desk.enter("new_passphrase", SECRET, dialog)
    assert "18 tekens: moeilijk te raden" in desk.texts(dialog)
    desk.enter("passphrase_again", "iets anders", dialog)
    desk.click("button_confirm", dialog)
    assert "niet gelijk" in desk.texts(dialog)
    assert not desk.study.has_passphrase
    desk.enter("passphrase_again", SECRET, dialog)
    desk.click("button_confirm", dialog)
    recovery = _recovery(desk)
    assert "alleen open met het wachtwoord" in desk.texts(page)
    desk.study.set_setting("clinic_name", "Pijnpoli")
    desk.act("close_study")
    with pytest.raises(Fault):
        Study.open(path, person=PERSON)
    key = read_recovery(recovery)
    assert key is not None
    with Study.open(path, person=PERSON, key=key) as study:
        assert study.settings.clinic_name == "Pijnpoli"


def test_that_changing_and_taking_away_want_the_present_one(desk: Desk) -> None:
    path, _ = _protected(desk)
    dialog = _opening(desk, path)
    _try(desk, dialog, SECRET)
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.click("button_confirm", dialog)
    page = desk.page("settings")
    desk.find(QPushButton, "set_passphrase", page).click()
    dialog = desk.dialog("dialog_passphrase")
    for old in ("mis", SECRET):
        desk.enter("passphrase", old, dialog)
        for name in ("new_passphrase", "passphrase_again"):
            desk.enter(name, "zes wilde zwanen", dialog)
        desk.click("button_confirm", dialog)
        if old == "mis":
            desk.qtbot.waitUntil(lambda: "niet het wachtwoord van deze studie" in desk.texts(dialog), timeout=5000)
            assert desk.study.check_key(SECRET)
    _recovery(desk)
    assert desk.study.check_key("zes wilde zwanen")
    desk.find(QPushButton, "remove_passphrase", page).click()
    dialog = desk.dialog("dialog_passphrase")
    desk.enter("passphrase", "zes wilde zwanen", dialog)
    desk.click("button_confirm", dialog)
    desk.qtbot.waitUntil(lambda: not desk.study.has_passphrase, timeout=10_000)
    desk.qtbot.waitUntil(lambda: "Iedereen die bij het bestand kan" in desk.texts(page), timeout=5000)
    desk.act("close_study")
    Study.open(path, person=PERSON).close()


def test_that_the_recovery_key_does_not_go_before_it_is_kept(desk: Desk) -> None:
    desk.session.set_person(PERSON)
    desk.act("new_study")
    dialog = desk.dialog("dialog_new_study")
    desk.enter("study_name", "Vervolg", dialog)
    desk.find(QCheckBox, "protect", dialog).click()
    for name in ("new_passphrase", "passphrase_again"):
        desk.enter(name, SECRET, dialog)
    with desk.qtbot.waitSignal(desk.session.study_opened, timeout=10_000):
        desk.click("button_create", dialog)
    assert desk.study.has_passphrase
    dialog = desk.dialog("dialog_recovery")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.close()
    assert dialog.isVisible()
    desk.enter("recovery_last", "XXXX", dialog)
    desk.click("button_confirm", dialog)
    assert dialog.isVisible()
    desk.click("copy", dialog)
    assert desk.app.clipboard().text() == desk.study.recovery_key
    desk.click("print", dialog)
    desk.qtbot.waitUntil(lambda: any(isinstance(w, QPrintDialog) for w in desk.app.topLevelWidgets()))
    next(w for w in desk.app.topLevelWidgets() if isinstance(w, QPrintDialog)).reject()
    assert _recovery(desk) == desk.study.recovery_key


def test_that_the_printed_sheet_has_the_whole_key_on_one_page(desk: Desk) -> None:
    _, recovery = _protected(desk)
    sheet = recovery_sheet("dicht.esk", recovery, Wording("nl"), desk.session.today())
    assert read_recovery("".join(line for line in sheet.toPlainText().splitlines() if "   " in line)) is not None
    assert "dicht.esk" in sheet.toPlainText()
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    target = desk.folder / "sleutel.pdf"
    printer.setOutputFileName(str(target))
    sheet.print_(printer)
    assert target.read_bytes().count(b"/Type /Page\n") == 1


def test_that_of_a_protected_study_only_its_path_is_kept(desk: Desk) -> None:
    path, _ = _protected(desk)
    dialog = _opening(desk, path)
    _try(desk, dialog, SECRET)
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.click("button_confirm", dialog)
    desk.act("close_study")
    kept = json.loads((desk.folder / "preferences" / "preferences.json").read_text(encoding="utf-8"))["recent"][0]
    assert kept["path"] == str(path)
    assert (kept["name"], kept["opened"], kept["patients"], kept["responders"]) == ("dicht", "", 0, 0)
    page = desk.find(QWidget, "page_start")
    desk.qtbot.waitUntil(lambda: "met een wachtwoord" in desk.texts(page))
    assert not any(text in desk.texts(page) for text in ("0 patiënten", "responders"))
