"""A patient typed in as a person types: taken, refused with a message, asked, drafted, undone."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from esk_engine.errors import Fault
from esk_engine.judge import Group
from esk_engine.records import BelowLloq, make_patient
from esk_engine.study import SaveState
from tests.gui.patients_case import Opener, desk, whole_patient

__all__ = ["desk"]


def test_that_a_patient_is_added_in_place_and_typed_with_a_decimal_comma(desk: Opener) -> None:
    case = desk()
    assert case.find("patients_empty").isVisible()
    QTest.mouseClick(case.find("patients_add", QPushButton), Qt.MouseButton.LeftButton)
    number = case.line("new_study_no")
    QTest.keyClicks(number, "p01")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert [p.study_no for p in case.study.patients] == ["P01"]
    case.type("inclusion_date", "09-01-2024")
    case.choose("sex", "female")
    case.type("age_years", "57")
    case.type("height_cm", "170")
    case.type("weight_kg", "71,5", Qt.Key.Key_Return)
    patient = case.patient("P01")
    assert (patient.get("sex"), patient.get("age_years"), patient.get("weight_kg")) == ("female", 57, 71.5)
    assert patient.get("inclusion_date") == date(2024, 1, 9)
    assert case.find("bmi_kg_m2", QLabel).text() == "24,7"  # 71.5 / 1.70 ** 2 = 24.74
    case.settled()
    assert case.find("save_state", QLabel).text().startswith("Opgeslagen ")


def test_that_enter_goes_on_to_the_next_field(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}))
    case.open("P01")
    case.type("height_cm", "170", Qt.Key.Key_Return)
    assert case.line("weight_kg").hasFocus()


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("nl", "Leeftijd: 150 ligt buiten de grenzen 18–120 jaar."),
        ("en", "Age: 150 is outside the limits 18–120 years."),
    ],
)
def test_that_a_value_outside_the_hard_limits_is_refused_with_a_message_in_the_language(
    desk: Opener, language: str, message: str
) -> None:
    case = desk(make_patient({"study_no": "P01", "age_years": 57}), language=language)
    case.open("P01")
    case.type("age_years", "150")
    assert case.message("age_years") == message
    assert case.line("age_years").text() == "150"
    assert case.patient("P01").get("age_years") == 57


def test_that_a_value_outside_the_soft_limits_is_saved_and_warned_of_until_it_changes(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}), make_patient({"study_no": "P02"}))
    case.open("P01")
    case.type("weight_kg", "210")
    assert case.patient("P01").get("weight_kg") == 210
    assert "40–200" in case.message("weight_kg")
    case.open("P02")
    assert case.message("weight_kg") == ""
    case.open("P01")
    assert "40–200" in case.message("weight_kg")
    case.type("weight_kg", "100")
    assert case.message("weight_kg") == ""


def test_that_an_ambiguous_number_offers_both_readings_and_takes_the_chosen_one(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01", "weight_kg": 70.0}))
    case.open("P01")
    case.type("weight_kg", "71.234")
    assert case.patient("P01").get("weight_kg") == 70
    decimal = case.find("weight_kg_as_decimal", QPushButton)
    thousands = case.find("weight_kg_as_thousands", QPushButton)
    assert decimal.isVisible()
    assert thousands.isVisible()
    assert (decimal.text(), thousands.text()) == ("71,234", "71234")
    QTest.mouseClick(decimal, Qt.MouseButton.LeftButton)
    assert case.patient("P01").get("weight_kg") == 71.234
    assert not decimal.isVisible()
    assert case.message("weight_kg") == ""


def test_that_an_ambiguous_limit_of_quantification_stays_one_whichever_reading_is_chosen(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01", "infusion_minutes": 480}))
    case.open("P01", "infusion")
    case.type("concentration_ug_l_esketamine", "<1.234")
    decimal = case.find("concentration_ug_l_esketamine_as_decimal", QPushButton)
    assert decimal.text() == "<1,234"
    QTest.mouseClick(decimal, Qt.MouseButton.LeftButton)
    (sample,) = case.patient("P01").samples
    assert sample.get("concentration_ug_l") == BelowLloq(1.234)


def test_that_a_draft_stays_with_its_patient_marks_the_list_and_is_named_at_closing(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01", "age_years": 57}), make_patient({"study_no": "P02"}))
    case.open("P01")
    case.type("age_years", "vijftig")
    case.open("P02")
    assert case.line("age_years").text() == ""
    assert case.message("age_years") == ""
    assert case.page.drafts() == ["P01: Leeftijd (‘vijftig’)"]
    assert case.page.list.model.index(0).data(Qt.ItemDataRole.ToolTipRole) == "1 waarde is niet opgeslagen"
    case.open("P01")
    assert case.line("age_years").text() == "vijftig"
    assert "vijftig" in case.message("age_years")
    assert case.patient("P01").get("age_years") == 57
    case.type("age_years", "50")
    assert case.page.drafts() == []
    assert case.patient("P01").get("age_years") == 50


def test_that_escape_takes_back_what_was_not_saved(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01", "age_years": 57}))
    case.open("P01")
    case.type("age_years", "x")
    line = case.line("age_years")
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "57"
    assert case.page.drafts() == []
    assert case.message("age_years") == ""


def test_that_nothing_says_all_is_saved_while_a_draft_is_left(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01")
    case.type("weight_kg", "7,1,5")
    assert case.label("save_state") == "1 veld niet opgeslagen"
    case.type("weight_kg", "71,5")
    case.settled()
    assert case.label("save_state").startswith("Opgeslagen ")


def test_that_drafts_patient_and_tab_survive_a_rebuild(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}), make_patient({"study_no": "P02"}))
    case.open("P02", "infusion")
    case.type("nrs_before", "elf")
    state = case.page.state()
    from esk_gui.patients.page import PatientsPage

    again = PatientsPage(case.session)
    again.refresh()
    again.restore(state)
    assert again.patient_id == case.patient("P02").id
    line = again.findChild(QLineEdit, "nrs_before")
    assert line is not None
    assert line.text() == "elf"
    assert again.drafts() == ["P02: NRS vooraf (‘elf’)"]
    again.deleteLater()


def test_that_a_study_number_that_is_taken_is_refused_in_the_list_and_in_the_form(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}), make_patient({"study_no": "P02"}))
    case.open("P02")
    case.type("study_no", "p01")
    assert "P01" in case.message("study_no")
    assert [p.study_no for p in case.study.patients] == ["P01", "P02"]
    QTest.mouseClick(case.find("patients_add", QPushButton), Qt.MouseButton.LeftButton)
    number = case.line("new_study_no")
    assert number.text() == "P03"
    number.selectAll()
    QTest.keyClicks(number, "P01")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert "P01" in case.message("new_study_no")
    assert len(case.study.patients) == 2


def test_that_a_renamed_patient_moves_to_its_natural_place(desk: Opener) -> None:
    case = desk(*(make_patient({"study_no": n}) for n in ("P1", "P2", "P10")))
    case.open("P1")
    case.type("study_no", "P9")
    model = case.page.list.model
    from esk_gui.patients.list_model import ListRole

    assert [model.index(row).data(ListRole.STUDY_NO) for row in range(3)] == ["P2", "P9", "P10"]
    assert case.page.patient_id == case.patient("P9").id


def test_that_a_choice_is_taken_back_by_clicking_it_again_and_by_delete(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}))
    case.open("P01")
    case.choose("sex", "male")
    assert case.patient("P01").get("sex") == "male"
    case.choose("sex", "male")
    assert case.patient("P01").get("sex") is None
    case.choose("sex", "other")
    QTest.keyClick(case.find("sex_other"), Qt.Key.Key_Delete)
    assert case.patient("P01").get("sex") is None


def test_that_the_group_within_peripheral_pain_is_asked_for_peripheral_only(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}))
    case.open("P01")
    assert not case.find("indication_group").isVisible()
    case.choose("indication", "peripheral")
    assert case.find("indication_group").isVisible()
    case.choose("indication_group", "crps")
    case.choose("indication", "central")
    assert case.find("indication_group").isVisible()  # a value that stands there is not hidden, it warns
    assert case.message("indication_group") != ""


def test_that_start_of_the_infusion_takes_a_date_with_a_time(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}))
    case.open("P01", "infusion")
    case.type("infusion_start", "16-01-2024 8:45")
    assert case.patient("P01").get("infusion_start") == datetime(2024, 1, 16, 8, 45)
    assert case.line("infusion_start").text() == "16-01-2024 08:45"
    case.type("infusion_start", "31-02-2024 08:45")
    assert case.message("infusion_start") != ""


def test_that_undo_takes_back_the_last_field_and_shows_it(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01", "age_years": 57}))
    case.open("P01")
    case.type("age_years", "58")
    case.study.undo()
    assert case.line("age_years").text() == "57"
    case.study.redo()
    assert case.line("age_years").text() == "58"


def test_that_ctrl_z_in_a_field_with_nothing_uncommitted_is_left_to_the_window(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01", "age_years": 57}))
    case.open("P01")
    case.type("age_years", "58")
    line = case.line("age_years")
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == "58"


def test_that_the_sample_at_the_end_takes_below_its_lloq_and_goes_when_emptied(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}))
    case.open("P01", "infusion")
    field = case.line("concentration_ug_l_esketamine")
    assert not field.isEnabled()
    case.type("infusion_minutes", "480")
    assert field.isEnabled()
    case.type("concentration_ug_l_esketamine", "<5")
    (sample,) = case.patient("P01").samples
    assert (sample.get("minute"), sample.get("analyte"), sample.get("concentration_ug_l")) == (
        480, "esketamine", BelowLloq(5.0),
    )  # fmt: skip
    assert field.text() == "<5"
    case.type("concentration_ug_l_esketamine", "0")
    assert case.message("concentration_ug_l_esketamine") != ""
    case.type("concentration_ug_l_esketamine", "")
    assert case.patient("P01").samples == ()


def test_that_another_sample_is_begun_in_the_table_and_saved_once_it_has_minute_and_analyte(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    model = case.page.form.infusion.samples.model
    new = model.rowCount() - 1
    assert not model.setData(model.index(new, 2), "40,5")
    assert not model.setData(model.index(new, 0), "240")
    assert len(case.patient("P01").samples) == 2
    assert len(case.page.drafts()) == 2
    assert model.setData(model.index(new, 1), "esketamine")
    first = case.patient("P01").samples[0]
    assert (first.get("minute"), first.get("analyte"), first.get("concentration_ug_l")) == (240, "esketamine", 40.5)
    assert case.page.drafts() == []


def test_that_a_deleted_patient_is_asked_for_and_comes_back_with_undo(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}), whole_patient("P02"))
    case.open("P02")
    case.page.ask_delete()
    confirm = case.find("confirm_delete_yes", QPushButton)
    QTest.mouseClick(confirm, Qt.MouseButton.LeftButton)
    assert [p.study_no for p in case.study.patients] == ["P01"]
    assert case.page.patient_id == case.patient("P01").id
    case.study.undo()
    assert case.study.cohort.group(case.patient("P02").id) is Group.RESPONDER
    assert case.page.list.model.rowCount() == 2


def test_that_a_value_that_cannot_be_written_says_so_at_its_field_and_above_until_it_is(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}))
    case.open("P01")
    case.settled()
    case.type("age_years", "57")
    case.session.save_state_changed.emit(SaveState("failed", None, Fault("file_full", path="study.esk")))
    assert case.message("age_years") == "Niet opgeslagen."
    assert case.find("age_years_retry", QPushButton).isVisible()
    assert case.label("save_state") == "Niet opgeslagen"
    assert case.find("save_retry", QPushButton).isVisible()
    case.session.save_state_changed.emit(SaveState("saved", datetime(2024, 6, 1, 14, 2)))
    assert case.message("age_years") == ""
    assert case.label("save_state") == "Opgeslagen 14:02"
    assert not case.find("save_retry", QPushButton).isVisible()
