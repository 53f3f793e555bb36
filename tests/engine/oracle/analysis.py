"""The whole of ``analyse --json`` from plain patients."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from tests.engine.oracle.derived import Derived, derive
from tests.engine.oracle.model import Below, Concentration, Patient, Rules, StudyData
from tests.engine.oracle.numbers import fisher, hodges_lehmann, mann_whitney, rank_biserial, summary
from tests.engine.oracle.verdicts import Judged, Verdict, event_state, judge

COMPARED = (
    "age_years",
    "bmi_kg_m2",
    "dose_mg",
    *(f"{v}_{what}" for v in ("heart_rate", "systolic", "diastolic") for what in ("before", "end", "change_percent")),
    "nrs_before",
    "nrs_end",
    "nrs_reduction_percent",
    "relief_weeks",
    "esketamine_css_ug_l",
    "norketamine_css_ug_l",
    "ratio",
)
CONCENTRATIONS = COMPARED[-3:]
CATEGORIES = {
    "sex": ("male", "female", "other"),
    "indication": ("peripheral", "central"),
    "indication_group": ("post_surgical_or_traumatic", "crps", "other"),
}
GROUPS = ("responder", "non_responder", "undetermined")


class Case:
    """A patient with everything that follows from what was entered."""

    def __init__(self, patient: Patient, rules: Rules) -> None:
        self.patient = patient
        self.derived: Derived = derive(patient, rules)
        self.verdict: Verdict = judge(patient, self.derived, rules)
        self.group = self.verdict.group
        self.states: dict[str, str] = {}
        self.spelt: dict[str, str] = {}
        for event in patient.events:
            key = " ".join(event.term.split()).casefold()
            self.spelt.setdefault(key, " ".join(event.term.split()))
            order = ("no", "pending", "counts")
            self.states[key] = max(
                self.states.get(key, "no"), event_state(event, rules.naranjo_cutoff), key=order.index
            )

    def value(self, name: str) -> Concentration:
        return self.derived.values[name] if name in self.derived.values else self.patient.numbers.get(name)


def natural(study_no: str) -> list[tuple[int, int, str]]:
    """P2 before P10."""
    parts = re.findall(r"\d+|\D+", study_no)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def _told(value: Concentration) -> float | None:
    """A number, or null: below a limit there is none to tell either."""
    return float(value) if isinstance(value, Fraction) else None


def _summarised(values: list[Concentration], rules: Rules) -> dict[str, Any]:
    measured = [v for v in values if isinstance(v, Fraction)]
    below = [v for v in values if isinstance(v, Below)]
    used = [*measured, *(v.lloq / 2 for v in below)] if rules.blq == "half" else measured
    counted = {"n": len(measured), "missing": len(values) - len(measured) - len(below), "below_lloq": len(below)}
    return {**counted, **summary(used)}


def _comparison(name: str, cases: list[Case], rules: Rules) -> dict[str, Any]:
    groups = {
        "total": cases,
        "responder": [c for c in cases if c.group == "responder"],
        "non_responder": [c for c in cases if c.group == "non_responder"],
    }
    values = {group: [c.value(name) for c in members] for group, members in groups.items()}
    x, y = ([v for v in values[group] if v is not None] for group in ("responder", "non_responder"))
    shift = hodges_lehmann(x, y)
    return {
        "variable": name,
        "groups": {group: _summarised(own, rules) for group, own in values.items()},
        "mann_whitney": mann_whitney(x, y),
        "hodges_lehmann": dict(zip(("shift", "lower", "upper"), shift or (None, None, None), strict=True)),
        "rank_biserial": rank_biserial(x, y),
    }


def _counted(name: str, cases: list[Case]) -> dict[str, Any]:
    def of(case: Case) -> str | None:
        if name == "indication_group" and case.patient.codes.get("indication") != "peripheral":
            return None
        return case.patient.codes.get(name)

    categories = []
    for code in CATEGORIES[name]:
        own = [c.group for c in cases if of(c) == code]
        if own:
            counts = {group: own.count(group) for group in ("responder", "non_responder")}
            categories.append({"value": code, "total": len(own), **counts})
    p = fisher([(c["responder"], c["non_responder"]) for c in categories])
    return {"variable": name, "categories": categories, "fisher": None if p is None else {"p": p}}


def _adverse_events(cases: list[Case]) -> tuple[list[dict[str, Any]], list[str]]:
    spelt: dict[str, str] = {}
    for case in cases:
        for key, term in case.spelt.items():
            spelt.setdefault(key, term)
    rows: list[tuple[int, str, str, dict[str, Any]]] = []
    for key, term in spelt.items():
        own = [c for c in cases if c.states.get(key) == "counts"]
        pending = sum(c.states.get(key) == "pending" for c in cases)
        if own or pending:
            counts = {group: sum(c.group == group for c in own) for group in ("responder", "non_responder")}
            row = {"term": term, "total": len(own), **counts, "pending": pending}
            rows.append((-len(own), term.casefold(), key, row))
    rows.sort(key=lambda r: r[:2])
    return [row for *_, row in rows], [key for total, _, key, _ in rows if total]


def _with_and_without(key: str, term: str, name: str, cases: list[Case], rules: Rules) -> dict[str, Any]:
    def values(belongs: Callable[[str], bool]) -> list[Concentration]:
        return [c.value(name) for c in cases if belongs(c.states.get(key, "no"))]

    sides = {"with": values(lambda s: s == "counts"), "without": values(lambda s: s == "no")}
    x, y = ([v for v in side if v is not None] for side in sides.values())
    told = {}
    for side, own in sides.items():
        whole = _summarised(own, rules)
        told[side] = {what: whole[what] for what in ("n", "median", "min", "max")}
    return {"term": term, "variable": name, **told, "mann_whitney": mann_whitney(x, y)}


def _judged(judged: Judged) -> dict[str, Any]:
    return {
        "variable": judged.condition.variable,
        "operator": judged.condition.operator,
        "threshold": float(judged.condition.threshold),
        "value": _told(judged.value),
        "minute": judged.minute,
        "verdict": judged.verdict,
    }


def _patient(case: Case) -> dict[str, Any]:
    return {
        "study_no": case.patient.study_no,
        "group": case.group,
        "treatment_continued": case.patient.codes.get("treatment_continued"),
        "derived": {name: _told(value) for name, value in case.derived.values.items()},
        "criteria": [
            {"name": name, "verdict": verdict, "conditions": [_judged(j) for j in judged]}
            for name, verdict, judged in case.verdict.criteria
        ],
    }


def _continuation(cases: list[Case]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for group in GROUPS:
        answers = [c.patient.codes.get("treatment_continued", "missing") for c in cases if c.group == group]
        told[group] = {answer: answers.count(answer) for answer in ("yes", "no", "missing")}
    agree = told["responder"]["yes"] + told["non_responder"]["no"]
    n = agree + told["responder"]["no"] + told["non_responder"]["yes"]
    return {**told, "agreement": {"n": n, "agree": agree}}


def analyse(data: StudyData) -> dict[str, Any]:
    """Everything that ``analyse --json`` tells, in its shape."""
    rules = data.rules
    cases = [Case(p, rules) for p in sorted(data.patients, key=lambda p: natural(p.study_no))]
    events, counted = _adverse_events(cases)
    spelt = [row["term"] for row in events]
    return {
        "study": {
            "name": rules.study_name,
            "patients": len(cases),
            "criteria_set": rules.set_name,
            "p_method": rules.p_method,
            "naranjo_cutoff": rules.naranjo_cutoff,
            "blq": rules.blq,
            **{group: sum(c.group == group for c in cases) for group in GROUPS},
        },
        "patients": [_patient(case) for case in cases],
        "comparisons": [_comparison(name, cases, rules) for name in COMPARED],
        "counts": [_counted(name, cases) for name in CATEGORIES],
        "adverse_events": events,
        "adverse_event_comparisons": [
            _with_and_without(key, term, name, cases, rules)
            for key, term in zip(counted, spelt, strict=False)
            for name in CONCENTRATIONS
        ],
        "continuation": _continuation(cases),
    }
