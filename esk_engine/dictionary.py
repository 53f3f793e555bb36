"""The list of variables: each is declared once, here, and everything else is generated from it.

Form, validation, file, import, export, codebook and labels read this list: adding a variable is one entry.
Labels are catalogue texts under ``variable.<name>`` (short: ``variable.<name>.short``), codes under
``code.<code>``, definitions of derived values under ``definition.<name>``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

VITALS = ("heart_rate", "systolic", "diastolic")
NARANJO_QUESTIONS = tuple(f"naranjo_{number}" for number in range(1, 11))
TERMS = (
    "dizziness",
    "drowsiness",
    "nausea_or_vomiting",
    "light_headed_or_blurred_vision",
    "reduced_concentration",
    "headache",
    "shortness_of_breath",
)
ANALYTES = ("esketamine", "norketamine", "hydroxynorketamine", "dehydronorketamine")


class Kind(StrEnum):
    """What a record is; also the name of its table in the study file."""

    PATIENT = "patient"
    READING = "reading"
    SAMPLE = "sample"
    ADVERSE_EVENT = "adverse_event"


class ValueType(StrEnum):
    """How a value is typed, stored and shown; CONCENTRATION is a decimal or below an LLOQ."""

    TEXT = "text"
    CODE = "code"
    WHOLE = "whole"
    DECIMAL = "decimal"
    CONCENTRATION = "concentration"
    DATE = "date"
    DATETIME = "datetime"


class Moment(StrEnum):
    """When a value is asked for."""

    INCLUSION = "inclusion"
    START = "start"
    DURING = "during"
    END = "end"
    LAB = "lab"
    EVALUATION = "evaluation"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Limits:
    """A closed interval, but ``low`` itself excluded where ``low_open``."""

    low: float
    high: float
    low_open: bool = False

    def contains(self, value: float) -> bool:
        above = value > self.low if self.low_open else value >= self.low
        return above and value <= self.high


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable that is entered.

    Attributes
    ----------
    unit
        Catalogue-free unit as printed ("mg", "kg/m2" is printed by Wording as kg/m²), or "".
    decimals
        The most decimals that may be typed; None for any number.
    printed_decimals
        Decimals in the model study's tables.
    codes
        The codes that a CODE may hold; a TEXT with codes (term) suggests them.
    """

    name: str
    kind: Kind
    type: ValueType
    moment: Moment
    unit: str = ""
    hard: Limits | None = None
    soft: Limits | None = None
    decimals: int | None = None
    printed_decimals: int = 0
    codes: tuple[str, ...] = ()
    not_in_future: bool = False
    max_length: int | None = None

    @property
    def is_numeric(self) -> bool:
        return self.type in (ValueType.WHOLE, ValueType.DECIMAL, ValueType.CONCENTRATION)


@dataclass(frozen=True, slots=True)
class DerivedVariable:
    """One derived value (docs/DEFINITIONS.md 2). ``is_series``: over all readings, so it can be exceeded "so far"."""

    name: str
    unit: str = ""
    printed_decimals: int = 0
    is_series: bool = False


YES_NO = ("yes", "no")
ANSWERS = ("yes", "no", "unknown")
PHASES = ("before", "during", "end", "after")
_P, _R, _S, _A = Kind.PATIENT, Kind.READING, Kind.SAMPLE, Kind.ADVERSE_EVENT
_TEXT, _CODE, _WHOLE, _DECIMAL = ValueType.TEXT, ValueType.CODE, ValueType.WHOLE, ValueType.DECIMAL
_MINUTE = Limits(0, 1440)

VARIABLES: tuple[Variable, ...] = (
    Variable("study_no", _P, _TEXT, Moment.INCLUSION, max_length=16),
    Variable("inclusion_date", _P, ValueType.DATE, Moment.INCLUSION, not_in_future=True),
    Variable("sex", _P, _CODE, Moment.INCLUSION, codes=("male", "female", "other")),
    Variable("age_years", _P, _WHOLE, Moment.INCLUSION, "years", Limits(18, 120), Limits(18, 100), 0),
    Variable("height_cm", _P, _DECIMAL, Moment.INCLUSION, "cm", Limits(100, 250), Limits(140, 210)),
    Variable("weight_kg", _P, _DECIMAL, Moment.INCLUSION, "kg", Limits(25, 400), Limits(40, 200)),
    Variable("indication", _P, _CODE, Moment.INCLUSION, codes=("peripheral", "central")),
    Variable("indication_group", _P, _CODE, Moment.INCLUSION, codes=("post_surgical_or_traumatic", "crps", "other")),
    Variable("dose_planned_mg", _P, _DECIMAL, Moment.INCLUSION, "mg", Limits(0, 1000, True), Limits(10, 150)),
    Variable("infusion_start", _P, ValueType.DATETIME, Moment.START),
    Variable("nrs_before", _P, _DECIMAL, Moment.START, "", Limits(0, 10), None, 1),
    Variable("infusion_minutes", _P, _WHOLE, Moment.END, "min", Limits(1, 1440), Limits(450, 510), 0),
    Variable(
        "stop_reason",
        _P,
        _CODE,
        Moment.END,
        codes=("completed", "intolerance", "blood_pressure", "technical", "other"),
    ),
    Variable("dose_mg", _P, _DECIMAL, Moment.END, "mg", Limits(0, 1000, True), Limits(10, 150)),
    Variable("nrs_end", _P, _DECIMAL, Moment.END, "", Limits(0, 10), None, 1),
    Variable("heart_rate_lowest_bpm", _P, _WHOLE, Moment.END, "/min", Limits(20, 300), Limits(40, 150), 0),
    Variable("heart_rate_highest_bpm", _P, _WHOLE, Moment.END, "/min", Limits(20, 300), Limits(40, 150), 0),
    Variable("side_effects_asked_before", _P, _CODE, Moment.START, codes=YES_NO),
    Variable("side_effects_asked_during", _P, _CODE, Moment.DURING, codes=YES_NO),
    Variable("side_effects_asked_end", _P, _CODE, Moment.END, codes=YES_NO),
    Variable("side_effects_asked_after", _P, _CODE, Moment.EVALUATION, codes=YES_NO),
    Variable("evaluation_date", _P, ValueType.DATE, Moment.EVALUATION, not_in_future=True),
    Variable("relief_weeks", _P, _DECIMAL, Moment.EVALUATION, "weeks", Limits(0, 52), Limits(0, 12)),
    Variable("relief_ongoing", _P, _CODE, Moment.EVALUATION, codes=YES_NO),
    Variable("treatment_continued", _P, _CODE, Moment.EVALUATION, codes=YES_NO),
    Variable("remarks", _P, _TEXT, Moment.ANY, max_length=10_000),
    Variable("minute", _R, _WHOLE, Moment.DURING, "min", _MINUTE, None, 0),
    Variable("heart_rate_bpm", _R, _WHOLE, Moment.DURING, "/min", Limits(20, 300), Limits(40, 150), 0),
    Variable("systolic_mmhg", _R, _WHOLE, Moment.DURING, "mmHg", Limits(40, 300), Limits(80, 200), 0),
    Variable("diastolic_mmhg", _R, _WHOLE, Moment.DURING, "mmHg", Limits(20, 200), Limits(40, 120), 0),
    Variable("artefact", _R, _TEXT, Moment.DURING, max_length=100),
    Variable("artefact_reason", _R, _TEXT, Moment.DURING, max_length=500),
    Variable("minute", _S, _WHOLE, Moment.END, "min", _MINUTE, None, 0),
    Variable("analyte", _S, _CODE, Moment.END, codes=ANALYTES),
    Variable(
        "concentration_ug_l",
        _S,
        ValueType.CONCENTRATION,
        Moment.LAB,
        "ug/L",
        Limits(0, 10_000, True),
        Limits(15, 250),
    ),
    Variable("term", _A, _TEXT, Moment.ANY, codes=TERMS, max_length=200),
    Variable("phase", _A, _CODE, Moment.ANY, codes=PHASES),
    *(Variable(question, _A, _CODE, Moment.ANY, codes=ANSWERS) for question in NARANJO_QUESTIONS),
)

# X_before ... X_variation_percent for each vital sign.
_VITAL_DERIVED = tuple(
    DerivedVariable(f"{vital}_{what}", unit, 0, is_series)
    for vital, own_unit in (("heart_rate", "/min"), ("systolic", "mmHg"), ("diastolic", "mmHg"))
    for what, unit, is_series in (
        ("before", own_unit, False),
        ("end", own_unit, False),
        ("change_percent", "%", False),
        ("variation_percent", "%", True),
    )
)
DERIVED: tuple[DerivedVariable, ...] = (
    DerivedVariable("bmi_kg_m2", "kg/m2", 1),
    DerivedVariable("nrs_reduction_percent", "%", 0),
    *_VITAL_DERIVED,
    DerivedVariable("systolic_max_mmhg", "mmHg", 0, True),
    DerivedVariable("esketamine_css_ug_l", "ug/L", 0),
    DerivedVariable("norketamine_css_ug_l", "ug/L", 0),
    DerivedVariable("ratio", "", 2),
)

_BY_KEY = {(variable.kind, variable.name): variable for variable in VARIABLES}
_DERIVED_BY_NAME = {variable.name: variable for variable in DERIVED}
CONCENTRATIONS = ("esketamine_css_ug_l", "norketamine_css_ug_l", "ratio")


def variable(kind: Kind, name: str) -> Variable:
    """The declaration of one entered variable; KeyError where there is none."""
    return _BY_KEY[(kind, name)]


def has_variable(kind: Kind, name: str) -> bool:
    return (kind, name) in _BY_KEY


def variables_of(kind: Kind, moments: Iterable[Moment] | None = None) -> tuple[Variable, ...]:
    """The variables of one kind of record, in the order of the form, of some moments only where given."""
    wanted = None if moments is None else frozenset(moments)
    return tuple(v for v in VARIABLES if v.kind is kind and (wanted is None or v.moment in wanted))


def derived(name: str) -> DerivedVariable:
    """The declaration of one derived value; KeyError where there is none."""
    return _DERIVED_BY_NAME[name]


def numeric(name: str) -> Variable | DerivedVariable:
    """A numeric variable of one patient, entered or derived: what a criterion may use; KeyError else."""
    found = _DERIVED_BY_NAME.get(name) or _BY_KEY[(Kind.PATIENT, name)]
    if isinstance(found, Variable) and not found.is_numeric:
        raise KeyError(name)
    return found


NUMERIC_NAMES: tuple[str, ...] = (
    *(v.name for v in VARIABLES if v.kind is Kind.PATIENT and v.is_numeric),
    *(v.name for v in DERIVED),
)
