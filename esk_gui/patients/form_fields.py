"""Which field stands where: the forms of the Patients page as tables; every property comes from the dictionary."""

from __future__ import annotations

from dataclasses import dataclass

from esk_engine.dictionary import Kind, ValueType, Variable, variable


@dataclass(frozen=True, slots=True)
class Entered:
    """A variable of the patient that is typed or chosen.

    Attributes
    ----------
    width
        0 takes what the control needs; ``narrow`` below 1040 logical px, 0 the same.
    label
        A text of the catalogue for where the variable's own label is too long.
    """

    name: str
    width: int = 0
    is_short: bool = False
    label: str = ""
    narrow: int = 0

    @property
    def declared(self) -> Variable:
        return variable(Kind.PATIENT, self.name)

    @property
    def is_radio(self) -> bool:
        """Two or three choices stand beside each other; more go into a list."""
        return self.declared.type is ValueType.CODE and len(self.declared.codes) <= 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A derived value: it has no box."""

    name: str
    width: int = 0
    decimals: int = 0
    narrow: int = 0


FieldSpec = Entered | Shown
Row = tuple[FieldSpec, ...]

INCLUSION: tuple[Row, ...] = (
    (Entered("study_no", 128), Entered("inclusion_date", 128)),
    (Entered("sex"), Entered("age_years", 104)),
    (Entered("height_cm", 104), Entered("weight_kg", 104), Shown("bmi_kg_m2", 88, 1)),
    (Entered("indication"),),
    (Entered("indication_group"),),
    (Entered("dose_planned_mg", 104),),
)
INFUSION: tuple[Row, ...] = (
    (
        Entered("dose_mg", 92, is_short=True, narrow=66),
        Entered("infusion_start", 152, narrow=152),
        Entered("infusion_minutes", 92, is_short=True, narrow=76),
        Entered("nrs_before", 80, is_short=True, narrow=60),
        Entered("nrs_end", 80, is_short=True, narrow=60),
        Shown("nrs_reduction_percent", 72, narrow=62),
    ),
)
MONITOR: tuple[Row, ...] = (
    (
        Entered("heart_rate_lowest_bpm", 88, label="patients.lowest_heart_rate"),
        Entered("heart_rate_highest_bpm", 88, label="patients.highest_heart_rate"),
        Entered("stop_reason", 166),
    ),
)
EVALUATION: tuple[Row, ...] = (
    (Entered("evaluation_date", 128),),
    (Entered("relief_weeks", 104), Entered("relief_ongoing")),
    (Entered("treatment_continued"),),
    (Entered("remarks", 560),),
)
