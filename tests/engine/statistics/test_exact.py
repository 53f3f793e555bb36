"""The exact distribution of a rank sum against every split, against whole numbers, and against itself."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from esk_engine.statistics import (
    NullDistribution,
    doubled_midranks,
    exact_cost_seconds,
    exact_feasible,
    exact_p_many,
    mann_whitney,
    packed_counts,
    rank_sum_tails,
    tie_groups,
)
from tests.engine.statistics.groups import by_every_split, by_whole_numbers, decimal, group, tied


@given(group(), group())
def test_that_the_exact_p_counts_every_split(x: list[float], y: list[float]) -> None:
    test = mann_whitney(x, y)
    two_sided, less, greater = by_every_split(x, y)
    assert test.p_exact.value == float(two_sided)
    assert test.p_exact_less.value == float(less)
    assert test.p_exact_greater.value == float(greater)
    assert test.p_exact_doubled.value == min(1.0, float(2 * min(less, greater)))


@given(group(), group())
def test_that_the_counts_for_many_values_agree_with_every_split(x: list[float], y: list[float]) -> None:
    two_sided, less, greater = by_every_split(x, y)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed_counts, "MOST_VALUES", 1)
        test = mann_whitney(x, y)
    assert test.p_exact.value == pytest.approx(float(two_sided), rel=1e-12)
    assert test.p_exact_less.value == pytest.approx(float(less), rel=1e-12)
    assert test.p_exact_greater.value == pytest.approx(float(greater), rel=1e-12)


@pytest.mark.parametrize(("m", "n", "decimals", "shift"), [
    (25, 25, 1, 0.0), (19, 18, 0, 0.3), (50, 50, 0, 0.2), (50, 50, 1, 1.5), (30, 70, 0, 0.9), (3, 150, 0, 0.5),
    (60, 40, 2, 0.1),
])  # fmt: skip
def test_that_larger_groups_agree_with_whole_numbers_to_twelve_digits(
    m: int, n: int, decimals: int, shift: float
) -> None:
    draws = np.random.default_rng(m * n).lognormal(3, 0.35, m + n)
    values = np.round(draws * np.where(np.arange(m + n) < m, math.exp(shift), 1.0), decimals).tolist()
    test = mann_whitney(values[:m], values[m:])
    truth = by_whole_numbers(values[:m], values[m:])
    assert test.p_exact.value == pytest.approx(float(truth), rel=1e-12)


def test_that_a_tail_of_one_split_in_ten_to_the_fifty_eighth_keeps_its_digits() -> None:
    x, y = [float(i) for i in range(100)], [float(i) for i in range(100, 200)]
    assert mann_whitney(x, y).p_exact.value == pytest.approx(2 / math.comb(200, 100), rel=1e-12)


def test_that_counts_beyond_the_largest_float_are_scaled() -> None:
    groups = tie_groups(np.repeat([1.0, 2.0], 600))
    # a group with k of the 600 twos has the doubled rank sum (600 - k) 601 + k 1801: a hypergeometric distribution
    weights = [math.comb(600, k) ** 2 for k in range(601)]
    for k in (0, 250, 290, 300):
        tails = rank_sum_tails(groups, 600, (600 - k) * 601 + k * 1801)
        less = sum(weights[: k + 1])
        assert tails.less == pytest.approx(less / sum(weights), rel=1e-12, abs=1e-300)
        assert tails.two_sided == pytest.approx(min(1.0, 2 * less / sum(weights)), rel=1e-12, abs=1e-300)


@given(group(1, 12), group(1, 12))
def test_that_swapping_the_groups_swaps_the_sides(x: list[float], y: list[float]) -> None:
    one, other = mann_whitney(x, y), mann_whitney(y, x)
    assert one.p_exact.value == other.p_exact.value
    assert one.p_exact_less.value == other.p_exact_greater.value
    assert one.p_exact_spss == other.p_exact_spss
    assert one.p_asymptotic.value == other.p_asymptotic.value
    assert (one.z or 0.0) == -(other.z or 0.0)


@given(group(1, 30, tied | decimal), group(1, 30, tied | decimal), st.randoms(use_true_random=False))
def test_that_order_and_rising_transformations_change_nothing(x: list[float], y: list[float], random: object) -> None:
    test = mann_whitney(x, y)
    assert mann_whitney(sorted(x), y[::-1]) == test
    assert mann_whitney([a**3 / 7 for a in x], [b**3 / 7 for b in y]) == test


@given(group(1, 30), group(1, 30))
def test_that_every_p_lies_between_0_and_1(x: list[float], y: list[float]) -> None:
    test = mann_whitney(x, y)
    for p in (
        test.p_asymptotic, test.p_asymptotic_corrected, test.p_exact, test.p_exact_less, test.p_exact_greater,
        test.p_exact_doubled, test.p_exact_spss, test.p_asymptotic_one_sided("less"),
    ):  # fmt: skip
        assert (p.value is None) == (p.reason is not None)
        assert p.value is None or 0 <= p.value <= 1
        assert p.bounds is None or 0 <= p.bounds[0] <= p.bounds[1] <= 1


@given(group(1, 8), group(1, 8))
def test_that_less_and_greater_overlap_in_what_was_observed(x: list[float], y: list[float]) -> None:
    test = mann_whitney(x, y)
    assert test.p_exact_less.value is not None
    assert test.p_exact_greater.value is not None
    assert test.p_exact_less.value + test.p_exact_greater.value > 1


@pytest.mark.parametrize("size", [10, 40, 160])
def test_that_exact_and_asymptotic_draw_near_as_groups_grow(size: int) -> None:
    draws = np.random.default_rng(7).normal(size=2 * size)
    test = mann_whitney(draws[:size], draws[size:] + 2 / math.sqrt(size))
    assert test.p_exact.value is not None
    assert test.p_asymptotic.value is not None
    assert abs(test.p_exact.value - test.p_asymptotic.value) < 0.4 / size


@given(group(2, 20), st.data())
def test_that_the_table_gives_the_p_of_every_split(values: list[float], data: st.DataObject) -> None:
    m = data.draw(st.integers(1, len(values) - 1))
    order = data.draw(st.permutations(values))
    null = NullDistribution(values, m)
    test = mann_whitney(order[:m], order[m:])
    assert null.p_two_sided(test.rank_sum) == pytest.approx(test.p_exact.value, rel=1e-12)
    assert null.p_less(test.rank_sum) == pytest.approx(test.p_exact_less.value, rel=1e-12)
    assert null.p_greater([test.rank_sum])[0] == pytest.approx(test.p_exact_greater.value, rel=1e-12)
    sums, chances = null.distribution()
    assert chances.sum() == pytest.approx(1)
    assert float(sums @ chances) == pytest.approx(null.mean)


def test_that_a_sum_of_no_split_is_refused() -> None:
    null = NullDistribution([1.0, 2.0, 3.0], 1)
    for impossible in (0.0, 1.25, 7.0):
        with pytest.raises(ValueError, match="rank_sum"):
            null.p_two_sided(impossible)
    with pytest.raises(ValueError, match="m: 3"):
        NullDistribution([1.0, 2.0, 3.0], 3)


@given(group(2, 15), st.integers(0, 2**32 - 1))
def test_that_many_splits_at_once_are_each_as_alone(values: list[float], seed: int) -> None:
    membership = np.random.default_rng(seed).random((20, len(values))) < 0.4
    many = exact_p_many(values, membership)
    for split, p in zip(membership, many, strict=True):
        x, y = np.array(values)[split], np.array(values)[~split]
        if x.size and y.size:
            assert p == pytest.approx(mann_whitney(x, y).p_exact.value, rel=1e-12)
        else:
            assert np.isnan(p)


def test_that_too_long_a_computation_is_left_out_and_says_so() -> None:
    draws = np.random.default_rng(3).normal(size=3000)
    started = time.perf_counter()
    test = mann_whitney(draws[:1500], draws[1500:])
    assert time.perf_counter() - started < 1
    assert test.p_exact.value is None
    assert test.p_exact.reason in {"exact_over_one_second", "exact_too_large"}
    assert test.p_exact_spss.value is None
    assert test.p_asymptotic.value is not None
    assert mann_whitney([1.0], [2.0], exact=False).p_exact.reason == "exact_not_asked"


def test_that_what_is_too_large_for_floats_is_known_beforehand() -> None:
    assert exact_feasible(500, 500)
    assert not exact_feasible(2000, 3000)
    draws = np.random.default_rng(3).normal(size=5000)
    with pytest.raises(ValueError, match="too many"):
        rank_sum_tails(tie_groups(draws), 2000, 10_000_000)
    assert mann_whitney(draws[:2000], draws[2000:], exact=True).p_exact.reason == "exact_too_large"


def test_that_the_cost_grows_with_the_groups_and_falls_with_common_steps() -> None:
    costs = [exact_cost_seconds(size, size) for size in (10, 50, 200, 500)]
    assert costs == sorted(costs)
    # twenty distinct values, each ten times: every mid-rank is a multiple of ten apart
    coarse = doubled_midranks(np.repeat(np.arange(20.0), 10))
    assert exact_cost_seconds(100, 100, coarse) < exact_cost_seconds(100, 100)


def test_that_progress_is_told_and_can_stop_the_computation() -> None:
    class StoppedError(Exception):
        pass

    told: list[float] = []

    def listen(fraction: float) -> None:
        told.append(fraction)
        if fraction > 0.5:
            raise StoppedError

    draws = np.random.default_rng(3).normal(size=200)
    with pytest.raises(StoppedError):
        mann_whitney(draws[:100], draws[100:], progress=listen)
    assert told == sorted(told)
    assert 0.5 < told[-1] < 0.6


def test_that_progress_runs_from_0_to_1_with_ties_too() -> None:
    told: list[float] = []
    draws = np.random.default_rng(3).normal(size=240).round(1)
    mann_whitney(draws[:120], draws[120:], progress=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < 0.1
    assert told[-1] == 1


@given(group(1, 6), group(1, 6))
def test_that_mid_ranks_add_up(x: list[float], y: list[float]) -> None:
    assume(len(x) + len(y) > 1)
    test, total = mann_whitney(x, y), len(x) + len(y)
    assert test.u + test.u_other == len(x) * len(y)
    assert test.rank_sum + test.rank_sum_other == total * (total + 1) / 2
    assert int(doubled_midranks(np.array(x + y)).sum()) == total * (total + 1)
