"""Which readings lie outside the criteria's limits, and which one decided: what the grid and the plot mark alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from esk_engine.criteria import CriteriaSet
from esk_engine.derive import change_percent
from esk_engine.judge import Verdict
from esk_engine.records import Patient, Record
from esk_gui.patients.vital_rows import VITAL_OF, VITAL_VARIABLES

if TYPE_CHECKING:
    from esk_engine.cohort import PatientVerdict

Spot = tuple[int, str]  # a minute and one of VITAL_VARIABLES


@dataclass(frozen=True, slots=True)
class VitalLimits:
    """What the criteria in use ask of the vital signs.

    Attributes
    ----------
    variation
        The largest variation in % allowed, by variable of a reading.
    systolic_max
        The highest systolic pressure allowed, or None.
    """

    variation: Mapping[str, float] = field(default_factory=dict[str, float])
    systolic_max: float | None = None

    def common_variation(self) -> float | None:
        """The one limit that holds for all, for a legend; None where they differ or there is none."""
        limits = set(self.variation.values())
        return limits.pop() if len(limits) == 1 else None


def vital_limits(criteria_set: CriteriaSet) -> VitalLimits:
    """The strictest limits that a criteria set puts on each vital sign."""
    variation: dict[str, float] = {}
    highest: float | None = None
    for condition in criteria_set.conditions():
        if condition.operator != "<=":
            continue
        if condition.variable == "systolic_max_mmhg":
            highest = condition.threshold if highest is None else min(highest, condition.threshold)
        for variable, vital in VITAL_OF.items():
            if condition.variable == f"{vital}_variation_percent":
                variation[variable] = min(condition.threshold, variation.get(variable, condition.threshold))
    return VitalLimits(variation, highest)


@dataclass(frozen=True, slots=True)
class Marks:
    """Readings outside a limit, the deciding ones among them, and each reading's change from minute 0 in %."""

    outside: frozenset[Spot] = frozenset()
    deciding: frozenset[Spot] = frozenset()
    changes: Mapping[Spot, float] = field(default_factory=dict[Spot, float])


def numbers_of(reading: Record, variable: str) -> float | None:
    """One value of a reading; None where it is missing or marked an artefact."""
    value = reading.get(variable)
    marked = str(reading.get("artefact") or "").split(",")
    return float(value) if isinstance(value, (int, float)) and variable not in marked else None


def series(patient: Patient, variable: str) -> tuple[tuple[int, float], ...]:
    """Minute and value of one vital sign, in order, artefacts left out."""
    found: list[tuple[int, float]] = []
    for reading in patient.readings:
        minute, value = reading.get("minute"), numbers_of(reading, variable)
        if isinstance(minute, (int, float)) and value is not None:
            found.append((int(minute), value))
    return tuple(sorted(found))


def marks_of(patient: Patient, limits: VitalLimits, verdict: PatientVerdict | None, last: int) -> Marks:
    """Mark the readings up to minute ``last``; ``verdict`` None while it is hidden, then nothing decided."""
    outside: set[Spot] = set()
    changes: dict[Spot, float] = {}
    for variable in VITAL_VARIABLES:
        course = series(patient, variable)
        before = next((value for minute, value in course if minute == 0), None)
        inside = [(minute, value) for minute, value in course if minute <= last]
        if before is not None and inside:
            values = np.array([value for _, value in inside])
            with np.errstate(invalid="ignore", divide="ignore"):
                percents = change_percent(np.full(len(values), before), values)
            limit = limits.variation.get(variable)
            for (minute, _), percent in zip(inside, percents.tolist(), strict=True):
                changes[(minute, variable)] = percent
                if limit is not None and abs(percent) > limit:
                    outside.add((minute, variable))
        if variable == "systolic_mmhg" and limits.systolic_max is not None:
            outside |= {(minute, variable) for minute, value in inside if value > limits.systolic_max}
    return Marks(frozenset(outside), frozenset(_deciding(verdict)), changes)


def _deciding(verdict: PatientVerdict | None) -> set[Spot]:
    found: set[Spot] = set()
    for criterion in verdict.criteria if verdict else ():
        for condition in criterion.conditions:
            if condition.verdict is not Verdict.NOT_MET or not isinstance(condition.minute, int):
                continue
            name = condition.condition.variable
            for variable, vital in VITAL_OF.items():
                if name == f"{vital}_variation_percent" or (name, vital) == ("systolic_max_mmhg", "systolic"):
                    found.add((condition.minute, variable))
    return found
