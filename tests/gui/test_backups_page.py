"""Backups in the window: made by themselves, listed, brought back with a reason, put in a damaged study's place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from esk_engine.dictionary import Kind
from esk_engine.exchange.demo import demo_patients, demo_settings
from esk_engine.study import Key, Study
from esk_engine.study_file.backup import backup_folder
from esk_engine.wording import Wording
from esk_gui.backups_model import BackupsModel, Column
from esk_gui.theme import load_theme
from esk_gui.widgets.notice import Notice
from tests.gui.desk import PERSON, Desk, desk_for


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path) as made:
        yield made


def _files(path: Path) -> list[Path]:
    return sorted(backup_folder(path).glob("*.esk"))


def _enter_nrs(study: Study, value: float) -> None:
    patient = study.patients[0]
    study.wait_saved(study.set_value(patient.id, Kind.PATIENT, patient.id, "nrs_end", value))


def _backed_up(desk: Desk, n: int = 1) -> None:
    desk.qtbot.waitUntil(lambda: len(_files(desk.study.path)) >= n, timeout=10_000)
    desk.qtbot.waitUntil(lambda: not list(backup_folder(desk.study.path).glob(".*.part")), timeout=5000)


def _rows(table: QTableView) -> list[dict[Column, str]]:
    model = table.model()
    return [{c: str(model.index(row, c).data()) for c in Column} for row in range(model.rowCount())]


def _notices(desk: Desk) -> str:
    return "".join(desk.texts(notice) for notice in desk.window.findChildren(Notice) if notice.isVisible())


# By themselves


def test_that_a_study_that_is_opened_to_write_is_backed_up_beside_the_window(desk: Desk) -> None:
    desk.open_demo()
    _backed_up(desk)
    assert len(_files(desk.study.path)) == 1


def test_that_a_study_that_is_only_read_is_not(desk: Desk) -> None:
    path = desk.make_demo()
    path.chmod(0o444)
    desk.open(path)
    assert desk.session.jobs.wait()
    desk.act("close_study")
    assert not backup_folder(path).exists()


def test_that_half_an_hour_of_work_is_backed_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.open_demo()
    _backed_up(desk)
    _enter_nrs(desk.study, 1.5)
    desk.window.backing.look()
    desk.app.processEvents()
    assert len(_files(desk.study.path)) == 1, "half an hour did not go by"
    monkeypatch.setattr("esk_engine.study.backed.BACKUP_EVERY", timedelta())
    desk.window.backing.look()
    _backed_up(desk, 2)


@pytest.mark.parametrize("way", ["close_study", "window"])
def test_that_closing_backs_up_what_was_done(desk: Desk, way: str) -> None:
    desk.open_demo()
    _backed_up(desk)
    path = desk.study.path
    _enter_nrs(desk.study, 1.5)
    if way == "window":
        desk.window.close()
    else:
        desk.act("close_study")
    desk.qtbot.waitUntil(lambda: len(_files(path)) == 2, timeout=10_000)
    with Study.open(_files(path)[-1], person=PERSON, read_only=True) as copy:
        assert copy.patients[0].get("nrs_end") == 1.5


def test_that_a_backup_that_fails_is_told_once_and_keeps_nobody_from_working(desk: Desk) -> None:
    desk.open_demo()
    _backed_up(desk)
    desk.study.set_setting("backup_folder", str(desk.folder / "weg"))
    desk.session.backup_requested.emit()
    desk.qtbot.waitUntil(lambda: "De map weg voor reservekopieën" in _notices(desk), timeout=5000)
    _enter_nrs(desk.study, 1.5)
    assert desk.study.settle(5)


def test_that_a_backup_that_failed_while_esk_closed_is_told_at_the_next_start(desk: Desk) -> None:
    desk.open_demo()
    _backed_up(desk)
    path = desk.study.path
    desk.study.set_setting("backup_folder", str(desk.folder / "weg"))
    desk.window.close()
    assert "De map weg" in desk.preferences.choices.backup_failed
    desk.window.show()
    desk.open(path)
    desk.qtbot.waitUntil(lambda: "De map weg" in _notices(desk), timeout=5000)
    assert desk.preferences.choices.backup_failed == ""


# The page


def _page(desk: Desk) -> QTableView:
    """The page, once it shows the study's backups."""
    desk.act("backups")
    table = desk.find(QTableView, "backups_list")
    desk.qtbot.waitUntil(lambda: bool(_rows(table)), timeout=10_000)
    return table


def test_that_the_page_lists_date_patients_changes_since_and_what_is_wrong(desk: Desk) -> None:
    desk.open_demo()
    _backed_up(desk)
    _enter_nrs(desk.study, 1.5)
    desk.study.back_up()
    _enter_nrs(desk.study, 2.5)
    first = _files(desk.study.path)[0]
    first.write_bytes(first.read_bytes()[:9000])
    table = _page(desk)
    assert desk.find(QWidget, "page_backups").isVisible()
    newest, damaged = _rows(table)
    assert (newest[Column.PATIENTS], newest[Column.SINCE], newest[Column.STATE]) == ("30", "1", "in orde")
    assert newest[Column.WHEN].startswith(f"{desk.session.today():%d-%m-%Y}")
    assert damaged[Column.STATE] == "beschadigd"
    table.selectRow(1)
    assert not desk.find(QPushButton, "restore").isEnabled()
    table.selectRow(0)
    assert desk.find(QPushButton, "restore").isEnabled()


def test_that_one_can_be_made_now(desk: Desk) -> None:
    desk.open_demo()
    _backed_up(desk)
    _enter_nrs(desk.study, 1.5)
    table = _page(desk)
    desk.click("back_up_now")
    desk.qtbot.waitUntil(lambda: len(_rows(table)) == 2, timeout=10_000)
    desk.qtbot.waitUntil(lambda: "nagekeken" in _notices(desk))


def test_that_restoring_wants_a_reason_copies_first_and_goes_on_in_the_log(desk: Desk) -> None:
    desk.open_demo()
    _backed_up(desk)
    before = desk.study.patients[0].get("nrs_end")
    _enter_nrs(desk.study, 1.5)
    lines = len(desk.study.log())
    table = _page(desk)
    table.selectRow(0)
    desk.click("restore")
    dialog = desk.dialog("dialog_restore")
    assert "Eerst maakt Esk een kopie" in desk.texts(dialog)
    desk.click("button_confirm", dialog)
    assert "Geef een reden" in desk.texts(dialog)
    desk.find(QPlainTextEdit, "reason", dialog).setPlainText("verkeerde patiënt")
    desk.click("button_confirm", dialog)
    desk.qtbot.waitUntil(lambda: desk.study.patients[0].get("nrs_end") == before, timeout=10_000)
    log = desk.study.log()
    assert len(log) > lines
    restored = next(line for line in log if line.kind == "restore")
    assert (restored.person, restored.reason) == ("AB", "verkeerde patiënt")
    with Study.open(_files(desk.study.path)[-1], person=PERSON, read_only=True) as copy:
        assert copy.patients[0].get("nrs_end") == 1.5, "what was reversed is in a copy"
    desk.qtbot.waitUntil(lambda: "weer zoals op" in _notices(desk))


def test_that_a_restore_of_a_locked_study_is_refused_in_the_dialog(desk: Desk) -> None:
    desk.open_demo()
    _backed_up(desk)
    _enter_nrs(desk.study, 1.5)
    desk.study.lock_study(initials="AB")
    table = _page(desk)
    table.selectRow(0)
    desk.click("restore")
    dialog = desk.dialog("dialog_restore")
    desk.find(QPlainTextEdit, "reason", dialog).setPlainText("toch")
    desk.click("button_confirm", dialog)
    desk.qtbot.waitUntil(lambda: "vergrendeld" in desk.texts(dialog), timeout=10_000)
    assert desk.study.patients[0].get("nrs_end") == 1.5


def test_that_the_model_keeps_qts_rules(qapp: QApplication, desk: Desk) -> None:
    desk.open_demo()
    _backed_up(desk)
    model = BackupsModel(Wording("nl"), load_theme("light"))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_backups(desk.study.backups())
    model.show_backups(())
    tester.deleteLater()


# A study that cannot be opened


@pytest.mark.parametrize("passphrase", ["", "vier tamme paarden"])
def test_that_a_damaged_study_offers_its_backups_and_one_takes_its_place(desk: Desk, passphrase: str) -> None:
    path = desk.folder / "kapot.esk"
    key = Key.of_passphrase(passphrase) if passphrase else Key()
    with Study.create(path, person=PERSON, settings=demo_settings("nl"), patients=demo_patients(), key=key) as study:
        study.back_up()
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + bytes(50) + whole[150:] if passphrase else whole[: 4096 * 3])
    desk.window.open_path(path)
    if passphrase:  # looks like any file that wants a passphrase
        desk.click("button_backups", desk.dialog("dialog_opening"))
    else:
        desk.click("button_choice", desk.dialog("dialog_error"))
    dialog = desk.dialog("dialog_recover")
    table = desk.find(QTableView, "backups_list", dialog)
    desk.qtbot.waitUntil(lambda: bool(_rows(table)), timeout=5000)
    confirm = desk.find(QPushButton, "button_confirm", dialog)
    if passphrase:
        assert not confirm.isEnabled()
        desk.enter("passphrase", passphrase, dialog)
        desk.click("button_unlock", dialog)
    desk.qtbot.waitUntil(confirm.isEnabled, timeout=10_000)
    desk.click("button_confirm", dialog)
    opening = desk.dialog("dialog_opening")
    if passphrase:
        desk.enter("passphrase", passphrase, opening)
        desk.click("button_confirm", opening)
        desk.qtbot.waitUntil(lambda: opening.findChild(QWidget, "person_choice") is not None, timeout=10_000)
    with desk.qtbot.waitSignal(desk.session.study_opened, timeout=10_000):
        desk.click("button_confirm", opening)
    assert len(desk.study.patients) == 30
    assert len(list(desk.folder.glob("kapot_damaged_*.esk"))) == 1
    assert desk.study.log()[-1].kind == "restore"


def test_that_the_folder_of_backups_is_chosen_on_the_settings_page(desk: Desk) -> None:
    desk.open_demo()
    elsewhere = desk.folder / "elders"
    elsewhere.mkdir()
    page = desk.page("settings")
    desk.enter("backup_folder", str(elsewhere), page)
    assert desk.study.settings.backup_folder == str(elsewhere)
    assert desk.find(QLineEdit, "backup_folder", page).text() == str(elsewhere)
    desk.study.back_up()
    assert list((elsewhere / f"{desk.study.path.name}-backups").glob("*.esk"))
