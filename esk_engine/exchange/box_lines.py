"""A box plot as lines that Excel's XY chart can draw, and where its points stand across."""

from __future__ import annotations

from collections.abc import Sequence

from esk_engine.statistics import Box

_HALF_BOX, _HALF_CAP = 0.28, 0.12
_ACROSS = 0.06  # how far neighbours of one height stand apart


def box_line(box: Box, x: float) -> list[tuple[float, float]]:
    """A box and its whiskers in one stroke: lower cap, whisker, left side, upper whisker and cap, right side."""
    left, right, low, high = x - _HALF_BOX, x + _HALF_BOX, box.hinge_low, box.hinge_high
    return [
        *_cap(box.whisker_low, x),
        (x, low),
        (left, low),
        (left, high),
        (x, high),
        *_cap(box.whisker_high, x),
        (x, high),
        (right, high),
        (right, low),
        (x, low),
    ]


def median_line(box: Box, x: float) -> list[tuple[float, float]]:
    """The median across the box."""
    return [(x - _HALF_BOX, box.median), (x + _HALF_BOX, box.median)]


def _cap(y: float, x: float) -> list[tuple[float, float]]:
    return [(x, y), (x - _HALF_CAP, y), (x + _HALF_CAP, y), (x, y)]


def spread(values: Sequence[float]) -> list[float]:
    """Where points of one group stand across: equal values side by side, the middle of the group at 0."""
    at: dict[float, int] = {}
    offsets: list[float] = []
    for value in values:
        here = at[value] = at.get(value, -1) + 1
        offsets.append(_ACROSS * ((here + 1) // 2) * (1 if here % 2 else -1))
    return offsets
