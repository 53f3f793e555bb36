"""One proportion with its intervals, and a two-sided test of it."""

from __future__ import annotations

import math

from esk_engine.statistics.normal import normal_quantile
from esk_engine.statistics.special import beta_quantile
from esk_engine.statistics.values import Estimate, PValue, as_count, as_level, log10_share, p_value


def clopper_pearson(count: int, n: int, level: float = 0.95) -> Estimate:
    """Estimate a proportion with the exact (Clopper-Pearson) interval: it covers at least as often as its level.

    Parameters
    ----------
    count, n : int
        `count` of `n` patients, 0 <= count <= n, n >= 1.
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        Method ``"clopper_pearson"``; everything in [0, 1].

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404-13.

    Examples
    --------
    >>> share = clopper_pearson(10, 30)
    >>> round(share.lower, 6), round(share.upper, 6)
    (0.172874, 0.52812)
    """
    count, n = _checked(count, n)
    alpha = (1 - as_level(level)) / 2
    lower = 0.0 if count == 0 else beta_quantile(alpha, count, n - count + 1)
    upper = 1.0 if count == n else beta_quantile(1 - alpha, count + 1, n - count)
    return Estimate(count / n, lower, upper, level, "clopper_pearson")


def wilson(count: int, n: int, level: float = 0.95) -> Estimate:
    """Estimate a proportion with the score (Wilson) interval: on average it covers as often as its level.

    Parameters and result as for `clopper_pearson`; method ``"wilson"``.

    References
    ----------
    Wilson EB. J Am Stat Assoc 1927;22:209-12.

    Examples
    --------
    >>> share = wilson(10, 30)
    >>> round(share.lower, 6), round(share.upper, 6)
    (0.192305, 0.512199)
    """
    count, n = _checked(count, n)
    z = normal_quantile((1 + as_level(level)) / 2)
    share = count / n
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    lower = 0.0 if count == 0 else (centre - half) / scale
    upper = 1.0 if count == n else (centre + half) / scale
    return Estimate(share, lower, upper, level, "wilson")


def wilson_corrected(count: int, n: int, level: float = 0.95) -> Estimate:
    """Estimate a proportion with the Wilson interval with continuity correction, as R's ``prop.test`` does.

    The correction is 0.5, but never more than the distance of the count from half of `n`.
    Parameters and result as for `clopper_pearson`; method ``"wilson_corrected"``.

    References
    ----------
    Newcombe RG. Stat Med 1998;17:857-72, method 4.

    Examples
    --------
    >>> round(wilson_corrected(10, 30).lower, 6)
    0.179376
    """
    count, n = _checked(count, n)
    z = normal_quantile((1 + as_level(level)) / 2)
    share = count / n
    correction = min(0.5, abs(count - n / 2))
    scale = 1 + z * z / n
    limits: list[float] = []
    for side in (-1, 1):
        moved = min(max(share + side * correction / n, 0.0), 1.0) if correction else share
        centre = share + side * correction / n + z * z / (2 * n)
        half = z * math.sqrt(moved * (1 - moved) / n + z * z / (4 * n * n))
        limits.append((centre + side * half) / scale)
    return Estimate(share, max(0.0, limits[0]), min(1.0, limits[1]), level, "wilson_corrected")


def binomial_test(count: int, n: int) -> PValue:
    """Test a proportion against one half, exactly; method ``"binomial_exact"``.

    Examples
    --------
    >>> round(binomial_test(1, 12).value, 12)
    0.00634765625
    """
    count, n = _checked(count, n)
    extreme = min(count, n - count)
    ways = min(2**n, 2 * sum(math.comb(n, k) for k in range(extreme + 1)))
    return p_value(ways / 2**n, log10_share(ways, 2**n), "binomial_exact")


def _checked(count: int, n: int) -> tuple[int, int]:
    count, n = as_count(count, "count"), as_count(n, "n")
    if n < 1 or count > n:
        raise ValueError(f"count: {count} of {n} is not a proportion")
    return count, n
