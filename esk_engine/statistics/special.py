"""Distribution functions from scipy.special, typed, and brought in on first use: the start path stays without scipy."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def _special() -> ModuleType:
    return import_module("scipy.special")


def student_two_sided(t: float, df: float) -> float:
    """Two-sided P of Student's t; df may be fractional. It keeps its relative precision however small it is."""
    return float(_special().betainc(df / 2, 0.5, df / (df + t * t)))


def student_quantile(probability: float, df: float) -> float:
    """Quantile of Student's t."""
    return float(_special().stdtrit(df, probability))


def chi_square_above(x: float, df: float) -> float:
    """P(chi-square > x)."""
    return float(_special().chdtrc(df, x))


def chi_square_quantile(probability: float, df: float) -> float:
    """Quantile of the chi-square distribution."""
    return 2 * float(_special().gammaincinv(df / 2, probability))


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Quantile of the beta distribution."""
    return float(_special().betaincinv(a, b, probability))
