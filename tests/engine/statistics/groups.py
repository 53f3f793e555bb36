"""Groups of values for property tests, and exact P-values by going through every split."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
from hypothesis import strategies as st

tied = st.integers(0, 6).map(float)
"""Values like an NRS: many are equal."""

decimal = st.integers(1, 5000).map(lambda tenths: tenths / 10)
"""Concentrations with one decimal: some are equal."""


def group(
    least: int = 1, most: int = 6, values: st.SearchStrategy[float] | None = None
) -> st.SearchStrategy[list[float]]:
    """A list of the values of one group."""
    return st.lists(tied | decimal if values is None else values, min_size=least, max_size=most)


def doubled_ranks(values: list[float]) -> list[int]:
    """Twice each mid-rank: the values below, twice, and those equal, one of them itself."""
    return [2 * sum(b < a for b in values) + sum(b == a for b in values) + 1 for a in values]


def by_every_split(x: list[float], y: list[float]) -> tuple[Fraction, Fraction, Fraction]:
    """Two-sided (by distance from the mean), less and greater."""
    ranks = doubled_ranks(x + y)
    observed, mean = sum(ranks[: len(x)]), len(x) * (len(ranks) + 1)
    sums = [sum(chosen) for chosen in combinations(ranks, len(x))]

    def share(count: int) -> Fraction:
        return Fraction(count, len(sums))

    return (
        share(sum(abs(total - mean) >= abs(observed - mean) for total in sums)),
        share(sum(total <= observed for total in sums)),
        share(sum(total >= observed for total in sums)),
    )


def by_whole_numbers(x: list[float], y: list[float]) -> Fraction:
    """Two-sided P from counts of splits by their rank sum, in integers of any size."""
    pooled = np.array(x + y)
    ordered = np.sort(pooled)
    ranks = (ordered.searchsorted(pooled, "left") + ordered.searchsorted(pooled, "right") + 1).tolist()
    m, n = len(x), len(ranks)
    counts = [np.zeros(sum(sorted(ranks)[-k:] if k else []) + 1, dtype=object) for k in range(m + 1)]
    counts[0][0] = 1
    for rank in ranks:
        for k in range(m, 0, -1):
            fewer = counts[k - 1]
            counts[k][rank : rank + fewer.size] += fewer[: counts[k].size - rank]
    observed, mean = sum(ranks[:m]), m * (n + 1)
    extreme = np.abs(np.arange(counts[m].size) - mean) >= abs(observed - mean)
    return Fraction(int(counts[m][extreme].sum()), comb(n, m))
