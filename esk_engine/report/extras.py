"""What stands beside the tables and is computed only when it is asked for: warnings, strata, effects, multiplicity.

`analyse` gives what tables 3 to 6 print; `extras` takes its result and adds to each comparison, and to each side
effect, what a careful reader wants to know besides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from esk_engine.dictionary import CONCENTRATIONS
from esk_engine.judge import Group
from esk_engine.report.analysis import (
    Analysis,
    Comparison,
    SideEffectComparison,
    below,
    has_decimals,
    masks,
    p_of,
    ranked,
    shift_of,
    side_effect_members,
)
from esk_engine.report.cautions import Caution, cautions_of_test, comparison_cautions, unequal_sexes
from esk_engine.report.count_effects import CountEffects, count_effects
from esk_engine.report.effects import Effects, effects_of
from esk_engine.report.stratified import StratifiedBySex, stratified_by_sex
from esk_engine.settings import PMethod
from esk_engine.statistics import HodgesLehmann, PValue

_NOTHING_TESTED = ("group_empty", "all_tied")


@dataclass(frozen=True, slots=True)
class ComparisonExtras:
    """What stands beside one comparison of responders and non-responders.

    Attributes
    ----------
    holm
        For the three concentrations: the P that the study prints, adjusted over them; else None.
    """

    comparison: Comparison
    warnings: tuple[Caution, ...]
    by_sex: StratifiedBySex
    effects: Effects
    holm: PValue | None

    @property
    def variable(self) -> str:
        return self.comparison.variable


@dataclass(frozen=True, slots=True)
class SideEffectExtras:
    """One concentration of patients with a side effect against those without; pending patients are in neither.

    Attributes
    ----------
    shift
        Hodges-Lehmann, with minus without; None with ``shift_reason``.
    """

    comparison: SideEffectComparison
    shift: HodgesLehmann | None
    shift_reason: str | None
    effects: Effects
    warnings: tuple[Caution, ...]
    has_decimals: bool

    def p(self, method: PMethod) -> PValue:
        """The P of one method, with its reason where it is None."""
        test = self.comparison.mann_whitney
        if test is None:
            return PValue(None, f"mann_whitney_{method}", self.comparison.reason)
        return p_of(test, method)


@dataclass(frozen=True, slots=True)
class Extras:
    """All of it.

    Attributes
    ----------
    comparisons
        In the order of ``Analysis.comparisons``.
    side_effects
        In the order of ``Analysis.side_effect_comparisons``.
    holm_count
        Over how many P-values Holm's adjustment is.
    counts
        In the order of ``Analysis.counts``.
    """

    comparisons: tuple[ComparisonExtras, ...]
    side_effects: tuple[SideEffectExtras, ...]
    holm_count: int
    counts: tuple[CountEffects, ...]

    def of(self, name: str) -> ComparisonExtras:
        """What belongs to one variable; KeyError where it is not compared."""
        return {found.variable: found for found in self.comparisons}[name]

    def of_count(self, name: str) -> CountEffects:
        """The effect sizes of one coded variable; KeyError where it is not counted."""
        return {found.variable: found for found in self.counts}[name]


def extras(analysis: Analysis, progress: Callable[[float], None] | None = None) -> Extras:
    """Warnings, the comparison stratified by sex, effect sizes and Holm's P of every comparison.

    Parameters
    ----------
    progress
        Called with the share that is done, 0..1; may raise, to stop.
    """
    adjusted, count = holm_over_concentrations(analysis)
    found: list[ComparisonExtras] = []
    for done, comparison in enumerate(analysis.comparisons, 1):
        found.append(_comparison_extras(analysis, comparison, adjusted.get(comparison.variable)))
        if progress is not None:
            progress(done / (len(analysis.comparisons) + 1))
    counts = tuple(count_effects(each) for each in analysis.counts)
    return Extras(tuple(found), _side_effect_extras(analysis), count, counts)


def _comparison_extras(analysis: Analysis, comparison: Comparison, holm: PValue | None) -> ComparisonExtras:
    cohort, name, of = analysis.cohort, comparison.variable, masks(analysis.cohort)
    x, y = (ranked(cohort, name, of[group]) for group in (Group.RESPONDER, Group.NON_RESPONDER))
    some_below = comparison.shift_reason == "below_lloq"
    return ComparisonExtras(
        comparison,
        comparison_cautions(analysis, comparison),
        stratified_by_sex(analysis, name),
        effects_of(x, y, is_concentration=name in CONCENTRATIONS, some_below=some_below),
        holm,
    )


def holm_over_concentrations(analysis: Analysis) -> tuple[dict[str, PValue], int]:
    """The printed P of the three concentrations adjusted by Holm, and over how many.

    One that could not be tested at all (an empty group, nothing but ties) is not counted; one whose P is unknown for
    another reason (half a U, too long) was still asked for: it counts, as if its P were 1.
    """
    from esk_engine.statistics.adjust import holm, holm_log10

    method = analysis.cohort.settings.p_method
    raw = [analysis.comparison(name).p(method) for name in CONCENTRATIONS]
    counted = [None if p.reason in _NOTHING_TESTED else 1.0 if p.value is None else p.value for p in raw]
    logs = [p.log10 if known is None or p.value is not None else 0.0 for p, known in zip(raw, counted, strict=True)]
    adjusted = {
        name: PValue(None if p.value is None else value, f"holm_{p.method}", p.reason, underflow_log10=log10)
        for name, p, value, log10 in zip(CONCENTRATIONS, raw, holm(counted), holm_log10(logs), strict=True)
    }
    return adjusted, sum(value is not None for value in counted)


def _side_effect_extras(analysis: Analysis) -> tuple[SideEffectExtras, ...]:
    cohort, members = analysis.cohort, side_effect_members(analysis.cohort)
    found: list[SideEffectExtras] = []
    for comparison in analysis.side_effect_comparisons:
        name, parts = comparison.variable, members[comparison.term]
        x, y = (ranked(cohort, name, part) for part in (parts.with_it, parts.without))
        below_lloq = int((below(cohort, name) & (parts.with_it | parts.without)).sum())
        shift, reason = shift_of(x, y, some_below=bool(below_lloq))
        warnings = cautions_of_test(comparison.mann_whitney, below_lloq)
        if comparison.mann_whitney is not None:
            warnings = (*warnings, *unequal_sexes(cohort, parts.with_it, parts.without))
        found.append(
            SideEffectExtras(
                comparison,
                shift,
                reason,
                effects_of(x, y, is_concentration=True, some_below=bool(below_lloq)),
                warnings,
                has_decimals(cohort, name),
            )
        )
    return tuple(found)
