"""How well one value tells two groups apart: the ROC curve, its area with DeLong's interval, and the best cuts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from esk_engine.statistics.normal import normal_quantile
from esk_engine.statistics.values import Estimate, FloatArray, Values, as_level, as_values


@dataclass(frozen=True, slots=True)
class Cut:
    """A threshold and what it gives.

    Attributes
    ----------
    threshold : float
        Half-way between two neighbouring values, or infinite: then all or none are called positive.
    sensitivity, specificity : float
        Shares of x called positive and of y called negative, in [0, 1].
    """

    threshold: float
    sensitivity: float
    specificity: float


@dataclass(frozen=True, slots=True)
class Roc:
    """The ROC curve of x (positive) against y.

    Attributes
    ----------
    auc : Estimate
        Area in [0, 1], u / (m n) for higher values positive, with DeLong's interval clipped to [0, 1]; method
        ``"auc_delong"``. Limits None with reason ``one_value`` where a group has one value; reason ``no_variance``
        where the interval has no width, as with complete separation, and says nothing.
    variance : float or None
        DeLong's variance of the area.
    youden : float
        Largest sensitivity + specificity - 1.
    cuts : tuple of Cut
        Every cut that reaches it, ascending.
    higher_is_positive : bool
        Whether values above (or below) a threshold are called positive.
    method : str
        ``"roc_delong"``.
    """

    auc: Estimate
    variance: float | None
    youden: float
    cuts: tuple[Cut, ...]
    higher_is_positive: bool
    method: str = "roc_delong"


def roc(x: Values, y: Values, *, higher_is_positive: bool = True, level: float = 0.95) -> Roc:
    """Judge how well a value separates x from y.

    Parameters
    ----------
    x, y : array_like, shapes (m,), (n,)
        Those with and those without the outcome: finite numbers, missing ones dropped by the caller.
    higher_is_positive : bool
        Which way the value points; it is never chosen by the data.
    level : float
        Confidence level of the area.

    References
    ----------
    DeLong ER et al. Biometrics 1988;44:837-45. Youden WJ. Cancer 1950;3:32-5.

    Examples
    --------
    >>> curve = roc([3.0, 5.0, 6.0], [1.0, 2.0, 4.0])
    >>> round(curve.auc.value, 6), [cut.threshold for cut in curve.cuts]
    (0.888889, [2.5, 4.5])
    """
    first, second, level = as_values(x, "x"), as_values(y, "y"), as_level(level)
    sign = 1.0 if higher_is_positive else -1.0
    auc, variance = _area(sign * first, sign * second, level)
    youden, cuts = _best_cuts(sign * first, sign * second, sign)
    return Roc(auc, variance, youden, cuts, higher_is_positive)


def common_language_interval(x: Values, y: Values, level: float = 0.95) -> Estimate:
    """Estimate P(x > y) + half P(x = y) with DeLong's interval, clipped to [0, 1]; method ``"common_language_delong"``.

    Examples
    --------
    >>> round(common_language_interval([3.0, 5.0, 6.0], [1.0, 2.0, 4.0]).value, 6)
    0.888889
    """
    auc = _area(as_values(x, "x"), as_values(y, "y"), as_level(level))[0]
    return Estimate(auc.value, auc.lower, auc.upper, level, "common_language_delong", auc.reason)


def rank_biserial_interval(x: Values, y: Values, level: float = 0.95) -> Estimate:
    """Estimate the rank-biserial correlation (Cliff's delta), positive where x is higher, with DeLong's interval.

    Twice the common-language effect size minus 1, limits too, in [-1, 1]; method ``"rank_biserial_delong"``.

    Examples
    --------
    >>> round(rank_biserial_interval([3.0, 5.0, 6.0], [1.0, 2.0, 4.0]).value, 6)
    0.777778
    """
    auc = common_language_interval(x, y, level)
    value, lower, upper = (None if figure is None else 2 * figure - 1 for figure in (auc.value, auc.lower, auc.upper))
    return Estimate(value, lower, upper, level, "rank_biserial_delong", auc.reason)


def _area(x: FloatArray, y: FloatArray, level: float) -> tuple[Estimate, float | None]:
    """Area with its interval, and its variance, from each value's share of the other group below it."""
    placed_x, placed_y = _twice_below(x, y), _twice_below(y, x)
    area = float(placed_x.sum()) / (2 * x.size * y.size)
    if min(x.size, y.size) < 2:
        return Estimate(area, None, None, level, "auc_delong", "one_value"), None
    variance = _variance(placed_x / (2 * y.size)) / x.size + _variance(placed_y / (2 * x.size)) / y.size
    half = normal_quantile((1 + level) / 2) * math.sqrt(variance)
    reason = "no_variance" if variance == 0 else None
    return Estimate(area, max(0.0, area - half), min(1.0, area + half), level, "auc_delong", reason), variance


def _twice_below(values: FloatArray, others: FloatArray) -> FloatArray:
    ordered = np.sort(others)
    return (ordered.searchsorted(values, "left") + ordered.searchsorted(values, "right")).astype(np.float64)


def _variance(values: FloatArray) -> float:
    if values.min() == values.max():
        return 0.0
    return float(values.var(ddof=1))


def _best_cuts(x: FloatArray, y: FloatArray, sign: float) -> tuple[float, tuple[Cut, ...]]:
    """All cuts with the largest Youden index, compared as whole numbers so that equals are equal."""
    m, n = x.size, y.size
    found = np.unique(np.concatenate((x, y)))
    thresholds = np.concatenate(([-math.inf], found[:-1] / 2 + found[1:] / 2, [math.inf]))
    # a value is positive above the threshold: above the k-th of the distinct values
    positive = np.concatenate(([m], m - np.sort(x).searchsorted(found, "right")))
    negative = np.concatenate(([0], np.sort(y).searchsorted(found, "right")))
    index = positive * n + negative * m
    best = int(index.max())
    cuts = [
        Cut(sign * float(thresholds[i]), int(positive[i]) / m, int(negative[i]) / n)
        for i in np.flatnonzero(index == best).tolist()
    ]
    return (best - m * n) / (m * n), tuple(sorted(cuts, key=lambda cut: cut.threshold))
