"""Means: intervals for one group, Welch's comparison of two, and the same on the log scale as ratios."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from esk_engine.statistics.special import chi_square_quantile, student_quantile, student_two_sided
from esk_engine.statistics.summaries import exponential, mean_and_sd
from esk_engine.statistics.values import Estimate, FloatArray, Values, as_level, as_values


def mean_interval(values: Values, level: float = 0.95) -> Estimate:
    """Estimate the mean of one group with Student's interval.

    Parameters
    ----------
    values : array_like, shape (n,)
        Finite numbers, missing ones dropped by the caller.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        In the unit of the values; method ``"mean_t"``; limits None with reason ``one_value``.

    Examples
    --------
    >>> estimate = mean_interval([1.0, 2.0, 3.0])
    >>> estimate.value, round(estimate.lower, 6), round(estimate.upper, 6)
    (2.0, -0.484138, 4.484138)
    """
    return _interval(as_values(values, "values").tolist(), as_level(level), "mean_t")


def standard_error(values: Values) -> float | None:
    """Standard error of the mean; None for one value.

    Examples
    --------
    >>> standard_error([1.0, 3.0, 5.0, 7.0]) == (20 / 3 / 4) ** 0.5
    True
    """
    array = as_values(values, "values")
    sd = mean_and_sd(array.tolist())[1]
    return None if sd is None else sd / math.sqrt(array.size)


def geometric_mean_interval(values: Values, level: float = 0.95) -> Estimate:
    """Estimate the geometric mean with Student's interval on the logarithms.

    Parameters as for `mean_interval`. Returns an `Estimate` in the unit of the values, method
    ``"geometric_mean_t"``; None with reason ``not_all_positive``, limits None with ``one_value``.

    Examples
    --------
    >>> round(geometric_mean_interval([1.0, 10.0, 100.0]).value, 12)
    10.0
    """
    array, level, method = as_values(values, "values"), as_level(level), "geometric_mean_t"
    if array.min() <= 0:
        return Estimate(None, None, None, level, method, "not_all_positive")
    return _exponentiated(_interval(np.log(array).tolist(), level, method))


def geometric_cv_interval(values: Values, level: float = 0.95) -> Estimate:
    """Estimate the geometric coefficient of variation, in percent, with the chi-square interval of the log variance.

    Parameters as for `mean_interval`. Returns an `Estimate` in percent, method ``"geometric_cv_chi_square"``; None with
    reason ``not_all_positive`` or ``one_value``. A limit too large for a float is infinite.

    Examples
    --------
    >>> estimate = geometric_cv_interval([40.0, 50.0, 60.0, 75.0])
    >>> [round(figure, 2) for figure in (estimate.value, estimate.lower, estimate.upper)]
    [27.2, 15.22, 130.31]
    """
    level, method = as_level(level), "geometric_cv_chi_square"
    variances, reason = _log_variances(values, level)
    if variances is None:
        return Estimate(None, None, None, level, method, reason)
    value, lower, upper = (_cv_percent(variance) for variance in variances)
    return Estimate(value, lower, upper, level, method)


def geometric_sd_interval(values: Values, level: float = 0.95) -> Estimate:
    """Estimate the geometric standard deviation, a factor >= 1, with the chi-square interval of the log variance.

    Parameters as for `mean_interval`. Returns an `Estimate`, method ``"geometric_sd_chi_square"``; None with reason
    ``not_all_positive`` or ``one_value``. A limit too large for a float is infinite.

    Examples
    --------
    >>> estimate = geometric_sd_interval([40.0, 50.0, 60.0, 75.0])
    >>> [round(figure, 3) for figure in (estimate.value, estimate.lower, estimate.upper)]
    [1.306, 1.163, 2.708]
    """
    level, method = as_level(level), "geometric_sd_chi_square"
    variances, reason = _log_variances(values, level)
    if variances is None:
        return Estimate(None, None, None, level, method, reason)
    value, lower, upper = (_exp(math.sqrt(variance)) for variance in variances)
    return Estimate(value, lower, upper, level, method)


def cv_interval(values: Values, level: float = 0.95) -> Estimate:
    """Estimate the coefficient of variation, in percent, with Vangel's modification of McKay's interval.

    It holds for values that are roughly normal with a CV below some 33 %. Parameters as for `mean_interval`. Returns an
    `Estimate` in percent, method ``"cv_vangel"``; the limits are None with reason ``one_value``, ``not_all_positive``
    or, where the interval has no upper end, ``cv_too_large``.

    References
    ----------
    Vangel MG. Confidence intervals for a normal coefficient of variation. Am Stat 1996;50:21-6.

    Examples
    --------
    >>> estimate = cv_interval([40.0, 50.0, 60.0, 75.0])
    >>> [round(figure, 2) for figure in (estimate.value, estimate.lower, estimate.upper)]
    [26.54, 14.73, 131.88]
    """
    array, level, method = as_values(values, "values"), as_level(level), "cv_vangel"
    if array.min() <= 0:
        return Estimate(None, None, None, level, method, "not_all_positive")
    mean, sd = mean_and_sd(array.tolist())
    if mean is None or sd is None:
        return Estimate(None, None, None, level, method, "one_value")
    n, cv = array.size, sd / mean

    def limit(probability: float) -> float | None:
        quantile = chi_square_quantile(probability, n - 1)
        squared = ((quantile + 2) / n - 1) * cv * cv + quantile / (n - 1)
        return 100 * cv / math.sqrt(squared) if squared > 0 else None

    lower, upper = limit((1 + level) / 2), limit((1 - level) / 2)
    return Estimate(100 * cv, lower, upper, level, method, "cv_too_large" if upper is None else None)


def _log_variances(values: Values, level: float) -> tuple[tuple[float, float, float] | None, str | None]:
    """Variance of the logarithms and its chi-square limits, or None and the reason."""
    array = as_values(values, "values")
    if array.min() <= 0:
        return None, "not_all_positive"
    sd = mean_and_sd(np.log(array).tolist())[1]
    if sd is None:
        return None, "one_value"
    df, tail = array.size - 1, (1 - level) / 2
    variance = sd * sd
    lower = variance * df / chi_square_quantile(1 - tail, df)
    return (variance, lower, variance * df / chi_square_quantile(tail, df)), None


def _cv_percent(variance: float) -> float:
    try:
        return 100 * math.sqrt(math.expm1(variance))
    except OverflowError:
        return math.inf


@dataclass(frozen=True, slots=True)
class Welch:
    """Welch's t test of x against y.

    Attributes
    ----------
    estimate : float or None
        Mean of x minus mean of y; or the ratio of their geometric means.
    lower, upper : float or None
        Its confidence limits.
    level : float
        Their level.
    t, df : float or None
        The statistic, its sign that of the difference, and its (fractional) degrees of freedom.
    p : float or None
        Two-sided.
    method : str
        ``"welch_difference"`` or ``"welch_geometric_ratio"``.
    reason : str or None
        ``one_value``, ``constant``, ``not_all_positive`` or ``overflow`` where figures are None.
    """

    estimate: float | None
    lower: float | None
    upper: float | None
    level: float
    t: float | None
    df: float | None
    p: float | None
    method: str
    reason: str | None = None


def welch(x: Values, y: Values, level: float = 0.95) -> Welch:
    """Compare two means without assuming equal variances.

    Parameters
    ----------
    x, y : array_like, shapes (m,), (n,)
        The groups: finite numbers, missing ones dropped by the caller.
    level : float
        Confidence level.

    References
    ----------
    Welch BL. Biometrika 1947;34:28-35.

    Examples
    --------
    >>> test = welch([1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0])
    >>> test.estimate, round(test.t, 6), round(test.df, 6)
    (-1.5, -1.133893, 3.234719)
    """
    return _welch(as_values(x, "x"), as_values(y, "y"), as_level(level), "welch_difference")


def geometric_ratio(x: Values, y: Values, level: float = 0.95) -> Welch:
    """Compare two geometric means: Welch's test on the logarithms, its difference and limits as ratios.

    Parameters as for `welch`; every value must be above 0, else everything is None with reason ``not_all_positive``.

    Examples
    --------
    >>> round(geometric_ratio([2.0, 8.0], [1.0, 4.0]).estimate, 12)
    2.0
    """
    first, second, level = as_values(x, "x"), as_values(y, "y"), as_level(level)
    method = "welch_geometric_ratio"
    if min(first.min(), second.min()) <= 0:
        return Welch(None, None, None, level, None, None, None, method, "not_all_positive")
    result = _welch(np.log(first), np.log(second), level, method)
    if result.estimate is None or result.lower is None or result.upper is None:
        return result
    ratio = (_exp(result.estimate), _exp(result.lower), _exp(result.upper))
    return Welch(*ratio, level, result.t, result.df, result.p, method)


def _welch(x: FloatArray, y: FloatArray, level: float, method: str) -> Welch:
    (mean_x, sd_x), (mean_y, sd_y) = mean_and_sd(x.tolist()), mean_and_sd(y.tolist())
    if mean_x is None or mean_y is None or sd_x is None or sd_y is None:
        reason = "one_value" if min(x.size, y.size) == 1 else "overflow"
        return Welch(None, None, None, level, None, None, None, method, reason)
    first, second = sd_x * sd_x / x.size, sd_y * sd_y / y.size
    error = math.sqrt(first + second)
    if error <= 10 * 2.0**-52 * max(abs(mean_x), abs(mean_y)):  # R's rule for "essentially constant"
        return Welch(None, None, None, level, None, None, None, method, "constant")
    df = (first + second) ** 2 / (first * first / (x.size - 1) + second * second / (y.size - 1))
    difference = mean_x - mean_y
    t = difference / error
    half = student_quantile((1 + level) / 2, df) * error
    return Welch(
        difference, difference - half, difference + half, level, t, df, student_two_sided(t, df), method
    )  # fmt: skip


def _interval(values: list[float], level: float, method: str) -> Estimate:
    mean, sd = mean_and_sd(values)
    if mean is None or sd is None:
        reason = "one_value" if len(values) == 1 else "overflow"
        return Estimate(mean, None, None, level, method, reason)
    half = student_quantile((1 + level) / 2, len(values) - 1) * sd / math.sqrt(len(values))
    return Estimate(mean, mean - half, mean + half, level, method)


def _exp(power: float) -> float:
    """Give exp(power); what is too large for a float is infinite."""
    found = exponential(power)
    return math.inf if found is None else found


def _exponentiated(estimate: Estimate) -> Estimate:
    value, lower, upper = (
        None if figure is None else _exp(figure) for figure in (estimate.value, estimate.lower, estimate.upper)
    )
    return Estimate(value, lower, upper, estimate.level, estimate.method, estimate.reason)
