"""How two measurements of the same patients go together: Spearman, Kendall, Pearson."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from esk_engine.statistics.lattice import doubled_midranks
from esk_engine.statistics.normal import normal_p, normal_quantile
from esk_engine.statistics.special import student_two_sided
from esk_engine.statistics.values import FloatArray, IntArray, PValue, Values, as_level, as_values

_KENDALL_EXACT = "kendall_exact"

MOST_EXACT_PAIRS = 12
"""Spearman's exact P counts orderings by sets of pairs, 2^n of them: up to here in some hundredths of a second."""

MOST_UNTIED_PAIRS = 100
"""Kendall's exact P without ties counts orderings by their discordant pairs: up to here in hundredths of a second."""

FEWEST_FOR_SERIES = 10
"""R takes the Edgeworth series of Spearman's P from here on."""


_NO_SERIES = PValue(None, "spearman_edgeworth", "not_offered")


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation with its interval and its P-values.

    Attributes
    ----------
    n : int
        Number of pairs.
    value : float or None
        In [-1, 1].
    lower, upper : float or None
        Confidence limits; Kendall's tau has none here.
    level : float
        Their level.
    p : PValue
        Two-sided, approximate: Student's t for Spearman and Pearson, normal for Kendall.
    p_exact : PValue
        The share of all orderings with a correlation at least as far from 0. Spearman: given the ties, up to 12 pairs.
        Kendall: without ties, up to 100 pairs (R's default, below 50). Reasons for None: ``more_than_12_pairs``,
        ``ties``, ``more_than_100_pairs``, ``not_offered`` (Pearson).
    p_edgeworth : PValue
        Spearman only: the Edgeworth series that R takes by default for 10 to 1289 pairs without ties. Reasons for
        None: ``ties``, ``fewer_than_10_pairs``, ``series_out_of_range`` where the series leaves (0, 1], as it does far
        in the tail (R prints 0 there), ``not_offered``.
    method : str
        ``"spearman"``, ``"kendall_tau_b"`` or ``"pearson"``.
    reason : str or None
        ``constant`` or ``too_few_pairs`` where `value` is None; ``perfect``, ``too_few_pairs`` or ``not_offered`` where
        only the limits are.
    """

    n: int
    value: float | None
    lower: float | None
    upper: float | None
    level: float
    p: PValue
    p_exact: PValue
    method: str
    reason: str | None = None
    p_edgeworth: PValue = _NO_SERIES


def spearman(x: Values, y: Values, level: float = 0.95) -> Correlation:
    """Correlate two measurements by rank, ties at mid-ranks, with the interval of Bonett and Wright.

    R gives the t approximation with ties, else the exact P up to 9 pairs and an Edgeworth series from 10 on; here all
    three stand under their own names, the exact P also with ties and up to 12 pairs.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Pairs, those with a missing half dropped by the caller.
    level : float
        Confidence level.

    Raises
    ------
    ValueError
        For different lengths, or values that are not finite numbers.

    References
    ----------
    Spearman C. Am J Psychol 1904;15:72-101. Bonett DG, Wright TA. Psychometrika 2000;65:23-8. Best DJ, Roberts DE.
    Appl Stat 1975;24:377-9 (algorithm AS 89, the series).

    Examples
    --------
    >>> result = spearman([1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.0, 3.0, 5.0, 4.0])
    >>> round(result.value, 12), round(result.p_exact.value, 6)
    (0.9, 0.083333)
    """
    first, second, level = *_pairs(x, y), as_level(level)
    ranks_x, ranks_y = doubled_midranks(first), doubled_midranks(second)
    rho = _rank_correlation(ranks_x, ranks_y)
    p = _student_p(rho, first.size, "spearman_t")
    p_exact = _spearman_exact(ranks_x, ranks_y, rho)
    half = 0.0 if rho is None or first.size < 4 else math.sqrt((1 + rho * rho / 2) / (first.size - 3))
    found = _correlation(rho, first.size, half, level, p, p_exact, "spearman")
    return replace(found, p_edgeworth=_edgeworth(ranks_x, ranks_y, rho))


def pearson(x: Values, y: Values, level: float = 0.95) -> Correlation:
    """Correlate two measurements linearly, with Fisher's interval. Parameters as for `spearman`.

    Examples
    --------
    >>> round(pearson([1.0, 2.0, 3.0], [2.0, 4.0, 7.0]).value, 6)
    0.993399
    """
    first, second, level = *_pairs(x, y), as_level(level)
    r = _linear(first, second)
    p = _student_p(r, first.size, "pearson_t")
    half = 1 / math.sqrt(first.size - 3) if first.size > 3 else 0.0
    return _correlation(r, first.size, half, level, p, PValue(None, "pearson_exact", "not_offered"), "pearson")


def kendall(x: Values, y: Values) -> Correlation:
    """Correlate two measurements by concordant pairs: tau-b.

    The approximate P is the tie-corrected normal one without continuity correction. Parameters as for `spearman`. Time
    grows with the square of n.

    References
    ----------
    Kendall MG. Rank Correlation Methods (1970), chapters 3 to 5.

    Examples
    --------
    >>> result = kendall([1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0])
    >>> round(result.value, 12), round(result.p_exact.value, 12)
    (0.666666666667, 0.333333333333)
    """
    first, second = _pairs(x, y)
    n, method = first.size, "kendall_tau_b"
    ranks_x, ranks_y = doubled_midranks(first), doubled_midranks(second)  # no difference of ranks overflows
    # one row at a time: memory stays linear
    concordance = sum(
        int((np.sign(ranks_x[i + 1 :] - ranks_x[i]) * np.sign(ranks_y[i + 1 :] - ranks_y[i])).sum())
        for i in range(n - 1)
    )
    ties_x, ties_y = _tie_sizes(first), _tie_sizes(second)
    pairs = n * (n - 1) // 2
    untied_x = pairs - sum(t * (t - 1) // 2 for t in ties_x)
    untied_y = pairs - sum(t * (t - 1) // 2 for t in ties_y)
    if untied_x == 0 or untied_y == 0:
        reason = "too_few_pairs" if n < 2 else "constant"
        p, p_exact = (PValue(None, name, reason) for name in ("kendall_normal", _KENDALL_EXACT))
        return Correlation(n, None, None, None, 0.95, p, p_exact, method, reason)
    tau = concordance / math.sqrt(untied_x * untied_y)
    p = normal_p(concordance / math.sqrt(_kendall_variance(n, ties_x, ties_y)), "kendall_normal")
    untied = untied_x == untied_y == pairs
    p_exact = _kendall_exact(n, concordance) if untied else PValue(None, _KENDALL_EXACT, "ties")
    return Correlation(n, tau, None, None, 0.95, p, p_exact, method, "not_offered")


def _kendall_exact(n: int, concordance: int) -> PValue:
    """Count the orderings with at most so many pairs of the rarer kind: each value further on adds 0 to i - 1 pairs."""
    if n > MOST_UNTIED_PAIRS:
        return PValue(None, _KENDALL_EXACT, "more_than_100_pairs")
    most = (n * (n - 1) // 2 - abs(concordance)) // 2
    counts = [1] + [0] * most
    for i in range(2, n + 1):
        reached = list(accumulate(counts))
        counts = [count - (reached[k - i] if k >= i else 0) for k, count in enumerate(reached)]
    total = math.factorial(n)
    return PValue(min(total, 2 * sum(counts)) / total, _KENDALL_EXACT)


def _kendall_variance(n: int, ties_x: list[int], ties_y: list[int]) -> float:
    """Variance of concordant minus discordant pairs, given the ties."""
    whole = n * (n - 1) * (2 * n + 5)
    less = sum(t * (t - 1) * (2 * t + 5) for t in ties_x + ties_y)
    twos = [sum(t * (t - 1) for t in ties) for ties in (ties_x, ties_y)]
    threes = [sum(t * (t - 1) * (t - 2) for t in ties) for ties in (ties_x, ties_y)]
    variance = (whole - less) / 18 + twos[0] * twos[1] / (2 * n * (n - 1))
    return variance + (threes[0] * threes[1] / (9 * n * (n - 1) * (n - 2)) if n > 2 else 0.0)


def _tie_sizes(values: FloatArray) -> list[int]:
    return np.unique_counts(values).counts.tolist()


def _pairs(x: Values, y: Values) -> tuple[FloatArray, FloatArray]:
    first, second = as_values(x, "x"), as_values(y, "y")
    if first.size != second.size:
        raise ValueError(f"y: {second.size} values for the {first.size} of x")
    return first, second


def _rank_correlation(x: IntArray, y: IntArray) -> float | None:
    """Pearson's correlation of doubled ranks, their mean n + 1, in whole numbers up to the last division."""
    a, b = x - (x.size + 1), y - (x.size + 1)
    square = int(a @ a) * int(b @ b)
    return None if square == 0 else max(-1.0, min(1.0, int(a @ b) / math.sqrt(square)))


def _linear(x: FloatArray, y: FloatArray) -> float | None:
    if x.min() == x.max() or y.min() == y.max():
        return None
    a, b = _deviations(x), _deviations(y)
    r = math.fsum(a * b) / math.sqrt(math.fsum(a * a) * math.fsum(b * b))
    return max(-1.0, min(1.0, r))


def _deviations(values: FloatArray) -> FloatArray:
    """Deviations from the mean in units of about the largest, so that no square of them overflows or underflows."""
    scaled = _scaled(values)
    return _scaled(scaled - math.fsum(scaled) / scaled.size)


def _scaled(values: FloatArray) -> FloatArray:
    """Divide by a power of two, which rounds nothing, to at most 1."""
    return np.ldexp(values, -math.frexp(float(np.abs(values).max()))[1])


def _student_p(r: float | None, n: int, method: str) -> PValue:
    if r is None:
        return PValue(None, method, "too_few_pairs" if n < 2 else "constant")
    if n < 3:
        return PValue(None, method, "too_few_pairs")
    if abs(r) == 1:
        return PValue(None, method, "perfect")
    return PValue(student_two_sided(r * math.sqrt((n - 2) / (1 - r * r)), n - 2), method)


def _correlation(
    r: float | None, n: int, half: float, level: float, p: PValue, p_exact: PValue, method: str
) -> Correlation:
    """Put the interval around it: `half` is the standard error of its inverse hyperbolic tangent, 0 where undefined."""
    if r is None:
        return Correlation(n, None, None, None, level, p, p_exact, method, p.reason)
    if half == 0 or abs(r) == 1:
        reason = "perfect" if abs(r) == 1 else "too_few_pairs"
        return Correlation(n, r, None, None, level, p, p_exact, method, reason)
    reach = normal_quantile((1 + level) / 2) * half
    centre = math.atanh(r)
    return Correlation(n, r, math.tanh(centre - reach), math.tanh(centre + reach), level, p, p_exact, method)


def _edgeworth(x: IntArray, y: IntArray, rho: float | None) -> PValue:
    """Two-sided P of the sum of squared rank differences as R computes it: twice the tail by algorithm AS 89."""
    method, n = "spearman_edgeworth", x.size
    if rho is None or n < FEWEST_FOR_SERIES:
        return PValue(None, method, "fewer_than_10_pairs" if n < FEWEST_FOR_SERIES else "constant")
    if np.unique(x).size < n or np.unique(y).size < n:
        return PValue(None, method, "ties")
    squares = int(((x - y) // 2) @ ((x - y) // 2))
    # squares is even: half-way between the possible sums 1 is added below the mean, 1 taken off above it
    edge = min(squares, (n**3 - n) // 3 - squares) + 1
    b, z = 1 / n, (6 * edge / (n * (n * n - 1)) - 1) * math.sqrt(n - 1)
    q = z * z
    inner = 0.0879 + 0.0151 * b - q * (0.0072 - 0.0831 * b + q * b * (0.0131 - 4.6e-4 * q))
    outer = 0.2274 + b * (0.2531 + 0.1745 * b) + q * (-0.0758 + b * (0.1033 + 0.3932 * b) - q * b * inner)
    p = 2 * (math.erfc(-z / math.sqrt(2)) / 2 - z * b * outer * math.exp(-q / 2))
    return PValue(min(p, 1.0), method) if p > 0 else PValue(None, method, "series_out_of_range")


def _spearman_exact(x: IntArray, y: IntArray, rho: float | None) -> PValue:
    """Count the orderings of y by the sum of products with x: for every set of y's used so far, one row of counts."""
    method, n = "spearman_exact", x.size
    if rho is None or n < 2:
        return PValue(None, method, "too_few_pairs" if n < 2 else "constant")
    if n > MOST_EXACT_PAIRS:
        return PValue(None, method, "more_than_12_pairs")
    a, b = (x - x.min()).tolist(), (y - y.min()).tolist()
    size = sum(p * q for p, q in zip(sorted(a), sorted(b), strict=True)) + 1
    counts: dict[int, FloatArray] = {0: np.zeros(size)}
    counts[0][0] = 1
    for score in a:
        following: dict[int, FloatArray] = {}
        for used, row in counts.items():
            for j in range(n):
                if not used >> j & 1:
                    target = following.setdefault(used | 1 << j, np.zeros(size))
                    move = score * b[j]
                    target[move:] += row[: size - move]
        counts = following
    row = counts[(1 << n) - 1]
    mean = sum(a) * sum(b)  # n times the mean sum of products
    distance = abs(n * sum(p * q for p, q in zip(a, b, strict=True)) - mean)
    extreme = np.abs(n * np.arange(size) - mean) >= distance
    return PValue(float(row[extreme].sum()) / math.factorial(n), method)
