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
    base = scores[half]
    most_above = min(m, len(scores) - half)
    first = max(0, m - most_above)
    lower = _block(scores[:half], min(m, half))[first:].astype(np.float64)
    upper = _block([score - base for score in scores[half:]], most_above)
    chosen: int = lower.shape[0]
    width: int = lower.shape[1]
    height: int = upper.shape[1]
    # row r of `lower` has first + r scores and meets the row of m - first - r scores of `upper`: in reverse order
    upper = upper[m - first - chosen + 1 : m - first + 1][::-1]
    # each cumulated row between `width` zeros and `width` times its total, so that every index below exists
    padded = np.zeros((chosen, height + 2 * width))
    np.cumsum(upper, axis=1, out=padded[:, width:-width])
    padded[:, -width:] = padded[:, -width - 1 : -width]
    rows = np.arange(chosen)
    reach = np.array(cuts)[:, None] - base * (m - first - rows)
    np.clip(reach, -1, height + width - 1, out=reach)
    reach += rows * (height + 2 * width) + width
    places: IntArray = np.subtract.outer(reach, np.arange(width))
    met = padded.ravel().take(places)
    counts: FloatArray = met.reshape(len(cuts), -1) @ lower.ravel()
    return [int(count) for count in counts]


def _block(scores: list[int], largest: int) -> NDArray[np.unsignedinteger[Any]]:
    """Counts by number of scores (0 .. largest) and sum, as an array of unsigned integers."""
    width = sum(scores[len(scores) - largest :]) + 1
    most = math.comb(len(scores), min(largest, len(scores) // 2))
    size = 2 if most < 1 << 16 else 4 if most < 1 << 32 else 8
    bits = 8 * size
    stride = width * bits
    mask = (1 << (stride * (largest + 1))) - 1
    packed = 1
    for i, score in enumerate(scores):
        packed += packed << (stride + score * bits)
        if i >= largest:
            packed &= mask
    raw = packed.to_bytes(size * width * (largest + 1), "little")
    return np.frombuffer(raw, dtype=f"<u{size}").reshape(largest + 1, width)
