"""Where marks, ticks and limits stand on a strip plot, and how a set is edited: pure functions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.criteria import TABLE_2, Condition, CriteriaSet, Criterion
from esk_gui.criteria import draft
from esk_gui.criteria.geometry import axis_for, nice_step, snap_step, snapped, swarm

pixels = st.lists(st.integers(0, 400).map(float), min_size=1, max_size=60)


@pytest.mark.parametrize(("at_least", "step"), [(0.9, 1), (1, 1), (1.1, 2), (2.1, 2.5), (3, 5), (7, 10), (0.02, 0.02)])
def test_that_a_step_is_the_next_round_number(at_least: float, step: float) -> None:
    assert nice_step(at_least) == pytest.approx(step)


@given(st.lists(st.floats(-1e4, 1e4), max_size=40), st.floats(-1e4, 1e4))
def test_that_every_value_and_the_limit_are_on_the_axis(values: list[float], limit: float) -> None:
    axis = axis_for(np.array([*values, np.nan]), [limit], 0, 400)
    for value in (*values, limit):
        assert 0 <= axis.to_pixel(value) <= 400
        assert axis.to_value(axis.to_pixel(value)) == pytest.approx(value, abs=1e-6 * (axis.high - axis.low))
    assert list(axis.ticks) == sorted(set(axis.ticks))
    assert len(axis.ticks) >= 1


def test_that_values_near_zero_show_their_zero() -> None:
    axis = axis_for(np.array([5.0, 32.0]), [20.0], 0, 400)
    assert axis.low <= 0
    assert 0 in axis.ticks


@given(pixels, st.integers(0, 400), st.sampled_from([1, -1]))
def test_that_no_mark_steps_over_the_limit(xs: list[float], wall: int, passes: int) -> None:
    places = swarm(np.array(xs), 8, 14, wall, passes)
    for x, (px, py) in zip(xs, places, strict=True):
        side = passes if x == wall else np.sign(x - wall)
        assert (px - wall) * side >= 0
        assert abs(py) <= 14


@given(st.lists(st.integers(0, 400).map(float), min_size=1, max_size=12))
def test_that_marks_with_room_do_not_cover_each_other(xs: list[float]) -> None:
    places = swarm(np.array(xs), 8, 14, -100, 1)
    apart = np.hypot(*(places[:, None, :] - places[None, :, :]).T)
    np.fill_diagonal(apart, 99)
    assert apart.min() >= 8 * 0.98


def test_that_a_dragged_limit_moves_in_round_steps() -> None:
    percent = axis_for(np.array([0.0, 100.0]), [30.0], 0, 420)
    assert snap_step(percent, 0) == 2
    weeks = axis_for(np.array([0.0, 4.0]), [3.0], 0, 420)
    assert snap_step(weeks, 0) == pytest.approx(0.1)
    assert snapped(2.0499, 0.1) == 2.0


# The set


def test_that_a_threshold_changes_in_its_place_only() -> None:
    changed = draft.with_threshold(TABLE_2, (3, 1), 25)
    assert changed.criteria[3].conditions[1] == Condition("diastolic_variation_percent", "<=", 25)
    assert changed.criteria[:3] == TABLE_2.criteria[:3]
    assert TABLE_2.criteria[3].conditions[1].threshold == 20


def test_that_a_criterion_goes_with_its_last_condition() -> None:
    assert [c.name for c in draft.without_condition(TABLE_2, (0, 0)).criteria] == [
        "duration",
        "heart_rate",
        "blood_pressure",
    ]
    assert len(draft.without_condition(TABLE_2, (3, 0)).criteria[3].conditions) == 2


def test_that_the_last_condition_of_a_set_stays() -> None:
    single = CriteriaSet("x", "x", TABLE_2.criteria[:1])
    assert not draft.can_remove(single)
    assert draft.can_remove(TABLE_2)


def test_that_a_condition_moves_inside_its_criterion_and_then_to_its_neighbour() -> None:
    up = draft.moved_condition(TABLE_2, (3, 1), -1)
    assert [c.variable for c in up.criteria[3].conditions][:2] == [
        "diastolic_variation_percent",
        "systolic_variation_percent",
    ]
    over = draft.moved_condition(TABLE_2, (3, 0), -1)
    assert [c.variable for c in over.criteria[2].conditions] == [
        "heart_rate_variation_percent",
        "systolic_variation_percent",
    ]
    assert len(over.criteria[3].conditions) == 2


def test_that_nothing_moves_beyond_the_edges() -> None:
    assert draft.moved_criterion(TABLE_2, 0, -1) == TABLE_2
    assert draft.moved_criterion(TABLE_2, 3, 1) == TABLE_2
    assert draft.moved_condition(TABLE_2, (0, 0), -1) == TABLE_2
    moved = draft.moved_criterion(TABLE_2, 0, 1)
    assert [c.name for c in moved.criteria][:2] == ["duration", "pain_relief"]


def test_that_the_compared_threshold_is_looked_for_in_the_same_criterion_first() -> None:
    weeks = Condition("relief_weeks", ">=", 2)
    base = CriteriaSet("b", "b", (Criterion("other", (Condition("relief_weeks", ">=", 9),)), *TABLE_2.criteria))
    assert draft.threshold_before(base, Criterion("duration", (weeks,)), weeks) == 3
    assert draft.threshold_before(base, Criterion("new", (weeks,)), weeks) == 9
    assert draft.threshold_before(TABLE_2, Criterion("x", (weeks,)), Condition("age_years", "<=", 50)) is None
