"""What every statistic takes and gives: checked arrays in, figures that carry their method and reason out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Values = FloatArray | Sequence[float]


@dataclass(frozen=True, slots=True)
class PValue:
    """A P-value that travels with the name of its test.

    Attributes
    ----------
    value : float or None
        In [0, 1]; None where it is undefined or was not computed.
    method : str
        Stable code of the method, e.g. ``"mann_whitney_exact"``.
    reason : str or None
        Stable code that says why `value` is None; None where there is a value.
    bounds : tuple of two floats, or None
        Where only bounds are known: the lowest and the highest value it can have.
    """

    value: float | None
    method: str
    reason: str | None = None
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its confidence interval.

    Attributes
    ----------
    value : float or None
        The estimate; infinite where the data set no limit, None where undefined.
    lower, upper : float or None
        The limits of the interval; None where undefined.
    level : float
        The level of the interval, e.g. 0.95.
    method : str
        Stable code of the estimate and its interval.
    reason : str or None
        Stable code that says why a figure is None, or what is to be said of the interval nevertheless.
    """

    value: float | None
    lower: float | None
    upper: float | None
    level: float
    method: str
    reason: str | None = None


def as_values(values: Values, name: str) -> FloatArray:
    """Check one group of values.

    Parameters
    ----------
    values : array_like, shape (n,)
        Finite numbers; missing ones are dropped by the caller.
    name : str
        What to call them in a message.

    Raises
    ------
    ValueError
        If there are none, they are not numbers, not finite, or not one-dimensional.
    """
    array = np.asarray(values)
    if array.dtype != np.float64:
        if array.size and array.dtype.kind not in "iuf":
            raise ValueError(f"{name}: not numeric")
        array = array.astype(np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name}: not one-dimensional")
    if array.size == 0:
        raise ValueError(f"{name}: empty")
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: contains a missing (NaN) or infinite value")
    return array


def as_level(level: float) -> float:
    """Check a confidence level: strictly between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level: {level} is not between 0 and 1")
    return float(level)
