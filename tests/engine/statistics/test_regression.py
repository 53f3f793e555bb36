"""Logistic regression where its answer is known in closed form, and where it has none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.statistics.regression import logistic, logistic_firth, profile_deviance

cells = st.integers(1, 8)


def expanded(a: int, b: int, c: int, d: int) -> tuple[list[int], dict[str, list[float]]]:
    """A 2 x 2 table as patients: a and b with the predictor, with and without the outcome; c and d without it."""
    return [1] * a + [0] * b + [1] * c + [0] * d, {"exposed": [1.0] * (a + b) + [0.0] * (c + d)}


@given(cells, cells, cells, cells)
def test_that_one_binary_predictor_gives_the_odds_ratio_of_its_table(a: int, b: int, c: int, d: int) -> None:
    fit = logistic(*expanded(a, b, c, d), profile=False)
    assert fit.separation is None
    intercept, exposed = fit.coefficients
    assert intercept.value == pytest.approx(math.log(c / d), abs=1e-10)
    assert exposed.odds_ratio == pytest.approx(a * d / (b * c), rel=1e-9)
    assert exposed.standard_error == pytest.approx(math.sqrt(1 / a + 1 / b + 1 / c + 1 / d), rel=1e-8)


@given(st.integers(0, 8), st.integers(0, 8), st.integers(0, 8), st.integers(0, 8))
def test_that_firth_adds_half_a_patient_to_each_cell_of_a_table(a: int, b: int, c: int, d: int) -> None:
    # of a saturated model Firth's penalty is Haldane's correction
    fit = logistic_firth(*expanded(a, b, c, d), profile=False) if a + b + c + d else None
    if fit is None or fit.reason is not None:
        return
    expected = (a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5))
    assert fit.coefficients[1].odds_ratio == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("table", "kind"),
    [((5, 0, 0, 5), "complete"), ((5, 0, 2, 3), "quasi"), ((5, 1, 0, 4), "quasi"), ((5, 1, 1, 5), None)],
)
def test_that_separation_is_seen_and_no_estimate_given(table: tuple[int, int, int, int], kind: str | None) -> None:
    fit = logistic(*expanded(*table))
    assert fit.separation == kind
    assert (fit.coefficients == ()) == (kind is not None)
    assert fit.reason == ("separation" if kind else None)
    firth = logistic_firth(*expanded(*table))
    assert firth.separation == kind
    assert all(math.isfinite(b.value) for b in firth.coefficients)


def test_that_separation_by_two_predictors_together_is_seen() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.normal(size=40), rng.normal(size=40)
    outcome = (first - 2 * second > 0.1).astype(int).tolist()
    fit = logistic(outcome, {"first": first, "second": second})
    assert fit.separation == "complete"
    one = logistic(outcome, {"first": first}, profile=False)
    assert one.separation is None


def test_that_limits_of_the_profile_cost_as_much_likelihood_as_the_level_allows() -> None:
    outcome = [0, 1, 0, 1, 1, 0, 1, 1, 0, 1]
    predictors = {"dose": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]}
    for fit, firth in ((logistic(outcome, predictors), False), (logistic_firth(outcome, predictors), True)):
        for b in fit.coefficients:
            assert b.profile_lower is not None
            assert b.profile_upper is not None
            limits = [b.profile_lower, b.profile_upper]
            cost = profile_deviance(outcome, predictors, b.name, limits, firth=firth)
            assert cost == pytest.approx([3.841458820694124] * 2, rel=1e-8)
            assert b.profile_lower < b.value < b.profile_upper
    with pytest.raises(ValueError, match="name: bmi"):
        profile_deviance(outcome, predictors, "bmi", [0.0])


def test_that_another_unit_changes_the_coefficient_and_nothing_else() -> None:
    rng = np.random.default_rng(9)
    dose = rng.normal(50, 10, 40)
    outcome = (rng.random(40) < 1 / (1 + np.exp(-(dose - 50) / 10))).astype(int).tolist()
    grams, micrograms = logistic(outcome, {"dose": dose / 1e6}), logistic(outcome, {"dose": dose})
    one, other = grams.coefficients[1], micrograms.coefficients[1]
    assert one.value == pytest.approx(1e6 * other.value, rel=1e-9)
    assert one.p == pytest.approx(other.p, rel=1e-9)
    assert one.profile_upper == pytest.approx(1e6 * (other.profile_upper or 0), rel=1e-8)
    assert grams.deviance == pytest.approx(micrograms.deviance)


def test_that_a_regression_without_an_answer_says_why() -> None:
    assert logistic([1, 1, 1], {"dose": [1.0, 2.0, 3.0]}).reason == "one_outcome"
    assert logistic([1, 0], {"dose": [1.0, 2.0]}).reason == "too_few_patients"
    assert logistic([1, 0, 1, 0], {"dose": [2.0, 2.0, 2.0, 2.0]}).reason == "collinear"
    twice = {"dose": [1.0, 2.0, 4.0, 3.0, 5.0], "doubled": [2.0, 4.0, 8.0, 6.0, 10.0]}
    assert logistic([1, 0, 1, 0, 1], twice).reason == "collinear"


def test_that_wrong_input_is_named() -> None:
    with pytest.raises(ValueError, match="outcome"):
        logistic([1, 2], {"dose": [1.0, 2.0]})
    with pytest.raises(ValueError, match="dose: 3 values"):
        logistic([1, 0], {"dose": [1.0, 2.0, 3.0]})
    with pytest.raises(ValueError, match="predictors: none"):
        logistic([1, 0], {})
    with pytest.raises(ValueError, match="dose: contains"):
        logistic([1, 0], {"dose": [1.0, math.nan]})
