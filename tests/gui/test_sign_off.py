"""Signing off in the window as a person does it: what is shown and signed, what is locked, unlocked, changed with a
reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from esk_engine.dictionary import Kind
from esk_engine.records import Patient, make_patient
from esk_engine.settings import Settings
from esk_engine.study import Person, Protection, SignOff, Study
from esk_gui.patients.list_model import ListRole
from esk_gui.patients.page import PatientsPage
from esk_gui.patients.signing.state_line import SigningStrip
from esk_gui.patients.vital_model import VitalColumn
from esk_gui.theme import apply_font
from esk_gui.widgets.labels import MessageLabel
from tests.gui.desk import desk_for
from tests.gui.patients_case import Case, Opener, desk, whole_patient
from tests.gui.screenshots import Studio

__all__ = ["desk"]

DIZZY = {"term": "dizziness", "phase": "during", "naranjo_1": "yes", "naranjo_2": "yes"}


class Ward(Case):
    """A page at which moments are signed and unlocked."""

    def dialog(self, name: str) -> QDialog:
        found = [d for d in self.page.findChildren(QDialog) if d.objectName() == f"dialog_{name}" and d.isVisible()]
        assert found, name
        return found[0]

    def click(self, name: str, within: QWidget | None = None) -> None:
        found = (within or self.page).findChild(QPushButton, name)
        assert found is not None, name
        assert found.isVisible(), name
        assert found.isEnabled(), name
        QTest.mouseClick(found, Qt.MouseButton.LeftButton)

    def shows(self, name: str) -> bool:
        return self.find(name).isVisible()

    def fill(self, within: QWidget, name: str, text: str) -> None:
        field = within.findChild(QLineEdit, name) or within.findChild(QPlainTextEdit, name)
        assert field is not None, name
        field.setFocus()
        QTest.keyClicks(field, text)

    def sign(self, moment: SignOff, initials: str = "AB") -> None:
        """Sign the moment off as the person at work."""
        self.click(f"button_sign_{moment}")
        dialog = self.dialog("sign")
        self.fill(dialog, "sign_initials", initials)
        self.click("button_confirm", dialog)

    def unlock(self, moment: SignOff, reason: str = "typefout") -> None:
        """Unlock the moment with a reason."""
        self.click(f"button_unlock_{moment}")
        dialog = self.dialog("unlock_moment")
        self.fill(dialog, "reason", reason)
        self.click("button_confirm", dialog)

    def protection(self, study_no: str, moment: SignOff) -> Protection:
        return self.study.protection(self.patient(study_no).id, moment)

    def reasons(self) -> list[str]:
        """The reasons of all lines of the log that have one."""
        return [line.reason for line in self.study.log() if line.reason]

    def texts(self, within: QWidget) -> str:
        return "\n".join(label.text() for label in within.findChildren(QLabel) if label.isVisible())

    def note(self, name: str) -> str:
        label = self.page.findChild(MessageLabel, name)
        assert label is not None, name
        return label.text() if label.isVisible() else ""


@pytest.fixture
def ward(desk: Opener) -> Callable[..., Ward]:
    def opened(*patients: Patient, **options: object) -> Ward:
        case = desk(*patients, **options)
        return Ward(case.session, case.page)

    return opened


Warder = Callable[..., Ward]


# Signing


def test_that_signing_shows_what_is_signed_and_locks_it_with_who_and_when(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    case.click("button_sign_inclusion")
    dialog = case.dialog("sign")
    shown = case.texts(dialog)
    for text in ("Leeftijd", "58", "75,1", "vrouw", "CRPS"):
        assert text in shown
    assert "NRS" not in shown, "values of another moment are not signed"
    case.fill(dialog, "sign_initials", "AB")
    case.click("button_confirm", dialog)
    (signature,) = case.study.signatures(case.patient("P01").id)
    assert (signature.moment, signature.person) == (SignOff.INCLUSION, "AB")
    assert case.protection("P01", SignOff.INCLUSION) is Protection.LOCKED
    mark = case.find("button_signature_inclusion", QPushButton)
    assert mark.isVisible()
    assert "AB" in mark.accessibleName()
    assert f"{signature.when:%H:%M}" in mark.text()
    assert not case.shows("button_sign_inclusion")
    assert case.shows("button_unlock_inclusion")


def test_that_what_is_missing_and_what_is_doubtful_is_named_before_signing(ward: Warder) -> None:
    patient = make_patient({"study_no": "P01", "sex": "male", "weight_kg": 210.0, "indication": "central"})
    case = ward(patient)
    case.open("P01")
    case.type("height_cm", "veel")
    case.click("button_sign_inclusion")
    shown = case.texts(case.dialog("sign"))
    assert "Lengte" in shown
    assert "Leeftijd" in shown
    assert "40–200" in shown, "the warning that stands"
    assert "P01: Lengte (‘veel’)" in shown, "what is not saved is not signed"
    assert "groep" not in shown.lower().replace("doelgroep", ""), "not asked for central pain"


def test_that_missing_readings_and_open_naranjo_questions_are_named(ward: Warder) -> None:
    patient = make_patient(
        {"study_no": "P01", "infusion_minutes": 60, "treatment_continued": "yes"},
        [
            (Kind.READING, {"minute": 0, "heart_rate_bpm": 70, "systolic_mmhg": 120, "diastolic_mmhg": 70}),
            (Kind.READING, {"minute": 60, "heart_rate_bpm": 71}),
            (Kind.ADVERSE_EVENT, DIZZY),
        ],
    )
    case = ward(patient)
    case.open("P01", "infusion")
    case.click("button_sign_infusion")
    dialog = case.dialog("sign")
    assert "Bovendruk bij minuut 30, 60" in case.texts(dialog)
    case.click("button_cancel", dialog)
    case.open("P01", "evaluation")
    case.click("button_sign_evaluation")
    shown = case.texts(case.dialog("sign"))
    assert "duizeligheid: 8 vragen van Naranjo" in shown
    assert "3 (ja: 1, 2)" in shown


def test_that_other_initials_than_those_of_who_is_at_work_are_refused_beside_the_field(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    case.click("button_sign_inclusion")
    dialog = case.dialog("sign")
    case.click("button_confirm", dialog)
    assert "initialen" in case.texts(dialog.findChild(MessageLabel, "message_sign") or dialog)
    case.fill(dialog, "sign_initials", "XY")
    case.click("button_confirm", dialog)
    message = dialog.findChild(MessageLabel, "message_sign")
    assert message is not None
    assert "AB" in message.text()
    assert dialog.isVisible()
    assert case.study.signatures(case.patient("P01").id) == ()


def test_that_the_pin_is_asked_where_the_study_asks_for_one(ward: Warder) -> None:
    case = ward(whole_patient("P01"), settings=replace(Settings(), pin_required=True))
    case.study.set_pin("AB", "2468")
    case.open("P01")
    case.click("button_sign_inclusion")
    dialog = case.dialog("sign")
    case.fill(dialog, "sign_initials", "AB")
    case.fill(dialog, "sign_pin", "1111")
    case.click("button_confirm", dialog)
    assert dialog.isVisible()
    assert case.protection("P01", SignOff.INCLUSION) is Protection.OPEN
    case.fill(dialog, "sign_pin", "2468")
    case.click("button_confirm", dialog)
    assert case.protection("P01", SignOff.INCLUSION) is Protection.LOCKED


def test_that_escape_leaves_everything_unsigned_and_nobody_is_asked_unasked(ward: Warder) -> None:
    case = ward(whole_patient("P01"), whole_patient("P02"))
    case.open("P01")
    case.open("P02", "infusion")
    case.open("P01", "evaluation")
    assert not [d for d in case.page.findChildren(QDialog) if d.isVisible()]
    case.click("button_sign_evaluation")
    QTest.keyClick(case.dialog("sign"), Qt.Key.Key_Escape)
    assert case.study.signatures(case.patient("P01").id) == ()


def test_that_there_is_nothing_to_sign_in_an_empty_moment(ward: Warder) -> None:
    case = ward(make_patient({"study_no": "P01"}))
    case.open("P01", "evaluation")
    button = case.find("button_sign_evaluation", QPushButton)
    assert button.isVisible()
    assert not button.isEnabled()
    case.type("relief_weeks", "3")
    assert button.isEnabled()


@pytest.mark.parametrize(
    ("tab", "moments"),
    [
        ("inclusion", ["inclusion"]),
        ("infusion", ["infusion", "laboratory"]),
        ("side_effects", ["infusion", "evaluation"]),
        ("evaluation", ["evaluation"]),
    ],
)
def test_that_each_tab_shows_the_moments_that_its_values_belong_to(ward: Warder, tab: str, moments: list[str]) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01", tab)
    assert [moment for moment in SignOff if case.shows(f"button_sign_{moment}")] == moments


def test_that_signing_is_reached_by_tab_after_the_last_field(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    case.line("dose_planned_mg").setFocus()
    QTest.keyClick(case.line("dose_planned_mg"), Qt.Key.Key_Tab)
    assert case.find("button_sign_inclusion").hasFocus()
    QTest.keyClick(case.find("button_sign_inclusion"), Qt.Key.Key_Space)
    assert case.dialog("sign").isVisible()


def test_that_the_keyboard_stays_at_the_signature_after_signing(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    case.find("button_sign_inclusion").setFocus()
    QTest.keyClick(case.find("button_sign_inclusion"), Qt.Key.Key_Space)
    dialog = case.dialog("sign")
    case.fill(dialog, "sign_initials", "AB")
    QTest.keyClick(case.find("sign_initials"), Qt.Key.Key_Return)
    assert case.protection("P01", SignOff.INCLUSION) is Protection.LOCKED
    case.page.activateWindow()
    QApplication.processEvents()
    assert case.page.focusWidget() is case.find("button_signature_inclusion")


def test_that_undoing_what_was_signed_since_is_refused_calmly(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    with desk_for(qapp, qtbot, tmp_path) as window:
        window.open_demo()
        patient = window.study.patients[0]
        window.session.show_patient(patient.id)
        window.enter("age_years", "61")
        window.study.sign(patient.id, SignOff.INCLUSION, initials="AB")
        window.act("undo")
        assert "Afgetekend door AB" in window.texts(window.dialog("dialog_error"))
        assert window.study.patient(patient.id).get("age_years") == 61


# What is locked


def test_that_signed_fields_are_read_but_not_typed_in_and_say_why(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    case.sign(SignOff.INCLUSION)
    age = case.line("age_years")
    assert age.isEnabled()
    assert age.isReadOnly()
    assert "AB" in age.toolTip()
    age.setFocus()
    assert case.message("age_years") == ""
    QTest.keyClicks(age, "9")
    assert age.text() == "58"
    assert "Afgetekend door AB" in case.message("age_years")
    case.line("height_cm").setFocus()
    assert case.message("age_years") == "", "it leaves with the cursor"
    age.selectAll()
    age.copy()
    assert QGuiApplication.clipboard().text() == "58"


def test_that_signed_choices_stay_and_say_why(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    case.sign(SignOff.INCLUSION)
    case.choose("sex", "male")
    assert case.patient("P01").get("sex") == "female"
    assert "Afgetekend" in case.message("sex")
    QTest.keyClick(case.find("sex_female"), Qt.Key.Key_Delete)
    QTest.keyClick(case.find("sex_female"), Qt.Key.Key_Right)
    assert case.patient("P01").get("sex") == "female"
    case.open("P01", "infusion")
    case.sign(SignOff.INFUSION)
    stop = case.find("stop_reason", QComboBox)
    stop.setFocus()
    QTest.keyClick(stop, Qt.Key.Key_Down)
    assert stop.currentData() == "completed"
    assert "Afgetekend" in case.message("stop_reason")
    QTest.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert not stop.view().isVisible()


def test_that_other_moments_and_remarks_stay_free(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01", "evaluation")
    case.sign(SignOff.EVALUATION)
    remarks = case.find("remarks", QPlainTextEdit)
    remarks.setFocus()
    QTest.keyClicks(remarks, "belt terug")
    case.open("P01", "inclusion")
    assert case.patient("P01").get("remarks") == "belt terug"
    case.type("age_years", "59")
    assert case.patient("P01").get("age_years") == 59


def test_that_a_signed_grid_takes_no_key_no_paste_and_no_deletion_and_says_why(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01", "infusion")
    case.sign(SignOff.INFUSION)
    before = case.patient("P01")
    grid = case.page.form.infusion.vitals.view
    grid.setFocus()
    grid.go_to(3, VitalColumn.SYSTOLIC)
    QTest.keyClicks(grid, "1")
    assert QApplication.focusWidget() is grid, "no editor opens"
    assert "Afgetekend" in case.note("message_vital_signs")
    grid.go_to(4, VitalColumn.SYSTOLIC)
    assert case.note("message_vital_signs") == ""
    QGuiApplication.clipboard().setText("150\t90")
    QTest.keyClick(grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "Afgetekend" in case.note("message_vital_signs")
    QTest.keyClick(grid, Qt.Key.Key_Delete)
    QTest.keyClick(grid, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "120"
    assert not case.find("add_reading").isEnabled()
    assert case.patient("P01") == before


def test_that_signed_samples_take_no_change(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01", "infusion")
    case.sign(SignOff.LABORATORY)
    before = case.patient("P01")
    field = case.line("concentration_ug_l_esketamine")
    field.setFocus()
    QTest.keyClicks(field, "1")
    assert field.text() == "95"
    assert "Afgetekend" in case.message("concentration_ug_l_esketamine")
    case.click("samples_more")
    table = case.page.form.infusion.samples.view
    assert table.model().rowCount() == 2, "no row waits for another sample"
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 2))
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert case.patient("P01") == before
    assert "Afgetekend" in case.note("message_concentration_ug_l")
    case.type("nrs_end", "5")
    assert case.patient("P01").get("nrs_end") == 5, "the infusion itself is not signed"


def dizzy_patient() -> Patient:
    whole = whole_patient("P01")
    rows = [(Kind.ADVERSE_EVENT, DIZZY)]
    return replace(whole, adverse_events=make_patient({"study_no": "P01"}, rows, whole.id).adverse_events)


def test_that_signed_side_effects_take_no_answer_and_say_why(ward: Warder) -> None:
    case = ward(dizzy_patient())
    case.open("P01", "side_effects")
    case.sign(SignOff.EVALUATION)
    before = case.patient("P01")
    row = case.find("naranjo_5")
    row.setFocus()
    QTest.keyClicks(row, "n")
    assert "Afgetekend" in case.note("message_naranjo")
    QTest.mouseClick(case.find("naranjo_6_yes"), Qt.MouseButton.LeftButton)
    table = case.find("adverse_events")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert "Afgetekend" in case.note("message_side_effects")
    after = case.find("side_effects_asked_after")
    after.setFocus()
    QTest.keyClicks(after, "j")
    assert case.patient("P01") == before
    add = case.find("add_side_effect", QPushButton)
    assert not add.isEnabled()
    assert "Afgetekend" in add.toolTip()
    during = case.find("side_effects_asked_during")
    during.setFocus()
    QTest.keyClicks(during, "j")
    assert case.patient("P01").get("side_effects_asked_during") == "yes", "that belongs to the infusion"


def test_that_text_typed_while_somebody_else_signs_stays_as_a_draft(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    age = case.line("age_years")
    age.setFocus()
    age.selectAll()
    QTest.keyClicks(age, "61")
    case.study.sign(case.patient("P01").id, SignOff.INCLUSION, initials="AB")
    assert age.text() == "61"
    assert "Afgetekend door AB" in case.message("age_years")
    assert case.page.drafts() == ["P01: Leeftijd (‘61’)"]


def test_that_the_study_locked_as_a_whole_is_only_read(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    case.sign(SignOff.INCLUSION)
    case.study.lock_study(initials="AB")
    assert not case.shows("button_unlock_inclusion")
    assert case.line("age_years").isReadOnly()
    assert not case.find("patients_add", QPushButton).isEnabled()
    case.open("P01", "infusion")
    assert case.line("nrs_end").isReadOnly()
    assert not case.shows("button_sign_infusion")
    case.page.ask_delete()
    assert "vergrendeld" in case.texts(case.dialog("delete_locked"))


def test_that_the_list_marks_who_is_signed_off_in_all_that_was_entered(ward: Warder) -> None:
    case = ward(make_patient({"study_no": "P01", "age_years": 50, "nrs_before": 8.0}))
    case.open("P01")
    index = case.page.list.model.index(0)
    assert not index.data(ListRole.IS_SIGNED)
    case.sign(SignOff.INCLUSION)
    assert not index.data(ListRole.IS_SIGNED)
    case.open("P01", "infusion")
    case.sign(SignOff.INFUSION)
    assert index.data(ListRole.IS_SIGNED)
    assert "afgetekend" in str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    case.unlock(SignOff.INFUSION)
    assert not index.data(ListRole.IS_SIGNED)


# Unlocking, and changes with a reason


def test_that_unlocking_asks_a_reason_which_then_goes_with_every_change(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    assert not case.shows("reason_bar")
    case.sign(SignOff.INCLUSION)
    case.click("button_unlock_inclusion")
    dialog = case.dialog("unlock_moment")
    case.click("button_confirm", dialog)
    assert dialog.isVisible(), "without a reason nothing is unlocked"
    case.fill(dialog, "reason", "leeftijd verkeerd overgenomen")
    case.click("button_confirm", dialog)
    assert case.protection("P01", SignOff.INCLUSION) is Protection.REASON
    assert case.line("reason_inclusion").isVisible()
    assert case.line("reason_inclusion").text() == "leeftijd verkeerd overgenomen"
    case.type("age_years", "57")
    case.type("reason_inclusion", "gewicht nagevraagd")
    case.type("weight_kg", "74")
    assert (case.patient("P01").get("age_years"), case.patient("P01").get("weight_kg")) == (57, 74)
    assert case.reasons() == ["leeftijd verkeerd overgenomen"] * 2 + ["gewicht nagevraagd"]


def test_that_a_signature_is_void_once_a_value_changed_and_shows_what_differs(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    case.sign(SignOff.INCLUSION)
    case.unlock(SignOff.INCLUSION)
    assert case.find("button_signature_inclusion", QPushButton).text() == "Ontgrendeld"
    case.type("age_years", "57")
    mark = case.find("button_signature_inclusion", QPushButton)
    assert "vervallen" in mark.text().lower()
    assert "AB" in mark.accessibleName()
    case.click("button_signature_inclusion")
    dialog = case.dialog("signature")
    shown = case.texts(dialog)
    assert "vervallen" in shown
    assert shown.index("Anders dan afgetekend") < shown.index("58") < shown.index("57")
    case.click("button_close", dialog)
    case.sign(SignOff.INCLUSION)
    case.click("button_signature_inclusion")
    dialog = case.dialog("signature")
    choice = dialog.findChild(QComboBox, "signature_choice")
    assert choice is not None
    assert "vervallen" in choice.itemText(1)
    assert "57" in case.texts(dialog)
    case.click("button_unlock", dialog)
    assert case.dialog("unlock_moment").isVisible()


def test_that_a_change_without_its_reason_waits_as_a_draft_and_is_taken_once_it_is_given(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    case.sign(SignOff.INCLUSION)
    case.unlock(SignOff.INCLUSION)
    case.type("reason_inclusion", "")
    case.type("age_years", "57")
    case.type("weight_kg", "74")
    assert case.patient("P01").get("age_years") == 58
    assert case.line("age_years").text() == "57"
    assert "reden" in case.message("age_years")
    assert len(case.page.drafts()) == 2
    assert case.line("reason_inclusion").property("state") == "warning"
    case.click("age_years_give_reason")
    reason = case.line("reason_inclusion")
    assert reason.hasFocus()
    QTest.keyClicks(reason, "verkeerd afgelezen")
    QTest.keyClick(reason, Qt.Key.Key_Return)
    assert (case.patient("P01").get("age_years"), case.patient("P01").get("weight_kg")) == (57, 74)
    assert case.page.drafts() == []
    assert case.message("age_years") == ""
    assert case.reasons()[1:] == ["verkeerd afgelezen"] * 2


def test_that_cells_of_the_grid_wait_for_their_reason_too(ward: Warder) -> None:
    case = ward(whole_patient("P01", infusion_minutes=510))
    case.open("P01", "infusion")
    case.sign(SignOff.INFUSION)
    case.unlock(SignOff.INFUSION)
    case.type("reason_infusion", "")
    grid, model = case.page.form.infusion.vitals.view, case.page.form.infusion.vitals.model
    last = model.rowCount() - 1
    for row, column, text in ((3, VitalColumn.SYSTOLIC, "131"), (last, VitalColumn.HEART_RATE, "80"),
                              (last, VitalColumn.SYSTOLIC, "125")):  # fmt: skip
        grid.setFocus()
        grid.go_to(row, column)
        QTest.keyClicks(grid, text[0])
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit)
        QTest.keyClicks(editor, text[1:])
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert len(case.page.drafts()) == 3
    assert "reden" in case.message("systolic_mmhg")
    QGuiApplication.clipboard().setText("150")
    grid.setFocus()
    grid.go_to(5, VitalColumn.SYSTOLIC)
    QTest.keyClick(grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "opnieuw worden geplakt" in case.note("message_vital_signs")
    case.click("vital_signs_give_reason")
    case.type("reason_infusion", "monitor nagekeken")
    readings = {row.get("minute"): row for row in case.patient("P01").readings}
    assert readings[90].get("systolic_mmhg") == 131
    assert (readings[510].get("heart_rate_bpm"), readings[510].get("systolic_mmhg")) == (80, 125)
    assert case.page.drafts() == []


def test_that_samples_and_answers_wait_for_their_reason_too(ward: Warder) -> None:
    case = ward(dizzy_patient())
    case.open("P01", "infusion")
    case.sign(SignOff.LABORATORY)
    case.unlock(SignOff.LABORATORY)
    case.type("reason_laboratory", "")
    case.type("concentration_ug_l_esketamine", "96")
    assert len(case.page.drafts()) == 1
    case.type("reason_laboratory", "nieuwe uitslag")
    assert case.patient("P01").samples[0].get("concentration_ug_l") == 96
    case.open("P01", "evaluation")
    case.sign(SignOff.EVALUATION)
    case.unlock(SignOff.EVALUATION)
    case.type("reason_evaluation", "")
    case.open("P01", "side_effects")
    row = case.find("naranjo_5")
    row.setFocus()
    QTest.keyClicks(row, "n")
    assert case.patient("P01").adverse_events[0].get("naranjo_5") is None
    assert "reden" in case.note("message_naranjo")
    assert case.page.drafts() == ["P01: Naranjo-vraag 5 (‘nee’)"]
    case.type("reason_evaluation", "met de arts besproken")
    assert case.patient("P01").adverse_events[0].get("naranjo_5") == "no"
    assert case.page.drafts() == []


def test_that_deleting_rows_and_patients_needs_the_reason_too(ward: Warder) -> None:
    case = ward(dizzy_patient())
    case.open("P01", "side_effects")
    case.sign(SignOff.EVALUATION)
    case.page.ask_delete()
    locked = case.dialog("delete_locked")
    assert "evaluatie" in case.texts(locked)
    case.click("button_close", locked)
    case.open("P01", "evaluation")
    case.unlock(SignOff.EVALUATION, "dubbel ingevoerd")
    case.open("P01", "side_effects")
    case.click("delete_side_effect")
    assert case.patient("P01").adverse_events == ()
    assert case.reasons()[-1] == "dubbel ingevoerd"
    case.page.ask_delete()
    dialog = case.dialog("delete_patient")
    reason = dialog.findChild(QPlainTextEdit, "reason")
    assert reason is not None
    assert reason.toPlainText() == "dubbel ingevoerd"
    reason.clear()
    case.click("button_confirm", dialog)
    assert dialog.isVisible()
    QTest.keyClicks(reason, "toestemming ingetrokken")
    case.click("button_confirm", dialog)
    assert case.study.patients == ()
    assert case.reasons()[-1] == "toestemming ingetrokken"


def test_that_reasons_survive_a_rebuild_of_the_page(ward: Warder) -> None:
    case = ward(whole_patient("P01"))
    case.open("P01")
    case.sign(SignOff.INCLUSION)
    case.unlock(SignOff.INCLUSION, "nagevraagd")
    again = PatientsPage(case.session)
    again.refresh()
    again.restore(case.page.state())
    line = again.findChild(QLineEdit, "reason_inclusion")
    assert line is not None
    assert line.text() == "nagevraagd"
    again.deleteLater()


# Somebody else writes


@pytest.fixture
def colleague(ward: Warder) -> Iterator[tuple[Ward, Study]]:
    """A page on a study, and the same study in another program; neither writes now."""
    case = ward(whole_patient("P01", infusion_minutes=510))
    case.open("P01")
    case.settled()
    case.study.release()
    with Study.open(case.study.path, person=Person("CD")) as other:
        yield case, other


def write_elsewhere(other: Study, name: str, value: int) -> None:
    """A colleague changes one value of P01, and goes on writing."""
    patient = other.patients[0]
    other.wait_saved(other.set_value(patient.id, Kind.PATIENT, patient.id, name, value))


def test_that_a_text_waits_while_somebody_else_writes_and_is_entered_again_on_request(
    colleague: tuple[Ward, Study],
) -> None:
    case, other = colleague
    write_elsewhere(other, "height_cm", 171)
    case.type("age_years", "57")
    assert case.line("age_years").text() == "57"
    assert "CD" in case.message("age_years")
    assert case.patient("P01").get("age_years") == 58
    assert case.page.drafts() == ["P01: Leeftijd (‘57’)"]
    case.click("age_years_retry")
    assert case.patient("P01").get("age_years") == 58, "the colleague still writes"
    assert "CD" in case.message("age_years")
    other.release()
    case.click("age_years_retry")
    assert case.patient("P01").get("age_years") == 57
    assert case.message("age_years") == ""
    assert case.page.drafts() == []
    assert case.line("height_cm").text() == "171", "what the colleague wrote is there too"


def test_that_a_cell_waits_while_somebody_else_writes(colleague: tuple[Ward, Study]) -> None:
    case, other = colleague
    write_elsewhere(other, "height_cm", 171)
    case.open("P01", "infusion")
    grid, model = case.page.form.infusion.vitals.view, case.page.form.infusion.vitals.model
    assert model.setData(model.index(model.rowCount() - 1, VitalColumn.SYSTOLIC), "128") is False
    assert "CD" in case.message("systolic_mmhg")
    QGuiApplication.clipboard().setText("150")
    grid.setFocus()
    grid.go_to(5, VitalColumn.SYSTOLIC)
    QTest.keyClick(grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "opnieuw worden geplakt" in case.note("message_vital_signs")
    other.release()
    case.click("vital_signs_retry")
    assert case.patient("P01").readings[-1].get("systolic_mmhg") == 128
    assert case.page.drafts() == []


def test_that_a_value_that_somebody_else_changed_meanwhile_is_told_before_it_is_overwritten(
    colleague: tuple[Ward, Study],
) -> None:
    case, other = colleague
    case.type("height_cm", "veel")
    write_elsewhere(other, "age_years", 60)
    other.release()
    case.type("age_years", "57")
    assert case.line("age_years").text() == "57"
    assert "CD" in case.message("age_years")
    assert "Nu opgeslagen: 60" in case.message("age_years")
    assert case.patient("P01").get("age_years") == 60
    case.click("age_years_retry")
    assert case.patient("P01").get("age_years") == 57
    assert case.line("height_cm").text() == "veel", "only what waits is entered again"


def test_that_signatures_of_a_colleague_lock_the_form_once_they_are_followed(colleague: tuple[Ward, Study]) -> None:
    case, other = colleague
    other.wait_saved(other.sign(other.patients[0].id, SignOff.INCLUSION, initials="CD"))
    update = case.study.poll()
    assert update is not None
    case.study.take(update)
    assert case.line("age_years").isReadOnly()
    assert "CD" in case.find("button_signature_inclusion", QPushButton).text()


# Room


@pytest.mark.parametrize("size", [(1366, 768), (1092, 614), (683, 384)])
def test_that_the_state_of_every_moment_finds_room_at_every_size_in_both_languages(
    qapp: QApplication, tmp_path: Path, size: tuple[int, int]
) -> None:
    apply_font(qapp)
    studio = Studio(qapp, tmp_path, size)
    try:
        studio.open_demo()
        study = studio.session.open_study
        patient = study.patient_by_study_no("P16")
        assert patient is not None
        for language in ("nl", "en"):
            studio.dress(language, "light")
            for step in _course(study, patient):
                for tab in ("infusion", "side_effects"):  # the tabs with two moments
                    studio.show_page(tab)
                    for strip in studio.window.findChildren(SigningStrip):
                        if not strip.isVisible():
                            continue
                        assert strip.sizeHint().width() <= strip.width(), (language, step, tab)
    finally:
        studio.close()


def _course(study: Study, patient: Patient) -> Iterator[str]:
    """A patient's moments signed, unlocked and changed, one state after another."""
    initials = study.person.initials
    yield "as it is"
    for moment in SignOff:
        study.sign(patient.id, moment, initials=initials)
    yield "signed"
    for moment in SignOff:
        study.unlock(patient.id, moment, "typefout")
    yield "unlocked"
    for name in ("age_years", "nrs_end", "relief_weeks"):
        value = study.patient(patient.id).get(name)
        assert isinstance(value, (int, float))
        study.set_value(patient.id, Kind.PATIENT, patient.id, name, value + 1, "typefout")
    yield "void"
