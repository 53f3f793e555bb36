"""Order statistics of all differences x - y, without making them all where there are many."""

from __future__ import annotations

import numpy as np

from esk_engine.statistics.values import FloatArray, IntArray

_MOST_AT_ONCE = 200_000


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

    def smallest(self, order: int) -> float:
        """Give the order-th smallest difference, counted from 1."""
        if not 1 <= order <= self.count:
            raise ValueError(f"order: {order} is not between 1 and {self.count}")
        if self._all is not None:
            return float(self._all[order - 1])
        return self._select(order)

    def _select(self, order: int) -> float:
        """Select in a matrix with sorted rows: halve what is left by the weighted median of the rows' medians.

        Every row keeps a window [start, stop) of candidates (Johnson and Mizoguchi 1978). Comparisons use the rounded
        differences themselves, which ascend within a row, so the answer is one of them to the last bit.
        """
        start = np.zeros(self._x.size, dtype=np.int64)
        stop = np.full(self._x.size, self._y.size, dtype=np.int64)
        while (left := int((stop - start).sum())) > _MOST_AT_ONCE:
            pivot = self._pivot(start, stop)
            below = self._first(pivot, inclusive=False)
            up_to = self._first(pivot, inclusive=True)
            if order <= int(below.sum()):
                stop = np.minimum(stop, below)
            elif order > int(up_to.sum()):
                start = np.maximum(start, up_to)
            else:
                return pivot
            start = np.minimum(start, stop)
        rows = np.repeat(np.arange(self._x.size), stop - start)
        ends = np.cumsum(stop - start)
        columns = np.arange(left) - np.repeat(ends - (stop - start), stop - start) + start[rows]
        rest = self._x[rows] - self._y[columns]
        place = order - 1 - int(start.sum())
        return float(np.partition(rest, place)[place])

    def _pivot(self, start: IntArray, stop: IntArray) -> float:
        weights = stop - start
        used = weights > 0
        medians = self._x[used] - self._y[(start[used] + stop[used]) // 2]
        ranking = np.argsort(medians)
        reached = np.cumsum(weights[used][ranking])
        return float(medians[ranking][np.searchsorted(reached, reached[-1] / 2)])

    def _first(self, pivot: float, *, inclusive: bool) -> IntArray:
        """Count in every row the differences below the pivot, or also those equal to it, by bisection."""
        low = np.zeros(self._x.size, dtype=np.int64)
        high = np.full(self._x.size, self._y.size, dtype=np.int64)
        for _ in range(self._y.size.bit_length()):
            middle = (low + high) // 2
            inside = np.minimum(middle, self._y.size - 1)
            difference = self._x - self._y[inside]
            holds = (difference <= pivot) if inclusive else (difference < pivot)
            holds &= middle < high
            low = np.where(holds, middle + 1, low)
            high = np.where(holds, high, middle)
        return low
