"""Tails of the rank-sum distribution for few values: whole counts packed into one Python integer.

The polynomial with a term z^k q^s for every subset of k scores with sum s is held as one integer: q is 2^bits,
z is q^stride. A further score a multiplies it by 1 + z q^a, one shift and one addition whatever its size, which
for some 15 scores beats any array. The two halves of the scores are then joined as arrays. Every number stays below
2^53, so the result is the exact count.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from esk_engine.statistics.values import FloatArray, IntArray

MOST_VALUES = 36
"""Up to here this way is faster than `SplitCounts`, and C(36, 18) is far below 2^53."""


def tail_counts(scores: list[int], m: int, cuts: list[int]) -> list[int]:
    """Count the m-subsets of `scores` whose sum is at most each of `cuts`.

    Parameters
    ----------
    scores : list of int
        Ascending, the first 0.
    m : int
        How many are chosen.
    cuts : list of int
        Any number of sums.
    """
    half = len(scores) // 2
    first = max(0, m - (len(scores) - half))
    lower, upper = _Block(scores[:half], min(m, half)), _Block(scores[half:], min(m, len(scores) - half))
    ways = lower.counts[first:].astype(np.float64)
    chosen: int = ways.shape[0]
    width, height = lower.width, upper.width
    # row r of `ways` has first + r scores and meets the row of m - first - r scores of `upper`: in reverse order
    met = upper.counts[m - first - chosen + 1 : m - first + 1][::-1]
    # each cumulated row between `width` zeros and `width` times its total, so that every index below exists
    padded = np.zeros((chosen, height + 2 * width))
    np.cumsum(met, axis=1, out=padded[:, width:-width])
    padded[:, -width:] = padded[:, -width - 1 : -width]
    rows = np.arange(chosen)
    sizes = first + rows
    start = lower.lowest + upper.lowest + sizes * lower.centre + (m - sizes) * upper.centre
    reach = np.array(cuts)[:, None] - start
    np.clip(reach, -1, height + width - 1, out=reach)
    reach += rows * (height + 2 * width) + width
    places: IntArray = np.subtract.outer(reach, np.arange(width))
    counts: FloatArray = padded.ravel().take(places).reshape(len(cuts), -1) @ ways.ravel()
    return [int(count) for count in counts]


class _Block:
    """Counts of the subsets of some scores by size and by sum.

    Scores are counted from their mean, so that subsets of every size have sums around 0 and the rows are short.

    Attributes
    ----------
    counts : array of unsigned integers, shape (largest + 1, width)
        Row k, column j: subsets of k scores with the sum ``lowest + j + k * centre``.
    """

    def __init__(self, scores: list[int], largest: int) -> None:
        self.centre = sum(scores) // len(scores)
        moved = [score - self.centre for score in scores]
        # one more score than is kept: that row must not reach down into the rows kept before it is cut off
        self.lowest = sum(score for score in moved[: largest + 1] if score < 0)
        self.width = sum(score for score in moved[-largest:] if score > 0) - self.lowest + 1
        most = math.comb(len(scores), min(largest, len(scores) // 2))
        size = 2 if most < 1 << 16 else 4 if most < 1 << 32 else 8
        bits = 8 * size
        stride = self.width * bits
        mask = (1 << (stride * (largest + 1))) - 1
        packed = 1 << (bits * -self.lowest)
        for i, score in enumerate(moved):
            packed += packed << (stride + score * bits)
            if i >= largest:
                packed &= mask
        raw = packed.to_bytes(size * self.width * (largest + 1), "little")
        self.counts: NDArray[np.unsignedinteger[Any]] = np.frombuffer(raw, f"<u{size}").reshape(largest + 1, self.width)
