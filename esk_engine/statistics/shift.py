"""Hodges-Lehmann: by how much x lies above y, with intervals from the ordered pairwise differences."""

from __future__ import annotations

import math
from dataclasses import dataclass

from esk_engine.statistics.normal import normal_quantile
from esk_engine.statistics.pairwise import OrderedDifferences
from esk_engine.statistics.untied import lower_quantile, lower_quantile_cost_seconds
from esk_engine.statistics.values import Values, as_level, as_values

_LONGEST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ShiftInterval:
    """Confidence interval of the shift between two order statistics of the pairwise differences.

    Attributes
    ----------
    lower, upper : float or None
        The limits, in the unit of the values.
    level : float
        The level that was asked for.
    achieved_level : float or None
        Exact interval: the level it has where there are no ties; at least `level` unless the reason says otherwise.
    order : int or None
        The limits are the order-th smallest and the order-th largest difference.
    method : str
        ``"hodges_lehmann_exact"`` or ``"hodges_lehmann_normal"``.
    reason : str or None
        ``groups_too_small``: None, as no difference has that order (normal). ``level_not_reached``: the limits are
        the extreme differences and their level is below the one asked for. ``exact_over_one_second``: None.
    """

    lower: float | None
    upper: float | None
    level: float
    achieved_level: float | None
    order: int | None
    method: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class HodgesLehmann:
    """The shift of x against y.

    Attributes
    ----------
    shift : float
        Median of all m n differences x - y, in the unit of the values.
    exact : ShiftInterval
        From the exact distribution of U.
    normal : ShiftInterval
        From its normal approximation.
    method : str
        ``"hodges_lehmann"``.
    """

    shift: float
    exact: ShiftInterval
    normal: ShiftInterval
    method: str = "hodges_lehmann"

    @property
    def lower(self) -> float | None:
        """Lower limit of the exact interval."""
        return self.exact.lower

    @property
    def upper(self) -> float | None:
        """Upper limit of the exact interval."""
        return self.exact.upper

    @property
    def achieved_level(self) -> float | None:
        """Level of the exact interval."""
        return self.exact.achieved_level

    @property
    def reason(self) -> str | None:
        """What is to be said of the exact interval."""
        return self.exact.reason


def hodges_lehmann(x: Values, y: Values, level: float = 0.95) -> HodgesLehmann:
    """Estimate the shift between two groups as the median of all pairwise differences x - y.

    It is the true median, also where R's asymptotic branch returns the root of a step function.

    Parameters
    ----------
    x, y : array_like, shapes (m,), (n,)
        The groups: finite numbers, missing ones dropped by the caller.
    level : float
        Confidence level.

    Returns
    -------
    HodgesLehmann

    Raises
    ------
    ValueError
        If a group is empty, not numeric, or holds a NaN or an infinity, or a difference is too large for a float.

    Notes
    -----
    The intervals are those of the distribution of U without ties: with ties the exact one covers at least as often.
    Time and memory grow with (m + n) log(m + n), not with m n.

    References
    ----------
    Hodges JL, Lehmann EL. Ann Math Stat 1963;34:598-611. Bauer DF. J Am Stat Assoc 1972;67:687-90.

    Examples
    --------
    >>> result = hodges_lehmann([1.0, 2.0, 4.0, 8.0], [0.0, 3.0, 3.5, 5.0])
    >>> result.shift, result.lower, result.upper, round(result.achieved_level, 4)
    (0.75, -4.0, 8.0, 0.9714)
    """
    first, second, level = as_values(x, "x"), as_values(y, "y"), as_level(level)
    highest, lowest = max(float(first.max()), float(second.max())), min(float(first.min()), float(second.min()))
    if math.isinf(2 * (highest - lowest)):
        raise ValueError("x, y: their differences are too large for floats")
    differences = OrderedDifferences(first, second)
    pairs = first.size * second.size
    median = differences.smallest((pairs + 1) // 2)
    if pairs % 2 == 0:
        median = (median + differences.smallest(pairs // 2 + 1)) / 2
    return HodgesLehmann(
        median,
        _exact(differences, first.size, second.size, level),
        _normal(differences, first.size, second.size, level),
    )


def _exact(differences: OrderedDifferences, m: int, n: int, level: float) -> ShiftInterval:
    """R's exact interval: the order is qwilcox((1 - level) / 2), at least 1."""
    method = "hodges_lehmann_exact"
    if lower_quantile_cost_seconds(m, n) > _LONGEST_SECONDS:
        return ShiftInterval(None, None, level, None, None, method, "exact_over_one_second")
    alpha = (1 - level) / 2
    order, below = lower_quantile(m, n, alpha)
    reason = None
    if order < 1:  # even the extreme differences leave more than alpha outside
        order, below = 1, 1 / math.comb(m + n, m)
        reason = "level_not_reached"
    lower, upper = differences.smallest(order), differences.smallest(m * n + 1 - order)
    return ShiftInterval(lower, upper, level, 1 - 2 * below, order, method, reason)


def _normal(differences: OrderedDifferences, m: int, n: int, level: float) -> ShiftInterval:
    method = "hodges_lehmann_normal"
    sd = math.sqrt(m * n * (m + n + 1) / 12)
    order = math.floor(m * n / 2 - normal_quantile((1 + level) / 2) * sd)
    if order < 1:
        return ShiftInterval(None, None, level, None, None, method, "groups_too_small")
    lower, upper = differences.smallest(order), differences.smallest(m * n + 1 - order)
    return ShiftInterval(lower, upper, level, None, order, method)
