"""Mann-Whitney within strata: van Elteren's test, for groups that differ in something that matters, such as sex."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from esk_engine.statistics.exact import NullDistribution
from esk_engine.statistics.normal import normal_p
from esk_engine.statistics.ranks import mann_whitney
from esk_engine.statistics.values import SMALLEST, FloatArray, IntArray, PValue, Values, as_values

_EXACT = "van_elteren_exact"
_MOST_SUMS = 4_000_000
_MOST_VALUES = 200
"""With more sums to be sorted, or more values in a stratum, the exact P would take over a second."""

_FURTHEST = 2**62
"""Weighted sums are whole numbers of 64 bits."""


@dataclass(frozen=True, slots=True)
class VanElteren:
    """Van Elteren's test of x against y.

    Attributes
    ----------
    strata, strata_left_out : int
        Strata that have patients of both groups, and those that have not and say nothing.
    m, n : int
        Patients of x and of y in the strata used.
    z : float or None
        Standardised sum of the rank sums, each divided by its stratum's size + 1; positive where x is higher.
    common_language : float or None
        P(x > y) + half P(x = y) within strata, with the weights of the test, in [0, 1].
    p_asymptotic : PValue
        Two-sided, tie-corrected, without continuity correction.
    p_exact : PValue
        Two-sided over all splits within strata, given the ties. Reasons for None: ``exact_over_one_second``;
        ``exact_too_large`` where the strata's sizes have too large a common multiple, or the P is below 2.2e-308.
    method : str
        ``"van_elteren"``.
    reason : str or None
        ``no_stratum_with_both_groups`` or ``all_tied`` where z is None.
    """

    strata: int
    strata_left_out: int
    m: int
    n: int
    z: float | None
    common_language: float | None
    p_asymptotic: PValue
    p_exact: PValue
    method: str = "van_elteren"
    reason: str | None = None


def van_elteren(strata: Sequence[tuple[Values, Values]]) -> VanElteren:
    """Compare two groups by rank within strata.

    Parameters
    ----------
    strata : sequence of (x, y)
        For each stratum both groups: finite numbers, missing ones dropped by the caller; a group may be empty there.

    Raises
    ------
    ValueError
        If there are no strata, or a value is not a finite number.

    References
    ----------
    van Elteren PH. Bull Int Stat Inst 1960;37:351-61. Lehmann EL. Nonparametrics (1975), 3.3.

    Examples
    --------
    >>> men, women = ([5.0], [3.0, 4.0]), ([2.0, 3.0], [1.0])
    >>> result = van_elteren([men, women])
    >>> round(result.z, 6), result.common_language, round(result.p_exact.value, 6)
    (1.732051, 1.0, 0.222222)
    """
    if not strata:
        raise ValueError("strata: none")
    used = [(as_values(x, "x"), as_values(y, "y")) for x, y in strata if np.asarray(x).size and np.asarray(y).size]
    left_out = len(strata) - len(used)
    m, n = sum(x.size for x, _ in used), sum(y.size for _, y in used)
    tests = [mann_whitney(x, y, exact=False) for x, y in used]
    excess = math.fsum((test.u - test.m * test.n / 2) / (test.m + test.n + 1) for test in tests)
    variance = math.fsum((test.sd / (test.m + test.n + 1)) ** 2 for test in tests)
    if variance == 0:
        reason = "all_tied" if used else "no_stratum_with_both_groups"
        exact = PValue(1.0, _EXACT) if used else PValue(None, _EXACT, reason)
        asymptotic = PValue(None, "van_elteren_asymptotic", reason)
        return VanElteren(len(used), left_out, m, n, None, 0.5 if used else None, asymptotic, exact, reason=reason)
    z = excess / math.sqrt(variance)
    whole = math.fsum(test.m * test.n / (test.m + test.n + 1) for test in tests)
    asymptotic = normal_p(z, "van_elteren_asymptotic")
    return VanElteren(len(used), left_out, m, n, z, 0.5 + excess / whole, asymptotic, _exact(used))


def _exact(used: Sequence[tuple[FloatArray, FloatArray]]) -> PValue:
    """Convolve the strata's distributions but for the largest, which meets each sum of the others with its tails."""
    common = math.lcm(*(x.size + y.size + 1 for x, y in used))
    furthest = sum(x.size * y.size * (common // (x.size + y.size + 1)) for x, y in used)
    if furthest > _FURTHEST:
        return PValue(None, _EXACT, "exact_too_large")
    if max(x.size + y.size for x, y in used) > _MOST_VALUES:
        return PValue(None, _EXACT, "exact_over_one_second")
    *others, largest = sorted(used, key=lambda stratum: stratum[0].size * stratum[1].size)
    sums: IntArray = np.zeros(1, dtype=np.int64)
    shares: FloatArray = np.ones(1)
    observed = 0
    for x, y in others:
        if sums.size * x.size * y.size * 2 > _MOST_SUMS:
            return PValue(None, _EXACT, "exact_over_one_second")
        places, chances, ours = _places(x, y, common)
        sums, inverse = np.unique(np.add.outer(sums, places), return_inverse=True)
        weights = np.multiply.outer(shares, chances).ravel()
        shares = np.bincount(inverse.ravel(), weights).astype(np.float64)
        observed += ours
    x, y = largest
    places, chances, ours = _places(x, y, common)
    distance = abs(observed + ours)
    if distance == 0:
        return PValue(1.0, _EXACT)
    less = np.concatenate(([0.0], chances.cumsum()))
    greater = np.concatenate((chances[::-1].cumsum()[::-1], [0.0]))
    low, high = places.searchsorted(-distance - sums, "right"), places.searchsorted(distance - sums, "left")
    p = min(1.0, float(shares @ (less[low] + greater[high])))
    return PValue(None, _EXACT, "exact_too_large") if p < SMALLEST else PValue(p, _EXACT)


def _places(x: FloatArray, y: FloatArray, common: int) -> tuple[IntArray, FloatArray, int]:
    """Every doubled rank sum of a stratum less its mean, by its weight; the chance of each; and where ours is.

    The weights 1 / (size + 1) are made whole by their common multiple.
    """
    total = x.size + y.size
    weight, mean = common // (total + 1), x.size * (total + 1)
    sums, chances = NullDistribution(np.concatenate((x, y)), x.size).distribution()
    places: IntArray = (np.rint(2 * sums).astype(np.int64) - mean) * weight
    return places, chances, (round(2 * mann_whitney(x, y, exact=False).rank_sum) - mean) * weight
