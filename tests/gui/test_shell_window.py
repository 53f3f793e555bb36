"""The window around the pages: a study comes, is worked on and leaves, in either language and theme."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from typing_extensions import override

from esk_engine.dictionary import Kind
from esk_engine.errors import Fault
from esk_engine.study import Person, SaveState, Study
from esk_gui.preferences import RecentStudy
from esk_gui.widgets.notice import Notice
from tests.gui.desk import PERSON, Desk, desk_for


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path) as made:
        yield made


# The start page


def test_that_the_first_start_offers_a_new_study(desk: Desk) -> None:
    page = desk.find(QWidget, "page_start")
    assert page.isVisible()
    assert desk.find(QPushButton, "start_primary").text() == "Nieuwe studie"
    for name in ("new_study", "open_study", "import", "open_demo"):
        assert desk.find(QAbstractButton, f"start_{name}").isVisible()


@pytest.mark.parametrize("size", [(1366, 736), (1092, 582), (910, 476), (683, 348)])
def test_that_rows_of_the_start_page_keep_their_height_and_scroll(desk: Desk, size: tuple[int, int]) -> None:
    for number in range(6):
        path = desk.folder / f"study-{number}.esk"
        desk.preferences.remember_study(RecentStudy(str(path), path.stem, "2026-11-20T10:00", 7))
    desk.window.start_page.refresh()
    desk.window.resize(*size)
    desk.app.processEvents()

    def are_apart() -> bool:
        rows = desk.find(QWidget, "page_start").findChildren(QAbstractButton, "recent_study")
        apart = all(below.y() >= above.y() + 52 for above, below in itertools.pairwise(rows))
        return [row.height() for row in rows] == [52] * 5 and apart

    desk.qtbot.waitUntil(are_apart)


def test_that_a_new_study_is_typed_in_and_opens_empty(desk: Desk, home: Path) -> None:
    desk.session.person = None
    desk.click("start_new_study")
    person = desk.dialog("dialog_person")
    desk.click("button_confirm", person)
    assert "Initialen" in desk.texts(person)
    desk.enter("person_initials", "JB", person)
    desk.click("button_confirm", person)
    dialog = desk.dialog("dialog_new_study")
    desk.click("button_create", dialog)
    assert "Naam van de studie" in desk.find(QWidget, "message_study_name", dialog).findChildren(QLabel)[-1].text()
    desk.enter("study_name", "Esketamine: vervolg", dialog)
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.click("button_create", dialog)
    assert desk.study.path == home / "Documents" / "Esketamine vervolg.esk"
    assert desk.study.settings.study_name == "Esketamine: vervolg"
    assert desk.study.patients == ()
    assert desk.study.person == Person("JB", "nurse_specialist")
    assert desk.window.windowTitle() == "Esketamine vervolg.esk – Esk"
    assert desk.find(QWidget, "page_patients").isVisible()


def test_that_a_study_is_opened_from_a_file_dialog_and_remembered_with_its_counts(desk: Desk) -> None:
    path = desk.make_demo()
    desk.act("open_study")
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.choose_file(path)
        desk.identify()
    desk.act("close_study")
    page = desk.find(QWidget, "page_start")
    desk.qtbot.waitUntil(lambda: "30 patiënten" in desk.texts(page))
    recent = desk.preferences.choices.recent[0]
    assert (recent.path, recent.patients, recent.responders, recent.non_responders) == (str(path), 30, 10, 20)
    texts = desk.texts(page)
    assert "10 responders" in texts
    assert "(synthetisch)" in texts, "invented data are marked wherever the study's name shows"


def test_that_the_study_that_was_open_last_opens_with_one_click(desk: Desk) -> None:
    path = desk.make_demo()
    desk.preferences.remember_study(RecentStudy(str(path), "Demo", "2026-11-22T14:02", 30))
    desk.window.start_page.refresh()
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.click("start_primary")
        desk.identify()
    assert desk.study.path == path


def test_that_a_recent_study_says_why_it_cannot_be_reached(desk: Desk) -> None:
    there = desk.make_demo()
    for path in (str(desk.folder / "gone" / "pilot.esk"), str(there)):
        desk.preferences.remember_study(RecentStudy(path, Path(path).stem, "2026-11-20T10:00"))
    desk.window.start_page.refresh()
    page = desk.find(QWidget, "page_start")
    desk.qtbot.waitUntil(lambda: "de map ontbreekt" in desk.texts(page))


def test_that_each_demo_is_a_fresh_copy_under_a_name_of_its_own(desk: Desk, home: Path) -> None:
    paths: list[Path] = []
    for _ in range(2):
        with desk.qtbot.waitSignal(desk.session.study_opened, timeout=10_000):
            desk.window.open_demo()
        paths.append(desk.study.path)
        assert len(desk.study.patients) == 30
        assert "(synthetisch)" in desk.window.windowTitle()
    day = f"{desk.session.today():%Y-%m-%d}"
    assert [path.name for path in paths] == [f"Demo-{day}.esk", f"Demo-{day}-2.esk"]
    assert all(path.parent == home / "Documents" for path in paths)


def test_that_the_demo_asks_for_nobody_and_the_next_study_does(desk: Desk) -> None:
    desk.session.person = None
    with desk.qtbot.waitSignal(desk.session.study_opened, timeout=10_000):
        desk.window.open_demo()
    assert desk.study.person.initials == "demo"
    with desk.qtbot.waitSignal(desk.session.study_opened):
        desk.window.open_path(desk.make_demo())
        desk.be_new("JB", desk.dialog("dialog_opening"))
    assert desk.study.person.initials == "JB"


def test_that_a_study_that_is_gone_can_be_taken_off_the_list(desk: Desk) -> None:
    path = desk.folder / "gone.esk"
    desk.preferences.remember_study(RecentStudy(str(path), "gone", "2026-11-20T10:00"))
    desk.window.start_page.refresh()
    desk.window.open_path(path)
    dialog = desk.dialog("dialog_error")
    desk.click("button_choice", dialog)
    assert desk.preferences.choices.recent == ()
    assert desk.find(QPushButton, "start_primary").text() == "Nieuwe studie"


def test_that_opening_the_study_that_is_open_keeps_it_open(desk: Desk) -> None:
    desk.open_demo()
    study = desk.study
    desk.page("log")
    desk.window.open_path(study.path)
    assert desk.study is study
    assert desk.find(QWidget, "page_patients").isVisible()


# Opening goes wrong


def test_that_a_file_that_is_no_study_is_named_calmly(desk: Desk) -> None:
    path = desk.folder / "letter.esk"
    path.write_text("Dear colleague", encoding="utf-8")
    before = path.read_bytes()
    desk.window.open_path(path)
    dialog = desk.dialog("dialog_error")
    assert "letter.esk" in desk.texts(dialog)
    assert path.read_bytes() == before
    assert desk.session.study is None
    desk.click("button_close", dialog)


def test_that_a_file_that_is_marked_read_only_is_only_read_and_says_so(desk: Desk) -> None:
    path = desk.make_demo()
    path.chmod(0o444)
    desk.open(path)
    assert desk.study.read_only
    banner = desk.find(QWidget, "banner_read_only")
    assert banner.isVisible()
    assert "alleen-lezen" in desk.texts(banner)
    assert not desk.window.window_actions["undo"].isEnabled()


# Pages, language, theme


@pytest.mark.parametrize(
    ("key", "page"),
    [
        (Qt.Key.Key_2, "criteria"),
        (Qt.Key.Key_3, "results"),
        (Qt.Key.Key_4, "figures"),
        (Qt.Key.Key_5, "log"),
        (Qt.Key.Key_1, "patients"),
    ],
)
def test_that_control_and_a_number_go_to_a_page(desk: Desk, key: Qt.Key, page: str) -> None:
    desk.open_demo()
    QTest.keyClick(desk.window, key, Qt.KeyboardModifier.ControlModifier)
    assert desk.find(QWidget, f"page_{page}").isVisible()
    assert desk.find(QToolButton, f"rail_{page}").isChecked()


def test_that_a_page_is_built_when_it_is_first_shown_and_not_before(desk: Desk) -> None:
    desk.open_demo()
    assert desk.window.findChild(QWidget, "page_log") is None
    desk.page("log")
    assert desk.window.findChild(QWidget, "page_log") is not None


class _Windows(QObject):
    """Notes every window that shows."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[QWidget] = []

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() is QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.isWindow()
            and not isinstance(watched, QDialog)
        ):
            self.shown.append(watched)
        return False


def test_that_no_part_of_a_page_flashes_as_a_window_of_its_own(desk: Desk) -> None:
    windows = _Windows()
    desk.app.installEventFilter(windows)
    desk.open_demo()
    for name in ("patients", "criteria", "results", "figures", "log", "settings"):
        desk.page(name)
        desk.app.processEvents()
    desk.act("language_en")
    desk.act("theme_dark")
    desk.app.removeEventFilter(windows)
    desk.act("theme_light")
    assert windows.shown == []
    assert desk.window.isActiveWindow()


def test_that_another_language_keeps_the_page_and_what_was_typed(desk: Desk) -> None:
    desk.open_demo()
    page = desk.page("settings")
    desk.enter("max_missing_readings", "veel", page)
    desk.act("language_en")
    page = desk.find(QWidget, "page_settings")
    assert page.isVisible()
    assert "Settings" in desk.texts(page)
    assert desk.find(QLineEdit, "max_missing_readings", page).text() == "veel"
    assert desk.find(QWidget, "message_max_missing_readings", page).isVisible()
    assert "(synthetic)" in desk.window.windowTitle()
    assert desk.preferences.choices.language == "en"


def test_that_the_theme_switches_at_run_time_and_is_kept(desk: Desk) -> None:
    desk.open_demo()
    desk.page("log")
    desk.act("theme_dark")
    assert desk.session.theme.is_dark
    assert desk.find(QWidget, "page_log").isVisible()
    ground = desk.find(QWidget, "page_log").grab().toImage().pixelColor(5, 300)
    assert ground == desk.session.theme.color("page")
    assert desk.preferences.choices.theme == "dark"
    desk.act("theme_light")


def test_that_every_action_has_its_name_and_its_words(desk: Desk) -> None:
    for language in ("language_nl", "language_en"):
        desk.act(language)
        for name in (
            "new_study",
            "open_study",
            "open_demo",
            "import",
            "export_excel",
            "undo",
            "redo",
            "settings",
            "about",
        ):
            action = desk.window.window_actions[name]
            assert action.objectName() == f"action_{name}"
            assert action.text()
            assert action.text() != f"action.{name}"


def test_that_qts_own_words_follow_the_language(desk: Desk) -> None:
    assert desk.app.translate("QLineEdit", "&Undo") != "&Undo"
    desk.act("language_en")
    assert desk.app.translate("QLineEdit", "&Undo") == "&Undo"


def test_that_the_rail_drops_its_words_in_a_narrow_window(desk: Desk) -> None:
    desk.open_demo()
    rail = desk.find(QWidget, "rail")
    assert rail.width() == 76
    desk.window.resize(1092, 600)
    assert rail.width() < 60
    assert desk.find(QToolButton, "rail_log").toolTip(), "what the icon means is still told"


@pytest.mark.parametrize("name", ["patients", "criteria", "results", "figures", "log", "settings"])
def test_that_no_page_asks_for_more_room_than_two_hundred_per_cent_leaves(desk: Desk, name: str) -> None:
    desk.open_demo()
    desk.window.resize(683, 384)
    desk.page(name)
    desk.app.processEvents()
    assert (desk.window.width(), desk.window.height()) == (683, 384)


# Undo


def test_that_control_z_undoes_the_last_edit_and_names_it(desk: Desk) -> None:
    desk.open_demo()
    patient = desk.study.patients[0]
    before = patient.get("nrs_end")
    desk.study.set_value(patient.id, Kind.PATIENT, patient.id, "nrs_end", 1.5)
    assert "P01" in desk.window.window_actions["undo"].text()
    QTest.keyClick(desk.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.study.patient(patient.id).get("nrs_end") == before
    assert "P01" in desk.window.window_actions["redo"].text()
    QTest.keyClick(desk.window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert desk.study.patient(patient.id).get("nrs_end") == 1.5


def test_that_control_z_in_a_field_takes_back_typing_first_and_the_study_after(desk: Desk) -> None:
    desk.open_demo()
    page = desk.page("settings")
    desk.enter("clinic_name", "Pijnpoli", page)
    assert desk.study.settings.clinic_name == "Pijnpoli"
    field = desk.find(QLineEdit, "clinic_name", page)
    field.setFocus()
    QTest.keyClicks(field, "X")
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (field.text(), desk.study.settings.clinic_name) == ("Pijnpoli", "Pijnpoli")
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.study.settings.clinic_name == ""
    assert field.text() == ""


def test_that_a_button_takes_what_is_typed_before_it_undoes(desk: Desk) -> None:
    desk.open_demo()
    page = desk.page("settings")
    field = desk.find(QLineEdit, "clinic_name", page)
    field.setFocus()
    QTest.keyClicks(field, "Pijnpoli")
    desk.study.set_setting("max_missing_readings", 3)
    desk.act("undo")
    assert desk.study.settings.max_missing_readings == 3, "the typed name was committed first, and undone"
    assert desk.study.settings.clinic_name == ""


# Leaving


def test_that_closing_with_a_draft_names_it_and_stays(desk: Desk) -> None:
    desk.open_demo()
    page = desk.page("settings")
    desk.enter("max_missing_readings", "veel", page)
    desk.window.close()
    dialog = desk.dialog("dialog_drafts")
    assert "Metingen die mogen ontbreken" in desk.texts(dialog)
    desk.click("button_stay", dialog)
    assert desk.window.isVisible()
    assert desk.session.study is not None


def test_that_closing_with_a_draft_can_be_insisted_on(desk: Desk) -> None:
    desk.open_demo()
    path = desk.study.path
    desk.enter("max_missing_readings", "veel", desk.page("settings"))
    desk.window.close()
    desk.click("button_leave", desk.dialog("dialog_drafts"))
    assert not desk.window.isVisible()
    assert desk.session.study is None
    with Study.open(path, person=PERSON) as study:
        assert study.settings.max_missing_readings == 2


def test_that_what_is_being_typed_is_saved_when_the_window_closes(desk: Desk) -> None:
    desk.open_demo()
    path = desk.study.path
    field = desk.find(QLineEdit, "clinic_name", desk.page("settings"))
    field.setFocus()
    QTest.keyClicks(field, "Pijnpoli")
    desk.window.close()
    assert not desk.window.isVisible()
    with Study.open(path, person=PERSON) as study:
        assert study.settings.clinic_name == "Pijnpoli"


def test_that_values_that_are_not_on_disk_are_told_as_long_as_it_lasts(desk: Desk) -> None:
    desk.open_demo()
    banner = desk.find(QWidget, "banner_unsaved")
    assert not banner.isVisible()
    desk.session.save_state_changed.emit(SaveState("failed", None, Fault("file_full", file="demo.esk")))
    assert banner.isVisible()
    assert "demo.esk" in desk.texts(banner)
    desk.session.save_state_changed.emit(SaveState("saved"))
    assert not banner.isVisible()


def test_that_handing_over_is_in_the_log_from_the_next_act_on(desk: Desk) -> None:
    desk.open_demo()
    patient = desk.study.patients[0]
    desk.study.set_value(patient.id, Kind.PATIENT, patient.id, "nrs_end", 1.5)
    desk.act("person")
    desk.be_new("JB", desk.dialog("dialog_person"))
    desk.study.set_value(patient.id, Kind.PATIENT, patient.id, "nrs_end", 2.5)
    lines = [line for line in desk.study.log() if line.variable == "nrs_end"]
    assert [line.person for line in lines] == ["AB", "JB"]


# Telling


def test_that_a_defect_is_told_by_its_log_file_and_not_by_a_traceback(desk: Desk, home: Path) -> None:
    desk.session.show_error(ValueError("P07 weighs 71.5"))
    dialog = desk.dialog("dialog_error")
    texts = desk.texts(dialog)
    assert "esk.log" in texts
    assert "P07" not in texts
    assert "Traceback" not in texts
    assert "ValueError" in (home / "state" / "esk" / "esk.log").read_text(encoding="utf-8")
    desk.session.show_error(ValueError("another"))
    assert len([w for w in desk.app.topLevelWidgets() if w.objectName() == "dialog_error" and w.isVisible()]) == 1
    desk.click("button_close", dialog)


@pytest.mark.parametrize(("action", "name"), [("about", "dialog_about"), ("keyboard", "dialog_keyboard")])
def test_that_help_opens_and_closes_with_escape(desk: Desk, action: str, name: str) -> None:
    desk.act(action)
    dialog = desk.dialog(name)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_that_export_writes_a_workbook_and_says_so(desk: Desk) -> None:
    desk.open_demo()
    target = desk.folder / "out.xlsx"
    desk.act("export_excel")
    desk.choose_file(target)
    desk.qtbot.waitUntil(target.exists, timeout=30_000)
    desk.qtbot.waitUntil(lambda: "is opgeslagen" in _notice(desk), timeout=5000)
    assert "patients" in openpyxl.load_workbook(target).sheetnames
    with zipfile.ZipFile(target) as parts:
        pictures = [name for name in parts.namelist() if name.endswith(".png")]
    assert len(pictures) == 3, "figures 1a, 1b and 1c are in it"


def test_that_a_cancelled_export_leaves_nothing(desk: Desk) -> None:
    desk.open_demo()
    target = desk.folder / "out.xlsx"
    desk.window.exporting.export(str(target))
    desk.click("notice_choice_0")
    assert desk.session.jobs.wait(30_000)
    desk.app.processEvents()
    assert [path.name for path in desk.folder.glob("*.xlsx")] == []


def test_that_an_export_that_cannot_be_written_is_told(desk: Desk) -> None:
    desk.open_demo()
    desk.window.exporting.export(str(desk.folder / "no" / "out.xlsx"))
    dialog = desk.dialog("dialog_error")
    assert "De map no is er niet" in desk.texts(dialog)


def _notice(desk: Desk) -> str:
    return "".join(desk.texts(notice) for notice in desk.window.findChildren(Notice) if notice.isVisible())
