"""The analysis of a cohort as plain data: every comparison, count, side effect, and the clinician's decision.

Everything of two groups is responder against non-responder: a positive shift means responders are higher.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from esk_engine.cohort import Cohort, term_order
from esk_engine.dictionary import CONCENTRATIONS, DerivedVariable, Kind, numeric, variable
from esk_engine.judge import Group
from esk_engine.settings import BlqRule, PMethod
from esk_engine.statistics import (
    Fisher,
    HodgesLehmann,
    MannWhitney,
    PValue,
    Summary,
    fisher,
    hodges_lehmann,
    mann_whitney,
)
from esk_engine.statistics import summarise as summary_of
from esk_engine.statistics.untied import split_counts

TOTAL = "total"
COLUMNS: tuple[str, ...] = (TOTAL, Group.NON_RESPONDER, Group.RESPONDER)
COMPARED: tuple[str, ...] = (
    "age_years",
    "bmi_kg_m2",
    "dose_mg",
    *(
        f"{vital}_{what}"
        for vital in ("heart_rate", "systolic", "diastolic")
        for what in ("before", "end", "change_percent")
    ),
    "nrs_before",
    "nrs_end",
    "nrs_reduction_percent",
    "relief_weeks",
    *CONCENTRATIONS,
)
COUNTED = ("sex", "indication", "indication_group")
_BELOW_EVERYTHING = -1.0  # every concentration is above 0: below its LLOQ ranks lowest, tied
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """One variable in one group: n measured + below_lloq + missing = patients in the group.

    ``summary`` is None where nothing was measured (nor stands in by the study's rule for values below the LLOQ).
    """

    n: int
    missing: int
    below_lloq: int
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One numeric variable, responder against non-responder, with the summaries of every column.

    Attributes
    ----------
    mann_whitney, shift, rank_biserial
        None where undefined, ``reason`` and ``shift_reason`` say why (texts ``reason.<code>``).
    has_decimals
        A value in the row has more decimals than the model study's tables print.
    """

    variable: str
    unit: str
    groups: dict[str, GroupSummary]
    mann_whitney: MannWhitney | None
    shift: HodgesLehmann | None
    rank_biserial: float | None
    reason: str | None
    shift_reason: str | None
    has_decimals: bool

    def p(self, method: PMethod) -> PValue:
        """The P of one method, with its reason where it is None."""
        if self.mann_whitney is None:
            return PValue(None, f"mann_whitney_{method}", self.reason)
        return p_of(self.mann_whitney, method)


def p_of(test: MannWhitney, method: PMethod) -> PValue:
    """Which of a test's P-values a study's P method names."""
    if method is PMethod.ASYMPTOTIC:
        return test.p_asymptotic
    return test.p_exact if method is PMethod.EXACT else test.p_exact_spss


def interval_of(comparison: Comparison) -> tuple[float | None, float | None, str | None]:
    """The exact 95 % interval of the shift, or None with the reason; one that falls short is undefined."""
    return exact_interval(comparison.shift, comparison.shift_reason)


def exact_interval(shift: HodgesLehmann | None, reason: str | None) -> tuple[float | None, float | None, str | None]:
    """As `interval_of`, of a shift on its own."""
    if shift is None:
        return None, None, reason
    exact = shift.exact
    if exact.reason is not None or exact.lower is None or exact.upper is None:
        return None, None, exact.reason
    return exact.lower, exact.upper, None


@dataclass(frozen=True, slots=True)
class Category:
    """One category of a coded variable: patients in total, and of either group."""

    value: str
    total: int
    responder: int
    non_responder: int


@dataclass(frozen=True, slots=True)
class Count:
    """One coded variable; categories nobody has are left out."""

    variable: str
    categories: tuple[Category, ...]
    fisher: Fisher | None
    reason: str | None

    @property
    def p(self) -> PValue:
        """Fisher's P, with its reason where it is None."""
        if self.fisher is None:
            return PValue(None, "fisher", self.reason)
        found = self.fisher
        return PValue(found.p, found.method, found.reason, underflow_log10=found.log10_p)


@dataclass(frozen=True, slots=True)
class SideEffect:
    """Patients (not reports) with one side effect that counts; pending where answers are still blank."""

    term: str
    total: int
    responder: int
    non_responder: int
    pending: int


@dataclass(frozen=True, slots=True)
class SideEffectComparison:
    """Concentrations of patients with a side effect against those without; pending patients are in neither."""

    term: str
    variable: str
    with_it: GroupSummary
    without: GroupSummary
    mann_whitney: MannWhitney | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Continuation:
    """The clinician's decision per group: (yes, no, missing), and how far it agrees with the verdicts."""

    groups: dict[str, tuple[int, int, int]]
    n: int
    agree: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that sections 6 and 8 of the design compute for one cohort."""

    cohort: Cohort
    sizes: dict[str, int]
    comparisons: tuple[Comparison, ...]
    counts: tuple[Count, ...]
    side_effects: tuple[SideEffect, ...]
    side_effect_comparisons: tuple[SideEffectComparison, ...]
    continuation: Continuation

    def comparison(self, name: str) -> Comparison:
        """The comparison of one variable; KeyError where it is not compared."""
        return {c.variable: c for c in self.comparisons}[name]

    def count(self, name: str) -> Count:
        return {c.variable: c for c in self.counts}[name]


def masks(cohort: Cohort) -> dict[str, Mask]:
    """Who belongs in each column of the tables; the total is every patient."""
    return {
        TOTAL: np.ones(len(cohort), dtype=np.bool_),
        Group.RESPONDER: cohort.members(Group.RESPONDER),
        Group.NON_RESPONDER: cohort.members(Group.NON_RESPONDER),
    }


def below(cohort: Cohort, name: str) -> Mask:
    """Who has a concentration below its LLOQ; the ratio is then missing, not below anything."""
    return np.zeros(len(cohort), dtype=np.bool_) if name == "ratio" else cohort.below_lloq(name)


def shown_values(cohort: Cohort, name: str) -> Floats:
    """The values that means and figures use: below the LLOQ left out, or half of it, as the study has set."""
    values = cohort.column(name)
    if name == "ratio" or cohort.settings.blq is BlqRule.MISSING or not below(cohort, name).any():
        return values
    return np.where(below(cohort, name), cohort.lloq(name) / 2, values)


def ranked_values(cohort: Cohort, name: str) -> Floats:
    """The values that are ranked: below the LLOQ is below every measured value, tied; NaN where missing."""
    return np.where(below(cohort, name), _BELOW_EVERYTHING, cohort.column(name))


def summarise(cohort: Cohort, name: str, members: Mask) -> GroupSummary:
    """One variable of some patients."""
    values, is_below = cohort.column(name), below(cohort, name)
    measured = members & ~np.isnan(values)
    used = shown_values(cohort, name)[members]
    used = used[~np.isnan(used)]
    n, n_below = int(measured.sum()), int((members & is_below).sum())
    return GroupSummary(n, int(members.sum()) - n - n_below, n_below, summary_of(used) if len(used) else None)


def ranked(cohort: Cohort, name: str, members: Mask) -> Floats:
    """The values of some patients as a test by ranks takes them: missing ones dropped."""
    values = ranked_values(cohort, name)[members]
    return values[~np.isnan(values)]


def _test(x: Floats, y: Floats) -> tuple[MannWhitney | None, str | None]:
    if not len(x) or not len(y):
        return None, "group_empty"
    return mann_whitney(x, y), None


def shift_of(x: Floats, y: Floats, *, some_below: bool) -> tuple[HodgesLehmann | None, str | None]:
    """The Hodges-Lehmann shift of ranked values, or why there is none; below an LLOQ there is no difference."""
    if some_below:
        return None, "below_lloq"
    return (hodges_lehmann(x, y), None) if len(x) and len(y) else (None, "group_empty")


_PRINTED_AS_ENTERED = ("_before", "_end", "_css_ug_l", "_max_mmhg")


def has_decimals(cohort: Cohort, name: str) -> bool:
    """Whether a value that was entered has more decimals than the model study's tables print."""
    if isinstance(numeric(name), DerivedVariable) and not name.endswith(_PRINTED_AS_ENTERED):
        return False
    values = cohort.column(name)
    values = values[~np.isnan(values)]
    return bool(np.any(np.round(values, numeric(name).printed_decimals) != values))


def compare(cohort: Cohort, name: str) -> Comparison:
    """One numeric variable: summaries of all three columns and the comparison of both groups."""
    of = masks(cohort)
    x, y = (ranked(cohort, name, of[group]) for group in (Group.RESPONDER, Group.NON_RESPONDER))
    test, reason = _test(x, y)
    some_below = bool((below(cohort, name) & (of[Group.RESPONDER] | of[Group.NON_RESPONDER])).any())
    shift, shift_reason = shift_of(x, y, some_below=some_below)
    return Comparison(
        name,
        numeric(name).unit,
        {group: summarise(cohort, name, of[group]) for group in COLUMNS},
        test,
        shift,
        None if test is None else 2 * test.u / (test.m * test.n) - 1,
        reason,
        shift_reason,
        has_decimals(cohort, name),
    )


def _count(cohort: Cohort, name: str) -> Count:
    of, codes = masks(cohort), cohort.codes(name)
    # The groups of the indication stand under peripheral: one that was entered with central is not among them.
    asked = cohort.codes("indication") == "peripheral" if name == "indication_group" else of[TOTAL]
    categories: list[Category] = []
    for value in variable(Kind.PATIENT, name).codes:
        here: Mask = (codes == value) & asked
        numbers = (int((here & of[group]).sum()) for group in (TOTAL, Group.RESPONDER, Group.NON_RESPONDER))
        category = Category(value, *numbers)
        if category.total:
            categories.append(category)
    rows = [(c.responder, c.non_responder) for c in categories if c.responder or c.non_responder]
    if len(rows) < 2 or not any(r for r, _ in rows) or not any(n for _, n in rows):
        return Count(name, tuple(categories), None, "fewer_than_two_rows_or_columns")
    return Count(name, tuple(categories), fisher(rows), None)


@dataclass(frozen=True, slots=True)
class Members:
    """Who has a side effect that counts and who has not; those for whom it is pending are in neither."""

    with_it: Mask
    without: Mask


def side_effect_members(cohort: Cohort) -> dict[str, Members]:
    """By term, of all patients, the undetermined too."""
    events = cohort.adverse_events()
    parts = zip(events.terms, events.counted.T, events.pending.T, strict=True)
    return {term: Members(counted, ~counted & ~pending) for term, counted, pending in parts}


def _side_effects(cohort: Cohort) -> tuple[tuple[SideEffect, ...], tuple[SideEffectComparison, ...]]:
    of, events, members = masks(cohort), cohort.adverse_events(), side_effect_members(cohort)
    rows: list[SideEffect] = []
    for at, term in enumerate(events.terms):
        counted, pending = events.counted[:, at], events.pending[:, at]
        if not counted.any() and not pending.any():
            continue
        responder, non_responder = (int((counted & of[g]).sum()) for g in (Group.RESPONDER, Group.NON_RESPONDER))
        rows.append(SideEffect(term, int(counted.sum()), responder, non_responder, int(pending.sum())))
    rows.sort(key=lambda row: (-row.total, term_order(row.term)[1]))
    comparisons: list[SideEffectComparison] = []
    for row in rows:
        if not row.total:
            continue
        counted, without = members[row.term].with_it, members[row.term].without
        for name in CONCENTRATIONS:
            test, reason = _test(ranked(cohort, name, counted), ranked(cohort, name, without))
            pair = summarise(cohort, name, counted), summarise(cohort, name, without)
            comparisons.append(SideEffectComparison(row.term, name, *pair, test, reason))
    return tuple(rows), tuple(comparisons)


def _continuation(cohort: Cohort) -> Continuation:
    codes = cohort.codes("treatment_continued")
    yes: Mask = codes == "yes"
    no: Mask = codes == "no"
    groups: dict[str, tuple[int, int, int]] = {}
    for group in (Group.RESPONDER, Group.NON_RESPONDER, Group.UNDETERMINED):
        members = cohort.members(group)
        n_yes, n_no = int((members & yes).sum()), int((members & no).sum())
        groups[group] = n_yes, n_no, int(members.sum()) - n_yes - n_no
    responder, non_responder = groups[Group.RESPONDER], groups[Group.NON_RESPONDER]
    n = sum(responder[:2]) + sum(non_responder[:2])
    return Continuation(groups, n, responder[0] + non_responder[1])


def analyse(cohort: Cohort, progress: Callable[[float], None] | None = None) -> Analysis:
    """Everything that the tables, the figures and ``analyse --json`` need, under the cohort's criteria set.

    Parameters
    ----------
    progress
        Called with the share that is done, 0..1; may raise, to stop.
    """
    compared: list[Comparison] = []
    try:
        for done, name in enumerate(COMPARED, 1):
            compared.append(compare(cohort, name))
            if progress is not None:
                progress(done / (len(COMPARED) + 1))
    finally:
        split_counts.cache_clear()  # what the rows shared, of hundreds of patients tens of megabytes
    side_effects, comparisons = _side_effects(cohort)
    sizes = {TOTAL: len(cohort)} | {str(group): cohort.count(group) for group in Group}
    return Analysis(
        cohort,
        sizes,
        tuple(compared),
        tuple(_count(cohort, name) for name in COUNTED),
        side_effects,
        comparisons,
        _continuation(cohort),
    )
