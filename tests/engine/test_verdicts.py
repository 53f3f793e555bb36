"""Three-valued verdicts: thresholds, what is still unknown, and what beats what."""

from __future__ import annotations

from typing import Any

import pytest

from esk_engine.cohort import Cohort
from esk_engine.criteria import TABLE_2, Condition, CriteriaSet, Criterion, criteria_set_from_json
from esk_engine.errors import Fault
from esk_engine.judge import Group, Verdict
from esk_engine.records import BelowLloq, Patient
from esk_engine.settings import Settings
from esk_engine.verdicts import ConditionVerdict, PatientVerdict
from tests.engine.builders import patient, steady, with_reading

RESPONDER: dict[str, Any] = {"infusion_minutes": 480, "nrs_before": 8.0, "nrs_end": 4.0, "relief_weeks": 4.0}


def judged(one: Patient, criteria_set: CriteriaSet = TABLE_2, settings: Settings | None = None) -> PatientVerdict:
    return Cohort.of([one], settings or Settings(), criteria_set).verdict(one.id)


def one_condition(one: Patient, variable: str, operator: str, threshold: float) -> ConditionVerdict:
    single = CriteriaSet("x", "x", (Criterion("x", (Condition(variable, operator, threshold),)),))
    return judged(one, single).criteria[0].conditions[0]


def test_that_all_criteria_met_make_a_responder() -> None:
    verdict = judged(patient(readings=steady(), **RESPONDER))
    assert verdict.group is Group.RESPONDER
    assert verdict.missing == ()


@pytest.mark.parametrize(
    ("values", "failed"),
    [
        ({"nrs_end": 5.7}, "pain_relief"),  # 28.75 %
        ({"relief_weeks": 2.9}, "duration"),
        ({"heart_rate_highest_bpm": 97}, "heart_rate"),  # 21.25 % of 80
    ],
)
def test_that_one_criterion_not_met_makes_a_non_responder(values: dict[str, Any], failed: str) -> None:
    verdict = judged(patient(readings=steady(), **{**RESPONDER, **values}))
    assert verdict.group is Group.NON_RESPONDER
    assert [c.name for c in verdict.criteria if c.verdict is Verdict.NOT_MET] == [failed]


@pytest.mark.parametrize(
    ("course", "group"),
    [
        (steady(systolic=150), Group.RESPONDER),
        (with_reading(steady(systolic=150), (240, 80, 180, 70)), Group.RESPONDER),  # exactly 20 % and 180
        (with_reading(steady(systolic=151), (240, 80, 181, 70)), Group.NON_RESPONDER),  # 19.9 %, but 181
        (with_reading(steady(), (241, 80, 145, 70)), Group.NON_RESPONDER),  # unscheduled, 20.8 %
        (with_reading(steady(), (240, 96, 144, 84)), Group.RESPONDER),  # 20 % of 80, 120 and 70
        (with_reading(steady(), (240, 80, 120, 85)), Group.NON_RESPONDER),
    ],
)
def test_that_a_value_equal_to_its_threshold_holds(course: list[tuple[int, int, int, int]], group: Group) -> None:
    assert judged(patient(readings=course, **RESPONDER)).group is group


def test_that_not_met_beats_unknown_and_so_does_a_non_responder() -> None:
    verdict = judged(patient(nrs_before=8.0, nrs_end=8.0))
    assert verdict.group is Group.NON_RESPONDER
    assert [c.verdict for c in verdict.criteria] == [Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.UNKNOWN]


def test_that_a_patient_without_values_is_undetermined_and_all_is_named_as_missing() -> None:
    verdict = judged(patient())
    assert verdict.group is Group.UNDETERMINED
    assert set(verdict.missing) == {
        "nrs_before",
        "nrs_end",
        "relief_weeks",
        "infusion_minutes",
        "heart_rate_bpm",
        "systolic_mmhg",
        "diastolic_mmhg",
    }


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        ((30, 60), Verdict.MET),
        ((30, 60, 90), Verdict.UNKNOWN),
        ((0,), Verdict.UNKNOWN),
        ((480,), Verdict.UNKNOWN),  # the reading at 450 is more than 15 minutes away
    ],
)
def test_that_a_series_is_met_only_with_both_ends_and_few_missing(left_out: tuple[int, ...], expected: Verdict) -> None:
    course = [row for row in steady() if row[0] not in left_out]
    found = one_condition(patient(readings=course, **RESPONDER), "heart_rate_variation_percent", "<=", 20)
    assert found.verdict is expected
    assert found.so_far is (expected is Verdict.UNKNOWN)


def test_that_the_limit_of_missing_readings_is_a_setting() -> None:
    course = [row for row in steady() if row[0] not in (30, 60)]
    verdict = judged(patient(readings=course, **RESPONDER), settings=Settings(max_missing_readings=1))
    assert verdict.group is Group.UNDETERMINED


def test_that_a_series_exceeded_so_far_is_not_met() -> None:
    one = patient(readings=[(0, 80, 120, 70), (30, 97, 120, 70)])
    found = one_condition(one, "heart_rate_variation_percent", "<=", 20)
    assert (found.verdict, found.value, found.minute, found.so_far) == (Verdict.NOT_MET, 21.25, 30, True)


def test_that_the_highest_pressure_needs_no_reading_at_0_to_be_exceeded() -> None:
    one = patient(readings=[(30, 80, 190, 70)])
    assert one_condition(one, "systolic_max_mmhg", "<=", 180).verdict is Verdict.NOT_MET


@pytest.mark.parametrize(
    ("weeks", "ongoing", "expected"),
    [
        (2.0, "yes", Verdict.UNKNOWN),
        (2.0, "no", Verdict.NOT_MET),
        (2.0, None, Verdict.NOT_MET),
        (3.0, "yes", Verdict.MET),
        (None, "yes", Verdict.UNKNOWN),
    ],
)
def test_that_relief_that_goes_on_can_still_become_long_enough(
    weeks: float | None, ongoing: str | None, expected: Verdict
) -> None:
    one = patient(relief_weeks=weeks, relief_ongoing=ongoing)
    assert one_condition(one, "relief_weeks", ">=", 3).verdict is expected


@pytest.mark.parametrize(
    ("operator", "threshold", "expected"),
    [
        (">=", 5, Verdict.NOT_MET),
        (">=", 4, Verdict.UNKNOWN),
        ("<=", 5, Verdict.MET),
        ("<=", 4, Verdict.UNKNOWN),
    ],
)
def test_that_below_an_lloq_is_judged_where_it_can_be(operator: str, threshold: float, expected: Verdict) -> None:
    one = patient(infusion_minutes=480, samples=[(480, "esketamine", BelowLloq(5.0))])
    assert one_condition(one, "esketamine_css_ug_l", operator, threshold).verdict is expected


def test_that_an_edit_of_one_row_gives_what_a_new_cohort_gives() -> None:
    patients = [patient(f"P{i}", readings=steady(), **RESPONDER) for i in range(1, 12)]
    cohort = Cohort.of(patients, Settings(), TABLE_2)
    changed = patients[4].record.with_value("nrs_end", 8.0)
    edited = type(patients[4])(changed, patients[4].readings)
    renamed = type(patients[0])(patients[0].record.with_value("study_no", "P99"), patients[0].readings)
    added = patient("P0")
    for one in (edited, renamed, added):
        cohort.with_patient(one)
    cohort.without(patients[7].id)
    now = [renamed, *patients[1:4], edited, *patients[5:7], *patients[8:], added]
    fresh = Cohort.of(now, Settings(), TABLE_2)
    assert cohort.study_nos == fresh.study_nos
    assert cohort.study_nos[0] == "P0"
    assert cohort.study_nos[-1] == "P99"
    assert [cohort.verdict(i) for i in cohort.ids] == [fresh.verdict(i) for i in fresh.ids]
    assert list(cohort.groups) == list(fresh.groups)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ([], "criteria_shape"),
        ({"criteria": []}, "criteria_empty"),
        ({"criteria": [{"name": "x", "conditions": []}]}, "criteria_empty"),
        ({"criteria": [{"name": "", "conditions": [{}]}]}, "criteria_shape"),
        (
            {"criteria": [{"name": "x", "conditions": [{"variable": "sex", "operator": ">=", "threshold": 1}]}]},
            "criteria_variable",
        ),
        (
            {"criteria": [{"name": "x", "conditions": [{"variable": "ratio", "operator": "=", "threshold": 1}]}]},
            "criteria_operator",
        ),
        (
            {"criteria": [{"name": "x", "conditions": [{"variable": "ratio", "operator": ">=", "threshold": True}]}]},
            "criteria_threshold",
        ),
        (
            {
                "criteria": [
                    {"name": "x", "conditions": [{"variable": "ratio", "operator": ">=", "threshold": float("nan")}]}
                ]
            },
            "criteria_threshold",
        ),
    ],
)
def test_that_a_criteria_set_in_another_shape_is_refused_by_name(raw: object, code: str) -> None:
    with pytest.raises(Fault) as caught:
        criteria_set_from_json(raw)
    assert caught.value.code == code


def test_that_a_criteria_set_comes_back_from_its_own_json() -> None:
    assert criteria_set_from_json(TABLE_2.to_json(), TABLE_2.set_id) == TABLE_2
