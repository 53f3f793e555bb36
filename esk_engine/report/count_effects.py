"""How unequally categories are divided over both groups, beside Fisher's P: differences of shares and an odds ratio."""

from __future__ import annotations

from dataclasses import dataclass

from esk_engine.report.analysis import Category, Count
from esk_engine.report.effects import LEVEL
from esk_engine.statistics import Estimate


@dataclass(frozen=True, slots=True)
class CountEffects:
    """Effect sizes of one coded variable, responder against non-responder, of classified patients with an answer.

    Attributes
    ----------
    variable
        The coded variable.
    differences
        For each category its share among responders minus its share among non-responders, in [-1, 1], with Newcombe's
        interval: (category, difference). Of two categories the second mirrors the first.
    odds_ratio
        The conditional odds ratio of the first category with its exact interval, above 1 where responders have it more
        often. Where there are not two categories: undefined, ``more_than_two_rows`` or Fisher's own reason.
    """

    variable: str
    differences: tuple[tuple[str, Estimate], ...]
    odds_ratio: Estimate

    @property
    def of(self) -> str | None:
        """Which category the odds ratio is of."""
        return self.differences[0][0] if self.differences else None


def count_effects(count: Count) -> CountEffects:
    """The effect sizes of one coded variable; none where Fisher's test has nothing to compare."""
    if count.fisher is None or count.fisher.reason == "one_row_or_column":
        return CountEffects(count.variable, (), _no_ratio(count.p.reason))
    from esk_engine.statistics.odds import conditional_odds_ratio
    from esk_engine.statistics.risks import risk_difference

    used = [category for category in count.categories if category.responder or category.non_responder]
    responders, others = sum(c.responder for c in used), sum(c.non_responder for c in used)

    def table(category: Category) -> list[list[int]]:
        first, second = category.responder, category.non_responder
        return [[first, responders - first], [second, others - second]]

    differences = tuple((category.value, risk_difference(table(category), LEVEL)) for category in used)
    ratio = conditional_odds_ratio(table(used[0]), LEVEL) if len(used) == 2 else _no_ratio("more_than_two_rows")
    return CountEffects(count.variable, differences, ratio)


def _no_ratio(reason: str | None) -> Estimate:
    return Estimate(None, None, None, LEVEL, "odds_ratio_conditional", reason)
