"""Van Elteren's test against every split within strata, and against Mann-Whitney where there is one stratum."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esk_engine.statistics import mann_whitney
from esk_engine.statistics.stratified import van_elteren
from tests.engine.statistics.groups import doubled_ranks, group

Strata = list[tuple[list[float], list[float]]]

strata = st.lists(st.tuples(group(1, 3), group(1, 3)), min_size=1, max_size=3)


def by_every_split(used: Strata) -> float:
    excesses: list[list[Fraction]] = []
    observed = Fraction(0)
    for x, y in used:
        ranks, total = doubled_ranks(x + y), len(x) + len(y)
        mean = len(x) * (total + 1)
        observed += Fraction(sum(ranks[: len(x)]) - mean, total + 1)
        excesses.append([Fraction(sum(chosen) - mean, total + 1) for chosen in combinations(ranks, len(x))])
    sums = [abs(sum(parts, Fraction(0))) >= abs(observed) for parts in product(*excesses)]
    return sum(sums) / len(sums)


@given(strata)
def test_that_the_exact_p_counts_every_split_within_strata(used: Strata) -> None:
    assert van_elteren(used).p_exact.value == pytest.approx(by_every_split(used), rel=1e-12)


def by_counting_sums(used: Strata) -> Fraction:
    """As `by_every_split`, from counts of the splits of each stratum by their sum: for strata of some size."""
    found, observed = {Fraction(0): 1}, Fraction(0)
    for x, y in used:
        ranks, total = doubled_ranks(x + y), len(x) + len(y)
        mean = len(x) * (total + 1)
        counts: list[Counter[int]] = [Counter({0: 1}), *(Counter[int]() for _ in x)]
        for rank in ranks:
            for k in range(len(x), 0, -1):
                for reached, ways in counts[k - 1].items():
                    counts[k][reached + rank] += ways
        observed += Fraction(sum(ranks[: len(x)]) - mean, total + 1)
        following: Counter[Fraction] = Counter()
        for before, ways in found.items():
            for reached, more in counts[-1].items():
                following[before + Fraction(reached - mean, total + 1)] += ways * more
        found = following
    extreme = sum(ways for reached, ways in found.items() if abs(reached) >= abs(observed))
    return Fraction(extreme, sum(found.values()))


@pytest.mark.parametrize("sizes", [((10, 20), (3, 7)), ((12, 11), (9, 14)), ((2, 2), (15, 12), (1, 3))])
def test_that_larger_strata_agree_with_whole_numbers(sizes: tuple[tuple[int, int], ...]) -> None:
    draws = np.random.default_rng(len(sizes))
    used = [
        ((draws.normal(0.6, 1, m).round(1)).tolist(), draws.normal(0, 1, n).round(1).tolist()) for m, n in sizes
    ]  # fmt: skip
    assert van_elteren(used).p_exact.value == pytest.approx(float(by_counting_sums(used)), rel=1e-12)


def test_that_strata_of_one_pair_each_are_a_sign_test() -> None:
    used: Strata = [([2.0], [1.0])] * 61 + [([1.0], [2.0])] * 19
    # 61 of 80 by the binomial distribution
    tail = sum(math.comb(80, k) for k in range(20))
    assert van_elteren(used).p_exact.value == pytest.approx(2 * tail / 2**80, rel=1e-12)
    assert van_elteren([([2.0], [1.0])] * 1100).p_exact.reason == "exact_too_large"  # 2 / 2^1100 is no float


def test_that_sizes_without_a_common_weight_leave_the_exact_p_out_and_say_so() -> None:
    # sizes + 1 are primes: their product is no whole number of 64 bits
    sizes = [p - 1 for p in (7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67)]
    used = [([1.0], [float(k) for k in range(2, size + 1)]) for size in sizes]
    result = van_elteren(used)
    assert (result.p_exact.value, result.p_exact.reason) == (None, "exact_too_large")
    assert result.p_asymptotic.value is not None


@given(group(1, 8), group(1, 8))
def test_that_one_stratum_is_mann_whitney(x: list[float], y: list[float]) -> None:
    one, plain = van_elteren([(x, y)]), mann_whitney(x, y)
    assert one.p_exact.value == pytest.approx(plain.p_exact.value, rel=1e-12)
    assert one.p_asymptotic.reason == plain.p_asymptotic.reason
    assert (one.p_asymptotic.value or 0) == pytest.approx(plain.p_asymptotic.value or 0, rel=1e-12)
    assert one.common_language == pytest.approx(plain.u / (len(x) * len(y)))


@given(strata)
def test_that_swapping_the_groups_turns_the_sign(used: Strata) -> None:
    one, other = van_elteren(used), van_elteren([(y, x) for x, y in used])
    assert (one.z is None) == (other.z is None)
    assert (one.z or 0) == pytest.approx(-(other.z or 0))
    assert one.p_exact.value == pytest.approx(other.p_exact.value)
    assert (one.common_language or 0) == pytest.approx(1 - (other.common_language or 0))


@given(strata, group(1, 4))
def test_that_a_stratum_with_one_group_says_nothing(used: Strata, lonely: list[float]) -> None:
    one, more = van_elteren(used), van_elteren([*used, (lonely, []), ([], lonely)])
    assert more.strata_left_out == 2
    assert (more.z, more.p_exact, more.m, more.n) == (one.z, one.p_exact, one.m, one.n)


def test_that_strata_without_an_answer_say_why() -> None:
    assert van_elteren([([1.0], []), ([], [2.0])]).reason == "no_stratum_with_both_groups"
    tied = van_elteren([([1.0, 1.0], [1.0]), ([3.0], [3.0])])
    assert (tied.reason, tied.p_exact.value, tied.z) == ("all_tied", 1.0, None)
    with pytest.raises(ValueError, match="strata: none"):
        van_elteren([])
    with pytest.raises(ValueError, match="x: contains"):
        van_elteren([([float("nan")], [1.0])])


def test_that_large_strata_leave_the_exact_p_out_and_say_so() -> None:
    draws = np.random.default_rng(8).normal(size=600)
    result = van_elteren([(draws[:150], draws[150:300]), (draws[300:450], draws[450:])])
    assert result.p_exact.value is None
    assert result.p_exact.reason == "exact_over_one_second"
    assert result.p_asymptotic.value is not None
    # a stratum of many values of which few are in one group, beside a balanced one
    lopsided = van_elteren([(draws[:1], draws[1:300]), (draws[300:320], draws[320:340])])
    assert lopsided.p_exact.reason == "exact_over_one_second"
    assert van_elteren([(draws[:1], np.tile(draws, 4)), (draws[:40], draws[40:80])]).p_exact.value is None
