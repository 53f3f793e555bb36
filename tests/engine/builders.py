"""Patients for tests, built from the few values that a test is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from esk_engine.dictionary import Kind
from esk_engine.records import Patient, Value, make_patient

Reading = tuple[int, int | None, int | None, int | None]


def reading(minute: int, heart_rate: int | None, systolic: int | None, diastolic: int | None) -> dict[str, Value]:
    return {
        "minute": minute,
        "heart_rate_bpm": heart_rate,
        "systolic_mmhg": systolic,
        "diastolic_mmhg": diastolic,
    }


def patient(
    study_no: str = "P01",
    readings: Sequence[Reading | Mapping[str, Value]] = (),
    samples: Sequence[tuple[int, str, Value]] = (),
    events: Sequence[Mapping[str, Value]] = (),
    **values: Value,
) -> Patient:
    """A patient; readings as (minute, heart rate, systolic, diastolic) or as values by variable."""
    rows: list[tuple[Kind, Mapping[str, Value]]] = []
    rows += [(Kind.READING, reading(*row) if isinstance(row, tuple) else row) for row in readings]
    rows += [(Kind.SAMPLE, {"minute": m, "analyte": a, "concentration_ug_l": c}) for m, a, c in samples]
    rows += [(Kind.ADVERSE_EVENT, event) for event in events]
    return make_patient({"study_no": study_no, **values}, rows)


def steady(heart_rate: int = 80, systolic: int = 120, diastolic: int = 70, until: int = 480) -> list[Reading]:
    """A complete course on which nothing changes."""
    return [(minute, heart_rate, systolic, diastolic) for minute in range(0, until + 1, 30)]


def with_reading(course: Sequence[Reading], *changed: Reading) -> list[Reading]:
    """A course with some readings put in the place of those at the same minute, or added."""
    by_minute = {row[0]: row for row in course} | {row[0]: row for row in changed}
    return [by_minute[minute] for minute in sorted(by_minute)]
