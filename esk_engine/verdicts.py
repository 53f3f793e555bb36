"""What a verdict on one patient says: every condition with its value, threshold and minute, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from esk_engine.criteria import Condition
from esk_engine.judge import Group, Verdict
from esk_engine.records import Patient
from esk_engine.settings import Settings


@dataclass(frozen=True, slots=True)
class ConditionVerdict:
    """One condition held against one patient.

    Attributes
    ----------
    value
        In the variable's unit; None where missing.
    minute
        The reading that a series fell on, "monitor" for the monitor's extreme; None for a single value.
    so_far
        A series that can still rise: readings are missing.
    reason
        Why the value is missing: text ``reason.<code>``; None where it is not.
    """

    condition: Condition
    verdict: Verdict
    value: float | None
    minute: int | str | None
    so_far: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """One criterion: not met beats unknown."""

    name: str
    verdict: Verdict
    conditions: tuple[ConditionVerdict, ...]


@dataclass(frozen=True, slots=True)
class PatientVerdict:
    """The group of one patient and what it rests on; ``missing`` names the variables still to be entered."""

    group: Group
    criteria: tuple[CriterionVerdict, ...]
    missing: tuple[str, ...]

    def count(self, verdict: Verdict) -> int:
        """How many criteria came to this verdict."""
        return sum(criterion.verdict is verdict for criterion in self.criteria)


_INPUTS = {
    "bmi_kg_m2": ("height_cm", "weight_kg"),
    "nrs_reduction_percent": ("nrs_before", "nrs_end"),
    "ratio": ("infusion_minutes", "esketamine_css_ug_l", "norketamine_css_ug_l"),
    "esketamine_css_ug_l": ("infusion_minutes",),
    "norketamine_css_ug_l": ("infusion_minutes",),
}
_SERIES_OF = {"heart_rate": "heart_rate_bpm", "systolic": "systolic_mmhg", "diastolic": "diastolic_mmhg"}


def _vital_of(name: str) -> str | None:
    return next((vital for vital in _SERIES_OF if name.startswith(f"{vital}_") and not name.endswith("_bpm")), None)


def _has_sample(patient: Patient, name: str) -> bool:
    analyte = name.removesuffix("_css_ug_l")
    return any(row.get("analyte") == analyte and "concentration_ug_l" in row.values for row in patient.samples)


def why_missing(patient: Patient, name: str, settings: Settings) -> str:
    """The code of why one derived value of one patient is missing."""
    del settings  # the steady state's window is told by its definition
    vital = _vital_of(name)
    if vital is not None:
        has_zero = any(
            row.get("minute") == 0 and _counts(row.get("artefact"), vital, row.get(_SERIES_OF[vital]))
            for row in patient.readings
        )
        if name.endswith("_end"):
            return "no_infusion_minutes" if patient.get("infusion_minutes") is None else "no_end_reading"
        if name == "systolic_max_mmhg":
            return "no_reading"
        if not has_zero:
            return "no_reading_at_0"
        return "no_infusion_minutes" if patient.get("infusion_minutes") is None else "no_end_reading"
    if name == "nrs_reduction_percent" and patient.get("nrs_before") == 0 and patient.get("nrs_end") is not None:
        return "nrs_before_is_0"
    if name == "ratio":
        both = all(_has_sample(patient, f"{a}_css_ug_l") for a in ("esketamine", "norketamine"))
        return "not_at_steady_state" if both else "no_sample"
    if name.endswith("_css_ug_l"):
        return "not_at_steady_state" if _has_sample(patient, name) else "no_sample"
    return "input_missing"


def _counts(artefact: object, vital: str, value: object) -> bool:
    return value is not None and _SERIES_OF[vital] not in str(artefact or "").split(",")


def missing_for(patient: Patient, criteria: Sequence[CriterionVerdict], settings: Settings) -> tuple[str, ...]:
    """The variables whose entry would decide what is unknown, each once, in the order of the criteria.

    A series names its vital sign (``heart_rate_bpm`` ...), and infusion_minutes while its end is not known.
    """
    del settings
    names: dict[str, None] = {}
    for criterion in criteria:
        for judged in criterion.conditions:
            if judged.verdict is not Verdict.UNKNOWN:
                continue
            name = judged.condition.variable
            vital = _vital_of(name)
            if vital is not None:
                if patient.get("infusion_minutes") is None:
                    names["infusion_minutes"] = None
                names[_SERIES_OF[vital]] = None
            elif name == "relief_weeks" and judged.value is not None:
                names["relief_ongoing"] = None
            else:
                inputs = _INPUTS.get(name, (name,))
                names |= {n: None for n in inputs if patient.get(n) is None}
    return tuple(names)
