"""The import wizard at a person's hands: a lab's list from the file to the study, back and forth, nothing by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFrame,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QTableView,
)
from pytestqt.qtbot import QtBot

from esk_engine.dictionary import Kind
from esk_engine.exchange.template import write_template
from esk_engine.exchange.workbook_in import read_workbook
from esk_engine.study import Person, Study
from esk_engine.study_file.signatures import SignOff
from esk_engine.wording import Wording
from esk_gui.dialogs.import_dialog import show_import
from esk_gui.importing.column_model import ColumnModel
from esk_gui.importing.difference_model import DifferenceModel
from esk_gui.importing.preview_model import PreviewModel
from esk_gui.importing.raw_model import RawModel
from esk_gui.importing.wizard import STEPS, ImportWizard
from esk_gui.theme import load_theme
from esk_gui.widgets.notice import Notice
from tests.gui.desk import PERSON, Desk, desk_for

LAB = """Laboratorium apotheek;;;
Studienr.;Tijd afname (min);S-ketamine [nmol/L];Norketamine (ng/mL)
Q1;480;404,3;88,2
Q2;480;1.234;<5
Q3;475;n.b.;71,5
"""
ANSWERS = {
    "unit/lab/2": "answer_nmol/L",
    "unit/lab/3": "answer_ng/mL",
    "ambiguous_numbers/lab/2": "answer_,",
    "missing_codes/lab/2": "answer_yes",
}


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    with desk_for(qapp, qtbot, tmp_path) as made:
        yield made


class Hands:
    """The wizard on one list, and what a person does with it."""

    def __init__(
        self,
        desk: Desk,
        text: str = LAB,
        name: str = "lab.csv",
        encoding: str = "utf-8",
        wizard: QDialog | None = None,
    ) -> None:
        self.desk = desk
        if isinstance(wizard, ImportWizard):
            self.wizard = wizard
            self.desk.qtbot.waitUntil(self._next().isEnabled, timeout=10_000)
            return
        self.path = desk.folder / name
        self.path.write_bytes(text.encode(encoding))
        self.wizard = self.opened(self.path)

    def opened(self, path: Path) -> ImportWizard:
        show_import(self.desk.session, self.desk.window.studies, self.desk.window, str(path))
        dialog = self.desk.dialog("dialog_import")
        assert isinstance(dialog, ImportWizard)
        self.wizard = dialog
        self.desk.qtbot.waitUntil(self._next().isEnabled, timeout=10_000)
        return dialog

    def _next(self) -> QPushButton:
        return self.desk.find(QPushButton, "import_next", self.wizard)

    def go(self, step: str) -> None:
        self.wait()
        self.desk.click(f"import_go_{step}", self.wizard)
        self.wait()
        assert self.shown() == step

    def wait(self) -> None:
        """Until nothing runs beside the window."""
        jobs = self.desk.session.jobs
        self.desk.qtbot.waitUntil(lambda: not jobs._running, timeout=15_000)
        self.desk.app.processEvents()

    def shown(self) -> str:
        return next(s for s in STEPS if self.desk.find(QPushButton, f"import_go_{s}", self.wizard).isChecked())

    def card(self, key: str) -> QFrame:
        return self.desk.find(QFrame, f"question_{key}", self.wizard)

    def answer(self, key: str, name: str) -> None:
        radio = self.desk.find(QRadioButton, name, self.card(key))
        radio.setFocus()
        QTest.keyClick(radio, Qt.Key.Key_Space)
        self.wait()

    def answer_all(self) -> None:
        self.go("questions")
        for key, name in ANSWERS.items():
            self.answer(key, name)

    def table(self, name: str) -> QTableView:
        return self.desk.find(QTableView, name, self.wizard)

    def cells(self, name: str) -> list[list[str]]:
        model = self.table(name).model()
        return [
            [str(model.index(row, column).data() or "") for column in range(model.columnCount())]
            for row in range(model.rowCount())
        ]

    def text(self, name: str) -> str:
        return self.desk.find(QLabel, name, self.wizard).text()

    def import_it(self) -> None:
        assert self._next().isEnabled()
        self.desk.click("import_next", self.wizard)

    @property
    def may_import(self) -> bool:
        return self._next().isEnabled()


def test_that_a_lab_list_comes_into_the_open_study_as_one_act_that_its_notice_takes_back(desk: Desk) -> None:
    desk.open_demo()
    hands = Hands(desk)
    hands.answer_all()
    hands.go("differences")
    assert "3 nieuwe patiënten" in hands.text("import_head")
    desk.enter("import_reason", "lablijst mei", hands.wizard)
    hands.import_it()
    assert len(desk.study.patients) == 33
    found = desk.study.patient_by_study_no("Q1")
    assert found is not None
    # 404.3 nmol/L x 237.73 g/mol
    assert found.samples[0].get("concentration_ug_l") == 96.114239
    assert {line.reason for line in desk.study.log() if line.reason} == {"lablijst mei"}
    notice = next(each for each in desk.window.findChildren(Notice) if each.isVisible())
    desk.click("notice_choice_0", notice)
    assert len(desk.study.patients) == 30


def test_that_nothing_comes_in_before_every_needed_question_has_an_answer(desk: Desk) -> None:
    desk.open_demo()
    hands = Hands(desk)
    hands.go("differences")
    assert "3 vragen" in hands.text("import_head")
    assert not hands.may_import
    hands.go("questions")
    assert "Nog 3 vragen" in hands.text("import_questions_head")
    assert desk.find(QPushButton, "import_go_questions", hands.wizard).text().endswith("(3)")
    hands.answer("unit/lab/2", "answer_nmol/L")
    assert "Nog 2 vragen" in hands.text("import_questions_head")
    assert "237,73 g/mol" in desk.find(QRadioButton, "answer_nmol/L", hands.card("unit/lab/2")).text()


def test_that_both_readings_of_a_doubtful_number_stand_with_their_values(desk: Desk) -> None:
    hands = Hands(desk)
    hands.go("questions")
    card = hands.card("ambiguous_numbers/lab/2")
    assert "1.234 = 1234" in desk.find(QRadioButton, "answer_,", card).text()
    assert "1.234 = 1,234" in desk.find(QRadioButton, "answer_.", card).text()
    assert not any(radio.isChecked() for radio in card.findChildren(QRadioButton)), "nothing is chosen by itself"


def test_that_an_answer_can_be_changed_after_the_cells_were_seen(desk: Desk) -> None:
    hands = Hands(desk)
    hands.answer_all()
    hands.go("preview")
    assert hands.cells("import_preview")[1][2] == "1.234 → 293,35882"
    hands.go("questions")
    hands.answer("ambiguous_numbers/lab/2", "answer_.")
    hands.answer("unit/lab/2", "answer_ug/L")
    hands.go("preview")
    assert hands.cells("import_preview")[1][2] == "1.234 → 1,234"


def test_that_every_cell_says_what_was_read_and_what_it_becomes(desk: Desk) -> None:
    hands = Hands(desk)
    hands.answer_all()
    hands.go("preview")
    cells = hands.cells("import_preview")
    assert cells[0] == ["Q1", "480", "404,3 → 96,114239", "88,2"]
    assert cells[2][2] == "n.b. → leeg"
    table = hands.table("import_preview")
    table.setCurrentIndex(table.model().index(0, 2))
    assert hands.text("import_cell_text") == "Rij 3, Concentratie, esketamine: ‘404,3’ → 96,114239"


def test_that_the_filter_keeps_the_rows_with_something_to_say(desk: Desk) -> None:
    hands = Hands(desk, "id;leeftijd\nQ1;57\nQ2;170\nQ3;58\n")
    hands.go("preview")
    assert len(hands.cells("import_preview")) == 3
    desk.click("import_only", hands.wizard)
    assert hands.cells("import_preview") == [["Q2", "170"]]


def test_that_a_message_leads_to_its_cell(desk: Desk) -> None:
    hands = Hands(desk, "id;leeftijd\nQ1;57\nQ2;170\n")
    hands.go("preview")
    (row,) = hands.cells("import_issues")
    assert row[0] == "lab!B3"
    issues = hands.table("import_issues")
    issues.setFocus()
    issues.activated.emit(issues.model().index(0, 0))
    current = hands.table("import_preview").currentIndex()
    assert (current.row(), current.column()) == (1, 1)
    assert "18–120" in "\n".join(label.text() for label in hands.wizard.findChildren(QLabel) if label.isVisible())
    hands.go("differences")
    assert not hands.may_import
    assert "1 fout" in hands.text("import_head")


def test_that_how_the_text_is_read_can_be_changed_and_shows_at_once(desk: Desk) -> None:
    hands = Hands(desk, "id;opmerkingen\nQ1;reünie\n", encoding="cp1252")
    encoding = desk.find(QComboBox, "import_encoding", hands.wizard)
    assert encoding.currentData() == "cp1252"
    assert "voorstel" in hands.text("import_encoding_note")
    assert "herkend" in hands.text("import_delimiter_note")
    desk.choose("import_delimiter", ",", hands.wizard)
    hands.wait()
    assert hands.cells("import_raw") == [["id;opmerkingen"], ["Q1;reünie"]]
    assert "zelf gekozen" in hands.text("import_delimiter_note")
    desk.choose("import_delimiter", ";", hands.wizard)
    hands.wait()
    assert hands.cells("import_raw") == [["id", "opmerkingen"], ["Q1", "reünie"]]


def test_that_another_row_can_name_the_columns(desk: Desk) -> None:
    hands = Hands(desk, "id;leeftijd\nnummer;jaren\nQ1;57\n")
    desk.enter("import_header_row", "2", hands.wizard)
    hands.wait()
    hands.go("columns")
    assert [row[0] for row in hands.cells("import_columns")] == ["nummer", "jaren"]
    hands.go("file")
    field = desk.enter("import_header_row", "99", hands.wizard)
    assert field.property("state") == "error"


def test_that_a_column_becomes_what_a_person_says(desk: Desk) -> None:
    hands = Hands(desk, "id;kolom x;kolom y\nQ1;57;66\n")
    hands.go("columns")
    assert [row[2] for row in hands.cells("import_columns")] == ["Studienummer", "Weglaten", "Weglaten"]
    hands.table("import_columns").selectRow(1)
    desk.choose("import_target", "patient/age_years", hands.wizard)
    hands.table("import_columns").selectRow(2)
    desk.choose("import_target", "reading/heart_rate_bpm", hands.wizard)
    desk.enter("import_minute", "30", hands.wizard)
    assert [row[2] for row in hands.cells("import_columns")] == [
        "Studienummer",
        Wording("nl").label("age_years"),
        f"{Wording('nl').label('heart_rate_bpm')}, minuut 30",
    ]
    hands.go("preview")
    intake = hands.wizard.work.intake
    assert intake is not None
    (found,) = intake.patients
    assert found.get("age_years") == 57
    assert dict(found.readings[0].values) == {"minute": 30, "heart_rate_bpm": 66}


def test_that_a_recipe_is_kept_offered_and_carried_out_for_the_next_list(desk: Desk) -> None:
    hands = Hands(desk)
    hands.answer_all()
    hands.go("columns")
    desk.enter("import_recipe_name", "Lab nmol", hands.wizard)
    desk.click("import_recipe_save", hands.wizard)
    hands.wizard.reject()
    second = Hands(desk, LAB.replace("Q", "R"), "mei.csv")
    second.go("columns")
    recipe = desk.find(QComboBox, "import_recipe", second.wizard)
    assert recipe.currentData() == "", "none is carried out by itself"
    desk.choose("import_recipe", "Lab nmol", second.wizard)
    second.go("differences")
    assert "3 nieuwe patiënten" in second.text("import_head")
    assert second.may_import


def test_that_words_of_another_program_get_their_codes(desk: Desk) -> None:
    hands = Hands(desk, "id;geslacht\nQ1;1\nQ2;2\n")
    hands.go("questions")
    card = hands.card("unknown_words/lab/1")
    desk.choose("word_1", "male", card)
    desk.choose("word_2", "female", card)
    desk.click("answer_words", card)
    hands.go("preview")
    assert hands.cells("import_preview") == [["Q1", "1 → man"], ["Q2", "2 → vrouw"]]


def test_that_a_list_of_one_moment_asks_which(desk: Desk) -> None:
    hands = Hands(desk, "id;esketamine\nQ1;95\n")
    hands.go("questions")
    desk.enter("answer_minute", "480", hands.card("minute_missing/lab/"))
    hands.wait()
    hands.go("differences")
    assert hands.may_import


def test_that_the_same_answer_serves_the_other_columns_of_a_wide_list(desk: Desk) -> None:
    hands = Hands(desk, "id;hr_0;hr_30;hr_60\nQ1;-99;70;-99\nQ2;70;-99;71\n")
    hands.go("questions")
    hands.answer("missing_codes/lab/1", "answer_yes")
    desk.click("question_same", hands.card("missing_codes/lab/1"))
    hands.wait()
    assert all(choice == "yes" for _, choice in hands.wizard.work.asked)


# -- against a study ---------------------------------------------------------------------------------------------------


def _differing(desk: Desk) -> Hands:
    desk.open_demo()
    hands = Hands(desk, "id;leeftijd;nrs voor\nP01;51;9\nP02;76;1\nQ9;40;8\n")
    hands.go("differences")
    return hands


def test_that_differing_values_are_chosen_one_by_one_by_patient_or_all(desk: Desk) -> None:
    hands = _differing(desk)
    before = {no: desk.study.patient_by_study_no(no) for no in ("P01", "P02")}
    table = hands.table("import_differences")
    assert [row[0] for row in hands.cells("import_differences")] == ["P01", "P01", "P02", "P02"]
    desk.click("import_choose_all", hands.wizard)
    assert "4 van 4" in hands.text("import_chosen")
    desk.click("import_choose_none", hands.wizard)
    table.setFocus()
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert "1 van 4" in hands.text("import_chosen")
    table.selectRow(2)
    desk.click("import_choose_patient", hands.wizard)
    assert "3 van 4" in hands.text("import_chosen")
    hands.wait()
    hands.import_it()
    first, second = desk.study.patient_by_study_no("P01"), desk.study.patient_by_study_no("P02")
    assert first is not None
    assert second is not None
    assert (first.get("age_years"), second.get("age_years"), second.get("nrs_before")) == (51, 76, 1)
    assert before["P01"] is not None
    assert first.get("nrs_before") == before["P01"].get("nrs_before"), "what was not ticked stays"
    desk.act("undo")
    assert desk.study.patient_by_study_no("P01") == before["P01"]


def test_that_a_choice_that_breaks_a_rule_keeps_the_import_back(desk: Desk) -> None:
    desk.open_demo()
    hands = Hands(desk, "id;minuut;dia\nP01;0;199\n")
    hands.go("differences")
    desk.click("import_choose_all", hands.wizard)
    hands.wait()
    assert not hands.may_import
    desk.click("import_choose_none", hands.wizard)
    hands.wait()


def test_that_a_locked_study_is_told_calmly_and_nothing_is_lost(desk: Desk) -> None:
    hands = _differing(desk)
    desk.study.lock_study(initials=PERSON.initials, pin="", reason="analyse")
    desk.click("import_choose_all", hands.wizard)
    hands.wait()
    hands.import_it()
    assert hands.wizard.isVisible()
    shown = "\n".join(label.text() for label in hands.wizard.findChildren(QLabel) if label.isVisible())
    assert "vergrendeld" in shown
    assert "4 van 4" in hands.text("import_chosen")
    assert len(desk.study.patients) == 30


def test_that_a_signed_value_stays_and_the_reason_field_stands_ready(desk: Desk) -> None:
    hands = _differing(desk)
    signed = desk.study.patient_by_study_no("P01")
    assert signed is not None
    desk.study.sign(signed.id, SignOff.INCLUSION, initials=PERSON.initials)
    desk.click("import_choose_all", hands.wizard)
    hands.wait()
    hands.import_it()
    assert hands.wizard.isVisible()
    shown = "\n".join(label.text() for label in hands.wizard.findChildren(QLabel) if label.isVisible())
    assert "ergrendel" in shown
    assert desk.study.patient_by_study_no("P01") == signed
    assert desk.study.patient_by_study_no("Q9") is None, "all or nothing"


def test_that_who_reads_along_is_told_who_writes_and_imports_when_the_role_is_free(desk: Desk) -> None:
    with Study.open(desk.make_demo(), person=Person("KL")) as other:
        desk.open(other.path)
        hands = Hands(desk, "id;leeftijd\nQ1;57\n")
        hands.go("differences")
        hands.import_it()
        shown = "\n".join(label.text() for label in hands.wizard.findChildren(QLabel) if label.isVisible())
        assert "KL" in shown
        assert len(desk.study.patients) == 30
    hands.import_it()
    assert len(desk.study.patients) == 31


def test_that_a_value_that_somebody_else_changed_meanwhile_is_held_against_the_list_anew(desk: Desk) -> None:
    hands = _differing(desk)
    desk.click("import_choose_all", hands.wizard)
    hands.wait()
    first = desk.study.patient_by_study_no("P01")
    assert first is not None
    desk.study.set_value(first.id, Kind.PATIENT, first.id, "age_years", 33)
    hands.wait()
    assert hands.cells("import_differences")[0][2:4] == ["33", "51"]
    assert "3 van 4" in hands.text("import_chosen"), "what is another difference now is chosen anew"


def test_that_reading_a_long_list_tells_how_far_it_is_and_can_be_stopped(desk: Desk) -> None:
    rows = "\n".join(f"Q{at % 400};{at // 400};{60 + at % 40}" for at in range(120_000))
    hands = Hands(desk, f"id;minuut;hf\n{rows}\n")
    desk.click("import_go_differences", hands.wizard)
    stop = desk.find(QPushButton, "import_stop", hands.wizard)
    desk.qtbot.waitUntil(stop.isVisible, timeout=10_000)
    assert desk.find(QProgressBar, "import_progress", hands.wizard).isVisible()
    desk.click("import_stop", hands.wizard)
    assert not stop.isVisible()
    assert hands.wizard.work.intake is None
    assert hands.shown() == "file"
    hands.go("columns")


def test_that_without_a_study_a_list_becomes_a_new_one(desk: Desk) -> None:
    hands = Hands(desk, "id;leeftijd\nQ1;57\nQ2;58\n")
    hands.go("differences")
    hands.import_it()
    target = desk.folder / "nieuw.esk"
    with desk.qtbot.waitSignal(desk.session.study_opened, timeout=10_000):
        desk.choose_file(target)
    assert [patient.study_no for patient in desk.study.patients] == ["Q1", "Q2"]


# -- ways in -----------------------------------------------------------------------------------------------------------


def test_that_the_action_asks_for_a_file_over_the_wizard(desk: Desk) -> None:
    path = desk.folder / "lab.csv"
    path.write_text(LAB, encoding="utf-8")
    desk.act("import")
    wizard = desk.dialog("dialog_import")
    desk.choose_file(path)
    desk.qtbot.waitUntil(desk.find(QAbstractButton, "import_next", wizard).isEnabled, timeout=10_000)
    assert isinstance(wizard, ImportWizard)


def test_that_a_file_can_be_dropped(desk: Desk) -> None:
    hands = Hands(desk)
    other = desk.folder / "ander.csv"
    other.write_text("id;leeftijd\nQ1;57\n", encoding="utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(other))])
    no_keys = Qt.KeyboardModifier.NoModifier
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    over = QDragEnterEvent(QPoint(50, 50), copy, data, left, no_keys)
    desk.app.sendEvent(hands.wizard, over)
    assert over.isAccepted()
    desk.app.sendEvent(hands.wizard, QDropEvent(QPointF(50, 50), copy, data, left, no_keys))
    hands.wait()
    assert hands.cells("import_raw") == [["id", "leeftijd"], ["Q1", "57"]]


def test_that_a_workbook_of_any_sheet_goes_through_the_wizard_and_a_template_does_not(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Blad1"
    for row in (["patiënt", "leeftijd"], ["Q1", 57]):
        sheet.append(row)
    path = desk.folder / "lijst.xlsx"
    book.save(path)
    show_import(desk.session, desk.window.studies, desk.window, str(path))
    dialog = desk.dialog("dialog_import")
    assert isinstance(dialog, ImportWizard)
    dialog.reject()
    template = desk.folder / "sjabloon.xlsx"
    write_template(template, Wording("nl"))
    show_import(desk.session, desk.window.studies, desk.window, str(template))
    assert not isinstance(desk.dialog("dialog_import"), ImportWizard)


def test_that_a_template_whose_patients_differ_can_be_gone_through_value_by_value(desk: Desk) -> None:
    desk.open_demo()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "patients"
    for row in (["study_no", "age_years"], ["P01", 51]):
        sheet.append(row)
    path = desk.folder / "invoer.xlsx"
    book.save(path)
    show_import(desk.session, desk.window.studies, desk.window, str(path))
    strict = desk.dialog("dialog_import")
    as_list = desk.find(QPushButton, "import_as_list", strict)
    desk.qtbot.waitUntil(as_list.isVisible, timeout=10_000)
    desk.click("import_as_list", strict)
    hands = Hands(desk, wizard=desk.dialog("dialog_import"))
    hands.go("differences")
    assert [row[:2] for row in hands.cells("import_differences")] == [["P01", Wording("nl").label("age_years")]]


def test_that_a_whole_table_can_be_left_out(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for title, rows in {
        "Lijst": [["id", "leeftijd"], ["Q1", 57]],
        "Kladblok": [["id", "gewicht"], ["Q1", 900]],
    }.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = desk.folder / "lijst.xlsx"
    book.save(path)
    show_import(desk.session, desk.window.studies, desk.window, str(path))
    hands = Hands(desk, wizard=desk.dialog("dialog_import"))
    hands.go("differences")
    assert not hands.may_import
    hands.go("columns")
    desk.choose("import_columns_table", "Kladblok", hands.wizard)
    desk.click("import_leave_table", hands.wizard)
    hands.go("differences")
    assert hands.may_import


def test_that_a_file_that_is_no_list_is_told_where_it_was_chosen(desk: Desk) -> None:
    path = desk.folder / "beeld.csv"
    path.write_bytes(b"\0\1\2" * 500)
    show_import(desk.session, desk.window.studies, desk.window, str(path))
    wizard = desk.dialog("dialog_import")
    desk.qtbot.waitUntil(lambda: "beeld.csv" in desk.texts(wizard), timeout=5000)
    assert not desk.find(QPushButton, "import_next", wizard).isEnabled()


def test_that_escape_goes_a_step_back_before_it_closes(desk: Desk) -> None:
    hands = Hands(desk)
    hands.go("columns")
    QTest.keyClick(hands.wizard, Qt.Key.Key_Escape)
    assert hands.shown() == "file"
    QTest.keyClick(hands.wizard, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert hands.shown() == "columns"
    assert hands.wizard.isVisible()


def test_that_the_models_keep_qts_rules(desk: Desk) -> None:
    hands = Hands(desk)
    words, theme = Wording("nl"), load_theme("light")
    models = (
        RawModel(theme),
        ColumnModel(words, theme),
        PreviewModel(words, theme),
        DifferenceModel(words, theme),
    )
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [QAbstractItemModelTester(model, mode) for model in models]
    source, mapping = hands.wizard.work.source, hands.wizard.work.mapping
    assert source is not None
    assert mapping is not None
    raw, columns, _, _ = models
    raw.show_table(source.tables[0])
    raw.show_table(None)
    columns.show_table(source.tables[0], mapping.rules)
    columns.show_rules(mapping.rules)
    for tester in testers:
        tester.deleteLater()


# -- out ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "name", "expected"),
    [
        ("export_spss", "uit.sav", "uit.sps"),
        ("export_csv", "uit csv", "uit csv/patients.csv"),
        ("export_csv_international", "uit int", "uit int/samples.csv"),
        ("export_redcap", "uit redcap", "uit redcap/redcap_data.csv"),
    ],
)
def test_that_a_study_goes_out_in_every_form(desk: Desk, action: str, name: str, expected: str) -> None:
    desk.open_demo()
    desk.act(action)
    desk.choose_file(desk.folder / name)
    desk.qtbot.waitUntil((desk.folder / expected).exists, timeout=30_000)


def test_that_the_template_is_saved_without_a_study(desk: Desk) -> None:
    assert desk.session.study is None
    desk.act("template")
    target = desk.folder / "sjabloon.xlsx"
    desk.choose_file(target)
    desk.qtbot.waitUntil(lambda: any("opgeslagen" in desk.texts(n) for n in desk.window.findChildren(Notice)))
    assert read_workbook(target, desk.session.today()).errors == ()
