"""What another criteria set would do: who changes group, by which condition, and the agreement with the clinician."""

from __future__ import annotations

import pytest

from esk_engine.cohort import Cohort
from esk_engine.consequences import Agreement, Consequences, Why, agreement, compare
from esk_engine.criteria import TABLE_2, Condition, CriteriaSet, Criterion
from esk_engine.judge import Group
from esk_engine.records import Patient, Value
from esk_engine.settings import Settings
from tests.engine.builders import patient, steady

WEEKS = Condition("relief_weeks", ">=", 3)
RELIEF = Condition("nrs_reduction_percent", ">=", 30)


def one(study_no: str, weeks: float | None, *, treatment_continued: Value = None, age_years: Value = None) -> Patient:
    return patient(
        study_no,
        steady(),
        nrs_before=8,
        nrs_end=4,
        infusion_minutes=480,
        relief_weeks=weeks,
        treatment_continued=treatment_continued,
        age_years=age_years,
    )


def criteria(*conditions: Condition, name: str = "x") -> CriteriaSet:
    return CriteriaSet(name, name, tuple(Criterion(c.variable, (c,)) for c in conditions))


def compared(patients: list[Patient], before: CriteriaSet, after: CriteriaSet) -> Consequences:
    cohort = Cohort.of(patients, Settings(), before)
    return compare(cohort, cohort.regrouped(after))


def test_that_a_lower_threshold_makes_a_responder_and_names_the_condition_with_its_value() -> None:
    found = compared(
        [one("P1", 2), one("P2", 4)], criteria(WEEKS, RELIEF), criteria(Condition("relief_weeks", ">=", 2), RELIEF)
    )
    (switch,) = found.switches
    assert (switch.study_no, switch.before, switch.after) == ("P1", Group.NON_RESPONDER, Group.RESPONDER)
    (reason,) = switch.reasons
    assert (reason.condition.threshold, reason.why, reason.value, reason.place) == (2, Why.MET, 2, (0, 0))
    assert (found.before[Group.RESPONDER], found.after[Group.RESPONDER]) == (1, 2)


def test_that_a_higher_threshold_names_the_condition_that_is_not_met_any_more() -> None:
    found = compared([one("P1", 3)], criteria(RELIEF, WEEKS), criteria(RELIEF, Condition("relief_weeks", ">=", 4)))
    (reason,) = found.switches[0].reasons
    assert (reason.why, reason.value, reason.place) == (Why.NOT_MET, 3, (1, 0))


def test_that_a_condition_that_is_no_longer_asked_is_named_as_dropped() -> None:
    found = compared([one("P1", 1)], criteria(WEEKS, RELIEF), criteria(RELIEF))
    (reason,) = found.switches[0].reasons
    assert (reason.condition, reason.why, reason.value, reason.place) == (WEEKS, Why.DROPPED, 1, None)


def test_that_a_new_condition_that_is_not_met_is_the_reason_and_one_that_is_met_is_none() -> None:
    strict = criteria(RELIEF, WEEKS, Condition("age_years", "<=", 60))
    found = compared([one("P1", 2, age_years=50)], criteria(RELIEF), strict)
    assert [reason.condition.variable for reason in found.switches[0].reasons] == ["relief_weeks"]


def test_that_a_missing_value_makes_undetermined_and_says_unknown() -> None:
    found = compared([one("P1", None)], criteria(RELIEF), criteria(RELIEF, WEEKS))
    (switch,) = found.switches
    assert switch.after is Group.UNDETERMINED
    assert [(r.why, r.value) for r in switch.reasons] == [(Why.UNKNOWN, None)]
    assert found.after == {Group.RESPONDER: 0, Group.NON_RESPONDER: 0, Group.UNDETERMINED: 1}


def test_that_who_stays_in_a_group_is_not_named() -> None:
    found = compared([one("P1", 5), one("P2", 0)], TABLE_2, criteria(WEEKS, RELIEF))
    assert found.switches == ()
    assert found.patients == 2


def test_that_agreement_counts_the_classified_with_an_answer_only() -> None:
    patients = [
        one("P1", 5, treatment_continued="yes"),  # responder, yes: agrees
        one("P2", 1, treatment_continued="no"),  # non-responder, no: agrees
        one("P3", 1, treatment_continued="yes"),  # non-responder, yes: does not
        one("P4", 5),  # no answer
        one("P5", None, treatment_continued="no"),  # undetermined
    ]
    assert agreement(Cohort.of(patients, Settings(), criteria(WEEKS))) == Agreement(2, 3)


def test_that_cohorts_of_other_patients_are_not_compared() -> None:
    with pytest.raises(ValueError, match="different patients"):
        compare(*(Cohort.of([one(name, 3)], Settings(), TABLE_2) for name in ("P1", "P2")))
