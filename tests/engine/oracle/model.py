"""What the oracle knows of a patient: plain values, numbers as exact fractions."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

VITALS = ("heart_rate", "systolic", "diastolic")


@dataclass(frozen=True)
class Below:
    """A concentration below its limit of quantification."""

    lloq: Fraction


Number = Fraction | None
Concentration = Fraction | Below | None


@dataclass
class Reading:
    """One row of vital signs; ``artefacts`` names the vitals that do not count."""

    minute: int
    values: dict[str, Number]
    artefacts: frozenset[str] = frozenset()

    def counted(self, vital: str) -> Number:
        return None if vital in self.artefacts else self.values[vital]


@dataclass
class Sample:
    minute: int
    analyte: str
    concentration: Concentration


@dataclass
class Event:
    """A side effect: ``term`` as spelt (or the code of a listed one), ten answers (None is blank)."""

    term: str
    phase: str | None
    answers: tuple[str | None, ...]


@dataclass
class Patient:
    """``numbers`` and ``codes`` by the names of the variables; what is absent is missing."""

    study_no: str
    numbers: dict[str, Fraction] = field(default_factory=dict[str, Fraction])
    codes: dict[str, str] = field(default_factory=dict[str, str])
    readings: list[Reading] = field(default_factory=list[Reading])
    samples: list[Sample] = field(default_factory=list[Sample])
    events: list[Event] = field(default_factory=list[Event])


@dataclass(frozen=True)
class Condition:
    variable: str
    operator: str
    threshold: Fraction


@dataclass(frozen=True)
class Criterion:
    name: str
    conditions: tuple[Condition, ...]


def _table_2() -> tuple[Criterion, ...]:
    def condition(variable: str, operator: str, threshold: int) -> Condition:
        return Condition(variable, operator, Fraction(threshold))

    return (
        Criterion("pain_relief", (condition("nrs_reduction_percent", ">=", 30),)),
        Criterion("duration", (condition("relief_weeks", ">=", 3),)),
        Criterion("heart_rate", (condition("heart_rate_variation_percent", "<=", 20),)),
        Criterion(
            "blood_pressure",
            (
                condition("systolic_variation_percent", "<=", 20),
                condition("diastolic_variation_percent", "<=", 20),
                condition("systolic_max_mmhg", "<=", 180),
            ),
        ),
    )


@dataclass(frozen=True)
class Rules:
    """The settings and the criteria set of a study."""

    study_name: str = ""
    p_method: str = "exact"
    naranjo_cutoff: int = 5
    blq: str = "missing"
    reading_interval_minutes: int = 30
    css_from_minute: int = 450
    max_missing_readings: int = 2
    set_name: str = "Table 2"
    criteria: tuple[Criterion, ...] = field(default_factory=_table_2)


@dataclass
class StudyData:
    rules: Rules
    patients: list[Patient]
