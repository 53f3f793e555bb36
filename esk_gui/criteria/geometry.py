"""Where things stand on a strip plot: its axis, its ticks, the swarm of marks. Plain numbers in pixels, no Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis from ``low`` to ``high`` drawn between two pixel columns."""

    low: float
    high: float
    left: float
    right: float
    ticks: tuple[float, ...]

    def to_pixel(self, value: float) -> float:
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def to_value(self, pixel: float) -> float:
        """The value under a pixel column, kept on the axis."""
        share = (min(max(pixel, self.left), self.right) - self.left) / (self.right - self.left)
        return self.low + share * (self.high - self.low)

    @property
    def per_pixel(self) -> float:
        return (self.high - self.low) / (self.right - self.left)


def axis_for(values: FloatArray, limits: Sequence[float], left: float, right: float, padding: float = 26) -> Axis:
    """An axis that holds every value and every limit with some air, ticked at round numbers.

    Parameters
    ----------
    values
        One value a patient, shape (n,); NaN is not drawn.
    limits
        Thresholds that must be on the axis too.
    padding
        Pixels of air at both ends, so that a mark at the edge is whole.
    """
    shown = np.concatenate([values[np.isfinite(values)], np.asarray(limits, dtype=float)])
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (0.0, 1.0)
    if 0 < low <= 0.5 * high:  # near enough to 0 to show it
        low = 0.0
    if high - low < 1e-9:
        low, high = low - max(1.0, abs(low) * 0.1), high + max(1.0, abs(high) * 0.1)
    right = max(right, left + 3 * padding)
    air = (high - low) * padding / (right - left - 2 * padding)
    step = nice_step((high - low) / max(2.0, (right - left) / 95))
    first = math.ceil((low - air) / step - 1e-9)
    last = math.floor((high + air) / step + 1e-9)
    ticks = tuple(round(i * step, 9) for i in range(first, last + 1))
    return Axis(low - air, high + air, left, right, ticks)


def nice_step(at_least: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not below ``at_least``."""
    decade = 10.0 ** math.floor(math.log10(at_least))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        if factor * decade >= at_least * (1 - 1e-9):
            return factor * decade
    return 10.0 * decade


def snap_step(axis: Axis, decimals: int) -> float:
    """How far a dragged limit jumps: some five pixels, a step of 1, 2 or 5, at most a decimal finer than printed."""
    wanted = axis.per_pixel * 5
    decade = 10.0 ** math.floor(math.log10(wanted))
    step = next(factor * decade for factor in (1.0, 2.0, 5.0, 10.0) if factor * decade >= wanted * (1 - 1e-9))
    return max(step, 10.0 ** -(decimals + 1))


def snapped(value: float, step: float) -> float:
    return round(round(value / step) * step, 9)


def swarm(pixels: FloatArray, spacing: float, half_height: float, wall: float, passes: int) -> FloatArray:
    """Places that keep marks apart: each takes the free place nearest to where its value stands.

    Marks are placed from left to right, ties in the order given, so the same values always give the same picture.
    Where a column is full its marks step aside a little, but never over the limit: that would tell another verdict.

    Parameters
    ----------
    pixels
        Horizontal places of the values, shape (n,), all finite.
    spacing
        Smallest distance between two centres.
    half_height
        No mark's centre lies further than this from the middle line.
    wall
        Where the limit stands.
    passes
        1 or -1: the side of the limit that a value equal to it belongs to.

    Returns
    -------
    ndarray
        Horizontal place and vertical offset of each mark, shape (n, 2).
    """
    places = np.zeros((len(pixels), 2))
    candidates = _candidates(spacing, half_height)
    placed: list[tuple[float, float]] = []
    for at in np.argsort(pixels, kind="stable"):
        x = float(pixels[at])
        side = passes if abs(x - wall) < 1e-6 else (1 if x > wall else -1)
        near = [(px, py) for px, py in placed if abs(x - px) < _ASIDE * 2 + spacing]
        free = (
            (x + dx, dy)
            for dx, dy in candidates
            if (dx == 0 or (x + dx - wall) * side > 0)
            and all((x + dx - px) ** 2 + (dy - py) ** 2 >= spacing**2 * 0.98 for px, py in near)
        )
        place = next(free, (x, half_height * (-1) ** len(placed)))
        places[at] = place
        placed.append(place)
    return places


_ASIDE = 18.0  # the furthest that a mark steps aside, in pixels


def _candidates(spacing: float, half_height: float) -> tuple[tuple[float, float], ...]:
    """Offsets to try, the least misleading first: up and down cost little, aside costs much."""
    rows = int(half_height / (spacing / 2) + 1e-9)
    columns = int(_ASIDE / (spacing / 2))
    offsets = [
        (column * spacing / 2, row * spacing / 2)
        for column in range(-columns, columns + 1)
        for row in range(-rows, rows + 1)
    ]
    return tuple(sorted(offsets, key=lambda o: (3 * abs(o[0]) + abs(o[1]), o[0] < 0, o[1] > 0)))


def binned(pixels: FloatArray, left: float, right: float, width: float = 4) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Counts of marks per column of ``width`` pixels: what is drawn where single marks would cover each other."""
    edges = np.arange(left, right + width, width)
    counts, _ = np.histogram(pixels, bins=edges)
    return edges[:-1], counts
