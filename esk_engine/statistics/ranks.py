"""Mann-Whitney: two independent groups compared by rank, with every P-value under its own name."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from esk_engine.statistics import untied
from esk_engine.statistics.exact import LONGEST_SECONDS, exact_feasible, groups_cost_seconds, rank_sum_tails
from esk_engine.statistics.lattice import TieGroups, tie_groups
from esk_engine.statistics.normal import normal_p, upper_normal_p
from esk_engine.statistics.subset_counts import Progress, SplitCounts, part_of
from esk_engine.statistics.values import SMALLEST, FloatArray, PValue, Values, as_values, log10_share, p_value

Exact = bool | Literal["auto"]

_ASYMPTOTIC = "mann_whitney_asymptotic"
_CORRECTED = "mann_whitney_asymptotic_corrected"
_EXACT = "mann_whitney_exact"
_SPSS = "mann_whitney_exact_spss"

_SMALL = 1000
"""Up to this m n the counts without ties are kept for the next call."""


@dataclass(frozen=True, slots=True)
class MannWhitney:
    """The Mann-Whitney test of x against y.

    Attributes
    ----------
    m, n : int
        Sizes of x and of y.
    u, u_other : float
        Pairs in which x is higher, pairs in which y is; ties half to each. Their sum is m n.
    rank_sum, rank_sum_other : float
        Sums of the mid-ranks of x and of y.
    ties : bool
        Whether any two values of the pooled samples are equal.
    sd : float
        Standard deviation of u given the ties; 0 if all values are equal.
    z : float or None
        (u - m n / 2) / sd, without continuity correction; its sign follows u. None if all values are equal.
    p_asymptotic : PValue
        Two-sided, from z. SPSS's "Asymp. Sig. (2-tailed)".
    p_asymptotic_corrected : PValue
        The same with the continuity correction of 0.5: the default of R with ties, and of scipy.
    p_exact : PValue
        Two-sided exact permutation P given the ties: all splits at least as far from the mean.
    p_exact_less, p_exact_greater : PValue
        One-sided exact: u at most, at least, as large as observed.
    p_exact_doubled : PValue
        Twice the smaller of both, at most 1: the exact P of R from 4.6 on.
    p_exact_spss : PValue
        Twice the one-tailed exact P without correction for ties, at most 1: SPSS's "Exact Sig. [2*(1-tailed Sig.)]".
        How SPSS treats a half U is not documented: then None, reason ``half_u``, and `bounds` from the whole U
        below and above.

    Notes
    -----
    Reasons for a P of None: ``all_tied``, ``exact_not_asked``, ``exact_over_one_second``, ``exact_too_large``,
    ``half_u``.

    Each P is the float nearest to it: below 2.2e-308 one of few digits, below 5e-324 it is 0. Its decimal logarithm
    stands beside it under the name of the P with ``log10_`` before it, at most 0 and never short of digits: that of an
    exact P comes from the counts of splits, not from the P.
    """

    m: int
    n: int
    u: float
    u_other: float
    rank_sum: float
    rank_sum_other: float
    ties: bool
    sd: float
    z: float | None
    p_asymptotic: PValue
    p_asymptotic_corrected: PValue
    p_exact: PValue
    p_exact_less: PValue
    p_exact_greater: PValue
    p_exact_doubled: PValue
    p_exact_spss: PValue

    @property
    def z_corrected(self) -> float | None:
        """Z with the continuity correction of 0.5 towards 0; it keeps the sign of `z`."""
        return None if self.z is None else math.copysign(max(0.0, abs(self.z) - 0.5 / self.sd), self.z)

    def p_asymptotic_one_sided(self, side: Literal["less", "greater"], *, corrected: bool = False) -> PValue:
        """P that u is at most (``"less"``) or at least as large as observed, by the normal approximation."""
        method = f"{_CORRECTED if corrected else _ASYMPTOTIC}_{side}"
        if self.z is None:
            return PValue(None, method, "all_tied")
        sign = -1 if side == "less" else 1
        return upper_normal_p(sign * self.z - (0.5 / self.sd if corrected else 0.0), method)

    @property
    def log10_p_asymptotic(self) -> float | None:
        """Decimal logarithm of `p_asymptotic`, also where that underflows; as the others None where the P is."""
        return self.p_asymptotic.log10

    @property
    def log10_p_asymptotic_corrected(self) -> float | None:
        """That of `p_asymptotic_corrected`."""
        return self.p_asymptotic_corrected.log10

    @property
    def log10_p_exact(self) -> float | None:
        """That of `p_exact`."""
        return self.p_exact.log10

    @property
    def log10_p_exact_less(self) -> float | None:
        """That of `p_exact_less`."""
        return self.p_exact_less.log10

    @property
    def log10_p_exact_greater(self) -> float | None:
        """That of `p_exact_greater`."""
        return self.p_exact_greater.log10

    @property
    def log10_p_exact_doubled(self) -> float | None:
        """That of `p_exact_doubled`."""
        return self.p_exact_doubled.log10

    @property
    def log10_p_exact_spss(self) -> float | None:
        """That of `p_exact_spss`; with a half U its `log10_bounds` have those of the bounds."""
        return self.p_exact_spss.log10


def mann_whitney(x: Values, y: Values, *, exact: Exact = "auto", progress: Progress | None = None) -> MannWhitney:
    """Compare two independent groups by rank (Mann-Whitney, Wilcoxon rank sum).

    Whether a value drawn from x tends to be higher than one from y. Ties get mid-ranks. The exact P is a permutation
    P given the ties, by an algorithm of our own: scipy's ``method="exact"`` ignores ties, and R before 4.6 has
    none with ties.

    Parameters
    ----------
    x, y : array_like, shapes (m,), (n,)
        The groups: finite numbers, missing ones dropped by the caller; one value is enough.
    exact : bool or "auto"
        True computes the exact P however long it takes, False leaves it out, "auto" leaves it out where it would take
        more than a second.
    progress : callable, optional
        Called with the fraction of the exact P that is done; may raise, to stop.

    Returns
    -------
    MannWhitney

    Raises
    ------
    ValueError
        If a group is empty, not numeric, or holds a NaN or an infinity.

    References
    ----------
    Mann HB, Whitney DR. Ann Math Stat 1947;18:50-60. Lehmann EL. Nonparametrics (1975), chapter 1.

    Examples
    --------
    >>> test = mann_whitney([1.1, 2.2, 3.3], [2.2, 4.4, 5.5, 6.6])
    >>> test.u, test.u_other, test.rank_sum
    (1.5, 10.5, 7.5)
    >>> test.p_exact.method, round(test.p_exact.value, 6)
    ('mann_whitney_exact', 0.142857)
    >>> test.p_exact_spss.reason, test.p_exact_spss.bounds
    ('half_u', (0.11428571428571428, 0.22857142857142856))
    """
    first, second = as_values(x, "x"), as_values(y, "y")
    m, n = first.size, second.size
    groups = tie_groups(np.concatenate((first, second)))
    doubled_u = _doubled_u(first, second)
    ties = len(groups.sizes) < m + n
    sd = _spread(m, n, groups)
    z, p_plain, p_corrected = _asymptotic(doubled_u / 2 - m * n / 2, sd)
    # without ties one computation serves both; with them a second one, some four times shorter, is on whole ranks
    listener = part_of(progress, 0, 0.8) if ties else progress
    p_exact, less, greater, doubled = _exact(groups, m, doubled_u, exact, listener)
    if ties or p_exact.value is None:
        p_spss = exact_spss(min(doubled_u, 2 * m * n - doubled_u), m, n, exact, part_of(progress, 0.8, 1))
    else:
        p_spss = replace(doubled, method=_SPSS)
    u, rank_sum = doubled_u / 2, (doubled_u + m * (m + 1)) / 2
    return MannWhitney(
        m, n, u, m * n - u, rank_sum, (m + n) * (m + n + 1) / 2 - rank_sum, ties,
        sd, z, p_plain, p_corrected, p_exact, less, greater, doubled, p_spss,
    )  # fmt: skip


def _doubled_u(x: FloatArray, y: FloatArray) -> int:
    ordered = np.sort(y)
    return int(ordered.searchsorted(x, "left").sum() + ordered.searchsorted(x, "right").sum())


def _spread(m: int, n: int, groups: TieGroups) -> float:
    """Standard deviation of u given the ties."""
    total = m + n
    if len(groups.sizes) == 1:
        return 0.0
    return math.sqrt(m * n / 12 * ((total + 1) - groups.tie_term / (total * (total - 1))))


def _asymptotic(distance: float, sd: float) -> tuple[float | None, PValue, PValue]:
    """Z, and P without and with continuity correction, from u less its mean."""
    if sd == 0:
        return None, PValue(None, _ASYMPTOTIC, "all_tied"), PValue(None, _CORRECTED, "all_tied")
    z = distance / sd
    corrected = max(0.0, abs(distance) - 0.5) / sd
    return z, normal_p(z, _ASYMPTOTIC), normal_p(corrected, _CORRECTED)


def _exact(
    groups: TieGroups, m: int, doubled_u: int, exact: Exact, progress: Progress | None
) -> tuple[PValue, PValue, PValue, PValue]:
    """Two-sided, less, greater and doubled."""
    names = (_EXACT, _EXACT + "_less", _EXACT + "_greater", _EXACT + "_doubled")
    reason = _left_out(exact, m, sum(groups.sizes) - m, groups)
    if reason is not None:
        two_sided, less, greater, doubled = (PValue(None, name, reason) for name in names)
        return two_sided, less, greater, doubled
    tails = rank_sum_tails(groups, m, doubled_u + m * (m + 1), progress)
    return (
        p_value(tails.two_sided, tails.log10_two_sided, names[0]),
        p_value(tails.less, tails.log10_less, names[1]),
        p_value(tails.greater, tails.log10_greater, names[2]),
        p_value(tails.doubled, tails.log10_doubled, names[3]),
    )


def _left_out(exact: Exact, m: int, n: int, groups: TieGroups) -> str | None:
    if exact is False:
        return "exact_not_asked"
    if not exact_feasible(m, n):
        return "exact_too_large"
    if exact == "auto" and groups_cost_seconds(groups, m) > LONGEST_SECONDS:
        return "exact_over_one_second"
    return None


def exact_spss(doubled_u: int, m: int, n: int, exact: Exact = "auto", progress: Progress | None = None) -> PValue:
    """SPSS's exact P: twice P(U <= u) as if there were no ties, at most 1.

    Parameters
    ----------
    doubled_u : int
        Twice the smaller of both U.
    m, n : int
        Group sizes.
    exact, progress
        As for `mann_whitney`.

    Raises
    ------
    ValueError
        If no smaller U of these groups can be that.
    """
    if m < 1 or n < 1 or not 0 <= doubled_u <= m * n:
        raise ValueError(f"doubled_u: {doubled_u} is not twice the smaller U of groups of {m} and {n}")
    if exact is False:
        return PValue(None, _SPSS, "exact_not_asked")
    highest = (doubled_u + 1) // 2
    if m * n <= _SMALL or untied.cost_seconds(m, n, highest) < 1e-3:
        counts = untied.small_counts(m, n) if m * n <= _SMALL else untied.UntiedCounts(m, n, highest)
        tails, total = [counts.at_most(u) for u in (doubled_u // 2, highest)], counts.total
    else:
        groups = TieGroups(tuple(range(2, 2 * (m + n) + 1, 2)), (1,) * (m + n))
        reason = _left_out(exact, m, n, groups)
        if reason is not None:
            return PValue(None, _SPSS, reason)
        chosen = min(m, n)
        if progress is None:
            sums = untied.split_counts(m + n, chosen)
        else:
            sums = SplitCounts(list(range(m + n)), chosen, progress)
        lowest = chosen * (chosen - 1) // 2
        tails, total = sums.at_most(lowest + doubled_u // 2, lowest + highest), sums.total
    low, high = (min(1.0, 2 * tail / total) for tail in tails)
    logs = None
    if low < SMALLEST:
        logs = log10_share(2 * tails[0], total), log10_share(2 * tails[1], total)
    if doubled_u % 2:
        return PValue(None, _SPSS, "half_u", (low, high), underflow_log10_bounds=logs)
    return PValue(low, _SPSS, underflow_log10=None if logs is None else logs[0])
