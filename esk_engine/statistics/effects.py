"""Effect sizes that belong to the Mann-Whitney test. One sign: positive where x is higher than y."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from esk_engine.statistics.values import Values, as_values


@dataclass(frozen=True, slots=True)
class RankEffects:
    """How far x lies above y, by counting pairs.

    Attributes
    ----------
    p_higher, p_lower, p_tied : float
        Shares of the m n pairs in which the value of x is higher than, lower than, equal to that of y.
    common_language : float
        P(x > y) + half P(x = y), in [0, 1]; also the area under the ROC curve.
    rank_biserial : float
        2 u / (m n) - 1, in [-1, 1]; the same number as Cliff's delta.
    method : str
        ``"rank_biserial"``.
    """

    p_higher: float
    p_lower: float
    p_tied: float
    common_language: float
    rank_biserial: float
    method: str = "rank_biserial"

    @property
    def cliffs_delta(self) -> float:
        """`p_higher` - `p_lower`: `rank_biserial` under its other name."""
        return self.rank_biserial


def rank_biserial(u: float, m: int, n: int) -> float:
    """Rank-biserial correlation 2 u / (m n) - 1 from the u of the first group.

    Examples
    --------
    >>> rank_biserial(47, 10, 20)
    -0.53
    """
    if m < 1 or n < 1 or not 0 <= u <= m * n:
        raise ValueError(f"u: {u} does not belong to groups of {m} and {n}")
    return (2 * u - m * n) / (m * n)


def rank_effects(x: Values, y: Values) -> RankEffects:
    """Count in how many pairs x is higher.

    Parameters
    ----------
    x, y : array_like, shapes (m,), (n,)
        The groups: finite numbers, missing ones dropped by the caller.

    References
    ----------
    Kerby DS. Compr Psychol 2014;3:1. Cliff N. Psychol Bull 1993;114:494-509.

    Examples
    --------
    >>> effects = rank_effects([3.0, 4.0], [1.0, 3.0])
    >>> effects.p_higher, effects.p_tied, effects.rank_biserial
    (0.75, 0.25, 0.75)
    """
    first, second = as_values(x, "x"), np.sort(as_values(y, "y"))
    pairs = first.size * second.size
    higher = int(second.searchsorted(first, "left").sum())
    lower = pairs - int(second.searchsorted(first, "right").sum())
    return RankEffects(
        higher / pairs,
        lower / pairs,
        (pairs - higher - lower) / pairs,
        (pairs + higher - lower) / (2 * pairs),
        (higher - lower) / pairs,
    )
