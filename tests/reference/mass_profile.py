"""How R's MASS reads an interval off a profile: interpolated, so that its limits are off by up to 2e-4.

After `profile.glm` and `confint.profile.glm` of MASS 7.3 and `spline(method = "fmm")` and `approx` of R 4.2. Fed with
our profile it must give R's limits; our own limits are the roots themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def mass_limits(
    deviance: Callable[[float], float], estimate: float, standard_error: float, level: float = 0.95
) -> tuple[float, float]:
    """Give the limits that `confint(glm)` prints.

    Parameters
    ----------
    deviance : callable
        Deviance above the minimum with the coefficient held at a value.
    """
    alpha = (1 - level) / 4
    furthest = NormalDist().inv_cdf(1 - alpha / 2)  # the root of a chi-square quantile with one degree of freedom
    points = [(estimate, 0.0)]
    for sign in (-1, 1):
        for step in range(1, 10):
            at = estimate + sign * step * furthest / 5 * standard_error
            z = sign * math.sqrt(max(0.0, deviance(at)))
            points.append((at, z))
            if abs(z) >= furthest:
                break
    points.sort()
    at, z = (np.array(column) for column in zip(*points, strict=True))
    fine = np.linspace(at[0], at[-1], 3 * at.size)
    curve = fmm_spline(at, z, fine)
    cut = NormalDist().inv_cdf((1 + level) / 2)
    lower, upper = np.interp([-cut, cut], curve, fine)
    return float(lower), float(upper)


def fmm_spline(x: Array, y: Array, at: Array) -> Array:
    """Interpolate as Forsythe, Malcolm and Moler: the ends have the third derivatives of cubics through four points."""
    n, h = x.size, np.diff(x)
    slopes = np.diff(y) / h
    # unknowns: a sixth of the second derivative at each knot
    system, right = np.zeros((n, n)), np.zeros(n)
    for i in range(1, n - 1):
        system[i, i - 1 : i + 2] = h[i - 1], 2 * (h[i - 1] + h[i]), h[i]
        right[i] = slopes[i] - slopes[i - 1]
    system[0, :2], right[0] = (-h[0], h[0]), h[0] ** 2 * _third(x[:4], y[:4])
    system[-1, -2:], right[-1] = (h[-1], -h[-1]), -(h[-1] ** 2) * _third(x[-4:], y[-4:])
    bend = np.linalg.solve(system, right)
    i = np.clip(np.searchsorted(x, at, "right") - 1, 0, n - 2)
    d = at - x[i]
    first = slopes[i] - h[i] * (bend[i + 1] + 2 * bend[i])
    return y[i] + d * (first + d * (3 * bend[i] + d * (bend[i + 1] - bend[i]) / h[i]))


def _third(x: Array, y: Array) -> float:
    """Third divided difference of four points: a sixth of the third derivative of the cubic through them."""
    table = y
    for order in range(1, 4):
        table = np.diff(table) / (x[order:] - x[:-order])
    return float(table[0])
