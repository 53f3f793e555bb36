"""The analysis as JSON: the shape of ``analyse --json``, which is kept."""

from __future__ import annotations

import math
from typing import Any

from esk_engine import __version__
from esk_engine.judge import Group
from esk_engine.records import Patient
from esk_engine.report.analysis import TOTAL, Analysis, Comparison, GroupSummary, SideEffectComparison, interval_of
from esk_engine.statistics import MannWhitney

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
        return {"u": None, "z": None, "p": p, "reasons": dict.fromkeys(p, reason)}
    values = {"asymptotic": test.p_asymptotic, "exact": test.p_exact, "exact_spss": test.p_exact_spss}
    found: Json = {"u": test.u, "z": test.z, "p": {name: p.value for name, p in values.items()}}
    reasons = {name: p.reason for name, p in values.items() if p.value is None}
    if reasons:
        found["reasons"] = reasons
    if test.p_exact_spss.bounds is not None:
        found["exact_spss_bounds"] = list(test.p_exact_spss.bounds)
    return found


def _shift(comparison: Comparison) -> Json:
    shift = comparison.shift
    if shift is None:
        return {"shift": None, "lower": None, "upper": None, "level": 0.95, "reason": comparison.shift_reason}
    lower, upper, reason = interval_of(comparison)
    found: Json = {"shift": shift.shift, "lower": lower, "upper": upper, "level": shift.exact.level}
    return found if reason is None else found | {"reason": reason}


def _comparison(comparison: Comparison) -> Json:
    return {
        "variable": comparison.variable,
        "unit": comparison.unit,
        "groups": {name: _group(comparison.groups[name]) for name in (TOTAL, Group.RESPONDER, Group.NON_RESPONDER)},
        "mann_whitney": _mann_whitney(comparison.mann_whitney, comparison.reason),
        "hodges_lehmann": _shift(comparison),
        "rank_biserial": comparison.rank_biserial,
    }


def _brief(group: GroupSummary) -> Json:
    full = _group(group)
    return {key: full[key] for key in ("n", "median", "min", "max")}


def _side_effect_comparison(comparison: SideEffectComparison) -> Json:
    return {
        "term": comparison.term,
        "variable": comparison.variable,
        "with": _brief(comparison.with_it),
        "without": _brief(comparison.without),
        "mann_whitney": _mann_whitney(comparison.mann_whitney, comparison.reason),
    }


def _counts(analysis: Analysis) -> list[Json]:
    return [
        {
            "variable": count.variable,
            "categories": [
                {"value": c.value, "total": c.total, "responder": c.responder, "non_responder": c.non_responder}
                for c in count.categories
            ],
            "fisher": None if count.fisher is None else {"p": count.p.value},
        }
        for count in analysis.counts
    ]


def to_json(analysis: Analysis) -> Json:
    """Everything of the analysis, ready for ``json.dumps``; undefined is None, never NaN."""
    continuation = analysis.continuation
    groups: Json = {
        group: {"yes": yes, "no": no, "missing": missing} for group, (yes, no, missing) in continuation.groups.items()
    }
    return {
        "esk": __version__,
        "study": _study(analysis),
        "patients": [_patient(analysis, patient) for patient in analysis.cohort.patients],
        "comparisons": [_comparison(comparison) for comparison in analysis.comparisons],
        "counts": _counts(analysis),
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
        "adverse_event_comparisons": [_side_effect_comparison(c) for c in analysis.side_effect_comparisons],
        "continuation": {**groups, "agreement": {"n": continuation.n, "agree": continuation.agree}},
    }
