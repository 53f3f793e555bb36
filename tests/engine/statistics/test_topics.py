"""Intervals, correlation, ROC, agreement, adjustment and sample size: by hand, by definition, by invariance."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from esk_engine.statistics import box, fisher, hodges_lehmann, mann_whitney, summarise
from esk_engine.statistics.adjust import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    hochberg,
    holm,
    hommel,
)
from esk_engine.statistics.agreement import kappa
from esk_engine.statistics.correlation import kendall, pearson, spearman
from esk_engine.statistics.means import (
    cv_interval,
    geometric_cv_interval,
    geometric_ratio,
    geometric_sd_interval,
    mean_interval,
    welch,
)
from esk_engine.statistics.power import noether_power, noether_sample_size
from esk_engine.statistics.proportions import clopper_pearson, wilson
from esk_engine.statistics.regression import logistic, logistic_firth
from esk_engine.statistics.risks import chi_square
from esk_engine.statistics.roc_curve import common_language_interval, rank_biserial_interval, roc
from tests.engine.statistics.groups import doubled_ranks, group, tied

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=8)


# Adjusted P-values ---------------------------------------------------------------------------------------------------


@given(p_values, st.randoms(use_true_random=False))
def test_that_adjusted_p_values_follow_their_p_values_about(p: list[float], random: object) -> None:
    order = list(range(len(p)))
    random.shuffle(order)  # pyright: ignore[reportAttributeAccessIssue]
    for adjust in (holm, hochberg, hommel, bonferroni, benjamini_hochberg, benjamini_yekutieli):
        adjusted = adjust(p)
        moved = adjust([p[i] for i in order])
        assert moved == [adjusted[i] for i in order]
        assert all(a is not None and b <= a <= 1 for a, b in zip(adjusted, p, strict=True))


@given(p_values)
def test_that_sharper_methods_adjust_less(p: list[float]) -> None:
    chain = [hommel(p), hochberg(p), holm(p), bonferroni(p)]
    for sharper, blunter in itertools.pairwise(chain):
        assert all((a or 0) <= (b or 0) + 1e-15 for a, b in zip(sharper, blunter, strict=True))


@given(p_values)
def test_that_holm_rejects_step_by_step(p: list[float]) -> None:
    # by its own words: go up from the smallest, stop at the first above 0.05 / (those left)
    rejected = set[int]()
    for step, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        if p[i] * (len(p) - step) > 0.05:
            break
        rejected.add(i)
    assert {i for i, adjusted in enumerate(holm(p)) if (adjusted or 0) <= 0.05} == rejected


@given(st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_that_hommel_closes_simes_tests_over_every_subset(p: list[float]) -> None:
    def simes(subset: tuple[float, ...]) -> float:
        return min(len(subset) * value / (k + 1) for k, value in enumerate(sorted(subset)))

    for i, adjusted in enumerate(hommel(p)):
        others = p[:i] + p[i + 1 :]
        subsets = [(p[i], *rest) for size in range(len(p)) for rest in itertools.combinations(others, size)]
        assert adjusted == pytest.approx(min(1.0, max(map(simes, subsets))), rel=1e-12)


def test_that_absent_p_values_stay_absent_and_impossible_ones_are_refused() -> None:
    assert holm([None, 0.5]) == [None, 0.5]
    assert holm([]) == []
    for wrong in (1.5, -0.1, math.nan):
        with pytest.raises(ValueError, match="p: "):
            holm([wrong])


# Means and proportions -----------------------------------------------------------------------------------------------


@given(group(2, 20), group(2, 20))
def test_that_welch_turns_round_with_the_groups(x: list[float], y: list[float]) -> None:
    one, other = welch(x, y), welch(y, x)
    if one.estimate is None or other.estimate is None:
        assert one.reason == other.reason == "constant"
        return
    assert (one.estimate, one.p, one.df) == (-other.estimate, other.p, pytest.approx(other.df))
    ratio = geometric_ratio([a + 1 for a in x], [b + 1 for b in y])
    if ratio.estimate is not None:
        inverse = geometric_ratio([b + 1 for b in y], [a + 1 for a in x])
        assert ratio.estimate * (inverse.estimate or 0) == pytest.approx(1)
        assert (ratio.lower or 0) * (inverse.upper or 0) == pytest.approx(1)


@given(group(2, 20), st.integers(2, 50))
def test_that_a_geometric_ratio_does_not_know_the_unit(x: list[float], factor: int) -> None:
    x = [a + 1 for a in x]
    y = [2.0, 3.0, 5.0]
    one, scaled = geometric_ratio(x, y), geometric_ratio([factor * a for a in x], [factor * b for b in y])
    assert scaled.estimate == pytest.approx(one.estimate)
    assert scaled.p == pytest.approx(one.p, abs=1e-12)


def test_that_an_interval_of_one_value_is_none_with_its_reason() -> None:
    assert mean_interval([3.0]).lower is None
    assert mean_interval([3.0]).reason == "one_value"
    assert welch([3.0], [1.0, 2.0]).reason == "one_value"
    assert geometric_cv_interval([3.0]).reason == "one_value"
    assert geometric_cv_interval([3.0, -1.0]).reason == "not_all_positive"
    assert geometric_ratio([0.0, 1.0], [1.0, 2.0]).reason == "not_all_positive"


def test_that_vangels_interval_of_the_cv_is_what_his_formula_gives() -> None:
    # n = 4, CV 0.2654; chi-square(3) 9.3484 at 97.5 % and 0.21580 at 2.5 % (tables):
    # 0.2654 / sqrt(((9.3484 + 2) / 4 - 1) 0.07044 + 9.3484 / 3) = 0.1473, and 1.319 with the other quantile.
    found = cv_interval([40.0, 50.0, 60.0, 75.0])
    assert found.lower == pytest.approx(14.73, abs=0.01)
    assert found.upper == pytest.approx(131.9, abs=0.1)


def test_that_an_interval_of_the_cv_covers_about_as_often_as_it_says() -> None:
    draws = np.random.default_rng(3).normal(100, 20, (2000, 10))
    intervals = [cv_interval(draw.tolist()) for draw in draws]
    covered = sum((i.lower or 0) <= 20 <= (i.upper or math.inf) for i in intervals)
    assert 0.93 < covered / 2000 < 0.97


def test_that_a_spread_too_wide_for_an_upper_limit_says_so() -> None:
    found = cv_interval([1.0, 1000.0, 1.0])
    assert (found.upper, found.reason) == (None, "cv_too_large")


@given(group(2, 20))
def test_that_the_geometric_sd_and_cv_say_the_same_in_two_ways(x: list[float]) -> None:
    positive = [a + 1 for a in x]
    sd, cv = geometric_sd_interval(positive), geometric_cv_interval(positive)
    for factor, percent in ((sd.value, cv.value), (sd.lower, cv.lower), (sd.upper, cv.upper)):
        assert factor is not None
        assert percent is not None
        if math.isfinite(percent):  # the square overflows long before the factor
            assert math.log(factor) ** 2 == pytest.approx(math.log1p((percent / 100) ** 2), rel=1e-9, abs=1e-12)


@given(st.integers(1, 200), st.data())
def test_that_intervals_of_a_proportion_mirror_and_hold_it(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    for interval in (clopper_pearson, wilson):
        one, other = interval(count, n), interval(n - count, n)
        assert one.lower is not None
        assert one.upper is not None
        assert one.value is not None
        assert 0 <= one.lower <= one.value <= one.upper <= 1
        assert one.lower == pytest.approx(1 - (other.upper or 0), abs=1e-12)


@given(st.integers(1, 25), st.data())
def test_that_clopper_pearson_leaves_its_tails_outside(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    limits = clopper_pearson(count, n)

    def chance(share: float, start: int, stop: int) -> float:
        return math.fsum(math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(start, stop + 1))

    assert count == 0 or chance(limits.lower or 0, count, n) == pytest.approx(0.025, rel=1e-9)
    assert count == n or chance(limits.upper or 0, 0, count) == pytest.approx(0.025, rel=1e-9)


def test_that_a_chi_square_of_an_empty_row_is_none() -> None:
    assert chi_square([[0, 0], [1, 2]]).reason == "empty_row_or_column"
    with pytest.raises(ValueError, match="fewer than two"):
        chi_square([[1, 2]])


# Correlation ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(tied, tied), min_size=2, max_size=6))
def test_that_spearmans_exact_p_counts_every_ordering(pairs: list[tuple[float, float]]) -> None:
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    result = spearman(x, y)
    ranks_x, ranks_y = doubled_ranks(x), doubled_ranks(y)
    middle = len(x) + 1

    def products(order: tuple[int, ...]) -> int:
        return abs(sum((a - middle) * (b - middle) for a, b in zip(ranks_x, order, strict=True)))

    observed = products(tuple(ranks_y))
    found = [products(order) >= observed for order in itertools.permutations(ranks_y)]
    if result.value is None:
        assert result.reason == "constant"
    else:
        assert result.p_exact.value == pytest.approx(sum(found) / len(found), rel=1e-12)


# R 4.2.2: cor.test(x, y, method = "spearman")$p.value, cor.test(x, y, method = "kendall")$p.value
AS_IN_R = [
    ([10, 9, 4, 1, 8, 7, 6, 5, 2, 3], [6, 3, 10, 5, 1, 2, 4, 7, 9, 8], 0.087768043261364115, 0.10831349206349207),
    (
        [4, 7, 3, 6, 8, 11, 1, 2, 9, 10, 12, 5], [8, 7, 4, 12, 5, 3, 1, 11, 10, 6, 2, 9],
        0.55782777508833781, 0.45902395733124901,
    ),
    (
        [8, 9, 12, 4, 2, 1, 3, 10, 6, 5, 7, 11], [9, 12, 10, 4, 1, 3, 2, 11, 6, 5, 7, 8],
        5.9415408755710865e-06, 0.00024002425044100661,
    ),
    (
        [15, 7, 8, 13, 17, 6, 14, 5, 12, 4, 10, 19, 1, 20, 3, 11, 16, 18, 2, 9],
        [12, 1, 4, 6, 18, 17, 8, 10, 5, 2, 14, 9, 3, 20, 11, 13, 19, 16, 7, 15],
        0.014730928189231742, 0.016406081268886652,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("x", "y", "by_rank", "by_pairs"), AS_IN_R)
def test_that_untied_pairs_have_the_p_values_that_r_gives_by_default(
    x: list[int], y: list[int], by_rank: float, by_pairs: float
) -> None:
    first, second = [float(value) for value in x], [float(value) for value in y]
    assert spearman(first, second).p_edgeworth.value == pytest.approx(by_rank, rel=1e-10)
    assert kendall(first, second).p_exact.value == pytest.approx(by_pairs, rel=1e-10)


def test_that_rs_series_is_none_where_it_does_not_apply() -> None:
    order = [float(i) for i in range(20)]
    assert spearman(order[:9], order[:9]).p_edgeworth.reason == "fewer_than_10_pairs"
    assert spearman(order, [*order[:-1], 18.0]).p_edgeworth.reason == "ties"
    # R prints 0 here: twice 1 in 10!, which it is, is far in the tail of the series
    assert spearman(order[:10], order[:10]).p_edgeworth.reason == "series_out_of_range"
    assert spearman(order[:10], order[:10]).p_exact.value == pytest.approx(2 / math.factorial(10), rel=1e-12)


@given(st.permutations(range(6)))
def test_that_kendalls_exact_p_counts_every_ordering(order: list[int]) -> None:
    def concordance(values: tuple[int, ...] | list[int]) -> int:
        return abs(sum((b > a) - (b < a) for a, b in itertools.combinations(values, 2)))

    found = [concordance(other) >= concordance(order) for other in itertools.permutations(range(6))]
    result = kendall([float(i) for i in range(6)], [float(i) for i in order])
    assert result.p_exact.value == pytest.approx(sum(found) / len(found), rel=1e-12)


def test_that_kendalls_exact_p_says_why_it_is_left_out() -> None:
    order = [float(i) for i in range(101)]
    assert kendall(order, order).p_exact.reason == "more_than_100_pairs"
    assert kendall(order[:4], [1.0, 1.0, 2.0, 3.0]).p_exact.reason == "ties"
    assert kendall(order[:100], order[:100]).p_exact.value == pytest.approx(2 / math.factorial(100), rel=1e-12)


@given(st.lists(st.tuples(tied, tied), min_size=2, max_size=25))
def test_that_correlations_keep_their_size_when_an_axis_is_turned(pairs: list[tuple[float, float]]) -> None:
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    for correlate in (spearman, pearson, kendall):
        one, turned, swapped = correlate(x, y), correlate(x, [-b for b in y]), correlate(y, x)
        if one.value is None:
            assert one.reason in {"constant", "too_few_pairs"}
            continue
        assert -1 <= one.value <= 1
        assert turned.value == pytest.approx(-one.value)
        assert swapped.value == pytest.approx(one.value)
        assert one.p.value is None or 0 <= one.p.value <= 1


@given(st.lists(st.tuples(tied, tied), min_size=3, max_size=15, unique_by=(lambda p: p[0])))
def test_that_rising_transformations_leave_rank_correlations_alone(pairs: list[tuple[float, float]]) -> None:
    x, y = [a for a, _ in pairs], [b for _, b in pairs]
    for correlate in (spearman, kendall):
        assert correlate([math.exp(a) for a in x], y).value == correlate(x, y).value


def test_that_a_perfect_correlation_has_no_interval_and_says_so() -> None:
    result = spearman([1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 9.0])
    assert (result.value, result.lower, result.reason, result.p.reason) == (1.0, None, "perfect", "perfect")
    assert result.p_exact.value == pytest.approx(2 / 24)
    with pytest.raises(ValueError, match="y: 2 values"):
        spearman([1.0, 2.0, 3.0], [1.0, 2.0])


# ROC -----------------------------------------------------------------------------------------------------------------


@given(group(1, 15), group(1, 15))
def test_that_the_area_is_that_of_mann_whitney_either_way(x: list[float], y: list[float]) -> None:
    up, down = roc(x, y), roc(x, y, higher_is_positive=False)
    test = mann_whitney(x, y, exact=False)
    assert up.auc.value == pytest.approx(test.u / (len(x) * len(y)))
    assert down.auc.value == pytest.approx(1 - (up.auc.value or 0))
    assert (up.variance is None) == (min(len(x), len(y)) == 1)
    assert up.variance == pytest.approx(down.variance)
    delta = rank_biserial_interval(x, y)
    assert delta.value == pytest.approx(2 * (common_language_interval(x, y).value or 0) - 1)


@given(group(1, 15), group(1, 15))
def test_that_every_best_cut_is_as_good_as_said_and_none_is_better(x: list[float], y: list[float]) -> None:
    curve = roc(x, y)
    for cut in curve.cuts:
        assert cut.sensitivity == sum(a > cut.threshold for a in x) / len(x)
        assert cut.specificity == sum(b < cut.threshold for b in y) / len(y)
        assert cut.sensitivity + cut.specificity - 1 == pytest.approx(curve.youden)
    for threshold in [-math.inf, *x, *y]:
        better = sum(a > threshold for a in x) / len(x) + sum(b <= threshold for b in y) / len(y) - 1
        assert better <= curve.youden + 1e-12


def test_that_separation_leaves_an_area_without_a_width_and_says_so() -> None:
    curve = roc([3.0, 4.0], [1.0, 2.0])
    assert (curve.auc.value, curve.variance, curve.auc.reason) == (1.0, 0.0, "no_variance")
    assert roc([3.0], [1.0, 2.0]).auc.reason == "one_value"


# Agreement and sample size -------------------------------------------------------------------------------------------


def test_that_kappa_is_the_one_of_a_published_table() -> None:
    # Fleiss, Cohen and Everitt (1969), table 1, counts of 200: kappa 0.429, weighted by their own weights elsewhere
    shares = [[0.53, 0.05, 0.02], [0.11, 0.14, 0.05], [0.01, 0.06, 0.03]]
    first, second = [], []
    for i, row in enumerate(shares):
        for j, share in enumerate(row):
            first += [i] * round(200 * share)
            second += [j] * round(200 * share)
    result = kappa(first, second, [0, 1, 2])
    assert result.observed == pytest.approx(0.70)
    assert result.expected == pytest.approx(0.475)
    assert result.value == pytest.approx(0.429, abs=5e-4)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30))
def test_that_kappa_does_not_know_which_rating_came_first(pairs: list[tuple[int, int]]) -> None:
    one = kappa([a for a, _ in pairs], [b for _, b in pairs], [0, 1, 2], weights="linear")
    other = kappa([b for _, b in pairs], [a for a, _ in pairs], [0, 1, 2], weights="linear")
    assert one.value == pytest.approx(other.value)
    assert one.standard_error == pytest.approx(other.standard_error, abs=1e-7)
    assert one.value is None or one.value <= 1


def test_that_ratings_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="not a category"):
        kappa([1, 3], [1, 2], [1, 2])
    with pytest.raises(ValueError, match="second: 1"):
        kappa([1, 2], [1], [1, 2])
    with pytest.raises(ValueError, match="first: empty"):
        kappa([], [], [1, 2])
    assert kappa(["a"], ["b"], ["a", "b"]).value == 0


@given(st.floats(0.55, 0.95), st.floats(0.6, 0.95), st.floats(0.2, 0.8))
def test_that_the_sample_size_reaches_the_power_asked_for(p_higher: float, power: float, fraction: float) -> None:
    size = noether_sample_size(p_higher, power=power, fraction=fraction)
    assert noether_power(p_higher, size.total, fraction=fraction) == pytest.approx(power)
    mirrored = noether_sample_size(1 - p_higher, power=power, fraction=fraction)
    assert mirrored.total == pytest.approx(size.total)
    assert size.group1 + size.group2 >= size.total


def test_that_no_difference_needs_no_sample_size() -> None:
    with pytest.raises(ValueError, match="no difference"):
        noether_sample_size(0.5)
    with pytest.raises(ValueError, match="power"):
        noether_sample_size(0.7, power=1.0)


@given(group(3, 20), group(3, 20))
def test_that_the_interval_of_an_effect_lies_within_its_bounds(x: list[float], y: list[float]) -> None:
    assume(len(set(x + y)) > 1)
    effect = rank_biserial_interval(x, y)
    assert effect.value is not None
    assert effect.lower is not None
    assert effect.upper is not None
    assert -1 <= effect.lower <= effect.value <= effect.upper <= 1
    assert np.isfinite([effect.lower, effect.upper]).all()


# Awkward input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2.5, "2", None, math.nan, math.inf, True, 10**400])
def test_that_a_count_that_is_none_is_refused_by_name(count: Any) -> None:
    with pytest.raises(ValueError, match="count: "):
        clopper_pearson(count, 3)
    with pytest.raises(ValueError, match="table: "):
        fisher([[count, 1], [1, 1]])


@pytest.mark.parametrize("share", ["a", None, math.nan, [0.5], 10**400, True])
def test_that_a_share_that_is_none_is_refused_by_name(share: Any) -> None:
    with pytest.raises(ValueError, match="level: "):
        mean_interval([1.0, 2.0], share)
    with pytest.raises(ValueError, match="p_higher: "):
        noether_sample_size(share)


def test_that_tables_and_p_values_that_are_none_are_refused_by_name() -> None:
    wrong: Any
    for wrong in (["a"], [[0.5]], [1j]):
        with pytest.raises(ValueError, match="p: "):
            holm(wrong)
    for wrong in ([5.0], None, [None]):
        with pytest.raises(ValueError, match="table: "):
            fisher(wrong)


@pytest.mark.parametrize("wrong", [[[1.0], [2.0, 3.0]], np.ma.masked_array([1.0, 2.0], [False, True])])
def test_that_values_that_are_no_list_of_numbers_are_refused_by_name(wrong: Any) -> None:
    for compare in (mann_whitney, welch, roc, hodges_lehmann):
        with pytest.raises(ValueError, match="y: "):
            compare([1.0, 2.0], wrong)


@pytest.mark.parametrize("factor", [2.0**-1060, 1.0, 2.0**1000])
def test_that_a_correlation_does_not_know_the_unit(factor: float) -> None:
    x, y = [1.0, 2.0, 4.0, 7.0], [2.0, 1.0, 5.0, 6.0]
    for correlate in (pearson, spearman, kendall):
        one, other = correlate(x, y), correlate([factor * a for a in x], y)
        assert other.value == pytest.approx(one.value, rel=1e-12)
        assert other.p.value == pytest.approx(one.p.value, rel=1e-9)


def test_that_values_near_the_limits_of_floats_are_described_or_refused() -> None:
    least = math.ulp(0.0)
    assert box([least] * 3).hinge_low == least
    assert summarise([-1.5e308, 1.5e308]).q1 == pytest.approx(-0.75e308)
    assert summarise([1.5e308, 1.6e308]).median == pytest.approx(1.55e308)
    assert welch([1e200, -1e200], [1.0, 2.0]).reason == "overflow"
    with pytest.raises(ValueError, match="too large"):
        hodges_lehmann([1.5e308], [-1.5e308])
    with pytest.raises(ValueError, match="dose: too large"):
        logistic([0, 1, 0, 1], {"dose": [1e200, 2e200, 3e200, 4e200]})


def test_that_predictors_which_floats_cannot_tell_apart_are_collinear() -> None:
    base = 2.0**53
    for fit in (logistic, logistic_firth):
        assert fit([0, 1, 1, 0, 1], {"dose": [base, base + 2, base, base + 4, base + 4]}).reason == "collinear"
