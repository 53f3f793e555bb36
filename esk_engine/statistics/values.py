"""What every statistic takes and gives: checked arrays in, figures that carry their method and reason out."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import SupportsFloat

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Values = FloatArray | Sequence[float]

SMALLEST = sys.float_info.min
"""2.2e-308: below this a float loses digits, below 5e-324 it is 0."""


LARGEST_COUNT = 10**15
"""Counts of patients beyond this would not be exact as floats."""


@dataclass(frozen=True, slots=True)
class PValue:
    """A P-value that travels with the name of its test.

    Attributes
    ----------
    value : float or None
        In [0, 1]; None where it is undefined or was not computed. The nearest float: below 2.2e-308 (`SMALLEST`) one of
        few digits, below 5e-324 0; `log10` has it in full.
    method : str
        Stable code of the method, e.g. ``"mann_whitney_exact"``.
    reason : str or None
        Stable code that says why `value` is None; None where there is a value.
    bounds : tuple of two floats, or None
        Where only bounds are known: the lowest and the highest value it can have.
    underflow_log10, underflow_log10_bounds : float or None, tuple of two floats or None
        Given by the test where `value`, or a bound, is below `SMALLEST`; read `log10` and `log10_bounds`.
    """

    value: float | None
    method: str
    reason: str | None = None
    bounds: tuple[float, float] | None = None
    underflow_log10: float | None = None
    underflow_log10_bounds: tuple[float, float] | None = None

    @property
    def underflows(self) -> bool:
        """Whether the P, or its lower bound, is too small for a float with all its digits."""
        lowest = self.bounds[0] if self.value is None and self.bounds is not None else self.value
        return lowest is not None and lowest < SMALLEST

    @property
    def log10(self) -> float | None:
        """Decimal logarithm of the P, at most 0, also where `value` underflows; None where that is None."""
        if self.value is None:
            return None
        return self.underflow_log10 if self.value < SMALLEST else math.log10(self.value)

    @property
    def log10_bounds(self) -> tuple[float, float] | None:
        """Decimal logarithms of the bounds, also where they underflow."""
        if self.bounds is None:
            return None
        low, high = self.bounds
        return self.underflow_log10_bounds if low < SMALLEST else (math.log10(low), math.log10(high))


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


def log10_share(count: float, total: float) -> float:
    """Decimal logarithm of count / total, of floats or of whole numbers of any size; minus infinity for a count of 0.

    Examples
    --------
    >>> log10_share(3, 10**400 * 3)
    -400.0
    """
    if count == 0:
        return -math.inf
    share = count / total
    return math.log10(share) if share >= SMALLEST else math.log10(count) - math.log10(total)


def p_value(value: float, log10: float, method: str) -> PValue:
    """Give a P-value that keeps its decimal logarithm where the value is too small for a float."""
    return PValue(value, method, underflow_log10=log10 if value < SMALLEST else None)


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
    if hasattr(values, "filled"):  # numpy would take what is under the mask
        raise ValueError(f"{name}: a masked array")
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        raise ValueError(f"{name}: not one-dimensional") from None
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
    return as_share(level, "level")


def as_share(value: float, name: str) -> float:
    """Check a number strictly between 0 and 1."""
    share = _as_float(value)
    if share is None or not 0.0 < share < 1.0:
        raise ValueError(f"{name}: {value!r} is not between 0 and 1")
    return share


def _as_float(value: object) -> float | None:
    """The number that this is; None where it is none, such as text."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, SupportsFloat):
        return None
    try:
        return float(value)
    except (TypeError, OverflowError):
        return None


def as_count(value: object, name: str) -> int:
    """Check a whole number that is not negative, such as a number of patients."""
    count = _as_float(value)
    if count is None or not count.is_integer():
        raise ValueError(f"{name}: {value!r} is not a whole number")
    if count < 0:
        raise ValueError(f"{name}: {value!r} is below 0")
    if count > LARGEST_COUNT:
        raise ValueError(f"{name}: more than {LARGEST_COUNT}")
    return int(count)
