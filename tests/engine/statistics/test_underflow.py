"""P-values too small for a float: each keeps its decimal logarithm, checked against whole numbers of any size."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given

from esk_engine.statistics import Tails, exact_spss, mann_whitney, rank_sum_tails, tie_groups
from esk_engine.statistics.adjust import holm, holm_log10
from esk_engine.statistics.proportions import binomial_test
from esk_engine.statistics.stratified import van_elteren
from esk_engine.statistics.tables import fisher
from esk_engine.statistics.values import PValue
from tests.engine.statistics.groups import group

TWELVE_DIGITS = 4e-13
"""Of a logarithm, absolute: 12 digits of the P itself."""


def log10_of(share: Fraction) -> float:
    """Its decimal logarithm, with 60 digits on the way."""
    with localcontext() as context:
        context.prec = 60
        return float(Decimal(share.numerator).log10() - Decimal(share.denominator).log10())


@cache
def partitions_up_to(u: int) -> int:
    """Partitions of 0 ... u: splits with U <= u, while u is below both group sizes (Mann and Whitney 1947)."""
    ways = [1] + [0] * u
    for part in range(1, u + 1):
        for total in range(part, u + 1):
            ways[total] += ways[total - part]
    return sum(ways)


def with_u(m: int, n: int, u: int) -> tuple[list[float], list[float]]:
    """Groups without ties in which x is higher in u pairs."""
    above = sorted(min(n, max(0, u - n * i)) for i in range(m))
    return [k + (i + 1) / (m + 1) for i, k in enumerate(above)], [float(k) for k in range(1, n + 1)]


def by_levels(sizes: tuple[int, ...], chosen: tuple[int, ...]) -> tuple[Fraction, Fraction, Fraction]:
    """Two-sided, less and greater where all values are one of three: every way to draw so many of each level."""
    first, second, third = sizes
    n, m = sum(sizes), sum(chosen)
    ranks = (first + 1, 2 * first + second + 1, 2 * (first + second) + third + 1)  # doubled mid-ranks
    observed, mean = sum(k * rank for k, rank in zip(chosen, ranks, strict=True)), m * (n + 1)
    two_sided = less = greater = 0
    ways_of_b, ways_of_c = ([math.comb(size, k) for k in range(size + 1)] for size in (second, third))
    for a in range(max(0, m - second - third), min(first, m) + 1):
        ways_of_a = math.comb(first, a)
        for b in range(max(0, m - a - third), min(second, m - a) + 1):
            total = a * ranks[0] + b * ranks[1] + (m - a - b) * ranks[2]
            if abs(total - mean) < abs(observed - mean):
                continue
            ways = ways_of_a * ways_of_b[b] * ways_of_c[m - a - b]
            two_sided += ways
            less += ways if total <= observed else 0
            greater += ways if total >= observed else 0
    whole = math.comb(n, m)
    return Fraction(two_sided, whole), Fraction(less, whole), Fraction(greater, whole)


def test_that_groups_fully_apart_have_the_logarithm_of_two_splits() -> None:
    truth = Fraction(2, math.comb(1060, 530))
    test = mann_whitney(np.arange(530.0), np.arange(530.0, 1060.0), exact=True)
    assert test.p_exact.value == pytest.approx(float(truth), rel=1e-6)  # 6.6e-318 has few digits as a float
    assert test.p_exact.underflows
    assert test.log10_p_exact == pytest.approx(log10_of(truth), abs=TWELVE_DIGITS)
    assert test.log10_p_exact_doubled == pytest.approx(log10_of(truth), abs=TWELVE_DIGITS)
    assert test.log10_p_exact_spss == pytest.approx(log10_of(truth), abs=TWELVE_DIGITS)
    assert test.log10_p_exact_less == pytest.approx(log10_of(truth / 2), abs=TWELVE_DIGITS)
    assert test.log10_p_exact_greater == 0
    assert test.log10_p_exact is not None
    assert test.log10_p_exact < -308


@pytest.mark.parametrize("swapped", [False, True])
def test_that_a_tail_beyond_the_smallest_float_keeps_twelve_digits(swapped: bool) -> None:
    m, n, u = 560, 500, 37
    x, y = with_u(m, n, u)
    test = mann_whitney(y, x, exact=True) if swapped else mann_whitney(x, y, exact=True)
    truth = Fraction(partitions_up_to(u), math.comb(m + n, m))
    near = test.log10_p_exact_greater if swapped else test.log10_p_exact_less
    assert (test.u_other if swapped else test.u) == u
    assert near == pytest.approx(log10_of(truth), abs=TWELVE_DIGITS)
    for doubled in (test.log10_p_exact, test.log10_p_exact_doubled, test.log10_p_exact_spss):
        assert doubled == pytest.approx(log10_of(2 * truth), abs=TWELVE_DIGITS)


@pytest.mark.parametrize(
    ("sizes", "chosen"),
    [
        ((450, 500, 450), (450, 249, 1)),  # 700 v 700
        ((450, 500, 450), (2, 250, 448)),
        ((700, 40, 500), (640, 0, 0)),  # 640 v 600
        ((100, 900, 300), (100, 450, 0)),  # 550 v 750
        ((100, 100, 100), (50, 50, 50)),  # the mean itself
    ],
)
def test_that_large_groups_with_ties_agree_with_whole_numbers(sizes: tuple[int, ...], chosen: tuple[int, ...]) -> None:
    levels = (1.0, 2.0, 3.0)
    x = np.repeat(levels, chosen)
    y = np.repeat(levels, [size - k for size, k in zip(sizes, chosen, strict=True)])
    test = mann_whitney(x, y, exact=True)
    two_sided, less, greater = by_levels(sizes, chosen)
    assert test.log10_p_exact == pytest.approx(log10_of(two_sided), abs=TWELVE_DIGITS)
    assert test.p_exact.value == pytest.approx(float(two_sided), rel=1e-12, abs=5e-308)
    if test.u <= test.u_other:
        assert test.log10_p_exact_less == pytest.approx(log10_of(less), abs=TWELVE_DIGITS)
    if test.u >= test.u_other:
        assert test.log10_p_exact_greater == pytest.approx(log10_of(greater), abs=TWELVE_DIGITS)
    one_sided = log10_of(min(Fraction(1), 2 * min(less, greater)))
    if test.u != test.u_other:
        assert test.log10_p_exact_doubled == pytest.approx(one_sided, abs=TWELVE_DIGITS)


def test_that_scaled_counts_keep_their_logarithms() -> None:
    groups = tie_groups(np.repeat([1.0, 2.0], 600))
    # a group with k of the 600 twos has the doubled rank sum (600 - k) 601 + k 1801: a hypergeometric distribution
    weights = [math.comb(600, k) ** 2 for k in range(601)]
    for k in (0, 3, 60, 250, 299):
        for many, side in ((k, "less"), (600 - k, "greater")):
            tails: Tails = rank_sum_tails(groups, 600, (600 - many) * 601 + many * 1801)
            tail = Fraction(sum(weights[: k + 1]), sum(weights))
            found = tails.log10_less if side == "less" else tails.log10_greater
            assert found == pytest.approx(log10_of(tail), abs=TWELVE_DIGITS)
            assert tails.log10_two_sided == pytest.approx(log10_of(2 * tail), abs=TWELVE_DIGITS)
            assert tails.log10_doubled == pytest.approx(log10_of(2 * tail), abs=TWELVE_DIGITS)


@pytest.mark.parametrize(("m", "n", "u"), [(540, 530, 3), (540, 530, 300), (600, 1500, 0), (600, 450, 7)])
def test_that_the_p_of_spss_keeps_its_logarithm(m: int, n: int, u: int) -> None:
    truth = Fraction(2 * partitions_up_to(u), math.comb(m + n, m))
    found = exact_spss(2 * u, m, n, True)
    assert found.log10 == pytest.approx(log10_of(truth), abs=2 * TWELVE_DIGITS)
    assert found.value == pytest.approx(float(truth), rel=1e-12, abs=5e-308)
    assert found.log10_bounds is None


@pytest.mark.parametrize(("m", "n", "u"), [(540, 530, 3), (540, 530, 150)])
def test_that_bounds_of_the_p_of_spss_keep_their_logarithms(m: int, n: int, u: int) -> None:
    found = exact_spss(2 * u + 1, m, n, True)
    assert (found.value, found.log10, found.reason) == (None, None, "half_u")
    assert found.underflows
    assert found.log10_bounds is not None
    for log10, whole in zip(found.log10_bounds, (u, u + 1), strict=True):
        truth = Fraction(2 * partitions_up_to(whole), math.comb(m + n, m))
        assert log10 == pytest.approx(log10_of(truth), abs=2 * TWELVE_DIGITS)


def test_that_no_u_of_these_groups_is_refused() -> None:
    for doubled_u in (-1, 13):
        with pytest.raises(ValueError, match="doubled_u"):
            exact_spss(doubled_u, 3, 4)


@given(group(1, 20), group(1, 20))
def test_that_a_logarithm_is_that_of_its_p(x: list[float], y: list[float]) -> None:
    test = mann_whitney(x, y)
    pairs = (
        (test.log10_p_asymptotic, test.p_asymptotic), (test.log10_p_exact, test.p_exact),
        (test.log10_p_asymptotic_corrected, test.p_asymptotic_corrected),
        (test.log10_p_exact_less, test.p_exact_less), (test.log10_p_exact_greater, test.p_exact_greater),
        (test.log10_p_exact_doubled, test.p_exact_doubled), (test.log10_p_exact_spss, test.p_exact_spss),
    )  # fmt: skip
    for log10, p in pairs:
        assert (log10 is None) == (p.value is None)
        assert not p.underflows
        if log10 is not None and p.value is not None:
            assert log10 <= 0
            assert 10**log10 == pytest.approx(p.value, rel=1e-12)
        if p.bounds is not None and p.log10_bounds is not None:
            assert [10**log10 for log10 in p.log10_bounds] == pytest.approx(p.bounds, rel=1e-12)


@given(group(1, 12), group(1, 12))
def test_that_the_tails_of_the_other_group_are_mirrored(x: list[float], y: list[float]) -> None:
    pooled = np.array(x + y)
    test = mann_whitney(x, y, exact=False)
    one = rank_sum_tails(tie_groups(pooled), test.m, round(2 * test.rank_sum))
    other = rank_sum_tails(tie_groups(pooled), test.n, round(2 * test.rank_sum_other))
    assert (one.less, one.log10_less) == pytest.approx((other.greater, other.log10_greater), rel=1e-12, abs=1e-14)
    assert (one.two_sided, one.log10_doubled) == pytest.approx(
        (other.two_sided, other.log10_doubled), rel=1e-12, abs=1e-14
    )


def test_that_a_p_left_out_has_no_logarithm() -> None:
    test = mann_whitney([1.0, 2.0], [2.0, 3.0], exact=False)
    assert test.log10_p_exact is None
    assert test.log10_p_exact_spss is None
    assert PValue(None, "any", "all_tied").log10 is None
    assert not PValue(None, "any", "all_tied").underflows


def test_that_both_asymptotic_p_and_their_sides_keep_their_logarithms() -> None:
    test = mann_whitney(np.arange(2000.0), np.arange(2000.0, 4000.0), exact=False)
    assert test.z is not None
    assert test.z_corrected is not None
    assert test.p_asymptotic.value == 0
    for log10, z in ((test.log10_p_asymptotic, test.z), (test.log10_p_asymptotic_corrected, test.z_corrected)):
        # ln erfc(t) between its two classical bounds (Abramowitz and Stegun 7.1.13)
        t = abs(z) / math.sqrt(2)
        bounds = [
            (-t * t - math.log(t + math.sqrt(t * t + c)) + math.log(2 / math.sqrt(math.pi))) / math.log(10)
            for c in (2, 4 / math.pi)
        ]
        assert log10 is not None
        assert bounds[0] <= log10 <= bounds[1]
    less = test.p_asymptotic_one_sided("less")
    assert less.log10 == pytest.approx((test.log10_p_asymptotic or 0) - math.log10(2), abs=1e-9)
    assert test.p_asymptotic_one_sided("greater").log10 == 0


def test_that_fishers_p_keeps_its_logarithm() -> None:
    truth = Fraction(2, math.comb(1200, 600))
    found = fisher([[600, 0], [0, 600]])
    assert found.p == 0
    assert found.log10_p == pytest.approx(log10_of(truth), abs=TWELVE_DIGITS)
    assert found.log10_p_greater == pytest.approx(log10_of(truth / 2), abs=TWELVE_DIGITS)
    assert found.log10_p_less == 0
    # three columns: two tables as unlikely as this one, each of them one way
    wide = fisher([[300, 300, 0], [0, 0, 600]])
    ways = Fraction(2 * math.comb(600, 300) ** 0, math.comb(1200, 600))
    assert wide.log10_p == pytest.approx(log10_of(ways), abs=TWELVE_DIGITS)


def test_that_fishers_p_of_many_patients_keeps_its_logarithm() -> None:
    found = fisher([[2000, 10], [500, 3000]])
    row, column, other = 2010, 2500, 3500
    weights = [math.comb(row, k) * math.comb(other, column - k) for k in range(row + 1)]
    truth = Fraction(sum(w for w in weights if w <= weights[2000]), sum(weights))
    assert found.p == 0
    assert found.log10_p == pytest.approx(log10_of(truth), rel=1e-12)  # logarithms of floats, summed
    small = fisher([[3, 1], [1, 3]])
    assert small.log10_p == pytest.approx(math.log10(small.p or 0), abs=1e-15)


def test_that_a_sign_test_keeps_its_logarithm() -> None:
    found = binomial_test(1, 2000)
    assert (found.value, found.underflows) == (0, True)
    assert found.log10 == pytest.approx(log10_of(Fraction(2 * 2001, 2**2000)), abs=2 * TWELVE_DIGITS)


def test_that_holm_adjusts_logarithms_as_it_does_p_values() -> None:
    p = [0.01, 0.03, 0.2, 1.0, 0.0101]
    logs = holm_log10([*map(math.log10, p), None])
    assert logs.pop() is None
    assert [10 ** (value or 0) for value in logs] == pytest.approx(holm(p), rel=1e-12)
    assert holm_log10([-500.0, -400.0, -1.0]) == pytest.approx([-500 + math.log10(3), -400 + math.log10(2), -1.0])
    with pytest.raises(ValueError, match="log10_p"):
        holm_log10([0.5])


def test_that_van_elteren_keeps_the_logarithm_of_its_asymptotic_p() -> None:
    groups = (np.arange(2000.0), np.arange(2000.0, 4000.0))
    plain, stratified = mann_whitney(*groups, exact=False), van_elteren([groups])
    assert stratified.p_asymptotic.log10 == pytest.approx(plain.log10_p_asymptotic, rel=1e-12)
