"""Agreement of two ratings of the same patients beyond chance: Cohen's kappa."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from esk_engine.statistics.normal import normal_quantile
from esk_engine.statistics.values import FloatArray, as_level

Weights = Literal["unweighted", "linear", "quadratic"]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa.

    Attributes
    ----------
    n : int
        Number of patients.
    observed, expected : float
        Shares of agreement found, and expected by chance; weighted where the weights are.
    value : float or None
        (observed - expected) / (1 - expected), at most 1.
    standard_error : float or None
        Asymptotic, not under the null hypothesis.
    lower, upper : float or None
        Confidence limits, not above 1.
    level : float
        Their level.
    method : str
        ``"kappa_unweighted"``, ``"kappa_linear"`` or ``"kappa_quadratic"``.
    reason : str or None
        ``one_category`` where both always say the same.
    """

    n: int
    observed: float
    expected: float
    value: float | None
    standard_error: float | None
    lower: float | None
    upper: float | None
    level: float
    method: str
    reason: str | None = None


def kappa(
    first: Sequence[Hashable],
    second: Sequence[Hashable],
    categories: Sequence[Hashable],
    *,
    weights: Weights = "unweighted",
    level: float = 0.95,
) -> Kappa:
    """Measure how far two ratings agree beyond chance.

    Parameters
    ----------
    first, second : sequence
        The ratings of the same patients; pairs with a missing half dropped by the caller.
    categories : sequence
        Every category, in order where the weights hang on it.
    weights : str
        ``"unweighted"``; ``"linear"`` or ``"quadratic"`` count near agreement by its distance.
    level : float
        Confidence level.

    Raises
    ------
    ValueError
        For different lengths, no ratings, fewer than two categories, or a rating that is none of them.

    References
    ----------
    Cohen J. Educ Psychol Meas 1960;20:37-46. Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969;72:323-7.

    Examples
    --------
    >>> agreement = kappa(["yes", "yes", "no", "no"], ["yes", "no", "no", "no"], ["yes", "no"])
    >>> agreement.observed, agreement.value
    (0.75, 0.5)
    """
    shares = _shares(first, second, categories)
    level, method = as_level(level), f"kappa_{weights}"
    weight = _weights(len(categories), weights)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed = float((weight * shares).sum())
    expected = float(rows @ weight @ columns)
    n = len(first)
    if max(rows.max(), columns.max()) == 1 and rows.argmax() == columns.argmax():
        return Kappa(n, observed, expected, None, None, None, None, level, method, "one_category")
    value = (observed - expected) / (1 - expected)
    inner = weight - (1 - value) * ((weight @ columns)[:, None] + (rows @ weight)[None, :])
    variance = float((shares * inner**2).sum()) - (value - expected * (1 - value)) ** 2
    error = 0.0 if observed == 1 else math.sqrt(max(variance, 0.0) / n) / (1 - expected)
    half = normal_quantile((1 + level) / 2) * error
    return Kappa(n, observed, expected, value, error, value - half, min(1.0, value + half), level, method)


def _shares(first: Sequence[Hashable], second: Sequence[Hashable], categories: Sequence[Hashable]) -> FloatArray:
    if len(first) != len(second):
        raise ValueError(f"second: {len(second)} ratings for the {len(first)} of first")
    if not first:
        raise ValueError("first: empty")
    place = {category: i for i, category in enumerate(categories)}
    if len(place) < 2 or len(place) != len(categories):
        raise ValueError("categories: fewer than two, or one of them twice")
    counts = np.zeros((len(place), len(place)))
    for a, b in zip(first, second, strict=True):
        if a not in place or b not in place:
            raise ValueError(f"first, second: {a!r} or {b!r} is not a category")
        counts[place[a], place[b]] += 1
    return counts / len(first)


def _weights(size: int, weights: Weights) -> FloatArray:
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / (size - 1)
    if weights == "unweighted":
        return np.eye(size)
    return 1 - (distance if weights == "linear" else distance**2)
