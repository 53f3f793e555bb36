"""Mid-ranks as whole numbers: the lattice on which the exact rank-sum distribution lives.

Mid-ranks are whole or half, so doubled they are integers. Their distribution does not change when the lowest is
subtracted and the greatest common divisor divided out; both make it as short as the ties allow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from esk_engine.statistics.values import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class TieGroups:
    """Pooled values in order, as groups of equals.

    Attributes
    ----------
    scores : tuple of int
        Doubled mid-rank of each group of equal values, ascending.
    sizes : tuple of int
        How many values each group holds.
    """

    scores: tuple[int, ...]
    sizes: tuple[int, ...]

    @property
    def tie_term(self) -> int:
        """Sum of t^3 - t over the groups: 0 without ties."""
        return sum(size**3 - size for size in self.sizes)


def tie_groups(pooled: FloatArray) -> TieGroups:
    """Group the pooled values of both samples; `pooled` may be in any order."""
    ordered = np.sort(pooled)
    n = ordered.size
    starts = [0, *((ordered[1:] != ordered[:-1]).nonzero()[0] + 1).tolist()]
    ends = [*starts[1:], n]
    scores = tuple(start + end + 1 for start, end in zip(starts, ends, strict=True))
    sizes = tuple(end - start for start, end in zip(starts, ends, strict=True))
    return TieGroups(scores, sizes)


def doubled_midranks(pooled: FloatArray) -> IntArray:
    """Doubled mid-rank of every value, in the order given."""
    ordered = np.sort(pooled)
    return np.searchsorted(ordered, pooled, "left") + np.searchsorted(ordered, pooled, "right") + 1


@dataclass(frozen=True, slots=True)
class Lattice:
    """Doubled mid-ranks shifted to start at 0 and divided by their common step.

    Attributes
    ----------
    scores : list of int
        One for each pooled value, ascending, the first 0.
    base, step : int
        A doubled mid-rank is ``base + step * score``.
    """

    scores: list[int]
    base: int
    step: int

    @classmethod
    def of(cls, groups: TieGroups) -> Lattice:
        """Build the lattice of these tie groups."""
        base = groups.scores[0]
        step = math.gcd(*(score - base for score in groups.scores)) or 1
        scores: list[int] = []
        for score, size in zip(groups.scores, groups.sizes, strict=True):
            scores += [(score - base) // step] * size
        return cls(scores, base, step)

    def at_or_below(self, doubled_sum: int, m: int) -> int:
        """Give the highest lattice sum of m scores that is not above this doubled rank sum."""
        return (doubled_sum - m * self.base) // self.step

    def at_or_above(self, doubled_sum: int, m: int) -> int:
        """Give the lowest lattice sum of m scores that is not below this doubled rank sum."""
        return -((m * self.base - doubled_sum) // self.step)
