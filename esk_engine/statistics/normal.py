"""The standard normal distribution as the tests need it, from the standard library alone."""

from __future__ import annotations

import math

from esk_engine.statistics.values import SMALLEST, PValue

_LOG10_2 = math.log10(2)


def two_sided_normal(z: float) -> float:
    """Two-sided P of a standard normal z."""
    return math.erfc(abs(z) / math.sqrt(2))


def log10_two_sided(z: float) -> float:
    """Decimal logarithm of the two-sided P of z, without underflow.

    Examples
    --------
    >>> round(log10_two_sided(-53.385189009582426), 10)
    -620.6905805203
    """
    x = abs(z) / math.sqrt(2)
    if x < 20:
        return math.log10(math.erfc(x))
    # the asymptotic series of erfc (Abramowitz and Stegun 7.1.23): its seventh term is below 1e-15 here
    term, series = 1.0, 1.0
    for k in range(1, 7):
        term *= -(2 * k - 1) / (2 * x * x)
        series += term
    return (-x * x + math.log(series / (x * math.sqrt(math.pi)))) / math.log(10)


def normal_p(z: float, method: str) -> PValue:
    """Two-sided P of z as a P-value that keeps its logarithm where it underflows.

    Examples
    --------
    >>> p = normal_p(-40.0, "normal")
    >>> p.value, p.underflows, round(p.log10, 6)
    (0.0, True, -349.135976)
    """
    p = two_sided_normal(z)
    return PValue(p, method) if p >= SMALLEST else PValue(p, method, underflow_log10=log10_two_sided(z))


def upper_normal_p(z: float, method: str) -> PValue:
    """One-sided P, of a standard normal at least as high as z; its logarithm too."""
    p = math.erfc(z / math.sqrt(2)) / 2
    return PValue(p, method) if p >= SMALLEST else PValue(p, method, underflow_log10=log10_two_sided(z) - _LOG10_2)


def normal_quantile(probability: float) -> float:
    """Standard normal quantile (Wichura's AS 241, good to 1e-15)."""
    from statistics import NormalDist  # brings fractions, decimal and random with it: not on the start path

    return NormalDist().inv_cdf(probability)
