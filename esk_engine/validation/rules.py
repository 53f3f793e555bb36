"""The rules that values keep: limits of one variable, and what two values say of each other.

Hard limits are errors and refused; soft ones are warnings, accepted and shown. A value marked as an artefact
keeps its hard limits but is left out of every comparison.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from esk_engine.dictionary import Kind, Limits, ValueType, Variable, variable
from esk_engine.errors import Issue, Place, Severity
from esk_engine.records import BelowLloq, Patient, Record, Value
from esk_engine.validation.parsing import shorten

RATIO_SOFT = Limits(0.3, 4)
_SOFT_ANALYTES = ("esketamine", "norketamine")
_DOSE_DIFFERENCE = 0.10
_DAYS_A_WEEK = 7


def _limit_issue(code: str, declared: Variable, value: object, limits: Limits, severity: Severity) -> Issue:
    params = {
        "value": value,
        "low": limits.low,
        "high": limits.high,
        "low_open": limits.low_open,
        "unit": declared.unit,
    }
    return Issue(code, declared.name, severity, params)


def check_value(declared: Variable, value: Value, *, today: date, soft: bool = True) -> tuple[Issue, ...]:
    """Hard limits, soft limits, decimals and the future, for one value by itself.

    A concentration's soft limits hang on its analyte and are looked at by ``check_patient``.
    """
    if value is None:
        return ()
    if isinstance(value, (date, datetime)):
        day = value.date() if isinstance(value, datetime) else value
        if declared.not_in_future and day > today:
            return (Issue("in_future", declared.name, params={"value": value, "high": today}),)
        return ()
    if isinstance(value, str):
        if declared.type is ValueType.CODE and value not in declared.codes:
            return (Issue("unknown_code", declared.name, params={"value": shorten(value), "codes": declared.codes}),)
        return ()
    if declared.type is ValueType.CONCENTRATION and value == 0:
        return (Issue("zero_enter_lloq", declared.name, params={"value": value}),)
    number = value.lloq if isinstance(value, BelowLloq) else float(value)
    if declared.hard is not None and not declared.hard.contains(number):
        return (_limit_issue("outside_hard", declared, value, declared.hard, Severity.ERROR),)
    if declared.decimals is not None and round(number, declared.decimals) != number:
        params = {"value": value, "decimals": declared.decimals}
        return (Issue("too_many_decimals", declared.name, params=params),)
    is_soft = soft and declared.soft is not None and declared.type is not ValueType.CONCENTRATION
    if is_soft and declared.soft is not None and not declared.soft.contains(number):
        return (_limit_issue("outside_soft", declared, value, declared.soft, Severity.WARNING),)
    return ()


def _number(record: Record, name: str) -> float | None:
    value = record.get(name)
    return float(value) if isinstance(value, (int, float)) else None


def marked(reading: Record) -> frozenset[str]:
    """The vital signs of a reading that are marked as artefacts."""
    return frozenset(str(reading.get("artefact") or "").split(",")) - {""}


def _single_values(patient: Patient) -> Iterator[Issue]:
    """What two single values say of each other."""
    record, warning = patient.record, Severity.WARNING
    if not patient.study_no:
        yield Issue("study_no_missing", "study_no")
    if record.get("indication") == "central" and record.get("indication_group") is not None:
        yield Issue("indication_group_with_central", "indication_group", warning)
    dose, planned = _number(record, "dose_mg"), _number(record, "dose_planned_mg")
    if dose is not None and planned is not None and abs(dose - planned) > _DOSE_DIFFERENCE * planned * (1 + 1e-12):
        yield Issue("dose_differs_from_planned", "dose_mg", warning, {"value": dose, "planned": planned, "unit": "mg"})
    lowest, highest = _number(record, "heart_rate_lowest_bpm"), _number(record, "heart_rate_highest_bpm")
    if lowest is not None and highest is not None and lowest > highest:
        yield Issue("lowest_above_highest", "heart_rate_lowest_bpm", warning, {"value": lowest, "high": highest})
    yield from _evaluation(record)


def _evaluation(record: Record) -> Iterator[Issue]:
    start, evaluation = record.get("infusion_start"), record.get("evaluation_date")
    if not isinstance(start, datetime) or not isinstance(evaluation, date) or isinstance(evaluation, datetime):
        return
    days = (evaluation - start.date()).days
    if days < 0:
        params = {"value": evaluation, "low": start.date()}
        yield Issue("evaluation_before_infusion", "evaluation_date", Severity.WARNING, params)
        return
    relief = _number(record, "relief_weeks")
    if relief is not None and relief * _DAYS_A_WEEK > days:
        params = {"value": relief, "high": round(days / _DAYS_A_WEEK, 1), "unit": "weeks"}
        yield Issue("relief_longer_than_evaluation", "relief_weeks", Severity.WARNING, params)


def _readings(patient: Patient) -> Iterator[Issue]:
    minutes = Counter(row.get("minute") for row in patient.readings)
    for row in patient.readings:
        where = {"record_id": row.id, "minute": row.get("minute")}
        if row.get("minute") is None:
            yield Issue("minute_missing", "minute", params=where)
        elif minutes[row.get("minute")] > 1:
            yield Issue("duplicate_minute", "minute", params={"value": row.get("minute"), **where})
        out = marked(row)
        systolic, diastolic = _number(row, "systolic_mmhg"), _number(row, "diastolic_mmhg")
        both = systolic is not None and diastolic is not None and not out & {"systolic_mmhg", "diastolic_mmhg"}
        if both and systolic is not None and diastolic is not None and diastolic >= systolic:
            params = {"value": diastolic, "systolic": systolic, "unit": "mmHg", **where}
            yield Issue("diastolic_not_below_systolic", "diastolic_mmhg", params=params)
        if out and not row.get("artefact_reason"):
            yield Issue("artefact_without_reason", "artefact_reason", Severity.WARNING, where)


def _samples(patient: Patient) -> Iterator[Issue]:
    seen = Counter((row.get("minute"), row.get("analyte")) for row in patient.samples)
    by_minute: dict[object, dict[str, float]] = {}
    limits = variable(Kind.SAMPLE, "concentration_ug_l").soft
    for row in patient.samples:
        minute, analyte = row.get("minute"), row.get("analyte")
        where = {"record_id": row.id, "minute": minute, "analyte": analyte}
        for name in ("minute", "analyte"):
            if row.get(name) is None:
                yield Issue("minute_missing" if name == "minute" else "analyte_missing", name, params=where)
        if minute is not None and analyte is not None and seen[(minute, analyte)] > 1:
            yield Issue("duplicate_sample", "minute", params={"value": minute, **where})
        value = _number(row, "concentration_ug_l")
        if value is None or analyte not in _SOFT_ANALYTES:
            continue
        by_minute.setdefault(minute, {})[str(analyte)] = value
        if limits is not None and not limits.contains(value):
            params = {"value": value, "low": limits.low, "high": limits.high, "unit": "ug/L", **where}
            yield Issue("outside_soft", "concentration_ug_l", Severity.WARNING, params)
    for minute, pair in by_minute.items():
        if len(pair) == len(_SOFT_ANALYTES) and pair["norketamine"] > 0:
            ratio = pair["esketamine"] / pair["norketamine"]
            if not RATIO_SOFT.contains(ratio):
                params = {"value": ratio, "low": RATIO_SOFT.low, "high": RATIO_SOFT.high, "minute": minute}
                yield Issue("ratio_outside_soft", "concentration_ug_l", Severity.WARNING, params)


def _adverse_events(patient: Patient) -> Iterator[Issue]:
    for row in patient.adverse_events:
        if row.get("term") is None:
            yield Issue("term_missing", "term", params={"record_id": row.id})
        if row.get("phase") == "before" and row.get("naranjo_2") == "yes":
            params = {"record_id": row.id, "term": row.get("term")}
            yield Issue("before_with_naranjo_2_yes", "naranjo_2", Severity.WARNING, params)


def check_patient(patient: Patient) -> tuple[Issue, ...]:
    """Every rule across the fields of one patient, each issue with the study number as its place.

    Issues about a row carry its ``record_id`` in their params.
    """
    place = Place(study_no=patient.study_no)
    found = (*_single_values(patient), *_readings(patient), *_samples(patient), *_adverse_events(patient))
    return tuple(Issue(i.code, i.variable, i.severity, i.params, place) for i in found)
