"""The exact permutation distribution of a rank sum given the ties: its tails, its table, and what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from esk_engine.statistics import packed_counts, subset_counts
from esk_engine.statistics.lattice import Lattice, TieGroups, doubled_midranks, tie_groups
from esk_engine.statistics.subset_counts import Progress, SplitCounts, SubsetCounts
from esk_engine.statistics.values import FloatArray, IntArray, Values, as_values, log10_share

LONGEST_SECONDS = 1.0
"""Above this an exact P is computed only when it is asked for."""

_LOG10_2 = math.log10(2)


@dataclass(frozen=True, slots=True)
class Tails:
    """Exact probabilities of a rank sum T against the one observed, t, over all splits of the pooled values.

    Attributes
    ----------
    less : float
        P(T <= t).
    greater : float
        P(T >= t).
    two_sided : float
        P(abs(T - E) >= abs(t - E)), E the mean of T.
    log10_less, log10_greater, log10_two_sided : float
        Their decimal logarithms, from the counts: also where a probability itself is too small for a float (below
        2.2e-308 it loses digits, below 5e-324 it is 0). Minus infinity where no split is that far.
    """

    less: float
    greater: float
    two_sided: float
    log10_less: float
    log10_greater: float
    log10_two_sided: float

    @property
    def doubled(self) -> float:
        """Twice the smaller one-sided probability, at most 1."""
        return min(1.0, 2 * min(self.less, self.greater))

    @property
    def log10_doubled(self) -> float:
        """Decimal logarithm of `doubled`, also where that underflows."""
        return min(0.0, _LOG10_2 + min(self.log10_less, self.log10_greater))

    def mirrored(self) -> Tails:
        """Give the tails of the other group's rank sum."""
        return Tails(
            self.greater, self.less, self.two_sided, self.log10_greater, self.log10_less, self.log10_two_sided
        )  # fmt: skip


def rank_sum_tails(groups: TieGroups, m: int, doubled_sum: int, progress: Progress | None = None) -> Tails:
    """Compute the exact tails of a rank sum.

    Parameters
    ----------
    groups : TieGroups
        The pooled values.
    m : int
        How many of them the group holds.
    doubled_sum : int
        Twice the group's rank sum.
    progress : callable, optional
        Called with the fraction done; may raise, to stop.

    Raises
    ------
    ValueError
        If the counts are too large for floats (`exact_feasible` says so beforehand).
    """
    n = sum(groups.sizes)
    if m > n - m:
        rest = rank_sum_tails(groups, n - m, n * (n + 1) - doubled_sum, progress)
        return rest.mirrored()
    lattice = Lattice.of(groups)
    mean = m * (n + 1)  # doubled, as everything here
    observed = lattice.at_or_below(doubled_sum, m)
    mirrored = 2 * mean - doubled_sum
    low = doubled_sum < mean
    far = lattice.at_or_above(mirrored, m) if low else lattice.at_or_below(mirrored, m)
    if n <= packed_counts.MOST_VALUES:
        tails = _counted(lattice, m, observed, far, low)
    elif subset_counts.too_large(n, m):
        raise ValueError(f"groups: {m} of {n} values are too many for an exact distribution")
    else:
        tails = _summed(SplitCounts(lattice.scores, m, progress), observed, far, low)
    # in the middle both tails hold the middle
    return replace(tails, two_sided=1.0, log10_two_sided=0.0) if doubled_sum == mean else tails


def _counted(lattice: Lattice, m: int, observed: int, far: int, low: bool) -> Tails:
    """Tails from whole counts, each divided once."""
    total = math.comb(len(lattice.scores), m)
    cuts = [observed, observed - 1, far - 1 if low else far]
    less, below, mirrored = packed_counts.tail_counts(lattice.scores, m, cuts)
    greater = total - below
    two_sided = min(total, less + total - mirrored if low else greater + mirrored)
    logs = (log10_share(count, total) for count in (less, greater, two_sided))
    return Tails(less / total, greater / total, two_sided / total, *logs)


def _summed(counts: SplitCounts, observed: int, far: int, low: bool) -> Tails:
    """Tails from sums; the larger one-sided tail as a complement, which loses nothing."""
    total = counts.total
    if low:
        near, beyond = counts.at_most(observed, observed - 1)
        two_sided = min(total, near + counts.at_least(far)[0])
    else:
        near, beyond = counts.at_least(observed, observed + 1)
        two_sided = min(total, near + counts.at_most(far)[0])
    rest = 1.0 - beyond / total
    logs = (log10_share(near, total), log10_share(rest, 1.0), log10_share(two_sided, total))
    tails = Tails(near / total, rest, two_sided / total, *logs)
    return tails if low else tails.mirrored()


def exact_feasible(m: int, n: int) -> bool:
    """Whether groups of these sizes can be computed at all, however long it takes."""
    return m + n <= packed_counts.MOST_VALUES or not subset_counts.too_large(m + n, m)


def exact_cost_seconds(m: int, n: int, scores: IntArray | None = None) -> float:
    """Estimate beforehand how long the exact tails take on a common desktop computer.

    Parameters
    ----------
    m, n : int
        Group sizes.
    scores : array of int, shape (m + n,), optional
        Doubled mid-ranks of the pooled values; ties with a common step make it quicker. Without them the estimate is
        that of data with ties here and there, the slowest.

    Returns
    -------
    float
        Seconds, within a factor of about three.

    Examples
    --------
    >>> exact_cost_seconds(10, 20) < 0.001 < exact_cost_seconds(200, 200) < 1 < exact_cost_seconds(800, 800)
    True
    """
    top = 2 * (m + n - 1)
    if scores is not None:
        base = int(scores.min())
        top = int(scores.max()) - base
        top //= math.gcd(*np.unique(scores - base).tolist()) or 1
    return _cost(m, n, top)


def groups_cost_seconds(groups: TieGroups, m: int) -> float:
    """`exact_cost_seconds` where the pooled values are already in groups."""
    base = groups.scores[0]
    step = math.gcd(*(score - base for score in groups.scores)) or 1
    n = sum(groups.sizes)
    return _cost(m, n - m, (groups.scores[-1] - base) // step)


def _cost(m: int, n: int, top: int) -> float:
    if m + n <= packed_counts.MOST_VALUES:
        return 3e-4
    return subset_counts.cost_seconds(m + n, m, top)


class NullDistribution:
    """The exact distribution of the rank sum of m of these values, for as many observed sums as are wanted.

    It depends on the values and on m alone, not on who is in which group: for the 10,000 splits of a
    sensitivity map, build one for each m and ask it for all its splits at once.

    Parameters
    ----------
    values : array_like, shape (n,)
        The pooled values of both groups.
    m : int
        How many of them the first group holds, 1 <= m <= n - 1.

    Raises
    ------
    ValueError
        For values that are not finite numbers, for an m out of range, for counts too large for floats.

    Examples
    --------
    >>> null = NullDistribution([1.0, 2.0, 3.0, 4.0, 5.0], 2)
    >>> null.p_two_sided(3.0), null.p_two_sided([3.0, 6.0, 9.0]).tolist()
    (0.2, [0.2, 1.0, 0.2])
    """

    def __init__(self, values: Values, m: int) -> None:
        pooled = as_values(values, "values")
        n = pooled.size
        if not 1 <= m < n:
            raise ValueError(f"m: {m} is not between 1 and {n - 1}")
        if n > 1000:
            raise ValueError(f"values: {n} are too many for a whole table; ask for single tails")
        lattice = Lattice.of(tie_groups(pooled))
        start, counts = SubsetCounts(lattice.scores, min(m, n - m)).row(m)
        self._start, self._base, self._step = start, m * lattice.base, lattice.step
        total = float(math.comb(n, m))
        self._chances: FloatArray = counts / total
        self._less: FloatArray = np.minimum(np.cumsum(counts) / total, 1.0)
        self._greater: FloatArray = np.minimum(np.cumsum(counts[::-1])[::-1] / total, 1.0)
        self._two_sided = self._both(m * (n + 1))
        self.m, self.n = m, n - m
        self.mean = m * (n + 1) / 2

    def _both(self, mean: int) -> FloatArray:
        """Two-sided P at every lattice sum; `mean` is doubled."""
        size = self._less.size
        sums = self._base + self._step * (self._start + np.arange(size))
        distance = np.abs(sums - mean)
        low = (mean - distance - self._base) // self._step - self._start
        high = -((self._base - mean - distance) // self._step) - self._start
        below = np.where(low >= 0, self._less[np.clip(low, 0, size - 1)], 0.0)
        above = np.where(high < size, self._greater[np.clip(high, 0, size - 1)], 0.0)
        return np.where(distance == 0, 1.0, np.minimum(below + above, 1.0))

    def distribution(self) -> tuple[FloatArray, FloatArray]:
        """Give the rank sums from the lowest to the highest, and the chance of each (0 for some between)."""
        sums = self._base + self._step * (self._start + np.arange(self._chances.size))
        return sums / 2, self._chances

    @overload
    def p_two_sided(self, rank_sum: float) -> float: ...
    @overload
    def p_two_sided(self, rank_sum: Values) -> FloatArray: ...
    def p_two_sided(self, rank_sum: float | Values) -> float | FloatArray:
        """Give P(abs(T - E) >= abs(t - E)) for one or many rank sums t of the first group.

        Raises
        ------
        ValueError
            If a sum cannot be the mid-rank sum of m of the values.
        """
        return self._at(self._two_sided, rank_sum)

    @overload
    def p_less(self, rank_sum: float) -> float: ...
    @overload
    def p_less(self, rank_sum: Values) -> FloatArray: ...
    def p_less(self, rank_sum: float | Values) -> float | FloatArray:
        """Give P(T <= t) for one or many rank sums."""
        return self._at(self._less, rank_sum)

    @overload
    def p_greater(self, rank_sum: float) -> float: ...
    @overload
    def p_greater(self, rank_sum: Values) -> FloatArray: ...
    def p_greater(self, rank_sum: float | Values) -> float | FloatArray:
        """Give P(T >= t) for one or many rank sums."""
        return self._at(self._greater, rank_sum)

    def _at(self, table: FloatArray, rank_sum: float | Values) -> float | FloatArray:
        doubled = 2 * np.asarray(rank_sum, dtype=np.float64)
        place = (doubled - self._base) / self._step - self._start
        index = place.astype(np.int64)
        if (index != place).any() or (index < 0).any() or (index >= table.size).any():
            raise ValueError("rank_sum: not a sum of mid-ranks of these values")
        result = table[index]
        return float(result) if result.ndim == 0 else result


def exact_p_many(values: Values, membership: NDArray[np.bool_]) -> FloatArray:
    """Exact two-sided P for many splits of the same values.

    Parameters
    ----------
    values : array_like, shape (n,)
        The pooled values.
    membership : bool array, shape (splits, n)
        A row for each split: who is in the first group.

    Returns
    -------
    array, shape (splits,)
        Two-sided P; NaN where one of the groups of a split is empty.

    Examples
    --------
    >>> import numpy as np
    >>> exact_p_many([1.0, 2.0, 3.0], np.array([[True, False, False], [True, True, True]])).tolist()
    [0.6666666666666666, nan]
    """
    pooled = as_values(values, "values")
    if membership.ndim != 2 or membership.shape[1] != pooled.size:
        raise ValueError(f"membership: not of shape (splits, {pooled.size})")
    # sums of a few thousand half-integers: exact in floats, and a float product is a fast one
    sums = membership.astype(np.float64) @ (doubled_midranks(pooled) / 2)
    sizes = membership.sum(axis=1)
    result = np.full(sums.shape, np.nan)
    for m in np.unique(sizes).tolist():
        if 0 < m < pooled.size:
            chosen = sizes == m
            result[chosen] = NullDistribution(pooled, m).p_two_sided(sums[chosen])
    return result
