"""Evaluates a criteria set against the one it is compared with: a pure function over a cohort, fit for a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from esk_engine.cohort import Cohort
from esk_engine.consequences import Consequences, compare
from esk_engine.criteria import CriteriaSet
from esk_engine.dictionary import CONCENTRATIONS
from esk_engine.settings import PMethod


@dataclass(frozen=True, slots=True)
class PPair:
    """One P-value before and after; None where it is undefined."""

    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the page shows of a set.

    Attributes
    ----------
    cohort
        The patients under the set that is looked at.
    p_values
        By variable; empty while the block of P-values is folded. ``p_method`` names their method.
    """

    base: CriteriaSet
    cohort: Cohort
    consequences: Consequences
    p_values: Mapping[str, PPair]
    p_method: PMethod


def evaluate(cohort: Cohort, base: CriteriaSet, shown: CriteriaSet, *, with_p: bool) -> Evaluation:
    """Judge the same patients under both sets; P-values only where they are shown."""
    before, after = cohort.regrouped(base), cohort.regrouped(shown)
    method = cohort.settings.p_method
    p_values = {name: PPair(_p(before, name), _p(after, name)) for name in CONCENTRATIONS} if with_p else {}
    return Evaluation(base, after, compare(before, after), p_values, method)


def _p(cohort: Cohort, name: str) -> float | None:
    from esk_engine.report import analysis

    return analysis.compare(cohort, name).p(cohort.settings.p_method).value
