"""Summaries and boxes, by hand and by their invariances."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.statistics import box, summarise
from tests.engine.statistics.groups import group


def test_that_quartiles_of_three_kinds_and_hinges_differ_as_their_definitions_do() -> None:
    # Hyndman and Fan (1996) by hand: type 7 at place 1 + 7 p, type 6 at 9 p, hinges the halves' medians
    summary = summarise([29.0, 1.0, 22.0, 2.0, 16.0, 4.0, 11.0, 7.0])
    assert (summary.q1, summary.q3) == (3.5, 17.5)
    assert (summary.q1_type6, summary.q3_type6) == (2.5, 20.5)
    assert (summary.hinge_low, summary.hinge_high) == (3.0, 19.0)
    assert summary.median == 9.0
    # with an odd number the middle value belongs to both halves
    odd = summarise([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (odd.hinge_low, odd.median, odd.hinge_high) == (2.0, 3.0, 4.0)


def test_that_geometric_figures_are_those_of_the_logarithms() -> None:
    # logarithms -1, 0, 1: mean 0, standard deviation 1
    summary = summarise([math.exp(-1), 1.0, math.e])
    assert summary.geometric_mean == pytest.approx(1.0)
    assert summary.geometric_sd == pytest.approx(math.e)
    assert summary.geometric_cv_percent == pytest.approx(100 * math.sqrt(math.e - 1))


@given(group(2, 40))
def test_that_mean_and_sd_are_those_of_the_standard_library(values: list[float]) -> None:
    summary = summarise(values)
    assert summary.mean == pytest.approx(statistics.fmean(values), rel=1e-14)
    assert summary.sd == pytest.approx(statistics.stdev(values), rel=1e-12)


@given(group(1, 40), st.randoms(use_true_random=False))
def test_that_order_changes_nothing(values: list[float], random: object) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)  # pyright: ignore[reportAttributeAccessIssue]
    assert summarise(shuffled) == summarise(values)
    assert box(shuffled) == box(values)


@given(group(1, 40), st.integers(1, 9))
def test_that_figures_scale_with_the_unit(values: list[float], factor: int) -> None:
    one, scaled = summarise(values), summarise([factor * value for value in values])
    assert scaled.q1_type6 == pytest.approx(factor * one.q1_type6)
    assert (scaled.cv_percent or 0) == pytest.approx(one.cv_percent or 0, rel=1e-9)
    assert (scaled.geometric_cv_percent or 0) == pytest.approx(one.geometric_cv_percent or 0, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ([5.0], dict.fromkeys(("sd", "cv_percent", "geometric_sd", "geometric_cv_percent"), "one_value")),
        ([0.0, 3.0], dict.fromkeys(("geometric_mean", "geometric_sd", "geometric_cv_percent"), "not_all_positive")),
        ([-2.0, 2.0], {"cv_percent": "mean_zero"}),
        ([1e-300, 1e300], {"geometric_cv_percent": "overflow"}),
        ([2.0, 4.0], {}),
    ],
)
def test_that_what_is_undefined_is_none_with_its_reason(values: list[float], reasons: dict[str, str]) -> None:
    summary = summarise(values)
    absent = {name for name in reasons if getattr(summary, name) is None}
    assert absent == set(reasons)
    for name, reason in reasons.items():
        assert summary.reasons[name] == reason


def test_that_a_constant_varies_by_exactly_nothing() -> None:
    summary = summarise([0.1] * 7)
    assert (summary.mean, summary.sd, summary.cv_percent) == (0.1, 0.0, 0.0)
    assert (summary.geometric_mean, summary.geometric_sd, summary.geometric_cv_percent) == (0.1, 1.0, 0.0)


def test_that_values_too_large_to_square_are_said_to_be() -> None:
    summary = summarise([1e200, -1e200, 3e200])
    assert summary.sd is None
    assert summary.reasons["sd"] == "overflow"


@given(group(1, 30))
def test_that_a_box_holds_every_value_once(values: list[float]) -> None:
    drawn = box(values)
    inside = [value for value in values if drawn.whisker_low <= value <= drawn.whisker_high]
    assert sorted(inside + list(drawn.outliers)) == sorted(values)
    assert drawn.whisker_low <= drawn.hinge_low <= drawn.median <= drawn.hinge_high <= drawn.whisker_high
    assert set(drawn.extremes) <= set(drawn.outliers)
    assert (drawn.hinge_low, drawn.median) == (summarise(values).hinge_low, summarise(values).median)


def test_that_a_value_on_the_fence_is_inside() -> None:
    # hinges 0.1 and 0.3: the fence lies at 0.6, which floats put at 0.6000000000000001 or below
    assert box([0.1, 0.1, 0.2, 0.3, 0.6]).outliers == ()
    assert box([0.1, 0.1, 0.2, 0.3, 0.61]).outliers == (0.61,)


def test_that_nothing_to_describe_is_refused() -> None:
    with pytest.raises(ValueError, match="values: empty"):
        summarise([])
    with pytest.raises(ValueError, match="values"):
        box(np.array([1.0, np.nan]))
