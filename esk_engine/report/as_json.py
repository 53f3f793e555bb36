"""The analysis as JSON: the shape of ``analyse --json``, which is kept.

Beside the keys of that shape, of each of ``comparisons``:

* ``mann_whitney.log10_p``: decimal logarithms of ``p``, null where that is. As a number a P below 2.2e-308 has few
  digits and one below 5e-324 is 0: the logarithm has them all; beside ``exact_spss_bounds`` are theirs,
  ``exact_spss_log10_bounds``;
* ``warnings``: objects with a stable ``code`` (fewer_than_five, all_tied, separation, below_lloq, exact_left_out,
  exact_too_large, p_asymptotic_underflow, p_exact_underflow, sex_unbalanced, is_criterion) and what it names;
* ``p_other``: P-values under the names asymptotic_corrected and exact_doubled, ``log10_p``, ``reasons`` where null;
* ``stratified_by_sex``: van Elteren's ``z`` and ``p`` (asymptotic, exact, ``log10_p``, ``reasons``), the ``sexes``
  used, their ``responder`` and ``non_responder``, and who is ``left_out`` (other_or_unknown, one_group_only);
* ``effects``: ``rank_biserial`` (Cliff's delta), ``common_language``, for a concentration ``geometric_ratio``: value,
  lower, upper, level, method; ``reason`` where something is null, or ``infinite`` names it;
* ``holm``: for the three concentrations the P of ``study.p_method`` adjusted over ``of`` of them; else null;
* in ``hodges_lehmann`` the ``achieved_level`` of the interval.

Of each of ``counts``: in ``fisher`` its ``log10_p`` and ``method``, a ``reason`` where ``p`` is null; ``effects``: of
each category the ``differences`` of its shares (responders minus non-responders, Newcombe's interval), and of the first
of two the conditional ``odds_ratio``.

Of each of ``adverse_event_comparisons``: ``mann_whitney.log10_p``, ``hodges_lehmann`` (with minus without), ``effects``
and ``warnings`` (sex_unbalanced_with for the sexes); and ``methods``, the Methods as text in ``nl`` and ``en``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from esk_engine import __version__
from esk_engine.judge import Group
from esk_engine.records import Patient
from esk_engine.report.analysis import TOTAL, Analysis, Comparison, Count, GroupSummary, exact_interval
from esk_engine.report.cautions import Caution
from esk_engine.report.count_effects import CountEffects
from esk_engine.report.effects import Effects
from esk_engine.report.extras import ComparisonExtras, Extras, SideEffectExtras, extras
from esk_engine.report.methods import methods_text
from esk_engine.report.stratified import StratifiedBySex
from esk_engine.statistics import Estimate, HodgesLehmann, MannWhitney, PValue
from esk_engine.wording import LANGUAGES, Wording

Json = dict[str, Any]
_SUMMARY_KEYS = {
    "median": "median",
    "min": "minimum",
    "max": "maximum",
    "q1": "q1",
    "q3": "q3",
    "hinge_low": "hinge_low",
    "hinge_high": "hinge_high",
    "mean": "mean",
    "sd": "sd",
    "cv_percent": "cv_percent",
    "geometric_mean": "geometric_mean",
    "geometric_cv_percent": "geometric_cv_percent",
}


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _study(analysis: Analysis) -> Json:
    settings = analysis.cohort.settings
    return {
        "name": settings.study_name,
        "patients": analysis.sizes[TOTAL],
        "criteria_set": analysis.cohort.criteria_set.name,
        "p_method": str(settings.p_method),
        "naranjo_cutoff": settings.naranjo_cutoff,
        "blq": str(settings.blq),
        "responder": analysis.sizes[Group.RESPONDER],
        "non_responder": analysis.sizes[Group.NON_RESPONDER],
        "undetermined": analysis.sizes[Group.UNDETERMINED],
    }


def _patient(analysis: Analysis, patient: Patient) -> Json:
    verdict = analysis.cohort.verdict(patient.id)
    criteria = [
        {
            "name": criterion.name,
            "verdict": str(criterion.verdict),
            "conditions": [
                {
                    "variable": c.condition.variable,
                    "operator": c.condition.operator,
                    "threshold": c.condition.threshold,
                    "value": c.value,
                    "minute": c.minute,
                    "verdict": str(c.verdict),
                }
                for c in criterion.conditions
            ],
        }
        for criterion in verdict.criteria
    ]
    return {
        "study_no": patient.study_no,
        "group": str(verdict.group),
        "treatment_continued": patient.get("treatment_continued"),
        "derived": analysis.cohort.derived(patient.id),
        "criteria": criteria,
    }


def _group(group: GroupSummary) -> Json:
    found: Json = {"n": group.n, "missing": group.missing, "below_lloq": group.below_lloq}
    for key, name in _SUMMARY_KEYS.items():
        found[key] = None if group.summary is None else _finite(getattr(group.summary, name))
    return found


def _mann_whitney(test: MannWhitney | None, reason: str | None) -> Json:
    if test is None:
        p: Json = {"asymptotic": None, "exact": None, "exact_spss": None}
        return {"u": None, "z": None, "p": p, "log10_p": dict(p), "reasons": dict.fromkeys(p, reason)}
    values = {"asymptotic": test.p_asymptotic, "exact": test.p_exact, "exact_spss": test.p_exact_spss}
    found: Json = {"u": test.u, "z": test.z, "p": {name: p.value for name, p in values.items()}}
    found["log10_p"] = {name: p.log10 for name, p in values.items()}
    reasons = {name: p.reason for name, p in values.items() if p.value is None}
    if reasons:
        found["reasons"] = reasons
    spss = test.p_exact_spss
    if spss.bounds is not None and spss.log10_bounds is not None:
        found["exact_spss_bounds"] = list(spss.bounds)
        found["exact_spss_log10_bounds"] = list(spss.log10_bounds)
    return found


def _shift(shift: HodgesLehmann | None, shift_reason: str | None) -> Json:
    if shift is None:
        undefined: Json = {"shift": None, "lower": None, "upper": None, "level": 0.95, "achieved_level": None}
        return undefined | {"reason": shift_reason}
    lower, upper, reason = exact_interval(shift, shift_reason)
    achieved = None if lower is None else shift.achieved_level
    found: Json = {"shift": shift.shift, "lower": lower, "upper": upper, "level": shift.exact.level}
    found["achieved_level"] = achieved
    return found if reason is None else found | {"reason": reason}


def _comparison(found: ComparisonExtras, holm_count: int) -> Json:
    comparison, test = found.comparison, found.comparison.mann_whitney
    return {
        "variable": comparison.variable,
        "unit": comparison.unit,
        "groups": {name: _group(comparison.groups[name]) for name in (TOTAL, Group.RESPONDER, Group.NON_RESPONDER)},
        "mann_whitney": _mann_whitney(test, comparison.reason),
        "hodges_lehmann": _shift(comparison.shift, comparison.shift_reason),
        "rank_biserial": comparison.rank_biserial,
        "p_other": _p_other(comparison),
        "stratified_by_sex": _stratified(found.by_sex),
        "effects": _effects(found.effects),
        "holm": _holm(found.holm, holm_count),
        "warnings": _warnings(found.warnings),
    }


def _holm(p: PValue | None, count: int) -> Json | None:
    return None if p is None else {"p": p.value, "log10_p": p.log10, "of": count, "reason": p.reason}


def _p_values(values: dict[str, PValue]) -> Json:
    found: Json = {name: p.value for name, p in values.items()}
    found["log10_p"] = {name: p.log10 for name, p in values.items()}
    reasons = {name: p.reason for name, p in values.items() if p.value is None}
    return found | {"reasons": reasons} if reasons else found


def _p_other(comparison: Comparison) -> Json:
    test = comparison.mann_whitney
    if test is None:
        undefined = PValue(None, "mann_whitney", comparison.reason)
        return _p_values({"asymptotic_corrected": undefined, "exact_doubled": undefined})
    return _p_values({"asymptotic_corrected": test.p_asymptotic_corrected, "exact_doubled": test.p_exact_doubled})


def _stratified(found: StratifiedBySex) -> Json:
    return {
        "method": found.method,
        "sexes": list(found.sexes),
        "responder": found.m,
        "non_responder": found.n,
        "left_out": {"other_or_unknown": found.other_or_unknown, "one_group_only": found.one_group_only},
        "z": found.z,
        "p": _p_values({"asymptotic": found.p_asymptotic, "exact": found.p_exact}),
    }


def _estimate(estimate: Estimate) -> Json:
    found: Json = {"value": _finite(estimate.value), "lower": _finite(estimate.lower), "upper": _finite(estimate.upper)}
    found |= {"level": estimate.level, "method": estimate.method}
    infinite = [name for name in ("value", "lower", "upper") if getattr(estimate, name) in (math.inf, -math.inf)]
    found |= {"infinite": infinite} if infinite else {}
    return found if estimate.reason is None else found | {"reason": estimate.reason}


def _effects(effects: Effects) -> Json:
    found: Json = {
        "rank_biserial": _estimate(effects.rank_biserial),
        "common_language": _estimate(effects.common_language),
    }
    ratio = effects.geometric_ratio
    return found if ratio is None else found | {"geometric_ratio": _estimate(ratio)}


def _warnings(warnings: Iterable[Caution]) -> list[Json]:
    return [{"code": str(warning.code), **warning.params} for warning in warnings]


def _brief(group: GroupSummary) -> Json:
    full = _group(group)
    return {key: full[key] for key in ("n", "median", "min", "max")}


def _side_effect_comparison(found: SideEffectExtras) -> Json:
    comparison = found.comparison
    return {
        "term": comparison.term,
        "variable": comparison.variable,
        "with": _brief(comparison.with_it),
        "without": _brief(comparison.without),
        "mann_whitney": _mann_whitney(comparison.mann_whitney, comparison.reason),
        "hodges_lehmann": _shift(found.shift, found.shift_reason),
        "effects": _effects(found.effects),
        "warnings": _warnings(found.warnings),
    }


def _fisher(count: Count) -> Json | None:
    if count.fisher is None:
        return None
    p = count.p
    found: Json = {"p": p.value, "log10_p": p.log10, "method": p.method}
    return found if p.reason is None else found | {"reason": p.reason}


def _count_effects(found: CountEffects) -> Json:
    differences = [{"category": category} | _estimate(difference) for category, difference in found.differences]
    return {"differences": differences, "odds_ratio": {"category": found.of} | _estimate(found.odds_ratio)}


def _counts(analysis: Analysis, found: Extras) -> list[Json]:
    return [
        {
            "variable": count.variable,
            "categories": [
                {"value": c.value, "total": c.total, "responder": c.responder, "non_responder": c.non_responder}
                for c in count.categories
            ],
            "fisher": _fisher(count),
            "effects": _count_effects(found.of_count(count.variable)),
        }
        for count in analysis.counts
    ]


def to_json(analysis: Analysis, found: Extras | None = None) -> Json:
    """Everything of the analysis, ready for ``json.dumps``; undefined is None, never NaN.

    Parameters
    ----------
    found
        ``extras(analysis)`` where it is known already; else it is computed.
    """
    found = found or extras(analysis)
    continuation = analysis.continuation
    groups: Json = {
        group: {"yes": yes, "no": no, "missing": missing} for group, (yes, no, missing) in continuation.groups.items()
    }
    return {
        "esk": __version__,
        "study": _study(analysis),
        "patients": [_patient(analysis, patient) for patient in analysis.cohort.patients],
        "comparisons": [_comparison(one, found.holm_count) for one in found.comparisons],
        "counts": _counts(analysis, found),
        "adverse_events": [
            {
                "term": row.term,
                "total": row.total,
                "responder": row.responder,
                "non_responder": row.non_responder,
                "pending": row.pending,
            }
            for row in analysis.side_effects
        ],
        "adverse_event_comparisons": [_side_effect_comparison(one) for one in found.side_effects],
        "continuation": {**groups, "agreement": {"n": continuation.n, "agree": continuation.agree}},
        "methods": {language: methods_text(analysis, Wording(language), found) for language in LANGUAGES},
    }
