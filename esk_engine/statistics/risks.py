"""Measures of a 2 x 2 table that rows are compared by: risk difference and ratio, sample odds ratio, chi-square."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from esk_engine.statistics.normal import normal_quantile
from esk_engine.statistics.odds import two_by_two
from esk_engine.statistics.proportions import wilson
from esk_engine.statistics.special import chi_square_above
from esk_engine.statistics.tables import with_whole_numbers
from esk_engine.statistics.values import Estimate, as_level


def risk_difference(table: Sequence[Sequence[int]], level: float = 0.95) -> Estimate:
    """Estimate the difference a/(a+b) - c/(c+d) of two proportions with Newcombe's interval.

    Parameters
    ----------
    table : two rows of two counts
        [[a, b], [c, d]]: a row is a group, the first column those with the event.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        In [-1, 1]; method ``"risk_difference_newcombe"``; None with reason ``empty_row``.

    References
    ----------
    Newcombe RG. Stat Med 1998;17:873-90, method 10.

    Examples
    --------
    >>> difference = risk_difference([[11, 1], [9, 9]])
    >>> round(difference.value, 6), round(difference.lower, 6), round(difference.upper, 6)
    (0.416667, 0.074373, 0.637252)
    """
    (a, b), (c, d) = two_by_two(table)
    method, level = "risk_difference_newcombe", as_level(level)
    if a + b == 0 or c + d == 0:
        return Estimate(None, None, None, level, method, "empty_row")
    p, q = a / (a + b), c / (c + d)
    first, second = wilson(a, a + b, level), wilson(c, c + d, level)
    l1, u1 = first.lower or 0.0, first.upper or 0.0
    l2, u2 = second.lower or 0.0, second.upper or 0.0
    difference = p - q
    lower = difference - math.hypot(p - l1, u2 - q)
    upper = difference + math.hypot(u1 - p, q - l2)
    return Estimate(difference, max(-1.0, lower), min(1.0, upper), level, method)


def risk_ratio(table: Sequence[Sequence[int]], level: float = 0.95) -> Estimate:
    """Estimate the ratio of a/(a+b) to c/(c+d) with Katz's interval on its logarithm.

    Parameters as for `risk_difference`. Returns an `Estimate` in [0, infinity], method ``"risk_ratio_katz"``; reasons
    ``empty_row``, ``no_events``, and for the limits ``zero_cell``.

    References
    ----------
    Katz D et al. Biometrics 1978;34:469-74.

    Examples
    --------
    >>> ratio = risk_ratio([[11, 1], [9, 9]])
    >>> round(ratio.value, 6), round(ratio.lower, 6), round(ratio.upper, 6)
    (1.833333, 1.120389, 2.999949)
    """
    (a, b), (c, d) = two_by_two(table)
    method, level = "risk_ratio_katz", as_level(level)
    if a + b == 0 or c + d == 0:
        return Estimate(None, None, None, level, method, "empty_row")
    if a == 0 and c == 0:
        return Estimate(None, None, None, level, method, "no_events")
    if a == 0 or c == 0:
        return Estimate(0.0 if a == 0 else math.inf, None, None, level, method, "zero_cell")
    ratio = a * (c + d) / (c * (a + b))
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return _on_log_scale(ratio, variance, level, method)


def odds_ratio(table: Sequence[Sequence[int]], level: float = 0.95, *, haldane: bool = False) -> Estimate:
    """Estimate the sample odds ratio a d / (b c) with Woolf's interval on its logarithm.

    Parameters
    ----------
    table : two rows of two counts
    level : float
        Confidence level.
    haldane : bool
        Add one half to every cell first (Haldane, Anscombe), which keeps everything finite.

    Returns
    -------
    Estimate
        In [0, infinity]; method ``"odds_ratio_woolf"`` or ``"odds_ratio_haldane"``; the limits are None with reason
        ``zero_cell``, the value too where 0/0.

    Examples
    --------
    >>> odds_ratio([[11, 1], [9, 9]]).value, round(odds_ratio([[9, 0], [5, 7]], haldane=True).value, 6)
    (11.0, 25.909091)
    """
    (a, b), (c, d) = two_by_two(table)
    level = as_level(level)
    if haldane:
        e, f, g, h = (cell + 0.5 for cell in (a, b, c, d))
        return _on_log_scale(e * h / (f * g), 1 / e + 1 / f + 1 / g + 1 / h, level, "odds_ratio_haldane")
    if min(a, b, c, d) == 0:
        value = None if a * d == b * c else math.inf if b * c == 0 else 0.0
        return Estimate(value, None, None, level, "odds_ratio_woolf", "zero_cell")
    return _on_log_scale(a * d / (b * c), 1 / a + 1 / b + 1 / c + 1 / d, level, "odds_ratio_woolf")


def _on_log_scale(value: float, variance: float, level: float, method: str) -> Estimate:
    half = normal_quantile((1 + level) / 2) * math.sqrt(variance)
    return Estimate(value, value * math.exp(-half), value * math.exp(half), level, method)


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """Pearson's chi-square test of a table.

    Attributes
    ----------
    statistic, p : float or None
        Without continuity correction.
    statistic_yates, p_yates : float or None
        With Yates's correction of at most 0.5; only for 2 x 2.
    df : int
        Degrees of freedom.
    smallest_expected : float
        The smallest expected count: below 5 the test should make way for Fisher's.
    method : str
        ``"chi_square"``.
    reason : str or None
        ``empty_row_or_column`` where undefined.
    """

    statistic: float | None
    p: float | None
    statistic_yates: float | None
    p_yates: float | None
    df: int
    smallest_expected: float
    method: str = "chi_square"
    reason: str | None = None


def chi_square(table: Sequence[Sequence[int]]) -> ChiSquare:
    """Test whether rows and columns are independent, approximately. For the counts of this study prefer `fisher`.

    Parameters
    ----------
    table : sequence of rows of int
        At least two rows and two columns.

    Examples
    --------
    >>> result = chi_square([[11, 1], [9, 9]])
    >>> result.statistic, round(result.p, 6), result.statistic_yates, result.smallest_expected
    (5.625, 0.017706, 3.90625, 4.0)
    """
    rows = with_whole_numbers(table)
    if len(rows) < 2 or len(rows[0]) < 2:
        raise ValueError("table: fewer than two rows or columns")
    total = sum(map(sum, rows))
    down, across = [sum(row) for row in rows], [sum(column) for column in zip(*rows, strict=True)]
    df = (len(down) - 1) * (len(across) - 1)
    if 0 in down or 0 in across:
        return ChiSquare(None, None, None, None, df, 0.0, reason="empty_row_or_column")
    expected = [[row * column / total for column in across] for row in down]
    pairs = [(o, e) for seen, due in zip(rows, expected, strict=True) for o, e in zip(seen, due, strict=True)]
    statistic = math.fsum((o - e) ** 2 / e for o, e in pairs)
    yates = None
    if df == 1:
        correction = min(0.5, *(abs(o - e) for o, e in pairs))
        yates = math.fsum((abs(o - e) - correction) ** 2 / e for o, e in pairs)
    return ChiSquare(
        statistic,
        chi_square_above(statistic, df),
        yates,
        None if yates is None else chi_square_above(yates, df),
        df,
        min(e for _, e in pairs),
    )
