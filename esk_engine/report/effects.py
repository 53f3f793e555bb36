"""How large a difference is, beside its P: effect sizes with their intervals, each with its method or its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from esk_engine.report.analysis import Floats
from esk_engine.statistics import Estimate

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Effects:
    """Effect sizes of x against y: of responders against non-responders, of patients with against without.

    Attributes
    ----------
    rank_biserial
        Also Cliff's delta: in [-1, 1], positive where x is higher; DeLong's interval.
    common_language
        P(x > y) + half P(x = y), in [0, 1]; the same with another scale.
    geometric_ratio
        Geometric mean of x divided by that of y with Welch's interval on the logarithms; None for what is no
        concentration. With a value below its LLOQ undefined (``below_lloq``), whatever stands in for it in means.

    An interval that has no width because the groups do not overlap says nothing: limits None, ``no_variance``.
    """

    rank_biserial: Estimate
    common_language: Estimate
    geometric_ratio: Estimate | None


def effects_of(x: Floats, y: Floats, *, is_concentration: bool, some_below: bool) -> Effects:
    """The effect sizes of two groups as ranked (below the LLOQ lowest, tied); all undefined where one is empty."""
    from esk_engine.statistics.roc_curve import common_language_interval, rank_biserial_interval

    if not len(x) or not len(y):
        methods = ("rank_biserial_delong", "common_language_delong")
        undefined = [Estimate(None, None, None, LEVEL, method, "group_empty") for method in methods]
        ratio = _no_ratio("group_empty") if is_concentration else None
        return Effects(undefined[0], undefined[1], ratio)
    ratio = _ratio(x, y, some_below=some_below) if is_concentration else None
    return Effects(_told(rank_biserial_interval(x, y, LEVEL)), _told(common_language_interval(x, y, LEVEL)), ratio)


def _told(estimate: Estimate) -> Estimate:
    return replace(estimate, lower=None, upper=None) if estimate.reason == "no_variance" else estimate


def _no_ratio(reason: str | None) -> Estimate:
    return Estimate(None, None, None, LEVEL, "welch_geometric_ratio", reason)


def _ratio(x: Floats, y: Floats, *, some_below: bool) -> Estimate:
    if some_below:
        return _no_ratio("below_lloq")
    from esk_engine.statistics.means import geometric_ratio

    found = geometric_ratio(x, y, LEVEL)
    return Estimate(found.estimate, found.lower, found.upper, found.level, found.method, found.reason)
