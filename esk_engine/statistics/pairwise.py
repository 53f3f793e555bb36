"""Order statistics of all differences x - y, without making them all where there are many."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from esk_engine.statistics.values import BoolArray, FloatArray, IntArray

_MOST_AT_ONCE = 200_000
_SAMPLE = 20_000


class OrderedDifferences:
    """The m n differences x[i] - y[j] in ascending order.

    Parameters
    ----------
    x, y : float arrays, shapes (m,), (n,)
        Checked values.
    """

    def __init__(self, x: FloatArray, y: FloatArray) -> None:
        self._x = np.sort(x)
        self._y = np.sort(y)[::-1]  # so that x[i] - y[j] ascends with j
        self.count = x.size * y.size
        self._all: FloatArray | None = None
        if self.count <= _MOST_AT_ONCE:
            self._all = np.sort((self._x[:, None] - self._y).ravel())
            return
        levels = np.unique_counts(y)
        self._levels = levels.values[::-1]
        self._before = np.concatenate(([0], np.cumsum(levels.counts[::-1])))

    def smallest(self, order: int) -> float:
        """Give the order-th smallest difference, counted from 1."""
        if not 1 <= order <= self.count:
            raise ValueError(f"order: {order} is not between 1 and {self.count}")
        if self._all is not None:
            return float(self._all[order - 1])
        return self._select(order)

    def _select(self, order: int) -> float:
        """Select in a matrix with sorted rows.

        Every row keeps a window [start, stop) of candidates. A sample of what is left says between which two
        differences the wanted one most likely lies; counting what is below either is exact, so the sample decides how
        soon the answer comes, never which it is. Comparisons use the rounded differences themselves, which ascend
        within a row.
        """
        sampler = np.random.default_rng(0)
        start = np.zeros(self._x.size, dtype=np.int64)
        stop = np.full(self._x.size, self._y.size, dtype=np.int64)
        while (left := int((stop - start).sum())) > _MOST_AT_ONCE:
            for pivot in self._pivots(start, stop, order - int(start.sum()), sampler):
                below, up_to = self._counts(pivot)
                if order <= int(below.sum()):
                    stop = np.minimum(stop, below)
                elif order > int(up_to.sum()):
                    start = np.maximum(start, up_to)
                else:
                    return pivot
                start = np.minimum(start, stop)
        rest = self._at(start, stop, np.arange(left))
        place = order - 1 - int(start.sum())
        return float(np.partition(rest, place)[place])

    def _at(self, start: IntArray, stop: IntArray, places: IntArray) -> FloatArray:
        """Give the candidates at these places, counted through the rows."""
        ends = np.cumsum(stop - start)
        rows = ends.searchsorted(places, "right")
        columns = places - (ends - stop)[rows]
        return self._x[rows] - self._y[columns]

    def _pivots(self, start: IntArray, stop: IntArray, order: int, sampler: np.random.Generator) -> tuple[float, float]:
        """Give two candidates between which the order-th candidate most likely lies: four standard errors apart."""
        left = int((stop - start).sum())
        size = min(_SAMPLE, left)
        sample = np.sort(self._at(start, stop, sampler.integers(0, left, size)))
        share = order / left
        reach = 4 * math.sqrt(size * share * (1 - share)) + 1
        low, high = math.floor(size * share - reach), math.ceil(size * share + reach)
        return float(sample[max(low, 0)]), float(sample[min(high, size - 1)])

    def _counts(self, pivot: float) -> tuple[IntArray, IntArray]:
        """Count in every row the differences below the pivot, and those not above it."""
        found = self._levels.size - self._levels[::-1].searchsorted(self._x - pivot, "right")
        below = self._moved(found, lambda differences: differences < pivot)
        up_to = self._moved(below, lambda differences: differences <= pivot)
        return self._before[below], self._before[up_to]

    def _moved(self, found: IntArray, holds: Callable[[FloatArray], BoolArray]) -> IntArray:
        """Put right what rounding of x - pivot got wrong by a step or two among the distinct values of y."""
        last = self._levels.size - 1
        while (more := (found <= last) & holds(self._x - self._levels[np.minimum(found, last)])).any():
            found = found + more
        while (less := (found > 0) & ~holds(self._x - self._levels[np.maximum(found - 1, 0)])).any():
            found = found - less
        return found
