"""Every figure of the golden file that has a definition, at the tolerance its source allows.

The file holds what R, coin, exactRankTests, pROC, vcd, MASS, brglm2, PSPP, mpmath and exact integers give.
What is left out stands in the lists called INFORMATION, with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from esk_engine import statistics as s
from esk_engine.statistics.adjust import benjamini_hochberg, benjamini_yekutieli, bonferroni, hochberg, holm, hommel
from esk_engine.statistics.agreement import kappa
from esk_engine.statistics.correlation import kendall, pearson, spearman
from esk_engine.statistics.means import (
    geometric_cv_interval,
    geometric_mean_interval,
    geometric_ratio,
    mean_interval,
    standard_error,
    welch,
)
from esk_engine.statistics.normal import two_sided_normal
from esk_engine.statistics.odds import conditional_odds_ratio
from esk_engine.statistics.power import noether_power, noether_sample_size, p_higher_lognormal
from esk_engine.statistics.proportions import binomial_test, clopper_pearson, wilson, wilson_corrected
from esk_engine.statistics.regression import Logistic, logistic, logistic_firth, profile_deviance
from esk_engine.statistics.risks import chi_square, odds_ratio, risk_difference, risk_ratio
from esk_engine.statistics.roc_curve import roc
from tests.reference.glm_errors import glm_errors
from tests.reference.golden_cases import Case, check, kinds, number, read_cases
from tests.reference.mass_profile import mass_limits

Ours = dict[str, tuple[Any, float]]

EXACT, SPECIAL, FITTED, PROFILE = 1e-12, 1e-10, 1e-8, 1e-6
"""Relative tolerances: arithmetic; t, normal and beta functions; iterative fits; R's interpolated profiles."""

CHI_SQUARE_95 = 3.841458820694124  # qchisq(0.95, 1)


def cases(kind: str) -> Callable[[Any], Any]:
    return pytest.mark.parametrize("case", read_cases(kind), ids=lambda case: case.name)


def kept(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def test_that_every_kind_of_case_is_compared() -> None:
    compared = {
        "two_group", "table", "pairs", "proportion", "logistic", "p_adjust", "kappa", "power_noether",
        "power_simulation",
    }  # fmt: skip
    assert kinds() <= compared


# Two groups ----------------------------------------------------------------------------------------------------------

INFORMATION_OF_GROUPS = (
    "mann_whitney.p_exact_cond_truth.source",
    # compared to the digits printed
    "mann_whitney.pspp_printed",
    # values rounded to seven digits before they are ranked
    "mann_whitney.p_asymp_cc_digits",
    # exact as if there were no ties, of a U that may be half a number
    "mann_whitney.scipy.p_exact_ignoring_ties",
    # guesses at when SPSS shows its exact P
    "mann_whitney.spss.exact_shown_if",
    # R's asymptotic root of a step function, and coin's estimate that is off on a huge range
    "hodges_lehmann.r_asymp", "hodges_lehmann.coin_exact",
    "hodges_lehmann.r_exact.conf_level",  # the level asked for
    "roc.positive_class",
)  # fmt: skip


def read_and_test(case: Case) -> tuple[list[float], list[float], s.MannWhitney]:
    x, y = kept(case.data["x"]), kept(case.data["y"])
    return x, y, s.mann_whitney(x, y)


def rank_figures(case: Case, x: list[float], y: list[float], test: s.MannWhitney) -> Ours:
    groups = s.tie_groups(np.array(x + y))
    smaller = test.rank_sum if test.m < test.n else test.rank_sum_other
    means = (test.rank_sum / test.m, test.rank_sum_other / test.n)
    lower = None if means[0] == means[1] else (test.rank_sum if means[0] < means[1] else test.rank_sum_other)
    ours: Ours = {
        "n1": (test.m, 0), "n2": (test.n, 0), "R1": (test.rank_sum, EXACT), "R2": (test.rank_sum_other, EXACT),
        "mean_rank1": (means[0], EXACT), "mean_rank2": (means[1], EXACT),
        "U1": (test.u, EXACT), "W_r": (test.u, EXACT), "U2": (test.u_other, EXACT),
        "U_min": (min(test.u, test.u_other), EXACT),
        "wilcoxon_W_smaller_group": (None if test.m == test.n else smaller, EXACT),
        "wilcoxon_W_lower_mean_rank_group": (lower, EXACT),
        "has_ties": (test.ties, 0), "all_tied": (test.z is None, 0), "n_distinct": (len(groups.sizes), 0),
        "tie_term": (groups.tie_term, EXACT), "sd_U": (test.sd, EXACT),
        "z_nocc": (test.z, EXACT), "z_cc": (test.z_corrected, EXACT),
        "p_asymp_nocc": (test.p_asymptotic.value, SPECIAL), "p_asymp_cc": (test.p_asymptotic_corrected.value, SPECIAL),
        "log10_p_asymp_nocc": (test.log10_p_asymptotic, SPECIAL),
        "spss.U": (min(test.u, test.u_other), EXACT), "spss.Z": (None if test.z is None else -abs(test.z), EXACT),
        "spss.asymp_sig_2tailed": (test.p_asymptotic.value, SPECIAL),
    }  # fmt: skip
    for side in ("less", "greater"):
        ours[f"p_asymp_nocc_{side}"] = (test.p_asymptotic_one_sided(side).value, SPECIAL)
        corrected = test.p_asymptotic_one_sided(side, corrected=True).value
        # R gives 1 where every value is equal: (0 + 0.5) / 0 is infinite there, undefined here
        ours[f"p_asymp_cc_{side}"] = (1 if test.z is None else corrected, SPECIAL)
    return {f"mann_whitney.{key}": figure for key, figure in ours.items()}


def default_figures(case: Case, test: s.MannWhitney) -> Ours:
    """What other programs give when they are asked for nothing in particular: one of our P-values each."""
    asymptotic, corrected = test.p_asymptotic.value, test.p_asymptotic_corrected.value
    small = max(test.m, test.n) < 50
    of_scipy = 1 if test.z is None else corrected  # it gives 1 where every value is equal; undefined here
    scipy_default = test.p_exact.value if min(test.m, test.n) <= 8 and not test.ties else of_scipy
    effect = s.rank_biserial(test.u, test.m, test.n)
    ours: Ours = {
        "p_asymp_coin": (asymptotic, SPECIAL),
        "p_r_default_4_2": (test.p_exact.value if small and not test.ties else corrected, SPECIAL),
        "p_r_4_6_default_predicted": (test.p_exact_doubled.value if small else corrected, SPECIAL),
        "scipy.U": (test.u, EXACT), "pingouin.U_val": (test.u, EXACT),
        "scipy.p_default": (scipy_default, SPECIAL), "pingouin.p_val": (scipy_default, SPECIAL),
        "scipy.p_asymptotic_cc": (of_scipy, SPECIAL), "scipy.p_asymptotic_nocc": (asymptotic, SPECIAL),
        "pingouin.RBC": (effect, EXACT), "pingouin.CLES": ((effect + 1) / 2, EXACT),
    }  # fmt: skip
    return {f"mann_whitney.{key}": figure for key, figure in ours.items()}


def check_printed_by_pspp(case: Case, test: s.MannWhitney) -> None:
    """U, W, Z and P to the digits that PSPP prints."""
    lower = test.rank_sum if test.rank_sum / test.m < test.rank_sum_other / test.n else test.rank_sum_other
    ours = {"U": min(test.u, test.u_other), "W": lower, "Z": None if test.z is None else -abs(test.z)}
    for key, figure in (ours | {"asymp_sig_2tailed": test.p_asymptotic.value}).items():
        printed = case.expected.get(f"mann_whitney.pspp_printed.{key}")
        if printed is not None and figure is not None:
            half = 0.5 * 10.0 ** -len(printed.partition(".")[2])
            assert abs(figure - float(printed)) <= half * (1 + 1e-9), f"{case.name}: {key}"
        elif printed is not None:
            assert printed == "NaN"


def exact_figures(case: Case, test: s.MannWhitney) -> Ours:
    """Exact P by five sources; where a source has none (too large for it, ties) ours is not compared with it."""
    figures = {
        "p_exact_cond_truth.two_sided_abs": (test.p_exact.value, EXACT),
        "p_exact_cond_truth.less": (test.p_exact_less.value, EXACT),
        "p_exact_cond_truth.greater": (test.p_exact_greater.value, EXACT),
        "p_exact_cond_truth.doubled": (test.p_exact_doubled.value, EXACT),
        "p_exact_cond_coin": (test.p_exact.value, SPECIAL),
        "p_exact_cond_coin_less": (test.p_exact_less.value, SPECIAL),
        "p_exact_cond_coin_greater": (test.p_exact_greater.value, SPECIAL),
        "p_exact_cond_doubled": (test.p_exact_doubled.value, SPECIAL),
        "p_exact_cond_exactranktests": (test.p_exact.value, SPECIAL),
        "p_exact_noties_r": (test.p_exact.value, SPECIAL),
        "p_exact_noties_r_less": (test.p_exact_less.value, SPECIAL),
        "p_exact_noties_r_greater": (test.p_exact_greater.value, SPECIAL),
        "p_exact_cond_truth": (test.p_exact.value, EXACT),
    }
    floor, ceiling = test.p_exact_spss.bounds or (test.p_exact_spss.value, test.p_exact_spss.value)
    figures["spss.exact_sig_not_corrected_for_ties_floor"] = (floor, SPECIAL)
    figures["spss.exact_sig_not_corrected_for_ties_ceil"] = (ceiling, SPECIAL)
    theirs = {f"mann_whitney.{key}": figure for key, figure in figures.items()}
    return {
        path: (None if case.expected.get(path, 0) is None else figure, relative)
        for path, (figure, relative) in theirs.items()
    }


def shift_figures(case: Case, x: list[float], y: list[float]) -> Ours:
    result = s.hodges_lehmann(x, y)
    # 1e-9 of the range of the data, as a tolerance for the figure itself
    span = max(x + y) - min(x + y)

    def near(figure: float | None) -> tuple[Any, float]:
        return figure, 0 if not figure else 1e-9 * span / abs(figure)

    exact, normal = result.exact, result.normal
    ours = {
        "median_of_pairwise_differences": near(result.shift),
        "ci_exact_order_statistics.lo": near(exact.lower),
        "ci_exact_order_statistics.hi": near(exact.upper),
        "ci_exact_order_statistics.achieved_level": (exact.achieved_level, EXACT),
        "ci_normal_order_statistics.k": (normal.order, 0),
        "ci_normal_order_statistics.lo": near(normal.lower),
        "ci_normal_order_statistics.hi": near(normal.upper),
        "r_exact.estimate": near(result.shift),
        "r_exact.lo": near(exact.lower),
        "r_exact.hi": near(exact.upper),
    }
    for branch in ("ci_exact_order_statistics", "ci_normal_order_statistics", "r_exact"):
        if case.expected.get(f"hodges_lehmann.{branch}", 0) is None:  # not feasible there, or (R) with ties
            ours[branch] = (None, 0)
    return {f"hodges_lehmann.{key}": figure for key, figure in ours.items()}


def effect_figures(x: list[float], y: list[float], test: s.MannWhitney) -> Ours:
    effects = s.rank_effects(x, y)
    ours = {
        "p_x_gt_y": effects.p_higher,
        "p_x_lt_y": effects.p_lower,
        "p_tie": effects.p_tied,
        "cles": effects.common_language,
        "cliffs_delta": effects.cliffs_delta,
        "rank_biserial": s.rank_biserial(test.u, test.m, test.n),
        "r_z_over_sqrtN": None if test.z is None else test.z / math.sqrt(test.m + test.n),
    }
    return {f"effect.{key}": (figure, EXACT) for key, figure in ours.items()}


def summary_figures(name: str, values: list[float]) -> Ours:
    summary, mean = s.summarise(values), mean_interval(values)
    geometric, cv = geometric_mean_interval(values), geometric_cv_interval(values)

    def share(percent: float | None) -> float | None:
        return None if percent is None else percent / 100

    ours: Ours = {
        "n": (summary.n, 0), "mean": (summary.mean, EXACT), "sd": (summary.sd, EXACT),
        "sem": (standard_error(values), EXACT), "min": (summary.minimum, 0), "max": (summary.maximum, 0),
        "median": (summary.median, EXACT), "q1_type7": (summary.q1, EXACT), "q3_type7": (summary.q3, EXACT),
        "q1_type6": (summary.q1_type6, EXACT), "q3_type6": (summary.q3_type6, EXACT),
        "q1_tukey_hinge": (summary.hinge_low, EXACT), "q3_tukey_hinge": (summary.hinge_high, EXACT),
        "iqr_type7": (summary.q3 - summary.q1, EXACT), "iqr_type6": (summary.q3_type6 - summary.q1_type6, EXACT),
        "cv": (share(summary.cv_percent), EXACT), "mean_ci": ([mean.lower, mean.upper], SPECIAL),
        "geo.gm": (summary.geometric_mean, EXACT), "geo.gsd": (summary.geometric_sd, EXACT),
        "geo.gcv": (share(summary.geometric_cv_percent), EXACT),
        "geo.gm_ci": ([geometric.lower, geometric.upper], SPECIAL),
        "geo.gcv_ci": ([share(cv.lower), share(cv.upper)], SPECIAL),
    }  # fmt: skip
    return {f"{name}.{key}": figure for key, figure in ours.items()}


def welch_figures(x: list[float], y: list[float]) -> Ours:
    raw, logs = welch(x, y), geometric_ratio(x, y)
    ours: Ours = {"welch_raw.diff": (raw.estimate, SPECIAL), "welch_log.gmr": (logs.estimate, SPECIAL)}
    for name, test in (("welch_raw", raw), ("welch_log", logs)):
        for key, figure in (("t", test.t), ("df", test.df), ("p", test.p), ("lo", test.lower), ("hi", test.upper)):
            ours[f"{name}.{key}"] = (figure, SPECIAL)
    return ours


def roc_figures(case: Case, x: list[float], y: list[float]) -> Ours:
    ours: Ours = {}
    for higher, name in ((True, "roc.higher_is_positive"), (False, "roc.lower_is_positive")):
        curve = roc(x, y, higher_is_positive=higher)
        # they list cuts from the most positive calls to the fewest
        theirs = number(case.expected[f"{name}.youden.threshold"])
        cuts = sorted(curve.cuts, key=lambda cut: cut.threshold, reverse=theirs != sorted(theirs))
        error = None if curve.variance is None else math.sqrt(curve.variance)
        ours |= {
            f"{name}.auc": (curve.auc.value, EXACT),
            f"{name}.delong_var": (curve.variance, SPECIAL),
            f"{name}.delong_se": (error, SPECIAL),
            f"{name}.delong_ci": ([curve.auc.lower, curve.auc.upper], SPECIAL),
            f"{name}.youden.J": (curve.youden, EXACT),
            f"{name}.youden.threshold": ([cut.threshold for cut in cuts], EXACT),
            f"{name}.youden.sensitivity": ([cut.sensitivity for cut in cuts], EXACT),
            f"{name}.youden.specificity": ([cut.specificity for cut in cuts], EXACT),
        }
    return ours


@cases("two_group")
def test_that_two_groups_are_compared_as_other_programs_do(case: Case) -> None:
    x, y, test = read_and_test(case)
    ours = rank_figures(case, x, y, test) | exact_figures(case, test) | shift_figures(case, x, y)
    ours |= effect_figures(x, y, test) | summary_figures("group1", x) | summary_figures("group2", y)
    ours |= welch_figures(x, y) | roc_figures(case, x, y) | default_figures(case, test)
    check_printed_by_pspp(case, test)
    check(case, ours, INFORMATION_OF_GROUPS)


# Tables --------------------------------------------------------------------------------------------------------------

INFORMATION_OF_TABLES = (
    "or_conditional",  # R's root finder: off by up to 3e-3; fisher_high_precision has the true ones
)


def share(row: list[int]) -> float | None:
    return wilson(row[0], sum(row)).value if sum(row) else None


def two_by_two_figures(table: list[list[int]]) -> Ours:
    fisher = s.fisher(table)
    conditional, plain, haldane = (
        conditional_odds_ratio(table),
        odds_ratio(table),
        odds_ratio(table, haldane=True),
    )
    ratio, difference = risk_ratio(table), risk_difference(table)
    # R gives 1 where a row is empty; undefined here
    empty = fisher.reason == "one_row_or_column"
    return {
        "fisher_p": (1 if empty else fisher.p, SPECIAL),
        "fisher_p_less": (1 if empty else fisher.p_less, SPECIAL),
        "fisher_p_greater": (1 if empty else fisher.p_greater, SPECIAL),
        "fisher_high_precision.p_two_sided": (fisher.p, EXACT),
        "fisher_high_precision.p_less": (fisher.p_less, EXACT),
        "fisher_high_precision.p_greater": (fisher.p_greater, EXACT),
        "fisher_high_precision.or_conditional": (conditional.value, SPECIAL),
        "fisher_high_precision.ci": ([conditional.lower, conditional.upper], SPECIAL),
        "row1_prop": (share(table[0]), EXACT),
        "row2_prop": (share(table[1]), EXACT),
        "or_sample": (plain.value, EXACT),
        "or_woolf_ci": ([plain.lower, plain.upper], EXACT),
        "or_haldane": (haldane.value, EXACT),
        "or_haldane_ci": ([haldane.lower, haldane.upper], EXACT),
        "rr": (ratio.value, EXACT),
        "rr_katz_ci": ([ratio.lower, ratio.upper], EXACT),
        "risk_diff": (difference.value, EXACT),
        "risk_diff_newcombe_ci": ([difference.lower, difference.upper], EXACT),
    }


@cases("table")
def test_that_tables_are_tested_as_other_programs_do(case: Case) -> None:
    table = case.data["table"]
    chi = chi_square(table)
    ours: Ours = {
        "chisq": (chi.statistic, EXACT),
        "chisq_df": (chi.df, 0),
        "chisq_p": (chi.p, SPECIAL),
        "chisq_yates": (chi.statistic_yates, EXACT),
        "chisq_yates_p": (chi.p_yates, SPECIAL),
        "min_expected": (chi.smallest_expected, EXACT),
    }
    if len(table) == len(table[0]) == 2:
        ours |= two_by_two_figures(table)
    else:
        fisher = s.fisher(table)
        ours |= {
            "fisher_p": (fisher.p, SPECIAL),
            "fisher_p_less": (fisher.p_less, SPECIAL),
            "fisher_p_greater": (fisher.p_greater, SPECIAL),
        }
    check(case, ours, INFORMATION_OF_TABLES)


# Pairs, proportions, adjusted P-values, agreement ---------------------------------------------------------------------


@cases("pairs")
def test_that_pairs_are_correlated_as_other_programs_do(case: Case) -> None:
    both = [(a, b) for a, b in zip(case.data["x"], case.data["y"], strict=True) if None not in (a, b)]
    x, y = [a for a, _ in both], [b for _, b in both]
    by_rank, linear, by_pairs = spearman(x, y), pearson(x, y), kendall(x, y)
    n = len(both)
    ours: Ours = {
        "n": (by_rank.n, 0),
        "spearman_rho": (by_rank.value, EXACT),
        # R's S = (n^3 - n) (1 - rho) / 6
        "spearman_S": (None if by_rank.value is None else (n**3 - n) * (1 - by_rank.value) / 6, SPECIAL),
        "spearman_p_t_approx": (by_rank.p.value, SPECIAL),
        "spearman_ci_bonett_wright": ([by_rank.lower, by_rank.upper], EXACT),
        "pearson_r": (linear.value, EXACT),
        "pearson_p": (linear.p.value, SPECIAL),
        "pearson_ci": ([linear.lower, linear.upper], SPECIAL),
        "kendall_tau_b": (by_pairs.value, EXACT),
        "kendall_p_asymp": (by_pairs.p.value, SPECIAL),
    }
    # R's default: with ties (or from 1290 pairs on) the t approximation, without them the exact P up to nine pairs,
    # then a series, which it cuts off at 0
    if len(set(x)) < n or len(set(y)) < n or n >= 1290:
        default = by_rank.p.value
    elif n <= 9:
        default = by_rank.p_exact.value
    else:
        default = 0 if by_rank.p_edgeworth.reason == "series_out_of_range" else by_rank.p_edgeworth.value
    ours["spearman_p_r_default"] = (default, SPECIAL)
    check(case, ours, ("note",))


@cases("proportion")
def test_that_proportions_have_the_intervals_of_other_programs(case: Case) -> None:
    count, n = case.data["x"], case.data["n"]
    intervals = {
        "clopper_pearson": clopper_pearson(count, n),
        "wilson": wilson(count, n),
        "wilson_cc": wilson_corrected(count, n),
    }
    ours: Ours = {key: ([found.lower, found.upper], SPECIAL) for key, found in intervals.items()}
    ours |= {
        "estimate": (intervals["wilson"].value, EXACT),
        "binom_p_half": (binomial_test(count, n).value, SPECIAL),
    }
    check(case, ours, ())


@cases("p_adjust")
def test_that_p_values_are_adjusted_as_r_does(case: Case) -> None:
    methods = {
        "holm": holm,
        "BH": benjamini_hochberg,
        "bonferroni": bonferroni,
        "hochberg": hochberg,
        "hommel": hommel,
        "BY": benjamini_yekutieli,
    }
    check(case, {key: (method(case.data["p"]), EXACT) for key, method in methods.items()}, ())


@cases("kappa")
def test_that_agreement_is_that_of_vcd_and_psych(case: Case) -> None:
    data = case.data
    ours: Ours = {}
    for weights in ("unweighted", "linear", "quadratic"):
        result = kappa(data["rater1"], data["rater2"], data["levels"], weights=weights)
        name = "unweighted_vcd" if weights == "unweighted" else f"{weights}_weighted_vcd"
        ours[f"{name}.value"] = (result.value, EXACT)
        ours[f"{name}.ase"] = (result.standard_error, SPECIAL)
        ours[f"{name}.lo"] = (result.lower, SPECIAL)
        ours[f"{name}.hi"] = (result.upper, SPECIAL)
    plain = kappa(data["rater1"], data["rater2"], data["levels"])
    limits = None if plain.value is None else [plain.lower, plain.value, plain.upper]
    ours |= {
        "n": (plain.n, 0),
        "observed_agreement": (plain.observed, EXACT),
        "expected_agreement": (plain.expected, EXACT),
        "kappa": (plain.value, EXACT),
        "psych_unweighted": (limits, SPECIAL),
    }
    check(case, ours, ())


# Logistic regression -------------------------------------------------------------------------------------------------


def profile_figures(outcome: list[int], predictors: dict[str, list[float]], fit: Logistic) -> Ours:
    """R's limits from our profile by R's interpolation, which puts them up to 2e-4 beside the roots that we give."""
    ours: Ours = {}
    for b in fit.coefficients:

        def deviance(at: float, name: str = b.name) -> float:
            return float(profile_deviance(outcome, predictors, name, [at])[0])

        limits = mass_limits(deviance, b.value, b.standard_error)
        assert b.profile_lower is not None
        assert b.profile_upper is not None
        for ours_is, name, theirs in zip((b.profile_lower, b.profile_upper), ("lo", "hi"), limits, strict=True):
            assert deviance(ours_is) == pytest.approx(CHI_SQUARE_95, rel=SPECIAL)
            assert ours_is == pytest.approx(theirs, rel=5e-4)
            ours[f"coef_profile_{name}.{b.name}"] = (theirs, PROFILE)
    return ours


def wald_figures(outcome: list[int], predictors: dict[str, list[float]], fit: Logistic) -> Ours:
    """R's errors lag a step behind its estimates: its own way must give them; ours are those without the lag."""
    ours: Ours = {}
    design = np.column_stack([np.ones(len(outcome)), *predictors.values()])
    y = np.array(outcome, dtype=np.float64)
    errors, settled = glm_errors(design, y).tolist(), glm_errors(design, y, epsilon=0.0).tolist()
    for b, error, exact in zip(fit.coefficients, errors, settled, strict=True):
        assert b.standard_error == pytest.approx(exact, rel=SPECIAL)
        assert b.standard_error == pytest.approx(error, rel=1e-6)
        assert b.p == pytest.approx(two_sided_normal(b.value / exact), rel=FITTED)
        half = 1.959963984540054 * error
        figures = {
            "coef": b.value, "odds_ratio": b.odds_ratio, "se": error, "z": b.value / error,
            "p": two_sided_normal(b.value / error),
            "or_wald_lo": math.exp(b.value - half), "or_wald_hi": math.exp(b.value + half),
        }  # fmt: skip
        ours |= {f"{key}.{b.name}": (figure, FITTED) for key, figure in figures.items()}
    return ours


@cases("logistic")
def test_that_regressions_are_those_of_glm_mass_and_brglm2(case: Case) -> None:
    outcome, predictors = case.data["outcome"], case.data["predictors"]
    fit, firth = logistic(outcome, predictors), logistic_firth(outcome, predictors)
    ours: Ours = {"separable": (fit.separation is not None, 0)}
    for b in firth.coefficients:
        ours[f"firth_coef.{b.name}"] = (b.value, FITTED)
        ours[f"firth_se.{b.name}"] = (b.standard_error, FITTED)
    if fit.coefficients:
        ours |= wald_figures(outcome, predictors, fit)
        ours |= profile_figures(outcome, predictors, fit)
        ours |= {
            "deviance": (fit.deviance, FITTED),
            "null_deviance": (fit.null_deviance, FITTED),
            "aic": (fit.aic, FITTED),
            "lr_p": (fit.p_likelihood_ratio, FITTED),
        }
    else:
        assert fit.reason == "separation"
        ours |= dict.fromkeys(("coef", "se", "z", "p"), (None, 0))
    check(case, ours, ("note", "r_glm_default", "converged"))


# Sample size and power -----------------------------------------------------------------------------------------------


@cases("power_noether")
def test_that_sample_sizes_are_noethers(case: Case) -> None:
    data = case.data
    share, alpha = data["fraction_group1"], data["alpha"]
    size = noether_sample_size(data["p_x_gt_y"], power=data["power"], alpha=alpha, fraction=share)
    ours: Ours = {
        "N_total": (size.total, SPECIAL),
        "N_total_ceiling": (size.total_whole, 0),
        "n1_ceiling": (size.group1, 0),
        "n2_ceiling": (size.group2, 0),
    }
    for path in case.expected:
        if path.startswith("power_at_given_N."):
            total = float(path.partition(".")[2])
            ours[path] = (noether_power(data["p_x_gt_y"], total, alpha=alpha, fraction=share), SPECIAL)
    check(case, ours, ())


@cases("power_simulation")
def test_that_simulated_power_is_that_of_another_program_and_near_noethers(case: Case) -> None:
    data, replicates = case.data, 20_000
    m, n = data["n1"], data["n2"]
    spread = math.sqrt(math.log1p(data["cv"] ** 2))
    draws = np.random.default_rng(20231001).normal(size=(replicates, m + n))
    draws[:, :m] += math.log(data["gmr"]) / spread
    # without ties the rank sum is all that a test needs of a sample
    sums = draws.argsort(axis=1).argsort(axis=1)[:, :m].sum(axis=1) + m
    null = s.NullDistribution(np.arange(m + n, dtype=np.float64), m)
    distance = np.abs(sums - m * (m + n + 1) / 2)
    sd = math.sqrt(m * n * (m + n + 1) / 12)
    corrected, plain = np.maximum(distance - 0.5, 0) / sd, distance / sd
    critical = 1.959963984540054
    powers = {
        "power_asymp_nocc": float((plain > critical).mean()),
        "power_asymp_cc": float((corrected > critical).mean()),
        "power_exact": float((null.p_two_sided(sums) <= data["alpha"]).mean()),
    }
    assert data["alpha"] == 0.05
    theirs = case.expected["mc_se"]
    for key, power in powers.items():
        error = math.hypot(theirs, math.sqrt(power * (1 - power) / replicates))
        assert abs(power - case.expected[key]) <= 4 * error, key
    p_higher = p_higher_lognormal(data["gmr"], data["cv"])
    noether = noether_power(p_higher, m + n, alpha=data["alpha"], fraction=m / (m + n))
    assert p_higher == pytest.approx(case.expected["true_p_x_gt_y"], rel=SPECIAL)
    assert noether == pytest.approx(case.expected["noether_power"], rel=SPECIAL)
    assert abs(noether - powers["power_exact"]) < 0.03
