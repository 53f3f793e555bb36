"""Derived values against figures worked out by hand from docs/DEFINITIONS.md."""

from __future__ import annotations

import math

import numpy as np
import pytest

from esk_engine.cohort import Cohort
from esk_engine.course import course_of
from esk_engine.criteria import TABLE_2
from esk_engine.derive import CHUNK, derive
from esk_engine.records import BelowLloq, Patient
from esk_engine.settings import Settings
from tests.engine.builders import patient, reading, steady, with_reading


def derived(one: Patient, settings: Settings | None = None) -> dict[str, float | None]:
    return Cohort.of([one], settings or Settings(), TABLE_2).derived(one.id)


def minute_of(one: Patient, name: str) -> int | str | None:
    verdict = Cohort.of([one], Settings(), TABLE_2).verdict(one.id)
    judged = [c for criterion in verdict.criteria for c in criterion.conditions if c.condition.variable == name]
    return judged[0].minute


def test_that_bmi_is_weight_over_height_in_metres_squared() -> None:
    assert derived(patient(height_cm=200.0, weight_kg=90.0))["bmi_kg_m2"] == 22.5


@pytest.mark.parametrize(
    ("before", "end", "expected"),
    [
        (8.0, 5.6, 30.0),
        (10.0, 7.0, 30.0),
        (3.0, 2.0, 33.333333333),
        (5.0, 6.0, -20.0),
        (0.0, 0.0, None),
        (7.0, None, None),
    ],
)
def test_that_the_nrs_reduction_is_of_the_score_before(
    before: float, end: float | None, expected: float | None
) -> None:
    assert derived(patient(nrs_before=before, nrs_end=end))["nrs_reduction_percent"] == expected


def test_that_an_equal_reduction_is_equal_whichever_scores_it_comes_from() -> None:
    reductions = {
        derived(patient(nrs_before=b, nrs_end=e))["nrs_reduction_percent"] for b, e in ((10, 7), (7.0, 4.9), (9, 6.3))
    }
    assert reductions == {30.0}


def test_that_before_is_the_reading_at_minute_0_and_nothing_else() -> None:
    values = derived(patient(infusion_minutes=480, readings=[(5, 70, 120, 80), (480, 77, 132, 80)]))
    assert values["heart_rate_before"] is None
    assert values["heart_rate_end"] == 77
    assert values["heart_rate_change_percent"] is None
    assert values["heart_rate_variation_percent"] is None
    assert values["systolic_max_mmhg"] == 132


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([465], 465),
        ([464], None),
        ([495], 495),
        ([496], None),
        ([470, 490], 470),  # a tie: the earlier
        ([471, 488], 488),
        ([480, 479], 480),
    ],
)
def test_that_the_end_is_the_nearest_reading_within_15_minutes(minutes: list[int], expected: int | None) -> None:
    one = patient(infusion_minutes=480, readings=[(0, 80, 120, 70), *((m, m - 400, 120, 70) for m in sorted(minutes))])
    assert derived(one)["heart_rate_end"] == (None if expected is None else expected - 400)


def test_that_each_vital_sign_has_its_own_end_where_a_value_is_missing() -> None:
    values = derived(
        patient(infusion_minutes=480, readings=[(0, 80, 120, 70), (470, 82, 126, 71), (480, 84, None, 72)])
    )
    assert (values["heart_rate_end"], values["systolic_end"], values["diastolic_end"]) == (84, 126, 72)


def test_that_there_is_no_end_without_infusion_minutes() -> None:
    values = derived(patient(readings=steady()))
    assert values["heart_rate_end"] is None
    assert values["heart_rate_variation_percent"] == 0


def test_that_the_variation_is_the_largest_deviation_in_either_direction_with_its_earliest_minute() -> None:
    course = with_reading(steady(), (120, 64, 120, 70), (300, 96, 120, 70), (333, 96, 120, 70))
    one = patient(infusion_minutes=480, readings=course)
    assert derived(one)["heart_rate_variation_percent"] == 20.0
    assert minute_of(one, "heart_rate_variation_percent") == 120


def test_that_readings_after_the_window_do_not_count_but_the_end_reading_does() -> None:
    course = with_reading(steady(until=450), (490, 80, 150, 70), (500, 80, 199, 70))
    values = derived(patient(infusion_minutes=480, readings=course))
    assert values["systolic_end"] == 150
    assert values["systolic_variation_percent"] == 25.0
    assert values["systolic_max_mmhg"] == 150


def test_that_a_value_marked_as_an_artefact_is_left_out_of_everything_derived() -> None:
    marked = {**reading(240, 200, 250, 71), "artefact": "heart_rate_bpm,systolic_mmhg", "artefact_reason": "moved"}
    rows = [reading(*row) for row in steady() if row[0] != 240]
    values = derived(patient(infusion_minutes=480, readings=[*rows, marked]))
    assert values["heart_rate_variation_percent"] == 0
    assert values["systolic_max_mmhg"] == 120
    assert values["diastolic_variation_percent"] == 1.428571429


def test_that_the_monitors_extreme_counts_and_says_so() -> None:
    one = patient(infusion_minutes=480, readings=steady(), heart_rate_lowest_bpm=60, heart_rate_highest_bpm=90)
    assert derived(one)["heart_rate_variation_percent"] == 25.0
    assert minute_of(one, "heart_rate_variation_percent") == "monitor"


def test_that_a_reading_as_far_as_the_monitors_extreme_goes_before_it() -> None:
    course = with_reading(steady(), (90, 60, 120, 70))
    one = patient(infusion_minutes=480, readings=course, heart_rate_lowest_bpm=60)
    assert minute_of(one, "heart_rate_variation_percent") == 90


@pytest.mark.parametrize(
    ("minute", "settings", "expected"),
    [
        (450, Settings(), 60.0),
        (449, Settings(), None),
        (485, Settings(), 60.0),
        (486, Settings(), None),
        (400, Settings(css_from_minute=400), 60.0),
    ],
)
def test_that_a_steady_state_sample_lies_in_the_window(minute: int, settings: Settings, expected: float | None) -> None:
    one = patient(infusion_minutes=480, samples=[(minute, "esketamine", 60.0)])
    assert derived(one, settings)["esketamine_css_ug_l"] == expected


def test_that_the_last_sample_of_each_substance_is_taken() -> None:
    samples = [
        (455, "esketamine", 60.0),
        (480, "esketamine", 90.0),
        (455, "norketamine", 45.0),
        (600, "esketamine", 10.0),
    ]
    values = derived(patient(infusion_minutes=480, samples=samples))
    assert values["esketamine_css_ug_l"] == 90.0
    assert values["norketamine_css_ug_l"] == 45.0
    assert values["ratio"] == 2.0


def test_that_there_is_no_ratio_with_a_value_below_its_lloq() -> None:
    samples = [(480, "esketamine", 60.0), (480, "norketamine", BelowLloq(5.0))]
    one = patient(infusion_minutes=480, samples=samples)
    cohort = Cohort.of([one], Settings(), TABLE_2)
    assert cohort.derived(one.id)["norketamine_css_ug_l"] is None
    assert cohort.reason(one.id, "norketamine_css_ug_l") == "below_lloq"
    assert cohort.derived(one.id)["ratio"] is None
    assert cohort.reason(one.id, "ratio") == "below_lloq"


def test_that_a_sample_outside_the_window_is_missing_with_its_reason() -> None:
    one = patient(infusion_minutes=480, samples=[(60, "esketamine", 60.0)])
    cohort = Cohort.of([one], Settings(), TABLE_2)
    assert cohort.reason(one.id, "esketamine_css_ug_l") == "not_at_steady_state"
    assert cohort.reason(one.id, "norketamine_css_ug_l") == "no_sample"


def test_that_a_patient_without_anything_has_no_derived_value() -> None:
    assert set(derived(patient()).values()) == {None}


def test_that_many_patients_give_what_each_gives_alone() -> None:
    kinds = [
        patient(
            "A", infusion_minutes=480, readings=with_reading(steady(), (120, 64, 130, 70)), nrs_before=8, nrs_end=2
        ),
        patient("B"),
        patient("C", readings=[(30, 80, 120, None)], samples=[(480, "esketamine", 50.0)], infusion_minutes=475),
    ]
    many = [kinds[i % 3] for i in range(CHUNK + 5)]
    together = derive(course_of(many), Settings())
    alone = [derive(course_of([one]), Settings()) for one in kinds]
    for name, values in together.values.items():
        expected = np.array([alone[i % 3].values[name][0] for i in range(len(many))])
        np.testing.assert_array_equal(values, expected, err_msg=name)
    for name, minutes in together.minutes.items():
        assert math.isclose(minutes[0], alone[0].minutes[name][0])
        np.testing.assert_array_equal(
            minutes[-3:], np.array([alone[i % 3].minutes[name][0] for i in range(CHUNK + 2, CHUNK + 5)])
        )
