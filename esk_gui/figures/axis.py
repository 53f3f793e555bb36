"""Axes with round numbers at their ticks: from zero for figures, around the values for a small plot."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_STEPS = 5
_SMALLEST = 1e-8  # derived values have 9 decimals: what lies closer together is one point


@dataclass(frozen=True, slots=True)
class Axis:
    """Ticks at round numbers, lowest first; ``decimals`` is what a tick needs to be written exactly."""

    ticks: tuple[float, ...]
    decimals: int

    @property
    def top(self) -> float:
        return self.ticks[-1]


def axis_from_zero(largest: float) -> Axis:
    """The finest round axis from 0 that holds ``largest`` in at most five steps.

    Parameters
    ----------
    largest
        The largest value to be shown, in the unit of the axis; anything not above 0 gives an axis to 1.
    """
    if not math.isfinite(largest) or largest <= 0:
        largest = 1.0
    return _axis(0.0, largest, lambda step: 0)


def axis_between(lowest: float, highest: float) -> Axis:
    """The finest round axis that holds all values from ``lowest`` to ``highest`` in at most five steps."""
    if highest - lowest < _SMALLEST:
        lowest, highest = lowest - 1, highest + 1
    return _axis(lowest, highest, lambda step: math.floor(round(lowest / step, 9)))


def _axis(lowest: float, highest: float, first_of: Callable[[float], int]) -> Axis:
    power = math.floor(math.log10(highest - lowest)) - 1
    while True:
        for factor in _ROUND:
            step = factor * 10.0**power
            first, last = first_of(step), math.ceil(round(highest / step, 9))
            if last - first <= _MOST_STEPS:
                return Axis(tuple(round(number * step, 9) for number in range(first, last + 1)), _decimals(step))
        power += 1


def _decimals(step: float) -> int:
    return next((count for count in range(12) if math.isclose(step * 10**count, round(step * 10**count))), 12)
