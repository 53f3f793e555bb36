"""The verdict beside the form: live, with its evidence, covered while the evaluation is scored."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTableView

from esk_engine.criteria import Condition
from esk_engine.dictionary import Kind
from esk_engine.judge import Verdict
from esk_engine.records import make_patient, new_id
from esk_engine.settings import Settings
from esk_engine.verdicts import ConditionVerdict
from esk_engine.wording import Wording
from esk_gui.patients.evidence import evidence_text, scale_of
from esk_gui.patients.list_model import ListRole
from tests.gui.patients_case import Case, Opener, desk, whole_patient

__all__ = ["desk"]


def group(case: Case) -> str:
    return case.label("verdict_group")


def panel_texts(case: Case) -> list[str]:
    return [label.text() for label in case.page.verdict.findChildren(QLabel) if label.isVisible()]


def test_that_the_verdict_turns_as_values_are_typed(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    assert (group(case), case.label("verdict_line")) == ("Responder", "Alle 4 criteria gehaald")
    case.type("nrs_end", "7")  # 12.5 % of 8
    assert (group(case), case.label("verdict_line")) == ("Non-responder", "1 van 4 criteria niet gehaald")
    assert "12,5 %" in panel_texts(case)
    assert case.label("nrs_reduction_percent") == "13"  # no decimals beside the field; half away from zero
    case.type("nrs_end", "")
    assert (group(case), case.label("verdict_line")) == ("Onbepaald", "1 van 4 criteria nog open")
    assert case.label("verdict_missing") == "NRS eind"


def test_that_the_evidence_names_value_limit_and_minute(desk: Opener) -> None:
    patient = whole_patient("P01")
    case = desk(patient)
    case.open("P01", "infusion")
    case.study.set_value(patient.id, patient.readings[9].kind, patient.readings[9].id, "systolic_mmhg", 158)
    texts = panel_texts(case)
    assert "bovendruk bij 270′" in texts
    assert "31,7 %" in texts
    assert "≤ 20 %" in texts
    block = case.find("criterion_blood_pressure")
    assert block.accessibleName() == "Bloeddruk: niet gehaald"


def test_that_a_new_patient_says_what_is_missing(desk: Opener) -> None:
    case = desk(make_patient({"study_no": "P01"}), language="en")
    case.open("P01", "inclusion")
    assert group(case) == "Undetermined"
    assert case.label("verdict_readings") == "0 of 17"
    needed = ("nrs_before", "nrs_end", "relief_weeks", "infusion_minutes", "heart_rate_bpm", "systolic_mmhg")
    missing = case.label("verdict_missing").split(", ")
    assert {case.session.wording.label(name) for name in needed} < set(missing)


def test_that_the_verdict_is_covered_in_panel_list_and_plot_while_the_evaluation_is_scored(desk: Opener) -> None:
    case = desk(whole_patient("P01", relief_weeks=None, treatment_continued=None, nrs_end=8.0), whole_patient("P02"))
    model = case.page.list.model
    case.open("P01", "infusion")
    assert group(case) == "Non-responder"
    case.page.show_tab("evaluation")
    assert group(case) == "Nog verborgen"
    assert model.index(0).data() == "nog verborgen"
    assert model.index(0).data(ListRole.GROUP) is None
    assert model.index(1).data() == "Responder"
    assert not case.find("criterion_pain_relief").isVisible()
    assert not any("Non-responder" in text for text in panel_texts(case))
    case.type("relief_weeks", "5")
    assert group(case) == "Nog verborgen"
    case.choose("treatment_continued", "no")
    assert group(case) == "Non-responder"
    assert model.index(0).data() == "Non-responder"


def test_that_a_covered_patient_is_not_told_by_the_lists_filter(desk: Opener) -> None:
    case = desk(whole_patient("P01", relief_weeks=None, treatment_continued=None, nrs_end=8.0), whole_patient("P02"))
    case.open("P01", "evaluation")
    for name in ("responder", "non_responder", "undetermined"):
        case.page.list.model.set_filter(name)
        numbers = [
            case.page.list.model.index(r).data(ListRole.STUDY_NO) for r in range(case.page.list.model.rowCount())
        ]
        assert "P01" in numbers


def test_that_the_setting_shows_the_verdict_during_entry(desk: Opener) -> None:
    case = desk(
        whole_patient("P01", relief_weeks=None, treatment_continued=None), settings=Settings(verdict_during_entry=True)
    )
    case.open("P01", "evaluation")
    assert group(case) == "Onbepaald"


def test_that_no_concentration_is_shown_on_the_evaluation(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "evaluation")
    visible = [w.objectName() for w in case.page.findChildren(QLabel) if w.isVisible()]
    assert not any("concentration" in name or name == "ratio" for name in visible)
    assert not case.find("concentration_ug_l_esketamine").isVisible()
    assert "95" not in panel_texts(case)


def test_that_the_panel_is_the_naranjo_score_while_side_effects_are_entered(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "side_effects")
    assert case.page.naranjo.isVisible()
    assert not case.page.verdict.isVisible()
    case.page.show_tab("infusion")
    assert case.page.verdict.isVisible()
    assert not case.page.naranjo.isVisible()


def test_that_side_effects_entered_or_undone_out_of_sight_are_there_when_the_tab_comes(desk: Opener) -> None:
    patient = whole_patient("P01")
    case = desk(patient, whole_patient("P02"))
    case.open("P02", "side_effects")
    case.page.show_tab("infusion")
    case.open("P01", "infusion")
    case.study.set_value(patient.id, Kind.ADVERSE_EVENT, new_id(), "term", "headache")
    assert case.page.header.tabs.accessibleTabName(2) == "Bijwerkingen: 1"
    case.page.show_tab("side_effects")
    table = case.find("adverse_events", QTableView)
    assert table.model().rowCount() == 1
    case.study.undo()
    assert table.model().rowCount() == 0
    case.study.redo()
    case.open("P02", "side_effects")
    assert table.model().rowCount() == 0


def test_that_tabs_are_ticked_when_complete(desk: Opener) -> None:
    case = desk(whole_patient("P01"), make_patient({"study_no": "P02"}))
    bar = case.page.header.tabs
    case.open("P01")
    assert [bar.accessibleTabName(at) for at in range(4)] == [
        "Inclusie: compleet", "Infusie: compleet", "Bijwerkingen: 0", "Evaluatie: compleet",
    ]  # fmt: skip
    case.open("P02")
    assert [bar.accessibleTabName(at) for at in range(4)] == ["Inclusie", "Infusie", "Bijwerkingen: 0", "Evaluatie"]


def test_that_another_criteria_set_judges_at_once(desk: Opener) -> None:
    case = desk(whole_patient("P01"))
    case.open("P01", "infusion")
    study = case.study
    set_id, _ = study.copy_criteria_set(study.criteria_set.set_id, "Streng")
    copied = next(each for each in study.criteria_sets if each.set_id == set_id)
    first = copied.criteria[0]
    strict = type(first)(first.name, (Condition("nrs_reduction_percent", ">=", 60),))
    study.save_criteria_set(copied.with_criteria((strict, *copied.criteria[1:])))
    study.use_criteria_set(set_id)
    QTest.qWait(1)
    assert group(case) == "Non-responder"
    assert "≥ 60 %" in panel_texts(case)


@pytest.mark.parametrize(
    ("variable", "operator", "threshold", "scale"),
    [
        ("nrs_reduction_percent", ">=", 30, (0, 100)),
        ("relief_weeks", ">=", 3, (0, 6)),
        ("heart_rate_variation_percent", "<=", 20, (0, 40)),
        ("systolic_max_mmhg", "<=", 180, (0, 240)),
        ("heart_rate_change_percent", ">=", -10, (-20, 0)),
    ],
)
def test_that_a_bar_has_room_on_both_sides_of_its_limit(
    variable: str, operator: str, threshold: float, scale: tuple[float, float]
) -> None:
    assert scale_of(variable, threshold, operator) == scale


def test_that_a_value_just_over_its_limit_is_not_rounded_onto_it() -> None:
    judged = ConditionVerdict(
        Condition("systolic_variation_percent", "<=", 20), Verdict.NOT_MET, 20.04, 90, False, None
    )
    text = evidence_text(judged, Wording("nl"))
    assert (text.value, text.limit, text.failed) == ("20,04 %", "≤ 20 %", True)


def test_that_a_series_that_can_still_rise_says_so_far() -> None:
    judged = ConditionVerdict(Condition("systolic_variation_percent", "<=", 20), Verdict.UNKNOWN, 8.0, 90, True, None)
    assert "tot nu toe" in evidence_text(judged, Wording("nl")).note
