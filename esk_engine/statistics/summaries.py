"""One group in numbers: location, spread, quartiles of three kinds, geometric figures, and the box of a box plot."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from esk_engine.statistics.values import Values, as_values


@dataclass(frozen=True, slots=True)
class Summary:
    """Descriptive figures of one group, in the unit of the values unless said otherwise.

    Attributes
    ----------
    n : int
        Number of values.
    minimum, maximum, median : float
        The median of an even number is the mean of the middle two.
    q1, q3 : float
        Quartiles of type 7 (R, Excel's QUARTILE.INC).
    q1_type6, q3_type6 : float
        Quartiles of type 6 (SPSS's HAVERAGE, Excel's QUARTILE.EXC).
    hinge_low, hinge_high : float
        Tukey's hinges: medians of the lower and the upper half, the middle value in both.
    mean : float or None
        Arithmetic mean; it does not hang on the order of the values.
    sd : float or None
        Standard deviation with n - 1; None for one value.
    cv_percent : float or None
        100 sd / mean; its sign is that of the mean.
    geometric_mean : float or None
        None unless every value is above 0.
    geometric_sd : float or None
        exp(s), s the standard deviation of the natural logarithms; a factor, >= 1.
    geometric_cv_percent : float or None
        100 sqrt(exp(s^2) - 1).
    reasons : mapping of str to str
        For each field that is None: ``one_value``, ``mean_zero``, ``not_all_positive`` or ``overflow``.
    method : str
        ``"summary"``.
    """

    n: int
    minimum: float
    maximum: float
    median: float
    q1: float
    q3: float
    q1_type6: float
    q3_type6: float
    hinge_low: float
    hinge_high: float
    mean: float | None
    sd: float | None
    cv_percent: float | None
    geometric_mean: float | None
    geometric_sd: float | None
    geometric_cv_percent: float | None
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])
    method: str = "summary"


@dataclass(frozen=True, slots=True)
class Box:
    """What a box plot draws, as SPSS does.

    Attributes
    ----------
    hinge_low, median, hinge_high : float
        The box: Tukey's hinges.
    whisker_low, whisker_high : float
        The last values within 1.5 times the box's height of its edges.
    outliers : tuple of float
        Every value beyond the whiskers, ascending.
    extremes : tuple of float
        Those of them more than 3 heights away.
    method : str
        ``"box_tukey_hinges"``.
    """

    hinge_low: float
    median: float
    hinge_high: float
    whisker_low: float
    whisker_high: float
    outliers: tuple[float, ...]
    extremes: tuple[float, ...]
    method: str = "box_tukey_hinges"


def summarise(values: Values) -> Summary:
    """Describe one group.

    Parameters
    ----------
    values : array_like, shape (n,)
        Finite numbers, missing ones dropped by the caller; one is enough.

    Returns
    -------
    Summary

    Raises
    ------
    ValueError
        If there are no values, or any is not a finite number.

    References
    ----------
    Hyndman RJ, Fan Y. Am Stat 1996;50:361-5 (quartiles). Tukey JW. Exploratory Data Analysis (1977).

    Examples
    --------
    >>> figures = summarise([1.0, 2.0, 4.0, 8.0])
    >>> figures.median, figures.q1, figures.hinge_low, round(figures.geometric_mean, 12)
    (3.0, 1.75, 1.5, 2.828427124746)
    >>> summarise([5.0]).sd is None, summarise([5.0]).reasons["sd"]
    (True, 'one_value')
    """
    ordered: list[float] = np.sort(as_values(values, "values")).tolist()
    reasons: dict[str, str] = {}
    mean, sd = mean_and_sd(ordered)
    if mean is None:
        reasons["mean"] = "overflow"
    if sd is None:
        reasons["sd"] = "one_value" if len(ordered) == 1 else "overflow"
    cv = None
    if mean == 0:
        reasons["cv_percent"] = "mean_zero"
    elif mean is None or sd is None:
        reasons["cv_percent"] = reasons["sd"]
    else:
        cv = 100 * sd / mean
    geometric_mean, geometric_sd, geometric_cv = _geometric(ordered, reasons)
    hinge_low, hinge_high = _hinges(ordered)
    return Summary(
        n=len(ordered),
        minimum=ordered[0],
        maximum=ordered[-1],
        median=_between(ordered, (len(ordered) - 1) / 2),
        q1=_between(ordered, (len(ordered) - 1) * 0.25),
        q3=_between(ordered, (len(ordered) - 1) * 0.75),
        q1_type6=_between(ordered, (len(ordered) + 1) * 0.25 - 1),
        q3_type6=_between(ordered, (len(ordered) + 1) * 0.75 - 1),
        hinge_low=hinge_low,
        hinge_high=hinge_high,
        mean=mean,
        sd=sd,
        cv_percent=cv,
        geometric_mean=geometric_mean,
        geometric_sd=geometric_sd,
        geometric_cv_percent=geometric_cv,
        reasons=reasons,
    )


def box(values: Values) -> Box:
    """Give what a box plot of one group draws.

    A value that lies on the fence but for rounding, within 1e-12 of the larger hinge, is inside.

    Parameters
    ----------
    values : array_like, shape (n,)
        Finite numbers, missing ones dropped by the caller.

    Examples
    --------
    >>> drawn = box([1.0, 2.0, 3.0, 4.0, 5.0, 9.0, 30.0])
    >>> drawn.hinge_low, drawn.hinge_high, drawn.whisker_high, drawn.outliers, drawn.extremes
    (2.5, 7.0, 9.0, (30.0,), (30.0,))
    """
    ordered: list[float] = np.sort(as_values(values, "values")).tolist()
    low, high = _hinges(ordered)
    slack = 1e-12 * max(abs(low), abs(high))
    reach = 1.5 * (high - low) + slack
    far = 3 * (high - low) + slack
    inside = [value for value in ordered if low - reach <= value <= high + reach]
    return Box(
        hinge_low=low,
        median=_between(ordered, (len(ordered) - 1) / 2),
        hinge_high=high,
        # of few values none may lie between fence and hinge: then the whisker has no length
        whisker_low=min(inside[0], low),
        whisker_high=max(inside[-1], high),
        outliers=tuple(value for value in ordered if not low - reach <= value <= high + reach),
        extremes=tuple(value for value in ordered if not low - far <= value <= high + far),
    )


def mean_and_sd(values: list[float]) -> tuple[float | None, float | None]:
    """Mean and standard deviation, exactly rounded sums; None where undefined or too large for a float."""
    if min(values) == max(values):
        # rounding must not turn a constant into something that varies
        return values[0], (0.0 if len(values) > 1 else None)
    try:
        mean = math.fsum(values) / len(values)
        squares = math.fsum((value - mean) ** 2 for value in values)
    except OverflowError:
        return None, None
    return mean, math.sqrt(squares / (len(values) - 1))


def _geometric(ordered: list[float], reasons: dict[str, str]) -> tuple[float | None, float | None, float | None]:
    names = ("geometric_mean", "geometric_sd", "geometric_cv_percent")
    if ordered[0] <= 0:
        reasons.update(dict.fromkeys(names, "not_all_positive"))
        return None, None, None
    centre, spread = mean_and_sd([math.log(value) for value in ordered])
    mean = ordered[0] if ordered[0] == ordered[-1] or centre is None else math.exp(centre)
    if spread is None:
        reasons.update(dict.fromkeys(names[1:], "one_value"))
        return mean, None, None
    factor, cv = exponential(spread), exponential(spread * spread)
    if factor is None:
        reasons[names[1]] = "overflow"
    if cv is None:
        reasons[names[2]] = "overflow"
        return mean, factor, None
    return mean, factor, 100 * math.sqrt(math.expm1(spread * spread))


def exponential(power: float) -> float | None:
    """Give exp(power), or None where that is too large for a float."""
    try:
        return math.exp(power)
    except OverflowError:
        return None


def _between(ordered: list[float], place: float) -> float:
    """Interpolate between the values at both sides of a place counted from 0."""
    place = min(max(place, 0.0), len(ordered) - 1.0)
    below = math.floor(place)
    share = place - below
    if share == 0:
        return ordered[below]
    low, high = ordered[below], ordered[below + 1]
    if math.isinf(high - low) or math.isinf(high + low):  # near the largest float: halves do not overflow
        return low * (1 - share) + high * share
    return (low + high) / 2 if share == 0.5 else low + share * (high - low)


def _hinges(ordered: list[float]) -> tuple[float, float]:
    depth = ((len(ordered) + 3) // 2) / 2 - 1  # of R's fivenum, counted from 0
    return _between(ordered, depth), _between(ordered, len(ordered) - 1 - depth)
