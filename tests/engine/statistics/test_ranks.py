"""Mann-Whitney: what it says of SPSS's exact P, of values that are all equal, and of wrong input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from esk_engine.statistics import mann_whitney
from esk_engine.statistics.values import PValue
from tests.engine.statistics.groups import by_every_split, group


def test_that_a_published_example_is_met() -> None:
    # Hollander and Wolfe (1973), page 69: permeability constants, also R's help page of wilcox.test: W = 35, P = 0.1272
    term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    early = [1.15, 0.88, 0.90, 0.74, 1.21]
    test = mann_whitney(term, early)
    assert test.u == 35
    assert test.p_exact_greater.value == pytest.approx(0.1272, abs=5e-5)
    assert not test.ties


def test_that_every_p_names_its_method() -> None:
    test = mann_whitney([1.0, 2.0, 3.0], [2.0, 5.0])
    assert test.p_asymptotic.method == "mann_whitney_asymptotic"
    assert test.p_asymptotic_corrected.method == "mann_whitney_asymptotic_corrected"
    assert test.p_exact.method == "mann_whitney_exact"
    assert test.p_exact_spss.method == "mann_whitney_exact_spss"
    assert test.p_asymptotic_one_sided("less", corrected=True).method == "mann_whitney_asymptotic_corrected_less"


def test_that_equal_values_have_an_exact_p_of_1_and_no_z() -> None:
    test = mann_whitney([4.0, 4.0], [4.0, 4.0, 4.0])
    assert test.z is None
    assert test.sd == 0
    assert test.p_asymptotic == PValue(None, "mann_whitney_asymptotic", "all_tied")
    assert test.p_asymptotic_one_sided("greater").reason == "all_tied"
    assert test.log10_p_asymptotic is None
    assert test.p_exact.value == 1
    assert test.p_exact_spss.value == 1


def test_that_a_half_u_has_bounds_for_spss_and_no_value() -> None:
    # u = 0.5 of 2 x 2: twice the chance of u <= 0 is 2/6, of u <= 1 4/6
    test = mann_whitney([1.0, 2.0], [2.0, 3.0])
    assert test.u == 0.5
    assert test.p_exact_spss == PValue(None, "mann_whitney_exact_spss", "half_u", (1 / 3, 2 / 3))


@given(group(1, 6), group(1, 6))
def test_that_spss_gives_twice_the_tail_of_whole_ranks(x: list[float], y: list[float]) -> None:
    test = mann_whitney(x, y)
    u = min(test.u, test.u_other)
    # any data without ties and with this u: y takes the places above
    found = [test.p_exact_spss.value] if u == int(u) else list(test.p_exact_spss.bounds or ())
    for whole, p in zip(sorted({math.floor(u), math.ceil(u)}), found, strict=True):
        first, second = without_ties(len(x), len(y), whole)
        less = by_every_split(first, second)[1]
        assert p == pytest.approx(min(1.0, 2 * float(less)), rel=1e-12)


def without_ties(m: int, n: int, u: int) -> tuple[list[float], list[float]]:
    """Groups in which x is higher in exactly u pairs."""
    above = [min(n, max(0, u - n * i)) for i in range(m)]
    x = [k + (i + 1) / (m + 1) for i, k in enumerate(sorted(above))]
    return x, [float(k) for k in range(1, n + 1)]


def test_that_without_ties_spss_agrees_with_the_doubled_tail_also_where_groups_are_large() -> None:
    draws = np.random.default_rng(5).normal(size=150)
    test = mann_whitney(draws[:70], draws[70:])
    tied = mann_whitney(np.append(draws[:70], 50.0), np.append(draws[70:], [50.0, 51.0]))
    assert test.p_exact_spss.value == test.p_exact_doubled.value
    assert tied.p_exact_spss.bounds is not None
    low, high = tied.p_exact_spss.bounds
    assert low == pytest.approx(tied.p_exact_doubled.value, rel=0.02)
    assert low < high


def test_that_the_logarithm_stands_where_the_p_underflows() -> None:
    x, y = np.zeros(3000), np.ones(3000)
    x[:5] = 2.0
    test = mann_whitney(x, y)
    assert test.z is not None
    assert test.z < -70
    assert test.p_asymptotic.value == 0
    # ln erfc(t) between its two classical bounds (Abramowitz and Stegun 7.1.13)
    t = -test.z / math.sqrt(2)
    bounds = [
        (-t * t - math.log(t + math.sqrt(t * t + c)) + math.log(2 / math.sqrt(math.pi))) / math.log(10)
        for c in (2, 4 / math.pi)
    ]
    assert test.log10_p_asymptotic is not None
    assert bounds[0] <= test.log10_p_asymptotic <= bounds[1]


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([], [1.0], "x: empty"),
        ([1.0], [], "y: empty"),
        ([1.0, math.nan], [1.0], "x: contains a missing"),
        ([1.0], [math.inf], "y: contains a missing"),
        (["a"], [1.0], "x: not numeric"),
        (["1"], [1.0], "x: not numeric"),
        ([None, 1.0], [1.0], "x: not numeric"),
        ([[1.0, 2.0]], [1.0], "x: not one-dimensional"),
    ],
)
def test_that_wrong_input_is_named(x: list[float], y: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mann_whitney(x, y)


def test_that_whole_numbers_are_taken_as_they_are() -> None:
    whole = np.array([3, 2], dtype=np.int16)
    assert mann_whitney([1, 2], whole) == mann_whitney([1.0, 2.0], [3.0, 2.0])  # pyright: ignore[reportArgumentType]
