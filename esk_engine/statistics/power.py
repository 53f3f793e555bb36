"""How many patients a Mann-Whitney test needs, and what power a number of them gives (Noether)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from esk_engine.statistics.normal import normal_quantile
from esk_engine.statistics.values import as_share


@dataclass(frozen=True, slots=True)
class SampleSize:
    """The patients that a two-sided Mann-Whitney test needs.

    Attributes
    ----------
    total : float
        Of both groups, not yet whole.
    total_whole : int
        Rounded up.
    group1, group2 : int
        The share of each group of `total`, each rounded up.
    method : str
        ``"noether"``.
    """

    total: float
    total_whole: int
    group1: int
    group2: int
    method: str = "noether"


def noether_sample_size(
    p_higher: float, *, power: float = 0.8, alpha: float = 0.05, fraction: float = 0.5
) -> SampleSize:
    """Give the patients needed for a power.

    Parameters
    ----------
    p_higher : float
        P(x > y) + half P(x = y) to be detected; not 0.5.
    power, alpha : float
        The power wanted and the two-sided level.
    fraction : float
        The share of all patients that is in the first group.

    References
    ----------
    Noether GE. J Am Stat Assoc 1987;82:645-7.

    Examples
    --------
    >>> noether_sample_size(0.71).total_whole
    60
    """
    for name, value in (("p_higher", p_higher), ("power", power), ("alpha", alpha), ("fraction", fraction)):
        as_share(value, name)
    if p_higher == 0.5:
        raise ValueError("p_higher: 0.5 is no difference to detect")
    reach = normal_quantile(1 - alpha / 2) + normal_quantile(power)
    total = reach**2 / (12 * fraction * (1 - fraction) * (p_higher - 0.5) ** 2)
    return SampleSize(total, math.ceil(total), math.ceil(fraction * total), math.ceil((1 - fraction) * total))


def noether_power(p_higher: float, total: float, *, alpha: float = 0.05, fraction: float = 0.5) -> float:
    """Give the power of a two-sided Mann-Whitney test with `total` patients; parameters as for `noether_sample_size`.

    The chance of a significant result in the wrong direction is left out, as in Noether's formula.

    Examples
    --------
    >>> round(noether_power(0.71, 60), 4)
    0.8044
    """
    for name, value in (("p_higher", p_higher), ("alpha", alpha), ("fraction", fraction)):
        as_share(value, name)
    if total <= 0:
        raise ValueError(f"total: {total} is not above 0")
    moved = math.sqrt(12 * fraction * (1 - fraction) * total) * abs(p_higher - 0.5)
    return 0.5 * math.erfc((normal_quantile(1 - alpha / 2) - moved) / math.sqrt(2))


def p_higher_lognormal(ratio: float, cv: float) -> float:
    """Translate a ratio of geometric means into P(x > y), for log-normal groups with the same CV.

    Parameters
    ----------
    ratio : float
        Geometric mean of x over that of y.
    cv : float
        Geometric coefficient of variation of either group, as a fraction.

    Examples
    --------
    >>> round(p_higher_lognormal(0.75, 0.35), 6)
    0.274784
    """
    if ratio <= 0 or cv <= 0:
        raise ValueError("ratio, cv: not above 0")
    return 0.5 * math.erfc(-math.log(ratio) / math.sqrt(2 * math.log1p(cv * cv)) / math.sqrt(2))
