"""How many subsets of k scores have each sum, for any number of scores: numbers in float arrays, only ever added.

Scores come in ascending order. Row k holds the sums from that of the k smallest on. Adding the score a to what is
known of the first i turns row k into itself plus row k - 1 moved up by a: one slice addition. A subset's complement
has the complementary sum, so row k above i/2 is row i - k reversed and is never stored. Only positive numbers are
added, so every count keeps its relative precision however far in the tail it lies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

import numpy as np

from esk_engine.statistics.values import FloatArray

Progress = Callable[[float], None]


class SubsetCounts:
    """Counts of the k-subsets of `scores` by their sum.

    Parameters
    ----------
    scores : list of int
        Ascending.
    largest : int
        The largest k that will be asked for; with k also len(scores) - k is known.
    seed : float
        What one subset counts for: a power of two below 1 where counts would overflow.
    progress : callable, optional
        Called with the fraction done, after every score; may raise, to stop.
    """

    def __init__(self, scores: list[int], largest: int, seed: float = 1.0, progress: Progress | None = None) -> None:
        n = len(scores)
        self._n, self._total = n, sum(scores)
        stored = min(largest, n // 2)
        self._low = list(accumulate(scores[:stored], initial=0))
        high = list(accumulate(reversed(scores[n - stored :]), initial=0))
        self._rows = [np.zeros(high[k] - self._low[k] + 1) for k in range(stored + 1)]
        self._rows[0][0] = seed
        self._fill(scores, progress)

    def _fill(self, scores: list[int], progress: Progress | None) -> None:
        rows, stored = self._rows, len(self._rows) - 1
        lengths = [1] + [0] * stored
        for i, score in enumerate(scores):
            largest = min((i + 1) // 2, stored)
            row = rows[largest]
            for k in range(largest, 0, -1):
                fewer, length = rows[k - 1], lengths[k - 1]
                if 2 * k == i + 1:  # first met: what went before is the complement of row k - 1
                    row[:length] = fewer[length - 1 :: -1]
                offset = score - scores[k - 1]
                end = offset + length
                row[offset:end] += fewer[:length]
                lengths[k] = end
                row = fewer
            if progress is not None:
                progress((i + 1) / len(scores))

    def row(self, k: int) -> tuple[int, FloatArray]:
        """Give the lowest sum of k scores, and the counts from it on."""
        if k < len(self._rows):
            return self._low[k], self._rows[k]
        rest = self._n - k
        row = self._rows[rest]
        return self._total - self._low[rest] - row.size + 1, row[::-1]


class SplitCounts:
    """Tails of the sum of m of the scores, from the counts of their lower and their upper half.

    Two halves of n/2 scores cost an eighth of one run over n, and a tail needs no convolution of the two: only
    each row of the one against the cumulated row of the other.

    Attributes
    ----------
    total : float
        All splits. Tails are counted in the same unit: one split is 1, or a power of two below 1 where all of them
        would overflow. Their shares may be too small for a float; the counts never are.
    """

    def __init__(self, scores: list[int], m: int, progress: Progress | None = None) -> None:
        half = len(scores) // 2
        self._m, self._sizes = m, (half, len(scores) - half)
        total = math.comb(len(scores), m)
        # a float holds up to 2^1023: what is above is scaled off, half of it in each block; one split is then above
        # 2^-902, as `too_large` allows 2^1900 of them
        excess = max(0, total.bit_length() - 1000 + 1) // 2
        seed = math.ldexp(1.0, -excess)
        self.total = float(total >> (2 * excess))
        lower, upper = scores[:half], [score - scores[half] for score in scores[half:]]
        self._base = scores[half]
        if lower == upper:  # without ties
            self._lower = self._upper = SubsetCounts(lower, m, seed, progress)
        else:
            self._lower = SubsetCounts(lower, m, seed, part_of(progress, 0.0, 0.5))
            self._upper = SubsetCounts(upper, m, seed, part_of(progress, 0.5, 1.0))

    def at_most(self, *cuts: int) -> list[float]:
        """Count the splits with sum <= cut, for each cut."""
        pairs = [(a, b, start) for start, a, b in self._row_pairs()]
        return self._summed(pairs, cuts)

    def at_least(self, *cuts: int) -> list[float]:
        """Count the splits with sum >= cut, for each cut."""
        pairs = [(a[::-1], b[::-1], -(start + a.size + b.size - 2)) for start, a, b in self._row_pairs()]
        return self._summed(pairs, [-cut for cut in cuts])

    def _summed(self, pairs: list[tuple[FloatArray, FloatArray, int]], cuts: Sequence[int]) -> list[float]:
        met = [_pairs_at_most(a, b, [cut - start for cut in cuts]) for a, b, start in pairs]
        return [math.fsum(tails) for tails in zip(*met, strict=True)]

    def _row_pairs(self) -> Iterator[tuple[int, FloatArray, FloatArray]]:
        """Rows that make m scores together, and the lowest sum they make."""
        size_a, size_b = self._sizes
        for k in range(max(0, self._m - size_b), min(self._m, size_a) + 1):
            (start_a, a), (start_b, b) = self._lower.row(k), self._upper.row(self._m - k)
            yield start_a + start_b + (self._m - k) * self._base, a, b


def _pairs_at_most(a: FloatArray, b: FloatArray, cuts: Sequence[int]) -> list[float]:
    """Sum a[i] * b[j] over i + j <= cut, for each cut."""
    highest = max(cuts)
    if highest < 0:
        return [0.0] * len(cuts)
    if a.size > b.size:
        a, b = b, a
    size = a.size
    cumulated = b[: highest + 1].cumsum()
    tails: list[float] = []
    for cut in cuts:
        # the first `whole` elements of a meet all of b, the next up to `stop` a part of it
        whole = min(max(0, cut - b.size + 2), size)
        stop = min(cut + 1, size)
        tail = float(a[:whole].sum() * cumulated[-1]) if whole else 0.0
        if stop > whole:
            tail += float(a[whole:stop] @ cumulated[cut - stop + 1 : cut - whole + 1][::-1])
        tails.append(tail)
    return tails


def part_of(progress: Progress | None, start: float, stop: float) -> Progress | None:
    """Report the progress of a part as that of the whole, from `start` to `stop`."""
    if progress is None:
        return None
    return lambda fraction: progress(start + fraction * (stop - start))


def too_large(n: int, m: int) -> bool:
    """Whether the counts exceed what two scaled blocks of floats can hold."""
    m, half = min(m, n - m), (n + 1) // 2
    bits = _log2_choose(n, m)
    scaled_off = max(0.0, bits - 1000) / 2
    return bits > 1900 or _log2_choose(half, min(m, half // 2)) - scaled_off > 1015


def _log2_choose(n: int, k: int) -> float:
    return (math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)) / math.log(2)


def cost_seconds(n: int, m: int, top: int) -> float:
    """Estimate beforehand how long `SplitCounts` and three tails take.

    Parameters
    ----------
    n, m : int
        How many scores, how many of them are chosen.
    top : int
        The highest score, the lowest being 0.
    """
    half = (n + 1) / 2
    rows = min(m, n - m, half / 2)
    spacing = top / max(n - 1, 1)
    # row k of i scores is about k (i - k) spacing long; summed over k <= min(i / 2, rows) and i <= half
    cells = (2 * rows) ** 4 / 48 + rows**2 / 4 * (half**2 - 4 * rows**2) - rows**3 / 3 * (half - 2 * rows)
    calls = rows**2 + rows * (half - 2 * rows)
    return 2 * (calls * 1.0e-6 + cells * spacing * 9e-10) + min(m, n - m) * 1.5e-5
