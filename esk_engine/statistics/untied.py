"""The distribution of the Mann-Whitney U without ties, in exact integers of any size.

The generating function of U is the Gaussian binomial coefficient, the product over i = 1..m of
(1 - q^(n+i)) / (1 - q^i). It is evaluated at q = 2^b with b wide enough for every coefficient, so that one
Python integer holds the whole polynomial, a factor (1 - q^a) is one shift and one subtraction, and
dividing by (1 - q^a) is multiplying by (1 + q^a)(1 + q^2a)(1 + q^4a)... Nothing is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from esk_engine.statistics.subset_counts import SplitCounts, too_large
from esk_engine.statistics.subset_counts import cost_seconds as split_cost_seconds

_PACKED_SECONDS = 5e-3
"""Above this the counts of a `SplitCounts` are quicker, and precise enough."""


class UntiedCounts:
    """How many of the C(m + n, m) splits give U of at most u, for u up to `highest`.

    Parameters
    ----------
    m, n : int
        Group sizes, at least 1.
    highest : int
        The largest u that will be asked for.
    """

    def __init__(self, m: int, n: int, highest: int) -> None:
        m, n = min(m, n), max(m, n)
        self.total = math.comb(m + n, m)
        self._highest = min(highest, m * n)
        self._width = self.total.bit_length() + 1
        self._packed = self._cumulated(m, n)

    def at_most(self, u: int) -> int:
        """Count the splits with U <= u."""
        if u < 0:
            return 0
        if u > self._highest:
            raise ValueError(f"u: {u} is above {self._highest}")
        return (self._packed >> (u * self._width)) & ((1 << self._width) - 1)

    def _cumulated(self, m: int, n: int) -> int:
        terms, width = self._highest + 1, self._width
        mask = (1 << (terms * width)) - 1
        packed = 1
        for i in range(1, m + 1):
            if n + i < terms:
                packed = packed - (packed << ((n + i) * width)) & mask
            packed = _divided(packed, i, terms, width, mask)
        return _divided(packed, 1, terms, width, mask)


def _divided(packed: int, power: int, terms: int, width: int, mask: int) -> int:
    """Divide by (1 - q^power), the geometric series by doubling."""
    while power < terms:
        packed = packed + (packed << (power * width)) & mask
        power *= 2
    return packed


@lru_cache(maxsize=32)
def small_counts(m: int, n: int) -> UntiedCounts:
    """Counts up to the middle, kept: they hang on the sizes alone, and a table has the same sizes in every row."""
    return UntiedCounts(m, n, (m * n + 1) // 2)


@lru_cache(maxsize=1)
def split_counts(n: int, chosen: int) -> SplitCounts:
    """Give the counts for many values, the last ones kept: all rows of a table without missing values share them.

    They take up to 80 MB; `split_counts.cache_clear` lets go of them.
    """
    return SplitCounts(list(range(n)), chosen)


def cost_seconds(m: int, n: int, highest: int) -> float:
    """Estimate beforehand how long `UntiedCounts` takes, from the bits it moves."""
    m, n = min(m, n), max(m, n)
    bits = (math.lgamma(m + n + 1) - math.lgamma(m + 1) - math.lgamma(n + 1)) / math.log(2) + 2
    terms = min(highest, m * n) + 1
    steps = m * (2 + math.log2(terms / min(terms, m) + 1))
    return steps * (4e-7 + terms * bits / 8 * 4e-10)


@lru_cache(maxsize=256)
def lower_quantile(m: int, n: int, probability: float) -> tuple[int, float]:
    """Find the smallest u with P(U <= u) >= probability, and P(U <= u - 1).

    Kept for the next call: it hangs on the sizes alone.

    Parameters
    ----------
    m, n : int
        Group sizes.
    probability : float
        At most 0.5. Equality is judged as R's ``qwilcox`` does, with a slack of 10 machine epsilons.

    Returns
    -------
    tuple of int and float
        The quantile and the probability strictly below it.
    """
    if cost_seconds(m, n, m * n // 2 + 1) < _PACKED_SECONDS:
        counts = UntiedCounts(m, n, m * n // 2 + 1)
        return _bisected(lambda u: counts.at_most(u) / counts.total, m * n // 2 + 1, probability)
    chosen = min(m, n)
    sums = split_counts(m + n, chosen)
    lowest = chosen * (chosen - 1) // 2
    return _bisected(lambda u: sums.at_most(lowest + u)[0] / sums.total, m * n // 2 + 1, probability)


def _bisected(at_most: Callable[[int], float], highest: int, probability: float) -> tuple[int, float]:
    low, high = 0, highest
    below = 0.0  # P(U <= low - 1)
    while low < high:
        middle = (low + high) // 2
        reached = at_most(middle)
        if reached >= probability - 10 * 2.0**-52:
            high = middle
        else:
            low, below = middle + 1, reached
    return low, below


def lower_quantile_cost_seconds(m: int, n: int) -> float:
    """Estimate beforehand how long `lower_quantile` takes."""
    packed = cost_seconds(m, n, m * n // 2 + 1)
    if packed < _PACKED_SECONDS:
        return packed
    if too_large(m + n, min(m, n)):
        return math.inf
    return 2 * split_cost_seconds(m + n, m, m + n - 1)
