"""Hodges-Lehmann and pairwise differences, against all differences made and sorted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.statistics import hodges_lehmann, pairwise, rank_biserial, rank_effects
from esk_engine.statistics.untied import UntiedCounts, lower_quantile
from tests.engine.statistics.groups import by_every_split, group


def differences(x: list[float], y: list[float]) -> list[float]:
    return sorted(a - b for a in x for b in y)


@given(group(1, 9), group(1, 9))
def test_that_the_shift_is_the_median_of_all_differences(x: list[float], y: list[float]) -> None:
    every = differences(x, y)
    middle = (every[(len(every) - 1) // 2] + every[len(every) // 2]) / 2
    result = hodges_lehmann(x, y)
    assert result.shift == middle
    assert result.lower is not None
    assert result.upper is not None
    assert result.lower <= result.shift <= result.upper


@given(group(1, 9), group(1, 9))
def test_that_swapping_the_groups_turns_shift_and_limits_round(x: list[float], y: list[float]) -> None:
    one, other = hodges_lehmann(x, y), hodges_lehmann(y, x)
    assert (one.shift, one.lower, one.upper) == (-other.shift, -(other.upper or 0), -(other.lower or 0))
    assert one.achieved_level == other.achieved_level


@given(group(1, 12), group(1, 12), st.integers(-50, 50))
def test_that_moving_a_group_moves_the_shift(x: list[float], y: list[float], by: int) -> None:
    one, moved = hodges_lehmann(x, y), hodges_lehmann([a + by for a in x], y)
    assert moved.shift == pytest.approx(one.shift + by, abs=1e-9)
    assert moved.upper == pytest.approx((one.upper or 0) + by, abs=1e-9)


def test_that_the_exact_interval_is_the_one_of_a_published_table() -> None:
    # Conover (1999), table A7: w(0.025) of groups of 5 and 8 is 6 + 1 smaller values outside, at 10 and 10 it is 24
    assert lower_quantile(5, 8, 0.025)[0] == 7
    assert lower_quantile(10, 10, 0.025)[0] == 24


@pytest.mark.parametrize(("m", "n"), [(4, 4), (3, 5), (2, 9)])
def test_that_the_achieved_level_counts_the_splits_outside(m: int, n: int) -> None:
    # without ties the interval misses 0 for the splits whose u is below its order on either side
    x, y = [float(2 * i) for i in range(m)], [float(2 * i + 1) for i in range(n)]
    result = hodges_lehmann(x, y)
    assert result.exact.order is not None
    outside = UntiedCounts(m, n, m * n).at_most(result.exact.order - 1) / math.comb(m + n, m)
    assert result.achieved_level == pytest.approx(1 - 2 * outside)


def test_that_too_few_values_give_the_extremes_and_say_that_the_level_is_not_reached() -> None:
    result = hodges_lehmann([1.0, 2.0], [4.0, 8.0])
    assert (result.lower, result.upper) == (-7.0, -2.0)
    assert result.reason == "level_not_reached"
    assert result.achieved_level == pytest.approx(1 - 2 / 6)
    assert result.normal.lower is None
    assert result.normal.reason == "groups_too_small"


def test_that_many_values_need_not_all_their_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = np.round(np.random.default_rng(2).normal(size=60), 1)
    x, y = draws[:25].tolist(), draws[25:].tolist()
    every = differences(x, y)
    monkeypatch.setattr(pairwise, "_MOST_AT_ONCE", 7)
    ordered = pairwise.OrderedDifferences(np.array(x), np.array(y))
    assert [ordered.smallest(k + 1) for k in range(len(every))] == every
    with pytest.raises(ValueError, match="order: 0"):
        ordered.smallest(0)


def test_that_large_groups_keep_the_normal_interval_and_say_why_the_exact_is_absent() -> None:
    draws = np.random.default_rng(2).normal(size=3000)
    result = hodges_lehmann(draws[:1000], draws[1000:])
    assert result.lower is None
    assert result.reason == "exact_over_one_second"
    assert result.normal.lower is not None


@given(st.integers(1, 6), st.integers(1, 6))
def test_that_the_counts_without_ties_are_those_of_every_split(m: int, n: int) -> None:
    y = [float(i) for i in range(n)]
    counts = UntiedCounts(m, n, m * n)
    for above in range(n + 1):
        x = [above - 0.5 + i / 100 for i in range(m)]  # u = m * above
        assert counts.at_most(m * above) / counts.total == pytest.approx(float(by_every_split(x, y)[1]), rel=1e-13)


@given(group(1, 9), group(1, 9))
def test_that_effects_count_the_pairs(x: list[float], y: list[float]) -> None:
    effects, pairs = rank_effects(x, y), len(x) * len(y)
    higher = sum(a > b for a in x for b in y)
    lower = sum(a < b for a in x for b in y)
    assert (effects.p_higher, effects.p_lower) == (higher / pairs, lower / pairs)
    assert effects.rank_biserial == (higher - lower) / pairs == effects.cliffs_delta
    assert effects.rank_biserial == rank_biserial(higher + (pairs - higher - lower) / 2, len(x), len(y))
    assert effects.common_language == pytest.approx((effects.rank_biserial + 1) / 2)


def test_that_a_level_outside_0_and_1_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        hodges_lehmann([1.0], [2.0], level=95)
    with pytest.raises(ValueError, match="u: 7"):
        rank_biserial(7, 2, 3)
